package ami

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/team"
)

// Over TLS an Asterisk is spoken with whose certificate is good for where it is, and no other; it tells of parked calls.
func TestAsteriskParksOverTLS(t *testing.T) {
	t.Parallel()
	authority := certs.NewAuthority(t)
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Manager: true, TLS: authority.Issue(t, certs.Spec{IPs: []string{"127.0.0.1"}}), Queues: []phonetest.PBXQueue{{Name: "support", Number: "6401"}}})
	trusting := func(c *certs.Authority) *x509.CertPool {
		pem, err := os.ReadFile(c.CertFile)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		return pool
	}
	c := config(t, a)
	c.Address = a.ManagerTLS()
	for name, trust := range map[string]*tls.Config{
		"another authority": {RootCAs: trusting(certs.NewAuthority(t))},
		"another name":      {RootCAs: trusting(authority), ServerName: "pbx.example.com"},
	} {
		c.TLS = trust
		if d := await[team.SourceDown](run(t, c), "that it is down", nil); d.Reason.ID != phone.ReasonUntrusted {
			t.Errorf("%s: %+v", name, d.Reason)
		}
	}
	c.TLS = &tls.Config{RootCAs: trusting(authority)}
	w := run(t, c)
	await[team.SourceSynced](w, "everything", nil)
	caller := a.CallQueue("5703", 1, 0)
	parked := await(w, "the parked call", func(p team.ParkedTold) bool { return p.Slot == "703" })
	if parked.From.Number != "070121" || parked.Since.After(parked.At) {
		t.Errorf("%+v", parked)
	}
	// One who comes later is told of it too.
	late := run(t, c)
	if p := await(late, "the parked call", func(p team.ParkedTold) bool { return p.Slot == "703" }); p.From.Number != "070121" {
		t.Errorf("%+v", p)
	}
	a.CLI("channel request hangup all")
	caller.Wait(60 * time.Second)
	await(w, "that it is gone", func(p team.ParkedGone) bool { return p.Slot == "703" })
}
