package sdp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const (
	key30 = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR"                         // RFC 4568 4.1: 16 + 14 bytes
	key46 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==" // 32 + 14
	key28 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw=="                         // 16 + 12
	key44 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis="     // 32 + 12
)

// RFC 4568 6 and 9, RFC 6188, RFC 7714 14.
func TestCryptoLines(t *testing.T) {
	for value, want := range map[string]struct {
		suite Suite
		tag   int
		mki   string
	}{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                           {AES128Tag80, 1, ""},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:4":             {AES128Tag80, 1, "\x00\x00\x00\x01"},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^48":                 {AES128Tag80, 1, ""},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1048576":              {AES128Tag80, 1, ""},
		"2 AES_CM_128_HMAC_SHA1_32 inline:" + key30 + "|1066:2":               {AES128Tag32, 2, "\x04\x2a"},
		"999999999 aes_cm_128_hmac_sha1_32 INLINE:" + key30:                   {AES128Tag32, 999999999, ""},
		"3 AES_256_CM_HMAC_SHA1_80 inline:" + key46:                           {AES256Tag80, 3, ""},
		"3 AES_256_CM_HMAC_SHA1_32 inline:" + strings.TrimRight(key46, "="):   {AES256Tag32, 3, ""},
		"4 AEAD_AES_128_GCM inline:" + key28:                                  {GCM128, 4, ""},
		"5 AEAD_AES_256_GCM inline:" + key44 + "|2^31":                        {GCM256, 5, ""},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " WSH=128":              {AES128Tag80, 1, ""},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " KDR=0":                {AES128Tag80, 1, ""},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " -anything=goes":       {AES128Tag80, 1, ""},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " KDR=1":                {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTP":     {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTCP":    {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNAUTHENTICATED_SRTP": {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " FEC_ORDER=FEC_SRTP":   {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " NEW_THING":            {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^49":                 {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|0":                    {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:0":             {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|256:1":           {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:129":           {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:1|2^20":             {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:1|9":           {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + ";inline:" + key30:      {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key28:                           {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30[1:]:                       {},
		"1 AES_CM_128_HMAC_SHA1_80 inline:!!" + key30[2:]:                     {},
		"1 AES_CM_128_HMAC_SHA1_80 clear:" + key30:                            {},
		"1 AES_CM_128_HMAC_SHA1_80 inline":                                    {},
		"1 AES_CM_128_HMAC_SHA1_80":                                           {},
		"1 F8_128_HMAC_SHA1_80 inline:" + key30:                               {},
		"-1 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                          {},
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key30:                           {},
		"1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                  {},
		"": {},
	} {
		c, ok := ParseCrypto(value)
		if ok != (want.suite != "") {
			t.Errorf("%q can be used: %v", value, ok)
			continue
		}
		if ok && (c.Suite != want.suite || c.Tag != want.tag || c.MKI != want.mki) {
			t.Errorf("%q read as %d %s MKI %q", value, c.Tag, c.Suite, c.MKI)
		}
		if again, same := ParseCrypto(c.value()); ok && (!same || again != c) {
			t.Errorf("%q does not come back", value)
		}
	}
}

// A key reaches no log, whatever prints it.
func TestKeysDoNotPrint(t *testing.T) {
	secret := strings.Repeat("k", 30)
	agreed := Agreed{Protection: Protection{Keying: SDES, Local: Crypto{Tag: 1, Suite: AES128Tag80, Key: Key(secret)}}}
	offer := Offer(Capabilities{Addr: us, Port: 4000, Codecs: []Codec{pcma}, Security: Security{Accept: true, Keys: []Crypto{agreed.Protection.Local}}})
	text, err := json.Marshal(agreed)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{agreed, &agreed, offer, *offer, agreed.Protection.Local, agreed.Protection.Local.Key} {
			text = append(text, fmt.Sprintf(format, v)...)
		}
	}
	text = fmt.Append(text, agreed.Protection.Local.Key.LogValue())
	for _, leak := range []string{"kkkk", "6b6b6b", "6B6B6B", "107 107", "a2tr"} {
		if strings.Contains(string(text), leak) {
			t.Errorf("a key is printed as %s…", leak)
		}
	}
	if !strings.Contains(string(offer.Bytes()), "a2tr") {
		t.Error("and not written into the description either")
	}
}

func TestFingerprints(t *testing.T) {
	cert := []byte("not a certificate, but bytes are bytes")
	f := FingerprintOf(cert)
	if !f.Matches(cert) || f.Matches(append(cert, '!')) {
		t.Error("matches")
	}
	if again, ok := parseFingerprint(f.value()); !ok || again != f {
		t.Errorf("%s does not come back", f.value())
	}
	if again, ok := parseFingerprint(strings.ToLower(f.value())); !ok || again != f {
		t.Errorf("lower case does not come back")
	}
	for _, bad := range []string{"", "sha-256", "sha-256 ", "md5 " + f.value()[8:], "sha-1 00:11", "sha-256 00:11", "sha-384 " + f.value()[8:], f.value() + ":00", "sha-256 zz" + f.value()[10:]} {
		if _, ok := parseFingerprint(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzCrypto(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:4 WSH=64")
	f.Add("5 AEAD_AES_256_GCM inline:" + key44)
	f.Fuzz(func(t *testing.T, value string) {
		c, ok := ParseCrypto(value)
		if !ok {
			return
		}
		key, salt := c.Suite.Lengths()
		if len(c.Key) != key+salt || key == 0 || c.Tag < 0 || len(c.MKI) > maxMKI {
			t.Fatalf("%q: %d %s, %d bytes", value, c.Tag, c.Suite, len(c.Key))
		}
		if again, ok := ParseCrypto(c.value()); !ok || again != c {
			t.Fatalf("%q does not come back", value)
		}
	})
}
