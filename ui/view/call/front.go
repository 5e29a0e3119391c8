package call

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// Front is the large card of the attendant's strip: the call in front with the few things done with every call.
type Front struct {
	deps  view.Deps
	model present.FrontCard

	lamp    *widget.StatusShape
	state   *widget.Text
	name    *widget.Text
	clock   *widget.Text
	aside   *widget.Text
	signal  *widget.Icon
	line    *widget.Text
	badge   *widget.Chip
	lock    *widget.Chip
	sought  *sought
	warning *notices
	consult *consult
	back    *back
	acts    []*widget.Button
	whole   [2]widget.ButtonSpec // of acts, with all their words
	small   []*widget.Button
	hangup  *widget.Button
	row     *fyne.Container
	known   *caller
	object  *widget.Panel
}

// NewFront makes the card.
func NewFront(deps view.Deps) *Front {
	f := &Front{deps: deps, sought: newSought(deps), warning: newNotices(deps), consult: newConsult(deps), known: newCaller(deps), back: newBack(deps)}
	f.lamp = widget.NewStatusShape(widget.StatusCall, 28)
	f.state = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	f.name = widget.NewText("", widget.Style{Size: theme.TitleSize, Bold: true, Cut: true})
	f.clock = widget.NewText("", widget.Style{Size: theme.HeadingSize, Bold: true, Figures: true, Align: fyne.TextAlignTrailing})
	f.aside = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Align: fyne.TextAlignTrailing})
	f.signal = widget.NewIcon("", theme.Text2, theme.IconSmall)
	f.line = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})
	f.badge = widget.NewChip(widget.ChipSpec{}, nil)
	f.lock = widget.NewChip(widget.ChipSpec{}, func() { deps.Run(command.Quality, f.model.ID) })
	f.lock.Hide()
	f.hangup = widget.NewButton(widget.ButtonSpec{}, func() { deps.Run(command.Hangup, f.model.ID) })
	f.row = container.New(&frontRow{f})
	for range 2 {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		f.acts = append(f.acts, b)
		f.row.Add(b)
	}
	for range 2 {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		f.small = append(f.small, b)
		f.row.Add(b)
	}
	f.row.Add(f.hangup)
	f.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Radius: theme.RadiusCard, Drawn: true}, lay.Pad(14, 12, 14, 12, lay.Col(10,
		lay.Col(4,
			lay.Row(12, f.lamp, lay.Fill(lay.Col(0, f.state, f.name)), lay.Col(0, f.clock, lay.Row(4, lay.Fill(lay.Row(0)), f.signal, f.aside))),
			lay.Row(theme.Grid, lay.Fill(f.line), f.lock, f.badge),
		),
		f.sought.object, f.warning.column, f.back.column, f.consult.ground, f.row, f.known.column,
	)))
	return f
}

// Object is the card.
func (f *Front) Object() fyne.CanvasObject { return f.object }

// ID is the call on the card, 0 for none.
func (f *Front) ID() phone.CallID { return f.model.ID }

// Update draws the call. Low is the card for a window without much height: what is known of the caller beside the person
// sought is left out.
func (f *Front) Update(m present.FrontCard, low bool) {
	f.model = m
	_, ink, _ := view.Colors(m.Tone)
	border := theme.Answer
	if m.Tone == present.ToneAmber {
		border = theme.Amber
	}
	f.object.Set(widget.PanelSpec{Fill: theme.Surface, Border: border, Width: theme.StateBorder, Radius: theme.RadiusCard, Drawn: true})
	f.lamp.Set(widget.Status(m.Status))
	spans := []widget.Span{{Text: m.State, Token: ink, Bold: true}}
	if m.Route != "" {
		spans = append(spans, widget.Span{Text: "  " + m.Route})
	}
	f.state.SetSpans(spans...)
	f.name.Set(m.Who.Name)
	f.clock.Set(m.Clock)
	aside, icon := widget.Span{Text: m.Total}, ""
	if m.Total == "" && m.Quality.Word != "" {
		_, tint, _ := view.Colors(m.Quality.Tone)
		if m.Quality.Tone == present.TonePlain {
			tint = theme.Text2
		}
		icon = m.Quality.Icon
		aside = widget.Span{Text: m.Quality.Word, Token: tint}
		f.signal.Set(icon, tint)
	}
	f.aside.SetSpans(aside)
	widget.SetVisible(f.signal, icon != "")
	f.line.Set(m.Line)
	widget.SetVisible(f.line, m.Line != "")
	badge(f.badge, m.Caller)
	lockChip(f.lock, m.Lock)
	f.sought.update(f.known, m.Caller.Sought)
	known := m.Caller
	known.Sought = nil
	if low {
		known = present.Caller{}
	}
	f.known.update(m.ID, known)
	f.known.m = m.Caller // messages go to the person sought
	notes := m.Notices
	if m.Warning != "" {
		notes = append([]present.Notice{{Icon: "triangle-alert", Tone: present.ToneAmber, Text: m.Warning}}, notes...)
	}
	f.warning.update(notes, m.ID)
	f.back.update(m.Back, m.ID, low)
	f.consult.update(m.Consult, m.ID)
	f.buttons()
	lay.Again(f.object)
}

func (f *Front) buttons() {
	m := f.model
	for i, b := range f.acts {
		widget.SetVisible(b, i < len(m.Acts))
		if i >= len(m.Acts) {
			continue
		}
		spec := Spec(m.Acts[i])
		spec.Chosen = false
		f.whole[i] = spec
		b.OnTap(func() { f.deps.Run(command.ID(m.Acts[i].Command), m.ID) })
	}
	for i, b := range f.small {
		widget.SetVisible(b, i < len(m.Small))
		if i >= len(m.Small) {
			continue
		}
		spec := Spec(m.Small[i])
		spec.Tip, spec.Text, spec.Key = spec.Text, "", ""
		b.Set(spec)
		b.OnTap(func() {
			if m.Small[i].Command == moreCommand {
				f.OpenMore(b)
				return
			}
			f.deps.Run(command.ID(m.Small[i].Command), m.ID)
		})
	}
	spec := Spec(m.Hangup)
	spec.Tip, spec.Text, spec.Key, spec.Look = spec.Text, "", "", widget.Stop
	f.hangup.Set(spec)
}

// frontRow is the card's buttons: hang up at the right, the others at the left. Where they have no room the first loses
// its words, then the second its key and its words.
type frontRow struct{ f *Front }

// frontGap is between the buttons, hangupWidth the width of the last one, in dp.
const (
	frontGap    = 4
	hangupWidth = 44
)

// MinSize implements fyne.Layout.
func (l *frontRow) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(160), l.f.hangup.MinSize().Height)
}

// Layout implements fyne.Layout.
func (l *frontRow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	f := l.f
	gap, end := theme.Px(frontGap), theme.Px(hangupWidth)
	fixed := end
	for _, b := range f.small {
		if b.Visible() {
			fixed += b.MinSize().Width + gap
		}
	}
	var specs [2]widget.ButtonSpec
	for step := range 4 {
		need := fixed
		for i, b := range f.acts {
			specs[i] = f.whole[i]
			if step > 0 && i == 0 || step > 2 {
				specs[i].Tip, specs[i].Text = specs[i].Text, ""
			}
			if step > 1 && i == 1 {
				specs[i].Key = ""
			}
			if b.Visible() {
				need += specs[i].Width() + gap
			}
		}
		if need <= size.Width+0.5 {
			break
		}
	}
	for i, b := range f.acts {
		b.Set(specs[i])
	}
	x := float32(0)
	for _, b := range append(slices.Clone(f.acts), f.small...) {
		if b.Visible() {
			b.Move(fyne.NewPos(x, 0))
			b.Resize(fyne.NewSize(b.MinSize().Width, size.Height))
			x += b.MinSize().Width + gap
		}
	}
	f.hangup.Move(fyne.NewPos(size.Width-end, 0))
	f.hangup.Resize(fyne.NewSize(end, size.Height))
}

// OpenMore opens what has no button of its own.
func (f *Front) OpenMore(under fyne.CanvasObject) {
	items := Items(f.deps, f.model.More, f.model.ID)
	if f.deps.Note != nil {
		items = append(items, widget.MenuItem{Text: text.T("callnote.add"), Icon: "sticky-note", Run: func() { f.deps.Note(f.model.ID) }})
	}
	widget.ShowMenuUnder(under, items)
}

// Items is a menu of what can be done with a call.
func Items(deps view.Deps, acts []present.Act, id phone.CallID) []widget.MenuItem {
	var items []widget.MenuItem
	for _, a := range acts {
		item := widget.MenuItem{Text: a.Text, Icon: a.Icon, Key: a.Key, Chosen: a.On, Run: func() { press(deps, a, id) }}
		if !a.Enabled {
			item.Disabled = a.Reason
		}
		items = append(items, item)
	}
	return items
}

// sought is the person a call was meant for, in a line, with mail and text message to them (features.md C3).
type sought struct {
	lamp   *widget.StatusShape
	words  *widget.Text
	mail   *widget.Button
	sms    *widget.Button
	object *widget.Panel
}

func newSought(deps view.Deps) *sought {
	s := &sought{lamp: widget.NewStatusShape(widget.StatusUnknown, 22)}
	s.words = widget.NewText("", widget.Style{Size: theme.DetailSize, Cut: true})
	s.mail = widget.NewButton(widget.ButtonSpec{}, nil)
	s.sms = widget.NewButton(widget.ButtonSpec{}, nil)
	s.object = widget.NewPanel(widget.PanelSpec{Radius: theme.RadiusField}, lay.Pad(10, 1, 4, 1, lay.Row(theme.Grid, s.lamp, lay.Fill(s.words), lay.Row(0, s.mail, s.sms))))
	return s
}

func (s *sought) update(known *caller, m *present.Sought) {
	widget.SetVisible(s.object, m != nil)
	if m == nil {
		return
	}
	_, ink, soft := view.Colors(m.Lamp.Tone)
	s.object.Set(widget.PanelSpec{Fill: soft, Radius: theme.RadiusField})
	s.lamp.Set(widget.Status(m.Lamp.Status))
	s.words.SetSpans(widget.Span{Text: text.T("caller.sought_short") + " ", Token: theme.Text2}, widget.Span{Text: m.Name + " ", Bold: true}, widget.Span{Text: m.Lamp.Text, Token: ink, Bold: true, Brief: strings.Join(m.Lamp.Brief, "\n")})
	for b, model := range map[*widget.Button]present.Button{s.mail: m.Mailing, s.sms: m.Texting} {
		spec := Spec(model)
		spec.Tip, spec.Text, spec.Look, spec.Size = spec.Text, "", widget.Quiet, widget.Small
		b.Set(spec)
	}
	s.mail.OnTap(func() { person.Mails(known.deps, s.mail, known.to()) })
	s.sms.OnTap(func() { person.Texts(known.deps, s.sms, known.to()) })
}
