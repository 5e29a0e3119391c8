package voicemail

import (
	"strings"
	"testing"
	"time"
)

func TestCallerOfWhatExchangesSend(t *testing.T) {
	for what, c := range map[string]struct {
		header, text string
		number, name string
		length       time.Duration
	}{
		"asterisk as it comes": {
			"From: \"Asterisk PBX\" <asterisk@pbx.example.com>\nSubject: [PBX]: New message 1 in mailbox 1234\nX-Asterisk-CallerID: 0701234567\nX-Asterisk-CallerIDName: Anna Berg",
			"Dear Bo:\n\n\tJust wanted to let you know you were just left a 0:12 long message (number 1)\nin mailbox 1234 from \"Anna Berg\" <0701234567>, on Sunday, November 22, 2026 at 02:05:11 PM so you might\nwant to check it when you get a chance.  Thanks!\n",
			"0701234567", "Anna Berg", 12 * time.Second,
		},
		"asterisk without its headers": {
			"From: Asterisk PBX <asterisk@pbx>\nSubject: [PBX]: New message 1 in mailbox 1234",
			"you were just left a 1:02:03 long message (number 3)\nin mailbox 1234 from \"070-123 45 67\" <0701234567>, on", "0701234567", "", time.Hour + 2*time.Minute + 3*time.Second,
		},
		"asterisk imap storage": {
			"X-Asterisk-VM-Caller-ID-Num: +46701234567\nX-Asterisk-VM-Caller-ID-Name: =?UTF-8?Q?=C3=85sa_=C3=96berg?=\nX-Asterisk-VM-Duration: 75\nX-Asterisk-VM-Flag: Urgent", "",
			"+46701234567", "Åsa Öberg", 75 * time.Second,
		},
		"asterisk, nobody": {
			"From: asterisk@pbx\nX-Asterisk-CallerID: Unknown", "in mailbox 1234 from an unknown caller, on Sunday, left a 0:05 long message", "", "", 5 * time.Second,
		},
		"freepbx": {
			"From: Voicemail <voicemail@pbx.example.com>\nSubject: [FreePBX] New message 2 in mailbox 200", "Bo,\n\nThere is a new voicemail in mailbox 200:\n\n\tFrom:\t\"ANNA BERG\" <0701234567>\n\tLength:\t0:07 seconds\n\tDate:\tSunday, November 22, 2026 at 02:05:11 PM\n",
			"0701234567", "ANNA BERG", 7 * time.Second,
		},
		"freeswitch": {
			"From: \"Anna Berg\" <200@pbx.example.com>\nSubject: Voicemail from \"Anna Berg\" <0701234567> 00:00:21", "At Sunday you were left a voicemail\nFrom: \"Anna Berg\" <0701234567>\nDuration: 00:00:21\n",
			"0701234567", "Anna Berg", 21 * time.Second,
		},
		"exchange um": {
			"From: Anna Berg <anna@example.com>\nSubject: Voice Mail from Anna Berg (32 seconds)\nX-CallingTelephoneNumber: +46 (0)70-123 45 67\nX-VoiceMessageDuration: 32", "", "+46701234567", "Anna Berg", 32 * time.Second,
		},
		"unity": {"From: 0701234567@pbx.example.com\nSubject: Message from 0701234567", "", "0701234567", "", 0},
		"3cx": {
			"From: 3CX Phone System <noreply@3cx.net>\nSubject: New Voice Message from Anna Berg (0701234567)", "", "0701234567", "Anna Berg", 0,
		},
		"swedish subject": {
			"From: =?utf-8?Q?R=C3=B6stbrevl=C3=A5da?= <noreply@vaxel.se>\nSubject: =?utf-8?B?Tnl0dCByw7ZzdG1lZGRlbGFuZGUgZnLDpW4gMDcwLTEyMyA0NSA2Nw==?=",
			"Du har fått ett röstmeddelande.\n\nLängd: 1 min 5 sek\n", "0701234567", "", 65 * time.Second,
		},
		"swedish text": {
			"From: Växeln <vaxel@foretag.se>\nSubject: Nytt meddelande i din brevlåda", "Du har ett nytt meddelande från Åsa Öberg (08-123 456).\r\nDatum: 2026-11-22\r\nVaraktighet: 00:14\r\n", "08123456", "Åsa Öberg", 14 * time.Second,
		},
		"swedish fields":         {"Subject: Röstmeddelande", "Uppringare: 0046701234567\nMottaget: 2026-11-22 14:05\nSpeltid 9 sekunder", "0046701234567", "", 9 * time.Second},
		"an extension":           {"From: Bo <bo@x>\nSubject: New voicemail from 2101", "", "2101", "Bo", 0},
		"a date is no number":    {"Subject: Voicemail from 2026-11-22 14:05", "From: 2026-11-22", "", "", 0},
		"a private person":       {"From: Anna Berg <anna@example.com>\nSubject: hello", "", "", "Anna Berg", 0},
		"hidden":                 {"From: PBX <pbx@x>\nSubject: Röstmeddelande från \"Hemligt nummer\"", "", "", "", 0},
		"turned around and so":   {"X-Asterisk-CallerIDName: An\u202ena\x07 Berg\nX-Asterisk-CallerID: 0701234567", "", "0701234567", "Anna Berg", 0},
		"a line that goes on":    {"Subject: New message\n from 0701234567", "", "0701234567", "", 0},
		"broken lines":           {"no colon here\n: empty\nSubject\nX-Asterisk-CallerID: 0701234567", "", "0701234567", "", 0},
		"latin 1 in the open":    {"X-Asterisk-CallerIDName: \xc5sa\nX-Asterisk-CallerID: 123456", "", "123456", "?sa", 0},
		"endless":                {"X-Asterisk-VM-Duration: 99999999\nX-Asterisk-CallerID: 123456", "", "123456", "", 0},
		"number as its own name": {"X-Asterisk-CallerIDName: 070-123 45 67\nX-Asterisk-CallerID: 0701234567", "", "0701234567", "", 0},
	} {
		var m message
		h := parseHeader([]byte(strings.ReplaceAll(c.header, "\n", "\r\n")))
		got := h.caller()
		got.fill(&m.VoiceMessage)
		fromText(c.text).fill(&m.VoiceMessage)
		if m.From.Number != c.number || m.From.Name != c.name || m.Duration != c.length {
			t.Errorf("%s: %q %q %v, should be %q %q %v", what, m.From.Number, m.From.Name, m.Duration, c.number, c.name, c.length)
		}
		if urgent := strings.Contains(c.header, "Urgent"); h.urgent() != urgent {
			t.Errorf("%s: urgent is %v", what, !urgent)
		}
	}
}

func TestPartDecode(t *testing.T) {
	for what, c := range map[string]struct {
		part part
		in   string
		out  string
	}{
		"as it is":          {part{encoding: "8bit", charset: "utf-8"}, "från Åsa", "från Åsa"},
		"quoted":            {part{encoding: "quoted-printable", charset: "iso-8859-1"}, "fr=E5n =C5sa", "från Åsa"},
		"base64":            {part{encoding: "base64", charset: "UTF-8"}, "ZnLDpW4gw4Vz\r\nYQ==\r\n", "från Åsa"},
		"base64 cut":        {part{encoding: "base64"}, "ZnLDpW4gw4Vz YQ", "från Åsa"},
		"base64 with dirt":  {part{encoding: "base64"}, "ZnLD-!\x00pW4g\r\nw4Vz==YQ", "från Åsa"},
		"html":              {part{encoding: "7bit", html: true}, "<style>p{x}</style><p>Fr&aring;n <b>\u00c5sa</b><br>Nummer: 12</p>", "Från  Åsa \nNummer: 12\n"},
		"unknown character": {part{encoding: "7bit", charset: "klingon"}, "abc", "abc"},
	} {
		got := c.part.decode([]byte(c.in))
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.out), " ") {
			t.Errorf("%s: %q", what, got)
		}
	}
}

func TestFileNames(t *testing.T) {
	for in, want := range map[string]string{
		"Anna Berg": "Anna Berg", "../../etc/passwd": "_.._etc_passwd", "a/b\\c:d": "a_b_c_d", "  ..  ": "", "Åsa\x00\n Ö": "Åsa Ö", "+46 70": "+46 70", "a\u202eb": "ab",
		strings.Repeat("å", 300): strings.Repeat("å", 80),
	} {
		if got := fileName(in); got != want && got != want+"_" {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func FuzzCaller(f *testing.F) {
	f.Add([]byte("Subject: from \"A\" <12345>\r\n\tlong\r\nFrom: =?utf-8?Q?a?= <1@b>"), "left a 0:12 long message from (0)")
	f.Fuzz(func(t *testing.T, b []byte, text string) {
		var m message
		c := parseHeader(b).caller()
		c.fill(&m.VoiceMessage)
		fromText(text).fill(&m.VoiceMessage)
		if len([]rune(m.From.Name)) > 100 || len(m.From.Number) > 21 || m.Duration < 0 || m.Duration > 24*time.Hour {
			t.Errorf("%+v", m.VoiceMessage)
		}
	})
}
