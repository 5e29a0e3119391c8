package store

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"svara/phone"
)

// sameDecoded compares decodePerson with encoding/json.
func sameDecoded(t *testing.T, body string) {
	t.Helper()
	var want phone.Person
	wrong := json.Unmarshal([]byte(body), &want)
	got, err := decodePerson([]byte(body))
	if (err == nil) != (wrong == nil) || err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%q: %+v, %v; want %+v, %v", body, got, err, want, wrong)
	}
}

func TestDecodePerson(t *testing.T) {
	people := []phone.Person{{}, anna(), person("x", "Line\nbreak \"quoted\" \\ <b> \u2028 \x7f", "1", "2"), {Name: "Åsa", Emails: []string{}, Skills: []string{""}}}
	for _, e := range crowd(200) {
		people = append(people, e.Person)
	}
	for _, p := range people {
		body := bodyOf(p)
		sameDecoded(t, body)
		for i := 1; i < len(body); i += 7 {
			sameDecoded(t, body[:i])
			sameDecoded(t, body[:i]+"x"+body[i:])
			sameDecoded(t, body[:i]+body[i+1:])
		}
	}
	for _, body := range []string{"", "{}", "null", `{"name":null}`, `{"name" : "A" }`, `{"name":"A"} `, `{"name":"A","later":1}`, `{"Name":"A"}`, `{"name":"A",}`,
		`{"numbers":[]}`, `{"numbers":[{}]}`, `{"numbers":[{"number":"1"},{"number":"2","kind":"work"}]}`, `{"numbers":[{"number":"1"}],"numbers":[{"kind":"work"}]}`,
		`{"emails":["a",]}`, `{"emails":[]}`, `{"name":"` + "\xff" + `"}`, `{"name":"` + "\n" + `"}`, `{"changed":"2026-11-22T09:00:00.5+01:00"}`, `{"changed":"x"}`, `{"mark":"vip","photo":true}`} {
		sameDecoded(t, body)
	}
}

func BenchmarkDecodePerson(b *testing.B) {
	body := []byte(bodyOf(anna()))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := decodePerson(body); err != nil || !strings.HasPrefix(p.Name, "Anna") {
			b.Fatal(p, err)
		}
	}
}
