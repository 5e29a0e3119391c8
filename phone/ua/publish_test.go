package ua

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

const pidfType = "application/pidf+xml"

func publish(body string) Publish {
	return Publish{ID: "me", Account: "a", Event: "presence", ContentType: pidfType, Body: []byte(body)}
}

// publisher is a registered account at a peer.
func publisher(t *testing.T) (*peer, *UA, *recorder) {
	t.Helper()
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", p.port())))
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	return p, u, r
}

func done(t *testing.T, r *recorder, want phone.ReasonID) PublishDone {
	t.Helper()
	v := next[PublishDone](t, r, nil)
	if v.ID != "me" || (v.Reason == nil) != (want == "") || v.Reason != nil && v.Reason.ID != want {
		t.Errorf("%+v (%+v), want %q", v, v.Reason, want)
	}
	return v
}

func isPublish(t *testing.T, req *sip.Request, etag, body string) {
	t.Helper()
	if headerValue(req, "SIP-If-Match") != etag || string(req.Body()) != body || headerValue(req, "Event") != "presence" ||
		(body != "") != (headerValue(req, "Content-Type") == pidfType) || req.GetHeader("Contact") != nil {
		t.Errorf("want tag %q, body %q:\n%s", etag, body, req)
	}
}

// A publication lives: made, changed, refreshed, forgotten by the exchange, lost with the registration, taken back.
func TestPublish(t *testing.T) {
	p, u, r := publisher(t)
	u.Do(publish("<a/>"))
	req := p.request(sip.PUBLISH)
	isPublish(t, req, "", "<a/>")
	aor := fmt.Sprintf("sip:alice@127.0.0.1:%d", p.port())
	if req.Recipient.String() != aor || req.To().Address.String() != aor || req.From().Address.String() != aor || headerValue(req, "Expires") != "3600" {
		t.Errorf("%s", req)
	}
	p.respond(req, 423, "Min-Expires: 4000")
	if req = p.request(sip.PUBLISH); headerValue(req, "Expires") != "4000" {
		t.Errorf("%s", req)
	}
	// What changes while it is under way follows at once.
	u.Do(publish("<b/>"))
	u.Do(publish("<c/>"))
	p.respond(req, 200, "SIP-ETag: one", "Expires: 4000")
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "one", "<c/>")
	p.respond(req, 200, "SIP-ETag: two", "Expires: 2")
	done(t, r, "")
	// The refresh has no body, is in time, and is not told.
	before := time.Now()
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "two", "")
	if late := time.Since(before); late > 2*time.Second {
		t.Errorf("refreshed after %v", late)
	}
	p.respond(req, 412)
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "", "<c/>")
	p.respond(req, 200, "SIP-ETag: three", "Expires: 600")
	if n := len(all[PublishDone](r)); n != 1 {
		t.Errorf("told %d times", n)
	}

	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 500)
	next(t, r, registered(phone.RegistrationFailed))
	u.Do(publish("<d/>"))
	p.quiet(2*t1, sip.PUBLISH)
	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 200)
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "three", "<d/>")
	p.respond(req, 412)
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "", "<d/>")
	p.respond(req, 200, "SIP-ETag: four", "Expires: 600")
	done(t, r, "")

	u.Do(Unpublish{"me"})
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "four", "")
	if headerValue(req, "Expires") != "0" {
		t.Errorf("%s", req)
	}
	p.respond(req, 200, "SIP-ETag: five", "Expires: 0")
	u.Do(Unpublish{"me"})
	p.quiet(2*t1, sip.PUBLISH)

	// Another event under the same name is another publication.
	u.Do(publish("<e/>"))
	p.respond(p.request(sip.PUBLISH), 200, "SIP-ETag: six", "Expires: 600")
	done(t, r, "")
	other := publish("<f/>")
	other.Event, other.Expires = "dialog", 60
	u.Do(other)
	seen := map[string]string{}
	for range 2 {
		req := p.request(sip.PUBLISH)
		seen[headerValue(req, "Event")] = headerValue(req, "Expires") + headerValue(req, "SIP-If-Match")
		p.respond(req, 200, "SIP-ETag: seven", "Expires: 60")
	}
	if seen["presence"] != "0six" || seen["dialog"] != "60" {
		t.Errorf("%v", seen)
	}
	done(t, r, "")
	// With its account it goes.
	u.Do(DropAccount{"a"})
	if req = p.request(sip.PUBLISH); headerValue(req, "Expires") != "0" || headerValue(req, "SIP-If-Match") != "seven" {
		t.Errorf("%s", req)
	}
	p.respond(req, 200)
	done(t, r, phone.ReasonNoAccount)
}

// The registration is seen by a publication before it is told of it: what it has sent since is not sent once more. With the
// next registration it is.
func TestPublishOncePerRegistration(t *testing.T) {
	p, u, r := publisher(t)
	u.Do(publish("<a/>"))
	req := p.request(sip.PUBLISH)
	u.mu.Lock()
	s := u.pubs["me"]
	u.mu.Unlock()
	s.box.put(accountBound{s.acct.bindings()})
	p.respond(req, 200, "SIP-ETag: one", "Expires: 600")
	done(t, r, "")
	p.quiet(2*t1, sip.PUBLISH)
	s.box.put(accountBound{s.acct.bindings() + 1})
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "one", "<a/>")
	p.respond(req, 200, "SIP-ETag: two", "Expires: 600")
	p.quiet(2*t1, sip.PUBLISH)
}

// Refusals: for good, until something changes, and to be tried again.
func TestPublishWithoutAccount(t *testing.T) {
	u, r := newUA(t, Config{})
	for i := range 100 {
		id := PubID(fmt.Sprint(i))
		a := publish("<a/>")
		a.ID, a.Account = id, "none"
		u.mu.Lock()
		u.publish(a)
		u.publish(a) // before the first one has been refused
		u.mu.Unlock()
		next(t, r, func(v PublishDone) bool { return v.ID == id && v.Reason != nil && v.Reason.ID == phone.ReasonNoAccount })
	}
}

func TestPublishRefused(t *testing.T) {
	p, u, r := publisher(t)
	for code, want := range map[int]phone.ReasonID{
		405: phone.ReasonNotSupported, 489: phone.ReasonNotSupported, 501: phone.ReasonNotSupported, 403: phone.ReasonNotPermitted,
		404: phone.ReasonNoSuchAccount, 401: phone.ReasonWrongPassword,
	} {
		u.Do(publish("<a/>"))
		p.respond(p.request(sip.PUBLISH), code)
		if v := done(t, r, want); v.Retry != 0 || v.Reason.Code != code {
			t.Errorf("%d: %+v", code, v)
		}
	}
	p.quiet(4*t1, sip.PUBLISH)
	u.Do(publish("<a/>"))
	req := p.request(sip.PUBLISH)
	p.respond(req, 423, "Min-Expires: 3")
	done(t, r, phone.ReasonTooBrief)
	u.Do(publish("<a/>"))
	p.respond(p.request(sip.PUBLISH), 503, "Retry-After: 1")
	asked := time.Now()
	if v := done(t, r, phone.ReasonServerError); v.Retry < time.Second || v.Retry > 2*time.Second {
		t.Errorf("%+v", v)
	}
	first := p.request(sip.PUBLISH)
	if wait := time.Since(asked); wait < 990*time.Millisecond {
		t.Errorf("again after %v", wait)
	}
	// No answer.
	if v := done(t, r, phone.ReasonNoReply); v.Retry == 0 {
		t.Errorf("%+v", v)
	}
	req = p.requestWhere("another PUBLISH", func(req *sip.Request) bool {
		return req.Method == sip.PUBLISH && req.CSeq().SeqNo != first.CSeq().SeqNo
	})
	p.respond(req, 200, "SIP-ETag: x", "Expires: 600")
	done(t, r, "")
	// A change that is refused leaves what was told before.
	u.Do(publish("<b/>"))
	p.respond(p.request(sip.PUBLISH), 415)
	done(t, r, phone.ReasonNotSupported)
	u.Do(publish("<c/>"))
	req = p.request(sip.PUBLISH)
	isPublish(t, req, "x", "<c/>")
	p.respond(req, 200, "SIP-ETag: y", "Expires: 600")
	done(t, r, "")
	u.Do(Unpublish{"me"})
	p.respond(p.request(sip.PUBLISH), 200)

	for _, bad := range []Publish{
		{ID: "me", Account: "none", Event: "presence", ContentType: pidfType, Body: []byte("x")},
		{ID: "me", Account: "a", Event: "a b", ContentType: pidfType, Body: []byte("x")},
		{ID: "me", Account: "a", Event: "presence", ContentType: "a/b\r\nX: y", Body: []byte("x")},
		{ID: "me", Account: "a", Event: "presence", ContentType: pidfType},
	} {
		u.Do(bad)
		if v := next[PublishDone](t, r, nil); v.Reason == nil || v.Retry != 0 {
			t.Errorf("%+v: %+v", bad, v)
		}
	}
	p.quiet(2*t1, sip.PUBLISH)
}

// Client and server together: the challenge, a change, the end with the account, and the end with the program.
func TestPublishServer(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	client, err := New(Config{Bind: loopback})
	if err != nil {
		t.Fatal(err)
	}
	said := record(client)
	client.Do(testAccount("a", "2100", server.domain()))
	client.Do(publish("<a/>")) // waits for the registration
	ask := next[PublishAsked](t, heard, nil)
	if ask.User != "2100" || string(ask.Body) != "<a/>" || ask.ContentType != pidfType {
		t.Errorf("%+v", ask)
	}
	server.Do(AcceptPublication{ask.ID})
	done(t, said, "")
	client.Do(publish("<b/>"))
	if v := next[PublishAsked](t, heard, nil); v.ID != ask.ID || string(v.Body) != "<b/>" {
		t.Errorf("%+v", v)
	}
	server.Do(AcceptPublication{ask.ID})
	done(t, said, "")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := client.Close(ctx); err != nil {
		t.Error(err)
	}
	if v := next[PublishAsked](t, heard, nil); v.ID != ask.ID || !v.Expired {
		t.Errorf("%+v", v)
	}
	client.Do(publish("<c/>"))
	client.Do(SendMessage{ID: "late", Account: "a", Target: "1"})
	said.drained()
}

// An exchange that is away does not hold up the end.
func TestCloseWithSilentPublication(t *testing.T) {
	p := newPeer(t)
	u, err := New(Config{Bind: loopback})
	if err != nil {
		t.Fatal(err)
	}
	r := record(u)
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", p.port())))
	p.respond(p.request(sip.REGISTER), 200)
	u.Do(publish("<a/>"))
	p.respond(p.request(sip.PUBLISH), 200, "SIP-ETag: x", "Expires: 600")
	next(t, r, func(v PublishDone) bool { // one that was slow to be answered goes out once more
		if v.Reason != nil {
			p.respond(p.request(sip.PUBLISH), 200, "SIP-ETag: x", "Expires: 600")
		}
		return v.Reason == nil
	})
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := u.Close(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 16*t1 {
		t.Errorf("closing took %v", took)
	}
	r.drained()
}

func TestSendMessage(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	client, said := newUA(t, Config{})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	for i, text := range []string{"Hej åäö", strings.Repeat("långt ", 400)} { // the second goes by TCP or in fragments
		client.Do(SendMessage{ID: fmt.Sprint(i), Account: "a", Target: "+46 70-123 45 67", Body: []byte(text)})
		if m := next[MessageReceived](t, heard, nil); m.User != "2100" || m.Target != "+46701234567" || m.ContentType != "text/plain;charset=utf-8" || string(m.Body) != text {
			t.Errorf("%+v", m)
		}
		if d := next[MessageDone](t, said, nil); d.ID != fmt.Sprint(i) || d.Reason != nil {
			t.Errorf("%+v %+v", d, d.Reason)
		}
	}
}

func TestSendMessageRefused(t *testing.T) {
	p, u, r := publisher(t)
	for code, want := range map[int]phone.ReasonID{
		404: phone.ReasonUnknownNumber, 405: phone.ReasonNotSupported, 415: phone.ReasonNotSupported, 403: phone.ReasonNotPermitted,
		480: phone.ReasonUnavailable, 500: phone.ReasonServerError, 401: phone.ReasonWrongPassword,
	} {
		u.Do(SendMessage{ID: "m", Account: "a", Target: "2101", ContentType: "text/html", Body: []byte("x")})
		req := p.request(sip.MESSAGE)
		if headerValue(req, "Content-Type") != "text/html" || req.Recipient.User != "2101" || req.From().Address.User != "alice" || req.GetHeader("Contact") != nil {
			t.Errorf("%s", req)
		}
		p.respond(req, code)
		if v := next[MessageDone](t, r, nil); v.ID != "m" || v.Reason == nil || v.Reason.ID != want || v.Reason.Code != code {
			t.Errorf("%d: %+v", code, v.Reason)
		}
	}
	for want, a := range map[phone.ReasonID]SendMessage{
		phone.ReasonNoAccount: {Account: "none", Target: "1"},
		phone.ReasonBadTarget: {Account: "a", Target: "1\r\nX: y"},
		phone.ReasonInternal:  {Account: "a", Target: "1", ContentType: "a/b\r\nX: y"},
	} {
		u.Do(a)
		if v := next[MessageDone](t, r, nil); v.Reason == nil || v.Reason.ID != want {
			t.Errorf("%s: %+v", want, v.Reason)
		}
	}
	// One that nobody answers ends with the program.
	u.Do(SendMessage{ID: "m", Account: "a", Target: "2101"})
	p.request(sip.MESSAGE)
}
