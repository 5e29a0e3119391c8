package phonetest_test

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// Transfers that no PBX here answers so, with sipp as the other side. It is called by our phone, and then sends requests
// of its own in the same dialog.

// invitedBy is invited, and keeps our Contact too: $5.
var invitedBy = strings.Replace(invited, "</action>", `<ereg regexp="sip:[^>;]*" search_in="hdr" header="Contact:" assign_to="5"/></action>`, 1)

// theirs is a request of the called sipp in the dialog.
func theirs(method, cseq, branch, body string) string {
	return send(method + " [$5] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=" + branch + "\nFrom:[$4];tag=peer\nTo:[$3]\nCall-ID: [call_id]\nCSeq: " + cseq + " " + method +
		"\nContact: <sip:peer@127.0.0.1:[local_port]>\nMax-Forwards: 70\n" + body)
}

const fresh = "[branch]"

// notify is the progress of a REFER.
func notify(cseq, state, fragment string) string {
	return theirs("NOTIFY", cseq, fresh, "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag;version=2.0\nContent-Length: [len]\n\n"+fragment+"\n")
}

// again answers the request that came last, with SDP.
func again(version, direction string) string {
	return send("SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:peer@127.0.0.1:[local_port]>\n" + sdp(version, direction))
}

const accepted = "<send><![CDATA[\nSIP/2.0 202 Accepted\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:peer@127.0.0.1:[local_port]>\nContent-Length: 0\n\n]]></send>"

// called is the beginning: our call is answered. With invitedBy the peer can send requests too.
func called(invited string) string {
	return invited + reply("180 Ringing", "peer", noBody) + reply("200 OK", "peer", sdp("1", "sendrecv")) + expect(`request="ACK"`)
}

func heldForTransfer() string {
	return expect(`request="INVITE"`) + again("2", "recvonly") + expect(`request="ACK"`)
}

// RFC 3515: 202, and then not a word. What is not known is said to be so, and the call is not lost.
func TestREFERIsTakenAndNothingTold(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	peer, call := f.dial(t, scenario(called(invited), heldForTransfer(), expect(`request="REFER"`), accepted,
		// Taken back: the subscription is ended, and we talk again.
		expect(`request="SUBSCRIBE"`), ok, expect(`request="INVITE"`), again("3", "sendrecv"), expect(`request="ACK"`), expect(`request="BYE"`), ok))
	f.s.Wait(call, phone.StateConnected)
	f.s.Transfer(call, "1003")
	c := f.s.TransferIs(call, phone.TransferUnknown)
	if c.Transfer.Reason == nil || c.Transfer.Reason.ID != phone.ReasonTransferUnknown || !c.State.Live() || !c.Hold.Local() {
		t.Errorf("the call shows %s, hold %s, %+v", c.State, c.Hold, c.Transfer.Reason)
	}
	if !c.Transfer.Undo {
		t.Error("it cannot be taken back")
	}
	if words := plainly(t, f.s, "call", call); !strings.Contains(words, "1003") {
		t.Errorf("svaractl call does not tell of the transfer:\n%s", words)
	}
	f.s.TakeBack(call)
	f.s.Held(call, false)
	f.s.HangUp(call)
	peer.Wait(20 * time.Second)
}

// plainly runs svaractl without --json.
func plainly(t *testing.T, s *phonetest.Svara, args ...string) string {
	t.Helper()
	out, err := phonetest.Run(phonetest.StartOptions{Env: s.Home()}, phonetest.Binary(t, "svaractl"), append([]string{"--profile", s.Profile}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// RFC 3515 2.4.4: a NOTIFY may come before the 202. One that was overtaken is taken, since exchanges end the subscription for
// less, and does not count.
func TestNOTIFYOutOfOrder(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	refer := `<recv request="REFER"><action>
<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="6"/>
<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="7"/>
</action></recv>`
	late := send("SIP/2.0 202 Accepted\nVia:[$6]\nFrom:[$3]\nTo:[$4];tag=peer\nCall-ID: [call_id]\nCSeq:[$7]\nContact: <sip:peer@127.0.0.1:[local_port]>\n" + noBody)
	peer, call := f.dial(t, scenario(called(invitedBy), heldForTransfer(), refer,
		notify("20", "active;expires=60", "SIP/2.0 180 Ringing"), expect(`response="200"`), late,
		notify("19", "active;expires=60", "SIP/2.0 100 Trying"), expect(`response="200"`),
		`<pause milliseconds="1500"/>`,
		notify("21", "terminated;reason=noresource", "SIP/2.0 200 OK"), expect(`response="200"`), expect(`request="BYE"`), ok))
	f.s.Wait(call, phone.StateConnected)
	f.s.Transfer(call, "1003")
	f.s.TransferIs(call, phone.TransferRinging)
	if why := f.s.Ended(call); why.ID != phone.ReasonTransferred {
		t.Errorf("ended with %+v", why)
	}
	peer.Wait(20 * time.Second)
}

// RFC 3261 14.1: both offer at once, both say 491, and the hold is tried again.
func TestGlareOnHold(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	keep := `<recv request="INVITE"><action>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="6"/>
<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="7"/>
</action></recv>`
	pending := send("SIP/2.0 491 Request Pending\nVia:[$7]\nFrom:[$3]\nTo:[$4];tag=peer\nCall-ID: [call_id]\nCSeq: [$6] INVITE\n" + noBody)
	peer, call := f.dial(t, scenario(called(invitedBy), keep,
		theirs("INVITE", "30", "z9hG4bK-glare-[pid]-[call_number]", sdp("2", "sendrecv")),
		`<recv response="100" optional="true"/>`, expect(`response="491"`),
		theirs("ACK", "30", "z9hG4bK-glare-[pid]-[call_number]", noBody),
		pending, expect(`request="ACK"`),
		expect(`request="INVITE"`), again("3", "recvonly"), expect(`request="ACK"`), expect(`request="BYE"`), ok))
	f.s.Wait(call, phone.StateConnected)
	f.s.Hold(call)
	f.s.Held(call, true)
	phonetest.Until(t, 15*time.Second, "the hold has come through", func() bool { return strings.Contains(peer.Messages(), "a=recvonly") })
	f.s.HangUp(call)
	peer.Wait(20 * time.Second)
	if n := strings.Count(peer.Messages(), "a=sendonly") + strings.Count(peer.Messages(), "a=inactive"); n < 2 {
		t.Errorf("held %d times, want it tried again:\n%s", n, peer.Messages())
	}
}

// untilOver answers NOTIFYs until one ends the subscription, and being held meanwhile.
var untilOver = `<label id="1"/><recv request="INVITE" optional="true" next="3"/><recv request="ACK" optional="true" next="1"/>
<recv request="NOTIFY" next="2" test="6"><action><ereg regexp="terminated" search_in="hdr" header="Subscription-State:" assign_to="6"/></action></recv>` +
	next("1", ok) + `<label id="3"/>` + next("1", again("2", "recvonly")) + `<label id="2"/>` + ok

// next goes on at a label after sending.
func next(label, send string) string {
	return strings.Replace(send, "<send>", `<send next="`+label+`">`, 1)
}

// The other side asks us to call somebody: we are asked first.
func TestAskedToTransfer(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	asking := func() string {
		return called(invitedBy) + theirs("REFER", "40", fresh, "Refer-To: <sip:601@"+f.pbx.Addr()+">\nReferred-By: <sip:peer@127.0.0.1>\n"+noBody)
	}
	t.Run("allowed", func(t *testing.T) {
		peer, call := f.dial(t, scenario(asking(), expect(`response="202"`), untilOver, theirs("BYE", "50", fresh, noBody), expect(`response="200"`)))
		f.s.Wait(call, phone.StateConnected)
		c := f.s.Is(call, "asked", func(c phone.Call) bool { return c.Asked != nil })
		if c.Asked.Target.Number != "601" {
			t.Errorf("asked to call %+v", c.Asked)
		}
		if n := f.pbx.LinesOf()["1001"]; n != 0 {
			t.Errorf("%d calls were made before anybody allowed it", n)
		}
		there := f.s.CallOf("allow", call)
		f.s.Wait(there, phone.StateConnected)
		f.s.Ended(call)
		peer.Wait(20 * time.Second)
		if m := peer.Messages(); !strings.Contains(m, "SIP/2.0 200 OK\r\n\r\n") && !strings.Contains(m, "message/sipfrag") {
			t.Error("the progress was not told")
		}
		f.s.HangUp(there)
	})
	t.Run("refused", func(t *testing.T) {
		peer, call := f.dial(t, scenario(asking(), expect(`response="603"`), expect(`request="BYE"`), ok))
		f.s.Wait(call, phone.StateConnected)
		f.s.Is(call, "asked", func(c phone.Call) bool { return c.Asked != nil })
		f.s.Must("refuse", call)
		f.s.Is(call, "not asked any more", func(c phone.Call) bool { return c.Asked == nil && c.State == phone.StateConnected })
		if n := f.pbx.LinesOf()["1001"]; n != 0 {
			t.Errorf("%d calls were made", n)
		}
		f.s.HangUp(call)
		peer.Wait(20 * time.Second)
	})
}

// stranger speaks SIP over a socket of its own.
type stranger struct {
	t    *testing.T
	conn net.Conn
	n    int
}

func newStranger(t *testing.T, addr string) *stranger {
	t.Helper()
	conn, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &stranger{t: t, conn: conn}
}

// ask sends a request and returns the final response; more is headers and body.
func (s *stranger) ask(method, callID, from, to, more string) string {
	s.t.Helper()
	s.n++
	me := s.conn.LocalAddr().String()
	request := fmt.Sprintf("%s sip:1001@%s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKstranger%d%d;rport\nMax-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: 900 %s\nContact: <sip:stranger@%s>\n%s",
		method, s.conn.RemoteAddr(), me, s.n, time.Now().UnixNano(), from, to, callID, method, me, more)
	if _, err := s.conn.Write([]byte(strings.ReplaceAll(request, "\n", "\r\n"))); err != nil {
		s.t.Fatal(err)
	}
	buffer := make([]byte, 65536)
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			s.t.Fatal(err)
		}
		n, err := s.conn.Read(buffer)
		if err != nil {
			return "" // not answered
		}
		m := string(buffer[:n])
		if !strings.HasPrefix(m, "SIP/2.0 ") || strings.HasPrefix(m, "SIP/2.0 1") || !strings.Contains(m, "CSeq: 900 "+method) {
			continue
		}
		if method == "INVITE" && status(m) == "200" {
			ack := strings.Replace(strings.ReplaceAll(request[:strings.Index(request, "\nContact:")], "INVITE", "ACK"), "\nTo: "+to, "\nTo: "+to+";tag="+tagOf(field(m, "SIP/2.0 200", "To")), 1)
			if _, err := s.conn.Write([]byte(strings.ReplaceAll(ack+"\nContent-Length: 0\n\n", "\n", "\r\n"))); err != nil {
				s.t.Fatal(err)
			}
		}
		return m
	}
}

// status is a response's code, or "nothing".
func status(response string) string {
	if len(response) < 11 {
		return "nothing"
	}
	return response[8:11]
}

// field is a header's value in the first message that has what.
func field(messages, what, name string) string {
	_, rest, ok := strings.Cut(messages, what)
	if !ok {
		return ""
	}
	m := regexp.MustCompile(`(?m)^` + name + `:\s*(.*?)\s*$`).FindStringSubmatch(rest)
	if m == nil {
		return ""
	}
	return m[1]
}

func tagOf(header string) string {
	_, tag, _ := strings.Cut(header, ";tag=")
	return tag
}

const strangersOffer = "Content-Type: application/sdp\nContent-Length: 110\n\nv=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 40000 RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"

// Strangers can neither send us anywhere nor take a call over, even when they know its name; who may call us directly may
// take the place of another who did (RFC 3891).
func TestStrangersCannotTakeOver(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	// A call by way of our account, and one of somebody who needs no PBX.
	mine, known := f.dial(t, scenario(called(invited), `<recv request="INVITE"/>`, again("2", "recvonly"), expect(`request="ACK"`), expect(`request="BYE"`), ok))
	f.s.Wait(known, phone.StateConnected)
	peer, call := f.callUs(t, scenario(ours("INVITE", "1", "", sdp("1", "sendrecv")), provisional, expect(`response="200"`),
		ours("ACK", "1", peerTag, noBody), expect(`request="BYE"`), ok))
	f.s.Must("answer", call)
	f.s.Wait(call, phone.StateConnected)
	x := newStranger(t, f.addr)
	me, us := "<sip:stranger@127.0.0.1>;tag=x", "<sip:1001@127.0.0.1>"
	refer := "Refer-To: <sip:609@" + f.pbx.Addr() + ">\nContent-Length: 0\n\n"
	replaces := func(callID, name string) string {
		return status(x.ask("INVITE", callID, me, us, "Replaces: "+name+"\nRequire: replaces\n"+strangersOffer))
	}
	if s := status(x.ask("REFER", "outside", me, us, refer)); s < "400" || s == "nothing" {
		t.Errorf("a REFER outside of all dialogs is answered with %s", s)
	}
	if s := status(x.ask("REFER", "forged", me, us+";tag=forged", refer)); s != "481" {
		t.Errorf("a REFER in a dialog that does not exist is answered with %s", s)
	}
	if s := replaces("r1", "nothing;to-tag=a;from-tag=b"); s != "481" {
		t.Errorf("an INVITE for a dialog that does not exist is answered with %s", s)
	}
	m := mine.Messages()
	if s := replaces("r2", field(m, "INVITE ", "Call-ID")+";to-tag="+tagOf(field(m, "INVITE ", "From"))+";from-tag=peer"); s != "403" {
		t.Errorf("a stranger who knows a call of our account is answered with %s", s)
	}
	m = peer.Messages()
	answer := "SIP/2.0 200"
	name := field(m, answer, "Call-ID") + ";to-tag=" + tagOf(field(m, answer, "To")) + ";from-tag=" + tagOf(field(m, answer, "From"))
	if s := replaces("r3", name+";early-only"); s != "486" {
		t.Errorf("early-only for an answered call is answered with %s", s)
	}
	f.s.Must("set", phone.KeyAllowDirect, "false")
	if s := replaces("r4", name); s < "400" || s == "nothing" {
		t.Errorf("a stranger whose calls are not wanted is answered with %s", s)
	}
	f.s.Must("set", phone.KeyAllowDirect, "true")
	for _, id := range []string{known, call} {
		if c := f.s.Call(id); c.State != phone.StateConnected || c.Asked != nil {
			t.Errorf("call %s is %s, asked %+v", id, c.State, c.Asked)
		}
	}
	if s := replaces("r5", name); s != "200" {
		t.Errorf("one like the caller is answered with %s", s)
	}
	peer.Wait(20 * time.Second)
	live := f.s.Live()
	if len(live) != 2 || number(live[0].ID) != known || number(live[1].ID) == call {
		t.Errorf("calls afterwards: %+v", live)
	}
	f.s.Must("hangup", "all")
	mine.Wait(20 * time.Second)
}
