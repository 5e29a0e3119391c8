package ua

import (
	"cmp"
	"crypto/rand"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	// maxPublications is how much is published at a server at the same time, of everybody and of one user.
	maxPublications     = 5000
	maxPublicationsUser = 16
)

// compositor keeps what users have published at a server (RFC 3903 6). Values are told while it is locked, so that they
// come in the order of what they tell.
type compositor struct {
	u   *UA
	cfg ServerConfig

	mu     sync.Mutex
	byTag  map[string]*publication // by entity tag; guarded by mu
	byID   map[string]*publication // those that wait for their first answer too; guarded by mu
	serial uint64                  // guarded by mu
	closed bool                    // guarded by mu
}

// publication is one of them. compositor.mu guards it.
type publication struct {
	id, user, event string
	tag             string     // entity tag; empty until it has been accepted
	asked           *publishIn // waits for our user's answer, or nil
	timer           *time.Timer
	gen             int // of timer; a late one is ignored
}

// publishIn is a PUBLISH that waits for our user's answer.
type publishIn struct {
	requestIn
	expires int         // seconds
	timer   *time.Timer // nobody answers
}

func newCompositor(u *UA, cfg ServerConfig) *compositor {
	return &compositor{u: u, cfg: cfg, byTag: map[string]*publication{}, byID: map[string]*publication{}}
}

// receivePublish answers a PUBLISH (RFC 3903 6).
func (u *UA) receivePublish(req *sip.Request, tx *sip.ServerTx) {
	s, ok := u.server.(*server)
	if !ok {
		u.notAllowed(req, tx)
		return
	}
	user, ok := s.authenticate(req, tx)
	if !ok {
		return
	}
	if user != userOf(req.Recipient) { // step 3: one may tell of oneself only
		u.refuse(tx, req, 403, "")
		return
	}
	event, _ := eventOf(req)
	if event == "" {
		u.refuse489(req, tx)
		return
	}
	expires, code := s.lifetime(req)
	body, kind := req.Body(), headerValue(req, "Content-Type")
	tags := req.GetHeaders("SIP-If-Match")
	switch {
	case code != 0:
	case len(tags) > 1, len(tags) == 0 && len(body) == 0, len(body) > 0 && kind == "":
		code = 400
	case len(body) > 0 && (!isMediaType(kind) || headerValue(req, "Content-Encoding") != ""):
		code = 415
	}
	if code != 0 {
		u.refuseLifetime(req, tx, code)
		return
	}
	tag := ""
	if len(tags) == 1 {
		tag = tags[0].Value()
	}
	asked := PublishAsked{User: user, Event: event, ContentType: kind, Body: body}
	if code := s.published.take(asked, tag, expires, requestIn{req, tx}); code == 503 {
		u.respondTagged(tx, req, 503, "", retryLater())
	} else if code != 0 {
		u.refuse(tx, req, code, "")
	}
}

// take begins a publication, or changes the one that has the entity tag. A code that is not 0 is the refusal.
func (c *compositor) take(asked PublishAsked, tag string, expires int, in requestIn) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 503
	}
	var p *publication
	if tag != "" {
		p = c.byTag[tag]
		if p == nil || p.user != asked.User || p.event != asked.Event {
			return 412 // step 4
		}
		if p.asked != nil { // it overtakes the one before (RFC 3903 4.1: one at a time)
			return 503
		}
		if expires == 0 {
			c.answer(in, p.tag, 0)
			c.drop(p)
			return 0
		}
	} else {
		if code := c.room(asked.User); code != 0 {
			return code
		}
		c.serial++
		p = &publication{id: "pub-" + strconv.FormatUint(c.serial, 10), user: asked.User, event: asked.Event}
		c.byID[p.id] = p
		if expires == 0 { // told and taken back in one
			expires = max(c.cfg.MinExpires, 1)
		}
	}
	waiting := &publishIn{requestIn: in, expires: expires}
	waiting.timer = time.AfterFunc(c.u.clock.giveUp/2, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if p.asked == waiting {
			c.refuse(p, 503, retryLater())
		}
	})
	p.asked = waiting
	asked.ID = p.id
	c.u.emit(asked)
	return 0
}

// room reports by a code whether a user may publish one more. c.mu is held.
func (c *compositor) room(user string) int {
	if len(c.byID) >= maxPublications {
		return 503
	}
	n := 0
	for _, p := range c.byID {
		if p.user == user {
			n++
		}
	}
	if n >= maxPublicationsUser {
		return 503
	}
	return 0
}

// accept answers the request that waits: 200 with a new entity tag (step 6).
func (c *compositor) accept(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.byID[id]
	if p == nil || p.asked == nil {
		return
	}
	in := p.waited()
	delete(c.byTag, p.tag)
	p.tag = rand.Text()
	c.byTag[p.tag] = p
	c.after(p, time.Duration(in.expires)*time.Second)
	c.answer(in.requestIn, p.tag, in.expires)
}

// waited takes the request that waits. compositor.mu is held.
func (p *publication) waited() *publishIn {
	in := p.asked
	p.asked = nil
	in.timer.Stop()
	return in
}

// reject refuses the request that waits. What was published before still holds.
func (c *compositor) reject(id string, code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.byID[id]
	if p == nil || p.asked == nil {
		return
	}
	if code < 300 || code > 699 {
		code = 403
	}
	c.refuse(p, code)
}

func (c *compositor) refuse(p *publication, code int, headers ...sip.Header) {
	c.respond(p.waited().requestIn, code, headers...)
	if p.tag == "" {
		c.forget(p)
	}
}

// answer sends a 200.
func (c *compositor) answer(in requestIn, tag string, expires int) {
	c.respond(in, 200, sip.NewHeader("SIP-ETag", tag), sip.NewHeader("Expires", strconv.Itoa(expires)))
}

// respond sends a response from a goroutine of its own: a connection may be slow.
func (c *compositor) respond(in requestIn, code int, headers ...sip.Header) {
	c.u.group.Go(func() { c.u.respondTagged(in.tx, in.req, code, "", headers...) })
}

// after sets when a publication lapses. c.mu is held.
func (c *compositor) after(p *publication, d time.Duration) {
	p.gen++
	if p.timer != nil {
		p.timer.Stop()
	}
	gen := p.gen
	p.timer = time.AfterFunc(d, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.closed || p.gen != gen {
			return
		}
		if p.asked != nil { // what comes too late is unknown (step 4)
			c.respond(p.waited().requestIn, 412)
		}
		c.drop(p)
	})
}

// drop ends a publication that was accepted. c.mu is held.
func (c *compositor) drop(p *publication) {
	c.forget(p)
	c.u.emit(PublishAsked{ID: p.id, User: p.user, Event: p.event, Expired: true})
}

func (c *compositor) forget(p *publication) {
	p.gen++
	if p.timer != nil {
		p.timer.Stop()
	}
	delete(c.byTag, p.tag)
	delete(c.byID, p.id)
}

// close stops the timers; nothing is told any more.
func (c *compositor) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, p := range c.byID {
		if p.asked != nil {
			p.waited()
		}
		c.forget(p)
	}
}

// receiveMessage answers a MESSAGE (RFC 3428 7). It is told, not delivered: hence 202.
func (s *server) receiveMessage(req *sip.Request, tx *sip.ServerTx) {
	u := s.u
	user, ok := s.authenticate(req, tx)
	if !ok {
		return
	}
	kind := cmp.Or(headerValue(req, "Content-Type"), "text/plain")
	if !isMediaType(kind) || headerValue(req, "Content-Encoding") != "" {
		u.refuse(tx, req, 415, "")
		return
	}
	if takes := s.cfg.Takes; takes != nil && !takes(userOf(req.Recipient)) {
		u.refuse(tx, req, 404, "")
		return
	}
	u.respondTagged(tx, req, 202, "")
	u.emit(MessageReceived{User: user, Target: userOf(req.Recipient), ContentType: kind, Body: req.Body()})
}
