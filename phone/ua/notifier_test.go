package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone/ua/digest"
)

// subscribes sends SUBSCRIBEs of one dialog by hand, with the answer to the server's challenge.
type subscriber struct {
	*call
	auth digest.Client
	user string
}

func (p *peer) subscriber(u *UA, user, target string) *subscriber {
	return &subscriber{user: user, call: &call{
		p: p, target: u.uri(target), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
		from: fmt.Sprintf("<%s>;tag=%s", p.uri(user), p.tag), to: "<" + u.uri(target) + ">",
	}}
}

// ask sends a SUBSCRIBE, answers the challenge, and does not wait for the response to that.
func (s *subscriber) ask(headers ...string) {
	s.p.t.Helper()
	s.send("SUBSCRIBE", "", headers...)
	res := s.p.response(sip.SUBSCRIBE, 401)
	all, err := digest.ParseAll(headerValue(res, "WWW-Authenticate"))
	if err != nil {
		s.p.t.Fatal(err)
	}
	value, err := s.auth.Authorize(all[0], s.user, "secret", "SUBSCRIBE", s.target, nil)
	if err != nil {
		s.p.t.Fatal(err)
	}
	s.send("SUBSCRIBE", "", append(headers, "Authorization: "+value)...)
}

func TestNotifier(t *testing.T) {
	p := newPeer(t)
	u, r := newServerUA(t, ServerConfig{MinExpires: 5, MaxExpires: 50})
	for _, c := range []struct {
		code    int
		headers []string
	}{
		{489, []string{"X: no Event"}}, {489, []string{"Event: refer"}}, {489, []string{"Event: a b"}}, {489, []string{"Event: dialog", "Event: presence"}},
		{400, []string{"Event: dialog", "Expires: -1"}}, {400, []string{"Event: dialog", "Expires: 99999999999"}}, {423, []string{"Event: dialog", "Expires: 4"}},
		{400, []string{"Event: dialog", "no contact"}},
	} {
		p.subscriber(u, "2100", "2101").ask(c.headers...)
		if res := p.response(sip.SUBSCRIBE, c.code); c.code == 423 && headerValue(res, "Min-Expires") != "5" {
			t.Errorf("%s", res)
		}
	}
	s := p.subscriber(u, "2100", "2101")
	s.ask("Event: dialog;id=7", "Accept: a/b, c/d", "Expires: 1000")
	v := next[SubscribeAsked](t, r, nil)
	if v.User != "2100" || v.Target != "2101" || v.Event != "dialog" || v.Accept != "a/b, c/d" || v.Expires != 50 {
		t.Errorf("%+v", v)
	}
	u.Do(AcceptSubscription{ID: v.ID, ContentType: "a/b", Body: []byte("one")})
	res := p.response(sip.SUBSCRIBE, 200)
	if headerValue(res, "Expires") != "50" || headerValue(res, "Contact") == "" {
		t.Errorf("%s", res)
	}
	s.learn(res)
	n := p.request(sip.NOTIFY)
	if headerValue(n, "Event") != "dialog;id=7" || headerValue(n, "Subscription-State") != "active;expires=50" || string(n.Body()) != "one" ||
		headerValue(n, "Content-Type") != "a/b" || n.From().Params.GetOr("tag", "") != res.To().Params.GetOr("tag", "") {
		t.Errorf("%s", n)
	}
	// While it is unanswered news pile up, and only the newest goes out.
	for _, body := range []string{"two", "three", "four"} {
		u.Do(Notify{ID: v.ID, ContentType: "a/b", Body: []byte(body)})
	}
	u.Do(Notify{ID: v.ID, ContentType: "bad\r\nX: y", Body: []byte("x")})
	p.respond(n, 200)
	if n = p.request(sip.NOTIFY); string(n.Body()) != "four" {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)

	// In the dialog: by others, out of order, about something else.
	evil := p.subscriber(u, "2109", "2101")
	evil.callID, evil.to, evil.from, evil.cseq = s.callID, s.to, s.from, 20
	evil.ask("Event: dialog;id=7", "Expires: 0")
	p.response(sip.SUBSCRIBE, 403)
	forged := *s.call
	forged.from = strings.Replace(s.from, p.tag, "forged", 1)
	forged.send("SUBSCRIBE", "", "Event: dialog;id=7", "Expires: 0")
	p.response(sip.SUBSCRIBE, 481)
	s.cseq = 30
	s.ask("Event: dialog", "Expires: 30")
	p.response(sip.SUBSCRIBE, 481)
	s.send("MESSAGE", "")
	p.response(sip.MESSAGE, 405)

	s.ask("Event: dialog;id=7", "Expires: 30")
	if res := p.response(sip.SUBSCRIBE, 200); headerValue(res, "Expires") != "30" {
		t.Errorf("%s", res)
	}
	if n = p.request(sip.NOTIFY); string(n.Body()) != "four" || headerValue(n, "Subscription-State") != "active;expires=30" {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)
	s.cseq = 3
	s.ask("Event: dialog;id=7", "Expires: 30")
	p.response(sip.SUBSCRIBE, 500)
	s.cseq = 50
	s.ask("Event: dialog;id=7", "Expires: 0")
	p.response(sip.SUBSCRIBE, 200)
	if n = p.request(sip.NOTIFY); headerValue(n, "Subscription-State") != "terminated;reason=timeout" {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)
	if e := next[SubscriptionEnded](t, r, nil); e.ID != v.ID {
		t.Errorf("%+v", e)
	}
	u.Do(Notify{ID: v.ID, ContentType: "a/b", Body: []byte("late")})
	p.quiet(2*t1, sip.NOTIFY)
}

// One look without a subscription (RFC 6665 4.4.3); a subscriber that has gone away; one that nobody answers; expiry.
func TestNotifierEnds(t *testing.T) {
	p := newPeer(t)
	u, r := newServerUA(t, ServerConfig{})
	ask := func(expires int) SubID {
		s := p.subscriber(u, "2100", "2101")
		s.ask("Event: dialog", fmt.Sprint("Expires: ", expires))
		return next[SubscribeAsked](t, r, nil).ID
	}
	accept := func(id SubID) {
		u.Do(AcceptSubscription{ID: id, ContentType: "a/b", Body: []byte("one")})
		p.response(sip.SUBSCRIBE, 200)
	}
	ended := func(id SubID) {
		t.Helper()
		if e := next[SubscriptionEnded](t, r, nil); e.ID != id {
			t.Errorf("%+v, want %s", e, id)
		}
	}
	id := ask(0)
	accept(id)
	n := p.request(sip.NOTIFY)
	if headerValue(n, "Subscription-State") != "terminated;reason=timeout" || string(n.Body()) != "one" {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)
	ended(id)

	id = ask(600)
	accept(id)
	p.respond(p.request(sip.NOTIFY), 481)
	ended(id)

	id = ask(1)
	accept(id)
	p.respond(p.request(sip.NOTIFY), 200)
	n = p.request(sip.NOTIFY)
	if headerValue(n, "Subscription-State") != "terminated;reason=timeout" {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)
	ended(id)

	id = ask(600) // the subscriber is silent
	accept(id)
	ended(id)

	id = ask(600)
	p.response(sip.SUBSCRIBE, 503)
	ended(id)
}
