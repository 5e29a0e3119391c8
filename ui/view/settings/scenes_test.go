package settings

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

var scenes = map[string]func(*fake){
	Calls:         nil,
	Recording:     nil,
	Notifications: nil,
	Views:         nil,
	Numbers:       nil,
	Advanced:      nil,
	Diagnostics: func(f *fake) {
		f.collector.StartCollecting()
		f.collector.now.Since, f.collector.now.Lines, f.collector.now.Messages, f.collector.now.Samples = f.snap.Time, 1240, 96, 181
		f.show()
	},
	Links: func(f *fake) {
		f.apply(phone.Set{Key: phone.KeyLinkHelp, Value: "https://hjalp.example.com"})
		f.show()
	},
	Look: nil,
	Accounts: func(f *fake) {
		f.view.accounts.own["elin"].show(true)
	},
	"accounts-advanced": func(f *fake) {
		s := *f.snap
		a := s.Accounts[0]
		a.SRTP, a.Transport, a.ICE, a.TURN, a.TURNUser, a.Codecs = phone.SRTPRequired, phone.TransportUDP, true, "turn.example.com", "elin", "g722,pcma"
		s.Accounts = []phone.AccountStatus{a}
		f.snap = &s
		f.show()
		f.view.accounts.more["elin"].show(true)
	},
	"accounts-team": func(f *fake) {
		f.inTeam()
		f.openDevices()
	},
	"accounts-tls": func(f *fake) {
		s := *f.snap
		a := s.Accounts[0]
		a.Transport, a.SRTP, a.Keying, a.CAFile = phone.TransportTLS, phone.SRTPOptional, phone.KeyingDTLS, "/home/elin/vaxel-ca.pem"
		s.Accounts = []phone.AccountStatus{a}
		f.snap = &s
		f.show()
		f.view.accounts.more["elin"].show(true)
	},
	"accounts-form": func(f *fake) {
		f.snap.Accounts[0].Transport = phone.TransportTLS
		f.view.EditAccount("elin")
		for _, l := range find[*widget.Link](f.view.accounts.column) {
			if l.AccessibilityLabel() == text.T("signin.advanced") {
				l.Tapped(nil)
			}
		}
	},
	Sound: func(f *fake) {
		s := *f.snap
		s.Audio = phone.AudioStatus{Output: "out", Devices: []phone.Device{{ID: "h2", Name: "Nordljud H2", Input: true, Output: true}, {ID: "out", Name: "Inbyggda högtalare", Output: true, Default: true}}}
		s.Settings = phone.Settings{phone.KeyInput: "h2", phone.KeyOutput: "Nordljud H3", phone.KeyVolume: "70", phone.KeyRingVolume: "45"}
		f.snap = &s
		f.show()
		f.echo(-14, -20)
	},
	Voicemail: func(f *fake) {
		s := *f.snap
		s.Voicemail = phone.VoicemailState{Servers: []phone.MailServer{{ID: "a", Name: "Kontoret", Address: "imap.example.com", User: "elin"}, {ID: "b", Address: "mail.example.net:143", User: "elin", TLS: phone.MailTLSStart}},
			Boxes: []phone.Mailbox{{ID: "a", Visual: true, Known: true, New: 2, Old: 11}, {ID: "b", Visual: true, Reason: &phone.Reason{ID: phone.ReasonMailPassword}}}}
		f.snap = &s
		f.show()
	},
	About: func(f *fake) {
		for key, v := range map[string]string{phone.KeyLinkPage: "https://min.example.com", phone.KeyLinkHelp: "https://hjalp.example.com", phone.KeySupportPhone: "08-465 004 00", phone.KeySupportMail: "support@example.com", phone.KeySupportHours: "8-17"} {
			f.apply(phone.Set{Key: key, Value: v})
		}
		f.show()
	},
}

// echo runs a whole test call with oneself.
func (f *fake) echo(mic, speaker float64) {
	at := f.snap.Time.Add(time.Duration(len(f.view.test.verdict.Text())) * time.Second) // another test than the one before
	f.view.test.now = func() time.Time { return at }
	say := func(now *phone.SoundTest) {
		s := *f.snap
		s.SoundTest = now
		f.snap = &s
		f.show()
	}
	begun := at
	say(&phone.SoundTest{Kind: phone.SoundTestEcho, Begun: begun})
	for i := 0; at.Sub(begun) < phone.SoundTestTurn; i++ {
		f.view.Levels(phone.Levels{Microphone: mic - float64(i*7%23), Speaker: -100})
		at = at.Add(50 * time.Millisecond)
	}
	say(&phone.SoundTest{Kind: phone.SoundTestEcho, Begun: begun, Playing: true})
	f.view.Levels(phone.Levels{Microphone: -100, Speaker: speaker})
	say(nil)
}

func draw(f *fake, size fyne.Size) fyne.Canvas {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(f.view.Object())
	c.Resize(size)
	f.view.Object().Refresh()
	return c
}

// TestScreens compares the pages in both languages with their masters.
func TestScreens(t *testing.T) {
	for page, change := range scenes {
		if page == Diagnostics {
			continue // it names the system that it runs on
		}
		for _, language := range []string{"en", "sv"} {
			t.Run(page+"/"+language, func(t *testing.T) {
				f := open(t, page, language, 100, theme.ModeLight)
				if change != nil {
					change(f)
				}
				height := float32(1000)
				if strings.HasPrefix(page, "accounts-") {
					height = 1700
				}
				test.AssertRendersToMarkup(t, page+"-"+language+".xml", draw(f, fyne.NewSize(900, height)))
			})
		}
	}
}

// TestPictures keeps pictures to be looked at in the folder that SVARA_SCREENS names.
func TestPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	if folder == "" {
		t.Skip("no folder named")
	}
	for _, look := range []struct {
		name     string
		mode     theme.Mode
		percent  int
		language string
		w, h     float32
	}{
		{"light", theme.ModeLight, 100, "en", 900, 680}, {"dark-sv", theme.ModeDark, 100, "sv", 900, 680}, {"contrast-sv", theme.ModeContrast, 100, "sv", 900, 680}, {"narrow-sv", theme.ModeLight, 100, "sv", 640, 480},
		{"large-sv", theme.ModeLight, 200, "sv", 1500, 1300},
	} {
		for page, change := range scenes {
			if strings.HasPrefix(page, "accounts-") {
				look.h = max(look.h, 1700)
			}
			f := open(t, page, look.language, look.percent, look.mode)
			if change != nil {
				change(f)
			}
			file, err := os.Create(filepath.Join(folder, "settings-"+page+"-"+look.name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(file, draw(f, fyne.NewSize(look.w, look.h)).Capture()); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
