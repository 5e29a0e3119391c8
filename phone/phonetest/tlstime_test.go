package phonetest_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/ua"
)

// What TLS costs when a phone signs in: connection, handshake, challenge and answer at a real registrar, beside TCP in the
// same run and turn about. The figures are for reading; nothing but success is demanded of a busy machine.
func TestSignInTimeOverTLS(t *testing.T) {
	ca := certs.NewAuthority(t)
	k := phonetest.StartKamailioTLS(t, ca.Issue(t, certs.Spec{IPs: loopbackOnly}))
	times := map[phone.Transport][]time.Duration{}
	for range 15 {
		for _, transport := range []phone.Transport{phone.TransportTCP, phone.TransportTLS} {
			times[transport] = append(times[transport], signedIn(t, k, transport, ca.CertFile))
		}
	}
	median := func(transport phone.Transport) time.Duration {
		all := slices.Sorted(slices.Values(times[transport]))
		return all[len(all)/2]
	}
	tcp, tls := median(phone.TransportTCP), median(phone.TransportTLS)
	t.Logf("signed in by TCP in %v, by TLS in %v (median of 15): %.2f times as long", tcp, tls, float64(tls)/float64(tcp))
}

// signedIn is how long it takes from the account to the binding.
func signedIn(t *testing.T, k *phonetest.Kamailio, transport phone.Transport, authorities string) time.Duration {
	t.Helper()
	u, err := ua.New(ua.Config{Bind: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	domain := k.Addr()
	if transport == phone.TransportTLS {
		domain = k.AddrTLS()
	}
	start := time.Now()
	u.Do(ua.PutAccount{
		Account:  phone.Account{ID: "a", User: "alice", Domain: domain, Transport: transport, CAFile: authorities},
		Password: "pw-alice",
	})
	var took time.Duration
	for v := range u.Values() {
		r, ok := v.(ua.RegistrationChanged)
		if ok && r.Registration.State == phone.RegistrationFailed {
			t.Fatalf("%s: %+v", transport, r.Registration.Reason)
		}
		if ok && r.Registration.State == phone.RegistrationRegistered {
			took = time.Since(start)
			break
		}
	}
	drained := make(chan struct{})
	go func() { // ends with the values
		defer close(drained)
		for range u.Values() {
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := u.Close(ctx); err != nil {
		t.Error(err)
	}
	<-drained
	return took
}
