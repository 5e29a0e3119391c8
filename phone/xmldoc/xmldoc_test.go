package xmldoc_test

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"svara/phone/xmldoc"
)

type doc struct {
	Note string `xml:"note"`
}

func TestDecode(t *testing.T) {
	deep := strings.Repeat("<a>", 17) + strings.Repeat("</a>", 17)
	for _, c := range []struct {
		name, text, want string
		ok               bool
	}{
		{"plain", "<d><note>Åter 13</note></d>", "Åter 13", true},
		{"Latin-1 that does not say so", "<d><note>\xc5ter</note></d>", "Åter", true},
		{"an entity of its own", "<d><note>&boom;</note></d>", "&boom;", true},
		{"a document type", `<!DOCTYPE d [<!ENTITY a "b">]><d/>`, "", false},
		{"too deep", deep, "", false},
		{"an unknown encoding", `<?xml version="1.0" encoding="ebcdic"?><d/>`, "", false},
	} {
		var d doc
		if err := xmldoc.Decode([]byte(c.text), 16, &d); (err == nil) != c.ok || c.ok && d.Note != c.want {
			t.Errorf("%s: %q, %v", c.name, d.Note, err)
		}
		var note strings.Builder
		err := xmldoc.Walk([]byte(c.text), 16, func(token xml.Token) error {
			if text, ok := token.(xml.CharData); ok {
				note.Write(text)
			}
			return nil
		})
		if (err == nil) != c.ok || c.ok && note.String() != c.want {
			t.Errorf("%s, walked: %q, %v", c.name, note.String(), err)
		}
	}
}

func TestWalkStops(t *testing.T) {
	enough, seen := errors.New("enough"), 0
	if err := xmldoc.Walk([]byte("<d><note/></d>"), 16, func(xml.Token) error { seen++; return enough }); !errors.Is(err, enough) || seen != 1 {
		t.Errorf("%d tokens, %v", seen, err)
	}
}
