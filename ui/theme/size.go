package theme

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// TextSize is a step of the type scale, in dp at 100 %.
type TextSize float32

// The type scale and the line height that goes with each step.
const (
	TimerSize   TextSize = 28 // call timer
	HeadingSize TextSize = 20 // heading, caller
	TitleSize   TextSize = 16 // title
	NameSize    TextSize = 14 // name in a row, text in fields
	BodySize    TextSize = 13
	DetailSize  TextSize = 12
	CaptionSize TextSize = 11 // key caps and counters only
)

// LineHeight is the line height of the step, in dp at 100 %.
func (s TextSize) LineHeight() float32 {
	switch s {
	case TimerSize:
		return 36
	case HeadingSize:
		return 28
	case TitleSize:
		return 24
	case NameSize:
		return 20
	case BodySize:
		return 18
	}
	return 16
}

// Measures of the design in dp at 100 %; always used through Px.
const (
	Half          = 4 // half a grid step
	Grid          = 8
	WindowPadding = 16
	CardPadding   = 14

	RadiusKeyCap = 4
	RadiusSmall  = 6  // small button
	RadiusField  = 8  // button, field, tile
	RadiusStrip  = 10 // card in the strip, dial button
	RadiusCard   = 12

	SmallButtonHeight = 28
	ButtonHeight      = 32
	LargeButtonHeight = 40
	HangupHeight      = 44
	FieldHeight       = 36
	SearchHeight      = 44
	RowHeight         = 56
	TileHeight        = 60 // call grid
	ChipHeight        = 24
	TabBarHeight      = 58
	FooterHeight      = 44
	CallBarHeight     = 44
	MinTarget         = 28 // nothing clickable is smaller, chips are 24
	FocusRing         = 2
	StateBorder       = 2
	HairLine          = 1
	CursorBar         = 4
	IconSmall         = 14
	IconMedium        = 16
	IconLarge         = 20
	AvatarSmall       = 36
	AvatarHeader      = 44
	AvatarCard        = 52
	NormalWidth       = 400
	NormalHeight      = 720
	NormalMinWidth    = 340
	NormalMinHeight   = 560
	NormalLargeWidth  = 580 // its least size with the largest text
	NormalLargeHeight = 800
	IncomingWidth     = 420
	IncomingHeight    = 264
	DialogWidth       = 640
	DialogHeight      = 480
)

// Px is a measure at the present text size: text, icons, heights and paddings grow together.
func Px(dp float32) float32 { return dp * Scale() }

// screen is the room for a window on the screen, in dp of Fyne; zero while it is not known.
var screen fyne.Size

// SetScreen tells how large a window can be.
func SetScreen(room fyne.Size) { screen = room }

// LeastWindow is the least size of a window that needs least at 100 %, and large, which is larger, at 200 %: it grows with
// the text, by less than the text does, for rows become fewer and columns go. It is never larger than the screen.
func LeastWindow(least, large fyne.Size) fyne.Size {
	by := max(0, Scale()-1)
	want := fyne.NewSize(least.Width+by*(large.Width-least.Width), least.Height+by*(large.Height-least.Height))
	if screen.IsZero() {
		return want
	}
	return fyne.NewSize(min(want.Width, max(least.Width, screen.Width)), min(want.Height, max(least.Height, screen.Height)))
}

// Scale is the present text size as a factor, 0.8 to 2.
func Scale() float32 { return float32(Current().percent) / 100 }

// Size implements fyne.Theme for Fyne's own widgets.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	scale := float32(t.percent) / 100
	switch name {
	case fynetheme.SizeNameText: // the text of entries, the one Fyne widget whose text is seen
		return float32(NameSize) * scale
	case fynetheme.SizeNameCaptionText:
		return float32(DetailSize) * scale
	case fynetheme.SizeNameHeadingText:
		return float32(HeadingSize) * scale
	case fynetheme.SizeNameSubHeadingText:
		return float32(TitleSize) * scale
	case fynetheme.SizeNamePadding:
		return Half * scale
	case fynetheme.SizeNameInnerPadding:
		return Grid * scale
	case fynetheme.SizeNameInlineIcon:
		return IconLarge * scale
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNameSelectionRadius:
		return RadiusField * scale
	case fynetheme.SizeNameScrollBar:
		return 10
	case fynetheme.SizeNameScrollBarSmall:
		return 4
	case fynetheme.SizeNameInputBorder: // also the width of the caret
		return 2
	case fynetheme.SizeNameSeparatorThickness:
		return HairLine
	}
	return fynetheme.DefaultTheme().Size(name) * scale
}
