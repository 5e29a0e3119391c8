package text

import (
	"slices"
	"strconv"
	"strings"

	"svara/phone"
)

// Reason is a sentence that tells the user what happened and what to do next. Detail has the other side's own words.
func Reason(r phone.Reason) string {
	return reason("reason."+string(r.ID), r)
}

// RegistrationReason is Reason for an account that is not signed in: where the same cause calls for other words than
// in a call, "registration.<id>" has them.
func RegistrationReason(r phone.Reason) string {
	if key := "registration." + string(r.ID); Has(key) {
		return reason(key, r)
	}
	return Reason(r)
}

// ReasonTitle is the reason in one to three words, for a list row or a card's head: Busy, No answer.
func ReasonTitle(r phone.Reason) string {
	key := "reason." + string(r.ID) + ".title"
	if r.ID == "" || !Has(key) {
		key = "reason.sip.title"
	}
	return reason(key, r)
}

// variants are the reasons whose Text is a word of our own that calls for a sentence of its own: "reason.<id>.<text>".
var variants = map[phone.ReasonID][]string{
	phone.ReasonBadAccount:   {"ca_file", "pin"},
	phone.ReasonNotEncrypted: {"fingerprint", "timeout", "kept"},
	phone.ReasonCertificate:  {"expired", "not-yet", "name", "authority", "pin", "protocol"},
}

func reason(key string, r phone.Reason) string {
	if r.ID == "" {
		return ""
	}
	if key == "reason."+string(r.ID) && slices.Contains(variants[r.ID], r.Text) {
		return T(key + "." + r.Text)
	}
	if !Has(key) {
		key = "reason.internal"
	}
	detail := clean(r.Text)
	if detail == "" && Has(key+".bare") { // the sentence for when there is no detail to name
		key += ".bare"
	}
	return strings.TrimSpace(T(key, "text", detail, "code", strconv.Itoa(r.Code)))
}

// clean keeps a stranger's text on one line and to a readable length.
func clean(s string) string {
	const limit = 120
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return ' '
		}
		return r
	}, s)), " ")
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// Refusal is the sentence for an error that the phone gave.
func Refusal(err error) string { return Reason(phone.ReasonOf(err)) }
