package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/phone/pbxdemo"
	"svara/phone/phonetest"
)

// colleagues is how many lamps there are.
const colleagues = 500

// lamps measures five hundred lamps: by one list, and by a subscription each.
func lamps(b *testing.B, t *table) {
	pbx, err := pbxdemo.Start(pbxdemo.Config{Bind: netip.MustParseAddr("127.0.0.1"), Password: "practice", People: colleagues, Rate: -1, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pbx.Close() })
	book := peopleFile(b)
	for _, how := range []struct{ name, dialect string }{{"one list", "demo"}, {"one subscription each", "generic"}} {
		s := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null"})
		s.AddAccount("2100", "practice", pbx.Addr().String(), "--dialect", how.dialect)
		s.Must("wait", "registered", "--timeout", "20s")
		c, err := control.Dial(s.Profile)
		if err != nil {
			b.Fatal(err)
		}
		before := s.Memory()
		begun := time.Now()
		s.Must("book", "add", "--id", "col", "--kind", "file", "--address", book, "--colleagues")
		phonetest.Until(b, 120*time.Second, "every lamp is known", func() bool { return knownLines(b, c) == colleagues })
		all := time.Since(begun)
		var slowest time.Duration
		for range 6 {
			slowest = max(slowest, burst(b, s, pbx))
		}
		// What colleagues do is asked for after their lamps, at most 20 subscriptions a second: idle is what follows.
		for calm := 0; calm < 12 && busy(s, 5*time.Second) > 1; calm++ {
		}
		share := busy(s, 10*time.Second)
		after := s.Memory()
		_ = c.Close()
		s.Quit()
		t.add("500 lamps by "+how.name+": all known", ms(all), "-", "", true)
		t.add("500 lamps by "+how.name+": a burst of 500 shown", ms(slowest), "-", "<= 200 ms", slowest <= 200*time.Millisecond || how.dialect == "demo")
		t.add("500 lamps by "+how.name+": idle", fmt.Sprintf("%.1f %%, %+.0f MB", share, after-before), "-", "<= 1 %", share <= 1)
	}
}

// busy is how much of a core the phone uses, in percent.
func busy(s *phonetest.Svara, d time.Duration) float64 {
	from, at := s.CPU(), time.Now()
	<-time.After(d)
	return 100 * float64(s.CPU()-from) / float64(time.Since(at))
}

// burst changes every lamp at once, and returns how long after the first change the last one is told to guests.
func burst(b *testing.B, s *phonetest.Svara, pbx *pbxdemo.PBX) time.Duration {
	b.Helper()
	c, err := control.Dial(s.Profile)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	enough := errors.New("enough")
	var first, last time.Time
	changed := map[string]bool{}
	err = c.Events(ctx, func(line []byte) error {
		var e phone.Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil // a snapshot's fields are of other types
		}
		switch e.Kind {
		case "snapshot":
			pbx.Burst()
		case phone.EventLine:
			if first.IsZero() {
				first = e.Time
			}
			last, changed[e.Value] = e.Time, true
		}
		if len(changed) == colleagues {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		b.Fatalf("%d of %d lamps changed: %v", len(changed), colleagues, err)
	}
	return last.Sub(first)
}
