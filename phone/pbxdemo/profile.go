package pbxdemo

import (
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
)

// profile is what a user can turn on by its number: an activity that others see, and what becomes of calls meanwhile.
type profile struct {
	number  string
	name    string
	sv      string
	kind    phone.ActivityKind
	because string        // why calls are diverted, RFC 5806
	mail    bool          // calls go to the mailbox
	to      string        // calls go to this number
	usual   time.Duration // how long it lasts when no time is given; 0: until changed
}

// profiles in the order of their numbers.
var profiles = []profile{
	{"1", "Lunch", "Lunch", phone.ActivityLunch, becauseAway, true, "", time.Hour},
	{"2", "Meeting", "Möte", phone.ActivityMeeting, becauseDND, true, "", time.Hour},
	{"3", "Gone for the day", "Gått för dagen", phone.ActivityGone, becauseAway, true, "", 14 * time.Hour},
	{"4", "Vacation", "Semester", phone.ActivityVacation, becauseAway, true, "", 0},
	{"5", "Calls to the switchboard", "Samtal till växeln", phone.ActivityBusy, becauseDND, false, "9000", time.Hour},
}

// Profiles is what can be turned on with *24*, in a language.
func Profiles(language string) []phone.Profile {
	var out []phone.Profile
	for _, f := range profiles {
		name := f.name
		if language == "sv" {
			name = f.sv
		}
		out = append(out, phone.Profile{Number: f.number, Name: name})
	}
	return out
}

// wrongTime is what is said of a time that cannot be understood.
const wrongTime = "Felaktig tid"

// profileOn is *24*n[*time]#.
func (p *PBX) profileOn(t *try, args string) {
	l := p.owner(t)
	if l == nil {
		return
	}
	number, digits, timed := strings.Cut(args, "*")
	for _, f := range profiles {
		if f.number != number {
			continue
		}
		var until time.Time
		switch {
		case timed:
			var err error
			if until, err = schedule.ProfileUntil(digits, p.now()); err != nil {
				t.fail(404, wrongTime)
				return
			}
		case f.usual > 0:
			until = p.now().Add(f.usual)
		}
		p.setProfile(l, &f, until)
		p.confirm(t, f.name, f.sv)
		return
	}
	t.fail(404, "")
}

// profileOff is #24#.
func (p *PBX) profileOff(t *try, _ string) {
	if l := p.owner(t); l != nil {
		p.setProfile(l, nil, time.Time{})
		p.confirm(t, "Profile", "Profil")
	}
}

// setProfile turns a profile on until a time, or off with nil.
func (p *PBX) setProfile(l *line, f *profile, until time.Time) {
	p.drop(l.ends)
	l.profile, l.until, l.ends = f, until, nil
	if f != nil && !until.IsZero() {
		l.ends = p.at(until, func() { p.setProfile(l, nil, time.Time{}) })
	}
}
