package ua

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// stream is one TCP or TLS connection. sipgo reads whole, normalised messages from it, whatever pieces the network made.
type stream struct {
	net.Conn
	t       *streams
	to      hop            // whom it leads to; what distinguishes flows is set
	remote  netip.AddrPort // the machine at the other end
	local   netip.AddrPort // our end
	slot    uint16         // of TLS: the number sipgo knows it by, see secure.go
	dialled bool
	known   chan struct{} // closed when sipgo has it in its pool
	gone    chan struct{} // closed when it is over
	in, out []byte        // reader goroutine only: received, and ready for sipgo
	ended   sync.Once

	beginning sync.RWMutex // read-held while a transaction begins on it, see network.begin; its end waits for that

	mu     sync.Mutex
	pinged bool // a ping is out and unanswered
	pongs  bool // the peer answers pings
}

// readPatience ends connections of others on which nothing comes. Those we dialled live as long as the peer lets them.
const readPatience = 15 * time.Minute

// Read gives sipgo the next piece of a normalised message.
func (s *stream) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if err := s.frame(); err != nil {
			s.over()
			return 0, err
		}
		if len(s.out) > 0 {
			break
		}
		if !s.dialled {
			s.Conn.SetReadDeadline(time.Now().Add(readPatience))
		}
		piece := make([]byte, 8192)
		n, err := s.Conn.Read(piece)
		s.in = append(s.in, piece[:n]...)
		if err != nil && n == 0 {
			s.over()
			return 0, net.ErrClosed
		}
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// Write sends with a limit, so that a peer that reads nothing holds up nobody.
func (s *stream) Write(p []byte) (int, error) {
	if len(bytes.TrimLeft(p, "\r\n")) > 0 { // no keep-alive
		s.t.n.cfg.trace(true, s.t.network, s.local, s.remote, p)
	}
	s.Conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	n, err := s.Conn.Write(p)
	if err != nil {
		s.Conn.Close() // half a message may be out: the stream is lost
	}
	return n, err
}

// Close closes the connection; sipgo's reader then ends. Closing twice is no error: sipgo does.
func (s *stream) Close() error {
	s.Conn.Close()
	return nil
}

// over is end for the reader, which tells sipgo next.
func (s *stream) over() {
	s.Conn.Close()
	s.beginning.Lock()
	defer s.beginning.Unlock()
	s.end()
}

// end is done once, by whoever finds out first that the connection is over.
func (s *stream) end() {
	s.ended.Do(func() {
		s.Conn.Close()
		t := s.t
		t.mu.Lock()
		if t.open[s.to] == s {
			delete(t.open, s.to)
		}
		if t.slots[s.slot] == s {
			delete(t.slots, s.slot)
		}
		closed := t.closed
		t.mu.Unlock()
		close(s.gone)
		t.wg.Done()
		if !closed {
			t.n.cfg.onFlowLost(s.to)
		}
	})
}

// frame cuts the next message out of what was received (RFC 3261 18.3): s.out is empty when more is needed. The error
// ends the connection: no message boundary is known any more.
func (s *stream) frame() error {
	for {
		for len(s.in) > 0 && (s.in[0] == '\r' || s.in[0] == '\n') {
			switch {
			case bytes.HasPrefix(s.in, []byte("\r\n\r\n")):
				s.in = s.in[4:]
				if _, err := s.Write([]byte("\r\n")); err != nil {
					return err
				}
			case bytes.HasPrefix(s.in, []byte("\r\n")) && len(s.in) > 2 && s.in[2] != '\r':
				s.in = s.in[2:]
				s.pong()
			case len(s.in) == 2 && s.in[1] == '\n': // a pong, or half a ping: the other half counts as one more
				s.in = s.in[2:]
				s.pong()
			case len(s.in) >= 2 && s.in[1] != '\n', s.in[0] == '\n':
				s.in = s.in[1:]
			default:
				return nil
			}
		}
		if len(s.in) == 0 {
			s.in = nil
			return nil
		}
		end, skip := headerEnd(s.in)
		if end < 0 {
			if len(s.in) > maxMessage {
				return errors.New("header too large")
			}
			return nil
		}
		length, err := contentLength(s.in[:end])
		if err != nil {
			s.t.n.cfg.log.Debug("connection closed", "from", s.remote, "why", err)
			return err
		}
		total := end + skip + length
		if total > maxMessage {
			return errors.New("message too large")
		}
		if len(s.in) < total {
			return nil
		}
		data := s.in[:total]
		s.in = s.in[total:]
		if !s.t.n.guard.admit(s.to, time.Now()) {
			continue
		}
		out, raw, err := normalise(data)
		if err == nil {
			s.t.n.cfg.trace(false, s.t.network, s.local, s.remote, out)
			s.out = out
			return nil
		}
		s.t.n.cfg.log.Debug("message dropped", "from", s.remote, "why", err)
		var d *defect
		if errors.As(err, &d) {
			if answer := raw.refusal(d); answer != nil {
				if _, err := s.Write(answer); err != nil {
					return err
				}
			}
		}
	}
}

func (s *stream) pong() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pinged {
		s.pinged, s.pongs = false, true
	}
}

// headerEnd finds the empty line: where the header ends and how many bytes the line end and empty line take.
func headerEnd(b []byte) (end, skip int) {
	crlf, lf := bytes.Index(b, []byte("\r\n\r\n")), bytes.Index(b, []byte("\n\n"))
	switch {
	case crlf >= 0 && (lf < 0 || crlf < lf):
		return crlf, 4
	case lf >= 0:
		return lf, 2
	}
	return -1, 0
}

// contentLength reads the body length of a message on a stream. Without one the body is taken to be empty.
func contentLength(head []byte) (int, error) {
	for line := range bytes.Lines(head) {
		name, value, found := strings.Cut(string(line), ":")
		if !found || longName(strings.TrimSpace(name)) != "Content-Length" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n > maxMessage {
			return 0, fmt.Errorf("Content-Length %q", strings.TrimSpace(value))
		}
		return n, nil
	}
	return 0, nil
}
