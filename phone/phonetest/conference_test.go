package phonetest_test

import (
	"math"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// inConference waits until so many calls are in the phone's conference.
func inConference(t *testing.T, d *desk, want int) {
	t.Helper()
	phonetest.Until(t, 15*time.Second, "the conference", func() bool {
		c := d.Snapshot().Conference
		return c == nil && want == 0 || c != nil && len(c.Calls) == want
	})
}

func TestConferenceOfFour(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 4, phonetest.AsteriskConfig{})
	host, b, c, d := o.all[0], o.all[1], o.all[2], o.all[3]
	everybody := hear{host: {b, c, d}, b: {host, c, d}, c: {host, b, d}, d: {host, b, c}}
	calls := map[*desk]string{}
	gather := func(t *testing.T) {
		t.Helper()
		for _, x := range []*desk{b, c, d} {
			calls[x], _ = talk(t, host, x)
		}
		sounds(t, "one after the other", hear{host: {d}, b: {phonetest.HoldHz}, c: {phonetest.HoldHz}, d: {host}})
		host.Merge()
		inConference(t, host, 3)
		sounds(t, "together", everybody)
		o.lines(t, "together", map[*desk]int{host: 3, b: 1, c: 1, d: 1})
	}
	t.Run("members", func(t *testing.T) {
		gather(t)
		host.Must("silence", calls[b])
		sounds(t, "b silenced", hear{host: {c, d}, b: {host, c, d}, c: {host, d}, d: {host, c}})
		host.Must("unsilence", calls[b])
		for _, x := range []*desk{b, c, d} {
			host.Must("mute", calls[x])
		}
		sounds(t, "the host muted", hear{host: {b, c, d}, b: {c, d}, c: {b, d}, d: {b, c}})
		for _, x := range []*desk{b, c, d} {
			host.Must("unmute", calls[x])
		}
		sounds(t, "unmuted", everybody)
		host.Must("level", calls[c], "50")
		for _, x := range []*desk{host, d} { // half of the amplitude is 6 dB, for us and for the others
			var level float64
			if !eventually(time.Minute, func() bool {
				level = sound.Presence(x.Listen(400*time.Millisecond), c.hz)
				return math.Abs(level-(phonetest.MicrophoneLevel-6)) < 2
			}) {
				t.Errorf("%s hears c at %.1f dBFS, want 6 dB below %d", x.user, level, phonetest.MicrophoneLevel)
			}
		}
		host.Must("level", calls[c], "100")
		host.Must("kick", calls[d])
		host.Ended(calls[d])
		inConference(t, host, 2)
		sounds(t, "d kicked", hear{host: {b, c}, b: {host, c}, c: {host, b}, d: {}})
		host.Must("split", calls[c])
		host.Held(calls[c], true)
		sounds(t, "c split off", hear{host: {b}, b: {host}, c: {phonetest.HoldHz}})
		o.goHome(t)
	})
	t.Run("aside and back", func(t *testing.T) {
		gather(t)
		other := host.Talk("621")
		sounds(t, "aside", hear{host: {phonetest.Tones["621"]}, b: {c, d}, c: {b, d}, d: {b, c}})
		host.HangUp(other)
		host.Resume(calls[b])
		sounds(t, "back", everybody)
		host.Must("conference", "end")
		for _, x := range []*desk{b, c, d} {
			host.Ended(calls[x])
		}
		inConference(t, host, 0)
		o.goHome(t)
	})
	t.Run("three go on without the host", func(t *testing.T) { // in the PBX's room, by dialect
		gather(t)
		host.Must("conference", "leave")
		for _, x := range []*desk{b, c, d} {
			host.Ended(calls[x])
		}
		sounds(t, "in the room", hear{host: {}, b: {c, d}, c: {b, d}, d: {b, c}})
		o.lines(t, "in the room", map[*desk]int{b: 1, c: 1, d: 1})
		o.goHome(t)
	})
	t.Run("two go on without the host", func(t *testing.T) {
		first, _ := talk(t, host, b)
		second, _ := talk(t, host, c)
		host.Merge(first, second)
		sounds(t, "together", hear{host: {b, c}, b: {host, c}, c: {host, b}, d: {}})
		host.Must("conference", "leave")
		host.Ended(first)
		host.Ended(second)
		sounds(t, "by themselves", hear{host: {}, b: {c}, c: {b}})
		o.lines(t, "by themselves", map[*desk]int{b: 1, c: 1})
		o.goHome(t)
	})
	t.Run("several called at once", func(t *testing.T) {
		host.Must("conference", "start", b.user, c.user, d.user)
		b.AnswerNext()
		c.AnswerNext()
		sounds(t, "two have answered", hear{host: {b, c}, b: {host, c}, c: {host, b}, d: {}})
		d.Must("decline", d.Wait("any", phone.StateIncoming))
		inConference(t, host, 2)
		sounds(t, "one declined", hear{host: {b, c}, b: {host, c}, c: {host, b}, d: {}})
		host.Ctl("hangup", "all")
		o.goHome(t)
	})
	t.Run("in a room of the PBX", func(t *testing.T) {
		for _, x := range []*desk{host, b, c} {
			x.Talk(phonetest.NumberRoom)
		}
		sounds(t, "in the room", hear{host: {b, c}, b: {host, c}, c: {host, b}})
		o.goHome(t)
	})
}

// eventually reports whether ok says yes in time.
func eventually(limit time.Duration, ok func() bool) bool {
	end := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}
