package control

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

func TestQueries(t *testing.T) {
	started := time.Now().Add(-90 * time.Second)
	r := run(t, func(r *running) {
		r.OnHistory = func(q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
			if !reflect.DeepEqual(q, phone.HistoryQuery{Missed: true, Text: "a b", Limit: 3, Before: 9}) {
				return nil, nil
			}
			return []phone.HistoryEntry{{ID: 8}}, nil
		}
		r.Change(func(s *phone.Snapshot) {
			s.Accounts = []phone.AccountStatus{{
				Account:      phone.Account{ID: "alice", User: "2001", Domain: "pbx"},
				Registration: phone.Registration{State: phone.RegistrationRegistered},
			}}
			s.Calls = []phone.Call{
				{ID: 1, State: phone.StateRinging, Hold: phone.HoldNone, Remote: phone.Party{Number: "2"}},
				{ID: 2, State: phone.StateConnected, Hold: phone.HoldLocal, Muted: true, Remote: phone.Party{Number: "3", Name: "C"}, Codec: "opus",
					Started: started, Quality: phone.Quality{Codec: "opus", Sent: 5}},
			}
			s.Active = 2
			s.Settings = phone.Settings{phone.KeyVolume: "50"}
		})
	})
	c := r.dial(t)
	ask := func(verb string, args any) (out any) {
		t.Helper()
		if err := c.Call(t.Context(), verb, args, &out); err != nil {
			t.Fatalf("%s: %v", verb, err)
		}
		return out
	}
	field := func(v any, path ...any) any {
		t.Helper()
		for _, p := range path {
			switch p := p.(type) {
			case string:
				m, ok := v.(map[string]any)
				if !ok {
					t.Fatalf("no object for %s in %v", p, v)
				}
				if v, ok = m[p]; !ok {
					t.Fatalf("no field %s in %v", p, m)
				}
			case int:
				v = v.([]any)[p]
			}
		}
		return v
	}
	status := ask("status", nil)
	for _, want := range []struct {
		path  []any
		value any
	}{
		{[]any{"version"}, "1.2.3"},
		{[]any{"startup_ms"}, 321.0},
		{[]any{"frames", "drawn"}, 60.0},
		{[]any{"frames", "slow"}, 2.0},
		{[]any{"frames", "slowest"}, 41e6},
		{[]any{"accounts", 0, "id"}, "alice"},
		{[]any{"accounts", 0, "state"}, "registered"},
		{[]any{"calls", 0, "id"}, 1.0},
		{[]any{"calls", 0, "state"}, "ringing"},
		{[]any{"calls", 0, "started"}, nil},
		{[]any{"calls", 0, "srtp"}, ""},
		{[]any{"calls", 1, "hold"}, "local"},
		{[]any{"calls", 1, "muted"}, true},
		{[]any{"calls", 1, "codec"}, "opus"},
		{[]any{"calls", 1, "remote", "number"}, "3"},
		{[]any{"calls", 1, "started"}, started.Format(time.RFC3339Nano)},
		{[]any{"faults"}, []any{}},
	} {
		if got := field(status, want.path...); fmt.Sprint(got) != fmt.Sprint(want.value) {
			t.Errorf("status %v is %v, want %v", want.path, got, want.value)
		}
	}
	if up := field(status, "uptime_ms").(float64); up < 60_000 || up > 120_000 {
		t.Errorf("uptime %v ms", up)
	}
	if n, heap := field(status, "goroutines").(float64), field(status, "heap_mb").(float64); n < 2 || n != math.Trunc(n) || heap < 0.1 || heap > 1000 {
		t.Errorf("%v goroutines, %v MB", n, heap)
	}
	if got := field(ask("accounts", nil), 0, "id"); got != "alice" {
		t.Errorf("accounts: %v", got)
	}
	if got := len(ask("calls", nil).([]any)); got != 2 {
		t.Errorf("%d calls", got)
	}
	if got := field(ask("call", nil), "id"); got != 2.0 { // the active one
		t.Errorf("call: %v", got)
	}
	if got := field(ask("call", callArgs{1}), "state"); got != "ringing" {
		t.Errorf("call 1: %v", got)
	}
	stats := ask("stats", callArgs{2})
	if field(stats, "sent") != 5.0 || field(stats, "levels", "microphone") != -20.0 || field(stats, "duration_ms").(float64) < 90_000 {
		t.Errorf("stats: %v", stats)
	}
	if got := field(ask("devices", nil), "devices"); fmt.Sprint(got) != "[]" {
		t.Errorf("devices: %v", got)
	}
	if got := field(ask("get", getArgs{phone.KeyVolume}), "value"); got != "50" {
		t.Errorf("get: %v", got)
	}
	if got := field(ask("settings", nil), phone.KeyToneCountry); got != "se" { // a default
		t.Errorf("settings: %v", got)
	}
	if got := field(ask("snapshot", nil), "active"); got != 2.0 {
		t.Errorf("snapshot: %v", got)
	}
	if got := field(ask("version", nil), "version"); got != "1.2.3" {
		t.Errorf("version: %v", got)
	}
	if got := field(ask("history", phone.HistoryQuery{Missed: true, Text: "a b", Limit: 3, Before: 9}), 0, "id"); got != 8.0 {
		t.Errorf("history: %v", got)
	}
	if got := ask("history", nil); fmt.Sprint(got) != "[]" {
		t.Errorf("empty history: %v", got)
	}
	for verb, want := range map[string]struct {
		args   any
		reason phone.ReasonID
	}{
		"call":        {callArgs{99}, phone.ReasonNoCall},
		"stats":       {callArgs{99}, phone.ReasonNoCall},
		"get":         {getArgs{"no.such"}, phone.ReasonBadSetting},
		"history":     {map[string]any{"limit": "many"}, phone.ReasonBadCommand},
		"screenshot":  {screenshotArgs{Path: "/x.png"}, ReasonNoWindow},
		"raise":       {nil, ReasonNoWindow},
		"diagnostics": {diagnosticsArgs{Do: "start"}, phone.ReasonBadCommand},
		"do":          {windowArgs{Command: "call.answer"}, ReasonNoWindow},
		"quit":        {nil, phone.ReasonBadCommand},
		"fly":         {nil, phone.ReasonBadCommand},
		"wait":        {waitArgs{Condition: "7:flying"}, phone.ReasonBadCommand},
	} {
		wantReason(t, c.Call(t.Context(), verb, want.args, nil), want.reason)
	}
	// Two live calls and none active: which one is meant?
	r.Change(func(s *phone.Snapshot) { s.Active = 0 })
	wantReason(t, c.Call(t.Context(), "call", nil, nil), phone.ReasonNoCall)
	r.Change(func(s *phone.Snapshot) { s.Calls[0].State = phone.StateEnded })
	if got := field(ask("call", nil), "id"); got != 2.0 {
		t.Errorf("the only call: %v", got)
	}
}

// inbox is a phone.Inbox of some recordings that remembers what it was asked.
type inbox struct {
	found []phone.Recording
	err   error
	asked []phone.RecordingQuery
}

func (i *inbox) Recordings(_ context.Context, q phone.RecordingQuery) ([]phone.Recording, error) {
	i.asked = append(i.asked, q)
	if q.ID == 0 || i.err != nil {
		return i.found, i.err
	}
	return slices.DeleteFunc(slices.Clone(i.found), func(r phone.Recording) bool { return r.ID != q.ID }), nil
}

func TestRecordingQueries(t *testing.T) {
	in := &inbox{found: []phone.Recording{{ID: 8, Path: "/x.wav"}, {ID: 5, Path: "/y.wav"}}}
	r := run(t, func(r *running) { r.server.Inbox = in })
	c := r.dial(t)
	var many []phone.Recording
	q := phone.RecordingQuery{Text: "a b", Limit: 3, Before: 9}
	if err := c.Call(t.Context(), "recordings", q, &many); err != nil || len(many) != 2 || many[1] != in.found[1] || in.asked[0] != q {
		t.Errorf("%+v, %v, asked %+v", many, err, in.asked)
	}
	var one phone.Recording
	if err := c.Call(t.Context(), "recording", recordingArgs{5}, &one); err != nil || one != in.found[1] {
		t.Errorf("%+v, %v", one, err)
	}
	for _, id := range []int64{0, -1, 6} {
		wantReason(t, c.Call(t.Context(), "recording", recordingArgs{id}, nil), phone.ReasonNoRecording)
	}
	in.found = nil
	var raw json.RawMessage
	if err := c.Call(t.Context(), "recordings", nil, &raw); err != nil || string(raw) != "[]" {
		t.Errorf("an empty inbox is %s, %v", raw, err)
	}
	in.err = phone.Refuse(phone.ReasonStoreDamaged, "")
	wantReason(t, c.Call(t.Context(), "recordings", nil, nil), phone.ReasonStoreDamaged)
	wantReason(t, c.Call(t.Context(), "recording", recordingArgs{5}, nil), phone.ReasonStoreDamaged)
	without := run(t, nil).dial(t)
	wantReason(t, without.Call(t.Context(), "recordings", nil, nil), phone.ReasonStoreFailed)
	wantReason(t, without.Call(t.Context(), "recording", recordingArgs{5}, nil), phone.ReasonStoreFailed)
}

func TestSnapshotParts(t *testing.T) {
	r := run(t, nil)
	c := r.dial(t)
	for i, want := range []map[string]string{
		{"lines": `[]`, "parked": `[]`, "camped": `[]`, "elsewhere": `[]`, "dialects": `[]`, "conference-list": `{"calls":[],"started":null,"aside":false}`},
		{"lines": `"number":"2101"`, "parked": `"slot":"701"`, "camped": `"place":2`, "elsewhere": `"id":"e1"`, "dialects": `[{"id":"generic","name":"SIP"}]`,
			"conference-list": `{"calls":[1,2],"started":"2026-01-02T03:04:05Z","aside":true}`},
	} {
		if i == 1 {
			r.Change(func(s *phone.Snapshot) {
				s.Lines = []phone.Line{{Number: "2101"}}
				s.Parked = []phone.Parked{{Slot: "701"}}
				s.Camped = []phone.CampedCall{{ID: "c1", Place: 2}}
				s.Elsewhere = []phone.RemoteCall{{ID: "e1"}}
				s.Dialects = []phone.Dialect{{ID: "generic", Name: "SIP"}}
				s.Conference = &phone.Conference{Calls: []phone.CallID{1, 2}, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Aside: true}
				s.Inbox.Unseen, s.Playing = 3, &phone.Playing{ID: 4}
			})
		}
		for verb, part := range want {
			var raw json.RawMessage
			if err := c.Call(t.Context(), verb, nil, &raw); err != nil || !strings.Contains(string(raw), part) {
				t.Errorf("%s is %s, %v; want %s", verb, raw, err, part)
			}
		}
	}
	var status Status
	if err := c.Call(t.Context(), "status", nil, &status); err != nil || status.Unseen != 3 || status.Playing == nil || status.Playing.ID != 4 {
		t.Errorf("%+v, %v", status, err)
	}
}
