package phonetest_test

import (
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// The other ways to hand a call over, by the keyboard alone: camped on while the colleague talks, and to somebody of the
// same department instead.
func TestAttendantCampsOnByKeys(t *testing.T) {
	o := startOffice(t, 3, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1004", Password: "pw-1004"}}})
	caller, anna := o.all[0], o.all[1]
	p := startOperator(t, o, "1004")
	p.lamp(t, "1002", phone.LineIdle)

	talks := anna.Talk("621")
	p.lamp(t, "1002", phone.LineBusy)
	theirs := caller.Dial("1004")
	call := p.answers()
	begun := time.Now()
	p.types("an be")
	p.keys("plus")
	p.Is(call, "camped on Anna", func(c phone.Call) bool { return c.Camp != nil && c.Camp.Target.Number == "1002" && c.Camp.Place == 1 })
	sounds(t, "camping", hear{caller: {phonetest.HoldHz}, anna: {phonetest.Tones["621"]}, p.desk: nil})
	p.screen.Picture("camped")
	p.took(t, "camp on", 7, begun)
	anna.HangUp(talks)
	anna.AnswerNext()
	sounds(t, "through", hear{caller: {anna}, anna: {caller}, p.desk: nil})
	o.lines(t, "through", map[*desk]int{caller: 1, anna: 1})
	caller.HangUp(theirs)
	o.goHome(t)
	p.idle(t)
	p.Quit()
}

// A call is dragged by the mouse: Escape puts it back, on a colleague it is theirs.
func TestAttendantDragsByMouse(t *testing.T) {
	o := startOffice(t, 3, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1004", Password: "pw-1004"}}})
	caller, anna := o.all[0], o.all[1]
	p := startOperator(t, o, "1004")
	p.lamp(t, "1002", phone.LineIdle)
	theirs := caller.Dial("1004")
	call := p.answers()
	p.types("an be") // one tile: the first place of the board
	board := p.screen.Area(20, 170, 960, 400)
	board.Still(300*time.Millisecond, 10*time.Second)
	const cardX, cardY, tileX, tileY = 1200, 130, 120, 200
	move := func(x, y int) { p.screen.Do("mousemove", "--window", p.window, fmt.Sprint(x), fmt.Sprint(y)) }
	drag := func() {
		move(cardX, cardY)
		p.screen.Do("mousedown", "1")
		for i := range 11 {
			move(cardX+(tileX-cardX)*i/10, cardY+(tileY-cardY)*i/10)
		}
		board.Still(300*time.Millisecond, 10*time.Second)
	}
	drag()
	p.screen.Picture("dragging")
	p.screen.Do("key", "Escape") // Key would let go of the mouse first
	p.screen.Do("mouseup", "1")
	board.Still(300*time.Millisecond, 10*time.Second)
	p.Is(call, "as it was", func(c phone.Call) bool { return c.State == phone.StateConnected && c.Transfer == nil })
	sounds(t, "put back", hear{caller: {p.desk}, p.desk: {caller}})
	drag()
	p.screen.Do("mouseup", "1")
	anna.AnswerNext()
	sounds(t, "dropped on Anna", hear{caller: {anna}, anna: {caller}, p.desk: nil})
	o.lines(t, "dropped on Anna", map[*desk]int{caller: 1, anna: 1})
	caller.HangUp(theirs)
	o.goHome(t)
	p.Quit()
}

// lamp waits until the operator sees how a colleague's line stands.
func (p *operator) lamp(t *testing.T, number string, want phone.LineState) {
	t.Helper()
	phonetest.Until(t, 20*time.Second, "the lamp of "+number+" is "+string(want), func() bool {
		for _, l := range p.Snapshot().Lines {
			if l.Number == number && l.State == want {
				return true
			}
		}
		return false
	})
}
