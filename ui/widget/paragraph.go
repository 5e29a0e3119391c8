package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Paragraph is text that wraps at spaces to the width it is given. Its minimum height follows its width, so it belongs
// in a box that gives the width first (a VBox, a card).
type Paragraph struct {
	fynewidget.BaseWidget
	style Style
	text  string
	wide  float32 // the width it was laid out in last, 0 before
}

// NewParagraph makes a paragraph. Cut of the style is not used.
func NewParagraph(s string, style Style) *Paragraph {
	p := &Paragraph{style: style, text: s}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes the text.
func (p *Paragraph) Set(s string) {
	if p.text == s {
		return
	}
	p.text = s
	p.Refresh()
}

// SetToken changes the colour.
func (p *Paragraph) SetToken(token theme.Token) {
	if p.style.Token == token {
		return
	}
	p.style.Token = token
	p.Refresh()
}

// Text is the whole text.
func (p *Paragraph) Text() string { return p.text }

// Resize wraps the text to the new width.
func (p *Paragraph) Resize(s fyne.Size) {
	if p.wide != s.Width {
		p.wide = s.Width
		p.BaseWidget.Resize(s)
		p.Refresh()
		return
	}
	p.BaseWidget.Resize(s)
}

// MinSize implements fyne.CanvasObject: a hand's width, and the height the text needs in the width it has.
func (p *Paragraph) MinSize() fyne.Size {
	p.ExtendBaseWidget(p)
	lines := p.lines(p.wide)
	return fyne.NewSize(theme.Px(80), float32(len(lines))*theme.Px(p.style.Size.LineHeight()))
}

// HeightFor is the height the text needs in a width.
func (p *Paragraph) HeightFor(width float32) float32 {
	return float32(len(p.lines(width))) * theme.Px(p.style.Size.LineHeight())
}

func (p *Paragraph) lines(width float32) []string {
	if width <= 0 {
		return strings.Split(p.text, "\n")
	}
	return wrap(p.text, width, func(s string) float32 { return measure(s, p.style.Size, p.style.Bold, p.style.Figures).Width })
}

// breaks reports whether a line may end at the rune: not at a no-break space, which holds a number and its unit together.
func breaks(r rune) bool { return r == ' ' || r == '\t' }

// wrap breaks text into lines no wider than width; a word that is too wide itself is broken where it must be.
func wrap(s string, width float32, measure func(string) float32) []string {
	var out []string
	for para := range strings.SplitSeq(s, "\n") {
		line := ""
		for word := range strings.FieldsFuncSeq(para, breaks) {
			for measure(word) > width {
				r := []rune(word)
				n := len(r)
				for n > 1 && measure(string(r[:n])) > width {
					n--
				}
				if line != "" {
					out = append(out, line)
					line = ""
				}
				if n == len(r) {
					break
				}
				out = append(out, string(r[:n]))
				word = string(r[n:])
			}
			switch {
			case line == "":
				line = word
			case measure(line+" "+word) <= width:
				line += " " + word
			default:
				out = append(out, line)
				line = word
			}
		}
		out = append(out, line)
	}
	return out
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.Refresh()
	return r
}

type paragraphRenderer struct {
	p     *Paragraph
	texts []fyne.CanvasObject
}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject { return r.texts }
func (r *paragraphRenderer) Destroy()                     {}
func (r *paragraphRenderer) MinSize() fyne.Size           { return r.p.MinSize() }

func (r *paragraphRenderer) Refresh() {
	lines := r.p.lines(r.p.Size().Width)
	for len(r.texts) < len(lines) {
		r.texts = append(r.texts, line())
	}
	r.texts = r.texts[:len(lines)]
	token := r.p.style.Token
	if token == "" {
		token = theme.Text
	}
	for i, s := range lines {
		c, ok := r.texts[i].(*canvas.Text)
		if !ok {
			continue
		}
		c.Text = s
		c.Alignment = r.p.style.Align
		set(c, r.p.style.Size, token, r.p.style.Bold, r.p.style.Figures)
	}
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *paragraphRenderer) Layout(s fyne.Size) {
	h := theme.Px(r.p.style.Size.LineHeight())
	for i, t := range r.texts {
		m := t.MinSize()
		place(t, 0, float32(i)*h+(h-m.Height)/2, s.Width, m.Height)
	}
}
