package voicemail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"unicode"

	"github.com/emersion/go-imap/v2"

	"svara/phone"
)

// errMoved ends a connection that has lost its way: the machine slept, or is in another network.
var errMoved = errors.New("the network has changed")

// wsaRefused is Windows' number for a refused connection, which package syscall has no portable name for.
const wsaRefused = syscall.Errno(10061)

// reasonOf is why a connection could not be made, or ended.
func reasonOf(err error) phone.Reason {
	var ours *phone.Error
	var told *imap.Error
	var cert *tls.CertificateVerificationError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &ours):
		return ours.Reason
	case errors.As(err, &told):
		return phone.Reason{ID: phone.ReasonMailFailed, Text: clean(told.Text, maxText)}
	case errors.As(err, &cert):
		return phone.Reason{ID: phone.ReasonUntrusted, Text: cert.Err.Error()}
	case errors.As(err, &host), errors.As(err, &unknown):
		return phone.Reason{ID: phone.ReasonUntrusted, Text: err.Error()}
	case errors.As(err, &record):
		return phone.Reason{ID: phone.ReasonMailFailed, Text: "no TLS"}
	case errors.As(err, &dns) && !dns.IsTimeout:
		return phone.Reason{ID: phone.ReasonUnknownHost}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaRefused):
		return phone.Reason{ID: phone.ReasonRefused}
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETDOWN):
		return phone.Reason{ID: phone.ReasonNoNetwork}
	case errors.Is(err, errSilent), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return phone.Reason{ID: phone.ReasonNoReply}
	}
	return phone.Reason{ID: phone.ReasonMailFailed}
}

// loginReason is why a login was refused (RFC 5530). A NO without a reason means the password, as it always has.
func loginReason(err error) error {
	var told *imap.Error
	if !errors.As(err, &told) {
		return err
	}
	switch strings.ToUpper(string(told.Code)) {
	case "UNAVAILABLE", "SERVERBUG", "LIMIT", "INUSE", "CONTACTADMIN", "PRIVACYREQUIRED":
		return phone.Refuse(phone.ReasonMailFailed, clean(told.Text, maxText))
	}
	if told.Type == imap.StatusResponseTypeNo {
		return phone.Refuse(phone.ReasonMailPassword, clean(told.Text, maxText))
	}
	return err
}

// maxText is how long what others say may be, in letters.
const maxText = 200

// clean makes what others wrote fit for a line: no control characters, nothing that turns the direction of writing, one
// space between words, and not longer than so many letters.
func clean(s string, letters int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > letters {
		s = strings.TrimSpace(string(r[:letters])) + "…"
	}
	return s
}
