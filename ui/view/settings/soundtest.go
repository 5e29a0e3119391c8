package settings

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// soundTest is the test call with oneself: levels, a picture of what was said, and what it comes to.
type soundTest struct {
	deps      view.Deps
	scene     present.Scene
	now       func() time.Time
	test      present.SoundTest
	peak      float64 // of the microphone's last second or two, dBFS
	you, echo *widget.LevelMeter
	word      *widget.Text // how loud the microphone is
	clock     *widget.Text
	button    *widget.Button
	graph     *widget.LevelGraph
	picture   *fyne.Container
	icon      *widget.Icon
	verdict   *widget.Paragraph
	result    *fyne.Container
	all       *fyne.Container
}

// slim lets a meter be narrower than its bars would like.
type slim struct{}

func (slim) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(60), objects[0].MinSize().Height)
}

func (slim) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(size)
}

// meterBars is how many bars a level has across the card.
const meterBars = 48

func newSoundTest(deps view.Deps) *soundTest {
	t := &soundTest{deps: deps, now: time.Now, peak: -100, you: widget.NewLevelMeter(meterBars), echo: widget.NewLevelMeter(meterBars), graph: widget.NewLevelGraph(present.TestSteps)}
	t.word = widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true})
	t.clock = widget.NewText("", widget.Style{Size: theme.BodySize, Bold: true, Figures: true})
	t.button = widget.NewButton(widget.ButtonSpec{}, t.press)
	t.icon = widget.NewIcon("info", theme.Text2, theme.IconMedium)
	t.verdict = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Bold: true})
	t.result = lay.RowTop(theme.Grid, t.icon, lay.Fill(t.verdict))
	t.picture = lay.Col(theme.Half, label(text.T("soundtest.picture")), t.graph)
	meter := func(icon, key string, m *widget.LevelMeter, tail fyne.CanvasObject) fyne.CanvasObject {
		name := lay.Least(64, 0, widget.NewText(text.T(key), widget.Style{Size: theme.BodySize}))
		return lay.Aside(theme.Grid, 150, lay.Row(theme.Grid, widget.NewIcon(icon, theme.Text2, theme.IconMedium), name, lay.Fill(container.New(slim{}, m))), tail)
	}
	words := lay.Col(2, widget.NewText(text.T("soundtest.title"), widget.Style{Size: theme.NameSize, Bold: true}),
		widget.NewParagraph(text.T("soundtest.text"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	t.all = lay.Col(12, lay.Aside(theme.Grid, 260, words, lay.Row(12, t.clock, t.button)),
		meter("mic", "soundtest.you", t.you, lay.Least(80, 0, t.word)), meter("headphones", "soundtest.echo", t.echo, lay.Least(80, 0, widget.NewText("", widget.Style{Size: theme.DetailSize}))),
		widget.NewParagraph(text.T("sound.level_idle"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}), t.picture, t.result)
	t.draw()
	return t
}

func (t *soundTest) object() fyne.CanvasObject { return t.all }

func (t *soundTest) update(s present.Scene) {
	t.scene = s
	t.test = t.test.Follow(s.Snap.SoundTest, t.now(), phone.Levels{Microphone: -100, Speaker: -100})
	t.draw()
}

// fall is how fast the remembered peak sinks, in dB a reading: the words must stand long enough to be read.
const fall = 1.5

// levels takes a reading of the meters.
func (t *soundTest) levels(l phone.Levels) {
	t.peak = max(l.Microphone, t.peak-fall, -100)
	t.you.Set(present.LevelShare(l.Microphone), l.Microphone > -3)
	t.echo.Set(present.LevelShare(l.Speaker), l.Speaker > -3)
	words, tone := "", present.TonePlain
	if t.scene.Snap != nil && (present.Talking(t.scene) || t.test.Running()) { // the microphone is open only then
		words, tone = present.LevelWord(t.scene, t.peak)
	}
	_, ink, _ := view.Colors(tone)
	t.word.Set(words)
	t.word.SetToken(ink)
	if t.test.Running() {
		t.test = t.test.Follow(t.scene.Snap.SoundTest, t.now(), l)
		t.draw()
	}
}

// draw shows how the test stands.
func (t *soundTest) draw() {
	spec := widget.ButtonSpec{Icon: "play", Text: text.T("soundtest.start"), Look: widget.Primary}
	if t.test.Running() {
		spec = widget.ButtonSpec{Icon: "square", Text: text.T("soundtest.stop"), Look: widget.Decline}
		t.clock.Set(text.Timer(t.now().Sub(t.test.Begun)))
	} else {
		t.clock.Set("")
		if t.scene.Snap != nil {
			_, spec.Disabled = present.CanTestSound(t.scene)
		}
	}
	t.button.Set(spec)
	icon, words, tone := t.test.Verdict(t.scene)
	there := words != ""
	if there {
		_, ink, _ := view.Colors(tone)
		t.icon.Set(icon, ink)
		t.verdict.Set(words)
		t.verdict.SetToken(ink)
		shares := make([]float64, present.TestSteps)
		for i, v := range t.test.Heard {
			shares[i] = present.LevelShare(v)
		}
		progress := 0.0
		if t.test.Spoken {
			progress = t.test.Progress(t.now())
		}
		t.graph.Set(widget.GraphSpec{Shares: shares, Progress: progress})
	}
	if t.picture.Visible() != there {
		show(t.picture, there)
		show(t.result, there)
		t.all.Refresh()
		reflow(t.all)
	}
}

func (t *soundTest) press() {
	kind := phone.SoundTestEcho
	if t.test.Running() {
		kind = ""
	}
	testSound(t.deps, kind)
}
