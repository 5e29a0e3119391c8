package tally

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// world is an exchange of which everything is known: what the tally says is compared with it.
type world struct {
	r       *rand.Rand
	now     int
	last    int // call
	waits   []stay
	talks   map[stay]string
	told    bool // the link is up
	down    int  // since when it is not
	outcome map[string]team.Outcome
}

// TestRandom lets exchanges do what they like, with links and servers lost, and checks that nothing is lost or doubled.
func TestRandom(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &world{r: rand.New(rand.NewPCG(seed, 1)), talks: map[stay]string{}, outcome: map[string]team.Outcome{}}
			d := newDesk(t, time.FixedZone("", int(seed%5)*3600))
			w.sync(d)
			for range 600 {
				w.now += w.r.IntN(90)
				w.step(d)
				w.check(t, d)
				if t.Failed() {
					return
				}
			}
		})
	}
}

var randomQueues = []phone.QueueID{"support", "sales"}

// step is one thing that happens. The tally hears of it while the link is up.
func (w *world) step(d *desk) {
	tell := func(e team.SourceEvent) {
		if w.told {
			d.t.Apply(e)
			if w.r.IntN(3) > 0 {
				d.put(d.t.Changes())
			}
		}
	}
	telephone := fmt.Sprintf("PJSIP/21%02d", 1+w.r.IntN(4))
	switch n := w.r.IntN(100); {
	case n < 35:
		w.last++
		q := randomQueues[w.r.IntN(2)]
		k := stay{q, fmt.Sprintf("c%d", w.last)}
		w.waits = append(w.waits, k)
		tell(join(w.now, string(q), k.call, 0))
	case n < 60 && len(w.waits) > 0:
		k := w.take()
		w.talks[k] = telephone
		tell(answer(w.now, string(k.queue), k.call, telephone, w.r.IntN(30)))
		if w.r.IntN(10) == 0 {
			tell(answer(w.now, string(k.queue), k.call, telephone, 1))
		}
	case n < 75 && len(w.waits) > 0:
		k := w.take()
		tell(team.CallLeft{At: at(w.now), Queue: k.queue, Call: k.call, Redirected: w.r.IntN(2) == 0, WaitS: w.r.IntN(30) - 1})
		if w.r.IntN(10) == 0 {
			tell(team.CallLeft{At: at(w.now), Queue: k.queue, Call: k.call, Redirected: w.r.IntN(2) == 0})
		}
	case n < 88:
		for k := range w.talks {
			delete(w.talks, k)
			tell(team.CallEnded{At: at(w.now), Queue: k.queue, Call: k.call, TalkS: w.r.IntN(100)})
			break
		}
	case n < 92:
		tell(seat(w.now, string(randomQueues[w.r.IntN(2)]), telephone, team.MemberIdle))
	case n < 94:
		tell(team.LineTold{At: at(w.now), Phone: telephone, State: phone.LineBusy})
	case n < 96:
		d.put(d.t.Changes()) // what was not stored is lost with the server, and told anew
		d.restart(at(w.now))
		if w.told {
			w.sync(d)
		}
	case w.told:
		d.t.Apply(team.SourceDown{At: at(w.now)})
		w.told, w.down = false, w.now
	default:
		w.sync(d)
	}
}

func (w *world) take() stay {
	i := w.r.IntN(len(w.waits))
	k := w.waits[i]
	w.waits = append(w.waits[:i], w.waits[i+1:]...)
	return k
}

// sync tells everything.
func (w *world) sync(d *desk) {
	w.told = true
	d.t.Apply(team.SourceUp{At: at(w.now)})
	places := map[phone.QueueID]int{}
	for _, q := range randomQueues {
		d.t.Apply(team.QueueTold{At: at(w.now), Queue: q})
	}
	for _, k := range w.waits {
		places[k.queue]++
		d.t.Apply(team.CallJoined{At: at(w.now), Since: at(w.now - 5), Queue: k.queue, Call: k.call, Place: places[k.queue]})
	}
	for k, p := range w.talks {
		d.t.Apply(team.CallAnswered{At: at(w.now), Queue: k.queue, Call: k.call, Phone: p, WaitS: -1})
	}
	d.t.Apply(team.SourceSynced{At: at(w.now)})
}

// check compares what is shown with the log, and while the link is up with the world.
func (w *world) check(t *testing.T, d *desk) {
	t.Helper()
	d.put(d.t.Changes())
	d.t.Tick(at(w.now))
	d.put(d.t.Changes())
	today := dayOf(at(w.now), d.zone)
	type sums struct{ waiting, answered, lost, redirected, inTime, longest, waits int }
	count := map[phone.QueueID]*sums{"support": {}, "sales": {}}
	talk, handled := map[string]int{}, map[string]int{}
	for id, e := range d.log {
		if was := w.outcome[id]; was != "" && was != team.OutcomeWaiting && was != e.Outcome {
			t.Fatalf("%s was %s and is %s", id, was, e.Outcome)
		}
		w.outcome[id] = e.Outcome
		s := count[e.Queue]
		if e.Outcome == team.OutcomeWaiting {
			s.waiting++
			continue
		}
		if !today.has(e.Began) {
			continue
		}
		s.longest = max(s.longest, e.WaitS)
		switch e.Outcome {
		case team.OutcomeAnswered:
			s.answered++
			s.waits += e.WaitS
			if e.WaitS <= ServiceS {
				s.inTime++
			}
			key := MemberID(e.Queue, e.Phone)
			handled[key]++
			talk[key] += e.TalkS
		case team.OutcomeMissed:
			s.lost++
		case team.OutcomeRedirected:
			s.redirected++
		}
	}
	waiting := 0
	for id, s := range count {
		q := d.queue(string(id))
		waiting += q.Waiting
		average := 0
		if s.answered > 0 {
			average = (s.waits + s.answered/2) / s.answered
		}
		if q.Waiting != s.waiting || q.Answered != s.answered || q.Lost != s.lost || q.Redirected != s.redirected || q.InTime != s.inTime || q.LongestWaitS != s.longest || q.AverageWaitS != average {
			t.Fatalf("%s at %v: %+v, the log has %+v", id, at(w.now), q, *s)
		}
	}
	if len(d.waiting()) != waiting {
		t.Fatalf("%d wait, shown are %v", waiting, d.waiting())
	}
	for key, n := range handled {
		if m := d.member(key); m.Today != n || m.TalkS != talk[key] {
			t.Fatalf("%s: %+v, the log has %d calls of %d s", key, m, n, talk[key])
		}
	}
	if !w.told {
		return
	}
	if waiting != len(w.waits) {
		t.Fatalf("%d wait, shown are %d", len(w.waits), waiting)
	}
	talking := 0
	for _, e := range d.log {
		if e.Talking {
			talking++
		}
	}
	if talking != len(w.talks) {
		t.Fatalf("%d are talked with, shown are %d", len(w.talks), talking)
	}
}

// BenchmarkApply is a call's life with two telephones that ring: 12 events, taken out once each four calls.
func BenchmarkApply(b *testing.B) {
	d := New(team.Before{Now: noon})
	d.Whose(whose())
	d.Apply(team.SourceUp{At: noon})
	d.Apply(team.QueueTold{At: noon, Queue: "support"})
	d.Apply(team.SourceSynced{At: noon})
	names := make([]string, 1024)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	b.ReportAllocs()
	events := 0
	for i := 0; b.Loop(); i++ {
		s, call := i%3600, names[i%len(names)]
		for _, e := range [...]team.SourceEvent{
			join(s, "support", call, 0), seat(s, "support", "PJSIP/2101", team.MemberRinging), seat(s, "support", "PJSIP/2102", team.MemberRinging),
			team.CallRings{At: at(s), Queue: "support", Call: call, Phone: "PJSIP/2101"}, team.CallRings{At: at(s), Queue: "support", Call: call, Phone: "PJSIP/2102"},
			team.LineTold{At: at(s), Phone: "2101", State: phone.LineRinging}, answer(s+3, "support", call, "PJSIP/2101", 3),
			seat(s+3, "support", "PJSIP/2101", team.MemberInCall), seat(s+3, "support", "PJSIP/2102", team.MemberIdle),
			team.LineTold{At: at(s + 3), Phone: "2101", State: phone.LineBusy}, end(s+9, "support", call, 6), seat(s+9, "support", "PJSIP/2101", team.MemberIdle),
		} {
			d.Apply(e)
			events++
		}
		if i%4 == 0 {
			d.Changes()
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
