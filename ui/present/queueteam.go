package present

import (
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// QueuePage is a queue with what a team server tells of it (features.md G3, G4, G5).
type QueuePage struct {
	ID       phone.QueueID
	Name     string
	Number   string // what to dial
	Night    bool
	Stale    string // why and since when what is shown is old; empty while it is as of now
	Head     string // how many wait, are free, are logged in
	Figures  []QueueFigure
	Callers  []CallerRow
	Members  []MemberRow
	Settings string // why the settings cannot be changed, empty when they can
	Agents   bool   // of everybody who answers, in all queues: nobody waits there
}

// QueueFigure is one number of how a queue went today.
type QueueFigure struct {
	Label string
	Value string
	Tone  Tone
}

// CallerRow is a call that waits in a queue.
type CallerRow struct {
	ID     string
	Place  string
	Who    Who
	Waited string
	Tone   Tone   // of Waited: amber is long, red too long
	Before string // earlier calls that nobody has taken care of
	Rings  string // at whom it rings now
}

// MemberRow is somebody who answers in a queue.
type MemberRow struct {
	Queue    phone.QueueID
	Phone    string
	Head     string // over the row, where it is the first of somebody's
	Title    string // instead of Name, where the rows above tell whose it is
	Name     string
	Status   Status
	State    string // in words, with since when
	Handled  int    // calls today
	Talk     string // time spoken today
	Skill    string
	LoggedIn bool
	Paused   bool
	Me       bool
	Asking   bool   // a change of the user's own is under way
	Locked   string // why nothing can be changed, empty when it can
	Dial     string // what calls them, empty when nothing does
	Level    int    // the skill, 1-10
	MaySkill bool   // the user may change it
}

// TeamQueues are the queues of the team server, in the order of the buttons.
func TeamQueues(s Scene) []phone.QueueStatus {
	var out []phone.QueueStatus
	for _, q := range s.Snap.Queues {
		if q.Team != nil {
			out = append(out, q)
		}
	}
	return out
}

// QueueTabs are those to choose between, with how many wait.
func QueueTabs(s Scene) []Choice {
	var out []Choice
	for _, q := range TeamQueues(s) {
		words := queueName(q.Queue)
		if q.Counted && q.Waiting > 0 {
			words += " (" + strconv.Itoa(q.Waiting) + ")"
		}
		out = append(out, option(string(q.ID), words))
	}
	if len(out) > 0 {
		out = append(out, option(string(AllAgents), text.T("queue.agents")))
	}
	return out
}

// QueuePageOf makes the page of a queue. ok is false when the team server has no such queue.
func QueuePageOf(s Scene, id phone.QueueID) (p QueuePage, ok bool) {
	if id == AllAgents {
		return agentsPage(s)
	}
	q := teamQueue(s, id)
	if q == nil {
		return p, false
	}
	t := q.Team
	p = QueuePage{ID: id, Name: queueName(q.Queue), Number: s.NumberText(t.Number), Night: t.Settings.Night}
	if s.Snap.Team.Link == phone.TeamLive { // else the bar over the page says so
		p.Stale = queueStale(s, t)
	}
	p.Head = text.T("queue.counted", "waiting", strconv.Itoa(q.Waiting), "free", strconv.Itoa(q.Available), "in", strconv.Itoa(q.LoggedIn))
	p.Figures = queueFigures(t.Today)
	for _, c := range t.Callers {
		p.Callers = append(p.Callers, callerRow(s, c))
	}
	for _, m := range t.Members {
		p.Members = append(p.Members, memberRow(s, *q, m))
	}
	p.Settings = settingsLocked(s, t)
	return p, true
}

// settingsLocked is why a queue's settings cannot be changed.
func settingsLocked(s Scene, t *phone.QueueTeam) string {
	switch {
	case !t.Rights.Reaches(phone.TeamRightsSupervisor):
		return text.T("queue.no_right")
	case s.Snap.Team.Link != phone.TeamLive:
		return text.Reason(phone.Reason{ID: phone.ReasonTeamAway})
	}
	return ""
}

func teamQueue(s Scene, id phone.QueueID) *phone.QueueStatus {
	for i := range s.Snap.Queues {
		if q := &s.Snap.Queues[i]; q.ID == id && q.Team != nil {
			return q
		}
	}
	return nil
}

// queueStale is why and since when a queue is as it was told.
func queueStale(s Scene, t *phone.QueueTeam) string {
	if t.Stale.IsZero() {
		return ""
	}
	when := text.WhenWithin(t.Stale.Local(), s.Now)
	for _, src := range s.Snap.Team.Sources {
		if src.ID == t.Source && !src.Up {
			return text.T("queue.source_down", "name", Clean(src.Name, nameLimit), "when", when)
		}
	}
	return text.T("team.as_of", "when", when)
}

func queueFigures(d phone.QueueDay) []QueueFigure {
	seconds := func(n int) string { return text.Timer(time.Duration(n) * time.Second) }
	n := func(v int) string { return text.Number(int64(v)) }
	level := QueueFigure{Label: text.T("queue.service_level"), Value: "–"}
	if d.ServiceLevel >= 0 {
		level.Value = text.Percent(float64(d.ServiceLevel))
	}
	lost := QueueFigure{Label: text.T("queue.lost"), Value: n(d.Lost)}
	if d.Lost > 0 {
		lost.Tone = ToneRed
	}
	return []QueueFigure{
		{Label: text.T("queue.answered"), Value: n(d.Answered)}, lost, {Label: text.T("queue.redirected"), Value: n(d.Redirected)}, level,
		{Label: text.T("queue.wait_last"), Value: seconds(d.LastWaitS)}, {Label: text.T("queue.wait_average"), Value: seconds(d.AverageWaitS)},
		{Label: text.T("queue.wait_longest"), Value: seconds(d.LongestWaitS)}, {Label: text.T("queue.handled_me"), Value: n(d.Handled)},
	}
}

func callerRow(s Scene, c phone.QueueCaller) CallerRow {
	waited := max(0, s.Now.Sub(c.Since))
	r := CallerRow{ID: c.ID, Place: strconv.Itoa(c.Place), Who: s.WhoOf(c.From), Waited: text.Timer(waited), Tone: waitTone(s, waited)}
	if c.Before > 0 {
		r.Before = text.T("queue.before", "n", c.Before)
	}
	if len(c.Rings) > 0 {
		r.Rings = text.T("queue.rings_at", "name", Clean(strings.Join(c.Rings, ", "), 80))
	}
	return r
}

func memberRow(s Scene, q phone.QueueStatus, m phone.QueueMember) MemberRow {
	r := MemberRow{
		Queue: q.ID, Phone: m.Phone, Name: Clean(m.Name, nameLimit), Handled: m.Today, Talk: text.Timer(time.Duration(m.TalkS) * time.Second), Skill: "–", Level: m.Skill,
		LoggedIn: m.LoggedIn, Paused: m.Paused, Me: m.Me, Dial: m.Number, Asking: teamAsking(s, phone.SetQueueMember{}.Verb(), string(q.ID)),
	}
	if r.Name == "" {
		r.Name = Clean(m.Phone, numberLimit)
	}
	if m.Skill > 0 {
		r.Skill = text.Number(int64(m.Skill))
	}
	r.Status, r.State = memberState(m)
	if r.LoggedIn && !m.Since.IsZero() && s.Now.After(m.Since) {
		r.State = text.T("queue.since", "state", r.State, "when", text.WhenWithin(m.Since.Local(), s.Now))
	}
	rights := phone.TeamRightsSupervisor
	if m.Me {
		r.Name, rights = text.T("queue.me", "name", r.Name), phone.TeamRightsAgent
	}
	switch {
	case !q.Team.Rights.Reaches(rights):
		r.Locked = text.T("queue.no_right")
	case s.Snap.Team.Link != phone.TeamLive:
		r.Locked = text.Reason(phone.Reason{ID: phone.ReasonTeamAway})
	}
	r.MaySkill = r.Locked == "" && q.Team.Rights.Reaches(phone.TeamRightsSupervisor)
	return r
}

// memberState is a member's lamp and its words.
func memberState(m phone.QueueMember) (Status, string) {
	switch {
	case !m.LoggedIn:
		return StatusNotSignedIn, text.T("queue.out")
	case m.State == phone.LineBusy:
		return StatusInCall, text.T("queue.member_busy")
	case m.State == phone.LineRinging:
		return StatusRinging, text.T("queue.member_rings")
	case m.Paused:
		if why := Clean(m.Why, 40); why != "" {
			return StatusBreak, text.T("queue.paused_why", "why", why)
		}
		return StatusBreak, text.T("queue.paused")
	case m.State == phone.LineOffline:
		return StatusNotSignedIn, text.T("queue.member_offline")
	case m.State == phone.LineIdle:
		return StatusAvailable, text.T("queue.member_free")
	}
	return StatusUnknown, text.T("queue.in")
}

// LogMember is the command that logs a member in, or out; the user by the same way as the queue's button.
func (r MemberRow) LogMember(q phone.QueueID, on bool) phone.Command {
	if r.Me {
		return phone.LogIn{Queues: []phone.QueueID{q}, On: on}
	}
	return phone.SetQueueMember{Queue: q, Phone: r.Phone, LoggedIn: &on}
}

// Pause is the command that pauses a member, with the reason, or ends it.
func (r MemberRow) Pause(q phone.QueueID, on bool, why string) phone.Command {
	return phone.SetQueueMember{Queue: q, Phone: r.Phone, Paused: &on, Why: why}
}

// SetSkill is the command that changes a member's skill.
func (r MemberRow) SetSkill(q phone.QueueID, level int) phone.Command {
	return phone.SetQueueMember{Queue: q, Phone: r.Phone, Skill: &level}
}

// QueuesEmpty is what the page says when the team server has no queue for the user.
func QueuesEmpty(s Scene) Empty {
	if s.Snap.Team.Link == phone.TeamOff {
		r := phone.Reason{ID: phone.ReasonNoTeam}
		return Empty{Icon: "chart-no-axes-column", Title: text.ReasonTitle(r), Text: text.Reason(r)}
	}
	return Empty{Icon: "chart-no-axes-column", Title: text.T("queue.team_none"), Text: text.T("queue.team_none_text")}
}

// QueuePageTicking reports whether a time on a queue's page changes with the second.
func QueuePageTicking(s Scene, id phone.QueueID) bool {
	q := teamQueue(s, id)
	return q != nil && len(q.Team.Callers) > 0
}
