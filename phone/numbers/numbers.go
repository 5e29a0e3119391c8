// Package numbers tells whose a telephone number is, however it is written: "070-123 45 67", "+46 (0)70 123 45 67",
// "0046701234567" and "sip:46701234567@trunk" are one subscriber. It never decides what is dialled: that is the
// dialect's.
package numbers

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Plan is where national and local numbers are meant. The zero value is Sweden without an area code.
type Plan struct {
	Region string // ISO 3166 country, "SE"; empty means SE
	Area   string // area code of local numbers with its trunk prefix, "08"; empty for none
}

const (
	shortest = 6  // digits of a subscriber's number; fewer are an extension or a service
	tail     = 9  // digits that tell numbers apart when nobody knows how the rest was written
	longest  = 20 // digits; E.164 has 15, with prefixes of an exchange a few more
)

func (p Plan) region() string {
	if p.Region == "" {
		return "SE"
	}
	return p.Region
}

// Regions is the countries whose numbers are known, as ISO 3166, sorted.
func Regions() []string {
	var out []string
	for region := range phonenumbers.GetSupportedRegions() {
		out = append(out, region)
	}
	slices.Sort(out)
	return out
}

// E164 is a subscriber's number as "+46…", which is the same however it was written. It is false for extensions and
// services of a few digits, among them emergency numbers, for codes with * or #, and for addresses. tel: and sip: are
// taken off, and what follows the number in such a URI.
func (p Plan) E164(number string) (string, bool) {
	parsed, ok := p.parse(number)
	if !ok {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}

// Format is a number as people write it in the plan's region: national numbers without the country, others with it.
// What is no subscriber's number comes back as it was.
func (p Plan) Format(number string) string {
	parsed, ok := p.parse(number)
	if !ok {
		return number
	}
	if int(parsed.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(p.region()) {
		return phonenumbers.Format(parsed, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

// parse is a subscriber's number as the library has it.
func (p Plan) parse(number string) (*phonenumbers.PhoneNumber, bool) {
	digits, plus, ok := bare(number)
	if !ok || len(digits) < shortest || len(digits) > longest {
		return nil, false
	}
	if plus {
		return possible("+"+digits, "ZZ")
	}
	region := p.region()
	if p.Area != "" && digits[0] != '0' && len(digits) <= 8 && !short(digits, region) {
		if parsed, ok := valid(p.Area+digits, region); ok {
			return parsed, true
		}
	}
	parsed, ok := possible(digits, region)
	switch {
	case ok && (digits[0] == '0' || phonenumbers.IsValidNumber(parsed)):
		return parsed, true
	case strings.HasPrefix(digits, "00"):
		// Not a country: perhaps the 0 for an outside line in front of a national number.
		return valid(digits[1:], region)
	}
	return nil, false
}

// possible is a number whose length can be right. A numbering plan grows faster than what is known of it.
func possible(text, region string) (*phonenumbers.PhoneNumber, bool) {
	parsed, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsPossibleNumber(parsed) {
		return nil, false
	}
	return parsed, true
}

func valid(text, region string) (*phonenumbers.PhoneNumber, bool) {
	parsed, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return nil, false
	}
	return parsed, true
}

// short reports a number of a service, such as 116117, which has no area.
func short(digits, region string) bool {
	parsed, err := phonenumbers.Parse(digits, region)
	return err == nil && phonenumbers.IsValidShortNumberForRegion(parsed, region)
}
