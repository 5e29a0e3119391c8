package bench

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/phone/phonetest"
)

// answer answers a request with a tag of ours; more is further headers and the body.
func (p *peer) answer(request, status, more string) {
	p.b.Helper()
	var m strings.Builder
	fmt.Fprintf(&m, "SIP/2.0 %s\n", status)
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		value := header(request, name)
		if name == "To" && !strings.Contains(value, ";tag=") {
			value += ";tag=bench"
		}
		fmt.Fprintf(&m, "%s: %s\n", name, value)
	}
	p.send(m.String() + "Contact: <sip:bench@" + p.me() + ">\n" + more)
}

const nothing = "Content-Length: 0\n\n"

// notify tells the progress of a REFER in the dialog that an INVITE of our phone made.
func (p *peer) notify(invite string, cseq int, state, fragment string) {
	contact := strings.Trim(header(invite, "Contact"), "<>")
	contact, _, _ = strings.Cut(contact, ">")
	body := fragment + "\r\n"
	p.send(fmt.Sprintf("NOTIFY %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d;rport\nMax-Forwards: 70\nFrom: %s;tag=bench\nTo: %s\nCall-ID: %s\nCSeq: %d NOTIFY\nContact: <sip:bench@%s>\n"+
		"Event: refer\nSubscription-State: %s\nContent-Type: message/sipfrag;version=2.0\nContent-Length: %d\n\n%s",
		contact, p.me(), time.Now().UnixNano(), header(invite, "To"), header(invite, "From"), header(invite, "Call-ID"), cseq, p.me(), state, len(body), body))
}

// transferred is a whole life: our phone calls this peer, hands the call over, is told that it went well, and hangs up. It
// returns how long after the key the REFER came, the hold before it included.
func (p *peer) transferred(c *control.Client) time.Duration {
	p.b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	<-p.pace.C
	call, err := c.Do(ctx, phone.Dial{Target: "sip:answers@" + p.me()})
	if err != nil {
		p.b.Fatal(err)
	}
	invite, _ := p.await("INVITE ")
	p.answer(invite, "200 OK", p.sdp())
	p.await("ACK ")
	if _, err := c.Wait(ctx, fmt.Sprintf("%d:%s", call, phone.StateConnected), 10*time.Second); err != nil {
		p.b.Fatal(err)
	}
	begun := time.Now()
	if _, err := c.Do(ctx, phone.TransferTo{Call: call, Target: "1003"}); err != nil {
		p.b.Fatal(err)
	}
	var took time.Duration
	for over := false; !over; {
		m, at := p.await("")
		method, _, _ := strings.Cut(m, " ")
		switch method {
		case "INVITE":
			p.answer(m, "200 OK", sdpWith(p.body()+"a=recvonly\r\n"))
		case "REFER":
			took = at.Sub(begun)
			p.answer(m, "202 Accepted", nothing)
			p.notify(invite, 101, "active;expires=60", "SIP/2.0 100 Trying")
			p.notify(invite, 102, "terminated;reason=noresource", "SIP/2.0 200 OK")
		case "BYE":
			p.answer(m, "200 OK", nothing)
			over = true
		}
	}
	if _, err := c.Wait(ctx, fmt.Sprintf("%d:%s", call, phone.StateEnded), 10*time.Second); err != nil {
		p.b.Fatal(err)
	}
	p.clear(ctx, c)
	return took
}

const (
	warmUp     = 400 // for 36 s: a transaction is kept for 32 (RFC 3261 17), so calls at one pace reach their level after that
	manyCalls  = 500
	flatMemory = 4 // MB in 500 calls: 8 kB a call would be a leak
)

// many measures what 500 calls made, transferred and ended leave behind.
func many(b *testing.B, t *table) {
	a := phonetest.StartAsterisk(b, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null", Settings: map[string]string{phone.KeyAllowDirect: "true", phone.KeyCodecs: "pcma"}})
	s.SignIn("1001", a.Addr())
	peer := newPeer(b, a.Contact("1001"))
	c := peer.control(s.Profile)
	for range warmUp {
		peer.transferred(c)
	}
	settled := func() (memory float64, threads, files int) { return s.Memory(), s.Threads(), s.Files() }
	memory, threads, files := settled()
	for range manyCalls {
		peer.transferred(c)
	}
	memory2, threads2, files2 := settled()
	t.add("memory after 500 transferred calls", fmt.Sprintf("%.1f MB, %+.1f", memory2, memory2-memory), "-", fmt.Sprintf("<= +%d MB", flatMemory), memory2-memory <= flatMemory)
	t.add("threads, open files after them", fmt.Sprintf("%d %+d, %d %+d", threads2, threads2-threads, files2, files2-files), "-", "<= +3 each",
		files2 <= files+3 && threads2 <= threads+3)
}
