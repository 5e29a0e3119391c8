package phonetest_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/eventlist"
	"svara/phone/phonetest"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// agent is a user agent of ours without a phone around it: what an exchange makes of its requests.
type agent struct {
	t *testing.T
	*ua.UA
}

// signIn starts a user agent that is registered as a user.
func signIn(t *testing.T, domain, user string) agent {
	t.Helper()
	u, err := ua.New(ua.Config{Bind: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		go func() {
			for range u.Values() { // ends with Close
			}
		}()
		if err := u.Close(ctx); err != nil {
			t.Errorf("close %s: %v", user, err)
		}
	})
	a := agent{t, u}
	a.Do(ua.PutAccount{Account: phone.Account{ID: "a", User: user, Domain: domain}, Password: phone.Secret("pw-" + user)})
	await(a, func(v ua.RegistrationChanged) bool { return v.Registration.State == phone.RegistrationRegistered })
	return a
}

// await waits for a value that matches, passing over others.
func await[V ua.Value](a agent, match func(V) bool) V {
	a.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case v := <-a.Values():
			if v, ok := v.(V); ok && (match == nil || match(v)) {
				return v
			}
		case <-limit:
			var want V
			a.t.Fatalf("no such %T", want)
		}
	}
}

func (a agent) publish(p phone.Presence, user, domain string, expires int) *phone.Reason {
	a.t.Helper()
	a.Do(ua.Publish{ID: "me", Account: "a", Event: pidf.Event, ContentType: pidf.ContentType, Expires: expires,
		Body: pidf.Build("sip:"+user+"@"+domain, p, time.Now())})
	return await[ua.PublishDone](a, nil).Reason
}

// sees waits until what is told of somebody satisfies a test.
func (a agent) sees(what string, ok func(phone.Presence) bool) {
	a.t.Helper()
	var last phone.Presence
	await(a, func(n ua.Notified) bool {
		if len(n.Body) == 0 {
			last = phone.Presence{}
		} else {
			p, err := pidf.Parse(n.Body)
			if err != nil {
				a.t.Errorf("%v:\n%s", err, n.Body)
			}
			last = p
		}
		a.t.Logf("%s: %+v", what, last)
		return ok(last)
	})
}

// What one phone publishes another one sees: activity, note and until, changed, kept alive and taken back.
func TestPresenceThroughKamailio(t *testing.T) {
	k := phonetest.StartKamailioPresence(t, nil)
	alice, bob := signIn(t, k.Addr(), "alice"), signIn(t, k.Addr(), "bob")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	lunch := phone.Presence{Activity: phone.ActivityLunch, Name: "Sill & potatis", Note: "Åter <kl 13>", Open: true, Until: until}
	if why := alice.publish(lunch, "alice", k.Addr(), 0); why != nil {
		t.Fatalf("refused: %+v", why)
	}
	bob.Do(ua.Subscribe{ID: "alice", Account: "a", Target: "alice", Event: pidf.Event, Accept: pidf.ContentType})
	same := func(want phone.Presence) func(phone.Presence) bool {
		return func(p phone.Presence) bool {
			return p.Activity == want.Activity && p.Name == want.Name && p.Note == want.Note && p.Open == want.Open && p.Until.Equal(want.Until)
		}
	}
	bob.sees("lunch", same(lunch))

	meeting := phone.Presence{Activity: phone.ActivityMeeting, Note: "Styrelserummet", Until: until.Add(time.Hour)}
	if why := alice.publish(meeting, "alice", k.Addr(), 6); why != nil {
		t.Fatalf("refused: %+v", why)
	}
	bob.sees("meeting", same(meeting))
	// It lives longer than it was asked for, by refreshes that nobody hears of.
	lived := time.After(9 * time.Second)
	for alive := true; alive; {
		select {
		case v := <-alice.Values():
			if _, ok := v.(ua.PublishDone); ok {
				t.Errorf("alice hears %+v", v)
			}
		case v := <-bob.Values():
			n, ok := v.(ua.Notified)
			if !ok {
				t.Errorf("bob hears %+v", v)
			} else if p, err := pidf.Parse(n.Body); err != nil || !same(meeting)(p) {
				t.Errorf("bob sees %+v, %v", p, err)
			}
		case <-lived:
			alive = false
		}
	}
	// Taken back, nothing of it is left.
	alice.Do(ua.Unpublish{ID: "me"})
	bob.sees("nothing", func(p phone.Presence) bool { return p.Note == "" && p.Activity == "" })
}

// What an exchange does not take is told in words.
func TestPresenceRefusedByKamailio(t *testing.T) {
	k := phonetest.StartKamailioPresence(t, nil)
	locked := signIn(t, k.Addr(), "locked")
	if why := locked.publish(phone.Presence{Activity: phone.ActivityLunch}, "locked", k.Addr(), 0); why == nil || why.ID != phone.ReasonWrongPassword {
		t.Errorf("a wrong password: %+v", why)
	}
	// Who is not let in at all tells nothing.
	locked.Do(ua.PutAccount{Account: phone.Account{ID: "a", User: "locked", Domain: k.Addr()}, Password: "wrong"})
	await(locked, func(v ua.RegistrationChanged) bool { return v.Registration.State == phone.RegistrationFailed })
	if why := locked.publish(phone.Presence{Activity: phone.ActivityLunch}, "locked", k.Addr(), 0); why == nil || why.ID != phone.ReasonNotRegistered {
		t.Errorf("not registered: %+v", why)
	}

	bob := signIn(t, k.Addr(), "bob")
	bob.Do(ua.Publish{ID: "me", Account: "a", Event: "nonsense", ContentType: pidf.ContentType, Body: []byte("<a/>")})
	if v := await[ua.PublishDone](bob, nil); v.Reason == nil || v.Reason.ID != phone.ReasonNotSupported || v.Retry != 0 {
		t.Errorf("an event nobody knows: %+v", v)
	}
	bob.Do(ua.Publish{ID: "me", Account: "a", Event: pidf.Event, ContentType: pidf.ContentType, Body: []byte("<broken")})
	if v := await[ua.PublishDone](bob, nil); v.Reason == nil {
		t.Errorf("a broken document: %+v", v)
	}
	bob.Do(ua.Subscribe{ID: "x", Account: "a", Target: "alice", Event: "nonsense"})
	if v := await[ua.SubscriptionLost](bob, nil); v.Reason.ID != phone.ReasonNotTold || v.Retry != 0 {
		t.Errorf("an event nobody knows: %+v", v)
	}
}

// A list of people is one subscription.
func TestResourceListThroughKamailio(t *testing.T) {
	k := phonetest.StartKamailioPresence(t, map[string][]string{"watcher": {"alice", "bob"}})
	alice, watcher := signIn(t, k.Addr(), "alice"), signIn(t, k.Addr(), "watcher")
	lunch := phone.Presence{Activity: phone.ActivityLunch, Note: "Åter", Open: true}
	if why := alice.publish(lunch, "alice", k.Addr(), 0); why != nil {
		t.Fatalf("refused: %+v", why)
	}
	watcher.Do(ua.Subscribe{ID: "all", Account: "a", Target: "list-watcher", Event: pidf.Event, Accept: pidf.ContentType, List: true})
	uri := func(user string) string { return "sip:" + user + "@127.0.0.1" }
	people := map[string]phone.Presence{}
	sees := func(ok func() bool) {
		t.Helper()
		await(watcher, func(n ua.Notified) bool {
			list, err := eventlist.Parse(n.ContentType, n.Body)
			if err != nil {
				t.Errorf("%v:\n%s\n%s", err, n.ContentType, n.Body)
				return false
			}
			for _, r := range list.Resources {
				var p phone.Presence
				if len(r.Body) > 0 {
					if p, err = pidf.Parse(r.Body); err != nil {
						t.Errorf("%s: %v", r.URI, err)
					}
				}
				people[r.URI] = p
			}
			t.Logf("%+v", people)
			return ok()
		})
	}
	sees(func() bool {
		return people[uri("alice")].Note == "Åter" && people[uri("alice")].Activity == phone.ActivityLunch
	})
	bob := signIn(t, k.Addr(), "bob")
	if why := bob.publish(phone.Presence{Activity: phone.ActivityDND, Note: "Nej"}, "bob", k.Addr(), 0); why != nil {
		t.Fatalf("refused: %+v", why)
	}
	sees(func() bool {
		return people[uri("bob")].Activity == phone.ActivityDND && people[uri("alice")].Note == "Åter"
	})
}
