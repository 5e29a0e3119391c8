package ui

import (
	"math"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view/call"
)

// sounding is a minute of a call that begins well, is bad for a while and ends in some way.
func sounding(a *App, p *fakePhone, security phone.Security, last func(*phone.Call)) {
	for i := range 60 {
		at := noon.Add(time.Duration(i-59) * time.Second)
		a.now = func() time.Time { return at }
		c := callOf(7, maria, func(c *phone.Call) {
			c.Security, c.SRTP = security, "AES_CM_128_HMAC_SHA1_80"
			dip := math.Max(0, 1-math.Abs(float64(i)-30)/9)
			c.Quality = phone.Quality{
				MOS: 4.3 - 2.6*dip, MOSOut: 4.1 - 0.8*dip, LossIn: 14 * dip, LossOut: 0.4, JitterMS: 3 + 20*dip, JitterOut: 6, RTTMS: 38, BufferMS: 40, TargetMS: 45, Concealing: 9 * dip,
				Encryption: c.SRTP,
			}
			if i > 50 && last != nil {
				last(c)
			}
		})
		p.show(a, switchboard(p.snap, 7, c))
	}
	a.now = func() time.Time { return noon }
}

func soundScene(security phone.Security, open bool, last func(*phone.Call), change ...func(*phone.Snapshot)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
			for _, f := range change {
				f(s)
			}
		}))
		sounding(a, p, security, last)
		if open {
			a.host.Show(command.ViewQuality)
		}
		a.draw()
		return a.face().Object()
	}
}

var (
	tlsDTLS = phone.Security{Signalling: phone.TransportTLS, Keying: phone.KeyingDTLS}
	udpSDES = phone.Security{Signalling: phone.TransportUDP, Keying: phone.KeyingSDES}
	inClear = phone.Security{Signalling: phone.TransportUDP}
)

func lossy(c *phone.Call) { c.Quality.LossIn, c.Quality.MOS = 9, 2.3 }

func unheard(c *phone.Call) {
	c.Quality.MOS, c.Quality.MOSOut = 0, 0
	c.Warning = &phone.Reason{ID: phone.ReasonNoSound}
	c.Diagnosis = &phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CausePrivate, Since: noon, Tried: "192.0.2.7:4000"}
}

// soundScenes are how a call sounds and who can listen in.
var soundScenes = map[string]func(*App, *fakePhone, string) fyne.CanvasObject{
	"sound-closed":  soundScene(tlsDTLS, false, nil),
	"sound-weak":    soundScene(udpSDES, false, lossy),
	"sound-figures": soundScene(udpSDES, true, nil),
	"sound-doctor":  soundScene(inClear, false, unheard),
	"quality": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		soundScene(tlsDTLS, false, nil)(a, p, language)
		return call.NewWindow(a.deps(), a.scene()).Object()
	},
}
