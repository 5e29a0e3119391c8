package attendant

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/call"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// field is the search and dial field with what stands beside it: hits, the key that comes here or empties it, the keypad.
type field struct {
	v      *View
	search *widget.SearchField
	hits   *widget.Text
	key    *widget.KeyCap
	grip   *widget.Button
	strip  *widget.Button // opens the strip where it is no part of the window
	wrong  *widget.Paragraph
	keys   *call.Keypad
	pad    *widget.Panel
	object *fyne.Container
}

func newField(v *View) *field {
	f := &field{v: v}
	f.hits = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true})
	f.key = widget.NewKeyCap("")
	f.search = widget.NewSearchField(lay.Pad(0, 0, 4, 0, f.hits), f.key)
	f.search.Entry().Operators = true
	f.search.Entry().Taken = f.tone
	f.search.OnChanged(f.typed)
	f.grip = widget.NewButton(widget.ButtonSpec{Icon: "grip", Tip: text.T("dial.keypad"), Size: widget.Dial}, func() { v.deps.Run(command.Keypad, 0) })
	f.strip = widget.NewButton(widget.ButtonSpec{}, func() { v.openDrawer(!v.drawer) })
	f.wrong = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.DangerText})
	f.wrong.Hide()
	f.keys = call.NewKeypad(f.press, v.ToggleKeypad)
	f.pad = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.BorderStrong, Radius: theme.RadiusCard}, lay.Least(280, 0, lay.PadAll(12, f.keys.Object())))
	f.pad.Hide()
	f.object = lay.Col(6, lay.Row(theme.Grid, lay.Fill(f.search), f.grip, f.strip), f.wrong)
	return f
}

func (f *field) text() string { return f.search.Text() }

func (f *field) set(s string) {
	f.search.SetText(s)
}

// typed follows the field: the board shows the hits, and the error of the last try goes.
func (f *field) typed(s string) {
	v := f.v
	v.DialFailed("")
	v.board.Refuse("", "")
	v.board.SetQuery(s)
	v.Update(v.scene)
	v.board.Settled(f.count)
}

// count says how many hits there are.
func (f *field) count() {
	words := ""
	if f.text() != "" && f.v.people() {
		words = text.T("attendant.hits", "n", f.v.board.Count())
	}
	f.hits.Set(words)
	widget.SetVisible(f.hits, words != "")
	f.search.Arrange()
}

func (f *field) update() {
	v := f.v
	holder := text.T("attendant.placeholder")
	if m := v.asking.Model(); m != nil {
		holder = m.Holder
	}
	f.search.SetPlaceHolder(holder)
	key := ""
	if v.scene.Key != nil {
		if key = v.scene.Key(string(command.GoSearch)); f.text() != "" {
			key = v.scene.Key(string(command.Back))
		}
	}
	f.key.Set(key)
	widget.SetVisible(f.key, key != "")
	widget.SetVisible(f.grip, !v.asking.On())
	f.grip.Set(widget.ButtonSpec{Icon: "grip", Tip: text.T("dial.keypad"), Size: widget.Dial, Chosen: f.pad.Visible()})
	widget.SetVisible(f.strip, v.narrow)
	n := v.side.count()
	strip := widget.ButtonSpec{Icon: "phone", Text: text.Number(int64(n)), Tip: text.T("strip.show"), Size: widget.Dial, Chosen: v.drawer}
	if v.side.rings() > 0 {
		strip.Icon, strip.Look = "bell", widget.Go
	}
	f.strip.Set(strip)
	f.count()
}

// press is a key of the keypad on screen: to somebody on the line its digit goes out as a tone, else in the field.
func (f *field) press(digit string) {
	v := f.v
	if c := f.hears(); c != nil {
		if v.tell(phone.SendDTMF{Call: c.ID, Digits: digit}) {
			f.keys.Pressed(digit)
		}
		return
	}
	f.set(f.text() + digit)
}

// hears is the call that the keypad's keys go to, nil while they are text.
func (f *field) hears() *phone.Call {
	v := f.v
	if c := v.scene.Snap.Call(v.scene.Snap.Active); c != nil && (c.State == phone.StateConnected || c.State == phone.StateEarly) && !v.asking.On() && f.text() == "" {
		return c
	}
	return nil
}

// tone sends a digit that is typed while the keypad is open to the call, as a press on the keypad's key does: the caret
// never leaves the field, so that there is no other way to it by keys.
func (f *field) tone(r rune) bool {
	if !f.pad.Visible() || !strings.ContainsRune("0123456789*#", r) || f.hears() == nil {
		return false
	}
	f.press(string(r))
	return true
}

// Field implements view.Face.
func (v *View) Field() string { return v.field.text() }

// SetField implements view.Face.
func (v *View) SetField(s string) { v.field.set(s) }

// Entry implements view.Face.
func (v *View) Entry() *widget.KeyEntry { return v.field.search.Entry() }

// Wrong implements view.Face.
func (v *View) Wrong() string {
	if !v.field.wrong.Visible() {
		return ""
	}
	return v.field.wrong.Text()
}

// FocusSearch implements view.Face.
func (v *View) FocusSearch(c fyne.Canvas) {
	c.Focus(v.Entry())
	if v.field.text() != "" {
		v.Entry().SelectAll()
	}
}

// Focus implements view.Face.
func (v *View) Focus(c fyne.Canvas) command.Focus {
	switch e := c.Focused().(type) {
	case nil: // the mouse has taken the caret away, and the next key brings it back
		return v.Entry().Focus()
	case *widget.KeyEntry:
		return e.Focus()
	}
	return command.FocusNone
}

// Idle implements view.Face.
func (v *View) Idle() bool { return v.field.text() == "" && !v.board.Highlighted() }

// DialTyped implements view.Face: the highlighted one, or what is typed when it is a number. An empty field gets the last
// number, which the next press dials (features.md B2).
func (v *View) DialTyped() { v.board.Settled(v.dialTyped) }

func (v *View) dialTyped() {
	typed := v.field.text()
	target, _ := searcher{v}.Chosen()
	switch {
	case !v.people() && v.activate():
	case target != "":
		v.dial(target)
	case v.board.Highlighted():
		v.DialFailed(text.T("history.no_number"))
	case typed == "":
		if last := v.scene.Snap.History.Last; last != "" {
			v.field.set(last)
			return
		}
		v.DialFailed(text.T("dial.nothing"))
	default:
		v.DialFailed(text.T("dial.not_a_number"))
	}
}

// activate does what Enter means in the list of a tab.
func (v *View) activate() bool {
	switch v.tab {
	case command.ViewRecordings:
		return v.inbox.Activate()
	case command.ViewGroupLog:
		return v.log.Activate()
	case command.ViewGroupMessages:
		return v.mail.Activate()
	case command.ViewQueueStats:
		return false
	case command.ViewHistory:
		m, ok := v.past.Chosen()
		switch {
		case !ok:
			return false
		case m.More:
			v.past.More()
		case m.Dial == "":
			v.DialFailed(text.T("history.no_number"))
		default:
			v.dial(m.Dial)
		}
		return true
	}
	return v.voice.Activate()
}

func (v *View) dial(target string) { v.place(phone.Dial{Target: target}) }

func (v *View) place(c phone.Dial) {
	if err := v.deps.Do(c); err != nil {
		v.DialFailed(text.Refusal(err))
	}
}

// DialFailed implements view.Face.
func (v *View) DialFailed(why string) {
	v.field.search.SetFaulty(why != "")
	v.field.wrong.Set(why)
	if v.field.wrong.Visible() != (why != "") {
		widget.SetVisible(v.field.wrong, why != "")
		v.arrange()
	}
}

// Dialled implements view.Face: what was typed has done its work, and the person sought by a call just answered is
// highlighted.
func (v *View) Dialled() {
	v.asking.Forget()
	v.field.pad.Hide()
	v.clear()
	if c := v.scene.Snap.Call(v.scene.Snap.Active); c != nil && c.Direction == phone.Incoming {
		v.seek(*c)
	}
}

// Reach implements view.Face.
func (v *View) Reach(f phone.Feature) {
	if v.asking.On() {
		v.deps.Say(text.T("disabled.not_now")) // the field asks for somebody else
		return
	}
	v.board.Settled(func() {
		target, _ := searcher{v}.Chosen()
		switch {
		case target == "" && v.field.text() == "":
			v.DialFailed(text.T("dial.nothing"))
		case target == "":
			v.DialFailed(text.T("dial.not_a_number"))
		default:
			if err := v.deps.Do(command.Reach(f, target)); err != nil {
				v.DialFailed(text.Refusal(err))
			}
		}
	})
}

// ToggleKeypad implements view.Face.
func (v *View) ToggleKeypad() {
	v.field.keys.Clear()
	widget.SetVisible(v.field.pad, !v.field.pad.Visible())
	v.field.update()
	v.arrange()
}

// Digit implements view.Face.
func (v *View) Digit(d string) {
	if v.field.pad.Visible() {
		v.field.keys.Pressed(d)
	}
}

// MoveCursor implements view.Face.
func (v *View) MoveCursor(rows int) {
	v.uncover()
	switch {
	case v.people():
		v.board.MoveCursor(rows)
		v.changed()
	case v.tab == command.ViewRecordings:
		v.inbox.Move(rows)
	case v.tab == command.ViewHistory:
		v.past.Move(rows)
	case v.teamPage() != nil:
		v.teamPage().Move(rows)
	default:
		v.voice.Move(rows)
	}
}

// MoveAcross implements view.Face.
func (v *View) MoveAcross(columns int) {
	v.uncover()
	if v.people() {
		v.board.MoveAcross(columns)
		v.changed()
	}
}

// changed draws what follows the highlight: the keys that work, who else can take the call.
func (v *View) changed() {
	v.board.SetMode(v.asking.On() && v.question() != command.AskSlot, v.ways())
	v.others.update(v.people())
	v.hints.update()
	v.arrange()
}

// OpenRowMenu implements view.Face.
func (v *View) OpenRowMenu() {
	switch {
	case !v.people() && v.tab == command.ViewRecordings:
		v.inbox.OpenMenu()
	case !v.people() && v.tab == command.ViewHistory:
		v.past.OpenMenu()
	case v.teamPage() != nil:
		v.teamPage().OpenMenu()
	case !v.people():
		v.voice.OpenMenu()
	default:
		if p, ok := v.board.Person(); ok {
			v.menuOf(p, v.board.Under())
		}
	}
}

// Back implements view.Face.
func (v *View) Back() bool {
	switch {
	case v.asking.On():
		v.asking.Leave(true)
	case v.drawer:
		v.openDrawer(false)
	case v.field.pad.Visible():
		v.ToggleKeypad()
	case v.side.conf.Object().Visible() && v.side.conf.Back(), v.inbox.Object().Visible() && v.inbox.Back(), v.voice.Object().Visible() && v.voice.Back(), v.past.Object().Visible() && v.past.Back(), v.backInTeam():
	case v.field.text() != "":
		v.clear()
	case v.people() && v.board.Highlighted():
		v.board.ClearCursor()
		v.changed()
	case v.tab != command.ViewCall:
		v.deps.Show(command.ViewCall)
	default:
		return false
	}
	v.arrange()
	return true
}

func (v *View) openDrawer(on bool) {
	v.drawer = on
	v.field.update()
	v.arrange()
}

// uncover closes a strip that stands in the place of what the arrows move in.
func (v *View) uncover() {
	if v.over {
		v.openDrawer(false)
	}
}

// typedNumber is what is typed when it can be dialled, with the name it is known by.
func (v *View) typedNumber() (target, name string) {
	if typed := v.field.text(); present.Dialable(typed) {
		t := present.DialText(typed)
		return t, v.scene.WhoOf(phone.Party{Number: t}).Name
	}
	return "", ""
}
