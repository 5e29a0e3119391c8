// Package settings is the settings window: a rail of pages, a search over all of them, and the page. The pages are drawn
// from their models in present. What is changed counts at once; there is nothing to save but forms of several fields.
package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/shortcuts"
	"svara/ui/widget"
)

// The pages that are opened from elsewhere.
const (
	Accounts      = "accounts"
	Sound         = "sound"
	Calls         = "calls"
	Recording     = "recording"
	Voicemail     = "voicemail"
	Notifications = "notifications"
	Contacts      = "contacts"
	Activity      = "activity"
	Forwarding    = "forwarding"
	Roles         = "roles"
	Queues        = "queues"
	Messages      = "messages"
	Look          = "look"
	Views         = "views"
	Numbers       = "numbers"
	Keyboard      = "keyboard"
	Links         = "links"
	Advanced      = "advanced"
	Diagnostics   = "diagnostics"
	About         = "about"
)

// View is the settings window's content.
type View struct {
	deps     view.Deps
	scene    present.Scene
	version  string
	at       string
	pages    map[string]*sheet
	accounts *accounts  // nil before its page was opened
	test     *soundTest // likewise
	marked   *spot      // what the search went to
	nav      map[string]*widget.NavItem
	headings []*fyne.Container // over the groups of the rail
	rail     *container.Scroll
	items    *fyne.Container
	search   *search
	scroll   *container.Scroll // the page's
	front    fyne.CanvasObject // what stands in the page's place while nothing is searched for: scroll, or the table of keys
	keys     *shortcuts.View   // nil before its page was opened
	body     *fyne.Container
	object   fyne.CanvasObject
}

// New makes the settings, at a page.
func New(deps view.Deps, s present.Scene, version, at string) *View {
	v := &View{deps: deps, scene: s, version: version, pages: map[string]*sheet{}, nav: map[string]*widget.NavItem{}, body: container.NewStack(), items: lay.Col(2)}
	for _, g := range present.SettingPages() {
		heading := lay.Pad(10, 10, 0, 2, widget.NewText(text.T(g.Title), widget.Style{Size: theme.DetailSize, Token: theme.Text3, Bold: true, Cut: true}))
		v.headings = append(v.headings, heading)
		v.items.Add(heading)
		for _, p := range g.Pages {
			v.nav[p.ID] = widget.NewNavItem(p.Icon, text.T(p.Title), func() { v.Go(p.ID) })
			v.items.Add(v.nav[p.ID])
		}
	}
	v.search = newSearch(v)
	v.rail = container.NewVScroll(lay.Pad(0, 0, railBar, 10, v.items))
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.New(&frame{v}, widget.NewPanel(widget.PanelSpec{Fill: theme.Raised}, container.NewWithoutLayout()),
		widget.NewText(text.T("settings.title"), widget.Style{Size: theme.TitleSize, Bold: true}), v.search.field, v.rail, widget.NewLine(true), v.body))
	v.Go(at)
	return v
}

// narrow leaves the icons of the rail, or shows its words.
func (v *View) narrow(on bool) {
	if v.headings[0].Visible() != on {
		return
	}
	for _, h := range v.headings {
		show(h, !on)
	}
	for _, n := range v.nav {
		n.Compact(on)
	}
	v.items.Refresh()
}

// Go shows a page.
func (v *View) Go(id string) {
	page, ok := present.SettingPageOf(id)
	if !ok {
		page, _ = present.SettingPageOf(Accounts)
	}
	v.search.close()
	v.at = page.ID
	for id, n := range v.nav {
		n.Choose(id == page.ID)
	}
	p := v.pages[page.ID]
	if p == nil {
		p = newSheet(v.deps, page, v.parts(page.ID))
		v.pages[page.ID] = p
	}
	v.mark(nil)
	v.scroll = container.NewVScroll(lay.Pad(24, 16, 24, 20, lay.Col(14, pageTitle(page), p.object())))
	v.front = v.scroll
	if page.ID == Keyboard {
		v.front = lay.Col(0, lay.Pad(20, 16, 20, 0, pageTitle(page)), lay.Fill(v.keyTable()))
	}
	v.update()
	v.put(v.front)
	v.reveal(v.rail.Offset.Y)
	if page.ID == Sound {
		v.deps.Meters()
	}
}

// pageTitle is what stands over a page.
func pageTitle(page present.SettingPage) fyne.CanvasObject {
	return widget.NewText(text.T(page.Title), widget.Style{Size: theme.HeadingSize, Bold: true, Cut: true})
}

// keyTable is the table of keys, which scrolls by itself.
func (v *View) keyTable() fyne.CanvasObject {
	if v.keys == nil {
		v.keys = shortcuts.Editor(v.deps, v.scene, v.deps.Keys)
	}
	return v.keys.Object()
}

func (v *View) put(o fyne.CanvasObject) {
	v.body.Objects = []fyne.CanvasObject{o}
	v.body.Refresh()
}

// reveal scrolls the rail from where it is to be, or no further than to the page's item.
func (v *View) reveal(from float32) {
	n := v.nav[v.at]
	top, height := n.Position().Y, v.rail.Size().Height
	if height <= 0 {
		return
	}
	y := min(from, top)
	y = max(y, top+n.Size().Height-height)
	if y != v.rail.Offset.Y {
		v.rail.ScrollToOffset(fyne.NewPos(0, y))
	}
}

// parts are what a page has that is drawn in its own way, by row.
func (v *View) parts(page string) map[string]part {
	deps, s := v.deps, v.scene
	edit := func(spec present.Editor) part { return newEditor(deps, s, spec) }
	switch page {
	case Accounts:
		v.accounts = newAccounts(deps, s)
		return map[string]part{"accounts": v.accounts}
	case Sound:
		v.test = newSoundTest(deps)
		return map[string]part{phone.KeyOutput: newDevice(deps, phone.KeyOutput), phone.KeyInput: newDevice(deps, phone.KeyInput), phone.KeyRing: newDevice(deps, phone.KeyRing), "soundtest": v.test,
			"cleaning": newNote("audio-lines", theme.Text2, theme.Raised, present.CleaningNow)}
	case Recording:
		return map[string]part{phone.KeyRecordFolder: newFolder(deps)}
	case Voicemail:
		return map[string]part{"mailservers": newMailServers(deps, s)}
	case Look:
		return map[string]part{phone.KeyTextSize: newTextSize(deps)}
	case Contacts:
		out := map[string]part{"books": newBooks(deps, s)}
		if deps.Contacts != nil && deps.Contacts.Import != nil {
			out["files"] = newContactFiles(deps)
		}
		return out
	case Numbers:
		return map[string]part{"emergency": newNote("triangle-alert", theme.WarnText, theme.WarnSoft, func(present.Scene) string { return text.T("settings.emergency_warning") })}
	case Messages:
		return map[string]part{"templates": edit(present.TemplateEditor()), "lookups": edit(present.LookupEditor())}
	case Activity:
		return map[string]part{"hours": edit(present.HoursEditor())}
	case Forwarding:
		return map[string]part{"links": edit(present.LinkEditor()), "profiles": edit(present.ProfileEditor()), "forwards": newForwards(deps)}
	case Roles:
		return map[string]part{"roles": edit(present.RoleEditor())}
	case Queues:
		return map[string]part{"queues": edit(present.QueueEditor())}
	case Advanced:
		return map[string]part{phone.KeyCodecs: newCodecs(deps), phone.KeyPasswordPlace: newNote("key-round", theme.Text2, theme.Raised, present.PasswordPlace)}
	case Diagnostics:
		return map[string]part{"diagnostics": newDiagnostics(deps, v.version)}
	case About:
		return map[string]part{"about": newAbout(deps, v.version), "licences": newLicences()}
	}
	return nil
}

// At is the page shown.
func (v *View) At() string { return v.at }

// EditAccount opens the form of an account; empty adds one.
func (v *View) EditAccount(id phone.AccountID) {
	v.Go(Accounts)
	v.accounts.edit(id)
}

// Object is what the window shows.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update follows the phone.
func (v *View) Update(s present.Scene) {
	v.scene = s
	v.update()
}

func (v *View) update() {
	v.pages[v.at].update(v.scene)
	if v.at == Keyboard {
		v.keys.Update(v.scene)
	}
}

// Levels draws the meters and reports whether there are any on screen.
func (v *View) Levels(l phone.Levels) bool {
	if v.at != Sound || v.test == nil {
		return false
	}
	v.test.levels(l)
	return true
}

// Leave is told when the window is closed: a test of the sound is over.
func (v *View) Leave() {
	if v.scene.Snap.SoundTest != nil {
		testSound(v.deps, "")
	}
}

// Back undoes one step: it ends the search, or what is open in the table of keys. It reports whether there was anything.
func (v *View) Back() bool { return v.search.close() || v.at == Keyboard && v.keys.Back() }

// FocusSearch puts the keyboard in the search.
func (v *View) FocusSearch(c fyne.Canvas) { c.Focus(v.search.field.Entry()) }

// newForwards is the way to what the exchange forwards now.
func newForwards(deps view.Deps) part {
	return newDoor(text.T("settings.forwards_help"), widget.ButtonSpec{Icon: "phone-forwarded", Text: text.T("settings.forwards_open")}, func() { deps.Show(command.ViewForwarding) })
}

// door is a sentence and a button to a window of its own.
type door struct{ all fyne.CanvasObject }

func newDoor(words string, spec widget.ButtonSpec, open func()) door {
	return door{lay.Col(12, widget.NewParagraph(words, widget.Style{Size: theme.BodySize, Token: theme.Text2}), lay.Row(0, widget.NewButton(spec, open)))}
}

func (d door) object() fyne.CanvasObject { return d.all }
func (d door) update(present.Scene)      {}

// card is a group of settings.
func card(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Radius: theme.RadiusCard}, lay.PadAll(16, lay.Col(12, rows...)))
}

// titled is a card with a heading over its settings.
func titled(title string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	return lay.Col(theme.Grid, widget.NewParagraph(title, widget.Style{Size: theme.NameSize, Bold: true}), card(rows...))
}

func label(s string) fyne.CanvasObject {
	return widget.NewText(s, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true, Cut: true})
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
