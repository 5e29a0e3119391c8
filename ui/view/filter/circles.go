// Package filter is what stands over a list to show only some of it.
package filter

import (
	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/widget"
)

// Circles are the buttons of the kinds of entries that can be shown alone or together with others.
type Circles struct {
	Buttons []*widget.Button
	look    widget.ButtonSpec
	models  []present.Circle
}

// NewCircles makes the buttons of kinds, with a look and size. toggle is told which was pressed.
func NewCircles(kinds []present.Circle, look widget.ButtonSpec, toggle func(kind string)) *Circles {
	c := &Circles{look: look, models: kinds}
	for _, k := range kinds {
		c.Buttons = append(c.Buttons, widget.NewButton(look, func() { toggle(k.Kind) }))
	}
	return c
}

// Set draws which are on; with words where there is room for them.
func (c *Circles) Set(kinds []present.Circle, words bool) {
	c.models = kinds
	for i, k := range kinds {
		tint, _, _ := view.Colors(k.Tone)
		spec := c.look
		spec.Icon, spec.Tint, spec.Tip, spec.Chosen = k.Icon, tint, k.Text+" ("+k.Key+")", k.On
		if words {
			spec.Text = k.Text
		}
		c.Buttons[i].Set(spec)
	}
}

// Kind is the kind that has a key.
func (c *Circles) Kind(r rune) (kind string, ok bool) {
	for _, k := range c.models {
		if k.Key == string(r) {
			return k.Kind, true
		}
	}
	return "", false
}
