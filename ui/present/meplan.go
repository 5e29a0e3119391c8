package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// PlanEditor is the future activities (features.md F5).
func PlanEditor() Editor {
	return Editor{
		Title: text.T("me.schedule"), Help: text.T("plan.help"), Empty: text.T("plan.none"), New: text.T("form.new"), Save: text.T("form.save"),
		Rows: planRows, Start: planStart, Form: planForm,
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			p, _ := planOf(s, id, fresh, v)
			return []phone.Command{phone.PutItem{Item: p}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemPlan, Key: id} },
	}
}

func planRows(s Scene) []FormRow {
	var out []FormRow
	for _, p := range s.Snap.Me.Plans {
		r := FormRow{ID: p.ID, Status: ActivityStatus(p.Kind, rings(p.Rings, p.Kind)), Title: ActivityWord(p.Kind, p.Name), Detail: planTimes(s, p), Off: p.Off}
		switch {
		case p.Off:
			r.Detail = text.T("plan.off")
		case p.Next.IsZero():
			r.Detail, r.Off = text.T("plan.over"), true
		case p.Clash != "":
			r.Warn = text.T("plan.clash_row", "name", planName(s, p.Clash))
		}
		out = append(out, r)
	}
	return out
}

func findPlan(s Scene, id string) (phone.Plan, bool) {
	for _, p := range s.Snap.Me.Plans {
		if p.ID == id {
			return p.Plan, true
		}
	}
	return phone.Plan{}, false
}

func planName(s Scene, id string) string {
	p, ok := findPlan(s, id)
	if !ok {
		return ""
	}
	return ActivityWord(p.Kind, p.Name)
}

// planTimes is when a plan is on, shortly: Tue, Thu 11:30–13:00; 21 Dec–6 Jan; 3 Dec 09:00–12:00.
func planTimes(s Scene, p phone.Planned) string {
	from, err := time.Parse(phone.PlanTime, p.From)
	to, err2 := time.Parse(phone.PlanTime, p.To)
	if err != nil || err2 != nil {
		return ""
	}
	clocks := text.Clock(from) + "–" + text.Clock(to)
	sameDay := from.Format(time.DateOnly) == to.Format(time.DateOnly)
	switch p.Repeat {
	case phone.RepeatDaily:
		return text.T("plan.daily_short", "times", clocks)
	case phone.RepeatWeekly:
		return dayList(p.Days, true) + " " + clocks
	case phone.RepeatMonthly:
		return text.T("plan.monthly_short", "day", strconv.Itoa(from.Day()), "times", clocks)
	case phone.RepeatYearly:
		return text.T("plan.yearly_short", "date", shortDate(from), "times", clocks)
	}
	switch {
	case sameDay:
		return shortDate(from) + " " + clocks
	case text.Clock(from) == "00:00" && (text.Clock(to) == "00:00" || text.Clock(to) == "23:59"):
		if text.Clock(to) == "00:00" {
			to = to.AddDate(0, 0, -1)
		}
		return shortDate(from) + "–" + shortDate(to)
	}
	return shortDate(from) + " " + text.Clock(from) + "–" + shortDate(to) + " " + text.Clock(to)
}

func shortDate(t time.Time) string {
	return text.T("day.date", "day", strconv.Itoa(t.Day()), "month", text.T("month.short."+strconv.Itoa(int(t.Month()))))
}

// week is the days in the order of a week here.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// dayList is days in words: Tuesday and Thursday, or Tue, Thu.
func dayList(days []time.Weekday, short bool) string {
	var names []string
	for _, d := range week {
		if !slices.Contains(days, d) {
			continue
		}
		if short {
			names = append(names, shortWeekday(d))
		} else {
			names = append(names, weekday(d))
		}
	}
	if short || len(names) < 2 {
		return strings.Join(names, ", ")
	}
	return text.T("list.and", "first", strings.Join(names[:len(names)-1], ", "), "last", names[len(names)-1])
}

func daysValue(days []time.Weekday) string {
	var out []string
	for _, d := range week {
		if slices.Contains(days, d) {
			out = append(out, strconv.Itoa(int(d)))
		}
	}
	return strings.Join(out, ",")
}

func daysOf(value string) []time.Weekday {
	var out []time.Weekday
	for _, d := range strings.Split(value, ",") {
		if n, err := strconv.Atoi(d); err == nil {
			out = append(out, time.Weekday(n))
		}
	}
	return out
}

func planStart(s Scene, id string) Values {
	p, ok := findPlan(s, id)
	if !ok {
		from := s.Now.AddDate(0, 0, 1)
		p = phone.Plan{Kind: phone.ActivityMeeting, From: from.Format(time.DateOnly) + "T09:00", To: from.Format(time.DateOnly) + "T10:00"}
	}
	fromDate, from, _ := strings.Cut(p.From, "T")
	toDate, to, _ := strings.Cut(p.To, "T")
	v := Values{
		"name": p.Name, "kind": string(p.Kind), "role": string(p.Role), "note": p.Note, "rings": ringsValue(p.Rings), "divert": string(p.Divert), "number": p.Number,
		"from_date": fromDate, "from": from, "to_date": toDate, "to": to, "zone": p.Zone, "repeat": string(p.Repeat), "days": daysValue(p.Days),
		"ends": "never", "until": p.Until, "on": "true",
	}
	if p.Until != "" {
		v["ends"] = "date"
	}
	if p.Off {
		v["on"] = ""
	}
	return v
}

// zones are the time zones to choose from; another that is in use is kept among them.
var zones = []string{
	"Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Helsinki", "Europe/London", "Europe/Berlin", "Europe/Paris",
	"Europe/Madrid", "Europe/Warsaw", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
	"America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "UTC",
}

func zoneOptions(s Scene, chosen string) []Choice {
	out := []Choice{option("", text.T("zone.local", "zone", zoneShift(s.Now)))}
	all := zones
	if chosen != "" && !slices.Contains(all, chosen) {
		all = append([]string{chosen}, all...)
	}
	for _, z := range all {
		words := strings.ReplaceAll(z, "_", " ")
		if l, err := time.LoadLocation(z); err == nil {
			words += " (" + zoneShift(s.Now.In(l)) + ")"
		}
		out = append(out, option(z, words))
	}
	return out
}

// zoneShift is how far from UTC a moment's zone is: UTC+1, UTC+5:30.
func zoneShift(t time.Time) string {
	_, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	out := "UTC" + sign + strconv.Itoa(seconds/3600)
	if m := seconds / 60 % 60; m != 0 {
		out += ":" + clockWords(m)[3:]
	}
	return out
}

func planForm(s Scene, id string, v Values) Form {
	p, wrong := planOf(s, id, "x", v)
	moment := func(field, label, icon string, share int) FormField {
		return FormField{ID: field, Label: label, Icon: icon, Wrong: wrong[field], Share: share}
	}
	fields := []FormField{
		{ID: "name", Label: text.T("form.name"), Holder: ActivityWord(p.Kind, ""), Half: true}, kindFieldOf(v),
		{ID: "role", Kind: FieldSelect, Label: text.T("form.role"), Icon: "id-card", Options: planRoles(s, v["role"]), Half: true},
		{ID: "note", Label: text.T("form.note"), Icon: "pencil", Half: true, Wrong: wrong["note"]},
		moment("from_date", text.T("form.from"), "calendar", 4), moment("from", text.T("form.from_time"), "", 2),
		moment("to_date", text.T("form.to"), "calendar", 4), moment("to", text.T("form.to_time"), "", 2),
		{ID: "zone", Kind: FieldSelect, Label: text.T("form.zone"), Icon: "globe", Options: zoneOptions(s, v["zone"]), Share: 4},
	}
	for i, f := range append([]FormField{ringsField(v)}, divertFields(s, v)...) {
		if i < 2 {
			f.Share = 4
		}
		fields = append(fields, f)
	}
	fields = append(fields, FormField{ID: "repeat", Kind: FieldParts, Label: text.T("form.repeat"), Options: []Choice{
		option("", text.T("repeat.never")), option(string(phone.RepeatDaily), text.T("repeat.daily")), option(string(phone.RepeatWeekly), text.T("repeat.weekly")),
		option(string(phone.RepeatMonthly), text.T("repeat.monthly")), option(string(phone.RepeatYearly), text.T("repeat.yearly")),
	}})
	if p.Repeat == phone.RepeatWeekly {
		fields = append(fields, FormField{ID: "days", Kind: FieldDays, Label: text.T("form.days"), Wrong: wrong["days"]})
	}
	if p.Repeat != phone.RepeatNever {
		fields = append(fields, FormField{ID: "ends", Kind: FieldParts, Label: text.T("form.ends"), Half: true, Options: []Choice{option("never", text.T("repeat.never")), option("date", text.T("ends.on"))}})
		if v["ends"] == "date" {
			fields = append(fields, FormField{ID: "until", Label: text.T("form.last_day"), Icon: "calendar", Wrong: wrong["until"], Half: true})
		}
	}
	if id != "" {
		fields = append(fields, FormField{ID: "on", Kind: FieldSwitch, Label: text.T("plan.on")})
	}
	f := Form{Fields: fields}
	if f.Faulty() == "" {
		f.Summary, f.More = planSummary(s, p)
		f.Warn = planWarning(s, p)
	}
	return f
}

func planRoles(s Scene, chosen string) []Choice {
	out := []Choice{option("", text.T("role.unchanged"))}
	found := chosen == ""
	for _, r := range s.Snap.Roles.All {
		out = append(out, option(string(r.ID), RoleName(r)))
		found = found || string(r.ID) == chosen
	}
	if !found {
		out = append(out, option(chosen, text.T("role.gone")))
	}
	return out
}

// planOf is the plan that was filled in, and what is wrong by field.
func planOf(s Scene, id, fresh string, v Values) (phone.Plan, map[string]string) {
	p, ok := findPlan(s, id)
	if !ok {
		p = phone.Plan{ID: fresh}
	}
	wrong := map[string]string{}
	p.Name, p.Kind, p.Role, p.Note = strings.TrimSpace(v["name"]), phone.ActivityKind(v["kind"]), phone.RoleID(v["role"]), strings.TrimSpace(v["note"])
	p.Rings, p.Zone, p.Repeat, p.Off = ringsOf(v), v["zone"], phone.Repeat(v["repeat"]), !v.On("on")
	p.Divert, p.Number = divertOf(v)
	p.From = planMoment(v, "from", wrong)
	p.To = planMoment(v, "to", wrong)
	if len(wrong) == 0 && p.To <= p.From {
		wrong["to"] = text.T("form.to_before")
	}
	p.Days, p.Until = nil, ""
	if p.Repeat == phone.RepeatWeekly {
		if p.Days = daysOf(v["days"]); len(p.Days) == 0 {
			wrong["days"] = text.T("form.days_missing")
		}
	}
	if p.Repeat != phone.RepeatNever && v["ends"] == "date" {
		day, ok := dateOf(v["until"])
		p.Until = day.Format(time.DateOnly)
		switch {
		case !ok:
			wrong["until"] = text.T("form.date_wrong")
		case len(wrong) == 0 && p.Until < p.From[:len(time.DateOnly)]:
			wrong["until"] = text.T("form.until_before")
		}
	}
	if len(p.Note) > 1000 {
		wrong["note"] = text.T("form.too_long")
	}
	return p, wrong
}

// planMoment reads the date and time of an end of the plan. 24:00 is the next day's beginning.
func planMoment(v Values, end string, wrong map[string]string) string {
	day, ok := dateOf(v[end+"_date"])
	if !ok {
		wrong[end+"_date"] = text.T("form.date_wrong")
	}
	minutes, ok2 := clockOf(v[end])
	if !ok2 {
		wrong[end] = text.T("form.clock_wrong")
	}
	return day.Add(time.Duration(minutes) * time.Minute).Format(phone.PlanTime)
}
