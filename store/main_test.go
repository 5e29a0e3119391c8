package store

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
)

// childMode names what this test binary does when it runs as a child of a test instead of running tests.
const childMode = "SVARA_STORE_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		os.Exit(runChild(mode))
	}
	goleak.VerifyTestMain(m,
		// The D-Bus library keeps its one connection for the life of the process.
		goleak.IgnoreAnyFunction("github.com/godbus/dbus/v5.(*Conn).inWorker"),
	)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// missing skips a test for a part the machine lacks; with CI=true that is a failure.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("missing: " + what)
	}
	t.Skip("missing: " + what)
}

// openGood opens a store that must have nothing to complain about.
func openGood(t *testing.T, dir string) *Store {
	t.Helper()
	s, faults, err := Open(t.Context(), dir, quiet())
	if err != nil || len(faults) != 0 {
		t.Fatalf("Open: %v, faults %v", err, faults)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func alice() phone.Account {
	return phone.Account{ID: "alice", User: "2001", Domain: "pbx.example.com:5062", AuthUser: "auth", DisplayName: "Ålice Ö",
		Transport: phone.TransportTCP, Proxy: "sip:edge.example.com", Expires: 300, DTMF: phone.DTMFInfo,
		Dialect: "telavox-softphone", Mobile: "+46 70-123 45 67", Default: true,
		CAFile: "/ca.pem", Pin: strings.Repeat("0f", 32), SRTP: phone.SRTPRequired, Keying: phone.KeyingDTLS, ICE: true, STUN: "stun", TURN: "turn:3478", TURNUser: "tu", Codecs: "pcma"}
}

func entry(name, number string, outcome phone.Outcome) phone.HistoryEntry {
	e := phone.HistoryEntry{Account: "alice", Direction: phone.Incoming, Outcome: outcome,
		Remote:   phone.Party{URI: "sip:" + number + "@pbx.example.com", Number: number, Name: name},
		Begun:    time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.UTC),
		Duration: 83 * time.Second, Reason: phone.Reason{ID: phone.ReasonRemoteHangup, Code: 200, Text: "OK"}}
	if outcome == phone.OutcomeFailed {
		e.Direction = phone.Outgoing
	}
	return e
}

func recording(name, number string) phone.Recording {
	return phone.Recording{Path: "/home/åsa/inspelningar/" + number + ".ogg", Account: "alice", Direction: phone.Outgoing,
		Remote: phone.Party{URI: "sip:" + number + "@pbx.example.com", Number: number, Name: name, Group: "77"},
		Begun:  time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.UTC), Duration: 83 * time.Second, Format: phone.FormatOpus, Stereo: true}
}

func addRecording(t *testing.T, s *Store, r phone.Recording) int64 {
	t.Helper()
	id, err := s.AddRecording(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func recordings(t *testing.T, s *Store, q phone.RecordingQuery) []phone.Recording {
	t.Helper()
	out, err := s.Recordings(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func add(t *testing.T, s *Store, e phone.HistoryEntry) int64 {
	t.Helper()
	id, err := s.AddHistory(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func history(t *testing.T, s *Store, q phone.HistoryQuery) []phone.HistoryEntry {
	t.Helper()
	out, err := s.History(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fill puts something of everything into a store and closes it.
func fill(t *testing.T, dir string, entries int) {
	t.Helper()
	s := openGood(t, dir)
	ctx := context.Background()
	if err := s.PutAccount(ctx, alice()); err != nil {
		t.Fatal(err)
	}
	if err := s.PutSetting(ctx, phone.KeyLanguage, "sv"); err != nil {
		t.Fatal(err)
	}
	for range entries {
		add(t, s, entry("Anna Åström", "+46812345678", phone.OutcomeMissed))
	}
	addRecording(t, s, recording("Anna Åström", "+46812345678"))
	put(t, s, anna())
	if err := s.SetPhoto(ctx, "own:anna", small(t)); err != nil {
		t.Fatal(err)
	}
	apply(t, s, "town", phone.BookChange{Full: true, Token: "1", Put: bookEntries(person("1", "Bo Ek", "2102"))})
	if err := errors.Join(s.MarkPerson(ctx, "town:1", phone.MarkVIP), s.PutItem(ctx, phone.ItemQueue, "75", []byte(`{"id":"75","name":"Q"}`)),
		s.PutMailServer(ctx, phone.MailServer{ID: "work"}), s.PutState(ctx, "activity", "lunch")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func damagedCopies(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, databaseName+".damaged-*Z"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
