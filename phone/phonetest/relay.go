package phonetest

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Impairment is what a bad network does to packets in one direction. The zero value is a perfect wire. The same seed
// does the same to the same sequence of packets.
type Impairment struct {
	Seed       uint64
	Loss       float64       // share of packets lost, 0..1
	Burst      float64       // mean length of a loss in packets (Gilbert-Elliott); 0 and 1 are random loss
	Delay      time.Duration // fixed
	Jitter     time.Duration // standard deviation of what is added to Delay; never below 0 altogether
	InOrder    bool          // jitter does not let packets overtake each other
	Duplicate  float64       // share of packets that arrive twice
	Reorder    float64       // share of packets held back by 30 ms
	SpikeEvery time.Duration // from time to time everything waits
	Spike      time.Duration // for this long
}

// Relay is a UDP relay on loopback between whoever sends to it and one target.
type Relay struct {
	Addr netip.AddrPort // where the near side sends

	near, far  *net.UDPConn
	target     netip.AddrPort
	peer       atomic.Pointer[netip.AddrPort] // the near side, as last seen
	there      *impaired
	back       *impaired
	wait       sync.WaitGroup
	closed     chan struct{}
	blackout   atomic.Bool
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
	r.there, r.back = newImpaired(there), newImpaired(back)
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

// Blackout loses everything while on.
func (r *Relay) Blackout(on bool) { r.blackout.Store(on) }

func (r *Relay) pump(from *net.UDPConn, how *impaired, seen func(netip.AddrPort), send func([]byte)) {
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
		delays := how.decide(time.Now())
		if r.blackout.Load() {
			delays = nil
		}
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

// impaired decides about one direction's packets. One goroutine uses it.
type impaired struct {
	Impairment
	random    *rand.Rand
	bad       bool      // inside a loss burst
	last      time.Time // when the latest packet so far will arrive
	nextSpike time.Time
	spikeEnd  time.Time
}

func newImpaired(i Impairment) *impaired {
	return &impaired{Impairment: i, random: rand.New(rand.NewPCG(i.Seed, i.Seed^0x5356415241))}
}

// decide says after which delays a packet that came now arrives: none when it is lost, two when it is doubled. Every
// packet draws the same number of random numbers, so that one setting does not shift another's.
func (i *impaired) decide(now time.Time) []time.Duration {
	loss, double, hold, wobble := i.random.Float64(), i.random.Float64(), i.random.Float64(), i.random.NormFloat64()
	if i.lost(loss) {
		return nil
	}
	d := max(0, i.Delay+time.Duration(wobble*float64(i.Jitter)))
	if hold < i.Reorder {
		d += 30 * time.Millisecond
	}
	d = max(d, i.spike(now))
	if at := now.Add(d); i.InOrder && at.Before(i.last) {
		d = i.last.Sub(now)
	} else {
		i.last = at
	}
	if double < i.Duplicate {
		return []time.Duration{d, d + time.Millisecond}
	}
	return []time.Duration{d}
}

// lost is a two-state chain (Gilbert-Elliott): its share of bad packets is Loss, its mean stay in the bad state Burst.
func (i *impaired) lost(draw float64) bool {
	if i.Burst <= 1 {
		return draw < i.Loss
	}
	leave := 1 / i.Burst
	enter := leave * i.Loss / max(1e-9, 1-i.Loss)
	if i.bad {
		i.bad = draw >= leave
	} else {
		i.bad = draw < enter
	}
	return i.bad
}

func (i *impaired) spike(now time.Time) time.Duration {
	if i.SpikeEvery <= 0 {
		return 0
	}
	if i.nextSpike.IsZero() {
		i.nextSpike = now.Add(i.SpikeEvery)
	}
	if !now.Before(i.nextSpike) {
		i.spikeEnd, i.nextSpike = now.Add(i.Spike), now.Add(i.SpikeEvery)
	}
	return i.spikeEnd.Sub(now)
}
