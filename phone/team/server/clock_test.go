package server

import (
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// The computer's clock was a month ahead and is set right: who was locked out then is let in again, codes are sent again, calls
// are counted once, feeds go on.
func TestTheClockJumps(t *testing.T) {
	const month = 30 * 24 * time.Hour
	d := newDesk(t)
	r := follow(t, d.web.URL, d.tokens["us"], "")
	r.until("everything", synced)
	d.clock.pass(month)
	for range userTries + 3 {
		d.signIn("ag", "wrong")
		d.clock.pass(2 * time.Second)
	}
	if a := d.signIn("ag", good); a.code() != team.CodeLocked {
		t.Fatalf("%d %s", a.status, a.body)
	}
	d.missed("ahead", "0701234567")
	d.until("the call is counted", func() bool { q, _ := d.s.queueNow("80"); return q.Lost == 1 })
	d.clock.pass(-month)
	if a := d.signIn("ag", good); a.status != 200 {
		t.Errorf("locked by a clock that was wrong: %d %s", a.status, a.body)
	}
	for range userTries - 1 {
		if a := d.signIn("ag", "wrong"); a.code() != team.CodeWrongPassword {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if a := d.signIn("ag", "wrong"); a.code() != team.CodeLocked {
		t.Errorf("with the clock right nobody is locked out: %d %s", a.status, a.body)
	}
	if err := tooSoon(kept.Attempts{Count: codesAtOnce, Last: d.clock.Now().Add(month)}, d.clock.Now()); err != nil {
		t.Errorf("a code: %v", err)
	}
	d.missed("now", "0701234568")
	d.until("both calls are in the log", func() bool {
		page, err := d.shelf.Log(t.Context(), team.LogQuery{Open: true}, nil)
		return err == nil && len(page.Entries) == 2
	})
	read[team.Done](t, d.do("us", "PUT", "people/us/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch}}))
	r.until("the activity", func(e team.FeedEvent) bool {
		return e.Item != nil && e.Item.Kind == team.KindPresence && e.Item.ID == "us"
	})
}

// A server was killed while the clock was ahead: another one keeps the exchange as soon as ever, not in a month.
func TestKilledWithTheClockAhead(t *testing.T) {
	d := newDesk(t)
	d.s.Goodbye()
	d.web.Close()
	d.s.Close()
	_, err := d.shelf.Update(t.Context(), func(tx kept.Tx) error {
		for i, lease := range []string{"exchange:pbx", steering, textsLease} {
			if err := tx.Hold(lease, fmt.Sprintf("killed %d", i), d.clock.Now(), d.clock.Now().Add(30*24*time.Hour)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	src := newSource()
	d.server(d.shelf, src)
	select {
	case <-src.runs:
	case <-time.After(wait):
		t.Fatal("nobody keeps the exchange")
	}
}
