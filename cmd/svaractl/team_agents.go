package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// agent is somebody who answers, with their queues and what they have done today in all of them.
type agent struct {
	Name   string       `json:"name"`
	Number string       `json:"number,omitempty"`
	Me     bool         `json:"me,omitempty"`
	Today  int          `json:"today"`
	TalkS  int          `json:"talk_s"`
	Queues []agentQueue `json:"queues"`
}

// agentQueue is one of an agent's queues.
type agentQueue struct {
	ID phone.QueueID `json:"id"`
	phone.QueueMember
}

// agentsOf is everybody who answers in the team server's queues, by name.
func agentsOf(queues []phone.QueueStatus) []agent {
	out := []agent{}
	for _, q := range queues {
		if q.Team == nil {
			continue
		}
		for _, m := range q.Team.Members {
			i := slices.IndexFunc(out, func(a agent) bool {
				return a.Queues[0].Phone == m.Phone || m.Number != "" && a.Number == m.Number
			})
			if i < 0 {
				i = len(out)
				out = append(out, agent{Name: m.Name, Number: m.Number, Me: m.Me})
			}
			a := &out[i]
			a.Today += m.Today
			a.TalkS += m.TalkS
			a.Queues = append(a.Queues, agentQueue{q.ID, m})
		}
	}
	slices.SortStableFunc(out, func(a, b agent) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out
}

// queueAgents prints who answers in which queues, with their totals of the day.
func (c *cli) queueAgents(ctx context.Context, args []string) error {
	if _, err := words(c.flags("queue"), args, 0, 0); err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	agents := agentsOf(now.Queues)
	if c.json {
		return c.printJSON(agents)
	}
	t := c.table()
	for _, a := range agents {
		var in []string
		for _, q := range a.Queues {
			text := string(q.ID) + " " + loginText(q.QueueMember)
			if q.Skill > 0 {
				text += ", skill " + strconv.Itoa(q.Skill)
			}
			in = append(in, text)
		}
		t.row(a.Name, a.Number, fmt.Sprintf("%d today", a.Today), clock(time.Duration(a.TalkS)*time.Second), strings.Join(in, "; "))
	}
	t.flush()
	return nil
}
