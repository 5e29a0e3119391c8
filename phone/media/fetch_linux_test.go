package media

import (
	"runtime"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone/sdp"
)

// While the audio loop comes by, it takes the packets itself, each with the time at which it came; when it does not any
// more, the reading goroutine does, what waits included.
func TestTheAudioLoopFetches(t *testing.T) {
	c := newClock()
	slow := quick
	slow.tick = 100 * time.Millisecond
	s := newPartyAt(t, c, slow, g711.PCMA())
	friend := newPeer(t)
	if _, err := s.Answer(friend.description(sdp.SendRecv), sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	enc, talk := encoder(t), sine(1000, 8000)
	block := make([]int16, audio.BlockSize)
	taken := func() uint64 {
		s.net.mutex.Lock()
		defer s.net.mutex.Unlock()
		return s.net.count.total
	}
	until := func(what string, met func() bool) {
		t.Helper()
		for limit := time.Now().Add(20 * time.Second); !met(); runtime.Gosched() {
			if time.Now().After(limit) {
				t.Fatal(what)
			}
		}
	}
	until("the audio loop is not noticed", func() bool {
		s.Read(block)
		return s.net.fetcher.on.Load()
	})
	for range 50 {
		friend.say(t, s.LocalAddr(), enc, talk)
		friend.barrier(t, s)
	}
	// It is told since when a packet has waited, whatever errors of what was sent wait before it.
	gone := newPeer(t)
	refusing := gone.addr()
	gone.Close()
	until("the audio loop does not fetch", func() bool {
		s.Read(block)
		if !s.net.fetcher.on.Load() {
			return false
		}
		before := taken()
		s.net.turn.Lock() // nobody takes it meanwhile
		s.heard.Store(0)
		for range 3 {
			_ = s.post([]byte{0}, refusing) // or the error of the one before it
		}
		friend.say(t, s.LocalAddr(), enc, talk)
		said := time.Now()
		s.net.turn.Unlock()
		waited := time.Since(said)
		s.net.fetch()
		return taken() > before && c.now().UnixNano()-s.heard.Load() >= int64(waited)
	})
	for range 3 {
		before := taken()
		friend.say(t, s.LocalAddr(), enc, talk)
		until("nobody has taken over", func() bool { return taken() > before })
	}
	if s.net.fetcher.on.Load() {
		t.Error("the audio loop has gone, and is waited for")
	}
}
