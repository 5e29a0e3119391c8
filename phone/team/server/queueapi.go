package server

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// ofQueue is the group of the queue a path names. Who may not see a queue is told that there is none.
func ofQueue(s *Server, q *request) (team.GroupID, error) {
	i, ok := s.board.get(team.KindQueue, q.path("queue"))
	if !ok || !viewOf(q.person).shows(i) {
		return "", notFound()
	}
	if i.Group == "" {
		return team.Everyone, nil
	}
	return i.Group, nil
}

// ofEntry is the group of the entry of the log that a path names.
func ofEntry(s *Server, q *request) (team.GroupID, error) {
	ctx, cancel := context.WithTimeout(q.http.Context(), limit)
	defer cancel()
	e, err := s.Shelf.LogEntry(ctx, q.path("entry"))
	if err != nil {
		return "", err
	}
	if !viewOf(q.person).shows(team.Item{Kind: team.KindLog, Group: e.Value.Group}) {
		return "", notFound()
	}
	if e.Value.Group == "" {
		return team.Everyone, nil
	}
	return e.Value.Group, nil
}

func (s *Server) listQueues(_ context.Context, q *request) (any, error) {
	return listed[team.Queue](s.board.all(team.KindQueue, viewOf(q.person)))
}

func (s *Server) queue(_ context.Context, q *request) (any, error) {
	return s.queueView(viewOf(q.person), phone.QueueID(q.path("queue")))
}

func (s *Server) queueView(v view, id phone.QueueID) (out team.QueueView, err error) {
	i, ok := s.board.get(team.KindQueue, string(id))
	if !ok {
		return out, notFound()
	}
	if out.Queue.Value, err = value[team.Queue](i); err != nil {
		return out, err
	}
	out.Queue.Seq = i.Seq
	if out.Members, err = listed[team.Member](s.board.all(team.KindMember, v)); err != nil {
		return out, err
	}
	if out.Waiting, err = listed[team.Waiting](s.board.all(team.KindWaiting, v)); err != nil {
		return out, err
	}
	out.Members = slices.DeleteFunc(out.Members, func(m team.Versioned[team.Member]) bool { return m.Value.Queue != id })
	out.Waiting = slices.DeleteFunc(out.Waiting, func(w team.Versioned[team.Waiting]) bool { return w.Value.Queue != id })
	slices.SortFunc(out.Members, func(a, b team.Versioned[team.Member]) int { return strings.Compare(a.Value.Name, b.Value.Name) })
	slices.SortFunc(out.Waiting, func(a, b team.Versioned[team.Waiting]) int { return a.Value.Place - b.Value.Place })
	return out, nil
}

// queueNow is a queue of the board.
func (s *Server) queueNow(id string) (team.Queue, error) {
	i, ok := s.board.get(team.KindQueue, id)
	if !ok {
		return team.Queue{}, notFound()
	}
	return value[team.Queue](i)
}

func (s *Server) putQueue(ctx context.Context, q *request) (any, error) {
	in := body[team.QueueChange](q)
	is, err := s.queueNow(q.path("queue"))
	if err != nil {
		return nil, err
	}
	n := in.Settings
	switch n.Distribution {
	case "", team.DistributionAll, team.DistributionLongestIdle, team.DistributionFewest, team.DistributionInOrder, team.DistributionTurns, team.DistributionRandom:
	default:
		return nil, bad("settings.distribution")
	}
	if n.OverflowS != 0 && (n.OverflowS < 5 || n.OverflowS > 3600) {
		return nil, bad("settings.overflow_s")
	}
	if n.ServiceS < 0 || n.ServiceS > 3600 {
		return nil, bad("settings.service_level_s")
	}
	if err := first([]error{telephone("settings.night_number", n.NightNumber, n.Night), telephone("settings.overflow", n.Overflow, n.OverflowS != 0)}); err != nil {
		return nil, err
	}
	if is.Settings != in.Was {
		i, _ := s.board.get(team.KindQueue, q.path("queue"))
		return nil, &kept.Conflict{Item: i}
	}
	return team.Done{}, s.ask(ctx, is.Source, team.SetQueue{Queue: is.ID, Settings: n})
}

func (s *Server) placeQueue(ctx context.Context, q *request) (any, error) {
	in, id := body[team.QueuePlace](q), q.path("queue")
	if _, ok := s.board.get(team.KindQueue, id); !ok {
		return nil, notFound()
	}
	if _, ok := s.board.get(team.KindGroup, string(in.Group)); !ok && in.Group != "" {
		return nil, bad("group")
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		return put(tx, team.Item{Kind: kindPlaced, ID: id, Group: in.Group}, struct{}{})
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) putMember(ctx context.Context, q *request) (any, error) {
	in, id := body[team.MemberChange](q), team.PersonID(q.path("person"))
	is, err := s.queueNow(q.path("queue"))
	if err != nil {
		return nil, err
	}
	if in.Skill != nil && (*in.Skill < 1 || *in.Skill > 10) {
		return nil, bad("skill")
	}
	if err := short("why", in.Why, 60, false); err != nil {
		return nil, err
	}
	if in.Skill != nil && !q.person.In(is.Group).Reaches(team.RightsSupervisor) {
		return nil, forbidden()
	}
	p, ok := s.board.who(id)
	if !ok {
		return nil, notFound()
	}
	telephone, skill := p.Extension, 0
	for _, m := range s.board.all(team.KindMember, view{all: true}) {
		if v, err := value[team.Member](m); err == nil && v.Queue == is.ID && v.Person == id {
			telephone, skill = v.Phone, v.Skill
		}
	}
	if telephone == "" {
		return nil, &team.Fault{Status: 422, Code: team.CodeRefused, Reason: &phone.Reason{ID: phone.ReasonNoAccount}}
	}
	if in.Skill != nil {
		skill = *in.Skill
	}
	var actions []team.SourceAction
	if in.LoggedIn != nil {
		actions = append(actions, team.LogMember{Queue: is.ID, Phone: telephone, Name: p.Name, In: *in.LoggedIn, Skill: skill})
	} else if in.Skill != nil {
		actions = append(actions, team.SetSkill{Queue: is.ID, Phone: telephone, Skill: skill})
	}
	if in.Paused != nil {
		actions = append(actions, team.PauseMember{Queue: is.ID, Phone: telephone, On: *in.Paused, Why: in.Why})
	}
	if len(actions) == 0 {
		return nil, bad("logged_in")
	}
	for _, a := range actions {
		if err := s.ask(ctx, is.Source, a); err != nil {
			return nil, err
		}
	}
	return team.Done{}, nil
}

func (s *Server) call(ctx context.Context, q *request) (any, error) {
	in := body[team.NewCall](q)
	if err := first([]error{telephone("phone", in.Phone, true), telephone("number", in.Number, true), telephone("shown", in.Shown, false)}); err != nil {
		return nil, err
	}
	own := func(n string) bool {
		return n == q.person.Extension || n == q.person.Mobile || slices.ContainsFunc(q.person.Numbers, func(x phone.Number) bool { return n == x.Number || n == x.E164 })
	}
	if !own(in.Phone) {
		return nil, forbidden()
	}
	if in.Shown != "" && !s.mayShow(q.person, in.Shown) {
		return nil, forbidden()
	}
	if len(s.keepers) == 0 {
		return nil, refused(phone.Refuse(phone.ReasonNotSupported, ""))
	}
	return team.Done{}, s.ask(ctx, s.keepers[0].Source.ID(), team.Originate{Phone: in.Phone, Number: in.Number, Shown: in.Shown, Wait: 30 * time.Second})
}

func (s *Server) readLog(ctx context.Context, q *request) (any, error) {
	in := body[team.LogQuery](q)
	if in.Limit < 0 || in.Limit > 200 || len(in.Queues) > 50 || len(in.Outcomes) > 4 || len(in.Handlers) > 50 || len(in.Answered) > 50 || len(in.After) > 20 {
		return nil, bad("limit")
	}
	for _, o := range in.Outcomes {
		switch o {
		case team.OutcomeWaiting, team.OutcomeAnswered, team.OutcomeMissed, team.OutcomeRedirected:
		default:
			return nil, bad("outcomes")
		}
	}
	for _, h := range slices.Concat(in.Handlers, in.Answered) {
		if h == "" {
			return nil, bad("handlers")
		}
	}
	if text := []rune(strings.TrimSpace(in.Text)); len(text) > 100 || len(text) > 0 && len(text) < 3 {
		return nil, bad("text")
	}
	if err := first([]error{short("text", in.Text, 100, false), short("number", in.Number, 60, false)}); err != nil {
		return nil, err
	}
	page, err := s.Shelf.Log(ctx, in, s.sees(q.person))
	if errors.Is(err, kept.ErrPage) {
		return nil, bad("after")
	}
	return page, err
}

func (s *Server) logEntry(ctx context.Context, q *request) (any, error) {
	return s.Shelf.LogEntry(ctx, q.path("entry"))
}

func (s *Server) changeLog(ctx context.Context, q *request) (any, error) {
	in, id := body[team.LogChange](q), q.path("entry")
	if in.Note != nil {
		if err := short("note", *in.Note, 4000, true); err != nil {
			return nil, err
		}
	}
	if in.Handler != nil && *in.Handler != "" {
		if _, ok := s.board.who(*in.Handler); !ok {
			return nil, bad("handler")
		}
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := tx.LogEntry(id)
		if err != nil {
			return err
		}
		if is.Seq != in.Seq {
			data, err := json.Marshal(is.Value)
			if err != nil {
				return err
			}
			return &kept.Conflict{Item: team.Item{Kind: team.KindLog, ID: id, Seq: is.Seq, Group: is.Value.Group, Data: data}}
		}
		e := is.Value
		if in.Handler != nil {
			e.Handler = *in.Handler
		}
		if in.Handled != nil && *in.Handled != e.Handled {
			e.Handled, e.HandledAt = *in.Handled, time.Time{}
			if e.Handled {
				e.HandledAt = s.Now().UTC()
				if e.Handler == "" {
					e.Handler = q.person.ID
				}
			}
		}
		if in.Note != nil && *in.Note != e.Note {
			e.Note, e.NoteBy = *in.Note, q.person.ID
		}
		if e == is.Value {
			return nil
		}
		_, err = tx.PutCare(e)
		return err
	})
	return team.Done{Seq: seq}, err
}
