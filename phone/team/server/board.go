package server

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	"log/slog"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// Kinds that are shown to nobody: what the servers of one database tell each other.
const (
	kindAsk    team.Kind = "ask"
	kindPlaced team.Kind = "placed" // which group a queue is in
	kindURL    team.Kind = "url"    // what links begin with, for the command line
	kindChosen team.Kind = "chosen" // a person's activity as it was chosen by hand
	kindSend   team.Kind = "send"   // an invitation or reminder that is to be sent: sending
	kindRemind team.Kind = "remind" // which occasion of a meeting has been reminded of
	kindRoom   team.Kind = "room"   // whose an id of the exchange's conference is
	kindLine   team.Kind = "line"   // a person's account at the exchange: line
	kindOrder  team.Kind = "order"  // who waits for a busy colleague: campOrder
)

// hidden is those kinds.
var hidden = map[team.Kind]bool{kindAsk: true, kindPlaced: true, kindURL: true, kindChosen: true, kindSend: true, kindRemind: true, kindRoom: true, kindLine: true, kindOrder: true}

// How much of what is gone, and of the log, the board remembers: who comes back later than that reads everything anew.
const (
	keepGone = 5000
	keepLog  = 2000
	lookBack = 5000 // sequences read at start, so that a restart does not make everybody read anew
)

// awayAfter is how long the database may not answer before desktops are told that what they show is of then.
const awayAfter = 2 * time.Second

// board is everything that is there, as committed, in memory, in order of sequence. It changes by
// catchUp only, which one goroutine (follow) does whenever something was committed.
//
//	order: seq 3  5  6  9  10      a slot whose entry has another sequence by now is stale, and skipped
//	           |  |  x  |   |
//	           entries
type board struct {
	shelf kept.Shelf
	log   *slog.Logger

	reading sync.Mutex // one reads on at a time

	mu      sync.RWMutex
	mark    kept.Mark
	away    time.Time // since when the database does not answer: what is here is of then; zero: it does
	floor   team.Seq  // who has read to before it has missed what was forgotten
	things  map[key]*entry
	order   []slot
	gone    []*entry // in order; those that are back are skipped
	calls   []*entry // entries of the log and messages, oldest change first
	byKind  map[team.Kind]map[string]*entry
	people  map[team.PersonID]team.Person
	users   map[string]team.PersonID
	rights  int           // counts changes of people and groups: views may be others
	changed chan struct{} // closed at each change

	listeners map[string]*listeners // by the key of their view

	batchMu sync.Mutex
	batches map[batchKey][]byte // what readers with one view and one position are sent; of the newest state only
	batchAt team.Seq
}

type key struct {
	kind team.Kind
	id   string
}

type entry struct {
	item  team.Item
	frame []byte // "data: {…}\n\n"
}

type slot struct {
	seq team.Seq
	e   *entry
}

type batchKey struct {
	view  string
	after team.Seq
}

func newBoard(shelf kept.Shelf, log *slog.Logger) *board {
	return &board{shelf: shelf, log: log, changed: make(chan struct{}), listeners: map[string]*listeners{}}
}

// load reads everything.
func (b *board) load(ctx context.Context) error {
	b.reading.Lock()
	defer b.reading.Unlock()
	items, mark, err := b.shelf.Items(ctx)
	if err != nil {
		return err
	}
	floor := max(0, mark.Seq-lookBack)
	recent, err := b.shelf.Since(ctx, kept.Mark{Epoch: mark.Epoch, Seq: floor}, 3*lookBack)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mark, b.floor = kept.Mark{Epoch: mark.Epoch}, floor
	b.things, b.byKind, b.order, b.gone, b.calls = map[key]*entry{}, map[team.Kind]map[string]*entry{}, nil, nil, nil
	b.people, b.users = map[team.PersonID]team.Person{}, map[string]team.PersonID{}
	for _, i := range recent {
		if i.Gone || paged(i.Kind) {
			items = append(items, i)
		}
	}
	slices.SortFunc(items, func(x, y team.Item) int { return int(x.Seq - y.Seq) })
	for _, i := range items {
		if i.Seq <= mark.Seq {
			b.apply(i)
		}
	}
	b.mark = mark
	b.rights++
	b.tell()
	b.wakeAll()
	return nil
}

// follow keeps the board up with the database until ctx ends. A fault that is over in a moment is told to nobody.
func (b *board) follow(ctx context.Context) {
	var down time.Time // since when
	for {
		select {
		case <-b.shelf.Wake():
		case <-ctx.Done():
			return
		}
		err := b.catchUp(ctx)
		if errors.Is(err, kept.ErrRestored) {
			b.log.Info("the database was restored: everything is read anew")
			err = b.load(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		switch {
		case err == nil && !down.IsZero():
			b.log.Info("the database is back")
			down = time.Time{}
			b.setAway(time.Time{})
		case err != nil && down.IsZero():
			b.log.Error("the database is away", "error", err)
			down = time.Now()
		case err != nil && time.Since(down) >= awayAfter:
			b.setAway(down)
		}
	}
}

// oldSince is since when what is here is old; zero: it is not.
func (b *board) oldSince() time.Time {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.away
}

// setAway tells all readers since when the database is away, or that it is back.
func (b *board) setAway(since time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away != since {
		b.away = since
		for _, l := range b.listeners {
			l.wake()
		}
	}
}

// catchUp reads what was committed since it last did.
func (b *board) catchUp(ctx context.Context) error {
	const page = 1000
	b.reading.Lock()
	defer b.reading.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		b.mu.RLock()
		mark := b.mark
		b.mu.RUnlock()
		items, err := b.shelf.Since(ctx, mark, page)
		if err != nil || len(items) == 0 {
			return err
		}
		b.mu.Lock()
		for _, i := range items {
			b.apply(i)
			b.mark.Seq = i.Seq
		}
		b.tidy()
		b.tell()
		b.wake(mark.Seq, items)
		b.mu.Unlock()
		if len(items) < page {
			return nil
		}
	}
}

// apply takes in an item that is newer than all before. mu must be held.
func (b *board) apply(i team.Item) {
	k := key{i.Kind, i.ID}
	e := b.things[k]
	if e == nil {
		e = &entry{}
		b.things[k] = e
	}
	e.item, e.frame = i, nil
	b.order = append(b.order, slot{i.Seq, e})
	if i.Gone {
		b.gone = append(b.gone, e)
		delete(b.byKind[i.Kind], i.ID)
	} else {
		if b.byKind[i.Kind] == nil {
			b.byKind[i.Kind] = map[string]*entry{}
		}
		if !paged(i.Kind) {
			b.byKind[i.Kind][i.ID] = e
		}
	}
	switch i.Kind {
	case team.KindLog, team.KindMessage:
		b.calls = append(b.calls, e)
	case team.KindPerson:
		b.person(i)
	}
	if !hidden[i.Kind] {
		e.frame = frame(i)
	}
}

// paged kinds are too many to be all on the board: they are read by the page, and told of when they change.
func paged(k team.Kind) bool { return k == team.KindLog || k == team.KindMessage }

func (b *board) person(i team.Item) {
	b.rights++
	id := team.PersonID(i.ID)
	delete(b.users, b.people[id].User)
	delete(b.people, id)
	var p team.Person
	if i.Gone {
		return
	}
	if err := json.Unmarshal(i.Data, &p); err != nil {
		b.log.Error("a person cannot be read", "person", i.ID, "error", err)
		return
	}
	b.people[id], b.users[p.User] = p, id
}

// frame is an item as a server-sent event.
func frame(i team.Item) []byte {
	data, err := json.Marshal(i)
	if err != nil { // Data is JSON that the database has kept as it was written
		data, _ = json.Marshal(team.Item{Kind: i.Kind, ID: i.ID, Seq: i.Seq, Group: i.Group, Person: i.Person, Gone: true})
	}
	return slices.Concat([]byte("data: "), data, []byte("\n\n"))
}

// tidy forgets what is over the limits. mu must be held.
func (b *board) tidy() {
	b.gone = b.forget(b.gone, keepGone, func(e *entry) bool { return e.item.Gone })
	b.calls = b.forget(b.calls, keepLog, func(*entry) bool { return true })
	if len(b.order) > 2*len(b.things)+1000 {
		b.order = slices.DeleteFunc(b.order, func(s slot) bool { return s.e.item.Seq != s.seq || b.things[key{s.e.item.Kind, s.e.item.ID}] != s.e })
	}
}

// forget takes the oldest of a list of entries from the board, down to a number of them. A list may have an entry more
// than once, and entries that no longer belong in it.
func (b *board) forget(list []*entry, limit int, belongs func(*entry) bool) []*entry {
	if len(list) <= 2*limit {
		return list
	}
	last := map[*entry]int{}
	for i, e := range list {
		last[e] = i
	}
	list = slices.DeleteFunc(indexed(list, last), func(e *entry) bool { return !belongs(e) || b.things[key{e.item.Kind, e.item.ID}] != e })
	for len(list) > limit {
		e := list[0]
		list = list[1:]
		b.floor = max(b.floor, e.item.Seq)
		delete(b.things, key{e.item.Kind, e.item.ID})
	}
	return slices.Clone(list)
}

// indexed is a list with only the last of what comes more than once.
func indexed(list []*entry, last map[*entry]int) []*entry {
	out := make([]*entry, 0, len(last))
	for i, e := range list {
		if last[e] == i {
			out = append(out, e)
		}
	}
	return out
}

func (b *board) tell() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// wait returns when what was committed with a sequence is on the board, so that who has changed something sees it.
func (b *board) wait(ctx context.Context, seq team.Seq) {
	for {
		b.mu.RLock()
		there, changed := b.mark.Seq >= seq, b.changed
		b.mu.RUnlock()
		if there {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// get is an item that is there.
func (b *board) get(kind team.Kind, id string) (team.Item, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	e := b.byKind[kind][id]
	if e == nil {
		return team.Item{}, false
	}
	return e.item, true
}

// all is the items of a kind that a view shows, in order of id.
func (b *board) all(kind team.Kind, v view) []team.Item {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]team.Item, 0, len(b.byKind[kind]))
	for _, e := range b.byKind[kind] {
		if v.shows(e.item) {
			out = append(out, e.item)
		}
	}
	slices.SortFunc(out, func(x, y team.Item) int { return strings.Compare(x.ID, y.ID) })
	return out
}

// every is the items of a kind, whoever may see them, in no order.
func (b *board) every(kind team.Kind) []team.Item {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]team.Item, 0, len(b.byKind[kind]))
	for _, e := range b.byKind[kind] {
		out = append(out, e.item)
	}
	return out
}

// who is a person who may sign in.
func (b *board) who(id team.PersonID) (team.Person, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, ok := b.people[id]
	return p, ok && !p.Disabled
}

// user is the person with a user name.
func (b *board) user(name string) (team.Person, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, ok := b.people[b.users[name]]
	return p, ok
}

// batch is what somebody with a view is sent who has read to after. reset: they have to forget what they know first.
type batch struct {
	epoch   string
	reset   bool
	away    bool // the database is: nothing newer is known for now
	frames  []byte
	to      team.Seq
	changed <-chan struct{}
	rights  int
}

// since gathers a batch for one of some listeners.
func (b *board) since(l *listeners, v view, after team.Seq) batch {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := batch{epoch: b.mark.Epoch, away: !b.away.IsZero(), to: b.mark.Seq, changed: l.changed, rights: b.rights}
	after = l.from(after)
	if after > b.mark.Seq || after != 0 && after < b.floor {
		out.reset, after = true, 0
	}
	if after == b.mark.Seq {
		return out
	}
	k := batchKey{v.key, after}
	b.batchMu.Lock()
	if b.batchAt != b.mark.Seq || b.batches == nil {
		b.batches, b.batchAt = map[batchKey][]byte{}, b.mark.Seq
	}
	made, ok := b.batches[k]
	b.batchMu.Unlock()
	if !ok {
		var own bool
		made, own = b.gather(v, after)
		if !own {
			b.batchMu.Lock()
			if b.batchAt == b.mark.Seq {
				b.batches[k] = made
			}
			b.batchMu.Unlock()
		}
	}
	out.frames = made
	return out
}

// gather is the frames after a sequence; own when one of them is for one person only. mu must be held.
func (b *board) gather(v view, after team.Seq) (frames []byte, own bool) {
	var out bytes.Buffer
	first := sort.Search(len(b.order), func(i int) bool { return b.order[i].seq > after })
	for _, s := range b.order[first:] {
		i := &s.e.item
		if i.Seq != s.seq || s.e.frame == nil || after == 0 && (i.Gone || paged(i.Kind)) {
			continue
		}
		own = own || i.Person != ""
		if v.shows(*i) {
			out.Write(s.e.frame)
		}
	}
	return out.Bytes(), own
}

// position is how far a reader with a view has read, as they are told it: other rights or another database are another
// position, and what they know is told anew.
func (b *board) position(v view, seq team.Seq) team.Position {
	return team.Position(strconv.FormatInt(int64(seq), 10) + "." + b.stamp(v))
}

func (b *board) stamp(v view) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	h := fnv.New64a()
	_, _ = h.Write([]byte(b.mark.Epoch + "\x00" + v.key))
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// read is the sequence of a position; ok is false when it is of another view.
func (b *board) read(v view, p team.Position) (seq team.Seq, ok bool) {
	number, stamp, _ := strings.Cut(string(p), ".")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	return team.Seq(n), n == 0 || stamp == b.stamp(v)
}
