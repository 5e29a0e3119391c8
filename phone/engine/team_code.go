package engine

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/team"
)

type (
	// fxTeamCode asks a team server for an activation code; what comes back is inTeamDone.
	fxTeamCode struct {
		at          teamAt // of the link there is, for the answer
		change      string
		url, mobile string
	}
	// fxTeamRedeem redeems one; what comes back is inTeamActivated.
	fxTeamRedeem struct {
		at          teamAt
		change      string
		url, mobile string
		code        phone.Secret
	}
	// fxTeamToken keeps the token of an account that is about to be linked.
	fxTeamToken struct {
		account phone.AccountID
		url     string
		token   phone.Secret
	}
	// inTeamActivated is what an activation code gave.
	inTeamActivated struct {
		at     teamAt
		change string
		url    string
		got    team.Activation
		err    error
	}
	// inTeamAbout is what anybody may know of the team server.
	inTeamAbout struct {
		at    teamAt
		about team.About
	}
)

func (fxTeamCode) isEffect()     {}
func (fxTeamRedeem) isEffect()   {}
func (fxTeamToken) isEffect()    {}
func (inTeamActivated) isInput() {}
func (inTeamAbout) isInput()     {}

// about takes in what anybody may know.
func (x *teaming) about(a team.About) {
	x.name, x.rule, x.forgot, x.dirty = a.Name, phone.TeamPasswordRule{Min: a.Password.Min, Digit: a.Password.Digit, Upper: a.Password.Upper}, a.Forgot, true
}

// beginTeam notes a change that is asked for outside the link.
func (t *turn) beginTeam(verb, about string) string {
	x := &t.s.team
	x.last++
	id := "c" + strconv.FormatUint(x.last, 10)
	x.changes = slices.DeleteFunc(slices.Clone(x.changes), func(c phone.TeamChange) bool { return c.Verb == verb && c.State == phone.TeamChangeRefused })
	x.changes = append(x.changes, phone.TeamChange{ID: id, Verb: verb, About: about, At: t.now, State: phone.TeamChangeAsking})
	x.dirty = true
	return id
}

// teamURL checks the address of a team server.
func teamURL(s string) (string, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	if u, err := url.Parse(s); err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", phone.Refuse(phone.ReasonBadTarget, s)
	}
	return s, nil
}

func (t *turn) requestCode(cmd phone.RequestCode) error {
	server, err := teamURL(cmd.URL)
	if err != nil {
		return err
	}
	if cmd.Mobile == "" || len(cmd.Mobile) > 40 {
		return phone.Refuse(phone.ReasonBadCommand, "mobile")
	}
	t.do(fxTeamCode{t.s.team.at, t.beginTeam(cmd.Verb(), cmd.Mobile), server, cmd.Mobile})
	return nil
}

func (t *turn) redeemCode(cmd phone.RedeemCode) error {
	server, err := teamURL(cmd.URL)
	if err != nil {
		return err
	}
	if cmd.Mobile == "" || len(cmd.Mobile) > 40 || cmd.Code == "" || len(cmd.Code) > 20 {
		return phone.Refuse(phone.ReasonBadCommand, "code")
	}
	t.do(fxTeamRedeem{t.s.team.at, t.beginTeam(cmd.Verb(), cmd.Mobile), server, cmd.Mobile, cmd.Code})
	return nil
}

// teamActivated makes the account that a code was for, with what the server provides, and links to the server.
func (t *turn) teamActivated(in inTeamActivated) {
	if in.err != nil {
		t.teamDone(inTeamDone{in.at, in.change, in.err})
		return
	}
	id := t.accountFor(in.got)
	a, ok := in.got.Account(id, in.url)
	if !ok {
		t.teamDone(inTeamDone{in.at, in.change, phone.Refuse(phone.ReasonBadAccount, "domain")})
		return
	}
	if old := t.s.account(id); old != nil {
		a.Default, a.CAFile, a.Pin = old.Default, old.CAFile, old.Pin
	}
	t.teamDone(inTeamDone{in.at, in.change, nil})
	t.do(fxTeamToken{id, in.url, phone.Secret(in.got.Token.Token)})
	if err := t.putAccount(phone.PutAccount{Account: a, Password: phone.Secret(in.got.Line.Password)}); err != nil {
		t.fault(phone.ReasonOf(err))
		return
	}
	t.teamSetup(in.got.Setup)
	t.s.team.at = teamAt{generation: t.s.team.at.generation} // also where it is the same account again: linked anew, with the new token
}

// accountFor is the ID of the account at the exchange that an activation is for: the one there is, whatever it is called,
// or a new one.
func (t *turn) accountFor(got team.Activation) phone.AccountID {
	for _, a := range t.s.accounts {
		if a.User == got.Line.User && a.Domain == got.Setup.Domain {
			return a.ID
		}
	}
	id := phone.AccountID(got.Line.User)
	for n := 2; ; n++ {
		if t.s.account(id) == nil {
			return id
		}
		id = phone.AccountID(got.Line.User + "-" + strconv.Itoa(n))
	}
}

// teamSetup takes over what the team server provides for all: links, customer service, emergency numbers. What it leaves
// out, and what is already so, stays.
func (t *turn) teamSetup(v team.Setup) {
	for _, s := range []struct{ key, value string }{
		{phone.KeyLinkPage, v.Page}, {phone.KeyLinkProfile, v.Profile}, {phone.KeyLinkHelp, v.Help}, {phone.KeyLinkPrivacy, v.Privacy}, {phone.KeyLinkAgreement, v.Agreement},
		{phone.KeySupportPhone, v.SupportNumber}, {phone.KeySupportMail, v.SupportMail}, {phone.KeySupportHours, v.SupportHours}, {phone.KeyEmergency, strings.Join(v.Emergency, ",")},
	} {
		if s.value == "" {
			continue
		}
		if err := t.set(phone.Set{Key: s.key, Value: s.value}); err != nil {
			t.fault(phone.ReasonOf(err))
		}
	}
}

func (t *turn) setTeamPassword(cmd phone.SetTeamPassword) error {
	if _, err := t.liveTeam(); err != nil {
		return err
	}
	if cmd.Old == "" || cmd.New == "" {
		return phone.Refuse(phone.ReasonBadCommand, "password")
	}
	t.askTeam(cmd.Verb(), phone.TeamPasswordChange, "", http.MethodPost, "me/password", team.PasswordChange{Old: string(cmd.Old), New: string(cmd.New)})
	return nil
}

func (t *turn) signOutTeamDevice(cmd phone.SignOutTeamDevice) error {
	if _, err := t.liveTeam(); err != nil {
		return err
	}
	if cmd.ID == "" {
		return phone.Refuse(phone.ReasonBadCommand, "id")
	}
	t.askTeam(cmd.Verb(), cmd.ID, "", http.MethodDelete, "devices/"+url.PathEscape(cmd.ID), nil)
	return nil
}

// requestCode and redeemCode speak with a server that is not linked to yet.
func (r *runner) requestCode(fx fxTeamCode) {
	r.group.start("team code", func() {
		r.input(inTeamDone{fx.at, fx.change, r.openly(fx.url, "codes", team.NewCode{Mobile: fx.mobile}, nil)})
	})
}

func (r *runner) redeemCode(fx fxTeamRedeem) {
	r.group.start("team activation", func() {
		in := inTeamActivated{at: fx.at, change: fx.change, url: fx.url}
		device, _ := os.Hostname()
		in.err = r.openly(fx.url, "activate", team.Activate{Mobile: fx.mobile, Code: string(fx.code), Device: device}, &in.got)
		r.input(in)
	})
}

// openly is an operation that needs no token.
func (r *runner) openly(server, path string, in, out any) error {
	client, err := newTeamClient(teamAt{url: server})
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Do(r.ctx, http.MethodPost, path, in, out)
}

// keepTeamToken has the token at hand at once, and writes it down.
func (r *runner) keepTeamToken(fx fxTeamToken) {
	secret := tokenOf(fx.url, string(fx.token))
	r.team.session.put(fx.account, secret)
	r.keep.post(r.group, "secrets", func() {
		if err := r.opt.Secrets.Put(teamKey(fx.account), secret); err != nil {
			r.opt.Log.Warn("keep the team server's token", "account", fx.account, "err", err)
		}
	})
}

// TeamDevices implements phone.TeamDevices.
func (e *Engine) TeamDevices(ctx context.Context) ([]phone.TeamDevice, error) {
	now := e.runner.team.now.Load()
	if now == nil {
		return nil, phone.Refuse(phone.ReasonNoTeam, "")
	}
	if !now.live || now.client == nil {
		return nil, phone.Refuse(phone.ReasonTeamAway, "")
	}
	var devices []team.SignedIn
	if err := now.client.Do(ctx, http.MethodGet, "devices", nil, &devices); err != nil {
		return nil, &phone.Error{Reason: teamReason(err)}
	}
	out := make([]phone.TeamDevice, 0, len(devices))
	for _, d := range devices {
		out = append(out, phone.TeamDevice{ID: d.ID, Name: d.Name, Agent: d.Agent, Since: d.Since, Seen: d.Seen, Expires: d.Expires, This: d.This})
	}
	slices.SortStableFunc(out, func(a, b phone.TeamDevice) int {
		if a.This != b.This {
			return map[bool]int{true: -1, false: 1}[a.This]
		}
		return b.Seen.Compare(a.Seen)
	})
	return out, nil
}
