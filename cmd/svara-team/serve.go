package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"svara/phone/team"
	"svara/phone/team/ami"
	"svara/phone/team/server"
	"svara/phone/team/sms"
	"svara/phone/team/spool"
	"svara/phone/team/tally"
)

// goodbye is how long requests under way are waited for.
const goodbye = 5 * time.Second

// defaultListen is where a server is reached that is not told otherwise.
const defaultListen = "127.0.0.1:8443"

// serveOptions is what serve's command line says.
type serveOptions struct {
	listen, cert, key        string
	plain                    bool
	url, name, forgot, zone  string
	ami, amiUser, amiSecrets string
	amiContext, amiCA        string
	amiTLS                   bool
	spool, gateway           string
	texts                    ami.Texts
	mail                     server.Mail
	rooms, roomIDs           string
}

func (c *command) serve(ctx context.Context, args []string) error {
	var o serveOptions
	f := c.flags("serve")
	f.StringVar(&o.listen, "listen", defaultListen, "")
	f.StringVar(&o.cert, "tls-cert", "", "")
	f.StringVar(&o.key, "tls-key", "", "")
	f.BoolVar(&o.plain, "plain", false, "")
	f.StringVar(&o.url, "url", "", "")
	f.StringVar(&o.name, "name", "", "")
	f.StringVar(&o.forgot, "forgot", "", "")
	f.StringVar(&o.zone, "zone", "", "")
	f.StringVar(&o.ami, "ami", "", "")
	f.StringVar(&o.amiUser, "ami-user", "", "")
	f.StringVar(&o.amiSecrets, "ami-password-file", "", "")
	f.StringVar(&o.amiContext, "ami-context", "", "")
	f.BoolVar(&o.amiTLS, "ami-tls", false, "")
	f.StringVar(&o.amiCA, "ami-ca", "", "")
	f.StringVar(&o.spool, "voicemail-spool", "", "")
	f.StringVar(&o.gateway, "sms-gateway", "", "")
	f.StringVar(&o.texts.Inside, "sip-texts", "", "")
	f.StringVar(&o.texts.Outside, "sip-texts-outside", "", "")
	f.StringVar(&o.mail.Address, "smtp", "", "")
	f.StringVar((*string)(&o.mail.TLS), "smtp-tls", string(server.MailSTARTTLS), "")
	f.StringVar(&o.mail.User, "smtp-user", "", "")
	f.StringVar(&o.mail.PasswordFile, "smtp-password-file", "", "")
	f.StringVar(&o.mail.CAFile, "smtp-ca", "", "")
	f.StringVar(&o.mail.From, "mail-from", "", "")
	f.StringVar(&o.rooms, "conference", "", "")
	f.StringVar(&o.roomIDs, "conference-ids", "100000-999999", "")
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	zone := time.Local
	if o.zone != "" {
		var err error
		if zone, err = time.LoadLocation(o.zone); err != nil {
			return fmt.Errorf("%w: --zone: %w", errUsage, err)
		}
	}
	if (o.cert == "") != (o.key == "") || o.ami != "" && (o.amiUser == "" || o.amiSecrets == "") || o.amiCA != "" && !o.amiTLS {
		return fmt.Errorf("%w: --tls-cert needs --tls-key, --ami needs --ami-user and --ami-password-file, --ami-ca needs --ami-tls", errUsage)
	}
	if err := o.texts.Check(); err != nil || o.texts != (ami.Texts{}) && o.ami == "" {
		return fmt.Errorf("%w: --sip-texts pjsip:{to} and --sip-texts-outside pjsip:TRUNK/sip:{to}@HOST need --ami, and {to} in them", errUsage)
	}
	rooms, err := roomsOf(o)
	if err != nil {
		return err
	}
	trust, err := amiTrust(o)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.errOut, nil))
	listener, err := listen(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	db, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if o.url == "" {
		o.url = map[bool]string{true: "https://", false: "http://"}[o.cert != ""] + listener.Addr().String()
	}
	config := server.Config{Shelf: db, Exchanges: exchanges(o, trust, log), Log: log, Version: version, Name: o.name, Forgot: o.forgot, URL: o.url, Zone: zone, Mail: o.mail, Rooms: rooms}
	done, err := messages(o, &config, log)
	if err != nil {
		return err
	}
	defer done()
	s, err := server.New(ctx, config)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := c.greet(ctx, s, o.url); err != nil {
		return err
	}
	return attend(ctx, s, listener, log)
}

// messages is where voice messages lie and texts go out, as the command line says. done closes it.
func messages(o serveOptions, c *server.Config, log *slog.Logger) (done func(), err error) {
	done = func() {}
	if o.gateway != "" {
		t, err := sms.Read(o.gateway)
		if err != nil {
			return nil, err
		}
		g, err := sms.New(t)
		if err != nil {
			return nil, err
		}
		c.SMS, c.TextFields, done = g, t.Fields, g.Close
	}
	if o.spool != "" {
		box, err := spool.Open(o.spool, log)
		if err != nil {
			done()
			return nil, err
		}
		before := done
		c.Voices, done = box, func() { before(); _ = box.Close() }
	}
	return done, nil
}

// roomsOf is the exchange's conference as the command line says it.
func roomsOf(o serveOptions) (r server.Rooms, err error) {
	if o.rooms == "" {
		return r, nil
	}
	from, to, _ := strings.Cut(o.roomIDs, "-")
	r.Number = o.rooms
	if r.From, err = strconv.Atoi(from); err == nil {
		r.To, err = strconv.Atoi(to)
	}
	if err != nil {
		return r, fmt.Errorf("%w: --conference-ids %s: two numbers with a - between", errUsage, o.roomIDs)
	}
	return r, nil
}

// exchanges is what the command line says to connect to.
func exchanges(o serveOptions, trust *tls.Config, log *slog.Logger) []server.Exchange {
	if o.ami == "" {
		return nil
	}
	source := ami.New(ami.Config{Address: o.ami, User: o.amiUser, PasswordFile: o.amiSecrets, Context: o.amiContext, TLS: trust, Texts: o.texts, Log: log})
	return []server.Exchange{{Source: source, Name: "Asterisk", Tally: func(b team.Before) team.Tally { return tally.New(b) }, Texts: o.texts.Inside != "", TextsOutside: o.texts.Outside != ""}}
}

// amiTrust is whose certificate an exchange may show: one of the system's authorities or of --ami-ca, for the name it is
// connected to. nil: in clear.
func amiTrust(o serveOptions) (*tls.Config, error) {
	if !o.amiTLS {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.amiCA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(o.amiCA)
	if err != nil {
		return nil, fmt.Errorf("read the authority of the exchange: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: --ami-ca: no certificate in %s", errUsage, o.amiCA)
	}
	return c, nil
}

// greet tells where the server is, and at the first start how to become its administrator.
func (c *command) greet(ctx context.Context, s *server.Server, url string) error {
	link, made, err := s.FirstAdmin(ctx)
	if err != nil {
		return err
	}
	if made {
		fmt.Fprintf(c.out, "administrator: %s (works once, until %s)\n", link.URL, link.Expires.Format("2006-01-02 15:04 MST"))
	}
	fmt.Fprintln(c.out, "team server on", url)
	return nil
}

// attend serves until ctx ends; readers of feeds are let go first, requests under way are finished.
func attend(ctx context.Context, s *server.Server, listener net.Listener, log *slog.Logger) error {
	web := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	s.Goodbye()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := web.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = web.Close()
	}
	<-served
	return err
}

// listen opens the door: in clear on loopback only, unless --plain says that something before us has TLS.
func listen(ctx context.Context, o serveOptions) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return nil, err
	}
	if o.cert == "" {
		if a, ok := l.Addr().(*net.TCPAddr); (!ok || !a.IP.IsLoopback()) && !o.plain {
			return nil, errors.Join(fmt.Errorf("%s is not this computer only: --tls-cert and --tls-key are needed, or --plain behind a proxy with TLS", o.listen), l.Close())
		}
		return l, nil
	}
	r := &reloaded{cert: o.cert, key: o.key}
	if _, err := r.get(nil); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: r.get, NextProtos: []string{"http/1.1"}}), nil
}

// reloaded is a certificate that is read again when its files have changed.
type reloaded struct {
	cert, key string

	mu      sync.Mutex
	at      [2]time.Time // of the files, as read
	checked time.Time
	now     *tls.Certificate
}

func (r *reloaded) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now != nil && time.Since(r.checked) < time.Second {
		return r.now, nil
	}
	r.checked = time.Now()
	var at [2]time.Time
	for i, file := range []string{r.cert, r.key} {
		info, err := os.Stat(file)
		if err != nil {
			return r.old(err)
		}
		at[i] = info.ModTime()
	}
	if r.now != nil && at == r.at {
		return r.now, nil
	}
	c, err := tls.LoadX509KeyPair(r.cert, r.key)
	if err != nil { // half written, perhaps: tried again
		return r.old(err)
	}
	r.now, r.at = &c, at
	return r.now, nil
}

// old is the certificate that was good before, or the error when there is none.
func (r *reloaded) old(err error) (*tls.Certificate, error) {
	if r.now != nil {
		return r.now, nil
	}
	return nil, fmt.Errorf("read the certificate: %w", err)
}
