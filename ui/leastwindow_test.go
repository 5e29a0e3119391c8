package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/phone"
	"svara/ui/theme"
	"svara/ui/view/attendant"
	"svara/ui/view/normal"
)

// TestLeastWindowGrowsWithTheText: a window needs more with a larger text, and never more than the screen has.
func TestLeastWindowGrowsWithTheText(t *testing.T) {
	t.Cleanup(func() { theme.SetScreen(fyne.Size{}) })
	a, p := open(t, registered())
	sizes := func(percent string) (normalView, attendantView fyne.Size) {
		p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = percent }))
		return normal.Least(), attendant.Least()
	}
	n, at := sizes("100")
	if n != fyne.NewSize(340, 560) || at != fyne.NewSize(1100, 640) {
		t.Errorf("at 100 %% they need %v and %v", n, at)
	}
	if m := a.root.MinSize(); m != n {
		t.Errorf("the window needs %v, what is in it %v", m, n)
	}
	middleN, middleA := sizes("150")
	largeN, largeA := sizes("200")
	if middleN.Width <= n.Width || largeN.Width <= middleN.Width || largeN.Height <= n.Height || middleA.Width <= at.Width || largeA.Height <= middleA.Height {
		t.Errorf("at 150 %% they need %v and %v, at 200 %% %v and %v", middleN, middleA, largeN, largeA)
	}
	theme.SetScreen(fyne.NewSize(1200, 700))
	if n, at := sizes("200"); n.Height > 700 || at.Width > 1200 || at.Height > 700 {
		t.Errorf("on a screen of 1200 by 700 they need %v and %v", n, at)
	}
	theme.SetScreen(fyne.NewSize(300, 300))
	if n, _ := sizes("200"); n != fyne.NewSize(340, 560) {
		t.Errorf("on a screen that is too small the normal view needs %v", n)
	}
}

// TestOwnNameIsWholeInTheLeastWindow: neither the name nor what one does and until when is cut, whatever the text's size;
// nor is how somebody in the list stands.
func TestOwnNameIsWholeInTheLeastWindow(t *testing.T) {
	for _, language := range []string{"en", "sv"} {
		for _, percent := range []string{"100", "130", "150", "200"} {
			for _, doing := range []phone.ActivityKind{phone.ActivityAvailable, phone.ActivityLunch, phone.ActivityDND} {
				t.Run(language+"/"+percent+"/"+string(doing), func(t *testing.T) {
					a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = percent }))
					p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
						s.Accounts[0].DisplayName = "Anna-Karin Östergren"
						s.Me.Activity = phone.Activity{Kind: doing}
						if doing != phone.ActivityAvailable {
							s.Me.Activity.Until = noon.Add(40 * time.Minute)
						}
					}))
					a.build()
					a.draw()
					alone(a, a.face().Object(), normal.Least())
					var whole bool
					walk(a.face().Object(), func(o fyne.CanvasObject) {
						words, ok := o.(*canvas.Text)
						if !ok {
							return
						}
						whole = whole || words.Text == "Anna-Karin Östergren"
						if head, _, cut := strings.Cut(words.Text, "…"); cut && (strings.HasPrefix("Anna-Karin Östergren", head) || words.Color == theme.Color(theme.AmberText)) {
							t.Errorf("%q", words.Text)
						}
					})
					if !whole {
						t.Error("the name is not there")
					}
				})
			}
		}
	}
}

// TestWindowFollowsTheText: a larger text makes the window larger, an ordinary one gives it its size back, and none of that
// is remembered as the user's wish.
func TestWindowFollowsTheText(t *testing.T) {
	a, p := open(t, registered())
	now := noon
	a.now = func() time.Time { return now }
	a.sizeFace()
	usual := a.main.Canvas().Size()
	for _, percent := range []string{"200", "100", "150", "100"} {
		p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = percent }))
		for range 3 {
			now = now.Add(settleSize)
			a.second()
		}
		if size := a.main.Canvas().Size(); percent == "100" && size != usual || percent != "100" && size.Width <= usual.Width {
			t.Errorf("at %s %% the window is %v, and was %v", percent, size, usual)
		}
	}
	if p.last() != nil {
		t.Errorf("told %#v", p.last())
	}
}
