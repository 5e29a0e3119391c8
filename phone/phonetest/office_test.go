package phonetest_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// testDialect is what the test PBX understands. Asterisk lets go of a caller whose direct transfer fails, and tells of a
// REFER's target that it has answered when it only rings, so its users keep the caller until then: direct is supervised.
const testDialect = `id = "asterisk-test"
name = "Test PBX"

[transfer]
direct = "supervised"
announced = "dial:{number}"
complete = "refer-replaces"
ringing = "supervised"

[call]
park = "refer:700"
park_slot = "refer:5{slot}"
retrieve = "dial:{slot}"
pickup = "dial:*8{number}"
bridge = "refer:650"
`

// referDialect hands direct transfers to the PBX all the same.
var referDialect = strings.NewReplacer(`"asterisk-test"`, `"asterisk-refer"`, `direct = "supervised"`, `direct = "refer"`).Replace(testDialect)

// office is a PBX and some phones, each with a tone of its own as its voice.
type office struct {
	pbx *phonetest.Asterisk
	all []*desk
}

// desk is a phone in the office.
type desk struct {
	*phonetest.Svara
	user string
	hz   float64
}

// startOffice starts the phones of users 1001, 1002 and so on, all with the PBX's dialect unless the one in config says
// something else.
func startOffice(t *testing.T, phones int, config phonetest.AsteriskConfig, args ...string) *office {
	t.Helper()
	for i := range phones {
		user := strconv.Itoa(1001 + i)
		if !slices.ContainsFunc(config.Users, func(u phonetest.PBXUser) bool { return u.User == user }) {
			config.Users = append(config.Users, phonetest.PBXUser{User: user, Password: "pw-" + user})
		}
	}
	o := &office{pbx: phonetest.StartAsterisk(t, config)}
	for i := range phones {
		o.all = append(o.all, startDesk(t, i, o.pbx.Addr(), args...))
	}
	return o
}

func startDesk(t *testing.T, i int, exchange string, args ...string) *desk {
	t.Helper()
	if len(args) == 0 {
		args = []string{"--dialect", "asterisk-test"}
	}
	return startDeskWith(t, i, exchange, map[string]string{"asterisk-test.toml": testDialect, "asterisk-refer.toml": referDialect}, args...)
}

// startDeskWith is startDesk with dialects of its own.
func startDeskWith(t *testing.T, i int, exchange string, dialects map[string]string, args ...string) *desk {
	t.Helper()
	user := strconv.Itoa(1001 + i)
	d := &desk{user: user, hz: float64(phonetest.Microphones[i])}
	d.Svara = phonetest.StartSvara(t, phonetest.SvaraConfig{
		Called: user, Microphone: sound.Steady(phonetest.Microphones[i], phonetest.MicrophoneLevel),
		Settings: map[string]string{phone.KeyCodecs: "pcma"}, Dialects: dialects,
	})
	d.SignIn(user, exchange, args...)
	return d
}

// hear is who should hear what: phones, and numbers for tones.
type hear map[*desk][]any

// sounds checks the sound at all the phones named; see phonetest.Hearing.
func sounds(t testing.TB, step string, want hear) {
	t.Helper()
	tones := map[*phonetest.Svara][]float64{}
	for d, from := range want {
		tones[d.Svara] = nil
		for _, f := range from {
			switch f := f.(type) {
			case *desk:
				tones[d.Svara] = append(tones[d.Svara], f.hz)
			case int:
				tones[d.Svara] = append(tones[d.Svara], float64(f))
			case float64:
				tones[d.Svara] = append(tones[d.Svara], f)
			}
		}
	}
	phonetest.Hearing(t, step, tones)
}

// talk has one phone call another, and returns the call's ID at each.
func talk(t testing.TB, from, to *desk) (theirs, ours string) {
	t.Helper()
	theirs = from.Dial(to.user)
	ours = to.AnswerNext()
	from.Wait(theirs, phone.StateConnected)
	return theirs, ours
}

// lines waits until the PBX has as many lines of each phone as told, and each phone shows as many calls.
func (o *office) lines(t testing.TB, step string, want map[*desk]int) {
	t.Helper()
	var wrong string
	end := time.After(12 * time.Second)
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	for {
		pbx := o.pbx.LinesOf()
		wrong = ""
		for _, d := range o.all {
			live := len(slices.DeleteFunc(d.Live(), func(c phone.Call) bool { return c.Inside }))
			if live != want[d] || pbx[d.user] != want[d] {
				wrong += fmt.Sprintf(" %s shows %d calls and has %d lines, want %d;", d.user, live, pbx[d.user], want[d])
			}
		}
		if wrong == "" {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s:%s\n%+v", step, wrong, o.pbx.Lines())
		}
	}
}

// goHome ends every call and waits until nobody has one.
func (o *office) goHome(t testing.TB) {
	t.Helper()
	for _, d := range o.all {
		if len(d.Live()) > 0 {
			d.Ctl("hangup", "all")
		}
	}
	phonetest.Until(t, 15*time.Second, "everybody has gone home", func() bool {
		for _, d := range o.all {
			if len(d.Live()) > 0 {
				return false
			}
		}
		return len(o.pbx.Channels()) == 0
	})
	for _, d := range o.all { // the cards of ended calls, so that waiting for "any" finds none of them
		for _, c := range d.Snapshot().Calls {
			d.Ctl("dismiss", number(c.ID))
		}
	}
}

// number is a call's ID as svaractl prints it.
func number(id phone.CallID) string { return strconv.FormatUint(uint64(id), 10) }

// refused runs a verb that must be refused with one of the reasons.
func refused(t testing.TB, d *desk, why []phone.ReasonID, args ...string) {
	t.Helper()
	out, code := d.Ctl(args...)
	if code != 1 || !slices.ContainsFunc(why, func(id phone.ReasonID) bool { return strings.Contains(out, string(id)) }) {
		t.Errorf("svaractl %s: exit %d, %s; want 1 and %v", strings.Join(args, " "), code, strings.TrimSpace(out), why)
	}
}

// The fixture itself: numbers, music on hold, hints, parking, rooms and queue, by phones that only dial and hold.
func TestPBXOfTheOffice(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 3, phonetest.AsteriskConfig{Queue: []string{"1002"}}, "--dtmf", "rtp")
	a, b, c := o.all[0], o.all[1], o.all[2]
	for _, n := range slices.Sorted(maps.Keys(phonetest.Tones)) {
		call := a.Talk(n)
		sounds(t, n, hear{a: {phonetest.Tones[n]}})
		a.HangUp(call)
	}
	theirs, ours := talk(t, a, b)
	sounds(t, "talking", hear{a: {b}, b: {a}})
	o.lines(t, "talking", map[*desk]int{a: 1, b: 1})
	b.Hold(ours)
	sounds(t, "on hold", hear{a: {phonetest.HoldHz}, b: {}})
	b.Resume(ours)
	sounds(t, "resumed", hear{a: {b}, b: {a}})
	if hints := o.pbx.CLI("core show hints"); !strings.Contains(hints, "State:InUse") || !strings.Contains(hints, "park:701") {
		t.Errorf("hints:\n%s", hints)
	}
	a.HangUp(theirs)
	// What rings at another: by group and by number.
	for _, code := range []string{phonetest.NumberPickup, phonetest.NumberPickup + "1002"} {
		theirs = a.Dial("1002")
		b.Wait("any", phone.StateIncoming)
		picked := c.Talk(code)
		a.Wait(theirs, phone.StateConnected)
		sounds(t, code, hear{a: {c}, b: {}, c: {a}})
		c.HangUp(picked)
		a.Ended(theirs)
	}
	queued := a.Talk(phonetest.NumberQueue)
	sounds(t, "in the queue", hear{a: {phonetest.HoldHz}})
	b.AnswerNext()
	sounds(t, "out of the queue", hear{a: {b}, b: {a}})
	a.HangUp(queued)
	var room []string
	for _, d := range o.all {
		room = append(room, d.Talk(phonetest.NumberRoom))
	}
	sounds(t, "in the room", hear{a: {b, c}, b: {a, c}, c: {a, b}})
	for i, d := range o.all {
		d.HangUp(room[i])
	}
}
