package phonetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Internet is a network of its own within the machine: a place for servers with a public address, and homes behind
// translators (RFC 4787). It is made of network namespaces and ends with the test.
type Internet struct {
	IP    string // the servers' address
	Homes []*Home

	t  testing.TB
	ns string
}

// Home is a private network with one machine in it.
type Home struct {
	IP     string // the machine's address
	Public string // the translator's address outside

	ns, at string // the machine's namespace, and the translator's
}

// HomeConfig says what a home's translator is like.
type HomeConfig struct {
	// Symmetric gives every destination another port (RFC 4787 4.1: address and port-dependent mapping), so that what a
	// STUN server sees helps nobody else.
	Symmetric bool
}

var internetNumber atomic.Int64

// StartInternet makes the network.
func StartInternet(t testing.TB, homes ...HomeConfig) *Internet {
	t.Helper()
	Need(t, "ip", "iptables")
	if os.Getuid() != 0 {
		Missing(t, "network namespaces need root")
	}
	prefix := fmt.Sprintf("svara-%d-%d", os.Getpid(), internetNumber.Add(1))
	n := &Internet{IP: "198.51.100.1", t: t, ns: prefix}
	add := func(ns string) {
		t.Helper()
		sh(t, "ip netns add "+ns)
		t.Cleanup(func() { _, _ = Run(StartOptions{}, "ip", "netns", "del", ns) })
		sh(t, in(ns)+"ip link set lo up")
		sh(t, in(ns)+"sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'")
	}
	add(n.ns)
	// Not on the loopback interface: there no server looks for candidates.
	sh(t, in(n.ns)+"ip link add servers type veth peer name wall")
	sh(t, in(n.ns)+"ip addr add "+n.IP+"/32 dev servers")
	sh(t, in(n.ns)+"ip link set servers up")
	sh(t, in(n.ns)+"ip link set wall up")
	for i, c := range homes {
		h := &Home{
			IP: fmt.Sprintf("192.168.%d.7", 10+i), Public: fmt.Sprintf("203.0.113.%d", 4*i+2),
			ns: fmt.Sprintf("%s-m%d", prefix, i), at: fmt.Sprintf("%s-t%d", prefix, i),
		}
		n.Homes = append(n.Homes, h)
		add(h.at)
		add(h.ns)
		sh(t, fmt.Sprintf("ip link add out netns %s type veth peer name home%d netns %s", h.at, i, n.ns))
		sh(t, fmt.Sprintf("ip link add in netns %s type veth peer name eth0 netns %s", h.at, h.ns))
		sh(t, fmt.Sprintf("%sip addr add 203.0.113.%d/30 dev home%d", in(n.ns), 4*i+1, i))
		sh(t, fmt.Sprintf("%sip link set home%d up", in(n.ns), i))
		sh(t, fmt.Sprintf("%sip addr add %s/30 dev out", in(h.at), h.Public))
		sh(t, in(h.at)+"ip link set out up")
		sh(t, fmt.Sprintf("%sip route add default via 203.0.113.%d", in(h.at), 4*i+1))
		sh(t, fmt.Sprintf("%sip addr add 192.168.%d.1/24 dev in", in(h.at), 10+i))
		sh(t, in(h.at)+"ip link set in up")
		sh(t, fmt.Sprintf("%sip addr add %s/24 dev eth0", in(h.ns), h.IP))
		sh(t, in(h.ns)+"ip link set eth0 up")
		sh(t, fmt.Sprintf("%sip route add default via 192.168.%d.1", in(h.ns), 10+i))
		if i == 0 { // what leads nowhere is lost on the way, not refused at once: a relay ends a session for that
			sh(t, in(n.ns)+"ip route add default via "+h.Public)
		}
		random := ""
		if c.Symmetric {
			random = " --random-fully"
		}
		for _, rule := range []string{
			"-t nat -A POSTROUTING -o out -j MASQUERADE" + random,
			"-A INPUT -i out -j DROP",
			"-A FORWARD -i out -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
			"-A FORWARD -i out -j DROP",
		} {
			sh(t, in(h.at)+"iptables -w "+rule)
		}
	}
	return n
}

func in(ns string) string { return "ip netns exec " + ns + " " }

func sh(t testing.TB, command string) {
	t.Helper()
	if out, err := Run(StartOptions{}, "sh", "-c", command); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// Under is what programs are run with to be on the machine.
func (h *Home) Under() []string { return []string{"ip", "netns", "exec", h.ns} }

// Coturn starts a STUN and TURN server among the servers.
func (n *Internet) Coturn() *Coturn {
	n.t.Helper()
	return StartCoturn(n.t, CoturnConfig{IP: n.IP, Under: []string{"ip", "netns", "exec", n.ns}, Ready: func(c *Coturn) bool {
		said, err := os.ReadFile(c.Log)
		return err == nil && strings.Contains(string(said), "IO method (auth thread)")
	}})
}

// Kamailio starts a registrar and proxy among the servers, and returns its address.
func (n *Internet) Kamailio() string {
	n.t.Helper()
	k := newKamailio(n.t)
	file := filepath.Join(k.dir, "kamailio.cfg")
	text := strings.ReplaceAll(fmt.Sprintf(kamailioConfig, k.Port, k.dir, k.modules, k.routes), "127.0.0.1", n.IP)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
	k.Process = Start(n.t, StartOptions{Group: true, Dir: k.dir}, "ip", "netns", "exec", n.ns,
		"kamailio", "-f", file, "-DD", "-E", "-m", "64", "-M", "8", "-w", k.dir, "-Y", k.dir)
	k.Ready(20*time.Second, "answering", func() bool {
		_, err := Run(StartOptions{}, "kamcmd", "-s", "unix:"+k.dir+"/ctl", "core.uptime")
		return err == nil
	})
	return fmt.Sprintf("%s:%d", n.IP, k.Port)
}

// SetTURNPassword stores the password of an account's TURN server.
func (s *Svara) SetTURNPassword(account, password string) {
	s.t.Helper()
	if out, code := s.CtlWith(password+"\n", "account", "set", account, "turn-password", "--password-stdin"); code != 0 {
		s.t.Fatalf("svaractl account set %s turn-password: exit %d: %s", account, code, out)
	}
}

// Move gives the machine another address instead of the one it has; what it knows of ways out goes with that.
func (h *Home) Move(t testing.TB, ip string) {
	t.Helper()
	gateway := ip[:strings.LastIndexByte(ip, '.')] + ".1"
	sh(t, fmt.Sprintf("%[1]s ip addr del %[2]s/24 dev eth0 && %[1]s ip addr add %[3]s/24 dev eth0 && %[1]s ip route add default via %[4]s", in(h.ns), h.IP, ip, gateway))
	h.IP = ip
}

// Prefer gives the machine one more address, and sends by that from now on; the one it had stays.
func (h *Home) Prefer(t testing.TB, ip string) {
	t.Helper()
	gateway := ip[:strings.LastIndexByte(ip, '.')] + ".1"
	sh(t, fmt.Sprintf("%[1]s ip addr add %[2]s/24 dev eth0 && %[1]s ip route replace default via %[3]s src %[2]s", in(h.ns), ip, gateway))
}

// Unplug takes the machine off its network until plug is called: no address, no way out.
func (h *Home) Unplug(t testing.TB) (plug func(ip string)) {
	t.Helper()
	sh(t, in(h.ns)+"ip addr flush dev eth0")
	return func(ip string) {
		t.Helper()
		gateway := ip[:strings.LastIndexByte(ip, '.')] + ".1"
		sh(t, fmt.Sprintf("%[1]s ip addr add %[2]s/24 dev eth0 && %[1]s ip route add default via %[3]s", in(h.ns), ip, gateway))
		h.IP = ip
	}
}

// Forget makes the translator forget whom it translates for, as one that is restarted does. One that is Symmetric gives
// other ports afterwards.
func (h *Home) Forget(t testing.TB) {
	t.Helper()
	gateway := h.Public[:strings.LastIndexByte(h.Public, '.')+1]
	var last int
	if _, err := fmt.Sscanf(h.Public[len(gateway):], "%d", &last); err != nil {
		t.Fatal(err)
	}
	sh(t, fmt.Sprintf("%[1]s ip link set out down && %[1]s ip link set out up && %[1]s ip route add default via %[2]s%[3]d", in(h.at), gateway, last-1))
}
