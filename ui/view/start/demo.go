package start

import (
	"fyne.io/fyne/v2"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// demoPane tells what the demo is and starts it.
type demoPane struct {
	object fyne.CanvasObject
	busy   bool
	start  *widget.Button
	err    *widget.Paragraph
	deps   view.Deps
	done   func()
}

func newDemoPane(deps view.Deps, done func()) *demoPane {
	p := &demoPane{deps: deps, done: done, err: widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.DangerText})}
	p.err.Hide()
	p.start = widget.NewButton(widget.ButtonSpec{Icon: "flask-conical", Look: widget.Primary, Size: widget.Large}, p.run)
	p.setBusy(false)
	p.object = lay.Col(theme.WindowPadding,
		widget.NewText(text.T("start.demo"), widget.Style{Size: theme.HeadingSize, Bold: true}),
		widget.NewParagraph(text.T("demo.what"), widget.Style{Size: theme.NameSize, Token: theme.Text2}),
		widget.NewParagraph(text.T("demo.try"), widget.Style{Size: theme.NameSize, Token: theme.Text2}),
		lay.Row(0, p.start),
		p.err,
	)
	return p
}

// run starts the demo and goes to the telephone when it is up.
func (p *demoPane) run() {
	if p.busy {
		return
	}
	p.setBusy(true)
	p.err.Hide()
	p.deps.Demo(func(err error) {
		p.setBusy(false)
		if err != nil {
			p.err.Set(text.T("demo.failed", "why", err.Error()))
			p.err.Show()
			return
		}
		p.done()
	})
}

func (p *demoPane) setBusy(on bool) {
	p.busy = on
	spec := p.start.Spec()
	spec.Text = text.T("demo.start")
	if on {
		spec.Text = text.T("demo.starting")
	}
	p.start.Set(spec)
}
