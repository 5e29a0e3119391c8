package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/call"
	"svara/ui/widget"
)

// buttonsOf is the buttons to be seen, by their words or, without any, by what they say under the pointer.
func buttonsOf(all []*widget.Button) map[string]*widget.Button {
	out := map[string]*widget.Button{}
	for _, b := range all {
		if !b.Visible() {
			continue
		}
		name := b.Spec().Text
		if name == "" {
			name = b.Spec().Tip
		}
		out[name] = b
	}
	return out
}

// features.md L1: what nobody has done about the caller's earlier call is done on the card of the next one.
func TestTasksAreDoneOnTheCard(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team = phone.TeamState{Link: phone.TeamLive, Me: "elin"}
		c := connected(7)
		c.Tasks = []phone.GroupCall{{ID: "g1", Seq: 4, Queue: "710", Name: "Support", From: c.Remote, Began: noon.Add(-time.Hour), Outcome: phone.GroupMissed, MayCare: true}}
		s.Calls, s.Active = []phone.Call{c}, 7
	}))
	shown := buttonsOf(find[*widget.Button](a.main.Canvas()))
	take, done := shown[text.T("grouplog.take")], shown[text.T("grouplog.handled")]
	if take == nil || done == nil {
		t.Fatalf("the card has no such buttons: %v", shown)
	}
	test.Tap(take)
	if c, ok := p.last().(phone.CareForCall); !ok || c.ID != "g1" || c.Seq != 4 || c.Handler == nil || *c.Handler != "elin" {
		t.Errorf("told %+v", p.last())
	}
	test.Tap(done)
	if c, ok := p.last().(phone.CareForCall); !ok || c.ID != "g1" || c.Handled == nil || !*c.Handled {
		t.Errorf("told %+v", p.last())
	}
}

// features.md C3: whoever a ringing call was meant for is written to from its card, by a ready text.
func TestThePersonSoughtIsWrittenTo(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		c := incoming(7)
		c.Origin = &phone.Origin{Sought: &phone.Sought{Party: phone.Party{Name: "Anna Berg", Number: "2101"}, Emails: []string{"anna@example.com"}, Mobile: "0701740601",
			Presence: &phone.Presence{Activity: phone.ActivityLunch, Until: noon.Add(time.Hour)}}}
		s.Calls = []phone.Call{c}
		s.Templates = []phone.Template{{ID: "m", Kind: phone.MessageEmail, Name: "Sought", Subject: "{name}", Text: "{number} sought you, {sought}"},
			{ID: "s", Kind: phone.MessageSMS, Name: "Call back", Text: "Call {number}"}}
	}))
	var link string
	deps := a.deps()
	deps.Open = func(to string) { link = to }
	var sms present.Message
	deps.Write = func(m present.Message) { sms = m }
	card := call.NewIncoming(deps)
	card.Update(present.CallsOf(a.scene()).Ringing[0])
	w := test.NewWindow(card.Object())
	t.Cleanup(w.Close)
	shown := buttonsOf(find[*widget.Button](w.Canvas()))
	choose := func(button, line string) {
		t.Helper()
		b := shown[button]
		if b == nil || b.Spec().Disabled != "" {
			t.Fatalf("no %q in %v", button, shown)
		}
		test.Tap(b)
		menu, ok := w.Canvas().Focused().(*widget.Menu)
		if !ok {
			t.Fatalf("the keyboard is in %T", w.Canvas().Focused())
		}
		menu.Choose(slices.IndexFunc(menu.Items(), func(i widget.MenuItem) bool { return i.Text == line }))
	}
	choose(text.T("person.mail_to", "name", "Anna Berg"), "Sought")
	if !strings.HasPrefix(link, "mailto:anna@example.com?") || !strings.Contains(link, "sought%20you%2C%20Anna%20Berg") {
		t.Errorf("opens %q", link)
	}
	choose(text.T("person.text_to", "name", "Anna Berg"), "Call back")
	if sms.To != "0701740601" || !strings.HasPrefix(sms.Text, "Call ") || strings.Contains(sms.Text, "{") {
		t.Errorf("writes %+v", sms)
	}
}
