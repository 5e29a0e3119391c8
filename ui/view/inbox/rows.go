package inbox

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

func (v *View) create() *widget.Row {
	return widget.NewRow(widget.NewButton(widget.ButtonSpec{Icon: "play", Tip: text.T("recordings.play")}, nil))
}

// height is how high a row is: more for the first of a day, and for the one that is open.
func (v *View) height(i int) float32 {
	if i >= len(v.models) {
		return 0
	}
	h := widget.RowHeight(v.scene.Snap != nil && v.scene.Snap.Settings.Bool(phone.KeyCompact))
	if v.models[i].Day != "" {
		h += widget.HeadHeight
	}
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
	spec := widget.RowSpec{Name: m.Who.Face(), Strong: m.Unseen, End: m.Clock, Head: m.Day, Bare: m.ID == v.open, Compact: v.scene.Snap.Settings.Bool(phone.KeyCompact)}
	if m.Unseen { // the dot is told by a word in the second line as well
		spec.Title = append(spec.Title, widget.Span{Text: "● ", Token: theme.Accent})
	}
	spec.Title = append(spec.Title, spans(m.Name)...)
	detail := func(words string, token theme.Token) {
		if words == "" {
			return
		}
		if len(spec.Detail) > 0 {
			spec.Detail = append(spec.Detail, widget.Span{Text: " · "})
		}
		spec.Detail = append(spec.Detail, widget.Span{Text: words, Token: token, Bold: token != ""})
	}
	detail(m.Running, theme.RedText)
	detail(m.Length, "")
	if m.Unseen {
		detail(text.T("recordings.unseen"), theme.AccentText)
	}
	detail(m.Notice, theme.AmberText)
	detail(m.Way, "")
	if m.Number != nil {
		spec.Detail = append(append(spec.Detail, widget.Span{Text: " · "}), spans(m.Number)...)
	}
	row.Set(spec)
	play := row.Actions()[0]
	p := present.PlayerOf(v.scene, v.sound(m.ID), 0)
	b := widget.ButtonSpec{Icon: p.Toggle.Icon, Tip: p.Toggle.Text}
	if m.Running != "" {
		b.Disabled = text.T("recordings.running_reason")
	}
	play.Set(b)
	play.OnTap(func() { v.playAt(v.index(m.ID)) })
	if m.ID == v.open {
		row.SetBelow(v.player.Object())
	} else {
		row.SetBelow(nil)
	}
}

// newPlayer makes what a row opens to.
func (v *View) newPlayer() *Player {
	button := func(icon, key string, look widget.Look, f func(present.RecordingRow)) *widget.Button {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Tip: text.T(key), Look: look}, func() {
			if i := v.index(v.open); i >= 0 {
				f(v.models[i])
			}
		})
	}
	v.call = button("phone", "call.back", widget.Go, v.callBack)
	v.mail = button("mail-plus", "recordings.mail", widget.Plain, v.mailMe)
	v.trash = button("trash-2", "recordings.delete", widget.Decline, v.remove)
	return NewPlayer(v.tell, v.deps.Meters, v.deps.Say, text.T("recordings.position"), 110, []fyne.CanvasObject{v.call}, []fyne.CanvasObject{
		v.mail, button("copy", "recordings.copy_path", widget.Plain, v.copyPath), button("folder-open", "recordings.folder", widget.Plain, v.openFolder), v.trash,
	})
}

// drawPlayer draws the recording that is open.
func (v *View) drawPlayer() {
	i := v.index(v.open)
	if i < 0 {
		return
	}
	m := v.models[i]
	f := Facts{Detail: m.Format + " · " + present.Clean(filepath.Base(m.Path), 120), Notice: m.Ended}
	if m.Running != "" {
		f.Locked = text.T("recordings.running_reason")
	}
	v.player.Update(v.scene, v.sound(m.ID), f)
	lock := func(b *widget.Button, why string) {
		spec := b.Spec()
		spec.Disabled = why
		b.Set(spec)
	}
	spec := v.call.Spec()
	spec.Text, spec.Tip = text.T("call.back"), ""
	v.call.Set(spec)
	lock(v.call, v.cannotCall(m))
	lock(v.trash, f.Locked)
	lock(v.mail, v.cannotMail(m))
}

// cannotCall is why a caller cannot be called back.
func (v *View) cannotCall(m present.RecordingRow) string {
	if m.Dial == "" {
		return text.T("history.no_number")
	}
	if ok, why := present.CanDial(v.scene); !ok {
		return why
	}
	return ""
}

// cannotMail is why a recording cannot be mailed.
func (v *View) cannotMail(m present.RecordingRow) string {
	if m.Running != "" {
		return text.T("recordings.running_reason")
	}
	return present.CannotMail(v.scene)
}

func spans(in []present.Span) []widget.Span {
	out := make([]widget.Span, 0, len(in))
	for _, s := range in {
		out = append(out, widget.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

// show opens a recording; 0 closes the one that is open.
func (v *View) show(id int64) {
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
	v.show(0)
}

// playAt opens a recording and plays it, or pauses it.
func (v *View) playAt(i int) {
	if i < 0 || i >= len(v.models) {
		return
	}
	m := v.models[i]
	if m.ID != v.open {
		v.show(m.ID)
	}
	v.player.Press()
}

func (v *View) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(v.models) {
		return
	}
	m := v.models[i]
	c := fyne.CurrentApp().Driver().CanvasForObject(v.rows)
	if c == nil {
		return
	}
	p := present.PlayerOf(v.scene, v.sound(m.ID), 0)
	play := widget.MenuItem{Text: p.Toggle.Text, Icon: p.Toggle.Icon, Run: func() { v.playAt(v.index(m.ID)) }}
	remove := widget.MenuItem{Text: text.T("recordings.delete"), Icon: "trash-2", Run: func() { v.remove(m) }}
	if m.Running != "" {
		play.Disabled, remove.Disabled = text.T("recordings.running_reason"), text.T("recordings.running_reason")
	}
	widget.ShowMenu(c, at, []widget.MenuItem{
		play,
		{Text: text.T("call.back"), Icon: "phone", Disabled: v.cannotCall(m), Run: func() { v.callBack(m) }},
		{Text: text.T("recordings.mail"), Icon: "mail-plus", Disabled: v.cannotMail(m), Run: func() { v.mailMe(m) }},
		{Text: text.T("recordings.copy_path"), Icon: "copy", Run: func() { v.copyPath(m) }},
		{Text: text.T("recordings.folder"), Icon: "folder-open", Run: func() { v.openFolder(m) }},
		remove,
	})
}

func (v *View) callBack(m present.RecordingRow) { v.tell(phone.Dial{Target: m.Dial}) }

// mailMe puts a recording into the user's own mail. How it went is told when the mail server has answered.
func (v *View) mailMe(m present.RecordingRow) {
	if v.tell(phone.MailRecording{ID: m.ID}) {
		v.deps.Say(text.T("recordings.mailing"))
	}
}

// tell does something with the phone and shows why not.
func (v *View) tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}

func (v *View) copyPath(m present.RecordingRow) {
	fyne.CurrentApp().Clipboard().SetContent(m.Path)
	v.deps.Say(text.T("recordings.copied"))
}

func (v *View) openFolder(m present.RecordingRow) {
	folder := filepath.Dir(m.Path)
	if err := fyne.CurrentApp().OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(folder)}); err != nil {
		v.deps.Say(text.T("recordings.no_folder", "path", folder))
	}
}

// remove takes a recording out of the list at once and out of the phone when the time for undoing is over.
func (v *View) remove(m present.RecordingRow) {
	if m.Running != "" {
		v.deps.Say(text.T("recordings.running_reason"))
		return
	}
	v.settle()
	if p := v.scene.Snap.Playing; p != nil && p.ID == m.ID {
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
		r.Toast("trash-2", text.T("recordings.deleted", "name", m.Who.Name), text.T("button.undo"), func() { v.undo(m.ID) })
	}
}

// settle deletes what was waiting for it.
func (v *View) settle() {
	id := v.deleting
	if id == 0 {
		return
	}
	v.cancel()
	v.deleting = 0
	if !v.tell(phone.DeleteRecording{ID: id}) {
		delete(v.gone, id)
		v.draw(true)
	}
}

// undo brings a recording back while it is not deleted.
func (v *View) undo(id int64) {
	if v.deleting != id {
		return
	}
	v.cancel()
	v.deleting = 0
	delete(v.gone, id)
	v.draw(true)
	if at := v.index(id); at >= 0 {
		v.rows.SetCursor(at)
	}
}
