package engine

import (
	"testing"

	"svara/phone"
	"svara/phone/ua"
)

// A call shows how its signalling travels now, and with that how well it is protected.
func TestHowSignallingTravels(t *testing.T) {
	s := newDesk(t)
	id := s.calls("in-1", ua.Incoming{Transport: phone.TransportTLS}, phone.Caller{})
	now := func() phone.Transport { return s.snapshot().Call(id).Security.Signalling }
	if now() != phone.TransportTLS {
		t.Errorf("an incoming call by TLS shows %q", now())
	}
	s.sip(ua.Travels{Leg: "another", Transport: phone.TransportUDP})
	if now() != phone.TransportTLS {
		t.Errorf("somebody else's leg changed it to %q", now())
	}
	s.sip(ua.Travels{Leg: "in-1", Transport: phone.TransportUDP})
	if now() != phone.TransportUDP {
		t.Errorf("a message in clear shows %q", now())
	}
}
