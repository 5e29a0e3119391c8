package server

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

const agnes = "+46701111111"

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code asks for a code and reads it out of the text message.
func (o *office) code(mobile string) string {
	o.t.Helper()
	if a := o.with("", "POST", "codes", team.NewCode{Mobile: mobile}); a.status != 200 {
		o.t.Fatalf("%d %s", a.status, a.body)
	}
	var text string
	o.until("a text message", func() bool {
		for _, s := range o.sms.take() {
			text = s
		}
		return text != ""
	})
	if !strings.HasPrefix(text, "Svara|"+agnes+"|") {
		o.t.Errorf("%q", text)
	}
	return sixDigits.FindString(text)
}

func (o *office) activate(mobile, code string) said {
	o.t.Helper()
	return o.with("", "POST", "activate", team.Activate{Mobile: mobile, Code: code, Device: "desk"})
}

// elsewhere forgets how often this address has tried, as if another one asked.
func (o *office) elsewhere() {
	o.s.gate.mu.Lock()
	defer o.s.gate.mu.Unlock()
	o.s.gate.from = nil
}

func other(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestACodeGivesATelephoneAllItNeeds(t *testing.T) {
	o := newOffice(t)
	setup := team.Setup{Domain: "pbx.example.com:5061", Transport: phone.TransportTLS, Proxy: "sip:edge.example.com", Dialect: "asterisk", SRTP: phone.SRTPRequired, Keying: phone.KeyingSDES, STUN: "stun.example.com",
		Emergency: []string{"112"}, Page: "https://example.com/me", Help: "https://example.com/help", SupportNumber: "020-123", SupportMail: "help@example.com", SupportHours: "8-17"}
	if a := o.do("root", "PUT", "setup", team.NewSetup{Setup: setup}); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	if a := o.do("root", "PUT", "people/ag/line", team.Line{AuthUser: "ag-auth", Password: "sip secret"}); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	if a := o.do("root", "PUT", "people/ag/line", team.Line{AuthUser: "ag2"}); a.status != 200 { // the password stays
		t.Fatalf("%s", a.body)
	}
	if l := read[team.Line](t, o.do("root", "GET", "people/ag/line", nil)); l != (team.Line{User: o.ext("ag"), AuthUser: "ag2"}) {
		t.Errorf("%+v", l)
	}
	code := o.code("070-111 11 11")
	got := read[team.Activation](t, o.activate("+46 70 111 11 11", " "+code+" "))
	if got.Person.ID != "ag" || got.Line != (team.Line{User: o.ext("ag"), AuthUser: "ag2", Password: "sip secret"}) || got.Setup.Domain != setup.Domain || got.Token.Device.Name != "desk" {
		t.Errorf("%+v", got)
	}
	a, ok := got.Account("ag", "https://team.test")
	if !ok || a.User != o.ext("ag") || a.Transport != phone.TransportTLS || a.SRTP != phone.SRTPRequired || a.Dialect != "asterisk" || a.STUN != setup.STUN || a.Team != "https://team.test" || a.Mobile != agnes {
		t.Errorf("%+v %v", a, ok)
	}
	if me := read[team.Me](t, o.with(got.Token.Token, "GET", "me", nil)); me.Person.ID != "ag" {
		t.Errorf("%+v", me)
	}
	// It is one of the devices that are signed in, and can be signed out; codes and links are none.
	devices := read[[]team.SignedIn](t, o.do("ag", "GET", "devices", nil))
	if len(devices) != 2 {
		t.Fatalf("%+v", devices)
	}
	if a := o.do("ag", "DELETE", "devices/"+got.Token.Device.ID, nil); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	if a := o.with(got.Token.Token, "GET", "me", nil); a.status != 401 {
		t.Errorf("a revoked device: %d", a.status)
	}
	// The code is used.
	if a := o.activate(agnes, code); a.status != 401 || a.code() != team.CodeWrongCode {
		t.Errorf("again: %d %s", a.status, a.body)
	}
	// Nothing secret is told to others: not in the feed, not in the audit, not to who may see the person.
	items, _, err := o.shelf.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if strings.Contains(string(i.Data), code) {
			t.Errorf("the code is in %s", i.Kind)
		}
		if strings.Contains(string(i.Data), "sip secret") && (i.Kind != kindLine || (view{all: true, person: "ag"}).shows(i)) {
			t.Errorf("the password is shown in %s", i.Kind)
		}
	}
	page := o.do("root", "GET", "audit", nil)
	if strings.Contains(string(page.body), "sip secret") || strings.Contains(string(page.body), code) {
		t.Errorf("%s", page.body)
	}
}

func TestCodesOfNobody(t *testing.T) {
	o := newOffice(t)
	known := o.with("", "POST", "codes", team.NewCode{Mobile: agnes})
	unknown := o.with("", "POST", "codes", team.NewCode{Mobile: "+46709999999"})
	if known.status != 200 || unknown.status != known.status || string(unknown.body) != string(known.body) {
		t.Errorf("%d %s, %d %s", known.status, known.body, unknown.status, unknown.body)
	}
	o.until("the one that is known gets it", func() bool { return len(o.sms.take()) == 1 })
	a, b := o.activate(agnes, "12345"), o.activate("+46709999999", "12345")
	if a.status != 401 || b.status != a.status || string(a.body) != string(b.body) {
		t.Errorf("%d %s, %d %s", a.status, a.body, b.status, b.body)
	}
	for _, mobile := range []string{"", "x", "112", "sip:anna@example.com\r\n", strings.Repeat("1", 41), "+4670111111111111111111"} {
		if a := o.with("", "POST", "codes", team.NewCode{Mobile: mobile}); a.status != 400 || a.fault().Field != "mobile" {
			t.Errorf("%q: %d %s", mobile, a.status, a.body)
		}
	}
	// Two who share a number: whose would it be?
	i, _ := o.s.board.get(team.KindPerson, "us")
	if a := o.do("root", "PUT", "people/us", team.NewPerson{Seq: i.Seq, Person: team.Person{User: "us", Name: "Ulf", Mobile: "0701111111"}}); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	if _, ok := o.s.board.mobile(agnes); ok {
		t.Error("one of two")
	}
}

func TestCodesEnd(t *testing.T) {
	o := newOffice(t)
	first := o.code(agnes)
	second := o.code(agnes)
	if first != second {
		if a := o.activate(agnes, first); a.code() != team.CodeWrongCode {
			t.Errorf("the one before: %d %s", a.status, a.body)
		}
	}
	o.clock.pass(codeTime)
	if a := o.activate(agnes, second); a.code() != team.CodeWrongCode {
		t.Errorf("too old: %d %s", a.status, a.body)
	}
	third := o.code(agnes)
	if a := o.with("", "POST", "codes", team.NewCode{Mobile: agnes}); a.status != http.StatusTooManyRequests || a.head.Get("Retry-After") != "300" {
		t.Errorf("a fourth: %d %s %s", a.status, a.body, a.head.Get("Retry-After"))
	}
	// Of several that come at once one gets in.
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for range 4 {
		wg.Go(func() {
			if a := o.activate(agnes, third); a.status == 200 {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if in != 1 {
		t.Errorf("%d got in", in)
	}
}

func TestWrongCodesLock(t *testing.T) {
	o := newOffice(t)
	code := o.code(agnes)
	for n := range userTries - 1 {
		if a := o.activate(agnes, other(code)); a.code() != team.CodeWrongCode {
			t.Fatalf("%d: %d %s", n, a.status, a.body)
		}
	}
	if a := o.activate(agnes, other(code)); a.code() != team.CodeLocked || a.fault().RetryS != 60 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := o.activate(agnes, code); a.code() != team.CodeLocked {
		t.Errorf("the right one while it is locked: %d %s", a.status, a.body)
	}
	o.elsewhere()
	o.clock.pass(2 * time.Minute)
	if a := o.activate(agnes, code); a.status == 200 {
		t.Error("the code outlived the lock")
	}
	if a := o.with("", "POST", "sign-in", team.SignIn{User: "ag", Password: good}); a.status != 200 {
		t.Errorf("the password is locked too: %d", a.status)
	}
	o.elsewhere()
	for n := range 40 {
		a := o.activate(agnes, other(code))
		if a.code() == team.CodeTooMany {
			break
		}
		if n == 39 {
			t.Error("one address may try for ever")
		}
	}
}

func TestAForgottenPassword(t *testing.T) {
	o := newOffice(t)
	if about := read[team.About](t, o.with("", "GET", "about", nil)); about.Forgot != "http://team.test/forgot" {
		t.Errorf("%+v", about)
	}
	bodies := map[string]bool{}
	for _, user := range []string{"ag", "nobody", "us"} { // us has no address
		a := o.with("", "POST", "forgot", team.Forgot{User: user})
		bodies[string(a.body)] = true
		if a.status != 200 {
			t.Errorf("%s: %d", user, a.status)
		}
	}
	if len(bodies) != 1 {
		t.Errorf("the answers differ: %v", bodies)
	}
	mail := o.letters(1)["agnes@example.com"]
	link := regexp.MustCompile(`http://team\.test/welcome/(\S+)`).FindStringSubmatch(mail.text)
	if link == nil {
		t.Fatal(mail.text)
	}
	if a := o.with("", "POST", "redeem", team.Redeem{Code: link[1], Password: "Nytt2222", Device: "d"}); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	for password, status := range map[string]int{"Nytt2222": 200, good: 401} {
		if a := o.with("", "POST", "sign-in", team.SignIn{User: "ag", Password: password}); a.status != status {
			t.Errorf("%s: %d", password, a.status)
		}
	}
	if a := o.with("", "POST", "redeem", team.Redeem{Code: link[1], Password: "Nytt3333", Device: "d"}); a.status != 401 {
		t.Errorf("again: %d", a.status)
	}
	for range codesAtOnce - 1 {
		o.with("", "POST", "forgot", team.Forgot{User: "AG"})
	}
	if a := o.with("", "POST", "forgot", team.Forgot{User: "ag"}); a.status != http.StatusTooManyRequests {
		t.Errorf("%d", a.status)
	}
	o.letters2(codesAtOnce - 1)
	o.elsewhere()
	o.clock.pass(codesSpan + time.Second)
	o.with("", "POST", "forgot", team.Forgot{User: "agnes@example.com"})
	mail = o.letters(1)["agnes@example.com"]
	link = regexp.MustCompile(`http://team\.test/welcome/(\S+)`).FindStringSubmatch(mail.text)
	o.clock.pass(forgotTime)
	if a := o.with("", "POST", "redeem", team.Redeem{Code: link[1], Password: "Nytt4444", Device: "d"}); a.status != 401 {
		t.Errorf("too old: %d", a.status)
	}
}

// letters2 takes letters that may all be to one.
func (o *office) letters2(n int) {
	o.t.Helper()
	o.until("letters", func() bool { return o.post.count() >= n })
	o.post.take()
}

func TestWithoutMailAndTexts(t *testing.T) {
	d := newDesk(t)
	for path, body := range map[string]any{"codes": team.NewCode{Mobile: agnes}, "forgot": team.Forgot{User: "ag"}} {
		if a := d.with("", "POST", path, body); a.status != 422 || a.fault().Reason == nil || a.fault().Reason.ID != phone.ReasonNotSupported {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if err := func() error {
		_, err := New(t.Context(), Config{Shelf: d.shelf, Mail: Mail{Address: "mail.example.com:25"}})
		return err
	}(); err == nil {
		t.Error("mail without a sender is taken")
	}
}

func TestSetupsThatTelephonesWouldNotTake(t *testing.T) {
	d := newDesk(t)
	for field, v := range map[string]team.Setup{
		"setup.domain": {Domain: "pbx example.com"}, "setup.transport": {Transport: "carrier pigeon"}, "setup.srtp": {SRTP: "perhaps"}, "setup.dialect": {Dialect: "../x"}, "setup.stun": {STUN: "a b"},
		"setup.page": {Page: "javascript:alert(1)"}, "setup.help": {Help: "https://user:secret@example.com"}, "setup.privacy": {Privacy: "file:///etc/passwd"}, "setup.emergency": {Emergency: []string{"*21*1#"}},
		"setup.support_mail": {SupportMail: "a\r\nb@example.com"}, "setup.support_hours": {SupportHours: "8\n17"}, "setup.support_number": {SupportNumber: "ring"},
	} {
		if a := d.do("root", "PUT", "setup", team.NewSetup{Setup: v}); a.status != 400 || a.fault().Field != field {
			t.Errorf("%s: %d %s", field, a.status, a.body)
		}
	}
	for _, l := range []team.Line{{User: "a b"}, {User: "a@b"}, {Password: "a\r\nb"}, {User: strings.Repeat("a", 101)}, {AuthUser: "a\r\nb"}} {
		if a := d.do("root", "PUT", "people/ag/line", l); a.status != 400 {
			t.Errorf("%+v: %d", l, a.status)
		}
	}
	if a := d.do("root", "PUT", "people/nosuch/line", team.Line{User: "a"}); a.status != 404 {
		t.Errorf("nobody's: %d", a.status)
	}
	if a := d.do("root", "PUT", "setup", team.NewSetup{Setup: team.Setup{Help: "https://example.com"}}); a.status != 200 {
		t.Errorf("%s", a.body)
	}
	if a := d.do("root", "PUT", "setup", team.NewSetup{Setup: team.Setup{Help: "https://example.net"}}); a.status != 409 {
		t.Errorf("of what was not seen: %d", a.status)
	}
	if v := read[team.Versioned[team.Setup]](t, d.do("none", "GET", "setup", nil)); v.Value.Help != "https://example.com" || v.Seq == 0 {
		t.Errorf("%+v", v)
	}
	if _, err := d.shelf.Update(t.Context(), func(tx kept.Tx) error { _, err := tx.Item(kindLine, "ag"); return err }); err == nil {
		t.Error("a line was written")
	}
}
