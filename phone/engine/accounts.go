package engine

import (
	"slices"

	"svara/phone"
	"svara/phone/ua"
)

// putAccount adds an account or replaces the one with its ID, and registers it.
func (t *turn) putAccount(cmd phone.PutAccount) error {
	if err := cmd.Account.Validate(); err != nil {
		return err
	}
	a := account{AccountStatus: phone.AccountStatus{Account: cmd.Account}, sessionOnly: cmd.SessionOnly}
	a.Registration = phone.Registration{State: phone.RegistrationRegistering}
	old := t.s.account(a.ID)
	if old != nil && old.sessionOnly && cmd.Password == "" {
		cmd.Password, a.sessionOnly = old.password, true
	}
	if a.sessionOnly {
		a.password = cmd.Password
	}
	if len(t.s.accounts) == 0 || old != nil && old.Default && len(t.s.accounts) == 1 {
		a.Default = true
	}
	if a.Default {
		t.undefault(a.ID)
	}
	if old != nil {
		if !a.Default && old.Default {
			defer t.ensureDefault()
		}
		*old = a
	} else {
		t.s.accounts = append(t.s.accounts, a)
		if !a.sessionOnly {
			t.tellPlace()
		}
	}
	t.tell(phone.Event{Kind: phone.EventRegistration, Account: a.ID, State: string(a.State)})
	t.do(fxKeepAccount{account: a.Account, password: cmd.Password, turnSecret: cmd.TURNSecret, sessionOnly: a.sessionOnly})
	return nil
}

// undefault takes the default from every account but one.
func (t *turn) undefault(except phone.AccountID) {
	for i := range t.s.accounts {
		if a := &t.s.accounts[i]; a.Default && a.ID != except {
			a.Default = false
			t.writeAccount(a)
		}
	}
}

// ensureDefault gives the default to the first account when nobody has it.
func (t *turn) ensureDefault() {
	if len(t.s.accounts) == 0 || slices.ContainsFunc(t.s.accounts, func(a account) bool { return a.Default }) {
		return
	}
	t.s.accounts[0].Default = true
	t.writeAccount(&t.s.accounts[0])
}

func (t *turn) writeAccount(a *account) {
	if !a.sessionOnly {
		t.do(fxWriteAccount{a.Account})
	}
}

// removeAccount signs out: calls on it end, the binding is removed, the password forgotten.
func (t *turn) removeAccount(cmd phone.RemoveAccount) error {
	i := slices.IndexFunc(t.s.accounts, func(a account) bool { return a.ID == cmd.Account })
	if i < 0 {
		return phone.Refuse(phone.ReasonNoAccount, string(cmd.Account))
	}
	for k := range t.s.calls {
		if c := &t.s.calls[k]; c.Account == cmd.Account {
			t.giveUp(c)
		}
	}
	t.s.accounts = slices.Delete(t.s.accounts, i, i+1)
	t.ensureDefault()
	t.tell(phone.Event{Kind: phone.EventRegistration, Account: cmd.Account, State: string(phone.RegistrationOff)})
	t.do(fxSIP{ua.DropAccount{ID: cmd.Account}}, fxForgetAccount{cmd.Account})
	return nil
}

func (t *turn) register(cmd phone.Register) error {
	if cmd.Account != "" && t.s.account(cmd.Account) == nil {
		return phone.Refuse(phone.ReasonNoAccount, string(cmd.Account))
	}
	t.do(fxSIP{ua.RegisterNow{ID: cmd.Account}})
	return nil
}

// onCredentials hands an account with its password to the user agent. The password goes no further.
func (t *turn) onCredentials(in inCredentials) {
	a := t.s.account(in.account.ID)
	if a == nil || t.s.closing {
		return
	}
	if in.err != nil {
		why := phone.Reason{ID: phone.ReasonSecretLost, Text: string(a.ID)}
		a.Registration = phone.Registration{State: phone.RegistrationFailed, Reason: &why}
		t.tell(phone.Event{Kind: phone.EventRegistration, Account: a.ID, State: string(a.State), Reason: &why})
		return
	}
	t.do(fxSIP{ua.PutAccount{Account: a.Account, Password: in.password}})
}

func (t *turn) onRegistration(v ua.RegistrationChanged) {
	a := t.s.account(v.Account)
	if a == nil {
		return
	}
	changed := a.Registration.State != v.Registration.State || !sameReason(a.Registration.Reason, v.Registration.Reason)
	a.Registration = v.Registration
	if changed && a.State == phone.RegistrationRegistered {
		t.registered(a.ID)
	}
	if changed {
		t.tell(phone.Event{
			Kind: phone.EventRegistration, Account: a.ID, State: string(a.State), Reason: v.Registration.Reason,
		})
	}
}

// registered: an exchange is there that was not. It may be another than before, so what it did not have is asked for anew.
func (t *turn) registered(id phone.AccountID) {
	t.s.untold = slices.DeleteFunc(slices.Clone(t.s.untold), func(u untold) bool { return u.account == id })
	for i := range t.s.lines {
		if l := &t.s.lines[i]; l.Account == id && l.sub == "" {
			l.Reason, l.noPresence = nil, false
		}
	}
	t.s.lists = slices.DeleteFunc(slices.Clone(t.s.lists), func(l list) bool { return l.account == id && l.refused })
	for i := range t.s.me.published {
		if p := &t.s.me.published[i]; p.Account == id && p.State == phone.ConfirmRefused {
			p.State = phone.ConfirmUnknown
		}
	}
	t.followQueues()
	t.divertCalls()
}

func sameReason(a, b *phone.Reason) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// set changes a setting and whatever follows from it at once.
func (t *turn) set(cmd phone.Set) error {
	if err := phone.CheckSetting(cmd.Key, cmd.Value); err != nil {
		return err
	}
	if cmd.Key == phone.KeyPasswordPlace {
		return phone.Refuse(phone.ReasonBadSetting, cmd.Key) // a fact about the computer, not a choice
	}
	if t.s.settings.Get(cmd.Key) == cmd.Value {
		return nil
	}
	t.put(cmd.Key, cmd.Value)
	switch cmd.Key {
	case phone.KeyAllowDirect:
		t.do(fxSIP{ua.SetAllowDirect{On: cmd.Value == "true"}})
	case phone.KeyRegion, phone.KeyAreaCode:
		t.do(fxNumbers{t.s.settings.Get(phone.KeyRegion), t.s.settings.Get(phone.KeyAreaCode)})
	case phone.KeyWatchPeople:
		t.do(fxPeople{favourites: cmd.Value == "favourites"})
	}
	return nil
}

// put makes a setting true and has it written down.
func (t *turn) put(key, value string) {
	t.s.settings = t.s.settings.With(key, value)
	t.tell(phone.Event{Kind: phone.EventSetting, Key: key, Value: value})
	t.do(fxSetting{key, value})
}

// onPlace notes where passwords are kept. That it is not the computer's key store is told when it changes and when a
// password is added, not at every start.
func (t *turn) onPlace(place string) {
	if t.s.settings.Get(phone.KeyPasswordPlace) == place || phone.CheckSetting(phone.KeyPasswordPlace, place) != nil {
		return
	}
	t.put(phone.KeyPasswordPlace, place)
	if slices.ContainsFunc(t.s.accounts, func(a account) bool { return !a.sessionOnly }) {
		t.tellPlace()
	}
}

// tellPlace says that a password is kept, or is going to be, in a file instead of the computer's key store.
func (t *turn) tellPlace() {
	if t.s.settings.Get(phone.KeyPasswordPlace) == "file" {
		t.fault(phone.Reason{ID: phone.ReasonNoKeyring})
	}
}

// onSaved notes how writing went. What could not be written is told once; the phone works on.
func (t *turn) onSaved(in inSaved) {
	if in.err != nil {
		why := phone.ReasonOf(in.err)
		if why.ID == phone.ReasonInternal {
			why = phone.Reason{ID: phone.ReasonStoreFailed}
		}
		t.fault(why)
		return
	}
	t.clearFault(phone.ReasonStoreFailed) // it goes again
	switch in.what {
	case savedHistory, savedSeen:
		t.s.history.Revision++
		t.tell(phone.Event{Kind: phone.EventHistory})
	}
}

// onSound takes what the basement says of its devices.
func (t *turn) onSound(in inSound) {
	changed := !slices.Equal(in.audio.Devices, t.s.audio.Devices) || in.audio.Input != t.s.audio.Input ||
		in.audio.Output != t.s.audio.Output || in.audio.Ring != t.s.audio.Ring
	t.s.audio, t.s.trouble = in.audio, in.trouble
	t.s.mic.cleaning.Library, t.s.mic.cleaning.Room = in.cleaning.Library, in.cleaning.Room
	if changed {
		t.tell(phone.Event{Kind: phone.EventDevices})
	}
}
