package teamdb

import (
	"slices"
	"strings"
	"testing"
)

func TestWordsAreFoundByTheirFigures(t *testing.T) {
	for text, want := range map[string]struct {
		found  string
		looked []string
	}{
		"anna karl":     {`"anna" "karl"`, nil},
		"åsa karl123":   {`"l123"`, []string{"åsa", "karl123"}},
		"0701234567":    {`"0701234567"`, nil},
		"08-12 34":      {`"-12"`, []string{"08-12", "34"}},
		"bo anna":       {`"anna"`, []string{"bo"}},
		"å1":            {"", []string{"å1"}},
		`say"hi there`:  {`"say""hi" "there"`, nil},
		"nr 4711 4711b": {`"4711"`, []string{"nr", "4711b"}},
	} {
		s := &selection{kind: sqlite}
		if found, looked := s.words(strings.Fields(text)); found != want.found || !slices.Equal(looked, want.looked) {
			t.Errorf("%q: %s, %q", text, found, looked)
		}
	}
	s := &selection{kind: postgres}
	if found, looked := s.words([]string{"anna", "4711"}); found != "" || len(looked) != 2 {
		t.Errorf("%s, %q", found, looked)
	}
}
