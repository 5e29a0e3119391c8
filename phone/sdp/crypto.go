package sdp

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/big"
	"strconv"
	"strings"
)

// Suite is an SRTP crypto-suite by its name in a=crypto (RFC 4568 6.2, RFC 6188 4, RFC 7714 14.1).
type Suite string

// The suites that are known here.
const (
	AES128Tag80 Suite = "AES_CM_128_HMAC_SHA1_80"
	AES128Tag32 Suite = "AES_CM_128_HMAC_SHA1_32"
	AES256Tag80 Suite = "AES_256_CM_HMAC_SHA1_80"
	AES256Tag32 Suite = "AES_256_CM_HMAC_SHA1_32"
	GCM128      Suite = "AEAD_AES_128_GCM"
	GCM256      Suite = "AEAD_AES_256_GCM"
)

// Suites are the suites in the order we prefer them. The longer tag comes before the shorter, and 128 bits before 256:
// what is gained beyond them is nothing that can be attacked, and every exchange knows the first.
var Suites = []Suite{GCM128, AES128Tag80, GCM256, AES256Tag80, AES128Tag32, AES256Tag32}

// Lengths is the length of the master key and of the master salt in bytes; 0 and 0 for a suite that is not known.
func (s Suite) Lengths() (key, salt int) {
	switch s {
	case AES128Tag80, AES128Tag32:
		return 16, 14
	case AES256Tag80, AES256Tag32:
		return 32, 14
	case GCM128:
		return 16, 12
	case GCM256:
		return 32, 12
	}
	return 0, 0
}

// Key is a master key and the master salt after it. It prints, logs and marshals as a placeholder; only Session.Bytes
// writes it.
type Key string

const redacted = "[key]"

// Format hides the key from every verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the key from slog.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the key from encoders.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Crypto is an a=crypto line that can be used (RFC 4568 9.1): one key, known parameters.
type Crypto struct {
	Tag   int // 0..999999999; ties an answer's line to the offer's
	Suite Suite
	Key   Key    // as long as Suite.Lengths says
	MKI   string // the bytes that name the key in every packet sent with it (RFC 3711 4.3); empty when there are none
}

const (
	maxCrypto = 32  // usable lines kept for a stream
	maxMKI    = 128 // bytes, RFC 4568 6.1
)

// ParseCrypto reads the value of a=crypto and reports whether the line can be used: an unknown suite, a key of the wrong
// length, a lifetime beyond the suite's, several keys, and session parameters that weaken it or are not known make it
// one to pass over (RFC 4568 6.3, 7.1.2).
func ParseCrypto(value string) (Crypto, bool) {
	f := strings.Fields(value)
	if len(f) < 3 || len(f[0]) > 9 {
		return Crypto{}, false
	}
	tag, err := strconv.ParseUint(f[0], 10, 31)
	if err != nil {
		return Crypto{}, false
	}
	c := Crypto{Tag: int(tag)}
	for _, s := range Suites {
		if strings.EqualFold(string(s), f[1]) {
			c.Suite = s
		}
	}
	if c.Suite == "" || !c.inline(f[2]) {
		return Crypto{}, false
	}
	for _, p := range f[3:] {
		if !harmless(p) {
			return Crypto{}, false
		}
	}
	return c, true
}

// inline reads inline:key||salt["|"lifetime]["|"MKI":"length].
func (c *Crypto) inline(param string) bool {
	method, info, found := strings.Cut(param, ":")
	if !found || !strings.EqualFold(method, "inline") || strings.Contains(info, ";") {
		return false
	}
	parts := strings.Split(info, "|")
	secret, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	key, salt := c.Suite.Lengths()
	if err != nil || len(secret) != key+salt || len(parts) > 3 {
		return false
	}
	c.Key = Key(secret)
	for i, p := range parts[1:] {
		switch {
		case strings.Contains(p, ":"):
			if i != len(parts)-2 || !c.index(p) {
				return false
			}
		case i != 0 || !lifetime(p):
			return false
		}
	}
	return true
}

// index reads MKI":"length.
func (c *Crypto) index(p string) bool {
	number, length, _ := strings.Cut(p, ":")
	size, err := strconv.ParseUint(length, 10, 8)
	if err != nil || size == 0 || size > maxMKI || len(number) > 310 || number == "" || strings.Trim(number, "0123456789") != "" {
		return false
	}
	n, ok := new(big.Int).SetString(number, 10)
	if !ok || n.BitLen() > int(size)*8 {
		return false
	}
	c.MKI = string(n.FillBytes(make([]byte, size)))
	return true
}

// lifetime reads a number of packets, in decimal or as a power of two, and reports whether one key may protect as many
// (RFC 3711 9.2: 2^48).
func lifetime(p string) bool {
	if power, found := strings.CutPrefix(p, "2^"); found {
		n, err := strconv.ParseUint(power, 10, 8)
		return err == nil && n <= 48
	}
	n, err := strconv.ParseUint(p, 10, 64)
	return err == nil && n > 0 && n <= 1<<48
}

// harmless reports whether a session parameter (RFC 4568 6.3) leaves the packets as we make and read them.
func harmless(p string) bool {
	name, value, _ := strings.Cut(p, "=")
	switch strings.ToUpper(name) {
	case "KDR":
		return value == "0"
	case "WSH": // a hint at the replay window
		_, err := strconv.ParseUint(value, 10, 16)
		return err == nil
	}
	return strings.HasPrefix(p, "-") // RFC 4568 6.3.7: may be passed over
}

// value is the line's text after a=crypto:.
func (c Crypto) value() string {
	s := fmt.Sprintf("%d %s inline:%s", c.Tag, c.Suite, base64.StdEncoding.EncodeToString([]byte(string(c.Key))))
	if c.MKI != "" {
		s += fmt.Sprintf("|%s:%d", new(big.Int).SetBytes([]byte(c.MKI)), len(c.MKI))
	}
	return s
}
