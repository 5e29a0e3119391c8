package phonetest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// operator is somebody at the attendant's window of a real screen, with the keyboard alone.
type operator struct {
	*desk
	t       *testing.T
	screen  *phonetest.Screen
	window  string
	presses int // keys pressed since the count was taken last
}

// startOperator starts the attendant's window for a user that the office's PBX has beside its phones. settings are keys and
// values in turn.
func startOperator(t *testing.T, o *office, user string, settings ...string) *operator {
	t.Helper()
	screen := phonetest.StartScreen(t, 1440, 900)
	screen.Keyring()
	book := filepath.Join(t.TempDir(), "colleagues.csv")
	people := "Namn;Anknytning;Titel;Avdelning;Ersättare\nAnna Berg;1002;Inköpschef;Inköp;Bo Ek\nBo Ek;1003;Säljare;Sälj;\nAnders Ny;1009;Lager;Lager;\n"
	if err := os.WriteFile(book, []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	dialects := map[string]string{"asterisk-test.toml": strings.Replace(testDialect, "[transfer]\n", "[transfer]\nvoicemail = \"refer:*59*{number}\"\n", 1)}
	set := map[string]string{phone.KeyCodecs: "pcma", phone.KeyFirstStart: "false", phone.KeyLanguage: "en", phone.KeyView: "attendant", phone.KeyTransferKind: "none"}
	for i := 0; i+1 < len(settings); i += 2 {
		set[settings[i]] = settings[i+1]
	}
	first := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Env: screen.Env(), Dialects: dialects, Settings: set})
	first.SignIn(user, o.pbx.Addr(), "--dialect", "asterisk-test")
	first.Must("book", "add", "--id", "col", "--kind", "file", "--address", book, "--colleagues")
	phonetest.Until(t, 10*time.Second, "the colleagues are read", func() bool {
		var found phone.SearchResult
		first.Ask(&found, "search", "berg")
		return len(found.Hits) == 1
	})
	first.Quit()
	p := &operator{t: t, desk: &desk{user: user, hz: float64(phonetest.Microphones[3])}, screen: screen}
	p.Svara = phonetest.StartSvara(t, phonetest.SvaraConfig{
		Called: user, Window: true, Profile: first.Profile, Env: first.Home(), Microphone: sound.Steady(phonetest.Microphones[3], phonetest.MicrophoneLevel),
	})
	p.Must("wait", "registered", "--timeout", "20s")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen at the end: %s", screen.Picture("failed"))
		}
	})
	p.window = screen.Window("Svara", 20*time.Second)
	return p
}

// keys presses keys, each of which counts.
func (p *operator) keys(keys ...string) {
	p.presses += len(keys)
	p.screen.Key(keys...)
}

// types types letters, each of which counts.
func (p *operator) types(text string) {
	p.presses += len([]rune(text))
	p.screen.Type(text)
}

// answers waits until a call rings at the operator and answers it with one key.
func (p *operator) answers() string {
	call := p.Wait("any", phone.StateIncoming)
	shown(p.t, p.screen, p.window)
	p.keys("KP_Enter")
	p.Wait(call, phone.StateConnected)
	p.screen.Gone("Incoming call.*Svara", 10*time.Second) // its window goes before somebody can have read a name
	return call
}

// took logs how many keys a flow took and how long, and begins to count anew.
func (p *operator) took(t *testing.T, what string, most int, begun time.Time) {
	t.Helper()
	t.Logf("%s: %d keys, %d ms", what, p.presses, time.Since(begun).Milliseconds())
	if p.presses > most {
		t.Errorf("%s took %d keys, at most %d are needed", what, p.presses, most)
	}
	p.presses = 0
}

// The whole day of an attendant by the keyboard alone: answer, two letters of each name, one key.
func TestAttendantByKeys(t *testing.T) {
	o := startOffice(t, 3, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1004", Password: "pw-1004"}}})
	caller, anna, bo := o.all[0], o.all[1], o.all[2]
	p := startOperator(t, o, "1004")
	p.screen.Picture("ready")

	// Direct: the call is Anna's, and the operator is free for the next.
	theirs := caller.Dial("1004")
	p.answers()
	begun := time.Now()
	sounds(t, "answered", hear{caller: {p.desk}, p.desk: {caller}})
	p.types("an be")
	p.screen.Picture("typing")
	p.keys("asterisk")
	anna.AnswerNext()
	sounds(t, "handed over", hear{caller: {anna}, anna: {caller}, p.desk: nil})
	p.took(t, "direct transfer", 7, begun)
	caller.HangUp(theirs)
	o.goHome(t)
	p.idle(t)

	// Announced: talk first, then connect with the same key.
	theirs = caller.Dial("1004")
	p.answers()
	begun = time.Now()
	p.types("bo")
	p.keys("minus")
	bo.AnswerNext()
	sounds(t, "announcing", hear{p.desk: {bo}, bo: {p.desk}})
	p.screen.Picture("announcing")
	p.keys("minus")
	sounds(t, "connected", hear{caller: {bo}, bo: {caller}, p.desk: nil})
	p.took(t, "announced transfer", 5, begun)
	caller.HangUp(theirs)
	o.goHome(t)
	p.idle(t)

	// Regret: Escape goes back to the caller while the colleague rings.
	theirs = caller.Dial("1004")
	p.answers()
	p.types("an be")
	p.keys("minus")
	anna.Wait("any", phone.StateIncoming)
	p.keys("Escape")
	sounds(t, "back with the caller", hear{caller: {p.desk}, p.desk: {caller}, anna: nil})
	p.keys("F12")
	caller.Ended(theirs)
	o.goHome(t)
	p.idle(t)

	if out := p.Output(); strings.Contains(out, "Error in Fyne call thread") {
		t.Errorf("a widget was called from the wrong goroutine:\n%s", out)
	}
	p.Quit()
}

// idle waits until the operator has no call and the field is ready: the next keys find somebody.
func (p *operator) idle(t *testing.T) {
	t.Helper()
	phonetest.Until(t, 10*time.Second, "the operator is free", func() bool {
		var calls []phone.Call
		p.Ask(&calls, "calls")
		for _, c := range calls {
			if c.State.Live() {
				return false
			}
		}
		return true
	})
	p.presses = 0
}
