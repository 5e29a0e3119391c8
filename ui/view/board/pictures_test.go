package board

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
)

// ways is what can be done with a call to hand over.
func ways(_ phone.Person, lamp present.Lamp) []present.Act {
	act := func(id command.ID, icon, words, key string) present.Act {
		return present.Act{Button: present.Button{Command: string(id), Icon: icon, Text: words, Key: key, Enabled: true}}
	}
	out := []present.Act{act(command.Direct, "arrow-right", "Direkt", "*"), act(command.Announced, "messages-square", "Aviserad", "-"), act(command.Voicemail, "voicemail", "Röstbrevlåda", "/")}
	if lamp.Status == present.StatusInCall {
		out = append([]present.Act{act(command.CampOn, "hourglass", "Kösätt", "+")}, out...)
	}
	return out
}

// scenes are the looks of the board.
var scenes = map[string]func(*house){
	"everyone": func(h *house) { h.open(1020, 740).Highlight("2117") },
	"hits": func(h *house) {
		h.open(1020, 740).SetQuery("sä")
		h.board.MoveAcross(1)
	},
	"list": func(h *house) {
		h.snap.Settings[phone.KeyBoardLayout] = "list"
		h.open(1020, 740).Highlight("2117")
	},
	"call": func(h *house) {
		h.open(728, 500).SetMode(false, ways)
		h.board.OnMenu(nil)
		h.board.Highlight("2117")
	},
	"transfer": func(h *house) {
		h.open(1020, 600).SetMode(true, ways)
		h.board.SetQuery("li")
	},
	"nobody": func(h *house) { h.open(1020, 500).SetQuery("xyz") },
	"silent": func(h *house) {
		h.lines = map[string]*phone.Line{}
		h.changed()
		h.open(1020, 500)
	},
}

// TestPictures draws every look of the board in the themes and with the largest text. With SVARA_SCREENS=folder the
// pictures are kept, to be looked at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	for _, look := range []struct {
		name, language string
		mode           theme.Mode
		percent        int
	}{{"light", "en", theme.ModeLight, 100}, {"dark", "sv", theme.ModeDark, 100}, {"contrast", "sv", theme.ModeContrast, 100}, {"large", "sv", theme.ModeLight, 200}} {
		for name, scene := range scenes {
			if folder == "" && look.percent != 200 {
				continue
			}
			t.Run(look.name+"/"+name, func(t *testing.T) {
				h := newHouse(t, look.language, look.mode, look.percent)
				h.staff()
				scene(h)
				if m := h.board.Object().MinSize(); m.Width > h.canvas.Size().Width {
					t.Errorf("the board is %v wide and needs %v", h.canvas.Size().Width, m.Width)
				}
				img := h.canvas.Capture()
				if folder == "" {
					return
				}
				f, err := os.Create(filepath.Join(folder, "board-"+name+"-"+look.name+".png"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if err := png.Encode(f, img); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
