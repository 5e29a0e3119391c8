package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"unicode"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/oauth2"

	"svara/phone"
)

// wsaRefused is Windows' number for a refused connection, which package syscall has no portable name for.
const wsaRefused = syscall.Errno(10061)

// reasonOf is why a reading failed, for the user.
func reasonOf(err error) phone.Reason {
	var (
		refused *phone.Error
		dns     *net.DNSError
		timeout net.Error
		status  *statusError
		grant   *oauth2.RetrieveError
		syntax  *xml.SyntaxError
	)
	switch {
	case errors.As(err, &refused):
		return refused.Reason
	case untrusted(err) != "":
		return phone.Reason{ID: phone.ReasonUntrusted, Text: plain(untrusted(err))}
	case errors.As(err, &dns) && !dns.IsTimeout:
		return phone.Reason{ID: phone.ReasonUnknownHost, Text: dns.Name}
	case errors.As(err, &status):
		return status.reason()
	case errors.As(err, &grant):
		return grantReason(grant)
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultInsufficientAccessRights,
		ldap.LDAPResultStrongAuthRequired):
		return ldapRefusal(err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout(), ldap.IsErrorWithCode(err, ldap.ErrorNetwork) && strings.Contains(err.Error(), "timed out"):
		return phone.Reason{ID: phone.ReasonNoReply}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaRefused):
		return phone.Reason{ID: phone.ReasonRefused}
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return phone.Reason{ID: phone.ReasonNoNetwork}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return phone.Reason{ID: phone.ReasonBookFailed, Text: "half an answer"}
	case errors.As(err, &syntax):
		return phone.Reason{ID: phone.ReasonBookFailed, Text: plain("broken XML: " + syntax.Msg)}
	}
	return phone.Reason{ID: phone.ReasonBookFailed, Text: plain(err.Error())}
}

// untrusted is what is wrong with a certificate, or "".
func untrusted(err error) string {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &host):
		return host.Error()
	case errors.As(err, &invalid):
		return invalid.Error()
	case errors.As(err, &authority):
		return authority.Error()
	case errors.As(err, &verify):
		return verify.Err.Error()
	case errors.As(err, &record):
		return "the server does not speak TLS there"
	case strings.Contains(err.Error(), "x509: "): // go-ldap keeps only the text of a failed StartTLS
		return err.Error()[strings.Index(err.Error(), "x509: "):]
	}
	return ""
}

func ldapRefusal(err error) phone.Reason {
	if ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication) {
		return phone.Reason{ID: phone.ReasonWrongPassword}
	}
	return phone.Reason{ID: phone.ReasonBookFailed, Text: plain(err.Error())}
}

// grantReason is what a refusal of the token endpoint means (RFC 6749 5.2, RFC 8628 3.5).
func grantReason(e *oauth2.RetrieveError) phone.Reason {
	switch e.ErrorCode {
	case "access_denied", "expired_token", "invalid_grant", "interaction_required", "consent_required":
		return phone.Reason{ID: phone.ReasonConsent}
	}
	text := e.ErrorCode
	if e.ErrorDescription != "" {
		text += ": " + e.ErrorDescription
	}
	if text == "" && e.Response != nil {
		text = e.Response.Status
	}
	return phone.Reason{ID: phone.ReasonBookFailed, Text: plain(text)}
}

// plain is a peer's text on one short line.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:199]) + "…"
	}
	return strings.TrimSpace(s)
}
