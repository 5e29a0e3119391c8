package device

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"svara/audio/incoming"
)

const (
	serverAnswers = time.Second // a server that hangs must not hang us
	protocol      = 32          // the newest that the library speaks
	cookieSize    = 256
)

// serverLink is a connection to the sound server that has been let in.
type serverLink struct {
	*proto.Client
	wire *wire
	gone chan struct{} // closed when it has ended
}

// dialServer connects to the sound server. heard and told are called as wire says, event with all other messages, by the
// goroutine that reads.
func dialServer(heard func([]byte), told func(uint32, []byte), event func(any)) (*serverLink, error) {
	addresses := serverAddresses()
	if len(addresses) == 0 { // nothing says where one would be: no session, or another user's
		return nil, errNoServer
	}
	var errs []error
	for _, at := range addresses {
		l, err := dialAt(at, heard, told, event)
		if err == nil {
			return l, nil
		}
		errs = append(errs, fmt.Errorf("reach the sound server at %s: %w", at.address, err))
	}
	return nil, errors.Join(errs...)
}

func dialAt(at serverAddress, heard func([]byte), told func(uint32, []byte), event func(any)) (*serverLink, error) {
	conn, err := net.DialTimeout(at.network, at.address, serverAnswers)
	if err != nil {
		return nil, err
	}
	wired := newWire
	if heard != nil {
		wired = newPacedWire
	}
	w, err := wired(conn.(incoming.Closer)) // as all connections of a system are
	if err != nil {
		return nil, err
	}
	w.heard, w.told = heard, told
	l := &serverLink{Client: &proto.Client{}, wire: w, gone: make(chan struct{})}
	l.Callback = func(m any) {
		if _, over := m.(*proto.ConnectionClosed); over {
			close(l.gone)
			return
		}
		event(m)
	}
	l.SetTimeout(serverAnswers)
	l.Open(w)
	if err := l.introduce(); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// introduce asks to be let in and says who we are.
func (l *serverLink) introduce() error {
	var let proto.AuthReply
	if err := l.Request(&proto.Auth{Version: protocol, Cookie: cookie()}, &let); err != nil {
		return fmt.Errorf("be let in: %w", err)
	}
	l.SetVersion(let.Version)
	return l.Request(&proto.SetClientName{Props: proto.PropList{
		"application.name":           proto.PropListString("Svara"),
		"application.icon_name":      proto.PropListString("svara"),
		"application.process.id":     proto.PropListString(fmt.Sprint(os.Getpid())),
		"application.process.binary": proto.PropListString(filepath.Base(os.Args[0])),
	}}, &proto.SetClientNameReply{})
}

// close ends the connection and returns when nothing of it runs any more.
func (l *serverLink) close() {
	_ = l.wire.conn.Close() // nothing is lost with it
	<-l.gone
}

type serverAddress struct{ network, address string }

// serverAddresses are where the sound server may be: what PULSE_SERVER says, else the places where it makes its socket.
func serverAddresses() []serverAddress {
	if said := os.Getenv("PULSE_SERVER"); said != "" {
		return parseServers(said)
	}
	var list []serverAddress
	for _, dir := range []string{os.Getenv("PULSE_RUNTIME_PATH"), below(os.Getenv("XDG_RUNTIME_DIR"), "pulse")} {
		if dir != "" {
			list = append(list, serverAddress{"unix", filepath.Join(dir, "native")})
		}
	}
	return list
}

// below is a path under a folder, or nothing without one.
func below(dir string, path ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, path...)...)
}

// parseServers reads a server string as PulseAudio defines it: addresses apart by spaces, each perhaps for one machine
// only, as in "{host}unix:/run/native tcp:other:4713".
func parseServers(said string) []serverAddress {
	var list []serverAddress
	for s := range strings.FieldsSeq(said) {
		if only, rest, ok := strings.Cut(s, "}"); ok && strings.HasPrefix(only, "{") {
			if host, err := os.Hostname(); err != nil || host != only[1:] {
				continue
			}
			s = rest
		}
		kind, address, ok := strings.Cut(s, ":")
		switch {
		case strings.HasPrefix(s, "/"):
			list = append(list, serverAddress{"unix", s})
		case ok && kind == "unix":
			list = append(list, serverAddress{"unix", address})
		case ok && slices.Contains([]string{"tcp", "tcp4", "tcp6"}, kind):
			if _, _, err := net.SplitHostPort(address); err != nil {
				address = net.JoinHostPort(strings.Trim(address, "[]"), "4713")
			}
			list = append(list, serverAddress{kind, address})
		}
	}
	return list
}

// cookie is what proves to a server that we belong to its user. One on the same machine may take our word for it, and
// looks at the length only.
func cookie() []byte {
	config := os.Getenv("XDG_CONFIG_HOME")
	home, _ := os.UserHomeDir() // none: then there is no file there
	for _, path := range []string{os.Getenv("PULSE_COOKIE"), below(config, "pulse", "cookie"), below(home, ".config", "pulse", "cookie"), below(home, ".pulse-cookie")} {
		if path == "" {
			continue
		}
		if data, err := os.ReadFile(path); err == nil && len(data) == cookieSize {
			return data
		}
	}
	return make([]byte, cookieSize)
}
