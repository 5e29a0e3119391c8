package phonetest_test

import (
	"testing"

	"svara/phone"
	"svara/phone/phonetest"
)

// startEve is a third attendant, who takes no calls.
func startEve(t *testing.T, server *phonetest.Team, pbx *phonetest.Asterisk) *phonetest.Svara {
	t.Helper()
	server.Join(server.Run("user", "add", "eve", "--name", "Eve", "--extension", "1005", "--group", "desk", "--rights", "agent"))
	eve := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "1005", Audio: "null"})
	eve.SignIn("1005", pbx.Addr(), "--dialect", "asterisk-test", "--team", server.URL)
	eve.SignInTeam("eve", phonetest.TeamPassword)
	return eve
}

// Two attendants of different groups camp calls on the same colleague: the team server says who is first. When the telephone whose call is first
// dies, the next one has its turn.
func TestTeamOrderOfCamps(t *testing.T) {
	t.Parallel()
	server := phonetest.StartTeam(t, phonetest.TeamConfig{Postgres: phonetest.StartPostgres(t).Database()})
	server.Run("group", "add", "desk", "--name", "Desk")
	server.Run("group", "add", "service", "--name", "Service")
	c := phonetest.AsteriskConfig{}
	for _, u := range []string{"1001", "1002", "1003", "1004", "1005"} {
		c.Users = append(c.Users, phonetest.PBXUser{User: u, Password: "pw-" + u})
	}
	pbx := phonetest.StartAsterisk(t, c)
	var desks []*desk
	for i, name := range []string{"Anna", "Bo", "", ""} {
		args := []string{"--dialect", "asterisk-test"}
		if name != "" {
			args = append(args, "--team", server.URL)
		}
		d := startDesk(t, i, pbx.Addr(), args...)
		if name != "" {
			server.Join(server.Run("user", "add", d.user, "--name", name, "--extension", d.user, "--group", []string{"desk", "service"}[i], "--rights", "agent"))
			d.SignInTeam(d.user, phonetest.TeamPassword)
		}
		desks = append(desks, d)
	}
	anna, bo, colleague, caller := desks[0], desks[1], desks[2], desks[3]
	// camp lets somebody call an attendant, who camps them on the colleague.
	camp := func(d *desk) string {
		t.Helper()
		caller.Dial(d.user)
		call := d.AnswerNext()
		d.Must("campon", call, colleague.user)
		return call
	}
	place := func(d *desk, call, what string, n, of int, ahead string) {
		t.Helper()
		d.Is(call, what, func(c phone.Call) bool {
			return c.Camp != nil && c.Camp.Shared && c.Camp.Place == n && c.Camp.Of == of && c.Camp.Ahead == ahead && !c.Camp.Offering && c.Camp.Line == phone.LineBusy
		})
	}
	offered := func(d *desk, call string) {
		t.Helper()
		d.Is(call, "offered", func(c phone.Call) bool { return c.Camp != nil && c.Camp.Offering })
	}

	talks := colleague.Talk("621")
	one := camp(anna)
	place(anna, one, "alone", 1, 1, "")
	two := camp(bo)
	place(bo, two, "second", 2, 2, "Anna")
	place(anna, one, "first of two", 1, 2, "")
	// Who calls another group is its own; a third attendant, of Anna's group, sees it.
	var others []phone.CampedCall
	if bo.Ask(&others, "camped"); len(others) != 0 {
		t.Errorf("another group's calls: %+v", others)
	}
	eve := startEve(t, server, pbx)
	phonetest.Until(t, teamLimit, "the group's call is seen", func() bool {
		eve.Ask(&others, "camped")
		return len(others) == 1 && others[0].By.Name == "Anna" && others[0].Remote.Number == caller.user && others[0].Turn && others[0].Place == 1
	})

	// Free: Anna's caller is put through, Bo's moves up.
	colleague.HangUp(talks)
	offered(anna, one)
	talks = colleague.AnswerNext()
	place(bo, two, "moved up", 1, 1, "")

	// Another one of Anna's waits behind Bo's. His telephone dies: hers is put through when the server has let go of his.
	three := camp(anna)
	place(anna, three, "behind Bo's", 2, 2, "Bo")
	bo.Kill()
	colleague.HangUp(talks)
	offered(anna, three)
	colleague.AnswerNext()
	phonetest.Until(t, teamLimit, "nobody waits", func() bool { return len(anna.Live()) == 0 && len(anna.Snapshot().Camped) == 0 })
}
