package server

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/spool"
)

// waveFile is a WAV file as exchanges keep greetings, of so many samples.
func waveFile(samples int) []byte {
	return append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data"+
		string([]byte{byte(2 * samples), byte(2 * samples >> 8), byte(2 * samples >> 16), 0})), make([]byte, 2*samples)...)
}

// putSound sends a body as a greeting.
func (d *desk) putSound(as team.PersonID, kind, mime string, body []byte) said {
	d.t.Helper()
	q, err := http.NewRequestWithContext(d.t.Context(), "PUT", d.web.URL+"/api/v1/me/greetings/"+kind, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	q.Header.Set("Content-Type", mime)
	q.Header.Set("Authorization", "Bearer "+d.tokens[as])
	return d.send(q)
}

// The greetings of one's own mailbox: told, played, changed and deleted, by nobody else, and never a file beside them.
func TestGreetingsOfAPerson(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	box, err := spool.Open(dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	d.s.Voices = box
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { d.s.followVoices(ctx) })
	t.Cleanup(func() { cancel(); group.Wait(); _ = box.Close() })
	p, _ := d.s.board.who("ag")
	p.Box, p.Groups = "2101@default", nil
	i, _ := d.s.board.get(team.KindPerson, "ag")
	read[team.Done](t, d.do("root", "PUT", "people/ag", team.NewPerson{Seq: i.Seq, Person: p}))
	has := func(what string, want ...team.GreetingTold) {
		t.Helper()
		d.until(what, func() bool {
			m := read[team.Mailbox](t, d.do("ag", "GET", "me/voicemail", nil))
			if len(m.Greetings) != len(want) || m.Box == "" {
				return false
			}
			for i, g := range want {
				if m.Greetings[i] != g {
					return false
				}
			}
			return true
		})
	}
	has("none is hers")
	if a := d.do("ag", "GET", "me/greetings/busy/sound", nil); a.status != 404 {
		t.Errorf("one that is not there: %d %s", a.status, a.body)
	}
	// The mailbox has had no message: there is no folder yet.
	sound := waveFile(16000)
	read[team.Done](t, d.putSound("ag", "busy", "audio/wav", sound))
	busy := team.GreetingTold{Kind: team.GreetingBusy, Type: "audio/wav", LengthS: 2}
	has("busy is hers", busy)
	if a := d.do("ag", "GET", "me/greetings/busy/sound", nil); a.status != 200 || !bytes.Equal(a.body, sound) || a.head.Get("Content-Type") != "audio/wav" {
		t.Errorf("%d %v, %d bytes", a.status, a.head, len(a.body))
	}
	// What an exchange has recorded in GSM is told as what it is.
	if err := os.WriteFile(filepath.Join(dir, "default/2101/temp.gsm"), []byte("gsm"), 0o600); err != nil {
		t.Fatal(err)
	}
	has("a temporary one in GSM", busy, team.GreetingTold{Kind: team.GreetingTemporary, Type: "audio/x-gsm"})
	if a := d.do("ag", "GET", "me/greetings/temporary/sound", nil); a.status != 200 || a.head.Get("Content-Type") != "audio/x-gsm" {
		t.Errorf("%d %v", a.status, a.head)
	}
	read[team.Done](t, d.putSound("ag", "temporary", "audio/wav", waveFile(8000)))
	if _, err := os.Stat(filepath.Join(dir, "default/2101/temp.gsm")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the old one would still be said")
	}

	for name, c := range map[string]struct {
		kind, mime string
		body       []byte
		status     int
		reason     phone.ReasonID
	}{
		"no sound":        {"busy", "audio/wav", []byte("MZ\x90 and so on"), 422, phone.ReasonBadSound},
		"nothing":         {"busy", "audio/wav", nil, 400, ""},
		"another rate":    {"busy", "audio/wav", bytes.Replace(sound, []byte("\x40\x1f"), []byte("\x80\xbb"), 1), 422, phone.ReasonBadSound},
		"JSON":            {"busy", "application/json", []byte(`"x"`), 415, ""},
		"too large":       {"busy", "audio/wav", make([]byte, team.MaxGreeting+1), 413, ""},
		"no greeting":     {"msg0000", "audio/wav", sound, 404, ""},
		"a path":          {"..%2f..%2fetc%2fpasswd", "audio/wav", sound, 404, ""},
		"another's files": {"..%2f2102%2fbusy", "audio/wav", sound, 404, ""},
	} {
		a := d.putSound("ag", c.kind, c.mime, c.body)
		if a.status != c.status || c.reason != "" && (a.fault().Reason == nil || a.fault().Reason.ID != c.reason) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	for _, who := range []team.PersonID{"root", "us"} { // who has no mailbox
		if a := d.putSound(who, "busy", "audio/wav", sound); a.status != 404 {
			t.Errorf("%s: %d %s", who, a.status, a.body)
		}
		for _, method := range []string{"GET", "DELETE"} {
			if a := d.do(who, method, "me/greetings/busy"+map[string]string{"GET": "/sound"}[method], nil); a.status != 404 {
				t.Errorf("%s %s: %d %s", who, method, a.status, a.body)
			}
		}
	}
	if a := d.do("ag", "GET", "me/greetings/busy/sound", nil); !bytes.Equal(a.body, sound) {
		t.Error("what was refused has changed it")
	}
	read[team.Done](t, d.do("ag", "DELETE", "me/greetings/busy", nil))
	read[team.Done](t, d.do("ag", "DELETE", "me/greetings/busy", nil)) // gone is gone
	has("one is left", team.GreetingTold{Kind: team.GreetingTemporary, Type: "audio/wav", LengthS: 1})
}
