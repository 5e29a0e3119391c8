package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/call"
)

// TestTheCardKeepsItsHeight: the key that answers changes with what has the keyboard, and nothing moves for that.
func TestTheCardKeepsItsHeight(t *testing.T) {
	for _, language := range []string{"en", "sv"} {
		for _, percent := range []string{"90", "100", "200"} {
			a, p := open(t, registered())
			p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
				s.Calls, s.Settings[phone.KeyTextSize] = []phone.Call{incoming(7)}, percent
			}))
			for _, whole := range []bool{false, true} {
				c := call.NewIncoming(a.deps())
				c.Whole = whole
				for width := float32(300); width <= 440; width += 20 {
					height := func(key string) float32 {
						m := present.CallsOf(a.scene()).Ringing[0]
						m.Answer.Key = text.T("key." + key)
						c.Update(m)
						c.Object().Resize(fyne.NewSize(width, 10))
						return c.Object().MinSize().Height
					}
					if enter, pad := height("enter"), height("numenter"); enter != pad {
						t.Errorf("%s %s %% %v %v wide: %v high, with the number pad's %v", language, percent, whole, width, enter, pad)
					}
				}
			}
		}
	}
}
