package voicemail

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"svara/phone"
)

var (
	errTooMuch = errors.New("the server sends more than it was asked for")
	errNested  = errors.New("the server sends what is nested deeper than any mail")
)

const (
	maxBrackets = 100      // one behind the other; the library goes one call deeper for each
	maxLine     = 8 << 10  // of an answer before TLS
	maxCA       = 10 << 20 // of a file with certificates
)

// wire is a connection that is suspicious of how much comes in. The bytes are those after decryption.
type wire struct {
	net.Conn
	greeting []byte       // to be read first
	left     atomic.Int64 // bytes that may still come; set for every command
	lines    atomic.Int64 // likewise; each may cost the library a goroutine
	sent     atomic.Int64 // bytes that the system has taken
	open     int          // brackets at the end of what was read; of Read only
}

// Read is called by one goroutine at a time.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.greeting) > 0 {
		n := copy(p, w.greeting)
		w.greeting = w.greeting[n:]
		return n, nil
	}
	n, err := w.Conn.Read(p)
	if w.left.Add(-int64(n)) < 0 {
		return 0, errTooMuch
	}
	if w.lines.Add(-int64(bytes.Count(p[:n], []byte{'\n'}))) < 0 {
		return 0, errTooMuch
	}
	for _, c := range p[:n] {
		if c != '(' {
			w.open = 0
		} else if w.open++; w.open > maxBrackets {
			return 0, errNested
		}
	}
	return n, err
}

// Write counts what goes out, so that a long letter is not taken for silence.
func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.sent.Add(int64(n))
	return n, err
}

// SetWriteDeadline does nothing: the library gives a literal five minutes, however long it is. Who waits for a command
// ends a connection on which nothing moves.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// address is host and host:port of a server.
func address(s phone.MailServer) (host, hostPort string) {
	port := "993"
	if s.TLS != phone.MailTLSDirect {
		port = "143"
	}
	host = strings.Trim(s.Address, "[]")
	if h, p, err := net.SplitHostPort(s.Address); err == nil {
		host, port = h, p
	}
	return host, net.JoinHostPort(host, port)
}

// dial connects to a server, encrypted as the user wants it: where that cannot be had, there is no connection.
func dial(ctx context.Context, s phone.MailServer) (*wire, error) {
	host, hostPort := address(s)
	if host == "" {
		return nil, phone.Refuse(phone.ReasonBadItem, "address")
	}
	var config *tls.Config
	switch s.TLS {
	case phone.MailTLSDirect, phone.MailTLSStart:
		var err error
		if config, err = tlsConfig(host, s.CAFile); err != nil {
			return nil, err
		}
	case phone.MailTLSNone:
	default:
		return nil, phone.Refuse(phone.ReasonBadItem, "tls")
	}
	// A machine that has gone away says nothing: while we only listen, nothing else would tell.
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 45 * time.Second, Interval: 15 * time.Second, Count: 4}}
	conn, err := dialer.DialContext(ctx, "tcp", hostPort)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", hostPort, err)
	}
	w, err := secure(ctx, conn, config, s.TLS == phone.MailTLSStart)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("connect to %s: %w", hostPort, err)
	}
	return w, nil
}

// secure encrypts a connection. It ends with the context.
func secure(ctx context.Context, conn net.Conn, config *tls.Config, start bool) (*wire, error) {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	w := &wire{Conn: conn}
	w.left.Store(smallAnswer)
	w.lines.Store(maxLines)
	if config == nil {
		return w, nil
	}
	if start {
		if err := startTLS(conn); err != nil {
			return nil, orTimeout(ctx, err)
		}
		// RFC 3501 6.2.1: there is no second greeting, and nothing heard before counts. The library wants one.
		w.greeting = []byte("* OK encrypted\r\n")
	}
	secret := tls.Client(conn, config)
	if err := secret.HandshakeContext(ctx); err != nil {
		return nil, orTimeout(ctx, err)
	}
	w.Conn = secret
	return w, nil
}

// orTimeout is the error, or that the time was over when that caused it.
func orTimeout(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errSilent
	}
	return err
}

// startTLS asks for encryption, RFC 3501 6.2.1.
func startTLS(conn net.Conn) error {
	r := bufio.NewReaderSize(conn, maxLine)
	greeting, err := r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if !bytes.HasPrefix(bytes.ToUpper(greeting), []byte("* OK")) { // BYE, or a PREAUTH that would leave us without
		return phone.Refuse(phone.ReasonMailFailed, clean(string(greeting), maxText))
	}
	if _, err := conn.Write([]byte("S1 STARTTLS\r\n")); err != nil {
		return fmt.Errorf("start TLS: %w", err)
	}
	for range 100 {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("start TLS: %w", err)
		}
		answer := bytes.ToUpper(line)
		switch {
		case bytes.HasPrefix(answer, []byte("* ")):
		case bytes.HasPrefix(answer, []byte("S1 OK")) && r.Buffered() == 0:
			return nil
		case bytes.HasPrefix(answer, []byte("S1 OK")): // somebody has put words in before the encryption
			return phone.Refuse(phone.ReasonMailFailed, "STARTTLS")
		default:
			return phone.Refuse(phone.ReasonMailFailed, clean(string(line), maxText))
		}
	}
	return phone.Refuse(phone.ReasonMailFailed, "STARTTLS")
}

// tlsConfig trusts what the system trusts, or the certificates of a file alone.
func tlsConfig(host, file string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if file == "" {
		return config, nil
	}
	info, err := os.Stat(file)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxCA) {
		err = errors.New("not a file of certificates")
	}
	var pem []byte
	if err == nil {
		pem, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, phone.Refuse(phone.ReasonBadFile, err.Error())
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, phone.Refuse(phone.ReasonBadFile, file)
	}
	return config, nil
}
