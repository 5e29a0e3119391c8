package theme

import (
	"bytes"
	"testing"

	gotext "github.com/go-text/typesetting/font"

	"svara/assets"
)

// TestFace: every rune that is written in Inter alone is in both of its weights.
func TestFace(t *testing.T) {
	for _, name := range []string{"Inter-Regular", "Inter-SemiBold"} {
		f, err := gotext.ParseTTF(bytes.NewReader(assets.Font(name)))
		if err != nil {
			t.Fatal(err)
		}
		for r := rune(' '); r < 0x3000; r++ {
			if !inter(r) || r == 0xad {
				continue
			}
			if _, ok := f.NominalGlyph(r); !ok {
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
