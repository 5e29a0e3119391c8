package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// steerer keeps everybody's activity as the clock and their plans say, and the exchange's forwardings as the activities
// say. Of the servers of a database one does it, that which holds the lease.
//
//	board, clock ─► who is due ─► settle (one change) ─► KindRouted: Wanted ─► exchange ─► KindRouted: Number
//
// What an exchange is asked is to set a number, which twice is the same as once: a server that is killed between the asking
// and the writing leaves it to the next one to ask again, and nothing is forgotten.
type steerer struct {
	s      *Server
	people map[team.PersonID]*steered
	last   time.Time // by the clock when it last looked
}

// steered is when to look at a person again.
type steered struct {
	seen  team.Seq // of what they want: their routing and what was chosen
	who   team.Seq // of the person
	due   time.Time
	from  from      // of what the forwardings were last seen to be
	retry time.Time // when a refused forwarding is tried again
	pause time.Duration
}

// from is what forwardings follow from. While it is the same they are as they should be, or wait to be tried again.
type from struct {
	routed, seen, who team.Seq
	source            string
	up                bool
}

const (
	steering  = "steering" // the lease
	lookAgain = time.Second
	retryLow  = 5 * time.Second
	retryHigh = 5 * time.Minute
)

// steer does it whenever the lease is this server's, until ctx ends.
func (s *Server) steer(ctx context.Context) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	x := &steerer{s: s}
	var held time.Time
	for ctx.Err() == nil {
		s.board.mu.RLock()
		changed := s.board.changed
		s.board.mu.RUnlock()
		if !held.IsZero() && time.Since(held) < s.Lease/3 || x.hold(ctx, &held) {
			x.look(ctx)
		} else {
			x.people = nil // somebody else does it meanwhile
			changed = nil
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	now := s.Now()
	_, _ = s.Shelf.Update(ctx, func(tx kept.Tx) error { return tx.Hold(steering, s.id, now, now) })
}

// hold takes the lease or goes on holding it.
func (x *steerer) hold(ctx context.Context, at *time.Time) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	begun := time.Now()
	_, err := x.s.Shelf.Update(ctx, x.renew)
	if *at = begun; err != nil {
		*at = time.Time{}
		if !errors.Is(err, kept.ErrLost) && ctx.Err() == nil {
			x.s.Log.Warn("the lease of the activities cannot be read", "error", err)
		}
	}
	return err == nil
}

func (x *steerer) renew(tx kept.Tx) error {
	now := x.s.Now()
	return tx.Hold(steering, x.s.id, now, now.Add(x.s.Lease))
}

// look does what is due.
func (x *steerer) look(ctx context.Context) {
	now := x.s.Now()
	if x.people == nil || now.Before(x.last) { // the clock was put back: nothing that was worked out holds
		x.people = map[team.PersonID]*steered{}
	}
	x.last = now
	for _, w := range x.wants() {
		p := x.people[w.id]
		if p == nil {
			p = &steered{seen: -1}
			x.people[w.id] = p
		}
		if p.seen != w.seen || p.who != w.who {
			p.seen, p.who, p.due, p.pause = w.seen, w.who, now, 0
		}
		if !p.due.IsZero() && !p.due.After(now) {
			if err := x.settle(ctx, w.id, p); err != nil {
				if ctx.Err() == nil {
					x.s.Log.Warn("an activity is not written yet", "person", w.id, "error", err)
				}
				return // the database is away, or the lease is lost
			}
		}
		if err := x.forward(ctx, w, p); err != nil {
			return
		}
	}
}

// want is somebody who wants something, and the sequences it follows from.
type want struct {
	id        team.PersonID
	seen, who team.Seq
}

func (x *steerer) wants() []want {
	b := x.s.board
	b.mu.RLock()
	defer b.mu.RUnlock()
	seen := map[team.PersonID]team.Seq{}
	for _, kind := range []team.Kind{team.KindRouting, kindChosen} {
		for id, e := range b.byKind[kind] {
			seen[team.PersonID(id)] += e.item.Seq
		}
	}
	for id := range b.byKind[team.KindRouted] { // also of those who want nothing any more
		seen[team.PersonID(id)] += 0
	}
	out := make([]want, 0, len(seen))
	for id, seq := range seen {
		w := want{id: id, seen: seq}
		if e := b.byKind[team.KindPerson][string(id)]; e != nil {
			w.who = e.item.Seq
		}
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b want) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return out
}

// settle writes a person's activity as it is now, and notes when it will be another.
func (x *steerer) settle(ctx context.Context, id team.PersonID, p *steered) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var f force
	seq, err := x.s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if err := x.renew(tx); err != nil {
			return err
		}
		if _, err := tx.Item(team.KindPerson, string(id)); err != nil {
			if errors.Is(err, kept.ErrNotFound) {
				return nil // forward takes away what is left
			}
			return err
		}
		c, err := stated[byHand](tx, kindChosen, id)
		if err != nil {
			return err
		}
		r, err := stated[team.Routing](tx, team.KindRouting, id)
		if err != nil {
			return err
		}
		f = inForce(c, r, x.s.Now(), x.s.zone(r))
		return x.s.settle(tx, id)
	})
	if err != nil {
		return err
	}
	x.s.board.wait(ctx, seq)
	p.due = f.until
	return nil
}

// forward has the exchange send a person's calls on as what is in force says, each number once.
func (x *steerer) forward(ctx context.Context, w want, p *steered) error {
	id := w.id
	i, ok := x.s.board.get(team.KindRouted, string(id))
	if !ok {
		return nil
	}
	source, up := x.source()
	follows := from{routed: i.Seq, seen: w.seen, who: w.who, source: source, up: up == nil}
	if p.from == follows && (p.retry.IsZero() || p.retry.After(x.s.Now())) {
		return nil
	}
	was, err := value[team.Routed](i)
	if err != nil {
		return nil //nolint:nilerr // it is written anew with the next change
	}
	now := was
	now.Forwards = slices.Clone(was.Forwards)
	person, there := x.s.board.who(id)
	moved := !there || person.Extension != was.Extension
	wanted := map[phone.ForwardKind]string{}
	if !moved {
		if wanted, err = x.wanted(id, was); err != nil {
			return nil //nolint:nilerr // likewise
		}
	}
	refused := false
	for _, kind := range forwardKinds {
		n := slices.IndexFunc(now.Forwards, func(f team.RoutedForward) bool { return f.Kind == kind })
		if n < 0 {
			if wanted[kind] == "" {
				continue
			}
			now.Forwards = append(now.Forwards, team.RoutedForward{Kind: kind})
			n = len(now.Forwards) - 1
		}
		f := &now.Forwards[n]
		if f.Wanted = wanted[kind]; f.Wanted == f.Number {
			f.Reason = nil
			continue
		}
		if source == "" {
			f.Reason = &phone.Reason{ID: phone.ReasonNotSupported}
			refused = true
			continue
		}
		if up != nil {
			f.Reason = up
			continue // it is asked when it is back
		}
		err := x.s.ask(ctx, source, team.SetForward{Extension: was.Extension, Kind: kind, Number: f.Wanted})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			why := reasonOf(err)
			f.Reason, refused = &why, true
			x.s.Log.Warn("a forwarding is refused", "person", id, "kind", kind, "reason", why.ID)
			continue
		}
		f.Number, f.Reason, f.Since = f.Wanted, nil, x.s.Now().UTC()
	}
	now.Forwards = slices.DeleteFunc(now.Forwards, func(f team.RoutedForward) bool { return f.Number == "" && f.Wanted == "" })
	again, err := x.show(ctx, person, moved, &now, source, up)
	if err != nil {
		return err
	}
	left := len(now.Forwards) > 0 || now.Shown.Number != "" || len(now.Shown.May) > 0
	if moved && !left {
		now.Extension = person.Extension // those of the new one follow
	}
	now.Applies = !moved && source != "" && now.Extension != "" && !refused
	if p.retry = (time.Time{}); refused || again {
		p.pause = min(max(2*p.pause, retryLow), retryHigh)
		p.retry = x.s.Now().Add(p.pause)
	}
	seq, err := x.write(ctx, id, now, !there && !left)
	if err != nil {
		return err
	}
	if p.from = follows; seq != 0 && !moved {
		p.from.routed = seq
	}
	return nil
}

// wanted is where a person's calls are to go now.
func (x *steerer) wanted(id team.PersonID, is team.Routed) (map[phone.ForwardKind]string, error) {
	out := map[phone.ForwardKind]string{}
	if is.Extension == "" {
		return out, nil
	}
	if i, ok := x.s.board.get(team.KindRouting, string(id)); ok {
		r, err := value[team.Routing](i)
		if err != nil {
			return nil, err
		}
		for kind, n := range r.Forwards {
			out[kind] = dialled(n)
		}
	}
	if is.Activity.Divert != "" {
		out[phone.ForwardAll] = dialled(is.Activity.Divert)
	}
	return out, nil
}

// source is the exchange that sends calls on, and why it cannot be asked now.
func (x *steerer) source() (id string, down *phone.Reason) {
	for _, i := range x.s.board.all(team.KindSource, view{all: true}) {
		v, err := value[team.SourceStatus](i)
		if err != nil {
			continue
		}
		if v.Up {
			return v.ID, nil
		}
		if id == "" {
			if id, down = v.ID, v.Reason; down == nil {
				down = &phone.Reason{ID: phone.ReasonNoReply}
			}
		}
	}
	return id, down
}

// write writes what has become of a person's forwardings. What is in force may be another by now: that is left.
func (x *steerer) write(ctx context.Context, id team.PersonID, now team.Routed, gone bool) (team.Seq, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	seq, err := x.s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if err := x.renew(tx); err != nil {
			return err
		}
		item := team.Item{Kind: team.KindRouted, ID: string(id), Person: id, Gone: gone}
		if gone {
			_, err := tx.Put(item)
			return err
		}
		is, err := stated[team.Routed](tx, team.KindRouted, id)
		if err != nil {
			return err
		}
		is.Person, is.Extension, is.Applies, is.Forwards, is.Shown = id, now.Extension, now.Applies, now.Forwards, now.Shown
		return put(tx, item, is)
	})
	if err == nil {
		x.s.board.wait(ctx, seq)
	}
	return seq, err
}

// reasonOf is why an exchange refused.
func reasonOf(err error) phone.Reason {
	var f *team.Fault
	if errors.As(err, &f) && f.Reason != nil {
		return *f.Reason
	}
	return phone.ReasonOf(err)
}
