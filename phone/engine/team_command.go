package engine

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/team"
)

// mostRefused is how many refused changes are kept to be shown.
const mostRefused = 20

// teamCommand takes up a command that concerns the team server. It reports whether it was one.
func (t *turn) teamCommand(cmd phone.Command) (bool, error) {
	switch c := cmd.(type) {
	case phone.SignInTeam:
		return true, t.signInTeam(c)
	case phone.SignOutTeam:
		return true, t.signOutTeam(c)
	case phone.RequestCode:
		return true, t.requestCode(c)
	case phone.RedeemCode:
		return true, t.redeemCode(c)
	case phone.SetTeamPassword:
		return true, t.setTeamPassword(c)
	case phone.SignOutTeamDevice:
		return true, t.signOutTeamDevice(c)
	case phone.PutMeeting:
		return true, t.putMeeting(c)
	case phone.CancelMeeting:
		return true, t.cancelMeeting(c)
	case phone.SetQueueMember:
		return true, t.setQueueMember(c)
	case phone.SetQueue:
		return true, t.setQueue(c)
	case phone.CareForCall:
		return true, t.careForCall(c)
	case phone.CareForMessage:
		return true, t.careForMessage(c)
	case phone.DeleteGroupMessage:
		return true, t.deleteGroupMessage(c)
	case phone.PlayGroupMessage:
		return true, t.playGroupMessage(c)
	case phone.SendGroupText:
		return true, t.sendGroupText(c)
	case phone.PlayGreeting:
		return true, t.playGreeting(c)
	case phone.SetGreeting:
		return true, t.setGreeting(c)
	case phone.DeleteGreeting:
		return true, t.deleteGreeting(c)
	case phone.SetColleague:
		return true, t.setColleague(c)
	case phone.SetColleaguePlan:
		return true, t.setColleaguePlan(c)
	case phone.RemoveColleaguePlan:
		return true, t.removeColleaguePlan(c)
	}
	return false, nil
}

// teamOf is the link, when it is the account's; an empty account is whichever has one.
func (t *turn) teamOf(id phone.AccountID) (*teaming, error) {
	x := &t.s.team
	if x.at.url == "" || id != "" && id != x.at.account {
		return nil, phone.Refuse(phone.ReasonNoTeam, string(id))
	}
	return x, nil
}

func (t *turn) signInTeam(cmd phone.SignInTeam) error {
	x, err := t.teamOf(cmd.Account)
	if err != nil {
		return err
	}
	if cmd.User == "" || cmd.Password == "" {
		return phone.Refuse(phone.ReasonBadCommand, "user")
	}
	x.reason, x.dirty = nil, true
	t.do(fxTeamSignIn{x.at, cmd.User, cmd.Password})
	return nil
}

func (t *turn) signOutTeam(cmd phone.SignOutTeam) error {
	x, err := t.teamOf(cmd.Account)
	if err != nil {
		return err
	}
	t.do(fxTeamSignOut{x.at})
	return nil
}

// liveTeam is the link when it can be asked something.
func (t *turn) liveTeam() (*teaming, error) {
	switch x := &t.s.team; {
	case x.at.url == "":
		return nil, phone.Refuse(phone.ReasonNoTeam, "")
	case x.link == phone.TeamSignedOut:
		return nil, phone.Refuse(phone.ReasonTeamSignedOut, "")
	case x.link != phone.TeamLive:
		return nil, phone.Refuse(phone.ReasonTeamAway, "")
	default:
		return x, nil
	}
}

// askTeam begins a change. about and name are what it is about.
func (t *turn) askTeam(verb, about, name, method, path string, in any) {
	x := &t.s.team
	x.last++
	id := "c" + strconv.FormatUint(x.last, 10)
	x.changes = slices.DeleteFunc(slices.Clone(x.changes), func(c phone.TeamChange) bool {
		return c.State == phone.TeamChangeRefused && c.Verb == verb && c.About == about // done again
	})
	x.changes = append(x.changes, phone.TeamChange{ID: id, Verb: verb, About: about, Name: name, At: t.now, State: phone.TeamChangeAsking})
	x.dirty = true
	t.do(fxTeamAsk{x.at, id, method, path, in})
}

// teamDone ends a change, or keeps it with why it was refused.
func (t *turn) teamDone(in inTeamDone) {
	x := &t.s.team
	if id, camp := strings.CutPrefix(in.change, changeCamp); camp {
		t.campDone(id, in.err)
		return
	}
	switch in.change {
	case changeRouting:
		t.routingDone(in.err)
		return
	case changePresence:
		t.presenceDone(in.err)
		return
	}
	i := slices.IndexFunc(x.changes, func(c phone.TeamChange) bool { return c.ID == in.change })
	if i < 0 {
		return
	}
	x.changes, x.dirty = slices.Clone(x.changes), true
	c := x.changes[i]
	if t.teamCalled(c.ID, in.err) {
		in.err = nil
	}
	if c.Verb == (phone.LogIn{On: true}).Verb() || c.Verb == (phone.LogIn{}).Verb() {
		t.teamLoggedIn(phone.QueueID(c.About), in.err)
	}
	if in.err == nil {
		x.changes = slices.Delete(x.changes, i, i+1)
		t.tell(phone.Event{Kind: phone.EventTeam, Key: c.ID, Value: c.About, State: "done"})
		return
	}
	why := teamReason(in.err)
	c.State, c.Reason, c.Who = phone.TeamChangeRefused, &why, x.whoWas(in.err)
	x.changes[i] = c
	refused := 0
	for j := len(x.changes) - 1; j >= 0; j-- {
		if x.changes[j].State != phone.TeamChangeRefused {
			continue
		}
		if refused++; refused > mostRefused {
			x.changes = slices.Delete(x.changes, j, j+1)
		}
	}
	t.tell(phone.Event{Kind: phone.EventTeam, Key: c.ID, Value: c.About, State: string(phone.TeamChangeRefused), Reason: &why})
}

// whoWas is the name of who was faster, where the newer value says it. What is newer is taken in by the feed.
func (x *teaming) whoWas(err error) string {
	var f *team.Fault
	if !errors.As(err, &f) || f.Item == nil {
		return ""
	}
	var who team.PersonID
	switch f.Item.Kind {
	case team.KindLog:
		var e team.LogEntry
		if decodeItem(*f.Item, &e) == nil {
			who = e.Handler
		}
	case team.KindMessage:
		var m team.Message
		if decodeItem(*f.Item, &m) == nil {
			who = cmp.Or(m.HandledBy, m.Pinned)
		}
	}
	if who == x.me {
		return ""
	}
	return x.people[who].Name
}

// dismissChange forgets a change that was refused.
func (t *turn) dismissChange(id string) error {
	x := &t.s.team
	i := slices.IndexFunc(x.changes, func(c phone.TeamChange) bool { return c.ID == id && c.State == phone.TeamChangeRefused })
	if i < 0 {
		return phone.Refuse(phone.ReasonNoItem, id)
	}
	x.changes, x.dirty = slices.Delete(slices.Clone(x.changes), i, i+1), true
	return nil
}

// queue is a queue that the team server tells of, or nil.
func (x *teaming) queue(id phone.QueueID) *teamQueue {
	i := slices.IndexFunc(x.queues, func(q teamQueue) bool { return q.id == id && q.there })
	if i < 0 {
		return nil
	}
	return &x.queues[i]
}

// askMember changes somebody's place in a queue.
func (t *turn) askMember(verb string, q *teamQueue, who team.PersonID, name string, in team.MemberChange) {
	t.askTeam(verb, string(q.id), name, http.MethodPut, "queues/"+url.PathEscape(string(q.id))+"/members/"+url.PathEscape(string(who)), in)
}

func (t *turn) setQueueMember(cmd phone.SetQueueMember) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	q := x.queue(cmd.Queue)
	if q == nil {
		return phone.Refuse(phone.ReasonNoItem, string(cmd.Queue))
	}
	i := slices.IndexFunc(q.members, func(m team.Member) bool { return m.Phone == cmd.Phone })
	switch {
	case i < 0:
		return phone.Refuse(phone.ReasonNoItem, cmd.Phone)
	case q.members[i].Person == "": // a telephone of nobody in the team: the server names people
		return phone.Refuse(phone.ReasonNotSupported, "")
	case cmd.Skill != nil && (*cmd.Skill < 1 || *cmd.Skill > 10):
		return phone.Refuse(phone.ReasonBadCommand, "skill")
	}
	m := q.members[i]
	t.askMember(cmd.Verb(), q, m.Person, cmp.Or(x.people[m.Person].Name, m.Name), team.MemberChange{
		LoggedIn: cmd.LoggedIn, Paused: cmd.Paused, Why: cmd.Why, Skill: cmd.Skill,
	})
	return nil
}

// logInByTeam logs the user in or out of a queue of the team server's. It reports whether the queue is one.
func (t *turn) logInByTeam(id phone.QueueID, on bool) (bool, error) {
	x := &t.s.team
	q := x.queue(id)
	if q == nil || x.link != phone.TeamLive {
		return false, nil
	}
	if q.asking {
		return true, phone.Refuse(phone.ReasonWrongState, string(phone.ConfirmAsking))
	}
	x.queues = slices.Clone(x.queues)
	q = x.queue(id)
	q.asking, q.asked, q.reason, q.stale = true, on, nil, true
	t.askMember(phone.LogIn{On: on}.Verb(), q, x.me, q.queue.Name, team.MemberChange{LoggedIn: &on})
	return true, nil
}

// teamLoggedIn: the server has logged the user in or out, or refused. The feed tells how it is.
func (t *turn) teamLoggedIn(id phone.QueueID, err error) {
	x := &t.s.team
	x.queues = slices.Clone(x.queues)
	q := x.queue(id)
	if q == nil {
		return
	}
	q.asking, q.stale = false, true
	state := confirmed(q.asked)
	if err != nil {
		why := teamReason(err)
		q.reason, state = &why, phone.ConfirmRefused
	}
	t.tell(phone.Event{Kind: phone.EventQueue, Value: string(id), State: string(state), Reason: q.reason})
}

// memberships is the queues of the team server that the user is a member of.
func (x *teaming) memberships() []phone.QueueID {
	var out []phone.QueueID
	for i := range x.queues {
		if q := &x.queues[i]; q.there && q.me() != nil {
			out = append(out, q.id)
		}
	}
	return out
}

func (t *turn) setQueue(cmd phone.SetQueue) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	q := x.queue(cmd.Queue)
	if q == nil {
		return phone.Refuse(phone.ReasonNoItem, string(cmd.Queue))
	}
	t.askTeam(cmd.Verb(), string(q.id), q.queue.Name, http.MethodPut, "queues/"+url.PathEscape(string(q.id))+"/settings",
		team.QueueChange{Was: teamSettings(cmd.Was), Settings: teamSettings(cmd.New)})
	return nil
}

func (t *turn) careForCall(cmd phone.CareForCall) error {
	if _, err := t.liveTeam(); err != nil {
		return err
	}
	if cmd.ID == "" || cmd.Note != nil && len([]rune(*cmd.Note)) > 4000 {
		return phone.Refuse(phone.ReasonBadCommand, "id")
	}
	in := team.LogChange{Seq: team.Seq(cmd.Seq), Handled: cmd.Handled, Note: cmd.Note}
	if cmd.Handler != nil {
		who := team.PersonID(*cmd.Handler)
		in.Handler = &who
	}
	t.askTeam(cmd.Verb(), cmd.ID, "", http.MethodPatch, "log/"+url.PathEscape(cmd.ID), in)
	return nil
}

// teamReason is an answer of the team server, or why there was none.
func teamReason(err error) phone.Reason {
	var f *team.Fault
	if !errors.As(err, &f) {
		return phone.ReasonOf(err)
	}
	switch f.Code {
	case team.CodeConflict:
		return phone.Reason{ID: phone.ReasonTeamConflict}
	case team.CodeForbidden:
		return phone.Reason{ID: phone.ReasonTeamNoRight}
	case team.CodeNotFound:
		return phone.Reason{ID: phone.ReasonTeamGone}
	case team.CodeNotSignedIn:
		return phone.Reason{ID: phone.ReasonTeamSignedOut}
	case team.CodeWrongPassword:
		return phone.Reason{ID: phone.ReasonTeamPassword}
	case team.CodeWrongCode:
		return phone.Reason{ID: phone.ReasonTeamCode}
	case team.CodeWeakPassword:
		return phone.Reason{ID: phone.ReasonTeamWeak}
	case team.CodeLocked, team.CodeTooMany:
		return phone.Reason{ID: phone.ReasonTeamLocked, Text: strconv.Itoa((f.RetryS + 59) / 60)}
	case team.CodeUnavailable:
		return phone.Reason{ID: phone.ReasonTeamAway}
	case team.CodeRefused:
		if f.Reason != nil {
			return *f.Reason
		}
	}
	return phone.Reason{ID: phone.ReasonBadCommand, Text: fmt.Sprintf("%s %s", f.Code, f.Field)}
}
