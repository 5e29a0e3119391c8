package ui

import (
	"maps"
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/theme"
)

// meetingScenes are the screens of meetings, passwords and activation codes that have a master in both languages.
var meetingScenes = map[string]func(*App, *fakePhone, string) fyne.CanvasObject{
	"meetings-empty": teamScene(command.ViewMeetings, nil, nil),
	"meetings-away":  meetingScene(command.ViewMeetings, teamAway),
	"meetings-refused": meetingScene(command.ViewMeetings, func(s *phone.Snapshot) {
		c := refused(asking(phone.PutMeeting{}.Verb(), "m1"), phone.ReasonTeamConflict)
		c.Name = "Planering"
		s.Team.Changes = []phone.TeamChange{c}
	}),
	"meetings-narrow": meetingScene(command.ViewMeetings, nil),
	"password-narrow": meetingScene(command.ViewPassword, func(s *phone.Snapshot) { s.Team.Link = phone.TeamAway }),
	"code":            codeScene(nil),
	"code-sent": codeScene(func(a *App, p *fakePhone) {
		changes(a, p, codeChange(phone.RequestCode{}, phone.TeamChangeAsking, ""))
		changes(a, p)
	}),
	"code-refused": codeScene(func(a *App, p *fakePhone) {
		changes(a, p, codeChange(phone.RequestCode{}, phone.TeamChangeAsking, ""))
		changes(a, p, codeChange(phone.RedeemCode{}, phone.TeamChangeRefused, phone.ReasonTeamCode))
	}),
	"code-narrow": codeScene(nil),
}

func init() { maps.Copy(teamScenes, meetingScenes) }

// meetingScene is teamScene with the meetings to come.
func meetingScene(view command.View, change func(*phone.Snapshot)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return teamScene(view, func(s *phone.Snapshot) {
		inMeetings(s)
		if change != nil {
			change(s)
		}
	}, nil)
}

// codeScene is the first start with a mobile number filled in.
func codeScene(change func(*App, *fakePhone)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) { s.Accounts = nil }))
		a.main.Resize(fyne.NewSize(startWidth, startHeight))
		o := a.start.Object()
		pickCode(o)
		for label, words := range map[string]string{"code.server": "team.example.com", "code.mobile": practiceMobile} {
			if f := startFieldOf(o, text.T(label)); f != nil {
				f.SetText(words)
			}
		}
		if change != nil {
			change(a, p)
		}
		return o
	}
}

// meetingScreen is how large those screens are.
func meetingScreen(name string) (fyne.Size, bool) {
	if meetingScenes[name] == nil {
		return fyne.Size{}, false
	}
	kind := panelKinds[command.ViewMeetings]
	switch {
	case name == "code-narrow":
		return fyne.NewSize(430, 620), true
	case strings.HasSuffix(name, "-narrow"):
		return fyne.NewSize(theme.NormalMinWidth, 620), true
	case strings.HasPrefix(name, "code"):
		return fyne.NewSize(startWidth, startHeight), true
	}
	return fyne.NewSize(kind.width, kind.height), true
}
