package ua

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// notifier is a subscription of somebody else's to a server (RFC 6665 4.2): one goroutine, one NOTIFY at a time.
//
//	asked ─(AcceptSubscription)─► alive ─(expiry, Expires 0, Unsubscribe, refused NOTIFY)─► over
//	  └─(RejectSubscription)─► end
type notifier struct {
	*usage
	u    *UA
	user string // who subscribed

	first    requestIn // the SUBSCRIBE that waits for our user's answer
	asked    bool      // first waits
	rejected bool      // our user did not want it
	event    string    // Event value of the NOTIFYs, with the subscriber's id
	list     bool      // the subscriber understands lists
	dialog   *dialog
	expires  int // seconds, of the last SUBSCRIBE
	until    time.Time
	body     Notify // what is so; sent again with every refresh
	due      bool   // the subscriber does not know it yet
	busy     bool   // a NOTIFY is under way
	ending   string // why it is over, as Subscription-State tells it; empty while it lives
	gone     bool   // the last NOTIFY is under way or answered
	clock    usageClock
}

const (
	// maxUsages is how many subscriptions a server has at the same time.
	maxUsages = 5000
	// defaultEventExpires is the lifetime of a subscription or publication that names none, in seconds.
	defaultEventExpires = 3600
)

// receiveSubscribe answers a SUBSCRIBE outside a dialog (RFC 6665 4.2.1).
func (u *UA) receiveSubscribe(req *sip.Request, tx *sip.ServerTx) {
	localTag := newTag()
	req.To().Params.Add("tag", localTag)
	s, ok := u.server.(*server)
	if !ok { // a phone tells nobody anything but how a transfer goes
		u.refuse489(req, tx)
		return
	}
	user, ok := s.authenticate(req, tx)
	if !ok {
		return
	}
	event, id := eventOf(req)
	if event == "" || event == "refer" {
		u.refuse489(req, tx)
		return
	}
	expires, code := s.lifetime(req)
	if code != 0 {
		u.refuseLifetime(req, tx, code)
		return
	}
	d, err := dialogFromRequest(req, localTag, u.net.cameBy(req))
	if err != nil {
		u.refuse(tx, req, 400, "Contact missing")
		return
	}
	d.reuse = u.reuses(d)
	n := &notifier{u: u, user: user, first: requestIn{req, tx}, asked: true, event: event, dialog: d, expires: expires}
	n.list = slices.ContainsFunc(append(headerValues(req, "Supported"), headerValues(req, "Require")...), func(v string) bool {
		return strings.EqualFold(v, eventList)
	})
	if id != "" {
		n.event += ";id=" + id
	}
	u.mu.Lock()
	if u.closing || len(u.usages) >= maxUsages {
		u.mu.Unlock()
		u.respondTagged(tx, req, 503, "", retryLater())
		return
	}
	u.lastSub++
	n.usage = newUsage(SubID("sub-"+strconv.FormatUint(u.lastSub, 10)), dialogKey{d.callID, localTag}, nil)
	u.subs[n.id] = n.usage
	u.usages[n.key] = n.usage
	if !u.group.Go(func() { n.run(u, n.begin, n.handle, n.end) }) {
		n.cancel()
		close(n.done)
	}
	u.mu.Unlock()
}

func (u *UA) refuse489(req *sip.Request, tx *sip.ServerTx) {
	u.respondTagged(tx, req, 489, "", sip.NewHeader("Allow-Events", "refer"))
}

func (u *UA) refuseLifetime(req *sip.Request, tx *sip.ServerTx, code int) {
	var headers []sip.Header
	if s, ok := u.server.(*server); ok && code == 423 {
		headers = append(headers, sip.NewHeader("Min-Expires", strconv.Itoa(s.cfg.MinExpires)))
	}
	u.respondTagged(tx, req, code, "", headers...)
}

// lifetime is how long a SUBSCRIBE is good for, in seconds; code is 0, 400 or 423 (RFC 6665 4.2.1.1).
func (s *server) lifetime(req *sip.Request) (expires, code int) {
	expires = defaultEventExpires
	if v := headerValue(req, "Expires"); v != "" {
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil {
			return 0, 400
		}
		expires = int(n)
	}
	if expires > 0 && expires < s.cfg.MinExpires {
		return 0, 423
	}
	return min(expires, s.cfg.MaxExpires), 0
}

func (n *notifier) begin() {
	req := n.first.req
	event, _, _ := strings.Cut(n.event, ";")
	n.u.emit(SubscribeAsked{
		ID: n.id, User: n.user, Target: userOf(req.Recipient), Event: event, Accept: strings.Join(headerValues(req, "Accept"), ", "), Expires: n.expires,
		List: n.list,
	})
	n.clock.after(n.box, n.u.clock.giveUp/2)
}

func (n *notifier) end() {
	n.clock.stop()
	if n.asked {
		n.u.respondTagged(n.first.tx, n.first.req, 503, "", retryLater())
	}
	if !n.rejected {
		n.u.emit(SubscriptionEnded{n.id})
	}
}

// handle deals with one item. It reports whether the subscription is finished.
func (n *notifier) handle(item any) bool {
	switch m := item.(type) {
	case AcceptSubscription:
		if n.asked {
			n.accept(m)
		}
	case RejectSubscription:
		if n.asked {
			n.asked, n.rejected = false, true
			code := m.Code
			if code < 300 || code > 699 {
				code = 403
			}
			n.u.refuse(n.first.tx, n.first.req, code, "")
			return true
		}
	case Notify:
		if !n.asked && isMediaType(m.ContentType) {
			n.body, n.due = m, true
			n.send()
		}
	case Unsubscribe:
		if n.asked {
			return n.handle(RejectSubscription{ID: n.id, Code: 404})
		}
		n.finish("noresource")
	case requestIn:
		n.received(m)
	case exchanged:
		n.busy = false
		return n.notified(m.result)
	case usageTimer:
		switch {
		case !n.clock.rang(m):
		case n.asked: // nobody answers
			return true
		default:
			n.finish("timeout")
		}
	case shutdown:
		if n.asked {
			return true
		}
		n.finish("deactivated") // they may subscribe at once to who comes after us
	}
	return false
}

// accept answers the SUBSCRIBE and tells how things are (RFC 6665 4.2.1.3).
func (n *notifier) accept(a AcceptSubscription) {
	in := n.first
	n.asked, n.first = false, requestIn{}
	if isMediaType(a.ContentType) {
		n.body = Notify{ID: n.id, ContentType: a.ContentType, Body: a.Body}
	}
	n.granted(in)
}

// granted answers a SUBSCRIBE and sends the NOTIFY that every one is followed by.
func (n *notifier) granted(in requestIn) {
	headers := []sip.Header{
		sip.NewHeader("Expires", strconv.Itoa(n.expires)),
		sip.NewHeader("Contact", "<"+n.u.contactURI(userOf(n.dialog.local), n.dialog.via, netip.AddrPort{})+">"),
	}
	if err := n.u.respond(in.tx, in.req, 200, "", append(headers, n.listed()...)...); err != nil {
		n.u.log.Debug("response not sent", "method", in.req.Method, "subscription", n.id, "err", err)
	}
	n.until = time.Now().Add(time.Duration(n.expires) * time.Second)
	if n.expires == 0 { // a look, or the end (RFC 6665 4.4.3)
		n.finish("timeout")
		return
	}
	n.clock.after(n.box, time.Duration(n.expires)*time.Second)
	n.due = true
	n.send()
}

// listed says that what is told is a list, where it is (RFC 4662 4.2, 4.5).
func (n *notifier) listed() []sip.Header {
	if !n.list || !strings.HasPrefix(strings.ToLower(n.body.ContentType), "multipart/related") {
		return nil
	}
	return []sip.Header{sip.NewHeader("Require", eventList)}
}

// finish ends the subscription with a last NOTIFY.
func (n *notifier) finish(why string) {
	if n.ending != "" {
		return
	}
	n.clock.stop()
	n.ending, n.due = why, true
	n.send()
}

// received deals with a request of the subscriber in the dialog (RFC 6665 4.2.1.4).
func (n *notifier) received(in requestIn) {
	u, req, tx := n.u, in.req, in.tx
	if tag, _ := req.From().Params.Get("tag"); tag != n.dialog.remoteTag {
		u.refuse(tx, req, 481, "")
		return
	}
	if req.Method != sip.SUBSCRIBE {
		u.notAllowed(req, tx)
		return
	}
	s := u.server.(*server)
	user, ok := s.authenticate(req, tx)
	if !ok {
		n.dialog.inOrder(req)
		return
	}
	event, id := eventOf(req)
	if id != "" {
		event += ";id=" + id
	}
	expires, code := s.lifetime(req)
	switch {
	case user != n.user:
		u.refuse(tx, req, 403, "")
	case !n.dialog.inOrder(req):
		u.refuse(tx, req, 500, "")
	case n.asked || n.ending != "", event != n.event:
		u.refuse(tx, req, 481, "")
	case code != 0:
		u.refuseLifetime(req, tx, code)
	default:
		n.dialog.refresh(req)
		n.dialog.via = n.u.net.cameBy(req)
		n.expires = expires
		n.granted(in)
		if len(n.listed()) > 0 && n.ending == "" {
			n.u.emit(SubscriptionRefreshed{n.id})
		}
	}
}

// send sends what is due when nothing is under way: of several bodies the newest.
func (n *notifier) send() {
	if n.busy || !n.due || n.gone {
		return
	}
	n.busy, n.due = true, false
	state := "terminated;reason=" + n.ending
	if n.ending == "" {
		left := max(time.Until(n.until).Round(time.Second)/time.Second, 0)
		state = "active;expires=" + strconv.Itoa(int(left))
	} else {
		n.gone = true
	}
	u, d := n.u, n.dialog
	w := d.way
	req := d.request(u, sip.NOTIFY)
	req.AppendHeader(sip.NewHeader("Event", n.event))
	req.AppendHeader(sip.NewHeader("Subscription-State", state))
	appendAll(req, n.listed())
	setBody(req, n.body.ContentType, n.body.Body)
	patience := u.clock.giveUp / 2
	if n.ending != "" {
		patience = u.clock.giveUp / 8
	}
	started := u.group.Go(func() {
		var done exchanged
		defer func() { n.box.put(done) }()
		hops, err := u.hopsFor(n.ctx, w, nil)
		if err != nil {
			done.err = err
			return
		}
		done.result = u.send(n.ctx, req, sending{
			hops: hops, cseq: d.nextCSeq, order: &d.order, patience: patience,
			contact: func(h hop) string { return "<" + u.contactURI(userOf(d.local), h, netip.AddrPort{}) + ">" },
		})
	})
	if !started {
		n.cancel()
	}
}

// notified deals with the response to a NOTIFY (RFC 6665 4.2.2).
func (n *notifier) notified(r result) bool {
	switch {
	case n.gone:
		return true
	case r.err == nil && (r.res.IsSuccess() || retryAfter(r.res) > 0):
		n.send()
		if len(n.listed()) > 0 && !n.busy && n.ending == "" {
			n.u.emit(NotifyTaken{n.id})
		}
		return false
	}
	n.ending = cmp.Or(n.ending, "noresource")
	return true
}
