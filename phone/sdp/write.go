package sdp

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"strings"
)

// Bytes writes the description, with CRLF line ends and everything the grammar demands.
func (s *Session) Bytes() []byte {
	var b bytes.Buffer
	host := cmp.Or(clean(s.Origin.Host), "0.0.0.0")
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0")
	line("o=%s %s %s IN %s %s", cmp.Or(token(s.Origin.User), "-"), cmp.Or(token(s.Origin.ID), "0"),
		cmp.Or(token(s.Origin.Version), "0"), family(host), host)
	line("s=%s", cmp.Or(clean(s.Name), "-"))
	if s.Host != "" {
		line("c=IN %s %s", family(s.Host), clean(s.Host))
	}
	line("t=%s", cmp.Or(clean(s.Time), "0 0"))
	if s.Direction != "" {
		line("a=%s", s.Direction)
	}
	s.ICE.write(line)
	writeKeys(line, s.Fingerprints, s.Setup)
	for _, a := range s.Attributes {
		line("%s", a)
	}
	for i := range s.Media {
		s.Media[i].write(line)
	}
	return b.Bytes()
}

func (m *Media) write(line func(string, ...any)) {
	formats := clean(strings.Join(m.Formats, " "))
	line("m=%s %d %s %s", cmp.Or(token(m.Kind), "audio"), m.Port, cmp.Or(token(m.Proto), "RTP/AVP"), cmp.Or(formats, "0"))
	if m.Host != "" {
		line("c=IN %s %s", family(m.Host), clean(m.Host))
	}
	for _, c := range m.Codecs {
		if c.Channels > 1 {
			line("a=rtpmap:%d %s/%d/%d", c.PT, clean(c.Name), c.Clock, c.Channels)
		} else {
			line("a=rtpmap:%d %s/%d", c.PT, clean(c.Name), c.Clock)
		}
		if c.Fmtp != "" {
			line("a=fmtp:%d %s", c.PT, clean(c.Fmtp))
		}
	}
	if m.Ptime > 0 {
		line("a=ptime:%d", m.Ptime)
	}
	if m.MaxPtime > 0 {
		line("a=maxptime:%d", m.MaxPtime)
	}
	if m.RTCPPort > 0 && m.RTCPConn.IsValid() {
		line("a=rtcp:%d IN %s %s", m.RTCPPort, family(m.RTCPConn.String()), m.RTCPConn)
	} else if m.RTCPPort > 0 {
		line("a=rtcp:%d", m.RTCPPort)
	}
	if m.RTCPMux {
		line("a=rtcp-mux")
	}
	m.ICE.write(line)
	for _, c := range m.Crypto {
		line("a=crypto:%s", c.value())
	}
	writeKeys(line, m.Fingerprints, m.Setup)
	for _, a := range m.Attributes {
		line("%s", a)
	}
	if m.Direction != "" {
		line("a=%s", m.Direction)
	}
}

func writeKeys(line func(string, ...any), fingerprints []Fingerprint, setup Setup) {
	for _, f := range fingerprints {
		line("a=fingerprint:%s", f.value())
	}
	if setup != "" {
		line("a=setup:%s", setup)
	}
}

// String is the attribute's line without its end.
func (a Attribute) String() string {
	if a.Value == "" {
		return "a=" + clean(a.Key)
	}
	return "a=" + clean(a.Key) + ":" + clean(a.Value)
}

// family is the address type of a host: a name is told as IP4, as the grammar asks for one of the two.
func family(host string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "IP6"
	}
	return "IP4"
}

// clean keeps foreign text from starting a line of its own.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, s)
}

// token is clean text without spaces.
func token(s string) string { return strings.Join(strings.Fields(clean(s)), "_") }
