package bench

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// peer is the least of a SIP peer that can take times: one UDP socket on loopback, in the test's own process, so that no
// other program's scheduling is measured.
type peer struct {
	b     testing.TB
	conn  *net.UDPConn
	phone string // host:port of ours
	calls int
	pace  *time.Ticker // a stranger, which this peer is, may send 100 packets a second
}

func newPeer(b testing.TB, addr string) *peer {
	b.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	pace := time.NewTicker(90 * time.Millisecond)
	b.Cleanup(pace.Stop)
	return &peer{b: b, conn: conn, phone: addr, pace: pace}
}

func (p *peer) control(profile string) *control.Client {
	p.b.Helper()
	c, err := control.Dial(profile)
	if err != nil {
		p.b.Fatal(err)
	}
	p.b.Cleanup(func() { c.Close() })
	return c
}

func (p *peer) me() string { return p.conn.LocalAddr().String() }

func (p *peer) send(text string) {
	p.b.Helper()
	to, err := net.ResolveUDPAddr("udp4", p.phone)
	if err != nil {
		p.b.Fatal(err)
	}
	if _, err := p.conn.WriteTo([]byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")), to); err != nil {
		p.b.Fatal(err)
	}
}

// await reads until a message begins with one of the words, and returns it with the time of its arrival.
func (p *peer) await(begins string) (string, time.Time) {
	p.b.Helper()
	if err := p.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		p.b.Fatal(err)
	}
	buffer := make([]byte, 65536)
	for {
		n, err := p.conn.Read(buffer)
		if err != nil {
			p.b.Fatalf("wait for %s: %v", begins, err)
		}
		if m := string(buffer[:n]); strings.HasPrefix(m, begins) {
			return m, time.Now()
		}
	}
}

func (p *peer) sdp() string { return sdpWith(p.body()) }

func sdpWith(body string) string {
	return fmt.Sprintf("Content-Type: application/sdp\nContent-Length: %d\n\n%s", len(body), body)
}

func (p *peer) body() string {
	return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
}

func (p *peer) request(method string, cseq int, tag, body string) string {
	p.calls++
	return fmt.Sprintf("%s sip:1001@%s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d;rport\nMax-Forwards: 70\nFrom: <sip:bench@127.0.0.1>;tag=b\nTo: <sip:1001@%s>%s\n"+
		"Call-ID: bench-%d\nCSeq: %d %s\nContact: <sip:bench@%s>\n%s", method, p.phone, p.me(), p.calls, p.phone, tag, time.Now().UnixNano(), cseq, method, p.me(), body)
}

// header is the value of a message's header.
func header(m, name string) string {
	_, rest, _ := strings.Cut(m, "\r\n"+name+": ")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// callIn calls our phone, answers there, and ends it.
func (p *peer) callIn(c *control.Client) (ringing, card, answered time.Duration) {
	p.b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	shown := make(chan time.Time, 1)
	failed := make(chan error, 1)
	go func() { // ends with its answer; the channels are buffered
		_, err := c.Wait(ctx, "any:"+string(phone.StateIncoming), 10*time.Second)
		shown <- time.Now()
		failed <- err
	}()
	invite := p.request("INVITE", 1, "", p.sdp())
	call := header(strings.ReplaceAll(invite, "\n", "\r\n"), "Call-ID")
	begun := time.Now()
	p.send(invite)
	_, at := p.await("SIP/2.0 180")
	ringing, card = at.Sub(begun), (<-shown).Sub(begun)
	if err := <-failed; err != nil {
		p.b.Fatal(err)
	}
	begun = time.Now()
	if _, err := c.Do(ctx, phone.Answer{}); err != nil {
		p.b.Fatal(err)
	}
	m, at := p.await("SIP/2.0 200")
	answered = at.Sub(begun)
	tag := ""
	if _, t, ok := strings.Cut(header(m, "To"), ";tag="); ok {
		tag = ";tag=" + t
	}
	for _, r := range []string{p.request("ACK", 1, tag, "Content-Length: 0\n\n"), p.request("BYE", 2, tag, "Content-Length: 0\n\n")} {
		p.send(strings.ReplaceAll(r, "Call-ID: "+header(strings.ReplaceAll(r, "\n", "\r\n"), "Call-ID"), "Call-ID: "+call))
	}
	p.awaitBye()
	if _, err := c.Wait(ctx, "any:"+string(phone.StateEnded), 10*time.Second); err != nil {
		p.b.Fatal(err)
	}
	p.clear(ctx, c)
	return ringing, card, answered
}

// awaitBye waits for the 200 to our BYE; a repeated 200 to the INVITE may come before it.
func (p *peer) awaitBye() {
	p.b.Helper()
	for {
		if m, _ := p.await("SIP/2.0 200"); strings.HasSuffix(header(m, "CSeq"), "BYE") {
			return
		}
	}
}

// clear dismisses ended calls, so that the next wait does not find them.
func (p *peer) clear(ctx context.Context, c *control.Client) {
	p.b.Helper()
	var calls []struct{ phone.Call }
	if err := c.Call(ctx, "calls", nil, &calls); err != nil {
		p.b.Fatal(err)
	}
	for _, call := range calls {
		if _, err := c.Do(ctx, phone.Dismiss{Call: call.ID}); err != nil {
			p.b.Fatal(err)
		}
	}
}

// callOut has our phone call this peer, which is busy.
func (p *peer) callOut(c *control.Client) time.Duration {
	p.b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	begun := time.Now()
	if _, err := c.Do(ctx, phone.Dial{Target: "sip:busy@" + p.me()}); err != nil {
		p.b.Fatal(err)
	}
	m, at := p.await("INVITE ")
	var reply strings.Builder
	reply.WriteString("SIP/2.0 486 Busy Here\n")
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		value := header(m, name)
		if name == "To" {
			value += ";tag=busy"
		}
		fmt.Fprintf(&reply, "%s: %s\n", name, value)
	}
	reply.WriteString("Content-Length: 0\n\n")
	p.send(reply.String())
	p.await("ACK ")
	if _, err := c.Wait(ctx, "any:"+string(phone.StateEnded), 10*time.Second); err != nil {
		p.b.Fatal(err)
	}
	p.clear(ctx, c)
	return at.Sub(begun)
}
