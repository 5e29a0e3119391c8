package teamdb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How much is looked at before another way is tried. Tests go each way with few calls.
type patience struct {
	nearby int64 // among how many of the newest calls PostgreSQL looks for words one by one
	hits   int   // how many calls with the words SQLite looks at for what else is asked
	narrow int   // how many calls may have what else is asked, for SQLite to look for the words in each
}

var usual = patience{nearby: 20_000, hits: 3000, narrow: 20_000}

// ask reads what is selected. With words there are two ways: through the calls that have them, newest first, or through those
// that have what else is asked. Each is quick where there are few, or where enough are found soon.
func (s *selection) ask(ctx context.Context, tx *sql.Tx) ([]entry, error) {
	words := strings.Fields(fold(s.q.Text))
	switch long := slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) >= 3 }); {
	case long && s.kind == postgres:
		return s.askPostgres(ctx, tx)
	case long:
		return s.askSQLite(ctx, tx, words)
	default:
		return s.read(ctx, tx)
	}
}

func (s selection) read(ctx context.Context, tx *sql.Tx) ([]entry, error) {
	query, args := s.sql()
	return rows(ctx, tx, func(r *sql.Rows) (entry, error) { return scanEntry(r) }, query, args...)
}

// askSQLite goes through some calls that have the words, and then, where those are not all and there are few calls that have
// what else is asked, through these.
func (s *selection) askSQLite(ctx context.Context, tx *sql.Tx, words []string) ([]entry, error) {
	driver := s.driver()
	if len(driver) == 0 {
		return s.read(ctx, tx)
	}
	found, _ := s.words(words)
	count := selection{args: []any{found}}
	where := append([]string{"log_text.txt MATCH $1"}, count.between("rowid", s.low, s.high)...)
	query := "SELECT rowid FROM log_text WHERE " + strings.Join(where, " AND ") + " ORDER BY rowid DESC LIMIT 1 OFFSET " + strconv.Itoa(s.hits)
	var far int64
	if err := tx.QueryRowContext(ctx, query, count.args...).Scan(&far); errors.Is(err, sql.ErrNoRows) {
		return s.read(ctx, tx)
	} else if err != nil {
		return nil, err
	}
	near := *s
	near.low = far
	if found, err := near.read(ctx, tx); err != nil || len(found) == s.limit {
		return found, err
	}
	left := s.narrow
	for _, d := range driver {
		count := selection{args: d.values}
		where := append([]string{d.where}, count.between("n", s.low, s.high)...)
		query := "SELECT COUNT(*) FROM (SELECT n FROM log WHERE " + strings.Join(where, " AND ") + " LIMIT " + strconv.Itoa(left+1) + ")"
		var n int
		if err := tx.QueryRowContext(ctx, query, count.args...).Scan(&n); err != nil {
			return nil, err
		}
		if left -= n; left < 0 {
			return s.read(ctx, tx)
		}
	}
	s.byRest = true
	return s.read(ctx, tx)
}

// driven is a condition that an index has, with its values as $1 and $2.
type driven struct {
	where  string
	values []any
}

// driver is what is asked besides words and narrows most, as a guess.
func (s *selection) driver() []driven {
	q, groups := s.q, strs(s.groups)
	switch {
	case q.Number != "":
		return []driven{{"caller = $1", []any{caller(q.Number)}}}
	case len(q.Handlers) > 0:
		return drivers("handler = $1 AND handler <> ''", strs(q.Handlers))
	case q.Open || s.phase == "o":
		return []driven{{"is_open = 1", nil}}
	case len(q.Answered) > 0:
		return drivers("answered = $1 AND answered <> ''", strs(q.Answered))
	case len(q.Queues) > 0 && groups != nil:
		return drivers("queue = $1 AND grp = $2", strs(q.Queues), groups)
	case len(q.Queues) > 0 && len(q.Outcomes) > 0:
		return drivers("queue = $1 AND outcome = $2", strs(q.Queues), strs(q.Outcomes))
	case len(q.Queues) > 0:
		return drivers("queue = $1", strs(q.Queues))
	case groups != nil && len(q.Outcomes) > 0:
		return drivers("grp = $1 AND outcome = $2", groups, strs(q.Outcomes))
	case groups != nil:
		return drivers("grp = $1", groups)
	}
	return drivers("outcome = $1", strs(q.Outcomes))
}

// drivers is a condition for each value, or for each of some with each of others.
func drivers(where string, values ...[]string) (out []driven) {
	for _, v := range unique(values[0]) {
		if len(values) == 1 {
			out = append(out, driven{where, []any{v}})
			continue
		}
		for _, w := range unique(values[1]) {
			out = append(out, driven{where, []any{v, w}})
		}
	}
	return out
}

// askPostgres: PostgreSQL guesses how many calls have a word, and for a rare one that it takes for common would go through all
// of the log. It is asked for the newest calls first, which is enough for a common word, and then for the word's index, which
// is quick for a rare one.
func (s *selection) askPostgres(ctx context.Context, tx *sql.Tx) ([]entry, error) {
	near, top := *s, s.high
	if top == 0 {
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(n), 0) + 1 FROM log").Scan(&top); err != nil {
			return nil, err
		}
	}
	near.low = max(s.low, top-s.nearby)
	if found, err := near.read(ctx, tx); err != nil || len(found) == s.limit {
		return found, err
	}
	s.byWord = true
	return s.read(ctx, tx)
}

// enough is how many figures of a number the index is asked for: more of them is more to read, and selects hardly better.
const enough = 6

// words is how words are searched: found by SQLite's index of three letters at a time, or looked for in what else is
// selected. PostgreSQL chooses for itself. Figures select so much better than names that the index is asked for them
// alone: all it has of the letters of a common name would have to be read.
func (s *selection) words(words []string) (found string, looked []string) {
	if s.kind == postgres {
		return "", words
	}
	best := ""
	for _, w := range words {
		if f := figures(w); len(f) > len(best) {
			best = f
		}
	}
	if r := []rune(best); len(r) > enough+1 {
		best = string(r[len(r)-enough:])
	}
	var phrases []string
	for _, w := range words {
		switch {
		case best != "" && w != best, utf8.RuneCountInString(w) < 3:
			looked = append(looked, w)
		case best == "":
			phrases = append(phrases, phrase(w))
		}
	}
	if best != "" {
		phrases = []string{phrase(best)}
	}
	return strings.Join(phrases, " "), looked
}

// figures is the longest run of figures in a word, with what is before it; empty when that is less than three characters.
func figures(w string) string {
	best, letters := "", []rune(w)
	for from := 0; from < len(letters); from++ {
		to := from
		for to < len(letters) && letters[to] >= '0' && letters[to] <= '9' {
			to++
		}
		if to > from {
			if run := string(letters[max(0, from-1):to]); utf8.RuneCountInString(run) >= 3 && len(run) > len(best) {
				best = run
			}
			from = to
		}
	}
	return best
}

func phrase(w string) string { return `"` + strings.ReplaceAll(w, `"`, `""`) + `"` }

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
