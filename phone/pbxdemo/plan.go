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
		{Code{"*21*N#", "Forward all your calls to N", "Vidarekoppla alla dina samtal till N"}, "*21*", true, forwarding(phone.ForwardAll)},
		{Code{"#21#", "No forwarding", "Ingen vidarekoppling"}, "#21", false, noForwarding(phone.ForwardAll)},
		{Code{"*61*N#", "Forward to N when you do not answer", "Vidarekoppla till N när du inte svarar"}, "*61*", true, forwarding(phone.ForwardNoAnswer)},
		{Code{"#61#", "No forwarding at no answer", "Ingen vidarekoppling vid ej svar"}, "#61", false, noForwarding(phone.ForwardNoAnswer)},
		{Code{"*67*N#", "Forward to N when you are busy", "Vidarekoppla till N när du är upptagen"}, "*67*", true, forwarding(phone.ForwardBusy)},
		{Code{"#67#", "No forwarding when busy", "Ingen vidarekoppling vid upptaget"}, "#67", false, noForwarding(phone.ForwardBusy)},
		{Code{"*24*N#", "Profile N on: 1 lunch, 2 meeting, 3 gone, 4 vacation, 5 to the switchboard; *24*N*time# for as long", "Profil N på: 1 lunch, 2 möte, 3 gått, 4 semester, 5 till växeln; *24*N*tid# så länge"}, "*24*", true, (*PBX).profileOn},
		{Code{"#24#", "No profile", "Ingen profil"}, "#24", false, (*PBX).profileOff},
		{Code{"*75*N#", "Log in to queue N", "Logga in i kö N"}, loginCode, true, queueLogin(true)},
		{Code{"#75*N#", "Log out of queue N", "Logga ut ur kö N"}, "#75*", true, queueLogin(false)},
		{Code{"*76*N#", "Close queue N for the night", "Stäng kö N för natten"}, nightCode, true, queueNight(true)},
		{Code{"#76*N#", "Open queue N again", "Öppna kö N igen"}, "#76*", true, queueNight(false)},
		{Code{"*90", "Somebody outside seeks Anna Berg, who is away: the call comes to you", "Någon utifrån söker Anna Berg, som är borta: samtalet kommer till dig"}, "*90", false, (*PBX).practise},
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
	number = p.inside(number)
	for _, s := range services() {
		if s.Number == number {
			s.run(p, t, s.Entry)
			return
		}
	}
	who, simulated := p.person(number)
	switch q := p.queue(number); {
	case simulated:
		p.somebody(t, who)
	case p.login(number):
		p.user(t, number)
	case q != nil:
		p.enqueue(t, q)
	case isSlot(number):
		p.retrieve(t, number)
	case outside(number):
		p.mobile(t, number)
	default:
		t.fail(404, "")
	}
}

// dialable reports whether a call to a number can lead to anything.
func (p *PBX) dialable(number string) bool {
	number = p.inside(number)
	return outside(number) || p.queue(number) != nil || p.known(number) && !isSlot(number)
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
	e.hidden = hides(in.Headers)
	if shown, name := p.shows(in.User, in.Headers); shown != "" {
		e.shown, e.name = shown, name
	}
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

// known reports whether a number is one that can be called or watched.
func (p *PBX) known(number string) bool {
	return p.lines[number] != nil || isSlot(number) || p.queue(number) != nil ||
		slices.ContainsFunc(services(), func(s service) bool { return s.Number == number })
}
