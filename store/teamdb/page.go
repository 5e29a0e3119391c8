package teamdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// slack is how much later than it began a call may have been told at most, so that a span of time is a span of numbers.
const slack = 6 * time.Hour

// Log implements kept.Shelf. A query with several values is one query a value, each along an index in the order of the
// answer and so stopping when it has enough, put together: nothing is sorted that is not shown. What no index has is looked for
// in one stretch of the log after another, and only for so long: a page may have fewer calls than asked for, and a next one.
func (d *DB) Log(ctx context.Context, q team.LogQuery, groups []team.GroupID) (team.LogPage, error) {
	if groups != nil && len(groups) == 0 {
		return team.LogPage{Entries: []team.Versioned[team.LogEntry]{}}, nil
	}
	limit := q.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	at, err := place(q)
	if err != nil {
		return team.LogPage{}, err
	}
	var (
		found []entry
		next  string
	)
	err = d.snapshot(ctx, func(tx *sql.Tx) error {
		low, high, err := span(ctx, tx, q)
		if err != nil {
			return err
		}
		look := search{tx: tx, kind: d.kind, patience: usual, begun: time.Now(), common: at.common}
		for ; at.phase != ""; at = (spot{phase: after(at.phase), common: look.common}) {
			s := selection{q: q, groups: groups, low: low, high: high, phase: at.phase, limit: limit + 1 - len(found), kind: d.kind}
			if at.below > 0 && (s.high == 0 || at.below < s.high) {
				s.high = at.below
			}
			if s.nothing() {
				continue
			}
			more, reached, err := look.through(ctx, s)
			if err != nil {
				return err
			}
			found = append(found, more...)
			switch {
			case len(found) > limit:
				last := found[limit-1]
				next = spot{phaseOf(q.OpenFirst && !q.Open, last.Open()), last.n, look.common}.String()
			case reached > 0:
				next = spot{at.phase, reached, look.common}.String()
			default:
				continue
			}
			return nil
		}
		return nil
	})
	if err != nil {
		return team.LogPage{}, err
	}
	page := team.LogPage{Entries: make([]team.Versioned[team.LogEntry], 0, min(limit, len(found))), Next: next}
	for _, e := range found[:min(limit, len(found))] {
		page.Entries = append(page.Entries, team.Versioned[team.LogEntry]{Seq: e.seq, Value: e.LogEntry})
	}
	return page, nil
}

// spot is where a page begins. Phase "o" is the open ones first, "r" the rest, "a" all in one. below 0 is the newest.
type spot struct {
	phase  string
	below  int64
	common bool // as the search that came so far found its words
}

func place(q team.LogQuery) (spot, error) {
	phases := "a"
	if q.OpenFirst && !q.Open {
		phases = "or"
	}
	if q.After == "" {
		return spot{phase: phases[:1]}, nil
	}
	phase := strings.ToLower(q.After[:1])
	below, err := strconv.ParseInt(q.After[1:], 36, 64)
	if err != nil || below <= 0 || !strings.Contains(phases, phase) {
		return spot{}, kept.ErrPage
	}
	return spot{phase, below, phase != q.After[:1]}, nil
}

// String is how place reads it.
func (s spot) String() string {
	if s.common {
		s.phase = strings.ToUpper(s.phase)
	}
	return s.phase + strconv.FormatInt(s.below, 36)
}

// phaseOf is in which phase a row is; parted is whether the open ones come before the others.
func phaseOf(parted, open bool) string {
	switch {
	case parted && open:
		return "o"
	case parted:
		return "r"
	}
	return "a"
}

func after(phase string) string {
	if phase == "o" {
		return "r"
	}
	return ""
}

// span is between which numbers calls of the time asked for are; 0 is no bound.
func span(ctx context.Context, tx *sql.Tx, q team.LogQuery) (low, high int64, err error) {
	one := func(query string, at time.Time) (n int64, err error) {
		err = tx.QueryRowContext(ctx, query, micro(at)).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, nil
		}
		return n, err
	}
	if !q.From.IsZero() {
		if low, err = one("SELECT n FROM log WHERE began < $1 ORDER BY began DESC, n DESC LIMIT 1", q.From.Add(-slack)); err != nil {
			return 0, 0, err
		}
	}
	if !q.To.IsZero() {
		high, err = one("SELECT n FROM log WHERE began > $1 ORDER BY began, n LIMIT 1", q.To.Add(slack))
	}
	return low, high, err
}

// selection builds the query of a page.
type selection struct {
	q         team.LogQuery
	groups    []team.GroupID
	low, high int64 // exclusive; 0 is no bound
	phase     string
	limit     int
	kind      kind
	byWord    bool // PostgreSQL: found by the index of words and sorted, not looked for in the order of the page
	byRest    bool // SQLite: words are looked for in what else is selected

	args []any
}

func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// nothing reports whether nothing can have what is asked: what is open was missed.
func (s *selection) nothing() bool {
	return (s.q.Open || s.phase == "o") && len(s.q.Outcomes) > 0 && !slices.Contains(s.q.Outcomes, team.OutcomeMissed)
}

// among is a condition on one column; what is already fixed by the branch is not asked again.
func among[T ~string](s *selection, column string, values []T) string {
	if len(values) == 1 {
		return column + " = " + s.arg(string(values[0]))
	}
	var in []string
	for _, v := range values {
		in = append(in, s.arg(string(v)))
	}
	return column + " IN (" + strings.Join(in, ", ") + ")"
}

func unique[T ~string](in []T) []T {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

// sql is one branch for each value of what selects best, each in order and with its own end.
func (s *selection) sql() (string, []any) {
	q := &s.q
	q.Queues, q.Outcomes, q.Handlers, q.Answered = unique(q.Queues), unique(q.Outcomes), unique(q.Handlers), unique(q.Answered)
	var branches []string
	branch := func(where ...string) { branches = append(branches, s.branch(where)) }
	// Which columns the branches take apart: one column, or queue (or group) and outcome.
	switch {
	case q.Number != "" || q.Text != "" && !s.byRest:
		branch()
	case len(q.Handlers) > 0:
		values := q.Handlers
		q.Handlers = nil
		for _, v := range values {
			branch("handler = "+s.arg(string(v)), "handler <> ''")
		}
	case len(q.Answered) > 0:
		values := q.Answered
		q.Answered = nil
		for _, v := range values {
			branch("answered = "+s.arg(string(v)), "answered <> ''")
		}
	default:
		s.apart(branch)
	}
	found := branches[0]
	if len(branches) > 1 {
		for i := range branches {
			branches[i] = "SELECT * FROM (" + branches[i] + fmt.Sprintf(") AS b%d", i)
		}
		found = strings.Join(branches, " UNION ALL ") + " ORDER BY n DESC LIMIT " + strconv.Itoa(s.limit)
	}
	// All of them are found before the first is read: SQLite can only be interrupted until then.
	return "WITH page AS MATERIALIZED (" + found + ") SELECT log.n, " + entryColumns + " FROM page CROSS JOIN log WHERE log.n = page.n ORDER BY page.n DESC", s.args
}

// mostBranches is how many queries are put together at most: SQLite has a limit of 500.
const mostBranches = 100

// apart makes a branch for each queue (or group) and outcome.
func (s *selection) apart(branch func(...string)) {
	q := &s.q
	column, values := "", []string{""}
	switch {
	case len(q.Queues) > 0 && s.groups != nil && len(q.Outcomes) == 0 && !q.Open && s.phase != "o" && len(unique(q.Queues))*len(unique(s.groups)) <= mostBranches:
		// A queue's calls are of one group, nearly always: none of them may be of these.
		queues, groups := q.Queues, unique(s.groups)
		q.Queues, s.groups = nil, nil
		for _, v := range queues {
			for _, g := range groups {
				branch("queue = "+s.arg(string(v)), "grp = "+s.arg(string(g)))
			}
		}
		return
	case len(q.Queues) > 0:
		column, values = "queue", strs(q.Queues)
		q.Queues = nil
	case s.groups != nil:
		column, values = "grp", strs(unique(s.groups))
		s.groups = nil
	}
	outcomes := strs(q.Outcomes)
	if q.Open || s.phase == "o" || len(outcomes) == 0 { // what is open is missed: the index of the open is the better one
		outcomes = []string{""}
	} else {
		q.Outcomes = nil
	}
	for _, v := range values {
		for _, o := range outcomes {
			var where []string
			if column != "" {
				where = append(where, column+" = "+s.arg(v))
			}
			if o != "" {
				where = append(where, "outcome = "+s.arg(o))
			}
			branch(where...)
		}
	}
}

func strs[T ~string](in []T) (out []string) {
	for _, v := range in {
		out = append(out, string(v))
	}
	return out
}

// branch is a query with a condition and all the others.
func (s *selection) branch(where []string) string {
	q := s.q
	from, n := "log", "log.n"
	if s.groups != nil {
		where = append(where, among(s, "grp", s.groups))
	}
	if len(q.Queues) > 0 {
		where = append(where, among(s, "queue", q.Queues))
	}
	if len(q.Outcomes) > 0 {
		where = append(where, among(s, "outcome", q.Outcomes))
	}
	if len(q.Handlers) > 0 {
		where = append(where, among(s, "handler", q.Handlers))
	}
	if len(q.Answered) > 0 {
		where = append(where, among(s, "answered", q.Answered))
	}
	if q.Number != "" {
		where = append(where, "caller = "+s.arg(caller(q.Number)))
	}
	switch {
	case q.Open || s.phase == "o":
		where = append(where, "is_open = 1")
	case s.phase == "r":
		where = append(where, "is_open = 0")
	}
	if q.Nobody {
		where = append(where, "handler = ''")
	}
	if !q.From.IsZero() {
		where = append(where, "began >= "+s.arg(micro(q.From)))
	}
	if !q.To.IsZero() {
		where = append(where, "began < "+s.arg(micro(q.To)))
	}
	found, looked := s.words(strings.Fields(fold(q.Text)))
	if s.byRest {
		found, looked = "", strings.Fields(fold(q.Text))
	}
	for _, w := range looked {
		where = append(where, "log.txt LIKE "+s.arg("%"+escapeLike(w)+"%")+` ESCAPE '\'`)
	}
	if found != "" {
		from, n = "log_text CROSS JOIN log ON log.n = log_text.rowid", "log_text.rowid"
		where = append(where, "log_text.txt MATCH "+s.arg(found))
	}
	where = append(where, s.between(n, s.low, s.high)...)
	query := "SELECT log.n FROM " + from
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	if s.byWord {
		n += " + 0" // which no index has the order of
	}
	return query + " ORDER BY " + n + " DESC LIMIT " + strconv.Itoa(s.limit)
}

// between is conditions on a number; 0 is no bound.
func (s *selection) between(n string, low, high int64) (out []string) {
	if low > 0 {
		out = append(out, n+" > "+s.arg(low))
	}
	if high > 0 {
		out = append(out, n+" < "+s.arg(high))
	}
	return out
}
