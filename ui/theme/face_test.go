package theme

import (
	"encoding/binary"
	"testing"

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

// TestFace: every rune that is written in Inter alone is in both of its weights.
func TestFace(t *testing.T) {
	for _, name := range []string{"Inter-Regular", "Inter-SemiBold"} {
		has := letters(t, assets.Font(name))
		for r := rune(' '); r < 0x3000; r++ {
			if inter(r) && r != 0xad && !has[r] {
				t.Errorf("%s has no %q (%U)", name, r, r)
			}
		}
	}
	if Face("Åsa Öberg – 12:30 …", true, false) != semiBold || Face("", false, false) != regular || Face("07:00", true, true) != figuresSemiBold {
		t.Error("Latin text is not written in Inter")
	}
	for _, other := range []string{"سارة", "王小明", "Anna 😀", "Ελένη"} {
		if Face(other, false, false) != nil {
			t.Errorf("%q is written in Inter alone", other)
		}
	}
}
