package engine

import (
	"errors"
	"slices"
	"testing"

	"svara/phone/team"
)

// TestOwnChangesAreNobodyFaster takes a call and at once writes a note on it: the note was begun when the first change had
// not been told of. What others do is a conflict all the same.
func TestOwnChangesAreNobodyFaster(t *testing.T) {
	var o ownChanges
	at, told := team.Seq(7), team.Seq(40) // the thing's last change, and the server's
	var asked []team.Seq
	server := func(seen team.Seq) (team.Done, error) {
		asked = append(asked, seen)
		if seen != at {
			return team.Done{}, &team.Fault{Status: 409, Code: team.CodeConflict}
		}
		told += 3
		at = told
		return team.Done{Seq: at}, nil
	}
	for i, step := range []struct {
		seen  team.Seq
		other bool // changes it first
		asked []team.Seq
		fails bool
	}{
		{7, false, []team.Seq{7}, false},  // take it
		{7, false, []team.Seq{43}, false}, // the note, which was begun before that was told
		{43, false, []team.Seq{46}, false},
		{49, false, []team.Seq{49}, false}, // all of it has been told
		{49, true, []team.Seq{52, 49}, true},
		{49, false, []team.Seq{49}, true}, // and stays so until the newer value has been seen
	} {
		if asked = nil; step.other {
			told++
			at = told
		}
		err := o.change("log/1", step.seen, server)
		var f *team.Fault
		if errors.As(err, &f) != step.fails || !slices.Equal(asked, step.asked) {
			t.Fatalf("step %d: asked with %v, %v", i, asked, err)
		}
	}
	if asked = nil; o.change("log/1", at, server) != nil || o.change("log/2", 3, server) == nil {
		t.Error("another thing is not this one")
	}
	for range 2 * mostOwn {
		path := "log/" + string(rune('a'+len(o.of)))
		_ = o.change(path, 1, func(team.Seq) (team.Done, error) { return team.Done{Seq: 2}, nil })
	}
	if len(o.of) > mostOwn {
		t.Errorf("%d are remembered", len(o.of))
	}
}
