package numbers

import "testing"

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
		{sweden, "tel:+46-70-123;phone-context=x", "+4670123"},
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
