package pbxdemo

import (
	"slices"

	"svara/phone"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// publication is what a phone has told of its user (RFC 3903).
type publication struct {
	id  string
	how phone.Presence
}

// published deals with a PUBLISH, which is of the user's own number. Of several phones the one that spoke last counts.
func (p *PBX) published(v ua.PublishAsked) {
	l := p.lines[v.User]
	at := -1
	if l != nil {
		at = slices.IndexFunc(l.told, func(o publication) bool { return o.id == v.ID })
	}
	switch {
	case v.Expired:
		if at >= 0 {
			l.told = slices.Delete(l.told, at, at+1)
		}
		return
	case l == nil || v.Event != pidf.Event:
		p.ua.Do(ua.RejectPublication{ID: v.ID, Code: 489})
		return
	case len(v.Body) == 0: // a refresh
		p.ua.Do(ua.AcceptPublication{ID: v.ID})
		return
	}
	how, err := pidf.Parse(v.Body)
	if err != nil {
		p.log.Warn("publication refused", "user", v.User, "err", err)
		p.ua.Do(ua.RejectPublication{ID: v.ID, Code: 400})
		return
	}
	if at >= 0 {
		l.told = slices.Delete(l.told, at, at+1)
	}
	how.Agents, how.Divert = nil, ""
	l.told = append(l.told, publication{v.ID, how})
	p.ua.Do(ua.AcceptPublication{ID: v.ID})
}

// presence is what is told of a number: of a person what they do, of a queue who is logged in.
func (p *PBX) presence(number string) phone.Presence {
	l := p.lines[number]
	switch q := p.queue(number); {
	case q != nil:
		return p.queuePresence(q)
	case l == nil: // a service: always there
		return phone.Presence{Open: true}
	case !p.login(number):
		out := l.activity
		if !out.Activity.Rings() {
			out.Divert = p.cfg.User // see somebody
		}
		return out
	}
	out := phone.Presence{Activity: phone.ActivityAvailable}
	if len(l.told) > 0 {
		out = l.told[len(l.told)-1].how
	}
	if l.profile != nil {
		out = phone.Presence{Activity: l.profile.kind, Note: out.Note, Until: l.until, Divert: l.profile.to}
		return out
	}
	out.Divert = l.forwards[phone.ForwardAll]
	out.Open = (len(l.told) == 0 || out.Open) && len(p.ua.Bindings(number)) > 0
	return out
}

// samePresence reports whether two say the same.
func samePresence(a, b phone.Presence) bool {
	return a.Activity == b.Activity && a.Name == b.Name && a.Note == b.Note && a.Open == b.Open && a.Divert == b.Divert &&
		a.Until.Equal(b.Until) && a.Since.Equal(b.Since) && slices.Equal(a.Agents, b.Agents)
}
