package pbxdemo

import (
	"svara/phone/dialoginfo"
)

// dialogs is the calls of a number as a user is told of them: of a login those of its phones, of somebody simulated or a
// service those they answer, of a park slot the one that waits there, of a room all that are in it, of a queue its callers,
// of a code one while it is on.
func (p *PBX) dialogs(number, user string) []dialoginfo.Dialog {
	if q := p.queue(number); q != nil {
		return p.queueDialogs(q)
	}
	if is, on := p.toggle(number, user); is && on {
		return p.toggleDialog(number)
	}
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
	if c := p.own[number]; c != nil {
		d := dialoginfo.Dialog{ID: c.id, Direction: dialoginfo.Recipient, State: c.state, Local: p.participant(number, ""), Remote: c.with}
		if c.calls {
			d.Direction = dialoginfo.Initiator
		}
		out = append(out, d)
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
