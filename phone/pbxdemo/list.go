package pbxdemo

import (
	"time"

	"svara/phone/eventlist"
	"svara/phone/ua"
)

// listNumber is the list of everybody, sip:colleagues@… (RFC 4662).
const listNumber = "colleagues"

const (
	// listPause is between two notifications of a list: ten a second.
	listPause = 100 * time.Millisecond
	// listBytes is how much one carries, about: a message holds 64 KiB (RFC 3261 18.1.1).
	listBytes = 48_000
	// maxList is how many members the list has: all of them are named in one notification.
	maxList = 600
	// What a member takes of a notification besides its URI, without and with what it does.
	emptyBytes, activeBytes = 70, 320
)

// list is what a watcher of the list was told. What does not fit into a notification, or comes while one is under way,
// waits for the next: nothing is lost, and what has changed twice is told once.
type list struct {
	version uint32
	members []string // in the order to tell
	told    map[string]*news
	known   map[string]bool // those of whom something was told before the list was asked for again
	whole   bool            // the next has to name everybody
	at      int             // where in members the next begins
	sent    time.Time       // the last
	busy    bool            // it has not been taken
	timer   *time.Timer
}

// everybody is the members of the list: colleagues, logins, and as many of the further people as it holds.
func (p *PBX) everybody() []string {
	var out []string
	for _, c := range colleagues {
		out = append(out, c.Number)
	}
	for _, l := range p.logins {
		out = append(out, l.User)
	}
	for _, s := range p.crowd {
		out = append(out, s.number)
	}
	return out[:min(len(out), maxList)]
}

// beginList accepts the subscription to the list.
func (p *PBX) beginList(w *watcher) {
	w.list = &list{members: p.everybody()}
	w.list.again()
	kind, body, _ := p.listDocument(w)
	w.list.busy, w.list.sent = true, time.Now()
	p.ua.Do(ua.AcceptSubscription{ID: w.id, ContentType: kind, Body: body})
}

// again makes the next notification name everybody.
func (l *list) again() {
	l.known = map[string]bool{}
	for number := range l.told {
		l.known[number] = true
	}
	l.whole, l.told, l.at = true, map[string]*news{}, 0
}

// notifyList tells the watcher of a list what has changed, when it may be told.
func (p *PBX) notifyList(w *watcher) {
	l := w.list
	if l.busy || l.timer != nil {
		return
	}
	if wait := listPause - time.Since(l.sent); wait > 0 {
		l.timer = time.AfterFunc(wait, func() { p.post(func() { l.timer = nil }) })
		return
	}
	kind, body, any := p.listDocument(w)
	if !any {
		return
	}
	l.busy, l.sent = true, time.Now()
	p.ua.Do(ua.Notify{ID: w.id, ContentType: kind, Body: body})
}

// listDocument is the next notification of a list; false when there is nothing to tell. The first one names everybody and
// tells as much as it can hold; the others tell of those who have changed, or have not been told of.
func (p *PBX) listDocument(w *watcher) (contentType string, body []byte, any bool) {
	l := w.list
	doc := eventlist.List{URI: p.identity(listNumber, "").URI, Version: l.version, Full: l.whole}
	size := 0
	if l.whole {
		size = len(l.members) * (len(doc.URI) + emptyBytes)
	}
	begin := l.at
	for i := range l.members {
		at := (begin + i) % len(l.members)
		number := l.members[at]
		r := eventlist.Resource{URI: p.identity(number, "").URI}
		if size < listBytes {
			n, told := l.told[number]
			if !told {
				n = &news{}
			}
			if p.look(w.event, number, w.user, n) || !told {
				if told {
					n.version++
				}
				l.told[number] = n
				r.State, r.Name = "active", p.nameOf(number)
				r.ContentType, r.Body = p.document(w.event, number, n)
				size += len(r.Body) + activeBytes
			}
		} else if !l.whole {
			l.at = at
			break
		} else if l.known[number] {
			r.State = "active" // as it was told; what it does follows once more
		}
		if l.whole || r.State != "" {
			doc.Resources = append(doc.Resources, r)
		}
	}
	if len(doc.Resources) == 0 {
		return "", nil, false
	}
	l.version++
	l.whole = false
	contentType, body = doc.Build()
	return contentType, body, true
}

// listTaken notes that the last notification has been taken.
func (p *PBX) listTaken(id ua.SubID) {
	if w := p.watchers[id]; w != nil && w.list != nil {
		w.list.busy = false
	}
}

// listAgain tells the whole list once more.
func (p *PBX) listAgain(id ua.SubID) {
	if w := p.watchers[id]; w != nil && w.list != nil {
		w.list.again()
		w.list.busy = true // what the subscriber is told now is the last once more; the list follows
	}
}
