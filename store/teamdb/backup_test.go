package teamdb

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

func backUpAndRestore(t *testing.T, d *DB, again func() *DB) {
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	change(t, d, func(tx kept.Tx) error {
		for i := range 450 {
			if _, err := tx.PutCall(call(fmt.Sprint(i), "80", team.OutcomeMissed, day)); err != nil {
				return err
			}
		}
		_, err := tx.Put(item(team.KindPerson, "p1", `{"name":"Åsa"}`))
		return errors.Join(err, tx.SetSecret("p1", "hash"), tx.PutToken(kept.Token{ID: "t", Person: "p1", Since: day, Seen: day, Expires: day}), tx.Audit(team.AuditEntry{At: day, Action: "x"}))
	})
	file := filepath.Join(t.TempDir(), "backup.db")
	// Somebody goes on writing meanwhile; a backup is of one moment.
	stop, written := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				written <- n
				return
			default:
			}
			change(t, d, func(tx kept.Tx) error {
				_, err := tx.Put(item(team.KindQueue, "a", fmt.Sprint(n)))
				_, err2 := tx.Put(item(team.KindQueue, "b", fmt.Sprint(n)))
				return errors.Join(err, err2)
			})
		}
	}()
	err := d.Backup(t.Context(), file)
	close(stop)
	<-written
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), file); err == nil {
		t.Error("a backup was written over another")
	}
	if files, _ := filepath.Glob(file + "*"); len(files) != 1 {
		t.Errorf("the backup is %v", files)
	}
	_, mark, _ := d.Items(t.Context())
	change(t, d, func(tx kept.Tx) error { return errors.Join(tx.SetSecret("p1", "later"), tx.DeleteToken("t")) })
	put(t, d, item(team.KindQueue, "99", `{}`))
	other := again()
	if err := other.Restore(t.Context(), file, quiet()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Since(t.Context(), mark, 10); !errors.Is(err, kept.ErrRestored) {
		t.Errorf("a server reads on as if nothing had happened: %v", err)
	}
	items, now, err := d.Items(t.Context())
	if err != nil || now.Epoch == mark.Epoch {
		t.Errorf("%+v, %v", now, err)
	}
	data := map[string]string{}
	for _, i := range items {
		data[i.ID] = string(i.Data)
	}
	if data["p1"] != `{"name":"Åsa"}` || data["a"] != data["b"] || data["99"] != "" {
		t.Errorf("%v", data)
	}
	if s, _ := d.Secret(t.Context(), "p1"); s != "hash" {
		t.Error("the secret is", s)
	}
	page, err := d.Log(t.Context(), team.LogQuery{Text: "örjan 449"}, nil)
	if err != nil || len(page.Entries) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	if put(t, d, item(team.KindQueue, "100", `{}`)) <= now.Seq {
		t.Error("a sequence comes twice")
	}
	if err := d.Restore(t.Context(), filepath.Join(t.TempDir(), "none"), quiet()); err == nil {
		t.Error("what is not there was restored")
	}
	// A team moves from one database to the other by way of a backup.
	moved := must(Open(t.Context(), filepath.Join(t.TempDir(), "moved.db"), quiet()))
	defer moved.Close()
	if err := moved.Restore(t.Context(), file, quiet()); err != nil {
		t.Fatal(err)
	}
	if e, err := moved.LogEntry(t.Context(), "7"); err != nil || e.Value.From.Name != "Örjan 7" {
		t.Errorf("%+v, %v", e, err)
	}
}
