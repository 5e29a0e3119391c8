// Package certs makes certificates for tests: an authority, and whatever it may be made to vouch for.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Spec is what a certificate says. The zero value is valid now, for a day, for no name and as a server.
type Spec struct {
	CN          string
	DNS         []string
	URIs        []string
	IPs         []string
	From, Until time.Time
	Uses        []x509.ExtKeyUsage // nil is a server's; an empty list none
	OtherUses   []asn1.ObjectIdentifier
	Extra       []pkix.Extension
	Authority   bool // it may vouch for others
	NoSubject   bool
}

// Certificate is one with its key.
type Certificate struct {
	CertFile, KeyFile string // PEM; CertFile has those between it and the authority as well
	Leaf              *x509.Certificate
	TLS               tls.Certificate
	Pin               string // SHA-256 of its SubjectPublicKeyInfo, 64 hex digits

	key *ecdsa.PrivateKey
}

// Authority vouches for others. Its CertFile is for those who trust it.
type Authority struct{ *Certificate }

// NewAuthority makes an authority that nobody trusts yet.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	return &Authority{issue(t, Spec{CN: "Test authority", Authority: true}, nil)}
}

// Issue makes a certificate that the authority vouches for.
func (a *Authority) Issue(t testing.TB, s Spec) *Certificate {
	t.Helper()
	return issue(t, s, a.Certificate)
}

// Below makes an authority that this one vouches for.
func (a *Authority) Below(t testing.TB, s Spec) *Authority {
	t.Helper()
	s.Authority = true
	return &Authority{issue(t, s, a.Certificate)}
}

// SelfSigned makes a certificate that nobody else vouches for.
func SelfSigned(t testing.TB, s Spec) *Certificate {
	t.Helper()
	return issue(t, s, nil)
}

func issue(t testing.TB, s Spec, by *Certificate) *Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := s.template(t)
	parent, signer := template, key
	if by != nil {
		parent, signer = by.Leaf, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	chain := [][]byte{der}
	if by != nil && by.Leaf.Issuer.CommonName != by.Leaf.Subject.CommonName { // the authority itself need not be shown
		chain = append(chain, by.TLS.Certificate...)
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	c := &Certificate{
		Leaf: leaf, key: key, Pin: hex.EncodeToString(sum[:]),
		TLS: tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: leaf},
	}
	c.write(t, chain)
	return c
}

func (s Spec) template(t testing.TB) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: s.CN}, DNSNames: s.DNS, NotBefore: s.From, NotAfter: s.Until,
		ExtKeyUsage: s.Uses, UnknownExtKeyUsage: s.OtherUses, ExtraExtensions: s.Extra,
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true, IsCA: s.Authority,
	}
	if s.CN == "" && !s.NoSubject {
		c.Subject.CommonName = "exchange"
	}
	if s.Authority {
		c.KeyUsage |= x509.KeyUsageCertSign
	}
	if s.Uses == nil && s.OtherUses == nil && !s.Authority {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if s.From.IsZero() {
		c.NotBefore = time.Now().Add(-time.Hour)
	}
	if s.Until.IsZero() {
		c.NotAfter = time.Now().Add(24 * time.Hour)
	}
	for _, text := range s.URIs {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		c.URIs = append(c.URIs, u)
	}
	for _, text := range s.IPs {
		c.IPAddresses = append(c.IPAddresses, net.ParseIP(text))
	}
	return c
}

func (c *Certificate) write(t testing.TB, chain [][]byte) {
	t.Helper()
	dir := t.TempDir()
	c.CertFile, c.KeyFile = filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")
	var shown []byte
	for _, der := range chain {
		shown = append(shown, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string][]byte{c.CertFile: shown, c.KeyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
