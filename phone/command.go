package phone

import (
	"encoding/json"
	"fmt"
)

// Command is something a guest wants done. One struct a verb; the verb is svaractl's word for it.
type Command interface{ Verb() string }

// The commands. A zero Call means the only call, or the active one, that the command fits.
type (
	// Dial places a call. Target is a number, a sip: or tel: URI.
	Dial struct {
		Target  string    `json:"target"`
		Account AccountID `json:"account,omitempty"`
	}
	// Answer answers a ringing call, by default the one that has waited longest. Other calls in progress are held.
	Answer struct {
		Call CallID `json:"call,omitempty"`
	}
	// Decline refuses a ringing call: the caller hears busy or is passed on by the PBX.
	Decline struct {
		Call CallID `json:"call,omitempty"`
	}
	// Hangup ends a call in any state; All ends every call.
	Hangup struct {
		Call CallID `json:"call,omitempty"`
		All  bool   `json:"all,omitempty"`
	}
	// SetHold holds or resumes a call. Resuming one holds the others.
	SetHold struct {
		Call CallID `json:"call,omitempty"`
		On   bool   `json:"on"`
	}
	// SetMute turns the microphone off or on for a call.
	SetMute struct {
		Call CallID `json:"call,omitempty"`
		On   bool   `json:"on"`
	}
	// SendDTMF sends digits 0-9 * # A-D; a comma is a pause of two seconds.
	SendDTMF struct {
		Call   CallID `json:"call,omitempty"`
		Digits string `json:"digits"`
	}
	// PutAccount adds an account or replaces the one with the same ID. An empty password keeps the stored one.
	// SessionOnly keeps neither account nor password after the phone is closed.
	PutAccount struct {
		Account     Account `json:"account"`
		Password    Secret  `json:"password"`
		SessionOnly bool    `json:"session_only,omitempty"`
	}
	// RemoveAccount un-registers and forgets an account and its password.
	RemoveAccount struct {
		Account AccountID `json:"account"`
	}
	// Register tries to register at once instead of at the next retry. An empty account means all.
	Register struct {
		Account AccountID `json:"account,omitempty"`
	}
	// Set changes a setting; see Settings for keys and values.
	Set struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	// SeeMissed marks all missed calls as looked at.
	SeeMissed struct{}
	// Dismiss removes an ended call's card, or a fault, before its time.
	Dismiss struct {
		Call  CallID   `json:"call,omitempty"`
		Fault ReasonID `json:"fault,omitempty"`
	}
)

// Verb is svaractl's word.
func (Dial) Verb() string          { return "dial" }
func (Answer) Verb() string        { return "answer" }
func (Decline) Verb() string       { return "decline" }
func (Hangup) Verb() string        { return "hangup" }
func (c SetHold) Verb() string     { return onOff(c.On, "hold", "resume") }
func (c SetMute) Verb() string     { return onOff(c.On, "mute", "unmute") }
func (SendDTMF) Verb() string      { return "dtmf" }
func (PutAccount) Verb() string    { return "account-put" }
func (RemoveAccount) Verb() string { return "account-remove" }
func (Register) Verb() string      { return "register" }
func (Set) Verb() string           { return "set" }
func (SeeMissed) Verb() string     { return "seen" }
func (Dismiss) Verb() string       { return "dismiss" }

func onOff(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// decoders makes a command from its verb's JSON arguments.
var decoders = map[string]func(json.RawMessage) (Command, error){
	"dial":           decode[Dial],
	"answer":         decode[Answer],
	"decline":        decode[Decline],
	"hangup":         decode[Hangup],
	"hold":           decodeWith(func(c *SetHold) { c.On = true }),
	"resume":         decodeWith(func(c *SetHold) { c.On = false }),
	"mute":           decodeWith(func(c *SetMute) { c.On = true }),
	"unmute":         decodeWith(func(c *SetMute) { c.On = false }),
	"dtmf":           decode[SendDTMF],
	"account-put":    decode[PutAccount],
	"account-remove": decode[RemoveAccount],
	"register":       decode[Register],
	"set":            decode[Set],
	"seen":           decode[SeeMissed],
	"dismiss":        decode[Dismiss],
}

func decode[C Command](raw json.RawMessage) (Command, error) {
	return decodeWith(func(*C) {})(raw)
}

func decodeWith[C Command](fix func(*C)) func(json.RawMessage) (Command, error) {
	return func(raw json.RawMessage) (Command, error) {
		var c C
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &c); err != nil {
				return nil, Refuse(ReasonBadCommand, fmt.Sprintf("%s: %v", c.Verb(), err))
			}
		}
		fix(&c)
		return c, nil
	}
}

// DecodeCommand makes a command from a verb and its JSON arguments.
func DecodeCommand(verb string, args json.RawMessage) (Command, error) {
	d, ok := decoders[verb]
	if !ok {
		return nil, Refuse(ReasonBadCommand, verb)
	}
	return d(args)
}
