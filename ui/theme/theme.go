// Package theme is what Svara looks like: colour tokens in light, dark and high contrast, Inter in two weights with
// figures of equal width, the sizes of the design's scale, and Lucide icons in any token's colour.
//
// The theme in use is Fyne's: Apply gives it to the app, and the functions here ask the app for it. Widgets ask for
// colours, sizes and icons each time they are refreshed and so follow a change of theme or text size. Only the UI
// goroutine calls this package.
package theme

import (
	"encoding/binary"
	"image/color"
	"os"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"svara/assets"
)

// Mode is which palette to use.
type Mode string

// The modes, as the setting ui.theme has them. Auto follows the system.
const (
	ModeAuto     Mode = "auto"
	ModeLight    Mode = "light"
	ModeDark     Mode = "dark"
	ModeContrast Mode = "contrast"
)

// The limits of the text size in percent.
const (
	MinPercent = 80
	MaxPercent = 200
)

// Theme is Svara's fyne.Theme. It is not changed after New.
type Theme struct {
	mode    Mode
	percent int
}

var _ fyne.Theme = (*Theme)(nil)

// New makes a theme. An unknown mode is auto; percent is brought within its limits, 0 is 100.
func New(mode Mode, percent int) *Theme {
	switch mode {
	case ModeLight, ModeDark, ModeContrast:
	default:
		mode = ModeAuto
	}
	if percent == 0 {
		percent = 100
	}
	return &Theme{mode: mode, percent: min(MaxPercent, max(MinPercent, percent))}
}

// Apply gives the app this look, unless it has it already. Every window is laid out and drawn anew.
func Apply(app fyne.App, mode Mode, percent int) {
	if mode == ModeAuto && silent() {
		mode = ModeLight
	}
	th := New(mode, percent)
	if old, ok := app.Settings().Theme().(*Theme); ok && *old == *th {
		return
	}
	app.Settings().SetTheme(th)
}

// Mode is the mode the theme was made with.
func (t *Theme) Mode() Mode { return t.mode }

// Percent is the text size.
func (t *Theme) Percent() int { return t.percent }

func (t *Theme) palette(variant fyne.ThemeVariant) palette {
	switch t.mode {
	case ModeLight:
		return lightPalette
	case ModeDark:
		return darkPalette
	case ModeContrast:
		return contrastPalette
	}
	if variant == fynetheme.VariantDark {
		return darkPalette
	}
	return lightPalette
}

var standard = New(ModeLight, 100)

// Current is the theme in use: the app's, or the light one at 100 % where an app has another or there is none.
func Current() *Theme {
	if app := fyne.CurrentApp(); app != nil {
		if t, ok := app.Settings().Theme().(*Theme); ok {
			return t
		}
	}
	return standard
}

func variant() fyne.ThemeVariant {
	if app := fyne.CurrentApp(); app != nil {
		return app.Settings().ThemeVariant()
	}
	return fynetheme.VariantLight
}

// silent reports whether nobody can tell what the desktop looks like: on Linux that is asked over the session bus, and
// Fyne takes dark for no answer. Svara is light unless told otherwise.
func silent() bool {
	return runtime.GOOS == "linux" && os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" && os.Getenv("FYNE_THEME") == ""
}

// Color is a token's colour now.
func Color(t Token) color.Color {
	if t == Transparent || t == "" {
		return color.Transparent
	}
	return Current().palette(variant())[t]
}

// Dim is a token's colour, half of what is under it seen through: over what is put aside for a moment.
func Dim(t Token) color.Color {
	c := concrete(t)
	c.A = 0x90
	return c
}

// IsContrast reports whether the high contrast palette is in use.
func IsContrast() bool { return Current().mode == ModeContrast }

// colors is what Fyne's own widgets use of our tokens.
var colors = map[fyne.ThemeColorName]Token{
	fynetheme.ColorNameBackground:          Bg,
	fynetheme.ColorNameButton:              Surface,
	fynetheme.ColorNameDisabledButton:      Raised,
	fynetheme.ColorNameDisabled:            Text3,
	fynetheme.ColorNameError:               Danger,
	fynetheme.ColorNameFocus:               Focus,
	fynetheme.ColorNameForeground:          Text,
	fynetheme.ColorNameForegroundOnError:   OnDanger,
	fynetheme.ColorNameForegroundOnPrimary: OnAccent,
	fynetheme.ColorNameForegroundOnSuccess: OnAnswer,
	fynetheme.ColorNameForegroundOnWarning: OnWarn,
	fynetheme.ColorNameHeaderBackground:    Raised,
	fynetheme.ColorNameHover:               Hover,
	fynetheme.ColorNameHyperlink:           AccentText,
	fynetheme.ColorNameInputBackground:     Surface,
	fynetheme.ColorNameInputBorder:         BorderStrong,
	fynetheme.ColorNameMenuBackground:      Surface,
	fynetheme.ColorNameOverlayBackground:   Surface,
	fynetheme.ColorNamePlaceHolder:         Text3,
	fynetheme.ColorNamePressed:             Sunken,
	fynetheme.ColorNamePrimary:             Accent,
	fynetheme.ColorNameScrollBar:           BorderStrong,
	fynetheme.ColorNameScrollBarBackground: Transparent,
	fynetheme.ColorNameSelection:           Selected,
	fynetheme.ColorNameSeparator:           Border,
	fynetheme.ColorNameShadow:              Transparent,
	fynetheme.ColorNameSuccess:             Green,
	fynetheme.ColorNameWarning:             Warn,
}

// Color implements fyne.Theme for Fyne's own widgets.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	token, ok := colors[name]
	switch {
	case !ok:
		return fynetheme.DefaultTheme().Color(name, v)
	case token == Transparent:
		return color.Transparent
	}
	return t.palette(v)[token]
}

// Icon implements fyne.Theme: Fyne's own widgets keep their few icons.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

// The fonts, loaded once.
var (
	regular         = font("Inter-Regular")
	semiBold        = font("Inter-SemiBold")
	figures         = font("InterFigures-Regular")
	figuresSemiBold = font("InterFigures-SemiBold")
)

func font(name string) fyne.Resource {
	return whole(name, assets.Font(name), strings.HasSuffix(name, "SemiBold"))
}

// whole is a font of the program as Fyne wants it, or Fyne's own in its place where it is missing or damaged: Fyne has no
// word for a font that cannot be read.
func whole(name string, b []byte, bold bool) fyne.Resource {
	if readable(b) {
		return fyne.NewStaticResource(name+".ttf", b)
	}
	if bold {
		return fynetheme.DefaultTextBoldFont()
	}
	return fynetheme.DefaultTextFont()
}

// trueType is how an OpenType font begins whose outlines are quadratic curves.
const trueType = "\x00\x01\x00\x00"

// readable reports whether such a font (ISO/IEC 14496-22, section 4.5) has all of the tables that it names, those among
// them that no font is without.
func readable(b []byte) bool {
	if len(b) < 12 || string(b[:4]) != trueType {
		return false
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if len(b) < 12+16*n {
		return false
	}
	need := map[string]bool{"cmap": true, "glyf": true, "head": true, "hhea": true, "hmtx": true, "loca": true, "maxp": true}
	for i := range n {
		table := b[12+16*i:]
		if at, size := uint64(binary.BigEndian.Uint32(table[8:])), uint64(binary.BigEndian.Uint32(table[12:])); at+size > uint64(len(b)) {
			return false
		}
		delete(need, string(table[:4]))
	}
	return len(need) == 0
}

// Font implements fyne.Theme. Bold is SemiBold; there is no italic.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol:
		return fynetheme.DefaultTheme().Font(style)
	case style.Monospace && style.Bold:
		return figuresSemiBold
	case style.Monospace:
		return figures
	case style.Bold:
		return semiBold
	}
	return regular
}

// Face is the font for a text: Inter alone for what it has letters for, which nearly all text is, with figures of equal
// width where they are asked for and it has all letters with them. nil is the theme's own, to which Fyne adds three more for other scripts, signs and emoji
// and keeps ten megabytes of them for each weight: for what Inter cannot write, where figures are as wide as they are. A
// font that is named stands alone: what it has no letters for would be boxes.
func Face(words string, bold, figures bool) fyne.Resource {
	for _, r := range words {
		if !inter(r) {
			return nil
		}
		figures = figures && tabular(r)
	}
	if figures {
		return Figures(bold)
	}
	if bold {
		return semiBold
	}
	return regular
}

// tabular reports whether a rune that Inter writes is also in its fonts with figures of equal width: the Latin letters of
// western Europe.
func tabular(r rune) bool {
	switch {
	case r <= 0xff:
		return true
	case r == '–', r == '—', r == '…', r == '−':
		return true
	}
	return false
}

// inter reports whether the rune is one that Inter writes: Latin letters, and the signs that the program's own words use.
func inter(r rune) bool {
	switch {
	case r == 0x149: // an apostrophe and n in one, which is written as two
		return false
	case r >= ' ' && r < 0x7f, r >= 0xa0 && r <= 0x17f:
		return true
	}
	switch r {
	case '–', '—', '‘', '’', '“', '”', '„', '…', '•', '−', '→', '←', '↑', '↓', '€':
		return true
	}
	return false
}

// Figures is the font with figures of equal width, for canvas.Text.FontSource of what ticks.
func Figures(bold bool) fyne.Resource {
	if bold {
		return figuresSemiBold
	}
	return figures
}
