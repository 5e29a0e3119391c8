package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// WarningSpec is what a warning bar says.
type WarningSpec struct {
	Icon   string
	Title  string
	Text   string
	Button string // empty: none
	Close  string // tip of the × that takes the bar away; empty: none
	Danger bool   // red instead of amber: recording, refused
	Short  bool   // the title alone in a low line; the words are its tip, and a press opens them
	More   string // after the title of a short bar: how many there are that have no room
}

// WarningBar is the line over the window that says what is wrong and what can be done about it. Its minimum height
// follows its width.
type WarningBar struct {
	fynewidget.BaseWidget
	// OnOpen is a press on a short bar.
	OnOpen func()
	spec   WarningSpec
	short  *Text // the title of a short bar
	title  *Paragraph
	text   *Paragraph
	icon   *Icon
	button *Button
	cross  *Button
}

// NewWarningBar makes a bar; act is the button's, dismiss the cross's press.
func NewWarningBar(spec WarningSpec, act, dismiss func()) *WarningBar {
	w := &WarningBar{spec: spec}
	w.short = NewText("", Style{Size: theme.BodySize, Bold: true, Cut: true})
	w.title = NewParagraph("", Style{Size: theme.BodySize, Bold: true})
	w.text = NewParagraph("", Style{Size: theme.DetailSize})
	w.icon = NewIcon("", theme.WarnText, theme.IconLarge)
	w.button = NewButton(ButtonSpec{Size: Small}, act)
	w.cross = NewButton(ButtonSpec{Icon: "x", Look: Quiet, Size: Small}, dismiss)
	w.apply()
	w.ExtendBaseWidget(w)
	return w
}

// Set changes what the bar says.
func (w *WarningBar) Set(spec WarningSpec) {
	if w.spec == spec {
		return
	}
	w.spec = spec
	w.apply()
	w.Refresh()
}

// Spec is what the bar says.
func (w *WarningBar) Spec() WarningSpec { return w.spec }

// OnTap changes what button and cross do.
func (w *WarningBar) OnTap(act, dismiss func()) {
	w.button.OnTap(act)
	w.cross.OnTap(dismiss)
}

// Buttons are the bar's button and cross, for focus and tests.
func (w *WarningBar) Buttons() (act, dismiss *Button) { return w.button, w.cross }

func (w *WarningBar) apply() {
	ink := theme.WarnText
	if w.spec.Danger {
		ink = theme.DangerText
	}
	w.short.Set(strings.TrimSpace(w.spec.Title + " " + w.spec.More))
	w.short.SetToken(ink)
	w.title.Set(w.spec.Title)
	w.title.SetToken(ink)
	w.text.Set(w.spec.Text)
	w.text.SetToken(ink)
	w.icon.Set(w.spec.Icon, ink)
	w.button.Set(ButtonSpec{Text: w.spec.Button, Size: Small})
	w.cross.Set(ButtonSpec{Icon: "x", Look: Quiet, Size: Small, Tip: w.spec.Close, Tint: ink})
	SetVisible(w.short, w.spec.Short)
	SetVisible(w.title, w.spec.Title != "" && !w.spec.Short)
	SetVisible(w.text, w.spec.Text != "" && !w.spec.Short)
	SetVisible(w.button, w.spec.Button != "" && !w.spec.Short)
	SetVisible(w.cross, w.spec.Close != "")
}

// words is the width that title and text have in a bar so wide.
func (w *WarningBar) words(width float32) float32 {
	under := !w.spec.Short && w.under(width)
	width -= w.lead() + theme.Px(theme.Grid)
	if w.spec.Button != "" && !under && !w.spec.Short {
		width -= w.button.MinSize().Width + theme.Px(theme.Grid)
	}
	if w.spec.Close != "" {
		width -= w.cross.MinSize().Width + theme.Px(4)
	}
	return max(theme.Px(60), width)
}

// shortHeight is how high a short bar is, in dp: its buttons fill it.
const shortHeight = theme.SmallButtonHeight

// leastWords is how wide the words are at least beside the button, in dp.
const leastWords = 120

// under reports whether the button of a bar so wide stands under the words: beside them it would leave them a few letters a
// line.
func (w *WarningBar) under(width float32) bool {
	return w.spec.Button != "" && width-theme.Px(theme.WindowPadding+theme.IconLarge+4*theme.Grid)-w.button.MinSize().Width < theme.Px(leastWords)
}

func (w *WarningBar) lead() float32 {
	if w.spec.Icon == "" {
		return theme.Px(theme.WindowPadding)
	}
	return theme.Px(theme.WindowPadding + theme.IconLarge + theme.Grid)
}

// Height is how high the bar is with that width: short, or with all its words.
func (w *WarningBar) Height(width float32, short bool) float32 {
	if short {
		return theme.Px(shortHeight)
	}
	inner := w.words(width)
	h := float32(0)
	if w.spec.Title != "" {
		h += w.title.HeightFor(inner)
	}
	if w.spec.Text != "" {
		h += w.text.HeightFor(inner)
	}
	if w.under(width) {
		h += w.button.MinSize().Height + theme.Px(6)
	}
	return max(theme.Px(theme.FooterHeight), h+theme.Px(20))
}

// MinSize implements fyne.CanvasObject.
func (w *WarningBar) MinSize() fyne.Size {
	w.ExtendBaseWidget(w)
	width := w.Size().Width
	if width == 0 {
		width = theme.Px(theme.NormalMinWidth)
	}
	return fyne.NewSize(theme.Px(220), w.Height(width, w.spec.Short))
}

// Tapped implements fyne.Tappable.
func (w *WarningBar) Tapped(*fyne.PointEvent) {
	if w.spec.Short && w.OnOpen != nil {
		hideTip(w)
		w.OnOpen()
	}
}

// MouseIn implements desktop.Hoverable.
func (w *WarningBar) MouseIn(*desktop.MouseEvent) {
	if w.spec.Short {
		showTipSoon(w, strings.Trim(w.spec.Title+"\n"+w.spec.Text, "\n"))
	}
}

// MouseMoved implements desktop.Hoverable.
func (w *WarningBar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (w *WarningBar) MouseOut() { hideTip(w) }

// CreateRenderer implements fyne.Widget.
func (w *WarningBar) CreateRenderer() fyne.WidgetRenderer {
	ground, edge := &canvas.Rectangle{}, &canvas.Rectangle{}
	d := &drawing{owner: w, objects: []fyne.CanvasObject{ground, edge, w.icon, w.short, w.title, w.text, w.button, w.cross}}
	d.refresh = func() {
		fill, line := theme.WarnSoft, theme.Warn
		if w.spec.Danger {
			fill, line = theme.DangerSoft, theme.Danger
		}
		ground.FillColor, edge.FillColor = theme.Color(fill), theme.Color(line)
	}
	d.min = w.MinSize
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		place(edge, 0, s.Height-1, s.Width, 1)
		i := theme.Px(theme.IconLarge)
		place(w.icon, theme.Px(theme.WindowPadding), (s.Height-i)/2, i, i)
		inner := w.words(s.Width)
		place(w.short, w.lead(), 0, inner, s.Height)
		var title, words float32
		if w.title.Visible() {
			title = w.title.HeightFor(inner)
		}
		if w.text.Visible() {
			words = w.text.HeightFor(inner)
		}
		y := (s.Height - title - words) / 2
		under := w.under(s.Width) && !w.spec.Short
		if under {
			y = theme.Px(10)
		}
		place(w.title, w.lead(), y, inner, title)
		place(w.text, w.lead(), y+title, inner, words)
		right := s.Width - theme.Px(theme.Grid)
		if w.cross.Visible() {
			m := w.cross.MinSize()
			right -= m.Width
			place(w.cross, right, (s.Height-m.Height)/2, m.Width, m.Height)
			right -= theme.Px(4)
		}
		m := w.button.MinSize()
		if under {
			place(w.button, w.lead(), y+title+words+theme.Px(6), m.Width, m.Height)
			return
		}
		place(w.button, right-m.Width, (s.Height-m.Height)/2, m.Width, m.Height)
	}
	d.refresh()
	return d
}
