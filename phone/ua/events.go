package ua

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// eventList is the option tag of RFC 4662.
const eventList = "eventlist"

// usage is one subscription outside a call, ours (subscribe.go) or a subscriber's of a server (notifier.go), or one
// publication of ours (publish.go): what the rest of the user agent sees of it. Its goroutine owns everything else.
type usage struct {
	id     SubID
	key    dialogKey
	acct   *account // ours: whose it is, or nil
	box    *mailbox[any]
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended
}

func newUsage(id SubID, key dialogKey, acct *account) *usage {
	ctx, cancel := context.WithCancel(context.Background())
	return &usage{id: id, key: key, acct: acct, box: newMailbox[any](), ctx: ctx, cancel: cancel, done: make(chan struct{})}
}

// subAction is an action for one subscription.
type subAction interface {
	Action
	sub() SubID
}

func (a Unsubscribe) sub() SubID        { return a.ID }
func (a AcceptSubscription) sub() SubID { return a.ID }
func (a RejectSubscription) sub() SubID { return a.ID }
func (a Notify) sub() SubID             { return a.ID }

// What subscriptions and publications are told besides actions and shutdown.
type (
	// accountBound: the account has registered after it was not, or from another address. It can be seen to be before this comes.
	accountBound struct{ binding int }
	// accountGone: it was dropped.
	accountGone struct{}
	// usageTimer is a timer of a subscription; a late one is ignored by its generation.
	usageTimer struct {
		clock *usageClock
		gen   int
	}
	// exchanged is the end of a SUBSCRIBE, a NOTIFY or a PUBLISH of ours.
	exchanged struct {
		result
		asked int  // seconds: of a SUBSCRIBE or PUBLISH
		fresh bool // it was to make a new dialog, or publication
		held  bool // it was not wanted any more before it went out
		epoch int  // of the subscription when it began; the version of a publication
	}
)

// run gives handle one item after the other until it reports the end. begin runs first.
func (s *usage) run(u *UA, begin func(), handle func(any) bool, end func()) {
	defer close(s.done)
	defer s.cancel()
	begin()
	for over := false; !over; {
		item, ok, _ := s.box.take()
		if ok {
			over = handle(item)
			continue
		}
		select {
		case <-s.box.wake:
		case <-s.ctx.Done():
			over = true
		}
	}
	end()
	u.forgetUsage(s)
	s.box.close()
	for { // requests that came too late
		item, ok, _ := s.box.take()
		if !ok {
			return
		}
		if in, isRequest := item.(requestIn); isRequest {
			u.refuse(in.tx, in.req, 481, "")
		}
	}
}

// usageClock is a timer of a subscription.
type usageClock struct {
	timer *time.Timer
	gen   int
}

func (c *usageClock) after(box *mailbox[any], d time.Duration) {
	c.stop()
	gen := c.gen
	c.timer = time.AfterFunc(d, func() { box.put(usageTimer{c, gen}) })
}

// rang reports whether a timer's item is this clock's and not late.
func (c *usageClock) rang(t usageTimer) bool { return t.clock == c && t.gen == c.gen }

func (c *usageClock) stop() {
	c.gen++
	if c.timer != nil {
		c.timer.Stop()
	}
}

// forgetUsage removes a subscription that is over.
func (u *UA) forgetUsage(s *usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.forgetSub(s)
	for key, other := range u.usages {
		if other == s {
			delete(u.usages, key)
		}
	}
}

// forgetSub frees the name of a subscription. u.mu is held.
func (u *UA) forgetSub(s *usage) {
	if u.subs[s.id] == s {
		delete(u.subs, s.id)
	}
}

func (u *UA) usageOf(req *sip.Request, toTag string) *usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.usages[dialogKey{req.CallID().Value(), toTag}]
}

// tellSubscribers tells the subscriptions of an account something. u.mu is held.
func (u *UA) tellSubscribers(a *account, what any) {
	for _, s := range u.usages {
		if s.acct == a {
			s.box.put(what)
		}
	}
}

// known reports whether a request outside a dialog comes from the proxy or registrar of an account.
func (u *UA) known(req *sip.Request) bool {
	from := u.net.cameBy(req)
	return from.addr.IsValid() && u.accountFor(req, from) != nil
}

// eventOf is the event package of a request, in lower case, and the id parameter. Empty when there is not exactly one.
func eventOf(req *sip.Request) (event, id string) {
	all := req.GetHeaders("Event")
	if len(all) != 1 {
		return "", ""
	}
	event, params, _ := strings.Cut(all[0].Value(), ";")
	event = strings.ToLower(strings.TrimSpace(event))
	if !isToken(event) || len(event) > 100 {
		return "", ""
	}
	id = parseParams(";"+params).GetOr("id", "")
	if id != "" && !isToken(id) {
		return "", ""
	}
	return event, id
}

// subState is a Subscription-State (RFC 6665 4.1.3).
type subState struct {
	missing bool
	over    bool          // terminated
	reason  string        // why, in lower case
	expires time.Duration // what is left; 0 unknown
	retry   time.Duration // Retry-After; 0 none
}

func subscriptionState(req *sip.Request) subState {
	value := headerValue(req, "Subscription-State")
	if value == "" {
		return subState{missing: true}
	}
	state, params, _ := strings.Cut(value, ";")
	p := parseParams(";" + params)
	s := subState{over: strings.EqualFold(strings.TrimSpace(state), "terminated"), reason: strings.ToLower(p.GetOr("reason", ""))}
	s.expires = seconds(p.GetOr("expires", ""))
	s.retry = seconds(p.GetOr("retry-after", ""))
	return s
}

// seconds reads a number of seconds, a day at most; 0 when it is none.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(min(n, 86400)) * time.Second
}
