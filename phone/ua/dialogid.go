package ua

// DialogID names the dialog of a leg (RFC 3261 12), for servers that tell others of it (RFC 4235).
type DialogID struct {
	CallID    string
	LocalTag  string // ours
	RemoteTag string // the peer's; empty of an outgoing leg: Progress and Answered tell it
}

// DialogOf is the name of a leg's dialog; false when the leg is unknown or over.
func (u *UA) DialogOf(id LegID) (DialogID, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := u.legs[id]
	if l == nil {
		return DialogID{}, false
	}
	for key, of := range u.dialogs {
		if of != l {
			continue
		}
		d := DialogID{CallID: key.callID, LocalTag: key.localTag}
		if l.incoming != nil {
			d.RemoteTag, _ = l.incoming.req.From().Params.Get("tag")
		}
		return d, true
	}
	return DialogID{}, false
}
