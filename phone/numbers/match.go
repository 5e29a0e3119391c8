package numbers

import "slices"

// Reading is what a number says, however it is written.
type Reading struct {
	E164    string   // "+46…", empty for what is no subscriber's number, see Plan.E164
	Written string   // its digits as they stand, empty for an address or a code
	Digits  []string // the runs of digits it is known by, see Plan.Digits
	Key     string   // equal for numbers that are the same as far as anybody can tell: see Plan.Keys
}

// Read reads a number once for everything.
func (p Plan) Read(number string) Reading {
	digits, plus, ok := bare(number)
	if !ok || digits == "" {
		return Reading{Key: address(number)}
	}
	return reading(digits, p.parse(digits, plus))
}

// Known is Read for a number that has been read before, when it was found to be e164; empty for none.
func Known(number, e164 string) Reading {
	digits, _, ok := bare(number)
	if !ok || digits == "" {
		return Reading{Key: address(number)}
	}
	var who subscriber
	if e164 != "" {
		_, byCode := countries()
		if who = abroad(e164[1:], byCode); !who.known() {
			who = possible(e164, "ZZ")
		}
	}
	return reading(digits, who)
}

// reading is what digits say that are somebody's.
func reading(digits string, who subscriber) Reading {
	r := Reading{Written: digits, Digits: []string{digits}, Key: digits}
	if who.known() {
		full := who.country + who.national
		r.E164, r.Key = "+"+full, "+"+full
		for _, form := range []string{full, trunkOf(who.country) + who.national} {
			if !slices.Contains(r.Digits, form) {
				r.Digits = append(r.Digits, form)
			}
		}
		digits = full
	}
	if len(digits) >= tail {
		r.Key = "9:" + digits[len(digits)-tail:]
	}
	return r
}

// Keys is what a number is looked up by, strongest first: E.164; "9:" and the last nine digits, which are the same
// whatever prefixes an exchange put in front; the bare digits. An address without a number has itself as its key.
func (p Plan) Keys(number string) []string {
	r := p.Read(number)
	var keys []string
	for _, key := range []string{r.E164, r.Key, r.Written} {
		if key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Digits is the runs of digits a number is known by, without repeats: as written, with the country, and as dialled
// within it. Any part of one of them finds the number. An address and a code have none.
func (p Plan) Digits(number string) []string { return p.Read(number).Digits }

// Same reports whether two numbers are the same subscriber's, however they are written. Where one of them cannot be
// understood, the last nine digits decide.
func (p Plan) Same(a, b string) bool {
	first, second := p.Read(a), p.Read(b)
	switch {
	case first.Key == "" || second.Key == "":
		return false
	case first.Written != "" && first.Written == second.Written:
		return true
	case first.E164 != "" && second.E164 != "":
		return first.E164 == second.E164
	}
	return first.Key == second.Key
}

// Emergency reports whether a number is one of a list, as it is or with separators, as tel: or as sip: at any host.
func Emergency(number string, list []string) bool {
	digits, plus, ok := bare(number)
	if !ok || plus || digits == "" {
		return false
	}
	return slices.ContainsFunc(list, func(n string) bool {
		entry, _, ok := bare(n)
		return ok && entry == digits
	})
}
