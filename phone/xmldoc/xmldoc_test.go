package xmldoc_test

import (
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
	}
}
