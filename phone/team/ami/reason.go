package ami

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"svara/phone"
)

// reasonOf is why there is no connection.
func reasonOf(err error) phone.Reason {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var timeout net.Error
	var r *refusal
	switch {
	case errors.Is(err, errPassword):
		return phone.Reason{ID: phone.ReasonWrongPassword}
	case errors.As(err, &r):
		return phone.ReasonOf(refuse(r))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return phone.Reason{ID: phone.ReasonBadFile, Text: err.Error()}
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &unknown):
		return phone.Reason{ID: phone.ReasonUntrusted, Text: err.Error()}
	case errors.Is(err, errHostile):
		return phone.Reason{ID: phone.ReasonServerError, Text: err.Error()}
	case errors.As(err, &dns):
		return phone.Reason{ID: phone.ReasonUnknownHost}
	case errors.Is(err, syscall.ECONNREFUSED):
		return phone.Reason{ID: phone.ReasonRefused}
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return phone.Reason{ID: phone.ReasonNoNetwork}
	case errors.Is(err, errSilent), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return phone.Reason{ID: phone.ReasonNoReply}
	}
	return phone.Reason{ID: phone.ReasonLost}
}

// said are what Asterisk answers to what it refuses, and what that means.
var said = []struct {
	words  string
	reason phone.ReasonID
}{
	{"no such queue", phone.ReasonNoItem},
	{"already there", phone.ReasonWrongState},
	{"not there", phone.ReasonNotMember},
	{"interface not found", phone.ReasonNotMember},
	{"invalid interface, queuename or penalty", phone.ReasonNotMember},
	{"not dynamic", phone.ReasonNotPermitted},
	{"permission denied", phone.ReasonNotPermitted},
	{"escalated privileges", phone.ReasonNotPermitted},
	{"extension does not exist", phone.ReasonUnknownNumber},
	{"invalid/unknown command", phone.ReasonNotSupported},
	{"message failed to send", phone.ReasonUnavailable}, // no such telephone, or none that is there
	{"message technology not found", phone.ReasonNotSupported},
}

// refuse is the error of Do for what went wrong.
func refuse(err error) error {
	if err == nil {
		return nil
	}
	var already *phone.Error
	var r *refusal
	switch {
	case errors.As(err, &already):
		return err
	case errors.As(err, &r):
		for _, s := range said {
			if strings.Contains(strings.ToLower(r.said), s.words) {
				return phone.Refuse(s.reason, r.said)
			}
		}
		return phone.Refuse(phone.ReasonServerError, r.said)
	case errors.Is(err, errValue):
		return phone.Refuse(phone.ReasonBadCommand, err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		return phone.Refuse(phone.ReasonNotConfirmed, "")
	}
	return phone.Refuse(phone.ReasonLost, err.Error())
}
