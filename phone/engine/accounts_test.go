package engine

import (
	"testing"

	"svara/phone"
	"svara/phone/ua"
)

func TestAccounts(t *testing.T) {
	s := newScript(t)
	second := phone.Account{ID: "home", User: "anna", Domain: "home.test", Default: true}
	s.do(phone.PutAccount{Account: second, Password: "x"})
	if k := one(s, effects[fxKeepAccount](s)); k.password != "x" || !k.account.Default {
		t.Fatalf("%+v", k.account)
	}
	if w := one(s, effects[fxWriteAccount](s)); w.account.ID != "work" || w.account.Default {
		t.Fatalf("%+v", w.account)
	}
	s.in(inCredentials{account: second, password: "x"})
	if p := one(s, sent[ua.PutAccount](s)); p.Account.ID != "home" || p.Password.Reveal() != "x" {
		t.Fatal("the user agent was not told")
	}
	why := phone.Reason{ID: phone.ReasonWrongPassword, Code: 401}
	s.sip(ua.RegistrationChanged{Account: "home", Registration: phone.Registration{State: phone.RegistrationFailed, Reason: &why}})
	if a := s.s.snapshot(1, s.now).Accounts[1]; a.State != phone.RegistrationFailed || a.Reason.ID != phone.ReasonWrongPassword {
		t.Fatalf("%+v", a.Registration)
	}
	// The default is not registered: the call goes out on the one that is.
	id := s.do(phone.Dial{Target: "1"})
	if a := s.s.call(id).Account; a != "work" {
		t.Errorf("dialled on %s", a)
	}
	s.do(phone.RemoveAccount{Account: "home"})
	one(s, sent[ua.DropAccount](s))
	if !s.s.accounts[0].Default || len(s.s.accounts) != 1 {
		t.Error("nobody is the default")
	}
	s.in(inCredentials{account: phone.Account{ID: "work"}, err: phone.Refuse(phone.ReasonInternal, "locked")})
	if r := s.s.accounts[0].Reason; r == nil || r.ID != phone.ReasonSecretLost {
		t.Errorf("a lost password shows as %+v", r)
	}
}

func TestSessionOnlyAccountKeepsItsPasswordInMemory(t *testing.T) {
	s := newScript(t)
	acc := phone.Account{ID: "demo", User: "2100", Domain: "pbx.test"}
	s.do(phone.PutAccount{Account: acc, Password: "x", SessionOnly: true})
	if k := one(s, effects[fxKeepAccount](s)); !k.sessionOnly {
		t.Fatal("written down although it should not be")
	}
	acc.DisplayName = "Elin"
	s.do(phone.PutAccount{Account: acc})
	if k := one(s, effects[fxKeepAccount](s)); k.password != "x" || !k.sessionOnly || k.account.DisplayName != "Elin" {
		t.Errorf("a changed account lost its password: %+v", k)
	}
}

func TestPasswordPlaceIsToldOnce(t *testing.T) {
	s := newScript(t)
	none := newScript(t)
	none.s.accounts = nil
	none.in(inPlace{"file"})
	none.do(phone.PutAccount{Account: phone.Account{ID: "demo", User: "1", Domain: "d"}, SessionOnly: true})
	if len(none.s.faults) != 0 {
		t.Error("told although no password is kept")
	}
	none.do(phone.PutAccount{Account: phone.Account{ID: "home", User: "1", Domain: "d"}})
	if len(none.s.faults) != 1 {
		t.Error("not told when a password is added")
	}
	s.in(inPlace{"file"})
	if len(s.s.faults) != 1 || s.s.faults[0].ID != phone.ReasonNoKeyring {
		t.Fatalf("faults %+v", s.s.faults)
	}
	one(s, effects[fxSetting](s))
	s.do(phone.Dismiss{Fault: phone.ReasonNoKeyring})
	s.in(inPlace{"file"})
	if len(s.s.faults) != 0 || len(s.fx) != 0 {
		t.Error("told at every start")
	}
	s.refused(phone.Set{Key: phone.KeyPasswordPlace, Value: "keyring"}, phone.ReasonBadSetting)
}
