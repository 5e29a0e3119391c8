package normal

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/me"
	"svara/ui/widget"
)

// footer is the devices, the number that is shown, the microphone, the volume.
type footer struct {
	deps   view.Deps
	mic    *widget.Button
	device *widget.Button
	role   *widget.Button
	loud   *widget.Button
	slider *widget.Slider
	inner  *fyne.Container
	object fyne.CanvasObject
	before int               // the volume before it was turned off
	number widget.ButtonSpec // of role
	narrow bool              // there is no room for chevrons
}

func newFooter(deps view.Deps) *footer {
	f := &footer{deps: deps, before: 100}
	f.mic = widget.NewButton(widget.ButtonSpec{Icon: "mic", Look: widget.Quiet}, func() { deps.Run(command.Mute, 0) })
	f.device = widget.NewButton(widget.ButtonSpec{}, f.deviceMenu)
	f.role = widget.NewButton(widget.ButtonSpec{Icon: "id-card", Look: widget.Quiet}, f.roleMenu)
	f.loud = widget.NewButton(widget.ButtonSpec{Icon: "volume-2", Look: widget.Quiet}, f.silence)
	f.slider = widget.NewSlider(text.T("sound.volume"), 0, 200, 5, func(v int) { f.set(v) })
	f.inner = container.New(&footerLayout{f}, f.device, f.role, f.mic, f.loud, f.slider)
	f.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Pad(8, 1, 12, 0, f.inner))
	return f
}

// footerLayout puts the devices and the number shown at the left and the sound at the right. In a narrow window the
// slider goes: its button stays; then the number is cut.
type footerLayout struct{ f *footer }

func (l *footerLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(theme.Px(200), theme.Px(theme.FooterHeight))
}

func (l *footerLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	f := l.f
	put := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
		o.Resize(fyne.NewSize(w, h))
	}
	if narrow := size.Width < theme.Px(narrowBelow); f.narrow != narrow {
		f.narrow = narrow
		f.menus()
	}
	device := f.device.MinSize().Width
	small := f.mic.MinSize().Width
	put(f.device, 0, device)
	role := f.role.MinSize().Width
	slider := min(theme.Px(110), size.Width-device-role-2*small-theme.Px(24))
	widget.SetVisible(f.slider, slider >= theme.Px(64))
	put(f.role, device+theme.Px(2), max(small, min(role, size.Width-device-2*small-theme.Px(8))))
	right := size.Width
	if f.slider.Visible() {
		put(f.slider, right-slider, slider)
		right -= slider + theme.Px(4)
	}
	put(f.loud, right-small, small)
	put(f.mic, right-2*small-theme.Px(2), small)
}

func (f *footer) update(m present.Footer, role present.ShownRole) {
	shown := widget.ButtonSpec{Icon: role.Icon, Text: role.Text, Tip: role.Tip, Look: widget.Quiet}
	if role.Next {
		shown.Tint = theme.AccentText
	}
	f.number = shown
	f.menus()
	mic := widget.ButtonSpec{Icon: m.MicIcon, Tip: m.MicTip, Look: widget.Quiet}
	if m.Muted {
		mic.Tint = theme.DangerText
	}
	if m.MicTone == present.ToneAmber {
		mic.Tint = theme.AmberText
	}
	f.mic.Set(mic)
	f.loud.Set(widget.ButtonSpec{Icon: m.OutIcon, Tip: m.OutTip, Look: widget.Quiet})
	f.slider.Set(m.Volume)
	if m.Volume > 0 {
		f.before = m.Volume
	}
}

// menus draws the buttons that open a menu.
func (f *footer) menus() {
	device, number := widget.ButtonSpec{Icon: "headphones", Look: widget.Quiet, Tip: text.T("footer.devices_tip")}, f.number
	device.Menu, number.Menu = !f.narrow, !f.narrow
	f.device.Set(device)
	f.role.Set(number)
}

// roleMenu is which number is shown: until changed, or for the next call.
func (f *footer) roleMenu() { me.OpenRoles(f.deps, f.role) }

func (f *footer) set(volume int) {
	if err := f.deps.Do(phone.Set{Key: phone.KeyVolume, Value: strconv.Itoa(volume)}); err != nil {
		f.deps.Say(text.Refusal(err))
	}
}

// silence turns the sound off and on again.
func (f *footer) silence() {
	if f.slider.Value() > 0 {
		f.set(0)
		return
	}
	f.set(f.before)
}

// deviceMenu is which microphone, speaker and ring device are used.
func (f *footer) deviceMenu() {
	var items []widget.MenuItem
	for i, k := range present.SoundKinds(present.Scene{Snap: f.deps.Snapshot()}) {
		if i > 0 {
			items = append(items, widget.MenuItem{})
		}
		items = append(items, widget.MenuItem{Text: k.Title, Icon: k.Icon, Detail: k.Chosen, Run: func() { f.choose(k) }})
	}
	items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("menu.sound"), Icon: "settings", Run: func() { f.deps.Show("settings/sound") }})
	widget.ShowMenuUnder(f.device, items)
}

func (f *footer) choose(k present.SoundKind) {
	var items []widget.MenuItem
	for _, c := range k.Choices {
		items = append(items, widget.MenuItem{Text: c.Text, Chosen: c.Chosen, Run: func() {
			if err := f.deps.Do(phone.Set{Key: k.Setting, Value: c.Value}); err != nil {
				f.deps.Say(text.Refusal(err))
			}
		}})
	}
	widget.ShowMenuUnder(f.device, items)
}
