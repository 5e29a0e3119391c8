package ice

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	pion "github.com/pion/ice/v4"

	"svara/phone/sdp"
)

// round is one agent's life.
type round struct {
	path   *Path
	words  Words
	local  netip.AddrPort  // of the component's socket while the round lasts
	ctx    context.Context // ends with the round
	cancel context.CancelFunc
	door   *door
	mux    *pion.UniversalUDPMuxDefault
	agent  *pion.Agent   // nil if it could not be made; set before built is closed
	built  chan struct{} // closed when agent is what it will be
	ready  chan struct{} // closed when candidates are no longer waited for

	// Guarded by Path.control.
	remote  string  // the peer's user fragment and password; empty before it is met
	theirs  sdp.ICE // what it said
	offers  bool    // the offer was ours
	started bool

	begun       atomic.Bool               // started
	conn        atomic.Pointer[pion.Conn] // set at the start
	controlling atomic.Bool               // likewise: the role it began in

	mutex sync.Mutex
	found []sdp.Candidate // guarded by mutex
}

func (r *round) add(c sdp.Candidate) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	i := slices.IndexFunc(r.found, func(have sdp.Candidate) bool { return have.Addr == c.Addr })
	switch {
	case i < 0:
		r.found = append(r.found, c)
	case r.found[i].Priority < c.Priority: // the same address: the better one stays (RFC 8445 5.1.3), whichever came first
		r.found[i] = c
	}
}

// candidates is what has been found, the best first.
func (r *round) candidates() []sdp.Candidate {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	out := slices.Clone(r.found)
	slices.SortStableFunc(out, func(a, b sdp.Candidate) int { return int(int64(b.Priority) - int64(a.Priority)) })
	return out
}

// start begins the checks with the peer. Called under Path.control.
func (r *round) start() error {
	<-r.built
	if r.agent == nil {
		return errors.New("ice: no agent")
	}
	theirs := r.theirs
	r.started = true
	r.begun.Store(true)
	if err := r.agent.SetRemoteICELite(theirs.Lite); err != nil {
		return fmt.Errorf("start checks: %w", err)
	}
	r.know(theirs.Candidates)
	begin := r.agent.StartAccept
	if r.offers || theirs.Lite { // RFC 8445 6.1.1
		begin = r.agent.StartDial
		r.controlling.Store(true)
	}
	conn, err := begin(theirs.Ufrag, theirs.Pwd)
	if err != nil {
		return fmt.Errorf("start checks: %w", err)
	}
	r.conn.Store(conn)
	r.path.work.Go(func() { r.readRelayed(conn) })
	return nil
}

// know tells the agent of candidates of the peer's; those it knows change nothing.
func (r *round) know(list []sdp.Candidate) {
	for _, c := range usable(list, r.path.cfg.Component, r.local.Addr()) {
		f, err := foreign(c)
		if err == nil {
			err = r.agent.AddRemoteCandidate(f)
		}
		if err != nil {
			r.path.cfg.Log.Debug("candidate of the peer's", "candidate", c, "err", err)
		}
	}
}

// readRelayed hands on what comes over the TURN server: nothing but STUN is put into the door, so all else that the agent
// receives came that way, from an address that the agent has let in.
func (r *round) readRelayed(conn *pion.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if route := r.path.route.Load(); route != nil && route.by == r && route.ByRelay() {
			r.path.cfg.Relayed(buf[:n], route.Remote)
		}
	}
}

// close ends the agent and returns when it has. Not to be called from one of its own callbacks.
func (r *round) close() {
	r.cancel()
	<-r.ready
	if r.agent != nil {
		if err := r.agent.GracefulClose(); err != nil {
			r.path.cfg.Log.Debug("close ICE agent", "err", err)
		}
	}
	if err := r.mux.Close(); err != nil {
		r.path.cfg.Log.Debug("close ICE mux", "err", err)
	}
}
