package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// gateway is a text message service.
type gateway struct {
	mu    sync.Mutex
	texts []string // sender|number|text
	err   error
	hold  chan struct{} // when set, sending waits for it
	began chan struct{}
}

func (g *gateway) Send(ctx context.Context, sender, to, text string) error {
	g.mu.Lock()
	hold, err := g.hold, g.err
	g.texts = append(g.texts, sender+"|"+to+"|"+text)
	g.mu.Unlock()
	if hold != nil {
		g.began <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (g *gateway) take() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.texts
	g.texts = nil
	slices.Sort(out)
	return out
}

// arrived waits until so many text messages have come, and takes them.
func (o *office) arrived(n int) []string {
	o.t.Helper()
	o.until("the text messages have come", func() bool {
		o.sms.mu.Lock()
		defer o.sms.mu.Unlock()
		return len(o.sms.texts) >= n
	})
	return o.sms.take()
}

// office is a desk with mail, text messages and a conference.
type office struct {
	*desk
	post *postOffice
	sms  *gateway
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{post: newPostOffice(t, MailSTARTTLS, "svara"), sms: &gateway{}}
	o.desk = newDesk(t, func(c *Config) {
		c.Mail, c.SMS, c.SMSSender, c.Rooms = o.post.Mail, o.sms, "Svara", Rooms{Number: "+46 8 123 45 00", From: 1000, To: 9999}
	})
	for id, p := range map[team.PersonID]team.Person{
		"sup": {Name: "Sara Ås", Email: "sara@example.com", Language: "sv"}, "ag": {Name: "Agnes", Email: "agnes@example.com", Language: "en", Mobile: "+46701111111"},
		"us": {Name: "Ulf", Mobile: "+46702222222", Language: "sv"},
	} {
		i, _ := o.s.board.get(team.KindPerson, string(id))
		p.User, p.Extension = string(id), o.ext(id)
		if a := o.do("root", "PUT", "people/"+string(id), team.NewPerson{Seq: i.Seq, Person: p}); a.status != 200 {
			t.Fatalf("%s", a.body)
		}
	}
	return o
}

// plan is a weekly meeting of Sara's on Monday at 10.
func plan() team.Meeting {
	return team.Meeting{Title: "Planning", Info: "Bring\nnumbers", Start: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), LengthM: 45, Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly, Every: 2, RemindM: 15,
		Invited: []team.Invited{{Person: "ag"}, {Person: "us"}, {Name: "Out Side", Email: "out@example.org"}, {Number: "+46703333333"}}}
}

// letters waits until so many letters have come, and opens them by address.
func (o *office) letters(n int) map[string]opened {
	o.t.Helper()
	o.until("letters", func() bool { return o.post.count() >= n })
	out := map[string]opened{}
	for _, l := range o.post.take() {
		if _, twice := out[l.to]; twice {
			o.t.Errorf("two letters to %s", l.to)
		}
		out[l.to] = l.open(o.t)
	}
	if len(out) != n {
		o.t.Errorf("%d letters, want %d", len(out), n)
	}
	return out
}

// sent waits until nothing is to be sent any more.
func (o *office) sent() {
	o.t.Helper()
	o.until("all is sent", func() bool { return len(o.s.board.every(kindSend)) == 0 })
}

func (o *office) meeting(who team.PersonID, id string) (m team.Meeting, ok bool) {
	for _, v := range read[[]team.MeetingView](o.t, o.do(who, "GET", "meetings", nil)) {
		if v.Meeting.ID == id {
			return v.Meeting, true
		}
	}
	return m, false
}

func (o *office) put(who team.PersonID, id string, rev team.Seq, m team.Meeting) said {
	o.t.Helper()
	return o.do(who, "PUT", "meetings/"+id, team.NewMeeting{Rev: rev, Meeting: m})
}

func TestAMeetingIsToldToEverybody(t *testing.T) {
	o := newOffice(t)
	m := plan()
	if a := o.put("sup", "m1", 0, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	got := o.letters(2)
	o.sent()
	texts := o.sms.take()
	if len(texts) != 2 || !strings.HasPrefix(texts[0], "Svara|+46702222222|Inbjudan: Planning\nMåndag 2026-11-30 10:00–10:45 (Europe/Stockholm), varannan vecka\nRing +46 8 123 45 00 och slå mötes-id ") {
		t.Errorf("%q", texts)
	}
	agnes, out := got["agnes@example.com"], got["out@example.org"]
	seen, ok := o.meeting("ag", "m1")
	if subject, _ := agnes.head.Subject(); !ok || subject != "Invitation: Planning" || !strings.Contains(agnes.text, "Sara Ås invites you") || !strings.Contains(agnes.text, seen.Code) || !strings.Contains(agnes.text, "Bring") ||
		!strings.Contains(agnes.text, "tel:+4681234500,,"+seen.Code+"%23") {
		t.Errorf("%q %+v", subject, agnes)
	}
	if reply, _ := out.head.AddressList("Reply-To"); len(reply) != 1 || reply[0].Address != "sara@example.com" || out.method != "REQUEST" {
		t.Errorf("%+v", out)
	}
	for _, want := range []string{"UID:m1@example.com", "SEQUENCE:0", "RRULE:FREQ=WEEKLY;INTERVAL=2", "mailto:sara@example.com", "mailto:agnes@example.com", "DTSTART;TZID=Europe/Stockholm:20261130T100000"} {
		if !strings.Contains(strings.ReplaceAll(out.calendar, "\r\n ", ""), want) {
			t.Errorf("no %s in\n%s", want, out.calendar)
		}
	}
	// Who is invited sees it, others do not; only its owner changes it.
	for who, sees := range map[team.PersonID]bool{"sup": true, "us": true, "adm": false, "out": false, "root": false} {
		if _, ok := o.meeting(who, "m1"); ok != sees {
			t.Errorf("%s sees it: %v", who, ok)
		}
	}
	m.Title = "Taken over"
	if a := o.put("ag", "m1", 1, m); a.status != 403 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := o.put("out", "m1", 1, m); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := o.do("out", "POST", "meetings/m1%2Fag/cancel", team.CancelMeeting{Rev: 1}); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}

	// A change: who stays gets it with the next SEQUENCE, who is left out a CANCEL, who is new an invitation.
	m.Title, m.Invited = "Planning again", []team.Invited{{Person: "ag"}, {Name: "New", Email: "new@example.org"}}
	if a := o.put("sup", "m1", 1, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	got = o.letters(3)
	o.sent()
	if c := got["agnes@example.com"]; c.method != "REQUEST" || !strings.Contains(c.calendar, "SEQUENCE:1\r\n") || !strings.Contains(c.calendar, "SUMMARY:Planning again") {
		t.Errorf("%+v", c)
	}
	if c := got["out@example.org"]; c.method != "CANCEL" || strings.Contains(c.calendar, "agnes") || !strings.Contains(c.calendar, "STATUS:CANCELLED") {
		t.Errorf("%+v", c)
	}
	if subject, _ := func() (string, error) { h := got["new@example.org"].head; return h.Subject() }(); subject != "Inbjudan: Planning again" {
		t.Error(subject)
	}
	if texts := o.arrived(2); len(texts) != 2 || !strings.Contains(texts[0], "Inställt") {
		t.Errorf("%q", texts)
	}
	if _, ok := o.meeting("us", "m1"); ok {
		t.Error("who is left out still sees it")
	}
	if a := o.put("sup", "m1", 1, m); a.status != 409 || a.fault().Item == nil {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := o.do("sup", "POST", "meetings/m1/cancel", team.CancelMeeting{Rev: 2}); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	if c := o.letters(2)["agnes@example.com"]; c.method != "CANCEL" || !strings.Contains(c.calendar, "SEQUENCE:2\r\n") {
		t.Errorf("%+v", c)
	}
	o.sent()
	if _, ok := o.meeting("sup", "m1"); ok {
		t.Error("a canceled one is to come")
	}
	if _, ok := o.s.board.get(kindRoom, seen.Code); ok {
		t.Error("its id is not free")
	}
	if a := o.do("sup", "POST", "meetings/m1/cancel", team.CancelMeeting{Rev: 3}); a.status != 404 {
		t.Errorf("canceled twice: %d", a.status)
	}
	o.clock.pass(keepCanceled + time.Minute)
	o.until("it is forgotten", func() bool { return len(o.s.board.every(team.KindMeeting)) == 0 })
}

func TestAReminderComesOnce(t *testing.T) {
	o := newOffice(t)
	m := plan()
	m.Start, m.Repeat, m.Every = o.clock.Now().Add(2*time.Hour), phone.RepeatDaily, 0
	if a := o.put("sup", "m1", 0, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	o.letters(2)
	o.sent()
	o.sms.take()
	o.clock.pass(104 * time.Minute)
	second, _ := o.server(open(t, o.file), newSource(), func(c *Config) { c.Mail, c.SMS, c.Rooms = o.s.Mail, o.s.SMS, o.s.Rooms })
	o.clock.pass(2 * time.Minute)
	got := o.letters(3) // the owner too
	o.sent()
	if c := got["sara@example.com"]; c.calendar != "" || !strings.Contains(c.text, "Ett telefonmöte börjar strax") {
		t.Errorf("%+v", c)
	}
	if texts := o.arrived(2); len(texts) != 2 {
		t.Errorf("%q", texts)
	}
	// The other server goes on, with the next day's.
	o.s.Close()
	o.clock.pass(10 * time.Minute)
	o.clock.pass(23*time.Hour + 50*time.Minute)
	o.letters(3)
	o.until("all is sent", func() bool { return len(second.board.every(kindSend)) == 0 })
	if n := o.post.count(); n != 0 {
		t.Errorf("%d came twice", n)
	}
}

// A meeting that is made when it is to be reminded of is not reminded of besides.
func TestNoReminderBesideTheInvitation(t *testing.T) {
	o := newOffice(t)
	m := plan()
	m.Start, m.Repeat, m.Every = time.Time{}, phone.RepeatNever, 0 // now
	if a := o.put("sup", "m1", 0, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	m.Start = o.clock.Now().Add(10 * time.Minute)
	if a := o.put("sup", "m2", 0, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	o.until("invitations", func() bool { return o.post.count() == 4 })
	o.sent()
	o.clock.pass(5 * time.Minute)
	m.Title = "the marker"
	if a := o.put("sup", "m3", 0, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	o.until("the next invitations", func() bool { return o.post.count() >= 6 })
	o.sent()
	for _, l := range o.post.take() {
		if l.open(t).calendar == "" {
			t.Errorf("a reminder: %s", l.raw)
		}
	}
}

func TestWhomAnInvitationDoesNotReach(t *testing.T) {
	o := newOffice(t)
	o.post.refuses("out@example.org", &smtp.SMTPError{Code: 550, Message: "nobody"})
	o.post.refuses("agnes@example.com", &smtp.SMTPError{Code: 451, Message: "later"})
	o.sms.err = errors.New("the gateway is away")
	if a := o.put("sup", "m1", 0, plan()); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	failed := func(want ...string) func() bool {
		return func() bool {
			m, _ := o.meeting("sup", "m1")
			slices.Sort(m.Failed)
			return slices.Equal(m.Failed, want)
		}
	}
	o.until("nobody is told", failed("Out Side"))
	if m, _ := o.meeting("ag", "m1"); len(m.Failed) != 0 {
		t.Errorf("others are told of %v", m.Failed)
	}
	o.until("they are tried again", func() bool {
		for _, i := range o.s.board.every(kindSend) {
			if p, err := value[sending](i); err != nil || p.Tries != 1 || p.Taken != "" {
				return false
			}
		}
		return len(o.s.board.every(kindSend)) == 3
	})
	o.post.refuses("agnes@example.com", nil)
	for range lastTry { // the last of the others' tries
		o.clock.pass(3*time.Hour + time.Minute)
		o.until("a try", func() bool {
			for _, i := range o.s.board.every(kindSend) {
				if p, err := value[sending](i); err != nil || !p.Next.After(o.clock.Now()) {
					return false
				}
			}
			return true
		})
	}
	o.until("they are told of", failed("+46703333333", "Out Side", "Ulf"))
	o.letters(1)
	if n := len(o.sms.take()); n != 2*lastTry {
		t.Errorf("%d tries of text messages", n)
	}
}

// A server that is killed while it sends: mail is sent again under the same id, text messages and reminders are not.
func TestKilledWhileSending(t *testing.T) {
	o := newOffice(t)
	put := func(p sending) {
		t.Helper()
		seq, err := o.shelf.Update(t.Context(), func(tx kept.Tx) error { return put(tx, team.Item{Kind: kindSend, ID: p.id()}, p) })
		if err != nil {
			t.Fatal(err)
		}
		o.s.board.wait(t.Context(), seq) // else nothing seems to be left to send
	}
	m := plan()
	m.Invited = nil
	if a := o.put("sup", "m1", 0, m); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	m, _ = o.meeting("sup", "m1")
	base := sending{Meeting: m, By: "Sara", Language: "en", Occasion: m.Start, Next: o.clock.Now(), Tries: 1, Taken: "a server that was killed"}
	for _, p := range []sending{
		{What: sendInvite, To: team.Invited{Name: "Mail", Email: "mail@example.org"}}, {What: sendInvite, To: team.Invited{Name: "Text", Number: "+46704444444"}},
		{What: sendRemind, To: team.Invited{Name: "Reminded", Email: "reminded@example.org"}},
	} {
		q := base
		q.What, q.To = p.What, p.To
		put(q)
	}
	o.sent()
	got := o.letters(1)
	if _, ok := got["mail@example.org"]; !ok {
		t.Errorf("%+v", got)
	}
	if texts := o.sms.take(); len(texts) != 0 {
		t.Errorf("%q", texts)
	}
	if m, _ = o.meeting("sup", "m1"); !slices.Equal(m.Failed, []string{"Text"}) {
		t.Errorf("failed: %v", m.Failed)
	}
}

// What was not sent yet is out of date when the meeting is changed.
func TestOnlyTheNewestIsSent(t *testing.T) {
	o := newOffice(t)
	for _, a := range []string{"agnes@example.com", "out@example.org"} {
		o.post.refuses(a, &smtp.SMTPError{Code: 451, Message: "later"})
	}
	if a := o.put("sup", "m1", 0, plan()); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	o.until("they wait", func() bool {
		all := o.s.board.every(kindSend)
		for _, i := range all {
			if p, err := value[sending](i); err != nil || p.Tries == 0 || p.Taken != "" {
				return false
			}
		}
		return len(all) == 2
	})
	o.sms.take()
	if a := o.do("sup", "POST", "meetings/m1/cancel", team.CancelMeeting{Rev: 1}); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	for _, a := range []string{"agnes@example.com", "out@example.org"} {
		o.post.refuses(a, nil)
	}
	o.clock.pass(2 * time.Hour)
	for to, l := range o.letters(2) {
		if l.method != "CANCEL" {
			t.Errorf("%s: %s", to, l.method)
		}
	}
	o.sent()
}

func TestMeetingsThatCannotBe(t *testing.T) {
	o := newOffice(t)
	for name, c := range map[string]struct {
		edit  func(*team.Meeting)
		field string
	}{
		"no title":           {func(m *team.Meeting) { m.Title = "  " }, "title"},
		"a header in it":     {func(m *team.Meeting) { m.Title = "x\r\nBcc: evil@example.com" }, "title"},
		"no zone":            {func(m *team.Meeting) { m.Zone = "" }, "zone"},
		"a file as zone":     {func(m *team.Meeting) { m.Zone = "../../etc/passwd" }, "zone"},
		"the server's zone":  {func(m *team.Meeting) { m.Zone = "Local" }, "zone"},
		"too short":          {func(m *team.Meeting) { m.LengthM = 4 }, "length_m"},
		"too long":           {func(m *team.Meeting) { m.LengthM = 1441 }, "length_m"},
		"yearly":             {func(m *team.Meeting) { m.Repeat = phone.RepeatYearly }, "repeat"},
		"every third week":   {func(m *team.Meeting) { m.Every = 3 }, "every"},
		"reminded early":     {func(m *team.Meeting) { m.RemindM = maxRemind + 1 }, "remind_m"},
		"over":               {func(m *team.Meeting) { m.Start, m.Repeat, m.Every = o.clock.Now().Add(-time.Hour), "", 0 }, "start"},
		"a year of 5 digits": {func(m *team.Meeting) { m.Start = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "start"},
		"nobody":             {func(m *team.Meeting) { m.Invited[1] = team.Invited{Name: "x"} }, "invited.1"},
		"no such colleague":  {func(m *team.Meeting) { m.Invited[1] = team.Invited{Person: "nosuch"} }, "invited.1"},
		"twice":              {func(m *team.Meeting) { m.Invited[1] = m.Invited[0] }, "invited.1"},
		"a bad address":      {func(m *team.Meeting) { m.Invited[2].Email = "a@b\r\nDATA" }, "invited.2"},
		"a bad number":       {func(m *team.Meeting) { m.Invited[3].Number = "ring me" }, "invited.3"},
		"a bad name":         {func(m *team.Meeting) { m.Invited[2].Name = "x\nATTENDEE:y" }, "invited.2"},
		"too many":           {func(m *team.Meeting) { m.Invited = make([]team.Invited, maxInvited+1) }, "invited"},
	} {
		m := plan()
		c.edit(&m)
		if a := o.put("sup", "m1", 0, m); a.status != 400 || a.fault().Field != c.field {
			t.Errorf("%s: %d %s, want %s", name, a.status, a.body, c.field)
		}
	}
	if a := o.put("sup", "a%2Fb", 0, plan()); a.status != 400 {
		t.Errorf("an id with a slash: %d", a.status)
	}
	if n := o.post.count() + len(o.sms.take()); n != 0 {
		t.Errorf("%d sent", n)
	}
}

func TestRoomsAreChecked(t *testing.T) {
	for _, r := range []Rooms{{Number: "x", From: 1000, To: 1999}, {Number: "9500"}, {Number: "9500", From: 10, To: 20}, {Number: "9500", From: 9000, To: 10000}, {Number: "9500", From: 2000, To: 1000}} {
		if r.check() == nil {
			t.Errorf("%+v is taken", r)
		}
	}
	o := newOffice(t)
	o.s.Rooms = Rooms{Number: "9500", From: 1000, To: 1001}
	m := plan()
	m.Invited = nil
	codes := map[string]bool{}
	for _, id := range []string{"a", "b"} {
		if a := o.put("sup", id, 0, m); a.status != 200 {
			t.Fatalf("%s", a.body)
		}
		m, _ := o.meeting("sup", id)
		codes[m.Code] = true
	}
	if len(codes) != 2 {
		t.Errorf("%v", codes)
	}
	if a := o.put("sup", "c", 0, m); a.status != 429 {
		t.Errorf("a third in two rooms: %d", a.status)
	}
}
