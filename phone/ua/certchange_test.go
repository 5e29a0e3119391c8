package ua

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/phonetest/certs"
)

// The exchange shows another certificate than when we registered: the next connection is refused, in words and for good
// reason, nothing goes in clear instead, and the right certificate mends it.
func TestCertificateChangesWhileRegistered(t *testing.T) {
	ca, good := loopbackCert(t)
	here := []string{"127.0.0.1"}
	for name, c := range map[string]struct {
		now    *certs.Certificate
		pinned bool
		want   string
	}{
		"expired":       {now: ca.Issue(t, certs.Spec{IPs: here, Until: time.Now().Add(-time.Minute)}), want: refusedExpired},
		"another name":  {now: ca.Issue(t, certs.Spec{DNS: []string{"other.example"}}), want: refusedName},
		"nobody's word": {now: certs.SelfSigned(t, certs.Spec{IPs: here}), want: refusedAuthority},
		"another key":   {now: ca.Issue(t, certs.Spec{IPs: here}), pinned: true, want: refusedPin},
	} {
		t.Run(name, func(t *testing.T) {
			p := secured(t, good)
			right := p.tls
			u, r := newUA(t, Config{})
			put := tlsAccount("a", "alice", p.domain(), ca)
			if c.pinned {
				put.Account.Pin = good.Pin
			}
			u.Do(put)
			p.accept()
			p.respond(p.request(sip.REGISTER), 200)
			next(t, r, inState(phone.RegistrationRegistered))

			heard := make(chan int)
			p.l.SetDeadline(time.Now().Add(patience))
			go func() { // ends with the listener's patience
				n := 0
				for {
					raw, err := p.l.Accept()
					if err != nil {
						heard <- n
						return
					}
					raw.SetDeadline(time.Now().Add(patience))
					s := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{c.now.TLS}})
					got, _ := s.Read(make([]byte, 1000))
					n += got
					raw.Close()
				}
			}()
			p.drop()
			reg := next(t, r, func(v RegistrationChanged) bool {
				return v.Registration.State == phone.RegistrationFailed && v.Registration.Reason.ID != phone.ReasonNoReply
			}).Registration
			if reg.Reason.ID != phone.ReasonCertificate || reg.Reason.Text != c.want || reg.RetryAt.IsZero() {
				t.Errorf("%+v %+v", reg, reg.Reason)
			}
			p.l.SetDeadline(time.Now())
			if n := <-heard; n > 0 {
				t.Errorf("%d bytes of SIP to who showed it", n)
			}

			p.tls = right
			u.Do(RegisterNow{ID: "a"})
			p.accept()
			p.respond(p.request(sip.REGISTER), 200)
			next(t, r, inState(phone.RegistrationRegistered))
		})
	}
}
