package sounds

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Player is what the row of something that can be played opens to: play and pause, where in it, how fast, and what can
// be done with it. Recordings and voice messages share it.
type Player struct {
	tell   func(phone.Command) bool
	meters func() // the position moves: somebody has to call Tick
	say    func(string)
	sound  present.Sound
	locked string  // why it cannot be played
	chosen float64 // the speed of what is played next; 0 until the user chooses one
	model  present.Player

	toggle *widget.Button
	seek   *widget.Slider // in milliseconds
	at, of *widget.Text
	speed  *widget.Button
	file   *widget.Text
	ended  *widget.Paragraph
	notice fyne.CanvasObject
	object fyne.CanvasObject
}

// NewPlayer makes a player. position names the slider; left and right are what stands under it: side by
// side where left gets at least least dp.
func NewPlayer(tell func(phone.Command) bool, meters func(), say func(string), position string, least float32, left, right []fyne.CanvasObject) *Player {
	p := &Player{tell: tell, meters: meters, say: say}
	p.toggle = widget.NewButton(widget.ButtonSpec{}, p.Press)
	p.seek = widget.NewSlider(position, 0, 1, 1, p.drag)
	p.seek.SetTrack(theme.Border)
	p.seek.OnSettle = func(ms int) { p.act(p.model.SeekTo(time.Duration(ms) * time.Millisecond)) }
	figures := widget.Style{Size: theme.DetailSize, Figures: true}
	p.at, p.of = widget.NewText("", figures), widget.NewText("", figures)
	p.speed = widget.NewButton(widget.ButtonSpec{}, p.speeds)
	p.file = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text3, Cut: true})
	p.ended = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	p.notice = lay.RowTop(6, widget.NewIcon("triangle-alert", theme.WarnText, theme.IconSmall), lay.Fill(p.ended))
	p.object = lay.Pad(16, 0, 12, 12, lay.Col(theme.Grid,
		lay.Row(14, p.toggle, lay.Fill(lay.Col(0, p.seek, lay.Row(theme.Grid, lay.Fill(p.at), p.of)))),
		p.file,
		p.notice,
		lay.Aside(theme.Grid, least, lay.Row(theme.Half, left...), lay.Row(theme.Half, append([]fyne.CanvasObject{p.speed}, right...)...))))
	return p
}

// Slider is where in the sound it is, in milliseconds; At says so as a clock.
func (p *Player) Slider() *widget.Slider { return p.seek }

// At is the position in words.
func (p *Player) At() string { return p.at.Text() }

// Object is what the row opens to.
func (p *Player) Object() fyne.CanvasObject { return p.object }

// Height is how high the player is in a list of a width in px, in dp.
func (p *Player) Height(width float32) float32 {
	p.object.Resize(fyne.NewSize(width, p.object.Size().Height))
	return p.object.MinSize().Height / theme.Scale()
}

// Facts is what is told of a sound beside how it is played.
type Facts struct {
	Detail string // under the slider
	Notice string // something is wrong with it, a sentence
	Locked string // why it cannot be played now
}

// Update draws a sound.
func (p *Player) Update(s present.Scene, sound present.Sound, f Facts) {
	p.sound, p.locked = sound, f.Locked
	p.model = present.PlayerOf(s, sound, p.chosen)
	spec := widget.ButtonSpec{Icon: p.model.Toggle.Icon, Tip: p.model.Toggle.Text, Look: widget.Primary, Size: widget.Large, Disabled: f.Locked}
	p.toggle.Set(spec)
	p.speed.Set(widget.ButtonSpec{Text: p.model.Rate, Tip: text.T("voicemail.speed"), Disabled: f.Locked})
	p.seek.SetRange(0, max(1, int(p.model.Length.Milliseconds())), 5000)
	p.position()
	p.file.Set(f.Detail)
	widget.SetVisible(p.file, f.Detail != "")
	p.ended.Set(f.Notice)
	widget.SetVisible(p.notice, f.Notice != "")
	if p.model.Running {
		p.meters()
	}
}

func (p *Player) position() {
	p.seek.Set(int(p.model.Position.Milliseconds()))
	if !p.seek.Dragging() {
		at := p.model.At
		if p.model.Loading {
			at = text.T("voicemail.loading")
		}
		p.at.Set(at)
	}
	p.of.Set(p.model.Of)
}

// Tick moves the position and reports whether it moves.
func (p *Player) Tick(s present.Scene, now time.Time) bool {
	if !p.model.Running {
		return false
	}
	s.Now = now
	p.model = present.PlayerOf(s, p.sound, p.chosen)
	p.position()
	return true
}

// drag shows where the pointer is before it lets go.
func (p *Player) drag(ms int) { p.at.Set(text.Timer(time.Duration(ms) * time.Millisecond)) }

func (p *Player) act(c phone.Command) {
	if p.locked != "" {
		p.say(p.locked)
		return
	}
	p.tell(c)
}

// Press plays or pauses.
func (p *Player) Press() { p.act(p.model.Press()) }

// Step goes back or on by the arrows.
func (p *Player) Step(n int) {
	if p.locked == "" {
		p.tell(p.model.Step(n))
	}
}

// Begin plays from the beginning.
func (p *Player) Begin() { p.act(p.model.SeekTo(0)) }

// speeds opens the speeds to choose from. The choice is kept for what is played next.
func (p *Player) speeds() {
	var items []widget.MenuItem
	for _, speed := range present.Speeds {
		items = append(items, widget.MenuItem{Text: present.RateWords(speed), Chosen: speed == p.model.Speed, Run: func() { p.SetSpeed(speed) }})
	}
	widget.ShowMenuUnder(p.speed, items)
}

// SetSpeed plays at a speed from now on.
func (p *Player) SetSpeed(speed float64) {
	p.chosen = speed
	if c := p.model.AtSpeed(speed); c != nil {
		p.tell(c)
		return
	}
	p.model.Speed = speed
	spec := p.speed.Spec()
	spec.Text = present.RateWords(speed)
	p.speed.Set(spec)
}
