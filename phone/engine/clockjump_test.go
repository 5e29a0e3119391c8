package engine

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// The system's clock may jump by a day in a call: how long that has lasted is told by a clock which does not, so every time of
// a call in the snapshot has a reading of it (quality.md, "sleep and wake").
func TestTimesOfACallDoNotJump(t *testing.T) {
	r := newRig(t, &memory{})
	id, err := r.Do(phone.Dial{Target: "2101"})
	if err != nil {
		t.Fatal(err)
	}
	inv := action[ua.Invite](t, r)
	r.sip.values <- ua.Answered{Leg: inv.Leg, SDP: []byte("answer")}
	steady := func(what string, at time.Time) {
		t.Helper()
		if at.IsZero() || !strings.Contains(at.String(), " m=") {
			t.Errorf("%s is %v, of a clock that jumps", what, at)
		}
	}
	s := r.until(t, "connected", func(s *phone.Snapshot) bool { c := s.Call(id); return c != nil && c.State == phone.StateConnected })
	steady("now", s.Time)
	steady("the beginning", s.Call(id).Created)
	steady("the answer", s.Call(id).Started)
	if _, err := r.Do(phone.Hangup{}); err != nil {
		t.Fatal(err)
	}
	action[ua.Hangup](t, r)
	r.sip.values <- ua.Ended{Leg: inv.Leg}
	s = r.until(t, "ended", func(s *phone.Snapshot) bool { c := s.Call(id); return c != nil && c.State == phone.StateEnded })
	steady("the end", s.Call(id).Ended)
	r.until(t, "written down", func(s *phone.Snapshot) bool { return s.History.Revision == 1 })
	<-r.stream.closed
}
