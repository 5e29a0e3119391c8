package teamdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"svara/phone/team"
)

const selectLog = "SELECT n, " + entryColumns + " FROM log"

const entryColumns = "id, seq, queue, grp, uri, number, name, suffix, began, wait_s, talk_s, outcome, answered, phone, dest, handler, handled, handled_at, note, note_by, talking"

// entry is a row of the log.
type entry struct {
	n   int64
	seq team.Seq
	team.LogEntry
}

func scanEntry(r scanner) (e entry, err error) {
	var began, handledAt int64
	var handled, talking int
	err = r.Scan(&e.n, &e.ID, &e.seq, &e.Queue, &e.Group, &e.From.URI, &e.From.Number, &e.From.Name, &e.From.Group, &began, &e.WaitS, &e.TalkS,
		&e.Outcome, &e.Answered, &e.Phone, &e.To, &e.Handler, &handled, &handledAt, &e.Note, &e.NoteBy, &talking)
	e.Began, e.HandledAt, e.Handled = fromMicro(began), fromMicro(handledAt), handled != 0
	e.Talking = talking != 0
	return e, err
}

// LogItem is an entry as the feed tells it.
func LogItem(e entry) (team.Item, error) {
	data, err := json.Marshal(e.LogEntry)
	return team.Item{Kind: team.KindLog, ID: e.ID, Seq: e.seq, Group: e.Group, Data: data}, err
}

// caller is what numbers are compared by: the last nine digits, so that 08-123 45 67 and +46 8 123 45 67 are one.
func caller(number string) string {
	var digits []rune
	for _, r := range number {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	if len(digits) == 0 {
		return strings.ToLower(clean(number))
	}
	return string(digits[max(0, len(digits)-9):])
}

// fold is text as it is searched: lower case, one space between words.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(clean(s)), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

func text(e team.LogEntry) string { return fold(e.From.Name + " " + e.From.Number + " " + e.Note) }

func (u *update) entry(id string) (entry, error) {
	e, err := scanEntry(u.tx.QueryRowContext(u.ctx, selectLog+" WHERE id = $1", id))
	return e, notFound(err)
}

// LogEntry implements kept.Tx.
func (u *update) LogEntry(id string) (team.Versioned[team.LogEntry], error) {
	e, err := u.entry(id)
	return team.Versioned[team.LogEntry]{Seq: e.seq, Value: e.LogEntry}, err
}

// insertEntry writes a whole row. n is $1, the sequence $3.
const insertEntry = "INSERT INTO log (n, " + entryColumns + ", caller, is_open, txt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"

// callColumns are what an exchange tells of a call.
const callColumns = "seq = excluded.seq, queue = excluded.queue, grp = excluded.grp, uri = excluded.uri, number = excluded.number, name = excluded.name, suffix = excluded.suffix, " +
	"caller = excluded.caller, began = excluded.began, wait_s = excluded.wait_s, talk_s = excluded.talk_s, outcome = excluded.outcome, answered = excluded.answered, " +
	"talking = excluded.talking, phone = excluded.phone, dest = excluded.dest, is_open = excluded.is_open, txt = excluded.txt"

// PutCall implements kept.Tx. While nobody has written anything of the call it is one statement.
func (u *update) PutCall(e team.LogEntry) (team.Seq, error) {
	e.Handler, e.Handled, e.HandledAt, e.Note, e.NoteBy = "", false, time.Time{}, "", ""
	seq, err := u.putCall(e, " WHERE log.handled = 0 AND log.note = ''")
	if err != nil || seq != 0 {
		return seq, err
	}
	is, err := u.entry(e.ID)
	if err != nil {
		return 0, err
	}
	e.Handled, e.Note = is.Handled, is.Note // they say whether it is open, and what is found in it
	return u.putCall(e, "")
}

func (u *update) putCall(e team.LogEntry, where string) (team.Seq, error) {
	return u.numbered(insertEntry+" ON CONFLICT (id) DO UPDATE SET "+callColumns+where,
		u.last+1, e.ID, u.last+1, e.Queue, e.Group, clean(e.From.URI), clean(e.From.Number), clean(e.From.Name), clean(e.From.Group), micro(e.Began), e.WaitS, e.TalkS,
		e.Outcome, e.Answered, clean(e.Phone), clean(e.To), e.Handler, flag(e.Handled), micro(e.HandledAt), clean(e.Note), e.NoteBy, flag(e.Talking), caller(e.From.Number), flag(e.Open()), text(e))
}

// PutCare implements kept.Tx.
func (u *update) PutCare(e team.LogEntry) (team.Seq, error) {
	is, err := u.entry(e.ID)
	if err != nil {
		return 0, err
	}
	is.Handler, is.Handled, is.HandledAt, is.Note, is.NoteBy = e.Handler, e.Handled, e.HandledAt, e.Note, e.NoteBy
	seq := u.next()
	return seq, u.exec("UPDATE log SET seq = $2, handler = $3, handled = $4, handled_at = $5, note = $6, note_by = $7, is_open = $8, txt = $9 WHERE id = $1",
		e.ID, seq, e.Handler, flag(e.Handled), micro(e.HandledAt), clean(e.Note), e.NoteBy, flag(is.Open()), text(is.LogEntry))
}

// OpenBefore implements kept.Tx.
func (u *update) OpenBefore(number string, group team.GroupID) (n int, err error) {
	key := caller(number)
	if key == "" {
		return 0, nil
	}
	err = u.tx.QueryRowContext(u.ctx, "SELECT COUNT(*) FROM log WHERE caller = $1 AND grp = $2 AND is_open = 1", key, group).Scan(&n)
	return n, err
}

// LogEntry implements kept.Shelf.
func (d *DB) LogEntry(ctx context.Context, id string) (team.Versioned[team.LogEntry], error) {
	e, err := scanEntry(d.read.QueryRowContext(ctx, selectLog+" WHERE id = $1", clean(id)))
	return team.Versioned[team.LogEntry]{Seq: e.seq, Value: e.LogEntry}, notFound(err)
}

// LogFrom implements kept.Shelf.
func (d *DB) LogFrom(ctx context.Context, from time.Time) ([]team.LogEntry, error) {
	return rows(ctx, d.read, func(r *sql.Rows) (team.LogEntry, error) { e, err := scanEntry(r); return e.LogEntry, err },
		selectLog+" WHERE began >= $1 ORDER BY began, n", micro(from))
}
