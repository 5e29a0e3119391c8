package inbox

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/sounds"
	"svara/ui/widget"
)

func (v *View) bind(m present.RecordingRow, row *widget.Row) {
	spec := widget.RowSpec{Name: m.Who.Face(), Strong: m.Unseen, End: m.Clock, Head: m.Day, Bare: v.IsOpen(m.ID), Compact: v.Compact()}
	if m.Unseen { // the dot is told by a word in the second line as well
		spec.Title = append(spec.Title, widget.Span{Text: "● ", Token: theme.Accent})
	}
	spec.Title = append(spec.Title, sounds.Spans(m.Name)...)
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
		spec.Detail = append(append(spec.Detail, widget.Span{Text: " · "}), sounds.Spans(m.Number)...)
	}
	row.Set(spec)
	v.Play(row.Actions()[0], m.ID, running(m))
}

// running is why nothing can be done with a recording that is still being made.
func running(m present.RecordingRow) string {
	if m.Running == "" {
		return ""
	}
	return text.T("recordings.running_reason")
}

// newPlayer makes what a row opens to.
func (v *View) newPlayer(l *sounds.List[int64, present.RecordingRow]) *sounds.Player {
	button := func(icon, key string, look widget.Look, f func(present.RecordingRow)) *widget.Button {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Tip: text.T(key), Look: look}, func() { l.WithOpen(f) })
	}
	v.call = button("phone", "call.back", widget.Go, v.callBack)
	v.mail = button("mail-plus", "recordings.mail", widget.Plain, v.mailMe)
	v.trash = button("trash-2", "recordings.delete", widget.Decline, v.remove)
	return sounds.NewPlayer(l.Tell, v.deps.Meters, v.deps.Say, text.T("recordings.position"), 110, []fyne.CanvasObject{v.call}, []fyne.CanvasObject{
		v.mail, button("copy", "recordings.copy_path", widget.Plain, v.copyPath), button("folder-open", "recordings.folder", widget.Plain, v.openFolder), v.trash,
	})
}

// draw draws the recording that is open in the player.
func (v *View) draw(m present.RecordingRow) {
	f := sounds.Facts{Detail: m.Format + " · " + present.Clean(filepath.Base(m.Path), 120), Notice: m.Ended, Locked: running(m)}
	v.Player.Update(v.Scene, v.sound(m.ID), f)
	lock := func(b *widget.Button, why string) {
		spec := b.Spec()
		spec.Disabled = why
		b.Set(spec)
	}
	spec := v.call.Spec()
	spec.Text, spec.Tip = text.T("call.back"), ""
	v.call.Set(spec)
	lock(v.call, v.CannotCall(m.Dial))
	lock(v.trash, f.Locked)
	lock(v.mail, v.cannotMail(m))
}

// cannotMail is why a recording cannot be mailed.
func (v *View) cannotMail(m present.RecordingRow) string {
	if why := running(m); why != "" {
		return why
	}
	return present.CannotMail(v.Scene)
}

func (v *View) menu(m present.RecordingRow, c fyne.Canvas, at fyne.Position) {
	widget.ShowMenu(c, at, []widget.MenuItem{
		v.PlayItem(m.ID, running(m)),
		{Text: text.T("call.back"), Icon: "phone", Disabled: v.CannotCall(m.Dial), Run: func() { v.callBack(m) }},
		{Text: text.T("recordings.mail"), Icon: "mail-plus", Disabled: v.cannotMail(m), Run: func() { v.mailMe(m) }},
		{Text: text.T("recordings.copy_path"), Icon: "copy", Run: func() { v.copyPath(m) }},
		{Text: text.T("recordings.folder"), Icon: "folder-open", Run: func() { v.openFolder(m) }},
		{Text: text.T("recordings.delete"), Icon: "trash-2", Disabled: running(m), Run: func() { v.remove(m) }},
	})
}

func (v *View) callBack(m present.RecordingRow) { v.Tell(phone.Dial{Target: m.Dial}) }

// mailMe puts a recording into the user's own mail. How it went is told when the mail server has answered.
func (v *View) mailMe(m present.RecordingRow) {
	if v.Tell(phone.MailRecording{ID: m.ID}) {
		v.deps.Say(text.T("recordings.mailing"))
	}
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
	if why := running(m); why != "" {
		v.deps.Say(why)
		return
	}
	p := v.Scene.Snap.Playing
	v.Throw(m.ID, p != nil && p.ID == m.ID, text.T("recordings.deleted", "name", m.Who.Name))
}
