package present

import (
	"encoding/json"
	"strconv"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// The shortest and longest times a queue's settings take, in seconds.
const (
	leastOverflow = 5
	mostOverflow  = 3600
	mostService   = 3600
)

// QueueSettingsForm is what a supervisor changes of a queue: all of it is saved as one change (features.md G7). What was
// seen when the form was opened goes with it: who was faster goes before.
func QueueSettingsForm(id phone.QueueID, name string) Editor {
	return Editor{
		Title: text.T("queue.settings_title", "name", name), Help: text.T("queue.settings_help"), Save: text.T("form.save"),
		Start: func(s Scene, _ string) Values {
			var now phone.QueueSettings
			if q := teamQueue(s, id); q != nil {
				now = q.Team.Settings
			}
			return settingsValues(now)
		},
		Form: func(s Scene, _ string, v Values) Form { return queueSettingsForm(s, id, v) },
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{phone.SetQueue{Queue: id, Was: settingsSeen(v), New: settingsOf(v)}}
		},
	}
}

func settingsValues(q phone.QueueSettings) Values {
	seconds := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	seen, _ := json.Marshal(q) // plain values: it cannot fail
	return Values{
		seenField: string(seen),
		"night":   strconv.FormatBool(q.Night), "night_number": q.NightNumber, "overflow": q.Overflow, "overflow_s": seconds(q.OverflowS),
		"distribution": string(q.Distribution), "service_s": seconds(q.ServiceS),
	}
}

// seenField is where a form keeps the settings that were seen when it was opened.
const seenField = "seen"

func settingsSeen(v Values) phone.QueueSettings {
	var q phone.QueueSettings
	_ = json.Unmarshal([]byte(v[seenField]), &q) // our own: what cannot be read was nothing
	return q
}

// settingsOf is what was filled in. A number that is not one counts as nothing; the form says so before.
func settingsOf(v Values) phone.QueueSettings {
	seconds := func(field string) int {
		n, _ := strconv.Atoi(strings.TrimSpace(v[field]))
		return n
	}
	number := func(field string) string { return DialText(strings.TrimSpace(v[field])) }
	q := phone.QueueSettings{
		Night: v.On("night"), NightNumber: number("night_number"), Overflow: number("overflow"), OverflowS: seconds("overflow_s"),
		Distribution: phone.QueueDistribution(v["distribution"]), ServiceS: seconds("service_s"),
	}
	if q.Overflow == "" {
		q.OverflowS = 0
	}
	return q
}

func queueSettingsForm(s Scene, id phone.QueueID, v Values) Form {
	between := func(field string, least, most int, needed bool) string {
		typed := strings.TrimSpace(v[field])
		if typed == "" && !needed {
			return ""
		}
		if n, err := strconv.Atoi(typed); err != nil || n < least || n > most {
			return text.T("queue.seconds_wrong", "least", text.Number(int64(least)), "most", text.Number(int64(most)))
		}
		return ""
	}
	dialable := func(field string) string {
		if strings.TrimSpace(v[field]) == "" {
			return ""
		}
		return numberWrong(v[field])
	}
	overflow := strings.TrimSpace(v["overflow"]) != ""
	f := Form{Fields: []FormField{
		{ID: "night", Kind: FieldSwitch, Label: text.T("queue.night"), Help: text.T("queue.night_help")},
		{ID: "night_number", Label: text.T("queue.night_number"), Icon: "lock", Holder: text.T("queue.night_holder"), Wrong: dialable("night_number")},
		{ID: "overflow", Label: text.T("queue.overflow"), Icon: "phone-forwarded", Holder: text.T("queue.overflow_holder"), Wrong: dialable("overflow"), Half: true},
		{ID: "overflow_s", Label: text.T("queue.overflow_s"), Icon: "clock", Half: true, Wrong: between("overflow_s", leastOverflow, mostOverflow, overflow)},
		{ID: "distribution", Kind: FieldSelect, Label: text.T("queue.distribution"), Icon: "users", Options: distributionOptions()},
		{ID: "service_s", Label: text.T("queue.service_s"), Icon: "chart-no-axes-column", Holder: text.T("queue.service_holder"), Wrong: between("service_s", 1, mostService, false)},
	}}
	if q := teamQueue(s, id); q == nil {
		f.Warn = text.Reason(phone.Reason{ID: phone.ReasonTeamGone})
	} else if q.Team.Settings != settingsSeen(v) {
		f.Warn = text.T("queue.settings_changed")
	}
	return f
}

func distributionOptions() []Choice {
	out := []Choice{option("", text.T("queue.distribution_exchange"))}
	for _, d := range phone.QueueDistributions {
		out = append(out, option(string(d), text.T(distributionWords[d])))
	}
	return out
}

var distributionWords = map[phone.QueueDistribution]string{
	phone.QueueAll: "queue.distribution_all", phone.QueueLongestIdle: "queue.distribution_longest_idle", phone.QueueFewest: "queue.distribution_fewest",
	phone.QueueInOrder: "queue.distribution_in_order", phone.QueueTurns: "queue.distribution_turns", phone.QueueRandom: "queue.distribution_random",
}
