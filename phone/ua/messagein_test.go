package ua

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// texter is a phone with an account, and an exchange that sends it texts.
func texter(t *testing.T) (*peer, *UA, *recorder, func(kind, body string, headers ...string)) {
	t.Helper()
	p, u, r := publisher(t)
	c := &call{
		p: p, target: u.uri("alice"), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
		from: fmt.Sprintf("\"Berit \u202eB\" <%s>;tag=%s", p.uri("berit"), p.tag), to: "<" + u.uri("alice") + ">",
	}
	return p, u, r, func(kind, body string, headers ...string) {
		if kind != "" {
			headers = append(headers, "Content-Type: "+kind)
		}
		c.send("MESSAGE", body, headers...)
	}
}

const cpim = "From: Berit <im:berit@x>\r\nTo: <im:alice@x>\r\nDateTime: 2026-11-23T06:00:00Z\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"

func TestTextReceived(t *testing.T) {
	p, u, r, send := texter(t)
	for _, c := range []struct{ kind, body, want string }{
		{"text/plain;charset=utf-8", "Hej på dig\r\nrad två", "Hej på dig\nrad två"},
		{"Text/Plain", "a\x00b\x1b[31m\u0085c", "ab[31mc"},
		{"text/plain; charset=ISO-8859-1", "\xe5\xe4\xf6", "åäö"},
		{"text/plain", "\xff\xfe hej", "\ufffd hej"},
		{"message/cpim", cpim + "Hej", "Hej"},
		{"Message/CPIM", strings.ReplaceAll(cpim, "\r\n", "\n") + "Hej\n\nmer", "Hej\n\nmer"},
		{"message/cpim", "From: <im:x>\r\n\r\n\r\nutan typ", "utan typ"},
		{"text/plain", strings.Repeat("x", maxText), strings.Repeat("x", maxText)},
	} {
		send(c.kind, c.body, "P-Asserted-Identity: <sip:2101@x>")
		v := next[TextReceived](t, r, nil)
		if v.Text != c.want || v.Account != "a" || v.From.Number != "berit" || v.Asserted == nil || v.Asserted.Number != "2101" {
			t.Errorf("%q: %.200q %+v", c.kind, v.Text, v)
		}
		u.Do(AnswerText{ID: v.ID, Code: 200})
		res := p.response(sip.MESSAGE, 200)
		if len(res.Body()) > 0 || res.GetHeader("Contact") != nil { // RFC 3428 7
			t.Errorf("%s", res)
		}
		u.Do(AnswerText{ID: v.ID, Code: 500}) // once only
	}
	// What could not be kept is not said to have been delivered.
	send("text/plain", "x")
	u.Do(AnswerText{ID: next[TextReceived](t, r, nil).ID, Code: 500})
	p.response(sip.MESSAGE, 500)
}

// What is nobody's text is answered and told to nobody.
func TestTextNotShown(t *testing.T) {
	p, u, r, send := texter(t)
	for _, c := range []struct {
		kind, body string
		code       int
		header     string
	}{
		{"", "", 200, "X: 1"},
		{"text/plain", " \r\n\t", 200, "X: 1"},
		{"message/imdn+xml", "<imdn/>", 200, "X: 1"},
		{"application/im-iscomposing+xml", "<isComposing/>", 200, "X: 1"},
		{"message/cpim", strings.Replace(cpim, "text/plain; charset=utf-8", "message/imdn+xml", 1) + "<imdn/>", 200, "X: 1"},
		{"text/html", "<b>hej</b>", 415, "X: 1"},
		{"text/plain; charset=utf-16", "h\x00e\x00j\x00", 415, "X: 1"},
		{"text/plain", "x", 415, "Content-Encoding: gzip"},
		{"multipart/mixed", "--x\r\n\r\nhej\r\n--x--", 415, "X: 1"},
		{"image/png", "\x89PNG", 415, "X: 1"},
		{"text", "hej", 415, "X: 1"},
		{"message/cpim", "no colon\r\n\r\n\r\nhej", 415, "X: 1"},
		{"message/cpim", "From: <im:x>", 415, "X: 1"},
		{"message/cpim", strings.Repeat("A: b\r\n", maxCPIMHeaders+1) + "\r\n\r\nhej", 415, "X: 1"},
		{"message/cpim", strings.Replace(cpim, "text/plain", "message/cpim", 1) + cpim + "hej", 415, "X: 1"},
		{"text/plain", strings.Repeat("x", maxText+1), 413, "X: 1"},
	} {
		send(c.kind, c.body, c.header)
		if res := p.response(sip.MESSAGE, c.code); c.code == 415 && !strings.Contains(headerValue(res, "Accept"), "text/plain") {
			t.Errorf("%s", res)
		}
	}
	if got := all[TextReceived](r); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	_ = u
}

// A stranger's text is refused as a stranger's call is (quality.md, hostile input 18).
func TestTextFromStranger(t *testing.T) {
	_, u, r, _ := texter(t)
	for i, direct := range []bool{false, true} {
		u.Do(SetAllowDirect{On: direct})
		stranger := newPeer(t)
		c := &call{
			p: stranger, target: u.uri("alice"), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
			from: fmt.Sprintf("<%s>;tag=%d", stranger.uri("boss"), i), to: "<" + u.uri("alice") + ">",
		}
		c.send("MESSAGE", "click http://evil", "Content-Type: text/plain")
		stranger.response(sip.MESSAGE, 403)
	}
	if got := all[TextReceived](r); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

// More texts than anybody answers are refused, and the end waits for none.
func TestTextsUnanswered(t *testing.T) {
	p, u, r, send := texter(t)
	for range maxTextsAsked {
		send("text/plain", "x")
		next[TextReceived](t, r, nil)
	}
	send("text/plain", "one more")
	p.response(sip.MESSAGE, 503)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := u.Close(ctx); err != nil {
		t.Error(err)
	}
}

// Some exchanges send texts within a call.
func TestTextInCall(t *testing.T) {
	p, u, r := publisher(t)
	c := p.invite(u, "alice", sdpA)
	p.response(sip.INVITE, 100)
	in := next[Incoming](t, r, nil)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	c.learn(p.response(sip.INVITE, 200))
	c.send("ACK", "")
	next[Confirmed](t, r, nil)
	c.send("MESSAGE", "Hej", "Content-Type: text/plain")
	v := next[TextReceived](t, r, nil)
	if v.Text != "Hej" || v.Account != phone.AccountID("a") {
		t.Errorf("%+v", v)
	}
	u.Do(AnswerText{ID: v.ID})
	p.response(sip.MESSAGE, 200)
	u.Do(Hangup{Leg: in.Leg})
	p.respond(p.request(sip.BYE), 200)
	next[Ended](t, r, nil)
}

// A server sends a text on to a phone.
func TestMessageRelayed(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	client, said := newUA(t, Config{})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	bound := next[Bound](t, heard, nil)
	server.Do(SendMessage{ID: "m", From: &phone.Party{Number: "2101", Name: "Berit"}, To: bound.Contact, Body: []byte("Hej åäö")})
	v := next[TextReceived](t, said, nil)
	if v.Text != "Hej åäö" || v.From.Number != "2101" || v.From.Name != "Berit" {
		t.Errorf("%+v", v)
	}
	client.Do(AnswerText{ID: v.ID, Code: 200})
	if d := next[MessageDone](t, heard, nil); d.Reason != nil {
		t.Errorf("%+v", d.Reason)
	}
}

func FuzzText(f *testing.F) {
	f.Add("text/plain", []byte("hej"))
	f.Add("message/cpim", []byte(cpim+"hej"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		text, known := textOf(kind, body, true)
		if !known && text != "" || strings.ContainsAny(text, "\x00\r") {
			t.Errorf("%q %v", text, known)
		}
	})
}
