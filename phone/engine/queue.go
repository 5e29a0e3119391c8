package engine

import (
	"slices"
	"time"

	"svara/phone"
	"svara/phone/dialect"
)

// queue is a queue of ours and the lines of the exchange that tell of it; a key without number is not told.
type queue struct {
	phone.QueueStatus
	hint, login, night lineKey
}

// followQueues makes the queues those that are set up, and finds out what tells of them.
func (t *turn) followQueues() {
	old := t.s.queues
	t.s.queues = make([]queue, 0, len(t.s.set.queues))
	for _, q := range t.s.set.queues {
		if q.Account != "" && t.s.account(q.Account) == nil {
			continue // it is another exchange's
		}
		now := queue{QueueStatus: phone.QueueStatus{Queue: q, Login: phone.ConfirmUnknown}}
		if i := slices.IndexFunc(old, func(o queue) bool { return o.ID == q.ID && o.Account == q.Account }); i >= 0 {
			now = old[i]
			now.Queue = q
		}
		if a := t.queueAccount(q); a != nil {
			now.hint = t.hint(a, phone.FeatureQueueHint, q.ID)
			now.login = t.hint(a, phone.FeatureQueueLoginHint, q.ID)
			now.night = t.hint(a, phone.FeatureQueueNightHint, q.ID)
		}
		t.s.queues = append(t.s.queues, now)
	}
	t.s.linesDirty = true
}

// queueAccount is the account a queue is reached by, registered or not.
func (t *turn) queueAccount(q phone.Queue) *account {
	if q.Account != "" {
		return t.s.account(q.Account)
	}
	for i := range t.s.accounts {
		if a := &t.s.accounts[i]; a.Default {
			return a
		}
	}
	return nil
}

func (t *turn) hint(a *account, f phone.Feature, id phone.QueueID) lineKey {
	steps, err := t.s.dialect(a.ID).Plan(f, dialect.Args{Queue: string(id), Extension: a.User})
	if err != nil || len(steps) != 1 || steps[0].Kind != dialect.Watch {
		return lineKey{}
	}
	return lineKey{a.ID, steps[0].Text}
}

func (t *turn) logIn(cmd phone.LogIn) error {
	ids := cmd.Queues
	if len(ids) == 0 {
		for _, q := range t.s.queues {
			ids = append(ids, q.ID)
		}
	}
	if len(ids) == 0 {
		return phone.Refuse(phone.ReasonNoItem, "")
	}
	for _, id := range ids {
		if err := t.logInTo(id, cmd.On); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) logInTo(id phone.QueueID, on bool) error {
	q := t.queue(id)
	if q == nil {
		return phone.Refuse(phone.ReasonNoItem, string(id))
	}
	if q.Login == phone.ConfirmAsking {
		return phone.Refuse(phone.ReasonWrongState, string(phone.ConfirmAsking))
	}
	s := service{feature: phone.FeatureQueueLogout, queue: id}
	if on {
		s.feature, s.on = phone.FeatureQueueLogin, true
	}
	a := t.queueAccount(q.Queue)
	if a == nil {
		return phone.Refuse(phone.ReasonNoAccount, string(q.Account))
	}
	if err := t.ask(a.ID, s, dialect.Args{Queue: string(id)}); err != nil {
		return err
	}
	q.Login, q.Asked, q.Reason = phone.ConfirmAsking, on, nil
	t.tellQueue(q)
	return nil
}

func (t *turn) queue(id phone.QueueID) *queue {
	for i := range t.s.queues {
		if q := &t.s.queues[i]; q.ID == id {
			return q
		}
	}
	return nil
}

// loginDone: the exchange has taken us in or out, or refused. Where a hint tells, it has the last word.
func (t *turn) loginDone(_ phone.AccountID, s service, refused *phone.Reason) {
	q := t.queue(s.queue)
	if q == nil {
		return
	}
	q.Login, q.Reason = phone.ConfirmRefused, refused
	if refused == nil {
		q.Login = confirmed(s.on)
	} else {
		switch refused.ID {
		case phone.ReasonRemoteDeclined, phone.ReasonNotPermitted, phone.ReasonUnknownNumber, phone.ReasonUnavailable:
			q.Reason = &phone.Reason{ID: phone.ReasonNotMember, Code: refused.Code, Text: refused.Text}
		}
	}
	if l := t.s.line(q.login); l != nil && l.told && refused == nil {
		q.Login = confirmed(l.State == phone.LineBusy)
		if (q.Login == phone.ConfirmOn) != s.on { // it said yes and did not do it; the hint may still come
			q.Login = confirmed(s.on)
		}
	}
	t.tellQueue(q)
}

func confirmed(on bool) phone.ConfirmState {
	if on {
		return phone.ConfirmOn
	}
	return phone.ConfirmOff
}

// queueLine takes what a line tells of the queues.
func (t *turn) queueLine(k lineKey) {
	l := t.s.line(k)
	if l == nil {
		return
	}
	for i := range t.s.queues {
		q := &t.s.queues[i]
		before := q.QueueStatus
		switch k {
		case q.login:
			if !l.told {
				break
			}
			if on := l.State == phone.LineBusy; q.Login != phone.ConfirmAsking || on == q.Asked {
				q.Login, q.Reason = confirmed(on), nil
			}
			q.Told = t.now
		case q.night:
			q.Night = l.told && l.State == phone.LineBusy
			q.Told = t.now
		case q.hint:
			t.countQueue(q, l)
		}
		if before.Told = q.Told; q.QueueStatus != before {
			t.tellQueue(q)
		}
	}
}

// countQueue reads the numbers of a queue's own line: early dialogs are callers who wait, presence tuples its agents.
func (t *turn) countQueue(q *queue, l *line) {
	q.Waiting, q.Longest, q.Available, q.LoggedIn, q.Counted = 0, time.Time{}, 0, 0, false
	if l.told {
		q.Counted, q.Told = true, t.now
		for _, d := range l.tracker.Dialogs() {
			if d.State != "early" && d.State != "proceeding" && d.State != "trying" {
				continue
			}
			q.Waiting++
			if since := t.now.Add(-d.Duration); d.Duration > 0 && (q.Longest.IsZero() || since.Before(q.Longest)) {
				q.Longest = since.Truncate(time.Second)
			}
		}
	}
	if p := l.Presence; p != nil {
		q.Counted, q.Told = true, t.now
		for _, a := range p.Agents {
			q.LoggedIn++
			if a.Open {
				q.Available++
			}
		}
	}
}

func (t *turn) tellQueue(q *queue) {
	t.tell(phone.Event{Kind: phone.EventQueue, Account: q.Account, Value: string(q.ID), State: string(q.Login), Reason: q.Reason})
}

func (s *state) queuesView() []phone.QueueStatus {
	out := make([]phone.QueueStatus, len(s.queues))
	for i := range s.queues {
		out[i] = s.queues[i].QueueStatus
	}
	return out
}
