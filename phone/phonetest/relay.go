package phonetest

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone/phonetest/network"
)

// Impairment is what a relay does to packets in one direction.
type Impairment = network.Impairment

// Relay is a UDP relay on loopback between whoever sends to it and one target.
type Relay struct {
	Addr netip.AddrPort // where the near side sends

	near, far  *net.UDPConn
	target     netip.AddrPort
	peer       atomic.Pointer[netip.AddrPort] // the near side, as last seen
	there      *network.Line
	back       *network.Line
	wait       sync.WaitGroup
	closed     chan struct{}
	Lost, Sent atomic.Int64 // packets of both directions
}

// StartRelay relays to target: there is done to packets towards it, back to those from it.
func StartRelay(t testing.TB, target netip.AddrPort, there, back Impairment) *Relay {
	t.Helper()
	open := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	r := &Relay{near: open(), far: open(), target: target, closed: make(chan struct{})}
	r.Addr = r.near.LocalAddr().(*net.UDPAddr).AddrPort()
	r.there, r.back = network.New(there), network.New(back)
	r.wait.Go(func() {
		r.pump(r.near, r.there, func(from netip.AddrPort) { r.peer.Store(&from) }, func(b []byte) { _, _ = r.far.WriteToUDPAddrPort(b, r.target) })
	})
	r.wait.Go(func() {
		r.pump(r.far, r.back, func(netip.AddrPort) {}, func(b []byte) {
			if to := r.peer.Load(); to != nil {
				_, _ = r.near.WriteToUDPAddrPort(b, *to)
			}
		})
	})
	t.Cleanup(func() {
		close(r.closed)
		r.near.Close()
		r.far.Close()
		r.wait.Wait()
	})
	return r
}

// Far is where the target sees packets come from, and sends its own to.
func (r *Relay) Far() netip.AddrPort { return r.far.LocalAddr().(*net.UDPAddr).AddrPort() }

func (r *Relay) pump(from *net.UDPConn, how *network.Line, seen func(netip.AddrPort), send func([]byte)) {
	buffer := make([]byte, 65536)
	for {
		n, addr, err := from.ReadFromUDPAddrPort(buffer)
		if err != nil {
			select {
			case <-r.closed:
				return
			default:
				continue // an ICMP error for an earlier packet
			}
		}
		seen(netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()))
		now := time.Now()
		delays := how.Decide(now)
		how.Rewrite(buffer[:n], now)
		if len(delays) == 0 {
			r.Lost.Add(1)
		}
		for _, d := range delays {
			packet := append([]byte(nil), buffer[:n]...)
			r.Sent.Add(1)
			if d <= 0 {
				send(packet)
				continue
			}
			r.wait.Go(func() {
				select {
				case <-time.After(d):
					send(packet)
				case <-r.closed:
				}
			})
		}
	}
}
