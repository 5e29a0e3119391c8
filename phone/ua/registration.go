package ua

import (
	"context"
	"crypto/rand"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// What an account's goroutine is told.
type (
	accountReplace struct{ PutAccount }
	accountNow     struct{}
	accountStop    struct{}
	flowLost       struct{ to hop }
	registerDone   struct {
		result
		asked   int    // seconds
		contact string // the Contact that was sent
		gone    bool   // it was an un-REGISTER
	}
	lookDone struct {
		up   bool
		code int
	}
	accountTimer struct{ gen int }
	pulse        struct{}
)

// registration is the registration FSM of one account: one goroutine, one REGISTER at a time (RFC 3261 10.2).
//
//	off ─► registering ─► registered ─(refresh)─► registered ...
//	           │  ▲            │ no answer, flow lost, address changed
//	           ▼  │ retry      ▼
//	         failed ◄──────────┘           any ─► unregistering ─► off
type registration struct {
	a *account
	u *UA

	state     phone.RegistrationState
	busy      context.CancelFunc // ends the REGISTER under way; nil when there is none
	retryBusy bool               // RegisterNow came while one was under way
	expires   int                // seconds to ask for; raised by 423
	contact   string             // the Contact that is bound
	local     netip.Addr         // our address when it was bound
	known     struct {           // what calls know of both
		contact string
		local   netip.Addr
		by      netip.AddrPort // our end of the connection
	}
	succeeded bool        // these credentials have worked
	moved     bool        // the Contact was corrected already in this round (rport)
	replace   *PutAccount // to apply when the un-REGISTER is done
	stopping  bool

	timer *time.Timer
	gen   int // of timer; a late one is ignored

	out   outage
	sent  []time.Time // REGISTERs of the last minute
	beats int
	wall  time.Time // wall clock of the last pulse, without its monotonic part
	mono  time.Time
}

// outage is what is known while the registrar does not do its work.
type outage struct {
	tries    int
	refused  bool // the last try was refused by the machine itself
	waits    bool // Retry-After: no looks
	looking  bool // a look is under way
	lastCode int  // of the last look: SIP status, 0 silence
	looks    int  // made
	seen     bool // the last look has seen life
}

// maxPerMinute is how many REGISTERs go out in a minute of trouble, retransmissions apart.
const maxPerMinute = 9

func (u *UA) startAccount(p PutAccount) *account {
	ctx, cancel := context.WithCancel(context.Background())
	a := &account{
		id: p.Account.ID, u: u, box: newMailbox[any](), ctx: ctx, cancel: cancel, done: make(chan struct{}),
		callID: newCallID(), turns: newTurns(), pace: newPace(u.cfg.SubscribeRate), conf: p.Account, secret: p.Password,
		realms: map[string]bool{}, trust: map[netip.AddrPort]bool{},
	}
	if !u.group.Go(func() {
		defer close(a.done)
		defer cancel()
		r := &registration{a: a, u: u, state: phone.RegistrationOff}
		r.run()
		u.mu.Lock()
		u.retire(a)
		u.mu.Unlock()
	}) {
		cancel()
		close(a.done)
	}
	return a
}

func newCallID() string { return rand.Text() }
func newTag() string    { return rand.Text()[:16] }

func (r *registration) run() {
	defer r.stopTimer()
	r.expires = r.asked()
	r.wall, r.mono = time.Now().Round(0), time.Now()
	beat := time.AfterFunc(r.u.clock.outage, func() { r.a.box.put(pulse{}) })
	defer beat.Stop()
	r.register()
	for {
		item, ok, more := r.a.box.take()
		switch {
		case ok:
			if _, isPulse := item.(pulse); isPulse {
				beat.Reset(r.u.clock.outage)
			}
			if r.handle(item) {
				r.a.box.close()
				return
			}
		case !more:
			return
		default:
			select {
			case <-r.a.box.wake:
			case <-r.a.ctx.Done():
				if r.busy != nil {
					r.busy()
				}
				return
			}
		}
	}
}

// asked is the binding lifetime to ask for, in seconds.
func (r *registration) asked() int {
	if e := r.a.account().Expires; e > 0 {
		return e
	}
	return phone.DefaultExpires
}

// handle deals with one item. It reports whether the account is finished.
func (r *registration) handle(item any) bool {
	switch m := item.(type) {
	case registerDone:
		r.busy()
		r.busy = nil
		if m.gone {
			return r.unregistered()
		}
		if r.stopping || r.replace != nil {
			return r.leave()
		}
		if r.retryBusy {
			r.retryBusy = false
			r.register()
			return false
		}
		r.finished(m)
	case accountTimer:
		if m.gen == r.gen && r.busy == nil && !r.stopping {
			r.register()
		}
	case accountNow:
		r.out = outage{}
		r.sent = nil
		if r.busy == nil {
			r.register()
		} else if !r.stopping && r.state != phone.RegistrationUnregistering {
			r.retryBusy = true
			r.busy()
		}
	case accountReplace:
		r.replace = &m.PutAccount
		if r.busy == nil {
			return r.leave()
		}
		r.busy()
	case accountStop:
		r.stopping = true
		if r.busy == nil {
			return r.leave()
		}
		if r.state != phone.RegistrationUnregistering {
			r.busy()
		}
	case flowLost:
		if r.a.currentFlow().flow() == m.to && r.state == phone.RegistrationRegistered && r.busy == nil {
			r.u.log.Info("connection to the registrar is gone", "account", r.a.id)
			if r.lately(); len(r.sent) > maxPerMinute/2 { // one that closes after every answer would keep us at it
				r.after(jitter(20 * r.u.clock.t1))
			} else {
				r.register()
			}
		}
	case lookDone:
		r.looked(m)
	case pulse:
		r.beat()
	case addressesChanged:
		r.lookAround()
	}
	return false
}

func (a *account) currentFlow() hop {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flow
}

// flowLost tells the accounts that a connection has ended.
func (u *UA) flowLost(to hop) {
	for _, a := range u.sortedAccounts() {
		a.box.put(flowLost{to})
	}
}

// say tells a new state, and the same one with new times.
func (r *registration) say(reg phone.Registration) {
	r.state = reg.State
	r.u.emit(RegistrationChanged{Account: r.a.id, Registration: reg})
}

func (r *registration) stopTimer() {
	r.gen++
	if r.timer != nil {
		r.timer.Stop()
	}
}

func (r *registration) after(d time.Duration) {
	r.stopTimer()
	gen := r.gen
	r.timer = time.AfterFunc(d, func() { r.a.box.put(accountTimer{gen}) })
}

// lately keeps of r.sent what is younger than a minute, and says how long a minute is: 120*T1.
func (r *registration) lately() time.Duration {
	minute := 120 * r.u.clock.t1
	r.sent = slices.DeleteFunc(r.sent, func(t time.Time) bool { return time.Since(t) > minute })
	return minute
}

// register sends a REGISTER (RFC 3261 10.2.1).
func (r *registration) register() {
	r.stopTimer()
	now, minute := time.Now(), r.lately()
	limit := maxPerMinute
	if r.out.seen { // what a look has seen is worth one more
		limit++
		r.out.seen = false
	}
	if len(r.sent) >= limit && r.out.tries > 0 {
		r.after(max(r.u.clock.t1, minute-now.Sub(r.sent[0])))
		return
	}
	r.sent = append(r.sent, now)
	if r.state != phone.RegistrationRegistered && r.state != phone.RegistrationRegistering && r.out.tries == 0 {
		r.say(phone.Registration{State: phone.RegistrationRegistering})
	}
	patience := r.u.clock.register
	if r.out.tries > 0 && !r.out.refused && r.out.lastCode == 0 {
		patience = r.u.clock.t1 * 9 / 10 // it has been silent: one packet is enough to see whether it still is
	}
	r.exchange(r.expires, patience, false)
}

// exchange runs one REGISTER and its challenges; registerDone comes back.
func (r *registration) exchange(expires int, patience time.Duration, gone bool) {
	ctx, cancel := context.WithCancel(r.a.ctx)
	r.busy = cancel
	a, u, old := r.a, r.u, r.contact
	started := u.group.Go(func() {
		done := registerDone{asked: expires, gone: gone}
		defer func() { a.box.put(done) }()
		hops, err := a.hops(ctx)
		if err != nil {
			done.err = err
			return
		}
		req, err := a.registerRequest(expires)
		if err != nil {
			done.err = err
			return
		}
		a.tries(hops[0])
		done.result = u.send(ctx, req, sending{
			hops: hops, account: a, patience: patience,
			cseq: a.nextRegister,
			contact: func(h hop) string {
				done.contact = a.contactURI(h)
				value := "<" + done.contact + ">;expires=" + strconv.Itoa(expires)
				if old != "" && old != done.contact && !gone {
					value += ", <" + old + ">;expires=0" // the address has changed: the old binding would ring into the void
				}
				return value
			},
		})
	})
	if !started {
		cancel()
		a.cancel()
	}
}

func (a *account) nextRegister() uint32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.regCSeq++
	return a.regCSeq
}

// registerRequest makes a REGISTER without Via and Contact.
func (a *account) registerRequest(expires int) (*sip.Request, error) {
	conf := a.account()
	uri, err := parseURI("sip:" + conf.Domain)
	if err != nil {
		return nil, phone.Refuse(phone.ReasonBadAccount, "domain")
	}
	aor := uri
	aor.User = escapeUser(conf.User)
	req := a.u.newRequest(sip.REGISTER, uri, aor, quoteName(conf.DisplayName), newTag(), aor, "", "", a.callID)
	if route := proxyRoute(conf); route != "" {
		req.AppendHeader(sip.NewHeader("Route", route))
	}
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(expires)))
	req.AppendHeader(sip.NewHeader("Allow", allowed))
	return req, nil
}

// finished deals with the end of a REGISTER.
func (r *registration) finished(m registerDone) {
	switch {
	case m.err != nil:
		r.failed(phone.ReasonOf(m.err), 0)
	case m.res.IsSuccess():
		r.bound(m)
	case m.res.StatusCode == 423: // RFC 3261 10.2.8
		least, err := strconv.Atoi(headerValue(m.res, "Min-Expires"))
		if err != nil || least <= m.asked || least > 86400 {
			r.failed(phone.Reason{ID: phone.ReasonTooBrief, Code: 423, Text: m.res.Reason}, 0)
			return
		}
		r.expires = least
		r.register()
	default:
		r.failed(registerReason(m.res), retryAfter(m.res))
	}
}
