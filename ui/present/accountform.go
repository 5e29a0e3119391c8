package present

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

func choiceOf[T ~string](chosen T, prefix string, values ...T) []Choice {
	out := make([]Choice, 0, len(values))
	for _, v := range values {
		name := string(v)
		if name == "" {
			name = "auto"
		}
		out = append(out, Choice{Value: string(v), Text: text.T(prefix + name), Chosen: v == chosen})
	}
	return out
}

// TransportChoices are how an account's SIP can travel.
func TransportChoices(chosen phone.Transport) []Choice {
	return choiceOf(chosen, "transport.", phone.TransportAuto, phone.TransportUDP, phone.TransportTCP, phone.TransportTLS)
}

// SRTPChoices are whether an account's sound is encrypted.
func SRTPChoices(chosen phone.SRTPMode) []Choice {
	out := choiceOf(chosen, "srtp.", phone.SRTPOff, phone.SRTPOptional, phone.SRTPRequired)
	out[0].Text = text.T("srtp.off")
	return out
}

// KeyingChoices are how the keys of an account's sound are offered.
func KeyingChoices(chosen phone.Keying) []Choice {
	if chosen == "" {
		chosen = phone.KeyingSDES
	}
	return choiceOf(chosen, "keying.", phone.KeyingSDES, phone.KeyingDTLS)
}

// DTMFChoices are how digits are sent in an account's calls.
func DTMFChoices(chosen phone.DTMFMethod) []Choice {
	return choiceOf(chosen, "dtmf.", phone.DTMFAuto, phone.DTMFRTP, phone.DTMFInfo, phone.DTMFInband)
}

// SecurityOf says in a line what an account's signalling and sound are protected by, and warns of what is not.
func SecurityOf(a phone.Account) (icon, words string, tone Tone) { return signallingOf(a) }

// Pin is a server's key as typed: the SHA-256 of its public key, in hexadecimal with or without colons, or in base64 as
// openssl and browsers write it.
func Pin(typed string) (value, wrong string) {
	typed = strings.TrimSpace(typed)
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(typed), "sha256:"), "sha256//")
	value = strings.NewReplacer(":", "", " ", "").Replace(bare)
	if sum, err := base64.StdEncoding.DecodeString(typed[len(typed)-len(bare):]); err == nil && len(sum) == 32 {
		value = hex.EncodeToString(sum)
	}
	return checked(value, "account.wrong_pin", func(a *phone.Account) { a.Pin = value })
}

// MediaServer is a STUN or TURN server as typed: a host, with or without a port.
func MediaServer(typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	for _, scheme := range []string{"stun:", "turn:"} {
		value = strings.TrimPrefix(value, scheme)
	}
	if _, port, err := net.SplitHostPort(strings.TrimPrefix(value, "turns:")); err == nil && !validPort(port) {
		return "", text.T("account.wrong_server")
	}
	return checked(value, "account.wrong_server", func(a *phone.Account) { a.STUN, a.TURN = value, value })
}

// MediaUser is the user name at a TURN server as typed.
func MediaUser(typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	if len(value) > 200 || strings.ContainsAny(value, "\r\n\x00") {
		return "", text.T("settings.too_long", "limit", "200")
	}
	return value, ""
}

// checked asks the account's own rules about a value; wrong is the key of what to say when they refuse it.
func checked(value, wrong string, put func(*phone.Account)) (string, string) {
	a := phone.Account{ID: "x", User: "x", Domain: "example.com"}
	put(&a)
	var refused *phone.Error
	if err := a.Validate(); errors.As(err, &refused) {
		return "", text.T(wrong)
	}
	return value, ""
}
