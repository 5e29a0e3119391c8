package store

import (
	"context"
	"database/sql"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/numbers"
)

const (
	maxText  = 10 << 10 // bytes of one text of a person
	maxNote  = 64 << 10
	maxList  = 100 // numbers, e-mails, keywords, skills
	maxOwnID = 100 // bytes
)

// clip cuts a text to so many bytes, between letters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// tidied is a person as it is kept, texts of a sane size and numbers with their E.164, and what the numbers say.
func tidied(p phone.Person, plan numbers.Plan) (phone.Person, []numbers.Reading) {
	for _, text := range []*string{&p.Name, &p.Given, &p.Family, &p.Company, &p.Title, &p.Department, &p.StandIn} {
		*text = strings.ToValidUTF8(clip(*text, maxText), "\ufffd")
	}
	p.Note = strings.ToValidUTF8(clip(p.Note, maxNote), "\ufffd")
	p.Emails, p.Keywords, p.Skills = tidiedList(p.Emails), tidiedList(p.Keywords), tidiedList(p.Skills)
	if year := p.Changed.Year(); year < 1 || year > 9999 {
		p.Changed = time.Time{} // JSON has no such year
	}
	kept := make([]phone.Number, 0, min(len(p.Numbers), maxList))
	read := make([]numbers.Reading, 0, cap(kept))
	for _, n := range p.Numbers {
		n.Number = strings.TrimSpace(strings.ToValidUTF8(clip(n.Number, maxText), "\ufffd"))
		if n.Number == "" || len(kept) == maxList {
			continue
		}
		r := plan.Read(n.Number)
		n.E164 = r.E164
		kept, read = append(kept, n), append(read, r)
	}
	if p.Numbers = kept; len(kept) == 0 {
		p.Numbers = nil
	}
	return p, read
}

func tidiedList(list []string) []string {
	var kept []string
	for _, text := range list {
		if text = strings.TrimSpace(strings.ToValidUTF8(clip(text, maxText), "\ufffd")); text != "" && len(kept) < maxList {
			kept = append(kept, text)
		}
	}
	return kept
}

// checkOwn refuses a contact that cannot be one.
func checkOwn(p phone.Person) error {
	_, entry, _ := strings.Cut(string(p.ID), ":")
	bad := func(field string) error { return phone.Refuse(phone.ReasonBadPerson, field) }
	switch {
	case !p.Own():
		return phone.Refuse(phone.ReasonNotOwn, string(p.ID))
	case entry == "" || len(p.ID) > maxOwnID:
		return bad("id")
	case p.Label() == "" || strings.TrimSpace(p.Label()) == "":
		return bad("name")
	case !goodMark(p.Mark):
		return bad("mark")
	}
	if p.SpeedDial != "" && !goodDial(p.SpeedDial) {
		return bad("speed_dial")
	}
	return nil
}

// goodDial reports whether a text is a speed dial, 1 to 99.
func goodDial(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 1 && n <= 99 && strconv.Itoa(n) == text
}

func goodMark(m phone.Mark) bool {
	switch m {
	case phone.MarkNone, phone.MarkFavourite, phone.MarkVIP, phone.MarkBlocked:
		return true
	}
	return false
}

// matchKey is what a number is matched by, as a hash: the last nine digits, which survive whatever an exchange puts in
// front; of fewer digits, all of them; of an address, itself. 0 is for what is neither.
func matchKey(r numbers.Reading) int64 {
	if r.Key == "" {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.Key))
	return int64(h.Sum64()>>2) | 1 //nolint:gosec // 62 bits
}

// scanPerson reads book, entry, person, mark and whether there is a photo.
func (s *Store) scanPerson(scan func(...any) error) (phone.Person, error) {
	var book, entry, body string
	var mark sql.NullString
	var photo bool
	if err := scan(&book, &entry, &body, &mark, &photo); err != nil {
		return phone.Person{}, err
	}
	return s.personOf(book, entry, []byte(body), mark, photo)
}

const (
	personColumns = `p.book, p.entry, p.person, (SELECT mark FROM marks WHERE person = p.book || ':' || p.entry),
		EXISTS (SELECT 1 FROM photos WHERE person = p.book || ':' || p.entry)`
	selectMarks  = "SELECT person, mark FROM marks"
	selectPeople = "SELECT " + personColumns + " FROM people p"
)

// Person is one person; ReasonNoPerson when there is none.
func (s *Store) Person(ctx context.Context, id phone.PersonID) (phone.Person, error) {
	book, entry, _ := strings.Cut(string(id), ":")
	p, err := s.scanPerson(s.db.QueryRowContext(ctx, selectPeople+" WHERE p.book = ? AND p.entry = ?", book, entry).Scan)
	if isNoRows(err) {
		return phone.Person{}, noPerson(id)
	}
	return p, fail("read person", err)
}

func noPerson(id phone.PersonID) error { return phone.Refuse(phone.ReasonNoPerson, string(id)) }

// OwnPeople is the user's own contacts, by name.
func (s *Store) OwnPeople(ctx context.Context) ([]phone.Person, error) {
	return s.readPeople(ctx, "read contacts", selectPeople+" WHERE p.book = ? ORDER BY p.id", string(phone.OwnBook))
}

func (s *Store) readPeople(ctx context.Context, doing, query string, args ...any) ([]phone.Person, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fail(doing, err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.Person{}
	for rows.Next() {
		p, err := s.scanPerson(rows.Scan)
		if err != nil {
			return nil, fail(doing, err)
		}
		out = append(out, p)
	}
	return out, fail(doing, rows.Err())
}

// PeopleState is what the snapshot tells of people; the books are for who reads them to tell of.
func (s *Store) PeopleState(ctx context.Context) (phone.PeopleState, error) {
	st := phone.PeopleState{Revision: s.people.Load()} // read first, as in HistoryState
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM people").Scan(&st.Count)
	return st, fail("count people", err)
}

// WatchedLines is the numbers whose lamps are to be watched, each once: those of favourites and VIPs first, then those
// of colleagues unless only favourites are asked for.
func (s *Store) WatchedLines(ctx context.Context, favouritesOnly bool) ([]string, error) {
	const marked = selectPeople + ` WHERE p.book || ':' || p.entry IN (SELECT person FROM marks WHERE mark IN ('favourite', 'vip')) ORDER BY p.id`
	people, err := s.readPeople(ctx, "read favourites", marked)
	if err != nil {
		return nil, err
	}
	if books := s.colleagueBooks(); !favouritesOnly && len(books) > 0 {
		args := make([]any, len(books))
		for i, book := range books {
			args[i] = string(book)
		}
		colleagues, err := s.readPeople(ctx, "read colleagues",
			selectPeople+" WHERE p.book IN (?"+strings.Repeat(", ?", len(args)-1)+") ORDER BY p.id", args...)
		if err != nil {
			return nil, err
		}
		people = append(people, colleagues...)
	}
	out, seen := []string{}, map[string]bool{}
	for _, p := range people {
		if line := p.Line(); line != "" && !seen[line] {
			out, seen[line] = append(out, line), true
		}
	}
	return out, nil
}
