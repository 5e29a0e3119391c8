package teamdb

import (
	"strings"
	"unicode/utf8"
)

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
