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

// device is where sound comes from or goes to, with its level beside it.
type device struct {
	deps    view.Deps
	key     string // phone.KeyInput, KeyOutput, KeyRing
	level   level
	sel     *widget.Select
	problem *widget.Paragraph
	slider  *widget.Slider
	percent *widget.Text
	test    *widget.Button // nil for a microphone
	running bool
	all     fyne.CanvasObject
}

// level is the volume that belongs to a device, and what tests it.
type level struct {
	key  string
	name string // text key
	high int    // percent
	test phone.SoundTestKind
}

var levels = map[string]level{
	phone.KeyOutput: {phone.KeyVolume, "sound.volume", 200, phone.SoundTestSpeaker},
	phone.KeyInput:  {phone.KeyMicVolume, "sound.mic_volume", 200, ""},
	phone.KeyRing:   {phone.KeyRingVolume, "sound.ring_volume", 100, phone.SoundTestRing},
}

func newDevice(deps view.Deps, key string) *device {
	d := &device{deps: deps, key: key, level: levels[key]}
	k := d.model(present.Scene{Snap: deps.Snapshot()})
	d.sel = widget.NewSelect(k.Icon, func(id string) { set(deps, key, id) })
	d.sel.SetName(k.Title)
	d.problem = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	d.problem.Hide()
	name := text.T(d.level.name)
	d.slider = widget.NewSlider(name, 0, d.level.high, 5, func(n int) { set(deps, d.level.key, strconv.Itoa(n)) })
	d.percent = widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true})
	line := []fyne.CanvasObject{lay.Fill(d.slider)}
	if d.level.test != "" {
		d.test = widget.NewButton(widget.ButtonSpec{}, d.press)
		line = append(line, d.test)
	}
	d.all = lay.Tiles(2, 24,
		lay.Least(180, 0, lay.Col(theme.Half, label(k.Title), d.sel, d.problem)),
		lay.Least(180, 0, lay.Col(theme.Half, lay.Row(theme.Grid, lay.Fill(label(name)), d.percent), lay.Least(0, theme.FieldHeight, lay.Row(theme.Grid, line...)))))
	return d
}

func (d *device) model(s present.Scene) present.SoundKind {
	for _, k := range present.SoundKinds(s) {
		if k.Setting == d.key {
			return k
		}
	}
	return present.SoundKind{}
}

func (d *device) object() fyne.CanvasObject { return d.all }

func (d *device) update(s present.Scene) {
	k := d.model(s)
	d.sel.Set(options(k.Choices))
	d.problem.Set(k.Problem)
	if on := k.Problem != ""; on != d.problem.Visible() {
		show(d.problem, on)
		d.all.Refresh()
	}
	n := s.Snap.Settings.Int(d.level.key)
	d.slider.Set(n)
	d.percent.Set(text.Percent(float64(n)))
	if d.test == nil {
		return
	}
	d.running = s.Snap.SoundTest != nil && s.Snap.SoundTest.Kind == d.level.test
	spec := widget.ButtonSpec{Icon: "play", Text: text.T("sound.test"), Size: widget.Small}
	if d.running {
		spec = widget.ButtonSpec{Icon: "square", Text: text.T("sound.stop"), Size: widget.Small, Chosen: true}
	}
	_, spec.Disabled = present.CanTestSound(s)
	d.test.Set(spec)
}

func (d *device) press() {
	kind := d.level.test
	if d.running {
		kind = ""
	}
	testSound(d.deps, kind)
}

func testSound(deps view.Deps, kind phone.SoundTestKind) {
	if err := deps.Do(phone.TestSound{Kind: kind}); err != nil {
		deps.Say(text.Refusal(err))
	}
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
