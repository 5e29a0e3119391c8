package pbxdemo

import (
	"slices"
	"time"
)

// alarm is something to do at a time of the day: what people plan, not what a telephone waits for, which is [PBX.after].
type alarm struct {
	at time.Time
	do func()
}

// look is how long the clock is trusted: it may be changed, and the machine may sleep.
const look = 30 * time.Second

// now is the time by the injected clock.
func (p *PBX) now() time.Time { return p.cfg.Now() }

// at does something when the clock says so. Loop only.
func (p *PBX) at(t time.Time, do func()) *alarm {
	a := &alarm{t, do}
	p.alarms = append(p.alarms, a)
	p.arm()
	return a
}

// drop forgets an alarm; nil is none.
func (p *PBX) drop(a *alarm) {
	p.alarms = slices.DeleteFunc(p.alarms, func(other *alarm) bool { return other == a })
}

// arm wakes the loop when the next alarm is due.
func (p *PBX) arm() {
	if p.alarmClock != nil {
		p.alarmClock.Stop()
	}
	if len(p.alarms) == 0 {
		return
	}
	next := slices.MinFunc(p.alarms, func(a, b *alarm) int { return a.at.Compare(b.at) })
	wait := min(max(next.at.Sub(p.now()), 10*time.Millisecond), look)
	p.alarmClock = time.AfterFunc(wait, func() { p.post(p.arm) })
}

// ringAlarms does what is due.
func (p *PBX) ringAlarms() {
	if len(p.alarms) == 0 {
		return
	}
	now := p.now()
	for {
		i := slices.IndexFunc(p.alarms, func(a *alarm) bool { return !a.at.After(now) })
		if i < 0 {
			return
		}
		a := p.alarms[i]
		p.alarms = slices.Delete(p.alarms, i, i+1)
		a.do()
	}
}
