package widget

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Span is a run of text in one look.
type Span struct {
	Text  string
	Token theme.Token // "" is theme.Text
	Bold  bool
	Mark  bool // a search hit: marked ground and semi-bold
	// Brief is Text in fewer and fewer words, a line each: where Text has no room the first one that has stands in its
	// place. In the last one a tab stands where the words before it may be cut, so that those after it stay.
	Brief string
}

// Style is the look of a Text.
type Style struct {
	Size    theme.TextSize
	Token   theme.Token // "" is theme.Text
	Bold    bool
	Figures bool           // figures of equal width, for what ticks
	Align   fyne.TextAlign // leading, center or trailing
	Cut     bool           // may be narrower than its text: cut with an ellipsis, the whole shown as a tip
}

// Text is one line of text that follows theme and text size. With Cut its minimum width is small and the end is cut.
type Text struct {
	fynewidget.BaseWidget
	style Style
	spans []Span
}

// NewText makes a line of text.
func NewText(s string, style Style) *Text {
	t := &Text{style: style, spans: []Span{{Text: s}}}
	t.ExtendBaseWidget(t)
	return t
}

// Set changes the text. Nothing is drawn when it is the same.
func (t *Text) Set(s string) { t.SetSpans(Span{Text: s}) }

// SetSpans changes the text and its looks.
func (t *Text) SetSpans(spans ...Span) {
	if len(spans) == len(t.spans) {
		same := true
		for i := range spans {
			same = same && spans[i] == t.spans[i]
		}
		if same {
			return
		}
	}
	t.spans = spans
	t.Refresh()
}

// SetToken changes the colour of spans that name none.
func (t *Text) SetToken(token theme.Token) {
	if t.style.Token == token {
		return
	}
	t.style.Token = token
	t.Refresh()
}

// Text is the whole text.
func (t *Text) Text() string {
	var b strings.Builder
	for _, s := range t.spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// MouseIn shows the whole of a cut text.
func (t *Text) MouseIn(*desktop.MouseEvent) {
	if t.style.Cut && t.Size().Width < t.width() {
		showTipSoon(t, t.Text())
	}
}

// MouseMoved implements desktop.Hoverable.
func (t *Text) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (t *Text) MouseOut() { hideTip(t) }

func (t *Text) token(s Span) theme.Token {
	switch {
	case s.Mark:
		return theme.OnMark
	case s.Token != "":
		return s.Token
	case t.style.Token != "":
		return t.style.Token
	}
	return theme.Text
}

func (t *Text) bold(s Span) bool { return t.style.Bold || s.Bold || s.Mark }

func (t *Text) measure(s string, bold bool) float32 {
	return measure(s, t.style.Size, bold, t.style.Figures).Width
}

func (t *Text) width() float32 {
	var w float32
	for _, s := range t.spans {
		w += t.measure(s.Text, t.bold(s))
	}
	return w
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t}
	r.Refresh()
	return r
}

type textRenderer struct {
	t       *Text
	origin  fyne.Position // where the line begins in the widget it is drawn in
	room    float32       // the width it was laid out in
	objects []fyne.CanvasObject
	texts   []*canvas.Text
	marks   []*canvas.Rectangle
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}

func (r *textRenderer) MinSize() fyne.Size {
	h := theme.Px(r.t.style.Size.LineHeight())
	if r.t.style.Cut {
		return fyne.NewSize(min(r.t.width(), theme.Px(24)), h)
	}
	return fyne.NewSize(r.t.width(), h)
}

func (r *textRenderer) Refresh() {
	r.update()
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

// update sets texts and colours; Layout must follow.
func (r *textRenderer) update() {
	spans := r.t.spans
	for len(r.texts) < len(spans) {
		m, x := canvas.NewRectangle(theme.Color(theme.Transparent)), canvas.NewText("", nil)
		r.marks, r.texts = append(r.marks, m), append(r.texts, x)
		r.objects = append(r.objects, m, x)
	}
	for i, x := range r.texts {
		on := i < len(spans)
		SetVisible(x, on)
		SetVisible(r.marks[i], on && spans[i].Mark)
		if !on {
			continue
		}
		x.Text = spans[i].Text
		set(x, r.t.style.Size, r.t.token(spans[i]), r.t.bold(spans[i]), r.t.style.Figures)
		r.marks[i].FillColor = theme.Color(theme.Mark)
		r.marks[i].CornerRadius = theme.Px(2)
	}
}

func (r *textRenderer) Layout(s fyne.Size) {
	t := r.t
	left := s.Width
	r.room = s.Width
	if !t.style.Cut {
		left = t.width() // never cut what must be read
	}
	x, y := r.origin.X, r.origin.Y
	switch t.style.Align {
	case fyne.TextAlignCenter:
		x += (s.Width - min(left, t.width())) / 2
	case fyne.TextAlignTrailing:
		x += s.Width - min(left, t.width())
	}
	for i, span := range t.spans {
		if i >= len(r.texts) {
			return
		}
		shown := span.Text
		if t.style.Cut {
			shown = t.cutTo(span, left)
			if isSeparator(span.Text) && i+1 < len(t.spans) && t.cutTo(t.spans[i+1], left-t.measure(span.Text, t.bold(span))) == "" {
				shown = "" // of what it would set apart nothing is seen
			}
		}
		c := r.texts[i]
		c.Text = shown
		m := c.MinSize()
		place(c, x, y+(s.Height-m.Height)/2, m.Width, m.Height)
		h := theme.Px(t.style.Size.LineHeight())
		place(r.marks[i], x-theme.Px(1), y+(s.Height-h)/2, m.Width+theme.Px(2), h)
		SetVisible(r.marks[i], span.Mark && strings.Trim(shown, "…") != "") // what is cut away is not marked
		x += m.Width
		left -= m.Width
		if shown != span.Text {
			left = 0
		}
	}
}

// cutTo is a span's text as it is seen in a width.
func (t *Text) cutTo(s Span, width float32) string {
	return s.within(width, func(words string) float32 { return t.measure(words, t.bold(s)) })
}

// within is the span's text in a width: in fewer words if it must be, cut only where the fewest are too many.
func (s Span) within(width float32, measure func(string) float32) string {
	if s.Brief == "" {
		return ellipsize(s.Text, width, measure)
	}
	if measure(s.Text) <= width+0.5 {
		return s.Text
	}
	last := ""
	for words := range strings.SplitSeq(s.Brief, "\n") {
		if last = words; measure(strings.Replace(words, "\t", " ", 1)) <= width+0.5 {
			return strings.Replace(words, "\t", " ", 1)
		}
	}
	if head, tail, two := strings.Cut(last, "\t"); two {
		if short := ellipsize(head, width-measure(" "+tail), measure); short != "" {
			return short + " " + tail
		}
		last = tail
	}
	return ellipsize(last, width, measure)
}

// least is the width of the fewest words that say what the span says first: what follows a separator may be cut.
func (t *Text) least(s Span) float32 {
	words, _, _ := strings.Cut(s.Text, " "+separator+" ")
	if s.Brief != "" {
		words = s.Brief[strings.LastIndex(s.Brief, "\n")+1:]
		words = strings.Replace(words, "\t", " ", 1)
	}
	return t.measure(words, t.bold(s))
}

// separator stands between the parts of a line.
const separator = "·"

func isSeparator(s string) bool { return strings.TrimSpace(s) == separator }

// cutEnd is the beginning of a text that was cut: without a separator that nothing follows.
func cutEnd(s string) string {
	if end := strings.TrimRight(s, " "+separator); end != "" {
		return end + "…"
	}
	return " …"
}

// inline is a Text drawn in another widget. It is no widget itself, so that it takes neither pointer nor tip from the
// widget it is part of.
type inline struct {
	t *Text
	r *textRenderer
}

func newInline(style Style) *inline {
	t := &Text{style: style}
	return &inline{t: t, r: &textRenderer{t: t}}
}

func (i *inline) set(token theme.Token, spans ...Span) {
	i.t.spans, i.t.style.Token = spans, token
	i.r.update()
}

func (i *inline) objects() []fyne.CanvasObject { return i.r.objects }

func (i *inline) width() float32 { return i.t.width() }

func (i *inline) place(x, y, w, h float32) {
	i.r.origin = fyne.NewPos(x, y)
	i.r.Layout(fyne.NewSize(w, h))
}

// cut reports whether the text does not fit in the width it was placed in.
func (i *inline) cut(w float32) bool { return i.width() > w+0.5 }

// set gives a canvas text, whose words are in it already, the look of a step of the type scale.
func set(c *canvas.Text, size theme.TextSize, token theme.Token, bold, figures bool) {
	c.TextSize = theme.Px(float32(size))
	c.Color = theme.Color(token)
	c.TextStyle = fyne.TextStyle{Bold: bold}
	c.FontSource = theme.Face(c.Text, bold, figures)
}

// line is a canvas text inside a widget.
func line() *canvas.Text { return canvas.NewText("", theme.Color(theme.Text)) }

func measure(s string, size theme.TextSize, bold, figures bool) fyne.Size {
	m, _ := fyne.CurrentApp().Driver().RenderedTextSize(s, theme.Px(float32(size)), fyne.TextStyle{Bold: bold}, theme.Face(s, bold, figures))
	return m
}

// ellipsize cuts the text to the width, with an ellipsis where something was cut. To be measured, letters are shaped, which
// takes longer than all the rest of a line: where they stand side by side it is worked out from theirs alone where the cut
// will be, and measured there.
func ellipsize(s string, width float32, measure func(string) float32) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	ends, over := sideBySide(r, width, measure)
	if !over && measure(s) <= width+0.5 {
		return s
	}
	cut := func(n int) string { return cutEnd(string(r[:n])) }
	low, high := 0, len(r) // the longest prefix that fits has low ≤ length < high
	for rest := width - measure("…"); low+1 < high; {
		n := (low + high) / 2
		if ends != nil {
			n, _ = slices.BinarySearch(ends, rest)
			n = min(max(n, low+1), high-1)
		}
		w := measure(cut(n))
		if w <= width {
			low = n
		} else {
			high = n
		}
		if n < len(ends) {
			rest = ends[n] + width - w // they stand closer than alone, or are fewer without the space at their end
		}
	}
	if low == 0 {
		if measure("…") <= width {
			return "…"
		}
		return ""
	}
	return cut(low)
}

// sideBySide is how far letters reach that stand side by side, the first n in place n, and whether they are over the width
// beyond doubt: pairs stand a little closer than each alone. It is nil where letters join each other.
func sideBySide(r []rune, width float32, measure func(string) float32) (ends []float32, over bool) {
	ends = append(make([]float32, 0, min(len(r), 80)+1), 0)
	for _, c := range r {
		if c >= 0x250 { // beyond the Latin letters
			return nil, false
		}
		reach := ends[len(ends)-1] + measure(string(c))
		if ends = append(ends, reach); reach > width*5/4+theme.Px(8) {
			return ends, true
		}
	}
	return ends, false
}
