package normal

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// bars are the warnings over the window.
type bars struct {
	deps   view.Deps
	shown  []*widget.WarningBar
	object *fyne.Container
}

func newBars(deps view.Deps) *bars { return &bars{deps: deps, object: lay.Col(0)} }

func (b *bars) update(models []present.Bar) {
	for len(b.shown) < len(models) {
		w := widget.NewWarningBar(widget.WarningSpec{}, nil, nil)
		b.shown = append(b.shown, w)
		b.object.Add(w)
	}
	for i, w := range b.shown {
		setVisible(w, i < len(models))
		if i >= len(models) {
			continue
		}
		m := models[i]
		spec := widget.WarningSpec{Icon: m.Icon, Title: m.Title, Text: m.Text, Button: m.Action.Text}
		if m.Fault != "" {
			spec.Close = text.T("fault.dismiss")
		}
		w.OnTap(func() { b.act(m) }, func() { b.dismiss(m) })
		w.Set(spec)
	}
}

func (b *bars) act(m present.Bar) {
	if m.Action.Command == "account.edit" {
		b.deps.Edit(m.Account)
		return
	}
	if err := b.deps.Do(phone.Register{Account: m.Account}); err != nil {
		b.deps.Say(text.Refusal(err))
	}
}

func (b *bars) dismiss(m present.Bar) {
	if err := b.deps.Do(phone.Dismiss{Fault: m.Fault}); err != nil {
		b.deps.Say(text.Refusal(err))
	}
}
