package sounds

import (
	"fyne.io/fyne/v2"

	"svara/ui/text"
	"svara/ui/widget"
)

// OpenSearch shows the search in place of the title, or takes it away with what was searched for.
func (l *List[K, M]) OpenSearch(on bool) {
	widget.SetVisible(l.Field, on)
	widget.SetVisible(l.title, !on)
	if l.kind.Searching != nil {
		l.kind.Searching(on)
	}
	l.Find.Set(widget.ButtonSpec{Icon: "search", Tip: text.T(l.kind.Search), Look: widget.Quiet})
	if on {
		l.Find.Set(widget.ButtonSpec{Icon: "x", Tip: text.T("recordings.search_close"), Look: widget.Quiet})
		l.focus(l.Field.Entry())
	} else if l.Query != "" {
		l.Field.SetText("")
	}
	if l.object != nil {
		l.object.Refresh()
	}
}

// focus gives something of the list the keyboard, when it is on screen.
func (l *List[K, M]) focus(f fyne.Focusable) {
	if l.object == nil {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(l.object); c != nil {
		c.Focus(f)
	}
}

// Show opens one; zero closes the one that is open.
func (l *List[K, M]) Show(id K) {
	l.Opened = id
	l.drawPlayer()
	l.Rows.Reload()
	if at := l.Index(id); at >= 0 {
		l.Rows.SetCursor(at) // what it opens to comes into sight
	}
}

// press opens a row, or closes the one that is open.
func (l *List[K, M]) press(i int) {
	if i < 0 || i >= len(l.Items) {
		return
	}
	l.focus(l.Rows) // the arrows seek and Space plays from here
	if id := l.kind.ID(l.Items[i]); id != l.Opened {
		l.Show(id)
		return
	}
	l.Show(*new(K))
}

// playAt opens one and plays it, or pauses it.
func (l *List[K, M]) playAt(i int) {
	if i < 0 || i >= len(l.Items) {
		return
	}
	if id := l.kind.ID(l.Items[i]); id != l.Opened {
		l.Show(id)
	}
	l.Player.Press()
}

func (l *List[K, M]) menu(i int, at fyne.Position) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l.Rows); c != nil && i >= 0 && i < len(l.Items) {
		l.kind.Menu(l.Items[i], c, at)
	}
}

// Back closes what is open, and then empties the search. It reports whether there was anything.
func (l *List[K, M]) Back() bool {
	switch {
	case l.Opened != *new(K):
		l.Show(*new(K))
	case l.Field.Visible():
		l.OpenSearch(false)
	case l.Rows.Cursor() >= 0:
		l.Rows.SetCursor(-1)
	default:
		return false
	}
	return true
}

// Move moves the highlight.
func (l *List[K, M]) Move(rows int) { l.Rows.MoveCursor(rows) }

// Activate opens the highlighted one, or closes it. It reports whether there is one.
func (l *List[K, M]) Activate() bool {
	i := l.Rows.Cursor()
	l.press(i)
	return i >= 0
}

// OpenMenu opens the menu of the highlighted one.
func (l *List[K, M]) OpenMenu() { l.Rows.OpenMenu() }

// key is what the keyboard does in the list beyond moving.
func (l *List[K, M]) key(e *fyne.KeyEvent) bool {
	at := l.Rows.Cursor()
	if at < 0 || at >= len(l.Items) {
		return false
	}
	open := l.kind.ID(l.Items[at]) == l.Opened
	switch {
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeySpace:
		l.playAt(at)
	case e.Name == fyne.KeyLeft && open:
		l.Player.Step(-1)
	case e.Name == fyne.KeyRight && open:
		l.Player.Step(1)
	case e.Name == fyne.KeyDelete:
		l.kind.Delete(l.Items[at])
	case e.Name == fyne.KeyEscape && l.Opened != *new(K):
		l.Show(*new(K))
	default:
		return false
	}
	return true
}
