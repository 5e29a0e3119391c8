package ua

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Binding is one place where a user of the server side can be reached.
type Binding struct {
	Contact string         // URI to give to Invite.To
	Source  netip.AddrPort // where its REGISTER came from
	Expires time.Time

	network string // "UDP" or "TCP": what the REGISTER came by
	callID  string // of the REGISTER: its CSeq counts within it
	cseq    uint32
	serial  uint64 // grows with every update: the newest is called first
}

type (
	// Bound says that a user has registered a contact, or renewed it.
	Bound struct {
		User    string
		Contact string
		Expires time.Time
		Source  netip.AddrPort
		New     bool // the contact was not bound before
	}
	// Unbound says that a contact is no longer bound: un-registered, or expired.
	Unbound struct {
		User    string
		Contact string
		Expired bool
	}
)

func (Bound) value()   {}
func (Unbound) value() {}

const (
	maxBindings = 16   // of one user; the oldest gives way, as phones restarted on another port leave theirs behind
	defaultBind = 3600 // seconds, when a REGISTER asks for nothing (RFC 3261 10.3 step 7)
)

// registrar is the location service: contacts by user. Safe for concurrent use; values are told while it is locked, so
// that they come in the order of what they tell.
type registrar struct {
	now  func() time.Time
	tell func(Value)

	mu     sync.Mutex
	users  map[string][]Binding // guarded by mu
	serial uint64               // guarded by mu
	timer  *time.Timer          // guarded by mu; runs expire at the next expiry
	closed bool                 // guarded by mu
}

func newRegistrar(now func() time.Time, tell func(Value)) *registrar {
	return &registrar{now: now, tell: tell, users: map[string][]Binding{}}
}

// wanted is what a REGISTER asks for.
type wanted struct {
	all      bool // Contact: * — drop everything
	contacts []wantedContact
	callID   string
	cseq     uint32
}

type wantedContact struct {
	uri     string
	expires int // seconds; 0 drops it
}

// readBindings reads the Contacts of a REGISTER (RFC 3261 10.3 steps 6 and 7). code is 0, 400 or 423.
func readBindings(req *sip.Request, least, most int) (w wanted, code int) {
	w.callID, w.cseq = req.CallID().Value(), req.CSeq().SeqNo
	general := defaultBind
	if v := headerValue(req, "Expires"); v != "" {
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil {
			return w, 400
		}
		general = int(n)
	}
	values := headerValues(req, "Contact")
	for _, v := range values {
		if v == "*" {
			if len(values) != 1 || general != 0 || headerValue(req, "Expires") == "" {
				return w, 400
			}
			w.all = true
			return w, 0
		}
		a, err := parseNameAddr(v)
		if err != nil {
			return w, 400
		}
		uri, err := parseURI(a.uri)
		if err != nil || uri.Scheme != "sip" {
			return w, 400
		}
		expires := general
		if p, ok := a.params.Get("expires"); ok {
			n, err := strconv.ParseUint(p, 10, 32)
			if err != nil { // RFC 3261 20.10: malformed is taken as 3600
				n = 3600
			}
			expires = int(n)
		}
		if expires > 0 && expires < least {
			return w, 423
		}
		w.contacts = append(w.contacts, wantedContact{a.uri, min(expires, most)})
	}
	if len(w.contacts) > maxBindings {
		return w, 400
	}
	return w, 0
}

// update carries out a REGISTER. It is all or nothing: false when a later REGISTER of the same phone came before.
func (r *registrar) update(user string, w wanted, network string, source netip.AddrPort) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.expireLocked()
	old := r.users[user]
	overtaken := func(b Binding) bool { return b.callID == w.callID && w.cseq <= b.cseq }
	index := func(list []Binding, uri string) int {
		return slices.IndexFunc(list, func(b Binding) bool { return sameContact(b.Contact, uri) })
	}
	if w.all {
		if slices.ContainsFunc(old, overtaken) {
			return false
		}
		for _, b := range old {
			r.tell(Unbound{User: user, Contact: b.Contact})
		}
		delete(r.users, user)
		r.plan()
		return true
	}
	for _, c := range w.contacts {
		if i := index(old, c.uri); i >= 0 && overtaken(old[i]) {
			return false
		}
	}
	list := slices.Clone(old)
	for _, c := range w.contacts {
		i := index(list, c.uri)
		if c.expires == 0 {
			if i >= 0 {
				r.tell(Unbound{User: user, Contact: list[i].Contact})
				list = slices.Delete(list, i, i+1)
			}
			continue
		}
		r.serial++
		b := Binding{
			Contact: c.uri, Source: source, Expires: r.now().Add(time.Duration(c.expires) * time.Second),
			network: network, callID: w.callID, cseq: w.cseq, serial: r.serial,
		}
		if i >= 0 {
			list[i] = b
		} else {
			list = append(list, b)
		}
		r.tell(Bound{User: user, Contact: b.Contact, Expires: b.Expires, Source: source, New: i < 0})
	}
	slices.SortFunc(list, func(a, b Binding) int { return cmp.Compare(b.serial, a.serial) })
	for len(list) > maxBindings {
		r.tell(Unbound{User: user, Contact: list[len(list)-1].Contact})
		list = list[:len(list)-1]
	}
	if r.users[user] = list; len(list) == 0 {
		delete(r.users, user)
	}
	r.plan()
	return true
}

// bindings is a user's places, the newest first.
func (r *registrar) bindings(user string) []Binding {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expireLocked()
	return slices.Clone(r.users[user])
}

// find is the binding of a contact, whoever's it is.
func (r *registrar) find(contact string) (Binding, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expireLocked()
	for _, list := range r.users {
		for _, b := range list {
			if sameContact(b.Contact, contact) {
				return b, true
			}
		}
	}
	return Binding{}, false
}

// expireLocked drops what has lapsed. r.mu must be held.
func (r *registrar) expireLocked() {
	now := r.now()
	for user, list := range r.users {
		kept := slices.DeleteFunc(slices.Clone(list), func(b Binding) bool {
			lapsed := !now.Before(b.Expires)
			if lapsed {
				r.tell(Unbound{User: user, Contact: b.Contact, Expired: true})
			}
			return lapsed
		})
		if r.users[user] = kept; len(kept) == 0 {
			delete(r.users, user)
		}
	}
}

// plan sets the timer to the next expiry. r.mu must be held.
func (r *registrar) plan() {
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	var next time.Time
	for _, list := range r.users {
		for _, b := range list {
			if next.IsZero() || b.Expires.Before(next) {
				next = b.Expires
			}
		}
	}
	if next.IsZero() || r.closed {
		return
	}
	r.timer = time.AfterFunc(max(next.Sub(r.now()), 0), func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.closed {
			return
		}
		r.expireLocked()
		r.plan()
	})
}

// close stops the timer; nothing is told any more.
func (r *registrar) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.plan()
}

// sameContact compares URIs as RFC 3261 19.1.4 wants, as far as phones differ: scheme, user, host, port and transport.
func sameContact(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := parseURI(a)
	y, errY := parseURI(b)
	if errX != nil || errY != nil {
		return false
	}
	return x.Scheme == y.Scheme && unescapeURI(x.User) == unescapeURI(y.User) && strings.EqualFold(x.Host, y.Host) && x.Port == y.Port &&
		strings.EqualFold(x.UriParams.GetOr("transport", ""), y.UriParams.GetOr("transport", ""))
}
