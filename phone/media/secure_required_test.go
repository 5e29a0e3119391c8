package media

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/phone"
	"svara/phone/sdp"
)

// cryptoLine is a key's line in a description.
func cryptoLine(t testing.TB, c sdp.Crypto) string {
	t.Helper()
	s := sdp.Session{Media: []sdp.Media{{Kind: "audio", Crypto: []sdp.Crypto{c}}}}
	for _, line := range strings.SplitAfter(string(s.Bytes()), "\r\n") {
		if strings.HasPrefix(line, "a=crypto") {
			return line
		}
	}
	t.Fatal("no line")
	return ""
}

// quality.md 24: 10,000 packets with bad tags, from the peer's own address and from a stranger's, before and during the
// call: nothing of them is played, no address is learned, the call goes on.
func TestBadTags(t *testing.T) {
	for _, suite := range []sdp.Suite{sdp.AES128Tag80, sdp.GCM128} {
		c := newClock()
		a := newGuarded(t, c, phone.SRTPRequired, "", g711.PCMA())
		friend, stranger := newPeer(t), newPeer(t)
		key := keyOf(9, suite)
		offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", cryptoLine(t, key)+"a=sendrecv", 1)
		if _, err := a.Answer([]byte(offer), sdp.SendRecv); err != nil {
			t.Fatal(err)
		}
		out, err := newSealer(key)
		if err != nil {
			t.Fatal(err)
		}
		bad := func(from *peer, n int) {
			t.Helper()
			for range n {
				before := a.net.unreadable.Load()
				payload := bytes.Repeat([]byte{0x2a}, 170) // loud, and what follows it is no tag
				from.send(t, a.LocalAddr(), from.packet(payload))
				for limit := time.Now().Add(time.Minute); a.net.unreadable.Load() == before; runtime.Gosched() {
					if time.Now().After(limit) {
						t.Fatal("not counted")
					}
				}
			}
		}
		bad(stranger, 100)
		stranger.ssrc = friend.ssrc
		bad(stranger, 100)
		bad(&peer{UDPConn: friend.UDPConn, ssrc: friend.ssrc, seq: 30000}, 100)
		if a.target.Load() != nil || a.heard.Load() != 0 {
			t.Error("a packet with a bad tag was taken up")
		}
		enc, source := encoder(t), sine(1000, 8000)
		pcm, payload := make([]int16, 960), make([]byte, 160)
		var heard []int16
		stranger.seq = friend.seq
		for i := range 200 {
			c.advance(20 * time.Millisecond)
			bad(stranger, 49)
			source(pcm)
			if _, err := enc.Encode(payload, pcm); err != nil {
				t.Fatal(err)
			}
			data, err := friend.packet(payload).Marshal()
			if err != nil {
				t.Fatal(err)
			}
			data, err = out.rtp.EncryptRTP(nil, data, nil)
			if err != nil {
				t.Fatal(err)
			}
			if i%3 == 2 { // from elsewhere before it comes itself
				stranger.WriteToUDPAddrPort(data, a.LocalAddr())
				until(t, "packet turned away", func() bool { a.net.fetch(); return a.facts.strangers.Load() == uint64(i+1) })
			}
			for range 1 + i%2 { // every other one comes twice: replayed
				friend.WriteToUDPAddrPort(data, a.LocalAddr())
			}
			if i == 0 {
				friend.barrier(t, a) // now it is known where the peer is
			}
			stranger.WriteToUDPAddrPort(data, a.LocalAddr()) // and again from elsewhere
			friend.barrier(t, a)
			heard = append(heard, listen20(a)...)
		}
		amplitude, rest := tone(heard[len(heard)-audio.Rate:], 1000)
		if math.Abs(amplitude-8000) > 100 || rest > 250 { // A-law's own noise
			t.Errorf("%s: amplitude %.0f, rest %.0f", suite, amplitude, rest)
		}
		if r := a.target.Load(); r == nil || r.source != friend.addr() {
			t.Errorf("sends to %v", r)
		}
		a.net.mutex.Lock()
		total, lost := a.net.count.total, a.net.count.missing()
		a.net.mutex.Unlock()
		if total != 200 || lost != 0 || a.net.unreadable.Load() != 300+200*49 {
			t.Errorf("%s: %d packets taken, %d lost, %d could not be read", suite, total, lost, a.net.unreadable.Load())
		}
	}
}

// Reports are believed of the peer alone, and once: not in clear, not with a bad tag, not a second time (RFC 3711 3.4).
func TestReportsAreAuthentic(t *testing.T) {
	for _, suite := range []sdp.Suite{sdp.AES128Tag80, sdp.GCM128} {
		a := newGuarded(t, newClock(), phone.SRTPRequired, "", g711.PCMA())
		friend := newPeer(t)
		key := keyOf(9, suite)
		offer := strings.Replace(string(friend.description(sdp.SendRecv)), "a=sendrecv", cryptoLine(t, key)+"a=rtcp-mux\r\na=sendrecv", 1)
		if _, err := a.Answer([]byte(offer), sdp.SendRecv); err != nil {
			t.Fatal(err)
		}
		out, err := newSealer(key)
		if err != nil {
			t.Fatal(err)
		}
		clear, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: friend.ssrc, Reports: []rtcp.ReceptionReport{{SSRC: a.ssrc.Load()}}}})
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := out.rtcp.EncryptRTCP(nil, clear, nil)
		if err != nil {
			t.Fatal(err)
		}
		forged := bytes.Clone(sealed)
		forged[len(forged)-5] ^= 1
		for _, step := range []struct {
			about string
			data  []byte
			told  uint64
		}{{"in clear", clear, 0}, {"with a bad tag", forged, 0}, {"from the peer", sealed, 1}, {"once more", sealed, 1}} {
			a.net.sort(step.data, friend.addr())
			if told, _ := a.listener.told(); told != step.told {
				t.Errorf("%s, %s: %d reports", suite, step.about, told)
			}
		}
	}
}

// quality.md 25: what must be encrypted and is not.
func TestRequiredRefusesClear(t *testing.T) {
	c := newClock()
	a, b := newGuarded(t, c, phone.SRTPRequired, "", plain{}), newParty(t, c, plain{})
	notEncrypted := func(err error, doing string) {
		t.Helper()
		if err == nil || phone.ReasonOf(err).ID != phone.ReasonNotEncrypted {
			t.Errorf("%s: %v", doing, err)
		}
	}
	// An offer in clear.
	clear, err := b.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Answer(clear, sdp.SendRecv)
	notEncrypted(err, "offer in clear")
	// An answer in clear, as it is written by one who has not looked at the profile, and the stream switched off.
	offer, err := a.Offer(sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	answer := strings.Replace(string(clear), "RTP/AVP", "RTP/SAVP", 1)
	notEncrypted(a.Accept([]byte(answer)), "answer without a key")
	notEncrypted(a.Accept(clear), "answer in clear")
	off := fmt.Sprintf("m=audio %d ", b.LocalAddr().Port())
	notEncrypted(a.Accept([]byte(strings.Replace(answer, off, "m=audio 0 ", 1))), "switched off")
	if a.Agreed().Codec != "" {
		t.Error("agreed on something")
	}
	if _, err := b.Answer(offer, sdp.SendRecv); err == nil {
		t.Error("one without encryption answers RTP/SAVP")
	}
	// In a call, an offer to go on in clear changes nothing.
	friend := newGuarded(t, c, phone.SRTPOptional, "", plain{})
	connect(t, a, friend)
	talk(t, c, a, friend, time.Second)
	_, err = a.Answer(clear, sdp.SendRecv)
	notEncrypted(err, "re-offer in clear")
	talk(t, c, a, friend, time.Second)
	if got := a.Agreed(); got.Suite == "" || got.Remote != friend.LocalAddr() {
		t.Errorf("%+v", got)
	}
	// And so with one that has offered its keys in the profile of clear sound, and answers without them later.
	other := newGuarded(t, c, phone.SRTPRequired, "", plain{})
	friend = newGuarded(t, c, phone.SRTPOptional, "", plain{})
	connect(t, friend, other)
	offer, err = other.Offer(sdp.SendOnly)
	if err != nil || !strings.Contains(string(offer), " RTP/AVP ") {
		t.Fatalf("%v\n%s", err, offer)
	}
	friend.control.Lock()
	friend.cfg.Security = Security{}
	friend.control.Unlock()
	if clear, err = friend.Answer(offer, sdp.SendRecv); err != nil {
		t.Fatal(err)
	}
	notEncrypted(other.Accept(clear), "answer to a re-offer in clear")
}

// A peer that may go on in clear does, and it is told; and comes back.
func TestOptionalFollows(t *testing.T) {
	c := newClock()
	a, b := newGuarded(t, c, phone.SRTPOptional, "", plain{}), newParty(t, c, plain{})
	connect(t, a, b)
	talk(t, c, a, b, time.Second)
	if got := a.Agreed(); got.Keying != "" || got.Suite != "" {
		t.Errorf("%+v", got)
	}
	b.control.Lock()
	b.cfg.Security = Security{Mode: phone.SRTPOptional}
	b.control.Unlock()
	negotiate(t, a, b, sdp.SendRecv, sdp.SendRecv)
	talk(t, c, a, b, time.Second)
	if got := a.Agreed(); got.Keying != phone.KeyingSDES || got.Suite == "" || b.Agreed().Suite != got.Suite {
		t.Errorf("%+v", got)
	}
	b.control.Lock()
	b.cfg.Security = Security{}
	b.control.Unlock()
	negotiate(t, b, a, sdp.SendRecv, sdp.SendRecv)
	talk(t, c, a, b, time.Second)
	if got := a.Agreed(); got.Keying != "" || got.Suite != "" {
		t.Errorf("%+v", got)
	}
}

func TestKeysOfTheWrongLength(t *testing.T) {
	for _, c := range []sdp.Crypto{{}, {Suite: sdp.GCM128, Key: "short"}, {Suite: "F8", Key: "0123456789"}} {
		if _, err := newContext(c); err == nil {
			t.Errorf("%s: taken", c.Suite)
		}
	}
}
