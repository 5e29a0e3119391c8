package present

import (
	"slices"
	"strings"
	"unicode"

	"svara/ui/text"
)

// SettingHit is a setting that was searched for.
type SettingHit struct {
	Page  string // ID
	ID    string // of the row; empty is the page itself
	Icon  string
	Title string
	Where string // the page's name
}

// foldLetters makes words comparable: small letters without the dots and rings of ours.
var foldLetters = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "ü", "u", "-", " ")

func foldWords(s string) []string {
	return strings.FieldsFunc(foldLetters.Replace(strings.ToLower(s)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// settingWords are what a row is found by, best first: its title, its page, its help and choices. Titles count in every
// language, since a manual or a colleague may have used another.
func settingWords(s Scene, p SettingPage, g SettingGroup, r Setting) [3][]string {
	all := func(keys ...string) []string {
		var out []string
		for _, key := range keys {
			if key == "" {
				continue
			}
			for _, l := range text.Languages() {
				out = append(out, foldWords(text.In(l, key))...)
			}
		}
		return out
	}
	words := [3][]string{all(r.TitleKey()), all(p.Title, g.Title), all(r.HelpKey())}
	if r.Choices != nil {
		for _, c := range r.Choices(s) {
			words[2] = append(words[2], foldWords(c.Text)...)
		}
	}
	return words
}

// SearchSettings finds settings by the beginnings of their words, in any order and in any language. Those found by their
// title go first.
func SearchSettings(s Scene, typed string) []SettingHit {
	asked := foldWords(typed)
	if len(asked) == 0 {
		return nil
	}
	type hit struct {
		SettingHit
		rank int
	}
	var found []hit
	for _, group := range SettingPages() {
		for _, p := range group.Pages {
			for _, g := range p.Groups {
				for _, r := range g.Rows {
					if rank, ok := settingRank(asked, settingWords(s, p, g, r)); ok {
						found = append(found, hit{SettingHit{Page: p.ID, ID: r.ID, Icon: p.Icon, Title: text.T(r.TitleKey()), Where: text.T(p.Title)}, rank})
					}
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b hit) int { return a.rank - b.rank })
	out := make([]SettingHit, 0, len(found))
	for _, h := range found {
		out = append(out, h.SettingHit)
	}
	return out
}

// settingRank is how far from the title what was asked for had to be looked for. Every word asked for must be there.
func settingRank(asked []string, words [3][]string) (rank int, ok bool) {
	for _, a := range asked {
		at := slices.IndexFunc(words[:], func(w []string) bool {
			return slices.ContainsFunc(w, func(w string) bool { return strings.HasPrefix(w, a) })
		})
		if at < 0 {
			return 0, false
		}
		rank += at
	}
	return rank, true
}
