package pbxdemo

import (
	"strings"

	"svara/phone/ua"
)

// keypad is the keys in the order of the sound file "digits".
const keypad = "0123456789*#ABCD"

// digitOf reads a key from a SIP INFO: application/dtmf-relay ("Signal=5") or application/dtmf ("5").
func digitOf(v ua.InfoReceived) (rune, bool) {
	kind, _, _ := strings.Cut(strings.ToLower(v.ContentType), ";")
	text := ""
	switch strings.TrimSpace(kind) {
	case "application/dtmf":
		text = strings.TrimSpace(string(v.Body))
	case "application/dtmf-relay":
		for line := range strings.Lines(string(v.Body)) {
			if name, value, ok := strings.Cut(line, "="); ok && strings.EqualFold(strings.TrimSpace(name), "Signal") {
				text = strings.TrimSpace(value)
			}
		}
	}
	text = strings.ToUpper(text)
	if len(text) != 1 || !strings.Contains(keypad, text) {
		return 0, false
	}
	return rune(text[0]), true
}

// digitInfo is a key as a SIP INFO, for phones that take no RTP events.
func digitInfo(leg ua.LegID, d rune) ua.Info {
	return ua.Info{Leg: leg, ContentType: "application/dtmf-relay", Body: []byte("Signal=" + string(d) + "\r\nDuration=160\r\n")}
}
