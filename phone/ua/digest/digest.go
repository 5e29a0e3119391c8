// Package digest is HTTP digest authentication as SIP uses it: RFC 2617, RFC 7616 and RFC 8760, the client's side and
// the server's. It knows header values, not messages.
package digest

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"strings"
)

// Why an answer could not be made.
var (
	// ErrNoDigest says that a header holds no usable Digest challenge.
	ErrNoDigest = errors.New("digest: no Digest challenge")
	// ErrMalformed says that a header breaks the grammar of RFC 7235 section 2.1.
	ErrMalformed = errors.New("digest: malformed header")
	// ErrAlgorithm says that the challenge names an algorithm we do not know.
	ErrAlgorithm = errors.New("digest: unknown algorithm")
	// ErrQOP says that the challenge offers only qualities of protection we do not know.
	ErrQOP = errors.New("digest: unknown qop")
	// ErrDowngrade says that a realm which used a strong algorithm now asks for a weaker answer: what somebody on the
	// way would do to get at the password. Client.Forget allows it again.
	ErrDowngrade = errors.New("digest: weaker challenge than before")
)

// The algorithms, weakest last, as written on the wire. "-sess" may follow each.
const (
	SHA512_256 = "SHA-512-256"
	SHA256     = "SHA-256"
	MD5        = "MD5"
)

// algorithm is one row of what RFC 7616 section 6.1 registers.
type algorithm struct {
	strength int // 0 is unknown, more is stronger
	session  bool
	hash     func([]byte) string // lower-case hex
}

// lookup finds an algorithm by its token, which is case-insensitive; none means MD5 (RFC 2617 section 3.2.1).
func lookup(token string) algorithm {
	base, session := strings.CutSuffix(strings.ToUpper(token), "-SESS")
	a := algorithm{session: session}
	switch base {
	case SHA512_256:
		a.strength, a.hash = 3, func(b []byte) string { s := sha512.Sum512_256(b); return hex.EncodeToString(s[:]) }
	case SHA256:
		a.strength, a.hash = 2, func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
	case MD5, "":
		a.strength, a.hash = 1, func(b []byte) string { s := md5.Sum(b); return hex.EncodeToString(s[:]) }
	}
	if base == "" && session { // "-sess" alone is no algorithm
		a.strength = 0
	}
	return a
}

func (a algorithm) of(parts ...string) string { return a.hash([]byte(strings.Join(parts, ":"))) }

// answer is everything that goes into a response (RFC 7616 section 3.4.1).
type answer struct {
	algorithm                                   algorithm
	user, realm, secret, nonce, cnonce, nc, qop string
	method, uri                                 string
	body                                        []byte
}

func (r answer) response() string {
	a := r.algorithm
	a1 := a.of(r.user, r.realm, r.secret)
	if a.session {
		a1 = a.of(a1, r.nonce, r.cnonce)
	}
	a2 := a.of(r.method, r.uri)
	if r.qop == "auth-int" {
		a2 = a.of(r.method, r.uri, a.hash(r.body))
	}
	if r.qop == "" { // RFC 2069 compatibility
		return a.of(a1, r.nonce, a2)
	}
	return a.of(a1, r.nonce, r.nc, r.cnonce, r.qop, a2)
}
