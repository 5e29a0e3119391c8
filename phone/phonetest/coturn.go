package phonetest

import (
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"svara/phone/phonetest/certs"
)

// Coturn is a STUN and TURN server.
type Coturn struct {
	*Process
	IP             string
	Port           int // UDP and TCP
	PortTLS        int // 0 is none
	User, Password string
}

// CoturnConfig says how it is started. The zero value listens on loopback.
type CoturnConfig struct {
	IP    string             // address it listens on and relays from; empty: 127.0.0.1
	Relay string             // address it relays from, if another
	Under []string           // a program that runs it, such as ip netns exec NAME
	Ready func(*Coturn) bool // nil: it answers over UDP
	TLS   *certs.Certificate // shown to those who connect over TLS; nil is no TLS
	Args  []string
}

// Addr is host:port.
func (c *Coturn) Addr() string { return net.JoinHostPort(c.IP, fmt.Sprint(c.Port)) }

// StartCoturn starts the server and waits until it answers.
func StartCoturn(t testing.TB, cfg CoturnConfig) *Coturn {
	t.Helper()
	Need(t, "turnserver")
	c := &Coturn{IP: cfg.IP, Port: 3478, User: "svara", Password: "pw-turn"}
	if c.IP == "" {
		c.IP, c.Port = "127.0.0.1", FreePort(t)
	}
	relay := c.IP
	if cfg.Relay != "" {
		relay = cfg.Relay
	}
	dir := t.TempDir()
	args := []string{
		"-n", "--listening-ip", c.IP, "--relay-ip", relay, "--listening-port", fmt.Sprint(c.Port), "--no-dtls", "--no-cli",
		"--lt-cred-mech", "--user", c.User + ":" + c.Password, "--realm", "svara.test", "--allow-loopback-peers",
		"--log-file", "stdout", "--simple-log", "--pidfile", filepath.Join(dir, "pid"), "--userdb", filepath.Join(dir, "db"),
	}
	if cfg.TLS == nil {
		args = append(args, "--no-tls")
	} else {
		c.PortTLS = FreePort(t)
		args = append(args, "--tls-listening-port", fmt.Sprint(c.PortTLS), "--cert", cfg.TLS.CertFile, "--pkey", cfg.TLS.KeyFile)
	}
	line := append(append(append([]string{}, cfg.Under...), "turnserver"), append(args, cfg.Args...)...)
	c.Process = Start(t, StartOptions{Group: true, Dir: dir}, line[0], line[1:]...)
	ready := cfg.Ready
	if ready == nil {
		ready = func(c *Coturn) bool { return answersSTUN(c.Addr()) }
	}
	c.Ready(20*time.Second, "answering", func() bool { return ready(c) })
	return c
}

// answersSTUN asks for our address (RFC 8489 2) and reports whether anything comes back.
func answersSTUN(addr string) bool {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return false
	}
	defer conn.Close()
	request := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, "svara-ready?"...)
	if _, err := conn.Write(request); err != nil {
		return false
	}
	if err := conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		return false
	}
	answer := make([]byte, 500)
	n, err := conn.Read(answer)
	return err == nil && n >= 20 && answer[0] == 1
}
