package phonetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Slapd is an LDAP directory (OpenLDAP) with people in it. A search without paging gets no more than 200 of them.
type Slapd struct {
	*Process
	Address string // ldap://127.0.0.1:port, which takes StartTLS
	Secure  string // ldaps://127.0.0.1:port
	CA      string // file with the authority of its certificate

	t      testing.TB
	dir    string
	binary string
}

// What is needed to read the directory.
const (
	SlapdBase     = "dc=example,dc=se"
	SlapdReader   = "cn=reader," + SlapdBase
	SlapdPassword = "read-it"
)

// StartSlapd starts a directory with a number of people: "uid=p7,ou=people,…" has cn "Person 7", extension 1007, the
// work number 08-5550007, mail p7@example.se and a picture.
func StartSlapd(t testing.TB, people int) *Slapd {
	t.Helper()
	Need(t, "slapadd", "ldapmodify")
	installed, err := exec.LookPath("slapd")
	if err != nil {
		Missing(t, "slapd is not installed (make test-deps)")
	}
	s := &Slapd{t: t, dir: t.TempDir(), Address: fmt.Sprintf("ldap://127.0.0.1:%d", FreePort(t)), Secure: fmt.Sprintf("ldaps://127.0.0.1:%d", FreePort(t))}
	// AppArmor knows slapd by its path and lets it read nothing of ours.
	s.binary = filepath.Join(s.dir, "slapd")
	copyProgram(t, installed, s.binary)
	s.certify()
	s.write("slapd.conf", fmt.Sprintf(slapdConfig, s.dir, SlapdBase, SlapdReader, SlapdPassword), 0o600)
	if err := os.Mkdir(filepath.Join(s.dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	var ldif strings.Builder
	ldif.WriteString("dn: " + SlapdBase + "\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Exempel AB\n\n" +
		"dn: " + SlapdReader + "\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: " + SlapdPassword + "\n\n" +
		"dn: ou=people," + SlapdBase + "\nobjectClass: organizationalUnit\nou: people\n\n")
	picture := base64.StdEncoding.EncodeToString([]byte("\xff\xd8\xff\xe0picture"))
	for i := range people {
		fmt.Fprintf(&ldif, "dn: uid=p%[1]d,ou=people,%[2]s\nobjectClass: inetOrgPerson\nuid: p%[1]d\ncn: Person %[1]d\ngivenName: Person\nsn: %[1]d\n"+
			"title: Tekniker\no: Exempel AB\ndepartmentNumber: Avd %[3]d\ntelephoneNumber: 08-555%04[1]d\ntelephoneNumber: %[4]d\nmobile: 070-555%04[1]d\n"+
			"mail: p%[1]d@example.se\nemployeeType: svets\njpegPhoto:: %[5]s\n\n", i, SlapdBase, i%7, 1000+i, picture)
	}
	s.write("people.ldif", ldif.String(), 0o600)
	if _, err := Run(StartOptions{}, "slapadd", "-q", "-f", filepath.Join(s.dir, "slapd.conf"), "-l", filepath.Join(s.dir, "people.ldif")); err != nil {
		t.Fatal(err)
	}
	s.Restart()
	return s
}

// Restart starts the directory again with the same ports and people, after it has been ended.
func (s *Slapd) Restart() {
	s.t.Helper()
	s.Process = Start(s.t, StartOptions{}, s.binary, "-d", "0", "-f", filepath.Join(s.dir, "slapd.conf"), "-h", s.Address+" "+s.Secure)
	s.Ready(20*time.Second, "answering", func() bool {
		c, err := net.Dial("tcp4", strings.TrimPrefix(s.Address, "ldap://"))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// Change makes changes told in LDIF (RFC 2849).
func (s *Slapd) Change(ldif string) {
	s.t.Helper()
	_, err := Run(StartOptions{Stdin: ldif}, "ldapmodify", "-x", "-H", s.Address, "-D", "cn=admin,"+SlapdBase, "-w", "admin")
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *Slapd) write(name, content string, mode os.FileMode) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// certify makes a certificate for 127.0.0.1 that is its own authority.
func (s *Slapd) certify() {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "directory"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.CA = s.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o600)
	s.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), 0o600)
}

func copyProgram(t testing.TB, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// slapdConfig takes the folder, the suffix, and the reader's DN and password.
const slapdConfig = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile %[1]s/slapd.pid
TLSCACertificateFile %[1]s/cert.pem
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
sizelimit size.soft=200 size.hard=200 size.pr=500 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to dn.base="" by * read
access to * by dn.exact="%[3]s" read by anonymous auth by * none
database mdb
suffix "%[2]s"
rootdn "cn=admin,%[2]s"
rootpw admin
maxsize 268435456
directory %[1]s/db
index objectClass eq
`
