package command_test

import (
	"strings"
	"testing"

	"svara/phone"
	. "svara/ui/command"
	"svara/ui/text"
)

// TestWaysToReach presses the key of each way to reach somebody, at an exchange that has it and at one that has not.
func TestWaysToReach(t *testing.T) {
	k := keymap(t)
	able, unable := switchboard(0), switchboard(0)
	able.Accounts[0].Features = []phone.Feature{
		phone.FeatureBypass, phone.FeatureIntrude, phone.FeatureVoicemail, phone.FeatureWithheld, phone.FeaturePickup,
	}
	able.Accounts[0].Mobile, unable.Accounts[0].Mobile, unable.Accounts[0].Features = "0701740612", "", nil
	for chord, want := range map[string]phone.Feature{
		"Alt+m": ViaMobile,
		"Alt+f": phone.FeatureBypass, "Alt+b": phone.FeatureIntrude, "Alt+v": phone.FeatureVoicemail, "Alt+d": phone.FeatureWithheld, "Alt+p": phone.FeaturePickup,
	} {
		c, err := ParseChord(chord)
		if err != nil {
			t.Fatal(err)
		}
		h := &host{}
		k.Dispatch(c, Situation{Contexts: Contexts(able, List), Focus: FocusText, Text: "2101", Snapshot: able}, h)
		if got := strings.Join(h.did, "; "); got != "reach "+string(want) {
			t.Errorf("%s did %q", chord, got)
		}
		m, ok := k.Dispatch(c, Situation{Contexts: Contexts(unable, List), Focus: FocusText, Text: "2101", Snapshot: unable}, h)
		why := "reason.not-supported"
		if want == ViaMobile {
			why = "disabled.no-mobile"
		}
		if !ok || m.Enabled || m.Why != why || !text.Has(m.Why) || len(h.did) != 1 {
			t.Errorf("%s at an exchange without it: %+v, did %v", chord, m, h.did)
		}
	}
}

// TestWaysAreOfTheDefaultAccount looks at accounts of which one has everything and calls go out on the other.
func TestWaysAreOfTheDefaultAccount(t *testing.T) {
	k := keymap(t)
	s := switchboard(0)
	plain := s.Accounts[0]
	plain.ID, plain.Features, plain.Default = "b", nil, true
	s.Accounts[0].Features = []phone.Feature{phone.FeatureBypass}
	s.Accounts = append(s.Accounts, plain)
	if ok, _ := k.State(DialBypass, s); ok {
		t.Error("the other account's exchange is asked")
	}
	s.Accounts[0].Default, s.Accounts[1].Default = true, false
	if ok, why := k.State(DialBypass, s); !ok {
		t.Errorf("not possible: %s", why)
	}
}

func TestReachTellsThePhone(t *testing.T) {
	for _, w := range Ways {
		var want phone.Command = phone.Dial{Target: "2101", How: w.Feature}
		switch w.ID {
		case DialPickup:
			want = phone.Pickup{Target: "2101"}
		case DialMobile:
			want = phone.Dial{Target: "2101", Via: "mobile"}
		}
		if got := Reach(w.Feature, "2101"); got != want {
			t.Errorf("%s: %#v, want %#v", w.ID, got, want)
		}
	}
}
