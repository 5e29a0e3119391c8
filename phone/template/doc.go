// Package template fills placeholders in what the user has written: the address of an outside program or page, a text
// message, an e-mail. It opens and sends nothing.
//
// What takes a placeholder's place came from the network: a caller chooses their own name. A value is therefore never part
// of an address's structure. It is percent-encoded whole, it stands neither in the scheme nor in the host, and there is no
// shell on the way. Placeholders inside a value are text.
package template

import (
	"slices"
	"strings"

	"svara/phone"
)

// part is text as it stands, or a placeholder by its name.
type part struct{ text, name string }

// parse splits a template. The error names what is wrong: a placeholder that there is not, or a lone brace.
func parse(template string) ([]part, error) {
	var parts []part
	var unknown []string
	for rest := template; rest != ""; {
		text, after, braced := strings.Cut(rest, "{")
		if text != "" {
			parts = append(parts, part{text: text})
		}
		if !braced {
			break
		}
		name, next, closed := strings.Cut(after, "}")
		switch {
		case !closed || strings.Contains(name, "{"):
			return nil, phone.Refuse(phone.ReasonBadTemplate, "{")
		case !slices.Contains(Placeholders, name):
			if shown := "{" + name + "}"; !slices.Contains(unknown, shown) {
				unknown = append(unknown, shown)
			}
		}
		parts = append(parts, part{name: name})
		rest = next
	}
	if unknown != nil {
		return nil, phone.Refuse(phone.ReasonBadTemplate, strings.Join(unknown, ", "))
	}
	return parts, nil
}

// Check names the placeholders that there are not: ReasonBadTemplate with "{nummer}, {namn}".
func Check(template string) error {
	_, err := parse(template)
	return err
}
