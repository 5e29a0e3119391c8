package board

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// detail is the line under the people: the one who is highlighted, how they stand, and what can be done.
type detail struct {
	v        *View
	avatar   *widget.Avatar
	name     *widget.Text
	title    *widget.Text
	numbers  *widget.Text
	icon     *widget.Icon
	state    *widget.Text
	note     *widget.Text
	noted    fyne.CanvasObject
	around   *widget.Text
	who      fyne.CanvasObject
	stands   fyne.CanvasObject
	standing fyne.CanvasObject // the state in stands
	buttons  []*widget.Button
	row      *fyne.Container
	object   *widget.Panel
	tight    bool // all but the first button are their icons
	on       bool // somebody is highlighted: the details are shown where there is room for them and one row of people
	shown    present.BoardDetail
	deeds    []deed
}

func newDetail(v *View) *detail {
	d := &detail{v: v, avatar: widget.NewAvatar("", widget.StatusNone, theme.AvatarHeader), row: lay.Row(6)}
	d.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	d.title = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	d.numbers = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	d.icon = widget.NewIcon("", theme.Text2, theme.IconSmall)
	d.state = widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true, Cut: true})
	d.note = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	d.noted = lay.Row(6, widget.NewIcon("sticky-note", theme.Text2, theme.IconSmall), lay.Fill(d.note))
	d.around = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	d.who = lay.Col(0, d.name, d.title, d.numbers)
	d.standing = lay.Row(6, d.icon, lay.Fill(d.state))
	d.stands = lay.Col(2, d.standing, d.noted, d.around)
	d.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true, Drawn: true}, container.New(&detailLine{d}, d.avatar, d.who, d.stands, d.row))
	d.object.Hide()
	return d
}

// update draws the highlighted one; while a call is handed over the open row says it all.
func (d *detail) update() {
	h, ok := d.v.chosen()
	on := ok && !d.v.transfer
	if !on {
		if d.on {
			d.on = false
			d.v.layOut()
		}
		return
	}
	m := present.BoardDetailOf(d.v.scene, h)
	var deeds []deed
	if d.v.acts == nil {
		deeds = d.v.own(h)
	} else {
		deeds = d.v.ways(h, true)
	}
	deeds = d.v.withMore(h, deeds)
	same := m == d.shown && len(deeds) == len(d.deeds)
	for i := range deeds {
		deeds[i].spec.Size = widget.Medium
		if s := &deeds[i].spec; i > 0 && d.tight && s.Icon != "" && s.Disabled == "" && s.Text != "" {
			s.Tip, s.Text, s.Key = s.Text, "", "" // the line of keys under it has the key
		}
		same = same && deeds[i].spec == d.deeds[i].spec
	}
	d.shown, d.deeds = m, deeds
	for len(d.buttons) < len(deeds) {
		b, i := widget.NewButton(widget.ButtonSpec{}, nil), len(d.buttons)
		b.OnTap(func() { d.deeds[i].do(b) })
		d.buttons = append(d.buttons, b)
		d.row.Add(b)
	}
	if same && d.on {
		return
	}
	for i, b := range d.buttons {
		widget.SetVisible(b, i < len(deeds))
		if i < len(deeds) {
			b.Set(deeds[i].spec)
		}
	}
	d.avatar.Set(m.Face, widget.Status(m.Status))
	d.name.Set(m.Name)
	d.title.Set(m.Title)
	d.numbers.Set(m.Numbers)
	widget.SetVisible(d.title, m.Title != "")
	widget.SetVisible(d.numbers, m.Numbers != "")
	_, ink, _ := view.Colors(m.Tone)
	d.icon.Set(m.Icon, ink)
	d.state.Set(m.State)
	d.state.SetToken(ink)
	d.note.Set("”" + m.Note + "”")
	widget.SetVisible(d.noted, m.Note != "")
	d.around.Set(m.Around)
	widget.SetVisible(d.around, m.Around != "")
	before := d.on
	d.on = true
	lay.Again(d.object)
	d.v.layOut()
	if !before { // the details may cover who they are of
		d.v.board.SetCursor(d.v.board.Cursor())
	}
}

// more is the height of what stands under the state.
func (d *detail) more() float32 {
	h := float32(0)
	for _, o := range []fyne.CanvasObject{d.noted, d.around} {
		if o.Visible() {
			h += o.MinSize().Height
		}
	}
	return h
}

// detailLine lays the details out: who, how they stand, what can be done. Where it is narrow the avatar goes, and the
// state, which the tile tells as well; a note goes under who it is of; then the buttons go under all.
type detailLine struct{ d *detail }

// wide is from which width, in dp, there is an avatar and the state has a place of its own, roomy from which all buttons have
// their words.
const (
	wide  = 820
	roomy = 480
)

func (l *detailLine) height(objects []fyne.CanvasObject) float32 {
	return max(objects[1].MinSize().Height, objects[3].MinSize().Height) + theme.Px(2*10)
}

// stacked reports whether the state goes under the name, and the buttons under that.
func (l *detailLine) stacked(width float32) (state, buttons bool) {
	if width <= 0 {
		return false, false
	}
	return width < theme.Px(wide), width-l.d.row.MinSize().Width < theme.Px(220)
}

// MinSize implements fyne.Layout.
func (l *detailLine) MinSize(objects []fyne.CanvasObject) fyne.Size {
	state, buttons := l.stacked(l.d.object.Size().Width)
	h := max(l.height(objects), theme.Px(72))
	if state {
		if more := l.d.more(); more > 0 {
			h = max(h, objects[1].MinSize().Height+more+theme.Px(2*8))
		}
	}
	if buttons {
		h += objects[3].MinSize().Height + theme.Px(theme.Half)
	}
	return fyne.NewSize(theme.Px(240), h)
}

// Layout implements fyne.Layout.
func (l *detailLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	avatar, who, stands, row := objects[0], objects[1], objects[2], objects[3]
	if tight := size.Width > 0 && size.Width < theme.Px(roomy); tight != l.d.tight {
		l.d.tight = tight
		l.d.update()
	}
	state, under := l.stacked(size.Width)
	pad, gap, height := theme.Px(theme.WindowPadding), theme.Px(14), size.Height
	m := row.MinSize()
	x, right := pad, size.Width-pad
	if under {
		height -= m.Height + theme.Px(theme.Half)
		row.Move(fyne.NewPos(pad, height))
		row.Resize(fyne.NewSize(size.Width-2*pad, m.Height))
	} else {
		row.Move(fyne.NewPos(right-m.Width, (height-m.Height)/2))
		row.Resize(m)
		right -= m.Width + gap
	}
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	widget.SetVisible(avatar, !state)
	widget.SetVisible(l.d.standing, !state)
	wh, sh := who.MinSize().Height, float32(0)
	if state {
		sh = stands.MinSize().Height
		widget.SetVisible(stands, l.d.more() > 0)
		if !stands.Visible() {
			sh = 0
		}
		top := max(0, (height-wh-sh)/2)
		put(who, x, top, right-x, wh)
		put(stands, x, top+wh, right-x, sh)
		return
	}
	widget.SetVisible(stands, true)
	sh = stands.MinSize().Height
	side := theme.Px(theme.AvatarHeader)
	put(avatar, x, (height-side)/2, side, side)
	x += side + gap
	half := (right - x - gap) * 0.52
	put(who, x, (height-wh)/2, half, wh)
	put(stands, x+half+gap, (height-sh)/2, right-x-half-gap, sh)
}
