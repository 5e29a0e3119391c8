package directory

import (
	"context"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"svara/phone"
)

// usualMinutes is how long it is between two readings of a book that says nothing.
const usualMinutes = 30

// worker reads one book for as long as it is connected.
type worker struct {
	s    *Service
	book phone.Book
	now  chan struct{} // read at once

	ctx  context.Context // of this book: ends when it is changed, removed, or the service is closed
	stop context.CancelFunc
	done chan struct{}

	aside sync.WaitGroup // whoever watches the file

	// Of run only.
	failures int  // in a row
	emptied  bool // the last reading said that nothing is left

	mu     sync.Mutex
	status phone.BookStatus
}

func newWorker(s *Service, b phone.Book) *worker {
	w := &worker{
		s: s, book: b, now: make(chan struct{}, 1), done: make(chan struct{}),
		status: phone.BookStatus{Book: b, State: phone.BookNever},
	}
	w.ctx, w.stop = context.WithCancel(s.ctx)
	return w
}

// close ends the worker and waits until it has ended.
func (w *worker) close() {
	w.stop()
	<-w.done
}

func (w *worker) current() phone.BookStatus {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

// set changes the status and tells.
func (w *worker) set(change func(*phone.BookStatus)) {
	w.mu.Lock()
	change(&w.status)
	w.mu.Unlock()
	signal(w.s.changed)
}

// interval is the time between two readings that go well.
func (w *worker) interval() time.Duration {
	if w.book.Minutes > 0 {
		return time.Duration(w.book.Minutes) * time.Minute
	}
	return usualMinutes * time.Minute
}

// run reads the book until the worker is closed.
func (w *worker) run() {
	defer close(w.done)
	defer w.aside.Wait()
	defer w.stop()
	if known, err := w.s.o.Store.BookCount(w.ctx, w.book.ID); err == nil {
		w.set(func(st *phone.BookStatus) { st.Count = known })
	}
	changes := w.watch()
	for w.ctx.Err() == nil {
		wait := w.read()
		var due <-chan time.Time
		timer := time.NewTimer(wait)
		if wait > 0 {
			due = timer.C
		}
		select {
		case <-due:
		case <-w.now:
		case <-changes:
		case <-w.ctx.Done():
		}
		timer.Stop()
	}
}

// read reads the book once and returns how long to wait until the next reading; 0 is until the user asks for it.
func (w *worker) read() time.Duration {
	select {
	case <-w.now:
	default:
	}
	count, err := w.attempt()
	if w.ctx.Err() != nil {
		return 0
	}
	if err == nil {
		w.failures = 0
		wait := spread(w.interval())
		w.set(func(st *phone.BookStatus) {
			st.State, st.Count, st.Reason, st.Code = phone.BookFresh, count, nil, nil
			st.Read = time.Now()
			st.Next = st.Read.Add(wait)
		})
		return wait
	}
	reason := reasonOf(err)
	w.s.o.Log.Warn("an address book cannot be read", "book", w.book.ID, "reason", reason.ID, "text", reason.Text)
	wait := w.patience(reason.ID)
	w.failures++
	w.set(func(st *phone.BookStatus) {
		st.State, st.Reason, st.Code = phone.BookFailed, &reason, nil
		st.Next = time.Time{}
		if wait > 0 {
			st.Next = time.Now().Add(wait)
		}
	})
	return wait
}

// patience is how long to wait after a failed reading. Trying again soon helps only with what passes by itself: a wrong
// password tried every minute locks accounts, and only the user can give consent or correct a setting.
func (w *worker) patience(reason phone.ReasonID) time.Duration {
	switch reason {
	case phone.ReasonConsent, phone.ReasonBadBook:
		return 0
	case phone.ReasonWrongPassword, phone.ReasonUntrusted, phone.ReasonBookEmpty:
		return spread(w.interval())
	}
	return min(w.s.backoff(w.failures), spread(w.interval()))
}

// attempt is one reading from beginning to end. It returns how many entries the book has.
func (w *worker) attempt() (int, error) {
	if err := w.book.Validate(); err != nil {
		return 0, err
	}
	if w.book.Kind == phone.BookFile {
		if count, same := w.unchanged(w.ctx); same {
			return count, nil
		}
	}
	r, err := w.prepare(w.ctx) // may wait for the user: neither a place nor the reading's time is taken yet
	defer r.end()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(w.ctx, readingLimit)
	defer cancel()
	select {
	case w.s.slots <- struct{}{}:
		defer func() { <-w.s.slots }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	w.set(func(st *phone.BookStatus) { st.State, st.Code = phone.BookReading, nil })
	defer func() { giveBack(max(len(r.seen), len(r.known))) }()
	if err := readers[w.book.Kind](ctx, r); err != nil {
		return 0, w.refused(err)
	}
	return r.finish(ctx)
}

// manyRead is how many people read leave so much memory behind that it is given back at once: some tens of MB, which the
// phone else keeps for minutes.
const manyRead = 20_000

// giveBack lets the system have what reading so many people took.
func giveBack(read int) {
	if read >= manyRead {
		debug.FreeOSMemory()
	}
}

// The waits after failures: 1, 2, 4 … minutes up to an hour.
const (
	firstWait = time.Minute
	lastWait  = time.Hour
)

// backoff is the wait after a number of failures in a row.
func backoff(failures int) time.Duration {
	return spread(min(firstWait<<min(failures, 10), lastWait))
}

// spread moves a wait by up to a tenth in either direction, so that a hundred phones that were switched on together do
// not ask a server together for ever.
func spread(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-.5)/5*float64(d))
}
