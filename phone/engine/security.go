package engine

import (
	"fmt"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
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

// proposals are what is offered one after the other to an exchange that refuses it, where encryption is optional: as an
// attribute of sound in clear, then in a profile of its own, with the keys agreed as the account likes and the other way,
// and at last not at all.
func proposals(like phone.Keying) []media.Proposal {
	if like == phone.KeyingDTLS {
		return []media.Proposal{media.ProposeUsual, media.ProposeDTLS, media.ProposeSDES, media.ProposeClear}
	}
	return []media.Proposal{media.ProposeUsual, media.ProposeSDES, media.ProposeDTLS, media.ProposeClear}
}

// propose places a call once more that was refused for what it offered (RFC 3261 21.4.7, 21.4.26, 21.6.4) before it rang,
// with the next of the proposals. It reports whether it does.
func (t *turn) propose(c *call, why phone.Reason) bool {
	security := t.s.security(c.Account)
	refused := why.Code == 406 || why.Code == 415 || why.Code == 488 || why.Code == 606
	list := proposals(security.Keying)
	if !refused || security.Mode != phone.SRTPOptional || c.Direction != phone.Outgoing || c.refusals >= len(list)-1 ||
		c.rang || c.live || !calling(c.State) || c.endReason.ID != phone.ReasonNone {
		return false
	}
	c.refusals++
	c.leg = ua.LegID(fmt.Sprintf("out-%d.%d", c.ID, c.refusals))
	c.legEnded, c.invited, c.callID = false, false, ""
	t.do(fxPropose{c.ID, list[c.refusals]})
	return true
}

// proposeAfterAnswer does so with a call that was answered without any stream, as Asterisk answers an offer whose profile its
// endpoint is not set to. It may have rung: nobody could hear anybody.
func (t *turn) proposeAfterAnswer(c *call, answer []byte) bool {
	theirs, err := sdp.Parse(answer)
	if err != nil || !theirs.Refused() || c.live {
		return false
	}
	leg := c.leg
	c.rang = false
	if !t.propose(c, phone.Reason{ID: phone.ReasonNoMedia, Code: 488}) {
		return false
	}
	t.do(fxSIP{ua.Hangup{Leg: leg}})
	t.enter(c, phone.StateDialing)
	return true
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
