package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone/ua/digest"
)

// outsider sends requests outside dialogs by hand, with the answer to the server's challenge.
type outsider struct {
	*call
	auth digest.Client
	user string
}

func (p *peer) outsider(u *UA, user, target string) *outsider {
	return &outsider{user: user, call: &call{
		p: p, target: u.uri(target), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
		from: fmt.Sprintf("<%s>;tag=%s", p.uri(user), p.tag), to: "<" + u.uri(target) + ">",
	}}
}

// ask sends a request, answers the challenge, and does not wait for the response to that.
func (o *outsider) ask(method, body string, headers ...string) {
	o.p.t.Helper()
	o.send(method, body, headers...)
	res := o.p.response(sip.RequestMethod(method), 401)
	all, err := digest.ParseAll(headerValue(res, "WWW-Authenticate"))
	if err != nil {
		o.p.t.Fatal(err)
	}
	value, err := o.auth.Authorize(all[0], o.user, "secret", method, o.target, []byte(body))
	if err != nil {
		o.p.t.Fatal(err)
	}
	o.send(method, body, append(headers, "Authorization: "+value)...)
}

const presenceType = "Content-Type: application/pidf+xml"

func TestPublicationRefused(t *testing.T) {
	p := newPeer(t)
	u, _ := newServerUA(t, ServerConfig{MinExpires: 5, MaxExpires: 50})
	for _, c := range []struct {
		code            int
		target, body    string
		header, header2 string
	}{
		{403, "2101", "<a/>", "Event: presence", presenceType}, // somebody else
		{489, "2100", "<a/>", "X: no Event", presenceType},
		{423, "2100", "<a/>", "Event: presence\r\nExpires: 4", presenceType},
		{400, "2100", "<a/>", "Event: presence\r\nExpires: x", presenceType},
		{400, "2100", "", "Event: presence", "Expires: 30"}, // nothing told
		{415, "2100", "<a/>", "Event: presence", "Content-Type: pidf"},
		{415, "2100", "<a/>", "Event: presence\r\nContent-Encoding: gzip", presenceType},
		{412, "2100", "<a/>", "Event: presence\r\nSIP-If-Match: unknown", presenceType},
		{412, "2100", "", "Event: presence\r\nSIP-If-Match: unknown\r\nExpires: 0", "X: y"},
		{400, "2100", "<a/>", "Event: presence\r\nSIP-If-Match: a\r\nSIP-If-Match: b", presenceType},
	} {
		o := p.outsider(u, "2100", c.target)
		o.ask("PUBLISH", c.body, append(strings.Split(c.header, "\r\n"), c.header2)...)
		if res := p.response(sip.PUBLISH, c.code); c.code == 423 && headerValue(res, "Min-Expires") != "5" {
			t.Errorf("%s", res)
		}
	}
}

// A publication lives: made, refreshed, changed, refused to change, and taken back; another lapses.
func TestPublicationLives(t *testing.T) {
	p := newPeer(t)
	u, r := newServerUA(t, ServerConfig{MaxExpires: 50})
	o := p.outsider(u, "2100", "2100")
	o.ask("PUBLISH", "<a/>", "Event: Presence", presenceType, "Expires: 100")
	v := next[PublishAsked](t, r, nil)
	if v.User != "2100" || v.Event != "presence" || string(v.Body) != "<a/>" || v.ContentType != "application/pidf+xml" || v.Expired || v.ID == "" {
		t.Errorf("%+v", v)
	}
	u.Do(AcceptPublication{v.ID})
	res := p.response(sip.PUBLISH, 200)
	tag := headerValue(res, "SIP-ETag")
	if tag == "" || headerValue(res, "Expires") != "50" {
		t.Errorf("%s", res)
	}

	// Somebody else's tag is of no use.
	evil := p.outsider(u, "2101", "2101")
	evil.ask("PUBLISH", "", "Event: presence", "SIP-If-Match: "+tag, "Expires: 0")
	p.response(sip.PUBLISH, 412)

	o.ask("PUBLISH", "", "Event: presence", "SIP-If-Match: "+tag)
	if v2 := next[PublishAsked](t, r, nil); v2.ID != v.ID || len(v2.Body) != 0 || v2.Expired {
		t.Errorf("%+v", v2)
	}
	u.Do(AcceptPublication{v.ID})
	old, res := tag, p.response(sip.PUBLISH, 200)
	if tag = headerValue(res, "SIP-ETag"); tag == old || tag == "" {
		t.Errorf("%s", res)
	}
	o.ask("PUBLISH", "", "Event: presence", "SIP-If-Match: "+old)
	p.response(sip.PUBLISH, 412)

	o.ask("PUBLISH", "<b/>", "Event: presence", presenceType, "SIP-If-Match: "+tag)
	if v2 := next[PublishAsked](t, r, nil); v2.ID != v.ID || string(v2.Body) != "<b/>" {
		t.Errorf("%+v", v2)
	}
	// While it waits another does not overtake it.
	other := p.outsider(u, "2100", "2100")
	other.ask("PUBLISH", "", "Event: presence", "SIP-If-Match: "+tag)
	if res := p.response(sip.PUBLISH, 503); headerValue(res, "Retry-After") == "" {
		t.Errorf("%s", res)
	}
	u.Do(RejectPublication{v.ID, 488})
	p.response(sip.PUBLISH, 488)
	o.ask("PUBLISH", "", "Event: presence", "SIP-If-Match: "+tag, "Expires: 0")
	if res := p.response(sip.PUBLISH, 200); headerValue(res, "Expires") != "0" {
		t.Errorf("%s", res)
	}
	if e := next[PublishAsked](t, r, nil); e.ID != v.ID || !e.Expired || e.User != "2100" {
		t.Errorf("%+v", e)
	}

	o.ask("PUBLISH", "<c/>", "Event: presence", presenceType, "Expires: 1")
	v = next[PublishAsked](t, r, nil)
	u.Do(AcceptPublication{v.ID})
	p.response(sip.PUBLISH, 200)
	if e := next[PublishAsked](t, r, nil); e.ID != v.ID || !e.Expired {
		t.Errorf("%+v", e)
	}
	// One that nobody answers is refused, and nothing of it stays.
	o.ask("PUBLISH", "<d/>", "Event: presence", presenceType)
	next[PublishAsked](t, r, nil)
	p.response(sip.PUBLISH, 503)
	// One is rejected with a code that is none.
	o.ask("PUBLISH", "<d/>", "Event: presence", presenceType)
	u.Do(RejectPublication{next[PublishAsked](t, r, nil).ID, 200})
	p.response(sip.PUBLISH, 403)
	// A user has a number of them at most.
	for range maxPublicationsUser {
		o.ask("PUBLISH", "<e/>", "Event: presence", presenceType)
		u.Do(AcceptPublication{next[PublishAsked](t, r, nil).ID})
		p.response(sip.PUBLISH, 200)
	}
	o.ask("PUBLISH", "<e/>", "Event: presence", presenceType)
	p.response(sip.PUBLISH, 503)
}

func TestMessageToServer(t *testing.T) {
	p := newPeer(t)
	u, r := newServerUA(t, ServerConfig{})
	o := p.outsider(u, "2100", "+46701234567")
	o.ask("MESSAGE", "Hej på dig", "Content-Type: text/plain;charset=utf-8")
	p.response(sip.MESSAGE, 202)
	if m := next[MessageReceived](t, r, nil); m.User != "2100" || m.Target != "+46701234567" || m.ContentType != "text/plain;charset=utf-8" || string(m.Body) != "Hej på dig" {
		t.Errorf("%+v", m)
	}
	o.ask("MESSAGE", "x", "Content-Type: text")
	p.response(sip.MESSAGE, 415)
	if n := len(all[MessageReceived](r)); n != 1 {
		t.Errorf("%d messages", n)
	}
	o.send("OPTIONS", "")
	if res := p.response(sip.OPTIONS, 200); !strings.Contains(headerValue(res, "Allow"), "PUBLISH") {
		t.Errorf("%s", res)
	}
}

// A subscriber that understands lists is told as one, and gets one as such.
func TestNotifierList(t *testing.T) {
	p := newPeer(t)
	u, r := newServerUA(t, ServerConfig{})
	for _, header := range []string{"Supported: replaces, eventlist", "Require: EventList", "Supported: replaces"} {
		s := p.subscriber(u, "2100", "2101")
		s.ask("Event: presence", "Expires: 600", header)
		v := next[SubscribeAsked](t, r, nil)
		want := header != "Supported: replaces"
		if v.List != want {
			t.Errorf("%s: %+v", header, v)
		}
		u.Do(AcceptSubscription{ID: v.ID, ContentType: "multipart/related;boundary=b", Body: []byte("--b--")})
		if res := p.response(sip.SUBSCRIBE, 200); (headerValue(res, "Require") == "eventlist") != want {
			t.Errorf("%s", res)
		}
		n := p.request(sip.NOTIFY)
		if (headerValue(n, "Require") == "eventlist") != want {
			t.Errorf("%s", n)
		}
		p.respond(n, 200)
	}
}
