package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/phone/schedule"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/me"
	"svara/ui/view/settings"
)

// mine is a phone whose user has everything set up: shortcuts, plans, hours, roles, forwardings and queues.
func mine(s *phone.Snapshot) *phone.Snapshot {
	return with(s, func(s *phone.Snapshot) {
		s.Accounts[0].Features = []phone.Feature{phone.FeatureForwardAllOn, phone.FeatureForwardAllOff, phone.FeatureForwardNoAnswerOn, phone.FeatureForwardNoAnswerOff,
			phone.FeatureProfileOn, phone.FeatureProfileOff, phone.FeatureQueueLogin, phone.FeatureQueueLogout}
		minutes := func(n int) phone.Length { return phone.Length{Kind: phone.LengthMinutes, Minutes: n} }
		no := false
		s.Me.Shortcuts = []phone.Shortcut{
			{ID: "available", Kind: phone.ActivityAvailable, Length: phone.Length{Kind: phone.LengthUntilChanged}},
			{ID: "b15", Kind: phone.ActivityBusy, Length: minutes(15)}, {ID: "b30", Kind: phone.ActivityBusy, Length: minutes(30)}, {ID: "b45", Kind: phone.ActivityBusy, Length: minutes(45)},
			{ID: "m1", Kind: phone.ActivityMeeting, Length: minutes(60)}, {ID: "m2", Kind: phone.ActivityMeeting, Length: minutes(120)}, {ID: "m3", Kind: phone.ActivityMeeting, Length: minutes(180)},
			{ID: "lunch", Kind: phone.ActivityLunch, Length: minutes(60)},
			{ID: "gone", Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}},
			{ID: "focus", Name: "Fokus", Kind: phone.ActivityDND, Icon: "bell-off", Length: phone.Length{Kind: phone.LengthRestOfDay}, Rings: &no},
			{ID: "visit", Name: "Kundbesök", Kind: phone.ActivityTravel, Icon: "car", Length: minutes(120), Divert: phone.DivertNumber, Number: "070-1740650"},
		}
		s.Me.Note = "Jobbar från Luleå i dag"
		s.Me.Hours = phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{}}
		for d := time.Monday; d <= time.Friday; d++ {
			s.Me.Hours.Days[d] = []phone.HourSpan{{From: 8 * 60, To: 17 * 60}}
		}
		s.Me.Links = []phone.Link{{Kind: phone.ActivityLunch, Number: "08-465 004 00"}}
		s.Me.Plans = schedule.Planned([]phone.Plan{
			{ID: "gym", Name: "Gym", Kind: phone.ActivityLunch, Note: "Åter 13:00, sms går bra", From: "2026-11-26T11:30", To: "2026-11-26T13:00", Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly, Days: []time.Weekday{time.Tuesday, time.Thursday}, Until: "2026-12-18"},
			{ID: "vacation", Kind: phone.ActivityVacation, From: "2026-12-21T00:00", To: "2027-01-07T00:00"},
			{ID: "aid", Name: "HLR", Kind: phone.ActivityTraining, From: "2026-12-03T09:00", To: "2026-12-03T12:00"},
		}, noon, time.UTC)
		s.Roles = phone.Roles{All: []phone.Role{{ID: "switch", Name: "Växeln", Number: "08-465 004 00"}, {ID: "direct", Name: "Direkt", Number: "08-465 004 17", Place: 1}, {ID: phone.RoleWithheld, Withheld: true, Place: 2}}, Now: "switch"}
		s.Forwards = []phone.Forward{
			{Account: "elin", Kind: phone.ForwardAll, State: phone.ConfirmRefused, Asked: "0701740650", Reason: &phone.Reason{ID: phone.ReasonNotPermitted, Code: 403}},
			{Account: "elin", Kind: phone.ForwardNoAnswer, State: phone.ConfirmOn, Number: "070-1740650", Since: noon.Add(-26 * time.Hour)},
		}
		s.Profiles = []phone.Profile{{Number: "3", Name: "Möte"}, {Number: "5", Name: "Semester"}}
		s.Profile = []phone.ProfileStatus{{Account: "elin", State: phone.ConfirmOn, Number: "3", Until: noon.Add(45 * time.Minute)}}
		queue := func(id phone.QueueID, name string, place int) phone.Queue {
			return phone.Queue{ID: id, Name: name, Place: place}
		}
		s.Queues = []phone.QueueStatus{
			{Queue: queue("700", "Växeln", 0), Login: phone.ConfirmOn, Counted: true, Waiting: 2, Available: 3, LoggedIn: 5, Longest: noon.Add(-48 * time.Second)},
			{Queue: queue("701", "Kundtjänst", 1), Login: phone.ConfirmOff, Counted: true, Available: 5, LoggedIn: 9},
			{Queue: queue("702", "Felanmälan", 2), Login: phone.ConfirmOn, Counted: true, Waiting: 4, LoggedIn: 2, Longest: noon.Add(-150 * time.Second)},
			{Queue: queue("703", "Luleå depå", 3), Login: phone.ConfirmOff, Night: true},
			{Queue: queue("704", "Ekonomi", 4), Login: phone.ConfirmAsking, Asked: true},
			{Queue: queue("705", "Lager", 5), Login: phone.ConfirmRefused, Asked: true, Reason: &phone.Reason{ID: phone.ReasonNotMember}},
		}
		s.Lookups = []phone.Lookup{{ID: "crm", Name: "Kundregister", URL: "https://kund.example.com/?nr={e164}", OnRing: true}}
		s.Templates = []phone.Template{{ID: "t1", Name: "Ring upp", Kind: phone.MessageSMS, Text: "{name} sökte dig {time}, {number}."}}
	})
}

// meScenes are the screens about the user that have a master in both languages.
var meScenes = map[string]func(a *App, p *fakePhone, language string) fyne.CanvasObject{
	"me": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(mine(speak(p.snap, language)), func(s *phone.Snapshot) {
			s.Me.Activity = phone.Activity{Kind: phone.ActivityLunch, From: "shortcut:lunch", Since: noon.Add(-20 * time.Minute), Until: noon.Add(40 * time.Minute), Divert: "08-465 004 00"}
			s.Me.Published = []phone.Published{{Account: "elin", State: phone.ConfirmRefused, Reason: &phone.Reason{ID: phone.ReasonNotSupported, Code: 489}}}
			s.Roles.Next = phone.RoleWithheld
		}))
		return a.face().Object()
	},
	"activity":         activityScene(func(*phone.Snapshot) {}),
	"activity-running": activityScene(lunching),
	"activity-hours":   activityScene(func(s *phone.Snapshot) { s.Me.Hours = phone.WorkingHours{} }),
	"queues": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, mine(speak(p.snap, language)))
		a.show(command.ViewQueues)
		return a.face().Object()
	},
	"custom-activity": panelScene(command.ViewCustom),
	"schedule":        panelScene(command.ViewSchedule),
	"shortcuts-edit":  panelScene(command.ViewQuick),
	"forwarding":      panelScene(command.ViewForwarding),

	"settings-activity": mySettings(settings.Activity),
	"settings-roles":    mySettings(settings.Roles),
	"settings-queues":   mySettings(settings.Queues),
	"settings-messages": mySettings(settings.Messages),
}

// lunching is a lunch that began twenty minutes ago.
func lunching(s *phone.Snapshot) {
	s.Me.Activity = phone.Activity{Kind: phone.ActivityMeeting, From: "shortcut:m2", Since: noon.Add(-20 * time.Minute), Until: noon.Add(100 * time.Minute)}
}

func activityScene(change func(*phone.Snapshot)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(mine(speak(p.snap, language)), change))
		scene := a.scene()
		return me.New(a.deps(), func() present.Scene { return scene }).Content()
	}
}

func panelScene(v command.View) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, mine(speak(p.snap, language)))
		return panelKinds[v].make(a.deps(), a.scene(), func() {}).Object()
	}
}

func mySettings(page string) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.snap = mine(p.snap)
		return settingsScene(page)(a, p, language)
	}
}
