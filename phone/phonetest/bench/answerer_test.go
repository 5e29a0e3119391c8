package bench

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// answerer is the other end of calls whose sound the bench itself sends: a registrar that takes everybody, and a phone
// that tells of each INVITE and answers it with the description it is given.
type answerer struct {
	b     *testing.B
	conn  *net.UDPConn
	calls chan invitation
	done  chan struct{}
}

// invitation is an INVITE that waits for its answer.
type invitation struct {
	rtp    netip.AddrPort // where the phone wants its sound
	opus   uint8          // the payload type it offers for Opus
	answer func(rtp netip.AddrPort)
}

func newAnswerer(b *testing.B) *answerer {
	b.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	a := &answerer{b: b, conn: conn, calls: make(chan invitation, 4), done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.serve()
	}()
	b.Cleanup(func() {
		conn.Close()
		<-a.done
	})
	return a
}

func (a *answerer) addr() string { return a.conn.LocalAddr().String() }

// next is the next call.
func (a *answerer) next() invitation {
	a.b.Helper()
	select {
	case i := <-a.calls:
		return i
	case <-time.After(20 * time.Second):
		a.b.Fatal("no INVITE came")
		return invitation{}
	}
}

func (a *answerer) serve() {
	buffer := make([]byte, 65536)
	taken := ""
	for {
		n, from, err := a.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		m := string(buffer[:n])
		method, _, _ := strings.Cut(m, " ")
		switch {
		case method == "ACK" || strings.HasPrefix(m, "SIP/2.0"):
		case method == "INVITE":
			if id := header(m, "Call-ID"); id != taken { // not a repeat
				taken = id
				a.invited(m, from)
			}
		default:
			a.reply(m, from, "")
		}
	}
}

var (
	mediaLine   = regexp.MustCompile(`(?m)^m=audio (\d+) `)
	addressLine = regexp.MustCompile(`(?m)^c=IN IP4 ([\d.]+)`)
	opusLine    = regexp.MustCompile(`(?mi)^a=rtpmap:(\d+) opus/48000`)
)

func (a *answerer) invited(m string, from netip.AddrPort) {
	port, address, opus := mediaLine.FindStringSubmatch(m), addressLine.FindStringSubmatch(m), opusLine.FindStringSubmatch(m)
	if port == nil || address == nil || opus == nil {
		return // the bench notices that no call came
	}
	rtp, err := netip.ParseAddrPort(address[1] + ":" + port[1])
	number, wrong := strconv.ParseUint(opus[1], 10, 7)
	if err != nil || wrong != nil {
		return
	}
	a.calls <- invitation{rtp: rtp, opus: uint8(number), answer: func(ours netip.AddrPort) {
		a.reply(m, from, fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP %d\r\n"+
			"a=rtpmap:%[3]d opus/48000/2\r\na=fmtp:%[3]d useinbandfec=1\r\na=ptime:20\r\n", ours.Addr(), ours.Port(), number))
	}}
}

// reply says 200 OK.
func (a *answerer) reply(m string, to netip.AddrPort, body string) {
	var r strings.Builder
	r.WriteString("SIP/2.0 200 OK\r\n")
	head, _, _ := strings.Cut(m, "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n")[1:] {
		name, _, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "via", "v", "from", "f", "call-id", "i", "cseq":
			r.WriteString(line + "\r\n")
		case "to", "t":
			if !strings.Contains(line, "tag=") {
				line += ";tag=answerer"
			}
			r.WriteString(line + "\r\n")
		case "contact", "m":
			if strings.HasPrefix(m, "REGISTER") {
				if !strings.Contains(line, "expires=") {
					line += ";expires=3600"
				}
				r.WriteString(line + "\r\n")
			}
		}
	}
	if body != "" {
		fmt.Fprintf(&r, "Contact: <sip:answerer@%s>\r\nContent-Type: application/sdp\r\n", a.addr())
	}
	fmt.Fprintf(&r, "Content-Length: %d\r\n\r\n%s", len(body), body)
	_, _ = a.conn.WriteToUDPAddrPort([]byte(r.String()), to) // what is lost is asked for again
}
