package present

import (
	"slices"
	"strconv"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// KindChoices are the standard kinds of transfer.
func KindChoices(s Scene) []Choice {
	return choices(s, phone.KeyTransferKind, "settings.kind_", "announced", "direct", "none")
}

// RecallBusyChoices are what a caller who comes back gets while the user talks.
func RecallBusyChoices(s Scene) []Choice {
	return choices(s, phone.KeyRecallBusy, "settings.recall_busy_", "busy", "hold")
}

// FormatChoices are the formats of recordings.
func FormatChoices(s Scene) []Choice {
	return choices(s, phone.KeyRecordFormat, "settings.record_format_", "wav", "opus")
}

// AutoAnswerChoices are when calls are answered by themselves, with the present time among them even when it is none of
// the usual.
func AutoAnswerChoices(s Scene) []Choice {
	chosen := s.Snap.Settings.Get(phone.KeyAutoAnswer)
	out := []Choice{
		{Value: "off", Text: text.T("settings.auto_answer_off"), Chosen: chosen == "off"},
		{Value: "pbx", Text: text.T("settings.auto_answer_pbx"), Chosen: chosen == "pbx"},
	}
	seconds := []int{0, 3, 5, 10, 20}
	if n, err := strconv.Atoi(chosen); err == nil && !slices.Contains(seconds, n) {
		seconds = append(seconds, n)
		slices.Sort(seconds)
	}
	for _, n := range seconds {
		words := text.T("settings.auto_answer_after", "n", n)
		if n == 0 {
			words = text.T("settings.auto_answer_now")
		}
		out = append(out, Choice{Value: strconv.Itoa(n), Text: words, Chosen: chosen == strconv.Itoa(n)})
	}
	return out
}

// secondsRange is the least and most seconds of a setting.
var secondsRange = map[string][2]int{phone.KeyRecallAfter: {0, 600}, phone.KeyCampReminder: {5, 3600}, phone.KeyWaitLong: {5, 3600}, phone.KeyWaitTooLong: {5, 7200}}

// Seconds is the value of a setting in seconds for what was typed, or what is wrong with it.
func Seconds(key, typed string) (value, wrong string) {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err == nil && phone.CheckSetting(key, strconv.Itoa(n)) == nil {
		return strconv.Itoa(n), ""
	}
	limits := secondsRange[key]
	return "", text.T("settings.seconds_wrong", "low", strconv.Itoa(limits[0]), "high", strconv.Itoa(limits[1]))
}

// DialectChoices are the exchanges an account can have. One whose file is gone stays in the list under its name.
func DialectChoices(s Scene, a phone.Account) []Choice {
	chosen := a.Dialect
	if chosen == "" {
		chosen = phone.DefaultDialect
	}
	var out []Choice
	found := false
	for _, d := range s.Snap.Dialects {
		found = found || d.ID == chosen
		out = append(out, Choice{Value: d.ID, Text: Clean(d.Name, nameLimit), Chosen: d.ID == chosen})
	}
	if !found {
		out = append(out, Choice{Value: chosen, Text: text.T("settings.exchange_gone", "name", Clean(chosen, nameLimit)), Chosen: true})
	}
	return out
}

// abilities are the features that are told in settings, in the order of how often they are needed. The others are the
// counterparts of these, what switches off and what ends, and what the phone does by itself where the exchange has no
// way of its own: swapping and taking back.
var abilities = []phone.Feature{
	phone.FeatureTransferDirect, phone.FeatureTransferAnnounced, phone.FeatureTransferRinging,
	phone.FeatureTransferVoicemail, phone.FeaturePark, phone.FeatureParkSlot, phone.FeatureRetrieve,
	phone.FeaturePickup, phone.FeatureBridge, phone.FeatureBypass, phone.FeatureIntrude, phone.FeatureMailbox,
	phone.FeatureVoicemail, phone.FeatureWithheld, phone.FeatureWaitingOn, phone.FeatureForwardAllOn,
	phone.FeatureForwardNoAnswerOn, phone.FeatureForwardBusyOn, phone.FeatureProfileOn, phone.FeatureQueueLogin,
}

// Abilities is what an account's exchange can be asked for and what not, in words.
func Abilities(a phone.AccountStatus) (can, cannot []string) {
	for _, f := range abilities {
		words := text.T("feature." + string(f))
		if a.Can(f) {
			can = append(can, words)
		} else {
			cannot = append(cannot, words)
		}
	}
	return can, cannot
}

// Mobile is the number of the user's other telephone for what was typed, or what is wrong with it. Nothing typed is no
// number.
func Mobile(typed string) (number, wrong string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", ""
	}
	number = DialText(typed)
	probe := phone.Account{ID: "x", User: "x", Domain: "x", Mobile: number}
	if !Dialable(typed) || probe.Validate() != nil {
		return "", text.T("settings.mobile_wrong")
	}
	return number, ""
}
