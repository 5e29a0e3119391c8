package sdp

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a description. The error is ErrMalformed when nothing in it is SDP and ErrTooLarge when it is beyond the
// bounds; everything between is read as well as it can be.
func Parse(text []byte) (*Session, error) {
	if len(text) > MaxSize {
		return nil, ErrTooLarge
	}
	r := reader{s: &Session{}}
	rest := strings.TrimPrefix(string(text), "\ufeff")
	for rest != "" {
		var line string
		if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			line, rest = rest, ""
		}
		if err := r.line(strings.Trim(line, " \t\x00")); err != nil {
			return nil, err
		}
	}
	if !r.seen {
		return nil, ErrMalformed
	}
	for i := range r.s.Media {
		r.s.Media[i].settle(r.maps[i])
	}
	return r.s, nil
}

// reader is a description half read.
type reader struct {
	s    *Session
	maps []formatMap // of each m-line
	seen bool        // a v=, o= or m= line has been read
}

// formatMap is what the attributes of an m-line say about its payload types.
type formatMap struct {
	rtpmap map[uint8]Codec // Clock 0: named, but with an impossible clock
	fmtp   map[uint8]string
}

func (r *reader) line(line string) error {
	if len(line) < 2 || line[1] != '=' {
		return nil // no SDP: passed over
	}
	value := strings.Trim(line[2:], " \t")
	var m *Media
	if n := len(r.s.Media); n > 0 {
		m = &r.s.Media[n-1]
	}
	switch line[0] {
	case 'v':
		r.seen = true
	case 'o':
		r.seen = true
		if o, ok := parseOrigin(value); ok {
			r.s.Origin = o
		}
	case 's':
		if m == nil {
			r.s.Name = value
		}
	case 't':
		if r.s.Time == "" {
			r.s.Time = value
		}
	case 'c':
		host, addr := parseConn(value)
		if m != nil {
			m.Host, m.Conn = host, addr
		} else {
			r.s.Host, r.s.Conn = host, addr
		}
	case 'm':
		r.seen = true
		if len(r.s.Media) == MaxMedia {
			return ErrTooLarge
		}
		r.s.Media = append(r.s.Media, parseMedia(value))
		r.maps = append(r.maps, formatMap{})
	case 'a':
		key, val, _ := strings.Cut(value, ":")
		a := Attribute{strings.TrimSpace(key), strings.TrimSpace(val)}
		if m != nil {
			m.attribute(a, &r.maps[len(r.maps)-1])
		} else {
			r.s.attribute(a)
		}
	}
	return nil
}

// parseOrigin reads o= from its end, because some user names have spaces in them.
func parseOrigin(value string) (Origin, bool) {
	f := strings.Fields(value)
	n := len(f)
	if n < 6 {
		return Origin{}, false
	}
	return Origin{User: strings.Join(f[:n-5], " "), ID: f[n-5], Version: f[n-4], Host: f[n-1]}, true
}

// parseConn reads "IN IP4 192.0.2.1[/ttl[/count]]"; the first two words may be missing.
func parseConn(value string) (string, netip.Addr) {
	f := strings.Fields(value)
	if len(f) == 0 {
		return "", netip.Addr{}
	}
	host, _, _ := strings.Cut(f[len(f)-1], "/")
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return host, netip.Addr{}
	}
	return host, addr.Unmap()
}

// parseMedia reads "audio 49170[/2] RTP/AVP 0 8 96". What it cannot read leaves a stream that is switched off, so that
// the answer still has a line for it.
func parseMedia(value string) Media {
	f := strings.Fields(value)
	m := Media{}
	if len(f) > 0 {
		m.Kind = strings.ToLower(f[0])
	}
	if len(f) > 1 {
		port, _, _ := strings.Cut(f[1], "/")
		m.Port = number(port, 65535)
	}
	if len(f) > 2 {
		m.Proto = f[2]
	}
	if len(f) > 3 {
		m.Formats = slices.Clone(f[3:min(len(f), 3+maxFormats)])
	}
	return m
}

func (s *Session) attribute(a Attribute) {
	switch key := strings.ToLower(a.Key); key {
	case "sendrecv", "sendonly", "recvonly", "inactive":
		s.Direction = Direction(key)
	case "fingerprint":
		if f, ok := parseFingerprint(a.Value); ok && len(s.Fingerprints) < maxFingerprints {
			s.Fingerprints = append(s.Fingerprints, f)
		}
	case "setup":
		s.Setup = parseSetup(a.Value)
	default:
		if !s.ICE.attribute(key, a.Value) && len(s.Attributes) < maxAttributes {
			s.Attributes = append(s.Attributes, a)
		}
	}
}

func (m *Media) attribute(a Attribute, maps *formatMap) {
	switch key := strings.ToLower(a.Key); key {
	case "sendrecv", "sendonly", "recvonly", "inactive":
		m.Direction = Direction(key)
	case "ptime":
		m.Ptime = number(whole(a.Value), MaxPtimeMS)
	case "maxptime":
		m.MaxPtime = number(whole(a.Value), MaxPtimeMS)
	case "rtcp-mux":
		m.RTCPMux = true
	case "rtcp":
		port, conn, found := strings.Cut(a.Value, " ")
		m.RTCPPort = number(port, 65535)
		if found {
			_, m.RTCPConn = parseConn(conn)
		}
	case "crypto":
		m.Keyed = true
		// A tag that comes again is the first one's (RFC 4568 4.1.2 forbids it).
		if c, ok := ParseCrypto(a.Value); ok && len(m.Crypto) < maxCrypto &&
			!slices.ContainsFunc(m.Crypto, func(o Crypto) bool { return o.Tag == c.Tag }) {
			m.Crypto = append(m.Crypto, c)
		}
	case "fingerprint":
		m.Keyed = true
		if f, ok := parseFingerprint(a.Value); ok && len(m.Fingerprints) < maxFingerprints {
			m.Fingerprints = append(m.Fingerprints, f)
		}
	case "setup":
		m.Setup = parseSetup(a.Value)
	case "connection":
		m.Renewed = strings.EqualFold(a.Value, "new")
	case "rtpmap":
		if pt, rest, ok := payloadType(a.Value); ok {
			if maps.rtpmap == nil {
				maps.rtpmap = map[uint8]Codec{}
			}
			maps.rtpmap[pt] = parseEncoding(pt, rest)
		}
	case "fmtp":
		if pt, rest, ok := payloadType(a.Value); ok {
			if maps.fmtp == nil {
				maps.fmtp = map[uint8]string{}
			}
			maps.fmtp[pt] = rest
		}
	default:
		if !m.ICE.attribute(key, a.Value) && len(m.Attributes) < maxAttributes {
			m.Attributes = append(m.Attributes, a)
		}
	}
}

// settle names the formats once all attributes are read.
func (m *Media) settle(maps formatMap) {
	for _, f := range m.Formats {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			continue
		}
		pt := uint8(n)
		c, ok := maps.rtpmap[pt]
		if !ok {
			c, ok = static(pt)
		}
		if !ok || c.Clock == 0 || slices.ContainsFunc(m.Codecs, func(o Codec) bool { return o.PT == pt }) {
			continue
		}
		c.Fmtp = maps.fmtp[pt]
		m.Codecs = append(m.Codecs, c)
	}
}

// payloadType splits "96 opus/48000/2".
func payloadType(value string) (uint8, string, bool) {
	first, rest, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(first, 10, 7)
	return uint8(n), strings.TrimSpace(rest), err == nil
}

// parseEncoding reads "opus/48000/2". An impossible clock is left 0 and the payload type unused.
func parseEncoding(pt uint8, value string) Codec {
	f := strings.Split(value, "/")
	c := Codec{PT: pt, Name: strings.TrimSpace(f[0]), Channels: 1}
	if len(f) > 1 {
		c.Clock = number(f[1], MaxClock)
	}
	if len(f) > 2 {
		c.Channels = max(1, number(f[2], 255))
	}
	return c
}

// static is the encoding of a payload type that needs no rtpmap (RFC 3551 table 4).
func static(pt uint8) (Codec, bool) {
	names := map[uint8]string{0: "PCMU", 3: "GSM", 4: "G723", 8: "PCMA", 9: "G722", 13: "CN", 15: "G728", 18: "G729"}
	name, ok := names[pt]
	return Codec{PT: pt, Name: name, Clock: 8000, Channels: 1}, ok
}

// number reads a decimal from 0 to limit; anything else is 0.
func number(s string, limit uint64) int {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil || n > limit {
		return 0
	}
	return int(n)
}

// whole cuts the decimals off: "20.0" is sent by some.
func whole(s string) string {
	w, _, _ := strings.Cut(s, ".")
	return w
}
