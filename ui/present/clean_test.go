package present

import (
	"strings"
	"testing"
	"unicode/utf8"

	"svara/phone"
)

func TestCleanTakesOutWhatMisleads(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":           {"Anna Berg", "Anna Berg"},
		"spaces":          {"  Anna \t Berg  ", "Anna Berg"},
		"line breaks":     {"Anna\r\nBerg\u2028Chef", "Anna Berg Chef"},
		"bidi override":   {"070\u202e321\u202c", "070321"},
		"isolates":        {"\u2066abc\u2069", "abc"},
		"zero width":      {"A\u200bn\u200dn\u2060a\ufeff", "Anna"},
		"soft hyphen":     {"An\u00adna", "Anna"},
		"hangul filler":   {"\u3164Anna\uffa0", "Anna"},
		"controls":        {"A\x00n\x1b[31mna\u0085", "An[31mna"},
		"bad utf-8":       {"An\xffna", "Anna"},
		"private use":     {"A\ue000", "A"},
		"accents":         {"e\u0301", "e\u0301"},
		"tower of marks":  {"e\u0301\u0302\u0303\u0304\u0305", "e\u0301\u0302"},
		"only invisible":  {"\u200b\u202e", ""},
		"swedish letters": {"Åsa Öberg", "Åsa Öberg"},
	} {
		if got := Clean(c.in, 40); got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestCleanCutsLongText(t *testing.T) {
	got := Clean(strings.Repeat("å", 500), 20)
	if n := utf8.RuneCountInString(got); n != 21 || !strings.HasSuffix(got, "…") {
		t.Errorf("cut to %d runes: %q", n, got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Anna \u202e\n", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + (limit&0xff)%80
		got := Clean(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit+2 || strings.ContainsAny(got, "\r\n\u202e\u200b") {
			t.Errorf("Clean(%q, %d) = %q", s, limit, got)
		}
	})
}

func TestWhoKeepsTheNumberVisible(t *testing.T) {
	for name, c := range map[string]struct {
		in   phone.Party
		want Who
	}{
		"name and number":          {phone.Party{Name: "Maria Ekdal", Number: "0701740612"}, Who{"Maria Ekdal", "070-174 06 12", true}},
		"number only":              {phone.Party{Number: "2101"}, Who{"2101", "2101", false}},
		"a name that is none":      {phone.Party{Name: "Anonymous", Number: "0701740612"}, Who{"070-174 06 12", "070-174 06 12", false}},
		"nothing is known":         {phone.Party{Name: "anonymous", Number: "anonymous"}, Who{"Withheld number", "Withheld number", false}},
		"withheld (RFC 3323)":      {phone.Party{Name: "Anonymous", Number: "anonymous", URI: "sip:anonymous@anonymous.invalid"}, Who{"Withheld number", "Withheld number", false}},
		"withheld by its host":     {phone.Party{URI: "sip:anonymous.invalid"}, Who{"anonymous.invalid", "anonymous.invalid", false}},
		"withheld without a user":  {phone.Party{URI: "sip:@anonymous.invalid"}, Who{"Withheld number", "Withheld number", false}},
		"name without number":      {phone.Party{Name: "Maria Ekdal", Number: "Anonymous"}, Who{"Maria Ekdal", "Withheld number", true}},
		"a number not known":       {phone.Party{Name: "Unknown", Number: "unknown"}, Who{"Unknown number", "Unknown number", false}},
		"restricted":               {phone.Party{Name: "Private", Number: "Restricted"}, Who{"Withheld number", "Withheld number", false}},
		"name is number":           {phone.Party{Name: "2101", Number: "2101"}, Who{"2101", "2101", false}},
		"no number":                {phone.Party{URI: "sip:gate.example.com"}, Who{"gate.example.com", "gate.example.com", false}},
		"hidden name":              {phone.Party{Name: "\u200b", Number: "2101"}, Who{"2101", "2101", false}},
		"fooling number":           {phone.Party{Name: "112", Number: "2\u202e101"}, Who{"112", "2101", true}},
		"group id":                 {phone.Party{Number: "08546899140001", Group: "0001"}, Who{"08-546 899 14 · group 0001", "08-546 899 14 · group 0001", false}},
		"name and group id":        {phone.Party{Name: "Maria Ekdal", Number: "08546899140001", Group: "0001"}, Who{"Maria Ekdal", "08-546 899 14 · group 0001", true}},
		"name is the whole number": {phone.Party{Name: "08546899140001", Number: "08546899140001", Group: "0001"}, Who{"08-546 899 14 · group 0001", "08-546 899 14 · group 0001", false}},
		"name is the bare number":  {phone.Party{Name: "0854689914", Number: "08546899140001", Group: "0001"}, Who{"08-546 899 14 · group 0001", "08-546 899 14 · group 0001", false}},
		"no number but the group":  {phone.Party{Number: "0001", Group: "0001"}, Who{"0001", "0001", false}},
		"another group":            {phone.Party{Number: "0854689914", Group: "0001"}, Who{"08-546 899 14", "08-546 899 14", false}},
	} {
		if got := (Scene{Snap: &phone.Snapshot{}}).WhoOf(c.in); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestNumbersAreWrittenTheSameWherever: as typed with a dash, as the network tells it, and marked where it was searched for.
func TestNumbersAreWrittenTheSameWherever(t *testing.T) {
	s := Scene{Snap: &phone.Snapshot{Settings: phone.Settings{phone.KeyRegion: "SE"}}}
	for _, number := range []string{"0701740618", "070-1740618", "+46701740618", "070-174 06 18"} {
		if got := s.NumberText(number); got != "070-174 06 18" {
			t.Errorf("%q is shown as %q", number, got)
		}
	}
	for _, same := range []string{"2101", "*21*0", "anna@example.com", ""} {
		if got := s.NumberText(same); got != same {
			t.Errorf("%q is shown as %q", same, got)
		}
	}
	for name, c := range map[string]struct {
		in   []Span
		want string
	}{
		"dash":    {[]Span{{Text: "070-"}, {Text: "17406", Mark: true}, {Text: "18"}}, "070-[174 06] 18"},
		"country": {[]Span{{Text: "+46"}, {Text: "7017", Mark: true}, {Text: "40618"}}, "0[70-17]4 06 18"},
		"whole":   {[]Span{{Text: "0701740618", Mark: true}}, "[070-174 06 18]"},
		"none":    {[]Span{{Text: "0701740618"}}, "070-174 06 18"},
		"short":   {[]Span{{Text: "21", Mark: true}, {Text: "01"}}, "[21]01"},
	} {
		got := ""
		for _, x := range s.writtenSpans(c.in) {
			if x.Mark {
				got += "[" + x.Text + "]"
			} else {
				got += x.Text
			}
		}
		if got != c.want {
			t.Errorf("%s: shown as %q, want %q", name, got, c.want)
		}
	}
}
