package media

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone/sdp"
)

// A peer with our SSRC: we take another one and say goodbye for that (RFC 3550 8.2). One that has the new one as well sends
// us our own packets, as an echo does: then it stays.
func TestSourceThatIsTaken(t *testing.T) {
	c := newClock()
	s := newParty(t, c, g711.PCMA())
	friend := newPeer(t)
	offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", "a=rtcp-mux\r\na=sendrecv", 1)
	if _, err := s.Answer([]byte(offer), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	enc, talk := encoder(t), sine(1000, 8000)
	block := make([]int16, audio.BlockSize)
	speak := func() {
		c.advance(20 * time.Millisecond)
		s.Write(block)
		s.Write(block)
		friend.say(t, s.LocalAddr(), enc, talk)
		friend.barrier(t, s)
	}
	speak()
	old := s.ssrc.Load()
	if old == friend.ssrc {
		t.Fatal("the same by chance")
	}
	friend.ssrc = old
	speak()
	fresh := s.ssrc.Load()
	if fresh == old {
		t.Fatal("kept")
	}
	for bye := false; !bye; {
		for _, p := range report(t, friend.UDPConn) {
			if b, ok := p.(*rtcp.Goodbye); ok {
				if bye = true; len(b.Sources) != 1 || b.Sources[0] != old {
					t.Errorf("goodbye for %v, not %d", b.Sources, old)
				}
			}
		}
	}
	friend.ssrc = fresh
	speak()
	speak()
	if s.ssrc.Load() != fresh {
		t.Error("an echo drives us from one to the next")
	}
	c.advance(10 * time.Second)
	for {
		if sr, ok := report(t, friend.UDPConn)[0].(*rtcp.SenderReport); ok && sr.PacketCount == 4 {
			if sr.SSRC != fresh {
				t.Errorf("sends as %d", sr.SSRC)
			}
			return
		}
	}
}
