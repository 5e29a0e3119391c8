package store

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
)

// vocabulary is every word of the index in one sorted piece of memory, to find what an index of words cannot: words that
// have something inside, and words that are nearly another. A word that nobody has any more finds nobody.
type vocabulary struct {
	mu     sync.RWMutex
	loaded bool
	blob   []byte              // mu: "\nanna\nberg\n", sorted
	starts []uint32            // mu: where the words begin in blob
	added  map[string]struct{} // mu: words since, not in blob
}

// maxAdded is how many words are kept beside the sorted ones.
const maxAdded = 2000

// load reads the words once.
func (v *vocabulary) load(ctx context.Context, db *sql.DB) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.loaded {
		return nil
	}
	rows, err := db.QueryContext(ctx, "SELECT word FROM words ORDER BY word")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	blob, starts := []byte{'\n'}, []uint32(nil)
	for rows.Next() {
		var word sql.RawBytes
		if err := rows.Scan(&word); err != nil {
			return err
		}
		starts = append(starts, uint32(len(blob))) //nolint:gosec // some MB
		blob = append(append(blob, word...), '\n')
	}
	if err := rows.Err(); err != nil {
		return err
	}
	v.blob, v.starts, v.added, v.loaded = blob, starts, map[string]struct{}{}, true
	return nil
}

// word is the word that begins at a place in blob.
func (v *vocabulary) word(start uint32) []byte {
	rest := v.blob[start:]
	return rest[:bytes.IndexByte(rest, '\n')]
}

// first is the place in starts of the first word not before a text.
func (v *vocabulary) first(text string) int {
	at, _ := slices.BinarySearchFunc(v.starts, text, func(start uint32, text string) int {
		return bytes.Compare(v.word(start), []byte(text))
	})
	return at
}

// has reports whether a word is known.
func (v *vocabulary) has(word string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if _, ok := v.added[word]; ok {
		return true
	}
	at := v.first(word)
	return at < len(v.starts) && string(v.word(v.starts[at])) == word
}

// add takes words in that are now in the table.
func (v *vocabulary) add(words map[string]struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.loaded {
		return
	}
	for w := range words {
		v.added[w] = struct{}{}
	}
	if len(v.added) <= maxAdded {
		return
	}
	all := make([]string, 0, len(v.added))
	for w := range v.added {
		all = append(all, w)
	}
	slices.Sort(all)
	size := len(v.blob)
	for _, w := range all {
		size += len(w) + 1
	}
	blob, starts := append(make([]byte, 0, size), '\n'), make([]uint32, 0, len(v.starts)+len(all))
	put := func(word string) {
		starts = append(starts, uint32(len(blob))) //nolint:gosec // some MB
		blob = append(append(blob, word...), '\n')
	}
	for _, start := range v.starts {
		old := v.word(start)
		for len(all) > 0 && all[0] < string(old) {
			put(all[0])
			all = all[1:]
		}
		put(string(old))
	}
	for _, w := range all {
		put(w)
	}
	v.blob, v.starts, v.added = blob, starts, map[string]struct{}{}
}

// from is words that begin with a text, at most so many.
func (v *vocabulary) from(text string, most int) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []string
	for i := v.first(text); i < len(v.starts) && len(out) < most && bytes.HasPrefix(v.word(v.starts[i]), []byte(text)); i++ {
		out = append(out, string(v.word(v.starts[i])))
	}
	for word := range v.added {
		if len(out) < most && strings.HasPrefix(word, text) {
			out = append(out, word)
		}
	}
	return out
}

// inside is words that have a text in them, not at their beginning, at most so many.
func (v *vocabulary) inside(text string, most int) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []string
	v.containing(text, func(word []byte, at int) bool {
		if at > 0 {
			out = append(out, string(word))
		}
		return len(out) < most
	})
	for word := range v.added {
		if len(out) < most && strings.Index(word, text) > 0 {
			out = append(out, word)
		}
	}
	return out
}

// containing calls found for words of blob that contain a text, and where, until it returns false.
func (v *vocabulary) containing(text string, found func(word []byte, at int) bool) {
	for from := 0; from < len(v.blob); {
		at := bytes.Index(v.blob[from:], []byte(text))
		if at < 0 {
			return
		}
		at += from
		start := bytes.LastIndexByte(v.blob[:at], '\n') + 1
		end := at + bytes.IndexByte(v.blob[at:], '\n')
		if !found(v.blob[start:end], at-start) {
			return
		}
		from = end
	}
}

// near is words of which text is the beginning but for one typing error, at most so many.
func (v *vocabulary) near(text string, most int) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	found := map[string]struct{}{}
	try := func(word []byte) bool {
		if nearly(text, string(word)) {
			found[string(word)] = struct{}{}
		}
		return len(found) < most
	}
	// One error leaves one half whole, unless it swaps the letters where they meet.
	half := len(text) / 2
	swapped := text[:half-1] + text[half:half+1] + text[half-1:half]
	for _, begin := range []string{text[:half], swapped} {
		for i := v.first(begin); i < len(v.starts) && bytes.HasPrefix(v.word(v.starts[i]), []byte(begin)); i++ {
			if !try(v.word(v.starts[i])) {
				break
			}
		}
	}
	v.containing(text[half:], func(word []byte, at int) bool {
		if at > half+1 {
			return true
		}
		return try(word)
	})
	for word := range v.added {
		if len(found) < most && nearly(text, word) {
			found[word] = struct{}{}
		}
	}
	out := make([]string, 0, len(found))
	for word := range found {
		out = append(out, word)
	}
	slices.Sort(out)
	return out
}

// nearly reports whether a word begins with a text but for one error: a letter wrong, too many, missing, or two swapped.
// An error in the last letter is forgiven only where the word ends: else "anna" would find every Annika.
func nearly(text, word string) bool {
	i := 0
	for i < len(text) && i < len(word) && text[i] == word[i] {
		i++
	}
	switch {
	case i == len(text):
		return false // no error
	case i == len(text)-1 && len(word) <= len(text):
		return true // the last letter wrong, or too many
	case i == len(text)-1:
		return word[i+1] == text[i] // one missing before the last
	case i == len(word):
		return false // more than one too many
	}
	t, w := text[i:], word[i:]
	return strings.HasPrefix(w[1:], t[1:]) || strings.HasPrefix(w, t[1:]) || strings.HasPrefix(w[1:], t) ||
		len(w) > 1 && t[0] == w[1] && t[1] == w[0] && strings.HasPrefix(w[2:], t[2:])
}
