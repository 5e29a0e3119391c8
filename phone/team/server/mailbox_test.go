package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/spool"
)

// A person's own mailbox: told to nobody else, played, marked and deleted, and the exchange's lamps follow.
func TestVoicesOfAPerson(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	record := func(box string, n int) string {
		t.Helper()
		at := filepath.Join(dir, "default", box, "INBOX")
		file := filepath.Join(at, fmt.Sprintf("msg%04d", n))
		if err := errors.Join(os.MkdirAll(at, 0o700), os.WriteFile(file+".wav", []byte("RIFF "+box), 0o600),
			os.WriteFile(file+".txt", fmt.Appendf(nil, "callerid=\"Maria\" <0701740605>\norigtime=%d\nduration=7\nmsg_id=%d-%s\n", 1795000000+n, n, box), 0o600)); err != nil {
			t.Fatal(err)
		}
		return file + ".wav"
	}
	record("2101", 0)
	newer := record("2101", 1)
	record("2102", 0)
	box, err := spool.Open(dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	d.s.Voices = box
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { d.s.followVoices(ctx) })
	t.Cleanup(func() { cancel(); group.Wait(); _ = box.Close() })
	has := func(who team.PersonID, box string) said {
		p, _ := d.s.board.who(who)
		p.Box, p.Groups = box, nil
		i, _ := d.s.board.get(team.KindPerson, string(who))
		return d.do("root", "PUT", "people/"+string(who), team.NewPerson{Seq: i.Seq, Person: p})
	}
	mine := func(who team.PersonID) team.Mailbox {
		t.Helper()
		return read[team.Mailbox](t, d.do(who, "GET", "me/voicemail", nil))
	}
	if m := mine("ag"); m.Box != "" || len(m.Messages) != 0 {
		t.Errorf("%+v", m)
	}
	read[team.Done](t, has("ag", "2101@default"))
	d.until("the messages are hers", func() bool { return len(mine("ag").Messages) == 2 })
	m := mine("ag")
	if v := m.Messages[0]; m.New != 2 || m.Old != 0 || v.From.Number != "0701740605" || v.Received.Unix() != 1795000001 || v.Old {
		t.Fatalf("%+v", m)
	}
	for _, who := range []team.PersonID{"root", "adm", "us"} {
		i, _ := d.s.board.get(team.KindMailbox, "ag")
		p, _ := d.s.board.who(who)
		if viewOf(p).shows(i) || len(mine(who).Messages) != 0 {
			t.Errorf("%s is told of it", who)
		}
	}
	at := "me/voicemail/" + m.Messages[0].ID
	if a := d.do("ag", "GET", at+"/sound", nil); a.status != 200 || string(a.body) != "RIFF 2101" || a.head.Get("Content-Type") != "audio/wav" {
		t.Errorf("%d %v %q", a.status, a.head, a.body)
	}
	for _, c := range [][2]string{{"root", at}, {"us", at}, {"ag", "me/voicemail/msg0001"}, {"ag", "me/voicemail/..%2f..%2f2102%2fINBOX%2fmsg0000"}} {
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			path, in := c[1], any(nil)
			switch method {
			case "GET":
				path += "/sound"
			case "PATCH":
				in = team.VoiceChange{Old: true}
			}
			if a := d.do(team.PersonID(c[0]), method, path, in); a.status != 404 {
				t.Errorf("%s %s as %s: %d %s", method, path, c[0], a.status, a.body)
			}
		}
	}
	d.source.did()
	refreshed := func(what string) {
		t.Helper()
		if a := d.source.did(); len(a) != 1 || a[0] != (team.RefreshMailbox{Box: "2101@default"}) {
			t.Errorf("%s: the exchange was asked for %+v", what, a)
		}
	}
	read[team.Done](t, d.do("ag", "PATCH", at, team.VoiceChange{Old: true}))
	refreshed("heard")
	d.until("one is heard", func() bool { now := mine("ag"); return now.New == 1 && now.Old == 1 && now.Messages[0].Old })
	read[team.Done](t, d.do("ag", "PATCH", at, team.VoiceChange{Old: false}))
	refreshed("new again")
	read[team.Done](t, d.do("ag", "DELETE", at, nil))
	refreshed("deleted")
	d.until("one is left", func() bool { return len(mine("ag").Messages) == 1 })
	if _, err := os.Stat(newer); err == nil {
		t.Error("the sound is still there")
	}

	// A mailbox is one person's or one group's.
	if a := has("us", "2101@default"); a.fault().Field != "box" {
		t.Errorf("a second person's: %d %s", a.status, a.body)
	}
	if a := d.do("root", "PUT", "groups/support/inbox", team.NewInbox{Boxes: []string{"2101@default"}}); a.fault().Field != "boxes" {
		t.Errorf("a group's: %d %s", a.status, a.body)
	}
	if a := has("us", "../../etc@default"); a.fault().Field != "box" {
		t.Errorf("a path: %d %s", a.status, a.body)
	}
	// Taken away, and given to somebody else.
	read[team.Done](t, has("ag", ""))
	d.until("it is hers no more", func() bool { return len(mine("ag").Messages) == 0 })
	read[team.Done](t, has("us", "2101@default"))
	d.until("it is another's", func() bool { return len(mine("us").Messages) == 1 })
	if a := d.do("ag", "GET", "me/voicemail/"+mine("us").Messages[0].ID+"/sound", nil); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	d.s.Voices = nil
	if a := d.do("us", "DELETE", at, nil); a.status != 422 || a.fault().Reason.ID != phone.ReasonNoMailbox {
		t.Errorf("where the spool is not reached: %d %s", a.status, a.body)
	}
	d.s.Voices = box
}
