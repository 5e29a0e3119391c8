package engine

import (
	"svara/phone"
	"svara/phone/media"
)

// security is what an account wants of its calls' sound.
func (s *state) security(id phone.AccountID) media.Security {
	a := s.account(id)
	if a == nil {
		return media.Security{}
	}
	return media.Security{Mode: a.SRTP, Keying: a.Keying}
}

// secured notes how the sound is encrypted now: not at all until there are keys.
func (c *call) secured(keying phone.Keying, suite string) {
	if suite == "" {
		keying = ""
	}
	c.SRTP, c.Security.Keying = suite, keying
}

// onClearAnswer ends a call that must be encrypted and that the peer has answered in clear: it sends in clear now,
// whatever we do. Before it is answered another may still answer otherwise (RFC 3261 13.2.2.4).
func (t *turn) onClearAnswer(c *call, why phone.Reason) {
	if c.State == phone.StateConnected {
		t.end(c, why)
	}
	c.inClear = true
}

// noSound is why an answered call can have no sound.
func (c *call) noSound() phone.Reason {
	if c.inClear {
		return phone.Reason{ID: phone.ReasonNotEncrypted}
	}
	return phone.Reason{ID: phone.ReasonNoMedia}
}

// onClearOffer tells that an offer to go on in clear was turned down: the call goes on as it was (RFC 3261 14.2).
func (t *turn) onClearOffer(c *call, why phone.Reason) {
	if why.ID == phone.ReasonNotEncrypted {
		why.Text = "kept"
		t.tell(phone.Event{Kind: phone.EventCallWarning, Call: c.ID, Account: c.Account, Reason: &why})
	}
}

// unencrypted is why a call failed: one refused for what it offered, while its account requires encryption, has most
// likely been refused for that (RFC 3261 21.4.13, 21.4.26, 21.6.4).
func (t *turn) unencrypted(c *call, why phone.Reason) phone.Reason {
	refused := why.Code == 415 || why.Code == 488 || why.Code == 606
	if refused && c.Direction == phone.Outgoing && c.Started.IsZero() && t.s.security(c.Account).Mode == phone.SRTPRequired {
		why.ID = phone.ReasonNotEncrypted
	}
	return why
}
