package numbers

import (
	"reflect"
	"slices"
	"testing"
)

func TestE164(t *testing.T) {
	sweden := Plan{Region: "SE"}
	stockholm := Plan{Region: "SE", Area: "08"}
	for _, c := range []struct {
		plan   Plan
		number string
		want   string
	}{
		{Plan{}, "070-123 45 67", "+46701234567"},
		{sweden, "0701234567", "+46701234567"},
		{sweden, "070 – 123 45 67", "+46701234567"},
		{sweden, "070/123.45.67", "+46701234567"},
		{sweden, "(070) 123 45 67", "+46701234567"},
		{sweden, "\u202a+46 70 123 45 67\u202c", "+46701234567"},
		{sweden, "＋４６７０１２３４５６７", "+46701234567"},
		{sweden, "+46 (0)70 123 45 67", "+46701234567"},
		{sweden, "+46(0)701234567", "+46701234567"},
		{sweden, "46 (0)70 123 45 67", "+46701234567"},
		{sweden, "+46 070 123 45 67", "+46701234567"},
		{sweden, "0046701234567", "+46701234567"},
		{sweden, "00 46 (0)70-123 45 67", "+46701234567"},
		{sweden, "46701234567", "+46701234567"},
		{sweden, "701234567", "+46701234567"},   // the trunk 0 left out
		{sweden, "00701234567", "+46701234567"}, // with the 0 for an outside line
		{sweden, "tel:+46701234567", "+46701234567"},
		{sweden, "tel:+46-70-123;phone-context=x", ""},
		{sweden, "sip:+46701234567@trunk.example.com:5060;user=phone", "+46701234567"},
		{sweden, "sip:0701234567@pbx", "+46701234567"},
		{sweden, "SIPS:0701234567@pbx", "+46701234567"},
		{sweden, "08-123 456 78", "+46812345678"},
		{sweden, "031-12 34 56", "+4631123456"},
		{sweden, "0498-12 34 56", "+46498123456"},
		{sweden, "020-12 34 56", "+4620123456"},
		{sweden, "1234567", ""}, // local, and nobody says where
		{stockholm, "123 456 78", "+46812345678"},
		{stockholm, "651 23 45", "+4686512345"},
		{stockholm, "0701234567", "+46701234567"},
		{stockholm, "701234567", "+46701234567"},
		{stockholm, "116117", ""},
		{stockholm, "118118", ""},
		{Plan{Region: "SE", Area: "031"}, "12 34 56", "+4631123456"},
		{sweden, "+45 32 12 34 56", "+4532123456"},
		{sweden, "+47 22 12 34 56", "+4722123456"},
		{sweden, "+358 9 123 4567", "+35891234567"},
		{sweden, "+1 (212) 555-0123", "+12125550123"},
		{sweden, "001 212 555 0123", "+12125550123"},
		{sweden, "+44 (0)20 7946 0123", "+442079460123"},
		{sweden, "+49 30 123456", "+4930123456"},
		{sweden, "+39 06 1234 5678", "+390612345678"}, // the 0 belongs to the number
		{sweden, "+800 1234 5678", "+80012345678"},
		{Plan{Region: "NO"}, "22 12 34 56", "+4722123456"},
		{Plan{Region: "DK"}, "32123456", "+4532123456"},
		{Plan{Region: "FI"}, "09 123 4567", "+35891234567"},
		{Plan{Region: "US"}, "(212) 555-0123", "+12125550123"},
		{Plan{Region: "US"}, "011 46 70 123 45 67", "+46701234567"},
		{Plan{Region: "GB"}, "020 7946 0123", "+442079460123"},
		{Plan{Region: "DE"}, "030 123456", "+4930123456"},
		// No subscriber's number.
		{sweden, "2101", ""},
		{sweden, "21012", ""},
		{sweden, "112", ""},
		{sweden, "tel:112", ""},
		{sweden, "1177", ""},
		{sweden, "116117", ""},
		{sweden, "*21*0701234567#", ""},
		{sweden, "#31#0701234567", ""},
		{sweden, "0701234567p12", ""},
		{sweden, "070-RING-NU", ""},
		{sweden, "sip:anna@example.com", ""},
		{sweden, "anna", ""},
		{sweden, "", ""},
		{sweden, "+", ""},
		{sweden, "++46701234567", ""},
		{sweden, "070+1234567", ""},
		{sweden, "+999 1234567", ""},
		{sweden, "+46", ""},
		{sweden, "123456789012345678901234567890", ""},
		{Plan{Region: "XX"}, "0701234567", ""},
		{Plan{Region: "XX"}, "+46701234567", "+46701234567"},
	} {
		got, ok := c.plan.E164(c.number)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%v %q: %q, want %q", c.plan, c.number, got, c.want)
		}
	}
}

// TestQuickIsRight compares the way without patterns with the library's own.
func TestQuickIsRight(t *testing.T) {
	for _, number := range []string{"0701234567", "0812345678", "031123456", "0046701234567", "004712345678", "00390612345678", "0012125550123",
		"+46701234567", "+4712345678", "+4532123456", "+442079460123", "+4930123456", "+33123456789", "+12125550123", "+390612345678",
		"+358912345678", "+3545812345", "+79161234567", "+862112345678", "+919812345678", "+5511912345678", "+81312345678"} {
		digits, plus, _ := bare(number)
		quick := quickly(digits, plus, "SE")
		if slow := possible(number, "SE"); quick.known() && quick != slow {
			t.Errorf("%s: %+v, by its pattern %+v", number, quick, slow)
		}
	}
}

func TestKeysMeet(t *testing.T) {
	p := Plan{}
	for _, written := range []string{"070-123 45 67", "+46 (0)70 123 45 67", "0046701234567", "46701234567", "00701234567", "sip:0701234567@pbx",
		"tel:+46701234567", "990701234567" /* with a prefix nobody knows */} {
		if !p.Same(written, "0701234567") || !p.Same("0701234567", written) {
			t.Errorf("%s is not the same", written)
		}
		if a, b := p.Read(written).Key, p.Read("+46701234567").Key; a != b {
			t.Errorf("%s: key %s, want %s", written, a, b)
		}
	}
	for _, other := range []string{"0701234568", "701234567@example.com", "4567", "+49 701234567", "", "*21*0701234567#"} {
		if p.Same(other, "0701234567") {
			t.Errorf("%q is the same", other)
		}
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2101", "2101", true}, {"2101", "sip:2101@pbx:5060;transport=tcp", true}, {"2101", "21 01", true}, {"2101", "12101", false},
		{"sip:Anna@Example.com", "anna@example.com:5061", true}, {"sip:anna@example.com", "sip:anna@example.org", false},
		{"", "", false}, {"+1 212 555 0123", "+46 212 555 0123", false}, {"08-12 34 56", "+46 8 12 34 56", true},
		{"08-12 34 56", "0812 34 56", true}, {"*21#", "*21#", true},
	} {
		if p.Same(c.a, c.b) != c.same || p.Same(c.b, c.a) != c.same {
			t.Errorf("%q, %q: same %v", c.a, c.b, !c.same)
		}
	}
	for number, want := range map[string][]string{
		"070-123 45 67": {"+46701234567", "9:701234567", "0701234567"}, "2101": {"2101"}, "sip:Anna@example.com": {"anna@example.com"},
		"": nil, "+4532123456": {"+4532123456", "9:532123456", "4532123456"}, "08 12 34 56": {"+468123456", "9:468123456", "08123456"},
	} {
		if got := p.Keys(number); !slices.Equal(got, want) {
			t.Errorf("%q: keys %q, want %q", number, got, want)
		}
	}
}

func TestDigits(t *testing.T) {
	for number, want := range map[string][]string{
		"+46 (0)70 123 45 67": {"46701234567", "0701234567"}, "070-1234567": {"0701234567", "46701234567"}, "2101": {"2101"},
		"anna@example.com": nil, "*21#": nil, "+45 32 12 34 56": {"4532123456", "32123456"}, "+1 212 555 0123": {"12125550123"},
	} {
		if got := (Plan{}).Digits(number); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

func TestFormat(t *testing.T) {
	for number, want := range map[string]string{
		"+46701234567": "070-123 45 67", "0701234567": "070-123 45 67", "46812345678": "08-123 456 78", "+4532123456": "+45 32 12 34 56",
		"2101": "2101", "*21#": "*21#", "sip:anna@example.com": "sip:anna@example.com", "": "",
	} {
		if got := (Plan{}).Format(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
	if got := (Plan{Region: "DK"}).Format("+46701234567"); got != "+46 70 123 45 67" {
		t.Error(got)
	}
}

func TestEmergency(t *testing.T) {
	list := []string{"112", " 911", "999"}
	for number, want := range map[string]bool{
		"112": true, "1 1 2": true, "1-1-2": true, "911": true, "tel:112": true, "sip:112@pbx.example.com": true, "sips:112@x;user=phone": true,
		"\u200b112": true, "１１２": true, "1120": false, "0112": false, "+112": false, "112#": false, "": false, "abc": false, "sip:anna@112": false,
	} {
		if Emergency(number, list) != want {
			t.Errorf("%q: %v", number, !want)
		}
	}
	if Emergency("", []string{""}) || Emergency("112", nil) {
		t.Error("an empty list has an emergency number")
	}
}

func TestRegions(t *testing.T) {
	got := Regions()
	if len(got) < 200 || !slices.IsSorted(got) || !slices.Contains(got, "SE") {
		t.Errorf("%d regions: %v", len(got), got)
	}
}

// FuzzRead must not fail, and a number in E.164 must be itself in E.164.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"070-123 45 67", "+46 (0)8", "tel:+46;x", "sip:1@", "(0)(0)", "+", "\x00", "１２３"} {
		f.Add(seed, "08")
	}
	f.Fuzz(func(t *testing.T, number, area string) {
		p := Plan{Area: area}
		r := p.Read(number)
		if r.E164 != "" {
			if again, ok := p.E164(r.E164); !ok || again != r.E164 {
				t.Errorf("%q: %s, again %s", number, r.E164, again)
			}
		}
		if known := Known(number, r.E164); !reflect.DeepEqual(known, r) {
			t.Errorf("%q: read %+v, known %+v", number, r, known)
		}
		if r.Key != "" && !p.Same(number, number) {
			t.Errorf("%q is not itself", number)
		}
		p.Format(number)
	})
}

func BenchmarkE164(b *testing.B) {
	for _, number := range []string{"070-123 45 67", "+46 (0)70 123 45 67", "46701234567", "2101", "sip:anna@example.com"} {
		b.Run(number, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				(Plan{}).E164(number)
			}
		})
	}
}
