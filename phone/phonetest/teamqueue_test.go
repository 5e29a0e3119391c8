package phonetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
	"svara/phone/team/ami"
	"svara/phone/team/tally"
)

// queueDesk is a source with its tally and what has been stored of it, as a team server has them.
type queueDesk struct {
	t   *testing.T
	src *ami.Source

	mu     sync.Mutex
	tally  *tally.Tally             // guarded by mu
	log    map[string]team.LogEntry // guarded by mu
	items  map[string]team.Item
	status team.SourceStatus
	events int
}

func newQueueDesk(t *testing.T, c ami.Config) *queueDesk {
	t.Helper()
	d := &queueDesk{t: t, src: ami.New(c), log: map[string]team.LogEntry{}, items: map[string]team.Item{}, status: team.SourceStatus{ID: "asterisk"}}
	d.tally = tally.New(team.Before{Source: d.status, Now: time.Now()})
	d.tally.Whose(team.Whose{Phones: map[string]team.PersonID{"2101": "anna", "2102": "bo", "2103": "cilla"}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.src.Run(ctx, d.sink) }()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("the source does not end")
		}
	})
	return d
}

func (d *queueDesk) sink(e team.SourceEvent) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events++
	d.tally.Apply(e)
	for _, c := range d.tally.Changes() {
		key := string(c.Kind) + " " + c.ID
		switch v := c.Value.(type) {
		case nil:
			delete(d.items, key)
		case team.LogEntry:
			d.log[c.ID] = v
		case team.SourceStatus:
			d.status = v
		default:
			data, err := json.Marshal(v)
			if err != nil {
				panic(err)
			}
			d.items[key] = team.Item{Kind: c.Kind, ID: c.ID, Data: data}
		}
	}
}

// restart puts another tally in the place of this one, which goes on from what was stored.
func (d *queueDesk) restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := team.Before{Source: d.status, Now: time.Now(), Items: slices.Collect(maps.Values(d.items)), Log: slices.Collect(maps.Values(d.log))}
	d.tally = tally.New(b)
	d.tally.Whose(team.Whose{Phones: map[string]team.PersonID{"2101": "anna", "2102": "bo", "2103": "cilla"}})
}

func (d *queueDesk) until(what string, ok func() bool) {
	d.t.Helper()
	phonetest.Until(d.t, 60*time.Second, what, func() bool { d.mu.Lock(); defer d.mu.Unlock(); return ok() })
}

func (d *queueDesk) get(key string, into any) bool {
	i, ok := d.items[key]
	if ok {
		if err := json.Unmarshal(i.Data, into); err != nil {
			panic(err)
		}
	}
	return ok
}

func (d *queueDesk) queue(name string) team.Queue {
	var q team.Queue
	d.get("queue "+name, &q)
	return q
}

func (d *queueDesk) member(id string) team.Member {
	var m team.Member
	d.get("member "+id, &m)
	return m
}

// rows counts the log by outcome; those that are talked with apart.
func (d *queueDesk) rows() map[string]int {
	n := map[string]int{}
	for _, e := range d.log {
		key := string(e.Outcome)
		if e.Talking {
			key = "talking"
		}
		n[key]++
	}
	return n
}

func (d *queueDesk) synced() {
	d.t.Helper()
	d.until("the exchange", func() bool { return d.status.Up && d.queue("support").ID != "" })
}

func (d *queueDesk) do(a team.SourceAction) {
	d.t.Helper()
	if err := d.src.Do(d.t.Context(), a); err != nil {
		d.t.Fatalf("%+v: %v", a, err)
	}
}

func (d *queueDesk) refused(a team.SourceAction, want phone.ReasonID) {
	d.t.Helper()
	if err := d.src.Do(d.t.Context(), a); err == nil || phone.ReasonOf(err).ID != want {
		d.t.Errorf("%+v: %v, not %s", a, err, want)
	}
}

// queueOffice is an Asterisk with the queues support (6401; members by the team server) and sales (6402; PJSIP/2103), and
// the agents 2101 to 2103 who answer after a time.
func queueOffice(t *testing.T, rings time.Duration) (*phonetest.Asterisk, ami.Config) {
	t.Helper()
	c := phonetest.AsteriskConfig{Manager: true, Voicemail: true, Queues: []phonetest.PBXQueue{
		{Name: "support", Number: "6401", Timeout: 3}, {Name: "sales", Number: "6402", Members: []string{"PJSIP/2103"}, Strategy: "rrmemory"},
	}, Extra: "exten => 6900,1,VoiceMail(2101@default,us)\nexten => _21XX,1,Gosub(svara-dial,s,1(${EXTEN},PJSIP/${EXTEN},svara))\n same => n,Hangup()\n"}
	for _, u := range []string{"2101", "2102", "2103"} {
		c.Users = append(c.Users, phonetest.StartAgent(t, u, rings))
	}
	a := phonetest.StartAsterisk(t, c)
	file := filepath.Join(t.TempDir(), "ami")
	if err := os.WriteFile(file, []byte(phonetest.ManagerPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return a, ami.Config{Address: a.Manager(), User: phonetest.ManagerUser, PasswordFile: file, Context: "svara"}
}

// queueLog counts what Asterisk has written in its own log of a queue, by event.
func queueLog(t *testing.T, a *phonetest.Asterisk, queue string) map[string]int {
	t.Helper()
	b, err := os.ReadFile(a.Path("log/queue_log"))
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Split(strings.TrimSpace(line), "|"); len(f) > 4 && f[2] == queue {
			n[f[4]]++
		}
	}
	return n
}

var queueShow = regexp.MustCompile(`(\S+) has (\d+) calls .* C:(\d+), A:(\d+)`)

// queueShown is what Asterisk itself says: waiting, completed, abandoned.
func queueShown(t *testing.T, a *phonetest.Asterisk, queue string) (waiting, completed, abandoned int) {
	t.Helper()
	text := a.CLI("queue show " + queue)
	m := queueShow.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("queue show: %s", text)
	}
	for i, p := range []*int{&waiting, &completed, &abandoned} {
		if _, err := fmt.Sscan(m[2+i], p); err != nil {
			t.Fatal(err)
		}
	}
	return waiting, completed, abandoned
}

// A day at a queue: callers who are answered, who give up, who go on when nobody answers, and at night.
func TestTeamQueue(t *testing.T) {
	a, c := queueOffice(t, 200*time.Millisecond)
	d := newQueueDesk(t, c)
	d.synced()

	// Nobody is there: three wait, in order, as Asterisk has them.
	lost := a.CallQueue("6401", 3, 2500*time.Millisecond)
	d.until("three who wait", func() bool { return d.queue("support").Waiting == 3 })
	if n, _, _ := queueShown(t, a, "support"); n != 3 {
		t.Errorf("Asterisk has %d", n)
	}
	lost.Wait(30 * time.Second)
	d.until("that they gave up", func() bool { q := d.queue("support"); return q.Waiting == 0 && q.Lost == 3 })

	// Two agents take eight calls.
	d.do(team.LogMember{Queue: "support", Phone: "2101", Name: "Anna", In: true})
	d.do(team.LogMember{Queue: "support", Phone: "2102", Name: "Bo", In: true, Skill: 10})
	d.until("two agents", func() bool { q := d.queue("support"); return q.LoggedIn == 2 && q.Available == 2 })
	answered := a.CallQueue("6401", 8, 2500*time.Millisecond, "-r", "1", "-rp", "2000")
	answered.Wait(60 * time.Second)
	d.until("eight answers", func() bool {
		r := d.rows()
		return d.queue("support").Answered == 8 && r["talking"] == 0 && d.queue("support").Available == 2
	})
	d.mu.Lock()
	q, anna, bo := d.queue("support"), d.member("support/PJSIP/2101"), d.member("support/PJSIP/2102")
	d.mu.Unlock()
	if anna.Today+bo.Today != 8 || anna.Person != "anna" || q.InTime != 8 {
		t.Errorf("%+v %+v %+v", q, anna, bo)
	}

	// Nobody answers within five seconds: on to 2103, as one change of settings.
	d.do(team.PauseMember{Phone: "2101", On: true, Why: "lunch"})
	d.do(team.PauseMember{Queue: "support", Phone: "2102", On: true})
	d.until("the pause", func() bool {
		q := d.queue("support")
		return q.Available == 0 && q.LoggedIn == 2 && d.member("support/PJSIP/2101").Why == "lunch"
	})
	settings := team.QueueSettings{Overflow: "2103", OverflowS: 5, NightNumber: "2102", Distribution: team.DistributionFewest, ServiceS: 30}
	d.do(team.SetQueue{Queue: "support", Settings: settings})
	d.until("the settings", func() bool { return d.queue("support").Settings == settings })
	if text := a.CLI("queue show support"); !strings.Contains(text, "'fewestcalls' strategy") {
		t.Errorf("Asterisk has %s", text)
	}
	a.CallQueue("6401", 2, 7*time.Second).Wait(60 * time.Second)
	d.until("two that went on", func() bool { return d.queue("support").Redirected == 2 })

	// Night.
	settings.Night = true
	d.do(team.SetQueue{Queue: "support", Settings: settings})
	d.until("night", func() bool { return d.queue("support").Settings.Night })
	a.CallQueue("6401", 1, 2*time.Second).Wait(60 * time.Second)
	d.until("one at night", func() bool { return d.queue("support").Redirected == 3 })
	settings.Night = false
	d.do(team.SetQueue{Queue: "support", Settings: settings})
	d.until("day", func() bool { return !d.queue("support").Settings.Night })

	d.mu.Lock()
	to := map[string]int{}
	for _, e := range d.log {
		if e.Outcome == team.OutcomeRedirected {
			to[e.To]++
		}
	}
	rows := d.rows()
	d.mu.Unlock()
	if to["2103"] != 2 || to["2102"] != 1 {
		t.Errorf("they went to %v", to)
	}
	ql := queueLog(t, a, "support")
	waiting, completed, abandoned := queueShown(t, a, "support")
	t.Logf("our log %v, Asterisk's queue_log %v, queue show: %d wait, %d completed, %d abandoned", rows, ql, waiting, completed, abandoned)
	// Asterisk's own figures call those abandoned too whom it sent on.
	if ql["CONNECT"] != rows["answered"] || ql["ABANDON"] != rows["missed"] || ql["EXITWITHTIMEOUT"]+1 != rows["redirected"] || ql["ENTERQUEUE"]+1 != len(d.log) ||
		completed != rows["answered"] || abandoned != rows["missed"]+ql["EXITWITHTIMEOUT"] || waiting != 0 || ql["COMPLETECALLER"]+ql["COMPLETEAGENT"] != 8 {
		t.Errorf("the logs differ")
	}
	// A server started anew has the same figures.
	d.mu.Lock()
	before := d.queue("support")
	d.mu.Unlock()
	d.restart()
	d.mu.Lock()
	d.tally.Tick(time.Now())
	after := d.queue("support")
	d.mu.Unlock()
	if before != after {
		t.Errorf("after a restart %+v, before %+v", after, before)
	}
}

// Members are logged in and out by us and at Asterisk's own command line; what it refuses has a reason.
func TestTeamMembers(t *testing.T) {
	a, c := queueOffice(t, time.Second)
	d := newQueueDesk(t, c)
	d.synced()
	is := func(what string, ok func(m team.Member) bool) {
		t.Helper()
		d.until(what, func() bool { return ok(d.member("support/PJSIP/2101")) })
	}
	d.do(team.LogMember{Queue: "support", Phone: "PJSIP/2101", In: true, Skill: 4})
	is("in", func(m team.Member) bool { return m.LoggedIn && m.Skill == 4 && m.State == team.MemberIdle })
	if text := a.CLI("queue show support"); !strings.Contains(text, "PJSIP/2101 with penalty 6") {
		t.Errorf("Asterisk has %s", text)
	}
	a.CLI("queue set penalty 1 on PJSIP/2101 in support")
	is("penalty", func(m team.Member) bool { return m.Skill == 9 })
	a.CLI("queue set penalty 50 on PJSIP/2101 in support")
	is("penalty", func(m team.Member) bool { return m.Skill == 1 })
	d.do(team.SetSkill{Queue: "support", Phone: "2101", Skill: 10})
	is("skill", func(m team.Member) bool { return m.Skill == 10 })
	a.CLI("queue pause member PJSIP/2101 queue support reason coffee")
	is("pause", func(m team.Member) bool { return m.Paused && m.Why == "coffee" })
	d.do(team.PauseMember{Queue: "support", Phone: "2101"})
	is("no pause", func(m team.Member) bool { return !m.Paused })
	a.CLI("queue remove member PJSIP/2101 from support")
	is("out", func(m team.Member) bool { return !m.LoggedIn && m.Person == "anna" })
	a.CLI("queue add member PJSIP/2101 to support penalty 2")
	is("in", func(m team.Member) bool { return m.LoggedIn && m.Skill == 8 })
	d.do(team.LogMember{Queue: "support", Phone: "2101"})
	is("out", func(m team.Member) bool { return !m.LoggedIn })
	d.do(team.LogMember{Queue: "support", Phone: "2101", In: true})
	is("in as before", func(m team.Member) bool { return m.LoggedIn && m.Skill == 8 })

	d.refused(team.LogMember{Queue: "support", Phone: "2101", In: true}, phone.ReasonWrongState)
	d.refused(team.LogMember{Queue: "support", Phone: "2102"}, phone.ReasonNotMember)
	d.refused(team.LogMember{Queue: "none", Phone: "2102", In: true}, phone.ReasonNoItem)
	d.refused(team.LogMember{Queue: "sales", Phone: "2103"}, phone.ReasonNotPermitted)
	d.refused(team.PauseMember{Queue: "support", Phone: "2102", On: true}, phone.ReasonNotMember)
	d.refused(team.SetSkill{Queue: "support", Phone: "2102", Skill: 5}, phone.ReasonNotMember)
	d.refused(team.LogMember{Queue: "support", Phone: "2101\r\nAction: Reload", In: true}, phone.ReasonBadTarget)
	d.refused(team.PauseMember{Queue: "support", Phone: "2101", On: true, Why: "x\r\nAction: Reload"}, phone.ReasonBadCommand)
	d.refused(team.SetQueue{Queue: "support", Settings: team.QueueSettings{Distribution: team.DistributionInOrder}}, phone.ReasonNotSupported)
	d.refused(team.SetQueue{Queue: "support", Settings: team.QueueSettings{Overflow: "${SHELL(x)}", OverflowS: 9}}, phone.ReasonBadTarget)
	d.refused(team.SetQueue{Queue: "support", Settings: team.QueueSettings{Night: true}}, phone.ReasonBadItem)
	d.refused(team.SetQueue{Queue: "none"}, phone.ReasonNoItem)

	// Forwarding is what the dial plan reads.
	d.do(team.SetForward{Extension: "2101", Kind: phone.ForwardAll, Number: "2102"})
	if text := a.CLI("database show svara/forward"); !strings.Contains(text, "/svara/forward/2101/all") {
		t.Errorf("Asterisk has %s", text)
	}
	call := a.CallQueue("2101", 1, time.Second)
	d.until("that it rings elsewhere", func() bool {
		var p team.Presence
		d.get("presence bo", &p)
		return p.Line == phone.LineRinging || p.Line == phone.LineBusy
	})
	call.Wait(30 * time.Second)
	d.do(team.SetForward{Extension: "2101", Kind: phone.ForwardAll})
	if text := a.CLI("database show svara/forward"); strings.Contains(text, "/svara/forward/2101/all") {
		t.Errorf("Asterisk has %s", text)
	}
	d.do(team.RefreshMailbox{Box: "2101@default"})
}

// A telephone, then a number (features.md B5).
func TestTeamOriginate(t *testing.T) {
	a, c := queueOffice(t, 300*time.Millisecond)
	d := newQueueDesk(t, c)
	d.synced()
	d.do(team.Originate{Phone: "2101", Number: phonetest.NumberTone, Shown: "0812345678"})
	phonetest.Until(t, 20*time.Second, "the call", func() bool {
		return slices.ContainsFunc(a.Lines(), func(c phonetest.Channel) bool { return c.User == "2101" && c.App == "Milliwatt" })
	})
	a.HangUp("2101")
	// A mobile, by way of the dial plan.
	d.do(team.Originate{Phone: phonetest.NumberLate, Number: "2102", Wait: 20 * time.Second})
	for _, o := range []struct {
		team.Originate
		want phone.ReasonID
	}{
		{team.Originate{Phone: phonetest.NumberRings, Number: "2102", Wait: time.Second}, phone.ReasonNoAnswer},
		{team.Originate{Phone: phonetest.NumberBusy, Number: "2102"}, phone.ReasonBusy},
		{team.Originate{Phone: "2101", Number: "1,2"}, phone.ReasonBadTarget},
		{team.Originate{Phone: "PJSIP/none", Number: "2102"}, phone.ReasonUnknownNumber},
		{team.Originate{Phone: "2101", Number: "98765"}, phone.ReasonUnknownNumber},
	} {
		d.refused(o.Originate, o.want)
	}
}
