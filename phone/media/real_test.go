package media

import (
	"math"
	"strings"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/sdp"
)

func TestRealCodecs(t *testing.T) {
	for _, test := range []struct {
		codec audio.Codec
		delay time.Duration // most, from Write to Read, once settled
	}{{opus.Codec(), 45 * time.Millisecond}, {g711.PCMA(), 45 * time.Millisecond}, {g711.PCMU(), 45 * time.Millisecond}} {
		t.Run(test.codec.Name(), func(t *testing.T) {
			c := newClock()
			a, b := newParty(t, c, test.codec), newParty(t, c, test.codec)
			connect(t, a, b)
			// Two seconds to settle, then a tone that begins at a known time.
			run(t, c, a, b, 2*time.Second, nil, nil)
			_, atB := run(t, c, a, b, time.Second, sine(1000, 8000), nil)
			start := onset(atB, 1000)
			amplitude, rest := tone(atB[audio.Rate/2:audio.Rate/2+audio.Rate/4], 1000)
			t.Logf("delay %v, amplitude %.0f, rest %.0f, buffer %.1f ms", span(start), amplitude, rest, b.Quality().BufferMS)
			if start < 0 || span(start) > test.delay {
				t.Errorf("begins after %v", span(start))
			}
			if math.Abs(amplitude-8000) > 900 || rest > 400 {
				t.Errorf("amplitude %.0f of 8000, rest %.0f", amplitude, rest)
			}
		})
	}
}

func TestCodecChoiceFollowsTheAnswerersOrder(t *testing.T) {
	c := newClock()
	a := newParty(t, c, opus.Codec(), g711.PCMA(), g711.PCMU())
	b := newParty(t, c, g711.PCMU(), g711.PCMA())
	connect(t, a, b)
	if got := a.Agreed().Codec + b.Agreed().Codec; got != "PCMUPCMU" {
		t.Errorf("agreed %s", got)
	}
	opusOnly := newParty(t, c, opus.Codec())
	offer, err := opusOnly.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newParty(t, c, g711.PCMA()).Answer(offer, sdp.SendRecv); phone.ReasonOf(err).ID != phone.ReasonNoCodec {
		t.Errorf("no common codec: %v", err)
	}
	if _, err := b.Answer([]byte("v=0\r\nm=audio 0 RTP/AVP 0\r\n"), sdp.SendRecv); phone.ReasonOf(err).ID != phone.ReasonNoMedia {
		t.Errorf("no audio: %v", err)
	}
}

func TestHoldAndResume(t *testing.T) {
	c := newClock()
	a, b := newParty(t, c, opus.Codec(), g711.PCMA()), newParty(t, c, opus.Codec(), g711.PCMA())
	connect(t, a, b)
	toneA, toneB := sine(1000, 8000), sine(600, 8000)
	run(t, c, a, b, time.Second, toneA, toneB)

	negotiate(t, a, b, sdp.SendOnly, sdp.SendRecv) // a holds b, with music
	if got := b.Agreed(); !got.RemoteHold || got.Direction != sdp.RecvOnly {
		t.Errorf("held side agreed %+v", got)
	}
	sent := b.out.packets.Load()
	atA, atB := run(t, c, a, b, time.Second, toneA, toneB)
	if onset(atA, 50) >= 0 {
		t.Error("the holder hears the held")
	}
	if amplitude, _ := tone(atB[audio.Rate/2:audio.Rate/2+4800], 1000); amplitude < 6000 {
		t.Errorf("the held hears %.0f", amplitude)
	}
	if b.out.packets.Load() != sent {
		t.Error("the held sends")
	}
	negotiate(t, a, b, sdp.Inactive, sdp.SendRecv)
	if atA, atB = run(t, c, a, b, 500*time.Millisecond, toneA, toneB); onset(atA[4800:], 50) >= 0 || onset(atB[4800:], 50) >= 0 {
		t.Error("sound although inactive")
	}
	negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
	atA, atB = run(t, c, a, b, time.Second, toneA, toneB)
	if amplitude, _ := tone(atA[audio.Rate/2:audio.Rate/2+4800], 600); amplitude < 6000 {
		t.Errorf("after resuming a hears %.0f", amplitude)
	}
	if amplitude, _ := tone(atB[audio.Rate/2:audio.Rate/2+4800], 1000); amplitude < 6000 {
		t.Errorf("after resuming b hears %.0f", amplitude)
	}
	if late := onset(atA, 500); late < 0 || span(late) > 100*time.Millisecond {
		t.Errorf("sound comes %v after resuming", span(late))
	}
	if a.Agreed().Codec != "opus" {
		t.Errorf("codec %s", a.Agreed().Codec)
	}
}

func TestDigits(t *testing.T) {
	for _, codec := range []audio.Codec{opus.Codec(), g711.PCMA()} {
		t.Run(codec.Name(), func(t *testing.T) {
			c := newClock()
			a, b := newParty(t, c, codec), newParty(t, c, codec)
			connect(t, a, b)
			run(t, c, a, b, 500*time.Millisecond, sine(1000, 8000), nil)
			if err := a.SendDigits("0123456789*#abcd55,5"); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"", "12x", "é"} {
				if err := a.SendDigits(bad); phone.ReasonOf(err).ID != phone.ReasonBadDigits {
					t.Errorf("%q: %v", bad, err)
				}
			}
			run(t, c, a, b, 7*time.Second, sine(1000, 8000), nil)
			if got, want := b.events.digits(), "0123456789*#ABCD555"; got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
			if lost := b.buffer.Stats().Lost; lost != 0 {
				t.Errorf("%d packets thought lost", lost)
			}
		})
	}
}

func TestDigitsNeedThePeersConsent(t *testing.T) {
	c := newClock()
	a := newParty(t, c, g711.PCMA())
	if err := a.SendDigits("1"); err != ErrNoTelephoneEvent {
		t.Error(err)
	}
	if _, err := a.Answer([]byte("v=0\no=- 1 1 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 40000 RTP/AVP 8\n"), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	if err := a.SendDigits("1"); err != ErrNoTelephoneEvent {
		t.Error(err)
	}
	if a.Agreed().DTMF {
		t.Error("DTMF agreed")
	}
}

func TestReoffersKeepNumbersAndRaiseTheVersion(t *testing.T) {
	c := newClock()
	a := newParty(t, c, opus.Codec(), g711.PCMA())
	theirs := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 115 96\r\n" +
		"a=rtpmap:115 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\na=rtcp-mux\r\n"
	answer, err := a.Answer([]byte(theirs), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	version := func(b []byte) string {
		s, err := sdp.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		return s.Origin.Version
	}
	for _, want := range []string{"a=rtpmap:115 opus/48000/2", "a=rtpmap:96 telephone-event/8000", "a=rtcp-mux", "m=audio "} {
		if !strings.Contains(string(answer), want) {
			t.Errorf("answer lacks %q:\n%s", want, answer)
		}
	}
	again, _ := a.Answer([]byte(theirs), sdp.SendRecv)
	if string(again) != string(answer) {
		t.Errorf("the same answer differs:\n%s\n%s", answer, again)
	}
	hold, _ := a.Offer(sdp.SendOnly)
	if version(hold) == version(answer) {
		t.Error("version not raised")
	}
	if text := string(hold); !strings.Contains(text, "rtpmap:115 opus") || !strings.Contains(text, "rtpmap:96 telephone-event/8000") {
		t.Errorf("numbers changed:\n%s", text)
	}
}
