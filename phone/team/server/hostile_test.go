package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"svara/phone"
	"svara/phone/team"
)

// hostile is texts that somebody may hope to reach a database, a header, an exchange, a file or a page with.
var hostile = []string{
	"'; DROP TABLE items; --", `" OR ""="`, "x\r\nSet-Cookie: a=b", "x\r\nAction: Command\r\nCommand: core stop now", "a\x00b", "../../../etc/passwd", `..\..\x`, "<script>alert(1)</script>",
	"{{.Token}}", "%s%n", "\u202egpj.exe", strings.Repeat("å", 20000), "-1", " ",
}

// operations are the operations of the API's file, with the route that serves each: the file and the table have the same.
func (d *desk) operations(f func(r route, op *openapi3.Operation)) {
	d.t.Helper()
	left := map[string]route{}
	for _, r := range d.s.routes() {
		left[r.Method+" "+r.Path] = r
	}
	paths := spec().Paths.Map()
	var names []string
	for name := range paths {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for method, op := range paths[name].Operations() {
			r, ok := left[method+" "+name]
			if !ok {
				d.t.Errorf("%s %s is in the file only", method, name)
				continue
			}
			delete(left, method+" "+name)
			f(r, op)
		}
	}
	for at := range left {
		d.t.Errorf("%s is not in the file", at)
	}
}

// keyFor is a token that opens a route.
func (d *desk) keyFor(r route) string {
	switch {
	case r.Open:
		return ""
	case r.Door != "":
		return d.key(r.Door, "support")
	}
	return d.tokens["root"]
}

// Every operation of the file that has a body refuses what is none, and takes nothing of it; what is wrong in one field is
// refused or kept as text. None of it is a fault of the server.
func TestEveryBody(t *testing.T) {
	d := newDesk(t)
	entry := d.entry()
	d.victim()
	d.message(team.Message{ID: "cb1", Kind: phone.GroupCallback, Group: "support", Direction: phone.Incoming})
	n, waves := 0, 0
	d.operations(func(r route, op *openapi3.Operation) {
		if (op.RequestBody != nil) != (r.In != nil || r.Wave) {
			t.Errorf("%s: the file and the table differ on whether there is a body", r.Op)
		}
		key, at := d.keyFor(r), path(r, entry)
		if r.Wave {
			waves++
			d.noWave(r, key, at)
		}
		if r.In == nil {
			return
		}
		n++
		ask := func(body string) said {
			t.Helper()
			d.clock.pass(gateBurst * 3 * 1e9) // those without a token, and doors, are slow on purpose
			return d.with(key, r.Method, at, body)
		}
		for name, c := range map[string]struct {
			body   string
			status int
		}{
			"nothing": {"", 400}, "not JSON": {"hello", 400}, "half": {`{"`, 400}, "a list": {"[]", 400}, "a number": {"7", 400}, "two values": {"{}{}", 400}, "a field nobody knows": {`{"\u0000svara":1}`, 400},
			"bad UTF-8": {"{\"\xff\":1}", 400}, "too deep": {strings.Repeat(`{"a":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1), 400},
			"large": {`{"x":"` + strings.Repeat("a", maxBody) + `"}`, 413}, "deep and large": {strings.Repeat("[", 2*maxBody), 413},
		} {
			if a := ask(c.body); a.status != c.status || a.code() == "" {
				t.Errorf("%s, %s: %d %.200s, want %d", r.Op, name, a.status, a.body, c.status)
			}
		}
		q, _ := http.NewRequest(r.Method, d.web.URL+"/api/v1/"+at, strings.NewReader("<x/>"))
		q.Header.Set("Content-Type", "text/xml")
		if key != "" {
			q.Header.Set("Authorization", "Bearer "+key)
		}
		d.clock.pass(gateBurst * 3 * 1e9)
		if a := d.send(q); a.status != http.StatusUnsupportedMediaType {
			t.Errorf("%s, XML: %d %s", r.Op, a.status, a.body)
		}
		if r.Op == "changePassword" { // whose wrong ones are counted: TestLockedOut
			return
		}
		for _, body := range bodies(op.RequestBody.Value.Content.Get("application/json").Schema.Value, 0) {
			a := ask(body)
			if a.status >= 500 && a.code() != team.CodeUnavailable || a.status != 200 && a.code() == "" || len(a.head.Values("Set-Cookie")) != 0 {
				t.Errorf("%s, %.200s: %d %v %.200s", r.Op, body, a.status, a.head, a.body)
			}
		}
	})
	if n < 20 || waves < 2 {
		t.Errorf("%d operations with a body, %d with a sound", n, waves)
	}
	// All is there still, and nobody has come to rights.
	if me := read[team.Me](t, d.do("root", "GET", "me", nil)); me.Person.ID != "root" {
		t.Errorf("%+v", me)
	}
	for _, who := range []team.PersonID{"us", "none", "out"} {
		if p, _ := d.s.board.who(who); len(p.Groups) != len(folk[who]) {
			t.Errorf("%s has %v", who, p.Groups)
		}
	}
}

// noWave sends what is no sound to an operation that takes one.
func (d *desk) noWave(r route, key, at string) {
	d.t.Helper()
	for name, c := range map[string]struct {
		mime, body string
		status     []int
	}{
		"nothing":       {"audio/wav", "", []int{400}},
		"JSON":          {"application/json", "{}", []int{415}},
		"no type":       {"", "RIFF", []int{415}},
		"large":         {"audio/wav", strings.Repeat("a", int(team.MaxGreeting)+1), []int{413}},
		"a web page":    {"audio/wav", "<script>alert(1)</script>", []int{404, 422}},
		"a head only":   {"audio/wav", "RIFF\xff\xff\xff\xffWAVE", []int{404, 422}},
		"size of a lie": {"audio/wav", "RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff\x01\x00", []int{404, 422}},
	} {
		q, err := http.NewRequestWithContext(d.t.Context(), r.Method, d.web.URL+"/api/v1/"+at, strings.NewReader(c.body))
		if err != nil {
			d.t.Fatal(err)
		}
		if c.mime != "" {
			q.Header.Set("Content-Type", c.mime)
		}
		q.Header.Set("Authorization", "Bearer "+key)
		if a := d.send(q); !slices.Contains(c.status, a.status) && a.code() != team.CodeUnavailable || a.code() == "" {
			d.t.Errorf("%s, %s: %d %.200s, want %v", r.Op, name, a.status, a.body, c.status)
		}
	}
}

// bodies are objects of a schema with one field that is not as it should be: of another type, or hostile.
func bodies(s *openapi3.Schema, depth int) (out []string) {
	for name, p := range s.Properties {
		of := p.Value
		inside := func(v string) string { key, _ := json.Marshal(name); return "{" + string(key) + ":" + v + "}" }
		wrong := []string{"null", "1e400", `{"a":[]}`}
		switch {
		case of.Type.Is("string"):
			for _, h := range hostile {
				v, _ := json.Marshal(h)
				wrong = append(wrong, string(v))
			}
		case of.Type.Is("integer"), of.Type.Is("number"):
			wrong = append(wrong, "-9223372036854775808", "9223372036854775807", "9223372036854775808", "0.5", `"1"`)
		case of.Type.Is("array"):
			wrong = append(wrong, "[null]", "[[]]", `[""]`, "["+strings.Repeat(`"1",`, 5000)+`"1"]`)
			if of.Items.Value.Type.Is("string") {
				for _, h := range hostile {
					v, _ := json.Marshal([]string{h})
					wrong = append(wrong, string(v))
				}
			}
		case of.Type.Is("object") && depth < 2:
			wrong = append(wrong, bodies(of, depth+1)...)
		}
		for _, v := range wrong {
			out = append(out, inside(v))
		}
	}
	return out
}

// What is not there is not there, whatever it is called: nothing in a path reaches the database, a file, a header or a page
// as more than a name.
func TestEveryPath(t *testing.T) {
	d := newDesk(t)
	n := 0
	d.operations(func(r route, _ *openapi3.Operation) {
		if !strings.Contains(r.Path, "{") || r.Feed {
			return
		}
		n++
		var body any
		if r.In != nil {
			body = "{}"
		}
		for _, h := range hostile {
			if len(h) > 1000 {
				h = strings.Repeat("a", 4000)
			}
			at := parameter.ReplaceAllString(strings.TrimPrefix(r.Path, "/api/v1/"), strings.ReplaceAll(url.PathEscape(h), "$", "$$"))
			a := d.do("root", r.Method, at, body)
			gone := a.status == 200 && (r.Op == "deleteCamp" || r.Op == "routing") // there is none, which is as asked
			if !gone && (a.status < 400 || a.status >= 500) || len(a.head.Values("Set-Cookie")) != 0 {
				t.Errorf("%s %s: %d %.200s", r.Op, at, a.status, a.body)
			}
		}
	})
	if n < 20 {
		t.Errorf("%d operations with something in their path", n)
	}
	for _, c := range []struct{ method, path string }{{"GET", "/api/v1/../../etc/passwd"}, {"GET", "/page.css/../../go.mod"}, {"GET", "/welcome/..%2f..%2fx"}, {"TRACE", "/api/v1/me"}, {"GET", "/api/v1/people/"}, {"GET", "//evil.example/"}} {
		q, err := http.NewRequest(c.method, d.web.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := d.web.Client().Transport.RoundTrip(q)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if l := resp.Header.Get("Location"); resp.StatusCode < 300 || resp.StatusCode >= 500 || strings.HasPrefix(l, "//") || strings.Contains(l, ":") {
			t.Errorf("%s %s: %d, to %q", c.method, c.path, resp.StatusCode, l)
		}
	}
}
