package present

import (
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// DeviceRow is something that the user is signed in to the team server with.
type DeviceRow struct {
	ID     string
	Icon   string
	Name   string
	Detail string
	This   bool   // this telephone: it has its own way to sign out
	Asking bool   // it is being signed out
	Wrong  string // why it was not, in words
}

// DeviceRows are what the user is signed in with.
func DeviceRows(s Scene, all []phone.TeamDevice) []DeviceRow {
	out := make([]DeviceRow, 0, len(all))
	for _, d := range all {
		r := DeviceRow{ID: d.ID, Icon: "monitor", Name: Clean(d.Name, nameLimit), This: d.This}
		if r.Name == "" {
			r.Name = text.T("device.unnamed")
		}
		var parts []string
		if d.This {
			parts = append(parts, text.T("device.this"))
		}
		if d.Agent != "" {
			parts = append(parts, Clean(d.Agent, nameLimit))
		}
		if !d.This && !d.Seen.IsZero() {
			parts = append(parts, text.T("device.seen", "when", text.WhenWithin(d.Seen, s.Now)))
		}
		r.Detail = strings.Join(parts, " · ")
		f := fateOf(s, phone.SignOutTeamDevice{}.Verb(), d.ID, text.T("device.asking"), func(r phone.Reason) map[string]string {
			return map[string]string{"": text.Reason(r)}
		})
		r.Asking, r.Wrong = f.Asking != "", f.Refused[""]
		out = append(out, r)
	}
	return out
}
