package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/call"
)

// fakeLog answers from a list as a team server does, a page at a time.
type fakeLog struct {
	calls []phone.GroupCall
	asked []phone.GroupLogQuery
	fail  error
	told  time.Time
}

func (f *fakeLog) GroupLog(_ context.Context, q phone.GroupLogQuery) (phone.GroupLogPage, error) {
	f.asked = append(f.asked, q)
	if f.fail != nil {
		return phone.GroupLogPage{}, f.fail
	}
	var out []phone.GroupCall
	for _, c := range f.calls {
		switch {
		case len(q.Outcomes) > 0 && !slices.Contains(q.Outcomes, c.Outcome):
		case len(q.Queues) > 0 && !slices.Contains(q.Queues, c.Queue):
		case len(q.Handlers) > 0 && !slices.Contains(q.Handlers, c.Handler.ID):
		case q.Nobody && c.Handler.ID != "", q.Open && !c.Open():
		case !strings.Contains(strings.ToLower(c.From.Name+" "+c.From.Number+" "+c.Note), strings.ToLower(q.Text)):
		default:
			out = append(out, c)
		}
	}
	from := 0
	if q.After != "" {
		fmt.Sscan(q.After, &from)
	}
	p := phone.GroupLogPage{Told: f.told}
	to := min(len(out), from+q.Limit)
	if p.Calls = out[from:to]; to < len(out) {
		p.Next = fmt.Sprint(to)
	}
	return p, nil
}

// groupCalls are the calls of the picture in ui.md.
func groupCalls() *fakeLog {
	salma := phone.TeamName{ID: "salma", Name: "Salma Haddad", Initials: "SH"}
	kalle := phone.TeamName{ID: "kalle", Name: "Kalle Brodin", Initials: "KB"}
	c := func(n int, ago time.Duration, name, number, queue, queueName string, wait int, outcome phone.GroupOutcome) phone.GroupCall {
		return phone.GroupCall{
			ID: fmt.Sprintf("g%d", n), Seq: int64(n), Queue: phone.QueueID(queue), Name: queueName, Group: "sales", From: phone.Party{Name: name, Number: number},
			Began: noon.Add(-ago), WaitS: wait, Outcome: outcome, MayCare: true,
		}
	}
	list := []phone.GroupCall{
		c(9, 6*time.Minute, "Lindö Maskin", "08-46500431", "710", "Kundtjänst", 200, phone.GroupMissed),
		c(8, 18*time.Minute, "", "0701740633", "700", "Växeln", 101, phone.GroupMissed),
		c(7, 22*time.Minute, "Maria Ekdal", "0701740612", "700", "Växeln", 45, phone.GroupRedirected),
		c(6, 40*time.Minute, "Oskar Wiik", "0701740627", "710", "Kundtjänst", 130, phone.GroupMissed),
		c(5, 49*time.Minute, "Havsö Redovisning", "08-46500452", "700", "Växeln", 58, phone.GroupMissed),
		c(4, 70*time.Minute, "Karin Alm", "0701740609", "710", "Kundtjänst", 36, phone.GroupAnswered),
		c(3, 90*time.Minute, "Sigrid Alander", "0701740666", "700", "Växeln", 41, phone.GroupMissed),
	}
	list[2].To = "Växeln"
	list[3].Handler, list[3].Note = salma, "Uppringd 11:52, klart"
	list[4].Handler, list[4].Mine, list[4].Note = phone.TeamName{ID: "elin", Name: "Elin Strandh"}, true, "Andra gången i dag"
	list[5].AnsweredBy, list[5].TalkS = salma, 312
	list[6].Handler, list[6].Handled, list[6].HandledAt = kalle, true, noon.Add(-30*time.Minute)
	return &fakeLog{calls: list}
}

// inTeam is a phone of Elin's, supervisor in two queues, with a team server.
func inTeam(s *phone.Snapshot) {
	s.Settings = phone.Settings{}
	for k, v := range registered().Settings {
		s.Settings[k] = v
	}
	s.Team = phone.TeamState{
		Account: "elin", Link: phone.TeamLive, Name: "Ekdal", Me: "elin", Groups: []phone.TeamGroup{{ID: "sales", Name: "Kundtjänst", Rights: phone.TeamRightsSupervisor}},
		Sources: []phone.TeamSource{{ID: "pbx", Name: "Växeln i Luleå", Up: true}}, Log: phone.GroupLogState{Revision: 1, Open: 4, Mine: 1},
	}
	member := func(id, name string, state phone.LineState, in bool, skill, today, talk int) phone.QueueMember {
		return phone.QueueMember{Phone: "PJSIP/" + id, Person: phone.TeamName{ID: phone.TeamPersonID(id), Name: name}, Name: name, State: state, LoggedIn: in, Skill: skill, Today: today, TalkS: talk, Number: "21" + id[:1]}
	}
	elin := member("elin", "Elin Strandh", phone.LineIdle, true, 8, 11, 2412)
	elin.Me = true
	paused := member("kalle", "Kalle Brodin", phone.LineIdle, true, 3, 4, 900)
	paused.Paused, paused.Why, paused.Since = true, "Lunch", noon.Add(-12*time.Minute)
	busy := member("salma", "Salma Haddad", phone.LineBusy, true, 10, 19, 5400)
	busy.Since = noon.Add(-4 * time.Minute)
	team := &phone.QueueTeam{
		Group: "sales", Rights: phone.TeamRightsSupervisor, Number: "710", Source: "pbx",
		Settings: phone.QueueSettings{NightNumber: "0701740690", Overflow: "700", OverflowS: 60, Distribution: phone.QueueLongestIdle, ServiceS: 20},
		Today:    phone.QueueDay{Answered: 63, Lost: 4, Redirected: 4, LastWaitS: 9, AverageWaitS: 27, LongestWaitS: 200, ServiceLevel: 84, Handled: 11},
		Members:  []phone.QueueMember{elin, paused, busy, member("nina", "Nina Falk", phone.LineIdle, false, 5, 0, 0)},
		Callers: []phone.QueueCaller{
			{ID: "c1", From: phone.Party{Name: "Nils Granat", Number: "0701740641"}, Place: 1, Since: noon.Add(-130 * time.Second), Rings: []string{"Elin Strandh"}, Before: 2},
			{ID: "c2", From: phone.Party{Number: "0701740684"}, Place: 2, Since: noon.Add(-9 * time.Second)},
		},
	}
	small := *team
	small.Members, small.Callers, small.Number = team.Members[:2], nil, "700"
	s.Queues = []phone.QueueStatus{
		{Queue: phone.Queue{ID: "710", Name: "Kundtjänst"}, Login: phone.ConfirmOn, Counted: true, Waiting: 2, Available: 1, LoggedIn: 3, Longest: noon.Add(-130 * time.Second), Team: team},
		{Queue: phone.Queue{ID: "700", Name: "Växeln", Place: 1}, Login: phone.ConfirmOff, Counted: true, LoggedIn: 1, Team: &small},
	}
}

func teamScene(view command.View, change func(*phone.Snapshot), log func(*fakeLog)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		l := groupCalls()
		if log != nil {
			log(l)
		}
		a.opts.GroupLog = l
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			look := s.Settings
			inTeam(s)
			for k, v := range look {
				s.Settings[k] = v
			}
			s.Settings[phone.KeyLanguage] = language
			if change != nil {
				change(s)
			}
		}))
		a.build()
		a.draw()
		if view == viewQueueSettings {
			a.queueSettings("710", "Kundtjänst")
		} else {
			a.show(view)
		}
		if w := a.panels[view]; w != nil {
			o := w.view.Object()
			w.window.SetContent(nothing())
			return o
		}
		return a.face().Object()
	}
}

// teamAway is a phone whose team server is not reached, with a change that waits and one that somebody was faster with.
func teamAway(s *phone.Snapshot) {
	s.Team.Link, s.Team.Since = phone.TeamAway, noon.Add(-7*time.Minute)
	s.Team.Changes = []phone.TeamChange{
		{ID: "t1", Verb: "group-call", About: "g9", Name: "Lindö Maskin", State: phone.TeamChangeWaits, At: noon},
		{ID: "t2", Verb: "group-call", About: "g8", Name: "070-174 06 33", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamConflict}, Who: "Salma Haddad", At: noon},
	}
	for i := range s.Queues {
		t := *s.Queues[i].Team
		t.Stale = noon.Add(-7 * time.Minute)
		s.Queues[i].Team = &t
	}
}

func asAttendant(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(command.FaceAttendant) }

// tasked is a call of somebody who called before, and nobody has called back.
func tasked(c phone.Call) phone.Call {
	l := groupCalls().calls
	c.Tasks = []phone.GroupCall{l[0], l[4]}
	return c
}

var teamScenes = map[string]func(*App, *fakePhone, string) fyne.CanvasObject{
	"grouplog":           teamScene(command.ViewGroupLog, nil, nil),
	"grouplog-narrow":    teamScene(command.ViewGroupLog, nil, nil),
	"grouplog-away":      teamScene(command.ViewGroupLog, teamAway, func(l *fakeLog) { l.told = noon.Add(-7 * time.Minute) }),
	"grouplog-empty":     teamScene(command.ViewGroupLog, func(s *phone.Snapshot) { s.Team.Log = phone.GroupLogState{} }, func(l *fakeLog) { l.calls = nil }),
	"grouplog-failed":    teamScene(command.ViewGroupLog, nil, func(l *fakeLog) { l.calls, l.fail = nil, context.DeadlineExceeded }),
	"attendant-grouplog": teamScene(command.ViewGroupLog, asAttendant, nil),
	"attendant-messages": groupScene(asAttendant, nil, nil),
	"attendant-queue":    teamScene(command.ViewQueueStats, asAttendant, nil),
	"meetings":           teamScene(command.ViewMeetings, inMeetings, nil),
	"team-password":      teamScene(command.ViewPassword, inMeetings, nil),
	"queue-stats":        teamScene(command.ViewQueueStats, nil, nil),
	"queue-stats-narrow": teamScene(command.ViewQueueStats, teamAway, nil),
	"queue-settings":     teamScene(viewQueueSettings, nil, nil),
	"queues-team":        teamScene(command.ViewQueues, nil, nil),
	"tasks-card": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) { s.Calls = []phone.Call{tasked(incoming(7))} }))
		c := call.NewIncoming(a.deps())
		c.Update(present.CallsOf(a.scene()).Ringing[0])
		return container(c.Object())
	},
	"tasks-call": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
			s.Team = phone.TeamState{Link: phone.TeamLive, Me: "elin"}
			s.Calls, s.Active = []phone.Call{tasked(connected(7))}, 7
		}))
		return a.face().Object()
	},
}

// teamScreen is how large the screens of the team are.
func teamScreen(name string) (fyne.Size, bool) {
	if size, ok := meetingScreen(name); ok {
		return size, true
	}
	switch {
	case strings.HasPrefix(name, "attendant-"):
		return fyne.NewSize(1440, 900), teamScenes[name] != nil
	case name == "grouplog-narrow", name == "queue-stats-narrow":
		return fyne.NewSize(340, 560), true
	case strings.HasPrefix(name, "grouplog"):
		return fyne.NewSize(1000, 600), true
	case name == "queue-stats":
		return fyne.NewSize(720, 600), true
	case name == "queue-settings":
		return fyne.NewSize(520, 620), true
	}
	return fyne.Size{}, false
}
