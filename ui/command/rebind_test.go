package command_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"svara/assets"
	"svara/phone"
	. "svara/ui/command"
	"svara/ui/text"
)

func registry(t testing.TB) []Command {
	t.Helper()
	keys, err := ParseBindings(assets.Keys())
	if err != nil {
		t.Fatal(err)
	}
	all, err := Registry(keys)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// overlaps are the chords that mean several commands from the start, at different times: a call that rings, one that goes
// on and one that is being handed over.
var overlaps = map[string][]ID{
	"Enter":    {Answer, DialTyped, NextCall, HandOver},
	"h":        {Decline, Hangup},
	"F12":      {Decline, Hangup},
	"t":        {Deflect, Transferring},
	"F2":       {Deflect, Transferring},
	"*":        {DTMF, Direct},
	"-":        {Complete, Announced},
	"+":        {PutBack, CampOn},
	"c":        {PutBack, CampOn},
	"p":        {Park, ParkSlot, GoContacts},
	"Ctrl+p":   {Park, ParkSlot},
	"Alt+1":    {GoCalls, Alternative},
	"Alt+2":    {GoHistory, Alternative},
	"Alt+3":    {GoContacts, Alternative},
	"Alt+4":    {GoVoicemail, Alternative},
	"Ctrl+1-9": {FetchCall},
}

func TestDefaultKeysMeanOneThingAtATime(t *testing.T) {
	k := keymap(t)
	means := map[string][]ID{}
	for _, c := range k.Commands() {
		for _, chord := range k.Chords(c.ID) {
			means[chord.String()] = append(means[chord.String()], c.ID)
		}
	}
	for _, chord := range slices.Sorted(maps.Keys(means)) {
		ids, allowed := means[chord], overlaps[chord]
		if len(ids) > 1 && !same(ids, allowed) {
			t.Errorf("%s means %v, of which the table allows %v", chord, ids, allowed)
		}
	}
	for chord, ids := range overlaps {
		if len(ids) > 1 && !same(means[chord], ids) {
			t.Errorf("the table allows %s for %v, which has %v", chord, ids, means[chord])
		}
	}
	for state, s := range snapshots() { // two of one context, both possible: the first in the registry would win silently
		for chord, ids := range means {
			possible := map[Context][]ID{}
			for _, id := range ids {
				c, _ := k.Command(id)
				if on, _ := k.State(id, s); on {
					for _, ctx := range c.When {
						possible[ctx] = append(possible[ctx], id)
					}
				}
			}
			for ctx, both := range possible {
				if len(both) > 1 {
					t.Errorf("%s while %s: %s means %v", state, ctx, chord, both)
				}
			}
		}
	}
}

func same(a, b []ID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func TestUnusableBindingsAreToldAndLeftOut(t *testing.T) {
	all := registry(t)
	for setting, want := range map[string]string{
		``:                            ``,
		`  `:                          ``,
		`{}`:                          ``,
		`{"call.hold": ["F11"]}`:      ``,
		`[1, 2`:                       ` bad_setting`,
		`{"call.hold": "F9"}`:         ` bad_setting`,
		`{"call.fly": ["F11"]}`:       `call.fly no_command`,
		`{"call.hold": ["Hyper+k"]}`:  `call.hold no_key Hyper+k`,
		`{"call.hold": ["Escape"]}`:   `call.hold reserved.escape Escape`,
		`{"call.hold": ["Down"]}`:     `call.hold reserved.move Down`,
		`{"call.hold": ["Enter"]}`:    `call.hold reserved.enter Enter`,
		`{"call.hold": ["5"]}`:        `call.hold reserved.digits 5`,
		`{"call.hold": ["Ctrl+c"]}`:   `call.hold reserved.text Ctrl+c`,
		`{"call.hold": ["Alt+F4"]}`:   `call.hold reserved.system Alt+F4`,
		`{"back": ["F9"]}`:            `back reserved.fixed F9`,
		`{"back": []}`:                `back reserved.fixed `,
		`{"call.fetch": ["F11"]}`:     `call.fetch reserved.nth F11`,
		`{"call.fetch": ["Super+1"]}`: ``,
		`{"call.hold": ["F12"]}`:      `call.hold taken F12`,
		`{"call.hold": ["F12"], "call.hangup": ["F7"]}`: ``,
		`{"call.hold": ["F11"], "call.mute": ["F11"]}`:  `call.mute taken F11`,
	} {
		k, problems := Rebound(all, setting)
		var got []string
		for _, p := range problems {
			got = append(got, strings.TrimRight(string(p.ID)+" "+strings.TrimPrefix(p.Why, "keys.")+" "+p.Chord, " "))
			if !text.Has(p.Why) {
				t.Errorf("no text %s", p.Why)
			}
		}
		if strings.Join(got, "; ") != strings.TrimRight(want, " ") {
			t.Errorf("%s: problems %q, want %q", setting, got, want)
		}
		if _, problems := Rebound(all, FormatBindings(k.Changed())); len(problems) > 0 {
			t.Errorf("%s: %v", setting, problems)
		}
		if _, ok := k.Command(Answer); !ok || len(k.Chords(Answer)) == 0 {
			t.Errorf("%s: answering has no key", setting)
		}
	}
}

// rebound is a keymap with a setting that has no problems.
func rebound(t *testing.T, setting string) *Keymap {
	t.Helper()
	k, problems := Rebound(registry(t), setting)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", setting, problems)
	}
	return k
}

func TestChangingKeys(t *testing.T) {
	f := func(s string) Chord {
		c, err := ParseChord(s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, c := range map[string]struct {
		from string
		do   func(*Keymap) Rebinding
		want string
	}{
		"a key more":              {``, func(k *Keymap) Rebinding { return k.With(Hold, f("F11"), false) }, `{"call.hold":["k","F7","F11"]}`},
		"one it has":              {``, func(k *Keymap) Rebinding { return k.With(Hold, f("F7"), true) }, ``},
		"another's of one moment": {``, func(k *Keymap) Rebinding { return k.With(Hold, f("F12"), false) }, `{"call.hangup":["h"],"call.hold":["k","F7","F12"]}`},
		"another's, both":         {``, func(k *Keymap) Rebinding { return k.With(Answer, f("F7"), false) }, `{"call.answer":["NumEnter","Enter","F5","a","F7"]}`},
		"another's, replaced":     {``, func(k *Keymap) Rebinding { return k.With(Answer, f("F7"), true) }, `{"call.answer":["NumEnter","Enter","F5","a","F7"],"call.hold":["k"]}`},
		"one less":                {``, func(k *Keymap) Rebinding { return k.Without(Hold, f("k")) }, `{"call.hold":["F7"]}`},
		"reset":                   {`{"call.hold": ["F11"], "call.mute": []}`, func(k *Keymap) Rebinding { return k.Reset(Hold) }, `{"call.mute":[]}`},
		"reset takes back":        {`{"call.hold": ["F12"], "call.hangup": ["F7"]}`, func(k *Keymap) Rebinding { return k.Reset(Hold) }, `{"call.hangup":[]}`},
		"numbered":                {``, func(k *Keymap) Rebinding { return k.With(Alternative, f("Super+2"), false) }, `{"transfer.alternative":["Super+1","Super+2","Super+3","Super+4"]}`},
		"numbered, none":          {``, func(k *Keymap) Rebinding { return k.Without(Alternative, f("Alt+1")) }, `{"transfer.alternative":[]}`},
	} {
		k := rebound(t, c.from)
		got := FormatBindings(c.do(k))
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if FormatBindings(k.Changed()) != FormatBindings(rebound(t, c.from).Changed()) {
			t.Errorf("%s: the keymap itself was changed", name)
		}
		rebound(t, got)
	}
}

func TestTaken(t *testing.T) {
	k := keymap(t)
	for chord, want := range map[string]string{"F7": "[] true", "F11": "[] true", "F12": "[call.decline call.hangup] false", "Alt+2": "[transfer.alternative go.history] true", "F5": "[call.answer] true"} {
		c, err := ParseChord(chord)
		if err != nil {
			t.Fatal(err)
		}
		others, apart := k.Taken(Hold, c)
		ids := []ID{}
		for _, o := range others {
			ids = append(ids, o.ID)
		}
		if got := fmt.Sprint(ids, apart); got != want {
			t.Errorf("%s: %s, want %s", chord, got, want)
		}
	}
}

func TestOperatorsInAnEmptyField(t *testing.T) {
	consulting := &phone.Snapshot{
		Accounts: snapshots()["idle"].Accounts, Active: 2,
		Calls: []phone.Call{
			{ID: 1, Account: "a", State: phone.StateConnected, Hold: phone.HoldLocal, Transfer: &phone.Transfer{State: phone.TransferConsulting, Consult: 2}},
			{ID: 2, Account: "a", State: phone.StateConnected, Consults: 1},
		},
	}
	consulting.Accounts[0].Features = []phone.Feature{phone.FeatureTransferComplete}
	fetched := &phone.Snapshot{Active: 1, Calls: []phone.Call{{ID: 1, State: phone.StateConnected, Camp: &phone.Camp{Fetched: true}}}}
	k := keymap(t)
	for _, c := range []struct {
		snap  *phone.Snapshot
		focus Focus
		key   string
		want  string
	}{
		{consulting, FocusEmpty, "-", `complete{"call":1}`},
		{consulting, FocusNone, "-", `complete{"call":1}`},
		{consulting, FocusText, "-", ``}, // a name with a hyphen
		{consulting, FocusEmpty, "+", ``},
		{consulting, FocusEmpty, "*", ``}, // a code begins
		{fetched, FocusEmpty, "+", `putback{"call":1}`},
		{fetched, FocusText, "+", ``},
		{fetched, FocusEmpty, "c", ``},
		{snapshots()["talking"], FocusEmpty, "-", ``},
		{snapshots()["talking"], FocusEmpty, "+", ``},
	} {
		h := &host{}
		_, ok := k.Dispatch(Chord{Key: c.key}, Situation{Contexts: Contexts(c.snap, List), Focus: c.focus, Snapshot: c.snap}, h)
		if got := strings.Join(h.did, "; "); got != c.want || ok != (c.want != "") {
			t.Errorf("%s, focus %d: did %q (%v), want %q", c.key, c.focus, got, ok, c.want)
		}
	}
}

func TestArrowsBelongToTheTextWhereThereIsSome(t *testing.T) {
	k := keymap(t)
	s := snapshots()["idle"]
	for _, key := range []string{KeyLeft, KeyRight, KeyHome, KeyEnd, KeyBackspace, KeyDelete} {
		for _, mod := range []Mod{0, Shift} {
			if m, ok := k.Lookup(Chord{mod, key}, Situation{Contexts: Contexts(s, List), Focus: FocusText, Snapshot: s}); ok {
				t.Errorf("%v+%s in a text means %s", mod, key, m.Command.ID)
			}
		}
	}
	for key, want := range map[string]ID{KeyLeft: CursorLeft, KeyRight: CursorRight} {
		if m, ok := k.Lookup(Chord{Key: key}, Situation{Contexts: Contexts(s, List), Focus: FocusEmpty, Snapshot: s}); !ok || m.Command.ID != want {
			t.Errorf("%s in an empty field means %v", key, m.Command.ID)
		}
	}
}

func TestAlternatives(t *testing.T) {
	for n := 1; n <= 9; n++ {
		if got := HandAlternative(n).Alternative(); got != n {
			t.Errorf("%d became %d", n, got)
		}
	}
	for _, h := range []Handing{HandStandard, HandDirect, HandAnnounced, HandVoicemail, HandCamp, HandPark, ""} {
		if h.Alternative() != 0 {
			t.Errorf("%q is an alternative", h)
		}
	}
	k := keymap(t)
	normal := snapshots()["talking"]
	attendant := *normal
	attendant.Settings = attendant.Settings.With(phone.KeyView, string(FaceAttendant))
	for s, want := range map[*phone.Snapshot]string{normal: "show history", &attendant: "hand over alternative.2"} {
		h := &host{}
		k.Dispatch(Chord{Alt, "2"}, Situation{Contexts: Contexts(s, List, Transfer), Focus: FocusText, Text: "an", Snapshot: s}, h)
		if got := strings.Join(h.did, "; "); got != want {
			t.Errorf("did %q, want %q", got, want)
		}
	}
}

func FuzzRebound(f *testing.F) {
	f.Add(`{"call.hold": ["F12"], "call.fetch": ["Alt+3"]}`)
	all := registry(f)
	f.Fuzz(func(t *testing.T, setting string) {
		k, _ := Rebound(all, setting)
		if again, problems := Rebound(all, FormatBindings(k.Changed())); len(problems) > 0 || FormatBindings(again.Changed()) != FormatBindings(k.Changed()) {
			t.Errorf("%q became %q, of which %v cannot be used", setting, FormatBindings(k.Changed()), problems)
		}
	})
}
