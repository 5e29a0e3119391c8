package sdp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func keysFor(letter string) []Crypto {
	var list []Crypto
	for i, s := range Suites {
		key, salt := s.Lengths()
		list = append(list, Crypto{Tag: i + 1, Suite: s, Key: Key(strings.Repeat(letter, key+salt))})
	}
	return list
}

func secure(mode string, keying Keying, letter string) Security {
	switch mode {
	case "off":
		return Security{}
	default:
		return Security{
			Accept: true, Required: mode == "required", Keying: keying, Keys: keysFor(letter),
			Fingerprints: []Fingerprint{FingerprintOf([]byte(letter))},
		}
	}
}

// Every wish of ours against every wish of theirs, there and back, through text.
func TestEveryWishAgainstEveryOther(t *testing.T) {
	modes := []string{"off", "optional", "required"}
	for _, mine := range modes {
		for _, theirs := range modes {
			for _, my := range []Keying{SDES, DTLS} {
				for _, their := range []Keying{SDES, DTLS} {
					name := fmt.Sprintf("%s %s calls %s %s", mine, my, theirs, their)
					a, b := ours(pcma), ours(pcma)
					a.Security, b.Security = secure(mine, my, "a"), secure(theirs, their, "b")
					offer, err := Parse(Offer(a).Bytes())
					if err != nil {
						t.Fatal(err)
					}
					profile := map[string]string{"off": "RTP/AVP", "optional": "RTP/AVP", "required": map[Keying]string{SDES: "RTP/SAVP", DTLS: "UDP/TLS/RTP/SAVP"}[my]}[mine]
					if got := offer.Media[0].Proto; got != profile {
						t.Errorf("%s: offered %s, want %s", name, got, profile)
					}
					answer, atB, err := Answer(offer, b)
					impossible := mine == "off" && theirs == "required" || mine == "required" && theirs == "off"
					if impossible {
						if err == nil {
							t.Errorf("%s: answered", name)
						}
						if theirs == "required" && !errors.Is(err, ErrNotEncrypted) {
							t.Errorf("%s: %v", name, err)
						}
						continue
					}
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					answer, err = Parse(answer.Bytes())
					if err != nil {
						t.Fatal(err)
					}
					if answer.Media[0].Proto != profile {
						t.Errorf("%s: answered %s", name, answer.Media[0].Proto)
					}
					atA, err := Accept(Offer(a), answer)
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					want := my
					if mine == "off" || theirs == "off" {
						want = ""
					}
					x, y := atA.Protection, atB.Protection
					if x.Keying != want || y.Keying != want {
						t.Errorf("%s: %q and %q, want %q", name, x.Keying, y.Keying, want)
					}
					switch want {
					case SDES:
						if x.Local != y.Remote || x.Remote != y.Local || x.Local.Key == x.Remote.Key || x.Local.Suite != Suites[0] {
							t.Errorf("%s: keys do not meet", name)
						}
					case DTLS:
						if x.Active || !y.Active || !x.Fingerprints[0].Matches([]byte("b")) || !y.Fingerprints[0].Matches([]byte("a")) || !atA.Mux {
							t.Errorf("%s: %+v %+v", name, x, y)
						}
					}
				}
			}
		}
	}
}

const fingerprintLine = "a=fingerprint:sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF\r\n"

// What others send, against our three modes.
func TestOffersOfOthers(t *testing.T) {
	audio := func(profile, lines string) string {
		return "m=audio 4000 " + profile + " 8\r\n" + lines
	}
	good := "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:" + key30 + "|2^20|1:4\r\n"
	better := "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + key30 + "\r\n" + good + "a=crypto:9 AEAD_AES_128_GCM inline:" + key28 + "\r\n"
	useless := "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + key30 + "\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTP\r\n"
	const clear, no = "clear", ""
	for name, c := range map[string]struct {
		head                    string
		media                   string
		off, optional, required string // what the sound is: keying, clear, or no call
	}{
		"plain":                      {"", audio("RTP/AVP", ""), clear, clear, no},
		"plain with feedback":        {"", audio("RTP/AVPF", ""), clear, clear, no},
		"plain with keys":            {"", audio("RTP/AVP", better), clear, "sdes", "sdes"},
		"plain with useless keys":    {"", audio("RTP/AVP", useless), clear, clear, no},
		"plain with a fingerprint":   {"", audio("RTP/AVP", fingerprintLine+"a=setup:actpass\r\n"), clear, "dtls", "dtls"},
		"secure":                     {"", audio("RTP/SAVP", good), no, "sdes", "sdes"},
		"secure with feedback":       {"", audio("RTP/SAVPF", good), no, "sdes", "sdes"},
		"secure, old DTLS":           {"", audio("RTP/SAVPF", fingerprintLine+"a=setup:actpass\r\n"), no, "dtls", "dtls"},
		"secure without keys":        {"", audio("RTP/SAVP", ""), no, no, no},
		"secure with useless keys":   {"", audio("RTP/SAVP", useless), no, no, no},
		"DTLS":                       {"", audio("UDP/TLS/RTP/SAVP", fingerprintLine+"a=setup:active\r\na=tls-id:abc3de65cddef001be82\r\n"), no, "dtls", "dtls"},
		"DTLS with feedback":         {"", audio("udp/tls/rtp/savpf", fingerprintLine+"a=setup:passive\r\n"), no, "dtls", "dtls"},
		"DTLS for the whole session": {fingerprintLine + "a=setup:actpass\r\n", audio("UDP/TLS/RTP/SAVP", ""), no, "dtls", "dtls"},
		"DTLS, no setup":             {"", audio("UDP/TLS/RTP/SAVP", fingerprintLine), no, "dtls", "dtls"},
		"DTLS on hold":               {"", audio("UDP/TLS/RTP/SAVP", fingerprintLine+"a=setup:holdconn\r\n"), no, no, no},
		"DTLS with a weak hash":      {"", audio("UDP/TLS/RTP/SAVP", "a=fingerprint:sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB\r\na=setup:actpass\r\n"), no, no, no},
		"DTLS with keys beside":      {"", audio("UDP/TLS/RTP/SAVP", good), no, no, no},
		"clear before secure":        {"", audio("RTP/AVP", "") + audio("RTP/SAVP", good), clear, "sdes", "sdes"},
		"secure before clear":        {"", audio("RTP/SAVP", good) + audio("RTP/AVP", ""), clear, "sdes", "sdes"},
		"both keyings":               {"", audio("RTP/SAVP", good+fingerprintLine+"a=setup:actpass\r\n"), no, "sdes", "sdes"},
		"something else":             {"", audio("TCP/RTP/SAVP", good), no, no, no},
	} {
		offer, err := Parse([]byte(head("c=IN IP4 192.0.2.101\r\n") + c.head + c.media))
		if err != nil {
			t.Fatal(err)
		}
		for mode, want := range map[string]string{"off": c.off, "optional": c.optional, "required": c.required} {
			local := ours(pcma)
			local.Security = secure(mode, SDES, "b")
			answer, agreed, err := Answer(offer, local)
			got := clear
			switch {
			case err != nil:
				got = no
			case agreed.Protection.Keying != "":
				got = string(agreed.Protection.Keying)
			}
			if got != want {
				t.Errorf("%s, %s: %q, want %q (%v)", name, mode, got, want, err)
				continue
			}
			if err != nil {
				if mode != "off" && name != "something else" && !errors.Is(err, ErrNotEncrypted) {
					t.Errorf("%s, %s: %v", name, mode, err)
				}
				continue
			}
			text := string(answer.Bytes())
			if len(answer.Media) != len(offer.Media) {
				t.Errorf("%s, %s: %d streams answered", name, mode, len(answer.Media))
			}
			for i := range answer.Media {
				if answer.Media[i].Proto != offer.Media[i].Proto {
					t.Errorf("%s, %s: stream %d answered as %s", name, mode, i, answer.Media[i].Proto)
				}
			}
			if strings.Contains(text, "a=crypto") != (got == "sdes") || strings.Contains(text, "a=fingerprint") != (got == "dtls") {
				t.Errorf("%s, %s: answered\n%s", name, mode, text)
			}
			if got == "sdes" {
				p := agreed.Protection
				if p.Local.Tag != 7 || p.Local.Suite != AES128Tag32 || p.Remote.MKI != "\x00\x00\x00\x01" || p.Local.MKI != "" ||
					strings.Count(text, "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:") != 1 || strings.Count(text, "a=crypto") != 1 {
					t.Errorf("%s, %s: %+v\n%s", name, mode, p, text)
				}
			}
		}
	}
}

// The roles of a handshake: RFC 5763 5, and that an association in force keeps them (RFC 8842 5.3).
func TestSetup(t *testing.T) {
	for _, c := range []struct {
		offered, have Setup
		answered      Setup
	}{
		{SetupActPass, "", SetupActive}, {SetupActPass, SetupPassive, SetupPassive}, {SetupActPass, SetupActive, SetupActive},
		{SetupActive, "", SetupPassive}, {SetupPassive, "", SetupActive}, {"", "", SetupPassive}, {SetupActive, SetupActive, SetupPassive},
	} {
		setup := "a=setup:" + string(c.offered) + "\r\n"
		if c.offered == "" {
			setup = ""
		}
		offer, err := Parse([]byte(head("c=IN IP4 192.0.2.101\r\n") + "m=audio 4000 UDP/TLS/RTP/SAVP 8\r\na=rtcp-mux\r\n" + fingerprintLine + setup))
		if err != nil {
			t.Fatal(err)
		}
		local := ours(pcma)
		local.Security = secure("optional", SDES, "b")
		local.Security.Role = c.have
		answer, agreed, err := Answer(offer, local)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Media[0].Setup != c.answered || agreed.Protection.Active != (c.answered == SetupActive) || !answer.Media[0].RTCPMux {
			t.Errorf("%q offered to one that is %q: answered %q, active %v", c.offered, c.have, answer.Media[0].Setup, agreed.Protection.Active)
		}
	}
}

// An answer whose keys do not fit is no answer in clear.
func TestAnswersThatDoNotFit(t *testing.T) {
	for _, mode := range []string{"optional", "required"} {
		for _, keying := range []Keying{SDES, DTLS} {
			local := ours(pcma)
			local.Security = secure(mode, keying, "a")
			offer := Offer(local)
			proto := offer.Media[0].Proto
			for name, lines := range map[string]string{
				"tag that was not offered": "a=crypto:77 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "\r\n",
				"suite of another tag":     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "\r\n",
				"broken key":               "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:xx\r\n",
				"weak hash":                "a=fingerprint:md5 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B\r\n",
				"nothing, when required":   "",
			} {
				if lines == "" && mode == "optional" {
					continue
				}
				answer, err := Parse([]byte(head("c=IN IP4 192.0.2.101\r\n") + "m=audio 4000 " + proto + " 8\r\n" + lines))
				if err != nil {
					t.Fatal(err)
				}
				if agreed, err := Accept(offer, answer); !errors.Is(err, ErrNotEncrypted) {
					t.Errorf("%s %s, %s: %v %+v", mode, keying, name, err, agreed.Protection)
				}
			}
			refused, err := Parse([]byte(head("c=IN IP4 192.0.2.101\r\n") + "m=audio 0 " + proto + " 8\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Accept(offer, refused); errors.Is(err, ErrNotEncrypted) != (mode == "required") {
				t.Errorf("%s %s, switched off: %v", mode, keying, err)
			}
		}
	}
}

// What is in force is offered again, in the profile it has.
func TestAgreedProfileIsOfferedAgain(t *testing.T) {
	local := ours(pcma)
	local.Security = secure("optional", SDES, "a")
	local.Security.Profile = "RTP/SAVPF"
	if m := Offer(local).Media[0]; m.Proto != "RTP/SAVPF" || !slices.Equal(m.Crypto, local.Security.Keys) {
		t.Errorf("%s with %d keys", m.Proto, len(m.Crypto))
	}
}
