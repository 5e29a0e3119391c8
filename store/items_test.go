package store

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"svara/phone"
)

func TestHostileTexts(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	long := strings.Repeat("Åsa ", 2500) + "Slutet"
	people := []phone.Person{
		person("long", long, "1001"), person("word", strings.Repeat("x", 10_000), "1002"),
		person("bidi", "\u202eanna\u202c B\u200bo", "1003"), person("nul", "Nul\x00Lund", "1004"),
		person("sql", "'; DROP TABLE people;-- \" OR *", "1005"), person("bad", "Ogil\xfftig", "1006"),
		person("marks", "A\u030asa O\u0308berg", "1007"), person("emoji", "👩‍🚀 Rymd", "1008"), person("cyr", "Анна Берг", "1009"),
		{ID: "own:number", Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "0709998877"}}},
		{ID: "own:firm", Company: "Firman utan namn"},
	}
	put(t, s, people...)
	many := person("many", "Many", "1010")
	for i := range 500 {
		many.Keywords = append(many.Keywords, fmt.Sprintf("nyckel%d", i))
	}
	put(t, s, many)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	for text, want := range map[string]phone.PersonID{
		"slutet": "", "xxxx": "own:word", "anna bo": "own:bidi", "nul": "own:nul", "lund": "own:nul", "drop table": "own:sql", "ogil": "own:bad",
		"asa oberg": "own:marks", "åsa öberg": "own:marks", "rymd": "own:emoji", "анна": "own:cyr", "999 88": "own:number", "utan": "own:firm",
		"nyckel1": "own:many", "\"": "", "' OR 1": "", "*": "", "\x00": "", "😀": "",
	} {
		r := searched(t, s, phone.SearchQuery{Text: text})
		if want == "" {
			continue // must not fail
		}
		if len(r.Hits) == 0 || r.Hits[0].Person.ID != want {
			t.Errorf("%q: %+v", text, r.Hits)
			continue
		}
		for _, span := range r.Hits[0].Spans {
			checkSpan(t, r.Hits[0].Person, span)
		}
	}
	if got, err := s.Person(t.Context(), "own:nul"); err != nil || got.Name != "Nul\x00Lund" {
		t.Errorf("%q, %v", got.Name, err)
	}
	if got, err := s.Person(t.Context(), "own:long"); err != nil || !strings.HasPrefix(long, got.Name) || len(got.Name) < 10_000 {
		t.Errorf("%d bytes, %v", len(got.Name), err)
	}
}

func TestItemsStateAndMailServers(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	ctx := t.Context()
	for _, body := range []string{`{"id":"75","name":"Old","place":1}`, `{"id":"75","name":"Växeln","place":1}`} {
		if err := s.PutItem(ctx, phone.ItemQueue, "75", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range [][2]string{{"future", "x"}, {"queue", "broken"}} {
		if err := s.PutItem(ctx, phone.ItemKind(bad[0]), bad[1], []byte("[")); err != nil {
			t.Fatal(err)
		}
	}
	mail := phone.MailServer{ID: "work", Name: "Work", Address: "imap.example.se", User: "anna", TLS: phone.MailTLSStart, Account: "alice"}
	if err := errors.Join(s.PutMailServer(ctx, phone.MailServer{ID: "work"}), s.PutMailServer(ctx, mail), s.PutMailServer(ctx, phone.MailServer{ID: "a"}),
		s.PutState(ctx, "activity", `{"kind":"lunch"}`), s.PutState(ctx, "gone", "x"), s.PutState(ctx, "gone", "")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	items, err := s.Items(ctx)
	if want := []phone.Item{phone.Queue{ID: "75", Name: "Växeln", Place: 1}}; err != nil || !reflect.DeepEqual(items, want) {
		t.Errorf("items %+v, %v", items, err)
	}
	servers, err := s.MailServers(ctx)
	if err != nil || !reflect.DeepEqual(servers, []phone.MailServer{mail, {ID: "a"}}) {
		t.Errorf("mail servers %+v, %v", servers, err)
	}
	for key, want := range map[string]string{"activity": `{"kind":"lunch"}`, "gone": "", "never": ""} {
		if got, err := s.State(ctx, key); err != nil || got != want {
			t.Errorf("%s: %q, %v", key, got, err)
		}
	}
	if err := errors.Join(s.RemoveItem(ctx, phone.ItemQueue, "75"), s.RemoveItem(ctx, phone.ItemQueue, "none"), s.RemoveMailServer(ctx, "work")); err != nil {
		t.Fatal(err)
	}
	items, _ = s.Items(ctx)
	servers, _ = s.MailServers(ctx)
	if len(items) != 0 || len(servers) != 1 {
		t.Errorf("left: %v %v", items, servers)
	}
}
