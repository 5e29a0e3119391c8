package phonetest_test

import (
	"encoding/binary"
	"encoding/json"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// diagnosed waits for a diagnosis of a call. The first may be another: facts come in one by one.
func diagnosed(t *testing.T, s *phonetest.Svara, call string, cause phone.SoundCause) phone.Diagnosis {
	t.Helper()
	c := s.Is(call, "the diagnosis "+string(cause), func(c phone.Call) bool { return c.Diagnosis != nil && c.Diagnosis.Cause == cause })
	return *c.Diagnosis
}

// A PBX that answers and sends nothing, one that tells a wrong address besides, and one that sends all the same.
func TestDoctor(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{
		Users: []phonetest.PBXUser{
			{User: "1001", Password: "pw-1001", Codecs: []string{"alaw"}},
			{User: "1002", Password: "pw-1002", Codecs: []string{"alaw"}, Media: "10.255.7.8"},
		},
		Extra: `exten => 691,1,Answer()
 same => n,Wait(9)
 same => n,Milliwatt()
`,
	})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12), Settings: clear})
	s.SignIn("1001", a.Addr())
	s.SignIn("1002", a.Addr())

	call := s.Dial("691", "--account", "1001")
	s.Wait(call, phone.StateConnected)
	d := diagnosed(t, s, call, phone.CauseNothing)
	if after := d.Since.Sub(s.Call(call).Started); d.Leg != phone.LegIn || after < 1500*time.Millisecond || after > 8*time.Second {
		t.Errorf("%+v, %v after the answer", d, after)
	}
	report := s.Must("stats", call, "--doctor", "--json=false")
	for _, want := range []string{"you do not hear them: nothing", "No sound packets arrive.", "they want sound at", `"cause": "nothing"`, `"agreed": "127.0.0.1:`} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not say %q:\n%s", want, report)
		}
	}
	if strings.Contains(report, "pw-") {
		t.Error("a password in the report")
	}
	s.Is(call, "sound comes after all: no diagnosis", func(c phone.Call) bool { return c.Diagnosis == nil })
	s.Must("hangup", call)
	s.Ended(call)

	call = s.Dial("691", "--account", "1002")
	s.Wait(call, phone.StateConnected)
	diagnosed(t, s, call, phone.CausePrivate)
	s.Is(call, "sound comes from elsewhere: no diagnosis, and ours goes there", func(c phone.Call) bool {
		return c.Diagnosis == nil && strings.HasPrefix(c.Quality.Facts.Source, "127.0.0.1:") && c.Quality.RemoteRTP == c.Quality.Facts.Source
	})
	s.Must("hangup", call)
	s.Ended(call)

	history := s.History()
	if len(history) != 2 || history[0].Quality == nil || history[0].Quality.Cause != phone.CausePrivate || history[1].Quality.Cause != phone.CauseNothing {
		t.Errorf("history %+v", history)
	}
}

// Both directions are judged, by their reports too; what was measured is kept, and averaged.
func TestQualityIsKept(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: wide})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12), Settings: plain("g722")})
	s.SignIn("1001", a.Addr())
	call := s.Talk(phonetest.NumberEcho)
	var q phone.Quality
	phonetest.Until(t, 30*time.Second, "both estimates", func() bool {
		s.Ask(&q, "stats", call)
		return q.MOS > 0 && q.MOSOut > 0 && q.RTTMS > 0
	})
	if q.MOS < 3.5 || q.MOS > 4.5 || q.MOSOut < 3.5 || q.MOSOut > 4.5 || q.TargetMS <= 0 || q.Facts.Reports == 0 || q.Facts.Unheard {
		t.Errorf("%+v", q)
	}
	s.Must("hangup", call)
	s.Ended(call)
	phonetest.Until(t, 5*time.Second, "it is written down", func() bool { return len(s.History()) == 1 })
	kept := s.History()[0].Quality
	if kept == nil || kept.Codec != "G722" || !strings.HasPrefix(kept.Network, "local ") || kept.Device == "" || kept.MOS < 3.5 || kept.MOSOut < 3.5 {
		t.Fatalf("kept: %+v", kept)
	}
	for by, key := range map[string]string{"contact": phonetest.NumberEcho, "device": kept.Device, "network": kept.Network} {
		var all []phone.QualityAverage
		s.Ask(&all, "quality", "--by", by)
		if len(all) != 1 || all[0].Key != key || all[0].Calls != 1 || all[0].MOS < 3.5 {
			b, _ := json.Marshal(all)
			t.Errorf("by %s: %s", by, b)
		}
	}
	if words := s.Must("quality", "--json=false"); !strings.Contains(words, "1 calls") || !strings.Contains(words, "MOS 4.") {
		t.Errorf("in words: %s", words)
	}
}

// speaker is a socket that can send RTP.
type speaker struct {
	*net.UDPConn
	seq    uint16
	silent bool // it sends silence
	deaf   bool // its reports say that it gets nothing (RFC 3550 6.4.2: no block)
}

func newSpeaker(t *testing.T) *speaker {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &speaker{UDPConn: c}
}

func (s *speaker) port() string { return strconv.Itoa(s.LocalAddr().(*net.UDPAddr).Port) }

// speak sends packets of 20 ms in real time until done says so.
func (s *speaker) speak(t *testing.T, to string, pt byte, what string, done func() bool) {
	t.Helper()
	at, err := netip.ParseAddrPort(to)
	if err != nil {
		t.Fatal(err)
	}
	packet := make([]byte, 12+160)
	for i := range 160 {
		packet[12+i] = byte(0x2a ^ i<<4&0x80) // a loud buzz in A-law
		if s.silent {
			packet[12+i] = 0xd5
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(time.Minute); !done(); <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("%s: not within a minute", what)
		}
		for range 5 { // asking takes its time
			s.seq++
			packet[0], packet[1] = 0x80, pt
			binary.BigEndian.PutUint16(packet[2:], s.seq)
			binary.BigEndian.PutUint32(packet[4:], uint32(s.seq)*160)
			binary.BigEndian.PutUint32(packet[8:], 4711)
			if _, err := s.WriteToUDPAddrPort(packet, at); err != nil {
				t.Fatal(err)
			}
			if s.deaf && s.seq%100 == 0 {
				if _, err := s.WriteToUDPAddrPort([]byte{0x80, 201, 0, 1, 0, 0, 0x12, 0x67}, netip.AddrPortFrom(at.Addr(), at.Port()+1)); err != nil {
					t.Fatal(err)
				}
			}
			<-tick.C
		}
	}
}

// Peers that sipp and sockets play: one where nobody listens, one that begins to send from elsewhere, one whose codec is
// another than agreed, one that sends nothing but silence, one that says that it gets nothing, and one that sends from
// another address all along, which is learned.
func TestDoctorOfOddPeers(t *testing.T) {
	f := startFlow(t)
	call := func(port string) (string, func()) {
		t.Helper()
		peer, call := f.dial(t, scenario(invited, reply("200 OK", "odd", strings.Replace(sdp("1", "sendrecv"), "[media_port]", port, 1)),
			expect(`request="ACK"`), expect(`request="BYE"`), ok))
		f.s.Wait(call, phone.StateConnected)
		return call, func() {
			f.s.Must("hangup", call)
			peer.Wait(20 * time.Second)
			f.s.Ended(call)
		}
	}
	local := func(call string) string {
		var q phone.Quality
		phonetest.Until(t, time.Minute, "its own address", func() bool { f.s.Ask(&q, "stats", call); return q.LocalRTP != "" })
		return q.LocalRTP
	}
	diagnosis := func(call string) phone.SoundCause {
		if d := f.s.Call(call).Diagnosis; d != nil && d.Leg != phone.LegOut { // our microphone is silent here
			return d.Cause
		}
		return ""
	}

	t.Run("nobody listens", func(t *testing.T) {
		gone := newSpeaker(t)
		port := gone.port()
		gone.Close()
		call, end := call(port)
		defer end()
		f.s.Is(call, "refused, both ways", func(c phone.Call) bool { // ours is refused a moment before theirs is missed
			return c.Diagnosis != nil && c.Diagnosis.Cause == phone.CauseRefused && c.Diagnosis.Leg == phone.LegBoth
		})
	})
	t.Run("from elsewhere", func(t *testing.T) {
		agreed, other := newSpeaker(t), newSpeaker(t)
		call, end := call(agreed.port())
		defer end()
		at := local(call)
		agreed.speak(t, at, 8, "heard", func() bool { return f.s.Call(call).Quality.Facts.Arrived > 150 })
		other.speak(t, at, 8, "a stranger is told of", func() bool { return diagnosis(call) == phone.CauseStranger })
		if facts := f.s.Call(call).Quality.Facts; facts.Stranger != other.LocalAddr().String() || facts.Source != agreed.LocalAddr().String() {
			t.Errorf("%+v", facts)
		}
		agreed.speak(t, at, 8, "mended", func() bool { return diagnosis(call) == "" })
	})
	t.Run("another codec", func(t *testing.T) {
		agreed := newSpeaker(t)
		call, end := call(agreed.port())
		defer end()
		agreed.speak(t, local(call), 3, "not readable", func() bool { return diagnosis(call) == phone.CauseUnreadable })
	})
	t.Run("silence", func(t *testing.T) {
		agreed := newSpeaker(t)
		agreed.silent = true
		call, end := call(agreed.port())
		defer end()
		agreed.speak(t, local(call), 8, "silent", func() bool { return diagnosis(call) == phone.CauseSilence })
		agreed.silent = false
		agreed.speak(t, local(call), 8, "they speak after all", func() bool { return diagnosis(call) == "" })
	})
	t.Run("unheard", func(t *testing.T) {
		agreed := newSpeaker(t)
		agreed.deaf = true
		call, end := call(agreed.port())
		defer end()
		agreed.speak(t, local(call), 8, "they say they get nothing", func() bool {
			d := f.s.Call(call).Diagnosis
			return d != nil && d.Cause == phone.CauseUnheard && d.Leg == phone.LegOut
		})
	})
	t.Run("learned", func(t *testing.T) {
		silent, real := newSpeaker(t), newSpeaker(t)
		call, end := call(silent.port())
		defer end()
		real.speak(t, local(call), 8, "heard, and sent to", func() bool {
			c := f.s.Call(call)
			return c.Quality.Facts.Arrived > 200 && diagnosis(call) == "" && c.Quality.RemoteRTP == real.LocalAddr().String()
		})
	})
}
