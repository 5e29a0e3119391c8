package dialect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds of what a file may ask for.
const (
	maxSteps = 16
	maxCode  = 64
	maxWait  = time.Minute
)

var allKinds = []Kind{Dial, DTMF, Refer, ReferReplaces, Supervised, Hangup, Wait, InviteReplaces, Team, Watch}

var allPlaceholders = []placeholder{argNumber, argSlot, argQueue, argProfile, argTime, argExtension}

// parseStep reads one step of a feature. The error says what is wrong and what is allowed.
func parseStep(text string, r rule) (template, error) {
	word, code, hasCode := strings.Cut(text, ":")
	t := template{kind: Kind(word)}
	switch {
	case text == "":
		return t, errors.New("a step is empty; allowed here: " + list(r.kinds))
	case !slices.Contains(allKinds, t.kind):
		return t, fmt.Errorf("unknown step %q; allowed here: %s", word, list(r.kinds))
	case !r.allows(t.kind):
		return t, fmt.Errorf("%q does not fit here; allowed: %s", word, list(r.kinds))
	}
	var err error
	switch t.kind {
	case Wait:
		t.wait, err = parseWait(code)
		return t, err
	case Dial, DTMF, Refer, Watch:
		if t.kind == Refer && !hasCode {
			return t, nil
		}
		if code == "" {
			return t, fmt.Errorf("%s has no code; write %s:CODE", word, word)
		}
		t.parts, err = parseCode(t.kind, code, r)
		return t, err
	}
	if hasCode {
		return t, fmt.Errorf("%s takes no code; write %q alone", word, word)
	}
	return t, nil
}

func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, errors.New(`wait has no duration; write it as in "wait:2s"`)
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > maxWait {
		return 0, fmt.Errorf("wait for %q is no duration above 0s and up to %s; write it as in \"wait:2s\" or \"wait:500ms\"", text, maxWait)
	}
	return d, nil
}

// Characters of codes. A code that is dialled or watched is the user part of a SIP address (RFC 3261 section 25.1, unescaped) or "#".
const (
	dtmfDigits = "0123456789*#ABCD"
	userChars  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$#"
)

func parseCode(kind Kind, code string, r rule) ([]part, error) {
	if len(code) > maxCode {
		return nil, fmt.Errorf("the code is longer than %d characters", maxCode)
	}
	var parts []part
	for rest := code; rest != ""; {
		text, after, braced := strings.Cut(rest, "{")
		if text != "" {
			if err := checkChars(kind, text); err != nil {
				return nil, err
			}
			parts = append(parts, part{text: text})
		}
		if !braced {
			break
		}
		name, next, closed := strings.Cut(after, "}")
		p := placeholder(name)
		switch {
		case !closed || strings.Contains(name, "{"):
			return nil, fmt.Errorf("%q has a { without its }", code)
		case !slices.Contains(allPlaceholders, p):
			return nil, fmt.Errorf("unknown placeholder {%s}; allowed here: %s", name, r.braced())
		case !r.has(p):
			return nil, fmt.Errorf("there is no {%s} here; allowed: %s", name, r.braced())
		}
		parts = append(parts, part{name: p})
		rest = next
	}
	return parts, nil
}

func checkChars(kind Kind, text string) error {
	if kind == DTMF {
		if i := strings.IndexFunc(text, func(c rune) bool { return !strings.ContainsRune(dtmfDigits, c) }); i >= 0 {
			return fmt.Errorf("%q is no DTMF digit; allowed: 0-9 * # A-D", firstRune(text[i:]))
		}
		return nil
	}
	if i := strings.IndexFunc(text, func(c rune) bool { return !strings.ContainsRune(userChars, c) }); i >= 0 {
		if text[i] == '}' {
			return errors.New("there is a } without its {")
		}
		return fmt.Errorf("%q cannot be dialled; allowed: letters a-z, digits and -_.!~*'()&=+$#", firstRune(text[i:]))
	}
	return nil
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

func list(kinds []Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// braced is the placeholders of a feature as a file has them.
func (r rule) braced() string {
	var b strings.Builder
	for _, p := range r.args {
		b.WriteString("{" + string(p) + "} ")
	}
	return b.String() + "{" + string(argExtension) + "}"
}
