package present

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// notOffered are the settings without a row: what the window keeps for itself.
var notOffered = []string{phone.KeyNormalSize, phone.KeyAttendantSize, phone.KeyACDSize, phone.KeyNormalAt, phone.KeyAttendantAt, phone.KeyACDAt, phone.KeyFirstStart}

// TestEverySettingHasARow: what can be set can be set in the settings, once.
func TestEverySettingHasARow(t *testing.T) {
	seen := map[string]string{}
	for _, g := range SettingPages() {
		for _, p := range g.Pages {
			for _, group := range p.Groups {
				for _, r := range group.Rows {
					if before, twice := seen[r.ID]; twice {
						t.Errorf("%s is on %s and %s", r.ID, before, p.ID)
					}
					seen[r.ID] = p.ID
				}
			}
		}
	}
	for _, key := range phone.SettingKeys() {
		_, there := seen[key]
		if hidden := slices.Contains(notOffered, key); there == hidden {
			t.Errorf("%s: has a row %v", key, there)
		}
	}
}

// TestRowsHaveWords: in both languages, and those that are chosen from or written in have what that needs.
func TestRowsHaveWords(t *testing.T) {
	for _, language := range text.Languages() {
		text.SetLanguage(language)
		for _, g := range SettingPages() {
			for _, p := range g.Pages {
				keys := []string{g.Title, p.Title}
				for _, group := range p.Groups {
					keys = append(keys, group.Title)
					for _, r := range group.Rows {
						keys = append(keys, r.TitleKey(), r.HelpKey(), r.Holder, r.Unit)
						if (r.Kind == SettingChoice) != (r.Choices != nil) || (r.Kind == SettingText) != (r.Check != nil) {
							t.Errorf("%s cannot be drawn", r.ID)
						}
					}
				}
				for _, key := range keys {
					if key != "" && !text.Has(key) {
						t.Errorf("%s: no text %q in %s", p.ID, key, language)
					}
				}
			}
		}
	}
	text.SetLanguage("en")
}

// TestChoicesOfPages: what a page offers is what the phone takes, and one of it is chosen.
func TestChoicesOfPages(t *testing.T) {
	for _, g := range SettingPages() {
		for _, p := range g.Pages {
			for _, group := range p.Groups {
				for _, r := range group.Rows {
					if r.Choices == nil {
						continue
					}
					chosen := 0
					for _, c := range r.Choices(scene()) {
						if err := phone.CheckSetting(r.ID, c.Value); err != nil {
							t.Errorf("%s=%s: %v", r.ID, c.Value, err)
						}
						if c.Chosen {
							chosen++
						}
					}
					if chosen != 1 {
						t.Errorf("%s: %d are chosen", r.ID, chosen)
					}
				}
			}
		}
	}
}

func TestSearchSettings(t *testing.T) {
	for typed, want := range map[string]string{
		"micro": phone.KeyInput, "mikrofon": phone.KeyInput, "dark": phone.KeyTheme, "språk": phone.KeyLanguage, "sprak": phone.KeyLanguage,
		"emergency": phone.KeyEmergency, "nödnummer": phone.KeyEmergency, "too long": phone.KeyWaitTooLong, "licens": "", "imap": "mailservers", "codec": phone.KeyCodecs,
		"call beep second": phone.KeyWaitingBeep, "xyzzy": "",
	} {
		hits := SearchSettings(scene(), typed)
		found := slices.ContainsFunc(hits, func(h SettingHit) bool { return h.ID == want })
		if want != "" && !found || typed == "xyzzy" && len(hits) > 0 {
			t.Errorf("%q finds %+v", typed, hits)
		}
	}
	if hits := SearchSettings(scene(), "text size"); len(hits) == 0 || hits[0].ID != phone.KeyTextSize || hits[0].Page != "look" || hits[0].Where == "" {
		t.Errorf("the one whose name it is goes first: %+v", hits)
	}
	if hits := SearchSettings(scene(), " "); hits != nil {
		t.Errorf("nothing typed finds %+v", hits)
	}
}

func TestChecksOfWords(t *testing.T) {
	link := func(typed string) (string, string) { return WebAddress(phone.KeyLinkHelp, typed) }
	for _, c := range []struct {
		check       func(string) (string, string)
		typed, want string
		ok          bool
	}{
		{link, "", "", true}, {link, "https://a.example.com/x", "https://a.example.com/x", true}, {link, " intranet.example.com ", "https://intranet.example.com", true},
		{link, "ftp://example.com", "", false}, {link, "javascript:alert(1)", "", false}, {link, "my page", "", false}, {link, "https://", "", false},
		{MailAddress, "support@example.com", "support@example.com", true}, {MailAddress, "", "", true}, {MailAddress, "support", "", false}, {MailAddress, "Bo <bo@example.com>", "", false},
		{HelpNumber, "", "", true}, {HelpNumber, "08-12 34", "081234", true}, {HelpNumber, "help me", "", false},
		{SupportNumber, "08-12 34", "08-12 34", true}, {SupportNumber, "at the desk", "", false},
		{SupportHours, "8-17", "8-17", true}, {SupportHours, strings.Repeat("x", 300), "", false},
	} {
		value, wrong := c.check(c.typed)
		if value != c.want || (wrong == "") != c.ok {
			t.Errorf("%q: %q, %q", c.typed, value, wrong)
		}
	}
}

func TestTooLongIsMoreThanLong(t *testing.T) {
	s := scene(func(s *phone.Snapshot) { s.Settings = phone.Settings{phone.KeyWaitLong: "30"} })
	for _, c := range []struct {
		key, typed string
		ok         bool
	}{
		{phone.KeyWaitLong, "60", true}, {phone.KeyWaitLong, "120", false}, {phone.KeyWaitTooLong, "31", true}, {phone.KeyWaitTooLong, "30", false}, {phone.KeyWaitTooLong, "x", false},
	} {
		if _, wrong := secondsIn(s, c.key, c.typed); (wrong == "") != c.ok {
			t.Errorf("%s %s: %q", c.key, c.typed, wrong)
		}
	}
}

func TestCodecs(t *testing.T) {
	used := CodecsOf(scene().Snap, phone.Account{})
	if got := MoveCodec(used, "pcma", -1); got != "opus,pcma,g722,pcmu" {
		t.Errorf("earlier: %s", got)
	}
	if got := MoveCodec(used, "opus", -1); got != "opus,g722,pcma,pcmu" {
		t.Errorf("the first cannot go earlier: %s", got)
	}
	s := scene(func(s *phone.Snapshot) { s.Settings = phone.Settings{phone.KeyCodecs: "pcma"} })
	used = CodecsOf(s.Snap, phone.Account{})
	rows := CodecRows(used)
	if len(rows) != 4 || !rows[0].Locked || !rows[0].On || rows[1].On || rows[0].Up || rows[0].Down {
		t.Errorf("%+v", rows)
	}
	if SwitchCodec(used, "pcma", false) != "pcma" || SwitchCodec(used, "opus", true) != "pcma,opus" {
		t.Error("the last one stays on")
	}
	if own := CodecsOf(s.Snap, phone.Account{Codecs: "opus,pcmu"}); !slices.Equal(own, []string{"opus", "pcmu"}) {
		t.Errorf("an account's own: %q", own)
	}
}

func TestSoundTestInWords(t *testing.T) {
	begun := scene().Now
	run := func(mic, speaker float64) SoundTest {
		var x SoundTest
		at := begun
		for ; at.Sub(begun) < phone.SoundTestTurn; at = at.Add(50 * time.Millisecond) {
			x = x.Follow(&phone.SoundTest{Kind: phone.SoundTestEcho, Begun: begun}, at, phone.Levels{Microphone: mic, Speaker: -90})
		}
		if _, words, _ := x.Verdict(scene()); words != text.T("soundtest.speak") || !x.Running() {
			t.Errorf("while it listens: %q", words)
		}
		x = x.Follow(&phone.SoundTest{Kind: phone.SoundTestEcho, Begun: begun, Playing: true}, at, phone.Levels{Microphone: -90, Speaker: speaker})
		if _, words, _ := x.Verdict(scene()); words != text.T("soundtest.listen") {
			t.Errorf("while it plays: %q", words)
		}
		return x.Follow(nil, at, phone.Levels{Microphone: -90, Speaker: -90})
	}
	for _, c := range []struct {
		mic, speaker float64
		want         string
		tone         Tone
	}{{-15, -20, "good", ToneGreen}, {-80, -80, "silent", ToneRed}, {-40, -40, "low", ToneAmber}, {-1, -5, "loud", ToneRed}, {-15, -90, "mute", ToneAmber}} {
		x := run(c.mic, c.speaker)
		if _, words, tone := x.Verdict(scene()); words != text.T("soundtest."+c.want) || tone != c.tone {
			t.Errorf("%v dB in, %v out: %q", c.mic, c.speaker, words)
		}
		for i, v := range x.Heard {
			if v != c.mic {
				t.Fatalf("step %d shows %v", i, v)
			}
		}
	}
	cut := SoundTest{}
	for i, l := range []phone.Levels{{Microphone: -15}, {Microphone: -15, Clipping: true}, {Microphone: -15}} { // its level is mended
		cut = cut.Follow(&phone.SoundTest{Kind: phone.SoundTestEcho, Begun: begun, Playing: i == 2}, begun.Add(time.Duration(i)*time.Second), l)
	}
	if _, words, _ := cut.Follow(nil, begun, phone.Levels{}).Verdict(scene()); words != text.T("soundtest.loud") {
		t.Errorf("cut off: %q", words)
	}
	muted := scene(func(s *phone.Snapshot) {
		s.Audio = phone.AudioStatus{Input: "h2", Devices: []phone.Device{{ID: "h2", Name: "Nordljud H2", Input: true, Muted: true}}}
	})
	if _, words, _ := run(-80, -80).Verdict(muted); words != text.Reason(phone.Reason{ID: phone.ReasonMicMuted, Text: "Nordljud H2"}) {
		t.Errorf("muted in the system: %q", words)
	}
	x := SoundTest{}.Follow(&phone.SoundTest{Kind: phone.SoundTestEcho, Begun: begun}, begun, phone.Levels{})
	if _, words, _ := x.Follow(nil, begun, phone.Levels{}).Verdict(scene()); words != text.T("soundtest.broken_off") {
		t.Errorf("stopped: %q", words)
	}
}

func TestMailServerForm(t *testing.T) {
	e := MailServerEditor()
	s := scene(func(s *phone.Snapshot) {
		s.Voicemail = phone.VoicemailState{Servers: []phone.MailServer{{ID: "m", Address: "imap.example.com", User: "bo"}},
			Boxes: []phone.Mailbox{{ID: "m", Visual: true, Reason: &phone.Reason{ID: phone.ReasonMailPassword}}}}
	})
	if rows := e.Rows(s); len(rows) != 1 || rows[0].Title != "imap.example.com" || rows[0].Warn != text.Reason(phone.Reason{ID: phone.ReasonMailPassword}) {
		t.Errorf("%+v", rows)
	}
	v := e.Start(s, "")
	if f := e.Form(s, "", v); f.Faulty() != "address" {
		t.Errorf("empty: %q is wrong", f.Faulty())
	}
	for typed, ok := range map[string]bool{"imap.example.com": true, "imap.example.com:993": true, "[::1]:143": true, "imap.example.com:x": false, "https://imap": false, "a b": false, "": false} {
		if wrong := mailAddressWrong(typed); (wrong == "") != ok {
			t.Errorf("%q: %q", typed, wrong)
		}
	}
	v["address"], v["user"], v["password"], v["tls"] = "imap.example.com:143", "bo", "hemligt", "starttls"
	if f := e.Form(s, "", v); f.Faulty() != "" {
		t.Errorf("whole: %q is wrong", f.Faulty())
	}
	put, ok := e.Commands(s, "", "new1", v)[0].(phone.PutMailServer)
	if !ok || put.Server.ID != "new1" || put.Server.TLS != phone.MailTLSStart || put.Password != "hemligt" {
		t.Errorf("%+v", put)
	}
	if v := e.Start(s, "m"); v["password"] != "" || e.Form(s, "m", v).Faulty() != "" {
		t.Errorf("the stored password: %q, %q is wrong", v["password"], e.Form(s, "m", v).Faulty())
	}
}

func TestSupportMessage(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Settings = phone.Settings{phone.KeySupportMail: "support@example.com", phone.KeyLinkHelp: "https://help.example.com"}
	})
	c := SupportOf(s, "1.2")
	if !strings.HasPrefix(c.Message, "mailto:support@example.com?subject=") || !strings.Contains(c.Message, "1.2") || strings.ContainsAny(c.Message, " \n") {
		t.Errorf("%q", c.Message)
	}
	if got := LinkButtons(s); len(got) != 1 || got[0].URL != "https://help.example.com" {
		t.Errorf("%+v", got)
	}
	if SupportOf(scene(), "1").Any() {
		t.Error("there is a customer service that nobody has set")
	}
}
