package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// HoursEditor is the form of the working hours (features.md F9): a form without a list, a line for each day.
func HoursEditor() Editor {
	return Editor{
		Title: text.T("hours.title"), Help: text.T("hours.help"), Save: text.T("form.save"),
		Start: func(s Scene, _ string) Values {
			v := Values{"zone": s.Snap.Me.Hours.Zone}
			for _, d := range week {
				v[dayField(d)] = spansWords(s.Snap.Me.Hours.Days[d])
			}
			return v
		},
		Form: hoursForm,
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			h, _ := hoursOf(v)
			return []phone.Command{phone.PutItem{Item: h}}
		},
	}
}

func dayField(d time.Weekday) string { return "day." + strconv.Itoa(int(d)) }

func spansWords(spans []phone.HourSpan) string {
	var out []string
	for _, s := range spans {
		out = append(out, clockWords(s.From)+"–"+clockWords(s.To))
	}
	return strings.Join(out, ", ")
}

// spansOf reads working hours as people write them: 8-17; 08:00–12:00, 13–17. Nothing is a free day.
func spansOf(typed string) (out []phone.HourSpan, ok bool) {
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		from, to, two := strings.Cut(strings.NewReplacer("–", "-", "—", "-", "−", "-").Replace(part), "-")
		a, ok1 := clockOf(from)
		b, ok2 := clockOf(to)
		if !two || !ok1 || !ok2 || b <= a || len(out) > 0 && a < out[len(out)-1].To {
			return nil, false
		}
		out = append(out, phone.HourSpan{From: a, To: b})
	}
	return out, true
}

func hoursOf(v Values) (h phone.WorkingHours, wrong map[string]string) {
	h, wrong = phone.WorkingHours{Zone: v["zone"], Days: map[time.Weekday][]phone.HourSpan{}}, map[string]string{}
	for _, d := range week {
		spans, ok := spansOf(v[dayField(d)])
		if !ok {
			wrong[dayField(d)] = text.T("hours.wrong")
		}
		if len(spans) > 0 {
			h.Days[d] = spans
		}
	}
	return h, wrong
}

func hoursForm(s Scene, _ string, v Values) Form {
	h, wrong := hoursOf(v)
	var f Form
	for _, d := range week {
		f.Fields = append(f.Fields, FormField{ID: dayField(d), Label: text.T("weekday." + strconv.Itoa(int(d))), Icon: "clock", Holder: text.T("hours.free"), Wrong: wrong[dayField(d)], Half: true})
	}
	f.Fields = append(f.Fields, FormField{ID: "zone", Kind: FieldSelect, Label: text.T("form.zone"), Icon: "globe", Options: zoneOptions(s, v["zone"]), Half: true})
	if len(wrong) > 0 {
		return f
	}
	if !h.Set() {
		f.Warn = text.T("hours.none")
		return f
	}
	total := 0
	for _, spans := range h.Days {
		for _, span := range spans {
			total += span.To - span.From
		}
	}
	f.Summary = text.T("hours.week", "time", minutesOfWeek(total))
	return f
}

func minutesOfWeek(n int) string {
	if n%60 == 0 {
		return text.T("duration.hours", "n", n/60)
	}
	return text.T("duration.hours_minutes", "h", n/60, "n", n%60)
}

// LinkEditor is the numbers that calls go to while an activity is on (features.md F6).
func LinkEditor() Editor {
	return Editor{
		Title: text.T("link.title"), Help: text.T("link.help"), Empty: text.T("link.none"), New: text.T("link.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, l := range s.Snap.Me.Links {
				out = append(out, FormRow{ID: l.Key(), Status: ActivityStatus(l.Kind, l.Kind.Rings()), Title: ActivityWord(l.Kind, ""), Detail: upperFirst(text.T("divert.to", "number", s.NumberText(l.Number)))})
			}
			return out
		},
		Start: func(s Scene, id string) Values {
			v := Values{"kind": string(phone.ActivityLunch)}
			for _, l := range s.Snap.Me.Links {
				if l.Key() == id {
					v["kind"], v["number"] = string(l.Kind), l.Number
				}
			}
			return v
		},
		Form: func(s Scene, id string, v Values) Form {
			kind := kindFieldOf(v)
			if v["kind"] != id && slices.ContainsFunc(s.Snap.Me.Links, func(l phone.Link) bool { return l.Key() == v["kind"] }) {
				kind.Wrong = text.T("link.twice")
			}
			return Form{Fields: []FormField{kind, {ID: "number", Label: text.T("form.number"), Icon: "phone", Wrong: numberWrong(v["number"]), Half: true}}}
		},
		Commands: func(_ Scene, id, _ string, v Values) []phone.Command {
			put := phone.PutItem{Item: phone.Link{Kind: phone.ActivityKind(v["kind"]), Number: DialText(strings.TrimSpace(v["number"]))}}
			return renamed(phone.ItemLink, id, v["kind"], put)
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemLink, Key: id} },
	}
}

// renamed is a thing whose key can be edited: the old one goes when the new one has been taken.
func renamed(kind phone.ItemKind, old, key string, put phone.PutItem) []phone.Command {
	if old == "" || old == key {
		return []phone.Command{put}
	}
	return []phone.Command{put, phone.RemoveItem{Kind: kind, Key: old}}
}
