package phonetest

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ManagerUser may use the Manager Interface when AsteriskConfig.Manager says so; its password is ManagerPassword.
const (
	ManagerUser     = "svara"
	ManagerPassword = "pw-manager"
)

// TrunkHeader is what an INVITE carries that comes from outside: no password is asked, and From is believed.
const TrunkHeader = "X-Svara-Trunk: yes"

// PBXQueue is a queue of the test PBX. The number to call it is Number, through the lines of docs/team-asterisk.md.
type PBXQueue struct {
	Name     string
	Number   string
	Strategy string   // "" is ringall
	Members  []string // of queues.conf: "PJSIP/1001"
	Timeout  int      // seconds that a member rings; 0 is 20
	Wrapup   int      // seconds that a member rests
}

// Manager is host:port of the Manager Interface.
func (a *Asterisk) Manager() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(a.manager)) }

// ManagerTLS is host:port of the Manager Interface over TLS, which AsteriskConfig.TLS asks for.
func (a *Asterisk) ManagerTLS() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(a.managerTLS))
}

// Path is a file of the PBX as this machine sees it: "log/queue_log", "spool/voicemail".
func (a *Asterisk) Path(name string) string { return filepath.Join(a.root, a.dir, name) }

// managerConf is the Manager Interface's file, with the rights that docs/team-asterisk.md asks for.
func (a *Asterisk) managerConf(c AsteriskConfig) string {
	if !c.Manager {
		return "[general]\nenabled = no\n"
	}
	text := fence(a.t, "docs/team-asterisk.md", "ini manager.conf")
	for old, is := range map[string]string{
		"port = 5038": "port = " + strconv.Itoa(a.manager), "[svara]": "[" + ManagerUser + "]", "secret = a long random password": "secret = " + ManagerPassword,
	} {
		if !strings.Contains(text, old) {
			a.t.Fatalf("docs/team-asterisk.md has no %q", old)
		}
		text = strings.Replace(text, old, is, 1)
	}
	if c.TLS != nil {
		text = strings.Replace(text, "[general]\n", fmt.Sprintf("[general]\ntlsenable = yes\ntlsbindaddr = 127.0.0.1:%d\ntlscertfile = %[2]s/server.pem\ntlsprivatekey = %[2]s/server.key\n", a.managerTLS, a.dir), 1)
	}
	return text
}

// fence is what stands between ```NAME and ``` in a file of the module.
func fence(t testing.TB, file, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(ModuleDir(t), file))
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	_, after, ok := strings.Cut(string(b), "```"+name+"\n")
	text, _, end := strings.Cut(after, "```")
	if !ok || !end {
		t.Fatalf("%s has no %s", file, name)
	}
	return text
}

// queueConf is what queues.conf has of the config's queues.
func (c AsteriskConfig) queueConf() string {
	var b strings.Builder
	for _, q := range c.Queues {
		fmt.Fprintf(&b, "[%s]\nstrategy = %s\ntimeout = %d\nretry = 1\nwrapuptime = %d\nringinuse = no\nannounce-frequency = 0\n",
			q.Name, cmp.Or(q.Strategy, "ringall"), cmp.Or(q.Timeout, 20), q.Wrapup)
		for _, m := range q.Members {
			fmt.Fprintf(&b, "member => %s\n", m)
		}
	}
	return b.String()
}

// MeetingsNumber is what is called to get to meetings, of a test PBX with queues; ids have six digits.
const MeetingsNumber = "9500"

// queuePlan is the dial plan's lines for the config's queues, and the contexts they need.
func (a *Asterisk) queuePlan(c AsteriskConfig) (numbers, contexts string) {
	if len(c.Queues) == 0 {
		return "", ""
	}
	for _, q := range c.Queues {
		numbers += fmt.Sprintf("exten => %s,1,Gosub(svara-queue,s,1(%s,svara))\n same => n,Hangup()\n", q.Number, q.Name)
	}
	numbers += "exten => " + MeetingsNumber + ",1,Gosub(svara-meeting,s,1)\n same => n,Hangup()\n"
	return numbers, fence(a.t, "docs/team-asterisk.md", "ini extensions.conf")
}

// trunk is the endpoint of calls from outside.
const trunk = `[trunk]
type = endpoint
context = svara
disallow = all
allow = ulaw,alaw
direct_media = no
[trunk]
type = identify
endpoint = trunk
match_header = ` + TrunkHeader + "\n"
