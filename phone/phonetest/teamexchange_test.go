package phonetest_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
	"svara/phone/team/ami"
	"svara/phone/team/spool"
	"svara/phone/team/tally"
)

// Asterisk is killed while calls wait and are talked with, and comes back with others.
func TestTeamAsteriskKilled(t *testing.T) {
	a, c := queueOffice(t, 200*time.Millisecond)
	d := newQueueDesk(t, c)
	d.synced()
	d.do(team.LogMember{Queue: "support", Phone: "2101", In: true})
	a.CallQueue("6401", 3, 90*time.Second)
	d.until("one answered, two waiting", func() bool {
		r := d.rows()
		return r["talking"] == 1 && r["waiting"] == 2 && d.queue("support").Waiting == 2
	})
	a.Stop()
	d.until("that it is down", func() bool { return !d.status.Up && d.status.Reason != nil })
	d.mu.Lock()
	if q := d.queue("support"); q.Waiting != 2 {
		t.Errorf("what was known is not shown: %+v", q)
	}
	d.mu.Unlock()
	d.refused(team.SetSkill{Queue: "support", Phone: "2101", Skill: 2}, d.status.Reason.ID)
	a.Start()
	d.until("that it is back", func() bool { return d.status.Up && d.queue("support").Waiting == 0 && d.queue("support").LoggedIn == 0 })
	d.mu.Lock()
	if r := d.rows(); r["answered"] != 1 || r["missed"] != 2 || len(d.log) != 3 {
		t.Errorf("%v", r)
	}
	d.mu.Unlock()
	d.do(team.LogMember{Queue: "support", Phone: "2101", In: true})
	a.CallQueue("6401", 1, time.Second).Wait(60 * time.Second)
	d.until("another call", func() bool { r := d.rows(); return r["answered"] == 2 && r["missed"] == 2 && len(d.log) == 4 })
}

// Another server goes on while calls wait and are talked with: it finds them as they are.
func TestTeamServerRestarts(t *testing.T) {
	a, c := queueOffice(t, 200*time.Millisecond)
	d := newQueueDesk(t, c)
	d.synced()
	d.do(team.LogMember{Queue: "support", Phone: "2101", In: true})
	long := a.CallQueue("6401", 2, 15*time.Second)
	d.until("one answered, one waiting", func() bool { r := d.rows(); return r["talking"] == 1 && r["waiting"] == 1 })
	d.mu.Lock()
	b := team.Before{Source: d.status, Now: time.Now(), Items: slices.Collect(maps.Values(d.items)), Log: slices.Collect(maps.Values(d.log))}
	d.mu.Unlock()
	e := newQueueDesk(t, c)
	e.mu.Lock()
	e.tally = tally.New(b)
	e.log = map[string]team.LogEntry{}
	for _, row := range b.Log {
		e.log[row.ID] = row
	}
	e.mu.Unlock()
	long.Wait(60 * time.Second)
	for _, desk := range []*queueDesk{d, e} {
		desk.until("their ends", func() bool {
			r := desk.rows()
			return len(desk.log) == 2 && r["answered"]+r["missed"] == 2 && r["answered"] >= 1
		})
		desk.mu.Lock()
		for _, row := range desk.log {
			if row.Outcome == team.OutcomeAnswered && row.TalkS == 0 && row.WaitS < 10 {
				t.Errorf("%+v", row)
			}
		}
		desk.mu.Unlock()
	}
}

// A password that is wrong is told, and right when its file is.
func TestTeamWrongPassword(t *testing.T) {
	a, c := queueOffice(t, time.Second)
	if err := os.WriteFile(c.PasswordFile, []byte("wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newQueueDesk(t, c)
	d.until("the reason", func() bool { return d.status.Reason != nil && d.status.Reason.ID == phone.ReasonWrongPassword })
	if err := os.WriteFile(c.PasswordFile, []byte(phonetest.ManagerPassword), 0o600); err != nil {
		t.Fatal(err)
	}
	d.synced()
	b, err := os.ReadFile(a.Path("log/full"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "failed to authenticate as"); n != 1 {
		t.Errorf("%d wrong logins", n)
	}
}

// Many callers at once: what a busy call centre does, 200 events a second and more. Nothing is lost.
func TestTeamBusy(t *testing.T) {
	a, c := queueOffice(t, 0) // no caller gives up while it rings, which is more than these telephones understand
	d := newQueueDesk(t, c)
	d.synced()
	for _, n := range []string{"2101", "2102", "2103"} {
		d.do(team.LogMember{Queue: "support", Phone: n, In: true})
	}
	d.do(team.SetQueue{Queue: "support", Settings: team.QueueSettings{Distribution: team.DistributionTurns}})
	d.until("turns", func() bool { return d.queue("support").Settings.Distribution == team.DistributionTurns })
	d.mu.Lock()
	before := d.events
	d.mu.Unlock()
	begun := time.Now()
	const n = 90
	callers := a.CallQueue("6401", n, 3*time.Second, "-r", "8", "-l", "200")
	for i := range 3000 { // and somebody who cannot decide
		d.do(team.PauseMember{Queue: "support", Phone: "2103", On: i%2 == 0})
	}
	select { // some may be refused: the test PBX has ports for some fifty calls
	case <-callers.Done():
	case <-time.After(90 * time.Second):
		t.Fatal("the callers do not end")
	}
	took := time.Since(begun)
	d.until("their ends", func() bool {
		r := d.rows()
		return r["answered"]+r["missed"] >= n/2 && r["waiting"]+r["talking"] == 0 && len(d.log) == queueLog(t, a, "support")["ENTERQUEUE"]
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	rows, ql, q := d.rows(), queueLog(t, a, "support"), d.queue("support")
	t.Logf("%d events in %v (%.0f a second); our log %v, Asterisk's %v", d.events-before, took.Round(time.Second), float64(d.events-before)/took.Seconds(), rows, ql)
	if rows["answered"] != ql["CONNECT"] || rows["missed"] != ql["ABANDON"] || len(d.log) != ql["ENTERQUEUE"] || q.Waiting != 0 || q.Answered != ql["CONNECT"] || q.Lost != ql["ABANDON"] || ql["PAUSE"] != 1500 || q.LoggedIn != 3 || d.member("support/PJSIP/2103").Paused {
		t.Errorf("the logs differ: %+v", q)
	}
}

// A message that Asterisk has recorded is seen, played, moved and deleted in its spool, and its telephones are told.
func TestTeamVoicemail(t *testing.T) {
	t.Parallel()
	a, c := queueOffice(t, time.Second)
	d := newQueueDesk(t, c)
	told := make(chan team.VoicemailTold, 100)
	watch := ami.New(c)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = watch.Run(ctx, func(e team.SourceEvent) {
			if v, ok := e.(team.VoicemailTold); ok && v.Box == "2101@default" {
				told <- v
			}
		})
	}()
	defer func() { cancel(); <-ended }()
	count := func(new, old int) {
		t.Helper()
		for end := time.After(40 * time.Second); ; {
			select {
			case v := <-told:
				if v.New == new && v.Old == old {
					return
				}
			case <-end:
				t.Fatalf("Asterisk does not tell %d new and %d old", new, old)
			}
		}
	}
	d.synced()
	count(0, 0)
	d.do(team.Originate{Phone: phonetest.NumberTone, Number: "6900", Shown: "0701234567"})
	phonetest.Until(t, 20*time.Second, "the recording", func() bool {
		return slices.ContainsFunc(a.Lines(), func(c phonetest.Channel) bool { return c.App == "VoiceMail" })
	})
	phonetest.Until(t, 30*time.Second, "some sound", func() bool {
		found, _ := filepath.Glob(a.Path("spool/voicemail/default/2101/tmp/*.wav"))
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && info.Size() > 40_000 {
				return true
			}
		}
		return false
	})
	a.CLI("channel request hangup all")
	count(1, 0)
	box, err := spool.Open(a.Path("spool/voicemail"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	l, err := box.Messages("2101@default")
	if err != nil || len(l) != 1 || l[0].Old || l[0].Duration < 2*time.Second || l[0].Type != "audio/wav" || time.Since(l[0].Received) > time.Minute {
		t.Fatalf("%+v, %v", l, err)
	}
	sound, err := box.Open("2101@default", l[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(sound)
	sound.Close()
	if err != nil || int64(len(b)) != l[0].Size || string(b[:4]) != "RIFF" {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if err := box.Mark("2101@default", l[0].ID, true); err != nil {
		t.Fatal(err)
	}
	d.do(team.RefreshMailbox{Box: "2101@default"})
	count(0, 1)
	if text := a.CLI("voicemail show users"); !strings.Contains(text, "2101") {
		t.Errorf("Asterisk has %s", text)
	}
	if err := box.Delete("2101@default", l[0].ID); err != nil {
		t.Fatal(err)
	}
	d.do(team.RefreshMailbox{Box: "2101@default"})
	count(0, 0)
	// What we record it plays.
	if err := box.PutGreeting("2101@default", team.GreetingUnavailable, bytes.NewReader(voice(440, time.Second))); err != nil {
		t.Fatal(err)
	}
	d.do(team.Originate{Phone: phonetest.NumberTone, Number: "6900"})
	phonetest.Until(t, 20*time.Second, "the greeting", func() bool {
		b, err := os.ReadFile(a.Path("log/full"))
		return err == nil && strings.Contains(string(b), "voicemail/default/2101/unavail.slin")
	})
	a.CLI("channel request hangup all")
}
