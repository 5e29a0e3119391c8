package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// teamQueue is a queue as the team server's feed tells of it: the queue, who answers in it, who waits. Slices are replaced,
// never changed in place.
type teamQueue struct {
	id      phone.QueueID
	there   bool // the queue itself was told, not only what belongs to it
	queue   team.Queue
	members []team.Member
	waiting []teamWaiting

	asking bool // an answer about logging in or out is awaited
	asked  bool
	reason *phone.Reason // why it was refused

	stale bool // view is to be made anew
	view  *phone.QueueTeam
}

// teamWaiting is a call that waits, by the exchange's id of it.
type teamWaiting struct {
	id string
	team.Waiting
}

// teamQueues is all of them, in order of their ids. It is copied before it is changed.
type teamQueues []teamQueue

// teamEyes is whose eyes see the queues: who they are, their rights, everybody's name, which exchanges are down.
type teamEyes struct {
	me     phone.TeamPersonID
	rights func(team.GroupID) phone.TeamRights
	name   func(team.PersonID) phone.TeamName
	number func(team.PersonID) string
	source func(id string) (s phone.TeamSource, known bool)
	queues map[phone.QueueID]string // their names
	keep   func(team.GroupID) team.Keep
	voices []phone.VoiceMessage // of one's own mailbox
	away   time.Time            // since when the team server is not reached; zero while it is
}

// apply takes in an item of KindQueue, KindMember or KindWaiting. It reports whether anything of queues has changed.
func (qs teamQueues) apply(i team.Item) (teamQueues, error) {
	id, err := qs.about(i)
	if err != nil || id == "" {
		return qs, err
	}
	at, known := slices.BinarySearchFunc(qs, id, func(q teamQueue, id phone.QueueID) int { return cmp.Compare(q.id, id) })
	if !known {
		if i.Gone {
			return qs, nil
		}
		qs = slices.Insert(slices.Clone(qs), at, teamQueue{id: id})
	} else {
		qs = slices.Clone(qs)
	}
	q := &qs[at]
	q.stale = true
	switch i.Kind {
	case team.KindQueue:
		q.there, q.queue = !i.Gone, team.Queue{}
		if !i.Gone {
			return qs, decodeItem(i, &q.queue)
		}
	case team.KindMember:
		var m team.Member
		if !i.Gone {
			if err := decodeItem(i, &m); err != nil {
				return qs, err
			}
		}
		_, telephone, _ := strings.Cut(i.ID, "/")
		q.members = slices.DeleteFunc(slices.Clone(q.members), func(o team.Member) bool { return o.Phone == telephone || o.Phone == m.Phone && !i.Gone })
		if !i.Gone {
			q.members = append(q.members, m)
		}
	case team.KindWaiting:
		w := teamWaiting{id: i.ID}
		if !i.Gone {
			if err := decodeItem(i, &w.Waiting); err != nil {
				return qs, err
			}
		}
		q.waiting = slices.DeleteFunc(slices.Clone(q.waiting), func(o teamWaiting) bool { return o.id == i.ID })
		if !i.Gone {
			q.waiting = append(q.waiting, w)
		}
	}
	if i.Gone && !q.there && len(q.members)+len(q.waiting) == 0 {
		qs = slices.Delete(qs, at, at+1)
	}
	return qs, nil
}

// about is the queue an item belongs to. What is gone says it by its id only.
func (qs teamQueues) about(i team.Item) (phone.QueueID, error) {
	switch i.Kind {
	case team.KindQueue:
		return phone.QueueID(i.ID), nil
	case team.KindMember:
		id, _, ok := strings.Cut(i.ID, "/")
		if !ok {
			return "", fmt.Errorf("team server: member %q of no queue", i.ID)
		}
		return phone.QueueID(id), nil
	case team.KindWaiting:
		if i.Gone {
			for _, q := range qs {
				if slices.ContainsFunc(q.waiting, func(w teamWaiting) bool { return w.id == i.ID }) {
					return q.id, nil
				}
			}
			return "", nil
		}
		var w team.Waiting
		err := decodeItem(i, &w)
		return w.Queue, err
	}
	return "", nil
}

// again has all views made anew: whose eyes see them has changed.
func (qs teamQueues) again() teamQueues {
	qs = slices.Clone(qs)
	for i := range qs {
		qs[i].stale = true
	}
	return qs
}

// look makes the views that are stale.
func (qs teamQueues) look(e teamEyes) {
	for i := range qs {
		if q := &qs[i]; q.stale {
			q.stale, q.view = false, q.team(e)
		}
	}
}

// team is the queue as guests see it.
func (q *teamQueue) team(e teamEyes) *phone.QueueTeam {
	t := &phone.QueueTeam{
		Group: phone.TeamGroupID(q.queue.Group), Rights: e.rights(q.queue.Group), Number: q.queue.Number, Source: q.queue.Source, Stale: e.away,
		Settings: queueSettings(q.queue.Settings),
		Today: phone.QueueDay{
			Answered: q.queue.Answered, Lost: q.queue.Lost, Redirected: q.queue.Redirected, LastWaitS: q.queue.LastWaitS, AverageWaitS: q.queue.AverageWaitS,
			LongestWaitS: q.queue.LongestWaitS, ServiceLevel: q.queue.ServiceLevel(),
		},
	}
	if s, known := e.source(q.queue.Source); known && !s.Up && (t.Stale.IsZero() || s.Since.Before(t.Stale)) {
		t.Stale = s.Since
	}
	for _, m := range q.members {
		v := phone.QueueMember{
			Phone: m.Phone, Name: m.Name, LoggedIn: m.LoggedIn, Paused: m.Paused, Why: m.Why, State: memberLine(m.State), Since: m.Since, Skill: m.Skill,
			Today: m.Today, TalkS: m.TalkS, LastCall: m.LastCall,
		}
		if m.Person != "" {
			v.Person, v.Number = e.name(m.Person), e.number(m.Person)
			v.Me = v.Person.ID == e.me && e.me != ""
		}
		switch {
		case v.Person.Name != "":
			v.Name = v.Person.Name
		case v.Name == "":
			v.Name = m.Phone
		}
		if v.Me {
			t.Today.Handled += m.Today
		}
		t.Members = append(t.Members, v)
	}
	slices.SortStableFunc(t.Members, func(a, b phone.QueueMember) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Phone, b.Phone))
	})
	for _, w := range q.waiting {
		c := phone.QueueCaller{ID: w.id, From: w.From, Place: w.Place, Since: w.Since, Before: w.Before}
		for _, p := range w.Rings {
			if n := e.name(p); n.Name != "" {
				c.Rings = append(c.Rings, n.Name)
			}
		}
		t.Callers = append(t.Callers, c)
	}
	slices.SortStableFunc(t.Callers, func(a, b phone.QueueCaller) int { return cmp.Or(a.Place-b.Place, a.Since.Compare(b.Since)) })
	return t
}

// me is the user's own membership, nil for none.
func (q *teamQueue) me() *phone.QueueMember {
	if q.view == nil {
		return nil
	}
	for i := range q.view.Members {
		if m := &q.view.Members[i]; m.Me {
			return m
		}
	}
	return nil
}

// lay puts what the team server tells over a queue's status: its figures and who is logged in go before what a hint says.
func (q *teamQueue) lay(s *phone.QueueStatus, live bool) {
	s.Team = q.view
	if s.Name == "" || s.Name == string(s.ID) {
		s.Name = q.queue.Name
	}
	s.Counted, s.Waiting, s.Available, s.LoggedIn, s.Longest = true, q.queue.Waiting, q.queue.Available, q.queue.LoggedIn, q.queue.Longest
	s.Night = q.queue.Settings.Night
	if !live { // logging in goes by the exchange: what it said of that stands
		if s.Login == phone.ConfirmUnknown || s.Login == "" {
			s.Login = q.login()
		}
		return
	}
	s.Login, s.Unconfirmed, s.Reason = q.login(), false, nil
	switch {
	case q.asking:
		s.Login, s.Asked = phone.ConfirmAsking, q.asked
	case q.reason != nil:
		s.Login, s.Asked, s.Reason = phone.ConfirmRefused, q.asked, q.reason
	}
}

func (q *teamQueue) login() phone.ConfirmState {
	m := q.me()
	return confirmed(m != nil && m.LoggedIn)
}

// queuesWith is the queues that are set up, with what the team server tells of them, and after them its others.
func queuesWith(own []phone.QueueStatus, qs teamQueues, live bool) []phone.QueueStatus {
	out := own
	place := 0
	for i := range own {
		place = max(place, own[i].Place+1)
	}
	for i := range qs {
		q := &qs[i]
		if !q.there || q.view == nil {
			continue
		}
		if at := slices.IndexFunc(own, func(s phone.QueueStatus) bool { return s.ID == q.id }); at >= 0 {
			q.lay(&out[at], live)
			continue
		}
		s := phone.QueueStatus{Queue: phone.Queue{ID: q.id, Name: q.queue.Name, Place: place}, Login: phone.ConfirmUnknown}
		place++
		q.lay(&s, live)
		out = append(out, s)
	}
	return out
}

func decodeItem(i team.Item, into any) error {
	if err := json.Unmarshal(i.Data, into); err != nil {
		return fmt.Errorf("team server: %s %s: %w", i.Kind, i.ID, err)
	}
	return nil
}

func queueSettings(s team.QueueSettings) phone.QueueSettings {
	return phone.QueueSettings{
		Night: s.Night, NightNumber: s.NightNumber, Overflow: s.Overflow, OverflowS: s.OverflowS, Distribution: phone.QueueDistribution(s.Distribution), ServiceS: s.ServiceS,
	}
}

func teamSettings(s phone.QueueSettings) team.QueueSettings {
	return team.QueueSettings{
		Night: s.Night, NightNumber: s.NightNumber, Overflow: s.Overflow, OverflowS: s.OverflowS, Distribution: team.Distribution(s.Distribution), ServiceS: s.ServiceS,
	}
}

// memberLine is how a queue sees a telephone, as lines have it.
func memberLine(s team.MemberState) phone.LineState {
	switch s {
	case team.MemberIdle:
		return phone.LineIdle
	case team.MemberRinging:
		return phone.LineRinging
	case team.MemberInCall, team.MemberOnHold:
		return phone.LineBusy
	case team.MemberOffline:
		return phone.LineOffline
	}
	return phone.LineUnknown
}
