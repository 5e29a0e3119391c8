package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
)

func queueScene(q phone.QueueStatus) Scene {
	s := scene(func(s *phone.Snapshot) {
		s.Accounts[0].Features = []phone.Feature{phone.FeatureQueueLogin}
		s.Queues = []phone.QueueStatus{q}
	})
	s.Key = func(string) string { return "Ctrl Shift 1" }
	return s
}

func TestQueueButtons(t *testing.T) {
	sales := phone.Queue{ID: "700", Name: "Sales"}
	login := func(on bool) phone.Command { return phone.LogIn{Queues: []phone.QueueID{"700"}, On: on} }
	notMember := &phone.Reason{ID: phone.ReasonNotMember}
	for name, c := range map[string]struct {
		q      phone.QueueStatus
		since  time.Time
		detail string
		icon   string
		in     bool
		count  string
		run    phone.Command
	}{
		"out":            {phone.QueueStatus{Login: phone.ConfirmOff}, time.Time{}, "Logged out", "log-in", false, "", login(true)},
		"in":             {phone.QueueStatus{Login: phone.ConfirmOn}, time.Time{}, "Logged in", "headset", true, "", login(false)},
		"unknown":        {phone.QueueStatus{Login: phone.ConfirmUnknown}, time.Time{}, "Not known", "log-in", false, "", login(true)},
		"counted":        {phone.QueueStatus{Login: phone.ConfirmOn, Counted: true, Waiting: 2, Available: 3, LoggedIn: 5, Longest: noon.Add(-48 * time.Second)}, time.Time{}, "Longest 00:48", "headset", true, "(2) 3/5", login(false)},
		"nobody free":    {phone.QueueStatus{Login: phone.ConfirmOn, Counted: true, Waiting: 4, LoggedIn: 2}, time.Time{}, "Nobody free", "headset", true, "(4) 0/2", login(false)},
		"nobody waits":   {phone.QueueStatus{Login: phone.ConfirmOff, Counted: true, LoggedIn: 2}, time.Time{}, "Logged out", "log-in", false, "(0) 0/2", login(true)},
		"night":          {phone.QueueStatus{Login: phone.ConfirmOn, Night: true, Counted: true, Waiting: 1}, time.Time{}, "Night mode", "lock", true, "(1) 0/0", login(false)},
		"logging in":     {phone.QueueStatus{Login: phone.ConfirmAsking, Asked: true}, time.Time{}, "Logging in", "loader", false, "", nil},
		"logging out":    {phone.QueueStatus{Login: phone.ConfirmAsking}, time.Time{}, "Logging out", "loader", true, "", nil},
		"refused":        {phone.QueueStatus{Login: phone.ConfirmRefused, Asked: true, Reason: notMember}, noon.Add(-5 * time.Second), "Not a member of the queue", "triangle-alert", false, "", login(true)},
		"refused, later": {phone.QueueStatus{Login: phone.ConfirmRefused, Asked: true, Reason: notMember}, noon.Add(-6 * time.Second), "Logged out", "log-in", false, "", login(true)},
		"logout refused": {phone.QueueStatus{Login: phone.ConfirmRefused, Reason: notMember}, noon.Add(-7 * time.Second), "Logged in", "headset", true, "", login(false)},
	} {
		c.q.Queue = sales
		b := QueueButtons(queueScene(c.q), func(phone.QueueID) time.Time { return c.since })[0]
		if b.Detail != c.detail || b.Icon != c.icon || b.In != c.in || b.Count != c.count || b.Wrong != "" {
			t.Errorf("%s: %+v", name, b)
		}
		if encodeCommand(b.Command) != encodeCommand(c.run) {
			t.Errorf("%s: %+v, want %+v", name, b.Command, c.run)
		}
		if !strings.HasSuffix(b.Tip, "(Ctrl Shift 1)") {
			t.Errorf("%s: tip %q", name, b.Tip)
		}
	}
	s := queueScene(phone.QueueStatus{Queue: sales, Login: phone.ConfirmOn, Counted: true, Waiting: 4, LoggedIn: 2, Longest: noon})
	s.Snap.Accounts[0].State = phone.RegistrationFailed
	if b := QueueButtons(s, func(phone.QueueID) time.Time { return time.Time{} })[0]; b.Count != "" || b.Nobody || b.Detail != "Logged in" {
		t.Errorf("the exchange is away: %+v", b)
	}
	s = queueScene(phone.QueueStatus{Queue: sales})
	s.Snap.Accounts[0].Features = nil
	if b := QueueButtons(s, func(phone.QueueID) time.Time { return time.Time{} })[0]; b.Wrong == "" {
		t.Error("an exchange without a code lets one log in")
	}
}

func encodeCommand(c phone.Command) string {
	if c == nil {
		return ""
	}
	l := c.(phone.LogIn)
	return l.Verb() + string(l.Queues[0])
}

func TestRoleThatIsShown(t *testing.T) {
	roles := []phone.Role{{ID: "s", Name: "Switchboard", Number: "08-465 004 00"}, {ID: phone.RoleWithheld, Withheld: true}}
	for name, c := range map[string]struct {
		roles phone.Roles
		text  string
		tip   string
	}{
		"own":           {phone.Roles{All: roles}, "2100", "Shows 2100 when you call."},
		"until changed": {phone.Roles{All: roles, Now: "s"}, "Switchboard", "Shows Switchboard, 08-465 004 00 when you call."},
		"next call":     {phone.Roles{All: roles, Now: "s", Next: phone.RoleWithheld}, "Withheld number", "Shows Withheld number for the next call."},
		"by plan":       {phone.Roles{All: roles, Plan: "s"}, "Switchboard", "Shows Switchboard, 08-465 004 00 until the future activity ends."},
	} {
		r := ShownRoleOf(scene(func(s *phone.Snapshot) {
			s.Accounts[0].User = "2100"
			s.Roles = c.roles
		}))
		if r.Text != c.text || r.Tip != c.tip {
			t.Errorf("%s: %+v", name, r)
		}
	}
	menu := RoleMenu(scene(func(s *phone.Snapshot) { s.Roles = phone.Roles{Now: "s", All: roles[:1]} }))
	commands := map[phone.Command]bool{}
	for _, c := range menu {
		if c.Command != nil {
			commands[c.Command] = true
		}
	}
	for _, want := range []phone.Command{phone.SetRole{}, phone.SetRole{Role: "s"}, phone.SetRole{Role: phone.RoleWithheld}, phone.SetRole{Role: "s", Next: true}, phone.SetRole{Role: phone.RoleWithheld, Next: true}} {
		if !commands[want] {
			t.Errorf("no line does %+v", want)
		}
	}
}

// The menu tells whether the number holds for the user's other telephones, and why not; without a team server it says nothing.
func TestWhereARoleHolds(t *testing.T) {
	for want, r := range map[string]phone.Roles{
		"":                              {},
		"Holds for all your telephones": {Shared: true},
		"neither your own nor one":      {Refused: &phone.Reason{ID: phone.ReasonNotPermitted}},
		"does not show the number for":  {Refused: &phone.Reason{ID: phone.ReasonNotSupported}},
	} {
		told := ""
		for _, c := range RoleMenu(scene(func(s *phone.Snapshot) { s.Roles = r })) {
			if c.Wrong != "" {
				told += c.Text + ": " + c.Wrong
			}
		}
		if (want == "") != (told == "") || !strings.Contains(told, want) {
			t.Errorf("%+v is told as %q, without %q", r, told, want)
		}
	}
}

func TestForwardingIsShownAsTheExchangeSays(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Accounts[0].Features = []phone.Feature{phone.FeatureForwardAllOn, phone.FeatureForwardAllOff, phone.FeatureForwardBusyOn}
		id := s.Accounts[0].ID
		s.Forwards = []phone.Forward{
			{Account: id, Kind: phone.ForwardAll, State: phone.ConfirmAsking, Asked: "0701740650"},
			{Account: id, Kind: phone.ForwardBusy, State: phone.ConfirmRefused, Asked: "2101", Reason: &phone.Reason{ID: phone.ReasonNotPermitted}},
		}
	})
	rows := ForwardingOf(s)[0].Rows
	if all := rows[0]; !all.Asking || all.On || !strings.Contains(all.State, "070-174 06 50") {
		t.Errorf("asking is not on: %+v", all)
	}
	if none := rows[1]; none.Wrong == "" {
		t.Errorf("what the exchange cannot do: %+v", none)
	}
	if busy := rows[2]; busy.On || busy.NoOff == "" || !strings.Contains(busy.State, "not permitted") {
		t.Errorf("refused: %+v", busy)
	}
	if line := ForwardLine(s); line != "" {
		t.Errorf("nothing is on, and the menu says %q", line)
	}
	s.Snap.Forwards[0].State, s.Snap.Forwards[0].Number = phone.ConfirmOn, "0701740650"
	if line := ForwardLine(s); line != "At once → 070-174 06 50" {
		t.Errorf("%q", line)
	}
	if _, wrong := ForwardCommand("a", phone.ForwardAll, " "); wrong == "" {
		t.Error("no number is taken")
	}
	if c, _ := ForwardCommand("a", phone.ForwardAll, "070-174 06 50"); c != (phone.SetForward{Account: "a", Kind: phone.ForwardAll, Number: "0701740650"}) {
		t.Errorf("%+v", c)
	}
}

func TestProfileTimeInWords(t *testing.T) {
	for typed, want := range map[string]string{
		"0": "Until changed.", "045": "Until 12:45.", "02": "Until 14:00.", "1": "Until tomorrow 12:00.", "1330": "Until 13:30.", "0800": "Until tomorrow 08:00.", "261224": "Until 24 December.",
	} {
		if means, wrong := ProfileEnd(scene(func(*phone.Snapshot) {}), typed); means != want || wrong != "" {
			t.Errorf("%q: %q %q, want %q", typed, means, wrong, want)
		}
	}
	for _, typed := range []string{"12345", "2561", "1234567", "x", "200101"} {
		if means, wrong := ProfileEnd(scene(func(*phone.Snapshot) {}), typed); wrong == "" {
			t.Errorf("%q means %q", typed, means)
		}
	}
	for _, c := range ProfileTimes() {
		if _, wrong := ProfileEnd(scene(func(*phone.Snapshot) {}), c.Value); wrong != "" && c.Value != ProfileOther {
			t.Errorf("%s: %q is no time", c.Text, c.Value)
		}
	}
}
