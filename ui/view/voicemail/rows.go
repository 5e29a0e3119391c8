package voicemail

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/inbox"
	"svara/ui/view/person"
	"svara/ui/widget"
)

func (v *View) create() *widget.Row {
	return widget.NewRow(widget.NewButton(widget.ButtonSpec{Icon: "play", Tip: text.T("recordings.play")}, nil))
}

// height is how high a row is: more for the one that is open.
func (v *View) height(i int) float32 {
	if i >= len(v.models) {
		return 0
	}
	h := widget.RowHeight(v.compact)
	if v.models[i].ID == v.open {
		h += v.player.Height(v.rows.Size().Width)
	}
	return h
}

func (v *View) bind(i int, row *widget.Row) {
	if i >= len(v.models) {
		return
	}
	m := v.models[i]
	spec := widget.RowSpec{Name: m.Who.Face(), Strong: m.New, End: m.When, Compact: v.compact}
	if m.New { // the dot is told by a word in the second line as well
		spec.Title = append(spec.Title, widget.Span{Text: "● ", Token: theme.Accent})
	}
	spec.Title = append(spec.Title, spans(m.Name)...)
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
	if m.ID == v.open { // the menu has the place of the end
		detail("", widget.Span{Text: m.When})
	}
	detail("", widget.Span{Text: m.Length})
	detail(theme.AmberText, widget.Span{Text: m.Notice})
	detail("", spans(m.Number)...)
	detail("", widget.Span{Text: m.Box})
	row.Set(spec)
	b := row.Actions()[0]
	if m.ID == v.open {
		b.Set(widget.ButtonSpec{Icon: "ellipsis", Tip: text.T("person.more"), Look: widget.Quiet})
		b.OnTap(func() { v.items(m, func(items []widget.MenuItem) { widget.ShowMenuUnder(b, items) }) })
	} else {
		p := present.PlayerOf(v.scene, v.sound(m.ID), 0)
		b.Set(widget.ButtonSpec{Icon: p.Toggle.Icon, Tip: p.Toggle.Text, Disabled: m.Locked})
		b.OnTap(func() { v.playAt(v.index(m.ID)) })
	}
	if m.ID == v.open {
		row.SetBelow(v.player.Object())
	} else {
		row.SetBelow(nil)
	}
}

func spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

// show opens a message; "" closes the one that is open.
func (v *View) show(id string) {
	v.open = id
	v.drawPlayer()
	v.rows.Reload()
	if at := v.index(id); at >= 0 {
		v.rows.SetCursor(at) // what it opens to comes into sight
	}
}

// press opens a row, or closes the one that is open.
func (v *View) press(i int) {
	if i < 0 || i >= len(v.models) {
		return
	}
	v.focus(v.rows) // the arrows seek and Space plays from here
	if id := v.models[i].ID; id != v.open {
		v.show(id)
		return
	}
	v.show("")
}

// playAt opens a message and plays it, or pauses it.
func (v *View) playAt(i int) {
	if i < 0 || i >= len(v.models) {
		return
	}
	if m := v.models[i]; m.ID != v.open {
		v.show(m.ID)
	}
	v.player.Press()
}

// acts are the buttons of the message that is open.
type acts struct {
	call, write, again, mark, save, trash *widget.Button
}

// newPlayer makes what a row opens to.
func (v *View) newPlayer() *inbox.Player {
	button := func(icon, key string, look widget.Look, f func(present.VoiceRow)) *widget.Button {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Tip: text.T(key), Look: look}, func() {
			if i := v.index(v.open); i >= 0 {
				f(v.models[i])
			}
		})
	}
	a := &v.acts
	a.call = button("phone", "call.back", widget.Go, v.callBack)
	a.write = button("message-square", "person.text", widget.Plain, v.write)
	a.again = button("skip-back", "voicemail.again", widget.Plain, func(present.VoiceRow) { v.player.Begin() })
	a.mark = button("check", "voicemail.mark_played", widget.Plain, v.toggleMark)
	a.save = button("download", "voicemail.save", widget.Plain, v.save)
	a.trash = button("trash-2", "recordings.delete", widget.Decline, v.remove)
	return inbox.NewPlayer(v.tell, v.deps.Meters, v.deps.Say, text.T("voicemail.position"), 146,
		[]fyne.CanvasObject{a.call, a.write}, []fyne.CanvasObject{a.again, a.mark, a.save, a.trash})
}

// drawPlayer draws the message that is open.
func (v *View) drawPlayer() {
	i := v.index(v.open)
	if i < 0 {
		return
	}
	m := v.models[i]
	v.player.Update(v.scene, v.sound(m.ID), inbox.Facts{Notice: m.Locked, Locked: m.Locked})
	call := widget.ButtonSpec{Icon: "phone", Text: text.T("call.back"), Look: widget.Go, Disabled: v.cannotCall(m)}
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

// cannotCall is why a caller cannot be called back.
func (v *View) cannotCall(m present.VoiceRow) string {
	if m.Dial == "" {
		return text.T("history.no_number")
	}
	if ok, why := present.CanDial(v.scene); !ok {
		return why
	}
	return ""
}

func (v *View) cannotWrite(m present.VoiceRow) string {
	if m.Dial == "" {
		return text.T("history.no_number")
	}
	return ""
}

func (v *View) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(v.models) {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(v.rows)
	if c == nil {
		return
	}
	m := v.models[i]
	v.items(m, func(items []widget.MenuItem) {
		p := present.PlayerOf(v.scene, v.sound(m.ID), 0)
		mark, icon := "voicemail.mark_played", "check"
		if !m.New {
			mark, icon = "voicemail.mark_new", "circle"
		}
		first := []widget.MenuItem{
			{Text: p.Toggle.Text, Icon: p.Toggle.Icon, Disabled: m.Locked, Run: func() { v.playAt(v.index(m.ID)) }},
			{Text: text.T("call.back"), Icon: "phone", Disabled: v.cannotCall(m), Run: func() { v.callBack(m) }},
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
	calls := present.MailboxCalls(v.scene)
	if len(calls) == 1 {
		v.tell(calls[0].Do)
		return
	}
	var items []widget.MenuItem
	for _, c := range calls {
		items = append(items, widget.MenuItem{Text: c.Name, Icon: "phone", Run: func() { v.tell(c.Do) }})
	}
	widget.ShowMenuUnder(v.call, items)
}

func (v *View) callBack(m present.VoiceRow) { v.tell(phone.Dial{Target: m.Dial}) }

// write opens what can be written to the caller.
func (v *View) write(m present.VoiceRow) {
	name := ""
	if m.Who.Known {
		name = m.Who.Name
	}
	person.Texts(v.deps, v.acts.write, person.Addressee{Name: name, Number: m.Dial})
}

func (v *View) toggleMark(m present.VoiceRow) { v.tell(phone.MarkVoicemail{ID: m.ID, Played: m.New}) }

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

// tell does something with the phone and shows why not.
func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}

// remove takes a message out of the list at once and out of its mailbox when the time for undoing is over.
func (v *View) remove(m present.VoiceRow) {
	v.settle()
	if p := v.scene.Snap.Playing; p != nil && p.Message == m.ID {
		v.tell(phone.StopPlaying{})
	}
	v.gone[m.ID], v.deleting = true, m.ID
	v.cancel = v.after(widget.ToastTime, func() {
		if v.deleting == m.ID {
			v.settle()
		}
	})
	v.draw(true)
	if r := widget.RootOf(v.object); r != nil {
		r.Toast("trash-2", text.T("voicemail.deleted", "name", m.Who.Name), text.T("button.undo"), func() { v.undo(m.ID) })
	}
}

// settle deletes what was waiting for it.
func (v *View) settle() {
	id := v.deleting
	if id == "" {
		return
	}
	v.cancel()
	v.deleting = ""
	if !v.tell(phone.DeleteVoicemail{ID: id}) {
		delete(v.gone, id)
		v.draw(true)
	}
}

// undo brings a message back while it is not deleted.
func (v *View) undo(id string) {
	if v.deleting != id {
		return
	}
	v.cancel()
	v.deleting = ""
	delete(v.gone, id)
	v.draw(true)
	if at := v.index(id); at >= 0 {
		v.rows.SetCursor(at)
	}
}
