package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// Which number is shown: as a header, in From too, none, and never with text that breaks a line.
func TestIdentityShown(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	domain := fmt.Sprintf("127.0.0.1:%d", p.port())
	put := testAccount("a", "alice", domain)
	put.Account.DisplayName = "Alice"
	u.Do(put)
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	role := &phone.Party{Number: "+46 (0)8-123 456", Name: "Växeln \"1\"\r\nX: y"}
	for i, c := range []struct {
		a                        Invite
		from, preferred, privacy string
	}{
		{Invite{}, `"Alice" <sip:alice@` + domain + ">", "", ""},
		{Invite{Identity: role}, `"Alice" <sip:alice@` + domain + ">", `"Växeln \"1\"  X: y" <sip:+468123456@` + domain + ">", ""},
		{Invite{Identity: role, FromIdentity: true}, `"Växeln \"1\"  X: y" <sip:+468123456@` + domain + ">", `"Växeln \"1\"  X: y" <sip:+468123456@` + domain + ">", ""},
		{Invite{Identity: &phone.Party{URI: "sip:2101@other.example;x=y"}, FromIdentity: true}, "<sip:2101@other.example>", "<sip:2101@other.example>", ""},
		{Invite{Private: true}, `"Alice" <sip:alice@` + domain + ">", "", "id"},
		{Invite{Private: true, FromIdentity: true}, `"Anonymous" <sip:anonymous@anonymous.invalid>`, "", "id"},
		{Invite{Private: true, FromIdentity: true, Identity: role}, `"Anonymous" <sip:anonymous@anonymous.invalid>`, `"Växeln \"1\"  X: y" <sip:+468123456@` + domain + ">", "id"},
	} {
		c.a.Leg, c.a.Account, c.a.Target, c.a.SDP = LegID(fmt.Sprint(i)), "a", "2102", []byte(sdpA)
		u.Do(c.a)
		inv := p.request(sip.INVITE)
		from, _, _ := strings.Cut(inv.From().Value(), ";tag=")
		if from != c.from || headerValue(inv, "P-Preferred-Identity") != c.preferred || headerValue(inv, "Privacy") != c.privacy || inv.GetHeader("X") != nil {
			t.Errorf("%d: From %q\n%s", i, from, inv)
		}
		if contact := headerValue(inv, "Contact"); !strings.HasPrefix(contact, "<sip:alice@") {
			t.Errorf("%d: Contact %q", i, contact)
		}
		p.respond(inv, 200, sdpB)
		p.request(sip.ACK)
		next[Answered](t, r, nil)
		u.Do(Hangup{Leg: c.a.Leg})
		bye := p.request(sip.BYE)
		if bye.From().Value() != inv.From().Value() {
			t.Errorf("%d: BYE from %q", i, bye.From().Value())
		}
		p.respond(bye, 200)
		next[Ended](t, r, nil)
	}
	// Asked for who we are, we answer as the account whatever From says.
	u.Do(Invite{Leg: "auth", Account: "a", Target: "2102", SDP: []byte(sdpA), Private: true, FromIdentity: true})
	p.respond(p.request(sip.INVITE), 401, `WWW-Authenticate: Digest realm="`+"127.0.0.1"+`", nonce="n", algorithm=MD5`)
	inv := p.requestWhere("INVITE with the answer", func(req *sip.Request) bool { return req.Method == sip.INVITE && req.GetHeader("Authorization") != nil })
	if auth := headerValue(inv, "Authorization"); !strings.Contains(auth, `username="alice"`) {
		t.Errorf("%s", auth)
	}
	p.respond(inv, 403)
	next[Ended](t, r, nil)

	for i, bad := range []phone.Party{{}, {URI: "sip:a@b\r\nX: y"}, {URI: "http://x/"}, {Number: "1\r\nX: y"}, {URI: "sip:a@b>;x"}} {
		u.Do(Invite{Leg: LegID(fmt.Sprint("bad", i)), Account: "a", Target: "2102", SDP: []byte(sdpA), Identity: &bad})
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonBadTarget || e.Reason.Text != "identity" {
			t.Errorf("%+v: %+v", bad, e)
		}
	}
	p.quiet(t1, sip.INVITE)
}

// An exchange that is not the account's is not told of another number.
func TestIdentityForStrangers(t *testing.T) {
	pbx, stranger := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", pbx.port())))
	pbx.respond(pbx.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	u.Do(Invite{Leg: "1", Account: "a", Target: stranger.uri("2102"), SDP: []byte(sdpA), Identity: &phone.Party{Number: "0812345"}, Private: true})
	inv := stranger.request(sip.INVITE)
	if inv.GetHeader("P-Preferred-Identity") != nil || headerValue(inv, "Privacy") != "id" {
		t.Errorf("%s", inv)
	}
	stranger.respond(inv, 486)
	next[Ended](t, r, nil)
}
