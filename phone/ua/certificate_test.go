package ua

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest/certs"
)

// verdict is the Text of a refusal of a certificate, or empty.
func verdict(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	why := phone.ReasonOf(err)
	if why.ID != phone.ReasonCertificate {
		t.Fatalf("%+v is no verdict on a certificate", why)
	}
	return why.Text
}

func TestJudgesCertificates(t *testing.T) {
	ca, stranger := certs.NewAuthority(t), certs.NewAuthority(t)
	between := ca.Below(t, certs.Spec{CN: "Between"})
	old := ca.Below(t, certs.Spec{CN: "Old", Until: time.Now().Add(-time.Minute)})
	limited := ca.Below(t, certs.Spec{CN: "For people", Uses: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}})
	self := certs.SelfSigned(t, certs.Spec{CN: "asterisk"})
	hour := time.Hour
	dns := func(names ...string) certs.Spec { return certs.Spec{DNS: names} }
	for _, c := range []struct {
		name string
		cert *certs.Certificate
		host string // what is asked for; empty is pbx.example.com
		pin  string
		want string
	}{
		{name: "valid", cert: ca.Issue(t, dns("pbx.example.com"))},
		{name: "in capitals", cert: ca.Issue(t, dns("PBX.Example.COM"))},
		{name: "one of several", cert: ca.Issue(t, dns("a.example", "pbx.example.com"))},
		{name: "by way of another", cert: between.Issue(t, dns("pbx.example.com"))},
		{name: "by way of an expired one", cert: old.Issue(t, dns("pbx.example.com")), want: refusedExpired},
		{name: "by way of one for mail", cert: limited.Issue(t, dns("pbx.example.com")), want: refusedAuthority},
		{name: "expired", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, Until: time.Now().Add(-hour)}), want: refusedExpired},
		{name: "not yet", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, From: time.Now().Add(hour)}), want: refusedNotYet},
		{name: "self-signed", cert: certs.SelfSigned(t, dns("pbx.example.com")), want: refusedAuthority},
		{name: "another authority", cert: stranger.Issue(t, dns("pbx.example.com")), want: refusedAuthority},
		{name: "by one that is no authority", cert: (&certs.Authority{Certificate: ca.Issue(t, certs.Spec{CN: "leaf"})}).Issue(t, dns("pbx.example.com")), want: refusedAuthority},
		{name: "a client's", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, Uses: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}), want: refusedAuthority},
		{name: "for any use", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, Uses: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})},
		{name: "no use named", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, Uses: []x509.ExtKeyUsage{}})},
		{name: "for SIP alone", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, OtherUses: []asn1.ObjectIdentifier{sipDomainUse}})},
		{name: "for something unknown", cert: ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}, OtherUses: []asn1.ObjectIdentifier{{1, 2, 3}}}), want: refusedAuthority},

		{name: "wrong name", cert: ca.Issue(t, dns("example.com")), want: refusedName},
		{name: "longer name", cert: ca.Issue(t, dns("x.pbx.example.com")), want: refusedName},
		{name: "no name", cert: ca.Issue(t, certs.Spec{}), want: refusedName},
		{name: "nothing at all", cert: ca.Issue(t, certs.Spec{NoSubject: true}), want: refusedName},
		{name: "only a common name", cert: ca.Issue(t, certs.Spec{CN: "pbx.example.com"}), want: refusedName},
		{name: "wildcard", cert: ca.Issue(t, dns("*.example.com")), want: refusedName}, // RFC 5922 7.2
		{name: "wildcard of wrong depth", cert: ca.Issue(t, dns("*.com", "*.pbx.example.com", "*")), want: refusedName},
		{name: "sip: URI", cert: ca.Issue(t, certs.Spec{URIs: []string{"sip:pbx.example.com"}})},
		{name: "SIP: URI with more", cert: ca.Issue(t, certs.Spec{URIs: []string{"SIP:PBX.example.com:5061;transport=tls"}})},
		{name: "sips: URI", cert: ca.Issue(t, certs.Spec{URIs: []string{"sips:pbx.example.com"}}), want: refusedName},
		{name: "a user's URI", cert: ca.Issue(t, certs.Spec{URIs: []string{"sip:pbx.example.com@pbx.example.com"}}), want: refusedName},
		{name: "a web page", cert: ca.Issue(t, certs.Spec{URIs: []string{"https://pbx.example.com/"}}), want: refusedName},
		{name: "a URI beside which no DNS name counts", cert: ca.Issue(t, certs.Spec{URIs: []string{"sip:other.example"}, DNS: []string{"pbx.example.com"}}), want: refusedName},
		{name: "a user's URI counts for nothing", cert: ca.Issue(t, certs.Spec{URIs: []string{"sip:u@other.example"}, DNS: []string{"pbx.example.com"}})},
		{name: "IDN", cert: ca.Issue(t, dns("xn--vxel-loa.example")), host: "växel.example"},
		{name: "address", cert: ca.Issue(t, certs.Spec{IPs: []string{"192.0.2.7"}}), host: "192.0.2.7"},
		{name: "IPv6 address", cert: ca.Issue(t, certs.Spec{IPs: []string{"2001:db8::7"}}), host: "[2001:DB8:0::7]"},
		{name: "another address", cert: ca.Issue(t, certs.Spec{IPs: []string{"192.0.2.8"}}), host: "192.0.2.7", want: refusedName},
		{name: "an address as DNS name", cert: ca.Issue(t, dns("192.0.2.9")), host: "192.0.2.7", want: refusedName},

		{name: "pinned", cert: self, pin: self.Pin},
		{name: "pinned in capitals", cert: self, pin: strings.ToUpper(self.Pin)},
		{name: "pinned, another key", cert: ca.Issue(t, dns("pbx.example.com")), pin: self.Pin, want: refusedPin},
		{name: "pinned, the authority's key", cert: ca.Issue(t, dns("pbx.example.com")), pin: ca.Pin, want: refusedPin},
	} {
		t.Run(c.name, func(t *testing.T) {
			host := c.host
			if host == "" {
				host = "pbx.example.com"
			}
			u, _ := newUA(t, Config{})
			u.mu.Lock()
			u.accounts["a"] = &account{id: "a", u: u, conf: phone.Account{ID: "a", User: "u", Domain: host, Transport: phone.TransportTLS, CAFile: ca.CertFile, Pin: c.pin}}
			u.mu.Unlock()
			d, err := u.demandsOf(hop{network: "TLS", owner: "a", name: host})
			u.mu.Lock()
			delete(u.accounts, "a")
			u.mu.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			if got := verdict(t, d.judge(parse(t, c.cert.TLS.Certificate))); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func parse(t *testing.T, chain [][]byte) []*x509.Certificate {
	t.Helper()
	var out []*x509.Certificate
	for _, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// A pinned certificate still runs out.
func TestPinnedCertificateExpires(t *testing.T) {
	c := certs.SelfSigned(t, certs.Spec{Until: time.Now().Add(-time.Hour)})
	var d demands
	d.now = time.Now
	if err := d.expect(c.Pin); err != nil {
		t.Fatal(err)
	}
	if got := verdict(t, d.judge(parse(t, c.TLS.Certificate))); got != refusedExpired {
		t.Errorf("%q", got)
	}
	if got := verdict(t, d.judge(nil)); got != refusedProtocol {
		t.Errorf("no certificate at all: %q", got)
	}
	for _, bad := range []string{"x", c.Pin[2:], strings.Repeat("zz", 32)} {
		if why := phone.ReasonOf(d.expect(bad)); why.ID != phone.ReasonBadAccount || why.Text != "pin" {
			t.Errorf("pin %q: %+v", bad, why)
		}
	}
}

// A file of authorities that is not what it should be is told, and nobody is trusted in its place.
func TestBrokenAuthorityFile(t *testing.T) {
	dir := t.TempDir()
	ca := certs.NewAuthority(t)
	good, err := os.ReadFile(ca.CertFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(ca.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty": nil, "a picture": []byte("\x89PNG\r\n"), "a key": key, "cut short": good[:len(good)/2], "scrambled": bytes.Replace(good, good[100:130], []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 1),
		"one whole and one cut": append(slices.Clone(good), good[:len(good)/2]...), "huge": bytes.Repeat([]byte("-"), maxCAFile+10),
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		var d demands
		if why := phone.ReasonOf(d.trust(file)); why.ID != phone.ReasonBadAccount || why.Text != "ca_file" {
			t.Errorf("%s: %+v", name, why)
		}
	}
	for _, file := range []string{filepath.Join(dir, "none"), dir, "/dev/zero"} {
		var d demands
		if why := phone.ReasonOf(d.trust(file)); why.ID != phone.ReasonBadAccount || why.Text != "ca_file" {
			t.Errorf("%s: %+v", file, why)
		}
	}
	two := filepath.Join(dir, "two")
	if err := os.WriteFile(two, append(append([]byte("# ours\n"), good...), good...), 0o600); err != nil {
		t.Fatal(err)
	}
	var d demands
	if err := d.trust(two); err != nil {
		t.Errorf("two authorities with a comment: %v", err)
	}
}

// quality.md, hostile input 17: whatever a certificate says, there is a verdict.
func TestOddCertificates(t *testing.T) {
	ca := certs.NewAuthority(t)
	var chain []*x509.Certificate
	for above := ca; len(chain) < 60; {
		above = above.Below(t, certs.Spec{CN: fmt.Sprint("level ", len(chain))})
		chain = append([]*x509.Certificate{above.Leaf}, chain...)
	}
	odd := map[string]certs.Spec{
		"critical unknown extension": {DNS: []string{"pbx"}, Extra: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}},
		"large extension":            {DNS: []string{"pbx"}, Extra: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: make([]byte, 100000)}}},
		"thousands of names":         {DNS: slices.Repeat([]string{"a.example"}, 5000)},
		"names that are none":        {DNS: []string{".", "..", "*", "a..b", "-", strings.Repeat("a", 300)}},
		"URIs that are none":         {URIs: []string{"sip:", "sip:@", "sip:;", "sip::", "sip:[", "sip:[::1", "urn:x", "sip:a?b"}},
		"until the year 9999":        {DNS: []string{"pbx"}, Until: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		"ends before it begins":      {DNS: []string{"pbx"}, From: time.Now().Add(time.Hour), Until: time.Now().Add(-time.Hour)},
		"an authority itself":        {DNS: []string{"pbx"}, Authority: true},
	}
	var d demands
	d.now, d.names = time.Now, []string{"other.example"}
	if err := d.trust(ca.CertFile); err != nil {
		t.Fatal(err)
	}
	for name, spec := range odd {
		if got := verdict(t, d.judge([]*x509.Certificate{ca.Issue(t, spec).Leaf})); got == "" {
			t.Errorf("%s is accepted", name)
		}
	}
	start := time.Now()
	if got := verdict(t, d.judge(chain)); got == "" {
		t.Error("a chain of 60 without its beginning is accepted")
	}
	if got := verdict(t, d.judge(append([]*x509.Certificate{ca.Issue(t, certs.Spec{DNS: []string{"other.example"}}).Leaf}, chain...))); got != "" {
		t.Errorf("a good one with 60 useless ones behind it: %s", got)
	}
	t.Logf("both chains of 60 judged in %v", time.Since(start))
}

// Whatever bytes parse as a certificate get a verdict, and never a good one: nobody has signed them.
func FuzzJudge(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range []x509.Certificate{
		{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"pbx.example.com"}},
		{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, Subject: pkix.Name{CommonName: "x"}},
	} {
		der, err := x509.CreateCertificate(rand.Reader, &c, &c, &key.PublicKey, key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	d := demands{now: time.Now, names: []string{"pbx.example.com"}, roots: x509.NewCertPool()}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		if verdict(t, d.judge([]*x509.Certificate{c, c})) == "" {
			t.Error("accepted")
		}
		sipIdentities(c)
	})
}
