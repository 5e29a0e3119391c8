package ui

import (
	"context"
	"reflect"

	"fyne.io/systray"

	"svara/ui/loop"
	"svara/ui/present"
)

// trayMenu is the tray's menu: lines that are made once and then say what is true now.
type trayMenu struct {
	t          *tray
	show       *trayLine
	calls      []*trayLine
	missed     *trayLine
	messages   *trayLine
	activity   *trayLine
	activities []*trayLine
	queues     *trayLine
	queue      []*trayLine
	settings   *trayLine
	quit       *trayLine
}

// trayLine is a line and what it said last.
type trayLine struct {
	item  *systray.MenuItem
	model present.TrayItem
	shown bool
}

func newTrayMenu(t *tray) *trayMenu {
	m := &trayMenu{t: t}
	m.show = m.line(nil, false)
	for range present.TrayCalls {
		m.calls = append(m.calls, m.line(nil, false))
	}
	m.missed, m.messages = m.line(nil, false), m.line(nil, false)
	systray.AddSeparator()
	m.activity, m.queues, m.settings = m.line(nil, false), m.line(nil, false), m.line(nil, false)
	systray.AddSeparator()
	m.quit = m.line(nil, false)
	return m
}

// line makes a line, hidden, and listens to it until the window closes.
func (m *trayMenu) line(under *systray.MenuItem, check bool) *trayLine {
	l := &trayLine{}
	switch {
	case under == nil:
		l.item = systray.AddMenuItem("", "")
	case check:
		l.item = under.AddSubMenuItemCheckbox("", "", false)
	default:
		l.item = under.AddSubMenuItem("", "")
	}
	l.item.Hide()
	m.t.a.group.run(func(ctx context.Context) {
		for {
			select {
			case <-ctx.Done():
				return
			case <-l.item.ClickedCh:
				loop.Do(func() {
					if l.shown && !l.model.Locked {
						m.t.use(l.model)
					}
				})
			}
		}
	})
	return l
}

// set makes a line say what it is about now; one without a text is hidden.
func (l *trayLine) set(m present.TrayItem) {
	show := m.Text != ""
	if !show {
		if l.shown {
			l.shown = false
			l.item.Hide()
		}
		return
	}
	if l.shown && reflect.DeepEqual(l.model, m) {
		return
	}
	before := l.model // as the line is drawn, also while it is hidden
	l.model = m
	if before.Text != m.Text {
		l.item.SetTitle(m.Text)
	}
	if before.Checked != m.Checked {
		if m.Checked {
			l.item.Check()
		} else {
			l.item.Uncheck()
		}
	}
	if before.Locked != m.Locked {
		if m.Locked {
			l.item.Disable()
		} else {
			l.item.Enable()
		}
	}
	if !l.shown {
		l.shown = true
		l.item.Show()
	}
}

func (m *trayMenu) update(t present.Tray) {
	m.show.set(t.Show)
	m.fill(&m.calls, nil, t.Calls)
	m.missed.set(t.Missed)
	m.messages.set(t.Messages)
	m.submenu(m.activity, &m.activities, t.Activity)
	m.submenu(m.queues, &m.queue, t.Queues)
	m.settings.set(t.Settings)
	m.quit.set(t.Quit)
}

// submenu is a line with lines of its own; without any it is hidden.
func (m *trayMenu) submenu(head *trayLine, lines *[]*trayLine, t present.TrayItem) {
	if len(t.Items) == 0 {
		t.Text = ""
	}
	m.fill(lines, head.item, t.Items)
	t.Items = nil
	head.set(t)
}

// fill gives lines what they say, makes those that are missing and hides those that are too many.
func (m *trayMenu) fill(lines *[]*trayLine, under *systray.MenuItem, models []present.TrayItem) {
	for under != nil && len(*lines) < len(models) {
		*lines = append(*lines, m.line(under, true))
	}
	for i, l := range *lines {
		if i < len(models) {
			l.set(models[i])
		} else {
			l.set(present.TrayItem{})
		}
	}
}
