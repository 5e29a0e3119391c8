package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// averages is a history of qualities.
type averages map[phone.QualityBy][]phone.QualityAverage

func (a averages) Qualities(_ context.Context, q phone.QualityQuery) ([]phone.QualityAverage, error) {
	if q.Since.IsZero() != (q.Limit == 0) {
		return nil, phone.Refuse(phone.ReasonBadCommand, "both or none in this test")
	}
	return a[q.By], nil
}

func TestHowCallsHaveSounded(t *testing.T) {
	b := start(t, func(b *bench) {
		b.server.Qualities = averages{
			phone.QualityByContact: {{Key: "2101", Label: "Anna\x1b[31m", Calls: 3, Duration: 3 * time.Minute, LossIn: 2.25, JitterMS: 12, Concealed: 1, MOS: 3.2, Worst: 2}},
			phone.QualityByNetwork: {{Key: "wifi wlan0", Calls: 2, MOS: 4.2, MOSOut: 4.1}, {Calls: 1}},
		}
	})
	b.wantLines("quality", "Anna[31m <2101>", "3 calls, 3:00", "MOS 3.2 in, unknown out", "loss 2.2 % in", "jitter 12 ms", "concealed 1.0 %")
	b.wantLines("quality --by network --since 48h --limit 5", "wifi wlan0", "MOS 4.2 in, 4.1 out", "unknown")
	b.wantCode(exitUsage, "--by is contact", "quality", "--by", "moon")
	b.wantCode(exitUsage, "a time is as in", "quality", "--since", "soon")
	b.wantCode(exitUsage, "cannot be negative", "quality", "--limit", "-1")
}

// The report: what is wrong, what to do about it, the facts, and the same as JSON.
func TestDoctorsReport(t *testing.T) {
	b := start(t, func(b *bench) {
		b.Change(func(s *phone.Snapshot) {
			s.Settings = phone.Settings{phone.KeyLanguage: "sv"}
			s.Calls = []phone.Call{
				{ID: 3, State: phone.StateConnected, Remote: phone.Party{Number: "2101", Name: "Anna"}, Started: time.Now().Add(-time.Minute),
					Diagnosis: &phone.Diagnosis{Leg: phone.LegBoth, Cause: phone.CausePrivate, Since: time.Now(), Tried: "192.0.2.9:4000"},
					Quality: phone.Quality{Codec: "PCMA", CodecIn: "G722", Sent: 77, LocalRTP: "203.0.113.5:4002", Facts: phone.SoundFacts{
						Sends: true, Receives: true, Agreed: "10.0.0.7:4000", QuietMS: 2500, Strangers: 4, Stranger: "198.51.100.3:9", Refused: 2, Reports: 3, Unheard: true, PeakIn: -96, PeakOut: -12,
					}}},
				{ID: 4, State: phone.StateConnected, Hold: phone.HoldLocal},
			}
		})
	})
	out := b.must("stats", "3", "--doctor")
	for _, want := range []string{
		"call 3, connected, 1:0", "nobody hears anything: private, sent to 192.0.2.9:4000 instead, since ", "en adress som inte kan nås", "they want sound at", "10.0.0.7:4000", "nowhere yet",
		"77 sent, 0 taken, the last 2.5 s ago", "4, the last from 198.51.100.3:9", "nothing, by the last of 3 reports", "theirs -96 dBFS, ours -12 dBFS", `"cause": "private"`, `"agreed": "10.0.0.7:4000"`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report has no %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Anna") || strings.Contains(out, "2101") {
		t.Errorf("the report names somebody:\n%s", out)
	}
	var s control.Stats
	if err := json.Unmarshal([]byte(b.must("stats", "3", "--doctor", "--json")), &s); err != nil || s.Diagnosis == nil || s.Facts.Refused != 2 {
		t.Errorf("%v %+v", err, s)
	}
	if out := b.must("stats", "4", "--doctor"); !strings.Contains(out, "nothing is wrong") {
		t.Errorf("no diagnosis: %s", out)
	}
	b.wantLines("stats 3", "PCMA out, G722 in", "nobody hears anything: private")
	b.wantLines("call 3", "nobody hears anything: private")
}
