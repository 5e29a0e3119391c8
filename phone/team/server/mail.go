package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// MailTLS is how mail is encrypted on its way to the mail server.
type MailTLS string

// The ways. Mail is never sent in clear to another computer.
const (
	MailSTARTTLS MailTLS = "starttls" // RFC 3207, or nothing is sent
	MailImplicit MailTLS = "tls"      // RFC 8314 3.3
	MailClear    MailTLS = "none"     // to this computer only
)

// Mail says how mail is sent. The zero value sends none.
type Mail struct {
	Address      string // HOST:PORT of the mail server
	TLS          MailTLS
	User         string // empty: it does not ask who we are
	PasswordFile string // its first line; read for each letter, so that it can be changed
	From         string // "Svara <team@example.com>"
	CAFile       string // PEM of an authority trusted besides the system's
}

// On reports whether mail is sent at all.
func (m Mail) On() bool { return m.Address != "" }

// check says what is wrong with it.
func (m Mail) check() error {
	if !m.On() {
		return nil
	}
	host, port, err := net.SplitHostPort(m.Address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 1 || n > 65535 || host == "" {
		return fmt.Errorf("mail server %q is not HOST:PORT", m.Address)
	}
	if _, err := m.from(); err != nil {
		return fmt.Errorf("mail's sender: %w", err)
	}
	switch m.TLS {
	case MailSTARTTLS, MailImplicit:
	case MailClear:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("mail is not sent in clear to %s, which is another computer", host)
		}
	default:
		return fmt.Errorf("no such encryption of mail: %q", m.TLS)
	}
	return nil
}

func (m Mail) from() (mailbox, error) {
	a, err := netmail.ParseAddress(m.From)
	if err != nil {
		return mailbox{}, err
	}
	return mailbox{a.Name, a.Address}, nil
}

// domain is what ids of what is sent end with.
func (m Mail) domain() string {
	from, _ := m.from()
	_, domain, _ := strings.Cut(from.address, "@")
	return domain
}

// emailAddress checks an address that people write: an address alone, on one line.
func emailAddress(field, s string) error {
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 200 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) || strings.ContainsAny(s, `<>",;:\`) {
		return bad(field)
	}
	return nil
}

// letter is a mail to one person.
type letter struct {
	id       string // of the Message-ID, without domain: the same letter sent again has the same
	to       mailbox
	byName   string // in whose name it is sent; the address is the server's
	replyTo  mailbox
	subject  string
	text     string
	calendar []byte // an invitation; nil: none
	method   string // of it
}

// errForGood is a refusal that another try does not change.
var errForGood = errors.New("refused for good")

// sendTime is how long a letter may take.
const sendTime = 30 * time.Second

// send sends a letter. An error that is errForGood is the mail server's last word.
func (m Mail) send(ctx context.Context, l letter) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	msg, err := m.message(l)
	if err != nil {
		return fmt.Errorf("write the mail: %w", errors.Join(err, errForGood))
	}
	client, err := m.client()
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		var said *mail.SendError
		if errors.As(err, &said) && said.ErrorCode() >= 500 {
			err = errors.Join(err, errForGood)
		}
		return fmt.Errorf("send mail: %w", err)
	}
	return nil
}

func (m Mail) message(l letter) (*mail.Msg, error) {
	from, err := m.from()
	if err != nil {
		return nil, err
	}
	if l.byName != "" {
		from.name = l.byName
	}
	if err := emailAddress("email", l.to.address); err != nil {
		return nil, err
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	errs := []error{msg.FromFormat(oneLine(from.name), from.address), msg.AddToFormat(oneLine(l.to.name), l.to.address)}
	if l.replyTo.address != "" {
		errs = append(errs, msg.ReplyToFormat(oneLine(l.replyTo.name), l.replyTo.address))
	}
	msg.Subject(oneLine(l.subject))
	msg.SetDate()
	msg.SetMessageIDWithValue(l.id + "@" + m.domain())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody answers it by machine
	msg.SetBodyString(mail.TypeTextPlain, l.text)
	if l.calendar != nil {
		msg.AddAlternativeString(mail.ContentType("text/calendar; method="+l.method), string(l.calendar)) // RFC 6047 2.4
	}
	return msg, errors.Join(errs...)
}

// oneLine is what stands in a header: a line break in it would begin another.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
}

func (m Mail) client() (*mail.Client, error) {
	host, port, err := net.SplitHostPort(m.Address)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if m.CAFile != "" {
		pem, err := os.ReadFile(m.CAFile)
		if err != nil {
			return nil, err
		}
		if trust.RootCAs, err = x509.SystemCertPool(); err != nil {
			trust.RootCAs = x509.NewCertPool()
		}
		if !trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s has no certificate", m.CAFile)
		}
	}
	options := []mail.Option{mail.WithPort(n), mail.WithTLSConfig(trust), mail.WithTimeout(sendTime), mail.WithHELO("localhost")}
	switch m.TLS {
	case MailImplicit:
		options = append(options, mail.WithSSL())
	case MailClear:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.User != "" {
		password, err := firstLine(m.PasswordFile)
		if err != nil {
			return nil, err
		}
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthPlain), mail.WithUsername(m.User), mail.WithPassword(password))
	}
	return mail.NewClient(host, options...)
}

// firstLine is the first line of a file with a password.
func firstLine(file string) (string, error) {
	data, err := os.ReadFile(file)
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimRight(line, "\r"), err
}
