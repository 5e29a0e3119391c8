package present

import (
	"slices"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// allCodecs is every codec there is, as the setting names them.
var allCodecs = []string{"opus", "g722", "pcma", "pcmu"}

// CodecRow is a codec in the order in which they are offered.
type CodecRow struct {
	ID     string
	Name   string
	Detail string
	On     bool
	Locked bool // the only one that is on
	Up     bool // can be offered earlier
	Down   bool // can be offered later
}

// CodecsOf are the codecs of an account in their order: its own, else those of the settings.
func CodecsOf(s *phone.Snapshot, a phone.Account) []string {
	if a.Codecs != "" {
		return strings.Split(a.Codecs, ",")
	}
	return s.Settings.List(phone.KeyCodecs)
}

// CodecRows are the codecs in use in their order, then the others.
func CodecRows(used []string) []CodecRow {
	var out []CodecRow
	for i, id := range used {
		out = append(out, codecRow(CodecRow{ID: id, On: true, Locked: len(used) == 1, Up: i > 0, Down: i < len(used)-1}))
	}
	for _, id := range allCodecs {
		if !slices.Contains(used, id) {
			out = append(out, codecRow(CodecRow{ID: id}))
		}
	}
	return out
}

func codecRow(r CodecRow) CodecRow {
	r.Name, r.Detail = text.T("codec."+r.ID), text.T("codec."+r.ID+".detail")
	return r
}

// MoveCodec is the codecs in use after one was offered earlier (-1) or later (+1).
func MoveCodec(used []string, id string, by int) string {
	used = slices.Clone(used)
	if at := slices.Index(used, id); at >= 0 && at+by >= 0 && at+by < len(used) {
		used[at], used[at+by] = used[at+by], used[at]
	}
	return strings.Join(used, ",")
}

// SwitchCodec is the codecs in use after one was switched on or off. The last one stays on.
func SwitchCodec(used []string, id string, on bool) string {
	used = slices.Clone(used)
	at := slices.Index(used, id)
	switch {
	case on && at < 0:
		used = append(used, id)
	case !on && at >= 0 && len(used) > 1:
		used = slices.Delete(used, at, at+1)
	}
	return strings.Join(used, ",")
}
