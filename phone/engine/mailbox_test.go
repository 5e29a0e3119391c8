package engine

import (
	"testing"

	"svara/phone"
	"svara/phone/ua"
)

// TestOwnMailboxIsDialled: no target is given, the exchange's code is what is dialled and shown.
func TestOwnMailboxIsDialled(t *testing.T) {
	s := newScript(t)
	s.exchange("[call]\nmailbox = \"dial:*97{extension}\"\n")
	id := s.do(phone.Dial{How: phone.FeatureMailbox})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	user := s.s.accounts[0].User
	if v := one(s, sent[ua.Invite](s)); v.Target != "*97"+user {
		t.Errorf("dialled %q", v.Target)
	}
	if n := s.s.call(id).Remote.Number; n != "*97"+user {
		t.Errorf("shown as %q", n)
	}
	bare := newScript(t)
	bare.exchange(sipExchange)
	bare.refused(phone.Dial{How: phone.FeatureMailbox}, phone.ReasonNotSupported)
}
