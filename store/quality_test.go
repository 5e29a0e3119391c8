package store

import (
	"math"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/numbers"
)

// talked is a finished call of so many seconds.
func talked(number, name string, at time.Time, seconds int, q *phone.CallQuality) phone.HistoryEntry {
	return phone.HistoryEntry{
		Account: "a", Direction: phone.Outgoing, Outcome: phone.OutcomeAnswered, Remote: phone.Party{Number: number, Name: name, URI: "sip:" + number + "@x"},
		Begun: at, Duration: time.Duration(seconds) * time.Second, Seen: true, Quality: q,
	}
}

func TestQualities(t *testing.T) {
	s := openGood(t, t.TempDir())
	s.SetNumberPlan(numbers.Plan{Region: "SE"})
	now := time.Now().Truncate(time.Second)
	add := func(e phone.HistoryEntry) {
		t.Helper()
		if _, err := s.AddHistory(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	good := phone.CallQuality{Codec: "opus", Device: "Headset", Network: "cable eth0", JitterMS: 2, RTTMS: 10, MOS: 4.4, MOSOut: 4.3}
	bad := phone.CallQuality{Codec: "PCMA", Device: "Headset", Network: "wifi wlan0", LossIn: 10, LossOut: 5, JitterMS: 30, Concealed: 8, MOS: 2.6, Cause: phone.CauseUnheard}
	add(talked("08-123 45 67", "Anna", now.Add(-48*time.Hour), 30, &bad))
	add(talked("+4681234567", "Anna Berg", now.Add(-time.Hour), 90, &good))
	add(talked("2101", "Bo", now, 60, &good))
	add(talked("2102", "Cecilia", now, 0, nil))
	ask := func(q phone.QualityQuery) []phone.QualityAverage {
		t.Helper()
		got, err := s.Qualities(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	contacts := ask(phone.QualityQuery{By: phone.QualityByContact})
	if len(contacts) != 2 || contacts[0].Label != "Anna Berg" || contacts[0].Calls != 2 || contacts[0].Duration != 2*time.Minute || contacts[1].Key != "2101" {
		t.Fatalf("by contact: %+v", contacts)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	anna := contacts[0]
	near("loss", anna.LossIn, 2.5)
	near("jitter", anna.JitterMS, 9)
	near("MOS", anna.MOS, (30*2.6+90*4.4)/120)
	near("round trip", anna.RTTMS, 10) // one call knew it
	near("MOS out", anna.MOSOut, 4.3)
	near("worst", anna.Worst, 2.6)
	if got := ask(phone.QualityQuery{By: phone.QualityByNetwork}); len(got) != 2 || got[0].Key != "wifi wlan0" || got[1].Calls != 2 {
		t.Errorf("by network, the worst first: %+v", got)
	}
	if got := ask(phone.QualityQuery{By: phone.QualityByDevice}); len(got) != 1 || got[0].Calls != 3 {
		t.Errorf("by device: %+v", got)
	}
	if got := ask(phone.QualityQuery{By: phone.QualityByNetwork, Since: now.Add(-2 * time.Hour)}); len(got) != 1 || got[0].Key != "cable eth0" {
		t.Errorf("lately: %+v", got)
	}
	if got := ask(phone.QualityQuery{By: phone.QualityByNetwork, Number: "+46 8 123 45 67", Limit: 1}); len(got) != 1 || got[0].Calls != 1 {
		t.Errorf("of one number, one group: %+v", got)
	}
	if _, err := s.Qualities(t.Context(), phone.QualityQuery{By: "moon"}); phone.ReasonOf(err).ID != phone.ReasonBadCommand {
		t.Error(err)
	}
	kept, err := s.History(t.Context(), phone.HistoryQuery{Text: "08-123 45 67"})
	if err != nil || len(kept) == 0 {
		t.Fatal(kept, err)
	}
	if last := kept[len(kept)-1]; last.Quality == nil || *last.Quality != bad {
		t.Errorf("kept: %+v", last.Quality)
	}
	if none, err := s.History(t.Context(), phone.HistoryQuery{Number: "2102"}); err != nil || none[0].Quality != nil {
		t.Error("a call that was not talked in:", none, err)
	}
}
