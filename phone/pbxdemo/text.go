package pbxdemo

import (
	"strconv"

	"svara/phone"
	"svara/phone/ua"
)

// takesText reports whether a number takes text messages: a mobile telephone outside, and whoever has a phone here now.
// Nothing is kept for later.
func (p *PBX) takesText(number string) bool {
	_, user := p.password(number)
	agent := p.agent.Load()
	return mobileNumber(number) || user && agent != nil && len(agent.Bindings(number)) > 0
}

// relayText hands a text message on to the phones of whom it is for. What goes outside goes no further than here.
func (p *PBX) relayText(m ua.MessageReceived) {
	p.log.Info("message", "user", m.User, "target", m.Target, "bytes", len(m.Body))
	for _, b := range p.ua.Bindings(m.Target) {
		p.texts++
		p.ua.Do(ua.SendMessage{
			ID: "text-" + strconv.FormatUint(p.texts, 10), From: &phone.Party{Number: m.User, Name: p.nameOf(m.User)}, To: b.Contact,
			ContentType: m.ContentType, Body: m.Body,
		})
	}
}
