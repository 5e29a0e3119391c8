package present

import (
	"slices"
	"strings"

	"svara/ui/text"
)

// Circle is a kind of entries of a list that can be shown alone or together with others.
type Circle struct {
	Kind string
	Icon string
	Tone Tone
	Text string
	Key  string // when the list has the keyboard
	On   bool
}

// circles are the kinds of a list, in order of their keys. Which of them are on is kept as their names with commas between,
// in this order: choices can be compared. None on shows all.
type circles[K ~string] []circle[K]

type circle[K ~string] struct {
	kind K
	icon string
	tone Tone
	text string
}

// isOn reports whether a kind is among those that are on.
func isOn[K ~string](on string, kind K) bool {
	return slices.Contains(strings.Split(on, ","), string(kind))
}

// toggle is what is on with a kind more, or less.
func (c circles[K]) toggle(on string, kind K) string {
	var out []string
	for _, k := range c {
		if isOn(on, k.kind) != (k.kind == kind) {
			out = append(out, string(k.kind))
		}
	}
	return strings.Join(out, ",")
}

// chosen are the kinds that are on.
func (c circles[K]) chosen(on string) []K {
	var out []K
	for _, k := range c {
		if isOn(on, k.kind) {
			out = append(out, k.kind)
		}
	}
	return out
}

// drawn is the circles as they are shown.
func (c circles[K]) drawn(on string) []Circle {
	out := make([]Circle, 0, len(c))
	for i, k := range c {
		out = append(out, Circle{Kind: string(k.kind), Icon: k.icon, Tone: k.tone, Text: text.T(k.text), Key: text.Number(int64(i + 1)), On: isOn(on, k.kind)})
	}
	return out
}
