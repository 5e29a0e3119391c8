package call

import (
	"fyne.io/fyne/v2"

	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// letters are what is printed under the digits (ITU-T E.161).
var letters = map[string]string{
	"2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ", "0": "+",
}

// Keypad is the twelve keys with a line that shows what was pressed.
type Keypad struct {
	line   *widget.Text
	typed  string
	object *fyne.Container
}

// shown is how many of the last digits the line keeps.
const shown = 20

// NewKeypad makes a keypad with a line for what was pressed; closed is what its × does.
func NewKeypad(press func(digit string), closed func()) *Keypad {
	k := &Keypad{line: widget.NewText("", widget.Style{Size: theme.TitleSize, Figures: true, Cut: true})}
	x := widget.NewButton(widget.ButtonSpec{Icon: "x", Tip: text.T("keypad.close"), Look: widget.Quiet, Size: widget.Small}, closed)
	k.object = lay.Col(theme.Grid, lay.Row(theme.Grid, lay.Fill(k.line), x), Keys(press))
	return k
}

// Keys is the twelve keys.
func Keys(press func(digit string)) fyne.CanvasObject {
	var keys []fyne.CanvasObject
	for _, d := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"} {
		keys = append(keys, widget.NewDigitKey(d, letters[d], press))
	}
	return lay.Even(3, theme.Grid, keys...)
}

// Object is the keypad.
func (k *Keypad) Object() *fyne.Container { return k.object }

// Pressed shows a digit.
func (k *Keypad) Pressed(digit string) {
	k.typed += digit
	if len(k.typed) > shown {
		k.typed = k.typed[len(k.typed)-shown:]
	}
	k.line.Set(k.typed)
}

// Clear forgets what was pressed.
func (k *Keypad) Clear() {
	k.typed = ""
	k.line.Set("")
}
