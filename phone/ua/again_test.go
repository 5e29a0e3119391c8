package ua

import (
	"context"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// talks is a call of alice's that has been answered.
func (p *streamPeer) talks(u *UA, r *recorder) {
	p.t.Helper()
	p.respond(p.callOut(u, r), 200, p.theirs(), "Allow: INVITE, ACK, BYE, UPDATE", "v="+sdpB[2:])
	p.request(sip.ACK)
	next[Answered](p.t, r, nil)
}

// hangsUp ends that call.
func (p *streamPeer) hangsUp(u *UA, r *recorder) {
	p.t.Helper()
	u.Do(Hangup{Leg: "1"})
	p.respond(p.request(sip.BYE), 200)
	if e := next[Ended](p.t, r, nil); e.Reason.ID != phone.ReasonHangup {
		p.t.Errorf("%+v", e)
	}
}

func isAgain(t *testing.T, before, after *sip.Request) {
	t.Helper()
	if branchOf(after) != branchOf(before) || after.CSeq().SeqNo != before.CSeq().SeqNo {
		t.Errorf("not the same request:\n%s\n%s", before, after)
	}
}

// The connection dies under a re-INVITE, which goes out again as it was; then they are told where we are.
func TestReinviteByAnotherConnection(t *testing.T) {
	for name, trying := range map[string]bool{"heard of": true, "silence": false} {
		t.Run(name, func(t *testing.T) {
			overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
				p.talks(u, r)
				u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
				inv := p.request(sip.INVITE)
				if trying {
					p.respond(inv, 100)
				}
				again := p.cut(is(sip.INVITE))[0].(*sip.Request)
				isAgain(t, inv, again)
				p.respond(again, 200, p.theirs(), "Allow: INVITE, ACK, BYE, UPDATE", "v="+sdpB[2:])
				p.request(sip.ACK)
				next[OfferAnswered](t, r, nil)
				update := p.request(sip.UPDATE)
				if c := headerValue(update, "Contact"); p.tls != nil && c != p.contact() {
					t.Errorf("they are told of %s, not %s", c, p.contact())
				}
				p.respond(update, 200, p.theirs())
				p.hangsUp(u, r)
			})
		})
	}
}

// What became of it has been said to the connection that is gone: it is offered anew. Who is not yet done with the one before
// is asked later (RFC 3261 14.2).
func TestReinviteAnew(t *testing.T) {
	for name, code := range map[string]int{"silence": 0, "dealt with": 500} {
		t.Run(name, func(t *testing.T) {
			overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
				p.talks(u, r)
				u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
				inv := p.request(sip.INVITE)
				again := p.cut(is(sip.INVITE))[0].(*sip.Request)
				if code != 0 {
					p.respond(again, code)
					p.request(sip.ACK)
				}
				anew := p.request(sip.INVITE)
				if anew.CSeq().SeqNo <= inv.CSeq().SeqNo || branchOf(anew) == branchOf(inv) || string(anew.Body()) != sdpC {
					t.Errorf("%s", anew)
				}
				p.respond(anew, 500, "Retry-After: 0")
				p.request(sip.ACK)
				later := p.request(sip.INVITE)
				p.respond(later, 200, p.theirs(), "Allow: INVITE, ACK, BYE, UPDATE", "v="+sdpB[2:])
				p.request(sip.ACK)
				next[OfferAnswered](t, r, nil)
				p.hangsUp(u, r)
				if failed := all[OfferFailed](r); len(failed) > 0 {
					t.Errorf("%+v", failed)
				}
			})
		})
	}
}

// The connection dies under a call before anybody has said a word: whether the INVITE has arrived is not known, so it goes out
// again as it was and rings once. Who says nothing to that, or that it is the same call, and cannot tell us more is taken at
// its word: that call is taken back before another one is placed.
func TestCallByAnotherConnection(t *testing.T) {
	for name, code := range map[string]int{"it had not arrived, or is absorbed": 180, "silence": 0, "merged": 482} {
		t.Run(name, func(t *testing.T) {
			overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
				u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
				inv := p.request(sip.INVITE)
				again := p.cut(is(sip.INVITE))[0].(*sip.Request)
				isAgain(t, inv, again)
				if again.CallID().Value() != inv.CallID().Value() || headerValue(again, "Via") != headerValue(inv, "Via") {
					t.Errorf("not the same call:\n%s\n%s", inv, again)
				}
				call := again
				if code != 0 {
					p.respond(again, code, p.theirs())
				}
				if code != 180 {
					var cancel *sip.Request
					for cancel == nil {
						switch req := p.request(""); req.Method {
						case sip.CANCEL:
							cancel = req
						case sip.INVITE:
							t.Fatalf("placed anew while it may ring:\n%s", req)
						}
					}
					if branchOf(cancel) != branchOf(inv) {
						t.Errorf("%s", cancel)
					}
					p.respond(cancel, 200)
					call = p.request(sip.INVITE)
					if branchOf(call) == branchOf(inv) || call.CSeq().SeqNo <= inv.CSeq().SeqNo {
						t.Errorf("not another one:\n%s", call)
					}
				}
				p.respond(call, 200, p.theirs(), "Allow: INVITE, ACK, BYE, UPDATE", "v="+sdpB[2:])
				p.request(sip.ACK)
				next[Answered](t, r, nil)
				p.hangsUp(u, r)
			})
		})
	}
}

// Hung up in the silence after it, or just before: what may ring is taken back, and nothing is placed anew.
func TestHungUpBeforeAnAnswer(t *testing.T) {
	for name, before := range map[string]bool{"before the cut": true, "after it": false} {
		t.Run(name, func(t *testing.T) {
			overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
				u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
				inv := p.request(sip.INVITE)
				hangUp := func() {
					u.Do(Hangup{Leg: "1"})
					if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonCancelled {
						t.Errorf("%+v", e)
					}
				}
				var cancel *sip.Request
				if before {
					hangUp()
					cancel = p.cut(is(sip.CANCEL))[0].(*sip.Request)
				} else {
					p.cut(is(sip.INVITE))
					hangUp()
					cancel = p.request(sip.CANCEL)
				}
				if branchOf(cancel) != branchOf(inv) {
					t.Errorf("%s", cancel)
				}
				p.respond(cancel, 200)
				u.Do(RegisterNow{}) // what comes next is no INVITE
				for req := p.request(""); req.Method != sip.REGISTER; req = p.request("") {
					p.held = append(p.held, req)
				}
				for _, req := range p.held {
					if req.Method == sip.INVITE {
						t.Errorf("%s", req)
					}
				}
			})
		})
	}
}

// So do the others: one hang-up, one transfer, one digit, none of them twice.
func TestRequestsByAnotherConnection(t *testing.T) {
	for _, c := range []struct {
		method sip.RequestMethod
		do     Action
	}{
		{sip.BYE, Hangup{Leg: "1"}},
		{sip.INFO, Info{Leg: "1", ContentType: "application/dtmf-relay", Body: []byte("Signal=1")}},
		{sip.REFER, Refer{Leg: "1", Target: "sip:2199@pbx.test"}},
	} {
		t.Run(string(c.method), func(t *testing.T) {
			overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
				p.talks(u, r)
				u.Do(c.do)
				req := p.request(c.method)
				again := p.cut(is(c.method))[0].(*sip.Request)
				isAgain(t, req, again)
				p.respond(again, 202)
				switch c.method {
				case sip.BYE:
					next[Ended](t, r, nil)
					return
				case sip.REFER:
					next[ReferAccepted](t, r, nil)
				}
				p.respond(p.request(sip.UPDATE), 200, p.theirs()) // where we are now
				p.hangsUp(u, r)
			})
		})
	}
}

// The exchange is away for a moment: what is asked of it meanwhile reaches it then. When it does not come back the call's
// hold fails in words.
func TestReinviteWaitsForAConnection(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.talks(u, r)
		u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
		p.request(sip.INVITE)
		p.l.Close()
		p.drop()
		if v := next[OfferFailed](t, r, nil); v.Reason.ID != phone.ReasonNoNetwork && v.Reason.ID != phone.ReasonRefused {
			t.Errorf("%+v", v)
		}
	})
}

// Nobody waits for an exchange that is gone when we end.
func TestCloseWithoutTheExchange(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.talks(u, r)
		p.l.Close()
		p.drop()
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := u.Close(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > u.clock.giveUp/4 {
			t.Errorf("closing took %v", took)
		}
	})
}

// They come with another offer before they have acknowledged the answer to the one before, whose connection they have lost.
func TestOfferedAnewWithoutACK(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	for range 2 {
		c.send("INVITE", sdpA)
		next[Offered](t, r, nil)
		u.Do(AnswerOffer{Leg: "1", SDP: []byte(sdpB)})
		for code := 0; code != 200; code = c.first() {
		}
	}
	c.send("ACK", "")
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup {
		t.Errorf("%+v", e)
	}
}
