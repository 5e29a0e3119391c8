package present

import (
	"testing"

	"svara/phone"
	"svara/ui/text"
)

func TestWays(t *testing.T) {
	has := func(f ...phone.Feature) func(*phone.Snapshot) {
		return func(s *phone.Snapshot) {
			s.Accounts = []phone.AccountStatus{account("a", phone.RegistrationRegistered)}
			s.Accounts[0].Features = f
		}
	}
	offline := func(s *phone.Snapshot) { s.Accounts[0].State = phone.RegistrationFailed }
	mobile := func(s *phone.Snapshot) { s.Accounts[0].Mobile = "0701740612" }
	nowhere := text.T("disabled.no-mobile")
	without := text.T("reason.not-supported.title")
	for name, c := range map[string]struct {
		scene Scene
		why   [6]string // past a diversion, break in, voicemail, withheld, pick up, through the mobile
	}{
		"all":           {scene: scene(has(phone.FeatureBypass, phone.FeatureIntrude, phone.FeatureVoicemail, phone.FeatureWithheld, phone.FeaturePickup), mobile)},
		"nothing known": {scene(has()), [6]string{without, without, without, without, without, nowhere}},
		"pick up only":  {scene(has(phone.FeaturePickup)), [6]string{without, without, without, without, "", nowhere}},
		"offline":       {scene(has(phone.FeaturePickup), mobile, offline), [6]string{without, without, without, without, text.T("disabled.offline"), text.T("disabled.offline")}},
	} {
		ways := Ways(c.scene)
		if len(ways) != len(c.why) {
			t.Fatalf("%s: %d ways", name, len(ways))
		}
		for i, w := range ways {
			if w.Enabled != (c.why[i] == "") || w.Reason != c.why[i] || w.Text == "" || w.Icon == "" {
				t.Errorf("%s: %+v, want the reason %q", name, w, c.why[i])
			}
		}
	}
}

func TestGroupIsShownAndDialled(t *testing.T) {
	p := phone.Party{Number: "08546899140001", Group: "0001"}
	s := scene()
	if r := HistoryRows(s, []phone.HistoryEntry{{ID: 1, Remote: p}}, "")[0]; r.Dial != p.Number || r.Who.Number != "08-546 899 14 · group 0001" {
		t.Errorf("dials %q, shows %q", r.Dial, r.Who.Number)
	}
	s.Known = func(number string) string { return map[string]string{"0854689914": "Maria Ekdal"}[number] }
	if w := s.WhoOf(p); w.Name != "Maria Ekdal" || w.Number != "08-546 899 14 · group 0001" {
		t.Errorf("%+v", w)
	}
}
