package phonetest_test

import (
	"slices"
	"testing"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

// The number that Anna chooses to show is shown with all her telephones: with her other desktop, which has chosen nothing, and
// with a plain telephone at the exchange, until she chooses another; one call may have a number of its own (features.md B4).
func TestTeamShownNumber(t *testing.T) {
	t.Parallel()
	o := newTeamOffice(t, "")
	anna, cilla := o.people[0], o.people[2]
	var groups []team.Versioned[team.Group]
	if err := o.admin.Do(t.Context(), "GET", "groups", nil, &groups); err != nil {
		t.Fatal(err)
	}
	g := groups[slices.IndexFunc(groups, func(g team.Versioned[team.Group]) bool { return g.Value.ID == "support" })]
	g.Value.Number = "0801"
	if err := o.admin.Do(t.Context(), "PUT", "groups/support", team.NewGroup{Seq: g.Seq, Group: g.Value}, nil); err != nil {
		t.Fatal(err)
	}
	second := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Called: "Anna's other desktop"})
	second.SignIn(anna, o.pbx.Addr(), "--dialect", "asterisk", "--team", o.server.URL)
	second.SignInTeam(anna, phonetest.TeamPassword)
	plain := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Called: "Anna's desk telephone"})
	plain.SignIn(anna, o.pbx.Addr(), "--dialect", "asterisk")

	shown := func(from *phonetest.Svara, want string) {
		t.Helper()
		call := from.Dial("08123")
		theirs := o.desks[cilla].Wait("any", phone.StateIncoming)
		if c := o.desks[cilla].Call(theirs); c.Remote.Number != want {
			t.Errorf("%s shows %q, not %q", from.Called, c.Remote.Number, want)
		}
		from.HangUp(call)
		o.desks[cilla].Ended(theirs)
		o.desks[cilla].Must("dismiss", theirs)
	}
	shown(plain, anna)
	o.desks[anna].Must("role", "add", "support", "Support", "0801")
	o.desks[anna].Must("role", "add", "wrong", "Not hers", "0899")
	o.desks[anna].Must("role", "use", "support")
	o.until("her other desktop has it too, and the exchange shows it", func() bool {
		r := second.Snapshot().Roles
		return r.Now == "support" && len(r.All) == 3 && r.Shared && o.desks[anna].Snapshot().Roles.Shared
	})
	shown(plain, "0801")
	shown(second, "0801")
	second.Must("role", "next", "withheld")
	shown(second, "anonymous")
	shown(second, "0801")

	second.Must("role", "use", "wrong")
	o.until("a number of nobody's is refused", func() bool {
		r := o.desks[anna].Snapshot().Roles
		return r.Now == "wrong" && r.Refused != nil && r.Refused.ID == phone.ReasonNotPermitted
	})
	shown(plain, anna)
	second.Must("role", "use", "withheld")
	o.until("withheld", func() bool { r := o.desks[anna].Snapshot().Roles; return r.Now == phone.RoleWithheld && r.Shared })
	shown(plain, "anonymous")
	second.Must("role", "none")
	o.until("none", func() bool { r := o.desks[anna].Snapshot().Roles; return r.Now == "" && r.Refused == nil })
	shown(plain, anna)
}
