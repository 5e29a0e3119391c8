package store

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"svara/phone"
)

func received(key, number, body string) phone.Text {
	return phone.Text{
		Key: key, Account: "work", Direction: phone.Incoming, Remote: phone.Party{Number: number, URI: "sip:" + number + "@pbx", Name: "Berit"},
		At: time.Unix(1_800_000_000, 5), Body: body, State: phone.TextReceived,
	}
}

func addText(t *testing.T, s *Store, m phone.Text) int64 {
	t.Helper()
	id, err := s.AddText(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func texts(t *testing.T, s *Store, q phone.TextQuery) []phone.Text {
	t.Helper()
	found, err := s.Texts(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func textsState(t *testing.T, s *Store) phone.TextsState {
	t.Helper()
	st, err := s.TextsState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestTexts(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	put(t, s, person("anna", "Anna Berg", "070-123 45 67"))
	first := textsState(t, s)
	if first.Unread != 0 || first.Newest != nil {
		t.Errorf("%+v", first)
	}
	theirs := received("k1", "+46701234567", "Hej\n\"åäö\" 👋")
	theirs.ID = addText(t, s, theirs)
	ours := phone.Text{Key: "k2", Account: "work", Direction: phone.Outgoing, Remote: phone.Party{Number: "0701234567"}, At: time.Now(), Body: "Svar", State: phone.TextSending, Read: true}
	ours.ID = addText(t, s, ours)
	addText(t, s, received("k3", "2101", "Kaffe?"))

	st := textsState(t, s)
	if st.Unread != 2 || st.Newest == nil || st.Newest.Key != "k3" || st.Revision <= first.Revision {
		t.Errorf("%+v", st)
	}
	why := &phone.Reason{ID: phone.ReasonUnknownNumber, Code: 404, Text: "Not Found"}
	if err := s.SetTextState(t.Context(), "k2", phone.TextFailed, why); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	thread := texts(t, s, phone.TextQuery{With: "070 123 45 67"})
	theirs.Peer, ours.Peer, ours.State, ours.Reason = thread[0].Peer, thread[0].Peer, phone.TextFailed, why
	ours.At = ours.At.Round(0)
	if want := []phone.Text{ours, theirs}; !reflect.DeepEqual(thread, want) {
		t.Errorf("%+v\nwant %+v", thread, want)
	}
	if again := texts(t, s, phone.TextQuery{With: thread[0].Peer, Limit: 1, Before: ours.ID}); len(again) != 1 || again[0].Key != "k1" {
		t.Errorf("%+v", again)
	}
	threads, err := s.TextThreads(t.Context())
	if err != nil || len(threads) != 2 {
		t.Fatal(threads, err)
	}
	if a, b := threads[0], threads[1]; a.Last.Key != "k3" || a.Name != "Berit" || a.Count != 1 || a.Unread != 1 || a.Person != "" ||
		b.Last.Key != "k2" || b.Name != "Anna Berg" || b.Person != "own:anna" || b.Count != 2 || b.Unread != 1 {
		t.Errorf("%+v", threads)
	}
	if err := s.ReadTexts(t.Context(), "0046701234567"); err != nil {
		t.Fatal(err)
	}
	if st := textsState(t, s); st.Unread != 1 || st.Newest.Key != "k3" {
		t.Errorf("%+v", st)
	}
	if err := s.ReadTexts(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	before := textsState(t, s)
	if before.Unread != 0 || before.Newest != nil {
		t.Errorf("%+v", before)
	}
	if err := s.ReadTexts(t.Context(), "2101"); err != nil || textsState(t, s).Revision != before.Revision {
		t.Error("nothing has changed", err)
	}
	if err := s.DeleteTexts(t.Context(), "+46 70 123 45 67"); err != nil {
		t.Fatal(err)
	}
	if left := texts(t, s, phone.TextQuery{}); len(left) != 1 || left[0].Key != "k3" {
		t.Errorf("%+v", left)
	}
	if err := s.SetTextState(t.Context(), "k2", phone.TextSent, nil); err != nil {
		t.Error("one that has been deleted meanwhile:", err)
	}
	if _, err := s.AddText(t.Context(), received("k3", "1", "same key")); err == nil {
		t.Error("two messages with one key")
	}
}

// What was on its way when the phone ended has failed.
func TestMendTexts(t *testing.T) {
	s := openGood(t, t.TempDir())
	for key, state := range map[string]phone.TextState{"a": phone.TextSending, "b": phone.TextSent} {
		m := received(key, "1", "x")
		m.Direction, m.State = phone.Outgoing, state
		addText(t, s, m)
	}
	if err := s.MendTexts(t.Context(), phone.ReasonShutdown); err != nil {
		t.Fatal(err)
	}
	for _, m := range texts(t, s, phone.TextQuery{}) {
		if failed := m.State == phone.TextFailed; failed != (m.Key == "a") || failed && m.Reason.ID != phone.ReasonShutdown {
			t.Errorf("%+v", m)
		}
	}
}

// Texts of a damaged database are taken over, and one of before there were texts gets them.
func TestTextsSalvagedAndNew(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 2000)
	s := openGood(t, dir)
	for i := range 50 {
		addText(t, s, received(string(rune('a'+i)), "2101", "Hej"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, databaseName)
	overwriteTable("segments")(t, path)
	s, faults, err := Open(t.Context(), dir, quiet())
	if err != nil || len(faults) != 1 {
		t.Fatal(faults, err)
	}
	if n := len(texts(t, s, phone.TextQuery{With: "2101"})); n != 50 {
		t.Errorf("%d texts salvaged", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", fileURI(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("DROP TABLE texts; PRAGMA user_version = 7"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	addText(t, s, received("n", "2101", "Hej"))
	if kept, _ := filepath.Glob(path + ".version-7-*"); len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
}
