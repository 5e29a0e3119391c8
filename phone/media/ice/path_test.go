package ice

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/ice/v4"
	"go.uber.org/goleak"

	"svara/phone/sdp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// side is a socket with a path on it, as a stream has.
type side struct {
	*Path
	conn    *net.UDPConn
	changes chan Change
	packets chan string // what is not STUN
	stun    chan []byte // the first of what is
}

func newSide(t testing.TB, edit ...func(*Config)) *side {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &side{conn: conn, changes: make(chan Change, 100), packets: make(chan string, 100), stun: make(chan []byte, 1)}
	cfg := Config{
		Local:   conn.LocalAddr().(*net.UDPAddr).AddrPort(),
		Send:    func(b []byte, to netip.AddrPort) error { _, err := conn.WriteToUDPAddrPort(b, to); return err },
		Relayed: func(b []byte, from netip.AddrPort) { s.packets <- string(b) },
		Notify:  func(c Change) { s.changes <- c },
		Log:     slog.New(slog.DiscardHandler),
	}
	for _, e := range edit {
		e(&cfg)
	}
	s.Path = New(cfg)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			if buf[0] < 4 {
				select {
				case s.stun <- slices.Clone(buf[:n]):
				default:
				}
				s.Take(buf[:n], from)
			} else {
				s.packets <- string(buf[:n])
			}
		}
	}()
	t.Cleanup(func() {
		s.Path.Close()
		conn.Close()
		<-done
	})
	return s
}

func (s *side) describe(t testing.TB) Description {
	t.Helper()
	d, err := s.Describe()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *side) waits(t testing.TB, want Change) *Route {
	t.Helper()
	for limit := time.After(time.Minute); ; {
		select {
		case c := <-s.changes:
			if c == want {
				return s.Route()
			}
		case <-limit:
			t.Fatalf("not %s", want)
		}
	}
}

// meet lets a offer to b.
func meet(t testing.TB, a, b *side) {
	t.Helper()
	offer := a.describe(t)
	if b.Restarts(offer.ICE) {
		b.Restart(NewWords())
	}
	answer := b.describe(t)
	if err := b.Meet(offer.ICE, false); err != nil {
		t.Fatal(err)
	}
	if err := a.Meet(answer.ICE, true); err != nil {
		t.Fatal(err)
	}
	b.Begin()
}

// says sends a packet over the chosen pair.
func (s *side) says(t testing.TB, what string) {
	t.Helper()
	r := s.Route()
	var err error
	if r.ByRelay() {
		err = s.Relay(r, []byte(what))
	} else {
		_, err = s.conn.WriteToUDPAddrPort([]byte(what), r.Remote)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *side) hears(t testing.TB, what string) {
	t.Helper()
	select {
	case got := <-s.packets:
		if got != what {
			t.Fatalf("%q", got)
		}
	case <-time.After(time.Minute):
		t.Fatalf("%q does not come", what)
	}
}

func (s *side) addr() netip.AddrPort { return s.cfg.Local }

// Two agents on loopback find the only pair there is, on their own sockets; a restart finds it again under other words,
// with the old pair in use until then.
func TestTwoSides(t *testing.T) {
	a, b := newSide(t), newSide(t)
	meet(t, a, b)
	ra, rb := a.waits(t, Found), b.waits(t, Found)
	if ra.Local != a.addr() || ra.Remote != b.addr() || rb.Local != b.addr() || rb.Remote != a.addr() || ra.ByRelay() || !ra.Controlling || rb.Controlling {
		t.Errorf("%+v\n%+v", ra, rb)
	}
	a.says(t, "\x80hello")
	b.hears(t, "\x80hello")
	first := a.describe(t)
	if len(first.Remote) != 1 || first.Remote[0] != b.addr() || len(b.describe(t).Remote) != 0 {
		t.Errorf("remote candidates %v", first.Remote)
	}

	b.Restart(NewWords())
	meet(t, b, a)
	if now := a.describe(t); now.Ufrag == first.Ufrag || now.Pwd == first.Pwd {
		t.Error("a restart under the old words")
	}
	rb2 := b.waits(t, Found)
	ra2 := a.waits(t, Found)
	if ra2.by == ra.by || rb2.by == rb.by || ra2.Remote != b.addr() || !rb2.Controlling {
		t.Errorf("%+v\n%+v", ra2, rb2)
	}
	b.says(t, "\x80again")
	a.hears(t, "\x80again")
}

// Both believe to have made the offer (glare through a B2BUA): RFC 8445 7.3.1.1.
func TestRoleConflict(t *testing.T) {
	for _, both := range []bool{true, false} {
		a, b := newSide(t), newSide(t)
		da, db := a.describe(t), b.describe(t)
		if err := a.Meet(db.ICE, both); err != nil {
			t.Fatal(err)
		}
		if err := b.Meet(da.ICE, both); err != nil {
			t.Fatal(err)
		}
		a.Begin()
		b.Begin()
		if ra, rb := a.waits(t, Found), b.waits(t, Found); ra.Remote != b.addr() || rb.Remote != a.addr() {
			t.Errorf("both %v: %+v %+v", both, ra, rb)
		}
	}
}

// The side that answers makes no checks before sound is wanted there or the peer has begun: its phone may ring for long.
func TestNothingIsCheckedWhileItRings(t *testing.T) {
	a, b := newSide(t), newSide(t)
	offer, answer := a.describe(t), b.describe(t)
	if err := b.Meet(offer.ICE, false); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-a.stun:
		t.Fatalf("%x came", got)
	case <-time.After(300 * time.Millisecond):
	}
	if err := a.Meet(answer.ICE, true); err != nil { // its checks say that it has our answer
		t.Fatal(err)
	}
	a.waits(t, Found)
	b.waits(t, Found)
}

// A peer that falls silent is told of, and consent to send to it ends (RFC 7675 5.1), for each component by itself: the
// other goes on. It takes the half minute of the RFC.
func TestConsentEnds(t *testing.T) {
	t.Parallel()
	control := func(c *Config) { c.Component = RTCP }
	a, b := newSide(t), newSide(t)
	controlA, controlB := newSide(t, control), newSide(t, control)
	meet(t, a, b)
	meet(t, controlA, controlB)
	a.waits(t, Found)
	if r := controlA.waits(t, Found); r.Remote != controlB.addr() {
		t.Errorf("%+v", r)
	}
	if got := controlA.describe(t).Candidates[0]; got.Component != RTCP || got.Priority != a.describe(t).Candidates[0].Priority-1 {
		t.Errorf("%+v", got)
	}
	controlB.Path.Close()
	if controlA.waits(t, Lost) == nil {
		t.Error("nothing is sent after a few seconds")
	}
	if r := controlA.waits(t, Gone); r != nil || controlA.Admits(controlB.addr()) {
		t.Errorf("%+v", r)
	}
	a.says(t, "\x80still here")
	b.hears(t, "\x80still here")
}

// A path that rests does nothing, keeps no pair, and begins anew when it is needed.
func TestRest(t *testing.T) {
	a, b := newSide(t), newSide(t)
	meet(t, a, b)
	a.waits(t, Found)
	a.Rest()
	if a.Route() != nil || a.Admits(b.addr()) {
		t.Error("a pair")
	}
	words := NewWords()
	a.Restart(words)
	if a.newest() != nil {
		t.Error("a restart wakes it")
	}
	if d := a.describe(t); d.Ufrag != words.Ufrag || d.Pwd != words.Pwd {
		t.Errorf("%+v", d)
	}
	meet(t, a, b)
	if r := a.waits(t, Found); r.Remote != b.addr() {
		t.Errorf("%+v", r)
	}
	a.Rest()
	a.Close()
	if _, err := a.Describe(); err == nil {
		t.Error("described after Close")
	}
}

// A second branch of a forked call answers the same offer.
func TestFork(t *testing.T) {
	a, b, c := newSide(t), newSide(t), newSide(t)
	offer := a.describe(t)
	for _, branch := range []*side{b, c} {
		answer := branch.describe(t)
		if err := branch.Meet(offer.ICE, false); err != nil {
			t.Fatal(err)
		}
		if err := a.Meet(answer.ICE, true); err != nil {
			t.Fatal(err)
		}
		if r := a.waits(t, Found); r.Remote != branch.addr() {
			t.Errorf("%v, want %v", r.Remote, branch.addr())
		}
	}
	if a.describe(t).Ufrag != offer.Ufrag {
		t.Error("another branch changed our words")
	}
}

// Only a peer with the password is listened to: nobody who knows the address, nor one with a wrong password, becomes the
// other end.
func TestStrangers(t *testing.T) {
	a, stranger := newSide(t), newSide(t)
	offer := a.describe(t)
	theirs := stranger.describe(t)
	theirs.Pwd = strings.Repeat("x", 24)
	wrong := offer.ICE
	wrong.Pwd = theirs.Pwd
	if err := a.Meet(theirs.ICE, true); err != nil {
		t.Fatal(err)
	}
	if err := stranger.Meet(wrong, false); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 1500)
	for i := range 2000 {
		noise[0], noise[1] = 0, 1
		copy(noise[4:], "\x21\x12\xa4\x42")
		a.Take(noise[:20+i%1400], stranger.addr())
	}
	// The right one still gets through, as another branch.
	b := newSide(t)
	answer := b.describe(t)
	if err := b.Meet(offer.ICE, false); err != nil {
		t.Fatal(err)
	}
	if err := a.Meet(answer.ICE, true); err != nil {
		t.Fatal(err)
	}
	if r := a.waits(t, Found); r.Remote != b.addr() {
		t.Errorf("%v", r.Remote)
	}
	if r := stranger.Route(); r != nil {
		t.Errorf("a stranger has got a pair: %+v", r)
	}
}

// A peer's list is cut to what may be checked.
func TestUsable(t *testing.T) {
	var list []sdp.Candidate
	for i := range 200 {
		list = append(list, sdp.Candidate{Component: 1, Transport: "udp", Priority: uint32(i + 1), Type: sdp.Host,
			Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 9)})
	}
	for _, odd := range []string{"0.0.0.0:9", "224.0.0.1:9", "255.255.255.255:9", "[2001:db8::1]:9", "10.1.1.1:0"} {
		list = append(list, sdp.Candidate{Component: 1, Transport: "UDP", Priority: 1 << 30, Type: sdp.Host, Addr: netip.MustParseAddrPort(odd)})
	}
	list = append(list, sdp.Candidate{Component: 2, Transport: "UDP", Priority: 1 << 30, Type: sdp.Host, Addr: netip.MustParseAddrPort("10.1.1.1:9")},
		sdp.Candidate{Component: 1, Transport: "TCP", Priority: 1 << 30, Type: sdp.Host, Addr: netip.MustParseAddrPort("10.1.1.1:9")})
	got := usable(list, RTP, netip.MustParseAddr("10.0.0.9"))
	if len(got) != mostRemote || got[0].Priority != 200 || slices.ContainsFunc(got, func(c sdp.Candidate) bool { return c.Priority == 1<<30 }) {
		t.Errorf("%d: %v", len(got), got)
	}
}

// Servers that do not answer, or have no address, hold nothing up longer than they may; a path can be closed meanwhile.
func TestDeadServers(t *testing.T) {
	t.Parallel()
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	dead := silent.LocalAddr().String()
	for _, server := range []string{dead, "no-such-host.invalid", "127.0.0.1:0", "127.0.0.1:99999"} {
		begun := time.Now()
		s := newSide(t, func(c *Config) { c.STUN, c.TURN, c.User, c.Password = server, server, "u", "p" })
		d := s.describe(t)
		if len(d.Candidates) != 1 || d.Candidates[0].Addr != s.addr() {
			t.Errorf("%s: %v", server, d.Candidates)
		}
		t.Logf("%s: %v", server, time.Since(begun).Round(10*time.Millisecond))
	}
	s := newSide(t, func(c *Config) { c.STUN, c.TURN, c.User, c.Password = dead, dead, "u", "p" })
	s.Close()
	if _, err := s.Describe(); err == nil {
		t.Error("described after Close")
	}
}

// The password of the TURN server and those of the checks reach no log.
func TestNothingSecretIsLogged(t *testing.T) {
	var log strings.Builder
	loud := slog.New(slog.NewTextHandler(&locked{w: &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a := newSide(t, func(c *Config) { c.Log, c.TURN, c.User, c.Password = loud, "127.0.0.1:9", "u", "hidden-turn-word" })
	b := newSide(t)
	meet(t, a, b)
	a.waits(t, Found)
	offer, answer := a.describe(t), b.describe(t)
	a.Close()
	text := log.String()
	for _, secret := range []string{"hidden-turn-word", offer.Pwd, answer.Pwd} {
		if strings.Contains(text, secret) {
			t.Errorf("%q in\n%s", secret, text)
		}
	}
	if text == "" {
		t.Error("nothing logged at all: this proves nothing")
	}
	if s := fmt.Sprintf("%+v", a.cfg); strings.Contains(s, "hidden-turn-word") {
		t.Error(s)
	}
}

// An early answer whose checks have come to nothing is taken once more when the call is answered for good.
func TestLateChecks(t *testing.T) {
	a, b := newSide(t), newSide(t)
	offer, answer := a.describe(t), b.describe(t)
	if err := a.Meet(answer.ICE, true); err != nil {
		t.Fatal(err)
	}
	a.turned(a.newest(), pion.ConnectionStateFailed) // as after thirty seconds
	if a.waits(t, Gone) != nil {
		t.Error("a pair")
	}
	if err := b.Meet(offer.ICE, false); err != nil {
		t.Fatal(err)
	}
	if err := a.Meet(answer.ICE, true); err != nil {
		t.Fatal(err)
	}
	if r := a.waits(t, Found); r.Remote != b.addr() {
		t.Errorf("%+v", r)
	}
}
