package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"svara/phone/team"
)

// What argon2id (RFC 9106) is asked for: OWASP's second choice, 19 MiB and two passes.
const (
	argonTime   = 2
	argonMemory = 19 * 1024 // KiB
	argonKey    = 32
)

// longest is how many bytes a password may have.
const longest = 256

// hasher lets two passwords be worked on at a time, so that many who sign in at once cost time and not memory.
type hasher chan struct{}

func newHasher() hasher { return make(hasher, 2) }

// hash is what is kept of a password: "argon2id$time$memory$salt$key".
func (h hasher) hash(password string) string {
	h <- struct{}{}
	defer func() { <-h }()
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, 1, argonKey)
	return fmt.Sprintf("argon2id$%d$%d$%s$%s", argonTime, argonMemory, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

// check compares a password with what is kept. Without any it takes as long, so that nobody learns who there is.
func (h hasher) check(password, kept string) bool {
	h <- struct{}{}
	defer func() { <-h }()
	var passes, memory uint32
	var salt, sum []byte
	fields := strings.Split(kept, "$")
	if len(fields) == 5 && fields[0] == "argon2id" {
		_, err := fmt.Sscanf(fields[1]+" "+fields[2], "%d %d", &passes, &memory)
		salt, _ = base64.RawStdEncoding.DecodeString(fields[3])
		sum, _ = base64.RawStdEncoding.DecodeString(fields[4])
		if err != nil || passes == 0 || memory > 1<<20 {
			sum = nil
		}
	}
	if len(sum) == 0 {
		argon2.IDKey([]byte(password), make([]byte, 16), argonTime, argonMemory, 1, argonKey)
		return false
	}
	return subtle.ConstantTimeCompare(argon2.IDKey([]byte(password), salt, passes, memory, 1, uint32(len(sum))), sum) == 1
}

// fits reports whether a password is as the rule says.
func fits(rule team.PasswordRule, password string) bool {
	return utf8.ValidString(password) && len(password) <= longest && utf8.RuneCountInString(password) >= rule.Min &&
		(!rule.Digit || strings.ContainsFunc(password, unicode.IsDigit)) && (!rule.Upper || strings.ContainsFunc(password, unicode.IsUpper))
}

// A token is "svt_ID_SECRET"; the database has the SHA-256 of the secret, which is 130 random bits and needs no slower hash.
const tokenPrefix = "svt_"

func newSecret() (id, secret string) { return rand.Text()[:16], rand.Text() }

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func splitToken(token string) (id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(token, tokenPrefix)
	id, secret, ok2 := strings.Cut(rest, "_")
	return id, secret, ok && ok2 && id != "" && len(id) <= 32 && secret != "" && len(secret) <= 64
}

func sameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
