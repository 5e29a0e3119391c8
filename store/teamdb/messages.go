package teamdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// message is a row.
type message struct {
	n    int64
	seq  team.Seq
	gone bool
	team.Message
}

const selectMessage = "SELECT n, id, seq, grp, gone, data FROM messages"

func scanMessage(r scanner) (m message, err error) {
	var (
		gone     int
		data, id string
		group    team.GroupID
	)
	if err := r.Scan(&m.n, &id, &m.seq, &group, &gone, &data); err != nil {
		return m, err
	}
	if gone != 0 {
		m.gone, m.ID, m.Group = true, id, group
		return m, nil
	}
	if err := json.Unmarshal([]byte(data), &m.Message); err != nil {
		return m, fmt.Errorf("message %s cannot be read: %w", id, err)
	}
	return m, nil
}

// readMessage is scanMessage for rows.
func readMessage(r *sql.Rows) (message, error) { return scanMessage(r) }

// messageItem is a message as the feed tells it.
func messageItem(m message) (team.Item, error) {
	i := team.Item{Kind: team.KindMessage, ID: m.ID, Seq: m.seq, Group: m.Group, Gone: m.gone}
	if m.gone {
		return i, nil
	}
	var err error
	i.Data, err = json.Marshal(m.Message)
	return i, err
}

func (m message) versioned() team.Versioned[team.Message] {
	return team.Versioned[team.Message]{Seq: m.seq, Value: m.Message}
}

// Message implements kept.Tx.
func (u *update) Message(id string) (team.Versioned[team.Message], error) {
	m, err := scanMessage(u.tx.QueryRowContext(u.ctx, selectMessage+" WHERE id = $1 AND gone = 0", clean(id)))
	return m.versioned(), notFound(err)
}

// PutMessage implements kept.Tx.
func (u *update) PutMessage(m team.Message) (team.Seq, error) {
	m.Text, m.From.Name, m.From.Number, m.From.URI = clean(m.Text), clean(m.From.Name), clean(m.From.Number), clean(m.From.URI)
	data, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	return u.numbered("INSERT INTO messages (n, id, seq, grp, gone, kind, caller, at, box, pinned, is_open, unsent, txt, data) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13) "+
		"ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, grp = excluded.grp, gone = 0, kind = excluded.kind, caller = excluded.caller, at = excluded.at, box = excluded.box, "+
		"pinned = excluded.pinned, is_open = excluded.is_open, unsent = excluded.unsent, txt = excluded.txt, data = excluded.data WHERE messages.gone = 1 OR messages.data <> excluded.data",
		u.last+1, clean(m.ID), u.last+1, m.Group, m.Kind, caller(m.From.Number), micro(m.At), clean(m.Box), m.Pinned, flag(m.Open()), flag(m.State == phone.TextSending),
		fold(m.From.Name+" "+m.From.Number+" "+m.Text), clean(string(data)))
}

// DeleteMessage implements kept.Tx.
func (u *update) DeleteMessage(id string) (team.Seq, error) {
	return u.numbered("UPDATE messages SET seq = $2, gone = 1, kind = '', caller = '', box = '', pinned = '', is_open = 0, unsent = 0, txt = '', data = '' WHERE id = $1 AND gone = 0",
		clean(id), u.last+1)
}

func (u *update) messages(query string, args ...any) ([]message, error) {
	return rows(u.ctx, u.tx, readMessage, selectMessage+query, args...)
}

// Thread implements kept.Tx.
func (u *update) Thread(group team.GroupID, number string) ([]team.Versioned[team.Message], error) {
	const of = " WHERE gone = 0 AND caller = $1 AND grp = $2 AND kind = $3"
	key := caller(number)
	last, err := u.messages(of+" ORDER BY at DESC, n DESC LIMIT 20", key, group, phone.GroupText)
	newest := slices.DeleteFunc(last, func(m message) bool { return m.Direction != phone.Incoming })
	if err != nil || len(newest) == 0 {
		return nil, err
	}
	open, err := u.messages(of+" AND is_open = 1 ORDER BY at DESC, n DESC", key, group, phone.GroupText)
	if len(open) == 0 || open[0].n != newest[0].n {
		open = slices.Insert(open, 0, newest[0])
	}
	out := make([]team.Versioned[team.Message], len(open))
	for i, m := range open {
		out[i] = m.versioned()
	}
	return out, err
}

// Voices implements kept.Tx.
func (u *update) Voices(box string) ([]team.Message, error) {
	all, err := u.messages(" WHERE gone = 0 AND box = $1 ORDER BY n", clean(box))
	return plainMessages(all), err
}

// OldMessages implements kept.Tx.
func (u *update) OldMessages(old kept.Old, limit int) ([]team.Message, error) {
	s := selection{}
	where := " WHERE gone = 0 AND unsent = 0 AND at < " + s.arg(micro(old.Before))
	switch groups := unique(old.Groups); {
	case len(groups) == 0 && !old.Others:
		return nil, nil
	case old.Others && len(groups) > 0:
		where += " AND NOT (" + among(&s, "grp", groups) + ")"
	case len(groups) > 0:
		where += " AND " + among(&s, "grp", groups)
	}
	if !old.Open {
		where += " AND is_open = 0"
	}
	if old.Voice {
		where += " AND box <> ''"
	} else {
		where += " AND box = ''"
	}
	all, err := u.messages(where+" ORDER BY at, n LIMIT "+strconv.Itoa(limit), s.args...)
	return plainMessages(all), err
}

func plainMessages(in []message) []team.Message {
	out := make([]team.Message, len(in))
	for i, m := range in {
		out[i] = m.Message
	}
	return out
}

// Message implements kept.Shelf.
func (d *DB) Message(ctx context.Context, id string) (team.Versioned[team.Message], error) {
	m, err := scanMessage(d.read.QueryRowContext(ctx, selectMessage+" WHERE id = $1 AND gone = 0", clean(id)))
	return m.versioned(), notFound(err)
}

// Unsent implements kept.Shelf.
func (d *DB) Unsent(ctx context.Context, limit int) ([]team.Message, error) {
	all, err := rows(ctx, d.read, readMessage, selectMessage+" WHERE unsent = 1 ORDER BY n LIMIT $1", limit)
	return plainMessages(all), err
}

// CountMessages implements kept.Shelf.
func (d *DB) CountMessages(ctx context.Context, of team.PersonID, groups []team.GroupID) (c team.MessageCount, err error) {
	s := selection{}
	mine := s.arg(string(of))
	where, none := ofGroups(&s, groups)
	if none {
		return c, nil
	}
	err = d.read.QueryRowContext(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN pinned = "+mine+" THEN 1 ELSE 0 END), 0) FROM messages WHERE is_open = 1"+where, s.args...).Scan(&c.Open, &c.Mine)
	return c, err
}

// ofGroups is a condition on groups; none when nothing can fulfil it.
func ofGroups(s *selection, groups []team.GroupID) (where string, none bool) {
	switch {
	case groups == nil:
		return "", false
	case len(groups) == 0:
		return "", true
	}
	return " AND " + among(s, "grp", unique(groups)), false
}

// timeOf is the time of the message that a page ended with. One that was deleted since has its time still, until nobody has
// to be told any more; who comes later than that begins anew.
func timeOf(ctx context.Context, tx *sql.Tx, n int64) (at int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT at FROM messages WHERE n = $1", n).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		err = kept.ErrPage
	}
	return at, err
}

// Messages implements kept.Shelf.
func (d *DB) Messages(ctx context.Context, q team.MessageQuery, groups []team.GroupID) (team.MessagePage, error) {
	page := team.MessagePage{Messages: []team.Versioned[team.Message]{}}
	limit := q.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	if len(q.Groups) > 0 {
		wanted := unique(q.Groups)
		if groups != nil {
			wanted = slices.DeleteFunc(wanted, func(g team.GroupID) bool { return !slices.Contains(groups, g) })
		}
		groups = wanted
	}
	s := selection{}
	where, none := ofGroups(&s, groups)
	if none {
		return page, nil
	}
	begin, err := place(team.LogQuery{Open: q.Open, OpenFirst: q.OpenFirst, After: q.After})
	if err != nil {
		return page, err
	}
	if len(q.Kinds) > 0 {
		where += " AND " + among(&s, "kind", unique(q.Kinds))
	}
	if q.Open {
		where += " AND is_open = 1"
	}
	if q.Pinned != "" {
		where += " AND pinned = " + s.arg(string(q.Pinned)) + " AND pinned <> ''"
	}
	if q.Peer != "" {
		where += " AND caller = " + s.arg(caller(q.Peer))
	}
	for _, w := range strings.Fields(fold(q.Text)) {
		where += " AND txt LIKE " + s.arg("%"+escapeLike(w)+"%") + ` ESCAPE '\'`
	}
	var found []message
	err = d.snapshot(ctx, func(tx *sql.Tx) error {
		for phase, below := begin.phase, begin.below; phase != "" && len(found) <= limit; phase, below = after(phase), 0 {
			of := s
			of.args = slices.Clone(s.args)
			part := where
			if below > 0 {
				then, err := timeOf(ctx, tx, below)
				if err != nil {
					return err
				}
				at := of.arg(then)
				part += " AND (at < " + at + " OR at = " + at + " AND n < " + of.arg(below) + ")"
			}
			switch phase {
			case "o":
				part += " AND is_open = 1"
			case "r":
				part += " AND is_open = 0"
			}
			more, err := rows(ctx, tx, readMessage, selectMessage+" WHERE gone = 0"+part+" ORDER BY at DESC, n DESC LIMIT "+strconv.Itoa(limit+1-len(found)), of.args...)
			if err != nil {
				return err
			}
			found = append(found, more...)
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	if len(found) > limit {
		found = found[:limit]
		page.Next = spot{phase: phaseOf(q.OpenFirst && !q.Open, found[limit-1].Open()), below: found[limit-1].n}.String()
	}
	for _, m := range found {
		page.Messages = append(page.Messages, m.versioned())
	}
	return page, nil
}
