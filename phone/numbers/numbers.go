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

// subscriber is a number taken apart. The zero value is none.
type subscriber struct {
	country  string // calling code, "46"
	national string // national significant number, without a trunk prefix
}

func (s subscriber) known() bool { return s.country != "" }

// E164 is a subscriber's number as "+46…", which is the same however it was written. It is false for extensions and
// services of a few digits, among them emergency numbers, for codes with * or #, and for addresses. tel: and sip: are
// taken off, and what follows the number in such a URI.
func (p Plan) E164(number string) (string, bool) {
	digits, plus, ok := bare(number)
	if !ok {
		return "", false
	}
	who := p.parse(digits, plus)
	if !who.known() {
		return "", false
	}
	return "+" + who.country + who.national, true
}

// Format is a number as people write it in the plan's region: national numbers without the country, others with it.
// What is no subscriber's number comes back as it was.
func (p Plan) Format(number string) string {
	e164, ok := p.E164(number)
	if !ok {
		return number
	}
	parsed, err := phonenumbers.Parse(e164, "ZZ")
	switch {
	case err != nil:
		return number
	case int(parsed.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(p.region()):
		return phonenumbers.Format(parsed, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

// parse is whose number the digits are.
func (p Plan) parse(digits string, plus bool) subscriber {
	if len(digits) < shortest || len(digits) > longest {
		return subscriber{}
	}
	region := p.region()
	if who := quickly(digits, plus, region); who.known() {
		return who
	}
	if plus {
		return possible("+"+digits, "ZZ")
	}
	if p.Area != "" && digits[0] != '0' && len(digits) <= 8 && !short(digits, region) {
		if who := valid(p.Area+digits, region); who.known() {
			return who
		}
	}
	if digits[0] != '0' {
		return valid(digits, region)
	}
	who := possible(digits, region)
	if !who.known() && strings.HasPrefix(digits, "00") {
		// Not a country: perhaps the 0 for an outside line in front of a national number.
		who = valid(digits[1:], region)
	}
	return who
}

// possible is a number whose length can be right: numbering plans grow faster than what is known of them.
func possible(text, region string) subscriber {
	parsed, err := phonenumbers.Parse(text, region)
	if err != nil || phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return subscriber{}
	}
	return subscriberOf(parsed)
}

func valid(text, region string) subscriber {
	parsed, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return subscriber{}
	}
	return subscriberOf(parsed)
}

func subscriberOf(parsed *phonenumbers.PhoneNumber) subscriber {
	e164 := phonenumbers.Format(parsed, phonenumbers.E164)
	national := phonenumbers.GetNationalSignificantNumber(parsed)
	who := subscriber{country: strings.TrimSuffix(e164[1:], national), national: national}
	if _, byCode := countries(); byCode[who.country].trunk != "" && strings.HasPrefix(national, byCode[who.country].trunk) {
		return subscriber{} // one trunk prefix after another
	}
	return who
}

// short reports a number of a service, such as 116117, which has no area.
func short(digits, region string) bool {
	parsed, err := phonenumbers.Parse(digits, region)
	return err == nil && phonenumbers.IsValidShortNumberForRegion(parsed, region)
}
