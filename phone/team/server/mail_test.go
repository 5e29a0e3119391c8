package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// postOffice is a mail server on loopback.
type postOffice struct {
	Mail
	mu      sync.Mutex
	letters []posted
	refuse  map[string]error // by address
	changed chan struct{}
}

// posted is a letter that has come.
type posted struct {
	from, to string
	raw      []byte
	secret   bool // it came encrypted
	user     string
}

func newPostOffice(t testing.TB, how MailTLS, user string) *postOffice {
	t.Helper()
	cert, ca := certificate(t)
	p := &postOffice{refuse: map[string]error{}, changed: make(chan struct{}, 1000)}
	server := smtp.NewServer(p)
	server.Domain, server.AllowInsecureAuth = "localhost", how == MailClear
	server.ErrorLog = silent{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	switch how {
	case MailSTARTTLS:
		server.TLSConfig = config
	case MailImplicit:
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	p.Mail = Mail{Address: l.Addr().String(), TLS: how, From: "Svara Team <team@example.com>", CAFile: ca}
	if user != "" {
		p.User, p.PasswordFile = user, filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(p.PasswordFile, []byte("right\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func certificate(t testing.TB) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "post"}, NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// NewSession implements smtp.Backend.
func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secret := c.TLSConnectionState()
	return &counter{p: p, posted: posted{secret: secret}}, nil
}

type counter struct {
	p *postOffice
	posted
}

func (c *counter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.p.User || password != "right" {
			return &smtp.SMTPError{Code: 535, Message: "no"}
		}
		c.user = user
		return nil
	}), nil
}

func (c *counter) Mail(from string, _ *smtp.MailOptions) error {
	if c.p.User != "" && c.user == "" {
		return &smtp.SMTPError{Code: 530, Message: "who are you?"}
	}
	c.from = from
	return nil
}

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.to = to
	return c.p.refuse[to]
}

func (c *counter) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.raw = data
	c.p.mu.Lock()
	c.p.letters = append(c.p.letters, c.posted)
	c.p.mu.Unlock()
	return nil
}

func (c *counter) Reset()        {}
func (c *counter) Logout() error { return nil }

// take is the letters that have come since it was last called, in the order in which they came.
func (p *postOffice) take() []posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.letters
	p.letters = nil
	return out
}

func (p *postOffice) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.letters)
}

func (p *postOffice) refuses(to string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse[to] = err
}

// opened is a letter that has been read.
type opened struct {
	head     mail.Header
	text     string
	calendar string
	method   string
}

func (l posted) open(t testing.TB) (o opened) {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(l.raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, l.raw)
	}
	o.head = r.Header
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return o
		} else if err != nil {
			t.Fatalf("%v\n%s", err, l.raw)
		}
		data, _ := io.ReadAll(part.Body)
		h, ok := part.Header.(*mail.InlineHeader)
		if !ok {
			t.Fatalf("a part that is not shown: %+v", part.Header)
		}
		switch kind, params, _ := h.ContentType(); kind {
		case "text/plain":
			o.text = string(data)
		case "text/calendar":
			o.calendar, o.method = string(data), params["method"]
		}
	}
}

func TestMailIsSent(t *testing.T) {
	for _, c := range []struct {
		how  MailTLS
		user string
	}{{MailSTARTTLS, "anna"}, {MailImplicit, "anna"}, {MailSTARTTLS, ""}, {MailClear, ""}} {
		t.Run(string(c.how)+" "+c.user, func(t *testing.T) {
			p := newPostOffice(t, c.how, c.user)
			if err := p.check(); err != nil {
				t.Fatal(err)
			}
			l := letter{id: "one", to: mailbox{"Bo Åkesson", "bo@example.com"}, byName: "Anna", replyTo: mailbox{"Anna", "anna@example.com"}, subject: "Möte på måndag", text: "Hej å\nhå\n",
				calendar: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), method: "REQUEST"}
			if err := p.send(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			got := p.take()
			if len(got) != 1 || got[0].from != "team@example.com" || got[0].to != "bo@example.com" || got[0].secret != (c.how != MailClear) || got[0].user != c.user {
				t.Fatalf("%+v", got)
			}
			o := got[0].open(t)
			subject, _ := o.head.Subject()
			from, _ := o.head.AddressList("From")
			to, _ := o.head.AddressList("To")
			id, _ := o.head.MessageID()
			if subject != l.subject || from[0].Name != "Anna" || from[0].Address != "team@example.com" || to[0].Name != "Bo Åkesson" || id != "one@example.com" ||
				strings.ReplaceAll(o.text, "\r\n", "\n") != l.text || o.calendar != string(l.calendar) || o.method != "REQUEST" {
				t.Errorf("%+v\n%s", o, got[0].raw)
			}
		})
	}
}

func TestMailIsNotSent(t *testing.T) {
	p := newPostOffice(t, MailSTARTTLS, "anna")
	good := letter{id: "x", to: mailbox{"", "bo@example.com"}, subject: "s", text: "t"}
	send := func(m Mail, l letter) error { return m.send(t.Context(), l) }
	stranger := p.Mail
	stranger.CAFile = ""
	clear := newPostOffice(t, MailClear, "").Mail
	clear.TLS = MailSTARTTLS
	for name, c := range map[string]struct {
		mail    Mail
		forGood bool
	}{"a certificate of nobody's": {stranger, false}, "a server without STARTTLS": {clear, false}} {
		if err := send(c.mail, good); err == nil || errors.Is(err, errForGood) != c.forGood {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.refuses("bo@example.com", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody"})
	if err := send(p.Mail, good); !errors.Is(err, errForGood) {
		t.Errorf("nobody: %v", err)
	}
	p.refuses("bo@example.com", &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"})
	if err := send(p.Mail, good); err == nil || errors.Is(err, errForGood) {
		t.Errorf("later: %v", err)
	}
	if err := os.WriteFile(p.PasswordFile, []byte("wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := send(p.Mail, good); err == nil || strings.Contains(err.Error(), "wrong\n") {
		t.Errorf("the wrong password: %v", err)
	}
	if n := p.count(); n != 0 {
		t.Errorf("%d letters came", n)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.send(stopped, good); err == nil {
		t.Error("sent though it was stopped")
	}
}

// A line break in what people write begins no header of its own.
func TestNoHeaderIsInjected(t *testing.T) {
	p := newPostOffice(t, MailClear, "")
	evil := "x\r\nBcc: evil@example.com\r\n\r\nbody"
	err := p.send(t.Context(), letter{id: "one", to: mailbox{evil, "bo@example.com"}, byName: evil, replyTo: mailbox{evil, "anna@example.com"}, subject: evil, text: evil})
	if err != nil {
		t.Fatal(err)
	}
	l := p.take()[0]
	o := l.open(t)
	if o.head.Has("Bcc") || l.to != "bo@example.com" || !strings.HasPrefix(o.text, "x") {
		t.Errorf("%s", l.raw)
	}
	for _, a := range []string{"", "bo", "bo@", "bo@example.com\r\nRCPT TO:<evil@example.com>", "Bo <bo@example.com>", "bo@example.com, evil@example.com", "<bo@example.com>", "bo @example.com",
		strings.Repeat("a", 200) + "@example.com", "bo@example.com\x00", `"a b"@example.com`} {
		if emailAddress("email", a) == nil {
			t.Errorf("%q is taken", a)
		}
		if err := p.send(t.Context(), letter{id: "one", to: mailbox{"", a}, subject: "s", text: "t"}); !errors.Is(err, errForGood) {
			t.Errorf("to %q: %v", a, err)
		}
	}
	if n := p.count(); n != 0 {
		t.Errorf("%d letters came", n)
	}
}

func TestMailIsSetUpAsItShould(t *testing.T) {
	for name, m := range map[string]Mail{
		"no port":        {Address: "mail.example.com", TLS: MailSTARTTLS, From: "a@example.com"},
		"in clear":       {Address: "mail.example.com:25", TLS: MailClear, From: "a@example.com"},
		"no sender":      {Address: "mail.example.com:25", TLS: MailSTARTTLS},
		"no encryption":  {Address: "mail.example.com:25", From: "a@example.com"},
		"a port of 0":    {Address: "mail.example.com:0", TLS: MailSTARTTLS, From: "a@example.com"},
		"clear, by name": {Address: "localhost.example.com:25", TLS: MailClear, From: "a@example.com"},
	} {
		if m.check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := (Mail{}).check(); err != nil {
		t.Error(err)
	}
}
