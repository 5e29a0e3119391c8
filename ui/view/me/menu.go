// Package me is what the user says of themselves: the activity menu under the chip.
package me

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// The menu's width in dp.
const menuWidth = 360

// Menu is the activity menu: the note, quick activities with their lengths as rings, and where the rest is.
type Menu struct {
	deps   view.Deps
	scene  func() present.Scene
	popup  *widget.Popup
	note   *widget.Field
	warn   fyne.CanvasObject
	warnIs *widget.Paragraph
	rows   []row
	column *fyne.Container
	at     int // the row that has the keyboard, -1 none
	ring   int // its ring, -1 for the row itself
	model  present.ActivityMenu
	closed func() // is told when the menu has been closed; nil for nobody
}

// row is a line of the menu and its rings.
type row struct {
	widget *widget.OptionRow
	rings  []*widget.DurationRing
	run    func()
	runs   []func() // of the rings; nil cannot be chosen
}

// New makes the menu without showing it. scene is what it draws when it is opened or drawn again.
func New(deps view.Deps, scene func() present.Scene) *Menu {
	m := &Menu{deps: deps, scene: scene, column: lay.Col(0), at: -1, ring: -1}
	m.note = widget.NewField(widget.FieldSpec{Icon: "pencil", Placeholder: text.T("me.note_holder")})
	m.note.Entry().OnKey = m.noteKey
	m.note.Entry().OnFocus = func(on bool) {
		if !on {
			m.keepNote()
		}
	}
	m.warnIs = widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.WarnText})
	m.warn = lay.RowTop(6, widget.NewIcon("triangle-alert", theme.WarnText, theme.IconSmall), lay.Fill(m.warnIs))
	m.popup = widget.NewPopup(menuWidth, m.column)
	m.popup.OnKey, m.popup.OnRune = m.key, m.letter
	m.popup.OnClose = func() {
		m.keepNote()
		if m.closed != nil {
			m.closed()
		}
	}
	return m
}

// Open shows the menu under an object, with the keyboard on what the user does now, or in the note.
func (m *Menu) Open(under fyne.CanvasObject, note bool) {
	if m.popup.Open() {
		m.popup.Close()
		return
	}
	m.draw()
	m.note.SetText(m.model.Note)
	m.point(m.chosen(), -1)
	m.popup.ShowUnder(under)
	if note && m.popup.Open() {
		m.popup.Canvas().Focus(m.note.Entry())
	}
}

// OnClose sets who is told when the menu has been closed.
func (m *Menu) OnClose(f func()) { m.closed = f }

// Shown reports whether the menu is on screen.
func (m *Menu) Shown() bool { return m.popup.Open() }

// Update draws what has changed, while the menu is open.
func (m *Menu) Update() {
	if m.popup.Open() {
		m.draw()
		m.popup.Fit()
	}
}

// Content draws the menu as it would look now, for a picture of it.
func (m *Menu) Content() fyne.CanvasObject {
	m.draw()
	m.note.SetText(m.model.Note)
	return widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.BorderStrong}, m.column)
}

func (m *Menu) chosen() int {
	for i, r := range m.rows {
		if r.widget.Spec().Chosen {
			return i
		}
	}
	return 0
}

// keepNote gives the phone the note, when it is another one.
func (m *Menu) keepNote() {
	if note := strings.TrimSpace(m.note.Text()); m.deps.Snapshot() != nil && note != m.deps.Snapshot().Me.Note && m.drawn() {
		m.do(phone.SetNote{Text: note})
	}
}

func (m *Menu) drawn() bool { return len(m.rows) > 0 }

// noteKey is the keys in the note: Enter keeps it, down goes to the rows, Escape leaves it as it was.
func (m *Menu) noteKey(c command.Chord) bool {
	switch c {
	case command.Chord{Key: command.KeyEscape}:
		m.note.SetText(m.deps.Snapshot().Me.Note)
		m.popup.Close()
	case command.Chord{Key: command.KeyEnter}:
		m.keepNote()
		m.popup.Close()
	case command.Chord{Key: command.KeyDown}:
		m.popup.Focus()
	default:
		return false
	}
	return true
}

// do sends a command; a refusal is told in words.
func (m *Menu) do(c phone.Command) {
	if err := m.deps.Do(c); err != nil {
		m.deps.Say(text.Refusal(err))
	}
}

// use is what a line or ring with a command does.
func (m *Menu) use(c phone.Command) func() {
	if c == nil {
		return nil
	}
	return func() {
		m.popup.Close()
		m.do(c)
	}
}

func (m *Menu) show(v command.View) func() {
	return func() {
		m.popup.Close()
		m.deps.Show(v)
	}
}

// key moves among the rows and their rings.
func (m *Menu) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		m.point((m.at+1)%len(m.rows), -1)
	case fyne.KeyUp:
		if m.at <= 0 {
			m.popup.Canvas().Focus(m.note.Entry())
			return true
		}
		m.point(m.at-1, -1)
	case fyne.KeyRight:
		if m.at >= 0 && m.ring+1 < len(m.rows[m.at].rings) {
			m.point(m.at, m.ring+1)
		}
	case fyne.KeyLeft:
		m.point(m.at, max(-1, m.ring-1))
	case fyne.KeyHome:
		m.point(0, -1)
	case fyne.KeyEnd:
		m.point(len(m.rows)-1, -1)
	case fyne.KeyReturn, fyne.KeySpace:
		m.choose()
	case fyne.KeyTab:
		m.popup.Canvas().Focus(m.note.Entry())
	default:
		return false
	}
	return true
}

// letter goes to the next row that begins with it.
func (m *Menu) letter(r rune) bool {
	first := strings.ToLower(string(r))
	for k := 1; k <= len(m.rows); k++ {
		i := (max(m.at, -1) + k) % len(m.rows)
		if strings.HasPrefix(strings.ToLower(m.rows[i].widget.Spec().Title), first) {
			m.point(i, -1)
			return true
		}
	}
	return false
}

// choose does what the row or ring with the keyboard does.
func (m *Menu) choose() {
	if m.at < 0 || m.at >= len(m.rows) {
		return
	}
	r := m.rows[m.at]
	run := r.run
	if m.ring >= 0 && m.ring < len(r.runs) {
		run = r.runs[m.ring]
	}
	if run != nil {
		run()
	}
}

// point moves the keyboard to a row, or one of its rings.
func (m *Menu) point(at, ring int) {
	m.at, m.ring = at, ring
	for i, r := range m.rows {
		spec := r.widget.Spec()
		spec.Cursor = i == at && ring < 0
		r.widget.Set(spec)
		for j, w := range r.rings {
			s := w.Spec()
			s.Cursor = i == at && j == ring
			w.Set(s)
		}
	}
	if at >= 0 && at < len(m.rows) {
		o := m.rows[at].widget
		m.popup.Reveal(o.Position().Y, o.Position().Y+o.Size().Height)
	}
}
