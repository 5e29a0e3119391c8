package settings

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// mailServers is the mailboxes with voice messages and how they stand.
type mailServers struct {
	deps   view.Deps
	editor *form.Editor
	states *fyne.Container
	shown  []string
	check  *widget.Button
	page   *fyne.Container
}

func newMailServers(deps view.Deps, s present.Scene) *mailServers {
	m := &mailServers{deps: deps, editor: form.NewInline(deps, s, present.MailServerEditor()), states: lay.Col(theme.Grid)}
	m.check = widget.NewButton(widget.ButtonSpec{Icon: "refresh-cw", Text: text.T("mailserver.check"), Size: widget.Small}, func() {
		if err := deps.Do(phone.CheckVoicemail{}); err != nil {
			deps.Say(text.Refusal(err))
		}
	})
	m.page = lay.Col(theme.Grid, m.editor.Object(), m.states, lay.Row(0, m.check))
	return m
}

func (m *mailServers) object() fyne.CanvasObject { return m.page }

func (m *mailServers) framed() {}

func (m *mailServers) update(s present.Scene) {
	m.editor.Update(s)
	show(m.check, len(s.Snap.Voicemail.Servers) > 0)
	var wrong []string
	for _, r := range present.MailServerEditor().Rows(s) {
		if r.Warn != "" {
			wrong = append(wrong, r.Title+": "+r.Warn)
		}
	}
	if slices.Equal(wrong, m.shown) {
		return
	}
	m.shown, m.states.Objects = wrong, nil
	for _, w := range wrong {
		n := newNote("triangle-alert", theme.WarnText, theme.WarnSoft, func(present.Scene) string { return w })
		n.update(s)
		m.states.Add(n.object())
	}
	m.page.Refresh()
}
