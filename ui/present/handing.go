package present

import (
	"strings"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// StandardWay is how a call is handed over to somebody as they stand (ui.md 5.5): one in a call is camped on, one who does
// not ring gets it in the voicemail, everybody else in the way of the settings.
func StandardWay(s Scene, id phone.CallID, lamp Lamp) command.Handing {
	switch {
	case lamp.Status == StatusInCall || lamp.Status == StatusRinging:
		if can(s, id, phone.FeatureTransferDirect) {
			return command.HandCamp
		}
	case Silent(lamp):
		if can(s, id, phone.FeatureTransferVoicemail) {
			return command.HandVoicemail
		}
	}
	switch phone.TransferKind(s.Snap.Settings.Get(phone.KeyTransferKind)) {
	case phone.TransferAnnounced:
		return command.HandAnnounced
	case phone.TransferDirect:
		return command.HandDirect
	}
	return command.HandStandard
}

func can(s Scene, id phone.CallID, f phone.Feature) bool {
	c := s.Snap.Call(id)
	return c != nil && command.Can(s.Snap, c, f)
}

// Silent reports whether a telephone does not ring: its shape is a ring.
func Silent(lamp Lamp) bool {
	switch lamp.Status {
	case "", StatusAvailable, StatusRinging, StatusInCall, StatusUnknown:
		return false
	}
	return !strings.HasSuffix(string(lamp.Status), string(ringing))
}

// HandingActs is what can be done with a call and somebody, the standard way first.
func HandingActs(s Scene, id phone.CallID, p phone.Person, lamp Lamp) []Act {
	number := dialable(p.Line())
	if number == "" && len(p.Numbers) > 0 {
		number = dialable(p.Numbers[0].Number)
	}
	if number == "" || s.Snap.Call(id) == nil {
		return nil
	}
	kinds := []struct {
		how     command.Handing
		id      command.ID
		icon    string
		words   string
		feature phone.Feature
		locked  string
		do      phone.Command
	}{
		{command.HandAnnounced, command.Announced, "messages-square", "transfer.announced", phone.FeatureTransferAnnounced, "disabled.no-announced", phone.Consult{Call: id, Target: number}},
		{command.HandDirect, command.Direct, "arrow-right", "transfer.direct", phone.FeatureTransferDirect, "disabled.no-direct", phone.TransferTo{Call: id, Target: number, Kind: phone.TransferDirect}},
		{command.HandCamp, command.CampOn, "hourglass", "transfer.camp", phone.FeatureTransferDirect, "disabled.no-direct", phone.CampOn{Call: id, Target: number}},
		{command.HandVoicemail, command.Voicemail, "voicemail", "transfer.voicemail", phone.FeatureTransferVoicemail, "disabled.no-voicemail", phone.TransferTo{Call: id, Target: number, Kind: phone.TransferVoicemail}},
	}
	standard := StandardWay(s, id, lamp)
	var out []Act
	for _, k := range kinds {
		if k.how == command.HandCamp && lamp.Status != StatusInCall && lamp.Status != StatusRinging && lamp.Status != StatusUnknown {
			continue // there is nothing to wait for
		}
		a := Act{Button: Button{Command: string(k.id), Icon: k.icon, Text: text.T(k.words), Key: s.key(string(k.id)), Enabled: true}, Do: []phone.Command{k.do}}
		if !can(s, id, k.feature) {
			a.Enabled, a.Reason = false, text.T(k.locked)
		}
		if k.how == standard {
			out = append([]Act{a}, out...)
			continue
		}
		out = append(out, a)
	}
	return out
}
