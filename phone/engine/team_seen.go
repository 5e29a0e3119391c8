package engine

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"svara/phone/team"
)

// mostOpen is how many open calls, and how many open messages, are counted and kept; mostSeen how many of each are kept to
// be looked in while the team server is away.
const (
	mostOpen = 1000
	mostSeen = 2000
)

// pagedThing is what there is too much of to be told whole: it is read by the page, and told of when it changes.
type pagedThing interface {
	team.LogEntry | team.Message
	Open() bool
}

// keyOf is what names a thing, and when it began.
func keyOf[T pagedThing](v T) (id string, at time.Time) {
	switch v := any(v).(type) {
	case team.LogEntry:
		return v.ID, v.Began
	case team.Message:
		return v.ID, v.At
	}
	return "", time.Time{}
}

func newerFirst[T pagedThing](a, b team.Versioned[T]) int {
	idA, atA := keyOf(a.Value)
	idB, atB := keyOf(b.Value)
	return cmp.Or(atB.Compare(atA), cmp.Compare(idB, idA))
}

// applyOpen takes a thing as it is now into those that are open; gone ones and those that are handled leave. The map is
// copied before it is changed.
func applyOpen[T pagedThing](o map[string]team.Versioned[T], i team.Item) (map[string]team.Versioned[T], team.Versioned[T], error) {
	var v team.Versioned[T]
	v.Seq = i.Seq
	if !i.Gone {
		if err := decodeItem(i, &v.Value); err != nil {
			return o, v, err
		}
	}
	before, was := o[i.ID]
	switch {
	case was && before.Seq > i.Seq: // an answer read beside the feed was newer
		return o, before, nil
	case i.Gone || !v.Value.Open():
		if was {
			o = maps.Clone(o)
			delete(o, i.ID)
		}
	case was || len(o) < mostOpen:
		o = maps.Clone(o)
		if o == nil {
			o = map[string]team.Versioned[T]{}
		}
		o[i.ID] = v
	}
	return o, v, nil
}

// withOpen is all that are open, as a question found them. What the feed has told since is newer.
func withOpen[T pagedThing](o map[string]team.Versioned[T], found []team.Versioned[T]) map[string]team.Versioned[T] {
	out := make(map[string]team.Versioned[T], len(found))
	for _, v := range found {
		id, _ := keyOf(v.Value)
		if now, ok := o[id]; ok && now.Seq > v.Seq {
			v = now
		}
		out[id] = v
	}
	return out
}

// seen is what was read from the team server, the newest first to be kept: what is looked in while it is away. It is shared
// by the questions, which are asked beside the loop.
type seen[T pagedThing] struct {
	mu   sync.Mutex
	all  map[string]team.Versioned[T]
	told time.Time // when the server last said something
}

// see keeps what was read at a time.
func (s *seen[T]) see(at time.Time, found ...team.Versioned[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]team.Versioned[T]{}
	}
	for _, v := range found {
		id, _ := keyOf(v.Value)
		if now, ok := s.all[id]; !ok || now.Seq <= v.Seq {
			s.all[id] = v
		}
	}
	if at.After(s.told) {
		s.told = at
	}
	if len(s.all) <= mostSeen+mostSeen/4 {
		return
	}
	for _, v := range s.sorted()[mostSeen:] {
		id, _ := keyOf(v.Value)
		delete(s.all, id)
	}
}

// sorted is all that was seen, newest first. The lock is held.
func (s *seen[T]) sorted() []team.Versioned[T] {
	return slices.SortedFunc(maps.Values(s.all), newerFirst)
}

// forget drops everything: another user's, or another server's.
func (s *seen[T]) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all, s.told = nil, time.Time{}
}

// forgetOne drops one that is there no more.
func (s *seen[T]) forgetOne(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, id)
}

// pages answers from what was seen before. The page after one is named by the id of the last thing on it.
func (s *seen[T]) pages(selects func(T) bool, openFirst bool, after string, limit int) (page []team.Versioned[T], next string, told time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []team.Versioned[T]
	for _, v := range s.sorted() {
		if selects(v.Value) {
			found = append(found, v)
		}
	}
	if openFirst {
		slices.SortStableFunc(found, func(a, b team.Versioned[T]) int {
			switch {
			case a.Value.Open() == b.Value.Open():
				return 0
			case a.Value.Open():
				return -1
			}
			return 1
		})
	}
	if after != "" {
		at := slices.IndexFunc(found, func(v team.Versioned[T]) bool {
			id, _ := keyOf(v.Value)
			return id == after
		})
		found = found[at+1:]
	}
	if limit <= 0 {
		limit = 50
	}
	if len(found) > limit {
		found = found[:limit]
		next, _ = keyOf(found[limit-1].Value)
	}
	return found, next, s.told
}
