package call

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// caller is what is known of the one at the other end: the way of its diversions, the person sought, the last call, pages to
// look in. What is not known takes no room.
type caller struct {
	deps view.Deps
	id   phone.CallID
	m    present.Caller

	path   *widget.Paragraph
	lamp   *widget.StatusShape
	who    *widget.Text
	why    *widget.Text
	mail   *widget.Button
	sms    *widget.Button
	sought *widget.Panel
	last   *widget.Paragraph
	note   *widget.Paragraph
	lastUp *fyne.Container
	tasks  *tasks
	looks  []*widget.Button
	row    *fyne.Container
	column *fyne.Container
}

func newCaller(deps view.Deps) *caller {
	c := &caller{deps: deps}
	small := widget.Style{Size: theme.DetailSize, Token: theme.Text2}
	c.path = widget.NewParagraph("", small)
	c.lamp = widget.NewStatusShape(widget.StatusUnknown, 28)
	c.who = widget.NewText("", widget.Style{Size: theme.BodySize, Cut: true})
	c.why = widget.NewText("", widget.Style{Size: theme.DetailSize, Cut: true})
	c.mail = widget.NewButton(widget.ButtonSpec{}, nil)
	c.mail.OnTap(func() { person.Mails(deps, c.mail, c.to()) })
	c.sms = widget.NewButton(widget.ButtonSpec{}, nil)
	c.sms.OnTap(func() { person.Texts(deps, c.sms, c.to()) })
	c.sought = widget.NewPanel(widget.PanelSpec{Radius: theme.RadiusField}, lay.Pad(10, 6, 6, 6, lay.Row(10, c.lamp, lay.Fill(lay.Col(0, c.who, c.why)), c.mail, c.sms)))
	c.last, c.note = widget.NewParagraph("", small), widget.NewParagraph("", small)
	c.lastUp = lay.RowTop(theme.Grid, lay.Pad(0, 1, 0, 0, widget.NewIcon("history", theme.Text2, theme.IconSmall)), lay.Fill(lay.Col(0, c.last, c.note)))
	c.row = lay.Lines(theme.Grid)
	c.tasks = newTasks(deps)
	c.column = lay.Col(theme.Grid, c.sought, c.path, c.lastUp, c.tasks.object, c.row)
	return c
}

// way is a line about how a call came: its queue or number, and the person sought.
type way struct {
	words  *widget.Text
	object *widget.Panel
}

func newWay() *way {
	w := &way{words: widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true})}
	w.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Radius: theme.RadiusField},
		lay.Pad(10, 6, 10, 6, lay.Row(theme.Grid, widget.NewIcon("route", theme.Text2, theme.IconSmall), lay.Fill(w.words))))
	w.object.Hide()
	return w
}

func (w *way) set(m present.Caller) {
	sought := ""
	if m.Sought != nil {
		sought = text.T("caller.way_sought", "name", m.Sought.Name)
	}
	words := joined(m.Route, sought)
	w.words.Set(words)
	widget.SetVisible(w.object, words != "")
}

// to is the person sought, for messages to them.
func (c *caller) to() person.Addressee {
	s := c.m.Sought
	if s == nil {
		return person.Addressee{}
	}
	to := person.Addressee{Name: s.Name, Number: s.Mobile, Emails: s.Emails}
	snap := c.deps.Snapshot()
	if k := snap.Call(c.id); k != nil {
		to.Fields = present.FieldsOf(present.Scene{Snap: snap, Now: snap.Time}, *k)
	}
	return to
}

func (c *caller) update(id phone.CallID, m present.Caller) {
	c.id, c.m = id, m
	words := func(p *widget.Paragraph, s string) {
		p.Set(s)
		widget.SetVisible(p, s != "")
	}
	words(c.path, m.Path)
	widget.SetVisible(c.sought, m.Sought != nil)
	if s := m.Sought; s != nil {
		_, ink, soft := view.Colors(s.Lamp.Tone)
		c.sought.Set(widget.PanelSpec{Fill: soft, Radius: theme.RadiusField})
		c.lamp.Set(widget.Status(s.Lamp.Status))
		c.who.SetSpans(widget.Span{Text: text.T("caller.sought") + " "}, widget.Span{Text: s.Name, Bold: true})
		spans := []widget.Span{{Text: s.Lamp.Text, Token: ink, Bold: true, Brief: strings.Join(s.Lamp.Brief, "\n")}}
		if s.Why != "" {
			if s.Lamp.Text != "" {
				spans = append(spans, widget.Span{Text: " · ", Token: ink})
			}
			spans = append(spans, widget.Span{Text: s.Why, Token: ink})
		}
		c.why.SetSpans(spans...)
		for b, model := range map[*widget.Button]present.Button{c.mail: s.Mailing, c.sms: s.Texting} {
			spec := Spec(model)
			spec.Tip, spec.Text = spec.Text, ""
			b.Set(spec)
		}
	}
	words(c.last, m.Last)
	quoted := ""
	if m.Note != "" {
		quoted = "”" + m.Note + "”"
	}
	words(c.note, quoted)
	widget.SetVisible(c.lastUp, m.Last != "" || m.Note != "")
	c.tasks.update(m.Tasks)
	c.lookups(m.Lookups)
	widget.SetVisible(c.column, m.Path != "" || m.Sought != nil || c.lastUp.Visible() || len(m.Tasks) > 0 || len(m.Lookups) > 0)
	lay.Again(c.column)
}

func (c *caller) lookups(models []present.Lookup) {
	for len(c.looks) < len(models) {
		b := widget.NewButton(widget.ButtonSpec{}, nil)
		c.looks = append(c.looks, b)
		c.row.Add(b)
	}
	for i, b := range c.looks {
		widget.SetVisible(b, i < len(models))
		if i < len(models) {
			l := models[i]
			b.Set(widget.ButtonSpec{Icon: "globe", Text: l.Name, Size: widget.Small, Disabled: l.Why, Tip: text.T("caller.lookup")})
			b.OnTap(func() { c.deps.Open(l.URL) })
		}
	}
	widget.SetVisible(c.row, len(models) > 0)
}

// badge is the chip of a VIP or a blocked caller.
func badge(chip *widget.Chip, m present.Caller) {
	widget.SetVisible(chip, m.Badge != "")
	if m.Badge != "" {
		_, ink, soft := view.Colors(m.Tone)
		chip.Set(widget.ChipSpec{Text: m.Badge, Icon: m.Icon, Fill: soft, Ink: ink})
	}
}

// joined puts what there is side by side.
func joined(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += " · "
		}
		out += p
	}
	return out
}
