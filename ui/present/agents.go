package present

import (
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// AllAgents is the page of everybody who answers in the user's queues, beside those of the queues.
const AllAgents phone.QueueID = "*"

// agentsPage is everybody who answers in the queues, with the queues they are in and how much they have done today (features.md
// G3, G4, G5): a row for each of their queues, the first with their name and totals.
func agentsPage(s Scene) (p QueuePage, ok bool) {
	type agent struct {
		name  string
		me    bool
		today int
		talk  time.Duration
		rows  []MemberRow
	}
	var agents []*agent
	for _, q := range TeamQueues(s) {
		for _, m := range q.Team.Members {
			r := memberRow(s, q, m)
			r.Title = queueName(q.Queue)
			key := func(a *agent) bool { return a.rows[0].Phone == m.Phone || m.Number != "" && a.rows[0].Dial == m.Number }
			i := slices.IndexFunc(agents, key)
			if i < 0 {
				i = len(agents)
				agents = append(agents, &agent{name: r.Name, me: r.Me})
			}
			a := agents[i]
			a.rows = append(a.rows, r)
			a.today += m.Today
			a.talk += time.Duration(m.TalkS) * time.Second
		}
	}
	if len(TeamQueues(s)) == 0 {
		return p, false
	}
	slices.SortStableFunc(agents, func(a, b *agent) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	p = QueuePage{ID: AllAgents, Name: text.T("queue.agents"), Head: text.T("queue.agents_head", "n", len(agents)), Agents: true}
	for _, a := range agents {
		a.rows[0].Head = text.T("queue.agent_head", "name", a.name, "calls", text.T("queue.calls", "n", a.today), "time", text.Timer(a.talk))
		p.Members = append(p.Members, a.rows...)
	}
	return p, true
}
