package store

import (
	"context"
	"database/sql"
	"errors"
	"math/bits"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"svara/phone/numbers"
)

// index is what people are found by: segments, each made by one change or merged of earlier ones, all in memory and in
// the database. A search looks at the list it finds and never waits for who writes.
type index struct {
	mu     sync.Mutex // of loading
	loaded bool       // mu
	list   atomic.Pointer[[]*segment]
}

const (
	stateUnindexed = "people.unindexed" // there is an index to be made for people with higher rowids than this
	indexBatch     = 5000               // people in one transaction then
	segmentPart    = 256 << 10          // bytes of a segment in one row: SQLite copies a row whole

	// mergeAt is how many segments of about the same size become one, and each eighth power of two is a size.
	mergeAt   = 8
	sizeSteps = 3
)

func (x *index) segments() []*segment {
	if list := x.list.Load(); list != nil {
		return *list
	}
	return nil
}

// load reads the index once. One that cannot be trusted is thrown away, to be made again.
func (x *index) load(ctx context.Context, s *Store) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.loaded {
		return nil
	}
	list, err := readSegments(ctx, s.db)
	if errors.Is(err, errDamaged) {
		s.log.Warn("the index of people is made again", "err", err)
		list = nil
		err = s.write(ctx, "forget the index", func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM segments"); err != nil {
				return err
			}
			return putState(ctx, tx, stateUnindexed, "0")
		})
	}
	if err != nil {
		return err
	}
	x.list.Store(&list)
	x.loaded = true
	return nil
}

// readSegments is the segments as the database has them.
func readSegments(ctx context.Context, db *sql.DB) ([]*segment, error) {
	sizes, err := db.QueryContext(ctx, "SELECT id, sum(length(body)), max(gone) FROM segments GROUP BY id ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer func() { _ = sizes.Close() }()
	type place struct {
		row, size int64
		gone      []byte
	}
	var places []place
	for sizes.Next() {
		var p place
		if err := sizes.Scan(&p.row, &p.size, &p.gone); err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	if err := errors.Join(sizes.Err(), sizes.Close()); err != nil {
		return nil, err
	}
	list := make([]*segment, 0, len(places))
	for _, p := range places {
		body, err := readBody(ctx, db, p.row, p.size)
		if err != nil {
			return nil, err
		}
		g, ok := openSegment(p.row, body, p.gone)
		if !ok {
			return nil, errDamaged
		}
		list = append(list, g)
	}
	return list, nil
}

func readBody(ctx context.Context, db *sql.DB, row, size int64) ([]byte, error) {
	rows, err := db.QueryContext(ctx, "SELECT body FROM segments WHERE id = ? ORDER BY part", row)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	body := make([]byte, 0, size)
	for rows.Next() {
		var part sql.RawBytes
		if err := rows.Scan(&part); err != nil {
			return nil, err
		}
		body = append(body, part...)
	}
	return body, rows.Err()
}

// index takes a change of who is found into the index, within the writer's transaction. What has been saved is shown to
// searches once it is.
func (w *peopleWriter) index() error {
	if len(w.fresh)+len(w.dropped) == 0 {
		return nil
	}
	before := w.now.segments()
	list := slices.Clone(before)
	w.dropIndexed(list)
	next := int64(1)
	for _, g := range list {
		next = max(next, g.row+1)
	}
	if len(w.fresh) > 0 {
		list = append(list, makeSegment(next, w.fresh))
		next++
	}
	list = merged(list, next)
	for _, g := range before {
		if !slices.ContainsFunc(list, func(kept *segment) bool { return kept.row == g.row }) {
			if _, err := w.exec("DELETE FROM segments WHERE id = ?", g.row); err != nil {
				return err
			}
		}
	}
	for _, g := range list {
		at := slices.IndexFunc(before, func(old *segment) bool { return old.row == g.row })
		switch {
		case at >= 0 && before[at] == g:
		case at >= 0:
			if _, err := w.exec("UPDATE segments SET gone = ? WHERE id = ? AND part = 0", g.goneBytes(), g.row); err != nil {
				return err
			}
		default:
			if err := w.saveSegment(g); err != nil {
				return err
			}
		}
	}
	w.segments = list
	return nil
}

// dropIndexed marks those gone who are dropped.
func (w *peopleWriter) dropIndexed(list []*segment) {
	for i, g := range list {
		var gone []int
		for _, id := range w.dropped {
			if at := g.ordinal(id); at >= 0 {
				gone = append(gone, at)
			}
		}
		if len(gone) > 0 {
			list[i] = g.without(gone)
		}
	}
}

func (w *peopleWriter) saveSegment(g *segment) error {
	part := 0
	for body := range slices.Chunk(g.body, segmentPart) {
		if _, err := w.exec("INSERT INTO segments (id, part, body, gone) VALUES (?, ?, ?, x'')", g.row, part, body); err != nil {
			return err
		}
		part++
	}
	return nil
}

// merged is segments of which no more than a few are of about the same size, and none is mostly gone. next is a free row.
func merged(list []*segment, next int64) []*segment {
	list = slices.DeleteFunc(list, func(g *segment) bool { return g.live == 0 })
	for {
		sizes := map[int][]*segment{}
		var together []*segment
		for _, g := range list {
			size := bits.Len(uint(g.live)) / sizeSteps //nolint:gosec // a count
			sizes[size] = append(sizes[size], g)
			switch {
			case len(sizes[size]) == mergeAt:
				together = sizes[size]
			case together == nil && g.live < g.people()/2:
				together = []*segment{g}
			}
		}
		if together == nil {
			return list
		}
		list = slices.DeleteFunc(list, func(g *segment) bool { return slices.Contains(together, g) })
		list = append(list, mergeSegments(next, together))
		next++
	}
}

// find makes somebody findable; drop does away with it. Of one person they are called in the order of what happens.
func (w *peopleWriter) find(e prepared) {
	w.fresh = append(w.fresh, findable{id: e.id, words: e.words, digits: e.digits})
}

func (w *peopleWriter) lose(id int64) {
	if at := slices.IndexFunc(w.fresh, func(f findable) bool { return f.id == id }); at >= 0 {
		w.fresh = slices.Delete(w.fresh, at, at+1)
		return
	}
	w.dropped = append(w.dropped, id)
}

// indexed reports whether somebody is in the index.
func (w *peopleWriter) indexed(id int64) bool {
	return slices.ContainsFunc(w.now.segments(), func(g *segment) bool { return g.ordinal(id) >= 0 })
}

// makeIndex makes the index of people who are in none, after an older version or damage.
func (s *Store) makeIndex(ctx context.Context) error {
	for {
		after, err := s.State(ctx, stateUnindexed)
		if err != nil || after == "" {
			return err
		}
		err = s.changePeople(ctx, "make the index", func(w *peopleWriter) error {
			last, err := strconv.ParseInt(after, 10, 64)
			if err != nil {
				return err
			}
			list, last, err := peopleAfter(ctx, w.tx, last, indexBatch)
			if err != nil {
				return err
			}
			if after = strconv.FormatInt(last, 10); len(list) < indexBatch {
				w.changed, after = 1, "" // who has searched meanwhile has found too few
			}
			for _, r := range list {
				if w.indexed(r.id) {
					continue
				}
				p, err := r.person()
				if err != nil {
					return err
				}
				read := make([]numbers.Reading, len(p.Numbers))
				for i, n := range p.Numbers {
					read[i] = numbers.Known(n.Number, n.E164)
				}
				w.find(prepared{id: r.id, words: append(personWords(p, read), bookWord(r.book)), digits: personDigits(read)})
			}
			w.unfinished = true // nobody stands out otherwise than before
			return putState(ctx, w.tx, stateUnindexed, after)
		})
		if err != nil {
			return err
		}
	}
}
