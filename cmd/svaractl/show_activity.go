package main

import (
	"fmt"
	"strings"

	"svara/phone"
)

func (c *cli) showMe(me phone.Me) {
	t := c.table()
	t.row("activity", activityText(me.Activity))
	if me.Note != "" {
		t.row("note", me.Note)
	}
	for _, p := range me.Published {
		t.row("told to "+string(p.Account), confirmed(p.State, "", p.Reason, false))
	}
	if len(me.Plans) > 0 && !me.Plans[0].Next.IsZero() {
		next := me.Plans[0]
		t.row("planned", named(next.Name, next.Kind)+", "+moment(next.Next)+" to "+moment(next.Ends))
	}
	t.flush()
}

// named is an activity with the user's own word for it.
func named(name string, kind phone.ActivityKind) string {
	if name == "" {
		return string(kind)
	}
	return name + " (" + string(kind) + ")"
}

func activityText(a phone.Activity) string {
	if a.Kind == "" {
		return "unknown"
	}
	out := named(a.Name, a.Kind)
	if a.Kind != phone.ActivityAvailable || !a.Until.IsZero() {
		out += ", " + until(a.Until)
	}
	if a.Rings != a.Kind.Rings() {
		out += ", " + rings(a.Rings)
	}
	if a.Divert != "" {
		out += ", calls go to " + a.Divert
	}
	if from, id, ok := strings.Cut(a.From, ":"); ok {
		out += ", by " + from + " " + id
	}
	return out
}

func rings(on bool) string {
	if on {
		return "rings"
	}
	return "does not ring"
}

// lengthText is how long a shortcut lasts.
func lengthText(l phone.Length) string {
	switch l.Kind {
	case phone.LengthMinutes:
		if l.Minutes%60 == 0 {
			return fmt.Sprintf("%d h", l.Minutes/60)
		}
		return fmt.Sprintf("%d min", l.Minutes)
	case phone.LengthRestOfDay:
		return "rest of the day"
	case phone.LengthNextWorkingDay:
		return "until the next working day"
	}
	return "until changed"
}

// special is what differs from the activity's own ways.
func special(r *bool, divert phone.DivertChoice, number string) []string {
	var out []string
	if r != nil {
		out = append(out, rings(*r))
	}
	switch divert {
	case phone.DivertIgnore:
		out = append(out, "calls go nowhere else")
	case phone.DivertNumber:
		out = append(out, "calls go to "+number)
	case phone.DivertLinked:
	}
	return out
}

func (c *cli) showShortcuts(shortcuts []phone.Shortcut) {
	t := c.table()
	for _, s := range shortcuts {
		t.row(s.ID, named(s.Name, s.Kind), lengthText(s.Length), strings.Join(special(s.Rings, s.Divert, s.Number), ", "))
	}
	t.flush()
}

func (c *cli) showPlans(plans []phone.Planned) {
	t := c.table()
	for _, p := range plans {
		next := "not again"
		if !p.Next.IsZero() {
			next = moment(p.Next) + " to " + moment(p.Ends)
		}
		notes := special(p.Rings, p.Divert, p.Number)
		add := func(when bool, text string) {
			if when {
				notes = append(notes, text)
			}
		}
		add(p.Off, "off")
		add(p.Role != "", "shows "+string(p.Role))
		add(p.Zone != "", p.Zone)
		add(p.Until != "", "ends "+p.Until)
		add(p.Note != "", p.Note)
		add(p.Clash != "", "clashes with "+p.Clash)
		t.row(p.ID, named(p.Name, p.Kind), next, repeatText(p.Plan), strings.Join(notes, ", "))
	}
	t.flush()
}

func repeatText(p phone.Plan) string {
	if p.Repeat != phone.RepeatWeekly {
		return string(p.Repeat)
	}
	days := make([]string, len(p.Days))
	for i, d := range p.Days {
		days[i] = weekdays[d]
	}
	return "weekly " + strings.Join(days, ",")
}

func (c *cli) showLinks(links []phone.Link) {
	t := c.table()
	for _, l := range links {
		t.row(string(l.Kind), l.Number)
	}
	t.flush()
}
