// Package text is the words the user sees: T("call.incoming"), plurals, numbers, times and durations in the user's
// language, which can be switched while the program runs.
//
// The words are data, assets/text/<language>.json: stable keys, {name} placeholders, and {"one": …, "other": …} where a
// number decides. The program's language is one for the whole process, as it is one for the user; every function may be
// called from any goroutine.
package text

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jeandeaual/go-locale"

	"svara/assets"
)

// Auto is the language setting that follows the system.
const Auto = "auto"

const fallback = "en"

// message is one text: the same for all numbers, or one and other.
type message struct{ one, other string }

// UnmarshalJSON reads "text" and {"one": "text", "other": "text"}.
func (m *message) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &m.other); err == nil {
		m.one = m.other
		return nil
	}
	var forms struct {
		One   *string `json:"one"`
		Other *string `json:"other"`
	}
	if err := json.Unmarshal(data, &forms); err != nil {
		return err
	}
	if forms.One == nil || forms.Other == nil {
		return fmt.Errorf("a plural needs one and other: %s", data)
	}
	m.one, m.other = *forms.One, *forms.Other
	return nil
}

// catalogue is one language. It is not changed after it was read.
type catalogue struct {
	language string
	messages map[string]message
}

var (
	catalogues = sync.OnceValue(load) // by language
	current    atomic.Pointer[catalogue]
	system     = sync.OnceValue(func() string { return systemLanguage(os.Getenv, locale.GetLocale) })
)

// load reads all catalogues. They are embedded and tested, so a fault in one is a fault of the build.
func load() map[string]*catalogue {
	out := map[string]*catalogue{}
	for _, language := range Languages() {
		c := &catalogue{language: language}
		if err := json.Unmarshal(assets.Text(language), &c.messages); err != nil {
			panic(fmt.Sprintf("text: catalogue %s: %v", language, err))
		}
		out[language] = c
	}
	return out
}

// Languages is the languages there are, sorted: the files of assets/text.
func Languages() []string {
	entries, err := assetsDir()
	if err != nil {
		return []string{fallback}
	}
	var out []string
	for _, name := range entries {
		out = append(out, strings.TrimSuffix(name, path.Ext(name)))
	}
	slices.Sort(out)
	return out
}

// SetLanguage chooses "sv", "en" or Auto for the whole program. An unknown language is English.
func SetLanguage(language string) {
	if language == Auto || language == "" {
		language = system()
	}
	current.Store(inLanguage(language))
}

// inLanguage is the catalogue for a BCP 47 tag or a locale name ("sv-SE", "sv_SE.UTF-8").
func inLanguage(tag string) *catalogue {
	if c, ok := catalogues()[base(tag)]; ok {
		return c
	}
	return catalogues()[fallback]
}

// base is the language of a tag: sv of sv-SE and sv_SE.UTF-8.
func base(tag string) string {
	if i := strings.IndexAny(tag, "-_.@"); i >= 0 {
		tag = tag[:i]
	}
	return strings.ToLower(tag)
}

// systemLanguage is the locale that POSIX programs take their messages from, or where none is set, as for a program that is started
// from the desktop of Windows or macOS, what the system itself says.
func systemLanguage(env func(string) string, ask func() (string, error)) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			return v
		}
	}
	if v, err := ask(); err == nil {
		return v
	}
	return fallback
}

// Language is the language in use: "sv" or "en".
func Language() string { return now().language }

// now is the catalogue in use; the system's language until SetLanguage was called.
func now() *catalogue {
	if c := current.Load(); c != nil {
		return c
	}
	current.CompareAndSwap(nil, inLanguage(system()))
	return current.Load()
}

// T is the text of a key. args are names and values in turn: T("call.from", "name", "Anna"). A value named n that is an
// integer chooses the plural form and is written with Number. An unknown key is returned as it is, which the tests
// forbid.
func T(key string, args ...any) string { return now().text(key, args) }

// Has reports whether there is a text for the key.
func Has(key string) bool {
	_, ok := now().messages[key]
	return ok
}

// In is the text of a key in a language that is not necessarily the one in use: for finding things by their words in any,
// and for whoever else reads (pages that are served). args are as those of T.
func In(language, key string, args ...any) string {
	if c, ok := catalogues()[language]; ok {
		return c.text(key, args)
	}
	return key
}

func (c *catalogue) text(key string, args []any) string {
	m, ok := c.messages[key]
	if !ok {
		return key
	}
	s := m.other
	for i := 0; i+1 < len(args); i += 2 {
		if n, isInt := integer(args[i+1]); isInt && args[i] == "n" && (n == 1 || n == -1) {
			s = m.one
		}
	}
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	return c.fill(s, args)
}

// fill puts the values in the placeholders in one pass, so that a value with braces in it stays as it is.
func (c *catalogue) fill(s string, args []any) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString("{" + rest)
			return b.String()
		}
		if v, found := lookup(args, name); found {
			b.WriteString(c.value(v))
		} else {
			b.WriteString("{" + name + "}")
		}
		s = after
	}
}

func lookup(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func (c *catalogue) value(v any) string {
	if n, ok := integer(v); ok {
		return c.number(n)
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return c.decimal(v, 1)
	}
	return fmt.Sprint(v)
}

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case uint64:
		return int64(min(v, 1<<62)), true
	}
	return 0, false
}
