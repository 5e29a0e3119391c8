package engine

import (
	"cmp"
	"slices"

	"svara/phone"
	"svara/phone/team"
)

// Which queue a call came through, where its exchange says nothing of it in the INVITE but the team server knows: it tells at
// whom a waiting call rings, and who talks with whom (features.md C2, G8).

// settleOrigins finds the queues of the calls that ring.
func (t *turn) settleOrigins() {
	x := &t.s.team
	if x.me == "" {
		return
	}
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Direction != phone.Incoming || c.Account != x.at.account || c.State != phone.StateIncoming && c.State != phone.StateAnswering || c.through != "" {
			continue
		}
		for j := range x.queues {
			for _, w := range x.queues[j].waiting {
				if slices.Contains(w.Rings, x.me) && t.calls(c, w.From) {
					t.cameThrough(c, &x.queues[j], phone.Origin{Waited: w.Since})
				}
			}
		}
	}
}

// answeredThrough finds the queue of a call that was answered before the server told at whom it rang.
func (t *turn) answeredThrough(e team.LogEntry) {
	x := &t.s.team
	if !e.Talking || e.Answered != x.me || x.me == "" {
		return
	}
	q := x.queue(e.Queue)
	if q == nil {
		return
	}
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Direction == phone.Incoming && c.Account == x.at.account && c.State == phone.StateConnected && c.through == "" && t.calls(c, e.From) {
			t.cameThrough(c, q, phone.Origin{Waited: e.Began})
			return
		}
	}
}

// calls reports whether a call is from somebody, as the exchange tells the team server of them.
func (t *turn) calls(c *call, from phone.Party) bool {
	if hidden := func(n string) bool { return n == "" || n == "anonymous" }; hidden(c.Remote.Number) || hidden(from.Number) { // RFC 3323 4.1.1.3
		return hidden(c.Remote.Number) && hidden(from.Number)
	}
	return c.Remote.Number == from.Number || numberPlan(t.s.settings).Same(c.Remote.Number, from.Number)
}

// cameThrough says of a call which queue it came through, beside what is known of its way.
func (t *turn) cameThrough(c *call, q *teamQueue, told phone.Origin) {
	if c.Origin != nil {
		waited := told.Waited
		told = *c.Origin
		if told.Waited.IsZero() {
			told.Waited = waited
		}
	}
	c.through = q.id
	told.Queue, told.Name = q.id, t.queueName(q)
	c.Origin = &told
}

// queueName is what a queue is called here: as the user has named it, else as the server does.
func (t *turn) queueName(q *teamQueue) string {
	if own := t.queue(q.id); own != nil && own.Name != "" && own.Name != string(own.ID) {
		return own.Name
	}
	return cmp.Or(q.queue.Name, string(q.id))
}

// queueCalled finds a queue by its id or by the number that is dialled to reach it.
func (t *turn) queueCalled(number string) (id phone.QueueID, name string, ok bool) {
	if number == "" {
		return "", "", false
	}
	if q := t.queue(phone.QueueID(number)); q != nil {
		return q.ID, q.Name, true
	}
	for i := range t.s.team.queues {
		if q := &t.s.team.queues[i]; q.there && (string(q.id) == number || q.queue.Number == number) {
			return q.id, t.queueName(q), true
		}
	}
	return "", "", false
}
