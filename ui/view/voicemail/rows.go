package voicemail

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/person"
	"svara/ui/view/sounds"
	"svara/ui/widget"
)

func (v *View) bind(m present.VoiceRow, row *widget.Row) {
	spec := widget.RowSpec{Name: m.Who.Face(), Strong: m.New, End: m.When, Compact: v.Compact()}
	if m.New { // the dot is told by a word in the second line as well
		spec.Title = append(spec.Title, widget.Span{Text: "● ", Token: theme.Accent})
	}
	spec.Title = append(spec.Title, sounds.Spans(m.Name)...)
	detail := func(token theme.Token, words ...widget.Span) {
		if len(words) == 0 || words[0].Text == "" {
			return
		}
		if len(spec.Detail) > 0 {
			spec.Detail = append(spec.Detail, widget.Span{Text: " · "})
		}
		for _, w := range words {
			w.Token, w.Bold = token, token != ""
			spec.Detail = append(spec.Detail, w)
		}
	}
	if m.New {
		detail(theme.AccentText, widget.Span{Text: text.T("voicemail.unheard")})
	}
	if v.IsOpen(m.ID) { // the menu has the place of the end
		detail("", widget.Span{Text: m.When})
	}
	detail("", widget.Span{Text: m.Length})
	detail(theme.AmberText, widget.Span{Text: m.Notice})
	detail("", sounds.Spans(m.Number)...)
	detail("", widget.Span{Text: m.Box})
	row.Set(spec)
	b := row.Actions()[0]
	if !v.IsOpen(m.ID) {
		v.Play(b, m.ID, m.Locked)
		return
	}
	b.Set(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more"), Look: widget.Quiet})
	b.OnTap(func() { v.items(m, func(items []widget.MenuItem) { widget.ShowMenuUnder(b, items) }) })
}

// acts are the buttons of the message that is open.
type acts struct {
	call, write, again, mark, save, trash *widget.Button
}

// newPlayer makes what a row opens to.
func (v *View) newPlayer(l *sounds.List[string, present.VoiceRow]) *sounds.Player {
	button := func(icon, key string, look widget.Look, f func(present.VoiceRow)) *widget.Button {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Tip: text.T(key), Look: look}, func() { l.WithOpen(f) })
	}
	a := &v.acts
	a.call = button("phone", "call.back", widget.Go, v.callBack)
	a.write = button("message-square", "person.text", widget.Plain, v.write)
	a.again = button("skip-back", "voicemail.again", widget.Plain, func(present.VoiceRow) { v.Player.Begin() })
	a.mark = button("check", "voicemail.mark_played", widget.Plain, v.toggleMark)
	a.save = button("download", "voicemail.save", widget.Plain, v.save)
	a.trash = button("trash-2", "recordings.delete", widget.Decline, v.remove)
	return sounds.NewPlayer(l.Tell, v.deps.Meters, v.deps.Say, text.T("voicemail.position"), 146,
		[]fyne.CanvasObject{a.call, a.write}, []fyne.CanvasObject{a.again, a.mark, a.save, a.trash})
}

// draw draws the message that is open in the player.
func (v *View) draw(m present.VoiceRow) {
	v.Player.Update(v.Scene, v.sound(m.ID), sounds.Facts{Notice: m.Locked, Locked: m.Locked})
	call := widget.ButtonSpec{Icon: "phone", Text: text.T("call.back"), Look: widget.Go, Disabled: v.CannotCall(m.Dial)}
	v.acts.call.Set(call)
	write := v.acts.write.Spec()
	write.Disabled = v.cannotWrite(m)
	v.acts.write.Set(write)
	again := v.acts.again.Spec()
	again.Disabled = m.Locked
	v.acts.again.Set(again)
	mark := widget.ButtonSpec{Icon: "check", Tip: text.T("voicemail.mark_played")}
	if !m.New {
		mark.Chosen, mark.Tip = true, text.T("voicemail.mark_new")
	}
	v.acts.mark.Set(mark)
}

func (v *View) cannotWrite(m present.VoiceRow) string {
	if m.Dial == "" {
		return text.T("history.no_number")
	}
	return ""
}

func (v *View) menu(m present.VoiceRow, c fyne.Canvas, at fyne.Position) {
	v.items(m, func(items []widget.MenuItem) {
		mark, icon := "voicemail.mark_played", "check"
		if !m.New {
			mark, icon = "voicemail.mark_new", "circle"
		}
		first := []widget.MenuItem{
			v.PlayItem(m.ID, m.Locked),
			{Text: text.T("call.back"), Icon: "phone", Disabled: v.CannotCall(m.Dial), Run: func() { v.callBack(m) }},
			{Text: text.T(mark), Icon: icon, Run: func() { v.toggleMark(m) }},
			{Text: text.T("voicemail.save"), Icon: "download", Run: func() { v.save(m) }},
			{Text: text.T("recordings.delete"), Icon: "trash-2", Run: func() { v.remove(m) }},
			{},
		}
		widget.ShowMenu(c, at, append(first, items...))
	})
}

// items is what can be done with the caller: the number copied, the contact saved, made VIP or blocked.
func (v *View) items(m present.VoiceRow, show func([]widget.MenuItem)) {
	copying := widget.MenuItem{Text: text.T("list.copy_number"), Icon: "copy", Run: func() { fyne.CurrentApp().Clipboard().SetContent(present.Clean(m.Dial, 200)) }}
	if m.Dial == "" {
		copying.Disabled = text.T("history.no_number")
	}
	items := []widget.MenuItem{copying}
	if m.Dial == "" || v.deps.Contacts == nil {
		show(items)
		return
	}
	v.deps.Contacts.Match(m.Dial, func(people []phone.Person) {
		name := ""
		if m.Who.Known {
			name = m.Who.Name
		}
		if len(people) == 0 {
			show(append(items, person.Unknown(v.deps, name, m.Dial)...))
			return
		}
		p := people[0]
		items = append(items, widget.MenuItem{Text: text.T("person.details"), Icon: "book-user", Run: func() { v.deps.Contacts.Show(p.ID) }})
		show(append(items, person.Marks(v.deps, p)...))
	})
}

// callMailbox calls the mailbox, or asks which.
func (v *View) callMailbox() {
	calls := present.MailboxCalls(v.Scene)
	if len(calls) == 1 {
		v.Tell(calls[0].Do)
		return
	}
	var items []widget.MenuItem
	for _, c := range calls {
		items = append(items, widget.MenuItem{Text: c.Name, Icon: "phone", Run: func() { v.Tell(c.Do) }})
	}
	widget.ShowMenuUnder(v.call, items)
}

func (v *View) callBack(m present.VoiceRow) { v.Tell(phone.Dial{Target: m.Dial}) }

// write opens what can be written to the caller.
func (v *View) write(m present.VoiceRow) {
	name := ""
	if m.Who.Known {
		name = m.Who.Name
	}
	person.Texts(v.deps, v.acts.write, person.Addressee{Name: name, Number: m.Dial})
}

func (v *View) toggleMark(m present.VoiceRow) { v.Tell(phone.MarkVoicemail{ID: m.ID, Played: m.New}) }

// save writes a message to a file and tells where.
func (v *View) save(m present.VoiceRow) {
	if v.deps.SaveVoicemail == nil {
		return
	}
	v.deps.SaveVoicemail(m.ID, func(path string, err error) {
		if err != nil {
			v.deps.Say(text.Refusal(err))
			return
		}
		words := text.T("voicemail.saved", "path", present.Clean(filepath.Base(path), 120))
		folder := filepath.ToSlash(filepath.Dir(path))
		if v.deps.Offer == nil || v.deps.Open == nil {
			v.deps.Say(words)
			return
		}
		v.deps.Offer(words, text.T("recordings.folder"), func() { v.deps.Open((&url.URL{Scheme: "file", Path: folder}).String()) })
	})
}

// remove takes a message out of the list at once and out of its mailbox when the time for undoing is over.
func (v *View) remove(m present.VoiceRow) {
	p := v.Scene.Snap.Playing
	v.Throw(m.ID, p != nil && p.Message == m.ID, text.T("voicemail.deleted", "name", m.Who.Name))
}
