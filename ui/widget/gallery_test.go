package widget_test

import (
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/test"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

// TestGallery draws every widget in every look. With SVARA_GALLERY=folder the pictures are kept, to be looked at.
func TestGallery(t *testing.T) {
	for _, mode := range []theme.Mode{theme.ModeLight, theme.ModeDark, theme.ModeContrast} {
		for _, percent := range []int{100, 200} {
			for _, language := range text.Languages() {
				name := string(mode) + "-" + strconv.Itoa(percent) + "-" + language
				if percent == 200 && mode != theme.ModeLight {
					continue
				}
				t.Run(name, func(t *testing.T) {
					app := test.NewTempApp(t)
					text.SetLanguage(language)
					t.Cleanup(func() { text.SetLanguage(text.Auto) })
					theme.Apply(app, mode, percent)
					root, focus := gallery()
					w := test.NewTempWindow(t, root)
					w.SetPadded(false)
					w.Resize(root.MinSize().Max(fyne.NewSize(theme.Px(860), theme.Px(900))))
					w.Canvas().Focus(focus)
					root.Toast("info", text.T("reason.device-missing", "text", "Nordljud H2"), text.T("button.undo"), func() {})
					img := w.Canvas().Capture()
					if b := img.Bounds(); b.Dx() < 600 {
						t.Fatalf("picture is %v", b)
					}
					if dir := os.Getenv("SVARA_GALLERY"); dir != "" {
						f, err := os.Create(filepath.Join(dir, name+".png"))
						if err != nil {
							t.Fatal(err)
						}
						defer f.Close()
						if err := png.Encode(f, img); err != nil {
							t.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func gallery() (*widget.Root, fyne.Focusable) {
	row := func(o ...fyne.CanvasObject) fyne.CanvasObject { return container.NewHBox(o...) }
	var col []fyne.CanvasObject
	add := func(o ...fyne.CanvasObject) { col = append(col, o...) }

	var marks []fyne.CanvasObject
	for _, s := range []widget.Status{widget.StatusAvailable, widget.StatusRinging, widget.StatusInCall, widget.StatusDND, widget.StatusBusy,
		widget.StatusMeeting, widget.StatusTraining, widget.StatusLunch, widget.StatusBreak, widget.StatusVacation, widget.StatusTravel,
		widget.StatusGone, widget.StatusSick, widget.StatusParental, widget.StatusOffline, widget.StatusUnknown, widget.StatusCall,
		widget.StatusCallOut, widget.StatusCallHeld, widget.StatusCallPassed, widget.StatusCallCamped, widget.StatusCallEnded} {
		if !text.Has("status." + string(s)) {
			panic("no words for the status " + s)
		}
		marks = append(marks, widget.NewStatusShape(s, 24))
	}
	add(row(marks...))
	add(row(widget.NewAvatar("Elin Strandh", widget.StatusAvailable, theme.AvatarHeader), widget.NewAvatar("Johan Lindqvist", widget.StatusInCall, theme.AvatarSmall),
		widget.NewAvatar("Mats Holmér", widget.StatusMeeting, theme.AvatarSmall), widget.NewAvatar("070-1740612", widget.StatusUnknown, theme.AvatarSmall),
		widget.NewAvatar("Maria Ekdal", widget.StatusNone, theme.AvatarCard), widget.NewLogo(36),
		widget.NewChip(widget.ChipSpec{Text: text.T("status.available"), Fill: widget.StatusAvailable.SoftToken(), Ink: widget.StatusAvailable.TextToken(), Chevron: true}, func() {}), widget.NewChip(widget.ChipSpec{Text: text.T("status.offline")}, nil)))
	b := func(s widget.ButtonSpec) *widget.Button { return widget.NewButton(s, func() {}) }
	focused := b(widget.ButtonSpec{Text: text.T("call.hold"), Icon: "pause", Key: "K"})
	add(row(b(widget.ButtonSpec{Text: text.T("call.hold"), Icon: "pause", Key: "K"}), focused,
		b(widget.ButtonSpec{Text: text.T("call.hold"), Icon: "pause", Key: "K", Chosen: true}),
		b(widget.ButtonSpec{Text: text.T("call.record"), Icon: "circle-dot", Disabled: text.T("disabled.not_now")}),
		b(widget.ButtonSpec{Icon: "settings", Look: widget.Quiet, Tip: text.T("settings.title")}), b(widget.ButtonSpec{Icon: "message-square"})))
	add(row(b(widget.ButtonSpec{Text: text.T("signin.save"), Look: widget.Primary}), b(widget.ButtonSpec{Text: text.T("call.answer"), Icon: "phone", Key: text.T("key.numenter"), Look: widget.Go, Size: widget.Large}),
		b(widget.ButtonSpec{Text: text.T("call.hangup"), Icon: "phone-off", Key: "H", Look: widget.Stop, Size: widget.Hangup}),
		b(widget.ButtonSpec{Text: text.T("call.decline"), Icon: "phone-off", Look: widget.Decline, Size: widget.Large, Key: "H"}),
		b(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Size: widget.Dial}), b(widget.ButtonSpec{Text: text.T("call.swap"), Icon: "arrow-up-down", Size: widget.Small}),
		widget.NewLink(text.T("signin.advanced"), func() {}), widget.NewKeyCap("F12")))
	tiles := container.NewGridWithColumns(4)
	for _, x := range [][2]string{{"mic-off", "call.mute"}, {"grip", "call.keypad"}, {"pause", "call.hold"}, {"arrow-right-left", "call.transfer"}} {
		tiles.Add(widget.NewTileButton(x[0], text.T(x[1]), nil))
	}
	muted := b(widget.ButtonSpec{Icon: "mic-off", Text: text.T("call.muted"), Size: widget.Tile, Chosen: true})
	tiles.Add(muted)
	tiles.Add(b(widget.ButtonSpec{Icon: "circle-dot", Text: text.T("call.record"), Size: widget.Tile, Disabled: text.T("disabled.not_now")}))
	tiles.Add(widget.NewDigitKey("2", "ABC", func(string) {}))
	tiles.Add(widget.NewDigitKey("*", "", func(string) {}))
	add(tiles)
	search := widget.NewSearchField(widget.NewIconButton("grip", text.T("keypad.open"), nil))
	search.SetPlaceHolder(text.T("search.placeholder"))
	faulty := widget.NewSearchField()
	faulty.SetText("070-17406x")
	faulty.SetFaulty(true)
	add(container.NewGridWithColumns(2, search, faulty))
	pw := widget.NewPasswordField(widget.FieldSpec{Label: text.T("signin.password"), Icon: "key-round", Error: text.T("signin.wrong_password")}, text.T("signin.show_password"), text.T("signin.hide_password"))
	pw.SetText("hemligt")
	dom := widget.NewField(widget.FieldSpec{Label: text.T("signin.domain"), Icon: "server", Note: text.T("signin.found"), NoteIcon: "check", NoteToken: theme.GreenText})
	dom.SetText("vaxel.example.com")
	add(container.NewGridWithColumns(2, pw, dom))
	sel := widget.NewSelect("headphones", nil)
	sel.Set([]widget.Option{{ID: "a", Text: "Nordljud H2"}}, "a")
	vol := widget.NewSlider(text.T("sound.volume"), 0, 200, 5, nil)
	vol.Set(70)
	meter := widget.NewLevelMeter(48)
	meter.Set(0.6, false)
	on, off := widget.NewSwitch("", nil), widget.NewSwitch("", nil)
	on.Set(true)
	check := widget.NewCheck(text.T("signin.stay"), nil)
	check.Set(true)
	add(container.NewGridWithColumns(3, sel, vol, meter), row(on, off, check))
	add(container.NewGridWithColumns(2, widget.NewChoice(widget.ChoiceSpec{Icon: "user", Title: text.T("start.password"), Detail: text.T("start.password_help"), Chosen: true}, nil),
		widget.NewChoice(widget.ChoiceSpec{Icon: "flask-conical", Title: text.T("start.demo"), Detail: text.T("start.demo_help")}, nil)))
	add(widget.NewWarningBar(widget.WarningSpec{Icon: "wifi-off", Title: text.T("offline.title"), Text: text.T("registration.no-network") + " " + text.T("offline.retry_seconds", "n", 8), Button: text.T("offline.try_now")}, nil, nil))
	add(widget.NewWarningBar(widget.WarningSpec{Icon: "triangle-alert", Title: text.T("fault.title"), Text: text.T("reason.no-keyring"), Close: text.T("fault.dismiss"), Danger: true}, nil, nil))
	r1, r2, r3 := widget.NewRow(), widget.NewRow(b(widget.ButtonSpec{Icon: "phone", Look: widget.Go}), b(widget.ButtonSpec{Icon: "message-square"})), widget.NewRow()
	r1.Set(widget.RowSpec{Name: "Anna Berg", Status: widget.StatusLunch, Detail: []widget.Span{{Text: "Lunch till 13:00", Token: theme.AmberText, Bold: true}, {Text: " · Inköpschef, södra regionen och en del till som inte får plats alls på raden"}}, End: "2101"})
	r2.Set(widget.RowSpec{Name: "Kalle Brodin", Status: widget.StatusAvailable, Title: []widget.Span{{Text: "Ka", Mark: true}, {Text: "lle Brodin", Bold: true}}, Detail: []widget.Span{{Text: text.T("status.available"), Token: theme.GreenText, Bold: true}}, End: "2124"})
	r2.SetCursor(true)
	r3.Set(widget.RowSpec{Name: "Nils Granat", Icon: "phone-missed", IconTint: theme.RedText, Detail: []widget.Span{{Text: text.T("history.missed"), Token: theme.RedText, Bold: true}, {Text: " · 070-1740612"}}, End: "13:04"})
	add(container.NewVBox(r1, r2, r3))
	tabs := widget.NewTabBar(nil)
	tabs.Set([]widget.Tab{{ID: "c", Icon: "phone", Text: text.T("tab.calls")}, {ID: "h", Icon: "history", Text: text.T("tab.history"), Count: 2},
		{ID: "k", Icon: "book-user", Text: text.T("tab.contacts")}, {ID: "v", Icon: "voicemail", Text: text.T("tab.voicemail"), Count: 120}, {ID: "q", Icon: "headset", Text: text.T("tab.queues")}}, "c")
	add(tabs)
	add(row(widget.NewText("02:47", widget.Style{Size: theme.TimerSize, Figures: true}), widget.NewText("Maria Ekdal", widget.Style{Size: theme.HeadingSize, Bold: true}),
		widget.NewText("16 title", widget.Style{Size: theme.TitleSize, Bold: true}), widget.NewText("14 name", widget.Style{Size: theme.NameSize, Bold: true}),
		widget.NewText("13 body", widget.Style{Size: theme.BodySize}), widget.NewText("12 detail", widget.Style{Size: theme.DetailSize}), widget.NewText("01:54", widget.Style{Size: theme.NameSize, Bold: true, Figures: true, Token: theme.AmberText})))
	add(widget.NewParagraph(text.T("reason.no-speaker"), widget.Style{Size: theme.BodySize}))
	return widget.NewRoot(container.NewPadded(container.NewVBox(col...))), focused
}

// TestGalleryOfWhatOpens draws an open menu and a reason's tip.
func TestGalleryOfWhatOpens(t *testing.T) {
	for _, mode := range []theme.Mode{theme.ModeLight, theme.ModeDark} {
		t.Run(string(mode), func(t *testing.T) {
			app := test.NewTempApp(t)
			text.SetLanguage("sv")
			t.Cleanup(func() { text.SetLanguage(text.Auto) })
			theme.Apply(app, mode, 100)
			locked := widget.NewButton(widget.ButtonSpec{Text: text.T("call.record"), Icon: "circle-dot", Disabled: text.T("disabled.not-answered-yet")}, nil)
			answer := widget.NewButton(widget.ButtonSpec{Text: text.T("call.answer"), Icon: "phone", Key: text.T("key.numenter"), Look: widget.Go, Size: widget.Large}, nil)
			pick := widget.NewSelect("headphones", nil)
			pick.Set([]widget.Option{{ID: "", Text: text.T("sound.system")}, {ID: "a", Text: "Nordljud H2"}, {ID: "b", Text: "Inbyggda högtalare med ett mycket långt namn från tillverkaren"}}, "b")
			tile := widget.NewButton(widget.ButtonSpec{Icon: "circle-dot", Text: text.T("call.record"), Size: widget.Tile, Disabled: text.T("disabled.not-answered-yet")}, nil)
			root := widget.NewRoot(container.NewPadded(container.NewVBox(container.NewHBox(locked), container.NewHBox(answer, tile), layout.NewSpacer(), pick)))
			w := test.NewTempWindow(t, root)
			w.SetPadded(false)
			w.Resize(fyne.NewSize(340, 560))
			keep(t, w, string(mode)+"-focus", answer)
			keep(t, w, string(mode)+"-tip", locked)
			pick.Open()
			keep(t, w, string(mode)+"-select", nil)
			w.Canvas().Overlays().Remove(w.Canvas().Overlays().Top())
			widget.ShowMenu(w.Canvas(), fyne.NewPos(60, 60), []widget.MenuItem{
				{Text: text.T("menu.settings"), Icon: "settings", Key: "Ctrl+,"}, {Text: text.T("menu.shortcuts"), Icon: "keyboard", Key: "F1"}, {},
				{Text: text.T("history.copy"), Icon: "copy", Disabled: text.T("history.no_number")}, {Text: text.T("theme.dark"), Chosen: true},
				{Text: text.T("menu.sign_out"), Icon: "log-out", Danger: true, Detail: "elin@vaxel.example.com"}})
			keep(t, w, string(mode)+"-menu", nil)
		})
	}
}

func keep(t *testing.T, w fyne.Window, name string, focus fyne.Focusable) {
	t.Helper()
	if focus != nil {
		w.Canvas().Focus(focus)
	}
	img := w.Canvas().Capture()
	dir := os.Getenv("SVARA_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
