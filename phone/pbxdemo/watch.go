package pbxdemo

import (
	"slices"
	"time"

	"svara/phone/dialoginfo"
	"svara/phone/ua"
)

// watcher is a subscription to the calls of a number (RFC 4235). After everything that happens each is told what is new,
// as a full document.
type watcher struct {
	target  string
	version uint32
	told    []dialoginfo.Dialog // without their durations
}

const maxWatchers = 500

// subscribed deals with a SUBSCRIBE. Everybody who has an account may watch everybody.
func (p *PBX) subscribed(v ua.SubscribeAsked) {
	switch {
	case v.Event != dialoginfo.Event:
		p.ua.Do(ua.RejectSubscription{ID: v.ID, Code: 489})
		return
	case !p.known(v.Target):
		p.ua.Do(ua.RejectSubscription{ID: v.ID, Code: 404})
		return
	case len(p.watchers) >= maxWatchers:
		p.ua.Do(ua.RejectSubscription{ID: v.ID, Code: 503})
		return
	}
	w := &watcher{target: v.Target}
	p.watchers[v.ID] = w
	w.told = p.dialogs(w.target)
	p.ua.Do(ua.AcceptSubscription{ID: v.ID, ContentType: dialoginfo.ContentType, Body: p.document(w)})
}

// notify tells the watchers what has changed.
func (p *PBX) notify() {
	for id, w := range p.watchers {
		now := p.dialogs(w.target)
		if slices.Equal(now, w.told) {
			continue
		}
		w.told = now
		w.version++
		p.ua.Do(ua.Notify{ID: id, ContentType: dialoginfo.ContentType, Body: p.document(w)})
	}
}

// document is what a watcher is told.
func (p *PBX) document(w *watcher) []byte {
	d := dialoginfo.Document{Entity: p.identity(w.target, "").URI, Version: w.version, Full: true, Dialogs: slices.Clone(w.told)}
	for i := range d.Dialogs {
		for _, e := range p.ends {
			if e.id == d.Dialogs[i].ID {
				d.Dialogs[i].Duration = time.Since(e.since)
			}
		}
	}
	return d.Bytes()
}

// dialogs is the calls of a number: of a login those of its phones, of a colleague or a service those it answers, of a
// park slot the one that waits there, of a room all that are in it.
func (p *PBX) dialogs(number string) []dialoginfo.Dialog {
	var out []dialoginfo.Dialog
	for _, e := range p.ends {
		switch {
		case e.conv != nil && e.conv.parked != nil && e.conv.parked.slot == number:
			out = append(out, p.dialog(e, number, dialoginfo.Confirmed, e))
		case e.conv != nil && e.conv.room && p.rooms[number] == e.conv:
			out = append(out, p.dialog(e, number, dialoginfo.Confirmed, e))
		case e.user == number && number != "":
			d := p.dialog(e, number, e.stage(), e.far())
			d.Local.Name = e.name
			if r, ok := p.ua.Dialog(e.leg); ok { // as the phone itself would tell it: its tag is the local one
				d.CallID, d.LocalTag, d.RemoteTag = r.CallID, r.FromTag, r.ToTag
			}
			if e.dialled {
				d.Direction = dialoginfo.Initiator
			}
			out = append(out, d)
		case e.user == "" && e.number == number:
			out = append(out, p.dialog(e, number, e.stage(), e.far()))
		}
	}
	if p.talking[number] {
		out = append(out, dialoginfo.Dialog{
			ID: "own-" + number, Direction: dialoginfo.Initiator, State: dialoginfo.Confirmed,
			Local: p.participant(number, ""), Remote: dialoginfo.Participant{URI: "sip:anonymous@anonymous.invalid"},
		})
	}
	return out
}

// dialog is a call of a number with somebody, who may be nil.
func (p *PBX) dialog(e *end, number string, state dialoginfo.State, with *end) dialoginfo.Dialog {
	d := dialoginfo.Dialog{ID: e.id, Direction: dialoginfo.Recipient, State: state, Local: p.participant(number, "")}
	switch {
	case with != nil:
		who := with.party()
		d.Remote = dialoginfo.Participant{URI: who.URI, Name: who.Name, Target: p.identity(number, "").URI}
	case e.conv != nil && e.conv.room || e.target != "":
		d.Remote = p.participant(e.target, "")
	}
	return d
}

func (p *PBX) participant(number, name string) dialoginfo.Participant {
	uri := p.identity(number, name).URI
	return dialoginfo.Participant{URI: uri, Name: name, Target: uri}
}

// stage is how far an end's dialog has come.
func (e *end) stage() dialoginfo.State {
	switch t := e.try; {
	case e.state != ringing:
		return dialoginfo.Confirmed
	case t == nil || !t.heard:
		return dialoginfo.Trying
	}
	return dialoginfo.Early
}

// far is whom an end talks with, calls, or is called by.
func (e *end) far() *end {
	if far := e.conv.across(e); far != nil {
		return far
	}
	switch t := e.try; {
	case t == nil:
		return nil
	case t.caller != e:
		return t.caller
	case len(t.branches) > 0:
		return t.branches[0]
	}
	return nil
}
