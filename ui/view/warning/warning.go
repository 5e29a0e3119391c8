// Package warning is the bars over the window: what is wrong, and what can be done about it.
package warning

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Bars are the warnings of the moment, under each other.
type Bars struct {
	deps   view.Deps
	shown  []*widget.WarningBar
	there  int                  // how many of shown there are now
	full   []widget.WarningSpec // of those, with all their words
	open   bool                 // all words are shown, whatever the room
	change func()               // the bars want another height
	object *fyne.Container
}

// New makes the bars; none is shown before Update. change, which may be nil, is told when they want another height.
func New(deps view.Deps, change func()) *Bars {
	return &Bars{deps: deps, change: change, object: lay.Col(0)}
}

// Object is the bars; it takes no room when there are none.
func (b *Bars) Object() fyne.CanvasObject { return b.object }

// Update draws the warnings.
func (b *Bars) Update(models []present.Bar) {
	for len(b.shown) < len(models) {
		w := widget.NewWarningBar(widget.WarningSpec{}, nil, nil)
		b.shown = append(b.shown, w)
		b.object.Add(w)
	}
	if len(models) != b.there {
		b.there, b.open = len(models), false
	}
	b.full = make([]widget.WarningSpec, len(models))
	for i, w := range b.shown {
		if i >= len(models) {
			widget.SetVisible(w, false)
			continue
		}
		m := models[i]
		spec := widget.WarningSpec{Icon: m.Icon, Title: m.Title, Text: m.Text, Button: m.Action.Text}
		if m.Fault != "" || m.Change != "" {
			spec.Close = text.T("fault.dismiss")
		}
		w.OnTap(func() { b.act(m) }, func() { b.dismiss(m) })
		w.OnOpen = b.unfold
		b.full[i] = spec
		spec.Short, spec.More = w.Spec().Short, w.Spec().More
		w.Set(spec)
		widget.SetVisible(w, true)
	}
}

// unfold shows all words until there is another number of warnings.
func (b *Bars) unfold() {
	b.open = true
	if b.change != nil {
		b.change()
	}
}

// Fit says how high the bars are with that width, and gives them the form for it. Where all their words need more than
// room they are low lines of their titles, and of those that have no room even so the last one in sight tells the number.
func (b *Bars) Fit(width, room float32) float32 {
	var full, low float32
	for i := range b.full {
		full += b.shown[i].Height(width, false)
		low = b.shown[i].Height(width, true)
	}
	short, seen := !b.open && full > room, b.there
	if short {
		seen = min(b.there, max(1, int(room/low)))
		full = low * float32(seen)
	}
	for i, spec := range b.full {
		spec.Short = short
		if i == seen-1 && seen < b.there {
			spec.More = text.T("fault.more", "n", b.there-seen)
		}
		b.shown[i].Set(spec)
		widget.SetVisible(b.shown[i], i < seen)
	}
	return full
}

func (b *Bars) act(m present.Bar) {
	if m.Action.Command == "account.edit" {
		b.deps.Edit(m.Account)
		return
	}
	if err := b.deps.Do(phone.Register{Account: m.Account}); err != nil {
		b.deps.Say(text.Refusal(err))
	}
}

func (b *Bars) dismiss(m present.Bar) {
	if err := b.deps.Do(phone.Dismiss{Fault: m.Fault, Change: m.Change}); err != nil {
		b.deps.Say(text.Refusal(err))
	}
}
