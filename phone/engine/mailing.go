package engine

import (
	"context"
	"slices"
	"strconv"

	"svara/phone"
)

// A recording is mailed by putting it into the inbox of one of the user's own mail servers. Events tell how it goes.

func (t *turn) mailRecording(cmd phone.MailRecording) error {
	servers := t.s.voicemail.servers
	switch {
	case !t.s.has.voicemail || len(servers) == 0:
		return phone.Refuse(phone.ReasonNoMailServer, "")
	case cmd.Server == "":
		cmd.Server = servers[0].ID
	case !slices.ContainsFunc(servers, func(s phone.MailServer) bool { return s.ID == cmd.Server }):
		return phone.Refuse(phone.ReasonNoMailbox, cmd.Server)
	}
	if cmd.ID <= 0 {
		return phone.Refuse(phone.ReasonNoRecording, "")
	}
	if t.recordingNow(cmd.ID) {
		return phone.Refuse(phone.ReasonWrongState, "recording")
	}
	t.do(fxMailRecording{cmd.ID, cmd.Server})
	t.tellMailed(cmd.ID, cmd.Server, "sending", nil)
	return nil
}

// recordingNow reports whether a recording is still being made.
func (t *turn) recordingNow(id int64) bool {
	return slices.ContainsFunc(t.s.calls, func(c call) bool { return c.recording.id == id && c.Recording.On })
}

func (t *turn) onMailed(in inMailed) {
	if in.err != nil {
		why := phone.ReasonOf(in.err)
		t.tellMailed(in.id, in.server, "failed", &why)
		return
	}
	t.tellMailed(in.id, in.server, "sent", nil)
}

func (t *turn) tellMailed(id int64, server, state string, why *phone.Reason) {
	t.tell(phone.Event{Kind: phone.EventMailed, Value: strconv.FormatInt(id, 10), Key: server, State: state, Reason: why})
}

func (r *runner) mailRecording(fx fxMailRecording) {
	r.letters.post(r.group, "mail recording", func() {
		r.input(inMailed{fx.id, fx.server, r.deliver(fx)})
	})
}

func (r *runner) deliver(fx fxMailRecording) error {
	ctx, cancel := context.WithTimeout(r.ctx, goodbye)
	defer cancel()
	entry, err := r.opt.Store.Recording(ctx, fx.id)
	switch {
	case err != nil:
		return err
	case entry.Open:
		return phone.Refuse(phone.ReasonWrongState, "recording")
	}
	return r.opt.Mail.Deliver(r.ctx, fx.server, entry)
}
