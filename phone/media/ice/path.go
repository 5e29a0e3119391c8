package ice

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	pion "github.com/pion/ice/v4"

	"svara/phone/sdp"
)

// Path is ICE for one component of a stream.
type Path struct {
	cfg   Config
	route atomic.Pointer[Route] // nil: no pair
	last  atomic.Pointer[Route] // the one before, which the peer may send on for a moment longer

	control sync.Mutex // Describe, Meet, Restart: one at a time

	mutex  sync.Mutex
	local  netip.AddrPort // of the component's socket; guarded by mutex
	words  Words          // of the newest round; guarded by mutex
	rounds []*round       // the newest last, none while it rests; guarded by mutex
	lost   bool           // Lost or Gone has been told; guarded by mutex
	gone   bool           // the newest round has ended without a pair; guarded by mutex
	closed bool           // guarded by mutex

	wake  chan struct{} // filled by Begin
	stop  chan struct{} // closed by Close
	hurry chan struct{} // closed by Hurry
	once  sync.Once

	work sync.WaitGroup
}

var errClosed = errors.New("ice: path is closed")

// New begins to look for candidates.
func New(cfg Config) *Path {
	if cfg.Patience == 0 {
		cfg.Patience = Patience
	}
	cfg.Component = cmp.Or(cfg.Component, RTP)
	if cfg.Words == (Words{}) {
		cfg.Words = NewWords()
	}
	p := &Path{
		cfg: cfg, local: cfg.Local, words: cfg.Words,
		hurry: make(chan struct{}), wake: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	p.begin()
	p.work.Go(p.starter)
	return p
}

// begin starts a round, which becomes the newest. Nothing happens when the path is closed.
func (p *Path) begin() *round {
	r := &round{path: p, built: make(chan struct{}), ready: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	p.mutex.Lock()
	defer p.mutex.Unlock()
	r.local, r.words = p.local, p.words
	r.door = newDoor(r.local, p.cfg.Send)
	if p.closed {
		r.cancel()
		return nil
	}
	r.mux = pion.NewUniversalUDPMuxDefault(pion.UniversalUDPMuxParams{
		UDPConn: r.door, Logger: quiet{p.cfg.Log}.NewLogger("ice"),
	})
	p.rounds = append(p.rounds, r)
	p.gone = false
	p.work.Go(func() { r.gather(r.ready) })
	return r
}

func (p *Path) newest() *round {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.rounds) == 0 {
		return nil
	}
	return p.rounds[len(p.rounds)-1]
}

// awake is the newest round, or a first one after a rest; nil when the path is closed. Called under control.
func (p *Path) awake() *round {
	if r := p.newest(); r != nil {
		return r
	}
	return p.begin()
}

// Describe is what to offer or answer. It waits for the candidates, not longer than Config.Patience after the round began.
func (p *Path) Describe() (Description, error) {
	p.control.Lock()
	defer p.control.Unlock()
	r := p.awake()
	if r == nil {
		return Description{}, errClosed
	}
	<-r.ready
	list := r.candidates()
	if len(list) == 0 {
		return Description{}, errors.New("ice: no candidates")
	}
	d := Description{ICE: sdp.ICE{Ufrag: r.words.Ufrag, Pwd: r.words.Pwd, Options: []string{"ice2"}, Candidates: list}}
	if route := p.route.Load(); route != nil && route.by == r {
		// RFC 8839 4.4.1.2.2: what is in use is the default, and the controlling side names its other end.
		if i := slices.IndexFunc(list, func(c sdp.Candidate) bool { return c.Addr == route.Local }); i >= 0 {
			d.InUse = list[i].Addr
		}
		if route.Controlling {
			d.Remote = []netip.AddrPort{route.Remote}
		}
	}
	return d, nil
}

// Restarts reports whether a description of the peer's is of another round than the one that has begun with it
// (RFC 8839 4.4.1.1.1): it is answered with a new one of ours.
func (p *Path) Restarts(theirs sdp.ICE) bool {
	p.control.Lock()
	defer p.control.Unlock()
	r := p.newest()
	return r != nil && r.remote != "" && r.remote != theirs.Ufrag+":"+theirs.Pwd
}

// Restart begins another round (RFC 8445 9), with words that are new. What was chosen stays in use until it has found a
// pair. A path that rests goes on resting.
func (p *Path) Restart(words Words) {
	p.control.Lock()
	defer p.control.Unlock()
	p.mutex.Lock()
	p.words = words
	rests := len(p.rounds) == 0
	p.mutex.Unlock()
	if !rests {
		p.begin()
	}
}

// Move begins another round at another address of the component's socket. What was chosen stays in use until it has found
// a pair: the peer may take our sound from there already.
func (p *Path) Move(local netip.AddrPort, words Words) {
	p.mutex.Lock()
	p.local = local
	p.mutex.Unlock()
	p.Restart(words)
}

// Rest ends all rounds, as the component is not needed: the peer has RTCP on the port of RTP (RFC 5761 5.1.3). Describe
// and Meet begin anew. It does not wait for the end.
func (p *Path) Rest() {
	p.control.Lock() // none of them is about to start
	defer p.control.Unlock()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return
	}
	p.route.Store(nil)
	p.last.Store(nil)
	p.lost, p.gone = false, false
	for _, r := range p.rounds {
		r.cancel()
		p.work.Go(r.close)
	}
	p.rounds = nil
}

// Meet takes the peer's description. The side that made the offer controls, and begins the checks at once; the other
// waits for Begin: its answer may be ready long before it is sent, and checks that nobody answers yet would be used up.
// The same description again may bring more candidates. Another one for a round that has begun is another branch of a
// forked call, which answers the same offer: it gets a round of its own, under our old words.
func (p *Path) Meet(theirs sdp.ICE, controlling bool) error {
	p.control.Lock()
	defer p.control.Unlock()
	r := p.awake()
	switch words := theirs.Ufrag + ":" + theirs.Pwd; {
	case r == nil:
		return errClosed
	case r.remote == words && r.started && p.spent():
		// An early answer, from a peer that makes its checks when it answers for good.
		if r = p.begin(); r == nil {
			return errClosed
		}
	case r.remote == words && r.started:
		r.know(theirs.Candidates)
		return nil
	case r.remote != "" && r.remote != words:
		if r = p.begin(); r == nil {
			return errClosed
		}
	}
	r.remote, r.theirs, r.offers = theirs.Ufrag+":"+theirs.Pwd, theirs, controlling
	if !controlling {
		return nil
	}
	return r.start()
}

// spent reports whether the newest round has found nothing and has ended.
func (p *Path) spent() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.gone
}

// Begin begins the checks of a round that waits, as sound is wanted now. It does not wait itself; for any goroutine.
func (p *Path) Begin() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// starter is the goroutine that Begin wakes.
func (p *Path) starter() {
	for {
		select {
		case <-p.wake:
		case <-p.stop:
			return
		}
		p.control.Lock()
		if r := p.newest(); r != nil && r.remote != "" && !r.started {
			if err := r.start(); err != nil {
				p.cfg.Log.Warn("check candidates", "err", err)
			}
		}
		p.control.Unlock()
	}
}

// Route is the pair in use; nil: none. Cheap: for each packet.
func (p *Path) Route() *Route { return p.route.Load() }

// Admits reports whether packets from an address are the peer's: it is the other end of a pair that has been checked.
func (p *Path) Admits(from netip.AddrPort) bool {
	if r := p.route.Load(); r != nil && r.Remote == from {
		return true
	}
	r := p.last.Load()
	return r != nil && r.Remote == from
}

// Relay sends a packet over the TURN server of a route.
func (p *Path) Relay(r *Route, data []byte) error {
	conn := r.by.conn.Load()
	if conn == nil {
		return errClosed
	}
	_, err := conn.Write(data)
	return err
}

// Take is given the STUN that comes to the stream's socket; data is the caller's again after.
func (p *Path) Take(data []byte, from netip.AddrPort) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, r := range p.rounds {
		r.door.put(data, from)
	}
	if len(p.rounds) > 0 && !p.rounds[len(p.rounds)-1].begun.Load() {
		p.Begin() // the peer has our answer
	}
}

// chosen is an agent's word that it has a pair, or another one.
func (p *Path) chosen(r *round, local, remote pion.Candidate) {
	l, ok := described(local, p.cfg.Component)
	to, err := netip.ParseAddr(remote.Address())
	if !ok || err != nil {
		return
	}
	route := &Route{
		Local: l.Addr, Remote: netip.AddrPortFrom(to.Unmap(), uint16(remote.Port())), LocalType: l.Type, RemoteType: typeOf(remote),
		Controlling: r.controlling.Load(), by: r,
	}
	if route.Local == r.local {
		route.LocalType = sdp.Host // the STUN server saw no other address than that
	}
	p.mutex.Lock()
	at := slices.Index(p.rounds, r)
	if at < 0 || p.closed {
		p.mutex.Unlock()
		return
	}
	if now := p.route.Load(); now != nil && now.by != r && slices.Index(p.rounds, now.by) > at {
		p.mutex.Unlock()
		return // of an older round
	}
	p.last.Store(p.route.Swap(route))
	p.lost = false
	old := slices.Clone(p.rounds[:at])
	p.rounds = slices.Delete(p.rounds, 0, at)
	for _, o := range old {
		p.work.Go(o.close)
	}
	p.mutex.Unlock()
	p.cfg.Log.Info("pair chosen", "component", p.cfg.Component, "local", route.Local, "type", route.LocalType, "remote", route.Remote, "remote_type", route.RemoteType)
	p.cfg.Notify(Found)
}

// turned is an agent's word on whether the peer answers.
func (p *Path) turned(r *round, s pion.ConnectionState) {
	p.mutex.Lock()
	route := p.route.Load()
	ours := route == nil && len(p.rounds) > 0 && p.rounds[len(p.rounds)-1] == r || route != nil && route.by == r
	told, change := false, Found
	switch {
	case !ours || p.closed:
	case s == pion.ConnectionStateConnected && p.lost && route != nil: // without a pair chosen tells, when it has one
		p.lost, told = false, true
	case s == pion.ConnectionStateDisconnected && route != nil:
		p.lost, told, change = true, true, Lost
	case s == pion.ConnectionStateFailed:
		p.route.Store(nil)
		p.last.Store(nil)
		p.lost, p.gone, told, change = true, p.rounds[len(p.rounds)-1] == r, true, Gone
	}
	p.mutex.Unlock()
	if told {
		p.cfg.Log.Info("path of the sound", "component", p.cfg.Component, "is", change)
		p.cfg.Notify(change)
	}
}

// Hurry ends the wait for candidates: Describe goes on with what there is.
func (p *Path) Hurry() { p.once.Do(func() { close(p.hurry) }) }

// Close ends all of it and returns when it has ended.
func (p *Path) Close() {
	p.mutex.Lock()
	if p.closed {
		p.mutex.Unlock()
		return
	}
	p.closed = true
	p.route.Store(nil)
	p.last.Store(nil)
	rounds := p.rounds
	p.rounds = nil
	p.mutex.Unlock()
	close(p.stop)
	for _, r := range rounds {
		r.cancel() // whoever waits for candidates waits no more
	}
	p.control.Lock()
	for _, r := range rounds {
		r.close()
	}
	p.control.Unlock()
	p.work.Wait()
}
