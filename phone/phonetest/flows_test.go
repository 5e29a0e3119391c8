package phonetest_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// The flows that no PBX here produces, played by sipp against the program. Scenarios are made of the pieces below; the
// words in [brackets] are sipp's.

const sdpBody = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 %V% IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=%D%
`

func sdp(version, direction string) string {
	return strings.NewReplacer("%V%", version, "%D%", direction).Replace(sdpBody)
}

const noBody = "Content-Length: 0\n"

func scenario(parts ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><scenario name="flow">` + strings.Join(parts, "") + `</scenario>`
}

// send is a message as sipp sends it.
func send(message string) string { return "<send><![CDATA[\n" + message + "\n]]></send>" }

// expect is a message that must come, with what else stands in its element.
func expect(what string) string { return "<recv " + what + "/>" }

// invited waits for our INVITE and keeps what answers need: $1 is the CSeq number, $2 the Via, $3 From, $4 To.
const invited = `<recv request="INVITE"><action>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="1"/>
<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="2"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="3"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="4"/>
</action></recv>`

// reply answers the INVITE with a tag.
func reply(status, tag, body string) string {
	return send("SIP/2.0 " + status + "\nVia:[$2]\nFrom:[$3]\nTo:[$4];tag=" + tag + "\nCall-ID: [call_id]\nCSeq: [$1] INVITE\n" +
		"Contact: <sip:" + tag + "@127.0.0.1:[local_port]>\n" + body)
}

// ok answers the request that came last.
const ok = "<send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send>"

// ours is a request of sipp's own dialog, as caller.
func ours(method, cseq, to, body string) string {
	return send(method + " sip:[user]@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n" +
		"From: \"Sipp\" <sip:sipp@127.0.0.1>;tag=[pid]s[call_number]\nTo: <sip:[user]@[remote_ip]:[remote_port]>" + to + "\nCall-ID: [call_id]\nCSeq: " + cseq + " " + method +
		"\nContact: <sip:sipp@127.0.0.1:[local_port]>\nMax-Forwards: 70\n" + body)
}

const (
	provisional = `<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>`
	peerTag     = "[peer_tag_param]"
)

type flow struct {
	pbx  *phonetest.Asterisk
	s    *phonetest.Svara
	addr string // where our phone listens
}

func startFlow(t *testing.T) flow {
	t.Helper()
	f := flow{pbx: phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})}
	f.s = phonetest.StartSvara(t, phonetest.SvaraConfig{Settings: map[string]string{phone.KeyAllowDirect: "true"}})
	f.s.SignIn("1001", f.pbx.Addr())
	f.addr = f.pbx.Contact("1001")
	return f
}

// dial calls a sipp that waits.
func (f flow) dial(t *testing.T, script string) (*phonetest.Sipp, string) {
	t.Helper()
	peer := phonetest.StartSipp(t, script, phonetest.SippOptions{})
	return peer, f.s.Dial("sip:peer@" + peer.Addr())
}

// callUs has sipp call our phone.
func (f flow) callUs(t *testing.T, script string) (*phonetest.Sipp, string) {
	t.Helper()
	peer := phonetest.StartSipp(t, script, phonetest.SippOptions{Remote: f.addr, Keys: map[string]string{"user": "1001"}})
	return peer, f.s.Wait("any", phone.StateIncoming)
}

// RFC 3261 13.2.2.4: a second fork's 2xx is acknowledged and ended; the first call goes on.
func TestForkedAnswers(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	peer, call := f.dial(t, scenario(invited,
		reply("180 Ringing", "one", noBody), reply("180 Ringing", "two", noBody),
		reply("200 OK", "one", sdp("1", "sendrecv")), expect(`request="ACK"`),
		reply("200 OK", "two", sdp("1", "sendrecv")), expect(`request="ACK"`), expect(`request="BYE"`), ok,
		expect(`request="BYE"`), ok))
	f.s.Wait(call, phone.StateConnected)
	phonetest.Until(t, 20*time.Second, "the second fork is ended", func() bool { return strings.Count(peer.Messages(), "BYE sip:") > 0 })
	if c := f.s.Call(call); c.State != phone.StateConnected {
		t.Errorf("after the second answer the call is %s", c.State)
	}
	f.s.Must("hangup", call)
	peer.Wait(20 * time.Second)
	if m := peer.Messages(); !strings.Contains(m, "BYE sip:two@") || !strings.Contains(m, "BYE sip:one@") {
		t.Errorf("the two forks were not both ended:\n%s", m)
	}
}

// RFC 3261 9.1: the answer was on its way when we gave up. Nobody may be left in a call with nobody.
func TestCancelCrossesAnswer(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	peer, call := f.dial(t, scenario(invited, reply("180 Ringing", "one", noBody),
		expect(`request="CANCEL"`), ok, reply("200 OK", "one", sdp("1", "sendrecv")),
		expect(`request="ACK"`), expect(`request="BYE"`), ok))
	f.s.Wait(call, phone.StateRinging)
	f.s.Must("hangup", call)
	peer.Wait(20 * time.Second)
	if why := f.s.Ended(call); why.ID != phone.ReasonCancelled && why.ID != phone.ReasonHangup {
		t.Errorf("ended with %+v", why)
	}
}

// RFC 3261 13.3.1.4: without an ACK the 200 is repeated for 64*T1 = 32 s, and then the call is ended.
func TestLostACK(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	begun := time.Now()
	peer, call := f.callUs(t, scenario(ours("INVITE", "1", "", sdp("1", "sendrecv")), provisional, expect(`response="200"`),
		expect(`request="BYE" timeout="45000"`), ok))
	f.s.Must("answer", call)
	f.s.Must("wait", call+":ended", "--timeout", "45s")
	if c := f.s.Call(call); c.End == nil || c.End.ID != phone.ReasonNoAck {
		t.Errorf("ended with %+v", c.End)
	}
	if d := time.Since(begun); d < 28*time.Second {
		t.Errorf("given up after %v, RFC 3261 wants 32 s", d)
	}
	peer.Wait(20 * time.Second)
}

// RFC 3261 13.2.1: an INVITE without an offer is answered with ours; the answer comes with the ACK.
func TestLateOffer(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	peer, call := f.callUs(t, scenario(ours("INVITE", "1", "", noBody), provisional, expect(`response="200"`),
		ours("ACK", "1", peerTag, sdp("1", "sendrecv")), expect(`request="BYE"`), ok))
	f.s.Must("answer", call)
	f.s.Wait(call, phone.StateConnected)
	phonetest.Until(t, 10*time.Second, "the codec is agreed", func() bool { return strings.EqualFold(f.s.Call(call).Codec, "pcma") })
	if !strings.Contains(peer.Messages(), "m=audio") {
		t.Error("our answer had no offer")
	}
	f.s.Must("hangup", call)
	peer.Wait(20 * time.Second)
}

// RFC 3264 8.4: they hold us and take us back, by re-INVITE in each direction.
func TestHeldByPeer(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	parts := []string{ours("INVITE", "1", "", sdp("1", "sendrecv")), provisional, expect(`response="200"`), ours("ACK", "1", peerTag, noBody)}
	for i, direction := range []string{"sendonly", "inactive", "recvonly", "sendrecv"} {
		n := string(rune('2' + i))
		parts = append(parts, `<pause milliseconds="700"/>`, ours("INVITE", n, peerTag, sdp(n, direction)), `<recv response="100" optional="true"/>`, expect(`response="200"`),
			ours("ACK", n, peerTag, noBody))
	}
	parts = append(parts, `<pause milliseconds="500"/>`, ours("BYE", "9", peerTag, noBody), expect(`response="200"`))
	peer, call := f.callUs(t, scenario(parts...))
	events := phonetest.Start(t, phonetest.StartOptions{Env: f.s.Home()}, phonetest.Binary(t, "svaractl"), "--profile", f.s.Profile, "--json", "events")
	f.s.Must("answer", call)
	if why := f.s.Ended(call); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("ended with %+v", why)
	}
	peer.Wait(20 * time.Second)
	m := peer.Messages()
	for _, answered := range []string{"a=recvonly", "a=inactive", "a=sendonly", "a=sendrecv"} {
		if !strings.Contains(m, answered) {
			t.Errorf("no answer with %s", answered)
		}
	}
	out := events.Output()
	held, free := strings.Index(out, `"state":"remote"`), strings.LastIndex(out, `"state":"none"`)
	if held < 0 || free < held {
		t.Errorf("the events do not tell of being held and taken back:\n%s", out)
	}
}

// RFC 3261 8.1.3.4: a call that has moved is followed.
func TestRedirected(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	there := phonetest.StartSipp(t, scenario(invited, reply("180 Ringing", "there", noBody), reply("200 OK", "there", sdp("1", "sendrecv")),
		expect(`request="ACK"`), expect(`request="BYE"`), ok), phonetest.SippOptions{})
	moved := send("SIP/2.0 302 Moved Temporarily\n[last_Via:]\n[last_From:]\n[last_To:];tag=here\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:there@" + there.Addr() + ">\n" + noBody)
	here, call := f.dial(t, scenario(expect(`request="INVITE"`), moved, expect(`request="ACK"`)))
	f.s.Wait(call, phone.StateConnected)
	here.Wait(20 * time.Second)
	f.s.Must("hangup", call)
	there.Wait(20 * time.Second)
}

// A stranger's challenge is no reason to show the password: RFC 3261 22.3 names the realm, and the account has one.
func TestNoDigestForStrangers(t *testing.T) {
	t.Parallel()
	f := startFlow(t)
	challenge := send("SIP/2.0 407 Proxy Authentication Required\n[last_Via:]\n[last_From:]\n[last_To:];tag=x\n[last_Call-ID:]\n[last_CSeq:]\n" +
		"Proxy-Authenticate: Digest realm=\"asterisk\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"\n" + noBody)
	peer, call := f.dial(t, scenario(expect(`request="INVITE"`), challenge, expect(`request="ACK"`)))
	peer.Wait(20 * time.Second)
	f.s.Ended(call)
	if strings.Contains(peer.Messages(), "uthorization: Digest") {
		t.Errorf("a stranger got a digest:\n%s", peer.Messages())
	}
}

// RFC 8760 2.3: of several challenges the strongest is answered. The registrar offers MD5 first and SHA-256 after it.
func TestStrongestOfTwoChallenges(t *testing.T) {
	t.Parallel()
	head := "[last_Via:]\n[last_From:]\n[last_To:];tag=registrar\n[last_Call-ID:]\n[last_CSeq:]\n"
	challenges := send("SIP/2.0 401 Unauthorized\n" + head +
		"WWW-Authenticate: Digest realm=\"two\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\n" +
		"WWW-Authenticate: Digest realm=\"two\", nonce=\"n2\", algorithm=SHA-256, qop=\"auth\"\n" + noBody)
	bound := send("SIP/2.0 200 OK\n" + head + "[last_Contact:]\nExpires: 600\n" + noBody)
	registrar := phonetest.StartSipp(t, scenario(expect(`request="REGISTER"`), challenges, expect(`request="REGISTER"`), bound), phonetest.SippOptions{})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", registrar.Addr())
	registrar.Wait(20 * time.Second)
	answer := regexp.MustCompile(`(?m)^Authorization: .*$`).FindString(registrar.Messages())
	for _, want := range []string{"SHA-256", `nonce="n2"`} {
		if !strings.Contains(answer, want) {
			t.Errorf("%s is missing in %q", want, answer)
		}
	}
	if !regexp.MustCompile(`response="[0-9a-f]{64}"`).MatchString(answer) {
		t.Errorf("no SHA-256 response in %q", answer)
	}
}
