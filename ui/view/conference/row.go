package conference

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// row is one person: in the conference, being called, or waiting outside.
type row struct {
	v     *View
	model present.Member

	ground *widget.Panel
	avatar *widget.Avatar
	held   fyne.CanvasObject // in place of the avatar: waits outside
	name   *widget.Text
	detail *widget.Text
	lock   *widget.Icon
	meter  *widget.LevelMeter // what they say
	own    bool               // the user
	sounds fyne.CanvasObject  // the meter in its place
	loud   *widget.Button     // opens the level
	mute   *widget.Button
	in     *widget.Button
	hangup *widget.Button
	tail   *fyne.Container
	level  *widget.Slider
	share  *widget.Text
	out    *widget.Button
	more   fyne.CanvasObject
	object fyne.CanvasObject
}

// The bars of the user's own meter, and of the others', who have more to press beside it.
const (
	ownBars    = 10
	memberBars = 6
)

func newRow(v *View, own bool) *row {
	r := &row{v: v}
	r.avatar = widget.NewAvatar("", widget.StatusNone, theme.AvatarSmall)
	r.held = widget.NewStatusShape(widget.StatusCallHeld, theme.AvatarSmall)
	r.held.Hide()
	r.name = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	r.detail = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true, Figures: true})
	r.lock = widget.NewIcon("", theme.Text2, theme.IconSmall)
	r.lock.Hide()
	r.loud = widget.NewButton(widget.ButtonSpec{}, r.toggle)
	r.mute = widget.NewButton(widget.ButtonSpec{}, func() { v.do(r.model.Mute) })
	r.in = widget.NewButton(widget.ButtonSpec{}, func() { v.do(r.model.In) })
	r.hangup = widget.NewButton(widget.ButtonSpec{}, func() { v.do(r.model.Hangup) })
	r.meter, r.own = widget.NewLevelMeter(memberBars), own
	r.sounds = lay.Least(30, 0, r.meter)
	if own {
		r.meter = widget.NewLevelMeter(ownBars)
		r.sounds = lay.Least(58, 0, r.meter)
		r.mute.OnTap(func() { v.do(v.model.MuteMe) })
		r.tail = lay.Row(10, r.sounds, r.mute)
	} else {
		r.tail = lay.Row(theme.Half, r.sounds, r.loud, r.mute, r.in, r.hangup)
	}
	r.share = widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Figures: true, Align: fyne.TextAlignTrailing})
	r.out = widget.NewButton(widget.ButtonSpec{}, func() { v.do(r.model.Out) })
	r.makeLevel()
	r.more.Hide()
	name := fyne.CanvasObject(r.name)
	if own {
		name = lay.Row(theme.Grid, lay.Shrink(r.name), widget.NewChip(widget.ChipSpec{Text: text.T("conference.you")}, nil))
	}
	words := lay.Row(12, r.avatar, r.held, lay.Fill(lay.Col(0, name, lay.Row(theme.Half, r.lock, lay.Fill(r.detail)))))
	r.ground = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true},
		lay.Pad(16, 9, 12, 9, lay.Col(theme.Half, lay.Aside(theme.Grid, 130, words, r.tail), r.more)))
	r.object = lay.Least(0, 60, r.ground)
	return r
}

// makeLevel makes the line with the level, in the row's own place under the name.
func (r *row) makeLevel() {
	r.level = widget.NewSlider("", 0, 200, 5, func(n int) {
		r.share.Set(text.Percent(float64(n)))
		if err := r.v.deps.Do(phone.SetLevel{Call: r.model.ID, Percent: n}); err != nil {
			r.v.deps.Say(text.Refusal(err))
		}
	})
	r.more = lay.Pad(48, 0, 0, 0, lay.Aside(theme.Grid, 130, lay.Row(theme.Grid, lay.Fill(r.level), lay.Least(48, 0, r.share)), r.out))
}

func (r *row) toggle() {
	if r.v.open == r.model.ID {
		r.v.show(0)
		return
	}
	r.v.show(r.model.ID)
}

// update draws somebody.
func (r *row) update(m present.Member) {
	r.model = m
	outside := m.In.Text != ""
	_, ink, _ := view.Colors(m.Tone)
	r.avatar.Set(m.Who.Face(), widget.StatusNone)
	widget.SetVisible(r.avatar, !outside)
	widget.SetVisible(r.held, outside)
	fill := theme.Surface
	if outside {
		fill = theme.Raised
	}
	r.ground.Set(widget.PanelSpec{Fill: fill, Border: theme.Border, Bottom: true})
	r.name.Set(m.Who.Name)
	spans := []widget.Span{{Text: m.State, Token: ink, Bold: true}}
	if outside {
		spans = []widget.Span{{Text: m.State}}
	}
	switch {
	case m.State == "":
		spans = []widget.Span{{Text: m.Detail}}
	case m.Detail != "":
		spans = append(spans, widget.Span{Text: " · " + m.Detail})
	}
	widget.SetVisible(r.lock, m.Lock.Lock != "")
	if m.Lock.Lock != "" {
		_, sign, _ := view.Colors(m.Lock.Tone)
		r.lock.Set(m.Lock.Icon, sign)
		spans = append(spans, widget.Span{Text: " · "}, widget.Span{Text: m.Lock.Word, Token: sign})
	}
	r.detail.SetSpans(spans...)
	if r.own {
		r.updateOwn()
		return
	}
	open := m.Live && r.v.open == m.ID
	widget.SetVisible(r.sounds, m.Live)
	widget.SetVisible(r.loud, m.Live)
	r.loud.Set(widget.ButtonSpec{Icon: "volume-2", Tip: text.T("conference.level", "name", m.Who.Name), Chosen: open})
	r.mute.Set(icon(m.Mute.Button, widget.Plain))
	widget.SetVisible(r.mute, m.Live)
	r.in.Set(spec(m.In.Button, widget.Plain, widget.Medium))
	widget.SetVisible(r.in, outside)
	r.hangup.Set(icon(m.Hangup.Button, widget.Decline))
	widget.SetVisible(r.hangup, m.Hangup.Enabled)
	widget.SetVisible(r.tail, m.Live || outside || m.Hangup.Enabled)
	widget.SetVisible(r.more, open)
	if !open {
		return
	}
	r.level.SetTip(text.T("conference.level", "name", m.Who.Name))
	r.level.Set(m.Level)
	r.share.Set(text.Percent(float64(r.level.Value())))
	r.out.Set(func() widget.ButtonSpec {
		s := spec(m.Out.Button, widget.Plain, widget.Small)
		s.Tip = text.T("conference.take_out_tip", "name", m.Who.Name)
		return s
	}())
}

// updateOwn draws the user's own row: the name is marked, and there is a microphone to mute and nobody to hang up.
func (r *row) updateOwn() {
	m := r.v.model
	s := icon(m.MuteMe.Button, widget.Plain)
	s.Icon = "mic"
	if m.MuteMe.On {
		s.Icon = "mic-off"
	}
	r.mute.Set(s)
}
