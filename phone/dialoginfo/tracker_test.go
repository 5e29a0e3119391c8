package dialoginfo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"svara/phone/dialoginfo"
)

// document makes one from words: "3 full a=early b=confirmed".
func document(t *testing.T, text string) doc {
	t.Helper()
	words := strings.Fields(text)
	d := doc{Full: words[1] == "full"}
	if _, err := fmt.Sscan(words[0], &d.Version); err != nil {
		t.Fatal(err)
	}
	for _, w := range words[2:] {
		id, state, _ := strings.Cut(w, "=")
		d.Dialogs = append(d.Dialogs, dialog{ID: id, State: dialoginfo.State(state)})
	}
	return d
}

func table(tr *dialoginfo.Tracker) string {
	var s []string
	for _, d := range tr.Dialogs() {
		s = append(s, d.ID+"="+string(d.State))
	}
	return strings.Join(s, " ")
}

func TestTracker(t *testing.T) {
	type step struct {
		in      string
		changed bool
		table   string
		gap     bool
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"full and partial in order", []step{
			{"0 full a=early", true, "a=early", false},
			{"1 partial b=trying", true, "a=early b=trying", false},
			{"2 partial a=confirmed", true, "a=confirmed b=trying", false},
			{"3 partial b=terminated", true, "a=confirmed", false},
			{"4 full", true, "", false},
		}},
		{"nothing new", []step{
			{"0 full", false, "", false},
			{"1 full a=early", true, "a=early", false},
			{"2 full a=early", false, "a=early", false},
			{"3 partial a=early", false, "a=early", false},
			{"4 partial", false, "a=early", false},
			{"5 partial b=terminated", false, "a=early", false},
		}},
		{"older ones are late", []step{
			{"5 full a=early", true, "a=early", false},
			{"4 full b=early", false, "a=early", false},
			{"3 partial a=terminated", false, "a=early", false},
			{"6 partial a=confirmed", true, "a=confirmed", false},
		}},
		{"an exchange that counts nothing", []step{
			{"0 full a=early", true, "a=early", false},
			{"0 full a=confirmed", true, "a=confirmed", false},
			{"0 partial a=terminated", true, "", false},
		}},
		{"a partial one is missed: ask, and the full one mends it", []step{
			{"0 full a=early", true, "a=early", false},
			{"2 partial b=early", true, "a=early b=early", true},
			{"3 partial b=confirmed", true, "a=early b=confirmed", true},
			{"1 partial a=terminated", false, "a=early b=confirmed", true},
			{"4 full b=confirmed", true, "b=confirmed", false},
		}},
		{"a full one is missed: the next full one tells all", []step{
			{"0 full a=early", true, "a=early", false},
			{"9 full b=early", true, "b=early", false},
			{"10 partial c=early", true, "b=early c=early", false},
		}},
		{"it begins in the middle", []step{
			{"7 partial a=early", true, "a=early", true},
			{"8 partial a=terminated", true, "", true},
			{"9 full", false, "", false},
		}},
		{"the last version there is", []step{
			{"4294967295 full a=early", true, "a=early", false},
			{"0 partial a=terminated", false, "a=early", false},
			{"4294967295 partial a=terminated", true, "", false},
		}},
		{"a call that comes again", []step{
			{"0 full a=early", true, "a=early", false},
			{"1 partial a=terminated", true, "", false},
			{"2 partial a=early", true, "a=early", false},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tr dialoginfo.Tracker
			for _, s := range c.steps {
				if changed := tr.Apply(document(t, s.in)); changed != s.changed || table(&tr) != s.table || tr.Gap() != s.gap {
					t.Errorf("%s: changed %v, %q, gap %v; want %v, %q, %v", s.in, changed, table(&tr), tr.Gap(), s.changed, s.table, s.gap)
				}
			}
		})
	}
}

func TestTrackerKeepsItsTable(t *testing.T) {
	var tr dialoginfo.Tracker
	d := document(t, "0 full a=early b=early")
	tr.Apply(d)
	d.Dialogs[0].State = dialoginfo.Confirmed
	tr.Dialogs()[1].ID = "c"
	if table(&tr) != "a=early b=early" {
		t.Errorf("somebody else wrote into it: %s", table(&tr))
	}
}

// TestTrackerCopies: the engine's state is copied as a whole, and a copy keeps what it had.
func TestTrackerCopies(t *testing.T) {
	var tr dialoginfo.Tracker
	tr.Apply(document(t, "0 full a=early b=early c=early"))
	for _, next := range []string{"1 partial a=confirmed", "1 partial a=terminated", "1 partial d=early", "1 full z=early"} {
		copied := tr
		copied.Apply(document(t, next))
		if table(&tr) != "a=early b=early c=early" || table(&copied) == table(&tr) {
			t.Errorf("%s: %s, its copy %s", next, table(&tr), table(&copied))
		}
	}
}

// TestTrackerIsBounded: an exchange that never ends its dialogs does not fill the memory.
func TestTrackerIsBounded(t *testing.T) {
	var tr dialoginfo.Tracker
	tr.Apply(doc{Full: true})
	for i := range 1500 {
		tr.Apply(doc{Version: uint32(i + 1), Dialogs: []dialog{{ID: fmt.Sprint(i), State: dialoginfo.Early}}})
	}
	if n := len(tr.Dialogs()); n != 1024 || !tr.Gap() {
		t.Errorf("%d dialogs, gap %v", n, tr.Gap())
	}
	tr.Apply(document(t, "6000 full a=early"))
	if table(&tr) != "a=early" || tr.Gap() {
		t.Errorf("%d dialogs, gap %v", len(tr.Dialogs()), tr.Gap())
	}
}

// TestTrackerFollowsTheExchange: whatever is lost or late on the way, a table without a gap is the exchange's own.
func TestTrackerFollowsTheExchange(t *testing.T) {
	states := []dialoginfo.State{dialoginfo.Trying, dialoginfo.Early, dialoginfo.Confirmed, dialoginfo.Terminated}
	rapid.Check(t, func(t *rapid.T) {
		var tr dialoginfo.Tracker
		truth := map[string]dialoginfo.State{}
		at := map[uint32]map[string]dialoginfo.State{}
		var sent []doc
		newest := uint32(0)
		heard := false
		for v := range uint32(rapid.IntRange(1, 30).Draw(t, "documents")) {
			id, state := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "id"), rapid.SampledFrom(states).Draw(t, "state")
			truth[id] = state
			if state == dialoginfo.Terminated {
				delete(truth, id)
			}
			d := doc{Version: v, Dialogs: []dialog{{ID: id, State: state}}}
			if v == 0 || rapid.IntRange(0, 3).Draw(t, "full") == 0 {
				d.Full, d.Dialogs = true, nil
				for id, s := range truth {
					d.Dialogs = append(d.Dialogs, dialog{ID: id, State: s})
				}
			}
			sent = append(sent, d)
			copied := map[string]dialoginfo.State{}
			for id, s := range truth {
				copied[id] = s
			}
			at[v] = copied

			late := rapid.IntRange(0, len(sent)-1).Draw(t, "late")
			for _, arrives := range rapid.SampledFrom([][]int{{len(sent) - 1}, {}, {late}, {len(sent) - 1, late}}).Draw(t, "arrives") {
				tr.Apply(sent[arrives])
				if n := sent[arrives].Version; !heard || n > newest {
					heard, newest = true, n
				}
			}
			if !heard || tr.Gap() {
				continue
			}
			got := tr.Dialogs()
			if len(got) != len(at[newest]) || slices.ContainsFunc(got, func(d dialog) bool { return at[newest][d.ID] != d.State }) {
				t.Fatalf("version %d: %+v, the exchange has %v", newest, got, at[newest])
			}
		}
	})
}
