package engine

import (
	"net/netip"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

func TestExamine(t *testing.T) {
	well := phone.SoundFacts{
		Sends: true, Receives: true, Agreed: "192.0.2.1:4000", Source: "192.0.2.1:4000", Arrived: 500, QuietMS: 20,
		PeakIn: -20, PeakOut: -20, Reports: 3,
	}
	for _, c := range []struct {
		name string
		edit func(s *symptoms)
		want phone.Diagnosis // empty: all is well
	}{
		{"all well", func(*symptoms) {}, phone.Diagnosis{}},
		{"just answered", func(s *symptoms) { s.up, s.now.Arrived, s.now.QuietMS = time.Second, 0, 5000 }, phone.Diagnosis{}},
		{"nothing from the start", func(s *symptoms) { s.now.Arrived, s.now.QuietMS, s.now.Source = 0, 2000, "" }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseNothing}},
		{"a pause of speech", func(s *symptoms) { s.now.QuietMS = 3000 }, phone.Diagnosis{}},
		{"nothing any more", func(s *symptoms) { s.now.QuietMS = 5000 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseNothing}},
		{"we do not want to hear", func(s *symptoms) { s.now.Receives, s.now.QuietMS = false, 9000 }, phone.Diagnosis{}},
		{"private", func(s *symptoms) {
			s.now.Arrived, s.now.QuietMS, s.now.Source, s.now.Agreed = 0, 2000, "", "10.1.2.3:4000"
		},
			phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CausePrivate}},
		{"private, and they get nothing", func(s *symptoms) {
			s.now.Arrived, s.now.QuietMS, s.now.Source, s.now.Agreed, s.now.Unheard = 0, 2000, "", "100.65.2.3:4000", true
		}, phone.Diagnosis{Leg: phone.LegBoth, Cause: phone.CausePrivate}},
		{"private of our own network", func(s *symptoms) {
			s.now.Arrived, s.now.QuietMS, s.now.Source, s.now.Agreed, s.local = 0, 2000, "", "10.1.2.3:4000", netip.MustParseAddr("10.1.9.9")
		}, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseNothing}},
		{"loopback of theirs", func(s *symptoms) {
			s.now.Arrived, s.now.QuietMS, s.now.Source, s.now.Agreed = 0, 2000, "", "127.0.0.1:4000"
		},
			phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CausePrivate}},
		{"private, but sound comes from elsewhere", func(s *symptoms) { s.now.Agreed = "10.1.2.3:4000" }, phone.Diagnosis{}},
		{"they do not get it there either", func(s *symptoms) { s.now.Agreed, s.now.Unheard = "10.1.2.3:4000", true },
			phone.Diagnosis{Leg: phone.LegOut, Cause: phone.CauseUnheard, Tried: "192.0.2.1:4000"}},
		{"strangers", func(s *symptoms) { s.now.QuietMS, s.now.Strangers, s.now.Stranger = 5000, 50, "198.51.100.7:9" }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseStranger}},
		{"strangers, long ago", func(s *symptoms) { s.now.QuietMS, s.now.Strangers, s.before.Strangers = 5000, 50, 50 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseNothing}},
		{"strangers beside", func(s *symptoms) { s.now.Strangers = 50 }, phone.Diagnosis{}},
		{"wrong keys", func(s *symptoms) { s.now.Arrived, s.now.QuietMS, s.now.Unreadable = 0, 2500, 100 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseUnreadable}},
		{"not of the codec", func(s *symptoms) { s.before.Arrived, s.now.Unreadable = 450, 50 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseUnreadable}},
		{"a few broken ones", func(s *symptoms) { s.before.Arrived, s.now.Unreadable = 450, 5 }, phone.Diagnosis{}},
		{"refused", func(s *symptoms) { s.now.Arrived, s.now.QuietMS, s.now.Source, s.now.Refused = 0, 2000, "", 40 }, phone.Diagnosis{Leg: phone.LegBoth, Cause: phone.CauseRefused}},
		{"refused, though they send", func(s *symptoms) { s.now.Refused = 40 }, phone.Diagnosis{Leg: phone.LegOut, Cause: phone.CauseRefused}},
		{"refused once, while they opened the port", func(s *symptoms) { s.now.Refused = 2 }, phone.Diagnosis{}},
		{"refused no more", func(s *symptoms) { s.now.Refused, s.before.Refused = 40, 40 }, phone.Diagnosis{}},
		{"unheard", func(s *symptoms) { s.now.Unheard = true }, phone.Diagnosis{Leg: phone.LegOut, Cause: phone.CauseUnheard}},
		{"nothing either way", func(s *symptoms) { s.now.Unheard, s.now.QuietMS = true, 6000 }, phone.Diagnosis{Leg: phone.LegBoth, Cause: phone.CauseNothing}},
		{"broken microphone", func(s *symptoms) { s.micTrouble = true }, phone.Diagnosis{Leg: phone.LegOut, Cause: phone.CauseMicrophone}},
		{"silent microphone", func(s *symptoms) { s.now.SilentOut = 10_000 }, phone.Diagnosis{Leg: phone.LegOut, Cause: phone.CauseMicrophone}},
		{"muted", func(s *symptoms) { s.micTrouble, s.muted, s.now.SilentOut = true, true, 60_000 }, phone.Diagnosis{}},
		{"microphone, and nothing comes", func(s *symptoms) { s.micTrouble, s.now.QuietMS = true, 6000 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseNothing}},
		{"silence from the start", func(s *symptoms) { s.now.SilentIn = 20_000 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseSilence}},
		{"silence on a machine that stood still", func(s *symptoms) { s.now.SilentIn = 12_000 }, phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseSilence}},
		{"they listen for a while", func(s *symptoms) { s.now.SilentIn, s.spoken = 15_000, true }, phone.Diagnosis{}},
		{"sound has just ended", func(s *symptoms) { s.now.SilentIn = 300 }, phone.Diagnosis{}},
	} {
		s := symptoms{now: well, up: 20 * time.Second, local: netip.MustParseAddr("203.0.113.5")}
		c.edit(&s)
		got := examine(s)
		if got == nil {
			got = &phone.Diagnosis{}
		}
		if *got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, *got, c.want)
		}
	}
}

// The diagnosis follows the facts, tells of itself once, and goes away when it is mended or the call is held.
func TestDiagnosisOfACall(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	look := func(f phone.SoundFacts) *phone.Diagnosis {
		s.in(inQuality{map[phone.CallID]phone.Quality{id: {Codec: "opus", MOS: 4, LocalRTP: "203.0.113.5:4000", Facts: f}}})
		return s.s.call(id).Diagnosis
	}
	deaf := phone.SoundFacts{Sends: true, Receives: true, Agreed: "192.0.2.1:4000", QuietMS: 2100}
	if s.s.wake(s.now).Sub(s.now) > doctorAfter {
		t.Error("nobody looks two seconds after the answer")
	}
	if d := look(deaf); d != nil {
		t.Errorf("at once: %+v", d)
	}
	s.after(doctorAfter)
	d := look(deaf)
	if d == nil || d.Cause != phone.CauseNothing || d.Leg != phone.LegIn || !d.Since.Equal(s.now) {
		t.Fatalf("after two seconds: %+v", d)
	}
	since := d.Since
	s.after(time.Second)
	deaf.Unheard = true
	if d = look(deaf); d == nil || d.Leg != phone.LegBoth || !d.Since.Equal(since) {
		t.Errorf("both ways: %+v", d)
	}
	well := deaf
	well.Unheard, well.QuietMS, well.Arrived, well.Source = false, 20, 100, deaf.Agreed
	if d = look(well); d != nil {
		t.Errorf("mended: %+v", d)
	}
	s.after(time.Second)
	well.QuietMS = 6000
	if d = look(well); d == nil {
		t.Error("nothing any more")
	}
	s.do(phone.SetHold{Call: id, On: true})
	if d = look(well); d != nil {
		t.Errorf("held: %+v", d)
	}
	s.do(phone.Hangup{Call: id})
	s.sip(ua.Ended{Leg: s.s.call(id).leg, Reason: phone.Reason{ID: phone.ReasonHangup}})
	entry := one(s, effects[fxHistory](s)).entry
	if q := entry.Quality; q == nil || q.Codec != "opus" || q.MOS != 4 || q.Cause != phone.CauseNothing {
		t.Errorf("in the history: %+v", q)
	}
}

func TestInbandDigits(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	s.s.accounts[0].DTMF = phone.DTMFInband
	s.do(phone.SendDTMF{Digits: "1"})
	if fx := one(s, effects[fxDigit](s)); fx.tone {
		t.Error("a tone in Opus, though they take events")
	}
	for _, c := range []struct {
		codec  string
		events bool
	}{{"PCMA", true}, {"G722", true}, {"opus", false}} {
		s.after(digitEvery)
		k := s.s.call(id)
		k.Codec, k.rtpDigits = c.codec, c.events
		s.do(phone.SendDTMF{Digits: "2"})
		if fx := one(s, effects[fxDigit](s)); !fx.tone || fx.digit != '2' {
			t.Errorf("%s: %+v", c.codec, fx)
		}
	}
}

// What they said counts from the answer on, whatever was heard before it, and through a change of stream.
func TestWhatTheySaidIsCountedSinceTheAnswer(t *testing.T) {
	var m measured
	for _, c := range []struct{ sound, spoken int64 }{{4000, 0}, {4000, 0}, {4300, 300}, {0, 300}, {200, 500}} {
		m.add(phone.Quality{Facts: phone.SoundFacts{SoundIn: c.sound}})
		if m.spoken != c.spoken {
			t.Errorf("%d ms after the stream told of %d, want %d", m.spoken, c.sound, c.spoken)
		}
	}
}
