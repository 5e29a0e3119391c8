package sms

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team/server"
)

// nasty is what tries to get out of its place.
const nasty = "\"}, \"to\": \"+46900\" & &to=1</text><to>{to}{sender}\r\nX-Evil: 1\\ åäö €"

func gateway(t *testing.T, tmpl Template, h http.HandlerFunc) *Gateway {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	tmpl.URL = web.URL + tmpl.URL
	g, err := New(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// What is sent stays in its place, whatever it is.
func TestEverythingStaysInItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		t    Template
		read func(r *http.Request, body []byte) (to, sender, text string, err error)
	}{
		"form": {Template{URL: "/send", Type: "application/x-www-form-urlencoded", Body: "from={sender}&to={to}&message={text}"},
			func(_ *http.Request, b []byte) (string, string, string, error) {
				v, err := url.ParseQuery(string(b))
				if len(v) != 3 {
					err = errors.New("more fields")
				}
				return v.Get("to"), v.Get("from"), v.Get("message"), err
			}},
		"json": {Template{URL: "/send", Type: "application/json", Body: `{"to":["{to}"],"from":"{sender}","body":"{text}"}`},
			func(_ *http.Request, b []byte) (string, string, string, error) {
				var v struct {
					To         []string
					From, Body string
				}
				err := json.Unmarshal(b, &v)
				return strings.Join(v.To, "|"), v.From, v.Body, err
			}},
		"xml": {Template{URL: "/send", Type: "text/xml; charset=utf-8", Body: `<sms><to>{to}</to><from>{sender}</from><text>{text}</text></sms>`},
			func(_ *http.Request, b []byte) (string, string, string, error) {
				var v struct {
					To   []string `xml:"to"`
					From string   `xml:"from"`
					Text string   `xml:"text"`
				}
				err := xml.Unmarshal(b, &v)
				return strings.Join(v.To, "|"), v.From, v.Text, err
			}},
		"query": {Template{URL: "/send?to={to}&from={sender}&text={text}", Method: "GET"},
			func(r *http.Request, _ []byte) (string, string, string, error) {
				v := r.URL.Query()
				return v.Get("to"), v.Get("from"), v.Get("text"), nil
			}},
	} {
		c.t.Headers = map[string]string{"Authorization": "Bearer secret"}
		g := gateway(t, c.t, func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			to, sender, text, err := c.read(r, body)
			if err != nil || to != "+46701740605" || sender != "Ekdal{to}" || text != nasty || r.Header.Get("X-Evil") != "" || r.Header.Get("Authorization") != "Bearer secret" || r.URL.Path != "/send" {
				t.Errorf("%s: %q %q %q, %v of %s %s", name, to, sender, text, err, r.URL, body)
			}
		})
		if err := g.Send(t.Context(), "Ekdal{to}", "+46701740605", nasty); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the text went elsewhere") }))
	defer elsewhere.Close()
	tmpl := Template{URL: "/", Type: "application/json", Body: `{"to":"{to}","text":"{text}"}`}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want phone.ReasonID
	}{
		"taken":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) }, ""},
		"nonsense": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>\x00")) }, ""},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		}, ""},
		"refused":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, phone.ReasonTextRefused},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, phone.ReasonTextRefused},
		"fails":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, phone.ReasonNotConfirmed},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, phone.ReasonNotConfirmed},
	} {
		err := gateway(t, tmpl, c.h).Send(t.Context(), "", "+46701740605", "x")
		if c.want == "" && err != nil || c.want != "" && phone.ReasonOf(err).ID != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	var busy *server.Busy
	err := gateway(t, tmpl, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "999999")
		w.WriteHeader(429)
	}).Send(t.Context(), "", "+46701740605", "x")
	if !errors.As(err, &busy) || busy.After != time.Minute {
		t.Errorf("busy: %v", err)
	}
	// One that does not answer is given up, and may have taken it.
	ctx, cancel := context.WithCancel(t.Context())
	g := gateway(t, tmpl, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		cancel()
		<-r.Context().Done()
	})
	if err := g.Send(ctx, "", "+46701740605", "x"); phone.ReasonOf(err).ID != phone.ReasonNotConfirmed {
		t.Errorf("slow: %v", err)
	}
	nobody := httptest.NewServer(nil)
	nobody.Close()
	tmpl.URL = nobody.URL
	g, err = New(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Send(t.Context(), "", "1", "x"); phone.ReasonOf(err).ID != phone.ReasonRefused {
		t.Errorf("nobody there: %v", err)
	}
}

func TestTemplatesThatAreNone(t *testing.T) {
	ok := Template{URL: "https://sms.example.com/send?k=1", Type: "application/json", Body: `{"to":"{to}","text":"{text}"}`}
	if _, err := New(ok); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Template){
		"in clear":           func(t *Template) { t.URL = "http://sms.example.com/" },
		"another scheme":     func(t *Template) { t.URL = "file:///etc/passwd" },
		"no host":            func(t *Template) { t.URL = "https:///x" },
		"host chosen":        func(t *Template) { t.URL = "https://{to}.example.com/" },
		"path chosen":        func(t *Template) { t.URL = "https://sms.example.com/{to}" },
		"password in URL":    func(t *Template) { t.URL = "https://a:b@sms.example.com/" },
		"method":             func(t *Template) { t.Method = "DELETE" },
		"header with a line": func(t *Template) { t.Headers = map[string]string{"X": "a\r\nY: b"} },
		"type":               func(t *Template) { t.Type = "text/plain" },
		"no JSON":            func(t *Template) { t.Body = `{"to":"{to}","text":"{text}"` },
		"text nowhere":       func(t *Template) { t.Body = `{"to":"{to}"}` },
		"field":              func(t *Template) { t.Fields = map[string]string{"password": "x"} },
	} {
		bad := ok
		change(&bad)
		if _, err := New(bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
