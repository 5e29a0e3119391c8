package main

import (
	"strings"
	"testing"

	"svara/phone"
)

func TestAccountAdd(t *testing.T) {
	b := start(t, nil)
	r := b.with("hem ligt\r\n", "account", "add", "--user", "2001", "--domain", "pbx:5062", "--auth-user", "auth", "--display", "Åsa Ö",
		"--transport", "tcp", "--proxy", "sip:edge", "--dtmf", "info", "--expires", "60", "--dialect", "asterisk", "--mobile", "+46 70", "--default", "--password-stdin",
		"--ca", "/etc/ca.pem", "--pin", strings.Repeat("ab", 32), "--srtp", "required", "--keying", "dtls", "--ice", "--stun", "stun:3478", "--turn", "turn:3478", "--turn-user", "tu", "--codecs", "pcma,opus")
	want := phone.PutAccount{Password: "hem ligt", Account: phone.Account{ID: "2001", User: "2001", Domain: "pbx:5062", AuthUser: "auth",
		DisplayName: "Åsa Ö", Transport: "tcp", Proxy: "sip:edge", DTMF: "info", Expires: 60, Dialect: "asterisk", Mobile: "+46 70", Default: true,
		CAFile: "/etc/ca.pem", Pin: strings.Repeat("ab", 32), SRTP: phone.SRTPRequired, Keying: phone.KeyingDTLS, ICE: true, STUN: "stun:3478", TURN: "turn:3478", TURNUser: "tu", Codecs: "pcma,opus"}}
	if r != (result{out: "account 2001\n"}) || len(b.Did()) != 1 || b.Did()[0] != want {
		t.Fatalf("%+v, %+v", r, b.Did())
	}
	last := func() phone.PutAccount { return b.Did()[len(b.Did())-1].(phone.PutAccount) }
	b.Change(func(s *phone.Snapshot) { s.Accounts = []phone.AccountStatus{{Account: want.Account}} })

	// The same user elsewhere gets an ID of its own; the same one again keeps its ID and stays the default.
	r = b.with("x", "account", "add", "--user", "2001", "--domain", "other", "--password-stdin", "--session-only", "--json")
	if r != (result{out: "{\"account\":\"2001@other\"}\n"}) || last().Account.ID != "2001@other" || !last().SessionOnly || last().Account.Default {
		t.Errorf("%+v, %+v", r, last())
	}
	r = b.with("y", "account", "add", "--user", "2001", "--domain", "pbx:5062", "--password-stdin")
	if r.code != 0 || last().Account != (phone.Account{ID: "2001", User: "2001", Domain: "pbx:5062", Default: true}) {
		t.Errorf("%+v, %+v", r, last())
	}

	for key, value := range map[string]string{"srtp": "off", "keying": "sdes", "ice": "false", "turn-user": "", "codecs": "opus", "pin": "", "ca": ""} {
		b.must("account", "set", "2001", key, value)
	}
	b.must("account", "set", "2001", "srtp", "off")
	if last().Account.SRTP != phone.SRTPOff || last().Account.Keying != phone.KeyingDTLS {
		t.Errorf("%+v", last())
	}
	if r := b.with("turn pass", "account", "set", "2001", "turn-password", "--password-stdin"); r.code != 0 || last().TURNSecret != "turn pass" || last().Password != "" {
		t.Errorf("%+v, %+v", r, last())
	}
	b.must("account", "set", "2001", "display", "Ny")
	changed := want.Account
	changed.DisplayName = "Ny"
	if last().Account != changed || last().Password != "" {
		t.Errorf("set display: %+v", last())
	}
	b.must("account", "set", "2001", "dialect", "a3")
	if changed = want.Account; last().Account.Dialect != "a3" || last().Account.Mobile != changed.Mobile {
		t.Errorf("set dialect: %+v", last())
	}
	b.must("account", "set", "2001", "mobile", "")
	if last().Account.Mobile != "" || last().Account.Dialect != changed.Dialect {
		t.Errorf("set mobile: %+v", last())
	}
	b.must("account", "set", "2001", "default", "false")
	if last().Account.Default {
		t.Error("set default false")
	}
	if r := b.with("nytt\n", "account", "set", "2001", "password", "--password-stdin"); r.code != 0 || last().Password != "nytt" || last().Account != want.Account {
		t.Errorf("set password: %+v, %+v", r, last())
	}
	n := len(b.Did())
	for _, input := range []string{"two\nlines\n", strings.Repeat("x", maxPassword+1)} {
		if r := b.with(input, "account", "add", "--user", "u", "--domain", "d", "--password-stdin"); r.code != exitUsage || strings.Contains(r.errs, "two") {
			t.Errorf("%.10q: %+v", input, r)
		}
	}
	b.wantCode(exitUsage, "expires", "account", "set", "2001", "expires", "soon")
	if len(b.Did()) != n {
		t.Errorf("something was sent: %v", b.Did()[n:])
	}
	if out := b.must("account", "list"); !strings.Contains(out, "2001 (default)") || !strings.Contains(out, "sip:2001@pbx:5062") {
		t.Errorf("list: %s", out)
	}
}
