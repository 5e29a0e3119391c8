package phonetest

import (
	"regexp"
	"testing"
	"time"
)

// Practice is our own practice PBX as a program of its own.
type Practice struct {
	*Process
	addr string
}

// PracticePassword is the password of all its accounts.
const PracticePassword = "practice"

// StartPractice starts a practice PBX on a free port. Its accounts are 2100, 2198 and 2199.
func StartPractice(t testing.TB) *Practice {
	t.Helper()
	p := &Practice{Process: Start(t, StartOptions{}, Binary(t, "svara-pbx"), "--port", "0", "--password", PracticePassword, "--lang", "en", "--log", "-")}
	said := regexp.MustCompile(`practice PBX on (\S+)`)
	p.Ready(20*time.Second, "listening", func() bool {
		m := said.FindStringSubmatch(p.Output())
		if m != nil {
			p.addr = m[1]
		}
		return m != nil
	})
	return p
}

// Addr is host:port for SIP.
func (p *Practice) Addr() string { return p.addr }
