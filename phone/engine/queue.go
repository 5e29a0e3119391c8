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

	until time.Time // the exchange said yes: its hint has so long to say so too
}

// hintPatience is how long a hint takes at most to follow what it tells of.
const hintPatience = 5 * time.Second

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
		for _, id := range t.s.team.memberships() {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return phone.Refuse(phone.ReasonNoItem, "")
	}
	all := len(cmd.Queues) == 0
	var refused error
	for _, id := range ids {
		if all && t.settled(id, cmd.On) {
			continue
		}
		if err := t.logInTo(id, cmd.On); err != nil && !all {
			return err
		} else if refused == nil {
			refused = err // the others are asked nevertheless
		}
	}
	return refused
}

// settled reports whether a queue is known to be as it is asked to be, so that all of them can be asked without it. One
// that has refused to let us in is one we are not in: asked to let us out it would refuse that too.
func (t *turn) settled(id phone.QueueID, on bool) bool {
	if q := t.s.team.queue(id); q != nil && t.s.team.link == phone.TeamLive {
		return q.asking && q.asked == on || !q.asking && q.login() == confirmed(on)
	}
	q := t.queue(id)
	if q != nil && q.Login == phone.ConfirmAsking {
		return q.Asked == on
	}
	return q != nil && !q.Unconfirmed && (q.Login == confirmed(on) || q.Login == phone.ConfirmRefused && q.Asked && !on)
}

func (t *turn) logInTo(id phone.QueueID, on bool) error {
	if ok, err := t.logInByTeam(id, on); ok {
		return err
	}
	q := t.queue(id)
	if q == nil {
		if _, err := t.liveTeam(); err != nil && t.s.team.queue(id) != nil {
			return err // it is there, and nobody can be asked
		}
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
	q.Login, q.Asked, q.Reason, q.Unconfirmed, q.until = phone.ConfirmAsking, on, nil, false, time.Time{}
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

// loginDone: the exchange has taken us in or out, or refused. Where a hint tells, it has the last word; where none does and
// the exchange refuses in words, nothing is sure.
func (t *turn) loginDone(account phone.AccountID, s service, refused *phone.Reason) {
	q := t.queue(s.queue)
	if q == nil || q.Login != phone.ConfirmAsking { // the hint was quicker
		return
	}
	if refused != nil {
		q.Login, q.Reason = phone.ConfirmRefused, refused
		switch refused.ID {
		case phone.ReasonRemoteDeclined, phone.ReasonNotPermitted, phone.ReasonUnknownNumber, phone.ReasonUnavailable:
			q.Reason = &phone.Reason{ID: phone.ReasonNotMember, Code: refused.Code, Text: refused.Text}
		}
		t.tellQueue(q)
		return
	}
	l := t.s.line(q.login)
	told := l != nil && l.told
	if told && (l.State == phone.LineBusy) != s.on {
		q.until = t.now.Add(hintPatience)
		return
	}
	q.Login, q.Unconfirmed = confirmed(s.on), !told && !t.s.dialect(account).Refuses
	t.tellQueue(q)
}

// queueClock: an exchange that said yes, and whose hint has not followed, has said no in words.
func (t *turn) queueClock() {
	for i := range t.s.queues {
		q := &t.s.queues[i]
		if q.until.IsZero() || q.until.After(t.now) {
			continue
		}
		q.until = time.Time{}
		if q.Login == phone.ConfirmAsking {
			q.Login, q.Reason = phone.ConfirmRefused, &phone.Reason{ID: phone.ReasonNotConfirmed}
			t.tellQueue(q)
		}
	}
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
				q.Login, q.Reason, q.Unconfirmed, q.until = confirmed(on), nil, false, time.Time{}
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
