package server

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// A name that a text is sent as (GSM 03.38 alphanumeric address, 11 characters), and a mailbox of an exchange.
var (
	senderName = regexp.MustCompile(`^[A-Za-z0-9]{1,11}$`)
	boxName    = regexp.MustCompile(`^[A-Za-z0-9_+*#-]{1,40}@[A-Za-z0-9_-]{1,40}$`)
	allDigits  = regexp.MustCompile(`^[0-9]+$`)
)

// inboxOf is a group's inbox; the sequence is 0 when there is none.
func (s *Server) inboxOf(g team.GroupID) (in team.Versioned[team.Inbox], err error) {
	in.Value.Group = g
	if i, ok := s.board.get(team.KindInbox, string(g)); ok {
		in.Seq = i.Seq
		in.Value, err = value[team.Inbox](i)
	}
	return in, err
}

func (s *Server) inbox(_ context.Context, q *request) (any, error) {
	return s.inboxOf(team.GroupID(q.path("group")))
}

// changeInbox changes a group's inbox as it was seen.
func (s *Server) changeInbox(ctx context.Context, g team.GroupID, seen team.Seq, change func(tx kept.Tx, in *team.Inbox) error) (any, error) {
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if _, err := tx.Item(team.KindGroup, string(g)); errors.Is(err, kept.ErrNotFound) {
			return notFound()
		} else if err != nil {
			return err
		}
		is, err := seenAs(tx, team.KindInbox, string(g), seen)
		if err != nil {
			return err
		}
		in := team.Inbox{Group: g}
		if is.Seq != 0 {
			if in, err = value[team.Inbox](is); err != nil {
				return err
			}
		}
		if err := change(tx, &in); err != nil {
			return err
		}
		return put(tx, team.Item{Kind: team.KindInbox, ID: string(g), Group: g}, in)
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) putInbox(ctx context.Context, q *request) (any, error) {
	in, g := body[team.NewInbox](q), team.GroupID(q.path("group"))
	if len(in.Boxes) > 50 || len(in.Senders) > 50 {
		return nil, bad("boxes")
	}
	for _, b := range in.Boxes {
		if !boxName.MatchString(b) {
			return nil, bad("boxes")
		}
	}
	for _, b := range in.Boxes {
		if s.boxOwners()[b].person != "" {
			return nil, bad("boxes") // its messages are one person's
		}
	}
	for _, n := range in.Senders {
		if !senderName.MatchString(n) || allDigits.MatchString(n) {
			return nil, bad("senders")
		}
	}
	return s.changeInbox(ctx, g, in.Seq, func(tx kept.Tx, is *team.Inbox) error {
		for _, other := range s.board.all(team.KindInbox, view{all: true}) {
			if other.ID == string(g) {
				continue
			}
			o, err := value[team.Inbox](other)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(o.Boxes, func(b string) bool { return slices.Contains(in.Boxes, b) }) {
				return bad("boxes") // its messages are one group's
			}
		}
		is.Boxes, is.Senders = in.Boxes, in.Senders
		return nil
	})
}

func (s *Server) putTemplates(ctx context.Context, q *request) (any, error) {
	in := body[team.NewTemplates](q)
	if len(in.Templates) > 50 {
		return nil, bad("templates")
	}
	for _, t := range in.Templates {
		if err := first([]error{short("templates", t.Name, 60, false), short("templates", t.Text, team.MaxText, true)}); err != nil {
			return nil, err
		}
		if strings.TrimSpace(t.Name) == "" || strings.TrimSpace(t.Text) == "" {
			return nil, bad("templates")
		}
	}
	return s.changeInbox(ctx, team.GroupID(q.path("group")), in.Seq, func(_ kept.Tx, is *team.Inbox) error {
		is.Templates = in.Templates
		return nil
	})
}

// senderOf is what a group's text is sent as: its number, or a name on its list.
func (s *Server) senderOf(g team.GroupID, asked string) (string, error) {
	i, ok := s.board.get(team.KindGroup, string(g))
	if !ok {
		return "", notFound()
	}
	group, err := value[team.Group](i)
	if err != nil {
		return "", err
	}
	if asked == "" {
		asked = group.Number
	}
	in, err := s.inboxOf(g)
	if err != nil {
		return "", err
	}
	if asked == "" || asked != group.Number && !slices.Contains(in.Value.Senders, asked) {
		return "", bad("sender")
	}
	return asked, nil
}

// outside is a number that a text can be sent to or come from, as digits with its +: E.164, at most 15 digits. Inside
// numbers and short ones have no +.
func outside(field, n string) (string, error) {
	n = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(strings.TrimSpace(n))
	if rest, ok := strings.CutPrefix(n, "00"); ok {
		n = "+" + rest
	}
	digits := strings.TrimPrefix(n, "+")
	if !allDigits.MatchString(digits) || len(digits) < 3 || len(digits) > 15 || n != digits && len(digits) < 7 {
		return "", bad(field)
	}
	return n, nil
}

// party is who is outside.
func party(number, name string) phone.Party { return phone.Party{Number: number, Name: name} }
