package directory

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"svara/phone"
)

// silent is the address of somebody who takes connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []net.Conn
	done := make(chan struct{})
	go func() { // ends with the listener
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			all = append(all, c)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		for _, c := range all {
			c.Close()
		}
	})
	return l.Addr().String()
}

// script is an HTTP server whose answers can be changed while it runs.
type script struct {
	*httptest.Server
	mu      sync.Mutex
	answer  http.HandlerFunc
	asked   []string // "GET /path?query"
	headers []http.Header
}

func startScript(t *testing.T, encrypted bool, answer http.HandlerFunc) *script {
	t.Helper()
	s := &script{answer: answer}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
		s.headers = append(s.headers, r.Header.Clone())
		answer := s.answer
		s.mu.Unlock()
		answer(w, r)
	})
	s.Server = httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if encrypted {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func (s *script) change(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *script) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.asked
	s.asked = nil
	return all
}

// ca is a file with the certificate of an encrypted script.
func (s *script) ca(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	raw := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func multistatus(parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusMultiStatus)
		_, _ = w.Write([]byte(`<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">` + strings.Join(parts, "") + `</D:multistatus>`))
	}
}

const (
	bookItself = `<D:response><D:href>/b/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/><C:addressbook/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
	tokenOne   = `<D:sync-token>one</D:sync-token>`
)

func listed(name, tag string) string {
	return `<D:response><D:href>/b/` + name + `.vcf</D:href><D:propstat><D:prop><D:getetag>"` + tag + `"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
}

func data(name, tag string) string {
	return strings.Replace(listed(name, tag), "</D:prop>", "<C:address-data>BEGIN:VCARD\nVERSION:3.0\nFN:"+name+"\nTEL:0812345\nEND:VCARD\n</C:address-data></D:prop>", 1)
}

// davAnswers is a server with a few entries.
func davAnswers(sync bool, names ...string) http.HandlerFunc {
	var list, cards []string
	for _, n := range names {
		list, cards = append(list, listed(n, "1")), append(cards, data(n, "1"))
	}
	return func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 64<<10)
		n, _ := r.Body.Read(body)
		text := string(body[:n])
		switch {
		case strings.Contains(text, "sync-collection") && !sync:
			http.Error(w, "no such report", http.StatusForbidden)
		case strings.Contains(text, "sync-collection"):
			multistatus(append(list, tokenOne)...)(w, r)
		case strings.Contains(text, "multiget"):
			var asked []string
			for i, n := range names {
				if strings.Contains(text, "/b/"+n+".vcf") {
					asked = append(asked, cards[i])
				}
			}
			multistatus(asked...)(w, r)
		case r.Header.Get("Depth") == "0":
			multistatus(bookItself)(w, r)
		default:
			multistatus(append([]string{bookItself}, list...)...)(w, r)
		}
	}
}

func TestCardDAVWithoutSync(t *testing.T) {
	s := startScript(t, false, davAnswers(false, "Anna", "Bo"))
	d := open(t, newShelf())
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/b/"}, "")
	d.until("c", "read", fresh)
	if d.names("c") != "Anna Bo" {
		t.Fatalf("got %q", d.names("c"))
	}
	s.questions()
	s.change(davAnswers(false, "Bo", "Cia"))
	if st := d.reads("c"); st.Count != 2 || d.names("c") != "Bo Cia" || d.puts != 3 {
		t.Errorf("%+v, %q, %d put", st, d.names("c"), d.puts)
	}
}

func TestCardDAVFaultsTakeNothingAway(t *testing.T) {
	s := startScript(t, false, davAnswers(true, "Anna", "Bo"))
	d := open(t, newShelf())
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/b/", User: "u"}, "top-secret")
	d.until("c", "read", fresh)
	body := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Depth") == "0" && r.Method == "PROPFIND" {
				multistatus(bookItself)(w, r)
				return
			}
			w.WriteHeader(http.StatusMultiStatus)
			_, _ = w.Write([]byte(text))
		}
	}
	half := `<D:multistatus xmlns:D="DAV:">` + listed("Anna", "1")
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason phone.ReasonID
	}{
		"half an answer":   {body(half), phone.ReasonBookFailed},
		"broken XML":       {body(`<D:multistatus xmlns:D="DAV:"><D:response></oops>`), phone.ReasonBookFailed},
		"entity expansion": {body(`<!DOCTYPE x [<!ENTITY a "aaaa">]><D:multistatus xmlns:D="DAV:"><D:response><D:href>&a;</D:href></D:response></D:multistatus>`), phone.ReasonBookFailed},
		"HTML":             {body("<html><body>Welcome!<br></body></html>"), phone.ReasonBookFailed},
		"wrong password":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, phone.ReasonWrongPassword},
		"server error":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, phone.ReasonBookFailed},
		"empty":            {body(`<D:multistatus xmlns:D="DAV:">` + strings.ReplaceAll(listed("Anna", "")+listed("Bo", ""), "200 OK", "404 Not Found")), phone.ReasonBookFailed},
		"all are gone": {multistatus(bookItself, `<D:response><D:href>/b/Anna.vcf</D:href><D:status>HTTP/1.1 404 Gone</D:status></D:response>`,
			`<D:response><D:href>/b/Bo.vcf</D:href><D:status>HTTP/1.1 404 Gone</D:status></D:response>`, `<D:sync-token>two</D:sync-token>`), phone.ReasonBookEmpty},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			w.WriteHeader(http.StatusMultiStatus)
			_, _ = w.Write([]byte(half))
		}, phone.ReasonBookFailed},
	} {
		s.change(c.answer)
		st := d.reads("c")
		if st.State != phone.BookFailed || st.Reason.ID != c.reason || st.Count != 2 || d.names("c") != "Anna Bo" {
			t.Errorf("%s: %v %+v, %d, %q", name, st.State, st.Reason, st.Count, d.names("c"))
		}
		s.change(davAnswers(true, "Anna", "Bo"))
		if st := d.reads("c"); st.State != phone.BookFresh || st.Count != 2 {
			t.Errorf("after %s: %+v", name, st)
		}
	}
	s.CloseClientConnections()
	s.Close()
	if st := d.reads("c"); st.Reason == nil || st.Reason.ID != phone.ReasonRefused || d.names("c") != "Anna Bo" {
		t.Errorf("server down: %+v, %q", st.Reason, d.names("c"))
	}
	if strings.Contains(d.log.String(), "top-secret") {
		t.Error("the password is in the log")
	}
}

func TestHalfAFetchKeepsWhatThereIs(t *testing.T) {
	s := startScript(t, false, davAnswers(true, "Anna", "Bo"))
	d := open(t, newShelf())
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/b/"}, "")
	d.until("c", "read", fresh)
	token := d.tokens["c"]
	s.change(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Depth") == "1" {
			multistatus(listed("Anna", "2"), listed("Bo", "2"), `<D:sync-token>two</D:sync-token>`)(w, r)
			return
		}
		if r.Method == "PROPFIND" {
			multistatus(bookItself)(w, r)
			return
		}
		multistatus(data("Anna", "2"))(w, r) // two were asked for
	})
	if st := d.reads("c"); st.State != phone.BookFailed || st.Reason.Text != "half an answer" || d.names("c") != "Anna Bo" || d.tokens["c"] != token {
		t.Errorf("%+v, %q, token %q", st.Reason, d.names("c"), d.tokens["c"])
	}
}

func TestRedirectsCarryNoPasswordElsewhere(t *testing.T) {
	other := startScript(t, false, davAnswers(true, "Eve"))
	s := startScript(t, false, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/b/", http.StatusMovedPermanently)
	})
	d := open(t, newShelf())
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/b/", User: "u"}, "top-secret")
	if st := d.until("c", "refused", failed); st.Reason.ID != phone.ReasonBookFailed || len(other.questions()) != 0 {
		t.Errorf("%+v", st.Reason)
	}
	moved := davAnswers(true, "Anna")
	s.change(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/b/") {
			moved(w, r)
			return
		}
		http.Redirect(w, r, "/b/", http.StatusMovedPermanently)
	})
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/old/", User: "u"}, "")
	d.until("c", "followed", fresh)
	if st := d.reads("c"); st.Count != 1 || d.names("c") != "Anna" {
		t.Errorf("%+v, %q", st, d.names("c"))
	}
}

func TestCertificates(t *testing.T) {
	s := startScript(t, true, davAnswers(true, "Anna", "Bo"))
	d := open(t, newShelf())
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/b/"}, "")
	if st := d.until("c", "refused", failed); st.Reason.ID != phone.ReasonUntrusted || st.Reason.Text == "" {
		t.Errorf("%+v", st.Reason)
	}
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: s.URL + "/b/", CAFile: s.ca(t)}, "")
	d.until("c", "read", fresh)
	d.put(phone.Book{ID: "l", Kind: phone.BookLDAP, Address: "ldaps://" + s.Listener.Addr().String()}, "")
	if st := d.until("l", "refused", failed); st.Reason.ID != phone.ReasonUntrusted {
		t.Errorf("%+v", st.Reason)
	}
}

func TestUnknownHost(t *testing.T) {
	d := open(t, newShelf())
	d.put(phone.Book{ID: "c", Kind: phone.BookCardDAV, Address: "https://nobody.invalid/"}, "")
	d.put(phone.Book{ID: "l", Kind: phone.BookLDAP, Address: "ldap://nobody.invalid"}, "")
	for _, id := range []phone.BookID{"c", "l"} {
		if st := d.until(id, "refused", failed); st.Reason.ID != phone.ReasonUnknownHost || st.Reason.Text != "nobody.invalid" {
			t.Errorf("%s: %+v", id, st.Reason)
		}
	}
}

func TestAnswersThatStop(t *testing.T) {
	release := make(chan struct{})
	s := startScript(t, false, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusMultiStatus)
		_, _ = w.Write([]byte(`<D:multistatus xmlns:D="DAV:">` + listed("Anna", "1")))
		w.(http.Flusher).Flush()
		<-release
	})
	defer close(release)
	client, err := newClient(phone.Book{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	d, err := newDAV(&reading{book: phone.Book{Address: s.URL}, client: client})
	if err != nil {
		t.Fatal(err)
	}
	d.patience = 50 * time.Millisecond
	found := 0
	_, err = d.propfind(t.Context(), "/b/", "1", func(davResponse) error { found++; return nil })
	if found != 1 || err == nil || reasonOf(err).ID != phone.ReasonNoReply {
		t.Errorf("%d entries, %v", found, err)
	}
}

func TestEndlessAnswers(t *testing.T) {
	answer := func(parts ...string) (found int, err error) {
		text := `<D:multistatus xmlns:D="DAV:">` + strings.Join(parts, "") + `</D:multistatus>`
		_, err = parseMultistatus(&limited{r: iotest.OneByteReader(strings.NewReader(text)), most: 8 << 10, left: 8 << 10}, func(davResponse) error {
			found++
			return nil
		})
		return found, err
	}
	small := slices.Repeat([]string{listed("Anna", "1")}, 200)
	if found, err := answer(small...); found != 200 || err != nil {
		t.Errorf("a long answer of small parts: %d, %v", found, err)
	}
	if found, err := answer(small[0], listed(strings.Repeat("x", 20<<10), "1"), small[0]); found != 1 || !errors.Is(err, errTooLong) {
		t.Errorf("a large part: %d, %v", found, err)
	}
}

func TestWhatIsNoLDAP(t *testing.T) {
	s := startScript(t, false, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	d := open(t, newShelf())
	d.put(phone.Book{ID: "l", Kind: phone.BookLDAP, Address: "ldap://" + s.Listener.Addr().String(), User: "cn=x"}, "top-secret")
	if st := d.until("l", "refused", failed); st.Reason.ID != phone.ReasonBookFailed {
		t.Errorf("%+v", st.Reason)
	}
	d.put(phone.Book{ID: "m", Kind: phone.BookLDAP, Address: "ldap://" + s.Listener.Addr().String(), User: "cn=x", StartTLS: true}, "top-secret")
	if st := d.until("m", "refused", failed); st.Reason.ID == phone.ReasonWrongPassword {
		t.Errorf("%+v", st.Reason)
	}
	if strings.Contains(d.log.String(), "top-secret") {
		t.Error("the password is in the log")
	}
}
