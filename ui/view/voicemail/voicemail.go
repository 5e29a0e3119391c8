// Package voicemail draws the voice messages: those of all mailboxes in one list, the player of the one that is open,
// how the mailboxes stand, and calling a mailbox.
package voicemail

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/view/sounds"
	"svara/ui/widget"
)

// View is the voice messages.
type View struct {
	*sounds.List[string, present.VoiceRow]

	deps  view.Deps
	found []phone.VoiceMessage
	call  *widget.Button // calls a mailbox
	boxes *boxes
	greet *greetings
	acts  acts
}

// New makes the view. It asks for the messages with the first scene.
func New(deps view.Deps) *View {
	v := &View{deps: deps, boxes: newBoxes(deps), greet: newGreetings(deps)}
	v.call = widget.NewButton(widget.ButtonSpec{}, v.callMailbox)
	v.List = sounds.New(deps, sounds.Kind[string, present.VoiceRow]{
		Caption: "tab.voicemail", Search: "voicemail.search", Failed: "voicemail.failed",
		Head: func(title, search, find fyne.CanvasObject) fyne.CanvasObject {
			return lay.Aside(theme.Half, 122, container.NewStack(title, search), lay.Row(theme.Half, v.call, find))
		},
		Over: lay.Col(0, v.boxes.object, v.greet.object),
		Searching: func(on bool) {
			if on {
				v.call.Hide()
			} else {
				v.call.Show()
			}
		},
		ID:       func(m present.VoiceRow) string { return m.ID },
		Revision: func(s *phone.Snapshot) uint64 { return s.Voicemail.Revision },
		Ask:      v.ask,
		There:    v.there,
		Models: func(s present.Scene, query string, gone map[string]bool) []present.VoiceRow {
			return present.VoiceRows(s, v.found, query, gone)
		},
		Count: func(s present.Scene) string {
			if n := s.Snap.Voicemail.New(); n > 0 {
				return text.T("voicemail.new", "n", n)
			}
			return ""
		},
		Empty: present.VoicemailEmpty, Sound: v.sound,
		Bind: v.bind, Draw: v.draw, Menu: v.menu, Delete: v.remove,
		Remove: func(id string) error { return deps.Do(phone.DeleteVoicemail{ID: id}) },
	}, v.newPlayer)
	return v
}

// Update draws a scene. Changed mailboxes are asked for anew.
func (v *View) Update(s present.Scene) {
	call := present.CallMailbox(s)
	spec := widget.ButtonSpec{Icon: call.Icon, Text: call.Text, Look: widget.Quiet}
	if !call.Enabled {
		spec.Disabled = call.Reason
	}
	v.call.Set(spec)
	v.boxes.update(present.MailboxLines(s))
	v.greet.update(s)
	v.List.Update(s)
}

func (v *View) ask(query string, answer func(error)) bool {
	if v.deps.Voicemail == nil || !v.Scene.Snap.Voicemail.Visual() {
		v.found = nil
		return false
	}
	v.deps.Voicemail(phone.VoiceMessageQuery{Text: query, Limit: sounds.Limit}, func(found []phone.VoiceMessage, err error) {
		v.found = found
		answer(err)
	})
	return true
}

func (v *View) there() []string {
	out := make([]string, 0, len(v.found))
	for _, m := range v.found {
		out = append(out, m.ID)
	}
	return out
}

// sound is a message as it is played.
func (v *View) sound(id string) present.Sound {
	for _, m := range v.found {
		if m.ID == id {
			return present.Sound{Message: id, Length: m.Duration}
		}
	}
	return present.Sound{Message: id}
}

// Copy shows what another view shows.
func (v *View) Copy(from *View) {
	v.found = from.found
	v.List.Copy(from.List)
}
