// Package asking is the field asking for what a command needs: whom a call goes to, whom to add, where to pick up. The
// faces with a search field share it; how they find people is their own.
package asking

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Screen is the face whose field asks.
type Screen interface {
	Field() string
	SetField(string)
	DialFailed(why string) // the red line under the field; empty takes it away
	FocusSearch(fyne.Canvas)
	// Chosen is who is meant: the highlighted one, what is typed when it can be dialled, or the only hit.
	Chosen() (target, name string)
	// Settled runs then when the answer to what is typed is here.
	Settled(then func())
	// Changed is told when a question was opened or is over.
	Changed()
}

// Asking is the question, if any, with its place over the field and the ways under it.
type Asking struct {
	deps     view.Deps
	screen   Screen
	scene    present.Scene
	question command.Question // empty: the field asks nothing
	call     phone.CallID
	resume   bool   // going back goes on with the call: it was not on hold before
	fell     string // whom the call did not go to, as the field says it; empty for none
	model    *present.Asking

	lamp   *widget.Icon
	disc   *widget.Panel
	title  *widget.Text
	detail *widget.Text
	back   *widget.Button
	ways   []*widget.Button
	row    *fyne.Container
	head   fyne.CanvasObject
}

// New makes what a screen's field asks with; back is what the button beside the question does.
func New(deps view.Deps, screen Screen, back func()) *Asking {
	a := &Asking{deps: deps, screen: screen, row: lay.Flow(6)}
	a.lamp = widget.NewIcon("pause", theme.OnStatus, theme.IconLarge)
	a.disc = widget.NewPanel(widget.PanelSpec{Fill: theme.Amber, Radius: theme.RadiusField}, lay.PadAll(8, a.lamp))
	a.title = widget.NewText("", widget.Style{Size: theme.NameSize, Token: theme.Text2, Cut: true})
	a.detail = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	a.back = widget.NewButton(widget.ButtonSpec{}, back)
	a.head = lay.Aside(theme.Grid, 150, lay.Row(12, a.disc, lay.Fill(lay.Col(0, a.title, a.detail))), a.back)
	a.head.Hide()
	a.row.Hide()
	return a
}

// On reports whether the field asks something.
func (a *Asking) On() bool { return a.question != "" }

// Asked is what the field asks and for which call, empty when it asks nothing.
func (a *Asking) Asked() (command.Question, phone.CallID) { return a.question, a.call }

// Set is what the field asks, without anything being done: for a twin of the screen.
func (a *Asking) Set(q command.Question, id phone.CallID) { a.question, a.call = q, id }

// Forget ends the question: it was answered in another way.
func (a *Asking) Forget() { a.question = "" }

// Model is what the question shows, nil when there is none.
func (a *Asking) Model() *present.Asking { return a.model }

// Head is the question, in place of what stands over the field.
func (a *Asking) Head() fyne.CanvasObject { return a.head }

// Ways is the buttons under the field.
func (a *Asking) Ways() fyne.CanvasObject { return a.row }

// fallenGone empties a field that still says whom a call did not go to: there is no call left to try with.
func (a *Asking) fallenGone() {
	if a.fell != "" && a.screen.Field() == a.fell {
		a.screen.SetField("")
		a.screen.DialFailed("")
	}
	a.fell = ""
}

// Update draws the question; one whose call has gone is over.
func (a *Asking) Update(s present.Scene) {
	a.scene, a.model = s, nil
	if a.On() {
		if a.model = present.AskingOf(s, a.question, a.call); a.model == nil {
			a.question = ""
			a.fallenGone()
		}
	}
	widget.SetVisible(a.head, a.model != nil)
	widget.SetVisible(a.row, a.model != nil)
	m := a.model
	if m == nil {
		return
	}
	fill, _, _ := view.Colors(m.Tone)
	ink := theme.OnStatus
	if m.Tone == present.ToneAccent {
		ink = theme.OnAccent
	}
	a.disc.Set(widget.PanelSpec{Fill: fill, Radius: theme.RadiusField})
	a.lamp.Set(m.Icon, ink)
	title := []widget.Span{{Text: m.Title, Token: theme.Text, Bold: true}}
	if m.Beside != "" {
		title = append(title, widget.Span{Text: m.Beside})
	}
	a.title.SetSpans(title...)
	a.detail.Set(m.Detail)
	a.back.Set(a.backSpec(m, title[0].Text))
	for len(a.ways) < len(m.Acts) {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		a.ways = append(a.ways, b)
		a.row.Add(b)
	}
	for i, b := range a.ways {
		widget.SetVisible(b, i < len(m.Acts))
		if i >= len(m.Acts) {
			continue
		}
		act := m.Acts[i]
		spec := call.Spec(act.Button)
		spec.Size = widget.Small
		if act.Command == m.Enter && act.Enabled {
			spec.Look = widget.Primary
		}
		b.Set(spec)
		b.OnTap(func() { a.deps.Run(command.ID(act.Command), 0) })
	}
}

// backSpec is the button beside the question. It says where it leads where the title has room beside that, or there is no
// word for less.
func (a *Asking) backSpec(m *present.Asking, title string) widget.ButtonSpec {
	spec := call.Spec(m.Back)
	room := a.head.Size().Width
	words := widget.NewText(title, widget.Style{Size: theme.NameSize, Bold: true}).Natural()
	if m.Short == "" || room <= 0 || room-spec.Width()-theme.Px(theme.Grid) >= a.disc.MinSize().Width+theme.Px(12)+words {
		return spec
	}
	spec.Text, spec.Tip = m.Short, spec.Text
	return spec
}
