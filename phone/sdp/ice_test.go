package sdp

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

const iceOffer = "a=rtcp-mux\r\na=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n" +
	"a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host\r\n" +
	"a=candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998\r\n"

const rtcpOffer = "a=candidate:1 2 UDP 2130706430 203.0.113.141 8999 typ host\r\n"

// withBoth is withICE with a candidate for RTCP.
func withBoth() Capabilities {
	c := withICE()
	c.RTCP = netip.AddrPortFrom(us, 40010)
	c.ICE.Candidates = append(c.ICE.Candidates, Candidate{
		Foundation: "1", Component: 2, Transport: "UDP", Priority: 2130706430, Addr: c.RTCP, Type: Host,
	})
	return c
}

// RTP and RTCP apart: both sides must have candidates for both; with one port those of RTCP are not answered.
func TestICEForBothComponents(t *testing.T) {
	const conn = "c=IN IP4 192.0.2.3\r\n"
	two := strings.ReplaceAll(iceOffer, "a=rtcp-mux\r\n", "") + rtcpOffer
	for _, c := range []struct {
		name, lines string
		candidates  int // of the answer, or used in accepting; 0: no ICE
	}{
		{"two ports", two, 2},
		{"half of them", strings.ReplaceAll(iceOffer, "a=rtcp-mux\r\n", ""), 0},
		{"one port", iceOffer + rtcpOffer, 1},
		{"one port, one component", iceOffer, 1},
	} {
		theirs, err := Parse([]byte(audioOffer(conn, c.lines)))
		if err != nil {
			t.Fatal(err)
		}
		answer, agreed, err := Answer(theirs, withBoth())
		if err != nil {
			t.Fatal(err)
		}
		text := string(answer.Bytes())
		if got := strings.Count(text, "a=candidate:"); got != c.candidates || (agreed.ICE != nil) != (got > 0) {
			t.Errorf("%s: %d candidates\n%s", c.name, got, text)
		}
		if c.candidates == 2 && !strings.Contains(text, "a=rtcp:40010 IN IP4 192.0.2.7\r\n") {
			t.Errorf("%s: RTCP's default is not told\n%s", c.name, text)
		}
		if agreed, err = Accept(Offer(withBoth()), theirs); err != nil || (agreed.ICE != nil) != (c.candidates > 0) {
			t.Errorf("%s: %v, %v", c.name, agreed.ICE, err)
		}
		if ice, mux := theirs.Candidates(); (ice != nil) != (c.candidates > 0) || mux != (c.candidates == 1) {
			t.Errorf("%s: %v %v", c.name, ice, mux)
		}
	}
}

func withICE() Capabilities {
	c := ours(pcma)
	c.ICE = &ICE{
		Ufrag: "F7gI", Pwd: "x9cml/YzichV2+XlhiMu8g", Options: []string{"ice2"},
		Candidates: []Candidate{{
			Foundation: "1", Component: 1, Transport: "UDP", Priority: 2130706431, Addr: netip.AddrPortFrom(us, 40000), Type: Host,
		}},
	}
	return c
}

func audioOffer(conn, lines string) string {
	return head(conn) + "m=audio 45664 RTP/AVP 8\r\n" + lines
}

// RFC 8839 5.1: what the grammar allows, and what is sent besides.
func TestCandidates(t *testing.T) {
	one := func(value string) string {
		c, ok := parseCandidate(value)
		if !ok {
			return ""
		}
		return c.String()
	}
	for value, want := range map[string]string{
		"1 1 UDP 2130706431 203.0.113.141 8998 typ host":                              "=",
		"2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998": "=",
		"3 2 udp 1 2001:db8::5 9 typ relay raddr :: rport 0":                          "=",
		"abc+/Z 1 UDP 7 192.0.2.3 1 typ prflx generation 0 ufrag x network-cost 50":   "abc+/Z 1 UDP 7 192.0.2.3 1 typ prflx",
		"1 1 TCP 7 192.0.2.3 9 typ host tcptype active":                               "1 1 TCP 7 192.0.2.3 9 typ host",
		"1 1 UDP 7 ::ffff:192.0.2.3 9 typ host":                                       "1 1 UDP 7 192.0.2.3 9 typ host",
		"1 1 UDP 7 192.0.2.3 9 typ srflx rport 5 raddr 10.0.0.1":                      "1 1 UDP 7 192.0.2.3 9 typ srflx raddr 10.0.0.1 rport 5",
		"1 1 UDP 7 192.0.2.3 9 typ host odd":                                          "1 1 UDP 7 192.0.2.3 9 typ host",
		"1 1 UDP 7 host.example.com 9 typ host":                                       "",
		"1 1 UDP 7 8d5d0d43-9b9c-44d0-a3f5-1c1f4e0a5c0b.local 9 typ host":             "",
		"1 1 UDP 2147483648 192.0.2.3 9 typ host":                                     "",
		"1 1 UDP 0 192.0.2.3 9 typ host":                                              "",
		"1 257 UDP 7 192.0.2.3 9 typ host":                                            "",
		"1 0 UDP 7 192.0.2.3 9 typ host":                                              "",
		"1 1 UDP 7 192.0.2.3 65536 typ host":                                          "",
		"1 1 UDP 7 192.0.2.3 -1 typ host":                                             "",
		"1 1 UDP 7 192.0.2.3 9 typ magic":                                             "",
		"1 1 UDP 7 192.0.2.3 9 host typ":                                              "",
		"1 1 UDP 7 192.0.2.3 9 typ":                                                   "",
		"§ 1 UDP 7 192.0.2.3 9 typ host":                                              "",
		strings.Repeat("f", 33) + " 1 UDP 7 192.0.2.3 9 typ host":                     "",
		"": "",
	} {
		if want == "=" {
			want = value
		}
		if got := one(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// A stream's ICE is read, written and read again as the same; what a session says goes for all of its streams.
func TestReadAndWriteICE(t *testing.T) {
	s, err := Parse([]byte(head("c=IN IP4 192.0.2.3\r\n") + "a=ice-lite\r\na=ice-ufrag:abcd\r\na=ice-pwd:" + strings.Repeat("p", 22) + "\r\na=ice-options:ice2 rtp+ecn\r\n" +
		"m=audio 45664 RTP/AVP 8\r\n" + iceOffer + "a=remote-candidates:1 192.0.2.9 7 2 192.0.2.9 8\r\na=end-of-candidates\r\nm=audio 7 RTP/AVP 8\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(s.Bytes())
	if err != nil || !reflect.DeepEqual(s.Media[0].ICE, again.Media[0].ICE) || !reflect.DeepEqual(s.ICE, again.ICE) {
		t.Fatalf("%+v\n%+v, %v", s.Media[0].ICE, again.Media[0].ICE, err)
	}
	first, second := s.Media[0].ICE, s.Media[1].ICE
	if first.Ufrag != "8hhY" || len(first.Candidates) != 2 || len(first.Remote) != 2 || !first.End || len(s.ICE.Options) != 2 {
		t.Errorf("%+v", first)
	}
	second.inherit(s.ICE)
	if second.Ufrag != "abcd" || !second.Speaks() || !second.Lite {
		t.Errorf("%+v", second)
	}
}

func TestWhetherICEIsUsed(t *testing.T) {
	const conn = "c=IN IP4 192.0.2.3\r\n"
	for _, c := range []struct {
		name, offer string
		want        iceVerdict
	}{
		{"both", audioOffer(conn, iceOffer), iceMatched},
		{"none", audioOffer(conn, "a=rtcp-mux\r\n"), iceNone},
		{"no password", audioOffer(conn, strings.ReplaceAll(iceOffer, "a=ice-pwd", "a=x")), iceNone},
		{"short password", audioOffer(conn, strings.ReplaceAll(iceOffer, "uzjYhagZg", "")), iceNone},
		{"two ports", audioOffer(conn, strings.ReplaceAll(iceOffer, "a=rtcp-mux\r\n", "")), iceNone},
		{"two ports, one component here", audioOffer(conn, strings.ReplaceAll(iceOffer, "a=rtcp-mux\r\n", "")+rtcpOffer), iceNone},
		{"address changed on the way", audioOffer("c=IN IP4 192.0.2.99\r\n", iceOffer), iceMismatch},
		{"port changed on the way", strings.ReplaceAll(audioOffer(conn, iceOffer), "m=audio 45664", "m=audio 45666"), iceMismatch},
		{"no default", strings.ReplaceAll(audioOffer("c=IN IP4 0.0.0.0\r\n", iceOffer), "m=audio 45664", "m=audio 9"), iceMatched},
		{"names only", audioOffer(conn, strings.ReplaceAll(strings.ReplaceAll(iceOffer, "192.0.2.3", "a.local"), "203.0.113.141", "b.local")), iceMatched},
	} {
		offer, err := Parse([]byte(c.offer))
		if err != nil {
			t.Fatal(err)
		}
		answer, agreed, err := Answer(offer, withICE())
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := iceNone
		switch m := answer.Media[0]; {
		case m.ICE.Mismatch && agreed.ICE == nil && !m.ICE.Speaks():
			got = iceMismatch
		case m.ICE.Speaks() && agreed.ICE != nil && len(m.ICE.Candidates) == 1:
			got = iceMatched
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d\n%s", c.name, got, c.want, answer.Bytes())
		}
		// Without candidates of our own nothing is said.
		if answer, agreed, err = Answer(offer, ours(pcma)); err != nil || agreed.ICE != nil || strings.Contains(string(answer.Bytes()), "ice") {
			t.Errorf("%s: %v\n%s", c.name, err, answer.Bytes())
		}
	}
}

func TestAcceptICE(t *testing.T) {
	offer := Offer(withICE())
	if text := string(offer.Bytes()); !strings.Contains(text, "a=candidate:1 1 UDP 2130706431 192.0.2.7 40000 typ host\r\n") || !strings.Contains(text, "a=ice-options:ice2\r\n") {
		t.Fatal(text)
	}
	for answer, want := range map[string]bool{
		audioOffer("c=IN IP4 192.0.2.3\r\n", iceOffer):                                       true,
		audioOffer("c=IN IP4 192.0.2.3\r\n", "a=rtcp-mux\r\n"):                               false,
		audioOffer("c=IN IP4 192.0.2.3\r\n", iceOffer+"a=ice-mismatch\r\n"):                  false,
		audioOffer("c=IN IP4 192.0.2.99\r\n", iceOffer):                                      false,
		audioOffer("c=IN IP4 192.0.2.3\r\n", strings.TrimPrefix(iceOffer, "a=rtcp-mux\r\n")): false,
	} {
		theirs, err := Parse([]byte(answer))
		if err != nil {
			t.Fatal(err)
		}
		agreed, err := Accept(offer, theirs)
		if err != nil || (agreed.ICE != nil) != want {
			t.Errorf("%v, %v\n%s", agreed.ICE, err, answer)
		}
	}
}

// A thousand candidates are read in bounded room.
func TestManyCandidates(t *testing.T) {
	var b strings.Builder
	b.WriteString(audioOffer("c=IN IP4 192.0.2.3\r\n", iceOffer))
	for i := range 1000 {
		fmt.Fprintf(&b, "a=candidate:%d 1 UDP %d 10.0.%d.%d 9 typ host\r\n", i, i+1, i/250, i%250)
	}
	b.WriteString("a=ice-ufrag:" + strings.Repeat("u", 257) + "\r\na=ice-options:" + strings.Repeat("x ", 500) + strings.Repeat("y", 900) + "\r\n")
	s, err := Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	i := s.Media[0].ICE
	if len(i.Candidates) != MaxCandidates || i.Ufrag != "8hhY" || len(i.Options) > maxIceOptions || len(s.Media[0].Attributes) != 0 {
		t.Errorf("%d candidates, %d options, ufrag %q", len(i.Candidates), len(i.Options), i.Ufrag)
	}
}
