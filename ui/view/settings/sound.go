package settings

import (
	"strconv"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// sound is the page of devices and levels.
type sound struct {
	deps    view.Deps
	kinds   map[string]*widget.Select
	problem map[string]*widget.Paragraph
	sliders map[string]*widget.Slider
	percent map[string]*widget.Text
	meter   *widget.LevelMeter
	verdict *widget.Text
	sw      *switches
	page    fyne.CanvasObject
	scene   present.Scene
	peak    float64 // of the last second or two, dBFS
}

// volumes is the level that belongs to each device.
var volumes = map[string]struct {
	key  string
	name string
	high int
}{
	phone.KeyOutput: {phone.KeyVolume, "sound.volume", 200},
	phone.KeyInput:  {phone.KeyMicVolume, "sound.mic_volume", 200},
	phone.KeyRing:   {phone.KeyRingVolume, "sound.ring_volume", 100},
}

func newSound(deps view.Deps) *sound {
	p := &sound{
		deps: deps, kinds: map[string]*widget.Select{}, problem: map[string]*widget.Paragraph{}, sliders: map[string]*widget.Slider{},
		percent: map[string]*widget.Text{}, meter: widget.NewLevelMeter(40), sw: newSwitches(deps), peak: -100,
	}
	p.verdict = widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true})
	var groups []fyne.CanvasObject
	for _, k := range present.SoundKinds(present.Scene{Snap: deps.Snapshot()}) {
		groups = append(groups, p.kind(k))
	}
	level := lay.Col(theme.Half, lay.Row(theme.Grid, lay.Fill(label(text.T("sound.level"))), p.verdict), p.meter,
		widget.NewParagraph(text.T("sound.level_in_call"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	p.page = lay.Col(14, card(groups...), card(level), card(p.sw.column))
	return p
}

// kind is a device with its level beside it.
func (p *sound) kind(k present.SoundKind) fyne.CanvasObject {
	sel := widget.NewSelect(k.Icon, func(id string) { set(p.deps, k.Setting, id) })
	sel.SetName(k.Title)
	problem := widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	problem.Hide()
	v := volumes[k.Setting]
	slider := widget.NewSlider(text.T(v.name), 0, v.high, 5, func(n int) { set(p.deps, v.key, strconv.Itoa(n)) })
	percent := widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true})
	p.kinds[k.Setting], p.problem[k.Setting], p.sliders[k.Setting], p.percent[k.Setting] = sel, problem, slider, percent
	return lay.Even(2, 24,
		lay.Col(theme.Half, label(k.Title), sel, problem),
		lay.Col(theme.Half, lay.Row(theme.Grid, lay.Fill(label(text.T(v.name))), percent), slider))
}

func (p *sound) object() fyne.CanvasObject { return p.page }

func (p *sound) update(s present.Scene) {
	p.scene = s
	for _, k := range present.SoundKinds(s) {
		p.kinds[k.Setting].Set(options(k.Choices))
		p.problem[k.Setting].Set(k.Problem)
		if on := k.Problem != ""; on != p.problem[k.Setting].Visible() {
			if on {
				p.problem[k.Setting].Show()
			} else {
				p.problem[k.Setting].Hide()
			}
			p.page.Refresh()
		}
		n := s.Snap.Settings.Int(volumes[k.Setting].key)
		p.sliders[k.Setting].Set(n)
		p.percent[k.Setting].Set(text.Percent(float64(n)))
	}
	p.sw.update(present.SoundSwitches(s))
}

// fall is how fast the remembered peak sinks, in dB a reading: the words must stand long enough to be read.
const fall = 1.5

func (p *sound) levels(l phone.Levels) {
	p.peak = max(l.Microphone, p.peak-fall, -100)
	p.meter.Set(present.LevelShare(l.Microphone), l.Microphone > -3)
	words, tone := "", present.TonePlain
	if present.Talking(p.scene) { // the microphone is open only then
		words, tone = present.LevelWord(p.scene, p.peak)
	}
	_, ink, _ := view.Colors(tone)
	p.verdict.Set(words)
	p.verdict.SetToken(ink)
}
