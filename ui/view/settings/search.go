package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// search finds settings on all pages. While something is typed, what is found stands in the page's place.
type search struct {
	v      *View
	field  *widget.Field
	hits   []present.SettingHit
	cursor int
	list   *fyne.Container
	scroll *container.Scroll
	open   bool
}

func newSearch(v *View) *search {
	s := &search{v: v, field: widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: text.T("settings.search")}), list: lay.Col(4)}
	s.scroll = container.NewVScroll(lay.Pad(24, 16, 24, 20, s.list))
	e := s.field.Entry()
	e.OnChanged = s.typed
	e.OnSubmit = func(string) { s.choose(s.cursor) }
	e.OnKey = s.key
	return s
}

func (s *search) typed(words string) {
	s.hits = present.SearchSettings(s.v.scene, words)
	s.cursor = 0
	if len(s.hits) == 0 && present.Clean(words, 100) == "" {
		if s.open {
			s.open = false
			s.v.put(s.v.front)
		}
		return
	}
	s.draw(words)
	if !s.open {
		s.open = true
	}
	s.v.put(s.scroll)
	s.scroll.ScrollToTop()
}

func (s *search) draw(words string) {
	s.list.Objects = nil
	if len(s.hits) == 0 {
		s.list.Add(widget.NewParagraph(text.T("settings.search_none", "typed", present.Clean(words, 100)), widget.Style{Size: theme.BodySize, Token: theme.Text2}))
	}
	for i, h := range s.hits {
		s.list.Add(widget.NewOptionRow(s.spec(i, h), func() { s.choose(i) }))
	}
	s.list.Refresh()
}

func (s *search) spec(i int, h present.SettingHit) widget.OptionSpec {
	return widget.OptionSpec{Icon: h.Icon, Title: h.Title, Detail: h.Where, More: true, Cursor: i == s.cursor}
}

// key moves among what was found, and leaves the search.
func (s *search) key(c command.Chord) bool {
	switch {
	case !s.open || c.Mod != 0:
		return false
	case c.Key == "Down":
		s.move(+1)
	case c.Key == "Up":
		s.move(-1)
	case c.Key == "Escape":
		s.close()
	default:
		return false
	}
	return true
}

func (s *search) move(by int) {
	if len(s.hits) == 0 {
		return
	}
	s.cursor = (s.cursor + by + len(s.hits)) % len(s.hits)
	for i, h := range s.hits {
		if row, ok := s.list.Objects[i].(*widget.OptionRow); ok {
			row.Set(s.spec(i, h))
		}
	}
	row := s.list.Objects[s.cursor]
	top, height := row.Position().Y, s.scroll.Size().Height
	y := min(s.scroll.Offset.Y, top)
	s.scroll.ScrollToOffset(fyne.NewPos(0, max(y, top+row.Size().Height+theme.Px(36)-height)))
}

func (s *search) choose(i int) {
	if i < len(s.hits) {
		h := s.hits[i]
		s.v.find(h.Page, h.ID)
	}
}

// close empties the search. It reports whether there was anything in it.
func (s *search) close() bool {
	if s.field.Text() == "" {
		return false
	}
	s.field.SetText("")
	return true
}

// find shows a page with a mark around one of its rows, and the keyboard in it.
func (v *View) find(page, id string) {
	v.Go(page)
	if v.at == Keyboard {
		v.keys.Focus()
		return
	}
	at := v.pages[v.at].spots[id]
	v.mark(at)
	if at == nil {
		return
	}
	driver := fyne.CurrentApp().Driver()
	inner := v.scroll.Content
	y := driver.AbsolutePositionForObject(at.object).Y - driver.AbsolutePositionForObject(inner).Y
	v.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(y-theme.Px(60), inner.MinSize().Height-v.scroll.Size().Height))))
	if c := driver.CanvasForObject(at.object); c != nil {
		if f := at.first(); f != nil {
			c.Focus(f)
		} else {
			c.Unfocus()
		}
	}
}

// mark puts the mark around a row, or around none.
func (v *View) mark(s *spot) {
	if v.marked != nil {
		v.marked.choose(false)
	}
	if v.marked = s; s != nil {
		s.choose(true)
	}
}
