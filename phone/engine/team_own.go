package engine

import (
	"errors"
	"sync"

	"svara/phone/team"
)

// ownChanges is what this telephone has changed at the team server and may not have been told of again. A change says which
// one was seen before it, and the server refuses it when there is a newer one: that is somebody else who was faster, and
// must not be the user's own hand, who takes a call and at once writes a note on it.
type ownChanges struct {
	mu sync.Mutex // held during a change, so that they reach the server in order
	of map[string]ownChange
}

// ownChange is changes of one thing with nobody else's among them: from the one that was seen first to the last.
type ownChange struct{ from, last team.Seq }

// mostOwn is how many things are remembered. More are forgotten together, which costs no more than a question.
const mostOwn = 200

// change asks for a change of what has a path. seen is which change the user has seen.
func (o *ownChanges) change(path string, seen team.Seq, ask func(seen team.Seq) (team.Done, error)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	own, known := o.of[path]
	mine := known && own.from <= seen && seen < own.last
	at := seen
	if mine {
		at = own.last
	}
	done, err := ask(at)
	var f *team.Fault
	if mine && errors.As(err, &f) && f.Code == team.CodeConflict { // who was faster is told by what the user has seen
		delete(o.of, path)
		_, err = ask(seen)
		return err
	}
	if err != nil || done.Seq <= at {
		return err
	}
	if !known || at != own.last {
		own.from = at
	}
	if own.last = done.Seq; o.of == nil || len(o.of) >= mostOwn {
		o.of = map[string]ownChange{}
	}
	o.of[path] = own
	return nil
}
