package phonetest_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/pbxdemo"
	"svara/phone/phonetest"
)

// The practice exchange by the phone that carries it: everything about people and queues can be tried with no other.
func TestDemoDesk(t *testing.T) {
	t.Parallel()
	d := &desk{user: "2100"}
	d.Svara = phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Args: []string{"--demo"}})
	d.Must("wait", "registered", "--timeout", "30s")
	d.Must("wait", "book:practice=fresh", "--timeout", "30s")
	phonetest.Until(t, 30*time.Second, "colleagues' lamps", func() bool {
		snap := d.Snapshot()
		known := 0
		for _, l := range snap.Lines {
			if l.State != phone.LineUnknown && l.Presence != nil {
				known++
			}
		}
		return known > 50
	})
	d.Must("queue", "login", "9000")
	d.Must("wait", "queue:9000=on", "--timeout", "20s")
	phonetest.Until(t, 20*time.Second, "the queue counts us", func() bool {
		q := queueOf(d, "9000")
		return q.Counted && q.LoggedIn >= 1
	})
	d.Must("queue", "login", "9020")
	d.Must("wait", "queue:9020=refused", "--timeout", "20s")
	if r := queueOf(d, "9020").Reason; r == nil || r.ID != phone.ReasonNotMember {
		t.Errorf("refused with %+v", r)
	}
	d.Must("queue", "logout", "9000")
	d.Must("wait", "queue:9000=off", "--timeout", "20s")
	d.Must("activity", "lunch", "--for", "45m")
	d.Must("wait", "published=on", "--timeout", "20s")
	d.Must("activity", "available")
	d.Must("profile", "on", "1", "030")
	d.Must("wait", "profile=on", "--timeout", "20s")
	d.Must("profile", "off")
	d.Must("wait", "profile=off", "--timeout", "20s")
	// Somebody outside seeks Anna Berg, who is away: the call says so.
	d.Ended(d.Dial("*90"))
	ours := d.Wait("any", phone.StateIncoming)
	c := d.Is(ours, "whom it was meant for", func(c phone.Call) bool {
		return c.Origin != nil && c.Origin.Sought != nil && c.Origin.Sought.Presence != nil && len(c.Origin.Sought.Emails) > 0
	})
	if s := c.Origin.Sought; s.Number != "2101" || s.Presence.Activity == phone.ActivityAvailable || s.Presence.Until.IsZero() || s.Reason == "" {
		t.Errorf("%+v %+v", s, s.Presence)
	}
	d.Must("decline", ours)
}

// Five hundred lamps, by one list or by a subscription each, all change at once; the exchange is lost and comes back.
func TestFiveHundredLamps(t *testing.T) {
	t.Parallel()
	const many = 500
	config := pbxdemo.Config{Bind: netip.MustParseAddr("127.0.0.1"), Password: "practice", People: many, Rate: -1, Seed: 1}
	pbx, err := pbxdemo.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pbx.Close() }()
	var lines strings.Builder
	lines.WriteString("Namn;Anknytning\n")
	for _, p := range pbxdemo.People(many, "sv") {
		if strings.HasPrefix(p.Line(), "3") {
			fmt.Fprintf(&lines, "%s;%s\n", p.Name, p.Line())
		}
	}
	book := filepath.Join(t.TempDir(), "colleagues.csv")
	if err := os.WriteFile(book, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &desk{user: "2100"}
	d.Svara = phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	d.AddAccount("2100", "practice", pbx.Addr().String(), "--dialect", "demo")
	d.Must("wait", "registered", "--timeout", "20s")
	d.Must("book", "add", "--id", "col", "--kind", "file", "--address", book, "--colleagues")
	all := func(what string, ok func(phone.Line) bool) {
		t.Helper()
		n := 0
		defer func() {
			if t.Failed() {
				t.Logf("%d of %d lamps", n, many)
			}
		}()
		phonetest.Until(t, 90*time.Second, what, func() bool {
			n = 0
			for _, l := range d.Snapshot().Lines {
				if ok(l) {
					n++
				}
			}
			return n == many
		})
	}
	known := func(l phone.Line) bool {
		return l.State == phone.LineIdle && l.Presence != nil && !l.Stale && l.Reason == nil
	}
	all("all known", known)
	pbx.Burst()
	all("all in calls", func(l phone.Line) bool { return l.State == phone.LineBusy && l.With.Number != "" })
	pbx.Burst()
	all("all idle", known)
	port := int(pbx.Addr().Port())
	if err := pbx.Close(); err != nil {
		t.Fatal(err)
	}
	config.Port = port
	if pbx, err = pbxdemo.Start(config); err != nil {
		t.Fatal(err)
	}
	d.Must("wait", "registered", "--timeout", "90s")
	pbx.Burst()
	all("all in calls after the restart", func(l phone.Line) bool { return l.State == phone.LineBusy && !l.Stale })
}
