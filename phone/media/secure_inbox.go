package media

import (
	"encoding/binary"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v5/packetio"
)

// inbox is the association's side of the flow's socket, as a connection for one try.
type inbox struct {
	*packetio.Buffer
	a     *association
	hello [32]byte    // random of the ClientHello that began the try; zero: none has come. The flow's reader
	over  atomic.Bool // the peer has begun anew: what this try still says would only upset that
}

// nowhere stands for the peer: packets go where the association says.
var nowhere net.Addr = &net.UDPAddr{}

const mostWaiting = 64 // datagrams

func newInbox(a *association) *inbox {
	b := packetio.NewBuffer()
	b.SetLimitCount(mostWaiting)
	return &inbox{Buffer: b, a: a}
}

func (i *inbox) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := i.Read(b, nil)
	return n, nowhere, err
}

func (i *inbox) WriteTo(b []byte, _ net.Addr) (int, error) {
	if i.over.Load() {
		return len(b), nil
	}
	if err := i.a.send(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (i *inbox) LocalAddr() net.Addr              { return nowhere }
func (i *inbox) SetDeadline(t time.Time) error    { return i.SetReadDeadline(t) }
func (i *inbox) SetWriteDeadline(time.Time) error { return nil }

// Content types of records (RFC 6347 4.3.1, RFC 5246 A.1).
const (
	recordChangeCipher = 20
	recordHandshake    = 22
)

const mostGiven = 16 // handshakes that a peer may give up and begin anew

// early reports whether a datagram begins a handshake that may be of another association: our offer may lead to one, and what
// the peer sends after its answer may overtake that (RFC 8842 5.3). It waits for the answer. For the flow's reader.
func (a *association) early(data []byte) bool {
	if a.g.Active || !a.g.done.Load() || !a.s.asking.Load() {
		return false
	}
	random, ok := helloRandom(data)
	return ok && random != a.inbox.Load().hello && !slices.Contains(a.given, random)
}

// open is the inbox for a datagram of the peer; nil where it belongs to a handshake that was given up. A client that
// begins anew, because a forged alert ended its try or it has restarted, would wait in vain for a server that is still in
// the handshake of before, or done with it: the server begins anew too (RFC 6347 4.2.8). Keys that there are hold until
// there are new ones. Once the peer has used them too, it begins anew only with a new offer or answer, which makes another
// association (RFC 8842 5.3): what comes before that is read is not for this one, and is repeated. For the flow's reader.
func (a *association) open(data []byte) *inbox {
	in := a.inbox.Load()
	random, ok := helloRandom(data)
	switch {
	case a.g.Active || !ok || random == in.hello || a.g.used.Load():
	case slices.Contains(a.given, random):
		return nil
	case in.hello == [32]byte{}:
		in.hello = random
		a.tellAnew()
	case len(a.given) < mostGiven:
		a.given = append(a.given, in.hello)
		fresh := newInbox(a)
		fresh.hello = random
		if !a.inbox.CompareAndSwap(in, fresh) { // that try has just ended by itself
			fresh = a.inbox.Load()
			fresh.hello = random
		}
		a.tellAnew()
		in.over.Store(true)
		in.Close()
		return fresh
	}
	return in
}

// tellAnew wakes the goroutine where it waits, done with a handshake.
func (a *association) tellAnew() {
	select {
	case a.anew <- struct{}{}:
	default:
	}
}

// helloRandom is the random of the ClientHello that a datagram begins with: the same in the first and, with a cookie, the
// second of a handshake (RFC 6347 4.2.1), another in each handshake.
func helloRandom(data []byte) (random [32]byte, ok bool) {
	const (
		record    = 13 // type 1, version 2, epoch 2, sequence number 6, length 2 (RFC 6347 4.1)
		handshake = 12 // type 1, length 3, message_seq 2, fragment_offset 3, fragment_length 3 (RFC 6347 4.2.2)
		at        = record + handshake + 2
	)
	if len(data) < at+len(random) || data[0] != recordHandshake || binary.BigEndian.Uint16(data[3:]) != 0 ||
		data[record] != 1 || data[record+6]|data[record+7]|data[record+8] != 0 {
		return random, false
	}
	return [32]byte(data[at:]), true
}
