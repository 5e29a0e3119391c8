package theme

import (
	"encoding/binary"
	"strings"
	"testing"

	fynetheme "fyne.io/fyne/v2/theme"

	"svara/assets"
)

// letters is the runes under U+10000 that an OpenType font has: those of its character map in format 4.
func letters(t *testing.T, font []byte) map[rune]bool {
	t.Helper()
	word := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	long := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	out := map[rune]bool{}
	for i := range word(4) {
		table := 12 + 16*i
		if string(font[table:table+4]) != "cmap" {
			continue
		}
		cmap := long(table + 8)
		for j := range word(cmap + 2) {
			at := cmap + long(cmap+4+8*j+4)
			if word(at) != 4 {
				continue
			}
			for k, n := 0, word(at+6); k < n; k += 2 {
				for r := word(at + 16 + n + k); r <= word(at+14+k) && r < 0xffff; r++ {
					out[rune(r)] = true
				}
			}
		}
	}
	return out
}

// TestFace: every rune that is written in Inter alone is in both of its weights, with figures of equal width as well.
func TestFace(t *testing.T) {
	for _, name := range []string{"Inter-Regular", "Inter-SemiBold", "InterFigures-Regular", "InterFigures-SemiBold"} {
		has := letters(t, assets.Font(name))
		for r := rune(' '); r < 0x3000; r++ {
			if inter(r) && (tabular(r) || !strings.HasPrefix(name, "InterFigures")) && r != 0xad && !has[r] {
				t.Errorf("%s has no %q (%U)", name, r, r)
			}
		}
	}
	if Face("Åsa Öberg – 12:30 …", true, false) != semiBold || Face("", false, false) != regular || Face("07:00", true, true) != figuresSemiBold {
		t.Error("Latin text is not written in Inter")
	}
	if Face("04:12 · Žofia", false, true) != regular || Face("04:12 “klart”", true, true) != semiBold {
		t.Error("letters that the font with figures of equal width has not are boxes")
	}
	for _, other := range []string{"سارة", "王小明", "Anna 😀", "Ελένη"} {
		for _, figures := range []bool{false, true} {
			if Face("04:12 · "+other, true, figures) != nil {
				t.Errorf("%q is written in Inter alone, figures of equal width: %v", other, figures)
			}
		}
	}
}

// TestFontThatCannotBeRead: where a font of ours is missing or damaged, Fyne's own is in its place.
func TestFontThatCannotBeRead(t *testing.T) {
	good := assets.Font("Inter-Regular")
	if r := whole("Inter-Regular", good, false); string(r.Content()) != string(good) {
		t.Error("our own font is not used")
	}
	nothing := append([]byte(trueType), make([]byte, 8)...)
	for what, b := range map[string][]byte{"missing": nil, "cut off": good[:len(good)/2], "only its head": good[:12], "no font": []byte("<!DOCTYPE html><html></html>"), "without tables": nothing} {
		if whole("Inter-Regular", b, false) != fynetheme.DefaultTextFont() || whole("Inter-SemiBold", b, true) != fynetheme.DefaultTextBoldFont() {
			t.Errorf("a font that is %s is used", what)
		}
	}
}
