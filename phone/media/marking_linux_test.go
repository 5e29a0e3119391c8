package media

import (
	"net/netip"
	"syscall"
	"testing"

	"svara/audio"
	"svara/audio/codec/g711"
)

// marked is the traffic class of what a socket sends.
func marked(t *testing.T, s *socket) (class int) {
	t.Helper()
	if err := s.packets.Load().control(func(fd uintptr) {
		var err error
		if class, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return class
}

// Sound leaves marked, from both sockets, also after a move (RFC 4594).
func TestSoundIsMarked(t *testing.T) {
	s, err := Open(Config{Local: netip.MustParseAddr("127.0.0.1"), Codecs: []audio.Codec{g711.PCMU()}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check := func(when string) {
		t.Helper()
		for _, socket := range []*socket{&s.rtp, &s.rtcp} {
			if class := marked(t, socket); class != 46<<2 {
				t.Errorf("%s: class %#x", when, class)
			}
		}
	}
	check("at first")
	port := s.LocalAddr().Port()
	if err := s.Move(netip.MustParseAddr("127.0.0.2"), netip.Addr{}); err != nil {
		t.Fatal(err)
	}
	check("moved")
	if got := s.LocalAddr(); got != netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), port) {
		t.Errorf("moved to %v, the port was %d", got, port)
	}
}
