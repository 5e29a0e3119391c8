package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/ua/digest"
)

// newServerUA starts a user agent with a registrar where everybody's password is "secret".
func newServerUA(t *testing.T, cfg ServerConfig) (*UA, *recorder) {
	t.Helper()
	cfg.Password = func(user string) (string, bool) { return "secret", user != "nobody" }
	return newUA(t, Config{Server: &cfg})
}

func (u *UA) domain() string { return fmt.Sprintf("127.0.0.1:%d", u.Port()) }

func registered(state phone.RegistrationState) func(RegistrationChanged) bool {
	return func(r RegistrationChanged) bool { return r.Registration.State == state }
}

func TestServerRegisters(t *testing.T) {
	for _, transport := range []phone.Transport{phone.TransportUDP, phone.TransportTCP} {
		for _, algorithm := range []string{digest.MD5, digest.SHA256, digest.SHA512_256, "MD5-sess"} {
			t.Run(string(transport)+" "+algorithm, func(t *testing.T) {
				server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test", Algorithms: []string{algorithm}})
				client, said := newUA(t, Config{})
				put := testAccount("a", "2100", server.domain())
				put.Account.Transport, put.Account.Expires = transport, 300
				client.Do(put)
				next(t, said, registered(phone.RegistrationRegistered))
				b := next[Bound](t, heard, nil)
				if list := server.Bindings("2100"); len(list) != 1 || list[0].Contact != b.Contact || !b.New || b.User != "2100" {
					t.Errorf("told %+v, bound %+v", b, list)
				}
				if strings.Contains(b.Contact, "transport=tcp") != (transport == phone.TransportTCP) {
					t.Errorf("contact %q over %s", b.Contact, transport)
				}
				client.Do(DropAccount{"a"})
				if gone := next[Unbound](t, heard, nil); gone.Contact != b.Contact || gone.Expired {
					t.Errorf("told %+v", gone)
				}
				next(t, said, registered(phone.RegistrationOff))
			})
		}
	}
}

func TestServerRefusesRegistrations(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{MinExpires: 100})
	client, said := newUA(t, Config{})
	for _, c := range []struct {
		name   string
		change func(*PutAccount)
		want   phone.ReasonID
	}{
		{"wrong", func(p *PutAccount) { p.Password = "guess" }, phone.ReasonWrongPassword},
		{"unknown", func(p *PutAccount) { p.Account.User = "nobody" }, phone.ReasonNoSuchAccount},
		{"another", func(p *PutAccount) { p.Account.AuthUser = "2101" }, phone.ReasonWrongPassword},
	} {
		put := testAccount(c.name, "2100", server.domain())
		c.change(&put)
		client.Do(put)
		failed := next(t, said, func(r RegistrationChanged) bool {
			return r.Account == phone.AccountID(c.name) && r.Registration.State == phone.RegistrationFailed
		})
		if failed.Registration.Reason.ID != c.want {
			t.Errorf("%s: %+v, want %s", c.name, failed.Registration.Reason, c.want)
		}
		client.Do(DropAccount{phone.AccountID(c.name)})
	}
	// A lifetime below the least is raised by the phone after a 423.
	put := testAccount("brief", "2100", server.domain())
	put.Account.Expires = 20
	client.Do(put)
	next(t, said, func(r RegistrationChanged) bool {
		return r.Account == "brief" && r.Registration.State == phone.RegistrationRegistered
	})
	next[Bound](t, heard, nil)
	if all := all[Bound](heard); len(all) != 1 {
		t.Errorf("%d bindings, want the last only: %+v", len(all), all)
	}
}

// register sends a REGISTER by hand with an answer to a challenge, or none.
func (p *peer) register(u *UA, callID string, cseq int, authorization string, headers ...string) *sip.Response {
	p.t.Helper()
	c := &call{p: p, target: "sip:" + u.domain(), dest: u.domain(), callID: callID, cseq: cseq - 1,
		from: "<sip:2100@" + u.domain() + ">;tag=" + p.tag, to: "<sip:2100@" + u.domain() + ">"}
	if authorization != "" {
		headers = append(headers, "Authorization: "+authorization)
	}
	c.send("REGISTER", "", append(headers, "no contact")...)
	return p.response(sip.REGISTER, 0)
}

func TestServerChallenges(t *testing.T) {
	server, _ := newServerUA(t, ServerConfig{Realm: "the realm"})
	p := newPeer(t)
	var client digest.Client
	answer := func(res *sip.Response) string {
		t.Helper()
		var all []digest.Challenge
		for _, h := range res.GetHeaders("WWW-Authenticate") {
			some, err := digest.ParseAll(h.Value())
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, some...)
		}
		if len(all) != 2 || all[0].Algorithm != digest.SHA256 || all[1].Algorithm != digest.MD5 || all[0].Realm != "the realm" {
			t.Fatalf("%d: challenges %+v", res.StatusCode, all)
		}
		value, err := client.Authorize(all[0], "2100", "secret", "REGISTER", "sip:"+server.domain(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	id := newCallID()
	res := p.register(server, id, 1, "", "Contact: <sip:2100@127.0.0.1:9>")
	auth := answer(res)
	if len(server.Bindings("2100")) != 0 {
		t.Error("bound without an answer")
	}
	if res = p.register(server, id, 2, auth, "Contact: <sip:2100@127.0.0.1:9>;expires=77, <sip:2100@127.0.0.1:10>"); res.StatusCode != 200 {
		t.Fatalf("%d, want 200", res.StatusCode)
	}
	if got := strings.Join(headerValues(res, "Contact"), " "); !strings.Contains(got, "<sip:2100@127.0.0.1:9>;expires=77") || !strings.Contains(got, "<sip:2100@127.0.0.1:10>;expires=3600") {
		t.Errorf("Contact %q", got)
	}
	// The same answer again is a replay: the phone may try anew, the bindings stay as they are.
	res = p.register(server, id, 3, auth, "Contact: *", "Expires: 0")
	if res.StatusCode != 401 || !strings.Contains(headerValue(res, "WWW-Authenticate"), "stale=true") {
		t.Errorf("replay: %s %s", res.StartLine(), headerValue(res, "WWW-Authenticate"))
	}
	if n := len(server.Bindings("2100")); n != 2 {
		t.Errorf("%d bindings after a replay", n)
	}
	if res = p.register(server, id, 4, answer(res), "Contact: *", "Expires: 0"); res.StatusCode != 200 || len(server.Bindings("2100")) != 0 {
		t.Errorf("%d, %d bindings left", res.StatusCode, len(server.Bindings("2100")))
	}
	if res = p.register(server, id, 5, `Digest username="2100`); res.StatusCode != 400 {
		t.Errorf("malformed answer: %d", res.StatusCode)
	}
}

// A server is a B2BUA over values: who calls is known by his password, and a bound phone is called by the way it
// registered, over UDP and over the TCP connection it opened.
func TestServerCallsBothWays(t *testing.T) {
	for _, transport := range []phone.Transport{phone.TransportUDP, phone.TransportTCP} {
		t.Run(string(transport), func(t *testing.T) {
			server, heard := newServerUA(t, ServerConfig{})
			client, said := newUA(t, Config{})
			put := testAccount("a", "2100", server.domain())
			put.Account.Transport = transport
			client.Do(put)
			next(t, said, registered(phone.RegistrationRegistered))

			client.Do(Invite{Leg: "out", Account: "a", Target: "2101", SDP: []byte(sdpA)})
			in := next[Incoming](t, heard, nil)
			if in.User != "2100" || in.Target != "2101" || string(in.SDP) != sdpA {
				t.Errorf("incoming %+v", in)
			}
			server.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
			if got := next[Answered](t, said, nil); string(got.SDP) != sdpB {
				t.Errorf("answered %q", got.SDP)
			}
			next[Confirmed](t, heard, nil)
			server.Do(Hangup{Leg: in.Leg})
			next[Ended](t, said, nil)
			next[Ended](t, heard, nil)

			contact := server.Bindings("2100")[0].Contact
			server.Do(Invite{Leg: "back", To: contact, Target: "2100", From: &phone.Party{URI: "sip:2101@" + server.domain(), Number: "2101", Name: "Anna Berg"}, SDP: []byte(sdpB)})
			back := next[Incoming](t, said, nil)
			if back.Account != "a" || back.From.Name != "Anna Berg" || back.From.Number != "2101" {
				t.Errorf("called by %+v on %q", back.From, back.Account)
			}
			client.Do(Reject{Leg: back.Leg, Code: 486})
			if e := next[Ended](t, heard, nil); e.Leg != "back" || e.Reason.Code != 486 {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// Somebody without the password does not get a call through.
func TestServerRefusesStrangers(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{})
	client, said := newUA(t, Config{})
	put := testAccount("a", "2100", server.domain())
	put.Password = "guess"
	client.Do(put)
	next(t, said, registered(phone.RegistrationFailed))
	client.Do(Invite{Leg: "out", Account: "a", Target: "2101", SDP: []byte(sdpA)})
	if e := next[Ended](t, said, nil); e.Leg != "out" || e.Reason.Code != 403 {
		t.Errorf("ended %+v", e)
	}
	p := newPeer(t)
	p.invite(server, "2101", sdpA)
	p.response(sip.INVITE, 401)
	if calls := all[Incoming](heard); len(calls) != 0 {
		t.Errorf("calls went through: %+v", calls)
	}
}
