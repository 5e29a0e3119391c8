package teamdb

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

func messagesAreAsked(t *testing.T, d *DB, again func() *DB) {
	_, start, err := d.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	put := func(m team.Message) (seq team.Seq) {
		t.Helper()
		change(t, d, func(tx kept.Tx) (err error) { seq, err = tx.PutMessage(m); return err })
		return seq
	}
	for i := range 10 {
		put(team.Message{ID: fmt.Sprint("m", i), Kind: phone.GroupText, Group: map[bool]team.GroupID{true: "support", false: "sales"}[i%2 == 0], Direction: phone.Incoming,
			From: phone.Party{Number: "+46 70 174 06 0" + fmt.Sprint(i%3), Name: "Åsa_%"}, At: now.Add(time.Duration(i) * time.Minute), Text: "Hej '; DROP TABLE messages; --\x00"})
	}
	out := team.Message{ID: "out", Kind: phone.GroupText, Group: "support", Direction: phone.Outgoing, From: phone.Party{Number: "0701740600"}, At: now, State: phone.TextSending}
	put(out)
	voice := team.Message{ID: "v", Kind: phone.GroupVoice, Group: "support", Direction: phone.Incoming, Box: "80@default", At: now, Pinned: "anna"}
	first := put(voice)
	if same := put(voice); same != 0 || first == 0 {
		t.Errorf("the same again got the sequence %d after %d", same, first)
	}
	all := []team.GroupID(nil)
	ids := func(q team.MessageQuery, groups []team.GroupID) (out []string) {
		t.Helper()
		for {
			page, err := d.Messages(t.Context(), q, groups)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Messages {
				out = append(out, m.Value.ID)
			}
			if q.After = page.Next; q.After == "" {
				return out
			}
		}
	}
	for name, c := range map[string]struct {
		q      team.MessageQuery
		groups []team.GroupID
		want   string
	}{
		"all":        {team.MessageQuery{Limit: 5}, all, "[m9 m8 m7 m6 m5 m4 m3 m2 m1 v out m0]"},
		"a group":    {team.MessageQuery{Limit: 2}, []team.GroupID{"support"}, "[m8 m6 m4 m2 v out m0]"},
		"no group":   {team.MessageQuery{}, []team.GroupID{}, "[]"},
		"another's":  {team.MessageQuery{Groups: []team.GroupID{"sales"}}, []team.GroupID{"support"}, "[]"},
		"a thread":   {team.MessageQuery{Peer: "070-174 06 00"}, all, "[m9 m6 m3 out m0]"},
		"pinned":     {team.MessageQuery{Pinned: "anna"}, all, "[v]"},
		"kind":       {team.MessageQuery{Kinds: []phone.GroupMessageKind{phone.GroupVoice}}, all, "[v]"},
		"words":      {team.MessageQuery{Text: "ÅSA_% drop"}, []team.GroupID{"sales"}, "[m9 m7 m5 m3 m1]"},
		"no words":   {team.MessageQuery{Text: "a%a"}, all, "[]"},
		"open first": {team.MessageQuery{OpenFirst: true, Limit: 4}, []team.GroupID{"support"}, "[m8 m6 m4 m2 v m0 out]"},
		"only open":  {team.MessageQuery{OpenFirst: true, Open: true, Limit: 4}, []team.GroupID{"support"}, "[m8 m6 m4 m2 v m0]"},
		"open":       {team.MessageQuery{Open: true, Kinds: []phone.GroupMessageKind{phone.GroupText}}, []team.GroupID{"support"}, "[m8 m6 m4 m2 m0]"},
	} {
		if got := fmt.Sprint(ids(c.q, c.groups)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if _, err := d.Messages(t.Context(), team.MessageQuery{After: "' OR 1=1"}, nil); !errors.Is(err, kept.ErrPage) {
		t.Errorf("a page that is none: %v", err)
	}
	if c, err := d.CountMessages(t.Context(), "anna", []team.GroupID{"support"}); err != nil || c != (team.MessageCount{Open: 6, Mine: 1}) {
		t.Errorf("%+v %v", c, err)
	}
	if u, err := d.Unsent(t.Context(), 10); err != nil || len(u) != 1 || u[0].ID != "out" {
		t.Errorf("%+v %v", u, err)
	}
	change(t, d, func(tx kept.Tx) error {
		thread, err := tx.Thread("support", "0701740600")
		if err != nil || len(thread) != 2 || thread[0].Value.ID != "m6" {
			t.Errorf("%+v %v", thread, err)
		}
		if v, err := tx.Voices("80@default"); err != nil || len(v) != 1 {
			t.Errorf("%+v %v", v, err)
		}
		out.State = phone.TextSent
		_, err = tx.PutMessage(out)
		return errors.Join(err, func() error { _, err := tx.DeleteMessage("v"); return err }())
	})
	if _, err := d.Message(t.Context(), "v"); !errors.Is(err, kept.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	// A voice message that is found late is where its time is, over pages too.
	voice.ID, voice.At = "v2", now.Add(90*time.Second)
	put(voice)
	if got := fmt.Sprint(ids(team.MessageQuery{Limit: 3}, all)); got != "[m9 m8 m7 m6 m5 m4 m3 m2 v2 m1 out m0]" {
		t.Errorf("in order of time: %s", got)
	}
	since, err := again().Since(t.Context(), start, 100)
	if err != nil || len(since) != 13 || since[11].ID != "v" || !since[11].Gone || since[11].Group != "support" || since[10].ID != "out" || since[12].ID != "v2" {
		t.Errorf("%d told, %v", len(since), err)
	}
	change(t, d, func(tx kept.Tx) error {
		for name, c := range map[string]struct {
			old  kept.Old
			want string
		}{
			"all groups":           {kept.Old{Others: true}, "[out]"},
			"all but one":          {kept.Old{Others: true, Groups: []team.GroupID{"support"}}, "[]"},
			"no group":             {kept.Old{Open: true}, "[]"},
			"one, what waits too":  {kept.Old{Groups: []team.GroupID{"support"}, Open: true}, "[m0 out m2 m4 m6 m8]"},
			"two":                  {kept.Old{Groups: []team.GroupID{"support", "sales"}}, "[out]"},
			"voice":                {kept.Old{Others: true, Open: true, Voice: true}, "[v2]"},
			"voice that nobody is": {kept.Old{Others: true, Voice: true}, "[]"},
		} {
			c.old.Before = now.Add(time.Hour)
			old, err := tx.OldMessages(c.old, 10)
			ids := []string{}
			for _, m := range old {
				ids = append(ids, m.ID)
			}
			if fmt.Sprint(ids) != c.want || err != nil {
				t.Errorf("old, %s: %v %v, want %s", name, ids, err, c.want)
			}
		}
		old, err := tx.OldMessages(kept.Old{Before: now.Add(2 * time.Minute), Others: true, Open: true}, 2)
		if len(old) != 2 || old[0].ID != "m0" && old[0].ID != "out" {
			t.Errorf("the oldest two: %+v", old)
		}
		return err
	})
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := d.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	put(voice)
	if err := d.Restore(t.Context(), file, quiet()); err != nil {
		t.Fatal(err)
	}
	if got := ids(team.MessageQuery{Limit: 200}, all); len(got) != 12 {
		t.Errorf("after restoring: %v", got)
	}
}
