package queue

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/warning"
	"svara/ui/widget"
)

// Page is a queue of the team server's: how it went today, who waits, who answers (features.md G3, G4, G5).
type Page struct {
	deps  view.Deps
	call  func(phone.Dial)
	scene present.Scene
	id    phone.QueueID

	bars     *warning.Bars
	choose   *widget.Select
	settings *widget.Button
	state    *widget.Paragraph
	figures  *fyne.Container
	cells    []*figure
	rows     *widget.KeyList
	top      *widget.Panel
	icon     *widget.Icon
	nothing  *widget.Text
	help     *widget.Paragraph
	empty    *fyne.Container
	object   *fyne.Container

	model present.QueuePage
	width float32 // px
}

// columnsFrom is the width, in dp, from which a member's figures have columns.
const columnsFrom = 640

// NewPage makes the page. call dials, or answers what the face's field asks.
func NewPage(deps view.Deps, call func(phone.Dial)) *Page {
	p := &Page{deps: deps, call: call, bars: warning.New(deps, nil)}
	p.choose = widget.NewSelect("headset", func(id string) { p.Open(phone.QueueID(id)) })
	p.choose.SetName(text.T("queue.choose"))
	p.settings = widget.NewButton(widget.ButtonSpec{}, p.set)
	p.state = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	p.figures = lay.Tiles(8, theme.Grid)
	p.rows = widget.NewKeyList(p.count, p.create, p.bind)
	p.rows.Height = p.height
	p.rows.OnActivate = func(int) {}
	p.rows.OnMenu = p.menu
	p.top = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true},
		lay.Pad(16, 10, 16, 10, lay.Col(10, lay.Row(theme.Grid, lay.Fill(p.choose), p.settings), p.state, p.figures)))
	p.icon = widget.NewIcon("", theme.BorderStrong, 32)
	p.nothing = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Align: fyne.TextAlignCenter, Cut: true})
	p.help = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2, Align: fyne.TextAlignCenter})
	p.empty = lay.Pad(32, 48, 32, 16, lay.Col(theme.Grid, p.icon, p.nothing, p.help))
	column := lay.Col(0, p.bars.Object(), p.top, lay.Fill(container.NewStack(p.rows, p.empty)))
	p.object = container.New(&pageFrame{p}, widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewWithoutLayout()), column)
	return p
}

// pageFrame gives everything the whole room and follows its width.
type pageFrame struct{ p *Page }

// MinSize implements fyne.Layout.
func (f *pageFrame) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(260), theme.Px(240))
}

// Layout implements fyne.Layout.
func (f *pageFrame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	wide := f.p.wide()
	f.p.width = size.Width
	if f.p.wide() != wide {
		f.p.rows.Reload()
	}
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func (p *Page) wide() bool { return p.width >= theme.Px(columnsFrom) }

// Object is the page, as large as it is given room.
func (p *Page) Object() fyne.CanvasObject { return p.object }

// Open shows a queue.
func (p *Page) Open(id phone.QueueID) {
	if p.id != id {
		p.id = id
		p.rows.SetCursor(-1)
		if p.scene.Snap != nil {
			p.Update(p.scene)
		}
	}
}

// Update draws a scene.
func (p *Page) Update(s present.Scene) {
	p.scene = s
	p.bars.Update(present.TeamBars(s, phone.SetQueue{}.Verb(), phone.SetQueueMember{}.Verb(), phone.LogIn{}.Verb()))
	tabs := present.QueueTabs(s)
	if !slices.ContainsFunc(tabs, func(c present.Choice) bool { return c.Value == string(p.id) }) && len(tabs) > 0 {
		p.id = phone.QueueID(tabs[0].Value)
	}
	m, ok := present.QueuePageOf(s, p.id)
	widget.SetVisible(p.top, ok)
	widget.SetVisible(p.rows, ok)
	widget.SetVisible(p.empty, !ok)
	p.model = m
	if !ok {
		e := present.QueuesEmpty(s)
		p.icon.Set(e.Icon, theme.BorderStrong)
		p.nothing.Set(e.Title)
		p.help.Set(e.Text)
		lay.Again(p.object)
		return
	}
	var options []widget.Option
	for _, t := range tabs {
		options = append(options, widget.Option{ID: t.Value, Text: t.Text})
	}
	p.choose.Set(options, string(p.id))
	widget.SetVisible(p.settings, !m.Agents)
	p.settings.Set(widget.ButtonSpec{Icon: "settings", Tip: text.T("queue.settings"), Disabled: m.Settings})
	p.state.Set(m.Head)
	token := theme.Text2
	if m.Stale != "" {
		p.state.Set(m.Stale)
		token = theme.WarnText
	}
	p.state.SetToken(token)
	p.draw(m.Figures)
	p.rows.Reload()
	lay.Again(p.object)
}

// figure is one number of the day.
type figure struct {
	value, label *widget.Text
	object       *widget.Panel
}

func (p *Page) draw(figures []present.QueueFigure) {
	widget.SetVisible(p.figures, len(figures) > 0)
	for len(p.cells) < len(figures) {
		f := &figure{
			value: widget.NewText("", widget.Style{Size: theme.TitleSize, Bold: true, Figures: true, Cut: true}),
			label: widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true}),
		}
		f.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Radius: theme.RadiusField}, lay.Least(112, 0, lay.Pad(10, 6, 10, 6, lay.Col(0, f.value, f.label))))
		p.cells = append(p.cells, f)
		p.figures.Add(f.object)
	}
	for i, m := range figures {
		_, ink, _ := view.Colors(m.Tone)
		if m.Tone == present.TonePlain {
			ink = theme.Text
		}
		p.cells[i].value.Set(m.Value)
		p.cells[i].value.SetToken(ink)
		p.cells[i].label.Set(m.Label)
	}
}

// set opens the form of the queue's settings.
func (p *Page) set() {
	if p.deps.QueueSettings != nil {
		p.deps.QueueSettings(p.id, p.model.Name)
	}
}

// Ticking reports whether a time on screen changes with the second.
func (p *Page) Ticking() bool {
	return p.object.Visible() && p.scene.Snap != nil && present.QueuePageTicking(p.scene, p.id)
}

// Focus puts the keyboard in the list.
func (p *Page) Focus(c fyne.Canvas) { c.Focus(p.rows) }

// Back takes the highlight away. It reports whether there was one.
func (p *Page) Back() bool {
	if p.rows.Cursor() < 0 {
		return false
	}
	p.rows.SetCursor(-1)
	return true
}

// Move moves the highlight.
func (p *Page) Move(rows int) { p.rows.MoveCursor(rows) }

// OpenMenu opens the menu of the highlighted row.
func (p *Page) OpenMenu() { p.rows.OpenMenu() }

// Copy shows what another page shows.
func (p *Page) Copy(from *Page) { p.id = from.id }

// tell does something with the phone and shows why not.
func (p *Page) tell(c phone.Command) {
	if err := p.deps.Do(c); err != nil {
		p.deps.Say(text.Refusal(err))
	}
}
