package sdp

import (
	"crypto"
	_ "crypto/sha256" // hashes that fingerprints are made with
	_ "crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint is a=fingerprint (RFC 8122 5): the hash of the certificate that a DTLS peer will show.
type Fingerprint struct {
	Hash string // sha-256, sha-384 or sha-512; weaker ones are not taken
	Sum  string // the bytes
}

const maxFingerprints = 16 // kept for a stream

var hashes = map[string]crypto.Hash{"sha-256": crypto.SHA256, "sha-384": crypto.SHA384, "sha-512": crypto.SHA512}

// FingerprintOf is the SHA-256 fingerprint of a certificate in DER.
func FingerprintOf(certificate []byte) Fingerprint {
	f, _ := fingerprint("sha-256", certificate)
	return f
}

func fingerprint(hash string, certificate []byte) (Fingerprint, bool) {
	h, ok := hashes[hash]
	if !ok {
		return Fingerprint{}, false
	}
	sum := h.New()
	sum.Write(certificate)
	return Fingerprint{Hash: hash, Sum: string(sum.Sum(nil))}, true
}

// Matches reports whether a certificate in DER is the one.
func (f Fingerprint) Matches(certificate []byte) bool {
	got, ok := fingerprint(f.Hash, certificate)
	return ok && got == f
}

func parseFingerprint(value string) (Fingerprint, bool) {
	hash, text, _ := strings.Cut(value, " ")
	hash = strings.ToLower(hash)
	h, ok := hashes[hash]
	if !ok {
		return Fingerprint{}, false
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
	if err != nil || len(sum) != h.Size() {
		return Fingerprint{}, false
	}
	return Fingerprint{Hash: hash, Sum: string(sum)}, true
}

// value is the line's text after a=fingerprint:.
func (f Fingerprint) value() string {
	return f.Hash + " " + strings.ReplaceAll(fmt.Sprintf("% X", f.Sum), " ", ":")
}

// Setup is who begins the DTLS handshake (RFC 4145 4, RFC 5763 5).
type Setup string

// The setups.
const (
	SetupActive   Setup = "active"   // the writer begins
	SetupPassive  Setup = "passive"  // the other begins
	SetupActPass  Setup = "actpass"  // the answerer chooses
	SetupHoldConn Setup = "holdconn" // not now
)

func parseSetup(value string) Setup {
	switch s := Setup(strings.ToLower(value)); s {
	case SetupActive, SetupPassive, SetupActPass, SetupHoldConn:
		return s
	}
	return ""
}
