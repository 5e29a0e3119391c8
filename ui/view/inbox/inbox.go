// Package inbox draws the recorded calls: the list by day, the player of the one that is open, and deleting with a way
// back.
package inbox

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

// View is the recordings.
type View struct {
	*sounds.List[int64, present.RecordingRow]

	deps  view.Deps
	found []phone.Recording

	call  *widget.Button // of the player, as the next ones
	mail  *widget.Button
	trash *widget.Button
}

// New makes the view. It asks for the recordings with the first scene.
func New(deps view.Deps) *View {
	v := &View{deps: deps}
	v.List = sounds.New(deps, sounds.Kind[int64, present.RecordingRow]{
		Caption: "recordings.title", Search: "recordings.search", Failed: "recordings.failed",
		Head: func(title, search, find fyne.CanvasObject) fyne.CanvasObject {
			return lay.Row(theme.Grid, lay.Fill(container.NewStack(title, search)), find)
		},
		ID:       func(m present.RecordingRow) int64 { return m.ID },
		Revision: func(s *phone.Snapshot) uint64 { return s.Inbox.Revision },
		Ask:      v.ask,
		There:    v.there,
		Models: func(s present.Scene, query string, gone map[int64]bool) []present.RecordingRow {
			return present.RecordingRows(s, v.found, query, gone)
		},
		Count: func(s present.Scene) string {
			if s.Snap.Inbox.Unseen == 0 {
				return ""
			}
			return text.T("recordings.new", "n", s.Snap.Inbox.Unseen)
		},
		Empty: func(_ present.Scene, query string) present.Empty { return present.RecordingsEmpty(query) },
		Sound: v.sound,
		Above: func(m present.RecordingRow) float32 {
			if m.Day == "" {
				return 0
			}
			return widget.HeadHeight
		},
		Bind: v.bind, Draw: v.draw, Menu: v.menu, Delete: v.remove,
		Remove: func(id int64) error { return deps.Do(phone.DeleteRecording{ID: id}) },
	}, v.newPlayer)
	return v
}

func (v *View) ask(query string, answer func(error)) bool {
	if v.deps.Recordings == nil {
		return false
	}
	v.deps.Recordings(phone.RecordingQuery{Text: query, Limit: sounds.Limit}, func(found []phone.Recording, err error) {
		v.found = found
		answer(err)
	})
	return true
}

func (v *View) there() []int64 {
	out := make([]int64, 0, len(v.found))
	for _, r := range v.found {
		out = append(out, r.ID)
	}
	return out
}

// sound is a recording as it is played.
func (v *View) sound(id int64) present.Sound {
	for _, r := range v.found {
		if r.ID == id {
			return present.Sound{Recording: id, Length: r.Duration}
		}
	}
	return present.Sound{Recording: id}
}

// Copy shows what another view shows.
func (v *View) Copy(from *View) {
	v.found = from.found
	v.List.Copy(from.List)
}
