package present

import (
	"strings"
	"testing"

	"svara/phone"
	"svara/ui/text"
)

func TestPinAsTyped(t *testing.T) {
	const hexed = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // SHA-256 of "abc" (FIPS 180-2)
	for typed, want := range map[string]string{
		"": "", hexed: hexed, " " + strings.ToUpper(hexed) + " ": hexed, "ba:78:16:bf" + hexed[8:]: hexed, "sha256//ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=": hexed, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=": hexed,
	} {
		if got, wrong := Pin(typed); got != want || wrong != "" {
			t.Errorf("%q: %q, %q", typed, got, wrong)
		}
	}
	for _, typed := range []string{"abc", hexed + "0", hexed[:63] + "g", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0", "lösenord"} {
		if got, wrong := Pin(typed); wrong != text.T("account.wrong_pin") {
			t.Errorf("%q is taken as %q", typed, got)
		}
	}
}

func TestMediaServerAsTyped(t *testing.T) {
	for typed, want := range map[string]string{"": "", "stun.example.com": "stun.example.com", " turn:turn.example.com:3478 ": "turn.example.com:3478", "[::1]:3478": "[::1]:3478", "192.0.2.1": "192.0.2.1"} {
		if got, wrong := MediaServer(typed); got != want || wrong != "" {
			t.Errorf("%q: %q, %q", typed, got, wrong)
		}
	}
	for _, typed := range []string{"a b", "stun.example.com:0", "stun.example.com:x", "https://stun.example.com", "me@stun.example.com"} {
		if got, wrong := MediaServer(typed); wrong == "" {
			t.Errorf("%q is taken as %q", typed, got)
		}
	}
}

// TestAccountChoices: what is offered is what an account takes, and one of it is chosen, also of an account that says nothing.
func TestAccountChoices(t *testing.T) {
	for _, language := range text.Languages() {
		text.SetLanguage(language)
		for name, c := range map[string]struct {
			of  []Choice
			put func(*phone.Account, string)
		}{
			"transport": {TransportChoices(""), func(a *phone.Account, v string) { a.Transport = phone.Transport(v) }},
			"srtp":      {SRTPChoices(""), func(a *phone.Account, v string) { a.SRTP = phone.SRTPMode(v) }},
			"keying":    {KeyingChoices(""), func(a *phone.Account, v string) { a.Keying = phone.Keying(v) }},
			"dtmf":      {DTMFChoices(""), func(a *phone.Account, v string) { a.DTMF = phone.DTMFMethod(v) }},
		} {
			chosen := 0
			for _, o := range c.of {
				a := phone.Account{ID: "x", User: "x", Domain: "example.com"}
				c.put(&a, o.Value)
				if err := a.Validate(); err != nil || o.Text == "" || strings.Contains(o.Text, ".") {
					t.Errorf("%s %q: %q, %v", name, o.Value, o.Text, err)
				}
				if o.Chosen {
					chosen++
				}
			}
			if chosen != 1 {
				t.Errorf("%s: %d are chosen", name, chosen)
			}
		}
	}
	text.SetLanguage("en")
}

// TestSignInOfCertificates: what is wrong with a certificate is told at the field that can mend it.
func TestSignInOfCertificates(t *testing.T) {
	for detail, field := range map[string]Field{"authority": FieldCAFile, "pin": FieldPin, "expired": FieldDomain, "name": FieldDomain, "protocol": FieldDomain} {
		a := account("elin", phone.RegistrationFailed)
		a.Transport = phone.TransportTLS
		a.Reason = &phone.Reason{ID: phone.ReasonCertificate, Text: detail}
		if e := SignInFailed(scene(), a); e.Field != field || e.Text == "" {
			t.Errorf("%s: %+v", detail, e)
		}
	}
	in := SignIn{User: "elin", Password: "x", Domain: "vaxel.example.com", Transport: phone.TransportTLS, Pin: "abc"}
	if _, wrong := in.Check(scene()); wrong == nil || wrong.Field != FieldPin || wrong.Text != text.T("account.wrong_pin") {
		t.Errorf("a pin that is none: %+v", wrong)
	}
}
