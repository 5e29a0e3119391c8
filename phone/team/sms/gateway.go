// Package sms sends text messages through a gateway with an HTTP interface, of which a template says how it is asked.
package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team/server"
)

// Template is how a gateway is asked. {to}, {sender} and {text} stand in Body, and in the query of URL, for what is sent;
// each is escaped for its place. Headers are sent as they are: they hold what the gateway knows us by.
type Template struct {
	URL     string            `json:"url"`              // https, or http on this computer
	Method  string            `json:"method,omitempty"` // POST, PUT or GET; empty is POST
	Headers map[string]string `json:"headers,omitempty"`
	Type    string            `json:"type,omitempty"` // of Body: application/json, application/x-www-form-urlencoded, application/xml, text/xml
	Body    string            `json:"body,omitempty"`
	// Fields is what the gateway calls "id", "from", "to" and "text" in the forms that it hands texts over with.
	Fields map[string]string `json:"fields,omitempty"`
}

// Limits of a gateway's answers.
const (
	answerTime = 20 * time.Second
	maxAnswer  = 64 << 10
	longWait   = time.Minute
)

// Gateway is a gateway. It implements server.Texter.
type Gateway struct {
	t      Template
	escape func(string) string // for Body
	http   *http.Client
}

var _ server.Texter = (*Gateway)(nil)

// Read reads a template from a file of JSON.
func Read(file string) (Template, error) {
	var t Template
	data, err := os.ReadFile(file)
	if err != nil {
		return t, fmt.Errorf("read the text gateway: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return t, fmt.Errorf("read the text gateway in %s: %w", file, err)
	}
	return t, nil
}

// New makes a gateway of a template, or says what is wrong with it.
func New(t Template) (*Gateway, error) {
	if t.Method == "" {
		t.Method = http.MethodPost
	}
	g := &Gateway{t: t}
	if err := g.check(); err != nil {
		return nil, fmt.Errorf("the text gateway: %w", err)
	}
	wire := http.DefaultTransport.(*http.Transport).Clone()
	wire.MaxIdleConnsPerHost, wire.ResponseHeaderTimeout = 2, answerTime
	// A redirection would take the text, and what the gateway knows us by, elsewhere.
	g.http = &http.Client{Transport: wire, Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return g, nil
}

func (g *Gateway) check() error {
	t := g.t
	front, _, _ := strings.Cut(t.URL, "?")
	u, err := url.Parse(front)
	switch {
	case err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(front, "{}#"):
		return errors.New("url: a host, and {to}, {sender}, {text} after the question mark only")
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u.Hostname()):
	default:
		return errors.New("url: https, or http on this computer")
	}
	if strings.ContainsAny(t.URL, "\r\n\t #") {
		return errors.New("url: has blanks or a fragment")
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut}, t.Method) {
		return errors.New("method: POST, PUT or GET")
	}
	for k, v := range t.Headers {
		if strings.ContainsAny(k+v, "\r\n\x00") || k == "" || strings.EqualFold(k, "Content-Type") || strings.EqualFold(k, "Host") {
			return errors.New("headers: " + strconv.Quote(k))
		}
	}
	if t.Body != "" {
		kind, _, err := mime.ParseMediaType(t.Type)
		if g.escape = escapes[kind]; err != nil || g.escape == nil {
			return errors.New("type: application/json, application/x-www-form-urlencoded, application/xml or text/xml")
		}
		if kind == "application/json" && !json.Valid([]byte(fill(t.Body, "1", "1", "1", g.escape))) {
			return errors.New("body: is no JSON")
		}
	}
	for k := range t.Fields {
		if !slices.Contains([]string{"id", "from", "to", "text"}, k) {
			return errors.New("fields: id, from, to, text")
		}
	}
	if !strings.Contains(t.URL+t.Body, "{to}") || !strings.Contains(t.URL+t.Body, "{text}") {
		return errors.New("{to} and {text} are nowhere")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// escapes is how a value is written in a body of a kind, inside its quotation marks where it has some.
var escapes = map[string]func(string) string{
	"application/x-www-form-urlencoded": url.QueryEscape,
	"application/json": func(s string) string {
		data, err := json.Marshal(s)
		if err != nil { // a string always can be
			return ""
		}
		return string(data[1 : len(data)-1])
	},
	"application/xml": escapeXML,
	"text/xml":        escapeXML,
}

func escapeXML(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// fill is one pass: what stands in a value is never taken for a placeholder.
func fill(in, to, sender, text string, escape func(string) string) string {
	return strings.NewReplacer("{to}", escape(to), "{sender}", escape(sender), "{text}", escape(text)).Replace(in)
}

// Send implements server.Texter. Errors are *phone.Error or *server.Busy; ReasonNotConfirmed means that the gateway may
// have taken it.
func (g *Gateway) Send(ctx context.Context, sender, to, text string) error {
	where := fill(g.t.URL, to, sender, text, url.QueryEscape)
	var body io.Reader
	if g.t.Body != "" {
		body = strings.NewReader(fill(g.t.Body, to, sender, text, g.escape))
	}
	r, err := http.NewRequestWithContext(ctx, g.t.Method, where, body)
	if err != nil {
		return phone.Refuse(phone.ReasonBadTarget, "")
	}
	for k, v := range g.t.Headers {
		r.Header.Set(k, v)
	}
	if g.t.Body != "" {
		r.Header.Set("Content-Type", g.t.Type)
	}
	// A request that is repeated by itself on a broken connection would be a second text.
	r.GetBody = nil
	r.Header.Set("User-Agent", "Svara")
	resp, err := g.http.Do(r)
	if err != nil {
		return lost(err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // so that the connection can be used again; what it says we do not read
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return &server.Busy{After: after(resp)}
	case code >= 500:
		return phone.Refuse(phone.ReasonNotConfirmed, "")
	default:
		return phone.Refuse(phone.ReasonTextRefused, strconv.Itoa(code))
	}
}

// after is how long the gateway asks to wait.
func after(resp *http.Response) time.Duration {
	s, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || s < 1 {
		s = 5
	}
	return min(time.Duration(s)*time.Second, longWait)
}

// lost says whether a text that was not answered may have been taken.
func lost(err error) error {
	var op *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return phone.Refuse(phone.ReasonUnknownHost, name.Name)
	case errors.As(err, &op) && op.Op == "dial":
		return phone.Refuse(phone.ReasonRefused, "")
	}
	return phone.Refuse(phone.ReasonNotConfirmed, "")
}

// Close lets go of connections.
func (g *Gateway) Close() { g.http.CloseIdleConnections() }
