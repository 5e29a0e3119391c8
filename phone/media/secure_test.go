package media

import (
	"bytes"
	"math"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone"
	"svara/phone/sdp"
)

// newGuarded is a party that wants encryption.
func newGuarded(t testing.TB, c *clock, mode phone.SRTPMode, keying phone.Keying, codecs ...audio.Codec) *party {
	t.Helper()
	e := newEvents()
	fast := quick
	fast.flight, fast.handshake = 20*time.Millisecond, 20*time.Second
	s, err := open(Config{Local: loopback, Codecs: codecs, Notify: e.add, Now: c.now, Security: Security{mode, keying}}, fast)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &party{s, e}
}

// clean checks that a tone comes through, and hardly anything else: after a hold the playout may still be stretching it.
func clean(t testing.TB, who string, pcm []int16, hz, level float64) {
	t.Helper()
	amplitude, rest := tone(pcm[len(pcm)-audio.Rate/2:], hz)
	if math.Abs(amplitude-level) > level/8 || rest > level/3 {
		t.Errorf("%s: amplitude %.0f of %.0f, rest %.1f", who, amplitude, level, rest)
	}
}

// talk lets both sides hear each other's tones for a while.
func talk(t testing.TB, c *clock, a, b *party, d time.Duration) {
	t.Helper()
	atA, atB := run(t, c, a, b, d, sine(1000, 8000), sine(440, 4000))
	clean(t, "a to b", atB, 1000, 8000)
	clean(t, "b to a", atA, 440, 4000)
}

func only(keys []sdp.Crypto, suite sdp.Suite) []sdp.Crypto {
	for _, k := range keys {
		if k.Suite == suite {
			return []sdp.Crypto{k}
		}
	}
	return nil
}

func TestEncryptedToneBothWays(t *testing.T) {
	for _, suite := range sdp.Suites {
		t.Run(string(suite), func(t *testing.T) {
			c := newClock()
			a, b := newGuarded(t, c, phone.SRTPRequired, "", plain{}), newGuarded(t, c, phone.SRTPOptional, "", plain{})
			offer, err := a.Offer(sdp.SendRecv)
			if err != nil {
				t.Fatal(err)
			}
			// As if the other side knew no other suite.
			text := string(offer)
			if !strings.Contains(text, " RTP/SAVP ") || strings.Count(text, "a=crypto:") != len(offered) {
				t.Fatalf("offered\n%s", text)
			}
			b.secrets.keys = only(freshKeys(), suite)
			b.secrets.sealers = map[sdp.Key]*sealer{}
			line := only(a.secrets.keys, suite)[0]
			if !strings.Contains(text, string(suite)) { // it is taken, not offered
				s := a.talks.offer
				s.Media[0].Crypto = append(s.Media[0].Crypto, line)
				text = string(s.Bytes())
			}
			answer, err := b.Answer([]byte(text), sdp.SendRecv)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Accept(answer); err != nil {
				t.Fatal(err)
			}
			talk(t, c, a, b, 2*time.Second)
			for _, side := range []*party{a, b} {
				if got := side.Agreed(); got.Keying != phone.KeyingSDES || got.Suite != string(suite) {
					t.Errorf("agreed %s %s", got.Keying, got.Suite)
				}
				if n := side.net.unreadable.Load(); n != 0 {
					t.Errorf("%d packets could not be read", n)
				}
			}
			for limit := time.Now().Add(time.Minute); a.Quality().Encryption != string(suite); runtime.Gosched() {
				if time.Now().After(limit) {
					t.Fatalf("%+v", a.Quality())
				}
				c.advance(time.Second)
			}
		})
	}
}

// Nothing that crosses the network is the sound.
func TestNothingInClear(t *testing.T) {
	c := newClock()
	a := newGuarded(t, c, phone.SRTPOptional, "", g711.PCMA())
	friend := newPeer(t)
	key := keyOf(9, sdp.AES128Tag80)
	offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", "a=rtcp-mux\r\n"+cryptoLine(t, key)+"a=sendrecv", 1)
	answer, err := a.Answer([]byte(offer), sdp.SendRecv)
	if err != nil || !bytes.Contains(answer, []byte("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")) {
		t.Fatalf("%v\n%s", err, answer)
	}
	in, err := newOpener(a.sound.guard.Local)
	if err != nil {
		t.Fatal(err)
	}
	if err := friend.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	block, buf := make([]int16, audio.BlockSize), make([]byte, 2048)
	source := sine(1000, 8000)
	enc := encoder(t)
	pcm, want := make([]int16, 960), make([]byte, 160)
	for i := range 10 {
		source(pcm)
		if _, err := enc.Encode(want, pcm); err != nil {
			t.Fatal(err)
		}
		c.advance(20 * time.Millisecond)
		copy(block, pcm[:480])
		a.Write(block)
		copy(block, pcm[480:])
		a.Write(block)
		n, err := friend.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(buf[:n], want[:16]) {
			t.Fatalf("packet %d has the sound in it", i)
		}
		back, err := in.rtp.DecryptRTP(nil, buf[:n], nil)
		if err != nil || !bytes.Equal(back[12:], want) {
			t.Fatalf("packet %d does not decrypt to the sound: %v", i, err)
		}
	}
	// Reports are encrypted too (RFC 3711 3.4: that is not optional). The first is due within five seconds of the
	// reporter's first look at the clock.
	for limit := time.Now().Add(time.Minute); a.Quality().Codec == ""; runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatal("nothing is measured")
		}
		c.advance(time.Second)
	}
	c.advance(10 * time.Second)
	for {
		n, err := friend.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if buf[1] < 192 || buf[1] > 223 {
			continue
		}
		if bytes.Contains(buf[:n], []byte(a.cfg.CNAME)) {
			t.Error("RTCP in clear")
		}
		if _, err := in.rtcp.DecryptRTCP(nil, buf[:n], nil); err != nil {
			t.Error(err)
		}
		return
	}
}

// Hold and resume by either side goes on with the same keys, and their counters.
func TestKeysSurviveHold(t *testing.T) {
	c := newClock()
	a, b := newGuarded(t, c, phone.SRTPRequired, "", plain{}), newGuarded(t, c, phone.SRTPRequired, "", plain{})
	connect(t, a, b)
	talk(t, c, a, b, time.Second)
	first := a.sound.guard.keys.Load()
	negotiate(t, a, b, sdp.SendOnly, sdp.SendRecv)
	run(t, c, a, b, 500*time.Millisecond, sine(1000, 8000), nil)
	negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
	talk(t, c, a, b, time.Second)
	negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
	talk(t, c, a, b, time.Second)
	if a.sound.guard.keys.Load() != first {
		t.Error("other keys")
	}
	if n := a.net.unreadable.Load() + b.net.unreadable.Load(); n != 0 {
		t.Errorf("%d packets could not be read", n)
	}
}

// The peer brings another key: what it sends with the old one until it has our answer is still heard, and the new one at
// once; there is no gap.
func TestRekeyingWithoutAGap(t *testing.T) {
	c := newClock()
	a, b := newGuarded(t, c, phone.SRTPRequired, "", plain{}), newGuarded(t, c, phone.SRTPRequired, "", plain{})
	connect(t, a, b)
	from440, from1000 := sine(440, 4000), sine(1000, 8000)
	run(t, c, a, b, 2*time.Second, from1000, from440)
	holes := func(p *party) uint64 {
		p.lockBuffer()
		defer p.unlockBuffer()
		return p.buffer.Stats().Concealed
	}
	before := [2]uint64{holes(a), holes(b)}
	for i := range 3 {
		b.control.Lock()
		b.secrets.keys = freshKeys()
		b.control.Unlock()
		offer, err := b.Offer(sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 { // as if the peer were another one, at another address, that knows nothing of our rollover counter
			a.sound.guard.keys.Load().out.wrapped.Store(true)
			moved := *a.plan.Load()
			moved.remote = netip.MustParseAddrPort("192.0.2.1:4000")
			a.plan.Store(&moved)
		}
		old, out := a.sound.guard.Local.Key, a.sound.guard.keys.Load().out
		answer, err := a.Answer(offer, sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		if fresh := a.sound.guard.Local.Key != old; fresh != (i == 1) {
			t.Errorf("round %d: a key of our own that is new: %v", i, fresh)
		} else if same := a.sound.guard.keys.Load().out == out; same == fresh {
			t.Errorf("round %d: the key stream goes on: %v", i, same) // with the old key it must, or it is used twice
		}
		if i != 1 {
			run(t, c, a, b, 200*time.Millisecond, from1000, from440) // b still sends with its old key
		}
		if err := b.Accept(answer); err != nil {
			t.Fatal(err)
		}
		atA, atB := run(t, c, a, b, time.Second, from1000, from440)
		clean(t, "a to b", atB, 1000, 8000)
		clean(t, "b to a", atA, 440, 4000)
	}
	if got := [2]uint64{holes(a), holes(b)}; got != before {
		t.Errorf("holes %v, before %v", got, before)
	}
	if n := a.net.unreadable.Load() + b.net.unreadable.Load(); n != 0 {
		t.Errorf("%d packets could not be read", n)
	}
	// And after a while the old key is worth nothing.
	k := a.sound.guard.keys.Load()
	if k.before == nil || !k.until.After(c.now().Add(-time.Minute)) || k.until.After(c.now().Add(rekeying)) {
		t.Errorf("old key until %v, now %v", k.until, c.now())
	}
}

// The sequence number goes round twice in one call: the rollover counter is right at both ends, and nothing is lost where
// it happens. Between the two, most of the numbers are passed over, as if their packets had been lost.
func TestRolloverTwice(t *testing.T) {
	c := newClock()
	a, b := newGuarded(t, c, phone.SRTPRequired, "", plain{}), newGuarded(t, c, phone.SRTPRequired, "", plain{})
	connect(t, a, b)
	a.out.seq = 65536 - 100
	source := sine(1000, 8000)
	for round := range uint32(2) {
		_, atB := run(t, c, a, b, 5*time.Second, source, nil)
		clean(t, "a to b", atB, 1000, 8000)
		out, _ := a.sound.guard.keys.Load().out.rtp.ROC(a.ssrc.Load())
		in, ok := b.sound.guard.keys.Load().in.rtp.ROC(a.ssrc.Load())
		if out != round+1 || in != out || !ok {
			t.Errorf("round %d: rollover counter %d at the sender, %d at the receiver", round, out, in)
		}
		for a.out.seq < 65536-4000 && round == 0 {
			a.out.seq += 3000
			run(t, c, a, b, 40*time.Millisecond, source, nil)
		}
		if round == 0 {
			run(t, c, a, b, time.Second, source, nil)
			a.out.seq = 65536 - 100
		}
	}
	if !a.sound.guard.keys.Load().out.wrapped.Load() {
		t.Error("not noted")
	}
	if n := b.net.unreadable.Load(); n != 0 {
		t.Errorf("%d packets could not be read", n)
	}
}

// The sending side makes nothing anew for a packet, nor does the receiving side before the jitter buffer.
func TestEncryptedSoundAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("the race detector empties pools at random")
	}
	for _, suite := range sdp.Suites {
		c := newClock()
		a, b := newGuarded(t, c, phone.SRTPRequired, "", g711.PCMA()), newGuarded(t, c, phone.SRTPRequired, "", g711.PCMA())
		a.secrets.keys, a.secrets.sealers = freshKeys(), map[sdp.Key]*sealer{}
		b.secrets.keys, b.secrets.sealers = only(freshKeys(), suite), map[sdp.Key]*sealer{}
		offer, err := a.Offer(sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(offer, []byte(suite)) {
			continue
		}
		answer, err := b.Answer(offer, sdp.SendRecv)
		if err == nil {
			err = a.Accept(answer)
		}
		if err != nil {
			t.Fatal(err)
		}
		block := make([]int16, audio.BlockSize)
		sent := a.out.packets.Load()
		if n := testing.AllocsPerRun(200, func() {
			a.Write(block)
			a.Write(block)
		}); n != 0 {
			t.Errorf("%s: %v allocations a packet sent", suite, n)
		}
		if a.out.packets.Load() == sent {
			t.Fatal("nothing was sent")
		}
		// Received: by a receiver of its own, so that no other goroutine is counted.
		out, err := newSealer(keyOf(3, suite))
		if err != nil {
			t.Fatal(err)
		}
		in, err := newOpener(keyOf(3, suite))
		if err != nil {
			t.Fatal(err)
		}
		g := &guard{}
		g.keys.Store(&keys{suite: suite, out: out, in: in})
		r := &receiver{clear: make([]byte, packetSize)}
		header, seq, now := rtp.Header{}, byte(0), c.now()
		packet, sealed := make([]byte, 172), make([]byte, 0, 256)
		packet[0] = 0x80
		if n := testing.AllocsPerRun(200, func() {
			seq++
			packet[3] = seq
			data, err := out.rtp.EncryptRTP(sealed, packet, &header)
			if err == nil {
				_, err = r.open(g, data, true, now)
			}
			if err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a packet received", suite, n)
		}
	}
}
