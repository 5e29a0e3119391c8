package present

import (
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// ViewChoices are the views of the main window.
func ViewChoices(s Scene) []Choice {
	return choices(s, phone.KeyView, "settings.view_", "normal", "attendant", "acd")
}

// BoardLayoutChoices are how the attendant's people are drawn.
func BoardLayoutChoices(s Scene) []Choice {
	return choices(s, phone.KeyBoardLayout, "settings.board_layout_", "tiles", "list")
}

// BoardSortChoices are the orders of the attendant's people.
func BoardSortChoices(s Scene) []Choice {
	return choices(s, phone.KeyBoardSort, "settings.board_sort_", "reach", "name")
}

// PlayDeviceChoices are where recordings and voice messages are played.
func PlayDeviceChoices(s Scene) []Choice {
	return choices(s, phone.KeyPlayDevice, "settings.play_device_", "output", "ring")
}

// SeparatorChoices are what stands between several e-mail addresses.
func SeparatorChoices(s Scene) []Choice {
	return choices(s, phone.KeyMailSeparator, "settings.mail_separator_", "semicolon", "comma")
}

// secondsIn is Seconds, where too long a wait must be longer than a long one.
func secondsIn(s Scene, key, typed string) (value, wrong string) {
	value, wrong = Seconds(key, typed)
	if wrong != "" {
		return value, wrong
	}
	n, _ := strconv.Atoi(value)
	long, tooLong := s.Snap.Settings.Int(phone.KeyWaitLong), s.Snap.Settings.Int(phone.KeyWaitTooLong)
	switch {
	case key == phone.KeyWaitLong && n >= tooLong:
		return "", text.T("settings.wait_long_wrong", "limit", strconv.Itoa(tooLong))
	case key == phone.KeyWaitTooLong && n <= long:
		return "", text.T("settings.wait_too_long_wrong", "limit", strconv.Itoa(long))
	}
	return value, ""
}

// HelpNumber is whom to ask for help during a call, as typed, or what is wrong with it.
func HelpNumber(typed string) (value, wrong string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", ""
	}
	value = DialText(typed)
	if !Dialable(typed) || phone.CheckSetting(phone.KeyHelpNumber, value) != nil {
		return "", text.T("dial.not_a_number")
	}
	return value, ""
}

// SupportNumber is the customer service's number as it is to be shown, or what is wrong with it.
func SupportNumber(typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	if value != "" && !Dialable(value) || phone.CheckSetting(phone.KeySupportPhone, value) != nil {
		return "", text.T("dial.not_a_number")
	}
	return value, ""
}

// WebAddress is an address that a browser can open, as typed, or what is wrong with it. One without https:// gets it.
func WebAddress(key, typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	if value == "" {
		return "", ""
	}
	if !strings.Contains(value, "://") {
		value = "https://" + value
	}
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || !strings.Contains(u.Hostname(), ".") && u.Hostname() != "localhost" || strings.ContainsAny(value, " ") || phone.CheckSetting(key, value) != nil {
		return "", text.T("settings.link_wrong")
	}
	return value, ""
}

// MailAddress is an e-mail address as typed, or what is wrong with it.
func MailAddress(typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	if value == "" {
		return "", ""
	}
	a, err := mail.ParseAddress(value)
	if err != nil || a.Address != value || phone.CheckSetting(phone.KeySupportMail, value) != nil {
		return "", text.T("settings.mail_wrong")
	}
	return value, ""
}

// SupportHours is when the customer service answers, in any words.
func SupportHours(typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	if phone.CheckSetting(phone.KeySupportHours, value) != nil {
		return "", text.T("settings.too_long", "limit", "200")
	}
	return value, ""
}
