// Package doors knows which room of the house may import which, and its test walks the tree to see that it is so.
package doors

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the name all our import paths begin with.
const Module = "svara"

// Room is one line of the table: who may come in by which door.
type Room struct {
	// Path is the package below the module; "/..." at the end covers everything below it as well. The longest Path that
	// fits a package is its room.
	Path string
	// Ours is what of our own it may import, written like Path.
	Ours []string
	// Theirs is what of others' modules it may import, as path prefixes. "*" is anything.
	Theirs []string
	// Why is what would break if the door stood open.
	Why string
}

// Rooms is the house. A new package needs a line here, or fits in a room that ends in "/...".
var Rooms = []Room{
	{"cmd/svara", []string{"..."}, []string{"golang.org/x/sys"}, "composition root"},
	{"cmd/svaractl", []string{"cmd/internal/...", "phone/...", "audio/...", "store", "assets", "ui/text", "ui/command"}, nil,
		"it runs where there is no display: no window, no Fyne"},
	{"cmd/svara-pbx", []string{"cmd/internal/...", "phone", "phone/pbxdemo", "assets"}, nil, "it is the practice PBX and nothing else"},
	{"cmd/svara-team", []string{"cmd/internal/...", "phone", "phone/team/...", "store/teamdb", "assets", "ui/text"}, nil, "it wires the team server: no telephone, no sound, no window"},
	{"cmd/internal/...", []string{"cmd/internal/...", "phone/...", "audio/...", "store", "store/teamdb", "assets", "ui/text", "ui/command"}, []string{"github.com/adrg/xdg", "golang.org/x/sys"},
		"it wires the phone for the window and for svaractl, so it may not need the window"},

	{"phone", nil, nil, "the vocabulary: everybody imports it, so it imports nobody"},
	{"phone/engine", []string{"phone", "phone/engine/...", "phone/ua", "phone/sdp", "phone/media", "phone/media/jitter", "phone/dialect", "phone/dialoginfo", "phone/pidf", "phone/eventlist", "phone/mwi", "phone/numbers", "phone/schedule", "phone/template", "phone/team", "audio/..."}, nil,
		"the loop reaches the store and the screens only through small interfaces of its own"},
	{"phone/ua", []string{"phone", "phone/ua/digest", "phone/ua/resolve"}, []string{"github.com/emiago/sipgo"}, "SIP becomes values here; sound and storage are none of its business"},
	{"phone/ua/digest", nil, nil, "pure functions on headers"},
	{"phone/ua/resolve", []string{"phone"}, []string{"github.com/miekg/dns", "golang.org/x/net/idna"}, "it turns names into addresses and knows no dialogs"},
	{"phone/dialect", []string{"phone"}, []string{"github.com/BurntSushi/toml"}, "PBX differences as data: it plans, others do"},
	{"phone/dialoginfo", []string{"phone/xmldoc"}, nil, "RFC 4235 documents as values, for the phone and the practice PBX"},
	{"phone/xmldoc", nil, nil, "one tolerant and bounded way to read what exchanges send"},
	{"phone/pidf", []string{"phone", "phone/xmldoc"}, nil, "RFC 3863 and 4480 documents as values, for the phone and the practice PBX"},
	{"phone/eventlist", []string{"phone/xmldoc"}, nil, "RFC 4662 documents as values, for the phone and the practice PBX"},
	{"phone/mwi", nil, nil, "RFC 3842 documents as values, for the phone and the practice PBX"},
	{"phone/numbers", []string{"phone"}, []string{"github.com/nyaruka/phonenumbers"}, "pure functions on telephone numbers"},
	{"phone/schedule", []string{"phone"}, nil, "pure functions on times: the clock is an argument"},
	{"phone/template", []string{"phone"}, nil, "pure functions on text: it opens nothing"},
	{"phone/directory", []string{"phone", "phone/numbers"}, []string{"github.com/emersion/", "github.com/go-ldap/ldap", "github.com/go-asn1-ber/", "golang.org/x/oauth2", "golang.org/x/text", "golang.org/x/net", "github.com/fsnotify/fsnotify"},
		"it reads others' address books and hands people over; it knows no calls"},
	{"phone/voicemail", []string{"phone"}, []string{"github.com/emersion/", "golang.org/x/text"}, "it reads mailboxes; what it fetches others play"},
	{"phone/sdp", nil, nil, "pure functions on text"},
	{"phone/media", []string{"phone", "phone/sdp", "phone/media/jitter", "phone/media/ice", "audio", "audio/incoming", "audio/clock"}, []string{"github.com/pion/"}, "it knows packets and sound, not SIP and not devices"},
	{"phone/media/jitter", nil, []string{"github.com/pion/rtp"}, "a data structure: no clock, no socket"},
	{"phone/media/ice", []string{"phone", "phone/sdp"}, []string{"github.com/pion/"}, "it finds a way for packets and does not look into them"},
	{"phone/diagnostics", []string{"phone"}, nil, "it collects what others hand it; it knows neither SIP nor sound"},
	{"phone/team", []string{"phone"}, nil, "what a group shares, as words, and a client for them: it knows no server's insides"},
	{"phone/team/ami", []string{"phone", "phone/team"}, nil, "it speaks with one kind of exchange and keeps no history"},
	{"phone/team/spool", []string{"phone", "phone/team"}, []string{"github.com/fsnotify/fsnotify"}, "it reads and changes an exchange's folder of voice messages and nothing else"},
	{"phone/team/sms", []string{"phone", "phone/team/server"}, nil, "it asks one kind of gateway over HTTP and keeps nothing"},
	{"phone/team/tally", []string{"phone", "phone/team"}, nil, "pure: what exchanges tell becomes queues, log and figures; time is in the input"},
	{"phone/team/kept", []string{"phone", "phone/team"}, nil, "words between the team server and its database, so that neither knows the other"},
	{"phone/team/server", []string{"phone", "phone/team", "phone/team/kept", "phone/team/tally", "phone/numbers", "phone/schedule", "assets", "ui/text"}, []string{"github.com/emersion/", "github.com/wneessen/go-mail", "golang.org/x/crypto", "golang.org/x/time"},
		"it reaches exchanges and the database only through small interfaces"},
	{"phone/control", []string{"phone"}, []string{"golang.org/x/sys", "github.com/adrg/xdg", "github.com/gofrs/flock"}, "it carries verbs for any phone, so it may know none in particular"},
	{"phone/pbxdemo", []string{"phone", "phone/team", "phone/pbxdemo/...", "phone/dialoginfo", "phone/pidf", "phone/eventlist", "phone/mwi", "phone/schedule", "phone/ua", "phone/ua/digest", "phone/media", "phone/sdp", "audio/...", "assets"}, nil,
		"the practice PBX is reached by SIP like any other, never through the engine"},
	{"phone/phonetest/...", []string{"..."}, []string{"*"}, "tests only"},

	{"audio", nil, nil, "the words of sound: everybody imports it, so it imports nobody"},
	{"audio/codec/opus", []string{"audio", "audio/dsp", "audio/errand"}, []string{"github.com/hraban/opus"}, "the one cgo room for Opus"},
	{"audio/codec/...", []string{"audio", "audio/dsp"}, nil, "a codec knows samples only"},
	{"audio/device", []string{"audio", "audio/ring", "audio/dsp", "audio/wav", "audio/record", "audio/incoming", "audio/clock", "audio/device/plug"}, []string{"github.com/gordonklaus/portaudio", "github.com/jfreymuth/pulse"}, "the one room that touches sound cards"},
	{"audio/device/plug", nil, []string{"golang.org/x/sys"}, "the system's own events, apart so that they can be checked without PortAudio"},
	{"audio/...", []string{"audio/..."}, nil, "sound waits for nobody upstairs and knows no calls"},

	{"store", []string{"phone", "phone/numbers"}, []string{"modernc.org/sqlite", "github.com/zalando/go-keyring", "github.com/godbus/dbus", "golang.org/x/crypto", "golang.org/x/sys", "golang.org/x/text"},
		"it stores the vocabulary's words and asks nobody"},

	{"store/teamdb", []string{"phone", "phone/team", "phone/team/kept"}, []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5"}, "the team server's shelves: SQLite or PostgreSQL behind one set of queries"},

	{"ui/text", []string{"phone", "assets"}, []string{"golang.org/x/text", "github.com/jeandeaual/go-locale"}, "words, for programs without a window too"},
	{"ui/command", []string{"phone"}, nil, "the registry is used without a window too"},
	{"ui/present", []string{"phone", "phone/template", "phone/schedule", "phone/numbers", "ui/text", "ui/command"}, nil, "pure: view models are tested without a screen"},
	{"ui/theme", []string{"assets", "ui/theme/..."}, []string{"fyne.io/fyne/v2", "github.com/fyne-io/oksvg", "github.com/srwiley/rasterx"}, "looks know nothing of calls"},
	{"ui/loop", []string{"phone"}, []string{"fyne.io/fyne/v2", "github.com/go-gl/glfw"}, "it knows when to sleep, and nothing of what is drawn"},
	{"ui/widget", []string{"ui/theme", "ui/text", "ui/command", "ui/present", "ui/loop", "ui/widget/..."}, []string{"fyne.io/fyne/v2"}, "widgets show view models; they know nothing of the phone"},
	{"ui/view/...", []string{"phone", "phone/template", "ui/present", "ui/command", "ui/text", "ui/widget", "ui/theme", "ui/loop", "ui/view/..."}, []string{"fyne.io/fyne/v2"},
		"screens show view models and run commands; they know the phone by its words only"},
	{"ui", []string{"phone", "phone/schedule", "ui/...", "assets"}, []string{"fyne.io/", "github.com/go-gl/glfw", "github.com/godbus/dbus", "github.com/go-text/typesetting"}, "the window is a guest: it has the phone's words and interface, nothing behind them"},

	{"assets/...", nil, nil, "files; they are carried by everybody"},
}

// OneRoom are the modules that live in one place of the house, so that another can take their place.
var OneRoom = map[string]string{
	"github.com/emiago/sipgo":          "phone/ua",
	"github.com/gordonklaus/portaudio": "audio/device",
	"github.com/jfreymuth/pulse":       "audio/device",
	"github.com/hraban/opus":           "audio/codec/opus",
	"gopkg.in/hraban/opus":             "audio/codec/opus",
	"modernc.org/sqlite":               "store",
	"github.com/jackc/pgx":             "store/teamdb",
	"github.com/miekg/dns":             "phone/ua/resolve",
	"fyne.io/":                         "ui",
	"github.com/nyaruka/phonenumbers":  "phone/numbers",
	"github.com/go-ldap/ldap":          "phone/directory",
	"github.com/emersion/go-imap":      "phone/voicemail",
}

// testTools are what every room's tests may import besides: the fixtures, and tools that no program contains.
var testTools = []string{"go.uber.org/goleak", "pgregory.net/rapid", "github.com/google/go-cmp", "github.com/pion/", "github.com/getkin/kin-openapi", "github.com/go-text/typesetting"}

// testOurs are our own rooms that every room's tests may import besides: the fixtures, real codecs, the team's real
// database and tally, texts and files.
var testOurs = []string{"phone/phonetest/...", "store/teamdb", "phone/team/...", "audio/codec/...", "audio/audiotest", "audio/mix", "audio/tone", "ui/text", "assets/..."}

// Check says why a package may not import another, or "" when it may. Both are whole import paths. Rooms' tests may
// import the fixtures, their own siblings and testing tools besides.
func Check(from, to string, test bool) string {
	if theirs(to) {
		return checkTheirs(below(from), to, test)
	}
	if !strings.HasPrefix(to, Module+"/") || from == to {
		return ""
	}
	here, there := below(from), below(to)
	r := roomOf(here)
	if r == nil {
		return fmt.Sprintf("%s has no line in the table of rooms (phone/phonetest/doors)", here)
	}
	if strings.HasPrefix(there, "phone/phonetest") && !strings.HasPrefix(here, "phone/phonetest") && !test {
		return fmt.Sprintf("%s imports %s: fixtures are for tests", here, there)
	}
	if test && (strings.HasPrefix(there, here+"/") || slices.ContainsFunc(testOurs, func(p string) bool { return fits(p, there) })) {
		return ""
	}
	if !slices.ContainsFunc(r.Ours, func(p string) bool { return fits(p, there) }) {
		return fmt.Sprintf("%s imports %s, which its door does not allow: %s", here, there, r.Why)
	}
	return ""
}

func checkTheirs(here, to string, test bool) string {
	for module, room := range OneRoom {
		if strings.HasPrefix(to, module) && here != room && !strings.HasPrefix(here, room+"/") {
			return fmt.Sprintf("%s imports %s, which lives in %s only", here, to, room)
		}
	}
	r := roomOf(here)
	if r == nil {
		return fmt.Sprintf("%s has no line in the table of rooms (phone/phonetest/doors)", here)
	}
	allowed := func(p string) bool { return p == "*" || strings.HasPrefix(to, p) }
	if slices.ContainsFunc(r.Theirs, allowed) || test && slices.ContainsFunc(testTools, allowed) {
		return ""
	}
	return fmt.Sprintf("%s imports %s, which its door does not allow: %s", here, to, r.Why)
}

// theirs reports whether a path is somebody else's module: the standard library has no dot in its first element.
func theirs(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func below(path string) string { return strings.TrimPrefix(path, Module+"/") }

// roomOf is the room with the longest path that fits.
func roomOf(pkg string) *Room {
	var best *Room
	for i := range Rooms {
		if r := &Rooms[i]; fits(r.Path, pkg) && (best == nil || len(r.Path) > len(best.Path)) {
			best = r
		}
	}
	return best
}

// fits reports whether a package is the one named, or below it when the name ends in "/...".
func fits(path, pkg string) bool {
	if path == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(path, "/..."); ok {
		return pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pkg == path
}
