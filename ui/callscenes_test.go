package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
)

// everything is what the exchange of these tests can be asked for.
var everything = []phone.Feature{
	phone.FeatureTransferDirect, phone.FeatureTransferAnnounced, phone.FeatureTransferComplete, phone.FeatureTransferRinging,
	phone.FeatureTransferVoicemail, phone.FeaturePark, phone.FeatureParkSlot, phone.FeatureRetrieve, phone.FeaturePickup,
}

var (
	maria = phone.Party{Name: "Maria Ekdal", Number: "0701740612"}
	nils  = phone.Party{Name: "Nils Granat", Number: "0701740641"}
	oskar = phone.Party{Name: "Oskar Wiik", Number: "0701740655"}
	karin = phone.Party{Name: "Karin Alm", Number: "0701740633"}
	lena  = phone.Party{Name: "Lena Östlund", Number: "2133"}
	johan = phone.Party{Name: "Johan Lindqvist", Number: "2114"}
)

// switchboard is a snapshot at an exchange that can do everything, with calls.
func switchboard(s *phone.Snapshot, active phone.CallID, calls ...phone.Call) *phone.Snapshot {
	return with(s, func(s *phone.Snapshot) {
		s.Accounts[0].Features, s.Accounts[0].Mobile = everything, "0701740699"
		s.Calls, s.Active = calls, active
	})
}

// callOf is a connected call with somebody.
func callOf(id phone.CallID, with phone.Party, change ...func(*phone.Call)) phone.Call {
	c := connected(id)
	c.Remote, c.Level = with, 100
	for _, f := range change {
		f(&c)
	}
	return c
}

func heldFor(d time.Duration) func(*phone.Call) {
	return func(c *phone.Call) { c.Hold, c.HeldSince = phone.HoldLocal, noon.Add(-d) }
}

func handed(x phone.Transfer) func(*phone.Call) {
	return func(c *phone.Call) {
		x.Since = noon.Add(-14 * time.Second)
		c.Transfer = &x
	}
}

// consultation is Maria on hold and a call with Johan, in a state.
func consultation(state phone.CallState) []phone.Call {
	caller := callOf(7, maria, heldFor(19*time.Second), handed(phone.Transfer{Kind: phone.TransferAnnounced, State: phone.TransferConsulting, Target: johan, Consult: 8, Undo: true}))
	second := callOf(8, johan, func(c *phone.Call) {
		c.Direction, c.State, c.Consults = phone.Outgoing, state, 7
		if state != phone.StateConnected {
			c.Started, c.Codec = time.Time{}, ""
		}
	})
	return []phone.Call{caller, second}
}

func callScene(active phone.CallID, calls []phone.Call, change ...func(*phone.Snapshot)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, speak(p.snap, language))
		s := switchboard(p.snap, active, calls...)
		for _, f := range change {
			f(s)
		}
		p.show(a, s)
		return a.face().Object()
	}
}

// transferScene is the field asking whom Maria is to go to, with something typed.
func transferScene(typed string, after func(*App, *fakePhone)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		o := callScene(7, []phone.Call{callOf(7, maria)})(a, p, language)
		a.host.Ask(command.AskTransfer, 7)
		p.show(a, switchboard(p.snap, 0, callOf(7, maria, heldFor(19*time.Second))))
		a.face().SetField(typed)
		if after != nil {
			after(a, p)
		}
		return o
	}
}

// strip is one of each card of a call that is not in front.
func strip() []phone.Call {
	return []phone.Call{
		callOf(3, oskar, heldFor(155*time.Second), func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: lena, Place: 1, Since: noon.Add(-155 * time.Second), Line: phone.LineBusy, Reminder: true}
		}),
		callOf(4, nils, heldFor(74*time.Second), func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: lena, Place: 2, Since: noon.Add(-74 * time.Second), Line: phone.LineBusy}
		}),
		callOf(5, karin, heldFor(14*time.Second), handed(phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferRinging, Target: lena, Undo: true, RecallAt: noon.Add(31 * time.Second)})),
		callOf(6, phone.Party{Number: "0701740620"}, heldFor(9*time.Second), handed(phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferFailed, Recalled: true, Target: lena})),
	}
}

func elsewhere(s *phone.Snapshot) {
	s.Elsewhere = []phone.RemoteCall{{ID: "x", Account: "elin", State: phone.LineBusy, Remote: johan, Since: noon.Add(-3 * time.Minute), Pull: true}}
	s.Parked = []phone.Parked{{Account: "elin", Slot: "701", Remote: maria, Since: noon.Add(-42 * time.Second)}}
}

// callScenes are the screens of several calls.
var callScenes = map[string]func(*App, *fakePhone, string) fyne.CanvasObject{
	"incall-full":   callScene(7, []phone.Call{callOf(6, nils, heldFor(72*time.Second)), callOf(7, maria)}),
	"recording":     callScene(7, []phone.Call{callOf(7, maria, func(c *phone.Call) { c.Recording = phone.Recorder{On: true, Since: noon.Add(-4 * time.Minute)} })}),
	"transfer":      transferScene("an", nil),
	"transfer-bare": transferScene("", nil),
	"transfer-failed": transferScene("", func(a *App, p *fakePhone) {
		press(a, fyne.KeyEscape)
		calls := consultation(phone.StateRinging)
		p.show(a, switchboard(p.snap, 8, calls...))
		calls = consultation(phone.StateEnded)
		calls[0].Transfer.State, calls[0].Transfer.Reason, calls[0].Transfer.Consult = phone.TransferFailed, &phone.Reason{ID: phone.ReasonBusy}, 0
		p.show(a, switchboard(p.snap, 0, calls[0]))
	}),
	"consult-ringing": callScene(8, consultation(phone.StateRinging)),
	"consult":         callScene(8, consultation(phone.StateConnected)),
	"consult-inside": callScene(8, func() []phone.Call {
		calls := consultation(phone.StateEarly)
		calls[1].Inside = true
		return calls
	}()),
	"strip":           callScene(0, strip()),
	"strip-elsewhere": callScene(0, nil, elsewhere),
	"handed-unknown": callScene(0, []phone.Call{callOf(5, karin, heldFor(14*time.Second), handed(phone.Transfer{
		Kind: phone.TransferDirect, State: phone.TransferUnknown, Target: lena, Reason: &phone.Reason{ID: phone.ReasonTransferUnknown},
	}))}),
	"asked": callScene(7, []phone.Call{callOf(7, maria, func(c *phone.Call) { c.Asked = &phone.Asked{Target: lena, By: maria, Since: noon} })}),
	"next": callScene(0, []phone.Call{callOf(6, nils, heldFor(72*time.Second)), callOf(7, maria, heldFor(20*time.Second))}, func(s *phone.Snapshot) {
		s.Next = 6
	}),
	"add": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		o := callScene(7, []phone.Call{callOf(7, maria)})(a, p, language)
		a.host.Ask(command.AskAdd, 0)
		return o
	},
}
