package numbers

import (
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// Keys is what a number is looked up by, strongest first: E.164; "9:" and the last nine digits, which are the same
// whatever prefixes an exchange put in front; the bare digits. An address without a number has itself as its key.
func (p Plan) Keys(number string) []string {
	digits, _, ok := bare(number)
	if !ok || digits == "" {
		if a := address(number); a != "" {
			return []string{a}
		}
		return nil
	}
	var keys []string
	last := digits
	if e164, ok := p.E164(number); ok {
		keys, last = append(keys, e164), e164[1:]
	}
	if len(last) >= tail {
		keys = append(keys, "9:"+last[len(last)-tail:])
	}
	return append(keys, digits)
}

// Same reports whether two numbers are the same subscriber's, however they are written. Where one of them cannot be
// understood, the last nine digits decide.
func (p Plan) Same(a, b string) bool {
	digitsA, _, okA := bare(a)
	digitsB, _, okB := bare(b)
	if !okA || !okB || digitsA == "" || digitsB == "" {
		return address(a) != "" && address(a) == address(b)
	}
	if digitsA == digitsB {
		return true
	}
	fullA, okA := p.E164(a)
	fullB, okB := p.E164(b)
	switch {
	case okA && okB:
		return fullA == fullB
	case okA:
		digitsA = fullA[1:]
	case okB:
		digitsB = fullB[1:]
	}
	return len(digitsA) >= tail && len(digitsB) >= tail && digitsA[len(digitsA)-tail:] == digitsB[len(digitsB)-tail:]
}

// Emergency reports whether a number is one of a list, as it is or with separators, as tel: or as sip: at any host.
func Emergency(number string, list []string) bool {
	digits, plus, ok := bare(number)
	if !ok || plus || digits == "" {
		return false
	}
	for _, n := range list {
		if entry, _, ok := bare(n); ok && entry == digits {
			return true
		}
	}
	return false
}

// Digits is the runs of digits a number is known by, without repeats: with the country, as dialled within it, and as
// written. Any part of one of them finds the number.
func (p Plan) Digits(number string) []string {
	written, _, ok := bare(number)
	if !ok || written == "" {
		return nil
	}
	out := []string{written}
	parsed, ok := p.parse(number)
	if !ok {
		return out
	}
	add := func(digits string) {
		if !slices.Contains(out, digits) {
			out = append(out, digits)
		}
	}
	add(phonenumbers.Format(parsed, phonenumbers.E164)[1:])
	region := phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode()))
	add(phonenumbers.GetNddPrefixForRegion(region, true) + phonenumbers.GetNationalSignificantNumber(parsed))
	return out
}
