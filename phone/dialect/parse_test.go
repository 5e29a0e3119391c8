package dialect_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"svara/phone"
	"svara/phone/dialect"
)

const head = "id = \"x\"\nname = \"X\"\n" // lines 1 and 2

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, file string
		line       int
		msg        string // part of it: what is wrong
		allowed    string // part of it: what is allowed
	}{
		{"no TOML", head + "[transfer direct = 'refer'", 3, "expected '.' or ']'", ""},
		{"no value", head + "[transfer]\ndirect =", 4, "expected value", ""},
		{"open text", head + "[transfer]\ndirect = \"refer", 4, "unexpected EOF", ""},
		{"two ids", head + "id = \"x\"\n", 3, "Key 'id' has already been defined", ""},
		{"two keys", head + "[call]\nmailbox = 'dial:1'\nmailbox = 'dial:2'", 5, "Key 'call.mailbox' has already been defined", ""},
		{"two sections", head + "[call]\nmailbox = 'dial:1'\n[call]\n", 5, "already been defined", ""},

		{"no id", "# x\nname = \"X\"\n", 1, "id is missing", "id = \"...\""},
		{"no name", "id = \"x\"\n", 1, "name is missing", "name = \"...\""},
		{"nothing", "", 1, "id is missing", ""},
		{"wrong id", "\nid = \"y\"\nname = \"X\"\n", 2, `id is "y", but the file's name says "x"`, "the same"},
		{"bad id", "id = \"x y\"\nname = \"X\"\n", 1, `id "x y"`, "letters a-z, digits, - and _"},
		{"empty id", "id = \"\"\nname = \"X\"\n", 1, "id is empty", ""},
		{"id is a number", "id = 5\nname = \"X\"\n", 1, "id is the number 5", "a text in quotes"},
		{"empty name", "id = \"x\"\nname = \" \"\n", 2, "name is empty", ""},
		{"name is a list", "id = \"x\"\nname = [\"X\"]\n", 2, "name is a list", "a text in quotes"},

		{"unknown key", head + "colour = 'blue'\n", 3, "unknown key colour", "call, forward, id, identity, lamps, mailbox, name, numbers, profile, queue, transfer, waiting"},
		{"unknown section", head + "\n[calls]\npark = 'refer:700'\n", 4, "unknown section calls", "call, forward"},
		{"unknown key of a section", head + "[call]\nmailbox = 'dial:1'\nparking = 'refer:700'\n", 5, "unknown key call.parking", "park, park_slot, pickup"},
		{"unknown key of transfer", head + "[transfer]\nblind = 'refer'\n", 4, "unknown key transfer.blind", "announced, complete, direct, end, only_incoming, ringing"},
		{"feature is true", head + "[call]\nmailbox = true\n", 4, "call.mailbox is true", "a step in quotes"},
		{"unknown section in a section", head + "[forward.always]\non = 'dial:*21*{number}#'\n", 3, "unknown section forward.always", "all, busy, noanswer"},
		{"unknown key by a dotted name", head + "forward.all.now = 'dial:1'\n", 3, "unknown key forward.all.now", "off, on"},
		{"unknown section by a dotted name", head + "\ncalls.park = 'refer:700'\n", 4, "unknown section calls", ""},
		{"feature instead of a section", head + "transfer = 'refer'\n", 3, "transfer is a text", "a section, [transfer]"},
		{"feature of a whole section", head + "[forward]\nall = 'dial:1'\n", 4, "forward.all is a text", "[forward.all]"},
		{"list of sections", head + "[[call]]\nmailbox = 'dial:1'\n", 3, "call is a list", "[call]"},
		{"section instead of a feature", head + "[transfer.direct]\nto = 'refer'\n", 3, "transfer.direct is a section", "a step in quotes or a list"},
		{"feature is a number", head + "[call]\nmailbox = 98\n", 4, "call.mailbox is the number 98", "a step in quotes or a list"},
		{"feature is a date", head + "[call]\nmailbox = 2026-01-01\n", 4, "call.mailbox is a date", "a step in quotes"},
		{"only_incoming is a text", head + "[transfer]\nonly_incoming = 'yes'\n", 4, "transfer.only_incoming is a text", "true or false"},

		{"no step", head + "[call]\nmailbox = ''\n", 4, "call.mailbox: a step is empty", "dial"},
		{"no steps", head + "[call]\nmailbox = []\n", 4, "call.mailbox has 0 steps", "1 to 16"},
		{"too many steps", head + "[transfer]\nswap = [" + strings.Repeat("'dtmf:1',", 17) + "]\n", 4, "transfer.swap has 17 steps", "1 to 16"},
		{"step is a number", head + "[transfer]\nswap = ['dtmf:#',\n  2]\n", 5, "transfer.swap: step 2 is the number 2", "a text in quotes"},
		{"unknown step", head + "[transfer]\ndirect = 'transfer:{number}'\n", 4, `transfer.direct: unknown step "transfer"`, "refer, supervised, dtmf"},
		{"unknown step in capitals", head + "[transfer]\ndirect = 'Refer'\n", 4, `unknown step "Refer"`, "refer"},
		{"no kind", head + "[call]\nmailbox = '*98'\n", 4, `unknown step "*98"`, "dial"},
		{"step that does not fit", head + "[call]\nmailbox = 'refer-replaces'\n", 4, `"refer-replaces" does not fit here`, "dial, team"},
		{"replacing what rings", head + "[transfer]\nringing = 'refer-replaces'\n", 4, `"refer-replaces" does not fit here`, "supervised"},
		{"two that stand alone", head + "[transfer]\ndirect = ['refer', 'hangup']\n", 4, "transfer.direct: refer has to be the only step", ""},
		{"a call and digits", head + "[transfer]\nannounced = ['dial:{number}', 'dtmf:1']\n", 4, "dial has to be the only step", ""},
		{"after hanging up", head + "[transfer]\ndirect = ['dtmf:{number}',\n\n 'hangup', 'dtmf:#']\n", 6, "nothing can be done after hangup", ""},
		{"no code", head + "[call]\nmailbox = 'dial:'\n", 4, "dial has no code", "dial:CODE"},
		{"no code at all", head + "[call]\nmailbox = 'dial'\n", 4, "dial has no code", "dial:CODE"},
		{"empty refer", head + "[transfer]\ndirect = 'refer:'\n", 4, "refer has no code", "refer:CODE"},
		{"code where none is", head + "[transfer]\ncomplete = 'refer-replaces:700'\n", 4, "refer-replaces takes no code", "alone"},
		{"hangup with a code", head + "[transfer]\ncomplete = 'hangup:now'\n", 4, "hangup takes no code", ""},
		{"code too long", head + "[call]\nmailbox = 'dial:" + strings.Repeat("1", 65) + "'\n", 4, "longer than 64", ""},

		{"unknown placeholder", head + "[call]\nbypass = 'dial:*60*{nummer}#'\n", 4, "unknown placeholder {nummer}", "{number} {extension}"},
		{"empty placeholder", head + "[call]\nbypass = 'dial:*60*{}#'\n", 4, "unknown placeholder {}", "{number}"},
		{"time without a star", head + "[profile]\non = 'dial:*24*{profile}{time}#'\n", 4, "unknown placeholder {time}", "{profile} {*time} {extension}"},
		{"unclosed placeholder", head + "[call]\nbypass = 'dial:*60*{number'\n", 4, "has a { without its }", ""},
		{"placeholder in a placeholder", head + "[call]\nbypass = 'dial:*60*{num{number}}'\n", 4, "has a { without its }", ""},
		{"unopened placeholder", head + "[call]\nbypass = 'dial:*60*number}'\n", 4, "a } without its {", ""},
		{"placeholder without a value", head + "[call]\nmailbox = 'dial:*97{slot}'\n", 4, "there is no {slot} here", "{extension}"},
		{"number for a switch", head + "[forward.all]\noff = 'dial:#21*{number}#'\n", 4, "forward.all.off: there is no {number} here", "{extension}"},
		{"placeholder missing", head + "[call]\nbypass = 'dial:*60'\n", 4, "call.bypass does not mention {number}", ""},
		{"slot missing", head + "[call]\npark_slot = 'refer:700'\n", 4, "call.park_slot does not mention {slot}", ""},

		{"wait without duration", head + "[transfer]\nswap = ['dtmf:#', 'wait', 'dtmf:2']\n", 4, "wait has no duration", `"wait:2s"`},
		{"wait with empty duration", head + "[transfer]\nswap = ['dtmf:#', 'wait:', 'dtmf:2']\n", 4, "wait has no duration", `"wait:2s"`},
		{"wait without unit", head + "[transfer]\nswap = ['dtmf:#', 'wait:2']\n", 4, `wait for "2" is no duration`, `"wait:2s"`},
		{"wait backwards", head + "[transfer]\nswap = ['dtmf:#', 'wait:-2s']\n", 4, `wait for "-2s"`, "above 0s"},
		{"wait for ever", head + "[transfer]\nswap = ['dtmf:#', 'wait:1h']\n", 4, `wait for "1h"`, "up to 1m0s"},
		{"no DTMF digit", head + "[transfer]\nswap = 'dtmf:##x'\n", 4, `"x" is no DTMF digit`, "0-9 * # A-D"},
		{"plus is no DTMF digit", head + "[transfer]\nannounced = 'dtmf:+{number}'\n", 4, `"+" is no DTMF digit`, "0-9 * # A-D"},
		{"not to be dialled", head + "[call]\nmailbox = 'dial:mail box'\n", 4, `" " cannot be dialled`, "letters a-z"},
		{"not to be dialled in Swedish", head + "[call]\nmailbox = 'dial:låda'\n", 4, `"å" cannot be dialled`, "letters a-z"},
		{"address as a code", head + "[call]\nmailbox = 'dial:sip:98@pbx'\n", 4, `":" cannot be dialled`, "letters a-z"},

		{"numbers is a text", head + "numbers = '00'\n", 3, "numbers is a text", "[numbers]"},
		{"unknown key of numbers", head + "[numbers]\nnational = '0'\n", 4, "unknown key numbers.national", "international, group"},
		{"bad prefix", head + "[numbers]\ninternational = '0-0'\n", 4, `numbers.international is "0-0"`, `"00"`},
		{"prefix is a number", head + "[numbers]\ninternational = 0\n", 4, "numbers.international is the number 0", "a text in quotes"},
		{"bad regexp", head + "[numbers]\ngroup = '^(\\d{4}$'\n", 4, "numbers.group: error parsing regexp: missing closing )", ""},
		{"regexp without a group", head + "[numbers]\ngroup = '^\\d{4}$'\n", 4, "numbers.group has 0 pairs of ( )", "exactly one"},
		{"regexp with two groups", head + "[numbers]\ngroup = '^(0)(\\d{4})$'\n", 4, "numbers.group has 2 pairs of ( )", "exactly one"},
		{"watching what is dialled", head + "[call]\nmailbox = 'watch:98'\n", 4, `"watch" does not fit here`, "dial, team"},
		{"dialling what is watched", head + "[queue]\nhint = 'dial:{queue}'\n", 4, `"dial" does not fit here`, "watch, team"},
		{"watching nothing", head + "[queue]\nlogin_hint = 'watch'\n", 4, "watch has no code", "watch:CODE"},
		{"watching a header", head + "[queue]\nhint = 'watch:a b'\n", 4, `" " cannot be dialled`, "letters a-z"},
		{"number of a queue", head + "[queue]\nnight_hint = 'watch:{number}'\n", 4, "there is no {number} here", "{queue} {extension}"},
		{"queue of a mailbox", head + "[mailbox]\nhint = 'watch:{queue}'\n", 4, "there is no {queue} here", "{extension}"},
		{"unknown key of mailbox", head + "[mailbox]\nnumber = 'dial:98'\n", 4, "unknown key mailbox.number", "hint"},

		{"identity is a text", head + "identity = 'from'\n", 3, "identity is a text", "[identity]"},
		{"unknown key of identity", head + "[identity]\nhidden = 'privacy'\n", 4, "unknown key identity.hidden", "shown, withheld"},
		{"unknown way to show", head + "[identity]\nshown = 'asserted'\n", 4, `identity.shown is "asserted"`, "preferred, from"},
		{"showing by a code", head + "[identity]\nshown = 'dial:*30*{number}'\n", 4, "identity.shown is", "preferred, from"},
		{"shown is true", head + "[identity]\nshown = true\n", 4, "identity.shown is true", "a text in quotes"},
		{"unknown way to hide", head + "[identity]\nwithheld = 'dtmf:#31#'\n", 4, `identity.withheld is "dtmf:#31#"`, "privacy, from, dial:CODE"},
		{"hiding without a number", head + "\n[identity]\nwithheld = 'dial:*31*'\n", 5, "call.withheld does not mention {number}", ""},
		{"hiding by an unknown placeholder", head + "[identity]\nwithheld = 'dial:*31*{nr}'\n", 4, "unknown placeholder {nr}", "{number}"},
		{"hiding twice", head + "[identity]\nwithheld = 'dial:*31*{number}'\n[call]\nwithheld = 'dial:#31#{number}'\n", 4, "identity.withheld and call.withheld both have a code", "write it once"},

		{"too large", head + strings.Repeat("#", 1<<16), 1, "larger than 65536 bytes", ""},
		{"no UTF-8", head + "[call]\nmailbox = 'dial:\xff'\n", 4, "invalid UTF-8", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, mistakes := dialect.Check("some/where/x.toml", []byte(c.file))
			if d != nil || len(mistakes) == 0 {
				t.Fatalf("%v, %v", d, mistakes)
			}
			mistake := mistakes[0]
			if mistake.File != "some/where/x.toml" || mistake.Line != c.line || !strings.Contains(mistake.Msg, c.msg) || !strings.Contains(mistake.Msg, c.allowed) {
				t.Errorf("%v\nwant line %d with %q and %q", mistake, c.line, c.msg, c.allowed)
			}
			if want := fmt.Sprintf("some/where/x.toml:%d: %s", c.line, mistake.Msg); mistake.Error() != want {
				t.Errorf("%q, want %q", mistake, want)
			}
		})
	}
}

// TestLinesInLists: the line is the element's, whatever stands between.
func TestLinesInLists(t *testing.T) {
	for text, want := range map[string]string{
		"swap = [ 'dtmf:#', 'x' ]":                                   "4",
		"swap = [\n'dtmf:#',\n'x' ]":                                 "6",
		"swap = [\n\n'dtmf:#'\n,\n\n'x'\n]":                          "9",
		"swap = [ # 'a', 'b',\n 'dtmf:#', # ]\n # [ \" ,\n 'x' ]":    "7",
		"swap = [ \"\"\"dtmf:#\"\"\", 'x' ]":                         "4",
		"swap = [ '''dtmf:1''', # line\n\"\"\"x\n\"\"\"]":            "5",
		"swap = [ \"dtmf:\\\"1\",\n'x']":                             "4 5",
		"swap = [ [\"\\\\\",\n'\"'],\n'x' ]":                         "4 6",
		"swap = [ \"dtmf:\\u0031\", \"x\\\",\n\n ]":                  "4", // TOML's own complaint
		"swap = [ \"dtmf:1\", [\n'x',\n'y' ],\n'hangup' ]":           "4 7",
		"swap = [ \"dtmf:1\", { a = 'b', c = [ 1,\n2 ] },\n'nope' ]": "4 6",
	} {
		_, mistakes := dialect.Check("x.toml", []byte(head+"[transfer]\n"+text))
		var got []string
		for _, m := range mistakes {
			got = append(got, strconv.Itoa(m.Line))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want lines %s", text, mistakes, want)
		}
	}
}

func TestCheckTellsAll(t *testing.T) {
	d, mistakes := dialect.Check("x.toml", []byte("id = \"x\"\n[call]\npark = 'x'\nbypass = 'dial:1'\n[transfer]\nswap = ['a',\n 'b']\n[nonsense]\n"))
	lines := []int{}
	for _, m := range mistakes {
		lines = append(lines, m.Line)
	}
	if want := []int{1, 3, 4, 6, 7, 8}; d != nil || !slices.Equal(lines, want) {
		t.Errorf("%v, want lines %v", mistakes, want)
	}
	if d, mistakes := dialect.Check("x.toml", []byte(head)); d == nil || mistakes != nil {
		t.Error(d, mistakes)
	}
}

// TestEveryFeatureCanBeWritten: a feature that the phone knows and no file can name would never work.
func TestEveryFeatureCanBeWritten(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "feature.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var features []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Feature") {
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			features = append(features, name)
		}
		return true
	})
	if len(features) < 30 {
		t.Fatalf("only %d features found", len(features))
	}
	var b strings.Builder
	for _, f := range features {
		fmt.Fprintf(&b, "%s = 'team'\n", f)
	}
	d := parse(t, b.String())
	if got := d.Features(); len(got) != len(features) || !slices.IsSorted(got) {
		t.Errorf("%v", got)
	}
}

func TestLoad(t *testing.T) {
	shipped := fstest.MapFS{
		"generic.toml":  {Data: []byte("id = 'generic'\nname = 'Standard SIP'\n")},
		"demo.toml":     {Data: []byte("id = 'demo'\nname = 'Demo'\n")},
		"notes.txt":     {Data: []byte("no dialect")},
		"sub/x.toml":    {Data: []byte("no dialect")},
		"folder.toml/x": {Data: []byte("no dialect")},
	}
	names := func(all map[string]*dialect.Dialect) string {
		var s []string
		for id, d := range all {
			s = append(s, id+"="+d.Name)
		}
		slices.Sort(s)
		return strings.Join(s, " ")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, none := range []string{"", filepath.Join(dir, "missing")} {
		all, errs := dialect.Load(shipped, none)
		if got := names(all); got != "demo=Demo generic=Standard SIP" || errs != nil {
			t.Errorf("user's folder %q: %s, %v", none, got, errs)
		}
	}

	write("own.toml", "id = 'own'\nname = 'Our exchange'\n")
	write("demo.toml", "id = 'demo'\nname = 'Our demo'\n")
	write("readme.txt", "no dialect")
	all, errs := dialect.Load(shipped, dir)
	if got := names(all); got != "demo=Our demo generic=Standard SIP own=Our exchange" || errs != nil {
		t.Errorf("%s, %v", got, errs)
	}

	write("demo.toml", "id = 'demo'\n\n[calls]\n")
	write("own.toml", "id = 'other'\nname = 'Other'\n")
	all, errs = dialect.Load(shipped, dir)
	if got := names(all); got != "demo=Demo generic=Standard SIP" {
		t.Errorf("files with mistakes were used: %s", got)
	}
	var got []string
	for _, err := range errs {
		var mistake *dialect.Error
		if !errors.As(err, &mistake) {
			t.Errorf("%v is no *dialect.Error", err)
			continue
		}
		got = append(got, fmt.Sprintf("%s:%d", mistake.File, mistake.Line))
	}
	want := []string{filepath.Join(dir, "demo.toml") + ":1", filepath.Join(dir, "demo.toml") + ":3", filepath.Join(dir, "own.toml") + ":1"}
	if !slices.Equal(got, want) {
		t.Errorf("mistakes at %v, want %v", got, want)
	}

	file := filepath.Join(dir, "own.toml")
	if all, errs := dialect.Load(shipped, file); len(all) != 2 || len(errs) != 1 {
		t.Errorf("a file for a folder: %v, %v", all, errs)
	}
	write("demo.toml", strings.Repeat("#", 1<<16+1))
	if _, errs := dialect.Load(shipped, dir); len(errs) < 1 || !strings.Contains(errs[0].Error(), "larger") {
		t.Errorf("%v", errs)
	}
	pipes := fstest.MapFS{"pipe.toml": {Mode: fs.ModeNamedPipe}, "demo.toml": shipped["demo.toml"]}
	if all, errs := dialect.Load(pipes, ""); len(all) != 1 || len(errs) != 1 || !strings.Contains(errs[0].Error(), "pipe.toml: not a regular file") {
		t.Errorf("a pipe for a file: %v, %v", all, errs)
	}
	if all, errs := dialect.Load(fstest.MapFS{"bad.toml": {Data: []byte("x")}}, ""); len(all) != 0 || len(errs) != 1 {
		t.Errorf("%v, %v", all, errs)
	}
}

// FuzzParse: any file is a dialect whose plans can be asked for, or mistakes with lines of the file.
func FuzzParse(f *testing.F) {
	f.Add([]byte(head + "[numbers]\ngroup = '^(\\d+)$'\n[transfer]\ndirect = ['dtmf:##', 'wait:2s', 'dtmf:{number}#', 'hangup']\nonly_incoming = true\n"))
	f.Add([]byte(head + "[call]\npark = ['dtmf:{',\n\n'x']\n"))
	f.Add([]byte(head + "forward = { all = { on = \"\"\"dial:*21*{number}#\"\"\" } }\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, mistakes := dialect.Check("x.toml", data)
		lines := strings.Count(string(data), "\n") + 1
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > lines || m.Msg == "" {
				t.Errorf("%v in %d lines", m, lines)
			}
		}
		if (d == nil) == (len(mistakes) == 0) {
			t.Fatal(d, mistakes)
		}
		if d == nil {
			return
		}
		for _, feature := range d.Features() {
			steps, err := d.Plan(feature, dialect.Args{Number: "2101", Slot: "701", Queue: "1", Profile: "1", Extension: "1"})
			if err != nil || len(steps) == 0 {
				t.Errorf("%s: %v, %v", feature, steps, err)
			}
			for _, s := range steps {
				if strings.ContainsAny(s.Text, "{} \r\n") || s.Kind == dialect.Wait && s.Wait <= 0 {
					t.Errorf("%s: %v", feature, s)
				}
			}
			if _, err := d.Plan(feature, dialect.Args{Number: "1#", Slot: "1#", Queue: "1#", Profile: "1#", Extension: "1#"}); err != nil && phone.ReasonOf(err).ID != phone.ReasonBadTarget {
				t.Error(err)
			}
		}
	})
}
