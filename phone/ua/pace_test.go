package ua

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// lampServer is a server that accepts every subscription and says when it came. Its values are not recorded.
//
// With refuse it is one with limits: every fourth SUBSCRIBE gets a 503.
func lampServer(t testing.TB, refuse bool) (u *UA, asked chan time.Time, rang chan time.Time) {
	t.Helper()
	u, err := New(Config{Bind: loopback, Server: &ServerConfig{Password: func(string) (string, bool) { return "secret", true }}})
	if err != nil {
		t.Fatal(err)
	}
	asked, rang = make(chan time.Time, 10000), make(chan time.Time, 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n := 0
		for v := range u.Values() {
			switch v := v.(type) {
			case SubscribeAsked:
				asked <- time.Now()
				if n++; refuse && n%4 == 0 {
					u.Do(RejectSubscription{ID: v.ID, Code: 503})
					continue
				}
				u.Do(AcceptSubscription{ID: v.ID, ContentType: "a/b", Body: []byte("one")})
			case Incoming:
				rang <- time.Now()
				u.Do(Reject{Leg: v.Leg, Code: 486})
			}
		}
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		u.Close(ctx)
		<-done
	})
	return u, asked, rang
}

func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s came", what)
		panic("unreachable")
	}
}

// Hundreds of lamps do not come at once, and a call does not wait for them.
func TestSubscribePace(t *testing.T) {
	const rate, many = 100, 250
	server, asked, rang := lampServer(t, false)
	client, said := newUA(t, Config{SubscribeRate: rate})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	for i := range many {
		client.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Account: "a", Target: fmt.Sprint(3000 + i), Event: "dialog"})
	}
	var came []time.Time
	var dialled time.Time
	for len(came) < many {
		came = append(came, within(t, "SUBSCRIBE", asked))
		if len(came) == many/4 {
			dialled = time.Now()
			client.Do(Invite{Leg: "call", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		}
	}
	if took := came[many-1].Sub(came[0]); took < (many-20)*time.Second/rate {
		t.Errorf("%d in %v", many, took)
	}
	for i := range came { // a little more than the rate may come after a pause of the machine
		j := i
		for j < many && came[j].Sub(came[i]) < time.Second {
			j++
		}
		if j-i > rate*15/10 {
			t.Errorf("%d in a second", j-i)
			break
		}
	}
	if late := within(t, "INVITE", rang).Sub(dialled); late > 500*time.Millisecond {
		t.Errorf("the INVITE came after %v", late)
	}
}

// An exchange with limits of its own gets all its subscriptions in the end, and no more a second than the rate.
func TestSubscribeLimitedExchange(t *testing.T) {
	const rate, many = 50, 80
	server, asked, _ := lampServer(t, true)
	client, said := newUA(t, Config{SubscribeRate: rate})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	for i := range many {
		client.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Account: "a", Target: fmt.Sprint(3000 + i), Event: "dialog"})
	}
	for lamps := map[SubID]bool{}; len(lamps) < many; {
		lamps[next[Notified](t, said, nil).ID] = true
	}
	var came []time.Time
	for len(asked) > 0 {
		came = append(came, <-asked)
	}
	if len(came) < many*5/4 {
		t.Errorf("asked %d times: nothing was refused", len(came))
	}
	for i := rate * 15 / 10; i < len(came); i++ {
		if d := came[i].Sub(came[i-rate*15/10]); d < time.Second {
			t.Errorf("%d in %v", rate*15/10, d)
			break
		}
	}
}

// The default is what the smallest exchange bears.
func TestSubscribePaceDefault(t *testing.T) {
	u, _ := newUA(t, Config{})
	if u.pace.interval != 50*time.Millisecond {
		t.Errorf("one every %v", u.pace.interval)
	}
}

// A subscription that is not wanted any more while it waits for its turn is not asked for, and does not hold up the end.
func TestUnsubscribeWhileWaiting(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{SubscribeRate: 1})
	for _, id := range []SubID{"a", "b", "c"} {
		u.Do(Subscribe{ID: id, Target: p.uri(string(id)), Event: "dialog"})
	}
	sub := p.request(sip.SUBSCRIBE)
	first := SubID(sub.Recipient.User)
	p.respond(sub, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	p.dialogOf(sub, p.tag).news(200, "<a/>", "active")
	next[Notified](t, r, nil)
	for _, id := range []SubID{"a", "b", "c"} {
		u.Do(Unsubscribe{id})
	}
	end := p.request(sip.SUBSCRIBE)
	if headerValue(end, "Expires") != "0" || SubID(end.To().Address.User) != first {
		t.Errorf("%s", end)
	}
	p.respond(end, 481)
	p.quiet(3*time.Second/2, sip.SUBSCRIBE)
}

// Without a registration nothing is asked; what lapses meanwhile is told, and comes back with the registration.
func TestSubscribeWaitsForRegistration(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", p.port())))
	register := p.request(sip.REGISTER)
	u.Do(Subscribe{ID: "s", Account: "a", Target: "2101", Event: "dialog", Expires: 2})
	p.quiet(2*t1, sip.SUBSCRIBE)
	p.respond(register, 200)
	sub := p.request(sip.SUBSCRIBE)
	p.respond(sub, 200, "Expires: 2", "Contact: <"+p.uri("peer")+">")
	p.dialogOf(sub, p.tag).news(200, "<a/>", "active")
	next[Notified](t, r, nil)
	confirmed := time.Now()

	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 500, "Retry-After: 60")
	v := next[SubscriptionLost](t, r, nil)
	if late := time.Since(confirmed); v.Reason.ID != phone.ReasonNotRegistered || v.Retry == 0 || late < 2*time.Second || late > 4*time.Second {
		t.Errorf("%+v after %v", v, late)
	}
	p.quiet(2*t1, sip.SUBSCRIBE)
	u.Do(RegisterNow{})
	p.respond(p.request(sip.REGISTER), 200)
	again := p.request(sip.SUBSCRIBE)
	if again.CallID().Value() != sub.CallID().Value() || headerValue(again, "Expires") != "2" {
		t.Errorf("%s", again)
	}
	p.respond(again, 481)
	fresh := p.request(sip.SUBSCRIBE)
	if fresh.To().Params.Has("tag") {
		t.Errorf("%s", fresh)
	}
	p.respond(fresh, 200, "Expires: 600", "Contact: <"+p.uri("peer")+">")
	p.dialogOf(fresh, p.tag).news(200, "<b/>", "active")
	next[Notified](t, r, nil)
	u.Do(Unsubscribe{"s"})
	p.respond(p.request(sip.SUBSCRIBE), 481)
}

// Lamps at an exchange that says nothing any more are told as stale soon after they lapse, all of them.
func TestLampsGoStale(t *testing.T) {
	const many = 40
	p := newPeer(t)
	u, r := newUA(t, Config{SubscribeRate: 1000})
	begun := time.Now()
	for i := range many {
		u.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Target: p.uri("2101"), Event: "dialog", Expires: 3})
		sub := p.request(sip.SUBSCRIBE)
		p.respond(sub, 200, "Expires: 3", "Contact: <"+p.uri("peer")+">")
		p.dialogOf(sub, p.tag).news(200, "<a/>", "active;expires=3")
		next[Notified](t, r, nil)
	}
	confirmed := time.Now()
	slow := 10 * confirmed.Sub(begun) // what this machine takes its time for it may
	stale := map[SubID]bool{}
	eventually(t, "every lamp is stale", func() bool {
		for _, v := range all[SubscriptionLost](r) {
			if v.Reason.ID != phone.ReasonNoReply || v.Retry == 0 {
				t.Errorf("%+v", v)
			}
			stale[v.ID] = true
		}
		return len(stale) == many
	})
	if late := time.Since(confirmed); late > 3*time.Second+20*t1+slow {
		t.Errorf("the last after %v", late)
	}
}

// Subscriptions made together are refreshed apart.
func TestRefreshesAreSpread(t *testing.T) {
	for _, lifetime := range []time.Duration{10 * time.Minute, time.Minute} {
		var least, most time.Duration
		for i := range 500 {
			d := refreshAfter(lifetime)
			if i == 0 || d < least {
				least = d
			}
			most = max(most, d)
		}
		if most-least < lifetime/5 || least < lifetime*3/10 || most > lifetime*9/10 {
			t.Errorf("%v: from %v to %v", lifetime, least, most)
		}
	}
}

// A subscriber that understands lists says so, and is told one.
func TestSubscribeList(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(Subscribe{ID: "s", Target: p.uri("everybody"), Event: "presence", Accept: "application/pidf+xml", List: true})
	sub := p.request(sip.SUBSCRIBE)
	if headerValue(sub, "Supported") != "eventlist" || headerValue(sub, "Accept") != "application/pidf+xml, multipart/related, application/rlmi+xml" {
		t.Errorf("%s", sub)
	}
	p.respond(sub, 200, "Expires: 600", "Require: eventlist", "Contact: <"+p.uri("peer")+">")
	c := p.dialogOf(sub, p.tag)
	c.send("NOTIFY", "--b--", "Event: presence", "Subscription-State: active", "Require: eventlist", `Content-Type: multipart/related;type="application/rlmi+xml";boundary=b`)
	p.response(sip.NOTIFY, 200)
	if v := next[Notified](t, r, nil); v.ContentType != `multipart/related;type="application/rlmi+xml";boundary=b` || string(v.Body) != "--b--" {
		t.Errorf("%+v", v)
	}
	u.Do(Unsubscribe{"s"})
	p.respond(p.request(sip.SUBSCRIBE), 481)
}

// BenchmarkNotifyBurst is how long 500 NOTIFYs that come at once take to be handed over, on one core.
func BenchmarkNotifyBurst(b *testing.B) {
	const many = 500
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	server, _, _ := lampServer(b, false)
	client, err := New(Config{Bind: loopback, SubscribeRate: 10000})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close(context.Background())
	heard := make(chan Notified, 10*many)
	ready := make(chan struct{}, 10)
	go func() {
		for v := range client.Values() {
			switch v := v.(type) {
			case Notified:
				heard <- v
			case RegistrationChanged:
				if v.Registration.State == phone.RegistrationRegistered {
					ready <- struct{}{}
				}
			}
		}
	}()
	client.Do(testAccount("a", "2100", server.domain()))
	<-ready
	for i := range many {
		client.Do(Subscribe{ID: SubID(fmt.Sprint(i)), Account: "a", Target: fmt.Sprint(3000 + i), Event: "dialog"})
	}
	for range many {
		<-heard
	}
	round := 0
	for b.Loop() {
		round++
		body := fmt.Appendf(nil, "%0800d", round)
		for i := range many {
			server.Do(Notify{ID: SubID(fmt.Sprintf("sub-%d", i+1)), ContentType: "a/b", Body: body})
		}
		limit := time.After(patience)
		for lamps := map[SubID]bool{}; len(lamps) < many; {
			select {
			case v := <-heard:
				if string(v.Body) == string(body) {
					lamps[v.ID] = true
				}
			case <-limit:
				b.Fatalf("%d of %d were told", len(lamps), many)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/burst")
}
