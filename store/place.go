package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"slices"
)

const (
	placeLetters = 8 // of the name, five bits each
	placeSpread  = 8 // bits below them, for people whose names begin alike
)

// placeOf is where a name begins in the order of names: rowids rise with the Swedish alphabet, so that a scan of the
// index that stops early has met the first names first. Names that begin with the same eight letters lie together in no
// order; who ranks them compares the names.
func placeOf(name string) int64 {
	var place int64
	letters := 0
	for _, r := range name {
		code := alphabet(r)
		if code == 0 {
			continue
		}
		place = place<<5 | code
		if letters++; letters == placeLetters {
			break
		}
	}
	return place << (5 * (placeLetters - letters)) << placeSpread
}

// alphabet is a letter's place in the Swedish alphabet, 1 to 31; what stands between words comes first, what is in no
// alphabet of ours last; 0 for what does not count.
func alphabet(r rune) int64 {
	switch {
	case r == ' ' || r == '-' || r == '.' || r == ',':
		return 1
	case r >= '0' && r <= '9':
		return 2
	case r >= 'a' && r <= 'z':
		return int64(3 + r - 'a')
	case r >= 'A' && r <= 'Z':
		return int64(3 + r - 'A')
	case r < 0x80:
		return 0
	}
	switch r {
	case 'å', 'Å':
		return 29
	case 'ä', 'Ä', 'æ', 'Æ':
		return 30
	case 'ö', 'Ö', 'ø', 'Ø':
		return 31
	case 'ü', 'Ü':
		return 3 + 'y' - 'a'
	}
	folded := foldRune(r)
	if len(folded) == 0 {
		return 0
	}
	if folded[0] >= 0x80 {
		return 31
	}
	return alphabet(rune(folded[0]))
}

// insertAt runs an INSERT OR IGNORE whose first value is a rowid, with free rowids ever farther from a place, and
// returns the one it took.
func insertAt(ctx context.Context, insert *sql.Stmt, place int64, values ...any) (int64, error) {
	args := append([]any{nil}, values...)
	for spread := placeSpread; spread < 60; spread++ {
		for range 4 {
			id := max(1, place+rand.Int64N(1<<spread)) //nolint:gosec // spreads, hides nothing
			args[0] = id
			result, err := insert.ExecContext(ctx, args...)
			if err != nil {
				return 0, err
			}
			if n, err := result.RowsAffected(); err != nil || n == 1 {
				return id, err
			}
		}
	}
	return 0, errors.New("no room in the order of names")
}

// place gives entries free rows near where their names begin, and puts them in the order of those. Names that begin alike
// are many: each takes a row of as many as there are of them.
func (w *peopleWriter) place(list []prepared) {
	taken := make(map[int64]bool, len(list))
	segments := w.now.segments()
	for i := range list {
		e := &list[i]
		for spread, tries := placeSpread, 0; e.id == 0 && spread < 60; tries++ {
			id := max(1, e.place+rand.Int64N(1<<spread)) //nolint:gosec // spreads, hides nothing
			if !taken[id] && !slices.ContainsFunc(segments, func(g *segment) bool { return g.has(id) }) {
				taken[id], e.id = true, id
			}
			if tries%4 == 3 {
				spread++
			}
		}
	}
	slices.SortFunc(list, func(a, b prepared) int { return cmp.Compare(a.id, b.id) })
}
