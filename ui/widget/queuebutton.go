package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/ui/theme"
)

// QueueSpec is what a queue's button shows (ui.md 5.4).
type QueueSpec struct {
	Name     string
	Detail   string
	Count    string
	Icon     string
	In       bool // blue: logged in
	Night    bool // red padlock
	Nobody   bool // callers wait and nobody is free
	Refused  bool
	Tip      string
	Disabled string // the reason
	Low      bool   // one line: name and figures
}

// QueueButton logs in to a queue and out of it, and shows how it stands.
type QueueButton struct {
	control
	// OnMenu is a right press at an absolute place; nil does nothing.
	OnMenu func(at fyne.Position)
	spec   QueueSpec
}

// The button's height in dp, and that of a low one.
const (
	queueHeight    = 48
	queueLowHeight = 32
)

// NewQueueButton makes a button.
func NewQueueButton(spec QueueSpec, tapped func()) *QueueButton {
	q := &QueueButton{spec: spec}
	q.tapped = tapped
	q.apply()
	q.init(q)
	return q
}

// Set changes what the button shows.
func (q *QueueButton) Set(spec QueueSpec) {
	if q.spec == spec {
		return
	}
	q.spec = spec
	q.apply()
	q.Refresh()
}

// Spec is what the button shows.
func (q *QueueButton) Spec() QueueSpec { return q.spec }

// OnTap changes what a press does.
func (q *QueueButton) OnTap(f func()) { q.tapped = f }

// TappedSecondary implements fyne.SecondaryTappable.
func (q *QueueButton) TappedSecondary(e *fyne.PointEvent) {
	if q.OnMenu != nil {
		q.OnMenu(e.AbsolutePosition)
	}
}

func (q *QueueButton) apply() {
	q.tip, q.locked = q.spec.Tip, q.spec.Disabled != ""
	if q.locked {
		q.tip = q.spec.Disabled
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (q *QueueButton) AccessibilityLabel() string {
	return q.spec.Name + ", " + q.spec.Detail + " " + q.spec.Count
}

// AccessibilityRole implements fyne.Accessible.
func (q *QueueButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (q *QueueButton) CreateRenderer() fyne.WidgetRenderer {
	ground, ring, badge := &canvas.Rectangle{}, newRing(theme.RadiusField), &canvas.Rectangle{}
	icon, warn, lock := newPicture(), newPicture(), newPicture()
	name, detail := newInline(Style{Size: theme.DetailSize, Bold: true, Cut: true}), newInline(Style{Size: theme.CaptionSize, Cut: true})
	count := newInline(Style{Size: theme.DetailSize, Bold: true, Figures: true})
	d := &drawing{owner: q}
	d.refresh = func() {
		s := q.spec
		fill, border, square, ink, glyph := theme.Sunken, theme.Border, theme.Surface, theme.Text2, theme.Text2
		second, figures := theme.Text2, theme.Text2
		switch {
		case s.Night:
			fill, border, square, ink, glyph = theme.Surface, theme.Red, theme.RedSoft, theme.RedText, theme.RedText
			second, figures = theme.RedText, theme.RedText
		case s.In:
			fill, border, square, ink, glyph = theme.Selected, theme.Accent, theme.Accent, theme.Text, theme.OnAccent
			figures = theme.Text
		}
		if s.Nobody || s.Refused {
			second = theme.RedText
		}
		if s.Refused && !s.In {
			glyph = theme.RedText
		}
		if q.hovered && !q.locked && border == theme.Border {
			border = theme.BorderStrong
		}
		box(ground, fill, border, theme.HairLine, theme.RadiusField)
		box(badge, square, theme.Transparent, 0, theme.RadiusSmall)
		setPicture(icon, s.Icon, glyph)
		sign := ""
		if s.Nobody {
			sign = "triangle-alert"
		}
		setPicture(warn, sign, theme.RedText)
		padlock := ""
		if q.locked {
			padlock = "lock"
		}
		setPicture(lock, padlock, theme.Text3)
		name.set(ink, Span{Text: s.Name})
		words := s.Detail
		if s.Low {
			words = "" // the icon says it
		}
		detail.set(second, Span{Text: words, Bold: s.Nobody || s.Refused})
		count.set(figures, Span{Text: s.Count})
		styleRing(ring, theme.RadiusField, q.focused)
		d.objects = append([]fyne.CanvasObject{ground, badge, icon.Raster, warn.Raster, lock.Raster}, name.objects()...)
		d.objects = append(append(d.objects, detail.objects()...), count.objects()...)
		d.objects = append(d.objects, ring)
	}
	d.min = func() fyne.Size {
		if q.spec.Low {
			return fyne.NewSize(theme.Px(140), theme.Px(queueLowHeight))
		}
		state := detail.width()
		if q.spec.Count != "" {
			state += theme.Px(6) + count.width()
		}
		if q.spec.Refused { // a long refusal is cut, a time never
			state = 0
		}
		w := theme.Px(8+26+8) + min(theme.Px(130), max(name.width(), state)) + theme.Px(8)
		return fyne.NewSize(max(w, theme.Px(140)), theme.Px(queueHeight))
	}
	d.layout = func(s fyne.Size) {
		ground.Resize(s)
		ring.Resize(s)
		side, g, pad, gap := theme.Px(26), theme.Px(theme.IconMedium), theme.Px(8), theme.Px(6)
		if q.spec.Low { // half the width is little for a name beside its figures
			side, pad, gap = theme.Px(22), theme.Px(6), theme.Px(4)
		}
		x, y := pad, (s.Height-side)/2
		place(badge, x, y, side, side)
		place(icon, x+(side-g)/2, y+(side-g)/2, g, g)
		x += side + pad
		small := theme.Px(theme.IconSmall)
		top, low := theme.Px(theme.DetailSize.LineHeight()), theme.Px(theme.CaptionSize.LineHeight())
		upper, lower := (s.Height-top-low)/2, (s.Height-top-low)/2+top
		right := s.Width - pad // of the upper line
		for _, p := range []*picture{lock, warn} {
			if p.Visible() {
				right -= small
				place(p, right, upper+(top-small)/2, small, small)
				right -= gap
			}
		}
		w := count.width()
		if q.spec.Low {
			mid := (s.Height - top) / 2
			for _, p := range []*picture{lock, warn} {
				p.Move(fyne.NewPos(p.Position().X, (s.Height-small)/2))
			}
			count.place(right-w, (s.Height-low)/2, w, low)
			name.place(x, mid, max(0, right-w-theme.Px(4)-x), top)
			detail.place(x, mid, 0, low)
			return
		}
		name.place(x, upper, max(0, right-x), top)
		count.place(s.Width-pad-w, lower-theme.Px(1), w, low)
		room := max(0, s.Width-pad-w-theme.Px(6)-x)
		if w == 0 {
			room = s.Width - pad - x
		}
		detail.place(x, lower, room, low)
	}
	d.refresh()
	return d
}
