package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// wantLines runs svaractl and looks for parts in its output; with --json it must be one line of JSON.
func (b *bench) wantLines(args string, want ...string) {
	b.t.Helper()
	out := b.must(strings.Fields(args)...)
	for _, w := range want {
		if !strings.Contains(out, w) {
			b.t.Errorf("svaractl %s has no %q:\n%s", args, w, out)
		}
	}
	var v any
	if js := b.must(append(strings.Fields(args), "--json")...); json.Unmarshal([]byte(js), &v) != nil || v == nil || strings.Count(js, "\n") != 1 {
		b.t.Errorf("svaractl %s --json is not one line of JSON:\n%s", args, js)
	}
}

func TestWhatIsSpecialAboutACall(t *testing.T) {
	now := time.Now()
	anna, bo := phone.Party{Number: "2101", Name: "Anna\x1b[31m"}, phone.Party{Number: "2102", Name: "Bo"}
	call := func(edit func(*phone.Call)) phone.Call {
		c := phone.Call{ID: 1, Account: "alice", State: phone.StateConnected, Hold: phone.HoldNone, Level: 100, Remote: phone.Party{URI: "sip:1@x", Number: "112", Group: "9"}}
		edit(&c)
		return c
	}
	b := start(t, nil)
	for name, c := range map[string]struct {
		call phone.Call
		want string
	}{
		"nothing":         {call(func(*phone.Call) {}), ""},
		"held":            {call(func(c *phone.Call) { c.Hold = phone.HoldLocal }), "held by you"},
		"holds":           {call(func(c *phone.Call) { c.Hold = phone.HoldRemote }), "holds you"},
		"both":            {call(func(c *phone.Call) { c.Hold = phone.HoldBoth }), "held by both"},
		"consultation":    {call(func(c *phone.Call) { c.Consults = 4 }), "consultation for call 4"},
		"inside":          {call(func(c *phone.Call) { c.Consults, c.Inside = 4, true }), "consultation for call 4, on its line"},
		"came back":       {call(func(c *phone.Call) { c.Recalled = true }), "came back"},
		"member":          {call(func(c *phone.Call) { c.Conference, c.Silenced, c.Level = true, true, 150 }), "silenced; in the conference; level 150 %"},
		"silent":          {call(func(c *phone.Call) { c.Level = 1 }), "level 1 %"},
		"recorded":        {call(func(c *phone.Call) { c.Recording = phone.Recorder{On: true, Since: now.Add(-65 * time.Minute)} }), "recorded for 1:05:"},
		"asked":           {call(func(c *phone.Call) { c.Asked = &phone.Asked{Target: bo, By: anna} }), "asks for a call to Bo <2102> by Anna[31m <2101>"},
		"asked by nobody": {call(func(c *phone.Call) { c.Asked = &phone.Asked{Target: bo} }), "asks for a call to Bo <2102>"},
		"transfer refused": {call(func(c *phone.Call) {
			c.Transfer = &phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferFailed, Target: bo, Reason: &phone.Reason{ID: phone.ReasonBusy, Text: "Busy Here"}}
		}), "direct transfer to Bo <2102> failed (busy: Busy Here)"},
		"transfer recalled": {call(func(c *phone.Call) {
			c.Transfer = &phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferFailed, Target: bo, Recalled: true, Reason: &phone.Reason{ID: phone.ReasonNoAnswer}}
		}), "direct transfer to Bo <2102> failed and came back (no-answer)"},
		"transfer rings": {call(func(c *phone.Call) {
			c.Transfer = &phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferRinging, Target: anna, Undo: true, RecallAt: now.Add(65 * time.Minute)}
		}), "direct transfer to Anna[31m <2101> ringing, comes back in 1:0"},
		"transfer announced": {call(func(c *phone.Call) {
			c.Hold = phone.HoldLocal
			c.Transfer = &phone.Transfer{Kind: phone.TransferAnnounced, State: phone.TransferConsulting, Target: bo, Consult: 2, Undo: true}
		}), "held by you; announced transfer to Bo <2102> consulting in call 2, can be taken back"},
		"transfer unknown": {call(func(c *phone.Call) {
			c.Transfer = &phone.Transfer{Kind: phone.TransferVoicemail, State: phone.TransferUnknown, Target: bo, Reason: &phone.Reason{ID: phone.ReasonTransferUnknown}}
		}), "voicemail transfer to Bo <2102> unknown (transfer-unknown)"},
		"camps": {call(func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: bo, Place: 2, Since: now.Add(-65 * time.Minute), Line: phone.LineBusy}
		}), "camps on Bo <2102>, place 2, for 1:05:"},
		"camps in the team's order": {call(func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: bo, Place: 2, Of: 3, Shared: true, Ahead: "Salma", Since: now.Add(-65 * time.Minute), Line: phone.LineBusy}
		}), ", line busy, first a call of Salma"},
		"is fetched": {call(func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: bo, Place: 1, Since: now, Line: phone.LineBusy, Fetched: true}
		}), "line busy, fetched"},
		"is offered": {call(func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: bo, Since: now, Line: phone.LineIdle, Offering: true}
		}), "line idle, being put through"},
		"reminds": {call(func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: bo, Since: now, Line: phone.LineUnknown, Reminder: true, LastError: &phone.Reason{ID: phone.ReasonBusy}}
		}), "line unknown, wants to be looked at (busy)"},
		"open calls": {call(func(c *phone.Call) {
			c.Tasks = []phone.GroupCall{{Name: "Sales", Began: time.Date(2026, 11, 23, 9, 5, 0, 0, time.Local), Handler: phone.TeamName{Name: "Elin"}}}
		}), "called Sales 2026-11-23 09:05, not handled, Elin has it"},
		"a queue gave up": {call(func(c *phone.Call) {
			c.Origin = &phone.Origin{Queue: "support", Name: "Support", Path: []phone.Diversion{{By: phone.Party{Name: "Sales", Number: "sales"}, Reason: "no-answer"}}}
		}), "through Support support; diverted by Sales <sales> (no-answer)"},
	} {
		b.Change(func(s *phone.Snapshot) { s.Calls = []phone.Call{c.call} })
		for _, verb := range []string{"calls", "call 1", "status"} {
			out := b.must(strings.Fields(verb)...)
			for part := range strings.SplitSeq(c.want, "; ") {
				if !strings.Contains(out, part) {
					t.Errorf("%s, svaractl %s has no %q:\n%s", name, verb, part, out)
				}
			}
			if verb == "calls" && (!strings.Contains(out, c.want) || c.want == "" && out != "call 1    connected    112\n") {
				t.Errorf("%s: %q", name, out)
			}
			if strings.Contains(out, "\x1b") {
				t.Errorf("%s: the terminal obeys %q", name, out)
			}
		}
	}
	if out := b.must("call", "1"); !strings.Contains(out, "  group    9\n") {
		t.Errorf("no group:\n%s", out)
	}
}

func TestListsForPeople(t *testing.T) {
	now := time.Now()
	anna := phone.Party{Number: "2101", Name: "Anna\x1b B"}
	b := start(t, nil)
	for _, empty := range []string{"lines", "parked", "camped", "elsewhere", "dialect list"} {
		b.wantLines(empty)
	}
	b.wantLines("conference list", "no conference\n")
	b.Change(func(s *phone.Snapshot) {
		s.Lines = []phone.Line{
			{Account: "alice", Number: "2101", State: phone.LineRinging, Since: now, With: phone.Party{Number: "112"}, Pickup: true},
			{Account: "alice", Number: "2102", State: phone.LineUnknown, Since: now, Reason: &phone.Reason{ID: phone.ReasonNotTold}},
		}
		s.Parked = []phone.Parked{{Account: "alice", Slot: "701", Remote: anna, Since: now.Add(-65 * time.Minute), Told: true}, {Slot: "702", Since: now}}
		s.Camped = []phone.CampedCall{{ID: "c1", Target: phone.Party{Number: "2102", Name: "Bo"}, Remote: anna, By: phone.TeamName{Name: "Salma"}, Since: now.Add(-65 * time.Minute), Place: 1, Of: 2, Turn: true}}
		s.Elsewhere = []phone.RemoteCall{
			{ID: "e1", Account: "alice", Direction: phone.Incoming, State: phone.LineBusy, Remote: anna, Since: now, Pull: true},
			{ID: "e2", Direction: phone.Outgoing, State: phone.LineRinging, Since: now, Reason: &phone.Reason{ID: phone.ReasonNotSupported, Text: "call.pickup"}},
		}
		s.Dialects = []phone.Dialect{{ID: "generic", Name: "SIP"}, {ID: "telavox-mobile", Name: "Telavox"}}
		s.Conference = &phone.Conference{Calls: []phone.CallID{1, 4}, Started: now.Add(-65 * time.Minute), Aside: true}
		s.Inbox.Unseen = 2
		s.Playing = &phone.Playing{ID: 7, Position: 5 * time.Second, Since: now, Length: 65 * time.Second, Paused: true}
		s.Accounts = []phone.AccountStatus{{Account: phone.Account{ID: "alice", User: "2001", Domain: "pbx", Dialect: "asterisk"}}}
	})
	b.wantLines("lines", "line 2101  ringing", "alice  with 112, can be picked up", "line 2102  unknown", "not-told")
	b.wantLines("parked", "slot 701  Anna B <2101>  1:05:", "slot 702", "may be gone: the exchange does not tell")
	b.wantLines("camped", "Anna B <2101>  waits for Bo <2102>  place 1 of 2  1:05:", "Salma  next")
	b.wantLines("elsewhere", "e1  in   busy", "Anna B <2101>  alice  can be moved here", "e2  out  ringing", "not-supported: call.pickup")
	b.wantLines("dialect list", "generic         SIP\n", "telavox-mobile  Telavox\n")
	b.wantLines("conference list", "conference of 2, 1:05:", ", you are away from it\ncall 1\ncall 4\n")
	b.wantLines("status", "new recordings: 2\n", "recording 7 paused: 0:05 of 1:05\n")
	b.wantLines("accounts", "sip:2001@pbx  asterisk")
}

// inbox answers questions for recordings.
type inbox func(phone.RecordingQuery) ([]phone.Recording, error)

func (i inbox) Recordings(_ context.Context, q phone.RecordingQuery) ([]phone.Recording, error) {
	return i(q)
}

func TestRecordings(t *testing.T) {
	begun := time.Date(2026, 11, 22, 9, 30, 0, 0, time.Local)
	b := start(t, func(b *bench) {
		b.server.Inbox = inbox(func(q phone.RecordingQuery) ([]phone.Recording, error) {
			switch q {
			case phone.RecordingQuery{Text: "anna b", Limit: 3, Before: 9}:
				return []phone.Recording{
					{ID: 8, Begun: begun, Direction: phone.Outgoing, Duration: 65 * time.Second, Format: phone.FormatOpus, Stereo: true, Remote: phone.Party{Number: "2101", Name: "Anna"}},
					{ID: 7, Begun: begun, Format: phone.FormatWAV, Open: true},
					{ID: 6, Begun: begun, Format: phone.FormatWAV, Seen: true, Reason: &phone.Reason{ID: phone.ReasonDiskFull}},
				}, nil
			case phone.RecordingQuery{ID: 8, Limit: 1}:
				return []phone.Recording{{ID: 8, Path: "/home/åsa/In spelning.ogg"}}, nil
			}
			return nil, nil
		})
		b.OnDo = func(c phone.Command) (phone.CallID, error) { return 0, phone.Refuse(phone.ReasonDiskFull, "/rec") }
	})
	out := b.must("recording", "list", "--search", "anna b", "--limit", "3", "--before", "9")
	want := "8  2026-11-22 09:30  out  1:05  Anna <2101>  opus stereo  new\n" +
		"7  2026-11-22 09:30       0:00               wav          being recorded\n" +
		"6  2026-11-22 09:30       0:00               wav          disk-full\n"
	if out != want {
		t.Errorf("list:\n%s", out)
	}
	b.wantLines("recording list")
	b.wantLines("recording path 8", "/home/åsa/In spelning.ogg\n")
	b.wantCode(exitRefused, "no-recording: 5\n", "recording", "path", "5")
	b.wantCode(exitRefused, "disk-full: /rec\n", "record", "start")
}

func TestDialectCheck(t *testing.T) {
	b := &bench{t: t, profile: t.TempDir(), dir: t.TempDir()} // no phone runs
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("good.toml", "id = \"good\"\nname = \"Good PBX\"\n[transfer]\ndirect = \"refer\"\n[call]\npark = \"refer:*68\"\n")
	write("bad.toml", "id = \"bad\"\nname = \"Bad\"\n\n[transfer]\ndirect = \"carrier pigeon\"\n")
	b.wantLines("dialect check good.toml", "good  Good PBX  2 features\n")
	if out := b.must("dialect", "check", "good.toml", "--json"); out != "{\"features\":[\"call.park\",\"transfer.direct\"],\"id\":\"good\",\"name\":\"Good PBX\"}\n" {
		t.Errorf("%q", out)
	}
	r := b.run("dialect", "check", "bad.toml")
	if r.code != exitRefused || !strings.HasPrefix(r.errs, "bad.toml:5: ") || strings.Count(r.errs, "\n") != 1 || r.out != "" {
		t.Errorf("%+v", r)
	}
	b.wantCode(exitRefused, "bad-dialect: open none.toml: no such file or directory\n", "dialect", "check", "none.toml")
	b.wantCode(exitRefused, "bad-dialect: ", "dialect", "check", ".")
}

func TestWaitForATransfer(t *testing.T) {
	b := start(t, nil)
	transfer := func(state phone.TransferState, why *phone.Reason) {
		b.SetCall(phone.Call{ID: 3, State: phone.StateConnected, Hold: phone.HoldLocal, Transfer: &phone.Transfer{State: state, Reason: why}})
	}
	transfer(phone.TransferRinging, nil)
	if out := b.must("wait", "3:transfer=ringing"); out != "call 3\n" {
		t.Errorf("%q", out)
	}
	b.must("wait", "3:hold=local")
	b.wantCode(exitTimeout, "timed-out: 3:transfer=done: call 3 is connected, transfer ringing\n", "wait", "3:transfer=done", "--timeout", "20ms")
	transfer(phone.TransferFailed, &phone.Reason{ID: phone.ReasonTransferRefused, Code: 603, Text: "Decline"})
	b.wantCode(exitRefused, "transfer-refused: Decline\n", "wait", "3:transfer=done")
	b.SetCall(phone.Call{ID: 3, State: phone.StateEnded, End: &phone.Reason{ID: phone.ReasonTransferred, Text: "2101"}})
	b.RemoveCall(3)
	b.must("wait", "3:transfer=done")
	b.wantCode(exitTimeout, "timed-out: conference:3: 0 in the conference\n", "wait", "conference:3", "--timeout", "20ms")
}
