package media

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"

	"svara/phone"
	"svara/phone/media/ice"
	"svara/phone/sdp"
)

// ICE is whether and how the sound's way is looked for (RFC 8445), besides where the peer says that it is.
type ICE struct {
	Enabled  bool
	STUN     string       // host[:port]; empty: none
	TURN     string       // host[:port], turns:host[:port]; empty: none
	User     string       // at the TURN server
	Password phone.Secret // likewise
	CAFile   string       // PEM file of authorities trusted for a TURN server by TLS besides the system's; empty: none
}

// Found tells that ICE has found a way for the sound, or another one; where RTCP has a port of its own, for both.
type Found struct{}

// Lost tells that the way ICE had found does not lead to the peer any more, or that none was found. Nothing is sent
// while it lasts if Gone; a restart may find another way.
type Lost struct{ Gone bool }

func (Found) mediaEvent() {}
func (Lost) mediaEvent()  {}

// openPath begins to look for candidates, at once: an incoming call has them when it is answered. The stream is not in
// use yet.
func (s *Stream) openPath() {
	want := s.cfg.ICE
	if !want.Enabled {
		return
	}
	trusted, err := authorities(want.CAFile)
	if err != nil {
		s.log.Warn("authorities for the TURN server", "err", err)
	}
	cfg := ice.Config{
		STUN: want.STUN, TURN: want.TURN, TLS: trusted, User: want.User, Password: want.Password, Words: ice.NewWords(), Log: s.log,
	}
	rtp := cfg
	rtp.Component, rtp.Local, rtp.Send, rtp.Relayed, rtp.Notify = ice.RTP, s.LocalAddr(), s.post, s.net.sort, s.turned
	s.path = ice.New(rtp)
	rtcp := cfg
	rtcp.Component, rtcp.Local, rtcp.Send, rtcp.Notify = ice.RTCP, s.rtcp.local(), s.rtcp.write, s.turnedControl
	rtcp.Relayed = s.net.sortControl
	s.controlPath = ice.New(rtcp)
}

// turned is the word of RTP's path.
func (s *Stream) turned(c ice.Change) {
	if c == ice.Found {
		s.controlPath.Begin() // no sound may have been sent yet, and the peer's checks of it may not get through before ours
	}
	switch {
	case c != ice.Found:
		s.cfg.Notify(Lost{Gone: c == ice.Gone})
	case s.whole():
		s.cfg.Notify(Found{})
	}
}

// turnedControl is the word of RTCP's. Without it the sound goes on: a way that was lost is looked for again, and one that
// was never found is not missed.
func (s *Stream) turnedControl(c ice.Change) {
	switch {
	case c == ice.Found && s.whole():
		s.cfg.Notify(Found{})
	case c == ice.Gone && s.reached.Load():
		s.cfg.Notify(Lost{})
	}
}

// whole reports whether there is a pair for each component.
func (s *Stream) whole() bool {
	p := s.plan.Load()
	apart := p != nil && p.checked && !p.mux
	ok := s.path.Route() != nil && (!apart || s.controlPath.Route() != nil)
	if ok && apart {
		s.reached.Store(true)
	}
	return ok
}

// authorities are whom we trust as a TURN server's: the system's, and those of a file.
func authorities(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read authorities: none in %s", file)
	}
	return &tls.Config{RootCAs: pool}, nil
}

// apart reports whether an offer of ours has candidates for RTCP as well: until the peer has agreed to have it on RTP's
// port (RFC 5761 5.1.3).
func (s *Stream) apart() bool {
	p := s.plan.Load()
	return p == nil || !p.mux
}

// candidates puts our addresses into what is offered, or answered to an offer; apart says whether RTCP has some of its own.
// Without ICE they are the address the registrar sees us at, where there is a translator between us and it, and our own
// otherwise. Called under control; it waits for the candidates, not longer than ice.Patience.
func (s *Stream) candidates(c *sdp.Capabilities, theirs *sdp.ICE, apart, offering bool) {
	if s.public.IsValid() {
		c.Addr = s.public
		c.RTCP = netip.AddrPortFrom(s.public, c.RTCP.Port())
	}
	switch {
	case s.path == nil:
		return
	case offering && s.talks.plain:
		return // the peer has shown that it does not speak it
	case !offering && theirs == nil:
		return
	case !offering && s.path.Restarts(*theirs):
		s.restart()
	}
	d, err := s.path.Describe()
	if err != nil {
		s.log.Warn("no candidates", "err", err)
		return
	}
	c.ICE = &d.ICE
	to := s.byDefault(d, s.LocalAddr())
	c.Addr, c.Port = to.Addr(), to.Port()
	if !apart {
		return
	}
	control, err := s.controlPath.Describe()
	if err != nil {
		s.log.Warn("no candidates for RTCP", "err", err)
		return
	}
	c.ICE.Candidates = append(c.ICE.Candidates, control.Candidates...)
	if len(c.ICE.Remote) > 0 {
		c.ICE.Remote = append(c.ICE.Remote, control.Remote...)
	}
	c.RTCP = s.byDefault(control, s.rtcp.local())
}

// byDefault is the candidate for c= and m=, or for a=rtcp (RFC 8445 5.1.4): the one in use; else the one that a peer without ICE is likely
// to reach. That is what the STUN server saw where a translator is between us and the registrar, and our own address
// where none is. A relayed one is not among them, although the RFC likes it best: our relay lets nobody in who has not
// been checked, and a peer without ICE never is.
func (s *Stream) byDefault(d ice.Description, local netip.AddrPort) netip.AddrPort {
	if d.InUse.IsValid() {
		return d.InUse
	}
	if s.public.IsValid() {
		for _, c := range d.Candidates {
			if c.Type == sdp.ServerReflexive {
				return c.Addr
			}
		}
	}
	return local
}

// Consider says at once whether an offer can be answered. Answer itself may wait for candidates.
func (s *Stream) Consider(offer []byte) error {
	s.control.Lock()
	defer s.control.Unlock()
	if s.closed {
		return errClosed
	}
	theirs, err := sdp.Parse(offer)
	if err != nil {
		return refuse("read offer", err)
	}
	local, err := s.capabilities(sdp.SendRecv, false)
	if err != nil {
		return err
	}
	if _, _, err := sdp.Answer(theirs, local); err != nil {
		return refuse("answer offer", err)
	}
	return nil
}

// checked begins the checks of an agreement, if it is one with ICE. Called under control.
func (s *Stream) checked(a sdp.Agreed, offering bool) {
	s.talks.plain = s.path != nil && a.ICE == nil
	if s.path == nil {
		return
	}
	if a.Mux || a.ICE == nil {
		s.reached.Store(false)
		s.controlPath.Rest()
	}
	if a.ICE == nil {
		return
	}
	if !a.Mux {
		if err := s.controlPath.Meet(*a.ICE, offering); err != nil {
			s.log.Warn("check candidates of RTCP", "err", err)
		}
	}
	if err := s.path.Meet(*a.ICE, offering); err != nil {
		s.log.Warn("check candidates", "err", err)
	}
	if s.path.Route() != nil {
		s.wanted() // in a call the answer is sent at once, and a relay lets no check of the peer's in before ours (RFC 8656 9)
	}
}

// again is the last answer once more: the peer's checks may only begin with it.
func (s *Stream) again() {
	if p := s.plan.Load(); p != nil && p.checked && !s.whole() {
		s.checked(p.agreed, true)
	}
}

// Restart makes the next offer look for another way (RFC 8839 4.4.1.1.1). It reports whether the stream does that at all.
func (s *Stream) Restart() bool {
	s.control.Lock()
	defer s.control.Unlock()
	if s.path == nil || s.closed || s.talks.plain {
		return false
	}
	s.restart()
	return true
}

// restart begins another round of both components.
func (s *Stream) restart() {
	words := ice.NewWords()
	s.path.Restart(words)
	s.controlPath.Restart(words)
}

// moved is restart at other addresses of our sockets.
func (s *Stream) moved() {
	words := ice.NewWords()
	s.path.Move(s.LocalAddr(), words)
	s.controlPath.Move(s.rtcp.local(), words)
}

// wanted begins the checks, as sound is to be sent. For the audio loop.
func (s *Stream) wanted() {
	s.path.Begin()
	s.controlPath.Begin()
}

// pair is the two ends of the sound's way as ICE has found it; ok is false without ICE and before it has.
func (s *Stream) pair(p *plan) (local, remote netip.AddrPort, ok bool) {
	if !p.checked {
		return local, remote, false
	}
	r := s.path.Route()
	if r == nil {
		return local, remote, false
	}
	return r.Local, r.Remote, true
}
