package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// boxes is a dial plan with a code for everybody's voicemail.
const boxes = `
exten => _*59*X.,1,VoiceMail(${EXTEN:4}@default)
 same => n,Hangup()
`

func startOfficeWithBoxes(t *testing.T) *office {
	t.Helper()
	return startOffice(t, 3, phonetest.AsteriskConfig{Voicemail: true, Extra: boxes, Users: []phonetest.PBXUser{{User: "1004", Password: "pw-1004"}}})
}

// waiting is how many messages wait in a phone's mailbox, as the PBX tells it.
func (d *desk) waiting() int {
	if b := d.Snapshot().Voicemail.Boxes; len(b) > 0 && b[0].Known {
		return b[0].New
	}
	return -1
}

// leaves speaks after the beep of a mailbox until the PBX tells its owner of a message.
func (d *desk) leaves(t *testing.T, call string, owner *desk, want int) {
	t.Helper()
	d.Listen(9 * time.Second) // the greeting, the beep, and then our tone is the message
	d.HangUp(call)
	phonetest.Until(t, 30*time.Second, "a message waits", func() bool { return owner.waiting() == want })
}

// A colleague who is busy or does not answer, by the keyboard alone: their voicemail, and who stands in for them.
func TestAttendantVoicemailAndStandInByKeys(t *testing.T) {
	o := startOfficeWithBoxes(t)
	caller, anna, bo := o.all[0], o.all[1], o.all[2]
	phonetest.Until(t, 20*time.Second, "the PBX tells of the mailbox", func() bool { return anna.waiting() == 0 })
	p := startOperator(t, o, "1004")
	p.lamp(t, "1002", phone.LineIdle)
	p.lamp(t, "1003", phone.LineIdle)

	// Voicemail: two letters of each name and one key; the operator is free at once.
	theirs := caller.Dial("1004")
	p.answers()
	begun := time.Now()
	p.types("an be")
	p.keys("slash")
	p.took(t, "to the voicemail", 7, begun)
	p.idle(t)
	caller.leaves(t, theirs, anna, 1)
	o.goHome(t)

	// Somebody else: Anna talks, and Bo stands in for her. The keys go to the field without a press between: it has the
	// keyboard again.
	talks := anna.Talk("621")
	p.lamp(t, "1002", phone.LineBusy)
	theirs = caller.Dial("1004")
	p.answers()
	begun = time.Now()
	p.types("an be")
	p.keys("alt+1")
	bo.AnswerNext()
	sounds(t, "the stand-in has it", hear{caller: {bo}, bo: {caller}, p.desk: nil})
	p.took(t, "to the stand-in", 7, begun)
	caller.HangUp(theirs)
	anna.HangUp(talks)
	o.goHome(t)
	p.idle(t)
	p.Quit()
}

// A direct transfer that nobody answers comes back: the card's keys go on with the caller, with nothing typed.
func TestAttendantGoesOnWithWhatCameBack(t *testing.T) {
	o := startOfficeWithBoxes(t)
	caller, anna, bo := o.all[0], o.all[1], o.all[2]
	phonetest.Until(t, 20*time.Second, "the PBX tells of the mailbox", func() bool { return anna.waiting() == 0 })
	p := startOperator(t, o, "1004", phone.KeyRecallAfter, "10")
	p.lamp(t, "1002", phone.LineIdle)
	p.lamp(t, "1003", phone.LineIdle)
	handed := func() (theirs, call string) {
		theirs = caller.Dial("1004")
		call = p.answers()
		p.types("an be")
		p.keys("asterisk")
		anna.Wait("any", phone.StateIncoming)
		p.Is(call, "back by itself", func(c phone.Call) bool {
			return c.Transfer != nil && c.Transfer.State == phone.TransferFailed && c.Transfer.Recalled && c.Hold.Local()
		})
		p.presses = 0
		return theirs, call
	}

	// Once more: the same key as before.
	theirs, _ := handed()
	begun := time.Now()
	p.screen.Area(1020, 100, 400, 500).Still(400*time.Millisecond, 10*time.Second)
	p.screen.Picture("came-back")
	p.keys("asterisk")
	anna.AnswerNext()
	sounds(t, "the second time", hear{caller: {anna}, anna: {caller}, p.desk: nil})
	p.took(t, "try again", 1, begun)
	caller.HangUp(theirs)
	o.goHome(t)
	p.idle(t)

	// Her voicemail.
	theirs, _ = handed()
	begun = time.Now()
	p.keys("slash")
	p.took(t, "the voicemail of the one who did not answer", 1, begun)
	caller.leaves(t, theirs, anna, 1)
	o.goHome(t)
	p.idle(t)

	// Who stands in for her.
	theirs, _ = handed()
	begun = time.Now()
	p.keys("alt+1")
	bo.AnswerNext()
	sounds(t, "the stand-in", hear{caller: {bo}, bo: {caller}, anna: nil, p.desk: nil})
	p.took(t, "the stand-in of the one who did not answer", 1, begun)
	caller.HangUp(theirs)
	o.goHome(t)
	p.idle(t)

	// Talk to the caller: Enter, as with any call on hold.
	theirs, _ = handed()
	begun = time.Now()
	p.keys("Return")
	sounds(t, "picked up", hear{caller: {p.desk}, p.desk: {caller}})
	p.took(t, "pick up", 1, begun)
	p.keys("F12")
	caller.Ended(theirs)
	o.goHome(t)
	p.idle(t)
	p.Quit()
}
