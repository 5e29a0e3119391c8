package phonetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Dovecot is an IMAP server with one mailbox, kept as a maildir: IMAP and STARTTLS on one port, TLS on another. The
// user is "mail", the password "pw-mail".
type Dovecot struct {
	*Process
	Port, TLSPort int
	CA            string // file with the authority that signed its certificate
	OtherCA       string // one that did not
	dir           string
	uid, gid      int
	config        string
}

// DovecotOptions says what is unusual about it. The zero value is a server as it comes.
type DovecotOptions struct {
	Capabilities string // all that it says it can do, instead of the truth
	Quota        string // room in the mailbox, as "1M"; empty: without end
	MaxMail      string // the largest message, likewise
}

var mailNumber atomic.Int64

// StartDovecot starts the server and waits until it answers.
func StartDovecot(t testing.TB, o DovecotOptions) *Dovecot {
	t.Helper()
	Need(t, "dovecot")
	// Dovecot lets nobody read mail as root, and others have to get at it.
	dir, err := os.MkdirTemp("", "dovecot-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &Dovecot{Port: FreePort(t), TLSPort: FreePort(t), dir: dir, uid: os.Getuid(), gid: os.Getgid()}
	internal, login, group := "dovecot", "dovenull", "dovecot"
	if d.uid == 0 {
		d.uid, d.gid = 65534, 65534
	} else {
		me, err := user.Current()
		if err != nil {
			t.Fatal(err)
		}
		own, err := user.LookupGroupId(me.Gid)
		if err != nil {
			t.Fatal(err)
		}
		internal, login, group = me.Username, me.Username, own.Name
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"mail", "mail/cur", "mail/new", "mail/tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
		d.give(t, filepath.Join(dir, sub))
	}
	d.certify(t)
	d.config = filepath.Join(dir, "dovecot.conf")
	text := fmt.Sprintf(dovecotConfig, dir, internal, login, group, d.Port, d.TLSPort, d.uid, d.gid)
	if o.Capabilities != "" {
		text += "imap_capability = " + o.Capabilities + "\n"
	}
	if o.Quota != "" || o.MaxMail != "" {
		text += "mail_plugins = quota\nplugin {\n quota = count:all\n quota_vsizes = yes\n"
		if o.Quota != "" {
			text += " quota_rule = *:storage=" + o.Quota + "\n quota_grace = 0\n"
		}
		if o.MaxMail != "" {
			text += " quota_max_mail_size = " + o.MaxMail + "\n"
		}
		text += "}\n"
	}
	if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Begin(t)
	return d
}

// Begin starts the server, also one that was crashed.
func (d *Dovecot) Begin(t testing.TB) {
	t.Helper()
	d.Process = Start(t, StartOptions{Group: true, Dir: d.dir}, "dovecot", "-F", "-c", d.config)
	d.Ready(20*time.Second, "answering", func() bool {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", d.Port), time.Second)
		if err != nil {
			return false
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(2 * time.Second))
		greeting := make([]byte, 4)
		_, err = c.Read(greeting)
		return err == nil && string(greeting) == "* OK"
	})
}

// Crash ends the server and everything it has started, at once. A lock that it held is taken away: the next one would
// answer nothing for two minutes.
func (d *Dovecot) Crash() {
	_ = syscall.Kill(-d.PID, syscall.SIGKILL)
	<-d.Done()
	_ = os.Remove(filepath.Join(d.dir, "mail", "dovecot-uidlist.lock"))
}

// give makes a file the mail user's.
func (d *Dovecot) give(t testing.TB, path string) {
	t.Helper()
	if os.Getuid() == 0 {
		if err := os.Chown(path, d.uid, d.gid); err != nil {
			t.Fatal(err)
		}
	}
}

// Deliver puts a message into the mailbox, as a delivery agent does.
func (d *Dovecot) Deliver(t testing.TB, message string) {
	t.Helper()
	name := fmt.Sprintf("%d.M%dP%d.test", time.Now().Unix(), mailNumber.Add(1), os.Getpid())
	tmp := filepath.Join(d.dir, "mail/tmp", name)
	if err := os.WriteFile(tmp, []byte(strings.ReplaceAll(message, "\n", "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	d.give(t, tmp)
	if err := os.Rename(tmp, filepath.Join(d.dir, "mail/new", name)); err != nil {
		t.Fatal(err)
	}
}

// Files are the names of all messages; the letters behind ":2," are their flags.
func (d *Dovecot) Files(t testing.TB) []string {
	t.Helper()
	var names []string
	for _, sub := range []string{"mail/new", "mail/cur"} {
		entries, err := os.ReadDir(filepath.Join(d.dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// Message is a message as it is kept, by its name among Files.
func (d *Dovecot) Message(t testing.TB, file string) []byte {
	t.Helper()
	for _, sub := range []string{"mail/new", "mail/cur"} {
		if b, err := os.ReadFile(filepath.Join(d.dir, sub, file)); err == nil {
			return b
		}
	}
	t.Fatalf("no message %s", file)
	return nil
}

// Flag sets a message's flags as another mail program does: S for seen, T for deleted.
func (d *Dovecot) Flag(t testing.TB, file, flags string) {
	t.Helper()
	base, _, _ := strings.Cut(file, ":")
	for _, sub := range []string{"mail/new", "mail/cur"} {
		if err := os.Rename(filepath.Join(d.dir, sub, file), filepath.Join(d.dir, "mail/cur", base+":2,"+flags)); err == nil {
			return
		}
	}
	t.Fatalf("no message %s", file)
}

// Renumber gives the mailbox a new UIDVALIDITY, as when it was restored from a backup. The server must not run.
func (d *Dovecot) Renumber(t testing.TB) {
	t.Helper()
	entries, err := filepath.Glob(filepath.Join(d.dir, "mail", "dovecot*"))
	if err != nil || len(entries) == 0 {
		t.Fatalf("no index: %v", err)
	}
	for _, e := range entries {
		if err := os.Remove(e); err != nil {
			t.Fatal(err)
		}
	}
	// UIDVALIDITY is a time in seconds otherwise, and a test is quick.
	list := filepath.Join(d.dir, "mail", "dovecot-uidlist")
	if err := os.WriteFile(list, fmt.Appendf(nil, "3 V%d N1\n", time.Now().Unix()+1000), 0o600); err != nil {
		t.Fatal(err)
	}
	d.give(t, list)
}

// certify makes an authority, a certificate of it for 127.0.0.1, and another authority.
func (d *Dovecot) certify(t testing.TB) {
	t.Helper()
	authority := func(name string) (*x509.Certificate, *ecdsa.PrivateKey, string) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		return c, key, d.pem(t, name+".pem", "CERTIFICATE", der)
	}
	ca, caKey, file := authority("authority")
	d.CA = file
	_, _, d.OtherCA = authority("stranger")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, &key.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	d.pem(t, "server.pem", "CERTIFICATE", der)
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	d.pem(t, "server.key", "EC PRIVATE KEY", secret)
}

func (d *Dovecot) pem(t testing.TB, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// dovecotConfig takes folder, internal user, login user, group, ports for IMAP and IMAPS, and the mail user's ids.
const dovecotConfig = `protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = /dev/stderr
default_internal_user = %[2]s
default_login_user = %[3]s
default_internal_group = %[4]s
ssl = yes
ssl_cert = <%[1]s/server.pem
ssl_key = <%[1]s/server.key
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_failure_delay = 1 secs
auth_mechanisms = plain login
mail_location = maildir:%[1]s/mail
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 50
first_valid_uid = 1
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = static
  args = user=mail password=pw-mail
}
userdb {
  driver = static
  args = uid=%[7]d gid=%[8]d home=%[1]s
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[5]d
  }
  inet_listener imaps {
    port = %[6]d
    ssl = yes
  }
}
service stats {
  chroot =
}
`
