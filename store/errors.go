package store

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"svara/phone"
)

// failure is an error that tells the user's reason (phone.ReasonOf) and keeps its cause.
type failure struct {
	doing  string
	reason phone.Reason
	cause  error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v", f.doing, f.cause) }

func (f *failure) Unwrap() []error { return []error{&phone.Error{Reason: f.reason}, f.cause} }

// fail wraps an error of the database with what was being done; a refusal stays as it is. The reason is store-damaged when the file cannot be
// trusted, else store-failed with the system's words (disk full, read-only). A cancelled context stays just that.
func fail(doing string, err error) error {
	var refused *phone.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return err // the user's own words already
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", doing, err)
	}
	id := phone.ReasonStoreFailed
	if damaged(err) {
		id = phone.ReasonStoreDamaged
	}
	return &failure{doing: doing, reason: phone.Reason{ID: id, Text: err.Error()}, cause: err}
}

// errDamaged is a database whose bytes are readable but say something impossible.
var errDamaged = errors.New("the database is damaged")

// damaged reports whether an error means that the file itself is broken, and not its folder, disk or permissions.
func damaged(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff { // the low byte is the primary result code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

// clashes reports whether a statement was refused for what it says, so that it has done nothing and its transaction goes on.
func clashes(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}
