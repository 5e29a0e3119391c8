package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// A message that the team server is about to delete says so; one with more time than a week does not.
func TestAMessageThatGoesSoon(t *testing.T) {
	for _, c := range []struct {
		goes time.Time
		want string
	}{{time.Time{}, ""}, {noon.AddDate(0, 0, 8), ""}, {noon.Add(60 * time.Hour), "deleted in 3 days"}, {noon.Add(time.Hour), "deleted in 1 day"}, {noon.Add(-time.Minute), "deleted in 1 day"}} {
		r := GroupMessageRows(board(0, nil), []phone.GroupMessage{{ID: "m", Kind: phone.GroupVoice, Direction: phone.Incoming, Goes: c.goes}}, "")[0]
		if words := strings.Split(r.Care+" · ", " · "); words[1] != c.want {
			t.Errorf("goes at %v: %q", c.goes, r.Care)
		}
	}
}
