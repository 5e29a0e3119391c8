package phonetest

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// StartAgent starts a telephone that rings for a while, answers, and talks until it is hung up on. It runs until the
// test ends and takes any number of calls. It is to be a user of the test PBX.
func StartAgent(t testing.TB, user string, rings time.Duration) PBXUser {
	t.Helper()
	s := StartSipp(t, strings.Replace(agentXML, "RINGS", millis(rings), 1), SippOptions{
		Calls: 1_000_000, Args: []string{"-timeout", "3600s", "-l", "1000", "-recv_timeout", "3600000"},
	})
	return PBXUser{User: user, Password: "pw-" + user, Contact: s.Addr(), Codecs: []string{"alaw"}}
}

// CallQueue starts n callers from outside, "07012" with their number from 1 on, who call a number and stay for a time once
// it answers; 0: until they are hung up on. Options of sipp's own may follow.
func (a *Asterisk) CallQueue(number string, n int, stays time.Duration, args ...string) *Sipp {
	a.t.Helper()
	end := theyHangUp
	if stays > 0 {
		end = strings.Replace(hangsUp, "STAYS", millis(stays), 1)
	}
	return StartSipp(a.t, strings.Replace(callerXML, "ENDS", end, 1), SippOptions{
		Remote: a.Addr(), Calls: n, Keys: map[string]string{"number": number}, Args: args,
	})
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

const agentXML = `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="agent">
  <recv request="INVITE" crlf="true"></recv>
  <send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]A[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
  <pause milliseconds="RINGS"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]A[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=a 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 40000 RTP/AVP 8
a=rtpmap:8 PCMA/8000

]]></send>
  <recv request="ACK" crlf="true"></recv>
  <recv request="BYE" timeout="600000"></recv>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>`

// callerXML calls a number, and goes as ENDS says.
const callerXML = `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[number]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: "Caller" <sip:07012[call_number]@[local_ip]:[local_port]>;tag=[pid]C[call_number]
To: <sip:[number]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:07012[call_number]@[local_ip]:[local_port]>
Max-Forwards: 70
X-Svara-Trunk: yes
Content-Type: application/sdp
Content-Length: [len]

v=0
o=c 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000

]]></send>
  <recv response="100" optional="true"></recv>
  <recv response="180" optional="true"></recv>
  <recv response="183" optional="true"></recv>
  <recv response="200" rtd="true"></recv>
  <send><![CDATA[
ACK sip:[number]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  ENDS
</scenario>`

// hangsUp is a caller's end after a time, theyHangUp that of one who stays.
const hangsUp = `<pause milliseconds="STAYS"/>
  <send retrans="500"><![CDATA[
BYE sip:[number]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"></recv>`

const theyHangUp = `<recv request="BYE" timeout="120000"></recv>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>`
