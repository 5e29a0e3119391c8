package command_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"svara/assets"
	"svara/phone"
	. "svara/ui/command"
	"svara/ui/text"
)

func keymap(t *testing.T) *Keymap {
	t.Helper()
	keys, err := ParseBindings(assets.Keys())
	if err != nil {
		t.Fatal(err)
	}
	all, err := Registry(keys)
	if err != nil {
		t.Fatal(err)
	}
	k, _ := Rebound(all, "")
	return k
}

func TestEveryCommandIsComplete(t *testing.T) {
	k := keymap(t)
	seen := map[ID]bool{}
	for _, c := range k.Commands() {
		if seen[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		seen[c.ID] = true
		if c.Run == nil || len(c.When) == 0 {
			t.Errorf("%s cannot be run", c.ID)
		}
		if assets.Icon(c.Icon) == nil {
			t.Errorf("%s: no icon %q", c.ID, c.Icon)
		}
		for _, language := range text.Languages() {
			text.SetLanguage(language)
			if !text.Has(c.Title) {
				t.Errorf("%s: no title %q in %s", c.ID, c.Title, language)
			}
			for _, chord := range k.Chords(c.ID) {
				if p := chord.Print(text.T); p == "" || strings.Contains(p, "key.") {
					t.Errorf("%s: chord %s prints as %q in %s", c.ID, chord, p, language)
				}
			}
		}
	}
	text.SetLanguage(text.Auto)
}

// snapshots are the states a phone can be in, as far as commands look at them.
func snapshots() map[string]*phone.Snapshot {
	account := phone.AccountStatus{Account: phone.Account{ID: "a", User: "a", Domain: "d"}, Registration: phone.Registration{State: phone.RegistrationRegistered}}
	offline := account
	offline.State = phone.RegistrationFailed
	call := func(id phone.CallID, s phone.CallState, h phone.Hold) phone.Call {
		return phone.Call{ID: id, State: s, Hold: h}
	}
	accounts := []phone.AccountStatus{account}
	return map[string]*phone.Snapshot{
		"empty":   {},
		"idle":    {Accounts: accounts},
		"parked":  {Accounts: accounts, Parked: []phone.Parked{{Account: "elin", Slot: "709"}}},
		"missed":  {Accounts: accounts, History: phone.HistoryState{Missed: 2, Last: "2101"}},
		"offline": {Accounts: []phone.AccountStatus{offline}},
		"ringing": {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateIncoming, phone.HoldNone)}},
		"dialing": {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateDialing, phone.HoldNone)}, Active: 1},
		"talking": {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateConnected, phone.HoldNone)}, Active: 1},
		"held":    {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateConnected, phone.HoldLocal)}},
		"two":     {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateConnected, phone.HoldLocal), call(2, phone.StateConnected, phone.HoldNone)}, Active: 2},
		"conference": {Accounts: accounts, Conference: &phone.Conference{}, Active: 2, Calls: []phone.Call{
			{ID: 1, State: phone.StateConnected, Conference: true}, {ID: 2, State: phone.StateConnected, Conference: true}, {ID: 3, State: phone.StateConnected, Hold: phone.HoldLocal}}},
		"one left": {Accounts: accounts, Conference: &phone.Conference{}, Active: 1, Calls: []phone.Call{{ID: 1, State: phone.StateConnected, Conference: true}}},
		"waiting":  {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateConnected, phone.HoldNone), call(2, phone.StateIncoming, phone.HoldNone)}, Active: 1},
		"ended":    {Accounts: accounts, Calls: []phone.Call{call(1, phone.StateEnded, phone.HoldNone)}},
	}
}

func TestEveryReasonForDisabledHasWords(t *testing.T) {
	k := keymap(t)
	for name, s := range snapshots() {
		for _, c := range k.Commands() {
			ok, why := k.State(c.ID, s)
			if !ok && !text.Has(why) {
				t.Errorf("%s while %s: no text %q", c.ID, name, why)
			}
		}
	}
}

// host writes down what commands do.
type host struct{ did []string }

func (h *host) note(s string) { h.did = append(h.did, s) }

func (h *host) Do(c phone.Command) {
	args, _ := json.Marshal(c)
	h.note(c.Verb() + string(args))
}
func (h *host) Show(v View)                 { h.note("show " + string(v)) }
func (h *host) FocusSearch()                { h.note("search") }
func (h *host) DialTyped()                  { h.note("dial typed") }
func (h *host) Reach(f phone.Feature)       { h.note("reach " + string(f)) }
func (h *host) ToggleKeypad()               { h.note("keypad") }
func (h *host) ReportSound(id phone.CallID) { h.note("report " + strconv.Itoa(int(id))) }
func (h *host) MoveAcross(n int)            { h.note("across " + string(rune('0'+n%10))) }
func (h *host) MoveCursor(rows int)         { h.note("cursor " + string(rune('0'+rows%10))) }
func (h *host) OpenMenu()                   { h.note("menu") }
func (h *host) Save()                       { h.note("save") }
func (h *host) TextHits()                   { h.note("text hits") }
func (h *host) MailHits()                   { h.note("mail hits") }
func (h *host) Back()                       { h.note("back") }
func (h *host) Ask(q Question, id phone.CallID) {
	h.note("ask " + string(q) + " " + strconv.Itoa(int(id)))
}
func (h *host) HandOver(how Handing) { h.note("hand over " + string(how)) }
func (h *host) Numbered(n int) Card {
	if n == 9 {
		return Card{Account: "elin", Slot: "709"}
	}
	return Card{Call: phone.CallID(n)}
}
func (h *host) Quit() { h.note("quit") }

func TestWhatKeysDo(t *testing.T) {
	k := keymap(t)
	states := snapshots()
	enterOff := *states["ringing"]
	enterOff.Settings = enterOff.Settings.With(phone.KeyEnterAnswers, "false")
	states["ringing, Enter off"] = &enterOff
	for _, c := range []struct {
		state string
		focus Focus
		chord string
		want  string // "" nothing
	}{
		// Enter is never stolen: it answers only when nothing is typed; the number pad's always answers (C4).
		{"ringing", FocusEmpty, "Enter", `answer{}`},
		{"ringing", FocusNone, "Enter", `answer{}`},
		{"ringing", FocusText, "Enter", `dial typed`},
		{"ringing", FocusText, "NumEnter", `answer{}`},
		{"ringing, Enter off", FocusEmpty, "Enter", `dial typed`},
		{"ringing, Enter off", FocusEmpty, "NumEnter", `answer{}`},
		{"ringing", FocusText, "F5", `answer{}`},
		{"ringing", FocusText, "F12", `decline{}`},
		{"waiting", FocusText, "F12", `decline{}`},
		{"waiting", FocusText, "NumEnter", `answer{}`},
		{"idle", FocusText, "NumEnter", `dial typed`}, // keypad Enter with nothing ringing = Enter
		{"idle", FocusEmpty, "Enter", `dial typed`},
		{"idle", FocusEmpty, "F12", ``},
		{"idle", FocusText, "Ctrl+t", `show messages`},
		{"idle", FocusEmpty, "Ctrl+9", ``},
		{"parked", FocusText, "Ctrl+9", `retrieve{"slot":"709","account":"elin"}`},
		{"parked", FocusEmpty, "Ctrl+8", ``},
		{"talking", FocusText, "F12", `hangup{}`},
		{"dialing", FocusText, "F12", `hangup{}`},
		{"conference", FocusText, "F12", `ask end 0`}, // whom, or all
		{"one left", FocusText, "F12", `hangup{}`},
		// Letters are text in a text field, and commands elsewhere.
		{"ringing", FocusNone, "a", `answer{}`},
		{"ringing", FocusEmpty, "a", ``},
		{"ringing", FocusText, "a", ``},
		{"ringing", FocusNone, "h", `decline{}`},
		{"talking", FocusNone, "h", `hangup{}`},
		{"talking", FocusNone, "k", `hold{"call":1,"on":true}`},
		{"held", FocusNone, "k", `resume{"call":1,"on":false}`},
		{"talking", FocusNone, "m", `mute{"call":1,"on":true}`},
		{"talking", FocusText, "Ctrl+m", `mute{"call":1,"on":true}`},
		{"talking", FocusNone, "5", `dtmf{"digits":"5"}`},
		{"talking", FocusNone, "#", `dtmf{"digits":"#"}`},
		{"talking", FocusEmpty, "5", ``},
		{"dialing", FocusNone, "5", ``},
		{"idle", FocusNone, "5", ``},
		{"two", FocusText, "Ctrl+F7", `swap{}`},
		{"talking", FocusText, "F7", `hold{"call":1,"on":true}`},
		{"missed", FocusText, "Ctrl+r", `dial{"target":"2101"}`},
		{"idle", FocusText, "Ctrl+r", ``},
		// Editing keys stay with the text.
		{"idle", FocusText, "Left", ``},
		{"idle", FocusText, "Down", `cursor 1`},
		{"idle", FocusText, "Escape", `back`},
		{"idle", FocusText, "F3", `search`},
		{"offline", FocusText, "Enter", ``},
		{"idle", FocusNone, "Ctrl+Shift+l", `set{"key":"ui.language","value":"sv"}`},
		{"idle", FocusText, "Ctrl++", `set{"key":"ui.text_size","value":"110"}`},
		{"idle", FocusText, "Ctrl+Down", `set{"key":"audio.volume","value":"90"}`},
	} {
		chord, err := ParseChord(c.chord)
		if err != nil {
			t.Fatal(err)
		}
		s := states[c.state]
		h := &host{}
		k.Dispatch(chord, Situation{Contexts: Contexts(s, List), Focus: c.focus, Snapshot: s}, h)
		if got := strings.Join(h.did, "; "); got != c.want {
			t.Errorf("%s, focus %d, %s: did %q, want %q", c.state, c.focus, c.chord, got, c.want)
		}
	}
}

func TestDialogsComeFirst(t *testing.T) {
	k := keymap(t)
	s := snapshots()["ringing"]
	h := &host{}
	sit := Situation{Contexts: Contexts(s, Dialog), Focus: FocusText, Snapshot: s}
	// In a form Enter is the form's: without the list nothing wants it.
	if _, ok := k.Dispatch(Chord{Key: KeyEnter}, sit, h); ok {
		t.Errorf("Enter in a form did %v", h.did)
	}
	if _, ok := k.Dispatch(Chord{Key: KeyEscape}, sit, h); !ok || h.did[0] != "back" {
		t.Errorf("Escape did %v", h.did)
	}
}

func TestDisabledTellsWhy(t *testing.T) {
	k := keymap(t)
	s := snapshots()["offline"]
	m, ok := k.Lookup(Chord{Key: KeyEnter}, Situation{Contexts: Contexts(s, List), Snapshot: s})
	if !ok || m.Enabled || m.Command.ID != DialTyped || m.Why != "disabled.offline" {
		t.Errorf("got %+v, %v", m, ok)
	}
}

func TestHintIsWhatWorksNow(t *testing.T) {
	k := keymap(t)
	s := snapshots()["ringing"]
	on := Situation{Contexts: Contexts(s, List), Focus: FocusText, Snapshot: s}
	if c, ok := k.Hint(Answer, on); !ok || c.Print(text.T) != "Num Enter" {
		t.Errorf("hint %v %v", c, ok)
	}
	if c, ok := k.Hint(Decline, on); !ok || c.Key != "F12" {
		t.Errorf("with text in the field the letter does not work: hint %v %v", c, ok)
	}
	on.Focus = FocusNone
	if c, ok := k.Hint(Decline, on); !ok || c.Key != "h" {
		t.Errorf("hint %v %v", c, ok)
	}
	if _, ok := k.Hint(Hangup, on); ok {
		t.Error("a hint for what cannot be done")
	}
}

func TestRebinding(t *testing.T) {
	keys, err := ParseBindings(assets.Keys())
	if err != nil {
		t.Fatal(err)
	}
	all, err := Registry(keys)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := ParseBindings([]byte(`{"call.hold": ["F9"], "call.mute": []}`))
	if err != nil {
		t.Fatal(err)
	}
	k, problems := Rebound(all, FormatBindings(changed))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := k.Chords(Hold); !slices.Equal(got, []Chord{{Key: "F9"}}) || len(k.Chords(Mute)) != 0 {
		t.Errorf("hold %v, mute %v", got, k.Chords(Mute))
	}
	back, err := ParseBindings([]byte(FormatBindings(changed)))
	if err != nil || !slices.Equal(back[Hold], changed[Hold]) || len(back) != 2 {
		t.Errorf("%v %v", back, err)
	}
	for _, bad := range []string{`{"call.hold": ["F12"]}`, `{"no.such": ["F9"]}`} {
		if _, problems := Rebound(all, bad); len(problems) == 0 {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestChords(t *testing.T) {
	for _, s := range []string{"a", "F5", "Ctrl+Shift+1", "NumEnter", "+", "Ctrl++", "*", "å", "Alt+Escape", "Ctrl+-"} {
		c, err := ParseChord(s)
		if err != nil || c.String() != s {
			t.Errorf("%q: %v, %v", s, c, err)
		}
	}
	for _, s := range []string{"", " ", "Ctrl+", "F13", "ab", "Ctrl+Ctrl+a", "Shift+a"} {
		if c, err := ParseChord(s); err == nil {
			t.Errorf("%q was read as %v", s, c)
		}
	}
	text.SetLanguage("sv")
	defer text.SetLanguage(text.Auto)
	for s, want := range map[string]string{"Ctrl+Shift+l": "Ctrl+Skift+L", "Space": "Mellanslag", "NumEnter": "Num Enter", "F5": "F5", "h": "H", "+": "+", "Up": "↑"} {
		c, err := ParseChord(s)
		if err != nil || c.Print(text.T) != want {
			t.Errorf("%s prints as %q, want %q (%v)", s, c.Print(text.T), want, err)
		}
	}
}

func FuzzParseChord(f *testing.F) {
	f.Add("Ctrl+Shift+1")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseChord(s)
		if err != nil {
			return
		}
		if again, err := ParseChord(c.String()); err != nil || again != c {
			t.Errorf("%q became %v, then %v, %v", s, c, again, err)
		}
	})
}
