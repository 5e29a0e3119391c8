package pbxdemo

import (
	"slices"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// bridge is a call between two registered users: leg a from the caller, a leg to each phone of the called until one
// answers. Descriptions pass through untouched, so sound flows between the phones themselves. The loop owns it.
type bridge struct {
	p        *PBX
	a        ua.LegID
	branches []ua.LegID // still ringing
	b        ua.LegID   // the phone that answered; empty until then
	code     int        // the best refusal so far
	timer    *time.Timer
	over     bool
	late     bool                // the caller made no offer: his answer comes with the ACK
	last     map[ua.LegID][]byte // each side's last description
	asker    ua.LegID            // whose re-INVITE waits for the other side's answer
}

// bridge calls the phones of a user.
func (p *PBX) bridge(c call) {
	bindings := slices.DeleteFunc(p.ua.Bindings(c.Target), func(b ua.Binding) bool { return b.Source == c.Source }) // not the caller's own
	if len(bindings) == 0 {
		code := 480
		if c.Target == c.User {
			code = 486
		}
		p.ua.Do(ua.Reject{Leg: c.Leg, Code: code})
		return
	}
	g := &bridge{p: p, a: c.Leg, late: c.SDP == nil, last: map[ua.LegID][]byte{c.Leg: c.SDP}}
	p.legs[c.Leg] = g
	from := p.identity(c.User, c.From.Name)
	for _, b := range bindings {
		leg := p.newLeg()
		g.branches = append(g.branches, leg)
		p.legs[leg] = g
		p.ua.Do(ua.Invite{Leg: leg, Target: c.Target, To: b.Contact, From: from, SDP: c.SDP})
	}
	g.timer = p.after(ringLimit, func() {
		if g.b == "" {
			g.code = 480
			g.cancel("")
		}
	})
}

// cancel gives up all ringing phones but one.
func (g *bridge) cancel(except ua.LegID) {
	for _, leg := range g.branches {
		if leg != except {
			g.p.ua.Do(ua.Hangup{Leg: leg})
		}
	}
}

// other is the leg across.
func (g *bridge) other(leg ua.LegID) ua.LegID {
	if leg == g.a {
		return g.b
	}
	return g.a
}

// handle implements handler.
func (g *bridge) handle(v ua.Value) {
	switch v := v.(type) {
	case ua.Progress:
		g.progress(v)
	case ua.Answered:
		g.answered(v)
	case ua.Confirmed:
		g.confirmed(v)
	case ua.Offered:
		g.offered(v)
	case ua.OfferAnswered:
		g.last[v.Leg] = v.SDP
		if asker := g.asker; asker != "" {
			g.asker = ""
			g.p.ua.Do(ua.AnswerOffer{Leg: asker, SDP: v.SDP})
		}
	case ua.OfferFailed:
		if asker := g.asker; asker != "" {
			g.asker = ""
			code := 488
			if v.Reason.Code == 491 {
				code = 491
			}
			g.p.ua.Do(ua.RejectOffer{Leg: asker, Code: code})
		}
	case ua.InfoReceived:
		if to := g.other(v.Leg); to != "" {
			g.p.ua.Do(ua.Info{Leg: to, ContentType: v.ContentType, Body: v.Body})
		}
	case ua.Ended:
		g.ended(v)
	}
}

// progress passes ringing on. Early sound only when there is one phone: two cannot both be heard.
func (g *bridge) progress(v ua.Progress) {
	if g.b != "" || v.Code < 180 || v.Code == 181 || v.Code == 182 {
		return
	}
	ring := ua.Ring{Leg: g.a}
	if len(g.branches) == 1 && !g.late {
		ring.SDP = v.SDP
	}
	g.p.ua.Do(ring)
}

func (g *bridge) answered(v ua.Answered) {
	if g.b != "" || g.over { // two answered at once: the second is let go
		g.p.ua.Do(ua.Hangup{Leg: v.Leg})
		return
	}
	g.b = v.Leg
	g.timer.Stop()
	g.cancel(v.Leg)
	g.last[v.Leg] = v.SDP
	g.p.ua.Do(ua.Answer{Leg: g.a, SDP: v.SDP})
}

// confirmed passes on an answer that came with an ACK: of a call without an offer, or of a re-INVITE without one.
func (g *bridge) confirmed(v ua.Confirmed) {
	if v.SDP == nil {
		return
	}
	g.last[v.Leg] = v.SDP
	switch {
	case g.late && v.Leg == g.a:
		g.late = false
		g.p.ua.Do(ua.AnswerOffer{Leg: g.b, SDP: v.SDP})
	case g.b != "":
		g.p.ua.Do(ua.Offer{Leg: g.other(v.Leg), SDP: v.SDP})
	}
}

// offered passes a re-INVITE across. One without an offer gets what the other side said last: that is still true.
func (g *bridge) offered(v ua.Offered) {
	to := g.other(v.Leg)
	switch {
	case to == "" || g.asker != "":
		g.p.ua.Do(ua.RejectOffer{Leg: v.Leg, Code: 491}) // RFC 3261 14.2: one at a time
	case v.SDP == nil:
		g.p.ua.Do(ua.AnswerOffer{Leg: v.Leg, SDP: g.last[to]})
	default:
		g.asker = v.Leg
		g.last[v.Leg] = v.SDP
		g.p.ua.Do(ua.Offer{Leg: to, SDP: v.SDP})
	}
}

func (g *bridge) ended(v ua.Ended) {
	switch {
	case v.Leg == g.a:
		g.over = true
		g.timer.Stop()
		g.cancel(g.b)
		if g.b != "" {
			g.p.ua.Do(ua.Hangup{Leg: g.b})
		}
	case v.Leg == g.b:
		g.over = true
		g.p.ua.Do(ua.Hangup{Leg: g.a})
	default:
		g.branches = slices.DeleteFunc(g.branches, func(leg ua.LegID) bool { return leg == v.Leg })
		if code := refusal(v.Reason); rank(code) > rank(g.code) {
			g.code = code
		}
		if len(g.branches) == 0 && g.b == "" && !g.over {
			g.over = true
			g.timer.Stop()
			g.p.ua.Do(ua.Reject{Leg: g.a, Code: g.code})
		}
	}
}

// refusal is the code to pass on for a phone that did not take the call.
func refusal(r phone.Reason) int {
	switch {
	case r.Code == 486 || r.Code == 600 || r.Code == 603 || r.Code == 488 || r.Code == 415:
		return r.Code
	case r.ID == phone.ReasonRemoteDeclined:
		return 603
	}
	return 480 // away, silent, gone: all the caller needs to know
}

// rank orders refusals by what the caller learns (RFC 3261 16.7 step 6).
func rank(code int) int {
	switch {
	case code >= 600:
		return 4
	case code == 486:
		return 3
	case code == 480:
		return 1
	case code == 0:
		return 0
	}
	return 2
}
