package widget

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
)

// longest is the text cut where it fits, found letter by letter.
func longest(s string, width float32, measure func(string) float32) string {
	if measure(s) <= width+0.5 {
		return s
	}
	out, r := "", []rune(s)
	if measure("…") <= width {
		out = "…"
	}
	for n := 1; n < len(r); n++ {
		if cut := cutEnd(string(r[:n])); measure(cut) <= width {
			out = cut
		}
	}
	return out
}

// TestCutTextIsMeasuredLittle: what is cut ends where the room does, in any writing, and Latin words are shaped no more than
// a few times for it.
func TestCutTextIsMeasuredLittle(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	for _, c := range []struct {
		text string
		most int // times that several letters are measured
	}{
		{"Systemutvecklare, Norrköpings kommun, IT-drift och förvaltning av Växeln", 4},
		{"AVAVAVAVAVAVAVAVAVAVATATATATATATATATAVoVoVoVoVoVoTyTyTyTy", 6}, // pairs that stand close
		{"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii", 4},
		{"     Anna       Andersson      ", 8},
		{"محمد بن عبد الله في المدينة الكبيرة", 12},
		{"👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 Familjen", 12},
		{strings.Repeat("Åsa-Märta von Öhrn ", 500), 6},
	} {
		for width := float32(0); width < 400; width += 7 {
			several := 0
			measureWidth := func(s string) float32 { return measure(s, theme.DetailSize, false, true).Width }
			got := ellipsize(c.text, width, func(s string) float32 {
				if utf8.RuneCountInString(s) > 1 {
					several++
				}
				return measureWidth(s)
			})
			if several > c.most {
				t.Errorf("%.30q in %v px: measured %d times", c.text, width, several)
			}
			if strings.Contains(c.text, "\u200d") || utf8.RuneCountInString(c.text) > 100 && width > 100 {
				continue // more letters may be narrower, or the slow way is too slow
			}
			if want := longest(c.text[:min(len(c.text), 300)], width, measureWidth); got != want {
				t.Errorf("%.30q in %v px: %q, want %q", c.text, width, got, want)
			}
		}
	}
}

// paper is what a desk's windows are: it remembers what was to be made anew, and how often it was to be drawn.
type paper struct {
	fyne.Driver
	fyne.Canvas
	anew  []fyne.CanvasObject
	drawn int
}

// desk is an app whose windows are paper.
type desk struct {
	fyne.App
	paper *paper
}

func (d desk) Driver() fyne.Driver { return driver{d.paper.Driver, d.paper} }

type driver struct {
	fyne.Driver
	paper *paper
}

func (d driver) CanvasForObject(fyne.CanvasObject) fyne.Canvas { return sheet{d.paper.Canvas, d.paper} }

type sheet struct {
	fyne.Canvas
	paper *paper
}

func (s sheet) Refresh(o fyne.CanvasObject) { s.paper.anew = append(s.paper.anew, o) }
func (s sheet) SetDirty()                   { s.paper.drawn++ }

// TestCellsKeepTheirPictures: when somebody else is shown in a cell only the pictures that look different are made anew. All
// of them are for everybody in sight at each letter of a search.
func TestCellsKeepTheirPictures(t *testing.T) {
	app := test.NewTempApp(t)
	theme.Apply(app, theme.ModeLight, 100)
	p := &paper{Canvas: test.NewCanvas()}
	p.Driver = app.Driver()
	for name, c := range map[string]boardCell{"tile": newPersonTile(), "row": newPersonRow(nil)} {
		pictures := func() (n int, all bool) {
			for _, o := range p.anew {
				if _, ok := o.(*canvas.Raster); ok {
					n++
				}
				all = all || o == fyne.CanvasObject(c)
			}
			return n, all
		}
		spec := TileSpec{Name: []Span{{Text: "Anna Berg"}}, Number: []Span{{Text: "2101"}}, Status: StatusAvailable, State: "Tillgänglig", Detail: []Span{{Text: "Säljare"}}}
		c.look(spec, false)
		c.Resize(fyne.NewSize(240, 48))
		test.TempWidgetRenderer(t, c)
		fyne.SetCurrentApp(desk{app, p})
		p.anew, p.drawn = nil, 0
		other := spec
		other.Name, other.Number, other.Detail = []Span{{Text: "Bo "}, {Text: "Ek", Mark: true}}, []Span{{Text: "2102"}}, []Span{{Text: "Ekonom"}}
		c.look(other, false)
		if n, all := pictures(); n > 0 || all || p.drawn == 0 {
			t.Errorf("%s: %d pictures are made anew for somebody who stands alike, all: %t; drawn %d times", name, n, all, p.drawn)
		}
		p.anew = nil
		other.Status = StatusLunch
		other.Quiet = true
		c.look(other, false)
		if n, _ := pictures(); n == 0 || !slices.ContainsFunc(test.WidgetRenderer(c).Objects(), func(o fyne.CanvasObject) bool { return slices.Contains(p.anew, o) }) {
			t.Errorf("%s: no picture is made anew when they stand otherwise", name)
		}
		fyne.SetCurrentApp(app)
	}
}
