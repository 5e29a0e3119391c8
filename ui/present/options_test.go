package present

import (
	"strconv"
	"testing"

	"svara/phone"
	"svara/ui/text"
)

func TestSeconds(t *testing.T) {
	for key, limits := range secondsRange {
		low, high := limits[0], limits[1]
		for typed, ok := range map[string]bool{
			strconv.Itoa(low): true, strconv.Itoa(high): true, " 60 ": true, strconv.Itoa(low - 1): false, strconv.Itoa(high + 1): false, "": false, "a": false, "1.5": false,
		} {
			value, wrong := Seconds(key, typed)
			if (wrong == "") != ok || ok && phone.CheckSetting(key, value) != nil {
				t.Errorf("%s %q: %q, %q", key, typed, value, wrong)
			}
		}
	}
}

// TestChoicesArePossible: what can be chosen is what the phone takes, and one of it is chosen.
func TestChoicesArePossible(t *testing.T) {
	for key, choices := range map[string]func(Scene) []Choice{
		phone.KeyTransferKind: KindChoices, phone.KeyRecallBusy: RecallBusyChoices, phone.KeyRecordFormat: FormatChoices, phone.KeyAutoAnswer: AutoAnswerChoices,
	} {
		for _, language := range text.Languages() {
			text.SetLanguage(language)
			chosen := 0
			for _, c := range choices(scene()) {
				if err := phone.CheckSetting(key, c.Value); err != nil || c.Text == "" {
					t.Errorf("%s=%s (%q): %v", key, c.Value, c.Text, err)
				}
				if c.Chosen {
					chosen++
				}
			}
			if chosen != 1 {
				t.Errorf("%s: %d are chosen", key, chosen)
			}
		}
	}
	text.SetLanguage("en")
}

func TestAutoAnswerKeepsAnUnusualTime(t *testing.T) {
	got := AutoAnswerChoices(scene(func(s *phone.Snapshot) { s.Settings = phone.Settings{phone.KeyAutoAnswer: "7"} }))
	if len(got) != 8 || got[5].Value != "7" || !got[5].Chosen {
		t.Errorf("%+v", got)
	}
}

func TestDialectChoices(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Dialects = []phone.Dialect{{ID: "asterisk", Name: "Asterisk"}, {ID: "generic", Name: "SIP"}}
	})
	if got := DialectChoices(s, phone.Account{}); len(got) != 2 || !got[1].Chosen {
		t.Errorf("none named: %+v", got)
	}
	if got := DialectChoices(s, phone.Account{Dialect: "mine"}); len(got) != 3 || !got[2].Chosen || got[2].Value != "mine" {
		t.Errorf("one that is gone: %+v", got)
	}
}

func TestAbilities(t *testing.T) {
	can, cannot := Abilities(phone.AccountStatus{Features: []phone.Feature{phone.FeaturePark, phone.FeatureTransferDirect, phone.FeatureProfileOff}})
	if len(can) != 2 || can[0] != "Transfer directly" || len(can)+len(cannot) != len(abilities) {
		t.Errorf("can %q, %d cannot", can, len(cannot))
	}
	for _, f := range abilities {
		if !text.Has("feature." + string(f)) {
			t.Errorf("no words for %s", f)
		}
	}
}

func TestMobile(t *testing.T) {
	for typed, want := range map[string]string{"": "", " 070-174 06 12 ": "0701740612", "+46701740612": "+46701740612"} {
		if got, wrong := Mobile(typed); got != want || wrong != "" {
			t.Errorf("%q: %q, %q", typed, got, wrong)
		}
	}
	for _, typed := range []string{"my phone", "070x", "<1>"} {
		if got, wrong := Mobile(typed); got != "" || wrong == "" {
			t.Errorf("%q: %q", typed, got)
		}
	}
}
