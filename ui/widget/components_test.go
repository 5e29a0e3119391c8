package widget_test

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

// TestComponents draws the widgets as the design's picture of the components has them. With SVARA_GALLERY=folder the
// pictures are kept, to be laid beside it.
func TestComponents(t *testing.T) {
	for _, mode := range []theme.Mode{theme.ModeLight, theme.ModeDark} {
		t.Run(string(mode), func(t *testing.T) {
			text.SetLanguage("en")
			t.Cleanup(func() { text.SetLanguage(text.Auto) })
			theme.Apply(test.NewTempApp(t), mode, 100)
			c := &components{page: container.NewWithoutLayout()}
			c.draw()
			root := widget.NewRoot(container.NewStack(canvas.NewRectangle(theme.Color(theme.Surface)), c.page))
			w := test.NewTempWindow(t, root)
			w.SetPadded(false)
			w.Resize(fyne.NewSize(960, 800))
			for _, o := range c.page.Objects {
				if end := o.Position().X + o.MinSize().Width; end > 960 {
					t.Errorf("something ends at %v", end)
				}
			}
			folder := os.Getenv("SVARA_GALLERY")
			if folder == "" {
				return
			}
			f, err := os.Create(filepath.Join(folder, "components-"+string(mode)+".png"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := png.Encode(f, w.Canvas().Capture()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// components is the picture's page: everything has the place that the design gave it.
type components struct{ page *fyne.Container }

func (c *components) put(x, y float32, o fyne.CanvasObject) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(o.MinSize())
	c.page.Add(o)
	return o
}

func (c *components) heading(y float32, words string) {
	c.put(24, y, widget.NewText(words, widget.Style{Size: theme.TitleSize, Bold: true}))
}

func (c *components) line(y float32) {
	l := canvas.NewRectangle(theme.Color(theme.Border))
	l.Move(fyne.NewPos(24, y))
	l.Resize(fyne.NewSize(912, 1))
	c.page.Add(l)
}

// lamps is statuses in four columns, with their words in both languages.
func (c *components) lamps(y float32, statuses ...widget.Status) {
	for i, s := range statuses {
		x, top := 24+float32(i%4)*234, y+float32(i/4)*48
		c.put(x, top+4, widget.NewStatusShape(s, 24))
		for n, language := range []string{"en", "sv"} {
			text.SetLanguage(language)
			style := widget.Style{Size: theme.DetailSize, Bold: n == 0}
			if n == 1 {
				style = widget.Style{Size: theme.CaptionSize, Token: theme.Text2}
			}
			c.put(x+34, top+float32(n)*16, widget.NewText(text.T("status."+string(s)), style))
		}
		text.SetLanguage("en")
	}
}

func (c *components) row(y float32, gap float32, objects ...fyne.CanvasObject) {
	x := float32(24)
	for _, o := range objects {
		c.put(x, y-o.MinSize().Height/2, o)
		x += o.MinSize().Width + gap
	}
}

func (c *components) field(x, y, w float32, f interface {
	fyne.CanvasObject
}) {
	h := f.MinSize().Height
	f.Move(fyne.NewPos(x, y-h/2))
	f.Resize(fyne.NewSize(w, h))
	c.page.Add(f)
}

func (c *components) draw() {
	c.heading(20, "Status: filled disc = can be reached · square = on a call · ring = does not ring · dotted or × = not known / not signed in")
	c.lamps(58, widget.StatusAvailable, widget.StatusRinging, widget.StatusInCall, widget.StatusDND, widget.StatusBusy, widget.StatusMeeting,
		widget.StatusTraining, widget.StatusLunch, widget.StatusBreak, widget.StatusGone, widget.StatusSick, widget.StatusParental,
		widget.StatusVacation, widget.StatusTravel, widget.StatusOffline, widget.StatusUnknown)
	c.line(250)
	c.heading(261, "Calls: kind")
	c.lamps(299, widget.StatusCallRinging, widget.StatusCall, widget.StatusCallHeld, widget.StatusCallPassed, widget.StatusCallCamped, widget.StatusCallOut)
	c.put(492, 355, widget.NewKeyCap("1"))
	c.put(518, 355, widget.NewText("number key: Ctrl+1", widget.Style{Size: theme.BodySize, Token: theme.Text2}))
	x := float32(726)
	for i, words := range []string{"00:48", "01:54", "02:35"} {
		icon, ink := []string{"", "clock-alert", "alarm-clock"}[i], []theme.Token{theme.Text, theme.AmberText, theme.RedText}[i]
		if icon != "" {
			c.put(x, 357, widget.NewIcon(icon, ink, theme.IconSmall))
			x += 17
		}
		wait := widget.NewText(words, widget.Style{Size: theme.BodySize, Bold: true, Figures: true, Token: ink})
		c.put(x, 355, wait)
		x += wait.MinSize().Width + 10
	}
	c.line(395)
	c.heading(406, "Buttons and fields: rest · hover · focus · pressed/on · disabled with reason")
	hold := func(s widget.ButtonSpec) *widget.Button {
		s.Icon, s.Text, s.Key = "pause", text.T("call.hold"), "K"
		return widget.NewButton(s, func() {})
	}
	hovered, focused := hold(widget.ButtonSpec{}), hold(widget.ButtonSpec{})
	c.row(465, 12, hold(widget.ButtonSpec{}), hovered, focused, hold(widget.ButtonSpec{Chosen: true}),
		widget.NewButton(widget.ButtonSpec{Icon: "hourglass", Text: text.T("transfer.camp"), Disabled: "This exchange has no busy status, so camp-on cannot work."}, nil))
	hovered.MouseIn(nil)
	focused.FocusGained()
	c.row(518, 9, widget.NewButton(widget.ButtonSpec{Text: text.T("signin.save"), Look: widget.Primary}, nil),
		widget.NewButton(widget.ButtonSpec{Icon: "phone", Text: text.T("call.answer"), Key: "Enter", Look: widget.Go}, nil),
		widget.NewButton(widget.ButtonSpec{Icon: "phone-off", Text: text.T("call.hangup"), Key: "H", Look: widget.Stop}, nil),
		widget.NewButton(widget.ButtonSpec{Icon: "phone-off", Text: text.T("call.decline"), Look: widget.Decline}, nil),
		widget.NewIconButton("settings", text.T("settings.title"), nil))
	rest, focus, faulty := widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: "Rest"}), widget.NewField(widget.FieldSpec{Icon: "search"}), widget.NewField(widget.FieldSpec{Icon: "search", Error: " "})
	focus.SetText("Focus")
	faulty.SetText("Not a number")
	c.field(522, 518, 90, rest)
	c.field(621, 518, 96, focus)
	c.field(722, 526, 138, faulty)
	focus.Entry().FocusGained()
	on, off := widget.NewSwitch("", nil), widget.NewSwitch("", nil)
	on.Set(true)
	c.put(863, 518-on.MinSize().Height/2, on)
	c.put(908, 518-on.MinSize().Height/2, off)
	c.line(550)
	c.heading(561, "Colours")
	for i, token := range []theme.Token{theme.Bg, theme.Surface, theme.Raised, theme.Sunken, theme.Hover, theme.Selected, theme.Border, theme.BorderStrong,
		theme.Text, theme.Text2, theme.Text3, theme.Accent, theme.AccentText, theme.Answer, theme.Danger, theme.Mark, theme.Green, theme.Red, theme.Violet,
		theme.Amber, theme.Slate, theme.Teal} {
		x, y := 24+float32(i%11)*83.6, 599+float32(i/11)*53
		box := canvas.NewRectangle(theme.Color(token))
		box.StrokeColor, box.StrokeWidth, box.CornerRadius = theme.Color(theme.Border), 1, 6
		box.Move(fyne.NewPos(x, y))
		box.Resize(fyne.NewSize(76, 26))
		c.page.Add(box)
		c.put(x, y+29, widget.NewText(string(token), widget.Style{Size: theme.CaptionSize, Token: theme.Text2}))
	}
	c.line(711)
	x = 24
	for _, s := range []struct {
		words string
		style widget.Style
	}{{"28 timer", widget.Style{Size: theme.TimerSize, Bold: true}}, {"20 heading", widget.Style{Size: theme.HeadingSize, Bold: true}}, {"16 title", widget.Style{Size: theme.TitleSize, Bold: true}},
		{"14 name", widget.Style{Size: theme.NameSize, Bold: true}}, {"13 body", widget.Style{Size: theme.BodySize}}, {"12 detail", widget.Style{Size: theme.DetailSize}},
		{"11 key, count", widget.Style{Size: theme.CaptionSize}}, {"00:00 tabular", widget.Style{Size: theme.NameSize, Bold: true, Figures: true}}} {
		line := widget.NewText(s.words, s.style)
		c.put(x, 760-line.MinSize().Height, line)
		x += line.MinSize().Width + 18
	}
}
