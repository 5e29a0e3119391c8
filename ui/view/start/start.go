// Package start is the first start: sign in with a user name and a password, with a mobile number and a code, or try the demo.
package start

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/signin"
	"svara/ui/widget"
)

// View is the first start's screen.
type View struct {
	deps view.Deps
	done func() // signed in, or in the demo

	form   *signin.Form
	choice map[string]*widget.Choice
	specs  map[string]widget.ChoiceSpec
	code   *codePane
	demo   *demoPane
	right  *fyne.Container
	object fyne.CanvasObject
	side   string
}

// State is what the user has put in, to survive a change of language.
type State struct {
	Form signin.State
	Code codeState
	Side string
}

// The ways to begin.
const (
	sideSignIn = "signin"
	sideCode   = "code"
	sideDemo   = "demo"
)

// New makes the screen. done is called when there is an account that works.
func New(deps view.Deps, s present.Scene, done func(), before State) *View {
	v := &View{deps: deps, done: done, choice: map[string]*widget.Choice{}}
	v.specs = map[string]widget.ChoiceSpec{
		sideSignIn: {Icon: "user", Title: text.T("start.password"), Detail: text.T("start.password_help")},
		sideCode:   {Icon: "smartphone", Title: text.T("start.code"), Detail: text.T("start.code_help")},
		sideDemo:   {Icon: "flask-conical", Title: text.T("start.demo"), Detail: text.T("start.demo_help")},
	}
	v.form = signin.New(deps, s, signin.Options{Stay: true, Title: text.T("signin.title"), Button: text.T("signin.sign_in")}, before.Form)
	v.form.OnSignedIn = done
	v.choice[sideSignIn] = widget.NewChoice(v.specs[sideSignIn], func() { v.pick(sideSignIn) })
	v.code = newCodePane(deps, done, before.Code)
	v.choice[sideCode] = widget.NewChoice(v.specs[sideCode], func() {
		v.form.Abandon()
		v.pick(sideCode)
		if c := fyne.CurrentApp().Driver().CanvasForObject(v.object); c != nil { // the pane is not on it yet
			v.code.focus(c)
		}
	})
	choices := []fyne.CanvasObject{v.choice[sideSignIn], v.choice[sideCode]}
	if deps.Demo != nil {
		v.demo = newDemoPane(deps, done)
		v.choice[sideDemo] = widget.NewChoice(v.specs[sideDemo], func() {
			v.form.Abandon()
			v.pick(sideDemo)
			v.demo.run() // one press is enough
		})
		choices = append(choices, v.choice[sideDemo])
	}
	left := lay.Col(theme.Grid,
		lay.Row(10, widget.NewLogo(36), widget.NewText(text.T("app.name"), widget.Style{Size: theme.HeadingSize, Bold: true})),
		lay.Least(0, 12, container.NewWithoutLayout()),
		widget.NewParagraph(text.T("start.heading"), widget.Style{Size: theme.HeadingSize, Bold: true}),
		widget.NewParagraph(text.T("start.more_later"), widget.Style{Size: theme.NameSize, Token: theme.Text2}),
		lay.Least(0, 8, container.NewWithoutLayout()),
		lay.Col(theme.Grid, choices...),
	)
	v.right = container.NewStack()
	leftPage := widget.NewPanel(widget.PanelSpec{Fill: theme.Raised}, lay.Pad(0, 0, 0, 24, lay.Col(0, lay.Fill(container.NewVScroll(lay.Pad(24, 32, 24, 8, left))), lay.Pad(24, 0, 24, 0, v.languages(s)))))
	rightPage := widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewVScroll(lay.Pad(48, 32, 48, 24, v.right)))
	v.object = container.New(&split{}, leftPage, widget.NewPanel(widget.PanelSpec{Fill: theme.Border}, container.NewWithoutLayout()), rightPage)
	side := before.Side
	if side == "" || v.choice[side] == nil {
		side = sideSignIn
	}
	v.pick(side)
	v.Update(s)
	return v
}

// languages is the line that switches the language: each named in itself.
func (v *View) languages(s present.Scene) fyne.CanvasObject {
	row := []fyne.CanvasObject{widget.NewIcon("globe", theme.Text2, theme.IconMedium)}
	for _, l := range text.Languages() {
		link := widget.NewLink(text.T("language."+l), func() {
			if err := v.deps.Do(phone.Set{Key: phone.KeyLanguage, Value: l}); err != nil {
				v.deps.Say(text.Refusal(err))
			}
		})
		if l != text.Language() {
			link.Style(theme.Text2, 0)
		}
		row = append(row, link)
	}
	return lay.Row(12, row...)
}

func (v *View) pick(side string) {
	v.side = side
	for name, c := range v.choice {
		spec := v.specs[name]
		spec.Chosen = name == side
		c.Set(spec)
	}
	var pane fyne.CanvasObject = v.form.Object()
	switch side {
	case sideCode:
		pane = v.code.object
	case sideDemo:
		pane = v.demo.object
	}
	v.right.Objects = []fyne.CanvasObject{pane}
	v.right.Refresh()
}

// Object is what the window shows.
func (v *View) Object() fyne.CanvasObject { return v.object }

// State is what the user has put in.
func (v *View) State() State {
	if v == nil {
		return State{}
	}
	return State{Form: v.form.State(), Code: v.code.typed(), Side: v.side}
}

// Busy reports whether an account is being signed in: the screen then stays until that ended.
func (v *View) Busy() bool {
	return v.form.Busy() || v.code.state.Signing || v.demo != nil && v.demo.busy
}

// Trying reports whether an account was put here that does not work yet.
func (v *View) Trying() bool { return v.form.Trying() }

// Update follows the phone.
func (v *View) Update(s present.Scene) {
	v.form.Update(s)
	v.code.update(s)
}

// Focus puts the caret in the first empty field.
func (v *View) Focus(c fyne.Canvas) {
	switch v.side {
	case sideSignIn:
		v.form.Focus(c)
	case sideCode:
		v.code.focus(c)
	}
}

// split puts the ways to begin at the left; in a narrow window they are above the form.
type split struct{}

const (
	leftWidth = 340
	foldWidth = 700 // narrower than this the two halves are one above the other
)

func (*split) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(theme.NormalMinWidth), min(theme.Px(480), theme.NormalMinHeight+40))
}

func (*split) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if size.Width < theme.Px(foldWidth) {
		h := min(size.Height/2, o[0].MinSize().Height+theme.Px(220))
		o[0].Move(fyne.NewPos(0, 0))
		o[0].Resize(fyne.NewSize(size.Width, h))
		o[1].Move(fyne.NewPos(0, h))
		o[1].Resize(fyne.NewSize(size.Width, 1))
		o[2].Move(fyne.NewPos(0, h+1))
		o[2].Resize(fyne.NewSize(size.Width, size.Height-h-1))
		return
	}
	w := theme.Px(leftWidth)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(w, size.Height))
	o[1].Move(fyne.NewPos(w, 0))
	o[1].Resize(fyne.NewSize(1, size.Height))
	o[2].Move(fyne.NewPos(w+1, 0))
	o[2].Resize(fyne.NewSize(size.Width-w-1, size.Height))
}
