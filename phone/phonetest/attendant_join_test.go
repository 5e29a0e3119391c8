package phonetest_test

import (
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// Two callers of the operator's are put through to each other: one dragged onto the other by the mouse, which Escape puts
// back, and by the key that does the same.
func TestAttendantDragsACallOntoAnother(t *testing.T) {
	o := startOffice(t, 3, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1004", Password: "pw-1004"}}})
	first, second := o.all[0], o.all[2]
	p := startOperator(t, o, "1004")
	p.lamp(t, "1002", phone.LineIdle)
	both := func() (theirs, others string, held, front string) {
		theirs = first.Dial("1004")
		held = p.answers()
		others = second.Dial("1004")
		front = p.Wait("any", phone.StateIncoming)
		p.keys("F5")
		p.Wait(front, phone.StateConnected)
		p.Is(held, "on hold", func(c phone.Call) bool { return c.Hold.Local() })
		sounds(t, "one on hold", hear{first: {phonetest.HoldHz}, second: {p.desk}, p.desk: {second}})
		return theirs, others, held, front
	}
	through := func(what string) {
		t.Helper()
		sounds(t, what, hear{first: {second}, second: {first}, p.desk: nil})
		o.lines(t, what, map[*desk]int{first: 1, second: 1})
		p.idle(t)
	}

	theirs, _, held, front := both()
	strip := p.screen.Area(1030, 90, 380, 500)
	strip.Still(300*time.Millisecond, 10*time.Second)
	const x, frontY, heldY = 1200, 130, 275
	move := func(y int) { p.screen.Do("mousemove", "--window", p.window, fmt.Sprint(x), fmt.Sprint(y)) }
	drag := func() {
		move(frontY)
		p.screen.Do("mousedown", "1")
		for i := range 11 {
			move(frontY + (heldY-frontY)*i/10)
		}
		strip.Still(300*time.Millisecond, 10*time.Second)
	}
	drag()
	p.screen.Picture("over-the-call")
	p.screen.Do("key", "Escape") // Key would let go of the mouse first
	p.screen.Do("mouseup", "1")
	strip.Still(300*time.Millisecond, 10*time.Second)
	p.Is(front, "as it was", func(c phone.Call) bool { return c.State == phone.StateConnected && !c.Hold.Local() })
	p.Is(held, "as it was", func(c phone.Call) bool { return c.Hold.Local() && c.Transfer == nil })
	sounds(t, "put back", hear{first: {phonetest.HoldHz}, second: {p.desk}, p.desk: {second}})
	drag()
	p.screen.Do("mouseup", "1")
	strip.Still(300*time.Millisecond, 10*time.Second)
	p.screen.Picture("what-to-do")
	p.screen.Key("Return") // the first of the two: join
	through("dropped on the other")
	first.HangUp(theirs)
	o.goHome(t)

	theirs, _, _, _ = both()
	begun := time.Now()
	p.presses = 0
	p.keys("ctrl+j")
	p.took(t, "join", 1, begun)
	through("joined by the key")
	first.HangUp(theirs)
	o.goHome(t)
	p.Quit()
}
