package ui

import (
	"fmt"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view/attendant"
)

// everybody is the people of the attendant's pictures: those of staff, and colleagues in departments.
func everybody() fakePeople {
	out := append(fakePeople{}, staff...)
	names := []string{"Agnes Boman", "Albin Creutz", "Alva Dovner", "Arvid Enqvist", "Astrid Forsman", "Axel Gerdin", "Berit Hallin", "Bo Isaksson",
		"Cecilia Jarl", "Daniel Kihl", "Ebba Lannér", "Edvin Morell", "Linn Salgren", "Linnea Tornberg", "Mira Lindvall", "Olle Lindeby", "Elsa Nordvik", "Erik Odenman"}
	titles := []string{"Inköpare", "Ekonom", "Planerare", "HR-partner", "Utvecklare", "Servicetekniker"}
	departments := []string{"Inköp", "Ekonomi", "Logistik", "HR", "IT", "Försäljning"}
	for i, name := range names {
		p := colleague(name, fmt.Sprint(2201+3*i), titles[i%len(titles)], "")
		p.Department = departments[i%len(departments)]
		out = append(out, p)
	}
	for i := range out {
		switch out[i].Name {
		case "Johan Lindqvist":
			out[i].Department = "Försäljning"
		case "Lena Östlund":
			out[i].Department, out[i].StandIn = "Ekonomi", "2124"
			out[i].Numbers = append(out[i].Numbers, phone.Number{Kind: phone.NumberMobile, Number: "070-1740640"})
			out[i].Emails = []string{"lena@example.com"}
		case "Anna Berg":
			out[i].StandIn = "Kalle Brodin"
		}
	}
	return out
}

// attendantCalls are the calls of the pictures: one in front, one camped on whose reminder has come, one on hold, two that
// ring, one transferred.
func attendantCalls() []phone.Call {
	front := callOf(7, maria, func(c *phone.Call) {
		c.Started, c.Caller.Company, c.Caller.Name = noon.Add(-72*time.Second), "Ekdal Bygg", "Maria Ekdal"
		c.Origin = &phone.Origin{Name: "Växeln", Sought: &phone.Sought{Party: phone.Party{Name: "Anna Berg", Number: "2101"}, Emails: []string{"anna@example.com"}}}
	})
	rings := func(id phone.CallID, who phone.Party, d time.Duration, queue string) phone.Call {
		c := incoming(id)
		c.Remote, c.Created, c.Origin = who, noon.Add(-d), &phone.Origin{Queue: "2500", Name: queue}
		return c
	}
	cards := strip()
	return []phone.Call{
		front, cards[0], callOf(4, nils, heldFor(114*time.Second)), rings(10, phone.Party{Name: "Lindö Maskin", Number: "0846500431"}, 48*time.Second, "Kundtjänst"),
		cards[2], rings(11, phone.Party{Number: "0701740633"}, 9*time.Second, "Växeln"),
	}
}

func attendantQueues(s *phone.Snapshot) {
	s.Accounts[0].Features = append(append([]phone.Feature{}, everything...), phone.FeatureQueueLogin)
	q := func(id phone.QueueID, name string, waiting, free, in int, login phone.ConfirmState, longest time.Duration) phone.QueueStatus {
		out := phone.QueueStatus{Queue: phone.Queue{ID: id, Name: name}, Counted: true, Waiting: waiting, Available: free, LoggedIn: in, Login: login}
		if longest > 0 {
			out.Longest = noon.Add(-longest)
		}
		return out
	}
	s.Queues = []phone.QueueStatus{
		q("2500", "Växeln", 2, 3, 5, phone.ConfirmOn, 48*time.Second), q("2501", "Kundtjänst", 1, 4, 6, phone.ConfirmOn, 9*time.Second),
		q("2502", "Försäljning", 0, 5, 9, phone.ConfirmOff, 0), q("2503", "Felanmälan", 4, 0, 2, phone.ConfirmOn, 0),
		q("2504", "Ekonomi", 0, 1, 2, phone.ConfirmOff, 0), q("2505", "Depå Luleå", 0, 0, 0, phone.ConfirmOff, 0),
	}
	s.Queues[5].Night = true
}

// openAttendant is the attendant's window with people, queues and calls.
func openAttendant(t *testing.T, active phone.CallID, calls []phone.Call, change ...func(*phone.Snapshot)) (*App, *fakePhone) {
	t.Helper()
	a, p := open(t, with(registered(), func(s *phone.Snapshot) {
		s.Settings[phone.KeyView] = string(command.FaceAttendant)
		for _, f := range change {
			f(s)
		}
	}))
	a.opts.People = everybody()
	s := peopled(p.snap)
	for i, person := range everybody()[len(staff):] {
		l := phone.Line{Account: "elin", Number: person.Numbers[0].Number, State: phone.LineIdle, Told: noon.Add(-time.Minute)}
		if i == 14 || i == 15 {
			l.Presence = &phone.Presence{Activity: phone.ActivityMeeting, Until: noon.Add(2 * time.Hour)}
		}
		s.Lines = append(s.Lines, l)
	}
	for queue, agents := range map[string][]phone.AgentState{"2500": {{ID: "2124", Open: true}, {ID: "2133"}}, "2501": {{ID: "2124", Open: true}}} {
		s.Lines = append(s.Lines, phone.Line{Account: "elin", Number: queue, State: phone.LineIdle, Presence: &phone.Presence{Agents: agents}, Told: noon})
	}
	p.show(a, s)
	p.show(a, with(switchboard(p.snap, 0), attendantQueues))
	a.build()
	a.setPage(command.ViewCall)
	if len(calls) > 0 {
		p.show(a, with(switchboard(p.snap, active, calls...), attendantQueues))
	}
	a.draw()
	a.focus()
	p.told = nil
	return a, p
}

// backAtTheDesk is a call that Lena has not taken, and another on hold.
func backAtTheDesk() []phone.Call {
	return []phone.Call{
		callOf(5, karin, heldFor(14*time.Second), handed(phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferFailed, Recalled: true, Target: lena, Reason: &phone.Reason{ID: phone.ReasonNoAnswer}})),
		callOf(4, nils, heldFor(114*time.Second)),
	}
}

// attendantScenes are what the attendant's window shows, with its size.
var attendantScenes = map[string]struct {
	active phone.CallID
	calls  func() []phone.Call
	change func(*phone.Snapshot)
	act    func(*App, *fakePhone)
	size   fyne.Size
}{
	"attendant":        {7, attendantCalls, nil, func(a *App, _ *fakePhone) { a.face().MoveCursor(1) }, fyne.NewSize(1440, 900)},
	"attendant-ready":  {0, func() []phone.Call { return attendantCalls()[2:3] }, nil, nil, fyne.NewSize(1440, 900)},
	"attendant-typing": {7, attendantCalls, nil, func(a *App, _ *fakePhone) { a.face().SetField("lin") }, fyne.NewSize(1440, 900)},
	"attendant-min":    {7, attendantCalls, nil, nil, fyne.NewSize(1100, 640)},
	"attendant-transfer": {7, attendantCalls, nil, func(a *App, p *fakePhone) {
		a.host.Ask(command.AskTransfer, 7)
		calls := attendantCalls()
		heldFor(19 * time.Second)(&calls[0])
		p.show(a, with(switchboard(p.snap, 0, calls...), attendantQueues))
		a.face().SetField("lin")
	}, fyne.NewSize(1440, 900)},
	"attendant-consult": {8, func() []phone.Call { return append(consultation(phone.StateConnected), attendantCalls()[2]) }, nil, nil, fyne.NewSize(1440, 900)},
	"attendant-offline": {0, func() []phone.Call { return attendantCalls()[2:3] }, func(s *phone.Snapshot) {
		s.Accounts[0].Registration = phone.Registration{State: phone.RegistrationFailed, RetryAt: noon.Add(8 * time.Second), Reason: &phone.Reason{ID: phone.ReasonNoNetwork}}
	}, nil, fyne.NewSize(1440, 900)},
	"attendant-back":     {0, backAtTheDesk, nil, nil, fyne.NewSize(1440, 900)},
	"attendant-back-min": {0, backAtTheDesk, nil, nil, fyne.NewSize(1100, 640)},
	"attendant-back-talking": {5, func() []phone.Call {
		calls := backAtTheDesk()
		calls[0].Hold = phone.HoldNone
		return calls
	}, nil, nil, fyne.NewSize(1440, 900)},
	"attendant-person":  {0, nil, nil, func(a *App, _ *fakePhone) { a.face().SetField("kalle") }, fyne.NewSize(1440, 900)},
	"attendant-history": {0, nil, nil, func(a *App, _ *fakePhone) { a.show(command.ViewHistory) }, fyne.NewSize(1440, 900)},
}

// drawAttendant is a scene on a canvas of its own.
func drawAttendant(t *testing.T, name, language string, size fyne.Size, change func(*phone.Snapshot)) fyne.Canvas {
	scene := attendantScenes[name]
	var calls []phone.Call
	if scene.calls != nil {
		calls = scene.calls()
	}
	a, p := openAttendant(t, scene.active, calls, func(s *phone.Snapshot) {
		s.Settings[phone.KeyLanguage] = language
		if scene.change != nil {
			scene.change(s)
		}
		if change != nil {
			change(s)
		}
	})
	o := a.face().Object()
	a.root.SetContent(nothing())
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
	if scene.act != nil {
		scene.act(a, p)
		a.root.SetContent(nothing())
		c.SetContent(o)
	}
	a.draw()
	o.Refresh()
	return c
}

// TestAttendantScreens compares the attendant's window in both languages with its masters.
func TestAttendantScreens(t *testing.T) {
	for name, scene := range attendantScenes {
		for _, language := range []string{"en", "sv"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				c := drawAttendant(t, name, language, scene.size, nil)
				if f := c.Focused(); f != nil {
					c.Unfocus()
				}
				test.AssertRendersToMarkup(t, name+"-"+language+".xml", c)
			})
		}
	}
}

// TestAttendantPictures draws the window in its themes and sizes; with SVARA_SCREENS=folder the pictures are kept.
func TestAttendantPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	for _, look := range looksAsked(t, picture{"light", "light", "100", "en", 0}, picture{"sv", "light", "100", "sv", 0}, picture{"dark", "dark", "100", "en", 0},
		picture{"large", "light", "200", "sv", 0}, picture{"contrast", "contrast", "100", "sv", 0}) {
		for name, scene := range attendantScenes {
			if look.width != 0 || folder == "" && look.size != "200" {
				continue
			}
			t.Run(look.name+"/"+name, func(t *testing.T) {
				size := scene.size
				c := drawAttendant(t, name, look.language, size, func(s *phone.Snapshot) {
					s.Settings[phone.KeyTheme], s.Settings[phone.KeyTextSize] = look.theme, look.size
				})
				if m, least := c.Content().MinSize(), attendant.Least(); m.Width > least.Width+0.5 || m.Height > least.Height+0.5 {
					t.Errorf("the window needs %v", m)
				}
				if folder == "" {
					return
				}
				keepPicture(t, c, folder, name+"-"+look.name)
			})
		}
	}
}
