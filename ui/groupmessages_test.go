package ui

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/form"
	"svara/ui/view/groupmessages"
	"svara/ui/widget"
)

// fakeMessages answers from a list as a team server does, a page at a time.
type fakeMessages struct {
	messages []phone.GroupMessage
	asked    []phone.GroupMessageQuery
	fail     error
	told     time.Time
}

func (f *fakeMessages) GroupMessages(_ context.Context, q phone.GroupMessageQuery) (phone.GroupMessagePage, error) {
	f.asked = append(f.asked, q)
	if f.fail != nil {
		return phone.GroupMessagePage{}, f.fail
	}
	var out []phone.GroupMessage
	for _, m := range f.messages {
		switch {
		case len(q.Kinds) > 0 && !slices.Contains(q.Kinds, m.Kind), len(q.Groups) > 0 && !slices.Contains(q.Groups, m.Group):
		case q.Open && !m.Open(), q.Mine && !m.Mine, q.Peer != "" && q.Peer != m.Peer:
		case !strings.Contains(strings.ToLower(m.Remote.Name+" "+m.Remote.Number+" "+m.Text), strings.ToLower(q.Text)):
		default:
			out = append(out, m)
		}
	}
	from := 0
	if q.After != "" {
		fmt.Sscan(q.After, &from)
	}
	p := phone.GroupMessagePage{Told: f.told}
	to := min(len(out), from+q.Limit)
	if p.Messages = out[from:to]; to < len(out) {
		p.Next = fmt.Sprint(to)
	}
	return p, nil
}

func (f *fakeMessages) GroupSound(context.Context, string) ([]byte, error) { return nil, nil }

// someMessages are messages of all kinds and states.
func someMessages() *fakeMessages {
	salma := phone.TeamName{ID: "salma", Name: "Salma Haddad", Initials: "SH"}
	elin := phone.TeamName{ID: "elin", Name: "Elin Strandh", Initials: "ES"}
	m := func(id string, kind phone.GroupMessageKind, ago time.Duration, name, number, words string) phone.GroupMessage {
		return phone.GroupMessage{
			ID: id, Seq: 7, Kind: kind, Group: "sales", Direction: phone.Incoming, Peer: number, Remote: phone.Party{Name: name, Number: number}, At: noon.Add(-ago), Text: words, MayCare: true,
			MayDelete: kind != phone.GroupVoice,
		}
	}
	list := []phone.GroupMessage{
		m("t3", phone.GroupText, 6*time.Minute, "Oskar Wiik", "+46701740627", "Tack! Kan ni skicka fakturan till kontoret?"),
		m("v2", phone.GroupVoice, 18*time.Minute, "", "+46701740633", ""),
		m("c1", phone.GroupCallback, 40*time.Minute, "Lindö Maskin", "+46846500431", "Pris på tio abonnemang, ring före 15"),
		m("v1", phone.GroupVoice, 70*time.Minute, "Maria Ekdal", "+46701740612", ""),
		m("t2", phone.GroupText, 25*time.Hour, "Oskar Wiik", "+46701740627", "Ja, han är hos er mellan 13 och 15."),
		m("t1", phone.GroupText, 26*time.Hour, "Oskar Wiik", "+46701740627", "Kommer teknikern i dag?"),
		m("o1", phone.GroupText, 27*time.Hour, "Karin Alm", "+46701740609", "Vi har stängt i dag."),
	}
	list[1].LengthS, list[3].LengthS = 65, 12
	list[2].Pinned = salma
	list[3].Pinned, list[3].Mine = elin, true
	list[4].Direction, list[4].MayCare, list[4].By, list[4].Sender, list[4].State = phone.Outgoing, false, salma, "Ekdal", phone.TextSent
	list[5].Pinned, list[5].Handled, list[5].HandledBy, list[5].HandledAt = salma, true, salma, noon.Add(-25*time.Hour)
	list[6].Direction, list[6].MayCare, list[6].By, list[6].State, list[6].Reason = phone.Outgoing, false, elin, phone.TextFailed, &phone.Reason{ID: phone.ReasonTextRefused}
	return &fakeMessages{messages: list}
}

// withMessages is the phone in a team with messages.
func withMessages(s *phone.Snapshot) {
	s.Team.Messages = phone.GroupMessageState{
		Revision: 1, Open: 4, Mine: 1,
		Senders:   []phone.GroupSender{{Group: "sales", As: "+46846500400"}, {Group: "sales", As: "Ekdal", OneWay: true}},
		Templates: []phone.GroupTemplate{{Group: "sales", Name: "Öppettider", Text: "Vi har öppet 8–17."}},
	}
}

func groupScene(change func(*phone.Snapshot), messages func(*fakeMessages), then func(*App)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		m := someMessages()
		if messages != nil {
			messages(m)
		}
		a.opts.GroupMessages = m
		show := teamScene(command.ViewGroupMessages, func(s *phone.Snapshot) {
			withMessages(s)
			if change != nil {
				change(s)
			}
		}, nil)
		o := show(a, p, language)
		if then == nil {
			return o
		}
		then(a)
		for _, view := range []command.View{viewGroupThread, viewGroupText} {
			if w := a.panels[view]; w != nil {
				o = w.view.Object()
				w.window.SetContent(nothing())
			}
		}
		return o
	}
}

func wiik(a *App) {
	a.groupThread(present.GroupThread{Group: "sales", Peer: "+46701740627", Name: "Oskar Wiik"})
}

var groupScenes = map[string]func(*App, *fakePhone, string) fyne.CanvasObject{
	"groupmessages": groupScene(func(s *phone.Snapshot) {
		s.Team.Messages.Sendings = []phone.GroupSending{
			{ID: "s1", Group: "sales", Text: "Vi har stängt i dag.", At: noon, Total: 40, Sent: 12},
			{ID: "s2", Group: "sales", Text: "Hej", At: noon.Add(-time.Minute), Total: 3, Sent: 2, Failed: []phone.GroupSendFail{{Number: "+46701740613", Reason: phone.Reason{ID: phone.ReasonTextRefused}}}},
		}
	}, nil, nil),
	"groupmessages-narrow": groupScene(nil, nil, nil),
	"groupmessages-away": groupScene(func(s *phone.Snapshot) {
		s.Team.Link, s.Team.Since = phone.TeamAway, noon.Add(-7*time.Minute)
		s.Team.Changes = []phone.TeamChange{{ID: "t2", Verb: "group-message", About: "t3", Name: "Oskar Wiik", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamConflict}, Who: "Salma Haddad", At: noon}}
	}, func(m *fakeMessages) { m.told = noon.Add(-7 * time.Minute) }, nil),
	"groupmessages-empty":  groupScene(func(s *phone.Snapshot) { s.Team.Messages.Open, s.Team.Messages.Mine = 0, 0 }, func(m *fakeMessages) { m.messages = nil }, nil),
	"groupmessages-thread": groupScene(nil, nil, wiik),
	"groupmessages-text":   groupScene(nil, nil, func(a *App) { a.groupText(false) }),
}

// groupScreen is how large the screens of messages are.
func groupScreen(name string) (fyne.Size, bool) {
	switch name {
	case "groupmessages-narrow":
		return fyne.NewSize(340, 560), true
	case "groupmessages-thread", "groupmessages-text":
		return fyne.NewSize(480, 620), true
	}
	return fyne.NewSize(1000, 640), strings.HasPrefix(name, "groupmessages")
}

func openMessages(t *testing.T, change func(*phone.Snapshot), messages *fakeMessages) (*App, *fakePhone, *groupmessages.View, func(keys ...any)) {
	t.Helper()
	a, p, w, press := openShared(t, command.ViewGroupMessages, func(a *App) { a.opts.GroupMessages = messages }, withMessages, change)
	return a, p, w.view.(*groupmessages.View), press
}

func TestGroupMessagesByKeys(t *testing.T) {
	m := someMessages()
	a, p, v, press := openMessages(t, nil, m)
	if q := m.asked[0]; !q.OpenFirst || len(q.Kinds) != 0 {
		t.Fatalf("asked %+v", q)
	}
	me, nobody, yes, no := phone.TeamPersonID("elin"), phone.TeamPersonID(""), true, false
	for _, step := range []struct {
		keys []any
		want phone.Command
	}{
		{[]any{'m'}, phone.CareForMessage{ID: "t3", Seq: 7, Pinned: &me}},
		{[]any{'d'}, phone.CareForMessage{ID: "t3", Seq: 7, Handled: &yes}},
		{[]any{'r'}, phone.Dial{Target: "+46701740627", Name: "Oskar Wiik"}},
		{[]any{fyne.KeyDown, fyne.KeyReturn}, phone.PlayGroupMessage{ID: "v2"}},
		{[]any{fyne.KeyDown, fyne.KeyDown, 'm'}, phone.CareForMessage{ID: "v1", Seq: 7, Pinned: &nobody}},
		{[]any{fyne.KeyDown, fyne.KeyDown, 'd'}, phone.CareForMessage{ID: "t1", Seq: 7, Handled: &no}},
	} {
		press(step.keys...)
		if got := p.last(); !reflect.DeepEqual(got, step.want) {
			t.Errorf("%v: %+v, want %+v", step.keys, got, step.want)
		}
	}
	// What is played is paused by Enter and sought in by the arrows.
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Playing = &phone.Playing{Group: "v2", Position: 20 * time.Second, Since: noon, Length: 65 * time.Second, Speed: 1}
	}))
	press(fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp)
	if c, ok := v.Chosen(); !ok || c.ID != "v2" {
		t.Fatalf("%+v", c)
	}
	press(fyne.KeyRight)
	if got, ok := p.last().(phone.PlayGroupMessage); !ok || got.ID != "v2" || got.From < 25*time.Second {
		t.Errorf("%+v", p.last())
	}
	press(fyne.KeyReturn)
	if got := p.last(); got != (phone.StopPlaying{Pause: true}) {
		t.Errorf("%+v", got)
	}
	press('1')
	if q := m.asked[len(m.asked)-1]; len(q.Kinds) != 1 || q.Kinds[0] != phone.GroupVoice {
		t.Errorf("%+v", q)
	}
	v.Choose(present.GroupMessageChoice{Open: true, Mine: true, Group: "sales"})
	if q := m.asked[len(m.asked)-1]; !q.Open || !q.Mine || len(q.Groups) != 1 {
		t.Errorf("%+v", q)
	}
	before := len(m.asked)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Team.Messages.Revision++ }))
	if n := len(m.asked); n != before+1 {
		t.Errorf("of a change is asked %d times", n-before)
	}
}

// What is deleted is out of the list at once and out of the group when nobody can bring it back any more; what the server
// refuses is there again.
func TestGroupMessageIsDeletedByItsKey(t *testing.T) {
	m := someMessages()
	a, p, v, press := openMessages(t, nil, m)
	there := func(id string) bool {
		return slices.ContainsFunc(v.Models(), func(r present.GroupMessageRow) bool { return r.ID == id })
	}
	press(fyne.KeyDelete)
	if c, _ := v.Chosen(); there("t3") || p.last() != nil || c.ID != "v2" {
		t.Fatalf("there %v, told %+v, at %s", there("t3"), p.last(), c.ID)
	}
	for _, b := range find[*widget.Link](a.panels[command.ViewGroupMessages].window.Canvas()) {
		if b.Visible() { // the way back
			test.Tap(b)
		}
	}
	if c, _ := v.Chosen(); !there("t3") || c.ID != "t3" {
		t.Fatal("it cannot be brought back")
	}
	for _, step := range []struct {
		id   string
		want phone.Command
	}{{"v2", nil}, {"t3", nil}, {"c1", phone.DeleteGroupMessage{ID: "t3", Seq: 7}}} {
		for range len(v.Models()) {
			press(fyne.KeyUp)
		}
		for c, ok := v.Chosen(); !ok || c.ID != step.id; c, ok = v.Chosen() {
			press(fyne.KeyDown)
		}
		press(fyne.KeyDelete)
		if got := p.last(); got != step.want || there(step.id) != (step.id == "v2") {
			t.Fatalf("%s: told %+v, there %v", step.id, got, there(step.id))
		}
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Changes = []phone.TeamChange{{ID: "d1", Verb: phone.DeleteGroupMessage{}.Verb(), About: "t3", State: phone.TeamChangeAsking}}
	}))
	if there("t3") {
		t.Error("it is back before the server has answered")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Changes = []phone.TeamChange{{ID: "d1", Verb: phone.DeleteGroupMessage{}.Verb(), About: "t3", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamConflict}}}
	}))
	if !there("t3") || there("c1") {
		t.Error("what the server did not delete is not shown, or what waits in the bin is")
	}
}

// In the attendant's window the messages are a tab: the arrows move there from the field, Enter opens, Esc goes back.
func TestGroupMessagesInTheAttendantsWindow(t *testing.T) {
	a, p := open(t, registered())
	m := someMessages()
	a.opts.GroupMessages = m
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		inTeam(s)
		withMessages(s)
		asAttendant(s)
	}))
	a.show(command.ViewGroupMessages)
	if a.panels.shown(command.ViewGroupMessages) || a.face().At() != command.ViewGroupMessages {
		t.Fatalf("a window %v, at %s", a.panels.shown(command.ViewGroupMessages), a.face().At())
	}
	a.face().MoveCursor(1)
	a.face().MoveCursor(1)
	a.face().DialTyped()
	if got := p.last(); !reflect.DeepEqual(got, phone.PlayGroupMessage{ID: "v2"}) {
		t.Errorf("Enter tells %+v", got)
	}
	test.Tap(find[*widget.Row](a.main.Canvas())[0])
	write(a, "d")
	if got, ok := p.last().(phone.CareForMessage); !ok || got.ID != "t3" || a.face().Field() != "" {
		t.Errorf("d on the row that was pressed tells %+v, in the field is %q", p.last(), a.face().Field())
	}
	if !a.face().Back() || a.face().At() != command.ViewGroupMessages {
		t.Error("Esc does not take the highlight away first")
	}
	if !a.face().Back() || a.face().At() != command.ViewCall {
		t.Error("Esc does not lead back to the people")
	}
}

func TestGroupThreadIsWritten(t *testing.T) {
	m := someMessages()
	a, p, _, press := openMessages(t, nil, m)
	press(fyne.KeyReturn)
	w := a.panels[viewGroupThread]
	if w == nil || !w.shown {
		t.Fatal("no thread is open")
	}
	if q := m.asked[len(m.asked)-1]; q.Peer != "+46701740627" || len(q.Groups) != 1 {
		t.Errorf("%+v", q)
	}
	entry := find[*widget.Field](w.window.Canvas())[0]
	send := func() *widget.Button {
		for _, b := range find[*widget.Button](w.window.Canvas()) {
			if b.Spec().Icon == "send" {
				return b
			}
		}
		return nil
	}
	if send().Spec().Disabled == "" {
		t.Error("nothing can be sent")
	}
	entry.SetText(" Det gör vi. ")
	test.Tap(send())
	if got := p.last(); !reflect.DeepEqual(got, phone.SendGroupText{Group: "sales", To: []string{"+46701740627"}, Sender: "+46846500400", Text: "Det gör vi."}) {
		t.Errorf("%+v", got)
	}
	if entry.Text() != "" {
		t.Errorf("%q is still there", entry.Text())
	}
	entry.SetText("Hej")
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Team.Link = phone.TeamAway }))
	if send().Spec().Disabled == "" {
		t.Error("it can be sent while the server is away")
	}
}

func TestGroupTextToMany(t *testing.T) {
	a, p, _, _ := openMessages(t, nil, someMessages())
	a.groupText(false)
	hits := []phone.Hit{
		{Person: phone.Person{Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2101"}, {Kind: phone.NumberMobile, Number: "070-174 06 12"}}}},
		{Person: phone.Person{Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}}},
		{Person: phone.Person{Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "+46701740613"}}}},
	}
	if begun := present.GroupTextForm(hits); begun.Start(a.scene(), "")["to"] != "070-174 06 12\n+46701740613" || !strings.Contains(begun.Help, "1 without") {
		t.Errorf("%q, %q", begun.Start(a.scene(), "")["to"], begun.Help)
	}
	e := a.panels[viewGroupText].view.(*form.Editor)
	s := a.scene()
	spec := present.GroupTextForm(nil)
	v := spec.Start(s, "")
	for to, wrong := range map[string]bool{"": true, "0701740612; 070-174 06 13\n+46701740614": false, "0701740612, nobody": true, "elin@example.com": true, "*21*0701#": true, strings.Repeat("0701740612,", 501): true} {
		v["to"], v["text"] = to, "Hej"
		if got := spec.Form(s, "", v).Faulty() == "to"; got != wrong {
			t.Errorf("%.40q: wrong %v", to, got)
		}
	}
	v["to"], v["from"], v["template"] = "0701740612; 0701740613", "sales|Ekdal", "sales|Öppettider"
	if f := spec.Form(s, "", v); f.Faulty() != "" || f.Summary != "Vi har öppet 8–17." {
		t.Errorf("%+v", f)
	}
	if got := spec.Commands(s, "", "", v); !reflect.DeepEqual(got, []phone.Command{phone.SendGroupText{Group: "sales", To: []string{"0701740612", "0701740613"}, Sender: "Ekdal", Text: "Vi har öppet 8–17."}}) {
		t.Errorf("%+v", got)
	}
	if e == nil || p.last() != nil {
		t.Errorf("something was sent: %+v", p.last())
	}
}

// A text goes to all whom a search has found, from whichever face, and how it goes is shown then.
func TestTextToAllHits(t *testing.T) {
	person := func(name string, numbers ...phone.Number) phone.Person {
		return phone.Person{ID: phone.PersonID(name), Name: name, Colleague: true, Department: "Luleå", Numbers: append([]phone.Number{{Kind: phone.NumberExtension, Number: "21" + name[:1]}}, numbers...)}
	}
	people := fakePeople{
		person("1 Anna Sälj", phone.Number{Kind: phone.NumberMobile, Number: "070-174 06 12"}), person("2 Bo Sälj"),
		person("3 Cia Kansli", phone.Number{Kind: phone.NumberMobile, Number: "0701740613"}), person("4 Dag Sälj", phone.Number{Kind: phone.NumberMobile, Number: "0701740614"}),
	}
	for name, face := range map[string]func(*phone.Snapshot){"normal": func(*phone.Snapshot) {}, "attendant": asAttendant} {
		a, p := openPeople(t)
		a.opts.People, a.opts.GroupMessages = people, someMessages()
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			inTeam(s)
			withMessages(s)
			s.People.Revision++
			face(s)
		}))
		a.setPage(command.ViewCall)
		if name == "attendant" { // the hits are in front of the tab, and go when it is shown
			a.show(command.ViewGroupMessages)
		}
		a.focus()
		write(a, "sälj")
		chord(t, a, fyne.KeyModifierControl|fyne.KeyModifierShift, fyne.KeyT)
		w := a.panels[viewGroupText]
		if w == nil || !w.shown {
			t.Fatalf("%s: no form is open", name)
		}
		fields := find[*widget.Field](w.window.Canvas())
		to, words := fields[0], fields[len(fields)-1]
		if to.Text() != "070-174 06 12\n0701740614" {
			t.Errorf("%s: to %q", name, to.Text())
		}
		words.SetText("Möte i dag klockan tre")
		form.Save(w.window.Canvas())
		want := phone.SendGroupText{Group: "sales", To: []string{"070-174 06 12", "0701740614"}, Sender: "+46846500400", Text: "Möte i dag klockan tre"}
		if got := p.last(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: told %+v", name, got)
		}
		if w.shown || !a.panels.shown(command.ViewGroupMessages) && (a.face().At() != command.ViewGroupMessages || a.face().Field() != "") {
			t.Errorf("%s: how it goes is not shown", name)
		}
	}
}

// browser notes what is opened.
type browser struct {
	fyne.App
	opened *[]string
}

func (b browser) OpenURL(u *url.URL) error {
	*b.opened = append(*b.opened, u.String())
	return nil
}

// A letter goes to all whom a search has found, by a ready text where there are any; too many addresses are copied.
func TestMailToAllHits(t *testing.T) {
	person := func(n int, emails ...string) phone.Person {
		return phone.Person{ID: phone.PersonID(itoa(n)), Name: itoa(n) + " Sälj", Emails: emails}
	}
	people := fakePeople{person(1, "anna@x.se", "anna@hem.se"), person(2), person(3, "cia@x.se"), person(4, "Anna@x.se")}
	a, p := openPeople(t)
	var opened []string
	a.opts.People, a.fy = people, browser{a.fy, &opened}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.People.Revision++ }))
	a.focus()
	mail := func(words string) string {
		t.Helper()
		opened = nil
		a.face().SetField(words)
		chord(t, a, fyne.KeyModifierControl|fyne.KeyModifierShift, fyne.KeyE)
		return strings.Join(opened, " ")
	}
	if got := mail("sälj"); got != "mailto:anna@x.se;cia@x.se" {
		t.Errorf("opened %q", got)
	}
	if got := mail("2 sälj"); got != "" {
		t.Errorf("opened %q for somebody without an address", got)
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Templates = []phone.Template{{ID: "t", Kind: phone.MessageEmail, Name: "Stängt", Subject: "Vi har stängt", Text: "Hej!"}}
	}))
	if got := mail("sälj"); got != "" {
		t.Errorf("opened %q before a text was chosen", got)
	}
	press(a, fyne.KeyReturn)
	if len(opened) != 1 || !strings.HasPrefix(opened[0], "mailto:anna@x.se;cia@x.se?subject=Vi%20har%20st") {
		t.Errorf("opened %q", opened)
	}
	for i := range 100 {
		people = append(people, person(100+i, "somebody.with.a.long.name."+itoa(i)+"@example.com"))
	}
	a.opts.People = people
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Templates = nil
		s.People.Revision++
	}))
	if got := mail("sälj"); got != "mailto:" || strings.Count(a.fy.Clipboard().Content(), "@") != 102 {
		t.Errorf("opened %q, copied %q", got, a.fy.Clipboard().Content())
	}
}

// A message that comes is told of, with a way to it.
func TestGroupMessageIsToldOf(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		inTeam(s)
		withMessages(s)
		m := someMessages().messages[0]
		s.Team.Messages.Newest = &m
	}))
	from := phone.Party{Name: "Oskar Wiik", Number: "+46701740627"}
	e := phone.Event{Kind: phone.EventGroup, Key: "t3", Value: "sales", State: "message", Remote: &from}
	note, ok := present.GroupMessageNote(a.scene(), e)
	if !ok || !strings.Contains(note.Title, "Oskar Wiik") || !strings.Contains(note.Text, "fakturan") || note.Show != command.ViewGroupMessages {
		t.Errorf("%+v %v", note, ok)
	}
	e.State = "missed"
	if _, ok := present.GroupMessageNote(a.scene(), e); ok {
		t.Error("a missed call is a message")
	}
}
