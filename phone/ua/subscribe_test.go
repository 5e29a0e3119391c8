package ua

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// news sends a NOTIFY of a subscription and checks its response.
func (c *call) news(code int, body string, state string) {
	c.p.t.Helper()
	headers := []string{"Event: dialog", "Subscription-State: " + state}
	if body != "" {
		headers = append(headers, "Content-Type: application/dialog-info+xml")
	}
	c.send("NOTIFY", body, headers...)
	c.p.response(sip.NOTIFY, code)
}

func TestSubscribe(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(Subscribe{ID: "s", Target: p.uri("2101"), Event: "dialog", Accept: "application/dialog-info+xml", Expires: 2})
	sub := p.request(sip.SUBSCRIBE)
	if headerValue(sub, "Event") != "dialog" || headerValue(sub, "Accept") != "application/dialog-info+xml" || headerValue(sub, "Expires") != "2" ||
		headerValue(sub, "Contact") == "" {
		t.Errorf("%s", sub)
	}
	p.respond(sub, 423, "Min-Expires: 4")
	sub = p.request(sip.SUBSCRIBE)
	if headerValue(sub, "Expires") != "4" {
		t.Errorf("%s", sub)
	}
	// The NOTIFY overtakes the 2xx; a fork's is refused, also one with a wrong tag.
	c := p.dialogOf(sub, p.tag)
	c.news(200, "<a/>", "active;expires=4")
	if v := next[Notified](t, r, nil); v.ID != "s" || v.ContentType != "application/dialog-info+xml" || string(v.Body) != "<a/>" {
		t.Errorf("%+v", v)
	}
	p.respond(sub, 200, "Expires: 4", "Contact: <"+p.uri("peer")+">")
	fork := *c
	fork.from = strings.Replace(c.from, p.tag, "fork", 1)
	fork.news(481, "<f/>", "active")
	c.news(200, "", "active;expires=4")
	if v := next[Notified](t, r, nil); len(v.Body) != 0 {
		t.Errorf("%+v", v)
	}
	c.send("NOTIFY", "x", "Event: presence", "Content-Type: a/b", "Subscription-State: active")
	p.response(sip.NOTIFY, 489)
	c.cseq = 1
	c.news(200, "<old/>", "active") // late: it is not told, but we ask for the whole
	c.cseq = 10
	whole := p.request(sip.SUBSCRIBE)
	p.respond(whole, 200, "Expires: 4")

	// The refresh comes before the end, in the dialog; the other side has forgotten it: a new dialog.
	again := p.request(sip.SUBSCRIBE)
	if tag := again.To().Params.GetOr("tag", ""); tag != p.tag || again.CallID().Value() != sub.CallID().Value() || again.CSeq().SeqNo <= sub.CSeq().SeqNo {
		t.Errorf("%s", again)
	}
	p.respond(again, 481)
	fresh := p.request(sip.SUBSCRIBE)
	if fresh.To().Params.Has("tag") || fresh.CallID().Value() == sub.CallID().Value() {
		t.Errorf("%s", fresh)
	}
	p.respond(fresh, 202, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	c = p.dialogOf(fresh, p.tag)
	c.news(200, "<b/>", "active;expires=600")
	next[Notified](t, r, nil)

	u.Do(Unsubscribe{"s"})
	end := p.request(sip.SUBSCRIBE)
	if headerValue(end, "Expires") != "0" || end.To().Params.GetOr("tag", "") != p.tag {
		t.Errorf("%s", end)
	}
	p.respond(end, 200, "Expires: 0")
	c.news(200, "<c/>", "terminated;reason=timeout")
	if v := all[Notified](r); len(v) != 3 {
		t.Errorf("%+v", v)
	}
}

// Refusals: for good, and to be tried again.
func TestSubscribeRefused(t *testing.T) {
	for code, want := range map[int]phone.ReasonID{
		489: phone.ReasonNotTold, 405: phone.ReasonNotTold, 403: phone.ReasonNotPermitted, 404: phone.ReasonUnknownNumber, 603: phone.ReasonNotPermitted,
	} {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		u.Do(Subscribe{ID: "s", Target: p.uri("2101"), Event: "dialog"})
		p.respond(p.request(sip.SUBSCRIBE), code)
		if v := next[SubscriptionLost](t, r, nil); v.ID != "s" || v.Reason.ID != want || v.Reason.Code != code || v.Retry != 0 {
			t.Errorf("%d: %+v", code, v)
		}
		u.Do(Subscribe{ID: "s", Target: p.uri("2101"), Event: "dialog"}) // the name is free again
		p.respond(p.request(sip.SUBSCRIBE), 503, "Retry-After: 1")
		v := next[SubscriptionLost](t, r, nil)
		if v.Reason.ID != phone.ReasonServerError || v.Retry < time.Second {
			t.Errorf("%+v", v)
		}
		sub := p.request(sip.SUBSCRIBE)
		p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
		p.dialogOf(sub, p.tag).news(200, "<b/>", "active")
		next[Notified](t, r, nil)
		u.Do(Unsubscribe{"s"})
		p.respond(p.request(sip.SUBSCRIBE), 481)
	}
}

// A server that says nothing is asked again.
func TestSubscribeSilence(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(Subscribe{ID: "s", Target: p.uri("2101"), Event: "dialog"})
	first := p.request(sip.SUBSCRIBE)
	v := next[SubscriptionLost](t, r, nil)
	if v.Reason.ID != phone.ReasonNoReply || v.Retry == 0 {
		t.Errorf("%+v", v)
	}
	sub := p.requestWhere("new SUBSCRIBE", func(req *sip.Request) bool { return req.CallID().Value() != first.CallID().Value() })
	p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	p.dialogOf(sub, p.tag).news(200, "<b/>", "active")
	next[Notified](t, r, nil)
	u.Do(Unsubscribe{"s"})
	p.respond(p.requestWhere("end", func(req *sip.Request) bool { return headerValue(req, "Expires") == "0" }), 481)
}

// How the other side ends a subscription (RFC 6665 4.1.3), and what comes of it.
func TestSubscriptionTerminated(t *testing.T) {
	for state, again := range map[string]bool{
		"terminated;reason=deactivated": true, "terminated;reason=timeout": true, "terminated;reason=probation;retry-after=1": true,
		"terminated;reason=giveup": true, "Terminated": true, "terminated;reason=rejected": false, "terminated;reason=noresource": false,
	} {
		t.Run(state, func(t *testing.T) {
			p := newPeer(t)
			u, r := newUA(t, Config{})
			u.Do(Subscribe{ID: "s", Target: p.uri("2101"), Event: "dialog"})
			sub := p.request(sip.SUBSCRIBE)
			p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
			c := p.dialogOf(sub, p.tag)
			c.news(200, "<a/>", "active")
			next[Notified](t, r, nil)
			c.news(200, "", state)
			v := next[SubscriptionLost](t, r, nil)
			if v.Retry > 0 != again || strings.Contains(state, "retry-after") && v.Retry < time.Second {
				t.Errorf("%+v", v)
			}
			if again {
				p.respond(p.request(sip.SUBSCRIBE), 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
				u.Do(Unsubscribe{"s"})
				p.respond(p.request(sip.SUBSCRIBE), 200)
			}
		})
	}
}

// A NOTIFY out of the blue, also from the PBX, changes nothing (RFC 6665 4.1.3; quality.md, hostile input 20).
func TestNotifyOutOfTheBlue(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	for _, event := range []string{"check-sync;reboot=true", "message-summary", "refer", "x y", ""} {
		c := &call{p: p, target: u.uri("alice"), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
			from: fmt.Sprintf("<%s>;tag=x", p.uri("anna")), to: "<" + u.uri("alice") + ">"}
		c.send("NOTIFY", "", "Event: "+event, "Subscription-State: active")
		p.response(sip.NOTIFY, 481)
		c.to += ";tag=y"
		c.send("NOTIFY", "", "Event: "+event, "Subscription-State: active")
		p.response(sip.NOTIFY, 481)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.values) != 0 {
		t.Errorf("%+v", r.values)
	}
}

// Client and server together: authentication, refresh, news, the end of both kinds.
func TestSubscribeServer(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	client, said := newUA(t, Config{})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	client.Do(Subscribe{ID: "s", Account: "a", Target: "2101", Event: "dialog", Accept: "application/dialog-info+xml", Expires: 1})
	ask := next[SubscribeAsked](t, heard, nil)
	if ask.User != "2100" || ask.Target != "2101" || ask.Event != "dialog" || ask.Accept != "application/dialog-info+xml" || ask.Expires != 1 {
		t.Errorf("%+v", ask)
	}
	server.Do(AcceptSubscription{ID: ask.ID, ContentType: "text/x", Body: []byte("one")})
	is := func(body string) func(Notified) bool {
		return func(n Notified) bool { return n.ID == "s" && n.ContentType == "text/x" && string(n.Body) == body }
	}
	next(t, said, is("one"))
	next(t, said, is("one")) // the refresh brings it again
	server.Do(Notify{ID: ask.ID, ContentType: "text/x", Body: []byte("two")})
	next(t, said, is("two"))
	for i := range 50 { // a burst: the last one arrives
		server.Do(Notify{ID: ask.ID, ContentType: "text/x", Body: fmt.Append(nil, i)})
	}
	next(t, said, is("49"))
	if n := len(all[Notified](said)); n > 40 {
		t.Errorf("%d NOTIFYs for 50 in a burst", n)
	}
	server.Do(Unsubscribe{ask.ID})
	if v := next[SubscriptionEnded](t, heard, nil); v.ID != ask.ID {
		t.Errorf("%+v", v)
	}
	if v := next[SubscriptionLost](t, said, nil); v.Retry != 0 {
		t.Errorf("%+v", v)
	}

	client.Do(Subscribe{ID: "s", Account: "a", Target: "2199", Event: "dialog"})
	server.Do(RejectSubscription{ID: next[SubscribeAsked](t, heard, nil).ID, Code: 404})
	if v := next[SubscriptionLost](t, said, nil); v.Reason.ID != phone.ReasonUnknownNumber {
		t.Errorf("%+v", v)
	}

	client.Do(Subscribe{ID: "s", Account: "a", Target: "2101", Event: "presence"})
	ask = next[SubscribeAsked](t, heard, nil)
	server.Do(AcceptSubscription{ID: ask.ID})
	next[Notified](t, said, nil)
	client.Do(Unsubscribe{"s"})
	if v := next[SubscriptionEnded](t, heard, nil); v.ID != ask.ID {
		t.Errorf("%+v", v)
	}
	if n := len(all[SubscribeAsked](heard)); n != 3 {
		t.Errorf("asked %d times", n)
	}
}
