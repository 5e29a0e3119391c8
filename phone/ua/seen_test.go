package ua

import (
	"net/netip"
	"testing"
)

func TestSeenOutside(t *testing.T) {
	for _, c := range []struct{ own, seen, registrar, want string }{
		{"192.168.1.7", "203.0.113.9", "198.51.100.1", "203.0.113.9"},
		{"10.1.2.3", "100.64.0.9", "198.51.100.1", "100.64.0.9"}, // a provider's own translator: still nearer
		{"192.168.1.7", "192.168.1.7", "198.51.100.1", ""},
		{"192.168.1.7", "10.0.0.9", "198.51.100.1", ""},
		{"192.168.1.7", "203.0.113.9", "10.0.0.1", ""}, // a registrar by tunnel
		{"203.0.113.7", "203.0.113.9", "198.51.100.1", ""},
		{"127.0.0.1", "127.0.0.2", "127.0.0.1", ""},
		{"fd00::7", "203.0.113.9", "198.51.100.1", ""},
	} {
		got := seenOutside(netip.MustParseAddr(c.own), netip.MustParseAddr(c.seen), netip.MustParseAddr(c.registrar))
		if want := (netip.Addr{}); c.want != "" {
			if want = netip.MustParseAddr(c.want); got != want {
				t.Errorf("%+v: %v", c, got)
			}
		} else if got != want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
