package phonetest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// What a call's card says with a real exchange and a team server: the queue it came through, earlier calls that nobody has
// taken care of, a queue that gave up, whom the caller sought, what they do until when, and a message to them from a template
// (features.md C2, C3, G8, I3, L1).
func TestTeamCards(t *testing.T) {
	t.Parallel()
	o := newTeamOffice(t, "")
	anna, bo, cilla := o.people[0], o.people[1], o.people[2]
	var all []team.Versioned[team.Person]
	if err := o.admin.Do(t.Context(), "GET", "people", nil, &all); err != nil {
		t.Fatal(err)
	}
	p := all[slices.IndexFunc(all, func(p team.Versioned[team.Person]) bool { return p.Value.User == bo })]
	p.Value.Email, p.Value.Mobile, p.Value.Groups = "bo@example.com", "+46701740602", nil // groups are changed by themselves
	if err := o.admin.Do(t.Context(), "PUT", "people/"+string(p.Value.ID), team.NewPerson{Seq: p.Seq, Person: p.Value}, nil); err != nil {
		t.Fatal(err)
	}

	// What the administrator has for everybody is at every desktop: pages, customer service, emergency numbers (A7). Changed,
	// it is changed there.
	setup := team.Setup{Domain: o.pbx.Addr(), Emergency: []string{"112"}, Page: "https://a.example/me", Profile: "https://a.example/profile", Help: "https://a.example/help",
		Privacy: "https://a.example/privacy", Agreement: "https://a.example/terms", SupportNumber: "0201", SupportMail: "help@a.example", SupportHours: "07:30-18:00"}
	for _, hours := range []string{setup.SupportHours, "08:00-17:00"} {
		var is team.Versioned[team.Setup]
		if err := o.admin.Do(t.Context(), "GET", "setup", nil, &is); err != nil {
			t.Fatal(err)
		}
		setup.SupportHours = hours
		if err := o.admin.Do(t.Context(), "PUT", "setup", team.NewSetup{Seq: is.Seq, Setup: setup}, nil); err != nil {
			t.Fatal(err)
		}
		o.all("pages and customer service", func(s phone.Snapshot) bool {
			for key, want := range map[string]string{
				phone.KeyLinkPage: setup.Page, phone.KeyLinkProfile: setup.Profile, phone.KeyLinkHelp: setup.Help, phone.KeyLinkPrivacy: setup.Privacy, phone.KeyLinkAgreement: setup.Agreement,
				phone.KeySupportPhone: setup.SupportNumber, phone.KeySupportMail: setup.SupportMail, phone.KeySupportHours: hours, phone.KeyEmergency: "112",
			} {
				if s.Settings.Get(key) != want {
					return false
				}
			}
			return true
		})
	}

	// A caller gives up, and calls again: Anna's card has the queue and what was left undone, which she takes and finishes.
	o.pbx.CallQueue("6401", 1, time.Second).Wait(teamLimit)
	o.all("an open call", func(s phone.Snapshot) bool { return s.Team.Log.Open == 1 })
	o.desks[anna].Must("queue", "login", "support")
	loggedIn := func(s phone.Snapshot) bool {
		i := slices.IndexFunc(s.Queues, isSupport)
		return i >= 0 && slices.ContainsFunc(s.Queues[i].Team.Members, func(m phone.QueueMember) bool { return m.Number == anna && m.LoggedIn })
	}
	o.all("Anna is logged in", loggedIn)
	caller := o.pbx.CallQueue("6401", 1, 0)
	call := o.desks[anna].Wait("any", phone.StateIncoming)
	c := o.desks[anna].Is(call, "through the queue", func(c phone.Call) bool { return c.Origin != nil && c.Origin.Queue == "support" })
	if c.Origin.Name == "" || c.Origin.Waited.IsZero() || time.Since(c.Origin.Waited) > teamLimit || len(c.Origin.Path) != 0 {
		t.Errorf("%+v", c.Origin)
	}
	if len(c.Tasks) != 1 || c.Tasks[0].Queue != "support" || c.Tasks[0].Handled || !c.Tasks[0].MayCare {
		t.Fatalf("%+v", c.Tasks)
	}
	if out := plainly(t, o.desks[anna], "call", call); !strings.Contains(out, "through ") || !strings.Contains(out, "not handled") {
		t.Errorf("svaractl call:\n%s", out)
	}
	o.desks[anna].Must("answer", call)
	o.desks[anna].Must("group", "log", "take", c.Tasks[0].ID)
	o.desks[anna].Is(call, "hers to do", func(c phone.Call) bool { return len(c.Tasks) == 1 && c.Tasks[0].Mine })
	o.desks[anna].Must("group", "log", "handle", c.Tasks[0].ID)
	c = o.desks[anna].Is(call, "done", func(c phone.Call) bool { return len(c.Tasks) == 0 })
	if c.Origin == nil || c.Origin.Queue != "support" {
		t.Errorf("answered, and its queue is forgotten: %+v", c.Origin)
	}
	o.desks[anna].HangUp(call)
	caller.Wait(teamLimit)
	if h := o.desks[anna].History(); len(h) != 1 || h[0].Queue != "support" {
		t.Errorf("%+v", h)
	}

	// Bo is at lunch, by the server: who calls him gets Cilla, whose card says whom they sought, until when he is away, and has
	// a message to him ready.
	o.desks[bo].Must("link", "set", "lunch", cilla)
	o.until("the server applies it", func() bool { return o.desks[bo].Snapshot().Team.Applies == phone.AccountID(bo) })
	o.desks[bo].Must("activity", "lunch", "--for", "1h", "--note", "soup")
	o.until("Bo's calls go to Cilla", func() bool {
		return strings.Contains(o.pbx.CLI("database get svara/forward/"+bo+" all"), "Value: "+cilla)
	})
	caller = o.pbx.CallQueue(bo, 1, 0)
	call = o.desks[cilla].Wait("any", phone.StateIncoming)
	c = o.desks[cilla].Is(call, "for Bo", func(c phone.Call) bool {
		return c.Origin != nil && c.Origin.Sought != nil && c.Origin.Sought.Number == bo && len(c.Origin.Sought.Emails) == 1 &&
			c.Origin.Sought.Presence != nil && c.Origin.Sought.Presence.Activity == phone.ActivityLunch && c.Origin.Sought.Presence.Note == "soup"
	})
	x := c.Origin.Sought
	if x.Name != "Person "+bo || x.Reason != "unconditional" || x.Mobile != "+46701740602" || time.Until(x.Presence.Until) < 50*time.Minute {
		t.Errorf("%+v %+v", x, x.Presence)
	}
	o.desks[cilla].Must("template", "add", "sought", "Sökt", "{number} sökte {sought}, {activity} till {until}", "--kind", "email", "--subject", "Någon sökte dig")
	var mail struct {
		To     []string `json:"to"`
		Text   string   `json:"text"`
		Mailto string   `json:"mailto"`
	}
	o.desks[cilla].Ask(&mail, "template", "fill", "sought", call)
	if !slices.Equal(mail.To, []string{"bo@example.com"}) || !strings.Contains(mail.Text, "sökte Person "+bo+", ") || strings.Contains(mail.Text, "{") || !strings.HasPrefix(mail.Mailto, "mailto:bo") {
		t.Errorf("%+v", mail)
	}
	o.desks[cilla].Must("answer", call)
	o.desks[cilla].HangUp(call)
	caller.Wait(teamLimit)
	o.desks[bo].Must("activity", "available")

	// The queue gives up and sends the caller to Cilla: her card says which queue it was, and nobody was sought in person.
	o.desks[anna].Must("queue", "logout", "support")
	o.desks[cilla].Must("queue", "settings", "support", "--overflow", cilla, "--overflow-seconds", "5")
	o.all("the overflow is set", func(s phone.Snapshot) bool {
		i := slices.IndexFunc(s.Queues, isSupport)
		return i >= 0 && s.Queues[i].Team.Settings.Overflow == cilla && !loggedIn(s)
	})
	caller = o.pbx.CallQueue("6401", 1, 0)
	call = o.desks[cilla].Wait("any", phone.StateIncoming)
	c = o.desks[cilla].Call(call)
	if c.Origin == nil || c.Origin.Queue != "support" || c.Origin.Sought != nil || len(c.Origin.Path) != 1 || c.Origin.Path[0].Reason != "no-answer" || c.Origin.Path[0].By.Name == "" {
		t.Errorf("%+v", c.Origin)
	}
	o.desks[cilla].Must("answer", call)
	o.desks[cilla].HangUp(call)
	caller.Wait(teamLimit)
}
