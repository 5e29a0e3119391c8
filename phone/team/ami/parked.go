package ami

import (
	"strings"
	"time"

	"svara/phone/team"
)

// parks takes in a call that is parked. A call that takes the place of a parked one in its slot is told the same way.
func (ss *session) parks(m message) {
	slot := m.get("ParkingSpace")
	if slot == "" {
		return
	}
	now := ss.now()
	from := party(message{{"CallerIDNum", m.get("ParkeeCallerIDNum")}, {"CallerIDName", m.get("ParkeeCallerIDName")}})
	ss.sink(team.ParkedTold{
		At: now, Since: now.Add(-time.Duration(m.number("ParkingDuration")) * time.Second), Slot: slot,
		From: from, By: strings.TrimSuffix(m.get("ParkerDialString"), "/n"),
	})
}
