package ua

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// An account that comes back subscribes again: the PBX may have forgotten everything. One that is somebody else now does
// not go on in the old one's dialog.
func TestResubscribeAfterRegistration(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	domain := fmt.Sprintf("127.0.0.1:%d", p.port())
	put := testAccount("a", "alice", domain)
	u.Do(put)
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	u.Do(Subscribe{ID: "s", Account: "a", Target: "2101", Event: "dialog"})
	sub := p.request(sip.SUBSCRIBE)
	p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	c := p.dialogOf(sub, p.tag)
	c.news(200, "<a/>", "active")
	next[Notified](t, r, nil)

	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	p.quiet(2*t1, sip.SUBSCRIBE) // it was registered all the time
	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 500)
	next(t, r, registered(phone.RegistrationFailed))
	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 200)
	again := p.request(sip.SUBSCRIBE)
	if again.CallID().Value() != sub.CallID().Value() || headerValue(again, "Expires") != "600" {
		t.Errorf("%s", again)
	}
	p.respond(again, 200, "Expires: 600")

	put.Account.User = "bob"
	u.Do(put)
	p.respond(p.request(sip.REGISTER), 200)
	other := p.request(sip.SUBSCRIBE)
	if other.CallID().Value() == sub.CallID().Value() || other.From().Address.User != "bob" || other.To().Params.Has("tag") {
		t.Errorf("%s", other)
	}
	p.respond(other, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	u.Do(DropAccount{"a"})
	if v := next[SubscriptionLost](t, r, nil); v.ID != "s" || v.Reason.ID != phone.ReasonNoAccount || v.Retry != 0 {
		t.Errorf("%+v", v)
	}
	p.respond(p.requestWhere("the end", func(req *sip.Request) bool { return req.Method == sip.SUBSCRIBE && headerValue(req, "Expires") == "0" }), 200)
}

// A PBX that closes says so; its successor on the same port is subscribed to within seconds.
func TestSubscribeServerRestarts(t *testing.T) {
	password := func(string) (string, bool) { return "secret", true }
	first, err := New(Config{Bind: loopback, Server: &ServerConfig{Password: password}})
	if err != nil {
		t.Fatal(err)
	}
	heard := record(first)
	client, said := newUA(t, Config{SubscribeRate: 100})
	client.Do(testAccount("a", "2100", first.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	for i := range 30 {
		client.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Account: "a", Target: fmt.Sprint(2100 + i), Event: "dialog"})
		first.Do(AcceptSubscription{ID: next[SubscribeAsked](t, heard, nil).ID, ContentType: "text/x", Body: []byte("one")})
	}
	for len(all[Notified](said)) < 30 {
		next[Notified](t, said, nil)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := first.Close(ctx); err != nil {
		t.Fatal(err)
	}
	heard.drained()
	if n := len(all[SubscriptionEnded](heard)); n != 30 {
		t.Errorf("%d told as ended", n)
	}
	next(t, said, func(v SubscriptionLost) bool { return v.Retry > 0 })
	second, heard := newUA(t, Config{Port: first.Port(), Server: &ServerConfig{Password: password}})
	targets := map[string]bool{}
	for len(targets) < 30 {
		ask := next[SubscribeAsked](t, heard, nil)
		targets[ask.Target] = true
		second.Do(AcceptSubscription{ID: ask.ID, ContentType: "text/x", Body: []byte("two")})
	}
	two := map[SubID]bool{}
	for len(two) < 30 {
		two[next(t, said, func(n Notified) bool { return string(n.Body) == "two" }).ID] = true
	}
}

// Hundreds of lamps, with bodies so large that they come over TCP: none of them may be lost.
func TestManySubscriptions(t *testing.T) {
	const many = 300
	server, err := New(Config{Bind: loopback, Server: &ServerConfig{Password: func(string) (string, bool) { return "secret", true }}})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ids, body := []SubID{}, []byte(strings.Repeat("x", 1500)) // guarded by mu
	done := make(chan struct{})
	go func() { // a slow machine may make the client ask twice
		defer close(done)
		for v := range server.Values() {
			if ask, ok := v.(SubscribeAsked); ok {
				mu.Lock()
				ids = append(ids, ask.ID)
				server.Do(AcceptSubscription{ID: ask.ID, ContentType: "a/b", Body: body})
				mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		server.Close(ctx)
		<-done
	})
	client, said := newUA(t, Config{SubscribeRate: 500})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	for i := range many {
		client.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Account: "a", Target: fmt.Sprint(3000 + i), Event: "dialog"})
	}
	told := func(what string) {
		t.Helper()
		lamps := map[SubID]bool{}
		for len(lamps) < many {
			lamps[next(t, said, func(n Notified) bool { return strings.HasPrefix(string(n.Body), what) }).ID] = true
		}
	}
	told("x")
	mu.Lock()
	body = []byte(strings.Repeat("y", 1500))
	for _, id := range ids {
		server.Do(Notify{ID: id, ContentType: "a/b", Body: body})
	}
	mu.Unlock()
	told("y")
}

// A 2xx without the NOTIFY that must follow is asked about (RFC 6665 4.1.2.4).
func TestSubscribeNoNotify(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{})
	u.Do(Subscribe{ID: "s", Target: p.uri("2101"), Event: "dialog"})
	sub := p.request(sip.SUBSCRIBE)
	p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	again := p.request(sip.SUBSCRIBE)
	if again.CallID().Value() != sub.CallID().Value() || again.To().Params.GetOr("tag", "") != p.tag {
		t.Errorf("%s", again)
	}
	p.respond(again, 200, "Expires: 600")
	u.Do(Unsubscribe{"s"})
	p.respond(p.request(sip.SUBSCRIBE), 481)
}

// Lamps at a PBX that is away do not hold up the end.
func TestCloseWithSilentLamps(t *testing.T) {
	p := newPeer(t)
	u, err := New(Config{Bind: loopback, SubscribeRate: 100})
	if err != nil {
		t.Fatal(err)
	}
	r := record(u)
	for i := range 40 {
		u.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Target: p.uri("2101"), Event: "dialog"})
		sub := p.request(sip.SUBSCRIBE)
		p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
		p.dialogOf(sub, p.tag).news(200, "<a/>", "active")
		next[Notified](t, r, nil)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := u.Close(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 16*t1 {
		t.Errorf("closing took %v", took)
	}
}
