package digest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a hand-cranked time.
type clock struct{ now time.Time }

func newServer() (*Server, *clock) {
	c := &clock{time.Unix(1_800_000_000, 0)}
	s := NewServer("pbx", func(user string) (string, bool) { return "pw-" + user, user != "nobody" })
	s.Now = func() time.Time { return c.now }
	return s, c
}

// challenge is the server's challenge for an algorithm.
func challenge(t *testing.T, s *Server, algorithm string) Challenge {
	t.Helper()
	for _, h := range s.Challenge(false) {
		if ch, err := parse(h); err != nil {
			t.Fatal(err)
		} else if ch.Algorithm == algorithm {
			return ch
		}
	}
	t.Fatalf("no %s challenge", algorithm)
	return Challenge{}
}

func TestBothSidesAgree(t *testing.T) {
	for _, base := range []string{MD5, SHA256, SHA512_256} {
		for _, algorithm := range []string{base, base + "-sess"} {
			for _, qop := range []string{"auth", "auth-int", ""} {
				s, _ := newServer()
				s.Algorithms, s.QOP = []string{algorithm}, strings.Fields(qop)
				var c Client
				ch := challenge(t, s, algorithm)
				for i := range 3 {
					h, err := c.Authorize(ch, "anna", "pw-anna", "INVITE", "sip:2101@pbx", []byte("v=0"))
					if err != nil {
						t.Fatal(err)
					}
					if user, r := s.Verify(h, "INVITE", []byte("v=0")); user != "anna" || r != OK {
						t.Errorf("%s %s, request %d: %q %v", algorithm, qop, i, user, r)
					}
					if _, r := s.Verify(h, "BYE", []byte("v=0")); r != Denied {
						t.Errorf("%s %s: an answer for INVITE let BYE in: %v", algorithm, qop, r)
					}
					if _, r := s.Verify(h, "INVITE", []byte("v=1")); qop == "auth-int" && r != Denied {
						t.Errorf("%s: auth-int let a changed body in: %v", algorithm, r)
					}
				}
			}
		}
	}
}

func TestVerify(t *testing.T) {
	s, c := newServer()
	var client Client
	ch := challenge(t, s, MD5)
	make := func(ch Challenge, user, secret string) string {
		t.Helper()
		h, err := client.Authorize(ch, user, secret, "REGISTER", "sip:pbx", nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	verify := func(what, header string, want Result) {
		t.Helper()
		user, got := s.Verify(header, "REGISTER", nil)
		if got != want || (user != "") != (want == OK) {
			t.Errorf("%s: %q %v, want %v", what, user, got, want)
		}
	}
	good := make(ch, "anna", "pw-anna")
	verify("right", good, OK)
	verify("again", good, Replayed)
	verify("next count", make(ch, "anna", "pw-anna"), OK)
	verify("none", "", Missing)
	verify("other scheme", `Basic YWJj`, Missing)
	verify("garbage", `Digest "`, Malformed)
	verify("too little", `Digest username="anna"`, Malformed)
	verify("twice", good+`, nonce="x"`, Malformed)
	verify("no count", strings.Replace(good, "nc=", "xx=", 1), Malformed)
	verify("wrong password", make(ch, "anna", "pw"), Denied)
	verify("unknown user", make(ch, "nobody", "pw-nobody"), Denied)
	verify("other realm", strings.Replace(good, `realm="pbx"`, `realm="other"`, 1), Missing)
	verify("changed answer", strings.Replace(good, `uri="sip:pbx"`, `uri="sip:pbx2"`, 1), Denied)

	foreign := ch
	foreign.Nonce = "Zm9yZWlnbg"
	verify("nonce not ours", make(foreign, "anna", "pw-anna"), Stale)
	stripped := ch
	stripped.QOP = nil
	var fresh Client
	h, err := fresh.Authorize(stripped, "anna", "pw-anna", "REGISTER", "sip:pbx", nil)
	if err != nil {
		t.Fatal(err)
	}
	verify("without the qop we offered", h, Denied)
	strong := ch
	strong.Algorithm = SHA512_256
	verify("algorithm not offered", make(strong, "anna", "pw-anna"), Denied)

	c.now = c.now.Add(6 * time.Minute)
	client.Forget()
	verify("old nonce", make(ch, "anna", "pw-anna"), Stale)
	if got, err := parse(s.Challenge(true)[0]); err != nil || !got.Stale {
		t.Errorf("stale challenge %+v %v", got, err)
	}
	verify("old nonce, wrong password", make(ch, "anna", "pw"), Denied)
}

func TestCountsInAnyOrder(t *testing.T) {
	s, _ := newServer()
	ch := challenge(t, s, SHA256)
	var c Client
	var headers []string
	for range 200 {
		h, err := c.Authorize(ch, "a", "pw-a", "INVITE", "sip:x", nil)
		if err != nil {
			t.Fatal(err)
		}
		headers = append(headers, h)
	}
	for _, step := range []struct {
		nc   int
		want Result
	}{{1, OK}, {3, OK}, {2, OK}, {2, Replayed}, {3, Replayed}, {70, OK}, {7, OK}, {6, Replayed}, {200, OK}, {70, Replayed}, {199, OK}} {
		if _, got := s.Verify(headers[step.nc-1], "INVITE", nil); got != step.want {
			t.Errorf("nc %d: %v, want %v", step.nc, got, step.want)
		}
	}
}

// Memory is bounded, and an answer whose count was forgotten does not work a second time.
func TestForgottenCountsAreStale(t *testing.T) {
	s, c := newServer()
	var first string
	for i := range maxSeen + 10 {
		c.now = c.now.Add(time.Millisecond)
		var client Client
		h, err := client.Authorize(challenge(t, s, MD5), "a", "pw-a", "INVITE", "sip:x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = h
		}
		if _, r := s.Verify(h, "INVITE", nil); r != OK {
			t.Fatalf("answer %d: %v", i, r)
		}
	}
	if len(s.seen) > maxSeen {
		t.Errorf("%d nonces remembered", len(s.seen))
	}
	if _, r := s.Verify(first, "INVITE", nil); r != Stale {
		t.Errorf("a forgotten answer again: %v", r)
	}
}

func TestConcurrentUse(t *testing.T) {
	s, _ := newServer()
	ch := challenge(t, s, SHA256)
	var c Client
	var wg sync.WaitGroup
	errs := make(chan error, 64)
	for range 8 {
		wg.Go(func() {
			for range 5 {
				h, err := c.Authorize(ch, "a", "pw-a", "INVITE", "sip:x", nil)
				if _, r := s.Verify(h, "INVITE", nil); err != nil || r != OK {
					errs <- fmt.Errorf("%v %v", r, err)
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
}

func FuzzVerify(f *testing.F) {
	s, _ := newServer()
	var c Client
	ch, _ := parse(s.Challenge(false)[0])
	h, _ := c.Authorize(ch, "a", "wrong", "INVITE", "sip:x", nil)
	f.Add(h)
	f.Add(`Digest username="a", realm="pbx", nonce="n", uri="u", response="r"`)
	f.Fuzz(func(t *testing.T, header string) {
		if user, r := s.Verify(header, "INVITE", nil); r == OK || user != "" {
			t.Fatalf("%q let %q in", header, user)
		}
	})
}
