package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Segmented is a row of buttons of which one is on: all and missed calls, the look.
type Segmented struct {
	fynewidget.BaseWidget
	options []Option
	chosen  string
	parts   []*Button
	// OnChange is called when the user chooses another part.
	OnChange func(id string)
}

// NewSegmented makes a segmented toggle.
func NewSegmented(onChange func(id string)) *Segmented {
	s := &Segmented{OnChange: onChange}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the parts and which one is chosen.
func (s *Segmented) Set(options []Option, chosen string) {
	if s.chosen == chosen && slices.Equal(s.options, options) {
		return
	}
	s.options, s.chosen = slices.Clone(options), chosen
	for len(s.parts) < len(options) {
		s.parts = append(s.parts, NewButton(ButtonSpec{}, nil))
	}
	s.parts = s.parts[:len(options)]
	for i, o := range s.options {
		s.parts[i].Set(ButtonSpec{Text: o.Text, Icon: o.Icon, Tip: o.Detail, Size: Small, Look: Quiet, Chosen: o.ID == chosen})
		s.parts[i].OnTap(func() {
			if o.ID == s.chosen {
				return
			}
			s.Set(s.options, o.ID)
			if s.OnChange != nil {
				s.OnChange(o.ID)
			}
		})
	}
	s.Refresh()
}

// Chosen is the chosen part's ID.
func (s *Segmented) Chosen() string { return s.chosen }

// Parts are the buttons, for focus and tests.
func (s *Segmented) Parts() []*Button { return s.parts }

// CreateRenderer implements fyne.Widget.
func (s *Segmented) CreateRenderer() fyne.WidgetRenderer {
	ground := &canvas.Rectangle{}
	d := &drawing{owner: s}
	d.refresh = func() {
		box(ground, theme.Sunken, theme.Transparent, 0, theme.RadiusField)
		d.objects = []fyne.CanvasObject{ground}
		for _, p := range s.parts {
			d.objects = append(d.objects, p)
		}
	}
	pad := func() float32 { return theme.Px(2) }
	d.min = func() fyne.Size {
		w := pad()
		for _, p := range s.parts {
			w += p.MinSize().Width + pad()
		}
		return fyne.NewSize(w, theme.Px(theme.SmallButtonHeight)+2*pad())
	}
	d.layout = func(size fyne.Size) {
		h := theme.Px(theme.SmallButtonHeight) + 2*pad()
		y := (size.Height - h) / 2
		place(ground, 0, y, d.min().Width, h)
		x := pad()
		for _, p := range s.parts {
			m := p.MinSize()
			place(p, x, y+pad(), m.Width, m.Height)
			x += m.Width + pad()
		}
	}
	d.refresh()
	return d
}
