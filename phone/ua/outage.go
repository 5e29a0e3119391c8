package ua

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// failed deals with a REGISTER that did not succeed: tell it, and plan the next.
//
// A registrar that is away is looked at every few seconds without a REGISTER, and gets one as soon as it shows life; in
// between a few REGISTERs go out all the same, for registrars that answer nothing else. So the phone is back within
// seconds, and a minute's outage costs at most ten REGISTERs.
func (r *registration) failed(why phone.Reason, wait time.Duration) {
	onlyUser := why.ID == phone.ReasonWrongPassword || why.ID == phone.ReasonNoSuchAccount ||
		why.ID == phone.ReasonBadAccount || why.ID == phone.ReasonTooBrief
	if onlyUser && !r.succeeded {
		r.stopTimer()
		r.forgetFlow()
		r.out = outage{}
		r.say(phone.Registration{State: phone.RegistrationFailed, Reason: &why})
		return
	}
	r.out.tries++
	r.out.refused = why.ID == phone.ReasonRefused
	certificate := why.ID == phone.ReasonCertificate
	r.out.waits = wait > 0 || certificate // looking again and again would be as many handshakes
	if r.out.tries == 1 {
		r.out.looks, r.out.lastCode = 0, why.Code
	}
	if wait == 0 {
		wait = r.pause(onlyUser, certificate)
	}
	if flow := r.a.currentFlow(); why.ID == phone.ReasonNoReply && flow.network != "UDP" && flow.addr.IsValid() {
		r.u.net.streams(flow).drop(flow) // it may have died without a word
	}
	r.forgetFlow()
	r.say(phone.Registration{State: phone.RegistrationFailed, RetryAt: time.Now().Add(wait), Reason: &why})
	r.after(wait)
}

// pause is the time to the next REGISTER, in units that follow T1 (500 ms): 2 s, then some 7 s for the first minute,
// then longer and longer up to a minute.
func (r *registration) pause(onlyUser, certificate bool) time.Duration {
	unit := r.u.clock.t1
	d := 14 * unit
	switch {
	case onlyUser: // the credentials were right a while ago: the PBX is probably starting
		d = 20 * unit
	case certificate: // somebody has to put another one there
		d = 60 * unit
	case r.out.tries == 1 && !r.silent():
		d = 4 * unit
	case r.silent():
		d = 17 * unit
	}
	if r.out.tries > 9 {
		d = min(d*time.Duration(r.out.tries-8), 120*unit)
	}
	return jitter(d)
}

// silent reports whether nothing at all came back.
func (r *registration) silent() bool { return !r.out.refused && r.out.lastCode == 0 }

// forgetFlow: what we were registered by may be another machine's next time.
func (r *registration) forgetFlow() {
	r.a.mu.Lock()
	defer r.a.mu.Unlock()
	r.a.flow = hop{}
}

// beat is done every two and a half seconds: look after the way to the registrar, and at the registrar while it is away.
func (r *registration) beat() {
	now := time.Now()
	wall, mono := now.Round(0).Sub(r.wall), now.Sub(r.mono)
	r.wall, r.mono = now.Round(0), now
	r.beats++
	if r.busy != nil || r.stopping {
		return
	}
	flow := r.a.currentFlow()
	switch r.state {
	case phone.RegistrationRegistered:
		if d := wall - mono; d > 10*time.Second || d < -10*time.Second {
			// The machine slept, or its clock was set: timers did not run as the registrar's did.
			r.u.log.Info("registering again after a jump of the clock", "account", r.a.id, "jump", d)
			r.register()
			return
		}
		if r.elsewhere(flow) {
			return
		}
		if every := int(r.u.clock.keepalive / r.u.clock.outage); r.beats%every == 0 {
			r.u.net.keepAlive(flow)
		}
		if flow.network == "UDP" && r.beats%2 == 0 {
			r.look(func(ctx context.Context) lookDone {
				return lookDone{up: r.u.net.probe(ctx, flow.addr, r.u.clock.t1) == nil}
			})
		}
	case phone.RegistrationFailed:
		if r.out.tries > 0 && !r.out.waits {
			refused := r.out.refused
			r.look(func(ctx context.Context) lookDone { return r.a.look(ctx, refused) })
		}
	}
}

// elsewhere registers anew when our address towards the registrar is another than the one that is bound, and reports
// whether it is.
func (r *registration) elsewhere(flow hop) bool {
	if local, err := r.u.net.localAddr(flow.addr.Addr()); err == nil && local == r.local {
		return false
	}
	r.u.log.Info("our address has changed", "account", r.a.id)
	r.leaveFlow(flow)
	r.register()
	return true
}

// leaveFlow lets go of what belongs to the address we had.
func (r *registration) leaveFlow(flow hop) {
	if streams := r.u.net.streams(flow); streams != nil {
		streams.drop(flow) // nothing comes back to where we were
	}
	r.u.net.dropStale()
	r.moved = false
	r.a.mu.Lock()
	r.a.public = netip.AddrPort{} // as seen from the old one
	r.a.mu.Unlock()
}

// lookAround is done when the system tells of other addresses or routes: registered, it sees whether ours is among them; in
// an outage it tries again, as that may have been the reason. A REGISTER on its way from an address that is gone gets no
// answer: another one takes its place.
func (r *registration) lookAround() {
	if r.stopping || r.replace != nil || r.state == phone.RegistrationUnregistering {
		return
	}
	flow := r.a.currentFlow()
	switch {
	case r.busy != nil:
		if r.a.otherWay(r.u.net) {
			r.leaveFlow(flow)
			r.retryBusy = true
			r.busy()
		}
	case r.state == phone.RegistrationRegistered:
		r.elsewhere(flow)
	case r.state == phone.RegistrationFailed && r.out.tries > 0 && !r.out.waits:
		if r.a.otherWay(r.u.net) {
			r.register()
		}
	}
}

// tries notes where a REGISTER is about to go.
func (a *account) tries(h hop) {
	local, _ := a.u.net.localAddr(h.addr.Addr()) // not valid where there is no way
	a.mu.Lock()
	defer a.mu.Unlock()
	a.toward, a.from = h.addr, local
}

// otherWay reports whether a REGISTER now would leave by another address than the last one did.
func (a *account) otherWay(n *network) bool {
	a.mu.Lock()
	toward, from := a.toward, a.from
	a.mu.Unlock()
	if !toward.IsValid() {
		return true // its name could not be looked up
	}
	local, err := n.localAddr(toward.Addr())
	return err == nil && local != from
}

// look runs one look at the registrar; lookDone comes back.
func (r *registration) look(fn func(context.Context) lookDone) {
	if r.out.looking {
		return
	}
	r.out.looking = true
	r.u.group.Go(func() {
		ctx, cancel := context.WithTimeout(r.a.ctx, r.u.clock.outage*2)
		defer cancel()
		r.a.box.put(fn(ctx))
	})
}

// looked deals with what a look saw.
func (r *registration) looked(m lookDone) {
	r.out.looking = false
	if r.busy != nil || r.stopping {
		return
	}
	switch r.state {
	case phone.RegistrationRegistered:
		if !m.up {
			r.u.log.Info("nobody listens at the registrar", "account", r.a.id)
			r.register()
		}
	case phone.RegistrationFailed:
		r.out.looks++
		before, first := r.out.lastCode, r.out.looks == 1
		r.out.lastCode = m.code
		switch {
		case !m.up || r.out.tries == 0:
		case r.out.refused, before == 0, // it listens again, or it speaks again
			before >= 500 && m.code < 500 && !first: // it refuses work no longer; a first look says nothing about that
			r.out.seen = true
			r.register()
		}
	}
}

// look sees whether the registrar is back: by connecting, by asking whether anybody listens, or by OPTIONS.
func (a *account) look(ctx context.Context, refused bool) lookDone {
	hops, err := a.hops(ctx)
	if err != nil {
		return lookDone{}
	}
	u := a.u
	for _, h := range hops {
		if streams := u.net.streams(h); streams != nil {
			if refused {
				if _, err := streams.connect(ctx, h, u.clock.outage); err == nil {
					return lookDone{up: true}
				}
				continue
			}
		} else if refused {
			// Only a machine that answers nothing more with a refusal may be up; then the REGISTER itself shows it.
			if u.net.probe(ctx, h.addr, u.clock.t1) == nil {
				return lookDone{up: true}
			}
			continue
		}
		conf := a.account()
		uri, err := parseURI("sip:" + conf.Domain)
		if err != nil {
			return lookDone{}
		}
		aor := uri
		aor.User = escapeUser(conf.User)
		req := u.newRequest(sip.OPTIONS, uri, aor, "", newTag(), uri, "", "", newCallID())
		if route := proxyRoute(conf); route != "" {
			req.AppendHeader(sip.NewHeader("Route", route))
		}
		cseq := rand.Uint32N(1 << 16)
		r := u.send(ctx, req, sending{hops: []hop{h.flow()}, patience: 2 * u.clock.t1, cseq: func() uint32 { return cseq }})
		if r.err == nil {
			return lookDone{up: true, code: r.res.StatusCode}
		}
	}
	return lookDone{}
}

// retryAfter is how long a refusal asks us to wait (RFC 3261 20.33), or 0.
func retryAfter(res *sip.Response) time.Duration {
	digits, _, _ := strings.Cut(headerValue(res, "Retry-After"), ";")
	digits, _, _ = strings.Cut(digits, "(")
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(min(n, 3600)) * time.Second
}
