// Package conversation draws what two write to each other, whoever they are: the messages, theirs at the left and ours at
// the right, and where one writes the next.
package conversation

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// writeLines is how high the field for an answer is.
const writeLines = 3

// aside is the room at the side of a message, in dp, by which ours are told from theirs beside their colour.
const aside = 56

// View is the parts of a conversation, for the window that has it.
type View struct {
	Head   *widget.Panel     // whom it is with
	Middle *container.Scroll // what was written
	Foot   *widget.Panel     // where one writes
	Entry  *widget.Field

	deps    view.Deps
	write   func(words string) bool
	with    string // what a call goes to
	why     string // nothing can be sent
	bubbles []present.Bubble
	title   *widget.Text
	number  *widget.Text
	call    *widget.Button
	column  *fyne.Container
	send    *widget.Button
}

// New makes a conversation. lead stands before whom it is with, over stands over where one writes; both may be nil. write
// sends what is written and reports whether it did; typed is told of every change.
func New(deps view.Deps, lead, over fyne.CanvasObject, write func(words string) bool, typed func()) *View {
	v := &View{deps: deps, write: write}
	v.title = widget.NewText("", widget.Style{Size: theme.NameSize, Bold: true, Cut: true})
	v.number = widget.NewText("", widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true})
	v.call = widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("dial.call")}, func() { v.Tell(phone.Dial{Target: v.with}) })
	head := []fyne.CanvasObject{lay.Fill(lay.Col(0, v.title, v.number)), v.call}
	if lead != nil {
		head = slices.Insert(head, 0, lead)
	}
	v.Head = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Bottom: true}, lay.Pad(12, 10, 12, 10, lay.Row(theme.Grid, head...)))
	v.column = lay.Col(theme.Half)
	v.Middle = container.NewVScroll(lay.PadAll(theme.WindowPadding, v.column))
	v.Entry = widget.NewAreaField(widget.FieldSpec{Placeholder: text.T("message.text")}, writeLines)
	v.Entry.Entry().OnChanged = func(string) { typed() }
	v.Entry.Entry().OnKey = v.key
	v.send = widget.NewButton(widget.ButtonSpec{}, v.press)
	foot := lay.Row(theme.Grid, lay.Fill(v.Entry), v.send)
	if over != nil {
		foot = lay.Col(theme.Grid, over, foot)
	}
	v.Foot = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface, Border: theme.Border, Top: true}, lay.Pad(12, 10, 12, 10, foot))
	return v
}

// With says whom it is with and empties it. Without a number the name is a title.
func (v *View) With(name, number string) {
	v.with = number
	v.title.Set(name)
	shown := present.Scene{Snap: v.deps.Snapshot()}.NumberText(number)
	v.number.Set(shown)
	widget.SetVisible(v.number, shown != "" && name != shown)
	widget.SetVisible(v.call, number != "")
	v.column.Objects, v.bubbles = nil, nil
}

// Ready draws the buttons as they can be pressed now. why is why nothing can be sent, empty when it can.
func (v *View) Ready(s present.Scene, why string) {
	call := v.call.Spec()
	call.Disabled = ""
	if ok, cannot := present.CanDial(s); !ok {
		call.Disabled = cannot
	}
	v.call.Set(call)
	v.why = why
	v.send.Set(widget.ButtonSpec{Icon: "send", Text: text.T("message.send"), Look: widget.Primary, Disabled: why})
}

// Show draws what was written, the oldest first. A new message comes into sight.
func (v *View) Show(bubbles []present.Bubble) {
	if slices.Equal(bubbles, v.bubbles) {
		return
	}
	n, old := len(bubbles), len(v.bubbles)
	fresh := n > 0 && (old == 0 || v.bubbles[old-1].ID != bubbles[n-1].ID)
	v.bubbles = bubbles
	v.column.Objects = nil
	for _, b := range bubbles {
		v.draw(b)
	}
	lay.Again(v.Middle)
	if fresh {
		v.Middle.ScrollToBottom()
	}
}

// draw adds a message.
func (v *View) draw(b present.Bubble) {
	if b.Day != "" {
		v.column.Add(lay.Pad(0, theme.Grid, 0, 0, widget.NewText(b.Day, widget.Style{Size: theme.DetailSize, Bold: true, Token: theme.Text2})))
	}
	fill := theme.Surface
	left, right := float32(0), float32(aside)
	if b.Mine {
		fill, left, right = theme.AccentSoft, right, left
	}
	under := b.When
	if b.State != "" && !b.Failed {
		under += " · " + b.State
	}
	words := lay.Col(2, widget.NewParagraph(b.Text, widget.Style{Size: theme.BodySize, Token: theme.Text}),
		widget.NewText(under, widget.Style{Size: theme.DetailSize, Token: theme.Text2, Figures: true, Cut: true}))
	if b.Failed {
		words.Add(lay.RowTop(6, widget.NewIcon("triangle-alert", theme.DangerText, theme.IconSmall),
			lay.Fill(widget.NewParagraph(b.State, widget.Style{Size: theme.DetailSize, Token: theme.DangerText}))))
	}
	panel := widget.NewPanel(widget.PanelSpec{Fill: fill, Border: theme.Border, Radius: theme.RadiusCard}, lay.Pad(12, theme.Grid, 12, theme.Grid, words))
	v.column.Add(lay.Pad(left, 0, right, 0, panel))
}

// key sends by Enter.
func (v *View) key(k command.Chord) bool {
	if k.Mod != 0 || k.Key != command.KeyEnter && k.Key != command.KeyNumEnter {
		return false
	}
	v.press()
	return true
}

// press sends what is written. It is shown when it has been kept, with how it goes.
func (v *View) press() {
	if v.why != "" {
		v.deps.Say(v.why)
		return
	}
	if v.write(v.Entry.Text()) {
		v.Entry.SetText("")
	}
}

// Tell does something with the phone and shows why not.
func (v *View) Tell(c phone.Command) bool {
	if err := v.deps.Do(c); err != nil {
		v.deps.Say(text.Refusal(err))
		return false
	}
	return true
}
