package server

import "svara/phone/team"

// listeners are the readers of feeds who see the same. They are woken together, and only for what they see: of a thousand
// desktops most are in other groups than the one something has happened in.
//
//	sequences  10 ─────── 14 15 ─────── 20 ───► now
//	touched     seen          before    last
//
// What they see changed with 10 and then with something after 15 up to 20; who has read to 10 has missed nothing up to 15.
type listeners struct {
	view    view
	readers int
	changed chan struct{} // closed when something they see has changed

	last, before, seen team.Seq
}

// join makes a reader one of those who see what a view does, until they leave; with the epoch that the board is of.
func (b *board) join(v view) (l *listeners, epoch string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l = b.listeners[v.key]
	if l == nil {
		l = &listeners{view: v, changed: make(chan struct{}), last: b.mark.Seq, seen: b.mark.Seq}
		b.listeners[v.key] = l
	}
	l.readers++
	return l, b.mark.Epoch
}

func (b *board) leave(l *listeners) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l.readers--; l.readers == 0 {
		delete(b.listeners, l.view.key)
	}
}

// wake wakes those who see one of some items, which came after a sequence. What is a person's own wakes all: it is rare. mu
// must be held.
func (b *board) wake(before team.Seq, items []team.Item) {
	for _, l := range b.listeners {
		for _, i := range items {
			if i.Person != "" && !hidden[i.Kind] || l.view.shows(i) {
				l.seen, l.before, l.last = l.last, before, b.mark.Seq
				l.wake()
				break
			}
		}
	}
}

// wakeAll wakes everybody: nothing is as it was. mu must be held.
func (b *board) wakeAll() {
	for _, l := range b.listeners {
		l.last, l.before, l.seen = b.mark.Seq, 0, b.mark.Seq
		l.wake()
	}
}

func (l *listeners) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// from is a sequence after which there is the same for them as after another; 0 is before everything.
func (l *listeners) from(after team.Seq) team.Seq {
	if after != 0 && after >= l.seen {
		return max(after, l.before)
	}
	return after
}
