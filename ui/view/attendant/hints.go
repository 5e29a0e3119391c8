package attendant

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/view/me"
	"svara/ui/widget"
)

// hints is the bar at the bottom: the keys that work now, and at the right the number shown, the sound, the connection.
type hints struct {
	v      *View
	model  []present.KeyHint
	keys   []*hint
	line   *fyne.Container
	role   *widget.Button
	mic    *widget.Button
	meter  *widget.LevelMeter
	loud   *widget.Button
	state  *widget.Icon
	words  *widget.Text
	tail   *fyne.Container
	object *widget.Panel
}

// hintBars is how many bars the microphone's meter has.
const hintBars = 6

func newHints(v *View) *hints {
	h := &hints{v: v, meter: widget.NewLevelMeter(hintBars)}
	h.role = widget.NewButton(widget.ButtonSpec{}, h.roleMenu)
	h.mic = widget.NewButton(widget.ButtonSpec{}, func() { v.deps.Run(command.Mute, 0) })
	h.loud = widget.NewButton(widget.ButtonSpec{}, func() { v.deps.Show("settings/sound") })
	h.state = widget.NewIcon("", theme.Text2, theme.IconSmall)
	h.words = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})
	h.tail = lay.Row(4, h.role, lay.Row(0, h.mic, lay.Least(26, 0, h.meter)), h.loud, lay.Row(6, h.state, h.words))
	h.line = container.New(&hintLine{h})
	h.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true, Drawn: true}, container.New(&hintLayout{h}, h.line, h.tail))
	return h
}

func (h *hints) roleMenu() { me.OpenRoles(h.v.deps, h.role) }

func (h *hints) update() {
	s := h.v.scene
	h.model = present.HintsOf(s, h.v.question())
	for len(h.keys) < len(h.model) {
		k := newHint()
		h.keys = append(h.keys, k)
		h.line.Add(k.object)
	}
	for i, k := range h.keys {
		if i < len(h.model) {
			k.set(h.model[i])
		}
	}
	shown := present.ShownRoleOf(s)
	role := widget.ButtonSpec{Icon: shown.Icon, Text: text.T("attendant.shows", "name", shown.Text), Tip: shown.Tip, Look: widget.Quiet, Size: widget.Small}
	if shown.Next {
		role.Tint = theme.AccentText
	}
	h.role.Set(role)
	m := present.FooterOf(s)
	mic := widget.ButtonSpec{Icon: m.MicIcon, Tip: m.MicTip, Look: widget.Quiet, Size: widget.Small}
	if m.Muted {
		mic.Tint = theme.DangerText
	}
	if m.MicTone == present.ToneAmber {
		mic.Tint = theme.AmberText
	}
	h.mic.Set(mic)
	icon := "headphones"
	if m.Volume == 0 {
		icon = m.OutIcon
	}
	h.loud.Set(widget.ButtonSpec{Icon: icon, Text: text.T("attendant.volume", "n", m.Volume), Tip: m.OutTip, Look: widget.Quiet, Size: widget.Small})
	h.connection()
	if present.Talking(s) {
		h.v.deps.Meters()
	} else {
		h.meter.Set(0, false)
	}
	lay.Again(h.object)
}

// connection says how the account stands that calls go out on.
func (h *hints) connection() {
	header := present.HeaderOf(h.v.scene)
	icon, words, ink := "circle-alert", h.words.Text(), theme.WarnText
	for _, a := range header.Accounts {
		if a.Default || len(header.Accounts) == 1 {
			words = a.State
		}
	}
	if a := h.v.scene.Snap.DefaultAccount(); a != nil && a.State == phone.RegistrationRegistered {
		icon, words, ink = "circle-check", text.T("attendant.connected"), theme.Text2
	}
	h.state.Set(icon, ink)
	h.words.SetSpans(widget.Span{Text: words, Token: ink})
}

// levels draws the microphone's meter and reports whether it is on screen.
func (h *hints) levels(l phone.Levels) bool {
	on := present.Talking(h.v.scene)
	if on {
		h.meter.Set(present.LevelShare(l.Microphone), l.Microphone > -3)
	}
	return on
}

// hint is one of the keys with what it does.
type hint struct {
	caps   *fyne.Container
	words  *widget.Text
	object *fyne.Container
}

func newHint() *hint {
	k := &hint{caps: lay.Row(4), words: widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2})}
	k.object = lay.Row(6, k.caps, k.words)
	return k
}

func (k *hint) set(m present.KeyHint) {
	for len(k.caps.Objects) < len(m.Keys) {
		k.caps.Add(widget.NewKeyCap(""))
	}
	for i, o := range k.caps.Objects {
		c, ok := o.(*widget.KeyCap)
		if !ok {
			continue
		}
		widget.SetVisible(c, i < len(m.Keys))
		if i < len(m.Keys) {
			c.Set(strings.ReplaceAll(m.Keys[i], "+1–9", " 1–9"))
		}
	}
	k.words.Set(m.Text)
}

// hintLayout gives the right end what it needs, without the words in a narrow window, and the keys the rest.
type hintLayout struct{ h *hints }

// hintHeight is the bar's height in dp; under hintNarrow dp of width its right end has icons only.
const (
	hintHeight = 36
	hintNarrow = 1280
)

// MinSize implements fyne.Layout.
func (l *hintLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, theme.Px(hintHeight))
}

// Layout implements fyne.Layout.
func (l *hintLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	h := l.h
	narrow := size.Width/theme.Scale() < hintNarrow
	for _, o := range []fyne.CanvasObject{h.role, h.loud, h.words} {
		widget.SetVisible(o, !narrow)
	}
	pad, gap := theme.Px(theme.WindowPadding), theme.Px(theme.WindowPadding)
	m := h.tail.MinSize()
	put(h.tail, size.Width-pad-m.Width, (size.Height-m.Height)/2, m.Width, m.Height)
	put(h.line, pad, 0, max(0, size.Width-2*pad-m.Width-gap), size.Height)
}

// hintLine lays the keys out, as many as there is room for.
type hintLine struct{ h *hints }

// MinSize implements fyne.Layout.
func (l *hintLine) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (l *hintLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x, gap := float32(0), theme.Px(14)
	for i, o := range objects {
		m := o.MinSize()
		fits := i < len(l.h.model) && x+m.Width <= size.Width+0.5
		widget.SetVisible(o, fits)
		if !fits {
			x = size.Width + 1
			continue
		}
		put(o, x, (size.Height-m.Height)/2, m.Width, m.Height)
		x += m.Width + gap
	}
}
