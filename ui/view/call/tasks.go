package call

import (
	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// tasks is the caller's earlier calls that nobody has taken care of, and what can be done about them (features.md L1).
type tasks struct {
	deps   view.Deps
	head   *widget.Text
	lines  []*taskLine
	column *fyne.Container
	object *widget.Panel
}

type taskLine struct {
	words  *widget.Paragraph
	note   *widget.Paragraph
	take   *widget.Button
	done   *widget.Button
	acts   *fyne.Container
	object *fyne.Container
}

func newTasks(deps view.Deps) *tasks {
	t := &tasks{deps: deps, head: widget.NewText("", widget.Style{Size: theme.DetailSize, Bold: true, Token: theme.RedText, Cut: true})}
	t.column = lay.Col(theme.Half, t.head)
	t.object = widget.NewPanel(widget.PanelSpec{Fill: theme.RedSoft, Radius: theme.RadiusField}, lay.Pad(10, 6, 10, 6, lay.RowTop(theme.Grid,
		lay.Pad(0, 1, 0, 0, widget.NewIcon("list-checks", theme.RedText, theme.IconSmall)), lay.Fill(t.column))))
	return t
}

func newTaskLine() *taskLine {
	l := &taskLine{
		words: widget.NewParagraph("", widget.Style{Size: theme.DetailSize}), note: widget.NewParagraph("", widget.Style{Size: theme.DetailSize, Token: theme.Text2}),
		take: widget.NewButton(widget.ButtonSpec{Icon: "hand", Text: text.T("grouplog.take"), Size: widget.Small}, nil),
		done: widget.NewButton(widget.ButtonSpec{Icon: "check", Text: text.T("grouplog.handled"), Size: widget.Small}, nil),
	}
	l.acts = lay.Lines(theme.Half, l.take, l.done)
	l.object = lay.Col(2, l.words, l.note, l.acts)
	return l
}

func (t *tasks) update(models []present.Task) {
	widget.SetVisible(t.object, len(models) > 0)
	t.head.Set(text.T("grouplog.tasks", "n", len(models)))
	for len(t.lines) < len(models) {
		l := newTaskLine()
		t.lines = append(t.lines, l)
		t.column.Add(l.object)
	}
	for i, l := range t.lines {
		widget.SetVisible(l.object, i < len(models))
		if i >= len(models) {
			continue
		}
		m := models[i]
		l.words.Set(m.Words)
		quoted := ""
		if m.Note != "" {
			quoted = "”" + m.Note + "”"
		}
		l.note.Set(quoted)
		widget.SetVisible(l.note, quoted != "")
		t.offer(l.take, m.Take)
		t.offer(l.done, m.Done)
		widget.SetVisible(l.acts, m.Take != nil || m.Done != nil)
	}
}

func (t *tasks) offer(b *widget.Button, c phone.Command) {
	widget.SetVisible(b, c != nil)
	b.OnTap(func() {
		if err := t.deps.Do(c); err != nil {
			t.deps.Say(text.Refusal(err))
		}
	})
}
