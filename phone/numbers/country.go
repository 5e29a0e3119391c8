package numbers

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// country is what numbers of a calling code look like where that is simple.
type country struct {
	code     string // calling code
	trunk    string // what stands before national numbers, "0"; empty where nothing does
	zeroZero bool   // 00 leads abroad
	lengths  uint32 // bit n: national numbers of n digits
}

// countries holds those whose numbers can be taken apart without patterns, by region and, of the main region, by calling
// code. A directory of 100,000 people has 300,000 numbers, nearly all of them written in full.
var countries = sync.OnceValues(func() (byRegion, byCode map[string]country) {
	byRegion, byCode = map[string]country{}, map[string]country{}
	known, err := phonenumbers.MetadataCollection()
	if err != nil {
		return byRegion, byCode
	}
	for _, m := range known.GetMetadata() {
		trunk := m.GetNationalPrefixForParsing()
		if strings.Trim(trunk, "0123456789") != "" || m.GetNationalPrefixTransformRule() != "" {
			continue
		}
		c := country{code: strconv.Itoa(int(m.GetCountryCode())), trunk: trunk, zeroZero: m.GetInternationalPrefix() == "00"}
		for _, n := range m.GetGeneralDesc().GetPossibleLength() {
			if n > 0 && n < 32 {
				c.lengths |= 1 << n
			}
		}
		byRegion[m.GetId()] = c
		if m.GetId() == phonenumbers.GetRegionCodeForCountryCode(int(m.GetCountryCode())) {
			byCode[c.code] = c
		}
	}
	return byRegion, byCode
})

// quickly takes a number apart that is written in full, with the country or with its trunk prefix, where that is simple.
// The zero value leaves it to the patterns.
func quickly(digits string, plus bool, region string) subscriber {
	byRegion, byCode := countries()
	if plus {
		return abroad(digits, byCode)
	}
	c, ok := byRegion[region]
	switch {
	case !ok || !c.zeroZero:
		return subscriber{}
	case strings.HasPrefix(digits, "00"):
		return abroad(digits[2:], byCode)
	case c.trunk == "0" && digits[0] == '0':
		return c.subscriber(digits[1:])
	case c.lengths&(1<<len(digits)) == 0 && strings.HasPrefix(digits, c.code):
		return abroad(digits, byCode) // too long for a national number: the + was left out
	}
	return subscriber{}
}

// abroad takes a number apart that begins with its country.
func abroad(digits string, byCode map[string]country) subscriber {
	for n := 1; n <= 3 && n < len(digits); n++ {
		c, ok := byCode[digits[:n]]
		if !ok {
			continue
		}
		if national := digits[n:]; c.trunk == "" || !strings.HasPrefix(national, c.trunk) {
			return c.subscriber(national)
		}
		break
	}
	return subscriber{}
}

func (c country) subscriber(national string) subscriber {
	if len(national) >= 32 || c.lengths&(1<<len(national)) == 0 {
		return subscriber{}
	}
	return subscriber{country: c.code, national: national}
}

// trunkOf is what stands before national numbers of a calling code.
func trunkOf(code string) string {
	if _, byCode := countries(); byCode[code].code != "" {
		return byCode[code].trunk
	}
	n, err := strconv.Atoi(code)
	if err != nil {
		return ""
	}
	return phonenumbers.GetNddPrefixForRegion(phonenumbers.GetRegionCodeForCountryCode(n), true)
}
