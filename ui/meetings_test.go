package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/view/meeting"
	"svara/ui/widget"
)

// inMeetings has two meetings to come: one of Elin's own, one she is invited to.
func inMeetings(s *phone.Snapshot) {
	own := phone.Meeting{ID: "m1", Seq: 3, Title: "Planering", Info: "Ta med siffror", Start: noon.Add(22 * time.Hour), Next: noon.Add(22 * time.Hour), LengthM: 45, Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly, Every: 2,
		RemindM: 15, Number: "08-123 45 00", Code: "123456", Own: true, By: phone.TeamName{ID: "elin", Name: "Elin Strandh"}, Failed: []string{"bo@example.com"},
		Invited: []phone.MeetingInvite{{Person: "salma", Name: "Salma Haddad"}, {Email: "bo@example.com", Name: "Bo Berg"}, {Number: "070-123 45 67"}}}
	other := phone.Meeting{ID: "m2", Seq: 1, Title: "Lunchmöte", Start: noon.Add(48 * time.Hour), Next: noon.Add(48 * time.Hour), LengthM: 60, Zone: "Europe/Stockholm", Number: "08-123 45 00", Code: "654321", By: phone.TeamName{ID: "salma", Name: "Salma Haddad"}}
	s.Team.Meetings = phone.MeetingState{Revision: 1, Next: &own, Upcoming: []phone.Meeting{own, other}}
	s.Team.Password = phone.TeamPasswordRule{Min: 6, Digit: true, Upper: true}
}

// inWindow opens one of the windows over the main one.
func inWindow(t *testing.T, v command.View, change func(*phone.Snapshot)) (*App, *fakePhone, *panelWindow) {
	t.Helper()
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		inTeam(s)
		inMeetings(s)
		if change != nil {
			change(s)
		}
	}))
	a.show(v)
	w := a.panels[v]
	if w == nil {
		t.Fatal("there is no window")
	}
	w.window.Resize(fyne.NewSize(860, 900))
	return a, p, w
}

// typeIn types in the field that has the keyboard, in place of what is in it.
func typeIn(t *testing.T, w *panelWindow, words string) {
	t.Helper()
	e, ok := w.window.Canvas().Focused().(*widget.KeyEntry)
	if !ok {
		t.Fatalf("%T has the keyboard", w.window.Canvas().Focused())
	}
	e.SetText("")
	test.Type(e, words)
}

// tab goes to the next field: past the button that shows a password.
func tab(w *panelWindow) {
	for range 3 {
		w.window.Canvas().FocusNext()
		if _, ok := w.window.Canvas().Focused().(*widget.KeyEntry); ok {
			return
		}
	}
}

// openMainMenu presses the button of the window's menu.
func openMainMenu(t *testing.T, a *App) {
	t.Helper()
	for _, o := range test.LaidOutObjects(a.face().Object()) {
		if b, ok := o.(*widget.Button); ok && b.AccessibilityLabel() == text.T("menu.open") {
			test.Tap(b)
			return
		}
	}
	t.Fatal("no menu")
}

func TestMeetingsOpenFromTheMenu(t *testing.T) {
	a, p := open(t, registered())
	openMainMenu(t, a)
	write(a, "m")
	press(a, fyne.KeyReturn)
	if a.panels.shown(command.ViewMeetings) {
		t.Error("meetings without a team server")
	}
	press(a, fyne.KeyEscape)
	p.show(a, with(p.snap, inTeam))
	openMainMenu(t, a)
	write(a, "m")
	press(a, fyne.KeyReturn)
	if !a.panels.shown(command.ViewMeetings) {
		t.Error("the menu does not open the meetings")
	}
}

func TestAMeetingIsScheduledByKeys(t *testing.T) {
	_, p, w := inWindow(t, command.ViewMeetings, nil)
	v := w.view.(*meeting.View)
	if rows := v.Editor().Rows(); len(rows) != 2 || rows[0].Title != "Planering" || !strings.Contains(rows[0].Warn, "bo@example.com") || !strings.Contains(rows[1].Detail, "Salma Haddad") {
		t.Fatalf("%+v", rows)
	}
	v.Editor().Edit("")
	v.Focus(w.window.Canvas())
	typeIn(t, w, "Budget")
	form.Save(w.window.Canvas())
	put, ok := p.last().(phone.PutMeeting)
	if !ok || put.Meeting.Title != "Budget" || put.Meeting.Seq != 0 || put.Meeting.LengthM != 60 || put.Meeting.RemindM != 15 || !put.Meeting.Start.Equal(noon.Add(time.Hour)) || put.Meeting.Zone == "" {
		t.Fatalf("told %+v", p.last())
	}
}

func TestAMeetingOfOnesOwnIsChangedAndCanceled(t *testing.T) {
	_, p, w := inWindow(t, command.ViewMeetings, nil)
	v := w.view.(*meeting.View)
	v.Focus(w.window.Canvas())
	typeIn(t, w, "Planering igen")
	form.Save(w.window.Canvas())
	put, ok := p.last().(phone.PutMeeting)
	if m := put.Meeting; !ok || m.ID != "m1" || m.Seq != 3 || m.Title != "Planering igen" || m.Repeat != phone.RepeatWeekly || m.Every != 2 || m.LengthM != 45 || !m.Start.Equal(noon.Add(22*time.Hour)) ||
		len(m.Invited) != 3 || m.Invited[0].Person != "salma" || m.Invited[1].Name != "Bo Berg" || m.Invited[2].Number != "070-123 45 67" || m.Info != "Ta med siffror" {
		t.Fatalf("told %+v", p.last())
	}
	pressButton(t, w, text.T("meeting.join"))
	if p.last() != (phone.JoinMeeting{ID: "m1"}) {
		t.Errorf("told %+v", p.last())
	}
	pressButton(t, w, text.T("meeting.cancel"))
	pressButton(t, w, text.T("meeting.cancel_ask", "name", "Planering"))
	if p.last() != (phone.CancelMeeting{ID: "m1"}) {
		t.Errorf("told %+v", p.last())
	}
	// Of another's there is nothing to change; it can be joined.
	v.Editor().Edit("m2")
	if b := buttonIn(w, text.T("meeting.cancel")); b != nil {
		t.Error("another's can be canceled")
	}
	if b := buttonIn(w, text.T("meeting.save")); b == nil || !strings.Contains(b.Spec().Disabled, "Salma Haddad") {
		t.Error("another's can be saved")
	}
	if buttonIn(w, text.T("meeting.join")) == nil {
		t.Error("another's cannot be joined")
	}
}

// asking answers a change as the phone does while the team server is asked, and refused as it does afterwards.
func asking(verb, about string) phone.TeamChange {
	return phone.TeamChange{ID: "c1", Verb: verb, About: about, Name: "Budget", At: noon, State: phone.TeamChangeAsking}
}

func refused(c phone.TeamChange, why phone.ReasonID) phone.TeamChange {
	c.State, c.Reason = phone.TeamChangeRefused, &phone.Reason{ID: why}
	return c
}

// changes shows a phone that has some changes under way or refused.
func changes(a *App, p *fakePhone, all ...phone.TeamChange) {
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Team.Changes = all }))
}

func TestAMeetingIsSentOnceAndShownWhenItIsThere(t *testing.T) {
	a, p, w := inWindow(t, command.ViewMeetings, nil)
	v := w.view.(*meeting.View)
	v.Editor().Edit("")
	v.Focus(w.window.Canvas())
	typeIn(t, w, "Budget")
	var sent phone.Meeting
	p.does = func(c phone.Command) {
		if put, ok := c.(phone.PutMeeting); ok {
			sent = put.Meeting
			p.snap = with(p.snap, func(s *phone.Snapshot) { s.Team.Changes = []phone.TeamChange{asking(c.Verb(), sent.ID)} })
		}
	}
	form.Save(w.window.Canvas())
	first := sent.ID
	if b := buttonIn(w, text.T("meeting.save")); first == "" || b.Spec().Disabled != text.T("meeting.asking") {
		t.Fatalf("%q: sending is %+v", first, b.Spec())
	}
	told := len(p.told)
	form.Save(w.window.Canvas())
	if len(p.told) != told {
		t.Error("it is sent twice")
	}
	// Refused: it is said, what was typed is there, and it can be sent again.
	changes(a, p, refused(asking(phone.PutMeeting{}.Verb(), first), phone.ReasonTeamNoRight))
	if !shows(w, text.Reason(phone.Reason{ID: phone.ReasonTeamNoRight})) {
		t.Error("why it was refused is not said")
	}
	form.Save(w.window.Canvas())
	if len(p.told) != told+1 || sent.Title != "Budget" {
		t.Fatalf("told %+v", p.last())
	}
	// Taken: it is in the list and in the form.
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Changes = nil
		m := sent
		m.Seq, m.Own, m.Next, m.Number, m.Code = 1, true, m.Start, "08-123 45 00", "222333"
		s.Team.Meetings.Upcoming = append([]phone.Meeting{m}, s.Team.Meetings.Upcoming...)
	}))
	if len(v.Editor().Rows()) != 3 || !shows(w, text.T("meeting.call_in", "number", "08-123 45 00", "code", "222333")) || buttonIn(w, text.T("meeting.cancel")) == nil {
		t.Error("what was sent is not shown")
	}
	if b := buttonIn(w, text.T("meeting.save")); b.Spec().Disabled != text.T("form.same") {
		t.Errorf("it can be sent once more: %+v", b.Spec())
	}
}

func TestAMeetingIsJoinedOnTheMobile(t *testing.T) {
	_, p, w := inWindow(t, command.ViewMeetings, func(s *phone.Snapshot) { s.Accounts[0].Mobile = "+46701740605" })
	pressButton(t, w, text.T("meeting.join_mobile"))
	if p.last() != (phone.JoinMeeting{ID: "m1", Via: "mobile"}) {
		t.Errorf("told %+v", p.last())
	}
	if !shows(w, text.T("meeting.dial_code", "code", "123456")) {
		t.Error("what to dial there is not said")
	}
}

func TestAMeetingWithoutANumberSaysSo(t *testing.T) {
	_, p, w := inWindow(t, command.ViewMeetings, func(s *phone.Snapshot) {
		s.Team.Meetings.Upcoming[0].Number, s.Team.Meetings.Upcoming[0].RemindM = "", 20
	})
	b := buttonIn(w, text.T("meeting.join"))
	if b == nil || b.Spec().Disabled != text.T("meeting.no_number") {
		t.Fatalf("%+v", b)
	}
	if !shows(w, text.T("meeting.minutes", "n", 20)) {
		t.Error("a reminder that was made elsewhere is not shown")
	}
	told := len(p.told)
	test.Tap(b)
	if len(p.told) != told {
		t.Errorf("told %+v", p.last())
	}
}

func TestEscapeLeavesAMeetingsFormThenTheWindow(t *testing.T) {
	a, _, w := inWindow(t, command.ViewMeetings, nil)
	w.window.Resize(fyne.NewSize(360, 700))
	v := w.view.(*meeting.View)
	v.Editor().Edit("m2")
	w.escape()
	if !a.panels.shown(command.ViewMeetings) || buttonIn(w, text.T("meeting.new")) == nil {
		t.Fatal("the list does not come back")
	}
	w.escape()
	if a.panels.shown(command.ViewMeetings) {
		t.Error("the window stays")
	}
}

// shows reports whether words are on screen.
func shows(w *panelWindow, words string) bool {
	for _, o := range test.LaidOutObjects(w.window.Canvas().Content()) {
		if t, ok := o.(interface{ Text() string }); ok && o.Visible() && strings.Contains(t.Text(), words) {
			return true
		}
		if t, ok := o.(*canvas.Text); ok && t.Visible() && strings.Contains(t.Text, words) {
			return true
		}
	}
	return false
}

// button is the one with some words.
func buttonIn(w *panelWindow, words string) (found *widget.Button) {
	for _, o := range test.LaidOutObjects(w.window.Canvas().Content()) {
		if b, ok := o.(*widget.Button); ok && b.Visible() && b.Spec().Text == words {
			found = b
		}
	}
	return found
}

func pressButton(t *testing.T, w *panelWindow, words string) {
	t.Helper()
	b := buttonIn(w, words)
	if b == nil {
		t.Fatalf("no button %q", words)
	}
	test.Tap(b)
}

func TestThePasswordIsChangedAsTheRuleSays(t *testing.T) {
	a, p, w := inWindow(t, command.ViewPassword, nil)
	told := len(p.told)
	e := w.view.(*form.Editor)
	e.Focus()
	typeIn(t, w, "Gammalt1")
	tab(w)
	typeIn(t, w, "kort")
	form.Save(w.window.Canvas())
	if len(p.told) != told {
		t.Fatalf("a weak one is sent: %+v", p.last())
	}
	typeIn(t, w, "Nyare222")
	tab(w)
	typeIn(t, w, "Nyare22")
	form.Save(w.window.Canvas())
	if len(p.told) != told {
		t.Fatalf("what was mistyped is sent: %+v", p.last())
	}
	typeIn(t, w, "Nyare222")
	form.Save(w.window.Canvas())
	if p.last() != (phone.SetTeamPassword{Old: "Gammalt1", New: "Nyare222"}) {
		t.Fatalf("told %+v", p.last())
	}
	if a.panels.shown(command.ViewPassword) {
		t.Error("the window stays")
	}
}

func TestAPasswordThatIsRefusedIsSaidUnderItsField(t *testing.T) {
	a, p, w := inWindow(t, command.ViewPassword, nil)
	fill := func() {
		w.view.(*form.Editor).Focus()
		for _, words := range []string{"Gammalt1", "Nyare222", "Nyare222"} {
			typeIn(t, w, words)
			tab(w)
		}
		form.Save(w.window.Canvas())
	}
	verb := phone.SetTeamPassword{}.Verb()
	p.does = func(c phone.Command) {
		if c.Verb() == verb {
			p.snap = with(p.snap, func(s *phone.Snapshot) { s.Team.Changes = []phone.TeamChange{asking(verb, phone.TeamPasswordChange)} })
		}
	}
	fill()
	if b := buttonIn(w, text.T("password.title")); !a.panels.shown(command.ViewPassword) || b.Spec().Disabled != text.T("password.asking") {
		t.Fatal("it does not wait for the answer")
	}
	changes(a, p, refused(asking(verb, phone.TeamPasswordChange), phone.ReasonTeamPassword))
	if !a.panels.shown(command.ViewPassword) || !shows(w, text.T("password.old_wrong")) {
		t.Error("that the present one is wrong is not said")
	}
	told := len(p.told)
	fill()
	if len(p.told) != told+1 {
		t.Fatal("it cannot be tried again")
	}
	changes(a, p)
	if a.panels.shown(command.ViewPassword) {
		t.Error("the window stays when it is done")
	}
}

// Colleagues are invited by the beginning of their names: Enter takes the best hit, a press any of them.
func TestColleaguesAreInvitedByTyping(t *testing.T) {
	a, p, w := inWindow(t, command.ViewMeetings, nil)
	a.opts.People = fakePeople{
		colleague("Salma Haddad", "2107", "Säljare", ""), colleague("Salma Lind", "2108", "Ekonom", ""),
		{ID: "company/2109", Name: "Karin Alm", Colleague: true, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2109"}, {Kind: phone.NumberMobile, Number: "0701740609"}}, Emails: []string{"karin.alm@example.com"}},
		{ID: "own/1", Name: "Bo Berg", Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-123 45 67"}}, Emails: []string{"bo@example.com"}},
	}
	w.build()
	e := w.view.(*meeting.View).Editor()
	e.Edit("")
	var invited *widget.KeyEntry
	for _, f := range find[*widget.Field](w.window.Canvas()) {
		if f.Visible() && strings.Contains(f.Spec().Placeholder, "bo@example.com") {
			invited = f.Entry()
		}
	}
	if invited == nil {
		t.Fatal("nobody can be invited")
	}
	offered := func() []*widget.Button {
		var out []*widget.Button
		for _, b := range find[*widget.Button](w.window.Canvas()) {
			if b.Visible() && b.Spec().Icon == "user-plus" {
				out = append(out, b)
			}
		}
		return out
	}
	w.window.Canvas().Focus(invited)
	test.Type(invited, "salma")
	if n := len(offered()); n != 2 {
		t.Fatalf("%d are offered", n)
	}
	invited.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := invited.Text; got != "Salma Haddad <2107>\n" || len(offered()) != 0 {
		t.Fatalf("%q, %d offered", got, len(offered()))
	}
	test.Type(invited, "bo")
	test.Tap(offered()[0])
	test.Type(invited, "kar")
	invited.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	test.Type(invited, "karin@example.com")
	if len(offered()) != 0 {
		t.Error("somebody is offered for an address")
	}
	typeInField(t, w, text.T("meeting.name"), "Budget")
	form.Save(w.window.Canvas())
	c, ok := p.last().(phone.PutMeeting)
	want := []phone.MeetingInvite{{Name: "Salma Haddad", Number: "2107"}, {Name: "Bo Berg", Email: "bo@example.com"}, {Name: "Karin Alm", Person: "2109", Email: "karin.alm@example.com"}, {Email: "karin@example.com"}}
	if !ok || !slices.Equal(c.Meeting.Invited, want) {
		t.Errorf("told %+v", p.last())
	}
}

// typeInField types in the field of a label.
func typeInField(t *testing.T, w *panelWindow, label, words string) {
	t.Helper()
	for _, f := range find[*widget.Field](w.window.Canvas()) {
		if f.Visible() && f.Spec().Label == label {
			f.SetText(words)
			return
		}
	}
	t.Fatalf("no field %q", label)
}
