package pbxdemo

import (
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/eventlist"
	"svara/phone/mwi"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// watcher is a subscription. After everything that happens each is told what is new.
type watcher struct {
	id     ua.SubID
	user   string
	target string
	event  string
	news   news
	list   *list // nil: of one number
}

// news is what was told of a number last: its calls (RFC 4235), its presence (RFC 3856) or its mailbox (RFC 3842).
type news struct {
	version  uint32
	dialogs  []dialoginfo.Dialog // without their durations
	presence phone.Presence
	box      mwi.Summary
}

const maxWatchers = 4000

// subscribed deals with a SUBSCRIBE. Everybody who has an account may watch everybody; a mailbox is its owner's.
func (p *PBX) subscribed(v ua.SubscribeAsked) {
	refuse := func(code int) { p.ua.Do(ua.RejectSubscription{ID: v.ID, Code: code}) }
	toggle, _ := p.toggle(v.Target, v.User)
	isList := v.Target == listNumber
	switch {
	case v.Event != dialoginfo.Event && v.Event != pidf.Event && v.Event != mwi.Event:
		refuse(489)
		return
	case v.Event == mwi.Event && v.Target != v.User:
		refuse(403)
		return
	case isList && !understandsLists(v), !isList && !p.known(v.Target) && !(toggle && v.Event == dialoginfo.Event):
		refuse(404)
		return
	case len(p.watchers) >= maxWatchers:
		refuse(503)
		return
	}
	w := &watcher{id: v.ID, user: v.User, target: v.Target, event: v.Event}
	p.watchers[v.ID] = w
	if isList {
		p.beginList(w)
		return
	}
	p.look(w.event, w.target, w.user, &w.news)
	kind, body := p.document(w.event, w.target, &w.news)
	p.ua.Do(ua.AcceptSubscription{ID: v.ID, ContentType: kind, Body: body})
}

// understandsLists reports whether a subscriber reads what a list is told with.
func understandsLists(v ua.SubscribeAsked) bool {
	return v.List || strings.Contains(strings.ToLower(v.Accept), eventlist.RLMI)
}

// notify tells the watchers what has changed.
func (p *PBX) notify() {
	for _, w := range p.watchers {
		switch {
		case w.list != nil:
			p.notifyList(w)
		case p.look(w.event, w.target, w.user, &w.news):
			w.news.version++
			kind, body := p.document(w.event, w.target, &w.news)
			p.ua.Do(ua.Notify{ID: w.id, ContentType: kind, Body: body})
		}
	}
}

// look brings up to date what is known of a target, and reports whether there was anything new.
func (p *PBX) look(event, target, user string, n *news) bool {
	switch event {
	case pidf.Event:
		now := p.presence(target)
		if samePresence(now, n.presence) {
			return false
		}
		n.presence = now
	case mwi.Event:
		now := p.summary(p.lines[target])
		if now == n.box {
			return false
		}
		n.box = now
	default:
		now := p.dialogs(target, user)
		if slices.Equal(now, n.dialogs) {
			return false
		}
		n.dialogs = now
	}
	return true
}

// document is what a watcher of one number is told: always everything there is of it.
func (p *PBX) document(event, target string, n *news) (contentType string, body []byte) {
	entity := p.identity(target, "").URI
	switch event {
	case pidf.Event:
		return pidf.ContentType, pidf.Build(entity, n.presence, p.now())
	case mwi.Event:
		return mwi.ContentType, n.box.Bytes()
	}
	d := dialoginfo.Document{Entity: entity, Version: n.version, Full: true, Dialogs: slices.Clone(n.dialogs)}
	for i := range d.Dialogs {
		if since, ok := p.since(target, d.Dialogs[i].ID); ok {
			d.Dialogs[i].Duration = time.Since(since)
		}
	}
	return dialoginfo.ContentType, d.Bytes()
}

// since is when a dialog of a number came into its state, or its caller into a queue.
func (p *PBX) since(number, id string) (time.Time, bool) {
	if c := p.own[number]; c != nil && c.id == id {
		return c.since, true
	}
	if q := p.queue(number); q != nil {
		for _, w := range q.calls {
			if queuedID(w) == id {
				return w.since, true
			}
		}
	}
	for _, e := range p.ends {
		if e.id == id {
			return e.since, true
		}
	}
	return time.Time{}, false
}
