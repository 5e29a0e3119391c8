package media

import (
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/codec/opus"
	"svara/phone/sdp"
)

// A peer that takes only so many bits a second is sent no more, from the first packet on, and again more when a later answer
// does not say so any more.
func TestNoMoreIsSentThanThePeerTakes(t *testing.T) {
	c := newClock()
	s, friend := newParty(t, c, opus.Codec()), newPeer(t)
	speech := audiotest.Speech(4 * audio.Rate)
	rate := func(fmtp string) int {
		t.Helper()
		offer := sdp.Offer(sdp.Capabilities{Addr: loopback, Port: friend.addr().Port(), Direction: sdp.SendRecv,
			Codecs: []sdp.Codec{{PT: 96, Name: "opus", Clock: 48000, Channels: 2, Fmtp: fmtp}}})
		if _, err := s.Answer(offer.Bytes(), sdp.SendRecv); err != nil {
			t.Fatal(err)
		}
		bytes, buf := 0, make([]byte, 2000)
		for at := 0; at < len(speech); at += audio.BlockSize {
			s.Write(speech[at : at+audio.BlockSize])
			c.advance(10 * time.Millisecond)
			if at%(2*audio.BlockSize) == 0 {
				continue
			}
			if err := friend.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			n, err := friend.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			bytes += n - 12
		}
		return bytes * 8 / 4
	}
	free := rate("useinbandfec=1")
	tight := rate("useinbandfec=1;maxaveragebitrate=20000")
	again := rate("useinbandfec=1")
	t.Logf("%d, %d and %d bit/s", free, tight, again)
	if tight > 24000 || free < 2*tight || again < 2*tight {
		t.Errorf("%d bit/s, %d where 20000 are taken, %d again", free, tight, again)
	}
}
