package pbxdemo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/ua"
)

// queue is a number whose callers wait with music until somebody who is logged in there is free. The loop owns it.
//
//	call ──► enqueue ──► queued, alone in a conversation: music ──► offers: the agent who has been free longest rings,
//	                       ▲                                          │    or all     └─ answers: the two talk
//	                       └──────────── no answer, refusal ──────────┘
type queue struct {
	number  string
	name    string
	sv      string
	en      string   // what one can do with it
	about   string   // the same in Swedish
	bosses  []string // who may close it for the night
	night   bool
	nights  string            // where callers go then; empty: they are refused
	spills  string            // where calls go that nobody has answered in time; empty: they wait on
	patient time.Duration     // for so long
	order   team.Distribution // who is asked first
	last    string            // who was, last
	service int               // an answer within so many seconds is in time; 0: nobody has said
	members []*agent          // who may log in
	calls   []*queued         // waiting or talking, the oldest first
}

// agent is a member of a queue.
type agent struct {
	number string
	in     bool      // logged in
	free   time.Time // since when: of its last call from the queue
	rests  bool      // it has just not taken a call
	paused bool      // takes no calls for now
	why    string    // of the pause
	skill  int       // 1-10; who has more is asked first; 0 is 10
	took   int       // calls of the queue
}

// queued is a caller of a queue.
type queued struct {
	q      *queue
	e      *end
	since  time.Time
	conv   *conv    // where it waits; nil when it talks
	offers []*offer // the agents that ring for it
	spill  *try     // the number that rings instead, when nobody has answered in time
	agent  *agent   // who it talks with
	by     *end     // the agent's end, when it talks
}

// offer is an agent that rings for a caller.
type offer struct {
	try   *try
	agent *agent
}

const (
	offerTime  = 15 * time.Second // how long an agent rings
	restTime   = 10 * time.Second // until an agent that has not taken a call is offered the next
	maxWaiting = 20               // callers of a queue
)

// What is said of a queue that one may not use, and of one that is closed.
const notActive, closedForTheNight = "Tjänsten är inte aktiv", "Stängt"

// newQueues is the queues as they are at the start. The first account is in two of them.
func newQueues(user string) []*queue {
	members := func(numbers ...string) []*agent {
		var out []*agent
		for _, n := range numbers {
			out = append(out, &agent{number: n})
		}
		return out
	}
	open := func(code string) (en, sv string) {
		return "log in with *75*" + code + "# and take its calls", "logga in med *75*" + code + "# och ta samtalen"
	}
	board := &queue{number: "9000", name: "Switchboard", sv: "Växeln", bosses: []string{user, "2198"}, members: members(user, "2198", "2101", "2114")}
	support := &queue{number: "9010", name: "Support", sv: "Support", bosses: []string{user}, members: members("2142", "2151", user, "2199")}
	orders := &queue{number: "9020", name: "Orders", sv: "Order", members: members("2133", "2126"), en: "not for you", about: "inte för dig"}
	board.en, board.about = open(board.number)
	support.en, support.about = open(support.number)
	support.members[0].in, support.members[1].in = true, true
	return []*queue{board, support, orders}
}

// Queues is the queues in the order to show, in a language.
func (p *PBX) Queues(language string) []phone.Queue {
	var out []phone.Queue
	for i, q := range newQueues(p.cfg.User) {
		out = append(out, phone.Queue{ID: phone.QueueID(q.number), Name: q.title(language), Place: i})
	}
	return out
}

func (q *queue) title(language string) string {
	if language == "sv" {
		return q.sv
	}
	return q.name
}

// queue is the queue of a number, or nil.
func (p *PBX) queue(number string) *queue {
	i := slices.IndexFunc(p.queues, func(q *queue) bool { return q.number == number })
	if i < 0 {
		return nil
	}
	return p.queues[i]
}

func (q *queue) member(number string) *agent {
	i := slices.IndexFunc(q.members, func(a *agent) bool { return a.number == number })
	if i < 0 {
		return nil
	}
	return q.members[i]
}

// waiting is the callers whom nobody has answered.
func (q *queue) waiting() []*queued {
	return slices.DeleteFunc(slices.Clone(q.calls), func(w *queued) bool { return w.conv == nil })
}

// enqueue answers a caller of a queue.
func (p *PBX) enqueue(t *try, q *queue) {
	switch {
	case q.night && q.nights != "":
		p.divert(t, q.number, becauseAll, q.nights)
		return
	case q.night:
		t.fail(480, closedForTheNight)
		return
	case len(q.waiting()) >= maxWaiting:
		t.fail(486, "")
		return
	}
	w := &queued{q: q, e: t.caller, since: time.Now(), conv: p.newConv()}
	w.conv.queued = w
	q.calls = append(q.calls, w)
	p.log.Info("queued", "queue", q.number, "number", w.e.number)
	t.join(p.identity(q.number, q.title(p.cfg.Language())), w.conv)
	if q.spills != "" {
		p.after(q.patient, func() { p.overflow(w) })
	}
}

// overflow rings elsewhere for a caller whom nobody has answered in time. The caller waits on meanwhile, and is offered to
// agents again when nobody answers there either.
func (p *PBX) overflow(w *queued) {
	to := w.q.spills
	if w.conv == nil || w.spill != nil || to == "" {
		return
	}
	w.withdraw(nil)
	t := &try{
		p: p, caller: w.e, number: to, path: []phone.Diversion{{By: *p.identity(w.q.number, w.q.title(p.cfg.Language())), Reason: becauseNoAnswer}},
		rang: func(*end) {},
		taken: func(_ *phone.Party, into *conv) {
			w.spill = nil
			into.add(w.e) // which leaves the queue
		},
		failed: func(code int, _ string) {
			p.log.Info("overflow not taken", "queue", w.q.number, "to", to, "code", code)
			w.spill = nil
			p.after(restTime, func() { p.overflow(w) })
		},
	}
	w.spill = t
	t.start()
	p.after(offerTime, func() { t.fail(480, "") })
}

// unqueue forgets a caller who waits no more.
func (p *PBX) unqueue(w *queued) {
	w.conv.queued = nil
	w.conv = nil
	w.q.calls = slices.DeleteFunc(w.q.calls, func(other *queued) bool { return other == w })
	w.alone()
}

// alone lets go of whoever rings for a caller.
func (w *queued) alone() {
	w.withdraw(nil)
	if w.spill != nil {
		w.spill.cancel()
		w.spill = nil
	}
}

// withdraw ends all offers; by is who has answered, if anybody has.
func (w *queued) withdraw(by *end) {
	offers := w.offers
	w.offers = nil
	for _, o := range offers {
		if o.try.finish() {
			o.try.release(nil, by)
		}
	}
}

// drop forgets an offer that is over. The caller is then told of another, if one is left.
func (w *queued) drop(o *offer) {
	w.offers = slices.DeleteFunc(w.offers, func(other *offer) bool { return other == o })
	if n := len(w.offers); n > 0 {
		w.e.try = w.offers[n-1].try
	}
}

// give lets another have a caller's place; they are to join the conversation. The caller is left alone.
func (w *queued) give(e *end) {
	w.alone()
	c := w.conv
	c.queued = nil
	c.p.newConv().add(w.e)
	w.e, c.queued = e, w
}

// distribute brings callers who wait together with agents who are free, and forgets those who talk no more.
func (p *PBX) distribute() {
	for _, q := range p.queues {
		q.calls = slices.DeleteFunc(q.calls, func(w *queued) bool {
			ended := w.by != nil && (w.by.state == over || w.e.state == over || w.by.conv != w.e.conv)
			if ended {
				w.agent.free = time.Now()
			}
			return ended
		})
		for _, w := range q.waiting() {
			if w.spill != nil || len(w.conv.ends) == 0 || len(w.offers) > 0 && q.order != team.DistributionAll {
				continue
			}
			for _, a := range p.nextAgents(q) {
				if len(w.offers) == 0 || a.rank() >= w.offers[0].agent.rank() {
					p.offer(w, a)
				}
			}
		}
	}
}

// rank is an agent's skill.
func (a *agent) rank() int { return cmp.Or(a.skill, 10) }

// nextAgents is who is asked next: of the free ones of most skill all, or the one that the queue's order says, else who has
// been free longest.
func (p *PBX) nextAgents(q *queue) []*agent {
	var free []*agent
	for _, a := range q.members {
		switch {
		case !a.in || !p.available(a) || len(free) > 0 && a.rank() < free[0].rank():
		case len(free) > 0 && a.rank() > free[0].rank():
			free = []*agent{a}
		default:
			free = append(free, a)
		}
	}
	if len(free) == 0 || q.order == team.DistributionAll {
		return free
	}
	return []*agent{q.choose(free)}
}

// choose is whom of the free agents the queue's order asks first.
func (q *queue) choose(free []*agent) *agent {
	switch q.order {
	case team.DistributionInOrder:
		return free[0]
	case team.DistributionRandom:
		return free[rand.IntN(len(free))]
	case team.DistributionFewest:
		return slices.MinFunc(free, func(a, b *agent) int { return cmp.Compare(a.took, b.took) })
	case team.DistributionTurns:
		after := slices.IndexFunc(q.members, func(a *agent) bool { return a.number == q.last })
		turn := func(a *agent) int {
			return (slices.Index(q.members, a) - after - 1 + len(q.members)) % len(q.members)
		}
		return slices.MinFunc(free, func(a, b *agent) int { return cmp.Compare(turn(a), turn(b)) })
	}
	return slices.MinFunc(free, func(a, b *agent) int { return a.free.Compare(b.free) })
}

// available reports whether an agent can be given a call: at a telephone, in no call, and not doing what does not ring.
func (p *PBX) available(a *agent) bool {
	if a.rests || a.paused || p.own[a.number] != nil || p.offered(a.number) || !p.presence(a.number).Activity.Rings() {
		return false
	}
	if p.login(a.number) {
		return len(p.ua.Bindings(a.number)) > 0 && !p.engaged(a.number, nil)
	}
	return !slices.ContainsFunc(p.ends, func(e *end) bool { return e.number == a.number && e.leg == "" })
}

// offered reports whether an agent is being offered a call, of any queue.
func (p *PBX) offered(number string) bool {
	return slices.ContainsFunc(p.queues, func(q *queue) bool {
		return slices.ContainsFunc(q.calls, func(w *queued) bool {
			return slices.ContainsFunc(w.offers, func(o *offer) bool { return o.agent.number == number })
		})
	})
}

// offer rings an agent for a caller.
func (p *PBX) offer(w *queued, a *agent) {
	w.q.last = a.number
	o := &offer{agent: a}
	o.try = &try{
		p: p, caller: w.e, number: a.number, offer: w,
		rang: func(*end) {},
		taken: func(_ *phone.Party, into *conv) {
			w.drop(o)
			w.agent, w.by = a, into.ends[0]
			w.withdraw(w.by)
			a.took++
			w.conv.queued, w.conv = nil, nil
			into.add(w.e)
		},
		failed: func(code int, _ string) {
			p.log.Info("queue call not taken", "queue", w.q.number, "agent", a.number, "code", code)
			w.drop(o)
			a.rests = true
			p.after(restTime, func() { a.rests = false })
		},
	}
	w.offers = append(w.offers, o)
	o.try.start()
	p.after(offerTime, func() { o.try.fail(480, "") })
}

// headers are what an agent's phone is told of the queue: the number that was called (RFC 7315 4.2), an Alert-Info for
// a ringing tone of its own, and in X-Queue the queue with its name and how many seconds the caller has waited.
func (w *queued) headers(p *PBX) []ua.Header {
	party := p.identity(w.q.number, w.q.title(p.cfg.Language()))
	return []ua.Header{
		{Name: "P-Called-Party-ID", Value: nameAddr(party.Name, party.URI)},
		{Name: "Alert-Info", Value: "<" + party.URI + ">;info=queue"},
		{Name: "X-Queue", Value: fmt.Sprintf(`%s; name="%s"; waited=%d`, w.q.number, party.Name, time.Since(w.since)/time.Second)},
	}
}
