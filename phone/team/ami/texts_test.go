package ami

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

func TestPartsOfALongText(t *testing.T) {
	for name, s := range map[string]string{
		"short":           "Hej",
		"words":           strings.Repeat("Vi ses på måndag. ", 90),
		"without a blank": strings.Repeat("å", 1600),
		"four bytes":      strings.Repeat("👋", 1600),
	} {
		got := parts(s)
		if strings.Join(got, "") != s {
			t.Errorf("%s: something is lost", name)
		}
		for i, p := range got {
			if !utf8.ValidString(p) || base64.StdEncoding.EncodedLen(len(p)) > maxValue || p == "" {
				t.Errorf("%s: part %d has %d bytes", name, i, len(p))
			}
			if strings.Contains(s, " ") && i < len(got)-1 && !strings.HasSuffix(p, " ") {
				t.Errorf("%s: part %d ends within a word", name, i)
			}
		}
	}
}

func TestNumbersOfAddresses(t *testing.T) {
	for address, want := range map[string]string{
		`"Ek, Maria" <sip:2101@127.0.0.1:5060;transport=udp>`: "2101", "sip:+46701740605@example.com": "+46701740605",
		"<tel:+46701740605;phone-context=x>": "+46701740605", "80": "80", "pjsip:2101": "2101", "": "", "<": "", "Ekdal": "Ekdal",
		`"<sip:80@x>" <sip:2101@127.0.0.1>`: "2101", `"a\"<sip:80@x>" <sip:2101@127.0.0.1>`: "2101", `"`: `"`, `"\`: `"\`,
	} {
		if got := user(address); got != want {
			t.Errorf("%s is %q, not %q", address, got, want)
		}
	}
}

func TestDestinations(t *testing.T) {
	for to, ok := range map[string]bool{
		"pjsip:{to}": true, "pjsip:trunk/sip:{to}@provider.example.com": true, "": true, "pjsip:2101": false, "{to}": false, ":{to}": false, "pjsip:{to}\r\nAction: Logoff": false,
	} {
		if err := (Texts{Inside: to}).Check(); (err == nil) != ok {
			t.Errorf("%q: %v", to, err)
		}
		if err := (Texts{Outside: to}).Check(); (err == nil) != ok {
			t.Errorf("%q outside: %v", to, err)
		}
	}
}

// A text to a telephone of the exchange's is taken, one to nobody is refused in words, and what would be another action
// never gets as far. A text that comes is told until it is taken, also when the server was away.
func TestAsteriskTexts(t *testing.T) {
	c := phonetest.AsteriskConfig{Manager: true, Queues: []phonetest.PBXQueue{{Name: "support", Number: "6401"}}, Extra: "[texts]\nexten => 80,1,Gosub(svara-text,s,1(${EXTEN}))\n[svara]\n"}
	c.Users = append(c.Users, phonetest.StartAgent(t, "2101", time.Second), phonetest.PBXUser{User: "2102", Password: "pw-2102"})
	a := phonetest.StartAsterisk(t, c)
	settings := config(t, a)
	settings.Texts = Texts{Inside: "pjsip:{to}"}
	w := run(t, settings)
	await[team.SourceSynced](w, "everything", nil)
	w.do(team.SendText{Sender: "80", To: "2101", Text: "Hej\r\nAction: Logoff\r\n\r\n"})
	w.refused(team.SendText{Sender: "80", To: "2102", Text: "Hej"}, phone.ReasonUnavailable)
	w.refused(team.SendText{Sender: "80", To: "2199", Text: "Hej"}, phone.ReasonUnavailable)
	w.refused(team.SendText{Sender: "80", To: "+46701740605", Text: "Hej"}, phone.ReasonNotSupported)
	w.refused(team.SendText{Sender: "80", To: "2101\r\nAction: Logoff", Text: "Hej"}, phone.ReasonBadTarget)
	w.refused(team.SendText{Sender: "8 <sip:0@x>", To: "2101", Text: "Hej"}, phone.ReasonBadTarget)
	w.refused(team.TextTaken{ID: "1/../../x y"}, phone.ReasonNoMessage)

	// What lies in the exchange's database when the server connects: one is a text, the others are none.
	word := base64.StdEncoding.EncodeToString
	kept := word([]byte(`"Maria" <sip:2101@127.0.0.1>`)) + "." + word([]byte("80")) + "." + word([]byte("Hej,\nhej"))
	for id, v := range map[string]string{"1-1": kept, "1-2": "notext", "1-3": "....", "1-4": "/w==.ODA=.SGVq"} {
		a.CLI("database put svara/text " + id + " " + v)
	}
	again := run(t, settings)
	got := await[team.TextTold](again, "the text", nil)
	got.At = time.Time{}
	if want := (team.TextTold{ID: "1-1", From: "2101", To: "80", Text: "Hej,\nhej"}); got != want {
		t.Errorf("told %+v", got)
	}
	await[team.SourceSynced](again, "everything", nil)
	again.do(team.TextTaken{ID: got.ID})
	again.do(team.TextTaken{ID: got.ID}) // what is gone is gone
	if left := a.CLI("database show svara/text"); strings.Contains(left, "1-1 ") || !strings.Contains(left, "1-2 ") {
		t.Errorf("left: %s", left)
	}
}
