package pbxdemo

import (
	"strings"
	"time"

	"svara/phone"
)

// outside reports whether a number is one of the telephone network. Whoever it is, somebody simulated answers.
func outside(number string) bool {
	digits := strings.TrimPrefix(number, "+")
	if len(digits) < 7 || len(digits) > 15 || digits == number && digits[0] != '0' {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// mobileNumber reports whether a number takes messages: a Swedish mobile number.
func mobileNumber(number string) bool {
	for _, prefix := range []string{"+467", "00467", "07"} {
		if rest, ok := strings.CutPrefix(number, prefix); ok {
			return len(rest) >= 7 && outside(number)
		}
	}
	return false
}

// mobile is somebody at a telephone outside.
func (p *PBX) mobile(t *try, number string) {
	e := p.simulated(Entry{Number: number})
	speak := func() { e.sound.voice.play(pause(lead), p.sound(e.language, "called", 0, 0), pause(turn)) }
	e.script.up, e.script.idle = speak, speak
	t.ringSomebody(e, 3*time.Second)
}

// callers is who calls from outside: numbers kept free for films and books.
var callers = []Entry{
	{Number: "0701740611", Name: "Bo Kvist"},
	{Number: "0701740623", Name: "Mona Ahl"},
	{Number: "0701740635", Name: "Tomas Rehn"},
	{Number: "0701740648"},
	{Number: "0701740660", Name: "Eva Sjölin"},
	{Number: "0406280417"},
	{Number: "0313900628", Name: "Hedlunds Bygg"},
	{Number: "0980319245", Name: "Norrvik Fisk"},
}

// callIn is a call from outside to a number, which has come by a way. The caller speaks when somebody answers, and hangs
// up in the end.
func (p *PBX) callIn(who Entry, number string, path ...phone.Diversion) {
	e := p.simulated(who)
	e.script.up = func() {
		e.sound.voice.play(pause(500*time.Millisecond), p.sound(e.language, "called", 0, 0), pause(2*turn))
	}
	e.script.idle = e.hangup
	t := &try{
		p: p, caller: e, number: number, path: path,
		rang: func(*end) {},
		taken: func(_ *phone.Party, into *conv) {
			e.become(up)
			into.add(e)
		},
		failed: func(code int, _ string) {
			p.log.Info("call from outside not taken", "number", number, "code", code)
			e.hangup()
		},
	}
	t.start()
	p.after(ringLimit/2, func() { t.fail(480, "") })
}

// caller is somebody outside.
func (p *PBX) caller() Entry { return callers[p.random.IntN(len(callers))] }

// sought is the colleague that *90 makes somebody ask for.
const sought = "2101"

// practise answers the code *90: soon afterwards somebody outside calls a colleague who is away, and the call comes to who
// dialled, as any call for somebody who is away.
func (p *PBX) practise(t *try, _ string) {
	l := p.owner(t)
	if l == nil {
		return
	}
	if p.lines[sought].activity.Activity.Rings() {
		p.setActivity(sought, phone.Presence{Activity: phone.ActivityMeeting, Note: p.say("Back after the meeting", "Åter efter mötet")}, p.nextHalfHour(45*time.Minute))
	}
	user := t.caller.user
	p.confirm(t, "Call for somebody else", "Samtal till någon annan")
	p.after(3*time.Second, func() { p.seek(sought, user) })
}

// seek calls a colleague who is away from outside; the call comes to a user.
func (p *PBX) seek(number, user string) {
	because := reasonOf(p.lines[number].activity.Activity)
	p.callIn(p.caller(), user, phone.Diversion{By: *p.identity(number, p.nameOf(number)), Reason: because})
}
