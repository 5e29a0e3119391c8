package directory

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

const people = "Namn;Telefon\nAnna;08-123 456\nBo;08-123 457\n"

func TestFileIsReadAgainWhenItChanges(t *testing.T) {
	d := open(t, newShelf())
	path := file(t, "people.csv", people)
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path, Colleagues: true}, "")
	st := d.until("f", "read", fresh)
	if st.Count != 2 || d.names("f") != "Anna Bo" || st.Read.IsZero() || !st.Next.After(st.Read) {
		t.Errorf("%+v, %q", st, d.names("f"))
	}
	// As editors do: a new file takes the old one's place.
	if err := os.WriteFile(path+"~", []byte(people+"Cia;08-123 458\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
	d.until("f", "read the new file", func(st phone.BookStatus) bool { return st.Count == 3 })
	if d.puts != 3 {
		t.Errorf("%d entries were put, though two of them had not changed", d.puts)
	}
	if err := os.WriteFile(path, []byte("Namn;Telefon\nAnna;08-123 456\nCia;08-999 999\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.until("f", "read the shorter file", func(st phone.BookStatus) bool { return st.Count == 2 })
	if d.names("f") != "Anna Cia" || d.puts != 4 {
		t.Errorf("%q after %d", d.names("f"), d.puts)
	}
}

func TestFailuresTakeNothingAway(t *testing.T) {
	d := open(t, newShelf())
	path := file(t, "people.csv", people)
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path}, "")
	d.until("f", "read", fresh)
	for content, reason := range map[string]phone.ReasonID{"no table at all\n": phone.ReasonBadFile, "": phone.ReasonBadFile, "Namn;Telefon\n": phone.ReasonBookEmpty} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		st := d.until("f", string(reason), func(st phone.BookStatus) bool { return st.Reason != nil && st.Reason.ID == reason })
		if st.State != phone.BookFailed || st.Count != 2 || d.names("f") != "Anna Bo" {
			t.Errorf("%q: %+v, %q", content, st, d.names("f"))
		}
		if err := os.WriteFile(path, []byte(people), 0o600); err != nil {
			t.Fatal(err)
		}
		d.until("f", "well again", fresh)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	st := d.until("f", "gone", failed)
	if st.Reason.ID != phone.ReasonBadFile || strings.Contains(st.Reason.Text, path) || d.names("f") != "Anna Bo" {
		t.Errorf("%v, %q", st.Reason, d.names("f"))
	}
}

func TestSuddenEmptinessIsBelievedTheSecondTime(t *testing.T) {
	d := open(t, newShelf())
	path := file(t, "people.csv", people)
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path}, "")
	d.until("f", "read", fresh)
	if err := os.WriteFile(path, []byte("Namn;Telefon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.until("f", "empty", func(st phone.BookStatus) bool { return st.Reason != nil && st.Reason.ID == phone.ReasonBookEmpty })
	if d.names("f") != "Anna Bo" {
		t.Errorf("kept %q", d.names("f"))
	}
	if st := d.reads("f"); st.State != phone.BookFresh || st.Count != 0 || d.names("f") != "" {
		t.Errorf("%+v, %q", st, d.names("f"))
	}
}

func TestPutChangesAndRemoveForgets(t *testing.T) {
	s := newShelf()
	d := open(t, s)
	b := phone.Book{ID: "f", Kind: phone.BookFile, Address: file(t, "a.csv", people)}
	d.put(b, "password")
	d.until("f", "read", fresh)
	b.Address = file(t, "b.csv", "Namn;Telefon\nCia;08-1\nDan;08-2\n")
	d.put(b, "")
	d.until("f", "read the other", func(st phone.BookStatus) bool { return fresh(st) && st.Address == b.Address })
	if d.names("f") != "Cia Dan" {
		t.Errorf("got %q", d.names("f"))
	}
	if secret, err := s.Get("book/f"); err != nil || secret.Reveal() != "password" {
		t.Errorf("an empty password replaced the stored one: %v", err)
	}
	d.Service.Remove("f")
	for len(d.Status()) > 0 {
		<-d.Changed()
	}
	for done := false; !done; { // the status goes first
		s.mu.Lock()
		done = len(s.books)+len(s.secrets)+len(s.entries) == 0
		s.mu.Unlock()
	}
}

func TestBadBooksTellWhatIsWrong(t *testing.T) {
	d := open(t, newShelf())
	for id, c := range map[phone.BookID]struct {
		book  phone.Book
		field string
	}{
		"a": {phone.Book{Kind: "paper", Address: "x"}, "kind"},
		"b": {phone.Book{Kind: phone.BookFile}, "address"},
		"c": {phone.Book{Kind: phone.BookGoogle}, "client_id"},
		"d": {phone.Book{Kind: phone.BookLDAP, Address: "http://x"}, "address"},
		"e": {phone.Book{Kind: phone.BookLDAP, Address: "ldap://127.0.0.1:1", Attributes: map[string]string{"shoe": "size"}}, "attributes: shoe"},
		"f": {phone.Book{Kind: phone.BookCardDAV, Address: "ftp://x/"}, "address"},
		"g": {phone.Book{Kind: phone.BookCardDAV, Address: "https://user:pw@x/"}, "address"},
		"h": {phone.Book{Kind: phone.BookMicrosoft, ClientID: "x", Address: "http://graph.example.com"}, "address"},
		"i": {phone.Book{Kind: phone.BookCardDAV, Address: "https://x/", CAFile: file(t, "ca.pem", "none")}, "ca_file: no certificate in it"},
	} {
		c.book.ID = id
		d.put(c.book, "")
		st := d.until(id, "refused", failed)
		if *st.Reason != (phone.Reason{ID: phone.ReasonBadBook, Text: c.field}) || !st.Next.IsZero() {
			t.Errorf("%s: %+v, next %v", id, st.Reason, st.Next)
		}
	}
}

func TestBackoff(t *testing.T) {
	within := func(d, want time.Duration) bool { return d >= want*9/10 && d <= want*11/10 }
	for failures, want := range map[int]time.Duration{0: time.Minute, 1: 2 * time.Minute, 3: 8 * time.Minute, 6: time.Hour, 1000: time.Hour} {
		if got := backoff(failures); !within(got, want) {
			t.Errorf("after %d failures %v", failures, got)
		}
	}
	w := &worker{s: &Service{backoff: backoff}, book: phone.Book{Minutes: 30}}
	if got := w.patience(phone.ReasonWrongPassword); !within(got, 30*time.Minute) {
		t.Errorf("a wrong password is tried again after %v", got)
	}
	if w.patience(phone.ReasonConsent) != 0 || !within(w.patience(phone.ReasonNoReply), time.Minute) {
		t.Error("consent, or no reply")
	}
	w.failures = 9
	if got := w.patience(phone.ReasonNoReply); !within(got, 30*time.Minute) {
		t.Errorf("a longer wait than between two readings: %v", got)
	}
}

func TestReasons(t *testing.T) {
	for want, err := range map[phone.ReasonID]error{
		phone.ReasonNoReply: fmt.Errorf("x: %w", context.DeadlineExceeded), phone.ReasonBookFailed: errors.New("odd"), phone.ReasonConsent: phone.Refuse(phone.ReasonConsent, ""),
	} {
		if got := reasonOf(err); got.ID != want {
			t.Errorf("%v is %v", err, got)
		}
	}
	if got := reasonOf(errors.New(strings.Repeat("å\n", 500))); len([]rune(got.Text)) > 200 || strings.Contains(got.Text, "\n") {
		t.Errorf("text of %d", len(got.Text))
	}
}

// A hundred thousand entries reach the store in batches, and reading them again costs it nothing.
func TestManyEntriesInBatches(t *testing.T) {
	var b strings.Builder
	b.WriteString("Namn;Telefon\n")
	const n = 12000
	for i := range n {
		fmt.Fprintf(&b, "Person %d;08-%07d\n", i, i)
	}
	path := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newShelf()
	d := open(t, s)
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path}, "")
	if st := d.until("f", "read", fresh); st.Count != n || s.largest != batch || s.puts != n {
		t.Errorf("%d entries, at most %d at a time, %d put", st.Count, s.largest, s.puts)
	}
	if st := d.reads("f"); st.Count != n || s.puts != n {
		t.Errorf("again: %d entries, %d put", st.Count, s.puts)
	}
}

func TestCloseEndsAReading(t *testing.T) {
	s := newShelf()
	d := New(Options{Store: s, Secrets: s})
	d.Put(phone.Book{ID: "x", Kind: phone.BookLDAP, Address: "ldap://" + silent(t)}, "")
	<-d.Changed()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Error(err)
	}
	d.Read("")
	d.Put(phone.Book{ID: "y"}, "")
}

// TestUnchangedFileIsNotRead changes a file behind the back of its size and time.
func TestUnchangedFileIsNotRead(t *testing.T) {
	d := open(t, newShelf())
	path := file(t, "people.csv", "Namn;Telefon\nAnna;1111\n")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path}, "")
	d.until("f", "read", fresh)
	d.Service.halt("f") // so that nobody watches the file
	if err := os.WriteFile(path, []byte("Namn;Telefon\nBeda;1111\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path}, "")
	if st := d.until("f", "looked at", fresh); st.Count != 1 || d.names("f") != "Anna" {
		t.Errorf("%+v, %q", st, d.names("f"))
	}
	d.Service.halt("f")
	if err := os.Chtimes(path, time.Time{}, info.ModTime().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	d.put(phone.Book{ID: "f", Kind: phone.BookFile, Address: path}, "")
	if st := d.until("f", "read again", fresh); st.Count != 1 || d.names("f") != "Beda" {
		t.Errorf("%+v, %q", st, d.names("f"))
	}
}
