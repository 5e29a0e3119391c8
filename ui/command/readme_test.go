package command_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	. "svara/ui/command"
)

// TestReadmeKeys reads the table of keys in the README: every key of it must mean something from the start.
func TestReadmeKeys(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	have := map[Chord]bool{}
	for _, c := range registry(t) {
		for _, chord := range c.Default {
			have[chord] = true
		}
	}
	names := map[string]string{"Esc": KeyEscape, "Num Enter": KeyNumEnter}
	letter := regexp.MustCompile(`^[A-Z]$`)
	keys := 0
	check := func(s string) {
		s = strings.Trim(s, "` ")
		if name, ok := names[s]; ok {
			s = name
		}
		if i := strings.LastIndex(s, "+"); i > 0 && letter.MatchString(s[i+1:]) {
			s = s[:i+1] + strings.ToLower(s[i+1:])
		}
		keys++
		if chord, err := ParseChord(s); err != nil || !have[chord] {
			t.Errorf("the README tells of the key %q, which means nothing (%v)", s, err)
		}
	}
	_, table, found := strings.Cut(string(readme), "| key | does | key | does |\n")
	if !found {
		t.Fatal("the README has no table of keys")
	}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "|\n "), "|")
		if len(cells) != 4 {
			break
		}
		if strings.Contains(cells[0], "---") {
			continue
		}
		for _, cell := range []string{cells[0], cells[2]} {
			cell = strings.ReplaceAll(strings.TrimSpace(cell), "Ctrl+,", "Ctrl+COMMA")
			for part := range strings.SplitSeq(strings.ReplaceAll(cell, "` `", ", "), ", ") {
				part = strings.ReplaceAll(part, "COMMA", ",")
				first, last, span := strings.Cut(part, " … ")
				check(first)
				if span {
					check(last)
				}
			}
		}
	}
	if keys < 50 {
		t.Errorf("only %d keys were found in the table", keys)
	}
}
