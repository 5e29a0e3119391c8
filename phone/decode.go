package phone

import (
	"encoding/json"
	"fmt"
)

// decoders makes a command from its verb's JSON arguments.
var decoders = map[string]func(json.RawMessage) (Command, error){
	"dial":             decode[Dial],
	"answer":           decode[Answer],
	"decline":          decode[Decline],
	"deflect":          decode[Deflect],
	"hangup":           decode[Hangup],
	"hold":             decodeWith(func(c *SetHold) { c.On = true }),
	"resume":           decodeWith(func(c *SetHold) { c.On = false }),
	"mute":             decodeWith(func(c *SetMute) { c.On = true }),
	"unmute":           decodeWith(func(c *SetMute) { c.On = false }),
	"dtmf":             decode[SendDTMF],
	"swap":             decode[Swap],
	"transfer":         decode[TransferTo],
	"consult":          decode[Consult],
	"complete":         decode[Complete],
	"takeback":         decode[TakeBack],
	"transfer-allow":   decodeWith(func(c *AllowTransfer) { c.On = true }),
	"transfer-refuse":  decodeWith(func(c *AllowTransfer) { c.On = false }),
	"conference":       decode[Merge],
	"conference-start": decode[StartConference],
	"split":            decode[Split],
	"conference-leave": decode[LeaveConference],
	"conference-end":   decode[EndConference],
	"level":            decode[SetLevel],
	"silence":          decodeWith(func(c *Silence) { c.On = true }),
	"unsilence":        decodeWith(func(c *Silence) { c.On = false }),
	"record-start":     decodeWith(func(c *Record) { c.On = true }),
	"record-stop":      decodeWith(func(c *Record) { c.On = false }),
	"park":             decode[Park],
	"retrieve":         decode[Retrieve],
	"pickup":           decode[Pickup],
	"campon":           decode[CampOn],
	"putback":          decode[PutBack],
	"move":             decode[Move],
	"pull":             decode[Pull],
	"watch":            decodeWith(func(c *WatchLine) { c.On = true }),
	"unwatch":          decodeWith(func(c *WatchLine) { c.On = false }),
	"recording-delete": decode[DeleteRecording],
	"recording-mail":   decode[MailRecording],
	"recording-play":   decode[PlayRecording],
	"recording-stop":   decode[StopPlaying],
	"person-put":       decode[PutPerson],
	"person-remove":    decode[RemovePerson],
	"person-mark":      decode[MarkPerson],
	"person-photo":     decode[SetPhoto],
	"book-put":         decode[PutBook],
	"book-remove":      decode[RemoveBook],
	"book-read":        decode[ReadBook],
	"item-put":         decode[PutItem],
	"item-remove":      decode[RemoveItem],
	"activity":         decode[SetActivity],
	"shortcut":         decode[UseShortcut],
	"note":             decode[SetNote],
	"forward":          decode[SetForward],
	"profile":          decode[SetProfile],
	"role":             decode[SetRole],
	"queue-login":      decodeWith(func(c *LogIn) { c.On = true }),
	"queue-logout":     decodeWith(func(c *LogIn) { c.On = false }),
	"call-note":        decode[SetCallNote],
	"history-note":     decode[SetHistoryNote],
	"history-delete":   decode[DeleteHistory],
	"text":             decode[SendText],
	"texts-read":       decode[ReadTexts],
	"texts-delete":     decode[DeleteTexts],
	"mail-put":         decode[PutMailServer],
	"mail-remove":      decode[RemoveMailServer],
	"voicemail-check":  decode[CheckVoicemail],
	"voicemail-play":   decode[PlayVoicemail],
	"voicemail-mark":   decode[MarkVoicemail],
	"voicemail-delete": decode[DeleteVoicemail],
	"account-put":      decode[PutAccount],
	"account-remove":   decode[RemoveAccount],
	"register":         decode[Register],
	"sound-test":       decode[TestSound],
	"set":              decode[Set],
	"seen":             decode[SeeMissed],
	"dismiss":          decode[Dismiss],
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
		d, ok = teamDecoders[verb]
	}
	if !ok {
		return nil, Refuse(ReasonBadCommand, verb)
	}
	return d(args)
}
