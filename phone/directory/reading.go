package directory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"svara/phone"
)

const (
	readingLimit = 30 * time.Minute // one reading, whatever its size
	batch        = 10000            // entries given to the store at a time
	batchBytes   = 16 << 20         // or that much of pictures
	photoLimit   = 10 << 20         // a larger picture is left out
)

// readers read a book into a reading, by kind.
var readers = map[phone.BookKind]func(context.Context, *reading) error{
	phone.BookFile:      readFile,
	phone.BookCardDAV:   readCardDAV,
	phone.BookLDAP:      readLDAP,
	phone.BookMicrosoft: readMicrosoft,
	phone.BookGoogle:    readGoogle,
}

// reading is one reading of a book on its way into the store.
//
//	reader ── put, gone ──> batches ──> Store.ApplyBook
//	       ── whole ──────> keys seen ─┐
//	                                   └─ finish: what was not seen is gone, the token is kept
type reading struct {
	book   phone.Book
	secret string       // password; empty for Microsoft and Google
	client *http.Client // with the book's CA, limits, and the token of Microsoft and Google
	store  Store
	token  string // of the last reading, of the same book with the same settings; empty is a full reading
	next   string // kept when the reading has come to its end
	note   func(string, ...any)

	same    bool              // the settings are those the entries in the store were read with
	known   map[string]string // key -> tag in the store
	emptied *bool             // the worker's: the reading before this said that nothing is left

	whole   bool                // everything in the book has been put or kept
	seen    map[string]struct{} // keys put or kept, when whole
	removed map[string]struct{}
	ready   []phone.BookEntry // waiting for a batch to be full
	bytes   int               // of pictures in it
}

// secretOf is the name of a book's secret.
func secretOf(id phone.BookID) phone.AccountID { return phone.AccountID("book/" + string(id)) }

// prepare gathers what a reading needs. For Microsoft and Google it waits until the user has given consent. The reading
// has to be ended, with an error too.
func (w *worker) prepare(ctx context.Context) (*reading, error) {
	r := &reading{
		book: w.book, store: w.s.o.Store, emptied: &w.emptied, seen: map[string]struct{}{}, removed: map[string]struct{}{},
		note: func(what string, args ...any) {
			w.s.o.Log.Info(what, append([]any{"book", w.book.ID}, args...)...)
		},
	}
	var err error
	if r.known, err = r.store.BookTags(ctx, w.book.ID); err != nil {
		return r, fmt.Errorf("read what is known of %s: %w", w.book.ID, err)
	}
	token, err := r.store.BookToken(ctx, w.book.ID)
	if err != nil {
		return r, fmt.Errorf("read the token of %s: %w", w.book.ID, err)
	}
	form, token, _ := strings.Cut(token, " ")
	if r.same = form == r.form(); r.same {
		r.token = token
	}
	if r.client, err = newClient(w.book); err != nil {
		return r, err
	}
	switch w.book.Kind {
	case phone.BookMicrosoft, phone.BookGoogle:
		err = w.permit(ctx, r)
	case phone.BookCardDAV, phone.BookLDAP:
		r.secret, err = password(w.s.o.Secrets, w.book)
	}
	return r, err
}

// end lets go of the reading's connections.
func (r *reading) end() {
	if r.client != nil {
		r.client.CloseIdleConnections()
	}
}

// version rises when the same entry of a book becomes another person, so that books are read anew.
const version = "1"

// form tells settings apart: what was read with others is no ground for asking only for what has changed since.
func (r *reading) form() string {
	b := r.book
	raw, err := json.Marshal([]any{version, b.Kind, b.Address, b.User, b.Base, b.Filter, b.Attributes, b.Tenant, b.Colleagues})
	if err != nil {
		panic(err) // strings, a map of strings and a bool: always JSON
	}
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// tag is the tag an entry has in the store, and whether it is there and was read with the same settings.
func (r *reading) tag(key string) (string, bool) {
	tag, ok := r.known[key]
	return tag, ok && r.same
}

// keep says that an entry of the store is still in the book, changed or not.
func (r *reading) keep(key string) {
	if _, ok := r.known[key]; ok {
		r.seen[key] = struct{}{}
	}
}

// put hands over a new or changed entry. One without a tag gets one made of its content, so that what has not changed
// costs the store nothing.
func (r *reading) put(ctx context.Context, e phone.BookEntry) error {
	if e.Key == "" {
		return nil
	}
	if len(e.Photo) > photoLimit {
		r.note("a picture is larger than 10 MB and left out", "entry", e.Key, "bytes", len(e.Photo))
		e.Photo = nil
	}
	if e.Person.Label() == "" {
		return nil // nobody could be shown or dialled
	}
	e.Person.Colleague = r.book.Colleagues
	if e.Tag == "" {
		e.Tag = contentTag(e)
		if tag, ok := r.tag(e.Key); ok && tag == e.Tag {
			r.keep(e.Key)
			return nil
		}
	}
	delete(r.removed, e.Key)
	r.seen[e.Key] = struct{}{}
	r.ready = append(r.ready, e)
	r.bytes += len(e.Photo)
	if len(r.ready) >= batch || r.bytes >= batchBytes {
		return r.flush(ctx)
	}
	return nil
}

// gone says that an entry is no longer there.
func (r *reading) gone(key string) {
	delete(r.seen, key)
	r.removed[key] = struct{}{}
}

func (r *reading) flush(ctx context.Context) error {
	if len(r.ready) == 0 {
		return nil
	}
	err := r.store.ApplyBook(ctx, r.book.ID, phone.BookChange{Put: r.ready, Token: r.kept()})
	r.ready, r.bytes = nil, 0
	if err != nil {
		return fmt.Errorf("keep entries of %s: %w", r.book.ID, err)
	}
	return nil
}

// kept is the token as it stood before the reading: a reading that is broken off is done again from there.
func (r *reading) kept() string {
	if !r.same {
		return ""
	}
	return r.form() + " " + r.token
}

// finish gives the store the rest: the last batch, what is gone, and the token. It returns how many entries there are.
func (r *reading) finish(ctx context.Context) (int, error) {
	if err := r.flush(ctx); err != nil {
		return 0, err
	}
	left := 0
	var gone []string
	for key := range r.known {
		_, seen := r.seen[key]
		_, removed := r.removed[key]
		if removed || r.whole && !seen {
			gone = append(gone, key)
		} else {
			left++
		}
	}
	for key := range r.seen {
		if _, ok := r.known[key]; !ok {
			left++
		}
	}
	// A directory does not lose everybody between two readings; a server that has lost its data, or a right to read them,
	// looks just so. The same answer twice is believed.
	if left == 0 && len(gone) > 1 && !*r.emptied {
		*r.emptied = true
		return 0, phone.Refuse(phone.ReasonBookEmpty, "")
	}
	*r.emptied = false
	last := phone.BookChange{Gone: gone, Token: r.form() + " " + r.next}
	if len(gone) > 0 || !r.same || r.next != r.token {
		if err := r.store.ApplyBook(ctx, r.book.ID, last); err != nil {
			return 0, fmt.Errorf("keep the end of the reading of %s: %w", r.book.ID, err)
		}
	}
	return left, nil
}

// contentTag is a tag made of what an entry says.
func contentTag(e phone.BookEntry) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(e.Person); err != nil {
		panic(err) // a person is strings, lists of them, bools and a time: always JSON
	}
	_, _ = h.Write(e.Photo) // a hash takes everything
	return "h" + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}
