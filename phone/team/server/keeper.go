package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// Times of a keeper.
const (
	together = 50 * time.Millisecond // what comes within it is written as one
	retry    = 500 * time.Millisecond
)

// keeper runs an exchange while this server has its lease: what it tells goes through the tally into the database.
//
//	Source.Run -> events (bounded: a slow database slows the reading of the exchange, nothing is dropped)
//	           -> Tally -> pending (each thing once, in its newest form) -> Update
type keeper struct {
	Exchange
	s    *Server
	name string // of the lease

	holds atomic.Bool // this server runs the exchange
}

func newKeeper(s *Server, e Exchange) *keeper {
	return &keeper{Exchange: e, s: s, name: "exchange:" + e.Source.ID()}
}

// run takes the lease whenever it is free, and keeps the exchange while it has it, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	for ctx.Err() == nil {
		switch err := k.hold(ctx); {
		case err == nil:
			k.keep(ctx)
		case !errors.Is(err, kept.ErrLost):
			k.s.Log.Warn("the lease of an exchange cannot be read", "exchange", k.Source.ID(), "error", err)
		}
		select {
		case <-time.After(max(k.s.Lease/5, 100*time.Millisecond)):
		case <-ctx.Done():
		}
	}
	// Whoever is left may go on at once.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	now := k.s.Now()
	_, _ = k.s.Shelf.Update(ctx, func(tx kept.Tx) error { return tx.Hold(k.name, k.s.id, now, now) })
}

// hold takes the lease or goes on holding it.
func (k *keeper) hold(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := k.s.Shelf.Update(ctx, func(tx kept.Tx) error { return k.renew(tx) })
	return err
}

func (k *keeper) renew(tx kept.Tx) error {
	now := k.s.Now()
	return tx.Hold(k.name, k.s.id, now, now.Add(k.s.Lease))
}

// keep runs the exchange until ctx ends or the lease is lost.
func (k *keeper) keep(ctx context.Context) {
	before, err := k.before(ctx)
	if err != nil {
		k.s.Log.Warn("what was shown of an exchange cannot be read", "exchange", k.Source.ID(), "error", err)
		return
	}
	k.s.Log.Info("this server keeps an exchange", "exchange", k.Source.ID())
	k.holds.Store(true)
	defer k.holds.Store(false)
	ctx, cancel := context.WithCancel(ctx)
	events := make(chan team.SourceEvent, 256)
	texts := make(chan team.TextTold, 256)
	var taken sync.WaitGroup
	taken.Go(func() { k.takeTexts(ctx, texts) })
	defer taken.Wait()
	ended := make(chan struct{})
	go func() { // ends before keep returns
		defer close(ended)
		err := k.Source.Run(ctx, func(e team.SourceEvent) {
			if t, ok := e.(team.TextTold); ok {
				select {
				case texts <- t:
				default: // the exchange keeps it, and tells it again
				}
				return
			}
			select {
			case events <- e:
			case <-ctx.Done():
			}
		})
		if err != nil && ctx.Err() == nil {
			k.s.Log.Error("an exchange is read no longer", "exchange", k.Source.ID(), "error", err)
		}
	}()
	defer func() { cancel(); <-ended }()
	k.pump(ctx, k.Tally(before), events)
}

// takeTexts writes down texts that came, and has the exchange forget them, until ctx ends.
func (k *keeper) takeTexts(ctx context.Context, texts <-chan team.TextTold) {
	for {
		var t team.TextTold
		select {
		case t = <-texts:
		case <-ctx.Done():
			return
		}
		for {
			_, err := k.s.receiveText(ctx, team.TextIn{ID: k.Source.ID() + " " + t.ID, From: t.From, To: t.To, Text: t.Text}, team.Everyone)
			if f := (*team.Fault)(nil); err == nil || errors.As(err, &f) {
				if err != nil { // nothing makes it better
					k.s.Log.Warn("a text that came is none", "exchange", k.Source.ID(), "error", err)
				}
				break
			}
			k.s.Log.Warn("a text that came is not written yet", "exchange", k.Source.ID(), "error", err)
			select {
			case <-time.After(retry):
			case <-ctx.Done():
				return
			}
		}
		do, cancel := context.WithTimeout(ctx, askTime)
		if err := k.Source.Do(do, team.TextTaken{ID: t.ID}); err != nil && ctx.Err() == nil {
			k.s.Log.Warn("a text that was taken stays at the exchange for now", "exchange", k.Source.ID(), "error", err)
		}
		cancel()
	}
}

// pump is the keeper's loop.
func (k *keeper) pump(ctx context.Context, t team.Tally, events <-chan team.SourceEvent) {
	var (
		pending           = newPending()
		places   team.Seq = -1
		wrote    time.Time
		held     = time.Now()
		tick     = time.NewTicker(time.Second)
		due      = time.NewTimer(time.Hour)
		_, first = k.whose(t, &places)
	)
	defer tick.Stop()
	defer due.Stop()
	pending.add(t.Changes())
	for {
		if len(pending.order) > 0 {
			due.Reset(max(0, together-time.Since(wrote)))
		}
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			t.Apply(e)
			for more := true; more; {
				select {
				case e := <-events:
					t.Apply(e)
				default:
					more = false
				}
			}
		case <-first:
			_, first = k.whose(t, &places)
		case <-tick.C:
			t.Tick(k.s.Now())
			if time.Since(held) > k.s.Lease/3 {
				switch err := k.hold(ctx); {
				case errors.Is(err, kept.ErrLost):
					k.s.Log.Warn("another server keeps the exchange now", "exchange", k.Source.ID())
					pending.add(t.Changes())
					k.leave(ctx, pending)
					return
				case err == nil:
					held = time.Now()
				}
			}
		case <-due.C:
			pending.add(t.Changes())
			err := k.write(ctx, pending)
			if wrote = time.Now(); err == nil {
				pending, held = newPending(), wrote
			} else if errors.Is(err, kept.ErrLost) {
				k.s.Log.Warn("another server keeps the exchange now", "exchange", k.Source.ID())
				k.leave(ctx, pending)
				return
			} else if ctx.Err() == nil {
				k.s.Log.Warn("what an exchange told is not written yet", "exchange", k.Source.ID(), "error", err)
				wrote = wrote.Add(retry)
			}
			continue
		}
		pending.add(t.Changes())
	}
}

// pending is what has to be written, each thing once, in the order in which it changed first.
type pending struct {
	order []key
	what  map[key]team.Change
}

func newPending() *pending { return &pending{what: map[key]team.Change{}} }

func (p *pending) add(changes []team.Change) {
	for _, c := range changes {
		k := key{c.Kind, c.ID}
		if _, there := p.what[k]; !there {
			p.order = append(p.order, k)
		}
		p.what[k] = c
	}
}

// write writes what is pending as one change, and holds the lease with it: who has lost it writes nothing.
func (k *keeper) write(ctx context.Context, p *pending) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := k.s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if err := k.renew(tx); err != nil {
			return err
		}
		for _, key := range p.order {
			if err := writeChange(tx, p.what[key]); err != nil {
				return fmt.Errorf("%s %s: %w", key.kind, key.id, err)
			}
		}
		return nil
	})
	return err
}

// leave writes the calls that have ended, without the lease: while the database was away only this server saw them. Calls
// are called the same by all servers, so one that is in the log already is not there twice.
func (k *keeper) leave(ctx context.Context, p *pending) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := k.s.Shelf.Update(ctx, func(tx kept.Tx) error {
		for _, key := range p.order {
			if e, ok := p.what[key].Value.(team.LogEntry); ok && e.Outcome != team.OutcomeWaiting && !e.Talking {
				if _, err := tx.PutCall(e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		k.s.Log.Warn("calls that ended are not in the log", "exchange", k.Source.ID(), "error", err)
	}
}

// writeChange writes one thing. What people say of a person's presence stays; a waiting caller's open tasks are counted.
func writeChange(tx kept.Tx, c team.Change) error {
	i := team.Item{Kind: c.Kind, ID: c.ID, Group: c.Group, Gone: c.Gone}
	if c.Gone {
		_, err := tx.Put(i)
		return err
	}
	switch v := c.Value.(type) {
	case team.LogEntry:
		_, err := tx.PutCall(v)
		return err
	case team.Waiting:
		n, err := tx.OpenBefore(v.From.Number, c.Group)
		if err != nil {
			return err
		}
		v.Before = n
		return put(tx, i, v)
	case team.Presence:
		is, err := tx.Item(c.Kind, c.ID)
		if err != nil && !errors.Is(err, kept.ErrNotFound) {
			return err
		}
		if err == nil {
			p, err := value[team.Presence](is)
			if err != nil {
				return err
			}
			v.Activity, v.Note, v.SetBy = p.Activity, p.Note, p.SetBy
		}
		return put(tx, i, v)
	}
	return put(tx, i, c.Value)
}

// before is what was shown of the exchange, as the database has it: the board may be a moment behind the server that kept
// it before.
func (k *keeper) before(ctx context.Context) (team.Before, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	now := k.s.Now().In(k.s.Zone)
	b := team.Before{Zone: k.s.Zone, Now: now, Source: team.SourceStatus{ID: k.Source.ID(), Name: k.Name, Since: now.UTC()}}
	items, _, err := k.s.Shelf.Items(ctx)
	if err != nil {
		return b, err
	}
	mine := map[phone.QueueID]bool{}
	for _, i := range items {
		switch i.Kind {
		case team.KindSource:
			if i.ID == k.Source.ID() {
				if b.Source, err = value[team.SourceStatus](i); err != nil {
					return b, err
				}
				b.Source.Name = k.Name
			}
		case team.KindQueue:
			if q, err := value[team.Queue](i); err == nil && q.Source == k.Source.ID() {
				mine[q.ID] = true
				b.Items = append(b.Items, i)
			}
		}
	}
	for _, i := range items {
		switch i.Kind {
		case team.KindMember:
			if m, err := value[team.Member](i); err == nil && mine[m.Queue] {
				b.Items = append(b.Items, i)
			}
		case team.KindWaiting:
			if w, err := value[team.Waiting](i); err == nil && mine[w.Queue] {
				b.Items = append(b.Items, i)
			}
		case team.KindPresence:
			b.Items = append(b.Items, i)
		case team.KindParked:
			if p, err := value[team.Parked](i); err == nil && p.Source == k.Source.ID() {
				b.Items = append(b.Items, i)
			}
		}
	}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, k.s.Zone)
	log, err := k.s.Shelf.LogFrom(ctx, midnight.Add(-12*time.Hour))
	for _, e := range log {
		if mine[e.Queue] {
			b.Log = append(b.Log, e)
		}
	}
	return b, err
}

// whose tells the tally who has what, when that has changed. The channel tells of the next change of anything.
func (k *keeper) whose(t team.Tally, at *team.Seq) (changed bool, next <-chan struct{}) {
	b := k.s.board
	b.mu.RLock()
	defer b.mu.RUnlock()
	last := team.Seq(0)
	for _, kind := range []team.Kind{team.KindPerson, kindPlaced} {
		last += team.Seq(len(b.byKind[kind]))
		for _, e := range b.byKind[kind] {
			last += e.item.Seq
		}
	}
	if last == *at {
		return false, b.changed
	}
	*at = last
	w := team.Whose{Phones: map[string]team.PersonID{}, Names: map[team.PersonID]string{}, Queues: map[phone.QueueID]team.GroupID{}}
	for id, p := range b.people {
		w.Names[id] = p.Name
		for _, n := range p.Numbers {
			if n.Kind == phone.NumberExtension {
				w.Phones[n.Number] = id
			}
		}
		if p.Extension != "" {
			w.Phones[p.Extension] = id
		}
	}
	for _, e := range b.byKind[kindPlaced] {
		w.Queues[phone.QueueID(e.item.ID)] = e.item.Group
	}
	t.Whose(w)
	return true, b.changed
}
