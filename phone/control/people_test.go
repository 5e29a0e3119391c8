package control

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
)

// company is phone.People, phone.Voicemail and phone.AddressBooks that remember what they were asked.
type company struct {
	mu    sync.Mutex
	asked []any // mu
	err   error // mu
}

func (c *company) note(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, v)
	return c.err
}

func (c *company) sofar() []any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked)
}

func (c *company) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *company) Search(_ context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	out := phone.SearchResult{More: true, Took: 1234567 * time.Nanosecond, State: 9}
	if q.Text != "nobody" {
		out.Hits = []phone.Hit{{Person: phone.Person{ID: "own:a", Name: "Anna"}, Spans: []phone.Span{{Field: phone.FieldName, From: 0, To: 2}}}}
	}
	return out, c.note(q)
}

func (c *company) Person(_ context.Context, id phone.PersonID) (phone.Person, error) {
	if id != "own:a" {
		return phone.Person{}, phone.Refuse(phone.ReasonNoPerson, string(id))
	}
	return phone.Person{ID: id, Name: "Anna"}, c.note(id)
}

func (c *company) Match(_ context.Context, number string) ([]phone.Person, error) {
	err := c.note(number)
	if number != "2101" {
		return nil, err
	}
	return []phone.Person{{ID: "own:a"}}, err
}

func (c *company) Photo(context.Context, phone.PersonID) ([]byte, error) { return nil, nil }

func (c *company) VoiceMessages(_ context.Context, q phone.VoiceMessageQuery) ([]phone.VoiceMessage, error) {
	err := c.note(q)
	if q.New {
		return nil, err
	}
	return []phone.VoiceMessage{{ID: "box/1/5"}}, err
}

func (c *company) SaveVoiceMessage(_ context.Context, id, path string) (string, error) {
	return path + "/saved.wav", c.note([2]string{id, path})
}

func (c *company) Import(_ context.Context, path string) (phone.ImportResult, error) {
	return phone.ImportResult{Added: 3, Skipped: []string{"line 4: no name"}}, c.note("import " + path)
}

func (c *company) Export(_ context.Context, path string) (int, error) {
	return 7, c.note("export " + path)
}

func TestPeopleQueries(t *testing.T) {
	who := &company{}
	var saved atomic.Int32
	r := run(t, func(r *running) {
		r.server.People, r.server.Voicemail, r.server.Books = who, who, who
		r.server.Saved = func(context.Context) error { saved.Add(1); return nil }
	})
	c := r.dial(t)
	for _, q := range []struct {
		verb, args string
		asked      any
		want       string
	}{
		{"search", `{"text":"an b","mark":"favourite","book":"own","colleagues":true,"history":true,"limit":3}`,
			phone.SearchQuery{Text: "an b", Mark: phone.MarkFavourite, Book: "own", Colleagues: true, History: true, Limit: 3},
			`{"hits":[{"person":{"id":"own:a","name":"Anna","changed":`},
		{"search", `{"text":"an"}`, phone.SearchQuery{Text: "an"}, `"spans":[{"field":"name","from":0,"to":2}],`},
		{"search", `{"text":"an"}`, phone.SearchQuery{Text: "an"}, `"more":true,"revision":9,"took_ms":1.234}`},
		{"search", `{"text":"nobody"}`, phone.SearchQuery{Text: "nobody"}, `{"hits":[],`},
		{"person", `{"id":"own:a"}`, phone.PersonID("own:a"), `"name":"Anna"`},
		{"match", `{"number":"2101"}`, "2101", `[{"id":"own:a"`},
		{"match", `{"number":"2102"}`, "2102", `[]`},
		{"voicemail", `{"box":"b","text":"x","limit":2}`, phone.VoiceMessageQuery{Box: "b", Text: "x", Limit: 2}, `[{"id":"box/1/5"`},
		{"voicemail", `{"new":true}`, phone.VoiceMessageQuery{New: true}, `[]`},
		{"voicemail-save", `{"id":"box/1/5","path":"/tmp"}`, [2]string{"box/1/5", "/tmp"}, `{"path":"/tmp/saved.wav"}`},
		{"import", `{"path":"/tmp/a.vcf"}`, "import /tmp/a.vcf", `{"added":3,"updated":0,"same":0,"skipped":["line 4: no name"]}`},
		{"export", `{"path":"/tmp/a.csv"}`, "export /tmp/a.csv", `{"count":7}`},
	} {
		var raw json.RawMessage
		err := c.Call(t.Context(), q.verb, json.RawMessage(q.args), &raw)
		got := strings.ReplaceAll(string(raw), `"0001-01-01T00:00:00Z"`, "")
		if want := strings.ReplaceAll(q.want, `"changed":`, ""); err != nil || !strings.Contains(got, strings.TrimSuffix(want, ",")) {
			t.Errorf("%s %s: %s, %v; want %s", q.verb, q.args, raw, err, q.want)
		}
		if asked := who.sofar(); !reflect.DeepEqual(asked[len(asked)-1], q.asked) {
			t.Errorf("%s %s asked %+v, want %+v", q.verb, q.args, asked[len(asked)-1], q.asked)
		}
	}
	if n := saved.Load(); n != 1 {
		t.Errorf("an import was saved %d times", n)
	}
	wantReason(t, c.Call(t.Context(), "person", personArgs{"own:b"}, nil), phone.ReasonNoPerson)
	n := len(who.sofar())
	for verb, args := range map[string]any{
		"voicemail-save": saveArgs{ID: "x", Path: "relative"}, "import": fileArgs{"a.vcf"}, "export": fileArgs{""},
	} {
		wantReason(t, c.Call(t.Context(), verb, args, nil), phone.ReasonBadCommand)
	}
	if asked := who.sofar(); len(asked) != n {
		t.Errorf("asked %v", asked[n:])
	}
	who.fail(phone.Refuse(phone.ReasonBadFile, "x"))
	for _, verb := range []string{"search", "match", "voicemail"} {
		wantReason(t, c.Call(t.Context(), verb, nil, nil), phone.ReasonBadFile)
	}
	wantReason(t, c.Call(t.Context(), "import", fileArgs{"/a"}, nil), phone.ReasonBadFile)
	if saved.Load() != 1 {
		t.Error("a failed import was saved")
	}

	without := run(t, nil).dial(t)
	for verb, want := range map[string]phone.ReasonID{
		"search": phone.ReasonStoreFailed, "person": phone.ReasonStoreFailed, "match": phone.ReasonStoreFailed, "import": phone.ReasonStoreFailed,
		"export": phone.ReasonStoreFailed, "voicemail": phone.ReasonNoMailbox, "voicemail-save": phone.ReasonNoMailbox,
	} {
		wantReason(t, without.Call(t.Context(), verb, nil, nil), want)
	}
}

func TestWhatTheUserHasSetUp(t *testing.T) {
	r := run(t, nil)
	c := r.dial(t)
	for i, want := range []map[string]string{
		{"books": `[]`, "forwards": `[]`, "queues": `[]`, "lookups": `[]`, "templates": `[]`, "profiles": `{"profiles":[],"status":[]}`,
			"roles": `{"all":[]}`, "mailboxes": `"boxes":[],"servers":[]`, "me": `"shortcuts":[],"plans":[],"hours":{},"links":[],"published":[]`},
		{"books": `"id":"company"`, "forwards": `"kind":"busy"`, "queues": `"id":"640"`, "lookups": `"id":"crm"`, "templates": `"id":"t"`,
			"profiles": `{"profiles":[{"number":"3","name":"Lunch"}],"status":[{"account":"","state":"on"`, "roles": `"now":"vx"`,
			"mailboxes": `"new":4`, "me": `"activity":{"kind":"lunch"`},
	} {
		if i == 1 {
			r.Change(func(s *phone.Snapshot) {
				s.People.Books = []phone.BookStatus{{Book: phone.Book{ID: "company"}}}
				s.Forwards = []phone.Forward{{Kind: phone.ForwardBusy}}
				s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "640"}}}
				s.Lookups, s.Templates = []phone.Lookup{{ID: "crm"}}, []phone.Template{{ID: "t"}}
				s.Profiles, s.Profile = []phone.Profile{{Number: "3", Name: "Lunch"}}, []phone.ProfileStatus{{State: phone.ConfirmOn}}
				s.Roles = phone.Roles{All: []phone.Role{{ID: "vx"}}, Now: "vx"}
				s.Voicemail.Boxes = []phone.Mailbox{{ID: "b", New: 4, Known: true}}
				s.Me.Activity.Kind = phone.ActivityLunch
			})
		}
		for verb, part := range want {
			var raw json.RawMessage
			if err := c.Call(t.Context(), verb, nil, &raw); err != nil || !strings.Contains(string(raw), part) {
				t.Errorf("%s is %s, %v; want %s", verb, raw, err, part)
			}
		}
	}
	var status Status
	if err := c.Call(t.Context(), "status", nil, &status); err != nil || status.Voicemail != 4 || status.Activity.Kind != phone.ActivityLunch {
		t.Errorf("%+v, %v", status, err)
	}
}

// TestPasswordsOfBooksAndMail: they arrive whole, and are neither logged nor quoted.
func TestPasswordsOfBooksAndMail(t *testing.T) {
	r := run(t, nil)
	c := r.dial(t)
	book := phone.PutBook{Book: phone.Book{ID: "company", Kind: phone.BookLDAP}, Password: "h\u00f6gt \"hemligt\""}
	mail := phone.PutMailServer{Server: phone.MailServer{ID: "m"}, Password: "hemligt2"}
	for _, command := range []phone.Command{book, mail} {
		if _, err := c.Do(t.Context(), command); err != nil {
			t.Fatal(err)
		}
		if did := r.Did(); !reflect.DeepEqual(did[len(did)-1], command) {
			t.Errorf("%#v arrived as %#v", command, did[len(did)-1])
		}
	}
	for _, line := range []string{`{"verb":"book-put","args":{"book":{"id":5},"password":"hunter2"}}`, `{"verb":"mail-put","args":{"password":123454321}}`} {
		raw := r.raw(t)
		raw.say(line + "\n")
		if answer := raw.hear(); answer.OK || strings.Contains(answer.Error.Text, "hunter2") || strings.Contains(answer.Error.Text, "123454321") {
			t.Errorf("%s: %+v", line, answer)
		}
	}
	for _, secret := range []string{"hemligt", "hunter2"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log has %s", secret)
		}
	}
}

func TestItemsTravel(t *testing.T) {
	r := run(t, nil)
	c := r.dial(t)
	no := false
	for _, item := range []phone.Item{
		phone.Shortcut{ID: "s", Kind: phone.ActivityLunch, Rings: &no, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 45}},
		phone.WorkingHours{Zone: "Europe/Stockholm", Days: map[time.Weekday][]phone.HourSpan{time.Sunday: {{From: 480, To: 720}}}},
		phone.Queue{ID: "640", Name: "Support"},
	} {
		if _, err := c.Do(t.Context(), phone.PutItem{Item: item}); err != nil {
			t.Fatal(err)
		}
		if did := r.Did(); !reflect.DeepEqual(did[len(did)-1], phone.PutItem{Item: item}) {
			t.Errorf("%#v arrived as %#v", item, did[len(did)-1])
		}
	}
	wantReason(t, c.Call(t.Context(), "item-put", map[string]any{"kind": "spell", "item": map[string]any{}}, nil), phone.ReasonBadCommand)
}

func TestWhatLastsIsSaved(t *testing.T) {
	var asked atomic.Int32
	r := run(t, func(r *running) { r.server.Saved = func(context.Context) error { asked.Add(1); return nil } })
	c := r.dial(t)
	for _, command := range []phone.Command{
		phone.PutPerson{}, phone.RemovePerson{}, phone.MarkPerson{}, phone.SetPhoto{}, phone.PutBook{}, phone.RemoveBook{}, phone.PutItem{Item: phone.Queue{}},
		phone.RemoveItem{}, phone.SetActivity{}, phone.UseShortcut{}, phone.SetNote{}, phone.SetRole{}, phone.SetHistoryNote{}, phone.DeleteHistory{},
		phone.PutMailServer{}, phone.RemoveMailServer{},
	} {
		before := asked.Load()
		if _, err := c.Do(t.Context(), command); err != nil || asked.Load() != before+1 {
			t.Errorf("%T: %v, not waited for", command, err)
		}
	}
	asked.Store(0)
	for _, command := range []phone.Command{phone.SetForward{}, phone.SetProfile{}, phone.LogIn{}, phone.ReadBook{}, phone.SendText{}, phone.CheckVoicemail{}} {
		if _, err := c.Do(t.Context(), command); err != nil || asked.Load() != 0 {
			t.Errorf("%T: %v, waited for", command, err)
		}
	}
}
