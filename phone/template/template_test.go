package template_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/template"
)

func TestOf(t *testing.T) {
	loc := time.FixedZone("x", 3600)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	call := phone.Call{
		ID: 7, Account: "alice", Direction: phone.Incoming, Created: now, Note: "ring upp",
		Remote: phone.Party{URI: "sip:08546899140001@pbx", Number: "08546899140001", Name: "ANNA", Group: "0001"},
		Caller: phone.Caller{Name: "Anna Berg", Company: "Berg AB"},
		Origin: &phone.Origin{Queue: "640", Name: "Support", Sought: &phone.Sought{
			Party:    phone.Party{Number: "2102", Name: "Bo Ek"},
			Presence: &phone.Presence{Activity: phone.ActivityLunch, Until: now.Add(time.Hour)},
		}},
	}
	want := template.Fields{
		Number: "0854689914", Name: "Anna Berg", Company: "Berg AB", Direction: "in", Queue: "Support", Sought: "Bo Ek", Activity: "lunch",
		Until: "14:00", Time: "13:00", Note: "ring upp",
	}
	got := template.Of(call, now, loc)
	id := got.UUID
	got.UUID = ""
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if len(id) != 36 || id[14] != '8' || !strings.ContainsRune("89ab", rune(id[19])) {
		t.Errorf("uuid %q", id)
	}
	if again := template.Of(call, now.Add(time.Hour), loc); again.UUID != id {
		t.Error("a call has two ids")
	}
	other := call
	other.ID = 8
	if template.Of(other, now, loc).UUID == id {
		t.Error("two calls have one id")
	}

	bare := phone.Call{Remote: phone.Party{Number: "2101", Name: "Anna"}, Origin: &phone.Origin{Queue: "640", Sought: &phone.Sought{
		Party:    phone.Party{Number: "2102"},
		Presence: &phone.Presence{Activity: phone.ActivityOther, Name: "Hemma", Until: now.AddDate(0, 0, 2)},
	}}}
	got = template.Of(bare, now, loc)
	if got.Name != "Anna" || got.Queue != "640" || got.Sought != "2102" || got.Activity != "Hemma" || got.Until != "2026-11-25 13:00" || got.Time != "" {
		t.Errorf("%+v", got)
	}
	if got := template.Of(phone.Call{}, now, loc); got.Number != "" || got.Sought != "" {
		t.Errorf("%+v", got)
	}
}

func TestExpand(t *testing.T) {
	f := template.Fields{
		Number: "+4681234567", E164: "+4681234567", Name: "Åsa O'Neil & Co", Company: `"; rm -rf ~ #$(id)` + "`id`|%00\x00\r\nHost: evil<>\\", Direction: "in",
		Queue: "..", Sought: "{number}", Activity: "a/../b", Until: "14:00", Note: "first\nsecond\u2028third \xff", Time: "%41",
	}
	for _, c := range []struct{ address, want string }{
		{"https://crm.example/find?tel={number}", "https://crm.example/find?tel=%2B4681234567"},
		{"http://crm.example:8080/{e164}/{direction}", "http://crm.example:8080/%2B4681234567/in"},
		{"https://crm.example/?n={name}&u={until}", "https://crm.example/?n=%C3%85sa%20O%27Neil%20%26%20Co&u=14%3A00"},
		{"https://crm.example/?c={company}", "https://crm.example/?c=%22%3B%20rm%20-rf%20~%20%23%24%28id%29%60id%60%7C%2500%20%20%20Host%3A%20evil%3C%3E%5C"},
		{"https://crm.example/{queue}/x", "https://crm.example//x"}, // no step up
		{"https://crm.example/{activity}", "https://crm.example/a%2F..%2Fb"},
		{"https://crm.example/?s={sought}", "https://crm.example/?s=%7Bnumber%7D"}, // a value is no template
		{"https://crm.example/?n={note}", "https://crm.example/?n=first%20second%20third%20%EF%BF%BD"},
		{"https://crm.example/?t={time}", "https://crm.example/?t=%2541"},
		{"https://crm.example/?empty={uuid}&x", "https://crm.example/?empty=&x"},
		{"https://crm.example/sök kund?a=%20b#{number}", "https://crm.example/s%C3%B6k%20kund?a=%20b#%2B4681234567"},
		{"HTTPS://crm.example/", "HTTPS://crm.example/"},
		{"https://user@crm.example?q={number}", "https://user@crm.example?q=%2B4681234567"},
		{"tel:{e164}", "tel:%2B4681234567"},
		{"sms:{number}?body={name}", "sms:%2B4681234567?body=%C3%85sa%20O%27Neil%20%26%20Co"},
		{"mailto:kund@example.com?subject={note}", "mailto:kund@example.com?subject=first%20second%20third%20%EF%BF%BD"},
		{"my-crm://open/{number}", "my-crm://open/%2B4681234567"},
		{"crm:{company}", "crm:%22%3B%20rm%20-rf%20~%20%23%24%28id%29%60id%60%7C%2500%20%20%20Host%3A%20evil%3C%3E%5C"},
	} {
		got, err := template.Expand(c.address, f)
		if err != nil || got != c.want {
			t.Errorf("%s:\n%s, %v\nwant\n%s", c.address, got, err, c.want)
		}
		if _, err := url.Parse(got); err != nil {
			t.Errorf("%s: %v", c.address, err)
		}
		if err := template.CheckAddress(c.address); err != nil {
			t.Errorf("%s: %v", c.address, err)
		}
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	f := template.Fields{Number: "javascript", Name: "evil.example", Sought: "https://evil.example/"}
	for address, text := range map[string]string{
		"":                                        "",
		"{sought}":                                "{sought}",
		"{number}:alert(1)":                       "{number}:alert(1)",
		"java{number}:x":                          "java",
		"javascript:alert('{name}')":              "javascript:",
		"JavaScript:alert(1)":                     "javascript:",
		"file:///etc/passwd?{number}":             "file:",
		"data:text/html,{name}":                   "data:",
		"vbscript:x":                              "vbscript:",
		"ms-msdt:/id {number}":                    "ms-msdt:",
		"search-ms:query={name}":                  "search-ms:",
		"shell:startup":                           "shell:",
		"view-source:https://x.example/":          "view-source:",
		"c:\\windows\\{number}":                   "c:\\windows\\",
		"/usr/bin/crm {number}":                   "/usr/bin/crm ",
		"crm.example/{number}":                    "crm.example/",
		"crm.exe {number}":                        "crm.exe ",
		" https://x.example/{number}":             " https://x.example/",
		"http:{number}":                           "http:",
		"https:/x.example/{number}":               "https:/x.example/",
		"https:///{number}":                       "https:///",
		"https://{name}/":                         "https://",
		"https://crm.{name}/":                     "{name}",
		"https://crm.example:{number}/":           "{number}",
		"https://{name}@crm.example/":             "https://",
		"https://user:{number}@crm.example/":      "{number}",
		"my-crm://{name}/open":                    "{name}",
		"https://x.example/\n{number}":            "https:",
		"https://x.example/\x00":                  "https:",
		"https://x.example/{nummer}?{x}&{nummer}": "{nummer}, {x}",
		"https://x.example/{number":               "{",
		"https://x.example/{{number}}":            "{",
		"https://x.example/{}":                    "{}",
		"https://x.example/{Number}":              "{Number}",
	} {
		got, err := template.Expand(address, f)
		why := phone.ReasonOf(err)
		if got != "" || why.ID != phone.ReasonBadTemplate || err == nil {
			t.Errorf("%q: %q, %v", address, got, err)
		} else if why.Text != text {
			t.Errorf("%q: refused for %q, want %q", address, why.Text, text)
		}
		if template.CheckAddress(address) == nil {
			t.Errorf("%q passes", address)
		}
	}
}

func TestText(t *testing.T) {
	f := template.Fields{Name: "Åsa\nÖ\x00", Number: "08-123", Note: "rad 1\nrad 2", Sought: "{name}"}
	for text, want := range map[string]string{
		"Hej! {name} ({number}) har sökt dig. {note}": "Hej! Åsa Ö  (08-123) har sökt dig. rad 1\nrad 2",
		"{sought}":        "{name}",
		"{nummer} {":      "{nummer} {",
		"{{name}}":        "{Åsa Ö }",
		"}{":              "}{",
		"":                "",
		"så är det":       "så är det",
		"{queue}{number}": "08-123",
	} {
		if got := template.Text(text, f); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := template.Text("{note}", template.Fields{Note: strings.Repeat("å", 5000)}); got != strings.Repeat("å", 1000) {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func TestCheck(t *testing.T) {
	for _, name := range template.Placeholders {
		if err := template.Check("{" + name + "}"); err != nil {
			t.Error(err)
		}
	}
	for text, want := range map[string]string{"{namn} {x} {namn}": "{namn}, {x}", "a { b": "{", "{number": "{"} {
		if why := phone.ReasonOf(template.Check(text)); why.ID != phone.ReasonBadTemplate || why.Text != want {
			t.Errorf("%q: %+v", text, why)
		}
	}
	for _, good := range []string{"", "plain", "a } b", "{name}{number}"} {
		if err := template.Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestMailto(t *testing.T) {
	for _, c := range []struct {
		to                       []string
		separator, subject, body string
		want                     string
	}{
		{nil, ",", "", "", "mailto:"},
		{[]string{"anna@example.com"}, ",", "", "", "mailto:anna@example.com"},
		{[]string{"anna@example.com", "bo@example.com"}, ",", "", "", "mailto:anna@example.com,bo@example.com"},
		{[]string{"anna@example.com", "bo@example.com"}, ";", "", "", "mailto:anna@example.com;bo@example.com"},
		{[]string{"anna@example.com"}, "&bcc=", "", "", "mailto:anna@example.com"},
		{[]string{"anna@example.com", "bo@example.com"}, "&bcc=", "", "", "mailto:anna@example.com,bo@example.com"},
		{[]string{"anna@example.com"}, ",", "Sökt & missad", "Hej!\nÅsa har ringt.\r\n/S", "mailto:anna@example.com?subject=S%C3%B6kt%20%26%20missad&body=Hej%21%0D%0A%C3%85sa%20har%20ringt.%0D%0A%2FS"},
		{[]string{"a+b@example.com", "åsa@räksmörgås.se"}, ",", "", "x", "mailto:a%2Bb@example.com,%C3%A5sa@r%C3%A4ksm%C3%B6rg%C3%A5s.se?body=x"},
		{[]string{"anna@example.com?bcc=evil@example.com"}, ",", "", "", "mailto:"}, // two @
		{[]string{"anna?cc=x@example.com", "a@b&bcc=c"}, ",", "", "", "mailto:anna%3Fcc%3Dx@example.com,a@b%26bcc%3Dc"},
		{[]string{"a@b,c@d", "a@b;c@d", "a @b", "a@b\nc", "@b", "a@", "no address", "", " bo@example.com "}, ",", "", "", "mailto:bo@example.com"},
		{nil, ";", "x\r\nBcc: evil@example.com", "", "mailto:?subject=x%20%20Bcc%3A%20evil%40example.com"},
	} {
		if got := template.Mailto(c.to, c.separator, c.subject, c.body); got != c.want {
			t.Errorf("%q %q: %s, want %s", c.to, c.separator, got, c.want)
		}
	}
}

// FuzzExpand: whatever a caller is called, the address stays the one that was written.
func FuzzExpand(f *testing.F) {
	f.Add("anna", "+468")
	f.Add("../../x?y#z", "\x00\r\n%0d{name}")
	f.Add("$(reboot);`x`|&\"'", "..")
	f.Fuzz(func(t *testing.T, name, number string) {
		fields := template.Fields{Name: name, Number: number}
		got, err := template.Expand("https://crm.example/a/{name}/b?n={number}#f", fields)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Trim(got, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%:/?=#") != "" {
			t.Errorf("%q", got)
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || u.Host != "crm.example" || u.Fragment != "f" || len(u.Query()) != 1 || strings.Count(u.EscapedPath(), "/") != 4-1 {
			t.Errorf("%q: %+v, %v", got, u, err)
		}
		if !strings.HasPrefix(u.ResolveReference(&url.URL{}).Path, "/a/") {
			t.Errorf("%q climbs", got)
		}
	})
}
