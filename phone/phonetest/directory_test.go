package phonetest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/directory"
	"svara/phone/numbers"
	"svara/phone/phonetest"
	"svara/store"
)

// library is the address books' service with the real store, as the phone has it.
type library struct {
	*directory.Service
	t     testing.TB
	store *store.Store
	log   *strings.Builder // of the service; read after Close
}

func openLibrary(t testing.TB) *library {
	t.Helper()
	dir := t.TempDir()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	s, told, err := store.Open(t.Context(), dir, quiet)
	if err != nil || len(told) > 0 {
		t.Fatalf("%v, %v", told, err)
	}
	s.SetNumberPlan(numbers.Plan{Region: "SE", Area: "08"})
	l := &library{t: t, store: s, log: &strings.Builder{}}
	l.Service = directory.New(directory.Options{Store: s, Secrets: memory{}, Log: slog.New(slog.NewTextHandler(l.log, nil))})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := l.Close(ctx); err != nil {
			t.Errorf("the address books did not stop: %v", err)
		}
		for _, secret := range []string{phonetest.SlapdPassword, "pw-anna", "wrong-one"} {
			if strings.Contains(l.log.String(), secret) {
				t.Errorf("a password is in the log:\n%s", l.log)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// memory is the passwords. The service asks for them from one goroutine at a time in these tests.
type memory map[phone.AccountID]phone.Secret

func (m memory) Get(id phone.AccountID) (phone.Secret, error) {
	if secret, ok := m[id]; ok {
		return secret, nil
	}
	return "", phone.Refuse(phone.ReasonSecretLost, string(id))
}
func (m memory) Put(id phone.AccountID, secret phone.Secret) error { m[id] = secret; return nil }
func (m memory) Remove(id phone.AccountID) error                   { delete(m, id); return nil }

// until waits for a status of the only book.
func (l *library) until(what string, ok func(phone.BookStatus) bool) phone.BookStatus {
	l.t.Helper()
	end := time.After(60 * time.Second)
	for {
		for _, st := range l.Status() {
			if ok(st) {
				return st
			}
		}
		select {
		case <-l.Changed():
		case <-end:
			l.t.Fatalf("%s: not in time: %+v", what, l.Status())
		}
	}
}

// connect puts a book and waits until it has been read with these settings.
func (l *library) connect(b phone.Book, secret phone.Secret) phone.BookStatus {
	l.t.Helper()
	l.Put(b, secret)
	return l.until("read", func(st phone.BookStatus) bool {
		return st.Name == b.Name && (st.State == phone.BookFresh || st.State == phone.BookFailed)
	})
}

// again reads the book again.
func (l *library) again() phone.BookStatus {
	l.t.Helper()
	before := l.Status()[0]
	l.Read("")
	return l.until("read again", func(st phone.BookStatus) bool {
		return (st.State == phone.BookFresh || st.State == phone.BookFailed) && (!st.Read.Equal(before.Read) || !st.Next.Equal(before.Next))
	})
}

// finds is the names found for a text.
func (l *library) finds(text string) string {
	l.t.Helper()
	result, err := l.store.Search(l.t.Context(), phone.SearchQuery{Text: text})
	if err != nil {
		l.t.Fatal(err)
	}
	var names []string
	for _, h := range result.Hits {
		names = append(names, h.Person.Label())
	}
	return strings.Join(names, ", ")
}

func (l *library) count() int {
	l.t.Helper()
	state, err := l.store.PeopleState(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return state.Count
}

func failedWith(t *testing.T, what string, st phone.BookStatus, want phone.ReasonID) {
	t.Helper()
	if st.State != phone.BookFailed || st.Reason == nil || st.Reason.ID != want {
		t.Errorf("%s: %s %+v", what, st.State, st.Reason)
	}
}

func TestLDAPDirectory(t *testing.T) {
	const many = 1200
	d := phonetest.StartSlapd(t, many)
	l := openLibrary(t)
	b := phone.Book{
		ID: "company", Name: "one", Kind: phone.BookLDAP, Address: d.Address, User: phonetest.SlapdReader, StartTLS: true, CAFile: d.CA, Colleagues: true,
		Attributes: map[string]string{"skills": "employeeType"},
	}
	// The base is empty: the directory says itself what it holds. It gives 200 entries at most to who does not page.
	if st := l.connect(b, phonetest.SlapdPassword); st.State != phone.BookFresh || st.Count != many || l.count() != many {
		t.Fatalf("%+v %v, %d people", st, st.Reason, l.count())
	}
	found, err := l.store.Match(t.Context(), "+468555 0711")
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	p := found[0]
	if p.Name != "Person 711" || p.Line() != "1711" || !p.Colleague || p.Title != "Tekniker" || p.Company != "Exempel AB" || p.Department != "Avd 4" ||
		fmt.Sprint(p.Skills, p.Emails) != "[svets] [p711@example.se]" {
		t.Errorf("got %+v", p)
	}

	d.Change("dn: uid=p0,ou=people," + phonetest.SlapdBase + "\nchangetype: delete\n\n" +
		"dn: uid=p1,ou=people," + phonetest.SlapdBase + "\nchangetype: modrdn\nnewrdn: uid=bo\ndeleteoldrdn: 1\n\n" +
		"dn: uid=bo,ou=people," + phonetest.SlapdBase + "\nchangetype: modify\nreplace: cn\ncn: Bo Ek\n\n")
	key := func() phone.PersonID {
		found, err := l.store.Match(t.Context(), "08-5550001")
		if err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
		return found[0].ID
	}
	before := key()
	if st := l.again(); st.State != phone.BookFresh || st.Count != many-1 || l.finds("bo ek") != "Bo Ek" {
		t.Errorf("%+v %v, %q", st.State, st.Reason, l.finds("bo ek"))
	}
	if after := key(); after != before {
		t.Errorf("a renamed entry is another person: %s, was %s", after, before)
	}

	// Whatever goes wrong, nobody is lost.
	wrong := b
	for i, c := range []struct {
		name   string
		change func(*phone.Book)
		secret phone.Secret
		reason phone.ReasonID
	}{
		{"a wrong password", func(*phone.Book) {}, "wrong-one", phone.ReasonWrongPassword},
		{"no certificate that is trusted", func(b *phone.Book) { b.CAFile = "" }, phonetest.SlapdPassword, phone.ReasonUntrusted},
		{"ldaps, likewise", func(b *phone.Book) { b.Address, b.CAFile = d.Secure, "" }, phonetest.SlapdPassword, phone.ReasonUntrusted},
		{"a base that is not there", func(b *phone.Book) { b.Base = "dc=other,dc=se" }, phonetest.SlapdPassword, phone.ReasonBookFailed},
		{"a filter that is none", func(b *phone.Book) { b.Filter = "(&(cn=" }, phonetest.SlapdPassword, phone.ReasonBadBook},
		{"nobody fits", func(b *phone.Book) { b.Filter = "(cn=nobody)" }, phonetest.SlapdPassword, phone.ReasonBookEmpty},
	} {
		wrong = b
		wrong.Name = fmt.Sprint("wrong ", i)
		c.change(&wrong)
		failedWith(t, c.name, l.connect(wrong, c.secret), c.reason)
		if l.count() != many-1 {
			t.Errorf("%s: %d people are left", c.name, l.count())
		}
	}
	b.Name, b.Address, b.StartTLS = "right", d.Secure, false
	if st := l.connect(b, phonetest.SlapdPassword); st.State != phone.BookFresh || st.Count != many-1 {
		t.Errorf("by ldaps: %+v %v", st, st.Reason)
	}
	d.End(5 * time.Second)
	failedWith(t, "the directory is down", l.again(), phone.ReasonRefused)
	if l.count() != many-1 || l.finds("bo ek") != "Bo Ek" {
		t.Errorf("%d people, %q", l.count(), l.finds("bo ek"))
	}
	d.Restart()
	if st := l.again(); st.State != phone.BookFresh || st.Count != many-1 {
		t.Errorf("up again: %+v %v", st, st.Reason)
	}
}

func cardOf(uid, name, number string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + name + " Berg\r\nN:Berg;" + name + ";;;\r\nTEL;TYPE=WORK:" + number + "\r\nEND:VCARD\r\n"
}

func TestCardDAVAddressBook(t *testing.T) {
	d := phonetest.StartRadicale(t)
	for i, name := range []string{"Anna", "Bo", "Cia"} {
		d.PutCard(name, cardOf(name, name, fmt.Sprintf("08-555000%d", i)))
	}
	l := openLibrary(t)
	b := phone.Book{ID: "dav", Name: "one", Kind: phone.BookCardDAV, Address: d.Address, User: "anna"}
	if st := l.connect(b, "pw-anna"); st.State != phone.BookFresh || st.Count != 3 || l.finds("berg") != "Anna Berg, Bo Berg, Cia Berg" {
		t.Fatalf("%+v %v, %q", st, st.Reason, l.finds("berg"))
	}
	token := func() string {
		token, err := l.store.BookToken(t.Context(), "dav")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	first := token()
	if !strings.Contains(first, "sync") {
		t.Errorf("no sync token was kept: %q", first)
	}

	d.PutCard("Dan", cardOf("Dan", "Dan", "08-5550009"))
	d.PutCard("Bo", cardOf("Bo", "Bosse", "08-5550001"))
	d.DeleteCard("Anna")
	if st := l.again(); st.State != phone.BookFresh || st.Count != 3 || l.finds("berg") != "Bosse Berg, Cia Berg, Dan Berg" || token() == first {
		t.Errorf("%+v %v, %q", st, st.Reason, l.finds("berg"))
	}

	d.ForgetTokens()
	d.DeleteCard("Cia")
	d.PutCard("Eva", cardOf("Eva", "Eva", "08-5550010"))
	if st := l.again(); st.State != phone.BookFresh || st.Count != 3 || l.finds("berg") != "Bosse Berg, Dan Berg, Eva Berg" {
		t.Errorf("with a token that is not known: %+v %v, %q", st, st.Reason, l.finds("berg"))
	}

	b.Name = "wrong"
	failedWith(t, "a wrong password", l.connect(b, "wrong-one"), phone.ReasonWrongPassword)
	b.Name = "right"
	if st := l.connect(b, "pw-anna"); st.State != phone.BookFresh || st.Count != 3 {
		t.Errorf("%+v %v", st, st.Reason)
	}
	d.End(5 * time.Second)
	failedWith(t, "the server is down", l.again(), phone.ReasonRefused)
	if l.count() != 3 {
		t.Errorf("%d people are left", l.count())
	}
	d.Restart()
	for _, name := range []string{"Bo", "Dan", "Eva"} {
		d.DeleteCard(name)
	}
	failedWith(t, "everybody is gone", l.again(), phone.ReasonBookEmpty)
	if l.count() != 3 {
		t.Errorf("%d people are left", l.count())
	}
	if st := l.again(); st.State != phone.BookFresh || st.Count != 0 || l.count() != 0 {
		t.Errorf("gone the second time: %+v %v, %d people", st, st.Reason, l.count())
	}
	b.Name, b.Address = "the book itself", d.Address+"anna/people/"
	d.PutCard("Fia", cardOf("Fia", "Fia", "08-5550011"))
	if st := l.connect(b, ""); st.State != phone.BookFresh || l.finds("berg") != "Fia Berg" {
		t.Errorf("by its own address: %+v %v, %q", st, st.Reason, l.finds("berg"))
	}
}

// Many people of a file, as a book and as contacts; how long each takes is in the log.
func TestManyPeopleOfAFile(t *testing.T) {
	l := openLibrary(t)
	const many, contacts = 5000, 500
	timed := func(what string, do func()) {
		started := time.Now()
		do()
		t.Logf("%s: %v", what, time.Since(started))
	}
	path := invite(t, many)
	timed("as a book", func() {
		if st := l.connect(phone.Book{ID: "file", Kind: phone.BookFile, Address: path}, ""); st.State != phone.BookFresh || st.Count != many {
			t.Fatalf("%+v %v", st, st.Reason)
		}
	})
	revision := func() uint64 {
		state, err := l.store.PeopleState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return state.Revision
	}
	before := revision()
	timed("again", func() {
		if st := l.again(); st.State != phone.BookFresh || st.Count != many || revision() != before {
			t.Fatalf("%+v %v", st, st.Reason)
		}
	})
	path = invite(t, contacts)
	timed("as contacts", func() {
		if result, err := l.Import(t.Context(), path); err != nil || result.Added != contacts {
			t.Fatalf("%+v, %v", result, err)
		}
	})
	timed("as contacts again", func() {
		if result, err := l.Import(t.Context(), path); err != nil || result.Same != contacts {
			t.Fatalf("%+v, %v", result, err)
		}
	})
	out := filepath.Join(t.TempDir(), "out.vcf")
	timed("written", func() {
		if n, err := l.Export(t.Context(), out); err != nil || n != contacts {
			t.Fatalf("%d, %v", n, err)
		}
	})
	if result, err := l.Import(t.Context(), out); err != nil || result.Same != contacts {
		t.Errorf("what was written is not known again: %+v, %v", result, err)
	}
}

// invite writes a table of people.
func invite(t *testing.T, many int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Namn;Företag;Mobil;Telefon arbete;E-post\n")
	for i := range many {
		fmt.Fprintf(&b, "%s %s;Företag %d;070-%07d;08-%06d;p%d@example.se\n", invented(i*7919), invented(i*104729+5), i%900, i, i, i)
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// invented is a name of three syllables; numbers far apart have different ones.
func invented(n int) string {
	syllables := []string{"an", "ber", "ce", "da", "er", "fri", "gun", "hå", "i", "jo", "kar", "lin", "ma", "nil", "os", "per", "ro", "sten", "tu", "ul", "vik", "yn", "ås", "äl", "öst"}
	name := syllables[n%25] + syllables[n/25%25] + syllables[n/625%25]
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
