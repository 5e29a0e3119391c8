package ami

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"svara/phone/team"
)

func TestRead(t *testing.T) {
	long := strings.Repeat("x", 60<<10)
	for name, c := range map[string]struct {
		in   string
		want []message
		err  error
	}{
		"events":             {"Event: A\r\nKey: v: w\r\n\r\nEvent: B\r\n\r\n", []message{{{"Event", "A"}, {"Key", "v: w"}}, {{"Event", "B"}}}, io.EOF},
		"LF alone":           {"Event: A\n\nEvent: B\n\n", []message{{{"Event", "A"}}, {{"Event", "B"}}}, io.EOF},
		"empty lines":        {"\r\n\r\n\nEvent: A\r\n\r\n\r\n", []message{{{"Event", "A"}}}, io.EOF},
		"no colon":           {"Event: A\r\nwhat?\r\n\r\n", []message{{{"Event", "A"}}}, io.EOF},
		"no value":           {"Event:\r\nB: \r\n\r\n", []message{{{"Event", ""}, {"B", ""}}}, io.EOF},
		"spaces are kept":    {"Event:  A \r\n\r\n", []message{{{"Event", " A "}}}, io.EOF},
		"a long line":        {"Event: " + long + "\r\n\r\n", []message{{{"Event", long}}}, io.EOF},
		"cut":                {"Event: A\r\nKey: v", nil, io.ErrUnexpectedEOF},
		"cut after a line":   {"Event: A\r\n", nil, io.EOF},
		"a line too long":    {"Event: " + long + long + "\r\n\r\n", nil, errHostile},
		"a message too long": {strings.Repeat("Key: "+long+"\r\n", 20), nil, errHostile},
		"too many lines":     {strings.Repeat("K: v\r\n", 20_000), nil, errHostile},
		"only noise":         {strings.Repeat("noise\r\n", 300_000), nil, errHostile},
		"a zero byte":        {"Event: A\x00\r\n\r\n", nil, errHostile},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReader(strings.NewReader(c.in))
			for i := 0; ; i++ {
				m, err := r.read()
				if err != nil {
					if !errors.Is(err, c.err) || i != len(c.want) {
						t.Errorf("message %d: %v", i, err)
					}
					return
				}
				if i >= len(c.want) || !slices.Equal(m, c.want[i]) {
					t.Fatalf("message %d: %.200q", i, m)
				}
			}
		})
	}
}

func TestBanner(t *testing.T) {
	for in, ok := range map[string]bool{
		"Asterisk Call Manager/11.0.0\r\n": true, "SSH-2.0-OpenSSH\r\n": false, "": false, strings.Repeat("x", 1000): false, "HTTP/1.1 400 Bad Request\r\n": false,
	} {
		if _, err := newReader(strings.NewReader(in)).banner(); (err == nil) != ok {
			t.Errorf("%.40q: %v", in, err)
		}
	}
}

// What is asked is one action, whatever its values.
func TestActionBytes(t *testing.T) {
	b, err := ask("QueueAdd", "Queue", "support", "Penalty", "", "Interface", "PJSIP/2101").bytes("7")
	if err != nil || string(b) != "Action: QueueAdd\r\nActionID: 7\r\nQueue: support\r\nInterface: PJSIP/2101\r\n\r\n" {
		t.Errorf("%q, %v", b, err)
	}
	for _, v := range []string{"a\r\nAction: Originate", "a\nb", "a\rb", "a\x00b", strings.Repeat("x", 1000)} {
		if b, err := ask("QueuePause", "Reason", v).bytes("7"); !errors.Is(err, errValue) {
			t.Errorf("%.40q: %q, %v", v, b, err)
		}
	}
}

// An event may have a line "Response" too: OriginateResponse does.
func TestResponse(t *testing.T) {
	for want, m := range map[bool]message{true: {{"Response", "Success"}}, false: {{"Event", "OriginateResponse"}, {"Response", "Success"}}} {
		if m.response() != want {
			t.Errorf("%v", m)
		}
	}
}

func TestTelephone(t *testing.T) {
	ss := newSession(New(Config{Context: "inside"}), nil, nil)
	ss.devices["PJSIP/2101"] = true
	for in, want := range map[string]string{
		"2101": "PJSIP/2101", "2102": "Local/2102@inside/n", "+46701234567": "Local/+46701234567@inside/n", "PJSIP/2103": "PJSIP/2103", "Local/9@x/n": "Local/9@x/n",
		"": "", "2101&2102": "", "PJSIP/a&PJSIP/b": "", "PJSIP/": "", "/2101": "", "21 01": "", "2101,30": "", "PJSIP/21\r\n01": "", "PJSIP/${X}": "", "a|b": "",
	} {
		if got, err := ss.telephone(in); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: 1\r\n\r\nEvent: QueueMember\r\nQueue: support\r\nStatus: 1\r\n\r\n"))
	f.Add([]byte("Event: A\n\n\x00"))
	f.Add([]byte("Event: QueueCallerJoin\r\nUniqueid: 1\r\nQueue: q\r\nPosition: -9\r\nWait: 99999999999999999999\r\n\r\nEvent: Hangup\r\nUniqueid: 1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newReader(strings.NewReader(string(b)))
		told := 0
		ss := newSession(New(Config{}), nil, func(team.SourceEvent) { told++ })
		ss.id = "1" // as while it synchronises: nothing is asked
		for {
			m, err := r.read()
			if err != nil {
				return
			}
			size := 0
			for _, f := range m {
				size += len(f.name) + len(f.value)
				if strings.ContainsAny(f.name+f.value, "\n\x00") {
					t.Fatalf("%q", f)
				}
			}
			if size > maxMessage || len(m) == 0 {
				t.Fatalf("a message of %d bytes", size)
			}
			ss.event(m)
		}
	})
}
