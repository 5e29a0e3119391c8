// Package bin takes something out of a list at once and out of the phone when the time for undoing is over.
package bin

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/ui/loop"
	"svara/ui/text"
	"svara/ui/widget"
)

// Bin is what the user has deleted from one list. It is used on the UI goroutine only.
type Bin[K comparable] struct {
	// Gone is what the list leaves out: deleted for the user, perhaps not yet for the phone.
	Gone map[K]bool
	// After calls f on the UI goroutine after a time, unless it is stopped before. Tests have a clock of their own.
	After func(d time.Duration, f func()) (stop func() bool)

	// Brought is told what came back by undoing; nil tells nobody.
	Brought func(K)

	remove  func(K) bool // out of the phone; false when it is refused
	changed func()       // the list is to be drawn
	last    K            // can be undone while waiting
	waiting bool
	stop    func() bool
}

// New makes an empty bin. remove tells the phone and the user why not, changed draws the list.
func New[K comparable](remove func(K) bool, changed func()) *Bin[K] {
	return &Bin[K]{Gone: map[K]bool{}, remove: remove, changed: changed, After: func(d time.Duration, f func()) func() bool {
		return time.AfterFunc(d, func() { loop.Do(f) }).Stop
	}}
}

// Put takes something out of the list that is on screen as o, and offers to undo it. What was put there before it is
// deleted for good.
func (b *Bin[K]) Put(o fyne.CanvasObject, id K, words string) {
	b.Settle()
	b.Gone[id], b.last, b.waiting = true, id, true
	b.stop = b.After(widget.ToastTime, func() {
		if b.waiting && b.last == id {
			b.Settle()
		}
	})
	b.changed()
	if r := widget.RootOf(o); r != nil {
		r.Toast("trash-2", words, text.T("button.undo"), func() { b.Undo(id) })
	}
}

// Settle deletes what waits for it.
func (b *Bin[K]) Settle() {
	if !b.waiting {
		return
	}
	b.stop()
	b.waiting = false
	if !b.remove(b.last) {
		delete(b.Gone, b.last)
		b.changed()
	}
}

// Forget is told which there are: what was deleted and is none of them need not be left out any more.
func (b *Bin[K]) Forget(there func(K) bool) {
	for id := range b.Gone {
		if !there(id) && !(b.waiting && id == b.last) {
			delete(b.Gone, id)
		}
	}
}

// Undo brings something back while it is not deleted.
func (b *Bin[K]) Undo(id K) {
	if !b.waiting || b.last != id {
		return
	}
	b.stop()
	b.waiting = false
	delete(b.Gone, id)
	b.changed()
	if b.Brought != nil {
		b.Brought(id)
	}
}
