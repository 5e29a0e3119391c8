package phone

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The setting keys. A new setting is one entry in settingDefs; store, svaractl and the engine take it from there.
const (
	KeyInput         = "audio.input"       // microphone: device ID, empty for the system's choice
	KeyOutput        = "audio.output"      // speaker or headset
	KeyRing          = "audio.ring"        // ring device
	KeyVolume        = "audio.volume"      // speaker volume, percent 0..200
	KeyMicVolume     = "audio.mic_volume"  // microphone level, percent 0..200
	KeyRingVolume    = "audio.ring_volume" // percent 0..100
	KeyWaitingBeep   = "audio.waiting_beep"
	KeyToneCountry   = "audio.tone_country"   // which country's ringback, busy and waiting tones
	KeyCodecs        = "call.codecs"          // in order of preference
	KeyEnterAnswers  = "call.enter_answers"   // Enter answers, not only the number pad's
	KeyAllowDirect   = "call.allow_direct"    // ring for calls that do not come by way of the registrar
	KeyLanguage      = "ui.language"          // sv, en, or auto for the system's
	KeyTheme         = "ui.theme"             // light, dark, contrast or auto
	KeyTextSize      = "ui.text_size"         // percent 80..200
	KeyRaiseOnRing   = "ui.raise_on_ring"     // the card takes the focus
	KeyFirstStart    = "ui.first_start"       // true until the user has chosen how to begin
	KeyTransferKind  = "transfer.kind"        // the standard kind: direct, announced or none
	KeyRecallAfter   = "transfer.recall"      // seconds until an unanswered transfer comes back, 0 for never
	KeyRecallBusy    = "transfer.recall_busy" // what a returning caller gets while we talk: busy or hold
	KeyCampReminder  = "camp.reminder"        // seconds between reminders of a camped-on call
	KeyCallWaiting   = "call.waiting"         // a second call is let in; else it hears busy
	KeyAutoAnswer    = "call.auto_answer"     // off, pbx (when our exchange asks for it), or seconds 0..60 for every call
	KeyNextBeep      = "call.next_beep"       // three beeps when a call came back
	KeyRecordFormat  = "record.format"        // wav or opus
	KeyRecordStereo  = "record.stereo"        // we left, they right; else both in one channel
	KeyRecordBeep    = "record.beep"          // the other side hears a beep every 15 s while recorded
	KeyRecordFolder  = "record.folder"        // empty: the profile's own
	KeyWatchOwn      = "call.watch_own"       // show our calls on other devices
	KeyPlayDevice    = "play.device"          // where recordings and voice messages are played: output or ring
	KeySearchDelay   = "search.delay"         // milliseconds after the last key before people are searched
	KeyRegion        = "numbers.region"       // ISO 3166 country whose national numbers are meant
	KeyAreaCode      = "numbers.area"         // area code of local numbers, such as 08; empty for none
	KeyEmergency     = "numbers.emergency"    // never altered, queued or withheld; comma-separated
	KeyWatchPeople   = "people.watch"         // lamps of: colleagues, favourites or none
	KeyPublish       = "presence.publish"     // tell the exchange what the user does
	KeyMailSeparator = "mail.separator"       // between several e-mail addresses: semicolon or comma
	KeyQueueButtons  = "ui.queue_buttons"     // queues also in the normal view
	KeyPasswordPlace = "store.secrets"        // where passwords are kept: keyring or file (read only)
	KeyView          = "ui.view"              // the main window: normal, attendant or acd
	KeyNormalSize    = "ui.size.normal"       // width x height of each view, dp at 100 %, as "420x760"; empty is the view's own
	KeyAttendantSize = "ui.size.attendant"
	KeyACDSize       = "ui.size.acd"
	KeyNormalAt      = "ui.place.normal" // where each view stands on the desktop, in its own units, as "120,-40"; empty is where the system puts it
	KeyAttendantAt   = "ui.place.attendant"
	KeyACDAt         = "ui.place.acd"
	KeyACDOnTop      = "ui.acd_on_top"
	KeyHelpNumber    = "acd.help_number"   // who is asked for help during a call
	KeyBoardSort     = "board.sort"        // reach (who can take a call first) or name
	KeyBoardLayout   = "board.layout"      // tiles or list
	KeyCompact       = "ui.compact"        // lists with one line a row
	KeyReduceMotion  = "ui.reduce_motion"  // nothing fades, blinks or swings
	KeyVisualRing    = "ui.visual_ring"    // the window's edge flashes while it rings
	KeyCloseToTray   = "ui.close_to_tray"  // closing the window leaves the phone in the tray
	KeyWaitLong      = "wait.long"         // seconds until waiting is long: amber
	KeyWaitTooLong   = "wait.too_long"     // and too long: red
	KeyKeys          = "ui.keys"           // rebound keys: JSON, command id to chords; empty is the defaults
	KeyNotifyRing    = "notify.ring"       // desktop notifications, by kind
	KeyNotifyMissed  = "notify.missed"     //
	KeyNotifyMessage = "notify.message"    // text messages
	KeyNotifyMail    = "notify.voicemail"  // new voice messages
	KeyNotifyLost    = "notify.connection" // the exchange does not answer, or does again
	KeyLinkPage      = "link.page"         // my page, help, privacy, agreement: http(s) addresses, empty for none
	KeyLinkProfile   = "link.profile"      // one's settings at the exchange's own pages
	KeyLinkHelp      = "link.help"
	KeyLinkPrivacy   = "link.privacy"
	KeyLinkAgreement = "link.agreement"
	KeySupportPhone  = "support.phone" // customer service: number, e-mail, hours in words
	KeySupportMail   = "support.mail"
	KeySupportHours  = "support.hours"
	KeyEchoCancel    = "audio.echo_cancel" // what the speaker plays is taken out of the microphone
	KeyNoise         = "audio.noise"       // how much noise is taken out: off, low, medium or high
	KeyAutoLevel     = "audio.auto_level"  // the microphone's level follows the voice
	KeyHighPass      = "audio.high_pass"   // hum and rumble below speech are taken out
	KeyQualityHint   = "call.quality_hint" // say in words when a call sounds bad
)

type settingDef struct {
	fallback string
	valid    func(string) bool
}

func oneOf(values ...string) func(string) bool {
	return func(v string) bool { return slices.Contains(values, v) }
}

func within(low, high int) func(string) bool {
	return func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= low && n <= high
	}
}

func text(limit int) func(string) bool {
	return func(v string) bool { return len(v) <= limit && !strings.ContainsAny(v, "\r\n\x00") }
}

// codecNames are the codecs there are; a setting names some of them once each, in order.
var codecNames = []string{"opus", "g722", "pcma", "pcmu"}

func codecList(v string) bool {
	seen := map[string]bool{}
	for name := range strings.SplitSeq(v, ",") {
		if !slices.Contains(codecNames, name) || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

func autoAnswer(v string) bool { return v == "off" || v == "pbx" || within(0, 60)(v) }

// size is a window's width and height.
func size(v string) bool {
	width, height, two := strings.Cut(v, "x")
	return v == "" || two && within(100, 10000)(width) && within(100, 10000)(height)
}

// place is a window's left and upper edge.
func place(v string) bool {
	x, y, two := strings.Cut(v, ",")
	on := within(-100000, 100000)
	return v == "" || two && on(x) && on(y)
}

// link is an address that a browser may be told to open.
func link(v string) bool {
	return v == "" || text(500)(v) && (strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://"))
}

// region is a country's two letters; whether there is such a country, phone/numbers knows.
func region(v string) bool {
	return len(v) == 2 && strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func areaCode(v string) bool { return v == "" || digits(v) && len(v) <= 6 }

func numberList(v string) bool {
	for n := range strings.SplitSeq(v, ",") {
		if !digits(n) || len(n) > 8 {
			return v == ""
		}
	}
	return true
}

var boolean = oneOf("true", "false")

var settingDefs = map[string]settingDef{
	KeyInput:         {"", text(300)},
	KeyOutput:        {"", text(300)},
	KeyRing:          {"", text(300)},
	KeyVolume:        {"100", within(0, 200)},
	KeyMicVolume:     {"100", within(0, 200)},
	KeyRingVolume:    {"80", within(0, 100)},
	KeyWaitingBeep:   {"true", boolean},
	KeyToneCountry:   {"se", oneOf("se", "gb", "us", "de", "fr", "no", "dk", "fi")},
	KeyCodecs:        {"opus,g722,pcma,pcmu", codecList},
	KeyEnterAnswers:  {"true", boolean},
	KeyAllowDirect:   {"false", boolean},
	KeyLanguage:      {"auto", oneOf("auto", "sv", "en")},
	KeyTheme:         {"auto", oneOf("auto", "light", "dark", "contrast")},
	KeyTextSize:      {"100", within(80, 200)},
	KeyRaiseOnRing:   {"false", boolean},
	KeyFirstStart:    {"true", boolean},
	KeyTransferKind:  {"announced", oneOf("announced", "direct", "none")},
	KeyRecallAfter:   {"45", within(0, 600)},
	KeyRecallBusy:    {"busy", oneOf("busy", "hold")},
	KeyCampReminder:  {"60", within(5, 3600)},
	KeyCallWaiting:   {"true", boolean},
	KeyAutoAnswer:    {"off", autoAnswer},
	KeyNextBeep:      {"true", boolean},
	KeyRecordFormat:  {"wav", oneOf("wav", "opus")},
	KeyRecordStereo:  {"true", boolean},
	KeyRecordBeep:    {"false", boolean},
	KeyRecordFolder:  {"", text(1000)},
	KeyWatchOwn:      {"true", boolean},
	KeyPlayDevice:    {"output", oneOf("output", "ring")},
	KeySearchDelay:   {"50", within(50, 2000)},
	KeyRegion:        {"SE", region},
	KeyAreaCode:      {"", areaCode},
	KeyEmergency:     {"112,911,999", numberList},
	KeyWatchPeople:   {"colleagues", oneOf("colleagues", "favourites", "none")},
	KeyPublish:       {"true", boolean},
	KeyMailSeparator: {"semicolon", oneOf("semicolon", "comma")},
	KeyQueueButtons:  {"true", boolean},
	KeyPasswordPlace: {"keyring", oneOf("keyring", "file")},
	KeyView:          {"normal", oneOf("normal", "attendant", "acd")},
	KeyNormalSize:    {"", size},
	KeyAttendantSize: {"", size},
	KeyACDSize:       {"", size},
	KeyNormalAt:      {"", place},
	KeyAttendantAt:   {"", place},
	KeyACDAt:         {"", place},
	KeyACDOnTop:      {"true", boolean},
	KeyHelpNumber:    {"", text(100)},
	KeyBoardSort:     {"reach", oneOf("reach", "name")},
	KeyBoardLayout:   {"tiles", oneOf("tiles", "list")},
	KeyCompact:       {"false", boolean},
	KeyReduceMotion:  {"false", boolean},
	KeyVisualRing:    {"false", boolean},
	KeyCloseToTray:   {"false", boolean},
	KeyWaitLong:      {"60", within(5, 3600)},
	KeyWaitTooLong:   {"120", within(5, 7200)},
	KeyKeys:          {"", text(20000)},
	KeyNotifyRing:    {"true", boolean},
	KeyNotifyMissed:  {"true", boolean},
	KeyNotifyMessage: {"true", boolean},
	KeyNotifyMail:    {"true", boolean},
	KeyNotifyLost:    {"true", boolean},
	KeyLinkPage:      {"", link},
	KeyLinkProfile:   {"", link},
	KeyLinkHelp:      {"", link},
	KeyLinkPrivacy:   {"", link},
	KeyLinkAgreement: {"", link},
	KeySupportPhone:  {"", text(100)},
	KeySupportMail:   {"", text(200)},
	KeySupportHours:  {"", text(200)},
	KeyEchoCancel:    {"true", boolean},
	KeyNoise:         {"medium", oneOf("off", "low", "medium", "high")},
	KeyAutoLevel:     {"true", boolean},
	KeyHighPass:      {"true", boolean},
	KeyQualityHint:   {"true", boolean},
}

// Settings are the user's choices. Only what differs from the default is in the map. A Settings in a snapshot is never
// changed; With makes a new one.
type Settings map[string]string

// SettingKeys is every key there is, sorted.
func SettingKeys() []string { return slices.Sorted(maps.Keys(settingDefs)) }

// Get is the value of a key, or its default.
func (s Settings) Get(key string) string {
	if v, ok := s[key]; ok {
		return v
	}
	return settingDefs[key].fallback
}

// Bool is a yes-or-no setting.
func (s Settings) Bool(key string) bool { return s.Get(key) == "true" }

// Int is a number setting.
func (s Settings) Int(key string) int {
	n, _ := strconv.Atoi(s.Get(key))
	return n
}

// List is a comma-separated setting.
func (s Settings) List(key string) []string { return strings.Split(s.Get(key), ",") }

// CheckSetting refuses an unknown key or an impossible value.
func CheckSetting(key, value string) error {
	def, ok := settingDefs[key]
	if !ok {
		return Refuse(ReasonBadSetting, key)
	}
	if !def.valid(value) {
		return Refuse(ReasonBadSetting, key+"="+value)
	}
	return nil
}

// With is a copy with one value changed. The pair has passed CheckSetting.
func (s Settings) With(key, value string) Settings {
	out := maps.Clone(s)
	if out == nil {
		out = Settings{}
	}
	if value == settingDefs[key].fallback {
		delete(out, key)
	} else {
		out[key] = value
	}
	return out
}
