package present

import (
	"slices"
	"strings"
	"testing"

	"svara/assets"
	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

func keymapWith(t *testing.T, setting string) *command.Keymap {
	t.Helper()
	defaults, err := command.ParseBindings(assets.Keys())
	if err != nil {
		t.Fatal(err)
	}
	all, err := command.Registry(defaults)
	if err != nil {
		t.Fatal(err)
	}
	k, _ := command.Rebound(all, setting)
	return k
}

func speaking(t *testing.T, language string) {
	t.Helper()
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage(text.Auto) })
}

func listed(groups []KeyGroup) (ids []command.ID) {
	for _, g := range groups {
		for _, r := range g.Rows {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func TestKeyTable(t *testing.T) {
	speaking(t, "sv")
	k := keymapWith(t, `{"call.hold": ["F11"]}`)
	all := listed(KeyTable(k, "", command.Chord{}))
	if len(all) != len(k.Commands()) {
		t.Errorf("%d of %d commands are listed", len(all), len(k.Commands()))
	}
	if slices.Sort(all); len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("a command is listed twice")
	}
	for query, want := range map[string][]command.ID{
		"lägg på park":   {command.Park}, // words in any order, parts of words
		"PÅ parker lägg": {command.Park},
		"hang up":        {command.Hangup}, // the other language
		"aterta":         {command.TakeBack},
		"finns inte":     nil,
	} {
		if got := listed(KeyTable(k, query, command.Chord{})); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
	if got := listed(KeyTable(k, "", command.Chord{Key: "F12"})); !slices.Equal(got, []command.ID{command.Decline, command.Hangup}) {
		t.Errorf("F12 finds %v", got)
	}
	for id, want := range map[command.ID]string{command.Hold: "F11", command.FetchCall: "Ctrl+1–9", command.DTMF: "0–9 * #", command.ToggleQueue: "Ctrl+Skift+1–9"} {
		for _, g := range KeyTable(k, "", command.Chord{}) {
			for _, r := range g.Rows {
				var caps []string
				for _, c := range r.Caps {
					caps = append(caps, c.Text)
				}
				if r.ID == id && strings.Join(caps, " ") != want {
					t.Errorf("%s has the caps %v, want %s", id, caps, want)
				}
				if r.Changed != (r.ID == command.Hold) {
					t.Errorf("%s: changed is %v", r.ID, r.Changed)
				}
			}
		}
	}
}

func TestKeyConflicts(t *testing.T) {
	speaking(t, "en")
	k := keymapWith(t, "")
	for _, c := range []struct {
		id   command.ID
		key  string
		want KeyConflict
	}{
		{command.Hold, "F11", KeyConflict{}},
		{command.Answer, "F7", KeyConflict{Both: true, Words: "F7 is “Hold or resume” during calls. Replace, or keep both? Then it does what fits the moment."}},
		{command.Mute, "F7", KeyConflict{Words: "F7 is “Hold or resume” during calls. Replace?"}},
		{command.Mute, "F12", KeyConflict{Words: "F12 is “Decline” when it rings, “Hang up” during calls. Replace?"}},
		{command.Hold, "Escape", KeyConflict{Refused: "Esc always goes back one step."}},
	} {
		chord, err := command.ParseChord(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if got := KeyConflictOf(k, c.id, chord); got != c.want {
			t.Errorf("%s for %s: %+v, want %+v", c.key, c.id, got, c.want)
		}
	}
	if got := KeyProblems(k, `{"call.hold": ["Down", "F12"], "x{text}": []}`); len(got) != 3 || strings.Contains(strings.Join(got, ""), "keys.") {
		t.Errorf("problems %q", got)
	}
}

func TestPaletteOrder(t *testing.T) {
	speaking(t, "en")
	k := keymapWith(t, "")
	s := Scene{Snap: &phone.Snapshot{
		Accounts: []phone.AccountStatus{{Registration: phone.Registration{State: phone.RegistrationRegistered}}},
		Queues:   []phone.QueueStatus{{Queue: phone.Queue{ID: "9000", Name: "Support"}, Login: phone.ConfirmOn}},
		Calls:    []phone.Call{{ID: 3, State: phone.StateConnected, Remote: phone.Party{Name: "Maria"}}}, Active: 3,
	}, Number: func(command.Card) int { return 4 }}
	sit := command.Situation{Contexts: command.Contexts(s.Snap, command.List)}
	all := Palette(s, k, sit, "", []string{"settings/sound", "call.mute"})
	if all[0].ID != "settings/sound" || all[1].ID != "call.mute" {
		t.Errorf("what was used last is not first: %s, %s", all[0].ID, all[1].ID)
	}
	seen := map[string]bool{}
	cannot := false
	for _, item := range all {
		if seen[item.ID] {
			t.Errorf("%s is there twice", item.ID)
		}
		seen[item.ID] = true
		if cannot = cannot || !item.Enabled; item.Enabled && cannot {
			t.Errorf("%s comes after what cannot be done", item.ID)
		}
		if c, _ := k.Command(item.Command); c.Hidden || item.Enabled != (item.Reason == "") || len(item.Title) == 0 {
			t.Errorf("%+v", item)
		}
	}
	for id, key := range map[string]string{"queue.toggle.1": "Ctrl+Shift+1", "call.fetch.4": "Ctrl+4", "call.hangup": "F12"} {
		i := slices.IndexFunc(all, func(p PaletteItem) bool { return p.ID == id })
		if i < 0 || all[i].Key != key || !all[i].Enabled {
			t.Errorf("%s is not there with the key %s", id, key)
		}
	}
	first := func(query string) string {
		if found := Palette(s, k, sit, query, nil); len(found) > 0 {
			return found[0].ID
		}
		return ""
	}
	for query, want := range map[string]string{"hang": "call.hangup", "lägg på": "call.hangup", "support out": "queue.toggle.1", "maria": "call.fetch.4", "sett sound": "settings/sound", "ljud": "settings/sound", "qqq": ""} {
		if got := first(query); got != want {
			t.Errorf("%q finds %q first, want %q", query, got, want)
		}
	}
	sit.Contexts = append(sit.Contexts, command.Transfer)
	if found := Palette(s, k, sit, "transfer announced", nil); len(found) == 0 || !found[0].Enabled {
		t.Error("while transferring, announcing cannot be done")
	}
}
