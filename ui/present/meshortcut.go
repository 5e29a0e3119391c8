package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/ui/text"
)

// The lengths that can be chosen by name; "moment" is an end that is typed, "minutes" a number of them.
const (
	lengthMinutes = "minutes"
	lengthMoment  = "moment"
)

func lengthOptions(moment bool) []Choice {
	var out []Choice
	for _, n := range []int{15, 30, 45, 60, 120, 180} {
		out = append(out, option(strconv.Itoa(n), minutesWords(n)))
	}
	out = append(out,
		option(lengthMinutes, text.T("length.other")),
		option(string(phone.LengthRestOfDay), upperFirst(text.T("length.rest_of_day"))),
		option(string(phone.LengthNextWorkingDay), upperFirst(text.T("length.next_working_day"))),
		option(string(phone.LengthUntilChanged), upperFirst(text.T("length.until_changed"))))
	if moment {
		out = append(out, option(lengthMoment, text.T("length.moment")))
	}
	return out
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// lengthValue is what stands for a length in the form.
func lengthValue(l phone.Length, v Values) {
	switch l.Kind {
	case phone.LengthMinutes:
		v["length"] = strconv.Itoa(l.Minutes)
		if !slices.ContainsFunc(lengthOptions(false), func(c Choice) bool { return c.Value == v["length"] }) {
			v["length"], v["minutes"] = lengthMinutes, strconv.Itoa(l.Minutes)
		}
	case "":
		v["length"] = string(phone.LengthUntilChanged)
	default:
		v["length"] = string(l.Kind)
	}
}

// lengthOf is the length that was filled in. A moment is none.
func lengthOf(v Values) (l phone.Length, wrong string) {
	switch kind := v["length"]; kind {
	case string(phone.LengthRestOfDay), string(phone.LengthNextWorkingDay), string(phone.LengthUntilChanged):
		return phone.Length{Kind: phone.LengthKind(kind)}, ""
	case lengthMinutes:
		n, err := strconv.Atoi(strings.TrimSpace(v["minutes"]))
		l = phone.Length{Kind: phone.LengthMinutes, Minutes: n}
		if err != nil || l.Validate() != nil {
			return l, text.T("form.minutes_wrong")
		}
		return l, ""
	case lengthMoment:
		return l, ""
	default:
		n, _ := strconv.Atoi(kind)
		return phone.Length{Kind: phone.LengthMinutes, Minutes: n}, ""
	}
}

// lengthFields are how long, and the number of minutes.
func lengthFields(v Values, moment bool) []FormField {
	fields := []FormField{{ID: "length", Kind: FieldSelect, Label: text.T("form.length"), Icon: "hourglass", Options: lengthOptions(moment), Half: true}}
	if v["length"] == lengthMinutes {
		_, wrong := lengthOf(v)
		fields = append(fields, FormField{ID: "minutes", Label: text.T("form.minutes"), Icon: "clock", Wrong: wrong, Half: true})
	}
	return fields
}

// iconOptions are the icons a shortcut can have.
var iconChoices = []string{
	"check", "minus", "bell-off", "users", "graduation-cap", "utensils", "coffee", "car", "tree-palm", "moon", "thermometer", "baby",
	"briefcase", "star", "smartphone", "monitor", "headset", "notebook-pen", "hourglass", "sun",
}

func iconOptions(kind phone.ActivityKind) []Choice {
	out := []Choice{option("", text.T("form.icon_kind", "kind", ActivityWord(kind, "")))}
	for _, i := range iconChoices {
		out = append(out, option(i, text.T("icon."+i)))
	}
	return out
}

// ShortcutEditor is the shortcuts of the activity menu (features.md F3).
func ShortcutEditor() Editor {
	return Editor{
		Title: text.T("me.edit_shortcuts"), Help: text.T("shortcut.help"), Empty: text.T("shortcut.none"), New: text.T("form.new"), Save: text.T("form.save"),
		Rows: shortcutRows, Start: shortcutStart, Form: shortcutForm,
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			return []phone.Command{phone.PutItem{Item: shortcutOf(s, id, fresh, v)}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemShortcut, Key: id} },
		Move:   moveShortcut,
	}
}

func shortcutRows(s Scene) []FormRow {
	var out []FormRow
	for _, sc := range s.Snap.Me.Shortcuts {
		r := FormRow{ID: sc.ID, Icon: sc.Icon, Title: ShortcutName(sc), Detail: shortcutDetail(sc)}
		if sc.Icon == "" {
			r.Status = ActivityStatus(sc.Kind, rings(sc.Rings, sc.Kind))
		}
		out = append(out, r)
	}
	return out
}

func rings(r *bool, k phone.ActivityKind) bool {
	if r != nil {
		return *r
	}
	return k.Rings()
}

// shortcutDetail is what a shortcut does: Does not ring · rest of the day · calls to 070-1740650.
func shortcutDetail(sc phone.Shortcut) string {
	parts := []string{text.T("rings.not"), LengthWords(sc.Length)}
	if rings(sc.Rings, sc.Kind) {
		parts[0] = text.T("rings.does")
	}
	switch sc.Divert {
	case phone.DivertNumber:
		parts = append(parts, text.T("divert.to", "number", Clean(sc.Number, numberLimit)))
	case phone.DivertIgnore:
		parts = append(parts, text.T("divert.none"))
	}
	return strings.Join(parts, " · ")
}

func findShortcut(s Scene, id string) (phone.Shortcut, bool) {
	for _, sc := range s.Snap.Me.Shortcuts {
		if sc.ID == id {
			return sc, true
		}
	}
	return phone.Shortcut{}, false
}

func shortcutStart(s Scene, id string) Values {
	sc, ok := findShortcut(s, id)
	if !ok {
		sc = phone.Shortcut{Kind: phone.ActivityMeeting, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 60}}
	}
	v := Values{"name": sc.Name, "kind": string(sc.Kind), "rings": ringsValue(sc.Rings), "divert": string(sc.Divert), "number": sc.Number, "icon": sc.Icon}
	lengthValue(sc.Length, v)
	return v
}

func shortcutForm(s Scene, id string, v Values) Form {
	sc := shortcutOf(s, id, "x", v)
	unnamed := sc
	unnamed.Name = ""
	fields := []FormField{{ID: "name", Label: text.T("form.name"), Holder: ShortcutName(unnamed), Half: true}, kindFieldOf(v)}
	fields = append(fields, lengthFields(v, false)...)
	fields = append(fields, ringsField(v))
	fields = append(fields, divertFields(s, v)...)
	icon := v["icon"]
	if icon == "" {
		icon = ActivityIcon(sc.Kind)
	}
	fields = append(fields, FormField{ID: "icon", Kind: FieldSelect, Label: text.T("form.icon"), Icon: icon, Options: iconOptions(sc.Kind), Half: true})
	f := Form{Fields: fields, Summary: ShortcutName(sc) + ".", More: upperFirst(shortcutDetail(sc)) + "."}
	if needsHours(sc.Length) && !s.Snap.Me.Hours.Set() {
		f.Warn = text.T("hours.missing")
	}
	return f
}

func needsHours(l phone.Length) bool {
	return l.Kind == phone.LengthRestOfDay || l.Kind == phone.LengthNextWorkingDay
}

func shortcutOf(s Scene, id, fresh string, v Values) phone.Shortcut {
	sc, ok := findShortcut(s, id)
	if !ok {
		sc.ID, sc.Place = fresh, len(s.Snap.Me.Shortcuts)
		for _, other := range s.Snap.Me.Shortcuts {
			sc.Place = max(sc.Place, other.Place+1)
		}
	}
	sc.Name, sc.Kind, sc.Rings, sc.Icon = strings.TrimSpace(v["name"]), phone.ActivityKind(v["kind"]), ringsOf(v), v["icon"]
	sc.Length, _ = lengthOf(v)
	sc.Divert, sc.Number = divertOf(v)
	return sc
}

func moveShortcut(s Scene, id string, by int) []phone.Command {
	return moved(s.Snap.Me.Shortcuts, func(sc phone.Shortcut) bool { return sc.ID == id }, by, func(sc phone.Shortcut, place int) (phone.Item, bool) {
		changed := sc.Place != place
		sc.Place = place
		return sc, changed
	})
}

// CustomActivity is the form of an activity for now (features.md F4): a form without a list.
func CustomActivity() Editor {
	return Editor{
		Title: text.T("me.custom"), Save: text.T("form.set"),
		Start: func(s Scene, _ string) Values {
			end := s.Now.Add(time.Hour)
			return Values{"kind": string(phone.ActivityMeeting), "length": "60", "date": end.Format(time.DateOnly), "clock": text.Clock(end)}
		},
		Form: customForm,
		Commands: func(s Scene, _, _ string, v Values) []phone.Command {
			c, _ := customOf(s, v)
			return []phone.Command{c}
		},
	}
}

func customForm(s Scene, _ string, v Values) Form {
	fields := []FormField{{ID: "name", Label: text.T("form.name"), Holder: ActivityWord(phone.ActivityKind(v["kind"]), ""), Half: true}, kindFieldOf(v)}
	fields = append(fields, lengthFields(v, true)...)
	c, wrong := customOf(s, v)
	if v["length"] == lengthMoment {
		_, dated := dateOf(v["date"])
		_, timed := clockOf(v["clock"])
		date := FormField{ID: "date", Label: text.T("form.end_date"), Icon: "calendar", Half: true}
		clock := FormField{ID: "clock", Label: text.T("form.end_time"), Icon: "clock", Half: true}
		switch {
		case !dated:
			date.Wrong = text.T("form.date_wrong")
		case !timed:
			clock.Wrong = text.T("form.clock_wrong")
		default:
			clock.Wrong = wrong
		}
		fields = append(fields, date, clock)
	} else if wrong != "" && fields[len(fields)-1].Wrong == "" {
		fields[len(fields)-1].Wrong = wrong
	}
	fields = append(fields, ringsField(v))
	fields = append(fields, divertFields(s, v)...)
	f := Form{Fields: fields}
	if f.Faulty() == "" {
		end := c.Until
		if end.IsZero() {
			end, _ = schedule.Until(c.Length, s.Snap.Me.Hours, s.Now, s.Now.Location())
		}
		f.Summary = ActivityWord(c.Kind, c.Name) + " " + UntilWords(end, s.Now) + "."
		f.More = activityMeans(phone.Activity{Kind: c.Kind, Rings: rings(c.Rings, c.Kind), Divert: divertNumber(s, c.Kind, c.Divert, c.Number)})
	}
	return f
}

// divertNumber is where calls go with a choice.
func divertNumber(s Scene, kind phone.ActivityKind, choice phone.DivertChoice, own string) string {
	switch choice {
	case phone.DivertNumber:
		return own
	case phone.DivertIgnore:
		return ""
	}
	for _, l := range s.Snap.Me.Links {
		if l.Kind == kind {
			return l.Number
		}
	}
	return ""
}

// activityMeans says in a sentence what becomes of calls during an activity.
func activityMeans(a phone.Activity) string {
	switch {
	case a.Divert != "":
		return text.T("activity.means_divert", "number", Clean(a.Divert, numberLimit))
	case a.Rings:
		return text.T("activity.means_rings")
	}
	return text.T("activity.means_silent")
}

// customOf is the command of the form, or what is wrong with its end.
func customOf(s Scene, v Values) (c phone.SetActivity, wrong string) {
	c = phone.SetActivity{Kind: phone.ActivityKind(v["kind"]), Name: strings.TrimSpace(v["name"]), Rings: ringsOf(v)}
	c.Divert, c.Number = divertOf(v)
	if v["length"] == lengthMoment {
		date, _ := dateOf(v["date"])
		minutes, _ := clockOf(v["clock"])
		c.Until = time.Date(date.Year(), date.Month(), date.Day(), minutes/60, minutes%60, 0, 0, s.Now.Location())
		if !c.Until.After(s.Now) {
			wrong = text.T("reason.past")
		}
		return c, wrong
	}
	if c.Length, wrong = lengthOf(v); wrong != "" {
		return c, wrong
	}
	if _, err := schedule.Until(c.Length, s.Snap.Me.Hours, s.Now, s.Now.Location()); err != nil {
		wrong = text.Refusal(err)
	}
	return c, wrong
}
