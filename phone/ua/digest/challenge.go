package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Challenge is one Digest challenge of a WWW-Authenticate or Proxy-Authenticate header.
type Challenge struct {
	Realm     string   // unquoted; may be empty
	Nonce     string   // unquoted, never empty
	Opaque    string   // unquoted; returned as it came
	Algorithm string   // as the server wrote it; empty means MD5
	QOP       []string // lower case, in the server's order; empty is an RFC 2069 server
	Stale     bool     // the answer was right but its nonce too old: try again without asking the user
	Proxy     bool     // set by the caller for 407: answer in Proxy-Authorization
}

// Header is the name of the header that answers the challenge.
func (c Challenge) Header() string {
	if c.Proxy {
		return "Proxy-Authorization"
	}
	return "Authorization"
}

// ParseAll reads every Digest challenge of one header value, at least one: servers put several into one header, among those of
// other schemes. The error is ErrNoDigest or ErrMalformed.
func ParseAll(header string) ([]Challenge, error) {
	schemes, err := parseSchemes(header)
	if err != nil {
		return nil, err
	}
	var out []Challenge
	for _, s := range schemes {
		if !strings.EqualFold(s.name, "Digest") || s.params["nonce"] == "" {
			continue
		}
		if _, ok := s.params["realm"]; !ok {
			continue
		}
		c := Challenge{
			Realm: s.params["realm"], Nonce: s.params["nonce"], Opaque: s.params["opaque"],
			Algorithm: s.params["algorithm"], Stale: strings.EqualFold(s.params["stale"], "true"),
		}
		for q := range strings.FieldsFuncSeq(s.params["qop"], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
			c.QOP = append(c.QOP, strings.ToLower(q))
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w in %d schemes", ErrNoDigest, len(schemes))
	}
	return out, nil
}

// Strongest is the challenge to answer: SHA-512-256 before SHA-256 before MD5, at equal strength the one that can
// protect against replay (a qop we know), then the server's first (RFC 8760 section 2.4). Challenges with an unknown
// algorithm are ignored; false when none is left.
func Strongest(all []Challenge) (Challenge, bool) {
	var usable []Challenge
	for _, c := range all {
		if lookup(c.Algorithm).strength > 0 && c.protection() >= 0 {
			usable = append(usable, c)
		}
	}
	if len(usable) == 0 {
		return Challenge{}, false
	}
	// MaxFunc keeps the first of equals, which is the server's preference.
	return slices.MaxFunc(usable, func(a, b Challenge) int { return cmp.Compare(a.rank(), b.rank()) }), true
}

// rank orders challenges by what an eavesdropper gains from the answer.
func (c Challenge) rank() int { return lookup(c.Algorithm).strength*2 + c.protection() }

// protection is 1 with a qop we know, 0 without any qop, -1 when only unknown ones are offered.
func (c Challenge) protection() int {
	switch {
	case len(c.QOP) == 0:
		return 0
	case c.chooseQOP() != "":
		return 1
	}
	return -1
}

// chooseQOP prefers auth: session border controllers rewrite bodies on the way, which breaks auth-int for a call that
// would have worked. auth-int is used where the server asks for nothing less.
func (c Challenge) chooseQOP() string {
	for _, q := range []string{"auth", "auth-int"} {
		if slices.Contains(c.QOP, q) {
			return q
		}
	}
	return ""
}
