package dialect_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"svara/assets"
	"svara/phone"
	"svara/phone/dialect"
)

func shipped(t *testing.T) map[string]*dialect.Dialect {
	t.Helper()
	all, errs := dialect.Load(assets.Dialects(), "")
	for _, err := range errs {
		t.Error(err)
	}
	if t.Failed() {
		t.FailNow()
	}
	return all
}

func parse(t *testing.T, text string) *dialect.Dialect {
	t.Helper()
	d, mistakes := dialect.Check("x.toml", []byte("id = \"x\"\nname = \"X\"\n"+text))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return d
}

// shown is all plans of a dialect, as a table.
func shown(t *testing.T, d *dialect.Dialect) string {
	t.Helper()
	var b strings.Builder
	for _, f := range d.Features() {
		steps, err := d.Plan(f, dialect.Args{Number: "2101", Slot: "703", Queue: "640", Profile: "3", Time: "0130", Extension: "1001"})
		if err != nil {
			t.Errorf("%s %s: %v", d.ID, f, err)
		}
		fmt.Fprintf(&b, "%s %s\n", f, strings.Trim(fmt.Sprint(steps), "[]"))
	}
	return b.String()
}

const sipTransfers = `transfer.announced dial:2101
transfer.complete refer-replaces
transfer.direct refer
transfer.ringing supervised
`

// keptTransfers are those of exchanges that lose a caller who is transferred by REFER to somebody busy.
var keptTransfers = strings.Replace(sipTransfers, "direct refer", "direct supervised", 1)

var plans = map[string]string{
	"generic": `call.pickup invite-replaces
` + sipTransfers,
	"a3": `call.pickup invite-replaces
` + sipTransfers,
	"icentrex": `call.mailbox dial:001
call.pickup invite-replaces
` + sipTransfers,
	"asterisk": `call.mailbox dial:8500
call.park refer:700
call.pickup dial:*8
call.retrieve dial:703
` + keptTransfers,
	"freepbx": `call.mailbox dial:*97
call.park refer:70
call.pickup dial:**2101
call.retrieve dial:703
call.voicemail dial:*2101
forward.all.off dial:*73
forward.all.on dial:*722101
forward.busy.off dial:*91
forward.busy.on dial:*902101
forward.noanswer.off dial:*53
forward.noanswer.on dial:*522101
` + keptTransfers + `transfer.undo dial:**2101
transfer.voicemail refer:*2101
waiting.off dial:*71
waiting.on dial:*70
`,
	"freeswitch": `call.bridge refer:3000
call.mailbox dial:*98
call.park_slot refer:703
call.pickup dial:**2101
call.retrieve dial:703
` + keptTransfers + `transfer.undo dial:**2101
`,
	"telavox-softphone": `call.bypass dial:*60*2101#
call.pickup dial:*80*2101
call.voicemail dial:*59*2101#
call.withheld dial:*31*2101
forward.all.off dial:#21#
forward.all.on dial:*21*2101#
forward.busy.off dial:#67#
forward.busy.on dial:*67*2101#
forward.noanswer.off dial:#61#
forward.noanswer.on dial:*61*2101#
profile.off dial:#24#
profile.on dial:*24*3*0130#
queue.login dial:*75*640#
queue.logout dial:#75*640#
transfer.announced dtmf:#2101#
transfer.complete hangup
transfer.direct dtmf:#2101# wait:5s hangup
transfer.end dtmf:*
transfer.ringing hangup
transfer.takeback dtmf:*
transfer.voicemail dtmf:*59*2101#
`,
	"telavox-mobile": `call.bypass dial:*60*2101
call.pickup dial:*80*2101
call.voicemail dial:*59*2101
call.withheld dial:*31*2101
forward.all.off dial:#21
forward.all.on dial:*21*2101
forward.busy.off dial:#67
forward.busy.on dial:*67*2101
forward.noanswer.off dial:#61
forward.noanswer.on dial:*61*2101#
profile.off dial:#24
profile.on dial:*24*3*0130
queue.login dial:*75*640
queue.logout dial:#75*640
transfer.announced dtmf:#2101
transfer.complete hangup
transfer.direct dtmf:#2101 wait:5s hangup
transfer.end dtmf:*
transfer.ringing hangup
transfer.takeback dtmf:*
transfer.voicemail dtmf:*59*2101
`,
	"minivoice": `transfer.announced dtmf:## wait:2s dtmf:2101#
transfer.complete hangup
transfer.direct dtmf:## wait:2s dtmf:2101# wait:5s hangup
transfer.end dtmf:##1
transfer.ringing hangup
transfer.swap dtmf:##2
transfer.takeback dtmf:#
`,
	"demo": `call.bridge refer:8000
call.bypass dial:*60*2101#
call.intrude dial:*64*2101#
call.mailbox dial:*98
call.park refer:700
call.park_slot refer:703
call.pickup dial:*80*2101#
call.retrieve dial:703
call.voicemail dial:*59*2101#
call.withheld dial:*31*2101#
forward.all.off dial:#21#
forward.all.on dial:*21*2101#
forward.busy.off dial:#67#
forward.busy.on dial:*67*2101#
forward.noanswer.off dial:#61#
forward.noanswer.on dial:*61*2101#
lamps.list watch:colleagues
profile.off dial:#24#
profile.on dial:*24*3*0130#
queue.hint watch:640
queue.login dial:*75*640#
queue.login_hint watch:*75*640
queue.logout dial:#75*640#
queue.night_hint watch:*76*640
` + sipTransfers + `transfer.voicemail refer:*59*2101#
waiting.off dial:#43#
waiting.on dial:*43#
`,
}

func TestShippedPlans(t *testing.T) {
	all := shipped(t)
	for id, want := range plans {
		d := all[id]
		if d == nil {
			t.Errorf("%s is not shipped", id)
			continue
		}
		got, want := strings.Split(shown(t, d), "\n"), strings.Split(want, "\n")
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("%s: missing %q", id, line)
			}
		}
		for _, line := range got {
			if !slices.Contains(want, line) {
				t.Errorf("%s: unexpected %q", id, line)
			}
		}
	}
	if len(all) != len(plans) {
		t.Errorf("%d dialects are shipped, %d are known here", len(all), len(plans))
	}
	if all[phone.DefaultDialect] == nil {
		t.Error("the default dialect is not shipped")
	}
}

func TestShippedFacts(t *testing.T) {
	for id, d := range shipped(t) {
		if d.ID != id || d.Name == "" {
			t.Errorf("%s: %q %q", id, d.ID, d.Name)
		}
		if got, want := d.OnlyIncoming, strings.HasPrefix(id, "telavox-"); got != want {
			t.Errorf("%s transfers only incoming calls: %v", id, got)
		}
		withheld := dialect.Privacy
		if strings.HasPrefix(id, "telavox-") {
			withheld = dialect.ByCode
		}
		if d.Shown != dialect.Preferred || d.Withheld != withheld {
			t.Errorf("%s: shown by %s, withheld by %s", id, d.Shown, d.Withheld)
		}
		if got := d.Outgoing("+46701234567"); got != "+46701234567" {
			t.Errorf("%s dials %q", id, got)
		}
		for _, c := range []struct{ number, group string }{
			{"08546899140001", "0001"}, // the manual's example
			{"07012345670012", "0012"},
			{"0854689914", ""}, // ten digits: a number without a group
			{"0701234567", ""},
			{"004685468991", ""}, // from abroad
			{"+4685468991", ""},
			{"2101", ""},
			{"", ""},
		} {
			want := c.group
			if id != "minivoice" {
				want = ""
			}
			if got, ok := d.Group(c.number); got != want || ok != (want != "") {
				t.Errorf("%s: group of %q is %q, %v; want %q", id, c.number, got, ok, want)
			}
		}
	}
}

// TestShippedFilesSayTheirSource: a code that nobody can trace is a guess.
func TestShippedFilesSayTheirSource(t *testing.T) {
	files, err := fs.Glob(assets.Dialects(), "*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := fs.ReadFile(assets.Dialects(), name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if name != "generic.toml" && name != "demo.toml" && !strings.Contains(text, "# Source") {
			t.Errorf("%s does not say where its codes come from", name)
		}
		if strings.Contains(text, "://") {
			t.Errorf("%s has an address", name)
		}
	}
}

func TestPlan(t *testing.T) {
	const numbers = "[numbers]\ninternational = "
	const profile = "[profile]\non = \"dial:*24*{profile}{*time}#\"\n"
	for _, c := range []struct {
		name, file string
		feature    phone.Feature
		args       dialect.Args
		want       string // the steps, or the refusal
	}{
		{"code", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "2101"}, "dial:*60*2101#"},
		{"plus without a rule", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "+468123"}, "dial:*60*00468123#"},
		{"plus by the rule", numbers + "'009'\n[call]\nbypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "+468123"}, "dial:*60*009468123#"},
		{"plus kept outside codes only", numbers + "'+'\n[call]\nbypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "+468123"}, "dial:*60*00468123#"},
		{"plus alone", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "+"}, "bad-target: +"},
		{"plus inside", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "46+8"}, "bad-target: 46+8"},
		{"star", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "21*01"}, "bad-target: 21*01"},
		{"hash", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "2101#"}, "bad-target: 2101#"},
		{"name", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "anna"}, "bad-target: anna"},
		{"address", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "sip:2101@pbx"}, "bad-target: sip:2101@pbx"},
		{"space", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "21 01"}, "bad-target: 21 01"},
		{"other digits", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "٢١٠١"}, "bad-target: ٢١٠١"},
		{"no text", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: "21\xff"}, "bad-target: 21?"},
		{"nothing", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{}, "bad-target"},
		{"endless", "call.bypass = 'dial:*60*{number}#'", phone.FeatureBypass, dialect.Args{Number: strings.Repeat("1", 257)}, "bad-target: " + strings.Repeat("1", 257)},

		{"plain number", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "+468123"}, "dial:+468123"},
		{"plain number by the rule", numbers + "'00'\n[transfer]\nannounced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "+468123"}, "dial:00468123"},
		{"plain name", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "anna.berg"}, "dial:anna.berg"},
		{"plain address", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "sip:anna@example.com"}, "dial:sip:anna@example.com"},
		{"plain code of the user's", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "*43#"}, "dial:*43#"},
		{"plain header", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "anna>,<b"}, "bad-target: anna>,<b"},
		{"plain name in Swedish", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "åsa"}, "bad-target: åsa"},
		{"plain nothing", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{}, "bad-target"},
		{"plain line", "transfer.announced = 'dial:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "a\r\nTo: b"}, "bad-target: a\r\nTo: b"},
		{"plain name as digits", "transfer.announced = 'dtmf:{number}'", phone.FeatureTransferAnnounced, dialect.Args{Number: "anna"}, "bad-target: anna"},
		{"plain slot", "call.retrieve = 'dial:{slot}'", phone.FeatureRetrieve, dialect.Args{Slot: "lot-1"}, "dial:lot-1"},
		{"slot in a code", "call.retrieve = 'dial:*85{slot}'", phone.FeatureRetrieve, dialect.Args{Slot: "lot-1"}, "bad-target: lot-1"},

		{"refer to the target", "transfer.direct = 'refer'", phone.FeatureTransferDirect, dialect.Args{Number: "anna"}, "refer"},
		{"refer to a code", "transfer.voicemail = 'refer:*{number}'", phone.FeatureTransferVoicemail, dialect.Args{Number: "2101"}, "refer:*2101"},
		{"steps", "transfer.direct = ['dtmf:##', 'wait:1500ms', 'dtmf:{number}#', 'hangup']", phone.FeatureTransferDirect, dialect.Args{Number: "2101"}, "dtmf:## wait:1.5s dtmf:2101# hangup"},
		{"team", "transfer.undo = 'team'", phone.FeatureTransferUndo, dialect.Args{}, "team"},

		{"time", profile, phone.FeatureProfileOn, dialect.Args{Profile: "3", Time: "1530"}, "dial:*24*3*1530#"},
		{"no time", profile, phone.FeatureProfileOn, dialect.Args{Profile: "3"}, "dial:*24*3#"},
		{"time in words", profile, phone.FeatureProfileOn, dialect.Args{Profile: "3", Time: "2h"}, "bad-target: 2h"},
		{"time with a star", profile, phone.FeatureProfileOn, dialect.Args{Profile: "3", Time: "*1"}, "bad-target: *1"},
		{"no profile", profile, phone.FeatureProfileOn, dialect.Args{Time: "1530"}, "bad-target"},
		{"queue by name", "queue.login = 'dial:*75*{queue}#'", phone.FeatureQueueLogin, dialect.Args{Queue: "support"}, "bad-target: support"},
		{"our own number", "call.mailbox = 'dial:*97{extension}'", phone.FeatureMailbox, dialect.Args{Extension: "1001"}, "dial:*971001"},

		{"hint of a queue", "queue.hint = 'watch:{queue}'", phone.FeatureQueueHint, dialect.Args{Queue: "640"}, "watch:640"},
		{"hint of a queue by name", "queue.hint = 'watch:{queue}'", phone.FeatureQueueHint, dialect.Args{Queue: "support"}, "watch:support"},
		{"hint of our login", "queue.login_hint = 'watch:*75{extension}*{queue}'", phone.FeatureQueueLoginHint, dialect.Args{Queue: "640", Extension: "1001"}, "watch:*751001*640"},
		{"hint with a name inside", "queue.login_hint = 'watch:*75*{queue}'", phone.FeatureQueueLoginHint, dialect.Args{Queue: "support"}, "bad-target: support"},
		{"hint of a header", "queue.night_hint = 'watch:{queue}'", phone.FeatureQueueNightHint, dialect.Args{Queue: "640>;x"}, "bad-target: 640>;x"},
		{"hint of a mailbox", "mailbox.hint = 'watch:vm{extension}'", phone.FeatureMailboxHint, dialect.Args{Extension: "1001"}, "watch:vm1001"},
		{"hidden number", "identity.withheld = 'dial:*31*{number}#'", phone.FeatureWithheld, dialect.Args{Number: "0812345"}, "dial:*31*0812345#"},

		{"unknown way", "", phone.FeaturePark, dialect.Args{Number: "2101"}, "not-supported: call.park"},
		{"no feature", "", "call.nonsense", dialect.Args{}, "not-supported: call.nonsense"},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps, err := parse(t, c.file).Plan(c.feature, c.args)
			got := strings.Trim(fmt.Sprint(steps), "[]")
			if err != nil {
				var refused *phone.Error
				if !errors.As(err, &refused) {
					t.Fatalf("%v is no *phone.Error", err)
				}
				if got = refused.Error(); steps != nil {
					t.Error("steps and an error")
				}
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestPlansAreTheCallersOwn: the engine writes into the steps.
func TestPlansAreTheCallersOwn(t *testing.T) {
	d := parse(t, "transfer.direct = 'refer'")
	first, err := d.Plan(phone.FeatureTransferDirect, dialect.Args{})
	if err != nil {
		t.Fatal(err)
	}
	first[0].Text = "changed"
	if again, _ := d.Plan(phone.FeatureTransferDirect, dialect.Args{}); again[0].Text != "" {
		t.Error("a plan was changed by its user")
	}
}

func TestOutgoing(t *testing.T) {
	d := parse(t, "[numbers]\ninternational = '00'")
	for number, want := range map[string]string{
		"+46701234567": "0046701234567", "0701234567": "0701234567", "2101": "2101", "": "", "+": "+", "+46x": "+46x", "anna": "anna",
		"sip:+46701234567@example.com": "sip:+46701234567@example.com", "*21*+46#": "*21*+46#", "++46": "++46",
	} {
		if got := d.Outgoing(number); got != want {
			t.Errorf("%q is dialled %q, want %q", number, got, want)
		}
	}
	if got := parse(t, "").Outgoing("+46"); got != "+46" {
		t.Errorf("without a rule: %q", got)
	}
}

func TestIdentity(t *testing.T) {
	for text, want := range map[string][2]dialect.Identity{
		"": {dialect.Preferred, dialect.Privacy},
		"[identity]\nshown = 'from'\nwithheld = 'from'":                      {dialect.From, dialect.From},
		"[identity]\nshown = 'preferred'\nwithheld = 'privacy'":              {dialect.Preferred, dialect.Privacy},
		"[identity]\nwithheld = 'dial:#31#{number}'":                         {dialect.Preferred, dialect.ByCode},
		"identity.withheld = 'privacy'\ncall.withheld = 'dial:*31*{number}'": {dialect.Preferred, dialect.Privacy},
	} {
		if d := parse(t, text); d.Shown != want[0] || d.Withheld != want[1] {
			t.Errorf("%q: %s, %s; want %s", text, d.Shown, d.Withheld, want)
		}
	}
}

// TestZeroDialect: the engine has one when no file could be read.
func TestZeroDialect(t *testing.T) {
	d := &dialect.Dialect{ID: "generic"}
	if _, err := d.Plan(phone.FeatureTransferDirect, dialect.Args{}); phone.ReasonOf(err).ID != phone.ReasonNotSupported {
		t.Error(err)
	}
	if _, ok := d.Group("08546899140001"); ok || len(d.Features()) != 0 || d.Outgoing("+46") != "+46" {
		t.Error("it knows something")
	}
}
