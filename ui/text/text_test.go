package text

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/assets"
	"svara/phone"
)

func TestBothLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	en, sv := catalogues()["en"].messages, catalogues()["sv"].messages
	for _, key := range slices.Sorted(maps.Keys(en)) {
		other, ok := sv[key]
		if !ok {
			t.Errorf("%s is missing in Swedish", key)
			continue
		}
		for i, pair := range [][2]string{{en[key].one, other.one}, {en[key].other, other.other}} {
			if a, b := placeholders(pair[0]), placeholders(pair[1]); !slices.Equal(a, b) {
				t.Errorf("%s, form %d: placeholders %v in English, %v in Swedish", key, i, a, b)
			}
			for _, s := range pair {
				// What is joined to other words may begin with a space.
				if s == "" || strings.TrimSpace(s) != s && !strings.HasPrefix(s, " ·") && key != "number.thousands" {
					t.Errorf("%s is empty or has spaces around it: %q", key, s)
				}
				if strings.Contains(s, "!") {
					t.Errorf("%s shouts: %q", key, s)
				}
			}
		}
	}
	for key := range sv {
		if _, ok := en[key]; !ok {
			t.Errorf("%s is missing in English", key)
		}
	}
}

// A key that stands twice in a file would silently lose its first text.
func TestNoKeyTwice(t *testing.T) {
	for _, language := range Languages() {
		d := json.NewDecoder(strings.NewReader(string(assets.Text(language))))
		seen := map[string]bool{}
		for depth, key := 0, true; d.More() || depth > 0; {
			tok, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			switch v := tok.(type) {
			case json.Delim:
				if v == '{' {
					depth++
					key = true
				} else {
					depth--
					key = true
				}
			case string:
				if key && depth == 1 {
					if seen[v] {
						t.Errorf("%s.json has %s twice", language, v)
					}
					seen[v] = true
				}
				key = !key
			}
		}
		if len(seen) < 100 {
			t.Fatalf("only %d keys read from %s.json: the test reads it wrongly", len(seen), language)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func placeholders(s string) []string {
	found := placeholder.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// reasonIDs are the constants of package phone, read from its source so that a new one cannot be forgotten here.
func reasonIDs(t *testing.T) []phone.ReasonID {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../phone/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ids []phone.ReasonID
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "ReasonID" {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			if v, err := strconv.Unquote(lit.Value); err == nil && v != "" {
				ids = append(ids, phone.ReasonID(v))
			}
		}
		return true
	})
	if len(ids) < 40 {
		t.Fatalf("found only %d reasons in phone/reason.go", len(ids))
	}
	return ids
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, language := range Languages() {
		messages := catalogues()[language].messages
		known := map[string]bool{}
		for _, id := range reasonIDs(t) {
			keys := []string{"reason." + string(id), "reason." + string(id) + ".title"}
			if id != phone.ReasonInternal && strings.Contains(messages[keys[0]].other, "{text}") {
				keys = append(keys, keys[0]+".bare") // when there is no detail to name
			}
			for _, word := range variants[id] {
				keys = append(keys, keys[0]+"."+word)
			}
			for _, key := range keys {
				known[key] = true
				if _, ok := messages[key]; !ok {
					t.Errorf("%s: no text %s", language, key)
				}
			}
			s := messages["reason."+string(id)].other
			if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "{text}") {
				t.Errorf("%s: reason.%s is no sentence: %q", language, id, s)
			}
		}
		for key := range messages {
			if strings.HasPrefix(key, "reason.") && !known[key] {
				t.Errorf("%s: %s is the text of no reason", language, key)
			}
		}
	}
}

// use sets the language for one test.
func use(t *testing.T, language string) {
	t.Helper()
	SetLanguage(language)
	t.Cleanup(func() { SetLanguage(Auto) })
}

func TestT(t *testing.T) {
	use(t, "en")
	for _, c := range []struct {
		want string
		key  string
		args []any
	}{
		{"Answer", "call.answer", nil},
		{"1 missed call", "window.missed", []any{"n", 1}},
		{"2 missed calls", "window.missed", []any{"n", 2}},
		{"0 missed calls", "window.missed", []any{"n", 0}},
		{"Call {number}", "history.call_number", []any{"number", "{number}"}},
		{"Call {name}", "history.call_number", []any{"number", "{name}", "name", "x"}},
		{"no.such.key", "no.such.key", nil},
	} {
		if got := T(c.key, c.args...); got != c.want {
			t.Errorf("T(%s, %v) = %q, want %q", c.key, c.args, got, c.want)
		}
	}
}

func TestSwitchedWhileItRuns(t *testing.T) {
	use(t, "en")
	for _, c := range []struct{ language, answer string }{{"sv", "Svara"}, {"en", "Answer"}, {"sv-SE", "Svara"}, {"xx", "Answer"}} {
		if SetLanguage(c.language); T("call.answer") != c.answer {
			t.Errorf("%s: %q, want %q", c.language, T("call.answer"), c.answer)
		}
	}
}

// Windows and macOS tell a program that is started from the desktop nothing in its environment.
func TestAutoFollowsTheSystem(t *testing.T) {
	for tag, want := range map[string]string{"sv-SE": "sv", "sv_SE.UTF-8": "sv", "de-DE": "en", "en_GB": "en", "SV": "sv", "C": "en"} {
		if got := inLanguage(tag).language; got != want {
			t.Errorf("%s gives %s, want %s", tag, got, want)
		}
	}
	for _, c := range []struct {
		env  map[string]string
		asks string
		want string
	}{
		{map[string]string{"LANG": "en_US.UTF-8", "LC_MESSAGES": "sv_SE.UTF-8"}, "de-DE", "sv_SE.UTF-8"},
		{nil, "sv-SE", "sv-SE"},
		{nil, "", "en"},
	} {
		ask := func() (string, error) {
			if c.asks == "" {
				return "", errors.New("no answer")
			}
			return c.asks, nil
		}
		if got := systemLanguage(func(k string) string { return c.env[k] }, ask); got != c.want {
			t.Errorf("%v, the system says %q: %s, want %s", c.env, c.asks, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		language string
		n        int64
		want     string
	}{
		{"en", 999, "999"}, {"en", 1234, "1,234"}, {"en", -1234567, "−1,234,567"},
		{"sv", 1234, "1234"}, {"sv", 12345, "12\u00a0345"}, {"sv", 0, "0"},
	} {
		use(t, c.language)
		if got := Number(c.n); got != c.want {
			t.Errorf("%s: Number(%d) = %q, want %q", c.language, c.n, got, c.want)
		}
	}
	use(t, "sv")
	if got := Decimal(4.44, 1); got != "4,4" {
		t.Errorf("Decimal = %q", got)
	}
	if got := Decimal(-0.01, 1); got != "0,0" {
		t.Errorf("a rounded zero has a sign: %q", got)
	}
	if got := Percent(70); got != "70\u00a0%" {
		t.Errorf("Percent = %q", got)
	}
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("test", 3600)
	at := time.Date(2026, 11, 18, 14, 20, 0, 0, zone) // a Wednesday
	use(t, "sv")
	for _, c := range []struct {
		t         time.Time
		day, when string
		within    string
	}{
		{at.Add(-time.Hour), "I dag", "13:20", "13:20"},
		{at.Add(-14*time.Hour - 21*time.Minute), "I går", "I går 23:59", "i går 23:59"},
		{at.AddDate(0, 0, -2), "Måndag", "Mån 14:20", "mån 14:20"},
		{at.AddDate(0, 0, -7), "11 november", "11 nov. 14:20", "11 nov. 14:20"},
		{at.AddDate(-1, 0, 0), "18 november 2025", "18 nov. 2025", "18 nov. 2025"},
		{at.AddDate(0, 0, 1), "I morgon", "19 nov. 14:20", "19 nov. 14:20"},
		{at.UTC(), "I dag", "14:20", "14:20"}, // shown in the zone of now
	} {
		if got := Day(c.t, at); got != c.day {
			t.Errorf("Day(%v) = %q, want %q", c.t, got, c.day)
		}
		if got := When(c.t, at); got != c.when {
			t.Errorf("When(%v) = %q, want %q", c.t, got, c.when)
		}
		if got := WhenWithin(c.t, at); got != c.within {
			t.Errorf("WhenWithin(%v) = %q, want %q", c.t, got, c.within)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "00:00", 167 * time.Second: "02:47", 3767 * time.Second: "1:02:47", 59*time.Second + 999*time.Millisecond: "00:59",
	} {
		if got := Timer(d); got != want {
			t.Errorf("Timer(%v) = %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		12 * time.Second: "12 s", 6 * time.Minute: "6 min", 89 * time.Second: "1 min", 90 * time.Second: "2 min",
		time.Hour: "1 h", 64 * time.Minute: "1 h 4 min", 59*time.Minute + 40*time.Second: "1 h",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestReasons(t *testing.T) {
	use(t, "sv")
	for _, c := range []struct{ got, want string }{
		{Reason(phone.Reason{ID: phone.ReasonUnknownNumber, Code: 404}), "Numret finns inte. Kontrollera numret och försök igen."},
		{ReasonTitle(phone.Reason{ID: phone.ReasonBusy}), "Upptaget"},
		{Reason(phone.Reason{ID: phone.ReasonSIP, Code: 499, Text: "Odd\u202e one"}), "Växeln avvisade: Odd one (499). Försök igen och uppge koden för din administratör om felet består."},
		{Reason(phone.Reason{}), ""},
		{Reason(phone.Reason{ID: phone.ReasonSIP, Code: 499}), "Växeln avvisade samtalet med kod 499. Försök igen och uppge koden för din administratör om felet består."},
		{Reason(phone.Reason{ID: phone.ReasonInternal}), "Något gick fel i Svara. Försök igen och starta om Svara om felet består."},
		{RegistrationReason(phone.Reason{ID: phone.ReasonNoReply}), "Växeln svarar inte."},
		{RegistrationReason(phone.Reason{ID: phone.ReasonUnknownHost}), "Det finns ingen växel på den adressen. Kontrollera domänen."},
		{Refusal(phone.Refuse(phone.ReasonNoAccount, "")), "Det finns inget konto att ringa med. Logga in först."},
	} {
		if c.got != c.want {
			t.Errorf("got  %q\nwant %q", c.got, c.want)
		}
	}
}

func FuzzTNeverPanics(f *testing.F) {
	f.Add("history.call_number", "number", "{n}")
	f.Fuzz(func(_ *testing.T, key, name, value string) { T(key, name, value) })
}

// A word of ours in a reason's Text chooses the sentence; the same word from a stranger is only quoted.
func TestReasonVariants(t *testing.T) {
	use(t, "en")
	seen := map[string]bool{}
	for _, word := range variants[phone.ReasonCertificate] {
		s := Reason(phone.Reason{ID: phone.ReasonCertificate, Text: word})
		if seen[s] || !strings.Contains(s, "nothing is sent") || s != RegistrationReason(phone.Reason{ID: phone.ReasonCertificate, Text: word}) {
			t.Errorf("%s: %q", word, s)
		}
		seen[s] = true
	}
	for r, want := range map[phone.Reason]string{
		{ID: phone.ReasonCertificate, Text: "title"}:    T("reason.certificate"),
		{ID: phone.ReasonBadAccount, Text: "ca_file"}:   T("reason.bad-account.ca_file"),
		{ID: phone.ReasonBadAccount, Text: "domain"}:    T("reason.bad-account", "text", "domain"),
		{ID: phone.ReasonSIP, Text: "pin", Code: 499}:   T("reason.sip", "text", "pin", "code", "499"),
		{ID: phone.ReasonSIP, Text: "title", Code: 499}: T("reason.sip", "text", "title", "code", "499"),
	} {
		if got := Reason(r); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}
