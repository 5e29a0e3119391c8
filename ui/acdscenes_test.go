package ui

import (
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view/acd"
	"svara/ui/view/call"
)

// queueing is a phone of somebody who answers in queues.
func queueing(s *phone.Snapshot) {
	*s = *mine(s)
	s.Settings[phone.KeyHelpNumber] = "2109"
	s.Me.Note, s.Roles, s.Lookups = "", phone.Roles{}, nil
	s.Queues = s.Queues[:4]
	s.Queues[1].Login, s.Queues[1].Waiting, s.Queues[1].LoggedIn = phone.ConfirmOn, 1, 6
	s.Queues[1].Available = 4
}

// viaQueue is a call that came through a queue.
func viaQueue(c phone.Call) phone.Call {
	c.Caller = phone.Caller{Name: "Maria Ekdal", Company: "Ekdal Bygg"}
	c.Origin = &phone.Origin{Queue: "701", Name: "Kundtjänst", Waited: c.Created.Add(-40 * time.Second)}
	return c
}

// acdScenes are the states of the strip, and of the card when somebody else has answered.
var acdScenes = map[string]func(s *phone.Snapshot){
	"acd-ready": func(*phone.Snapshot) {},
	"acd-ringing": func(s *phone.Snapshot) {
		second := viaQueue(incoming(8))
		second.Remote, second.Caller = phone.Party{Number: "0701740641"}, phone.Caller{}
		s.Calls = []phone.Call{viaQueue(incoming(7)), second}
	},
	"acd-call": func(s *phone.Snapshot) {
		c := connected(7)
		c.Created = c.Started.Add(-8 * time.Second)
		s.Calls, s.Active = []phone.Call{viaQueue(c)}, 7
	},
	"acd-second": func(s *phone.Snapshot) {
		held := connected(6)
		held.Hold, held.Remote = phone.HoldLocal, phone.Party{Name: "Nils Granat", Number: "0701740641"}
		second := viaQueue(incoming(8))
		second.Caller.Name = "Bo Ek"
		s.Calls, s.Active = []phone.Call{held, connected(7), second}, 7
	},
	"acd-held": func(s *phone.Snapshot) {
		c := connected(7)
		c.Hold, c.HeldSince = phone.HoldLocal, noon.Add(-20*time.Second)
		s.Calls, s.Next = []phone.Call{c}, 7
	},
	"acd-offline": func(s *phone.Snapshot) {
		s.Accounts[0].Registration = phone.Registration{State: phone.RegistrationFailed, RetryAt: noon.Add(8 * time.Second), Reason: &phone.Reason{ID: phone.ReasonNoNetwork}}
	},
	"taken-card": func(s *phone.Snapshot) {
		c := viaQueue(incoming(7))
		c.State, c.Ended, c.End = phone.StateEnded, noon, &phone.Reason{ID: phone.ReasonElsewhere}
		s.Calls = []phone.Call{c}
		s.Lines = []phone.Line{{Account: "elin", Number: "2101", State: phone.LineBusy, With: c.Remote, Told: noon}}
	},
	"diverted-card": func(s *phone.Snapshot) {
		c := viaQueue(incoming(7))
		c.Caller.Mark = phone.MarkVIP
		c.Origin.Sought = &phone.Sought{Party: phone.Party{Name: "Anna Berg", Number: "2101"}, Emails: []string{"anna@example.com"}, Mobile: "0701740650",
			Presence: &phone.Presence{Activity: phone.ActivityLunch, Until: noon.Add(time.Hour)}, Reason: "away"}
		s.Calls = []phone.Call{c}
	},
}

// acdScene is a scene's object and the size it is drawn in, dp at 100 %.
func acdScene(t *testing.T, name, language, mode, size string) (*App, fyne.CanvasObject, fyne.Size) {
	t.Helper()
	a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTheme], s.Settings[phone.KeyTextSize] = mode, size }))
	p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
		queueing(s)
		acdScenes[name](s)
	}))
	a.root.SetContent(nothing()) // an object is on one canvas only
	if card, ok := present.IncomingCard(a.scene()); ok && name[len(name)-4:] == "card" {
		c := call.NewIncoming(a.deps())
		c.Update(card)
		o := container(c.Object())
		return a, o, fyne.NewSize(theme.Px(theme.IncomingWidth), 0)
	}
	return a, acd.New(a.deps(), a.scene()).Object(), fyne.NewSize(theme.Px(acd.Width), theme.Px(acd.Height))
}

func drawScene(o fyne.CanvasObject, size fyne.Size) fyne.Canvas {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
	o.Refresh()
	if h := o.MinSize().Height; size.Height == 0 {
		c.Resize(fyne.NewSize(size.Width, h))
	}
	return c
}

// TestACDScreens compares the strip and the card with their masters, as TestScreens does the others.
func TestACDScreens(t *testing.T) {
	for name := range acdScenes {
		for _, language := range []string{"en", "sv"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				_, o, size := acdScene(t, name, language, "light", "100")
				test.AssertRendersToMarkup(t, name+"-"+language+".xml", drawScene(o, size))
			})
		}
	}
}

// TestACDPictures draws them in the largest text, where nothing may need more room than there is; with
// SVARA_SCREENS=folder all looks are kept, to be looked at.
func TestACDPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	for _, look := range looksAsked(t, picture{"large", "light", "200", "sv", 0}, picture{"light", "light", "100", "en", 0}, picture{"light-sv", "light", "100", "sv", 0},
		picture{"dark", "dark", "100", "sv", 0}, picture{"contrast", "contrast", "100", "en", 0}) {
		for name := range acdScenes {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				_, o, size := acdScene(t, name, look.language, look.theme, look.size)
				c := drawScene(o, size)
				if m := o.MinSize(); m.Width > size.Width+0.5 || m.Height > c.Size().Height+0.5 {
					t.Errorf("drawn in %v, needs %v", c.Size(), m)
				}
				if folder == "" {
					return
				}
				keepPicture(t, c, folder, name+"-"+look.name)
			})
		}
	}
}
