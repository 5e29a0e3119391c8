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
	object *fyne.Container
}

// New makes the bars; none is shown before Update.
func New(deps view.Deps) *Bars { return &Bars{deps: deps, object: lay.Col(0)} }

// Object is the bars; it takes no room when there are none.
func (b *Bars) Object() fyne.CanvasObject { return b.object }

// Update draws the warnings.
func (b *Bars) Update(models []present.Bar) {
	for len(b.shown) < len(models) {
		w := widget.NewWarningBar(widget.WarningSpec{}, nil, nil)
		b.shown = append(b.shown, w)
		b.object.Add(w)
	}
	for i, w := range b.shown {
		widget.SetVisible(w, i < len(models))
		if i >= len(models) {
			continue
		}
		m := models[i]
		spec := widget.WarningSpec{Icon: m.Icon, Title: m.Title, Text: m.Text, Button: m.Action.Text}
		if m.Fault != "" || m.Change != "" {
			spec.Close = text.T("fault.dismiss")
		}
		w.OnTap(func() { b.act(m) }, func() { b.dismiss(m) })
		w.Set(spec)
	}
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
