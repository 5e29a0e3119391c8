package server

import (
	"encoding"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

var update = flag.Bool("update", false, "write assets/team/openapi.json anew")

// described is the table of routes as OpenAPI 3.0.
func described() map[string]any {
	s := &schemas{done: map[string]any{}}
	paths := map[string]any{}
	var srv Server
	for _, r := range srv.routes() {
		at, _ := paths[r.Path].(map[string]any)
		if at == nil {
			at = map[string]any{}
			paths[r.Path] = at
		}
		at[strings.ToLower(r.Method)] = s.operation(r)
	}
	return map[string]any{
		"openapi": "3.0.3",
		"info": map[string]any{"title": "Svara team server", "version": "1", "description": "What a group of people shares beside their exchange. " +
			"Errors are a Fault; its code says what was wrong. A change that names a sequence (seq) that is no longer the newest is refused with 409 and how it is now."},
		"paths": paths,
		"components": map[string]any{"schemas": s.done,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}}},
	}
}

type schemas struct{ done map[string]any }

var parameter = regexp.MustCompile(`\{(\w+)\}`)

func (s *schemas) operation(r route) map[string]any {
	kind := "application/json"
	if r.Feed {
		kind = "text/event-stream"
	}
	out := map[string]any{"type": "string", "format": "binary"}
	if r.Sound {
		kind = "audio/*"
	} else {
		out = s.of(reflect.TypeOf(r.Out))
	}
	op := map[string]any{"operationId": r.Op, "responses": map[string]any{
		"200":     map[string]any{"description": "done", "content": map[string]any{kind: map[string]any{"schema": out}}},
		"default": map[string]any{"description": "what was wrong", "content": map[string]any{"application/json": map[string]any{"schema": s.of(reflect.TypeFor[team.Fault]())}}},
	}}
	if !r.Open {
		op["security"] = []any{map[string]any{"token": []any{}}}
	}
	switch need := may[r.Op]; {
	case r.Door != "":
		op["description"] = "For tokens of the scope " + string(r.Door) + " only, as Bearer or as the password of Basic; also as a form (application/x-www-form-urlencoded)."
	case r.Feed:
		op["description"] = "Server-sent events: each Item in its newest form, \"reset\" when everything read before is to be forgotten, \"synced\" when all there is has been told, \"away\" while the server's database is away (\"synced\" comes again when it is back). The id is where to go on from (Last-Event-ID, or ?after=)."
	case need == "root":
		op["description"] = "For administrators of everything."
	case need == "sup" || need == "ag" || need == "us" || need == "adm":
		op["description"] = "For those with these rights in its group or more: " + map[string]string{"us": "user", "ag": "agent", "sup": "supervisor", "adm": "administrator"}[need] + "."
	}
	params := []any{}
	for _, m := range parameter.FindAllStringSubmatch(r.Path, -1) {
		params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
	}
	for op, name := range map[string]string{"audit": "before", "feed": "after"} {
		if r.Op == op {
			params = append(params, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": "string"}})
		}
	}
	if len(params) > 0 {
		op["parameters"] = params
	}
	if r.Wave {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{team.WaveType: map[string]any{"schema": map[string]any{"type": "string", "format": "binary"}}}}
	}
	if r.In != nil {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{"schema": s.of(reflect.TypeOf(r.In))}}}
	}
	return op
}

var generic = regexp.MustCompile(`^(\w+)\[(?:.*[./])?(\w+)\]$`)

// of is the schema of a type; structs are named and told once.
func (s *schemas) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{"description": "what the kind says"}
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "integer", "format": "int64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "format": "int64"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		if t.Elem().Kind() == reflect.Interface {
			return map[string]any{"type": "object"}
		}
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		if !t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
			return s.object(t)
		}
	}
	panic("no schema for " + t.String())
}

func (s *schemas) object(t reflect.Type) map[string]any {
	name := t.Name()
	if m := generic.FindStringSubmatch(name); m != nil {
		name = m[1] + m[2]
	}
	if t == reflect.TypeFor[phone.Link]() { // team.Link has the name
		name = "ActivityLink"
	}
	ref := map[string]any{"$ref": "#/components/schemas/" + name}
	if s.done[name] != nil {
		return ref
	}
	properties, required := map[string]any{}, []any{}
	s.done[name] = true // for types that hold themselves
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue // its fields are the type's own
		}
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" {
			continue
		}
		properties[tag] = s.of(f.Type)
		if !strings.Contains(options, "omit") {
			required = append(required, tag)
		}
	}
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 && strings.HasPrefix(t.PkgPath(), "svara/phone") && !isIn(t) {
		o["required"] = required
	}
	s.done[name] = o
	return ref
}

// isIn is a body that is sent: what it leaves out is its zero value.
func isIn(t reflect.Type) bool {
	var srv Server
	for _, r := range srv.routes() {
		if r.In != nil && reflect.TypeOf(r.In) == t {
			return true
		}
	}
	return false
}

func specFile(t testing.TB) string {
	return filepath.Join(phonetest.ModuleDir(t), "assets", "team", "openapi.json")
}

// The file says what the handlers do, no more and no less: routes, bodies, answers.
func TestTheFileIsTheAPI(t *testing.T) {
	want, err := json.MarshalIndent(described(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(specFile(t), append(want, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(specFile(t))
	if err != nil {
		t.Fatal(err)
	}
	var a, b map[string]any
	if err := json.Unmarshal(have, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &b); err != nil {
		t.Fatal(err)
	}
	differ(t, "", a, b)
	doc, err := openapi3.NewLoader().LoadFromData(have)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// differ tells where two documents are not the same.
func differ(t *testing.T, at string, file, code any) {
	f, ok := file.(map[string]any)
	c, ok2 := code.(map[string]any)
	if !ok || !ok2 {
		if !reflect.DeepEqual(file, code) {
			t.Errorf("%s: the file says %v, the handlers %v (go test ./phone/team/server -run File -update)", at, file, code)
		}
		return
	}
	for k := range f {
		if _, there := c[k]; !there {
			t.Errorf("%s/%s is in the file only", at, k)
		} else {
			differ(t, at+"/"+k, f[k], c[k])
		}
	}
	for k := range c {
		if _, there := f[k]; !there {
			t.Errorf("%s/%s is not in the file", at, k)
		}
	}
}

var spec = sync.OnceValue(func() *openapi3.T {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", "team", "openapi.json"))
	if err != nil {
		panic(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		panic(err)
	}
	return doc
})

// conforms checks that an answer of the server is as the file says. Every request of these tests goes through it.
func conforms(t testing.TB, method, path string, a said) {
	t.Helper()
	doc := spec()
	segments := strings.Split(path, "/")
	for pattern, item := range doc.Paths.Map() {
		op := item.GetOperation(method)
		parts := strings.Split(pattern, "/")
		if op == nil || len(parts) != len(segments) {
			continue
		}
		fits := true
		for i, p := range parts {
			fits = fits && (strings.HasPrefix(p, "{") || p == segments[i])
		}
		if !fits {
			continue
		}
		response := op.Responses.Value("200")
		if a.status != http.StatusOK {
			response = op.Responses.Default()
		}
		content := response.Value.Content.Get("application/json")
		if a.status == http.StatusOK && strings.HasPrefix(a.head.Get("Content-Type"), "audio/") && response.Value.Content["audio/*"] != nil {
			return
		}
		var v any
		if err := json.Unmarshal(a.body, &v); err != nil || content == nil {
			t.Errorf("%s %s answers %.200s", method, path, a.body)
			return
		}
		if err := content.Schema.Value.VisitJSON(v); err != nil {
			t.Errorf("%s %s answers %.200s: %v", method, path, a.body, err)
		}
		return
	}
	if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
		t.Errorf("%s %s is not in the file and answers %d", method, path, a.status)
	}
}
