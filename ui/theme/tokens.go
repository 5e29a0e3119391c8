package theme

import "image/color"

// Token names a colour by what it is for. The names are those of the design's token table.
type Token string

// The tokens. Soft is a tint behind text of the same hue, Text is that hue dark enough to read, on… stands on the
// filled colour.
const (
	Bg           Token = "bg"
	Surface      Token = "surface"
	Raised       Token = "raised"
	Sunken       Token = "sunken"
	Hover        Token = "hover"
	Selected     Token = "selected"
	Border       Token = "border"
	BorderStrong Token = "borderStrong"
	Text         Token = "text"
	Text2        Token = "text2"
	Text3        Token = "text3"
	Accent       Token = "accent"
	OnAccent     Token = "onAccent"
	AccentSoft   Token = "accentSoft"
	AccentText   Token = "accentText"
	Answer       Token = "answer"
	OnAnswer     Token = "onAnswer"
	Danger       Token = "danger"
	OnDanger     Token = "onDanger"
	DangerText   Token = "dangerText"
	DangerSoft   Token = "dangerSoft"
	Warn         Token = "warn"
	OnWarn       Token = "onWarn"
	WarnText     Token = "warnText"
	WarnSoft     Token = "warnSoft"
	Mark         Token = "mark"
	OnMark       Token = "onMark"
	Focus        Token = "focus"
	Green        Token = "green"
	GreenText    Token = "greenText"
	GreenSoft    Token = "greenSoft"
	Red          Token = "red"
	RedText      Token = "redText"
	RedSoft      Token = "redSoft"
	Violet       Token = "violet"
	VioletText   Token = "violetText"
	VioletSoft   Token = "violetSoft"
	Amber        Token = "amber"
	AmberText    Token = "amberText"
	AmberSoft    Token = "amberSoft"
	Slate        Token = "slate"
	SlateText    Token = "slateText"
	SlateSoft    Token = "slateSoft"
	Teal         Token = "teal"
	TealText     Token = "tealText"
	TealSoft     Token = "tealSoft"
	OnStatus     Token = "onStatus"
)

// Transparent is no colour at all.
const Transparent Token = "transparent"

func rgb(v uint32) color.Color {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// palette is the colour of every token in one variant, as it is asked for: thousands of times a frame, and none is made anew.
type palette map[Token]color.Color

var lightPalette = palette{
	Bg:           rgb(0xF1F3F6),
	Surface:      rgb(0xFFFFFF),
	Raised:       rgb(0xF7F8FA),
	Sunken:       rgb(0xE9ECF1),
	Hover:        rgb(0xF3F5F9),
	Selected:     rgb(0xE8EEFD),
	Border:       rgb(0xD8DDE5),
	BorderStrong: rgb(0x7B8696),
	Text:         rgb(0x12161C),
	Text2:        rgb(0x414B5A),
	Text3:        rgb(0x5B6574),
	Accent:       rgb(0x2454D6),
	OnAccent:     rgb(0xFFFFFF),
	AccentSoft:   rgb(0xE8EEFD),
	AccentText:   rgb(0x1C46BA),
	Answer:       rgb(0x147A46),
	OnAnswer:     rgb(0xFFFFFF),
	Danger:       rgb(0xC22C38),
	OnDanger:     rgb(0xFFFFFF),
	DangerText:   rgb(0xA91F2B),
	DangerSoft:   rgb(0xFCEBEC),
	Warn:         rgb(0xA96300),
	OnWarn:       rgb(0xFFFFFF),
	WarnText:     rgb(0x7D4A00),
	WarnSoft:     rgb(0xFFF2DC),
	Mark:         rgb(0xFFE59A),
	OnMark:       rgb(0x12161C),
	Focus:        rgb(0x2454D6),
	Green:        rgb(0x1A7F49),
	GreenText:    rgb(0x12613A),
	GreenSoft:    rgb(0xE2F3E9),
	Red:          rgb(0xC4303C),
	RedText:      rgb(0xA91F2B),
	RedSoft:      rgb(0xFCEBEC),
	Violet:       rgb(0x7145C2),
	VioletText:   rgb(0x5C33A8),
	VioletSoft:   rgb(0xF1EBFB),
	Amber:        rgb(0xA96300),
	AmberText:    rgb(0x7D4A00),
	AmberSoft:    rgb(0xFFF2DC),
	Slate:        rgb(0x56637A),
	SlateText:    rgb(0x414D63),
	SlateSoft:    rgb(0xE9EDF3),
	Teal:         rgb(0x0B767C),
	TealText:     rgb(0x075C61),
	TealSoft:     rgb(0xDFF2F2),
	OnStatus:     rgb(0xFFFFFF),
}

var darkPalette = palette{
	Bg:           rgb(0x0E1116),
	Surface:      rgb(0x161A21),
	Raised:       rgb(0x1B2029),
	Sunken:       rgb(0x252B35),
	Hover:        rgb(0x1F2530),
	Selected:     rgb(0x1A2546),
	Border:       rgb(0x2B323D),
	BorderStrong: rgb(0x748092),
	Text:         rgb(0xECEFF4),
	Text2:        rgb(0xBBC4D0),
	Text3:        rgb(0x98A3B2),
	Accent:       rgb(0x3C67E3),
	OnAccent:     rgb(0xFFFFFF),
	AccentSoft:   rgb(0x1A2546),
	AccentText:   rgb(0xA3BBFF),
	Answer:       rgb(0x1B7F4B),
	OnAnswer:     rgb(0xFFFFFF),
	Danger:       rgb(0xC93541),
	OnDanger:     rgb(0xFFFFFF),
	DangerText:   rgb(0xFF9CA3),
	DangerSoft:   rgb(0x3A1B20),
	Warn:         rgb(0xE0A03C),
	OnWarn:       rgb(0x14100A),
	WarnText:     rgb(0xF3C06B),
	WarnSoft:     rgb(0x37290F),
	Mark:         rgb(0x6B5410),
	OnMark:       rgb(0xFFF3CC),
	Focus:        rgb(0x8FADFF),
	Green:        rgb(0x4CC383),
	GreenText:    rgb(0x7ADBA5),
	GreenSoft:    rgb(0x14301F),
	Red:          rgb(0xF2707A),
	RedText:      rgb(0xFF9CA3),
	RedSoft:      rgb(0x3A1B20),
	Violet:       rgb(0xB294F2),
	VioletText:   rgb(0xC9B3FA),
	VioletSoft:   rgb(0x2A2143),
	Amber:        rgb(0xE0A03C),
	AmberText:    rgb(0xF3C06B),
	AmberSoft:    rgb(0x37290F),
	Slate:        rgb(0x9AA8BD),
	SlateText:    rgb(0xB9C5D6),
	SlateSoft:    rgb(0x262E3A),
	Teal:         rgb(0x4DBFC4),
	TealText:     rgb(0x7FD8DB),
	TealSoft:     rgb(0x10302F),
	OnStatus:     rgb(0x0B0E12),
}

var contrastPalette = palette{
	Bg:           rgb(0x000000),
	Surface:      rgb(0x000000),
	Raised:       rgb(0x000000),
	Sunken:       rgb(0x1A1A1A),
	Hover:        rgb(0x1F1F1F),
	Selected:     rgb(0x00265C),
	Border:       rgb(0xFFFFFF),
	BorderStrong: rgb(0xFFFFFF),
	Text:         rgb(0xFFFFFF),
	Text2:        rgb(0xFFFFFF),
	Text3:        rgb(0xE6E6E6),
	Accent:       rgb(0xFFD60A),
	OnAccent:     rgb(0x000000),
	AccentSoft:   rgb(0x00265C),
	AccentText:   rgb(0xFFD60A),
	Answer:       rgb(0x3DFF8F),
	OnAnswer:     rgb(0x000000),
	Danger:       rgb(0xFF8A8A),
	OnDanger:     rgb(0x000000),
	DangerText:   rgb(0xFF9E9E),
	DangerSoft:   rgb(0x3A0000),
	Warn:         rgb(0xFFC14D),
	OnWarn:       rgb(0x000000),
	WarnText:     rgb(0xFFC14D),
	WarnSoft:     rgb(0x2E1F00),
	Mark:         rgb(0xFFD60A),
	OnMark:       rgb(0x000000),
	Focus:        rgb(0x00E5FF),
	Green:        rgb(0x3DFF8F),
	GreenText:    rgb(0x3DFF8F),
	GreenSoft:    rgb(0x00290F),
	Red:          rgb(0xFF8A8A),
	RedText:      rgb(0xFF9E9E),
	RedSoft:      rgb(0x3A0000),
	Violet:       rgb(0xD3B8FF),
	VioletText:   rgb(0xD3B8FF),
	VioletSoft:   rgb(0x21004D),
	Amber:        rgb(0xFFC14D),
	AmberText:    rgb(0xFFC14D),
	AmberSoft:    rgb(0x2E1F00),
	Slate:        rgb(0xCFD8E6),
	SlateText:    rgb(0xCFD8E6),
	SlateSoft:    rgb(0x1F2630),
	Teal:         rgb(0x5CF2F2),
	TealText:     rgb(0x5CF2F2),
	TealSoft:     rgb(0x003333),
	OnStatus:     rgb(0x000000),
}
