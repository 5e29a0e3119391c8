package ice_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/media/ice"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/sdp"
)

// peer is a socket with a path on it that knows a real STUN and TURN server.
type peer struct {
	*ice.Path
	send    func(string, netip.AddrPort)
	addr    netip.AddrPort
	wall    atomic.Pointer[netip.AddrPort] // nothing is sent there
	found   chan bool
	packets chan string
	relayed chan string
}

func newPeer(t *testing.T, stun, turn string, c *phonetest.Coturn, trust *tls.Config) *peer {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), found: make(chan bool, 10), packets: make(chan string, 10), relayed: make(chan string, 10)}
	p.send = func(what string, to netip.AddrPort) {
		if _, err := conn.WriteToUDPAddrPort([]byte(what), to); err != nil {
			t.Error(err)
		}
	}
	p.Path = ice.New(ice.Config{
		STUN: stun, TURN: turn, TLS: trust, User: c.User, Password: phone.Secret(c.Password),
		Local: p.addr,
		Send: func(b []byte, to netip.AddrPort) error {
			if w := p.wall.Load(); w != nil && *w == to {
				return nil
			}
			_, err := conn.WriteToUDPAddrPort(b, to)
			return err
		},
		Relayed: func(b []byte, from netip.AddrPort) { p.relayed <- string(b) },
		Notify: func(c ice.Change) {
			if c == ice.Found {
				p.found <- true
			}
		},
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			switch {
			case err != nil:
				return
			case buf[0] < 4:
				p.Take(buf[:n], from)
			default:
				p.packets <- string(buf[:n])
			}
		}
	}()
	t.Cleanup(func() {
		p.Close()
		conn.Close()
		<-done
	})
	return p
}

func (p *peer) describe(t *testing.T) ice.Description {
	t.Helper()
	begun := time.Now()
	d, err := p.Describe()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("candidates after %v: %v", time.Since(begun).Round(time.Millisecond), d.Candidates)
	return d
}

func only(d ice.Description, kind sdp.CandidateType) sdp.ICE {
	i := d.ICE
	i.Candidates = nil
	for _, c := range d.Candidates {
		if c.Type == kind {
			i.Candidates = append(i.Candidates, c)
		}
	}
	return i
}

// Coturn gives an address of its own, over UDP, and over TCP where UDP does not get through; sound can go that way when
// it is the only one.
func TestCoturn(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
	}{{"udp", nil}, {"tcp", []string{"--no-udp"}}, {"tls", []string{"--no-udp", "--no-tcp"}}} {
		t.Run(c.name, func(t *testing.T) {
			cfg := phonetest.CoturnConfig{Args: c.args}
			authority := certs.NewAuthority(t)
			if c.name == "tls" {
				cfg.TLS = authority.Issue(t, certs.Spec{IPs: []string{"127.0.0.1"}})
			}
			if c.args != nil {
				cfg.Ready = func(s *phonetest.Coturn) bool {
					addr := s.Addr()
					if s.PortTLS != 0 {
						addr = fmt.Sprintf("127.0.0.1:%d", s.PortTLS)
					}
					conn, err := net.Dial("tcp", addr)
					if err == nil {
						conn.Close()
					}
					return err == nil
				}
			}
			server := phonetest.StartCoturn(t, cfg)
			stun, turn := server.Addr(), server.Addr()
			var trust *tls.Config
			if c.name == "tls" {
				stun, turn = "", fmt.Sprintf("turns:127.0.0.1:%d", server.PortTLS)
				trust = &tls.Config{RootCAs: x509.NewCertPool()}
				trust.RootCAs.AddCert(authority.Leaf)
				// Whom we do not trust, and who bears another name, gives no candidate, and gets no password in clear instead.
				for about, wrong := range map[string]*tls.Config{"stranger": {RootCAs: x509.NewCertPool()}, "nobody's word": nil} {
					if d := newPeer(t, "", turn, server, wrong).describe(t); len(only(d, sdp.Relayed).Candidates) > 0 {
						t.Errorf("%s: %v", about, d.Candidates)
					}
				}
				other := fmt.Sprintf("turns:localhost:%d", server.PortTLS)
				if d := newPeer(t, "", other, server, trust).describe(t); len(only(d, sdp.Relayed).Candidates) > 0 {
					t.Errorf("another name: %v", d.Candidates)
				}
			}
			a, b := newPeer(t, stun, turn, server, trust), newPeer(t, "", "", server, nil)
			da, db := a.describe(t), b.describe(t)
			offer := only(da, sdp.Relayed)
			if len(offer.Candidates) != 1 {
				t.Fatalf("no relayed candidate in %v", da.Candidates)
			}
			if err := b.Meet(offer, false); err != nil {
				t.Fatal(err)
			}
			a.wall.Store(&b.addr) // no way but by the relay
			b.wall.Store(&a.addr)
			if err := a.Meet(db.ICE, true); err != nil {
				t.Fatal(err)
			}
			for _, p := range []*peer{a, b} {
				select {
				case <-p.found:
				case <-time.After(20 * time.Second):
					t.Fatal("no pair")
				}
			}
			t.Logf("%+v", *a.Route())
			t.Logf("%+v", *b.Route())
			if !a.Route().ByRelay() || b.Route().Remote != offer.Candidates[0].Addr {
				t.Fatal("not by the relay")
			}
			if err := a.Relay(a.Route(), []byte("\x80over the relay")); err != nil {
				t.Fatal(err)
			}
			select {
			case got := <-b.packets:
				if got != "\x80over the relay" {
					t.Errorf("%q", got)
				}
			case <-time.After(10 * time.Second):
				t.Error("nothing came over the relay")
			}
			b.send("\x80and back", b.Route().Remote)
			select {
			case got := <-a.relayed:
				if got != "\x80and back" {
					t.Errorf("%q", got)
				}
			case <-time.After(10 * time.Second):
				t.Error("nothing came back over the relay")
			}
		})
	}
}

// Password and user are wrong: the call goes on without the relay.
func TestCoturnRefuses(t *testing.T) {
	server := phonetest.StartCoturn(t, phonetest.CoturnConfig{})
	wrong := *server
	wrong.Password = "wrong"
	d := newPeer(t, "", server.Addr(), &wrong, nil).describe(t)
	if fmt.Sprint(len(only(d, sdp.Relayed).Candidates), len(only(d, sdp.Host).Candidates)) != "0 1" {
		t.Errorf("%v", d.Candidates)
	}
}

// An address of the relay's is kept for as long as the call lasts: asked for again before it lapses (RFC 8656 7.1).
func TestCoturnRefreshes(t *testing.T) {
	t.Parallel()
	const lifetime = 4 * time.Second
	server := phonetest.StartCoturn(t, phonetest.CoturnConfig{Args: []string{"--max-allocate-lifetime", fmt.Sprint(int(lifetime / time.Second))}})
	a, b := newPeer(t, server.Addr(), server.Addr(), server, nil), newPeer(t, "", "", server, nil)
	da, db := a.describe(t), b.describe(t)
	if err := b.Meet(only(da, sdp.Relayed), false); err != nil {
		t.Fatal(err)
	}
	a.wall.Store(&b.addr) // no way but by the relay
	b.wall.Store(&a.addr)
	if err := a.Meet(db.ICE, true); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*peer{a, b} {
		select {
		case <-p.found:
		case <-time.After(20 * time.Second):
			t.Fatal("no pair")
		}
	}
	begun, pace := time.Now(), time.NewTicker(lifetime/8)
	defer pace.Stop()
	for n := 0; time.Since(begun) < 3*lifetime; n++ {
		said := fmt.Sprintf("\x80packet %d", n)
		b.send(said, b.Route().Remote)
		select {
		case got := <-a.relayed:
			if got != said {
				t.Errorf("%q, not %q", got, said)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing comes over the relay after %v", time.Since(begun))
		}
		<-pace.C
	}
}
