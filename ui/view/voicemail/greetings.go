package voicemail

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// greetings is what callers of the user's own mailbox hear: a button under which each greeting is played, changed and taken
// away, and what became of that.
type greetings struct {
	deps   view.Deps
	scene  present.Scene
	bars   *warning.Bars
	button *widget.Button
	object *fyne.Container
}

func newGreetings(deps view.Deps) *greetings {
	g := &greetings{deps: deps, bars: warning.New(deps, nil)}
	g.button = widget.NewButton(widget.ButtonSpec{Icon: "mic", Text: text.T("voicemail.greetings"), Look: widget.Quiet, Size: widget.Small}, g.choose)
	g.object = lay.Col(0, g.bars.Object(), lay.Pad(10, 4, 12, 4, lay.Row(0, g.button)), widget.NewLine(false))
	g.object.Hide()
	return g
}

func (g *greetings) update(s present.Scene) {
	g.scene = s
	there := len(s.Snap.Voicemail.Greetings) > 0
	widget.SetVisible(g.object, there)
	if !there {
		return
	}
	g.bars.Update(present.ChangeBars(s, phone.SetGreeting{}.Verb(), phone.DeleteGreeting{}.Verb()))
	spec := g.button.Spec()
	spec.Text = text.T("voicemail.greetings")
	spec.Disabled = present.TeamLocked(s)
	g.button.Set(spec)
}

// choose asks which greeting.
func (g *greetings) choose() {
	var items []widget.MenuItem
	for _, l := range present.GreetingLines(g.scene) {
		items = append(items, widget.MenuItem{Text: l.Words, Icon: l.Icon, Run: func() { g.open(l) }})
	}
	widget.ShowMenuUnder(g.button, items)
}

// open is what can be done with a greeting.
func (g *greetings) open(l present.GreetingLine) {
	play := widget.MenuItem{Text: text.T("recordings.play"), Icon: "play", Disabled: l.None, Run: func() { g.tell(phone.PlayGreeting{Kind: l.Kind}) }}
	if l.Plays {
		play = widget.MenuItem{Text: text.T("sound.stop"), Icon: "square", Run: func() { g.tell(phone.StopPlaying{}) }}
	}
	widget.ShowMenuUnder(g.button, []widget.MenuItem{
		play,
		{Text: text.T("voicemail.greeting_file"), Icon: "folder-open", Run: func() {
			g.deps.PickFile(view.File{Title: text.T("voicemail.greeting_file"), Types: []string{".wav"}}, func(path string) {
				g.tell(phone.SetGreeting{Kind: l.Kind, Path: path})
			})
		}},
		{Text: text.T("voicemail.greeting_delete"), Icon: "trash-2", Disabled: l.None, Run: func() { g.tell(phone.DeleteGreeting{Kind: l.Kind}) }},
	})
}

func (g *greetings) tell(c phone.Command) {
	if err := g.deps.Do(c); err != nil {
		g.deps.Say(text.Refusal(err))
	}
}
