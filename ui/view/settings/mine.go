package settings

import (
	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/view/lay"
)

// mine is a page of things the user has set up, an editor each, with switches over them.
type mine struct {
	switches *switches
	models   func(present.Scene) []present.Switch
	editors  []*form.Editor
	page     fyne.CanvasObject
}

// newMine makes a page; models may be nil.
func newMine(deps view.Deps, s present.Scene, models func(present.Scene) []present.Switch, specs ...present.Editor) *mine {
	p := &mine{models: models}
	var objects []fyne.CanvasObject
	if models != nil {
		p.switches = newSwitches(deps)
		objects = append(objects, card(p.switches.column))
	}
	for _, spec := range specs {
		e := form.NewInline(deps, s, spec)
		p.editors = append(p.editors, e)
		objects = append(objects, e.Object())
	}
	p.page = lay.Col(theme.WindowPadding+theme.Half, objects...)
	return p
}

func (p *mine) object() fyne.CanvasObject { return p.page }

func (p *mine) update(s present.Scene) {
	if p.models != nil {
		p.switches.update(p.models(s))
	}
	for _, e := range p.editors {
		e.Update(s)
	}
}
