package media

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/codec/g711"
	"svara/phone/phonetest/speech"
	"svara/phone/sdp"
)

// A sender that is silent sends one comfort noise packet (RFC 3389) and then nothing. What is heard is the noise, for as
// long as it lasts and without a hole, and then speech again.
func TestComfortNoiseFillsASilence(t *testing.T) {
	c := newClock()
	s := newPartyAt(t, c, tempo{tick: time.Hour, silent: time.Hour, dead: time.Hour, report: time.Hour}, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(sdp.Offer(sdp.Capabilities{Addr: loopback, Port: friend.addr().Port(), Direction: sdp.SendRecv,
		Codecs: []sdp.Codec{{PT: 8, Name: "PCMA", Clock: 8000, Channels: 1}}}).Bytes(), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	payloads := transport{codec: g711.PCMA()}.coded(t, speech.Sample(2*time.Second))
	block, seq := make([]int16, audio.BlockSize), uint16(100)
	level := func(packets int, at func(i int) (pt uint8, payload []byte)) (quietest, loudest float64) {
		quietest = 1e9
		for i := range packets {
			if pt, payload := at(i); payload != nil {
				pkt := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: seq, SSRC: 3,
					Timestamp: uint32(c.now().UnixMilli() * 8)}, Payload: payload}
				seq++
				data, err := pkt.Marshal()
				if err != nil {
					t.Fatal(err)
				}
				s.net.take(data, friend.addr(), c.now())
			}
			for range 2 {
				s.Read(block)
				c.advance(10 * time.Millisecond)
				l := audiotest.RMS(block)
				quietest, loudest = min(quietest, l), max(loudest, l)
			}
		}
		return quietest, loudest
	}
	talk := func(i int) (uint8, []byte) { return 8, payloads[50+i] }
	rest := func(i int) (uint8, []byte) {
		if i == 0 {
			return comfortNoise, []byte{50}
		}
		return 0, nil
	}
	const noise = 104 // 50 dB below 32768
	level(30, talk)
	level(5, rest)
	if low, high := level(100, func(int) (uint8, []byte) { return 0, nil }); low < noise*.6 || high > noise*1.4 {
		t.Errorf("in the silence there is %.0f to %.0f, want some %d", low, high, noise)
	}
	if _, high := level(20, talk); high < 1000 {
		t.Errorf("speech after the silence is %.0f", high)
	}
	// A talk that just stops, without a word of it, is silence.
	level(30, func(int) (uint8, []byte) { return 0, nil })
	if _, high := level(10, func(int) (uint8, []byte) { return 0, nil }); high > 1 {
		t.Errorf("after a talk that stopped there is %.0f", high)
	}
	if a := testing.AllocsPerRun(100, func() { s.Read(block) }); a != 0 {
		t.Errorf("Read allocates %.0f times", a)
	}
}
