package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// ofMessage is the group of the message a path names. Who may not see it is told that there is none.
func ofMessage(s *Server, q *request) (team.GroupID, error) {
	if word("message", q.path("message"), 80) != nil {
		return "", notFound()
	}
	ctx, cancel := context.WithTimeout(q.http.Context(), limit)
	defer cancel()
	m, err := s.Shelf.Message(ctx, q.path("message"))
	if err != nil {
		return "", err
	}
	if !viewOf(q.person).shows(team.Item{Kind: team.KindMessage, Group: m.Value.Group}) {
		return "", notFound()
	}
	return m.Value.Group, nil
}

// sees is the groups whose log and messages somebody sees; nil is all.
func (s *Server) sees(p team.Person) []team.GroupID {
	v := viewOf(p)
	if v.every && !v.all { // every group there is
		groups := []team.GroupID{}
		for _, i := range s.board.all(team.KindGroup, v) {
			groups = append(groups, team.GroupID(i.ID))
		}
		return groups
	}
	return v.list()
}

func (s *Server) readMessages(ctx context.Context, q *request) (any, error) {
	in := body[team.MessageQuery](q)
	if in.Limit < 0 || in.Limit > 200 || len(in.Groups) > 50 || len(in.Kinds) > 3 || len(in.After) > 20 {
		return nil, bad("limit")
	}
	for _, k := range in.Kinds {
		switch k {
		case phone.GroupVoice, phone.GroupCallback, phone.GroupText:
		default:
			return nil, bad("kinds")
		}
	}
	if err := first([]error{short("text", in.Text, 100, false), short("peer", in.Peer, 60, false)}); err != nil {
		return nil, err
	}
	page, err := s.Shelf.Messages(ctx, in, s.sees(q.person))
	if errors.Is(err, kept.ErrPage) {
		return nil, bad("after")
	}
	return page, err
}

func (s *Server) countMessages(ctx context.Context, q *request) (any, error) {
	return s.Shelf.CountMessages(ctx, q.person.ID, s.sees(q.person))
}

func (s *Server) message(ctx context.Context, q *request) (any, error) {
	return s.Shelf.Message(ctx, q.path("message"))
}

// messageSeen is a message as it was seen, or the conflict.
func messageSeen(tx kept.Tx, id string, seen team.Seq) (team.Message, error) {
	is, err := tx.Message(id)
	if err != nil || is.Seq == seen {
		return is.Value, err
	}
	data, err := json.Marshal(is.Value)
	if err != nil {
		return is.Value, err
	}
	return is.Value, &kept.Conflict{Item: team.Item{Kind: team.KindMessage, ID: id, Seq: is.Seq, Group: is.Value.Group, Data: data}}
}

func (s *Server) changeMessage(ctx context.Context, q *request) (any, error) {
	in, id := body[team.MessageChange](q), q.path("message")
	if in.Pinned != nil && *in.Pinned != "" {
		if _, ok := s.board.who(*in.Pinned); !ok {
			return nil, bad("pinned")
		}
	}
	var heard []team.Message
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		heard = nil
		m, err := messageSeen(tx, id, in.Seq)
		if err != nil {
			return err
		}
		if m.Direction != phone.Incoming {
			return bad("message")
		}
		todo := []team.Message{m}
		if m.Kind == phone.GroupText {
			thread, err := tx.Thread(m.Group, m.From.Number)
			if err != nil {
				return err
			}
			for _, v := range thread {
				if o := v.Value; o.ID != m.ID && o.Open() && v.Seq < in.Seq && !o.At.After(m.At) {
					todo = append(todo, o)
				}
			}
		}
		for _, m := range todo {
			if s.care(&m, in, q.person.ID) && m.Kind == phone.GroupVoice {
				heard = append(heard, m)
			}
			if _, err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for _, m := range heard {
			s.hear(ctx, m)
		}
	}
	return team.Done{Seq: seq}, err
}

// care is what somebody does with a message; it reports whether that handled it.
func (s *Server) care(m *team.Message, in team.MessageChange, who team.PersonID) (handled bool) {
	if in.Pinned != nil {
		m.Pinned = *in.Pinned
	}
	if in.Handled == nil || *in.Handled == m.Handled {
		return false
	}
	m.Handled, m.HandledAt, m.HandledBy = *in.Handled, time.Time{}, ""
	if m.Handled {
		m.HandledAt, m.HandledBy = s.Now().UTC(), who
		if m.Pinned == "" {
			m.Pinned = who
		}
	}
	return m.Handled
}

func (s *Server) deleteMessage(ctx context.Context, q *request) (any, error) {
	id := q.path("message")
	m, err := s.Shelf.Message(ctx, id)
	if err != nil {
		return nil, err
	}
	if m.Value.Kind == phone.GroupVoice {
		if !q.person.In(m.Value.Group).Reaches(team.RightsAdmin) {
			return nil, forbidden()
		}
		// The sound goes first: one that stayed would be found as new again.
		if err := s.unrecord(ctx, m.Value); err != nil {
			return nil, err
		}
	}
	if m.Value.State == phone.TextSending {
		return nil, &kept.Conflict{Item: team.Item{Kind: team.KindMessage, ID: id, Seq: m.Seq, Group: m.Value.Group}}
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error { _, err := tx.DeleteMessage(id); return err })
	return team.Done{Seq: seq}, err
}

// sound is an answer that is no JSON.
type sound struct {
	io.ReadCloser
	kind string
}

// sounds are the media types that a mailbox may have; others are told as bytes.
func (o sound) send(w http.ResponseWriter) {
	defer func() { _ = o.Close() }()
	kind := o.kind
	if !strings.HasPrefix(kind, "audio/") {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", "sandbox")
	_, _ = io.Copy(w, io.LimitReader(o, maxSound)) // who goes away gets less
}

// maxSound is more than any mailbox records: an hour at 16 kHz.
const maxSound = 128 << 20
