package server

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/spool"
)

// The greetings of a group's mailbox: listed, played, changed and deleted by its supervisors, in no mailbox but its own, and never
// a file beside them; the audit has who changed them.
func TestGreetingsOfAGroup(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	box, err := spool.Open(dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	if a := d.do("sup", "GET", "groups/support/greetings", nil); a.status != 422 && a.status != 503 {
		t.Errorf("without a spool: %d %s", a.status, a.body)
	}
	d.s.Voices = box
	read[team.Done](t, d.do("root", "PUT", "groups/support/inbox", team.NewInbox{Boxes: []string{"80@default"}}))
	list := func() []team.BoxGreetings {
		t.Helper()
		return read[[]team.BoxGreetings](t, d.do("sup", "GET", "groups/support/greetings", nil))
	}
	if got := list(); len(got) != 1 || got[0].Box != "80@default" || len(got[0].Greetings) != 0 {
		t.Fatalf("%+v", got)
	}
	sound := waveFile(16000)
	send := func(as team.PersonID, at, mime string, body []byte) said {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), "PUT", d.web.URL+"/api/v1/groups/support/greetings/"+at, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Content-Type", mime)
		q.Header.Set("Authorization", "Bearer "+d.tokens[as])
		return d.send(q)
	}
	const busy = "80@default/busy"
	read[team.Done](t, send("sup", busy, "audio/wav", sound))
	if b, err := os.ReadFile(filepath.Join(dir, "default/80/busy.wav")); err != nil || !bytes.Equal(b, sound) {
		t.Error(err, len(b))
	}
	if got := list(); len(got) != 1 || !slices.Equal(got[0].Greetings, []team.GreetingTold{{Kind: team.GreetingBusy, Type: "audio/wav", LengthS: 2}}) {
		t.Errorf("%+v", got)
	}
	if a := d.do("sup", "GET", "groups/support/greetings/"+busy+"/sound", nil); a.status != 200 || !bytes.Equal(a.body, sound) || a.head.Get("Content-Type") != "audio/wav" {
		t.Errorf("%d %v, %d bytes", a.status, a.head, len(a.body))
	}
	for name, c := range map[string]struct {
		as       team.PersonID
		at, mime string
		body     []byte
		status   []int
	}{
		"an agent":        {"ag", busy, "audio/wav", sound, []int{403}},
		"another group's": {"out", busy, "audio/wav", sound, []int{403, 404}},
		"no sound":        {"sup", busy, "audio/wav", []byte("MZ and so on"), []int{422}},
		"too large":       {"sup", busy, "audio/wav", make([]byte, team.MaxGreeting+1), []int{413}},
		"JSON":            {"sup", busy, "application/json", []byte("{}"), []int{415}},
		"not its mailbox": {"sup", "2101@default/busy", "audio/wav", sound, []int{404}},
		"no greeting":     {"sup", "80@default/msg0000", "audio/wav", sound, []int{404}},
		"a path":          {"sup", "..%2f..%2fetc/busy", "audio/wav", sound, []int{404}},
		"a greeting path": {"sup", "80@default/..%2fbusy", "audio/wav", sound, []int{404}},
	} {
		if a := send(c.as, c.at, c.mime, c.body); !slices.Contains(c.status, a.status) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := d.do("sup", "GET", "groups/support/greetings/"+busy+"/sound", nil); !bytes.Equal(a.body, sound) {
		t.Error("what was refused has changed it")
	}
	read[team.Done](t, d.do("sup", "DELETE", "groups/support/greetings/"+busy, nil))
	if got := list(); len(got[0].Greetings) != 0 {
		t.Errorf("%+v", got)
	}
	if a := d.do("sup", "GET", "groups/support/greetings/"+busy+"/sound", nil); a.status != 404 || phone.ReasonID(a.code()) == "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	audit := read[team.AuditPage](t, d.do("root", "GET", "audit", nil))
	for _, op := range []string{"putGroupGreeting", "deleteGroupGreeting"} {
		if !slices.ContainsFunc(audit.Entries, func(e team.AuditEntry) bool { return e.Person == "sup" && e.Action == op && e.OK }) {
			t.Errorf("%s is not in the audit", op)
		}
	}
}
