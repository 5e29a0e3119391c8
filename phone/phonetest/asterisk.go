package phonetest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone/phonetest/certs"
)

// The numbers of the test PBX's dial plan, beside its users' names.
const (
	NumberEcho       = "600" // answers and sends the sound back
	NumberTone       = "601" // answers and plays 1004 Hz (Milliwatt)
	NumberDigits     = "602" // answers, reads digits up to # (see Asterisk.Digits), hangs up
	NumberBusy       = "603" // 486
	NumberNoAnswer   = "604" // rings for two seconds, then 480
	NumberCongestion = "605" // 503
	NumberDeclined   = "606" // 403 with Q.850 cause 21, call rejected
	NumberHangsUp    = "607" // answers, and hangs up after one second
	NumberSpeech     = "608" // answers and speaks
	NumberRings      = "609" // rings until the caller gives up
	NumberEarly      = "610" // 183 with the tone, never answered
	NumberUnknown    = "699" // 404: nobody there
)

// ToneHz is the frequency of NumberTone.
const ToneHz = 1004

// PBXUser is somebody who may register. The user part is also the number to call them by.
type PBXUser struct {
	User, Password string
	AuthUser       string   // "" is User
	SHA256         bool     // challenge with SHA-256 beside MD5 (Asterisk 22.4 and later)
	Codecs         []string // of opus, g722, alaw, ulaw; empty is opus, alaw and ulaw in this order
	DTMF           string   // rfc4733 (default), info, inband, auto
	Media          string   // the address told for sound; empty is where it really is
	NoTransfer     bool     // REFER is refused
	NoProgress     bool     // a REFER is told to have succeeded as soon as it is taken
	Encryption     string   // sdes or dtls: sound must be encrypted; empty: it is not
	Optimistic     bool     // encryption is offered, and what the user offers is taken
	ICE            bool     // it offers candidates (RFC 8445), and answers them
	Mux            bool     // RTP and RTCP on one port (RFC 5761); so it is with dtls too, unless
	Apart          bool     // it keeps them on two, with a handshake each
	Contact        string   // host:port where its telephone is, which does not register
	Believes       bool     // sound goes where the user says, not where the user's comes from
	Timers         string   // session timers (RFC 4028): no, yes, required, always; empty is Asterisk's default, yes
	Reliable       string   // reliable provisional responses (RFC 3262): no, yes, required; empty is Asterisk's default, yes
}

// AsteriskConfig is what a test may choose. The zero value has the users 1001, 1002 and 1003 with the password
// "pw-" + user.
type AsteriskConfig struct {
	Users []PBXUser
	// MaxExpires is the longest binding the registrar gives, in seconds; 0 is 3600.
	MaxExpires int
	// Contacts is how many telephones of a user the registrar knows; 0 is 2. A new one takes the place of the oldest.
	Contacts int
	// Queue is who is called by NumberQueue, all at once; nil is nobody.
	Queue []string
	// ParkedFor is how many seconds a parked call waits before it rings at who parked it; 0 is 45.
	ParkedFor int
	// Voicemail gives every user a mailbox of the same number, and tells them what waits in it.
	Voicemail bool
	// In is where it runs; nil is on loopback.
	In *Internet
	// TLS is shown to those who connect over TLS; nil is no TLS.
	TLS *certs.Certificate
	// Manager has the Manager Interface, Queues are more queues than NumberQueue, with TrunkHeader calls come from outside.
	Manager bool
	Queues  []PBXQueue
	// Extra is appended to the dial plan's context, for a flow that one test needs.
	Extra string
}

// Asterisk is a real PBX on loopback.
type Asterisk struct {
	Port  int // UDP and TCP
	TLS   int // the port of TLS; 0 is none
	Major int // 22 or 16

	t    testing.TB
	root string // the folder it is chrooted into
	dir  string // its own folder as it sees it
	proc *Process
	net  *Internet // nil: loopback

	manager    int // the port of the Manager Interface; 0 is none
	managerTLS int // the same over TLS
}

var asteriskNumber atomic.Int64

// StartAsterisk starts a PBX and waits until it takes calls.
func StartAsterisk(t testing.TB, c AsteriskConfig) *Asterisk {
	t.Helper()
	Need(t, "chroot", "unshare")
	if os.Getuid() != 0 {
		Missing(t, "Asterisk runs in a root folder of its own, which needs root")
	}
	root, err := Run(StartOptions{Dir: ModuleDir(t)}, ".ci/asterisk-root", "--find")
	if err != nil {
		Missing(t, "no root folder with Asterisk is prepared (make test-deps)")
	}
	a := &Asterisk{t: t, root: strings.TrimSpace(root), Port: FreePort(t), net: c.In}
	if _, err := fmt.Sscanf(filepath.Base(a.root), "asterisk-%d", &a.Major); err != nil {
		t.Fatalf("root folder %s: %v", a.root, err)
	}
	a.dir = fmt.Sprintf("/srv/svara-%d-%d", os.Getpid(), asteriskNumber.Add(1))
	here := filepath.Join(a.root, a.dir)
	t.Cleanup(func() {
		if t.Failed() {
			lines := 120
			if os.Getenv("SVARA_TRACE") != "" {
				lines = 3000
			}
			t.Logf("Asterisk's log:\n%s", tail(filepath.Join(here, "log/full"), lines))
		}
		if err := os.RemoveAll(here); err != nil {
			t.Errorf("remove Asterisk's folder: %v", err)
		}
	})
	for _, sub := range []string{"run", "log", "spool", "lib", "keys/keys"} {
		if err := os.MkdirAll(filepath.Join(here, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.Users) == 0 {
		for _, u := range []string{"1001", "1002", "1003"} {
			c.Users = append(c.Users, PBXUser{User: u, Password: "pw-" + u})
		}
	}
	if c.TLS != nil {
		a.TLS = FreePort(t)
	}
	if c.Manager {
		a.manager, a.managerTLS = FreePort(t), FreePort(t)
	}
	files := a.configure(c)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(here, name), []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a.start()
	return a
}

// Addr is host:port for SIP.
func (a *Asterisk) Addr() string {
	if a.net != nil {
		return fmt.Sprintf("%s:%d", a.net.IP, a.Port)
	}
	return fmt.Sprintf("127.0.0.1:%d", a.Port)
}

// AddrTLS is host:port for SIP over TLS.
func (a *Asterisk) AddrTLS() string { return fmt.Sprintf("127.0.0.1:%d", a.TLS) }

// start runs Asterisk in a mount namespace of its own, so that what is mounted for it goes away with it.
func (a *Asterisk) start() {
	a.t.Helper()
	// It looks up its own name, for which a network without nameservers would make it wait twice ten seconds.
	script := `hostname localhost && { test -s "$0/etc/hosts" || printf '127.0.0.1 localhost\n::1 localhost\n' > "$0/etc/hosts"; } && mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" asterisk -f -C "$1/asterisk.conf"`
	line := []string{"unshare", "--uts", "--mount", "--propagation", "private", "sh", "-c", script, a.root, a.dir}
	if a.net != nil {
		line = append([]string{"ip", "netns", "exec", a.net.ns}, line...)
	}
	a.proc = Start(a.t, StartOptions{Env: []string{"LC_ALL=C", "HOME=/root"}, Goodbye: 3 * time.Second}, line[0], line[1:]...)
	a.proc.Ready(60*time.Second, "taking calls", func() bool {
		out, err := a.cli("core waitfullybooted")
		return err == nil && strings.Contains(out, "fully booted")
	})
}

// Stop kills the PBX as a power cut does; Start starts it again with the same configuration and port.
func (a *Asterisk) Stop() { a.proc.Kill() }

// Start starts a PBX that was stopped.
func (a *Asterisk) Start() { a.t.Helper(); a.start() }

// Restart is a power cut and a start: bindings and calls are gone.
func (a *Asterisk) Restart() {
	a.t.Helper()
	a.Stop()
	// What it had written down of them goes too: a phone that registers anew at once must not pass for an old binding.
	for _, name := range []string{"astdb.sqlite3", "astdb.sqlite3-journal"} {
		if err := os.Remove(filepath.Join(a.root, a.dir, "lib", name)); err != nil && !os.IsNotExist(err) {
			a.t.Fatal(err)
		}
	}
	a.start()
}

func (a *Asterisk) cli(command string) (string, error) {
	return Run(StartOptions{Env: []string{"LC_ALL=C"}}, "chroot", a.root, "asterisk", "-C", a.dir+"/asterisk.conf", "-rx", command)
}

// CLI runs a command of Asterisk's own command line and returns what it prints.
func (a *Asterisk) CLI(command string) string {
	a.t.Helper()
	out, err := a.cli(command)
	if err != nil {
		a.t.Fatalf("asterisk CLI %q: %v", command, err)
	}
	return out
}

// Originate makes the PBX call a user, shown as from and fromName, and connects whoever answers to a number of the
// dial plan. It does not wait.
func (a *Asterisk) Originate(user, number, from, fromName string) {
	a.t.Helper()
	here := filepath.Join(a.root, a.dir)
	call := fmt.Sprintf("Channel: PJSIP/%s\nCallerID: %q <%s>\nMaxRetries: 0\nWaitTime: 30\nContext: svara\nExtension: %s\nPriority: 1\n",
		user, fromName, from, number)
	// A call file must appear whole, so it is moved into the folder Asterisk watches.
	part := filepath.Join(here, "call-"+user)
	if err := os.WriteFile(part, []byte(call), 0o600); err != nil {
		a.t.Fatal(err)
	}
	out := filepath.Join(here, "spool/outgoing")
	if err := os.MkdirAll(out, 0o755); err != nil {
		a.t.Fatal(err)
	}
	if err := os.Rename(part, filepath.Join(out, fmt.Sprintf("%s-%d.call", user, time.Now().UnixNano()))); err != nil {
		a.t.Fatal(err)
	}
}

// HangUp makes the PBX end every channel of a user.
func (a *Asterisk) HangUp(user string) {
	a.t.Helper()
	for _, c := range a.Channels() {
		if strings.HasPrefix(c, "PJSIP/"+user+"-") {
			a.CLI("channel request hangup " + c)
		}
	}
}

// Channels is the names of the channels there are now.
func (a *Asterisk) Channels() []string {
	a.t.Helper()
	var out []string
	for line := range strings.Lines(a.CLI("core show channels concise")) {
		if name, _, ok := strings.Cut(line, "!"); ok {
			out = append(out, name)
		}
	}
	return out
}

// Registered reports whether a user has a binding.
func (a *Asterisk) Registered(user string) bool {
	a.t.Helper()
	return strings.Contains(a.CLI("pjsip show contacts"), "  "+user+"/sip:")
}

var contactLine = regexp.MustCompile(`(\S+)/sip:[^@\s]*@([0-9.]+:\d+)`)

// Contact is the host:port where a registered user's phone listens.
func (a *Asterisk) Contact(user string) string {
	a.t.Helper()
	shown := a.CLI("pjsip show contacts")
	for _, m := range contactLine.FindAllStringSubmatch(shown, -1) {
		if m[1] == user {
			return m[2]
		}
	}
	a.t.Fatalf("no contact of %s in\n%s", user, shown)
	return ""
}

// Digits waits for the digits that a call to NumberDigits sent from the user, without the final #.
func (a *Asterisk) Digits(user string, limit time.Duration) string {
	a.t.Helper()
	file := filepath.Join(a.root, a.dir, "digits-"+user)
	Until(a.t, limit, "digits from "+user, func() bool {
		_, err := os.Stat(file)
		return err == nil
	})
	b, err := os.ReadFile(file)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		a.t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}
