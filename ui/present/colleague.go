package present

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"svara/phone"
	"svara/ui/text"
)

// noteMost is how long a note of an activity may be, in characters: what the team server takes.
const noteMost = 500

// MaySet is who somebody is at the team server, where the user may set their activity (features.md F10); else empty. A colleague
// of another book is known by their extension.
func MaySet(s Scene, p phone.Person) phone.TeamPersonID {
	if p.ID.Book() != phone.TeamBook {
		if p.Colleague {
			return s.Snap.Team.PermittedLines[p.Line()]
		}
		return ""
	}
	_, entry, _ := strings.Cut(string(p.ID), ":")
	if !slices.Contains(s.Snap.Team.Permitted, phone.TeamPersonID(entry)) {
		return ""
	}
	return phone.TeamPersonID(entry)
}

// ColleagueForm is the activity and the note of a colleague, as the user sets them.
func ColleagueForm(who phone.TeamPersonID, p phone.Person) Editor {
	presence := func(s Scene) phone.Presence {
		if l := s.Snap.LineOf(p.Line()); l != nil && l.Presence != nil {
			return *l.Presence
		}
		return phone.Presence{Activity: phone.ActivityAvailable}
	}
	return Editor{
		Title: text.T("colleague.title", "name", Clean(p.Label(), nameLimit)), Help: text.T("colleague.help"), Save: text.T("form.save"),
		Start: func(s Scene, _ string) Values {
			now := presence(s)
			return Values{"kind": string(now.Activity), "length": string(phone.LengthUntilChanged), "note": now.Note}
		},
		Form: func(s Scene, _ string, v Values) Form {
			lengths := []Choice{option(string(phone.LengthUntilChanged), upperFirst(text.T("length.until_changed")))}
			for _, n := range []int{15, 30, 45, 60, 120, 180} {
				lengths = append(lengths, option(strconv.Itoa(n), minutesWords(n)))
			}
			note := FormField{ID: "note", Kind: FieldLong, Label: text.T("me.note")}
			if utf8.RuneCountInString(v["note"]) > noteMost {
				note.Wrong = text.T("form.too_long")
			}
			return Form{Fields: []FormField{kindFieldOf(v), {ID: "length", Kind: FieldSelect, Label: text.T("form.length"), Icon: "hourglass", Options: lengths, Half: true}, note}}
		},
		Commands: func(s Scene, _, _ string, v Values) []phone.Command {
			note := strings.TrimSpace(v["note"])
			c := phone.SetColleague{Person: who, Kind: phone.ActivityKind(v["kind"]), Note: &note}
			if n, err := strconv.Atoi(v["length"]); err == nil {
				c.Until = s.Now.Add(time.Duration(n) * time.Minute)
			}
			return []phone.Command{c}
		},
		Locked: func(s Scene, _ string) string { return TeamLocked(s) },
		Fate: func(s Scene, _ string) Fate {
			return fateOf(s, phone.SetColleague{}.Verb(), string(who), text.T("colleague.asking"), func(r phone.Reason) map[string]string {
				return map[string]string{"": text.Reason(r)}
			})
		},
	}
}

// ColleaguePlanEditor is the future activities of a colleague, of a scene made by AsColleague.
func ColleaguePlanEditor(who phone.TeamPersonID, name string) Editor {
	e := PlanEditor()
	e.Title, e.Help = text.T("colleague.plans_title", "name", Clean(name, nameLimit)), text.T("colleague.plans_help")
	e.Commands = func(s Scene, id, fresh string, v Values) []phone.Command {
		p, _ := planOf(s, id, fresh, v)
		return []phone.Command{phone.SetColleaguePlan{Person: who, Plan: p}}
	}
	e.Remove = func(id string) phone.Command { return phone.RemoveColleaguePlan{Person: who, ID: id} }
	e.Locked = func(s Scene, _ string) string { return TeamLocked(s) }
	e.Fate = func(s Scene, id string) Fate {
		return fateOf(s, phone.SetColleaguePlan{}.Verb(), phone.PlanAbout(who, id), text.T("colleague.asking"), func(r phone.Reason) map[string]string {
			return map[string]string{"": text.Reason(r)}
		})
	}
	return e
}

// AsColleague is a scene in which the plans, links and numbers to show are a colleague's.
func AsColleague(s Scene, told phone.ColleaguePlans) Scene {
	snap := *s.Snap
	snap.Me.Plans, snap.Me.Links, snap.Roles = told.Plans, told.Links, phone.Roles{All: told.Roles}
	s.Snap = &snap
	return s
}

// PlanKept is why one of somebody's plans could not be taken away, or empty.
func PlanKept(s Scene, who phone.TeamPersonID) string {
	for _, c := range s.Snap.Team.Changes {
		if c.Verb == (phone.RemoveColleaguePlan{}).Verb() && c.State == phone.TeamChangeRefused && c.Reason != nil && strings.HasPrefix(c.About, phone.PlanAbout(who, "")) {
			return text.Reason(*c.Reason)
		}
	}
	return ""
}

// PlansAsked is how many changes of somebody's plans are under way.
func PlansAsked(s Scene, who phone.TeamPersonID) (n int) {
	for _, c := range s.Snap.Team.Changes {
		set, removed := phone.SetColleaguePlan{}.Verb(), phone.RemoveColleaguePlan{}.Verb()
		if (c.Verb == set || c.Verb == removed) && c.State == phone.TeamChangeAsking && strings.HasPrefix(c.About, phone.PlanAbout(who, "")) {
			n++
		}
	}
	return n
}
