package phonetest_test

import (
	"strings"
	"testing"
	"time"

	"svara/phone/phonetest"
)

// registerAndCall registers with digest, calls a number, sends and echoes nothing, and hangs up: a peer that is not ours
// proves the fixture.
const registerAndCall = `
<?xml version="1.0" encoding="UTF-8"?>
<scenario name="register and call">
  <send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[user]@[remote_ip]>;tag=[pid]r[call_number]
To: <sip:[user]@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:[user]@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 60
Content-Length: 0

]]></send>
  <recv response="401" auth="true"/>
  <send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[user]@[remote_ip]>;tag=[pid]r[call_number]
To: <sip:[user]@[remote_ip]>
Call-ID: [call_id]
CSeq: 2 REGISTER
Contact: <sip:[user]@[local_ip]:[local_port]>
[authentication]
Max-Forwards: 70
Expires: 60
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>`

func TestAsteriskRegisters(t *testing.T) {
	start := time.Now()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	t.Logf("Asterisk %d ready after %v", a.Major, time.Since(start).Round(time.Millisecond))
	if a.Registered("1001") {
		t.Fatal("1001 is registered before anybody registered")
	}
	phonetest.StartSipp(t, registerAndCall, phonetest.SippOptions{
		Remote: a.Addr(), Keys: map[string]string{"user": "1001"}, Auth: "1001:pw-1001",
	}).Wait(20 * time.Second)
	if !a.Registered("1001") {
		t.Fatalf("1001 is not registered:\n%s", a.CLI("pjsip show contacts"))
	}
	wrong := phonetest.StartSipp(t, registerAndCall, phonetest.SippOptions{
		Remote: a.Addr(), Keys: map[string]string{"user": "1002"}, Auth: "1002:wrong",
	})
	<-wrong.Done()
	if wrong.Err() == nil || a.Registered("1002") {
		t.Fatal("a wrong password was taken")
	}
	start = time.Now()
	a.Restart()
	t.Logf("restarted in %v", time.Since(start).Round(time.Millisecond))
	if codecs := a.CLI("core show translation paths opus"); !strings.Contains(codecs, "alaw") {
		t.Fatalf("the PBX does not translate Opus:\n%s", codecs)
	}
}
