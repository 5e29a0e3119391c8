package main

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"svara/assets"
	"svara/phone"
	"svara/ui/command"
)

// settled is a phone whose settings change as they are set.
func settled(b *bench) {
	b.OnDo = func(c phone.Command) (phone.CallID, error) {
		if set, ok := c.(phone.Set); ok {
			if err := phone.CheckSetting(set.Key, set.Value); err != nil {
				return 0, err
			}
			b.Change(func(s *phone.Snapshot) { s.Settings = s.Settings.With(set.Key, set.Value) })
		}
		return 0, nil
	}
}

func TestKeys(t *testing.T) {
	b := start(t, settled)
	line := func(id string) string {
		for l := range strings.Lines(b.must("keys", "list")) {
			if f := strings.Fields(l); f[0] == id {
				return strings.Join(f[1:], " ")
			}
		}
		return ""
	}
	want := func(id, begins string) {
		t.Helper()
		if got := line(id); !strings.HasPrefix(got, begins) {
			t.Errorf("%s: %q, want %q…", id, got, begins)
		}
	}
	want("call.hold", "k F7 Hold")
	b.must("keys", "bind", "call.hold", "F11", "Ctrl+h")
	want("call.hold", "k F7 F11 Ctrl+h Hold")
	b.wantCode(exitRefused, "F12 is call.decline; --replace takes it", "keys", "bind", "call.answer", "F12")
	b.must("keys", "bind", "--replace", "call.answer", "F12")
	want("call.answer", "NumEnter Enter F5 a F12")
	want("call.hangup", "h Hang up")
	b.must("keys", "unbind", "call.hold", "k", "F7")
	want("call.hold", "F11 Ctrl+h")
	b.must("keys", "unbind", "call.mute")
	want("call.mute", "Microphone")
	b.must("keys", "reset", "call.hold", "call.mute")
	want("call.hold", "k F7 Hold")
	if out := b.must("keys", "list", "--changed"); !strings.Contains(out, "call.answer") || strings.Contains(out, "call.hold") {
		t.Errorf("changed: %s", out)
	}
	var list []commandKeys
	if err := json.Unmarshal([]byte(b.must("--json", "keys", "list")), &list); err != nil || len(list) < 60 {
		t.Errorf("%d commands, %v", len(list), err)
	}
	b.must("keys", "reset")
	if out := b.must("keys", "list", "--changed"); out != "" {
		t.Errorf("after a reset there is %q", out)
	}
	if got := b.Snapshot().Settings.Get(phone.KeyKeys); got != "" {
		t.Errorf("the setting says %q", got)
	}
	for _, args := range [][]string{{"bind", "call.fly", "F11"}, {"bind", "back", "F11"}, {"bind", "call.hold", "Escape"}, {"unbind", "back"}, {"reset", "call.fly"}} {
		b.wantCode(exitRefused, "bad-command: ", append([]string{"keys"}, args...)...)
	}
	for _, args := range [][]string{{"keys"}, {"keys", "fly"}, {"keys", "bind", "call.hold"}, {"keys", "bind", "call.hold", "Hyper+x"}, {"keys", "unbind"}, {"keys", "list", "x"}, {"do"}, {"do", "queue.toggle", "0"}, {"do", "queue.toggle", "x"}} {
		b.wantCode(exitUsage, "usage: svaractl ", args...)
	}
	b.must("set", "ui.keys", `{"call.fly": ["F5"]}`)
	if r := b.run("keys", "list"); r.code != exitDone || !strings.Contains(r.errs, "left out: call.fly no_command") {
		t.Errorf("%+v", r)
	}
}

func TestDo(t *testing.T) {
	var mu sync.Mutex
	var did []string
	b := start(t, func(b *bench) {
		b.server.Command = func(_ context.Context, id string, nth int) error {
			mu.Lock()
			defer mu.Unlock()
			if id == "call.hold" {
				return phone.Refuse(phone.ReasonNotNow, "No call")
			}
			did = append(did, id+strings.Repeat("+", nth))
			return nil
		}
	})
	b.must("do", "call.transfer")
	b.must("do", "queue.toggle", "2")
	b.wantCode(exitRefused, "not-now: No call\n", "do", "call.hold")
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(did, " "); got != "call.transfer queue.toggle++" {
		t.Errorf("did %q", got)
	}
	none := start(t, nil)
	none.wantCode(exitRefused, "no-window: ", "do", "call.transfer")
}

// window writes down what commands tell the phone.
type window struct{ told []phone.Command }

func (w *window) Do(c phone.Command)               { w.told = append(w.told, c) }
func (*window) Show(command.View)                  {}
func (*window) FocusSearch()                       {}
func (*window) DialTyped()                         {}
func (*window) Reach(phone.Feature)                {}
func (*window) ToggleKeypad()                      {}
func (*window) MoveCursor(int)                     {}
func (*window) MoveAcross(int)                     {}
func (*window) OpenMenu()                          {}
func (*window) Save()                              {}
func (*window) TextHits()                          {}
func (*window) MailHits()                          {}
func (*window) Back()                              {}
func (*window) Ask(command.Question, phone.CallID) {}
func (*window) HandOver(command.Handing)           {}
func (*window) Numbered(int) command.Card          { return command.Card{Call: 1} }
func (*window) ReportSound(phone.CallID)           {}
func (*window) Quit()                              {}

// TestEveryCommandOfTheWindowHasAVerb does all commands in many situations: whatever one tells the phone, a verb does too.
func TestEveryCommandOfTheWindowHasAVerb(t *testing.T) {
	defaults, err := command.ParseBindings(assets.Keys())
	if err != nil {
		t.Fatal(err)
	}
	all, err := command.Registry(defaults)
	if err != nil {
		t.Fatal(err)
	}
	have := verbs()
	seen := map[string]bool{}
	for _, s := range moments() {
		for _, c := range all {
			if c.Enabled != nil {
				if ok, _ := c.Enabled(s); !ok {
					continue
				}
			}
			w := &window{}
			c.Run(command.Invocation{Host: w, Snapshot: s, Chord: command.Chord{Key: "1"}})
			for _, told := range w.told {
				seen[told.Verb()] = true
				if name := verbOf(told.Verb()); have[name].run == nil {
					t.Errorf("%s tells the phone to %s, for which there is no verb %s", c.ID, told.Verb(), name)
				}
			}
		}
	}
	if len(seen) < 25 {
		t.Errorf("only %d of the phone's verbs were tried", len(seen))
	}
	for _, way := range command.Ways {
		if name := verbOf(command.Reach(way.Feature, "2101").Verb()); have[name].run == nil {
			t.Errorf("%s has no verb %s", way.ID, name)
		}
	}
}

// verbOf is svaractl's word for a verb of the phone: record-start is one of record's.
func verbOf(verb string) string {
	if rest, ok := strings.CutPrefix(verb, "transfer-"); ok {
		return rest
	}
	name, _, _ := strings.Cut(verb, "-")
	if verb == "shortcut" {
		return "activity"
	}
	return name
}

// moments is what can be true, as far as commands look at it.
func moments() []*phone.Snapshot {
	account := phone.AccountStatus{
		Account:      phone.Account{ID: "a", Mobile: "0701740612", Default: true},
		Registration: phone.Registration{State: phone.RegistrationRegistered},
	}
	account.Features = []phone.Feature{phone.FeatureTransferDirect, phone.FeatureTransferAnnounced, phone.FeatureTransferComplete, phone.FeaturePark, phone.FeatureRetrieve, phone.FeaturePickup}
	live := func(id phone.CallID, s phone.CallState, h phone.Hold) phone.Call {
		return phone.Call{ID: id, Account: "a", State: s, Hold: h}
	}
	with := func(calls ...phone.Call) *phone.Snapshot {
		s := &phone.Snapshot{Accounts: []phone.AccountStatus{account}, Calls: calls, History: phone.HistoryState{Last: "2101", Missed: 1},
			Settings: phone.Settings{phone.KeyHelpNumber: "2100"}, Queues: []phone.QueueStatus{{Queue: phone.Queue{ID: "9000"}}},
			Me: phone.Me{Shortcuts: []phone.Shortcut{{ID: "lunch"}}}, Parked: []phone.Parked{{Slot: "701"}},
			Elsewhere: []phone.RemoteCall{{ID: "x", Pull: true}}, Lines: []phone.Line{{Number: "2101", State: phone.LineRinging, Pickup: true}}}
		if len(calls) > 0 && calls[len(calls)-1].State == phone.StateConnected {
			s.Active = calls[len(calls)-1].ID
		}
		return s
	}
	held, talking, muted := live(1, phone.StateConnected, phone.HoldLocal), live(2, phone.StateConnected, phone.HoldNone), live(2, phone.StateConnected, phone.HoldNone)
	muted.Muted, muted.Recording.On = true, true
	consulting, asked, fetched := held, talking, talking
	consulting.Transfer = &phone.Transfer{State: phone.TransferConsulting, Consult: 2, Undo: true}
	with2 := talking
	with2.Consults = 1
	asked.Asked, fetched.Camp = &phone.Asked{}, &phone.Camp{Fetched: true}
	next := with(held)
	next.Next = 1
	in := with()
	in.Queues[0].Login = phone.ConfirmOn
	return []*phone.Snapshot{with(), in, with(live(1, phone.StateIncoming, phone.HoldNone)), with(talking), with(held), with(muted), with(held, talking), with(consulting, with2), with(asked), with(fetched), next}
}
