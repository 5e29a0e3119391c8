package mwi_test

import (
	"strings"
	"testing"

	"svara/phone/mwi"
)

// TestRealWorld reads summaries as exchanges write them.
func TestRealWorld(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       mwi.Summary
	}{
		{"RFC 3842 section 5.2, with the messages' own headers", "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n\r\n" +
			"To: <alice@atlanta.example.com>\r\nVoice-Message: 9/9\r\n",
			mwi.Summary{Waiting: true, Account: "sip:alice@vmail.example.com", New: 2, Old: 8, UrgentOld: 2, Counted: true}},
		{"Asterisk", "Messages-Waiting: no\r\nMessage-Account: sip:asterisk@127.0.0.1:5060;transport=UDP\r\nVoice-Message: 0/0 (0/0)\r\n",
			mwi.Summary{Account: "sip:asterisk@127.0.0.1:5060;transport=UDP", Counted: true}},
		{"FreeSWITCH", "Messages-Waiting: yes\r\nMessage-Account: sip:1000@192.0.2.1\r\nVoice-Message: 1/0 (1/0)\r\n\r\n",
			mwi.Summary{Waiting: true, Account: "sip:1000@192.0.2.1", New: 1, UrgentNew: 1, Counted: true}},
		{"only whether something waits", "Messages-Waiting: yes\n", mwi.Summary{Waiting: true}},
		{"no brackets, other kinds, line feeds only, odd case and spaces", "\nMESSAGES-WAITING :YES\nfax-message: 7/7\nvoice-message:3 / 4\n",
			mwi.Summary{Waiting: true, New: 3, Old: 4, Counted: true}},
		{"counts alone", "Voice-Message: 1/2", mwi.Summary{Waiting: true, New: 1, Old: 2, Counted: true}},
		{"account in angle brackets, empty counts", "Messages-Waiting: no\r\nMessage-Account: <sip:*97@pbx>\r\nVoice-Message:\r\n", mwi.Summary{Account: "sip:*97@pbx"}},
		{"counts that cannot be", "Messages-Waiting: yes\r\nVoice-Message: 99999999999/-1\r\n", mwi.Summary{Waiting: true}},
		{"counts beyond belief, more urgent than all", "Messages-Waiting: yes\r\nVoice-Message: 99999999999/1 (5/5)\r\n",
			mwi.Summary{Waiting: true, New: 999_999, Old: 1, UrgentNew: 5, UrgentOld: 1, Counted: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := mwi.Parse([]byte(c.text))
			if err != nil || got != c.want {
				t.Errorf("%+v, %v\nwant %+v", got, err, c.want)
			}
			if again, err := mwi.Parse(got.Bytes()); err != nil || again != got {
				t.Errorf("written and read again: %+v, %v", again, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no summary": "hello\r\n", "too late": "x: y\r\n\r\nMessages-Waiting: yes\r\n",
		"too many lines": strings.Repeat("x: y\n", 64) + "Messages-Waiting: yes\n",
		"too large":      "Messages-Waiting: yes\r\n" + strings.Repeat(" ", 64<<10),
	} {
		if got, err := mwi.Parse([]byte(text)); err == nil || got != (mwi.Summary{}) || !strings.HasPrefix(err.Error(), "read message summary: ") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAccountDoesNotBreakLines(t *testing.T) {
	if got := string(mwi.Summary{Account: "sip:a@b\r\nVoice-Message: 9/9"}.Bytes()); got != "Messages-Waiting: no\r\n" {
		t.Errorf("%q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 2/8 (0/2)\r\n\r\nx: y"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := mwi.Parse(data)
		if err != nil {
			return
		}
		if got.New < got.UrgentNew || got.Old < got.UrgentOld || got.UrgentNew < 0 || got.UrgentOld < 0 {
			t.Errorf("%+v", got)
		}
		if again, err := mwi.Parse(got.Bytes()); err != nil || again != got {
			t.Errorf("%q reads %+v, written and read again %+v, %v", data, got, again, err)
		}
	})
}
