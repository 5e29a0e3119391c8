package engine

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/phone/team"
)

// teamMeetings is the meetings that the team server tells of: those that the user has made or is invited to. Maps and lists
// are replaced, never changed in place.
type teamMeetings struct {
	all      map[string]team.Meeting // by the item's ID: that of the meeting, or with a person after it
	shown    []phone.Meeting         // those to come, soonest first
	reminded map[string]time.Time    // by the meeting's ID: the occasion
	revision uint64
	wait     time.Time // when to look again: a reminder, a beginning or an end
	dirty    bool
}

// fxTeamMeetings is what the user may ask for beside the snapshot.
type fxTeamMeetings struct {
	at  teamAt
	all []phone.Meeting
}

func (fxTeamMeetings) isEffect() {}

// again is as nothing had been told.
func (m teamMeetings) again() teamMeetings {
	return teamMeetings{revision: m.revision, dirty: m.revision > 0}
}

// apply takes in an item.
func (m teamMeetings) apply(i team.Item) (teamMeetings, error) {
	all, err := kept(maps.Clone(m.all), i.ID, i)
	if err != nil {
		return m, err
	}
	m.all, m.dirty = all, true
	return m, nil
}

// teamMeeting takes in a meeting, and tells of what others have done while the link is live.
func (t *turn) teamMeeting(i team.Item) error {
	x := &t.s.team
	was, known := x.meet.all[i.ID]
	meet, err := x.meet.apply(i)
	if err != nil {
		return err
	}
	x.meet = meet
	now := x.meet.all[i.ID]
	if x.link != phone.TeamLive || now.Owner == x.me || was.Owner == x.me {
		return nil
	}
	tell := func(id, state string) { t.tell(phone.Event{Kind: phone.EventMeeting, Key: id, State: state}) }
	switch {
	case i.Gone && known && was.Canceled.IsZero(): // left out of it
		if _, _, comes := schedule.Meeting(was.Phone(), t.now); comes {
			tell(was.ID, "canceled")
		}
	case i.Gone:
	case !now.Canceled.IsZero():
		if known && was.Canceled.IsZero() {
			tell(now.ID, "canceled")
		}
	case !known:
		tell(now.ID, "invited")
	case now.Rev != was.Rev:
		tell(now.ID, "changed")
	}
	return nil
}

// settleMeetings works out what is to come, and reminds.
func (t *turn) settleMeetings() {
	x := &t.s.team
	m := &x.meet
	if !m.dirty && (m.wait.IsZero() || t.now.Before(m.wait)) {
		return
	}
	m.dirty, m.wait = false, time.Time{}
	m.reminded = maps.Clone(m.reminded)
	if m.reminded == nil {
		m.reminded = map[string]time.Time{}
	}
	sooner := func(at time.Time) {
		if at.After(t.now) && (m.wait.IsZero() || at.Before(m.wait)) {
			m.wait = at
		}
	}
	var shown []phone.Meeting
	seen := map[string]bool{}
	for _, v := range m.all {
		from, to, comes := schedule.Meeting(v.Phone(), t.now)
		if !comes || seen[v.ID] {
			continue
		}
		seen[v.ID] = true
		p := v.Phone()
		who := x.people[v.Owner]
		p.Next, p.Own, p.By = from, v.Owner == x.me, phone.TeamName{ID: phone.TeamPersonID(v.Owner), Name: who.Name, Initials: who.Initials}
		shown = append(shown, p)
		sooner(from)
		sooner(to)
		if v.RemindM == 0 || !from.After(t.now) {
			continue
		}
		switch due := from.Add(-time.Duration(v.RemindM) * time.Minute); {
		case due.After(t.now):
			sooner(due)
		case !m.reminded[v.ID].Equal(from):
			m.reminded[v.ID] = from
			t.tell(phone.Event{Kind: phone.EventMeeting, Key: v.ID, State: "reminder"})
		}
	}
	maps.DeleteFunc(m.reminded, func(id string, _ time.Time) bool { return !seen[id] })
	byTime(shown)
	m.shown, x.dirty = shown, true
	m.revision++
	t.do(fxTeamMeetings{x.at, shown})
}

func byTime(m []phone.Meeting) {
	slices.SortFunc(m, func(a, b phone.Meeting) int { return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.ID, b.ID)) })
}

func (m teamMeetings) state() phone.MeetingState {
	s := phone.MeetingState{Revision: m.revision, Upcoming: m.shown}
	if len(m.shown) > 0 {
		next := m.shown[0]
		s.Next = &next
	}
	return s
}

// meeting is one of those to come.
func (m teamMeetings) meeting(id string) (phone.Meeting, bool) {
	i := slices.IndexFunc(m.shown, func(v phone.Meeting) bool { return v.ID == id })
	if i < 0 {
		return phone.Meeting{}, false
	}
	return m.shown[i], true
}

func (t *turn) putMeeting(cmd phone.PutMeeting) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	m := cmd.Meeting
	if m.Zone == "" {
		m.Zone = phone.ZoneOf(t.s.local, t.now)
	}
	switch {
	case m.ID != "":
	case m.Seq != 0:
		return phone.Refuse(phone.ReasonBadCommand, "id")
	default:
		m.ID = strconv.FormatInt(t.now.UnixNano(), 36) + "-" + strconv.FormatUint(x.last+1, 36)
	}
	in := team.NewMeeting{Rev: team.Seq(m.Seq), Meeting: team.Meeting{
		Title: m.Title, Info: m.Info, Start: m.Start, LengthM: m.LengthM, Zone: m.Zone, Repeat: m.Repeat, Every: m.Every, RemindM: m.RemindM,
	}}
	for _, i := range m.Invited {
		who, ok := x.invited(i)
		if !ok {
			return phone.Refuse(phone.ReasonTeamNobody, cmp.Or(i.Name, string(i.Person)))
		}
		in.Meeting.Invited = append(in.Meeting.Invited, who)
	}
	t.askTeam(cmd.Verb(), m.ID, m.Title, http.MethodPut, "meetings/"+url.PathEscape(m.ID), in)
	return nil
}

// invited is who is meant: a colleague by their ID, user name, name or extension, else an address or number.
func (x *teaming) invited(i phone.MeetingInvite) (team.Invited, bool) {
	words := strings.TrimSpace(cmp.Or(string(i.Person), i.Number, i.Name))
	if i.Email == "" || i.Person != "" {
		found := team.PersonID("")
		for id, p := range x.people {
			if string(id) == words {
				return team.Invited{Person: id}, true
			}
			if p.Extension == words || strings.EqualFold(p.User, words) || strings.EqualFold(p.Name, words) {
				if found != "" {
					return team.Invited{}, false // one of two
				}
				found = id
			}
		}
		if found != "" {
			return team.Invited{Person: found}, true
		}
	}
	return team.Invited{Name: i.Name, Email: i.Email, Number: i.Number}, i.Email != "" || i.Number != ""
}

func (t *turn) cancelMeeting(cmd phone.CancelMeeting) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	m, there := x.meet.meeting(cmd.ID)
	if !there {
		return phone.Refuse(phone.ReasonTeamGone, cmd.ID)
	}
	rev := team.Seq(cmd.Seq)
	if rev == 0 {
		rev = team.Seq(m.Seq)
	}
	t.askTeam(cmd.Verb(), m.ID, m.Title, http.MethodPost, "meetings/"+url.PathEscape(m.ID)+"/cancel", team.CancelMeeting{Rev: rev})
	return nil
}

// joinMeeting calls the meeting's number, and dials its id when it has answered. On another telephone the user dials the id:
// the call is that telephone's when it is asked for.
func (t *turn) joinMeeting(cmd phone.JoinMeeting) (phone.CallID, error) {
	x := &t.s.team
	if x.at.url == "" {
		return 0, phone.Refuse(phone.ReasonNoTeam, "")
	}
	m, there := x.meet.meeting(cmd.ID)
	switch {
	case !there:
		return 0, phone.Refuse(phone.ReasonTeamGone, cmd.ID)
	case m.Number == "":
		return 0, phone.Refuse(phone.ReasonNotSupported, "")
	}
	dial := phone.Dial{Account: x.at.account, Target: m.Number, Via: cmd.Via}
	if cmd.Via == "" {
		dial.Digits = "," + m.Code + "#"
	}
	return t.dial(dial)
}

// Meetings implements phone.Meetings: what was told last, also while the server is away.
func (e *Engine) Meetings(context.Context) ([]phone.Meeting, error) {
	all := e.runner.team.meetings.Load()
	if all == nil {
		if e.Snapshot().Team.Link == phone.TeamOff {
			return nil, phone.Refuse(phone.ReasonNoTeam, "")
		}
		return nil, phone.Refuse(phone.ReasonTeamAway, "")
	}
	now := time.Now()
	out := make([]phone.Meeting, 0, len(*all))
	for _, m := range *all {
		var comes bool
		if m.Next, _, comes = schedule.Meeting(m, now); comes {
			out = append(out, m)
		}
	}
	byTime(out)
	return out, nil
}
