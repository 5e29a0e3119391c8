package engine

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"svara/phone/team"
)

// The server answers with what it has found so far: a page is asked on for until it is full.
func TestSearchOfTheLogGoesOnUntilThePageIsFull(t *testing.T) {
	var asked []team.LogQuery
	pages := map[string]team.LogPage{"": {Next: "a9"}, "a9": {Next: "a5"}, "a5": {Next: "a2"}, "a2": {}}
	for i, at := range []string{"a9", "a5", "a2"} {
		p := pages[at]
		for n := range 2 {
			p.Entries = append(p.Entries, team.Versioned[team.LogEntry]{Value: team.LogEntry{ID: strconv.Itoa(i*2 + n)}})
		}
		pages[at] = p
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q team.LogQuery
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			t.Error(err)
		}
		asked = append(asked, q)
		_ = json.NewEncoder(w).Encode(pages[q.After])
	}))
	defer srv.Close()
	client, err := team.NewClient(team.ClientConfig{URL: srv.URL, Token: "token"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	page, err := searchLog(t.Context(), client, team.LogQuery{Text: "anna", Limit: 4})
	if err != nil || len(page.Entries) != 4 || page.Next != "a2" || len(asked) != 3 {
		t.Errorf("%d entries, next %q, %d questions (%v)", len(page.Entries), page.Next, len(asked), err)
	}
	for i, want := range []team.LogQuery{{Limit: 4}, {Limit: 4, After: "a9"}, {Limit: 2, After: "a5"}} {
		if i < len(asked) && (asked[i].Limit != want.Limit || asked[i].After != want.After || asked[i].Text != "anna") {
			t.Errorf("question %d: %+v", i, asked[i])
		}
	}
	asked = nil
	if page, err = searchLog(t.Context(), client, team.LogQuery{}); err != nil || len(page.Entries) != 6 || page.Next != "" || len(asked) != 4 {
		t.Errorf("%d entries, next %q, %d questions (%v)", len(page.Entries), page.Next, len(asked), err)
	}
}
