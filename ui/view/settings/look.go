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

// textSize is the text size with a picture of what is chosen: the window follows at once, the slider shows how much
// larger or smaller it can be.
type textSize struct {
	slider  *widget.Slider
	percent *widget.Text
	all     fyne.CanvasObject
}

// The sizes there are, in percent.
const (
	leastText = 80
	mostText  = 200
	textStep  = 5
)

func newTextSize(deps view.Deps) *textSize {
	name := text.T("settings.text_size")
	t := &textSize{percent: widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true})}
	t.slider = widget.NewSlider(name, leastText, mostText, textStep, func(n int) { set(deps, phone.KeyTextSize, strconv.Itoa(n)) })
	sample := widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Radius: theme.RadiusField}, lay.Pad(12, 8, 12, 8, lay.Row(12,
		widget.NewAvatar("Lena Berg", "available", 32),
		lay.Fill(lay.Col(0, widget.NewText(text.T("settings.preview"), widget.Style{Size: theme.NameSize, Bold: true, Cut: true}),
			widget.NewText(text.T("settings.preview_letters"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true}))))))
	t.all = lay.Col(theme.Half, lay.Row(theme.Grid, lay.Fill(label(name)), t.percent), t.slider, sample)
	return t
}

func (t *textSize) object() fyne.CanvasObject { return t.all }

func (t *textSize) update(s present.Scene) {
	n := s.Snap.Settings.Int(phone.KeyTextSize)
	t.slider.Set(n)
	t.percent.Set(text.Percent(float64(n)))
}
