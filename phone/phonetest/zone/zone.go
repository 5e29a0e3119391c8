// Package zone is a nameserver on loopback for tests.
package zone

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

const typeNAPTR = dnsmessage.Type(35) // RFC 3403

// Server answers questions about the names it was given; there are no others.
type Server struct {
	Addr string // host:port, UDP

	records map[string][]dnsmessage.ResourceBody // by name
}

// Start starts a nameserver that ends with the test. Names have no final dot. fill gives it its records.
func Start(t testing.TB, fill func(*Server)) *Server {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: c.LocalAddr().String(), records: map[string][]dnsmessage.ResourceBody{}}
	fill(s)
	done := make(chan struct{})
	go func() { // ends with the socket
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := s.answer(buf[:n]); answer != nil {
				c.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	return s
}

func (s *Server) add(name string, body dnsmessage.ResourceBody) {
	name = strings.ToLower(name)
	s.records[name] = append(s.records[name], body)
}

// A gives a name an IPv4 address.
func (s *Server) A(name, addr string) {
	s.add(name, &dnsmessage.AResource{A: netip.MustParseAddr(addr).As4()})
}

// SRV puts a server under a service name (RFC 2782).
func (s *Server) SRV(name string, priority uint16, target string, port int) {
	s.add(name, &dnsmessage.SRVResource{Priority: priority, Weight: 1, Port: uint16(port), Target: dnsmessage.MustNewName(target + ".")})
}

// NAPTR points a domain to a service name: flag "s" (RFC 3263 section 4.1).
func (s *Server) NAPTR(name string, order uint16, service, replacement string) {
	data := binary.BigEndian.AppendUint16(nil, order)
	data = binary.BigEndian.AppendUint16(data, 1)
	for _, text := range []string{"s", service, ""} {
		data = append(append(data, byte(len(text))), text...)
	}
	for label := range strings.SplitSeq(replacement, ".") {
		data = append(append(data, byte(len(label))), label...)
	}
	s.add(name, &dnsmessage.UnknownResource{Type: typeNAPTR, Data: append(data, 0)})
}

func (s *Server) answer(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	records := s.records[strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))]
	if records == nil {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, body := range records {
		kind := dnsmessage.TypeA
		switch body := body.(type) {
		case *dnsmessage.SRVResource:
			kind = dnsmessage.TypeSRV
		case *dnsmessage.UnknownResource:
			kind = body.Type
		}
		if kind == q.Type {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: kind, Class: q.Class, TTL: 60}, Body: body})
		}
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}
