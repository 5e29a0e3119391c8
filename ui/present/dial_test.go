package present

import (
	"reflect"
	"testing"

	"svara/ui/text"
)

func TestDialable(t *testing.T) {
	for in, want := range map[string]bool{
		"2101": true, "070-174 06 12": true, "+46 (0)70 174": true, "*21#": true, "sip:anna@pbx": true, "anna@pbx.example.com": true,
		"tel:+4670": true, "callto:08 465": true, "SIPS:a@b": true, "tel:": false, "callto:": false, "mailto:a": false, "Anna": false, "": false, "+": false, "anna berg@x y": false, "sip:": false, "@pbx": false, "anna@": false,
		"600,,1234#": true, ",600": false,
	} {
		if got := Dialable(in); got != want {
			t.Errorf("Dialable(%q) = %v", in, got)
		}
	}
}

// What nobody is found for is offered to be called only where it can be.
func TestNoHitsOfferACallOnlyOfANumber(t *testing.T) {
	for query, want := range map[string]string{"0812345": "list.no_hits_text", "bob@example.com": "list.no_hits_text", "anna berg": "list.no_hits_less", "": ""} {
		if got := HistoryEmpty(HistoryChoice{}, query).Text; want != "" && got != text.T(want) || want == "" && got == text.T("list.no_hits_less") {
			t.Errorf("%q says %q", query, got)
		}
	}
	if got := RecordingsEmpty("0812345").Text; got != text.T("list.no_hits_less") {
		t.Errorf("recordings say %q", got)
	}
}

func TestDialText(t *testing.T) {
	for in, want := range map[string]string{
		"070-174 06 12": "0701740612", "+46 (0)70-174": "+4670174", " *21*070 1# ": "*21*0701#", "sip:anna@pbx": "sip:anna@pbx",
		"anna@pbx.example.com": "anna@pbx.example.com", "070\u00a0174\u202e": "070174", "tel:+46-70": "+4670", "TEL:2101;phone-context=example.com": "2101", "callto://08-465": "08465", "tel:08%20465%2000": "0846500", "anna": "anna", "08-600 12,,1234#": "0860012,,1234#",
	} {
		if got := DialText(in); got != want {
			t.Errorf("DialText(%q) = %q, want %q", in, got, want)
		}
	}
}

// A link is one text, whatever is in it, and nothing of it becomes a number that it does not say (quality.md, hostile input 22).
func TestHostileLinks(t *testing.T) {
	for in, want := range map[string]string{
		"tel:08%00465": "08%00465", "tel:08%0d%0a465": "08%0d%0a465", "tel:%zz": "%zz", "tel:08\" --quit": "08\"--quit", "callto:--profile=/tmp/x": "--profile=/tmp/x",
		"sip:a@b?Replaces=x%3Bto-tag%3D1": "sip:a@b?Replaces=x%3Bto-tag%3D1", "sip:a%00@b": "sip:a%00@b", "tel:112%2C%2C9": "112,,9",
	} {
		if got := DialText(in); got != want {
			t.Errorf("DialText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMark(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        []Span
	}{
		{"Anna Berg", "", []Span{{"Anna Berg", false}}},
		{"Anna Berg", "an be", []Span{{"An", true}, {"na ", false}, {"Be", true}, {"rg", false}}},
		{"Åsa", "ås", []Span{{"Ås", true}, {"a", false}}},
		{"2101", "9", []Span{{"2101", false}}},
		{"aaa", "a", []Span{{"aaa", true}}},
		{"070-174 06 12", "1740", []Span{{"070-", false}, {"174 0", true}, {"6 12", false}}},
		{"070-174 06 12", "0612", []Span{{"070-174 ", false}, {"06 12", true}}},
		{"070-174 06 12", "7013", []Span{{"070-174 06 12", false}}},
		{"", "a", []Span{{"", false}}},
	} {
		if got := Mark(c.text, c.query); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Mark(%q, %q) = %v, want %v", c.text, c.query, got, c.want)
		}
	}
}
