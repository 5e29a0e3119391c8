package pbxdemo

import (
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// Code is a feature of the PBX that is dialled, for people.
type Code struct {
	Dial string // with N for a number
	Name string
	sv   string
}

// Title is what it does in a language ("sv", "en").
func (c Code) Title(language string) string {
	if language == "sv" {
		return c.sv
	}
	return c.Name
}

// code is a feature that is dialled: a prefix before a number, or when number is false all there is.
type code struct {
	Code
	prefix string
	number bool
	run    func(p *PBX, t *try, number string)
}

// codes is the features that are dialled, in the order to show.
func codes() []code {
	return []code{
		{Code{"*80*N#", "Pick up a call ringing at N", "Ta ett samtal som ringer hos N"}, "*80*", true, (*PBX).pickUp},
		{Code{"*64*N#", "Break in on the call of N", "Bryt in i samtalet hos N"}, "*64*", true, (*PBX).intrude},
		{Code{"*60*N#", "Call N past barring and diversion", "Ring N förbi spärrar och vidarekoppling"}, "*60*", true, (*PBX).bypass},
		{Code{"*59*N#", "Voicemail of N", "Röstbrevlådan hos N"}, "*59*", true, (*PBX).voicemail},
		{Code{"*31*N#", "Call N with your number withheld", "Ring N med skyddat nummer"}, "*31*", true, (*PBX).withheld},
		{Code{"*98", "Your own voicemail", "Din egen röstbrevlåda"}, "*98", false, (*PBX).mailbox},
		{Code{"*43#", "Call waiting on", "Samtal väntar på"}, "*43", false, (*PBX).waitingOn},
		{Code{"#43#", "Call waiting off", "Samtal väntar av"}, "#43", false, (*PBX).waitingOff},
	}
}

// Codes is the features that are dialled, in the order to show, and the numbers for parking.
func Codes() []Code {
	var out []Code
	for _, c := range codes() {
		out = append(out, c.Code)
	}
	return append(out,
		Code{"700", "Park a call: transfer it here", "Parkera ett samtal: koppla det hit"},
		Code{"701-709", "Park in a slot, or dial it to retrieve", "Parkera på en plats, eller ring den för att hämta"})
}

// route is the dial plan.
func (p *PBX) route(t *try) {
	number := t.number
	dialled := strings.TrimSuffix(number, "#")
	for _, c := range codes() {
		if rest, ok := strings.CutPrefix(dialled, c.prefix); ok && (rest != "") == c.number {
			c.run(p, t, rest)
			return
		}
	}
	for _, who := range colleagues {
		if who.Number == number {
			p.colleague(t, who)
			return
		}
	}
	for _, s := range services() {
		if s.Number == number {
			s.run(p, t, s.Entry)
			return
		}
	}
	switch _, login := p.password(number); {
	case login:
		t.ringPhones(number)
	case isSlot(number):
		p.retrieve(t, number)
	default:
		t.fail(404, "")
	}
}

// incoming is a phone that dials.
func (p *PBX) incoming(in ua.Incoming) {
	p.log.Info("call", "leg", in.Leg, "user", in.User, "target", in.Target, "replaces", in.Replaces)
	if len(p.legs) >= maxLegs {
		p.ua.Do(ua.Reject{Leg: in.Leg, Code: 503})
		return
	}
	e := p.newEnd(in.User, in.From.Name)
	e.user, e.leg, e.device, e.dialled, e.target = in.User, in.Leg, deviceOf(in.Contact), true, in.Target
	if e.name == "" {
		e.name = p.nameOf(in.User)
	}
	e.hidden = slices.ContainsFunc(in.Headers, func(h ua.Header) bool { // RFC 3323 4.2, RFC 3325 9.3
		return h.Name == "Privacy" && (strings.Contains(h.Value, "id") || strings.Contains(h.Value, "user"))
	})
	p.legs[in.Leg] = e
	err := e.open(in.Local)
	if err == nil && in.SDP != nil {
		e.answer, err = e.stream.Answer(in.SDP, sdp.SendRecv)
	} else if err == nil {
		e.answer, err = e.stream.Offer(sdp.SendRecv)
	}
	if err != nil {
		p.log.Warn("no sound for a call", "leg", in.Leg, "err", err)
		p.ua.Do(ua.Reject{Leg: in.Leg, Code: errorCode(err)})
		return
	}
	t := &try{
		p: p, caller: e, number: in.Target, except: e.device,
		rang: func(at *end) { p.ua.Do(ua.Ring{Leg: e.leg, Identity: at.party()}) },
		taken: func(by *phone.Party, into *conv) {
			e.become(answered)
			p.ua.Do(ua.Answer{Leg: e.leg, SDP: e.answer, Identity: by})
			into.add(e)
		},
		failed: func(code int, phrase string) { p.ua.Do(ua.Reject{Leg: e.leg, Code: code, Reason: phrase}) },
	}
	if in.Replaces != "" {
		p.replace(t, p.legs[in.Replaces])
		return
	}
	t.start()
}

// identity is how a number of ours shows itself to a phone.
func (p *PBX) identity(number, name string) *phone.Party {
	return &phone.Party{URI: "sip:" + strings.ReplaceAll(number, "#", "%23") + "@" + p.addr.String(), Number: number, Name: name}
}

// nameOf is the name of a login: only the first has one.
func (p *PBX) nameOf(user string) string {
	if user == p.cfg.User {
		return demoName
	}
	return ""
}

// known reports whether a number is one that can be called or watched.
func (p *PBX) known(number string) bool {
	if _, login := p.password(number); login || isSlot(number) {
		return true
	}
	return slices.ContainsFunc(Directory(), func(e Entry) bool { return e.Number == number && e.ID != "unknown" })
}
