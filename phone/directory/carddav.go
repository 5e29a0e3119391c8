package directory

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-webdav"
	"github.com/emersion/go-webdav/carddav"

	"svara/phone"
)

const davBatch = 50 // entries asked for at a time

// readCardDAV finds the address books and reads each: what has changed since the sync token where the server has them
// (RFC 6578), else what has another ETag. The reading's token is the books' tokens by path.
func readCardDAV(ctx context.Context, r *reading) error {
	c, err := newDAV(r)
	if err != nil {
		return err
	}
	books, err := c.discover(ctx)
	if err != nil {
		return err
	}
	tokens := map[string]string{}
	if r.token != "" && json.Unmarshal([]byte(r.token), &tokens) != nil {
		tokens = map[string]string{}
	}
	next := make(map[string]string, len(books))
	for _, b := range books {
		token, err := c.collection(ctx, b, tokens[b])
		if err != nil {
			return err
		}
		if token != "" {
			next[b] = token
		}
	}
	// Books that have been taken away are not among these: what was in them is gone.
	r.whole = true
	raw, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("write the sync tokens: %w", err)
	}
	r.next = string(raw)
	return nil
}

// dav speaks WebDAV with one server.
type dav struct {
	*reading
	endpoint *url.URL
	patience time.Duration // with an answer that does not go on
}

func newDAV(r *reading) (*dav, error) {
	address := r.book.Address
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, phone.Refuse(phone.ReasonBadBook, "address")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &dav{r, u, answerPatience}, nil
}

// Do sends a request with the password and follows redirects on the same server, keeping the method: net/http makes a
// GET of a PROPFIND that is sent on with 301, which is what servers answer at /.well-known/carddav.
func (d *dav) Do(req *http.Request) (*http.Response, error) {
	via := []*http.Request{req}
	for {
		if d.book.User != "" {
			req.SetBasicAuth(d.book.User, d.secret)
		}
		answer, err := d.client.Do(req)
		if err != nil {
			return nil, err
		}
		switch answer.StatusCode {
		case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		case http.StatusUnauthorized:
			_ = answer.Body.Close()
			return nil, &statusError{code: answer.StatusCode}
		default:
			answer.Body = struct {
				*limited
				closer
			}{limit(answer.Body), answer.Body}
			return answer, nil
		}
		_ = answer.Body.Close()
		to, err := answer.Location()
		if err != nil {
			return nil, fmt.Errorf("follow a redirect: %w", err)
		}
		next := req.Clone(req.Context())
		next.URL, next.Host = to, to.Host
		if req.GetBody != nil {
			if next.Body, err = req.GetBody(); err != nil {
				return nil, fmt.Errorf("follow a redirect: %w", err)
			}
		}
		if err := sameServer(next, via); err != nil {
			return nil, err
		}
		via, req = append(via, next), next
	}
}

type closer interface{ Close() error }

// discover finds the address books (RFC 6352 7.1, RFC 6764 6): the address itself when it is one, else those of the
// user it belongs to.
func (d *dav) discover(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*answerPatience)
	defer cancel()
	itself, err := d.bookAt(ctx, d.endpoint.Path)
	var status *statusError
	if itself != "" {
		return []string{itself}, nil
	}
	if err != nil && !errors.As(err, &status) || status != nil && status.code == http.StatusUnauthorized {
		return nil, err
	}
	client, err := webdav.NewClient(d, d.endpoint.String())
	if err != nil {
		return nil, phone.Refuse(phone.ReasonBadBook, "address")
	}
	user, err := client.FindCurrentUserPrincipal(ctx)
	if (err != nil || user == "") && d.endpoint.Path == "/" {
		known := d.endpoint.JoinPath("/.well-known/carddav")
		if client, err = webdav.NewClient(d, known.String()); err == nil {
			user, err = client.FindCurrentUserPrincipal(ctx)
		}
	}
	if err != nil {
		return nil, d.notFound("the user's address books", err)
	}
	books, err := carddav.NewClient(d, d.endpoint.String())
	if err != nil {
		return nil, phone.Refuse(phone.ReasonBadBook, "address")
	}
	home, err := books.FindAddressBookHomeSet(ctx, user)
	if err != nil {
		return nil, d.notFound("the user's address books", err)
	}
	list, err := books.FindAddressBooks(ctx, home)
	if err != nil {
		return nil, d.notFound("the list of address books", err)
	}
	if len(list) == 0 {
		return nil, phone.Refuse(phone.ReasonBookFailed, "the server has no address book for this user")
	}
	var paths []string
	for _, b := range list {
		paths = append(paths, b.Path)
	}
	slices.Sort(paths)
	return paths, nil
}

// notFound says what could not be found at the address.
func (d *dav) notFound(what string, err error) error {
	var status *statusError
	if reasonOf(err).ID != phone.ReasonBookFailed || errors.As(err, &status) {
		return err
	}
	return fmt.Errorf("find %s: %w", what, err)
}

// collection reads one address book and returns the token to begin from the next time.
func (d *dav) collection(ctx context.Context, book, token string) (string, error) {
	if token != "" {
		next, err := d.sync(ctx, book, token)
		if !refusedToken(err) {
			return next, err
		}
		d.note("the server does not know its sync token any more; the address book is read anew")
	}
	next, err := d.sync(ctx, book, "")
	if !refusedToken(err) {
		return next, err
	}
	return "", d.compare(ctx, book)
}

// refusedToken reports whether the server cannot answer a sync-collection request: its token is not valid any more
// (RFC 6578 3.2), or it has no such requests.
func refusedToken(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.code != http.StatusUnauthorized && s.code != http.StatusTooManyRequests &&
		(s.code >= 400 && s.code < 500 || s.code == http.StatusNotImplemented)
}

// inside is the entries of the store that are in an address book.
func (d *dav) inside(book string) (keys []string) {
	prefix := strings.TrimSuffix(book, "/") + "/"
	for key := range d.known {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

// sync asks what has changed since a token; an empty one asks for the list of everything.
func (d *dav) sync(ctx context.Context, book, token string) (string, error) {
	var changed, gone []string
	last := ""
	for from, more := token, true; more; {
		more = false
		next, err := d.report(ctx, book, "1", syncQuery(from), func(m davResponse) error {
			switch {
			case path.Clean(m.path) == path.Clean(book):
				more = m.status == http.StatusInsufficientStorage // RFC 6578 3.6: there is more
			case m.status == http.StatusNotFound:
				gone = append(gone, m.path)
			case m.collection:
			default:
				d.keep(m.path)
				if tag, ok := d.tag(m.path); !ok || tag != m.etag || tag == "" {
					changed = append(changed, m.path)
				}
			}
			return nil
		})
		switch {
		case err != nil:
			return "", err
		case next == "": // no answer to the question asked
			return "", &statusError{code: http.StatusNotImplemented}
		case more && next == from:
			return "", phone.Refuse(phone.ReasonBookFailed, "half an answer")
		}
		from, last = next, next
	}
	if token != "" { // what is not in the list has not changed
		for _, key := range d.inside(book) {
			d.keep(key)
		}
	}
	for _, key := range gone {
		d.gone(key)
	}
	return last, d.fetch(ctx, book, changed)
}

// compare reads the list of ETags and fetches those that are new.
func (d *dav) compare(ctx context.Context, book string) error {
	var changed []string
	_, err := d.propfind(ctx, book, "1", func(m davResponse) error {
		if m.collection || path.Clean(m.path) == path.Clean(book) {
			return nil
		}
		d.keep(m.path)
		if tag, ok := d.tag(m.path); !ok || tag != m.etag || tag == "" {
			changed = append(changed, m.path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.fetch(ctx, book, changed)
}

// fetch reads entries. One that cannot be understood is left out and told; what the store has of it stays.
func (d *dav) fetch(ctx context.Context, book string, keys []string) error {
	for part := range slices.Chunk(keys, davBatch) {
		answered := map[string]bool{}
		_, err := d.report(ctx, book, "0", multigetQuery(part), func(m davResponse) error {
			answered[m.path] = true
			if m.status == http.StatusNotFound {
				d.gone(m.path) // since the list was made
				return nil
			}
			if m.status != http.StatusOK || m.data == "" {
				d.keep(m.path)
				if m.status >= 500 {
					return phone.Refuse(phone.ReasonBookFailed, fmt.Sprintf("%d for one entry", m.status))
				}
				d.note("an entry of the address book cannot be read", "entry", m.path, "status", m.status)
				return nil
			}
			return d.card(ctx, m)
		})
		if err != nil {
			return err
		}
		for _, key := range part {
			if !answered[key] {
				return phone.Refuse(phone.ReasonBookFailed, "half an answer")
			}
		}
	}
	return nil
}

func (d *dav) card(ctx context.Context, m davResponse) error {
	found := 0
	err := readCards(bufio.NewReader(&newlines{r: strings.NewReader(m.data)}), func(c person) error {
		if found++; found > 1 {
			return nil // RFC 6352 5.1: an entry is one card
		}
		return d.put(ctx, phone.BookEntry{Key: m.path, Tag: m.etag, Person: c.Person, Photo: c.photo})
	}, func(_ int, why string) {
		d.note("an entry of the address book cannot be read", "entry", m.path, "why", why)
	})
	if found == 0 {
		d.keep(m.path)
	}
	return err
}
