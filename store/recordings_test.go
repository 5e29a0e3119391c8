package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"svara/phone"
)

func TestRecordingKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	why := phone.Reason{ID: phone.ReasonDiskFull, Code: 5, Text: "no space\x00 left'; DROP TABLE recordings;--"}
	full := recording("Anna \u202e", "+46 8-123 45 67")
	full.Reason, full.Open, full.Seen = &why, true, true
	bare := phone.Recording{Path: "a.wav", Begun: full.Begun, Format: phone.FormatWAV}
	want := []phone.Recording{bare, full}
	for i := range want {
		want[i].ID = 99 // ignored
		want[i].ID = addRecording(t, s, want[i])
	}
	if want[0].ID == want[1].ID || want[0].ID <= 0 {
		t.Fatalf("IDs %d and %d", want[0].ID, want[1].ID)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	same := func(got, want phone.Recording) bool {
		ok := got.Begun.Equal(want.Begun)
		got.Begun = want.Begun
		return ok && reflect.DeepEqual(got, want)
	}
	got := recordings(t, s, phone.RecordingQuery{})
	if len(got) != 2 || !same(got[0], want[1]) || !same(got[1], want[0]) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
	one, err := s.Recording(t.Context(), want[1].ID)
	if err != nil || !same(one, want[1]) {
		t.Errorf("got %+v, %v", one, err)
	}
	if _, err := s.Recording(t.Context(), 77); phone.ReasonOf(err) != (phone.Reason{ID: phone.ReasonNoRecording, Text: "77"}) {
		t.Errorf("one that is not there: %v", err)
	}
	if got := recordings(t, s, phone.RecordingQuery{ID: want[0].ID}); len(got) != 1 || !same(got[0], want[0]) {
		t.Errorf("by ID: %+v", got)
	}
	if got := recordings(t, s, phone.RecordingQuery{ID: 77}); got == nil || len(got) != 0 {
		t.Errorf("none by ID: %#v", got)
	}
}

func TestRecordingIsBegunClosedSeenAndRemoved(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	ctx := t.Context()
	var last uint64
	state := func(unseen int, changed bool) {
		t.Helper()
		st, err := s.InboxState(ctx)
		if err != nil || st.Unseen != unseen || (st.Revision > last) != changed {
			t.Errorf("%+v, %v after revision %d; want %d unseen, changed %v", st, err, last, unseen, changed)
		}
		last = st.Revision
	}
	open := func(want ...int64) {
		t.Helper()
		found, err := s.OpenRecordings(ctx)
		var ids []int64
		for _, r := range found {
			ids = append(ids, r.ID)
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("open %v, %v; want %v", ids, err, want)
		}
	}
	state(0, true)
	first, second := recording("A", "1"), recording("B", "2")
	first.Open, first.Duration = true, 0
	second.Open, second.Duration = true, 0
	first.ID, second.ID = addRecording(t, s, first), addRecording(t, s, second)
	state(0, true) // not to be looked at yet
	open(first.ID, second.ID)

	closed := first
	closed.Open, closed.Duration, closed.Reason = false, 5*time.Second, &phone.Reason{ID: phone.ReasonDiskFull, Text: "x"}
	closed.Path = "not changed by this"
	if err := s.UpdateRecording(ctx, closed); err != nil {
		t.Fatal(err)
	}
	state(1, true)
	open(second.ID)
	got, err := s.Recording(ctx, first.ID)
	if err != nil || got.Open || got.Duration != 5*time.Second || got.Reason == nil || *got.Reason != *closed.Reason || got.Path != first.Path {
		t.Errorf("closed: %+v, %v", got, err)
	}
	got.Seen, got.Reason = true, nil
	if err := s.UpdateRecording(ctx, got); err != nil {
		t.Fatal(err)
	}
	state(0, true)
	if got, err = s.Recording(ctx, first.ID); err != nil || !got.Seen || got.Reason != nil {
		t.Errorf("seen: %+v, %v", got, err)
	}

	// The phone is killed here: what is open is still there, and whose it was does not matter.
	if err := s.PutAccount(ctx, alice()); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveAccount(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, last = openGood(t, dir), 0
	state(0, true)
	open(second.ID)
	if n := len(recordings(t, s, phone.RecordingQuery{})); n != 2 {
		t.Errorf("%d recordings", n)
	}

	if err := s.RemoveRecording(ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	state(0, true)
	open()
	if err := s.RemoveRecording(ctx, second.ID); err != nil { // no more
		t.Error(err)
	}
	state(0, false)
	if err := s.UpdateRecording(ctx, second); phone.ReasonOf(err).ID != phone.ReasonNoRecording {
		t.Errorf("one that was removed: %v", err)
	}
	state(0, false)
	if id := addRecording(t, s, second); id <= second.ID {
		t.Errorf("ID %d was used before", id)
	}
}

func TestRecordingSearchAndPages(t *testing.T) {
	s := openGood(t, t.TempDir())
	var ids []int64
	for _, p := range [][2]string{{"Åsa Öberg", "+46701234567"}, {"Bo Ek", "08-765 43 21"}, {"", "2101"}} {
		ids = append(ids, addRecording(t, s, recording(p[0], p[1])))
	}
	for query, want := range map[string][]int64{
		"":              {ids[2], ids[1], ids[0]},
		"asa":           {ids[0]},
		"ek bo":         {ids[1]},
		"070-123 45 67": {ids[0]},
		"7654321":       {ids[1]},
		"pbx.example":   {ids[2], ids[1], ids[0]},
		"ogg":           nil, // the file's name is nobody's
		"asa ek":        nil,
		"%":             nil,
	} {
		var got []int64
		for _, r := range recordings(t, s, phone.RecordingQuery{Text: query}) {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	page := recordings(t, s, phone.RecordingQuery{Limit: 2})
	if len(page) != 2 || page[1].ID != ids[1] {
		t.Fatalf("first page %+v", page)
	}
	if page = recordings(t, s, phone.RecordingQuery{Limit: 2, Before: ids[1]}); len(page) != 1 || page[0].ID != ids[0] {
		t.Errorf("second page %+v", page)
	}
}

func TestRecordingsFailInWords(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.AddRecording(ctx, recording("A", "1")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddRecording(t.Context(), recording("A", "1")); phone.ReasonOf(err).ID != phone.ReasonStoreFailed {
		t.Errorf("closed: %v", err)
	}
	if _, err := s.Recordings(t.Context(), phone.RecordingQuery{}); phone.ReasonOf(err).ID != phone.ReasonStoreFailed {
		t.Errorf("closed: %v", err)
	}
}

// A call of the history names the recordings that were made of it, and of no other.
func TestHistoryNamesItsRecordings(t *testing.T) {
	s := openGood(t, t.TempDir())
	begun := time.Date(2026, 11, 1, 9, 0, 0, 123, time.UTC)
	add := func(account phone.AccountID, at time.Time, outcome phone.Outcome) {
		e := entry("Anna", "2101", outcome)
		e.Account, e.Begun = account, at
		if _, err := s.AddHistory(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	record := func(account phone.AccountID, call time.Time) int64 {
		r := recording("Anna", "2101")
		r.Account, r.Call = account, call
		return addRecording(t, s, r)
	}
	add("alice", begun, phone.OutcomeAnswered)
	add("bob", begun, phone.OutcomeAnswered)
	add("alice", begun.Add(1), phone.OutcomeAnswered)
	add("alice", begun.Add(time.Hour), phone.OutcomeMissed)
	one, two := record("alice", begun), record("alice", begun)
	other := record("bob", begun)
	record("alice", time.Time{})
	want := func(lists ...[]int64) {
		t.Helper()
		got, err := s.History(t.Context(), phone.HistoryQuery{})
		if err != nil || len(got) != 4 {
			t.Fatalf("%d entries, %v", len(got), err)
		}
		for i, list := range lists { // oldest first
			if e := got[len(got)-1-i]; !slices.Equal(e.Recordings, list) {
				t.Errorf("the call of %s at %s has recordings %v, not %v", e.Account, e.Begun, e.Recordings, list)
			}
		}
	}
	want([]int64{one, two}, []int64{other}, nil, nil)
	if err := s.RemoveRecording(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	want([]int64{two}, []int64{other}, nil, nil)
}
