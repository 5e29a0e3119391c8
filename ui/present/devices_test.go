package present

import (
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

func TestDeviceRows(t *testing.T) {
	text.SetLanguage("en")
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	s := Scene{Snap: &phone.Snapshot{}, Now: now}
	all := []phone.TeamDevice{
		{ID: "a", Name: "Reception", Agent: "Svara/1.0", Seen: now, This: true},
		{ID: "b", Name: "Laptop\x1b[31m", Agent: "Svara/0.9", Seen: now.Add(-26 * time.Hour)},
		{ID: "c"},
	}
	rows := DeviceRows(s, all)
	if len(rows) != 3 || !rows[0].This || rows[0].Detail != text.T("device.this")+" · Svara/1.0" || rows[1].This || rows[1].Detail != "Svara/0.9 · "+text.T("device.seen", "when", text.WhenWithin(all[1].Seen, now)) {
		t.Errorf("%+v", rows)
	}
	if rows[1].Name == all[1].Name || rows[2].Name != text.T("device.unnamed") {
		t.Errorf("%+v", rows)
	}
	change := phone.TeamChange{ID: "c1", Verb: phone.SignOutTeamDevice{}.Verb(), About: "b", State: phone.TeamChangeAsking}
	s.Snap.Team.Changes = []phone.TeamChange{change}
	if rows = DeviceRows(s, all); !rows[1].Asking || rows[2].Asking || rows[1].Wrong != "" {
		t.Errorf("%+v", rows)
	}
	change.State, change.Reason = phone.TeamChangeRefused, &phone.Reason{ID: phone.ReasonTeamAway}
	s.Snap.Team.Changes = []phone.TeamChange{change}
	if rows = DeviceRows(s, all); rows[1].Asking || rows[1].Wrong != text.Reason(*change.Reason) || rows[2].Wrong != "" {
		t.Errorf("%+v", rows)
	}
}
