package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/command"
)

// untaken is a call that Lena has not taken.
func untaken(id phone.CallID, held time.Duration, x phone.Transfer) phone.Call {
	x.State, x.Target = phone.TransferFailed, lena
	return call(id, phone.StateConnected, waiting(held), given(x))
}

func TestComebackSaysWhoAndWhy(t *testing.T) {
	busy := func(s *phone.Snapshot) {
		s.Lines = []phone.Line{{Account: "elin", Number: "2133", State: phone.LineBusy, Since: noon.Add(-41 * time.Second)}}
	}
	away := func(s *phone.Snapshot) {
		s.Lines = []phone.Line{{Account: "elin", Number: "2133", State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityLunch, Until: noon.Add(time.Hour)}}}
	}
	nothing := func(*phone.Snapshot) {}
	for name, c := range map[string]struct {
		x                phone.Transfer
		change           func(*phone.Snapshot)
		title, now, ways string
	}{
		"not answered":     {phone.Transfer{Kind: phone.TransferDirect, Recalled: true, Reason: &phone.Reason{ID: phone.ReasonNoAnswer}}, nothing, "Not answered by Lena Östlund", "", "Try again, Voicemail, Announced, Message"},
		"now in a call":    {phone.Transfer{Kind: phone.TransferDirect, Recalled: true}, busy, "Not answered by Lena Östlund", "Now: In call 00:41", "Camp on, Try again, Voicemail, Announced, Message"},
		"busy":             {phone.Transfer{Kind: phone.TransferDirect, Reason: &phone.Reason{ID: phone.ReasonBusy}}, busy, "Lena Östlund is busy", "Now: In call 00:41", "Camp on, Try again, Voicemail, Announced, Message"},
		"declined":         {phone.Transfer{Kind: phone.TransferAnnounced, Reason: &phone.Reason{ID: phone.ReasonRemoteDeclined}}, nothing, "Lena Östlund declined", "", "Try again, Voicemail, Direct, Message"},
		"away":             {phone.Transfer{Kind: phone.TransferDirect, Recalled: true}, away, "Not answered by Lena Östlund", "Now: Lunch until 13:00", "Try again, Voicemail, Announced, Message"},
		"out of reach":     {phone.Transfer{Kind: phone.TransferDirect, Reason: &phone.Reason{ID: phone.ReasonUnavailable}}, nothing, "Lena Östlund cannot be reached", "", "Try again, Voicemail, Announced, Message"},
		"refused by a PBX": {phone.Transfer{Kind: phone.TransferDirect, Reason: &phone.Reason{ID: phone.ReasonTransferRefused}}, nothing, "Transfer to Lena Östlund failed", "", "Try again, Voicemail, Announced, Message"},
	} {
		s := board(0, []phone.Call{untaken(1, time.Second, c.x)}, c.change)
		m := ComebackOf(s, s.Snap.Calls[0], phone.Person{}, true)
		if m == nil || m.Title != c.title || m.Now != c.now || words(m.Ways) != c.ways || m.Target != "2133" {
			t.Errorf("%s: %+v", name, m)
		}
	}
	taken := board(0, []phone.Call{untaken(1, time.Second, phone.Transfer{Reason: &phone.Reason{ID: phone.ReasonTakenBack}})})
	if m := ComebackOf(taken, taken.Snap.Calls[0], phone.Person{}, true); m != nil {
		t.Errorf("taken back: %+v", m)
	}
}

// TestComebackKeys: the one in front has the keys, else the one that has been back longest, and none while another is in
// front.
func TestComebackKeys(t *testing.T) {
	x := phone.Transfer{Kind: phone.TransferDirect, Recalled: true}
	calls := []phone.Call{untaken(1, time.Second, x), untaken(2, time.Minute, x), call(3, phone.StateConnected)}
	for active, want := range map[phone.CallID]phone.CallID{0: 2, 1: 1, 3: 0} {
		if got := Returned(board(active, calls).Snap); got != want {
			t.Errorf("%d in front: %d has the keys, want %d", active, got, want)
		}
	}
	s := board(0, calls)
	s.Key = func(id string) string { return "<" + id + ">" }
	if m := ComebackOf(s, calls[1], phone.Person{}, true); m.Ways[0].Key != "<"+string(command.Direct)+">" {
		t.Errorf("%+v", m.Ways[0])
	}
	if m := ComebackOf(s, calls[0], phone.Person{}, false); m.Ways[0].Key != "" {
		t.Errorf("another has the keys: %+v", m.Ways[0])
	}
}

func TestComebackOthers(t *testing.T) {
	x := phone.Transfer{Kind: phone.TransferDirect, Recalled: true}
	s := board(0, []phone.Call{untaken(1, time.Second, x)}, func(s *phone.Snapshot) { s.Settings = phone.Settings{phone.KeyTransferKind: "none"} })
	m := ComebackOf(s, s.Snap.Calls[0], phone.Person{}, true)
	m.WithOthers(s, []Alternative{{Title: "Kalle", Target: "2124", Status: StatusAvailable}, {Title: "Johan", Target: "2114", Status: StatusInCall}}, func(n int) string { return string(rune('0' + n)) })
	if len(m.Others) != 2 || m.Others[0].Act.Do[0] != (phone.TransferTo{Call: 1, Target: "2124", Kind: phone.TransferDirect}) || m.Others[1].Act.Do[0] != (phone.CampOn{Call: 1, Target: "2114"}) || m.Others[1].Act.Key != "2" {
		t.Errorf("%+v", m.Others)
	}
	s.Snap.Settings[phone.KeyTransferKind] = string(phone.TransferAnnounced)
	if how := OtherWay(s, 1, Alternative{Target: "2124", Status: StatusAvailable}); how != command.HandAnnounced {
		t.Errorf("the standard way is %q", how)
	}
}

// TestStandInsGoFirst: the stand-in, by name or number, then whom the caller has talked with, then the mobile number of
// one who is away; those who do not ring are left out.
func TestStandInsGoFirst(t *testing.T) {
	line := func(number string, change ...func(*phone.Line)) phone.Line {
		l := phone.Line{Number: number, State: phone.LineIdle}
		for _, f := range change {
			f(&l)
		}
		return l
	}
	lunch := func(l *phone.Line) { l.Presence = &phone.Presence{Activity: phone.ActivityLunch} }
	s, hits := crew(line("1", lunch), line("2"), line("3"), line("4", lunch))
	sought := hits[0].Person
	sought.Numbers = append(sought.Numbers, phone.Number{Kind: phone.NumberMobile, Number: "070-1740644"})
	r := NewRoster(hits, "")
	names := func(caller *phone.Call) string {
		var out []string
		for _, a := range Alternatives(s, r, r.Standings(s, nil), sought, caller) {
			out = append(out, a.Target+" "+a.Why())
		}
		return strings.Join(out, "; ")
	}
	met := call(1, phone.StateConnected, func(c *phone.Call) {
		c.Caller.Last = []phone.HistoryEntry{{Begun: noon.Add(-time.Hour), Reason: phone.Reason{ID: phone.ReasonTransferred, Text: "3"}}}
	})
	for standIn, want := range map[string]string{
		"":            "0701740644 Mobile number",
		"2":           "2 Stands in for 1; 0701740644 Mobile number",
		"4":           "0701740644 Mobile number", // away too
		"08-46500401": "0846500401 Stands in for 1; 0701740644 Mobile number",
	} {
		if sought.StandIn = standIn; names(nil) != want {
			t.Errorf("stand-in %q: %s", standIn, names(nil))
		}
	}
	sought.StandIn = "2"
	if got := names(&met); !strings.HasPrefix(got, "2 Stands in for 1; 3 Spoke with ") {
		t.Errorf("%s", got)
	}
}

// TestOnward: a call is not sent to where it would come back from.
func TestOnward(t *testing.T) {
	anna := phone.Person{Name: "Anna", Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2133"}}}
	for divert, want := range map[string]string{
		"2100": "Where they are diverted: to you (The call would come back to you.)", "0701740644": "Where they are diverted: 070-174 06 44 ()", "": "To Anna all the same: 2133 ()",
	} {
		s := scene(func(s *phone.Snapshot) {
			s.Accounts[0].User = "2100"
			s.Lines = []phone.Line{{Account: "elin", Number: "2133", State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityGone, Divert: divert}}}
		})
		b := Onward(s, anna, "Anna", "2133")
		if got := b.Text + " (" + b.Reason + ")"; got != want || b.Enabled != (b.Reason == "") {
			t.Errorf("diverted to %q: %s, enabled %v", divert, got, b.Enabled)
		}
	}
}

// TestAround: queues as the exchange tells their agents, where calls go, who stands in.
func TestAround(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Accounts[0].User = "2100"
		s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "2500", Name: "Växeln"}}, {Queue: phone.Queue{ID: "2501", Name: "Order"}}}
		s.Lines = []phone.Line{
			{Account: "elin", Number: "2133", State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityMeeting, Divert: "2100"}},
			{Account: "elin", Number: "2500", State: phone.LineIdle, Presence: &phone.Presence{Agents: []phone.AgentState{{ID: "2133"}, {ID: "2124", Open: true}}}},
			{Account: "elin", Number: "2501", State: phone.LineIdle, Presence: &phone.Presence{Agents: []phone.AgentState{{ID: "2124"}}}},
		}
	})
	of := func(number, standIn string) string {
		return aroundWords(s, phone.Person{Name: "x", StandIn: standIn, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: number}}})
	}
	if got := of("2133", "Kalle Brodin"); got != "Logged in: Växeln · Calls come to you · Stand-in: Kalle Brodin" {
		t.Errorf("%s", got)
	}
	if got := of("2124", ""); got != "Logged in: Växeln, Order" {
		t.Errorf("%s", got)
	}
	s.Snap.Lines[0].Presence.Divert = "0701740644"
	if got := of("2133", ""); got != "Logged in: Växeln · Calls go to 070-174 06 44" {
		t.Errorf("%s", got)
	}
	s.Snap.Lines[1].Stale = true
	if got := of("2124", ""); got != "Logged in: Order" {
		t.Errorf("stale: %s", got)
	}
}
