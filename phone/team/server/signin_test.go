package server

import (
	"strings"
	"testing"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

func (d *desk) signIn(user, password string) said {
	d.t.Helper()
	return d.with("", "POST", "sign-in", team.SignIn{User: user, Password: password, Device: "Reception PC"})
}

func TestSigningIn(t *testing.T) {
	d := newDesk(t)
	about := read[team.About](t, d.with("", "GET", "about", nil))
	if about.Password != (team.PasswordRule{Min: 6, Digit: true, Upper: true}) || about.Version != "test" {
		t.Errorf("%+v", about)
	}
	token := read[team.Token](t, d.signIn(" AG ", good))
	me := read[team.Me](t, d.with(token.Token, "GET", "me", nil))
	if me.Person.ID != "ag" || me.Device.Name != "Reception PC" || !me.Device.This || me.Device.Expires != d.clock.Now().AddDate(0, 0, keepDays) {
		t.Errorf("%+v", me)
	}
	if devices := read[[]team.SignedIn](t, d.with(token.Token, "GET", "devices", nil)); len(devices) != 2 {
		t.Errorf("%+v", devices)
	}
	read[team.Done](t, d.with(token.Token, "POST", "sign-out", nil))
	if a := d.with(token.Token, "GET", "me", nil); a.code() != team.CodeNotSignedIn {
		t.Errorf("signed out: %d", a.status)
	}
	// Secrets are nowhere in the database.
	tokens, _ := d.shelf.Tokens(t.Context(), "us")
	if _, secret, _ := splitToken(d.tokens["us"]); len(tokens) != 1 || strings.Contains(tokens[0].Hash, secret) {
		t.Errorf("%+v", tokens)
	}
	// A device that is used stays; one that is not is forgotten.
	d.clock.pass(80 * 24 * time.Hour)
	read[team.Me](t, d.do("ag", "GET", "me", nil))
	d.clock.pass(80 * 24 * time.Hour)
	read[team.Me](t, d.do("ag", "GET", "me", nil))
	if a := d.do("us", "GET", "me", nil); a.code() != team.CodeNotSignedIn {
		t.Errorf("not used for 160 days: %d", a.status)
	}
}

func TestLockedOut(t *testing.T) {
	d := newDesk(t)
	for i := range userTries - 1 {
		if a := d.signIn("ag", "wrong"); a.status != 401 || a.code() != team.CodeWrongPassword {
			t.Fatalf("%d: %d %s", i, a.status, a.body)
		}
	}
	a := d.signIn("ag", "wrong")
	if a.status != 403 || a.code() != team.CodeLocked || a.fault().RetryS != 60 || a.head.Get("Retry-After") != "60" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := d.signIn("ag", good); a.code() != team.CodeLocked {
		t.Errorf("locked, and in with the right one: %s", a.body)
	}
	if a := d.signIn("us", good); a.status != 200 {
		t.Errorf("another: %s", a.body)
	}
	// Somebody who is not there is locked just the same: nobody learns who there is.
	for range userTries - 1 {
		d.signIn("nobody", "wrong")
	}
	if a := d.signIn("nobody", "wrong"); a.code() != team.CodeLocked {
		t.Errorf("%s", a.body)
	}
	d.clock.pass(61 * time.Second)
	if a := d.signIn("ag", "wrong"); a.code() != team.CodeLocked || a.fault().RetryS != 120 {
		t.Errorf("once more: %s", a.body)
	}
	d.clock.pass(121 * time.Second)
	if a := d.signIn("ag", good); a.status != 200 {
		t.Errorf("after it: %s", a.body)
	}
	if a := d.signIn("ag", "wrong"); a.code() != team.CodeWrongPassword {
		t.Errorf("the count begins anew: %s", a.body)
	}
	entries, _ := d.shelf.Audit(t.Context(), 0, 100)
	failed := 0
	for _, e := range entries {
		if e.Action == "signIn" && !e.OK && e.Target == "ag" && e.Person == "ag" && e.Address == "127.0.0.1" {
			failed++
		}
	}
	if failed != userTries+2 {
		t.Errorf("%d failures in the audit", failed)
	}
}

func TestTooMany(t *testing.T) {
	d := newDesk(t)
	for i := range gateBurst {
		if a := d.signIn("p"+strings.Repeat("x", i), "wrong"); a.code() != team.CodeWrongPassword {
			t.Fatalf("%d: %s", i, a.body)
		}
	}
	if a := d.signIn("q", "wrong"); a.status != 429 || a.fault().RetryS < 1 || a.head.Get("Retry-After") == "" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	d.clock.pass(3 * time.Second)
	if a := d.signIn("q", "wrong"); a.code() != team.CodeWrongPassword {
		t.Errorf("%s", a.body)
	}
	// The address is locked in the database too, whatever users it tries.
	for range 2 * addressTries {
		d.clock.pass(4 * time.Second)
		d.signIn("r"+d.clock.Now().Format("150405"), "wrong")
	}
	if a := d.signIn("us", good); a.code() != team.CodeLocked {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestPasswords(t *testing.T) {
	d := newDesk(t)
	for _, weak := range []string{"Abc1", "abcdef1", "Abcdefg", "", strings.Repeat("A1", 200)} {
		if a := d.do("ag", "POST", "me/password", team.PasswordChange{Old: good, New: weak}); a.status != 400 || a.code() != team.CodeWeakPassword {
			t.Errorf("%q: %d %s", clip(weak, 10), a.status, a.body)
		}
	}
	if a := d.do("ag", "POST", "me/password", team.PasswordChange{Old: "wrong", New: "Bättre2"}); a.code() != team.CodeWrongPassword {
		t.Errorf("%s", a.body)
	}
	other := read[team.Token](t, d.signIn("ag", good))
	read[team.Done](t, d.do("ag", "POST", "me/password", team.PasswordChange{Old: good, New: "Bättre2"}))
	if a := d.with(other.Token, "GET", "me", nil); a.code() != team.CodeNotSignedIn {
		t.Errorf("another device after a new password: %d", a.status)
	}
	read[team.Me](t, d.do("ag", "GET", "me", nil))
	if a := d.signIn("ag", good); a.code() != team.CodeWrongPassword {
		t.Errorf("%s", a.body)
	}
	read[team.Token](t, d.signIn("ag", "Bättre2"))
}

func TestLinkWorksOnce(t *testing.T) {
	d := newDesk(t)
	link := read[team.Link](t, d.do("root", "POST", "people/us/link", nil))
	code, ok := strings.CutPrefix(link.URL, "http://team.test/welcome/")
	if !ok {
		t.Fatal(link.URL)
	}
	redeem := func(code, password string) said {
		return d.with("", "POST", "redeem", team.Redeem{Code: code, Password: password, Device: "PC"})
	}
	if a := d.with(tokenPrefix+code, "GET", "me", nil); a.code() != team.CodeNotSignedIn {
		t.Errorf("a link as a token: %d", a.status)
	}
	if a := redeem(code+"x", "Ny1hemlig"); a.status != 401 {
		t.Errorf("%d", a.status)
	}
	if a := redeem(code, "weak"); a.code() != team.CodeWeakPassword {
		t.Errorf("%s", a.body)
	}
	token := read[team.Token](t, redeem(code, "Ny1hemlig"))
	read[team.Me](t, d.with(token.Token, "GET", "me", nil))
	if a := d.do("us", "GET", "me", nil); a.status != 401 {
		t.Errorf("an older device: %d", a.status)
	}
	if a := redeem(code, "Ny2hemlig"); a.status != 401 {
		t.Errorf("the second time: %d %s", a.status, a.body)
	}
	late := read[team.Link](t, d.do("root", "POST", "people/us/link", nil))
	d.clock.pass(linkTime)
	if a := redeem(strings.TrimPrefix(late.URL, "http://team.test/welcome/"), "Ny3hemlig"); a.status != 401 {
		t.Errorf("too late: %d", a.status)
	}
}

func TestDisabled(t *testing.T) {
	d := newDesk(t)
	people := read[[]team.Versioned[team.Person]](t, d.do("root", "GET", "people", nil))
	for _, p := range people {
		if p.Value.ID == "ag" {
			p.Value.Groups, p.Value.Disabled = nil, true
			read[team.Done](t, d.do("root", "PUT", "people/ag", team.NewPerson{Seq: p.Seq, Person: p.Value}))
			if a := d.do("root", "PUT", "people/ag", team.NewPerson{Seq: p.Seq, Person: p.Value}); a.status != 409 || a.fault().Item == nil || a.fault().Item.ID != "ag" {
				t.Errorf("changed as it was before: %d %s", a.status, a.body)
			}
		}
	}
	if a := d.do("ag", "GET", "me", nil); a.code() != team.CodeNotSignedIn {
		t.Errorf("%d", a.status)
	}
	if a := d.signIn("ag", good); a.code() != team.CodeWrongPassword {
		t.Errorf("%s", a.body)
	}
	p, _ := d.s.board.get(team.KindPerson, "ag")
	if v, _ := value[team.Person](p); v.Groups["support"] != team.RightsAgent {
		t.Errorf("%+v", v)
	}
	read[team.Done](t, d.do("root", "DELETE", "people/us", nil))
	if a := d.do("us", "GET", "me", nil); a.code() != team.CodeNotSignedIn {
		t.Errorf("deleted: %d", a.status)
	}
	if _, err := d.shelf.Secret(t.Context(), "us"); err != kept.ErrNotFound {
		t.Error(err)
	}
}
