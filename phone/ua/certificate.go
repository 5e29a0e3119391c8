package ua

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/ua/resolve"
)

// demands is what a server's certificate has to show (RFC 5922, RFC 5280).
type demands struct {
	names []string       // of which it has to bear one: domains in lower case, or addresses
	pin   []byte         // SHA-256 of its SubjectPublicKeyInfo; when set it counts in place of names and authorities
	roots *x509.CertPool // whom it has to come from
	now   func() time.Time
}

// The Texts of [phone.ReasonCertificate].
const (
	refusedExpired   = "expired"
	refusedNotYet    = "not-yet"
	refusedName      = "name"
	refusedAuthority = "authority"
	refusedPin       = "pin"
	refusedProtocol  = "protocol"
)

// Bounds on what others may have us read.
const (
	maxIntermediates = 16
	maxCAFile        = 4 << 20 // bytes; all the authorities of the web are a quarter of it
)

func refuseCertificate(why string) error { return phone.Refuse(phone.ReasonCertificate, why) }

// expect sets the pin from its 64 hex digits; an empty one expects nothing.
func (d *demands) expect(pin string) error {
	if pin == "" {
		return nil
	}
	sum, err := hex.DecodeString(pin)
	if err != nil || len(sum) != sha256.Size {
		return phone.Refuse(phone.ReasonBadAccount, "pin")
	}
	d.pin = sum
	return nil
}

// trust sets the authorities: the system's, and those of a file. A file that cannot be used is told: silently trusting
// others than the user named would be worse than no connection.
func (d *demands) trust(file string) error {
	pool, err := x509.SystemCertPool()
	if err != nil { // a system without any
		pool = x509.NewCertPool()
	}
	d.roots = pool
	if file == "" {
		return nil
	}
	certificates, err := readAuthorities(file)
	if err != nil {
		return &phone.Error{Reason: phone.Reason{ID: phone.ReasonBadAccount, Text: "ca_file"}}
	}
	for _, c := range certificates {
		pool.AddCert(c)
	}
	return nil
}

// readAuthorities reads the certificates of a PEM file: at least one, and every one of them whole.
func readAuthorities(file string) ([]*x509.Certificate, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open authorities: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("authorities: %s is no file", file)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxCAFile+1))
	if err != nil || len(text) > maxCAFile {
		return nil, fmt.Errorf("read authorities: too large or %w", err)
	}
	var out []*x509.Certificate
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read authority: %w", err)
		}
		out = append(out, c)
	}
	if len(out) == 0 || bytes.Count(text, []byte("BEGIN CERTIFICATE")) != len(out) {
		return nil, errors.New("read authorities: a certificate is missing or broken")
	}
	return out, nil
}

// judge says whether a chain, the server's own certificate first, will do: nil, or a refusal with
// [phone.ReasonCertificate].
func (d demands) judge(chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return refuseCertificate(refusedProtocol)
	}
	leaf, now := chain[0], d.now()
	if len(d.pin) > 0 {
		if sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo); subtle.ConstantTimeCompare(sum[:], d.pin) != 1 {
			return refuseCertificate(refusedPin)
		}
	}
	switch {
	case now.Before(leaf.NotBefore):
		return refuseCertificate(refusedNotYet)
	case now.After(leaf.NotAfter):
		return refuseCertificate(refusedExpired)
	case len(d.pin) > 0: // the key itself is known: who vouches for it, and under what name, adds nothing
		return nil
	}
	if err := d.chained(leaf, chain[1:min(len(chain), 1+maxIntermediates)], now); err != nil {
		return err
	}
	identities := sipIdentities(leaf)
	for _, name := range d.names {
		if slices.Contains(identities, name) {
			return nil
		}
	}
	return refuseCertificate(refusedName)
}

// sipDomainUse is id-kp-sipDomain of RFC 5924.
var sipDomainUse = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 20}

// chained checks that a certificate comes from an authority (RFC 5280 6), for a use that suits (RFC 5924 4: where uses are
// named, one of them is SIP, a server, or any).
func (d demands) chained(leaf *x509.Certificate, others []*x509.Certificate, now time.Time) error {
	between := x509.NewCertPool()
	for _, c := range others {
		between.AddCert(c)
	}
	uses := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if slices.ContainsFunc(leaf.UnknownExtKeyUsage, sipDomainUse.Equal) {
		uses = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: d.roots, Intermediates: between, CurrentTime: now, KeyUsages: uses})
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired: // one between it and the authority
		return refuseCertificate(refusedExpired)
	}
	return refuseCertificate(refusedAuthority)
}

// sipIdentities is the domains and addresses a certificate speaks for, in lower case (RFC 5922 7.1): those of its sip:
// URIs without a user, or where there is none its DNS names; besides, its addresses, for exchanges that have no name.
// Wildcards are names like others, which no domain equals (7.2). The common name is not looked at: the RFC leaves it open,
// and the web's authorities no longer check it.
func sipIdentities(c *x509.Certificate) []string {
	var out []string
	for _, u := range c.URIs {
		if host := sipDomain(u); host != "" {
			out = append(out, host)
		}
	}
	if len(out) == 0 {
		for _, name := range c.DNSNames {
			if name, ok := resolve.Name(name); ok {
				out = append(out, name)
			}
		}
	}
	for _, ip := range c.IPAddresses {
		if addr, ok := netip.AddrFromSlice(ip); ok {
			out = append(out, addr.Unmap().String())
		}
	}
	return out
}

// sipDomain is the domain of a sip: URI without a user, or empty.
func sipDomain(u *url.URL) string {
	if u == nil || !strings.EqualFold(u.Scheme, "sip") || u.Opaque == "" || strings.Contains(u.Opaque, "@") {
		return ""
	}
	host, _, _ := strings.Cut(u.Opaque, ";")
	host, _, err := splitHostPort(host)
	if err != nil {
		return ""
	}
	name, _ := resolve.Name(host)
	return name
}
