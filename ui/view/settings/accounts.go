package settings

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/signin"
	"svara/ui/widget"
)

// accounts is the page of accounts: the list, or the form of one.
type accounts struct {
	deps   view.Deps
	scene  present.Scene
	form   *signin.Form
	asking phone.AccountID // removal asks first
	shown  []present.AccountRow
	own    map[phone.AccountID]*exchange // kept while the rows are drawn anew: somebody may be typing there
	more   map[phone.AccountID]*advanced // likewise
	column *fyne.Container
}

func newAccounts(deps view.Deps, s present.Scene) *accounts {
	return &accounts{deps: deps, scene: s, own: map[phone.AccountID]*exchange{}, more: map[phone.AccountID]*advanced{}, column: lay.Col(12)}
}

func (p *accounts) object() fyne.CanvasObject { return p.column }

func (p *accounts) framed() {}

func (p *accounts) update(s present.Scene) {
	p.scene = s
	if p.form != nil {
		p.form.Update(s)
		return
	}
	var rows []present.AccountRow
	for _, a := range s.Snap.Accounts {
		rows = append(rows, present.AccountRowOf(s, a))
	}
	for _, a := range s.Snap.Accounts {
		if p.own[a.ID] == nil {
			p.own[a.ID] = newExchange(p.deps, a.ID, p.column.Refresh)
			p.more[a.ID] = newAdvanced(p.deps, a.ID, p.column.Refresh)
		}
		p.more[a.ID].update(s, a)
		p.own[a.ID].update(s, a)
	}
	if len(p.column.Objects) > 0 && slices.Equal(rows, p.shown) {
		return
	}
	p.shown = rows
	p.draw()
}

// draw lists the accounts.
func (p *accounts) draw() {
	p.column.Objects = nil
	for _, r := range p.shown {
		p.column.Add(p.row(r))
	}
	p.column.Add(lay.Row(theme.Grid, widget.NewButton(widget.ButtonSpec{Text: text.T("account.add"), Icon: "user-plus", Look: widget.Primary}, func() { p.edit("") })))
	p.column.Refresh()
}

func (p *accounts) row(r present.AccountRow) fyne.CanvasObject {
	_, ink, _ := view.Colors(r.Tone)
	_, sign, _ := view.Colors(r.LockTone)
	var marks []fyne.CanvasObject
	marks = append(marks, lay.Shrink(widget.NewText(r.Name, widget.Style{Size: theme.NameSize, Bold: true, Cut: true})))
	if r.Default && len(p.shown) > 1 {
		marks = append(marks, widget.NewChip(widget.ChipSpec{Text: text.T("account.default"), Fill: theme.AccentSoft, Ink: theme.AccentText}, nil))
	}
	words := lay.Col(2, lay.Row(theme.Grid, marks...),
		widget.NewText(r.Address, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Cut: true}),
		lay.RowTop(6, widget.NewIcon(r.Icon, ink, theme.IconSmall), lay.Fill(widget.NewParagraph(r.State, widget.Style{Size: theme.DetailSize, Token: ink}))),
		lay.RowTop(6, widget.NewIcon(r.LockIcon, sign, theme.IconSmall), lay.Fill(widget.NewParagraph(r.Lock, widget.Style{Size: theme.DetailSize, Token: sign}))))
	small := func(icon, key string, look widget.Look, f func()) fyne.CanvasObject {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Text: text.T(key), Look: look, Size: widget.Small}, f)
	}
	if p.asking == r.ID {
		return card(words, widget.NewParagraph(text.T("account.remove_ask", "name", r.Name)+" "+text.T("account.remove_text"), widget.Style{Size: theme.BodySize}),
			lay.Row(theme.Grid, small("trash-2", "account.remove", widget.Decline, func() { p.remove(r.ID) }), small("", "button.no", widget.Plain, func() { p.ask("") })))
	}
	actions := []fyne.CanvasObject{small("pencil", "account.edit_long", widget.Plain, func() { p.edit(r.ID) })}
	if !r.Default && len(p.shown) > 1 {
		actions = append(actions, small("star", "account.make_default", widget.Plain, func() { p.makeDefault(r.ID) }))
	}
	actions = append(actions, small("log-out", "account.remove", widget.Decline, func() { p.ask(r.ID) }))
	return card(words, lay.Lines(theme.Grid, actions...), widget.NewLine(false), p.own[r.ID].object, widget.NewLine(false), p.more[r.ID].object)
}

func (p *accounts) ask(id phone.AccountID) {
	p.asking = id
	p.draw()
}

func (p *accounts) remove(id phone.AccountID) {
	p.asking = ""
	if err := p.deps.Do(phone.RemoveAccount{Account: id}); err != nil {
		p.deps.Say(text.Refusal(err))
	}
}

func (p *accounts) find(id phone.AccountID) *phone.Account {
	for _, a := range p.deps.Snapshot().Accounts {
		if a.ID == id {
			return &a.Account
		}
	}
	return nil
}

func (p *accounts) makeDefault(id phone.AccountID) {
	a := p.find(id)
	if a == nil {
		return
	}
	a.Default = true
	if err := p.deps.Do(phone.PutAccount{Account: *a}); err != nil {
		p.deps.Say(text.Refusal(err))
	}
}

// edit shows the form of an account; empty adds one.
func (p *accounts) edit(id phone.AccountID) {
	opts := signin.Options{Title: text.T("account.add"), Button: text.T("signin.sign_in")}
	if a := p.find(id); a != nil {
		opts = signin.Options{Title: text.T("signin.edit_title"), Button: text.T("signin.save"), Account: a}
	}
	p.form = signin.New(p.deps, p.scene, opts, signin.State{})
	p.form.OnSignedIn = p.leave
	back := widget.NewButton(widget.ButtonSpec{Text: text.T("button.back"), Icon: "chevron-left", Look: widget.Quiet, Size: widget.Small}, p.leave)
	p.column.Objects = []fyne.CanvasObject{lay.Row(0, back), card(p.form.Object())}
	p.column.Refresh()
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.column); c != nil {
		p.form.Focus(c)
	}
}

// leave goes back to the list.
func (p *accounts) leave() {
	p.form, p.shown = nil, nil
	p.column.Objects = nil
	p.scene.Snap = p.deps.Snapshot()
	p.update(p.scene)
}
