package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"svara/phone/schedule"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// outbox sends what is to be sent of meetings, and decides when reminders are due. Of the servers of a database one does it,
// that which holds the lease.
//
//	putMeeting ──┐                        ┌─► taken (written) ─► mail or SMS ─► gone, tried again later, or Meeting.Failed
//	remind ──────┴─► kindSend (written) ──┘
//
// A server that is killed leaves things that are taken. An invitation by mail is sent again: programs know it by its
// Message-ID, UID and SEQUENCE. Reminders and text messages are not, because they may have been sent.
type outbox struct {
	s      *Server
	under  map[string]bool // being sent by this run
	done   chan sent
	meet   map[string]*reminded
	unsaid []sent // that could not be written yet
	work   sync.WaitGroup
}

// sent is what became of a sending.
type sent struct {
	id  string
	p   sending
	err error
}

// reminded is when a meeting has to be looked at again.
type reminded struct {
	seq team.Seq
	due time.Time
}

const (
	posting    = "post" // the lease
	atOnce     = 4      // sendings at a time
	maxWaiting = 5000   // that wait to be sent, of all meetings
	lastTry    = 6
	lookOften  = 250 * time.Millisecond
	// How long a meeting is told of after it was canceled, and after its last occasion.
	keepCanceled = 7 * 24 * time.Hour
	keepOver     = 30 * 24 * time.Hour
)

// pauses are between one try and the next.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour}

func newOutbox(s *Server) *outbox {
	return &outbox{s: s, under: map[string]bool{}, done: make(chan sent, atOnce), meet: map[string]*reminded{}}
}

// run does it until ctx ends.
func (o *outbox) run(ctx context.Context) {
	tick := time.NewTicker(lookOften)
	defer tick.Stop()
	var held time.Time
	for ctx.Err() == nil {
		if !held.IsZero() && time.Since(held) < o.s.Lease/3 || o.hold(ctx, &held) {
			o.remind(ctx)
			o.start(ctx)
		} else {
			clear(o.meet)
		}
		select {
		case d := <-o.done:
			o.unsaid = append(o.unsaid, d)
		case <-tick.C:
		case <-ctx.Done():
		}
		o.finish(ctx)
	}
	o.work.Wait()
	for range len(o.done) {
		o.unsaid = append(o.unsaid, <-o.done)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	o.finish(ctx)
	now := o.s.Now()
	_, _ = o.s.Shelf.Update(ctx, func(tx kept.Tx) error { return tx.Hold(posting, o.s.id, now, now) })
}

func (o *outbox) hold(ctx context.Context, at *time.Time) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	begun := time.Now()
	_, err := o.s.Shelf.Update(ctx, o.renew)
	if *at = begun; err != nil {
		*at = time.Time{}
		if !errors.Is(err, kept.ErrLost) && ctx.Err() == nil {
			o.s.Log.Warn("the lease of what is to be sent cannot be read", "error", err)
		}
	}
	return err == nil
}

func (o *outbox) renew(tx kept.Tx) error {
	now := o.s.Now()
	return tx.Hold(posting, o.s.id, now, now.Add(o.s.Lease))
}

// change writes something while the lease is held.
func (o *outbox) change(ctx context.Context, what string, f func(kept.Tx) error) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	seq, err := o.s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if err := o.renew(tx); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		if ctx.Err() == nil {
			o.s.Log.Warn(what, "error", err)
		}
		return false
	}
	o.s.board.wait(ctx, seq)
	return true
}

// remind writes down what is due to be reminded of, and forgets meetings that are long over.
func (o *outbox) remind(ctx context.Context) {
	now := o.s.Now()
	for _, i := range o.s.board.every(team.KindMeeting) {
		if strings.Contains(i.ID, "/") {
			continue
		}
		r := o.meet[i.ID]
		if r == nil || r.seq != i.Seq {
			r = &reminded{seq: i.Seq}
			o.meet[i.ID] = r
		}
		if r.due.After(now) {
			continue
		}
		m, err := value[team.Meeting](i)
		if err != nil {
			r.due = now.Add(time.Hour)
			o.s.Log.Warn("a meeting cannot be read", "error", err)
			continue
		}
		if r.due = o.look(ctx, m, now); ctx.Err() != nil {
			return
		}
	}
}

// look does what is due of a meeting, and is when to look again.
func (o *outbox) look(ctx context.Context, m team.Meeting, now time.Time) time.Time {
	from, to, ok := schedule.Meeting(m.Phone(), now)
	if !ok {
		until := m.Start.Add(time.Duration(m.LengthM)*time.Minute + keepOver)
		if !m.Canceled.IsZero() {
			until = m.Canceled.Add(keepCanceled)
		}
		if until.After(now) {
			return until
		}
		o.change(ctx, "a meeting is not forgotten yet", func(tx kept.Tx) error { return forgetMeeting(tx, m) })
		return now.Add(time.Minute)
	}
	switch {
	case m.RemindM == 0:
		return now.Add(time.Hour)
	case !from.After(now):
		return to
	}
	if due := from.Add(-time.Duration(m.RemindM) * time.Minute); due.After(now) {
		return due
	}
	done := o.change(ctx, "reminders are not written yet", func(tx kept.Tx) error {
		is, err := tx.Item(kindRemind, m.ID)
		if err != nil && !errors.Is(err, kept.ErrNotFound) {
			return err
		}
		if err == nil {
			if last, err := value[time.Time](is); err != nil || last.Equal(from) {
				return err
			}
		}
		for _, p := range o.s.reminders(m, from, now) {
			if err := put(tx, team.Item{Kind: kindSend, ID: p.id()}, p); err != nil {
				return err
			}
		}
		return put(tx, team.Item{Kind: kindRemind, ID: m.ID}, from.UTC())
	})
	if !done {
		return now.Add(time.Second)
	}
	return from
}

// start takes what is due and sends it, a few at a time, the oldest first.
func (o *outbox) start(ctx context.Context) {
	now := o.s.Now()
	items := o.s.board.every(kindSend)
	slices.SortFunc(items, func(a, b team.Item) int { return int(a.Seq - b.Seq) })
	var taken []sent
	for _, i := range items {
		if len(o.under)+len(taken) >= atOnce {
			break
		}
		p, err := value[sending](i)
		if err != nil {
			o.s.Log.Warn("what is to be sent cannot be read", "error", err)
			continue
		}
		if o.under[i.ID] || p.Next.After(now) || p.To.Email != "" && !o.s.Mail.On() || p.To.Email == "" && o.s.texter(p.To.Number) == nil {
			continue // another server of the database may have what it takes
		}
		if p.Taken != "" && p.once() { // a server was killed over it: it may have been sent
			o.unsaid = append(o.unsaid, sent{i.ID, p, errors.Join(errUnknown, errForGood)})
			o.under[i.ID] = true
			continue
		}
		taken = append(taken, sent{id: i.ID, p: p})
	}
	if len(taken) == 0 {
		return
	}
	ok := o.change(ctx, "what is to be sent cannot be taken", func(tx kept.Tx) error {
		for n := range taken {
			t := &taken[n]
			is, err := tx.Item(kindSend, t.id)
			if errors.Is(err, kept.ErrNotFound) {
				t.id = "" // out of date meanwhile
				continue
			} else if err != nil {
				return err
			}
			t.p.Tries, t.p.Taken = t.p.Tries+1, o.s.id
			if err := put(tx, is, t.p); err != nil {
				return err
			}
		}
		return nil
	})
	if !ok {
		return
	}
	for _, t := range taken {
		if t.id == "" {
			continue
		}
		o.under[t.id] = true
		o.work.Go(func() {
			t.err = o.s.deliver(ctx, t.p)
			o.done <- t
		})
	}
}

// errUnknown is of what may or may not have been sent.
var errUnknown = errors.New("it is not known whether it was sent")

// deliver sends one thing.
func (s *Server) deliver(ctx context.Context, p sending) error {
	if p.What == sendRemind && s.Now().After(p.Occasion) {
		return nil // too late to remind of it
	}
	if p.To.Email != "" {
		from, err := s.Mail.from()
		if err != nil {
			return err
		}
		l, err := p.letter(from, s.Mail.domain(), s.Now())
		if err != nil {
			return errors.Join(err, errForGood)
		}
		return s.Mail.send(ctx, l)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err := s.sendText(ctx, s.SMSSender, p.To.Number, p.short())
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = errors.Join(err, errUnknown, errForGood)
	}
	return err
}

// finish writes what became of what was sent.
func (o *outbox) finish(ctx context.Context) {
	var left []sent
	for _, d := range o.unsaid {
		if !o.change(ctx, "what was sent is not written yet", func(tx kept.Tx) error { return o.become(tx, d) }) {
			left = append(left, d)
			continue
		}
		delete(o.under, d.id)
	}
	o.unsaid = left
}

func (o *outbox) become(tx kept.Tx, d sent) error {
	item := team.Item{Kind: kindSend, ID: d.id}
	if _, err := tx.Item(kindSend, d.id); errors.Is(err, kept.ErrNotFound) {
		return nil // the meeting was changed meanwhile
	} else if err != nil {
		return err
	}
	if d.err != nil && !errors.Is(d.err, errForGood) && d.p.Tries < lastTry {
		d.p.Next, d.p.Taken = o.s.Now().Add(pauses[d.p.Tries-1]), ""
		o.s.Log.Warn("what is sent of a meeting is tried again", "meeting", d.p.Meeting.ID, "error", d.err)
		return put(tx, item, d.p)
	}
	item.Gone = true
	if _, err := tx.Put(item); err != nil || d.err == nil {
		return err
	}
	o.s.Log.Warn("what is sent of a meeting does not arrive", "meeting", d.p.Meeting.ID, "what", d.p.What, "error", d.err)
	if d.p.What == sendRemind {
		return nil
	}
	is, err := tx.Item(team.KindMeeting, d.p.Meeting.ID)
	if errors.Is(err, kept.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	m, err := value[team.Meeting](is)
	if err != nil || m.Rev != d.p.Meeting.Rev || slices.Contains(m.Failed, d.p.named()) {
		return err
	}
	m.Failed = append(m.Failed, d.p.named())
	return put(tx, is, m)
}
