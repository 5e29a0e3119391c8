package present

import (
	"svara/phone"
	"svara/ui/text"
)

// SettingKind is how a setting is changed.
type SettingKind uint8

// The kinds.
const (
	SettingSwitch SettingKind = iota // on or off
	SettingChoice                    // one of several, from a menu
	SettingText                      // a line of text, looked at as it is typed
	SettingOwn                       // a part of the page that is drawn in its own way
)

// Setting is a row of a settings page. Its words are keys of texts, so that it is found in every language.
type Setting struct {
	ID      string // the setting's key; of a SettingOwn without one, a name
	Kind    SettingKind
	Icon    string
	Title   string // text key; empty is "setting." and the ID
	Help    string // text key, empty for none; a switch's may be "setting.", the ID and ".help"
	Holder  string // text key of what an empty line says
	Unit    string // text key of what stands at the end of the line
	Choices func(Scene) []Choice
	// Check is the value for what was typed, or what is wrong with it.
	Check func(s Scene, typed string) (value, wrong string)
}

// TitleKey is the key of the row's title.
func (r Setting) TitleKey() string {
	if r.Title != "" {
		return r.Title
	}
	return "setting." + r.ID
}

// HelpKey is the key of the row's help, empty for none.
func (r Setting) HelpKey() string {
	if key := "setting." + r.ID + ".help"; r.Help == "" && text.Has(key) {
		return key
	}
	return r.Help
}

// SettingGroup is rows under a heading.
type SettingGroup struct {
	Title string // text key, empty for none
	Rows  []Setting
}

// SettingPage is a page of the settings.
type SettingPage struct {
	ID     string
	Icon   string
	Title  string // text key
	Groups []SettingGroup
}

// SettingPageGroup is pages under a heading of the rail.
type SettingPageGroup struct {
	Title string // text key
	Pages []SettingPage
}

func rowOwn(id, title string) Setting { return Setting{ID: id, Kind: SettingOwn, Title: title} }

func helped(r Setting, help string) Setting {
	r.Help = help
	return r
}

func rowSwitch(id string) Setting { return Setting{ID: id} }

func rowChoice(id, icon, title, help string, of func(Scene) []Choice) Setting {
	return Setting{ID: id, Kind: SettingChoice, Icon: icon, Title: title, Help: help, Choices: of}
}

func rowText(id, icon, title, help string, check func(Scene, string) (string, string)) Setting {
	return Setting{ID: id, Kind: SettingText, Icon: icon, Title: title, Help: help, Check: check}
}

// plain makes a check of one that needs no scene.
func bare(check func(string) (string, string)) func(Scene, string) (string, string) {
	return func(_ Scene, typed string) (string, string) { return check(typed) }
}

func rowSeconds(id, title, help string) Setting {
	r := rowText(id, "hourglass", title, help, func(s Scene, typed string) (string, string) { return secondsIn(s, id, typed) })
	r.Unit = "settings.seconds"
	return r
}

// SettingPages are all pages of the settings in the rail's order, with every row that can be changed there.
func SettingPages() []SettingPageGroup {
	return []SettingPageGroup{
		{"settings.group_phone", []SettingPage{
			{"accounts", "user", "settings.accounts", accountGroups()},
			{"sound", "headphones", "settings.sound", soundGroups()},
			{"calls", "phone", "settings.calls", callGroups()},
			{"recording", "circle-dot", "settings.recording", recordingGroups()},
			{"voicemail", "voicemail", "settings.voicemail", rowsOf(helped(rowOwn("mailservers", "mailserver.title"), "mailserver.help"))},
			{"notifications", "bell", "settings.notifications", notificationGroups()},
		}},
		{"settings.group_window", []SettingPage{
			{"look", "palette", "settings.look", lookGroups()},
			{"views", "layout-template", "settings.views", viewGroups()},
			{"keyboard", "keyboard", "settings.keyboard", rowsOf(rowOwn(phone.KeyKeys, "settings.keyboard"))},
		}},
		{"settings.group_people", []SettingPage{
			{"contacts", "book-user", "settings.contacts", contactGroups()},
			{"numbers", "grip", "settings.numbers", numberGroups()},
			{"messages", "message-square", "settings.messages", messageGroups()},
		}},
		{"settings.group_me", []SettingPage{
			{"activity", "calendar-clock", "settings.activity", rowsOf(rowOwn("hours", "hours.title"))},
			{"forwarding", "phone-forwarded", "settings.forwarding", rowsOf(rowOwn("links", "link.title"), rowOwn("profiles", "profile.title"), rowOwn("forwards", "forward.title"))},
			{"roles", "id-card", "settings.roles", rowsOf(rowOwn("roles", "settings.roles"))},
			{"queues", "headset", "settings.queues", queueGroups()},
		}},
		{"settings.group_svara", []SettingPage{
			{"links", "link", "settings.links", linkGroups()},
			{"advanced", "sliders-horizontal", "settings.advanced", advancedGroups()},
			{"diagnostics", "stethoscope", "settings.diagnostics", rowsOf(rowOwn("diagnostics", "settings.diagnostics"), rowOwn("collect", "diagnostics.collect"))},
			{"about", "info", "settings.about", rowsOf(rowOwn("about", "settings.about"), rowOwn("licences", "about.licences"))},
		}},
	}
}

func rowsOf(rows ...Setting) []SettingGroup { return []SettingGroup{{Rows: rows}} }

// SettingPageOf is the page with an ID.
func SettingPageOf(id string) (SettingPage, bool) {
	for _, g := range SettingPages() {
		for _, p := range g.Pages {
			if p.ID == id {
				return p, true
			}
		}
	}
	return SettingPage{}, false
}

// accountGroups are what each account has. It is drawn as one part; the search finds what is in it.
func accountGroups() []SettingGroup {
	rows := []Setting{rowOwn("accounts", "settings.accounts"), rowOwn("exchange", "settings.exchange"), rowOwn("mobile", "settings.mobile")}
	for _, id := range []string{"account.srtp", "account.keying", "account.ca", "account.pin", "account.dtmf", "account.ice", "account.stun", "account.turn", "account.own_codecs"} {
		rows = append(rows, rowOwn(id, id))
	}
	return rowsOf(append(rows, rowOwn("account.transport", "signin.transport"))...)
}

func soundGroups() []SettingGroup {
	return []SettingGroup{
		{Rows: []Setting{
			rowOwn(phone.KeyOutput, "sound.output"), rowOwn(phone.KeyVolume, "sound.volume"), rowOwn(phone.KeyInput, "sound.input"), rowOwn(phone.KeyMicVolume, "sound.mic_volume"),
			rowOwn(phone.KeyRing, "sound.ring"), rowOwn(phone.KeyRingVolume, "sound.ring_volume"),
		}},
		{Rows: []Setting{rowOwn("soundtest", "soundtest.title")}},
		{"sound.voice", []Setting{
			rowSwitch(phone.KeyEchoCancel),
			rowChoice(phone.KeyNoise, "audio-lines", "sound.noise", "sound.noise_help", NoiseChoices),
			rowSwitch(phone.KeyAutoLevel), rowSwitch(phone.KeyHighPass),
			rowOwn("cleaning", "sound.cleaning"),
		}},
		{"sound.calls", []Setting{
			rowSwitch(phone.KeyQualityHint),
			rowSwitch(phone.KeyWaitingBeep),
			rowChoice(phone.KeyPlayDevice, "play", "settings.play_device", "", PlayDeviceChoices),
			rowChoice(phone.KeyToneCountry, "globe", "sound.tones", "", ToneChoices),
		}},
	}
}

func callGroups() []SettingGroup {
	return []SettingGroup{
		{"settings.calls_incoming", []Setting{
			rowChoice(phone.KeyAutoAnswer, "phone-incoming", "settings.auto_answer", "settings.auto_answer_help", AutoAnswerChoices),
			rowSwitch(phone.KeyCallWaiting), rowSwitch(phone.KeyEnterAnswers),
		}},
		{"settings.calls_waiting", []Setting{
			rowSeconds(phone.KeyWaitLong, "settings.wait_long", "settings.wait_long_help"),
			rowSeconds(phone.KeyWaitTooLong, "settings.wait_too_long", "settings.wait_too_long_help"),
		}},
		{"settings.calls_transfer", []Setting{
			rowChoice(phone.KeyTransferKind, "arrow-right-left", "settings.kind", "", KindChoices),
			rowSeconds(phone.KeyRecallAfter, "settings.recall", "settings.recall_help"),
			rowChoice(phone.KeyRecallBusy, "undo-2", "settings.recall_busy", "", RecallBusyChoices),
			rowSwitch(phone.KeyNextBeep),
			rowSeconds(phone.KeyCampReminder, "settings.camp_reminder", ""),
		}},
		{"settings.calls_other", []Setting{
			rowText(phone.KeyHelpNumber, "life-buoy", "settings.help_number", "settings.help_number_help", bare(HelpNumber)),
			rowSwitch(phone.KeyWatchOwn),
		}},
	}
}

func recordingGroups() []SettingGroup {
	return []SettingGroup{
		{Rows: []Setting{
			rowChoice(phone.KeyRecordFormat, "circle-dot", "settings.record_format", "", FormatChoices),
			rowSwitch(phone.KeyRecordStereo), rowSwitch(phone.KeyRecordBeep),
		}},
		{Rows: []Setting{rowOwn(phone.KeyRecordFolder, "settings.folder")}},
	}
}

func notificationGroups() []SettingGroup {
	return []SettingGroup{
		{"settings.notify_of", []Setting{
			rowSwitch(phone.KeyNotifyRing), rowSwitch(phone.KeyNotifyMissed), rowSwitch(phone.KeyNotifyMail), rowSwitch(phone.KeyNotifyMessage), rowSwitch(phone.KeyNotifyLost),
		}},
		{"settings.notify_ringing", []Setting{rowSwitch(phone.KeyRaiseOnRing), rowSwitch(phone.KeyVisualRing)}},
	}
}

func lookGroups() []SettingGroup {
	return []SettingGroup{
		{Rows: []Setting{
			rowChoice(phone.KeyLanguage, "globe", "settings.language", "", LanguageChoices),
			rowChoice(phone.KeyTheme, "contrast", "settings.theme", "", ThemeChoices),
			rowOwn(phone.KeyTextSize, "settings.text_size"),
		}},
		{Rows: []Setting{rowSwitch(phone.KeyCompact), rowSwitch(phone.KeyReduceMotion)}},
	}
}

func viewGroups() []SettingGroup {
	return []SettingGroup{
		{"settings.view_main", []Setting{rowChoice(phone.KeyView, "layout-dashboard", "settings.view", "", ViewChoices), rowSwitch(phone.KeyCloseToTray)}},
		{"settings.view_board", []Setting{
			rowChoice(phone.KeyBoardLayout, "layout-grid", "settings.board_layout", "", BoardLayoutChoices),
			rowChoice(phone.KeyBoardSort, "arrow-up-down", "settings.board_sort", "", BoardSortChoices),
		}},
		{"settings.view_acd", []Setting{rowSwitch(phone.KeyACDOnTop)}},
	}
}

func contactGroups() []SettingGroup {
	return []SettingGroup{
		{Rows: []Setting{rowOwn("books", "book.title"), rowOwn("files", "people.files")}},
		{"people.searching", []Setting{rowText(phone.KeySearchDelay, "search", "people.delay", "people.delay_help", bare(SearchDelay))}},
	}
}

func numberGroups() []SettingGroup {
	return []SettingGroup{
		{"people.numbers", []Setting{
			rowChoice(phone.KeyRegion, "globe", "people.region", "", RegionChoices),
			rowText(phone.KeyAreaCode, "grip", "people.area", "people.area_help", bare(AreaCode)),
		}},
		{"people.emergency", []Setting{
			rowText(phone.KeyEmergency, "life-buoy", "people.emergency", "people.emergency_help", bare(EmergencyNumbers)),
			rowOwn("emergency", "settings.emergency_warning"),
		}},
	}
}

func messageGroups() []SettingGroup {
	return []SettingGroup{
		{Rows: []Setting{rowOwn("templates", "template.title"), rowOwn("lookups", "lookup.title")}},
		{Rows: []Setting{rowChoice(phone.KeyMailSeparator, "mail", "settings.mail_separator", "", SeparatorChoices)}},
	}
}

func queueGroups() []SettingGroup {
	return []SettingGroup{{Rows: []Setting{rowSwitch(phone.KeyQueueButtons)}}, {Rows: []Setting{rowOwn("queues", "settings.queues")}}}
}

func linkGroups() []SettingGroup {
	link := func(key string) Setting {
		return rowText(key, "link", "", "", func(_ Scene, typed string) (string, string) { return WebAddress(key, typed) })
	}
	return []SettingGroup{
		{"settings.links_pages", []Setting{link(phone.KeyLinkPage), link(phone.KeyLinkProfile), link(phone.KeyLinkHelp), link(phone.KeyLinkPrivacy), link(phone.KeyLinkAgreement)}},
		{"settings.links_support", []Setting{
			rowText(phone.KeySupportPhone, "phone", "", "", bare(SupportNumber)),
			rowText(phone.KeySupportMail, "mail", "", "", bare(MailAddress)),
			rowText(phone.KeySupportHours, "clock", "", "", bare(SupportHours)),
		}},
	}
}

func advancedGroups() []SettingGroup {
	return []SettingGroup{
		{"settings.advanced_exchange", []Setting{
			rowSwitch(phone.KeyPublish),
			rowChoice(phone.KeyWatchPeople, "users", "people.lamps", "people.lamps_help", WatchChoices),
			rowSwitch(phone.KeyAllowDirect),
		}},
		{"settings.codecs", []Setting{rowOwn(phone.KeyCodecs, "settings.codecs")}},
		{"settings.passwords", []Setting{rowOwn(phone.KeyPasswordPlace, "settings.passwords")}},
	}
}
