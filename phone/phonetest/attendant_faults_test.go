package phonetest_test

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// The attendant's keyboard when something comes between: callers and colleagues who hang up, somebody who is busy, and two
// who ring when a transfer is over. After each the field is empty and has the keyboard, without a key of the operator's for
// it.
func TestAttendantGoesOnByKeysWhateverHappens(t *testing.T) {
	o := startOffice(t, 3, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1004", Password: "pw-1004"}}})
	caller, anna, bo := o.all[0], o.all[1], o.all[2]
	p := startOperator(t, o, "1004")
	p.lamp(t, "1002", phone.LineIdle)
	p.lamp(t, "1003", phone.LineIdle)

	// The fewest keys there are: answer, two letters, one key. How long each takes to be seen is told in the log.
	keyboard := p.screen.Keyboard()
	board, strip := p.screen.Area(20, 170, 960, 560), p.screen.Area(1020, 80, 400, 500)
	slowest := time.Duration(0)
	timed := func(what, key string, where *phonetest.Area) {
		where.Still(150*time.Millisecond, 10*time.Second)
		took := where.After(func() { keyboard.Press(key) }, 10*time.Second)
		p.presses++
		slowest = max(slowest, took)
		t.Logf("%s: %s seen after %d ms", what, key, took.Milliseconds())
	}
	for _, way := range []struct {
		what, letters, key string
		most               int
	}{{"direct", "be", "asterisk", 4}, {"announced", "ek", "minus", 5}} {
		theirs := caller.Dial("1004")
		call := p.Wait("any", phone.StateIncoming)
		shown(t, p.screen, p.window)
		begun := time.Now()
		timed(way.what, "KP_Enter", strip)
		p.Wait(call, phone.StateConnected)
		for _, letter := range way.letters {
			timed(way.what, string(letter), board)
		}
		timed(way.what, way.key, strip)
		to := anna
		if way.key == "minus" {
			to = bo
			bo.AnswerNext()
			phonetest.Until(t, 10*time.Second, "talks to the colleague", func() bool { return p.Call(call).Transfer != nil && len(p.Live()) == 2 })
			timed(way.what, way.key, strip)
		} else {
			anna.AnswerNext()
		}
		sounds(t, way.what, hear{caller: {to}, to: {caller}, p.desk: nil})
		p.took(t, way.what+" with two letters", way.most, begun)
		caller.HangUp(theirs)
		o.goHome(t)
		p.ready(t, way.what)
	}

	// The caller hangs up: while a name is typed, while the colleague rings, while the two of us talk.
	theirs := caller.Dial("1004")
	p.answers()
	p.types("an be")
	caller.HangUp(theirs)
	p.idle(t)
	p.ready(t, "the caller left while a name was typed")

	theirs = caller.Dial("1004")
	p.answers()
	p.types("an be")
	p.keys("minus")
	anna.Wait("any", phone.StateIncoming)
	caller.HangUp(theirs)
	p.screen.Picture("caller-left-while-it-rings")
	p.keys("F12")
	p.idle(t)
	o.goHome(t)
	p.ready(t, "the caller left while the colleague rang")

	theirs = caller.Dial("1004")
	p.answers()
	p.types("an be")
	p.keys("minus")
	anna.AnswerNext()
	sounds(t, "announcing", hear{p.desk: {anna}, anna: {p.desk}})
	caller.HangUp(theirs)
	p.screen.Picture("caller-left-while-announcing")
	p.keys("F12")
	p.idle(t)
	o.goHome(t)
	p.ready(t, "the caller left while it was announced")

	// The colleague hangs up while it is announced: Escape goes back to the caller, who is there.
	theirs = caller.Dial("1004")
	call := p.answers()
	p.types("an be")
	p.keys("minus")
	at := anna.AnswerNext()
	sounds(t, "announcing again", hear{p.desk: {anna}, anna: {p.desk}})
	anna.HangUp(at)
	p.Is(call, "waits for us", func(c phone.Call) bool { return c.Transfer == nil || !c.Transfer.State.Pending() })
	p.screen.Picture("colleague-left")
	p.back(t, call)
	sounds(t, "back with the caller", hear{caller: {p.desk}, p.desk: {caller}, anna: nil})
	p.keys("F12")
	caller.Ended(theirs)
	o.goHome(t)
	p.ready(t, "the colleague left while it was announced")

	// Busy: told where the operator looks, the caller waits, and the same number of keys goes back.
	theirs = caller.Dial("1004")
	call = p.answers()
	p.types(phonetest.NumberBusy)
	p.keys("asterisk")
	p.Is(call, "busy", func(c phone.Call) bool {
		return c.Transfer != nil && c.Transfer.State == phone.TransferFailed && c.Hold.Local()
	})
	p.screen.Area(20, 80, 960, 600).Still(300*time.Millisecond, 10*time.Second)
	p.screen.Picture("busy")
	p.types("an be") // over what was typed
	p.keys("asterisk")
	anna.AnswerNext()
	sounds(t, "somebody else after the busy one", hear{caller: {anna}, anna: {caller}, p.desk: nil})
	caller.HangUp(theirs)
	o.goHome(t)
	p.ready(t, "busy")

	// Two ring when the transfer is over: the keypad's Enter takes the one who waits longest.
	theirs = caller.Dial("1004")
	p.answers()
	second := anna.Dial("1004")
	anna.Wait(second, phone.StateRinging)
	third := bo.Dial("1004")
	bo.Wait(third, phone.StateRinging)
	p.types(phonetest.NumberEcho)
	p.keys("asterisk")
	phonetest.Until(t, 10*time.Second, "the first is gone", func() bool { return len(p.Live()) == 2 })
	p.screen.Picture("two-ring")
	p.keys("KP_Enter")
	sounds(t, "the second", hear{anna: {p.desk}, p.desk: {anna}})
	p.keys("F12")
	anna.Ended(second)
	p.keys("KP_Enter")
	sounds(t, "the third", hear{bo: {p.desk}, p.desk: {bo}})
	p.keys("F12")
	bo.Ended(third)
	caller.HangUp(theirs)
	o.goHome(t)
	p.ready(t, "two who rang")
	if out := p.Output(); strings.Contains(out, "Error in Fyne call thread") {
		t.Errorf("a widget was called from the wrong goroutine:\n%s", out)
	}
	t.Logf("slowest key: %d ms", slowest.Milliseconds())
	p.Quit()
}

// back goes back to a caller with Escape, as often as there is something open over them.
func (p *operator) back(t *testing.T, call string) {
	t.Helper()
	p.presses = 0
	for range 3 {
		if c := p.Call(call); c.State == phone.StateConnected && !c.Hold.Local() {
			break
		}
		p.keys("Escape")
		<-time.After(500 * time.Millisecond)
	}
	c := p.Is(call, "in front again", func(c phone.Call) bool { return c.State == phone.StateConnected && !c.Hold.Local() })
	t.Logf("back with %s after %d keys", c.Remote.Number, p.presses)
}

// ready checks that the window has the keyboard and an empty field: a number that is typed is called.
func (p *operator) ready(t *testing.T, after string) {
	t.Helper()
	p.idle(t)
	if now := p.screen.Do("getactivewindow"); now != p.window {
		t.Errorf("after %s the keyboard is in window %s instead of %s", after, now, p.window)
	}
	p.types(phonetest.NumberEcho)
	p.keys("Return")
	call := p.Wait("any", phone.StateConnected)
	if c := p.Call(call); c.Remote.Number != phonetest.NumberEcho {
		t.Errorf("after %s: typed %s, called %q", after, phonetest.NumberEcho, c.Remote.Number)
	}
	p.keys("F12")
	p.idle(t)
}
