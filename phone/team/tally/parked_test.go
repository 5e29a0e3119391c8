package tally

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// A parked call is shown until it is gone, also when that was while nobody listened.
func TestParked(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	from := phone.Party{Number: "0701234567"}
	y := New(team.Before{Source: team.SourceStatus{ID: "pbx"}, Now: now})
	y.Whose(team.Whose{Phones: map[string]team.PersonID{"2101": "anna"}})
	parked := func() (out map[string]team.Change) {
		out = map[string]team.Change{}
		for _, c := range y.Changes() {
			if c.Kind == team.KindParked {
				out[c.ID] = c
			}
		}
		return out
	}
	y.Apply(team.SourceUp{At: now})
	y.Apply(team.SourceSynced{At: now})
	y.Apply(team.ParkedTold{At: now, Slot: "701", From: from, By: "PJSIP/2101"})
	got := parked()
	if p, ok := got["pbx/701"].Value.(team.Parked); len(got) != 1 || !ok || p.By != "anna" || p.From != from || !p.Since.Equal(now) {
		t.Fatalf("%+v", got)
	}
	// Told once more when everything is told anew, with the seconds counted otherwise: nothing has changed.
	y.Apply(team.SourceUp{At: now.Add(time.Minute)})
	y.Apply(team.ParkedTold{At: now.Add(time.Minute), Since: now.Add(-time.Second), Slot: "701", From: from})
	y.Apply(team.SourceSynced{At: now.Add(time.Minute)})
	if got = parked(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	y.Apply(team.ParkedGone{At: now, Slot: "701"})
	y.Apply(team.ParkedGone{At: now, Slot: "709"})
	if got = parked(); len(got) != 1 || !got["pbx/701"].Gone {
		t.Errorf("%+v", got)
	}
	// Not told any more when everything is told anew by a server that was started meanwhile.
	y = New(team.Before{Source: team.SourceStatus{ID: "pbx"}, Now: now, Items: []team.Item{{Kind: team.KindParked, ID: "pbx/702", Data: []byte(`{"source":"pbx","slot":"702","from":{"number":"1"},"since":"2026-11-23T08:59:00Z"}`)}}})
	y.Apply(team.SourceUp{At: now})
	y.Apply(team.SourceSynced{At: now})
	if got = parked(); len(got) != 1 || !got["pbx/702"].Gone {
		t.Errorf("%+v", got)
	}
}
