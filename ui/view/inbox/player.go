package inbox

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// player is what a row opens to: play and pause, where in it, and what can be done with the recording.
type player struct {
	v      *View
	row    present.RecordingRow
	model  present.Player
	toggle *widget.Button
	seek   *widget.Slider // in milliseconds
	at, of *widget.Text
	file   *widget.Text
	ended  *widget.Paragraph
	notice fyne.CanvasObject
	call   *widget.Button
	copy   *widget.Button
	folder *widget.Button
	remove *widget.Button
	object fyne.CanvasObject
}

func newPlayer(v *View) *player {
	p := &player{v: v}
	button := func(icon, key string, look widget.Look, f func()) *widget.Button {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Tip: text.T(key), Look: look}, f)
	}
	p.toggle = widget.NewButton(widget.ButtonSpec{}, p.press)
	p.seek = widget.NewSlider(text.T("recordings.position"), 0, 1, 1, p.drag)
	p.seek.SetTrack(theme.Border)
	p.seek.OnSettle = func(ms int) { v.tell(p.model.SeekTo(p.row.ID, time.Duration(ms)*time.Millisecond)) }
	figures := widget.Style{Size: theme.DetailSize, Figures: true}
	p.at, p.of = widget.NewText("", figures), widget.NewText("", figures)
	p.file = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text3, Cut: true})
	p.ended = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	p.notice = lay.RowTop(6, widget.NewIcon("triangle-alert", theme.WarnText, theme.IconSmall), lay.Fill(p.ended))
	p.call = widget.NewButton(widget.ButtonSpec{Icon: "phone", Text: text.T("call.back"), Look: widget.Go}, func() { v.callBack(p.row) })
	p.copy = button("copy", "recordings.copy_path", widget.Plain, func() { v.copyPath(p.row) })
	p.folder = button("folder-open", "recordings.folder", widget.Plain, func() { v.openFolder(p.row) })
	p.remove = button("trash-2", "recordings.delete", widget.Decline, func() { v.remove(p.row) })
	p.object = lay.Pad(16, 0, 12, 12, lay.Col(theme.Grid,
		lay.Row(14, p.toggle, lay.Fill(lay.Col(0, p.seek, lay.Row(theme.Grid, lay.Fill(p.at), p.of)))),
		p.file,
		p.notice,
		lay.Aside(theme.Grid, 110, lay.Row(0, p.call), lay.Row(theme.Half, p.copy, p.folder, p.remove))))
	return p
}

// height is how high the player is in a list of a width in px, in dp.
func (p *player) height(width float32) float32 {
	p.object.Resize(fyne.NewSize(width, p.object.Size().Height))
	return p.object.MinSize().Height / theme.Scale()
}

// update draws the recording that is open.
func (p *player) update() {
	i := p.v.index(p.v.open)
	if i < 0 {
		return
	}
	p.row = p.v.models[i]
	p.model = present.PlayerOf(p.v.scene, p.row.ID, p.v.length(p.row.ID))
	spec := widget.ButtonSpec{Icon: p.model.Toggle.Icon, Tip: p.model.Toggle.Text, Look: widget.Primary, Size: widget.Large}
	remove := p.remove.Spec()
	remove.Disabled = ""
	if p.row.Running != "" {
		spec.Disabled, remove.Disabled = text.T("recordings.running_reason"), text.T("recordings.running_reason")
	}
	p.toggle.Set(spec)
	p.remove.Set(remove)
	call := p.call.Spec()
	call.Disabled = ""
	if p.row.Dial == "" {
		call.Disabled = text.T("history.no_number")
	} else if ok, why := present.CanDial(p.v.scene); !ok {
		call.Disabled = why
	}
	p.call.Set(call)
	p.seek.SetRange(0, max(1, int(p.model.Length.Milliseconds())), 5000)
	p.position()
	p.file.Set(p.row.Format + " · " + present.Clean(filepath.Base(p.row.Path), 120))
	p.ended.Set(p.row.Ended)
	setVisible(p.notice, p.row.Ended != "")
	if p.model.Running {
		p.v.deps.Meters()
	}
}

func (p *player) position() {
	p.seek.Set(int(p.model.Position.Milliseconds()))
	if !p.seek.Dragging() {
		p.at.Set(p.model.At)
	}
	p.of.Set(p.model.Of)
}

// tick moves the position and reports whether it moves.
func (p *player) tick(now time.Time) bool {
	if p.v.open == 0 || !p.model.Running {
		return false
	}
	s := p.v.scene
	s.Now = now
	p.model = present.PlayerOf(s, p.row.ID, p.v.length(p.row.ID))
	p.position()
	return true
}

// drag shows where the pointer is before it lets go.
func (p *player) drag(ms int) { p.at.Set(text.Timer(time.Duration(ms) * time.Millisecond)) }

// press plays or pauses.
func (p *player) press() {
	if p.row.Running != "" {
		p.v.deps.Say(text.T("recordings.running_reason"))
		return
	}
	p.v.tell(p.model.Press(p.row.ID))
}

// step goes back or on by the arrows.
func (p *player) step(n int) {
	if p.row.Running == "" {
		p.v.tell(p.model.Step(p.row.ID, n))
	}
}
