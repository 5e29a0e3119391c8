package settings

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// calls is the page about calls: those that come in, handing over, camping on, other devices.
type calls struct {
	incoming, transfer, device *switches
	auto, kind, busy, tones    *choice
	recall, reminder           *seconds
	page                       fyne.CanvasObject
}

func newCalls(deps view.Deps) *calls {
	c := &calls{
		incoming: newSwitches(deps), transfer: newSwitches(deps), device: newSwitches(deps),
		auto:     newChoice(deps, "phone-incoming", text.T("settings.auto_answer"), phone.KeyAutoAnswer),
		kind:     newChoice(deps, "arrow-right-left", text.T("settings.kind"), phone.KeyTransferKind),
		busy:     newChoice(deps, "undo-2", text.T("settings.recall_busy"), phone.KeyRecallBusy),
		tones:    newChoice(deps, "globe", text.T("sound.tones"), phone.KeyToneCountry),
		recall:   newSeconds(deps, phone.KeyRecallAfter, widget.FieldSpec{Label: text.T("settings.recall"), Help: text.T("settings.recall_help")}),
		reminder: newSeconds(deps, phone.KeyCampReminder, widget.FieldSpec{Label: text.T("settings.camp_reminder")}),
	}
	auto := lay.Col(theme.Half, c.auto.object, widget.NewParagraph(text.T("settings.auto_answer_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	c.page = lay.Col(theme.WindowPadding,
		titled(text.T("settings.calls_incoming"), auto, widget.NewLine(false), c.incoming.column),
		titled(text.T("settings.calls_transfer"), c.kind.object, c.recall.object(), c.busy.object, widget.NewLine(false), c.transfer.column),
		titled(text.T("settings.calls_camp"), c.reminder.object()),
		titled(text.T("settings.calls_other"), c.device.column, widget.NewLine(false), c.tones.object))
	return c
}

func (c *calls) object() fyne.CanvasObject { return c.page }

func (c *calls) update(s present.Scene) {
	c.incoming.update(present.IncomingSwitches(s))
	c.transfer.update(present.TransferSwitches(s))
	c.device.update(present.DeviceSwitches(s))
	c.auto.update(present.AutoAnswerChoices(s))
	c.kind.update(present.KindChoices(s))
	c.busy.update(present.RecallBusyChoices(s))
	c.tones.update(present.ToneChoices(s))
	c.recall.update(s)
	c.reminder.update(s)
}

// seconds is a setting that is a number of seconds. It is looked at as it is typed, and counts as soon as it is possible.
type seconds struct {
	deps    view.Deps
	key     string
	filling bool // the text comes from the phone
	field   *widget.Field
}

func newSeconds(deps view.Deps, key string, spec widget.FieldSpec) *seconds {
	spec.Note, spec.Icon = text.T("settings.seconds"), "hourglass"
	n := &seconds{deps: deps, key: key, field: widget.NewField(spec)}
	n.field.Entry().OnChanged = n.typed
	return n
}

// object is the field, not wider than what is written in it deserves.
func (n *seconds) object() fyne.CanvasObject { return lay.Row(0, lay.Least(220, 0, n.field)) }

func (n *seconds) typed(s string) {
	if n.filling {
		return
	}
	value, wrong := present.Seconds(n.key, s)
	complain(n.field, wrong)
	if wrong == "" && value != n.deps.Snapshot().Settings.Get(n.key) {
		set(n.deps, n.key, value)
	}
}

// update follows the phone, unless somebody is typing.
func (n *seconds) update(s present.Scene) {
	if now := s.Snap.Settings.Get(n.key); !typing(n.field) && n.field.Text() != now {
		n.filling = true
		n.field.SetText(now)
		n.filling = false
		complain(n.field, "")
	}
}

// typing reports whether the keyboard is in a field.
func typing(f *widget.Field) bool {
	c := fyne.CurrentApp().Driver().CanvasForObject(f)
	return c != nil && c.Focused() == fyne.Focusable(f.Entry())
}

// complain shows what is wrong under a field, or takes it away.
func complain(f *widget.Field, wrong string) {
	spec := f.Spec()
	if spec.Error == wrong {
		return
	}
	spec.Error = wrong
	f.Set(spec)
	reflow(f)
}

// reflow lays out the window after something became higher.
func reflow(o fyne.CanvasObject) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.Content() != nil {
		c.Content().Refresh()
	}
}
