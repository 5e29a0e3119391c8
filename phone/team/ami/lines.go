package ami

import (
	"strings"

	"svara/phone"
	"svara/phone/team"
)

// device takes in a telephone's state. What is no telephone has no lamp; that of a queue's night says that somebody has
// changed its settings, by a code perhaps.
func (ss *session) device(m message) {
	name := m.get("Device")
	tech, rest, _ := strings.Cut(name, "/")
	switch tech {
	case "PJSIP", "SIP", "DAHDI", "IAX2", "SCCP", "Skinny", "MGCP", "UNISTIM":
	default:
		if strings.HasPrefix(name, nightDevice) && ss.id == "" {
			ss.readSettings()
		}
		return
	}
	if rest == "" {
		return
	}
	ss.mu.Lock()
	ss.devices[name] = true
	ss.mu.Unlock()
	ss.sink(team.LineTold{At: ss.now(), Phone: name, State: lineState(m.get("State"))})
}

// extension takes in the state of an extension that has a hint.
func (ss *session) extension(m message) {
	if exten := m.get("Exten"); exten != "" && !strings.HasPrefix(exten, "_") {
		ss.sink(team.LineTold{At: ss.now(), Phone: exten, State: hintState(m.number("Status"))})
	}
}

func lineState(state string) phone.LineState {
	switch state {
	case "NOT_INUSE":
		return phone.LineIdle
	case "INUSE", "BUSY", "ONHOLD":
		return phone.LineBusy
	case "RINGING", "RINGINUSE":
		return phone.LineRinging
	case "UNAVAILABLE", "INVALID":
		return phone.LineOffline
	}
	return phone.LineUnknown
}

// hintState is an AST_EXTENSION_* as a state: bits for in use 1, busy 2, unavailable 4, ringing 8, on hold 16; negative
// when there is no such hint.
func hintState(status int) phone.LineState {
	switch {
	case status < 0:
		return phone.LineUnknown
	case status == 0:
		return phone.LineIdle
	case status&8 != 0:
		return phone.LineRinging
	case status&(1|2|16) != 0:
		return phone.LineBusy
	case status&4 != 0:
		return phone.LineOffline
	}
	return phone.LineUnknown
}
