// Package settings is the settings window: accounts, sound, calls, recording, what the user has set
// up, look and language, about. What is changed counts at
// once; there is nothing to save.
package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// The pages.
const (
	Accounts  = "accounts"
	Sound     = "sound"
	Calls     = "calls"
	Recording = "recording"
	Contacts  = "contacts"
	Activity  = "activity"
	Roles     = "roles"
	Queues    = "queues"
	Messages  = "messages"
	Look      = "look"
	About     = "about"
)

// page is one page: how it is drawn, and how it follows the phone.
type page interface {
	object() fyne.CanvasObject
	update(present.Scene)
}

// View is the settings window's content.
type View struct {
	deps    view.Deps
	scene   present.Scene
	version string
	at      string
	pages   map[string]page
	nav     map[string]*widget.NavItem
	body    *fyne.Container
	object  fyne.CanvasObject
}

var order = []struct{ id, icon string }{
	{Accounts, "user"}, {Sound, "headphones"}, {Calls, "phone"}, {Recording, "circle-dot"},
	{Contacts, "book-user"}, {Activity, "calendar-clock"}, {Roles, "id-card"}, {Queues, "headset"}, {Messages, "message-square"},
	{Look, "palette"}, {About, "info"},
}

// New makes the settings, at a page.
func New(deps view.Deps, s present.Scene, version, at string) *View {
	v := &View{deps: deps, scene: s, version: version, pages: map[string]page{}, nav: map[string]*widget.NavItem{}, body: container.NewStack()}
	side := []fyne.CanvasObject{lay.Pad(10, 4, 0, 10, widget.NewText(text.T("settings.title"), widget.Style{Size: theme.TitleSize, Bold: true}))}
	for _, p := range order {
		v.nav[p.id] = widget.NewNavItem(p.icon, text.T("settings."+p.id), func() { v.Go(p.id) })
		side = append(side, v.nav[p.id])
	}
	left := widget.NewPanel(widget.PanelSpec{Fill: theme.Raised}, lay.Pad(10, 14, 10, 10, lay.Least(168, 0, lay.Col(2, side...))))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Bg}, lay.RowFull(0, left, widget.NewPanel(widget.PanelSpec{Fill: theme.Border}, lay.Least(1, 0, container.NewWithoutLayout())), lay.Fill(v.body)))
	v.Go(at)
	return v
}

// Go shows a page.
func (v *View) Go(id string) {
	if _, ok := v.nav[id]; !ok {
		id = Accounts
	}
	v.at = id
	for _, p := range order {
		v.nav[p.id].Choose(p.id == id)
	}
	p, ok := v.pages[id]
	if !ok {
		p = v.make(id)
		v.pages[id] = p
	}
	p.update(v.scene)
	v.body.Objects = []fyne.CanvasObject{container.NewVScroll(lay.PadAll(20, lay.Col(14,
		widget.NewText(text.T("settings."+id), widget.Style{Size: theme.HeadingSize, Bold: true}), p.object())))}
	v.body.Refresh()
	if id == Sound {
		v.deps.Meters()
	}
}

func (v *View) make(id string) page {
	switch id {
	case Sound:
		return newSound(v.deps)
	case Calls:
		return newCalls(v.deps)
	case Recording:
		return newRecording(v.deps)
	case Contacts:
		return newContacts(v.deps, v.scene)
	case Activity:
		return newMine(v.deps, v.scene, present.ActivitySwitches, present.HoursEditor(), present.LinkEditor(), present.ProfileEditor())
	case Roles:
		return newMine(v.deps, v.scene, nil, present.RoleEditor())
	case Queues:
		return newMine(v.deps, v.scene, present.QueueSwitches, present.QueueEditor())
	case Messages:
		return newMine(v.deps, v.scene, nil, present.LookupEditor(), present.TemplateEditor())
	case Look:
		return newLook(v.deps)
	case About:
		return newAbout(v.version)
	}
	return newAccounts(v.deps, v.scene)
}

// At is the page shown.
func (v *View) At() string { return v.at }

// EditAccount opens the form of an account; empty adds one.
func (v *View) EditAccount(id phone.AccountID) {
	v.Go(Accounts)
	if p, ok := v.pages[Accounts].(*accounts); ok {
		p.edit(id)
	}
}

// Object is what the window shows.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update follows the phone.
func (v *View) Update(s present.Scene) {
	v.scene = s
	v.pages[v.at].update(s)
}

// Levels draws the meters and reports whether there are any on screen.
func (v *View) Levels(l phone.Levels) bool {
	p, ok := v.pages[v.at].(*sound)
	if !ok {
		return false
	}
	p.levels(l)
	return true
}

// card is a group of settings.
func card(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.PadAll(16, lay.Col(12, rows...)))
}

func set(deps view.Deps, key, value string) {
	if err := deps.Do(phone.Set{Key: key, Value: value}); err != nil {
		deps.Say(text.Refusal(err))
	}
}

func options(in []present.Choice) ([]widget.Option, string) {
	var out []widget.Option
	chosen := ""
	for _, c := range in {
		out = append(out, widget.Option{ID: c.Value, Text: c.Text})
		if c.Chosen {
			chosen = c.Value
		}
	}
	return out, chosen
}

// titled is a card with a heading over its settings.
func titled(title string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	return lay.Col(theme.Grid, widget.NewText(title, widget.Style{Size: theme.NameSize, Bold: true}), card(rows...))
}

func label(s string) fyne.CanvasObject {
	return widget.NewText(s, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true})
}
