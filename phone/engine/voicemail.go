package engine

import (
	"net"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/mwi"
	"svara/phone/team"
	"svara/phone/ua"
)

// voicemail is mailboxes: what exchanges tell of them (RFC 3842), and mail servers with sound messages.
type voicemail struct {
	told     []waiting       // by account
	boxes    []phone.Mailbox // of mail servers; never changed in place
	servers  []phone.MailServer
	revision uint64
}

// waiting is the message-waiting subscription of an account.
type waiting struct {
	phone.Mailbox
	sub ua.SubID
}

func (s *state) voicemailView() phone.VoicemailState {
	v := phone.VoicemailState{Revision: s.voicemail.revision, Servers: s.voicemail.servers}
	for _, w := range s.voicemail.told {
		v.Boxes = append(v.Boxes, w.Mailbox)
	}
	v.Boxes = append(v.Boxes, s.voicemail.boxes...)
	if b, told := s.team.mailboxView(); told {
		v.Boxes = append(v.Boxes, b)
		v.Greetings = s.team.greetings()
	}
	return v
}

// followMailboxes subscribes to the mailbox of every registered account.
func (t *turn) followMailboxes() {
	v := &t.s.voicemail
	v.told = slices.DeleteFunc(v.told, func(w waiting) bool {
		if t.s.account(w.Account) != nil && !t.s.closing {
			return false
		}
		if w.sub != "" {
			t.do(fxSIP{ua.Unsubscribe{ID: w.sub}})
		}
		return true
	})
	for i := range t.s.accounts {
		a := &t.s.accounts[i]
		if a.State != phone.RegistrationRegistered || t.s.closing ||
			slices.ContainsFunc(v.told, func(w waiting) bool { return w.Account == a.ID }) {
			continue
		}
		target := a.User
		if steps, err := t.s.dialect(a.ID).Plan(phone.FeatureMailboxHint, dialect.Args{Extension: a.User}); err == nil && steps[0].Kind == dialect.Watch {
			target = steps[0].Text
		}
		w := waiting{Mailbox: phone.Mailbox{ID: "mwi:" + string(a.ID), Account: a.ID}, sub: ua.SubID("mwi-" + string(a.ID))}
		v.told = append(v.told, w)
		t.do(fxSIP{ua.Subscribe{ID: w.sub, Account: a.ID, Target: target, Event: "message-summary", Accept: "application/simple-message-summary"}})
	}
}

func (t *turn) mailboxBySub(id ua.SubID) *waiting {
	for i := range t.s.voicemail.told {
		if w := &t.s.voicemail.told[i]; w.sub == id {
			return w
		}
	}
	return nil
}

func (t *turn) onSummary(w *waiting, body []byte) {
	if len(body) == 0 {
		return
	}
	sum, err := mwi.Parse(body)
	if err != nil {
		w.Reason = &phone.Reason{ID: phone.ReasonNotTold, Text: err.Error()}
		return
	}
	before := w.Mailbox
	w.Reason, w.Known = nil, sum.Counted
	w.New, w.Old, w.Urgent = sum.New, sum.Old, sum.UrgentNew
	if !sum.Counted && sum.Waiting {
		w.New, w.Known = 1, false // at least one
	}
	if _, user, ok := strings.Cut(sum.Account, ":"); ok {
		w.Dial, _, _ = strings.Cut(user, "@")
	}
	if w.Mailbox != before {
		t.tellMailbox(w.ID, w.New > before.New)
	}
}

func (t *turn) onSummaryLost(w *waiting, v ua.SubscriptionLost) {
	why := phone.Reason{ID: phone.ReasonNotTold, Code: v.Reason.Code, Text: v.Reason.Text}
	w.Reason, w.Known = &why, false
	if v.Retry == 0 {
		w.sub = "" // the exchange has no such thing: the next registration may be to another
	}
}

func (t *turn) tellMailbox(id string, more bool) {
	state := "changed"
	if more {
		state = "new"
	}
	t.s.voicemail.revision++
	t.tell(phone.Event{Kind: phone.EventVoicemail, Value: id, State: state})
}

// onMail takes how the mail servers' boxes stand.
func (t *turn) onMail(in inMail) {
	v := &t.s.voicemail
	old := v.boxes
	v.boxes = in.boxes
	for _, b := range in.boxes {
		i := slices.IndexFunc(old, func(o phone.Mailbox) bool { return o.ID == b.ID })
		if i < 0 || old[i].New != b.New || old[i].Old != b.Old || !sameReason(old[i].Reason, b.Reason) {
			t.tellMailbox(b.ID, b.Known && (i < 0 || old[i].Known) && (i >= 0 && b.New > old[i].New))
		}
	}
	if in.revision != v.revision {
		v.revision++
	}
}

func (t *turn) putMailServer(cmd phone.PutMailServer) error {
	if !t.s.has.voicemail {
		return absent("mail")
	}
	s := cmd.Server
	bad := func(field string) error { return phone.Refuse(phone.ReasonBadItem, field) }
	host := s.Address
	if h, _, err := net.SplitHostPort(s.Address); err == nil {
		host = h
	}
	switch {
	case s.ID == "" || len(s.ID) > 50 || strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || strings.HasPrefix(s.ID, "mwi"):
		return bad("id")
	case host == "" || strings.ContainsAny(s.Address, " /\r\n\x00"):
		return bad("address")
	case s.User == "":
		return bad("user")
	case s.TLS != phone.MailTLSDirect && s.TLS != phone.MailTLSStart && s.TLS != phone.MailTLSNone:
		return bad("tls")
	case s.Account != "" && t.s.account(s.Account) == nil:
		return bad("account")
	}
	v := &t.s.voicemail
	v.servers = slices.DeleteFunc(slices.Clone(v.servers), func(o phone.MailServer) bool { return o.ID == s.ID })
	v.servers = append(v.servers, s)
	t.do(fxMail{put: &s, password: cmd.Password})
	return nil
}

func (t *turn) removeMailServer(id string) error {
	v := &t.s.voicemail
	i := slices.IndexFunc(v.servers, func(o phone.MailServer) bool { return o.ID == id })
	if i < 0 {
		return phone.Refuse(phone.ReasonNoMailbox, id)
	}
	v.servers = slices.Delete(slices.Clone(v.servers), i, i+1)
	t.do(fxMail{remove: id})
	return nil
}

// checkVoicemail asks everybody who may know.
func (t *turn) checkVoicemail() error {
	for _, w := range t.s.voicemail.told {
		if w.sub != "" {
			t.do(fxSIP{ua.Unsubscribe{ID: w.sub}})
		}
	}
	t.s.voicemail.told = nil
	if t.s.has.voicemail {
		t.do(fxMail{check: true})
	}
	return nil
}

// box refuses a message of no mailbox of ours.
func (t *turn) box(id string) error {
	if name, ours := teamVoice(id); ours && slices.ContainsFunc(t.s.team.mailbox.Messages, func(m team.VoiceMessage) bool { return m.ID == name }) {
		return nil
	}
	box, _, ok := strings.Cut(id, "/")
	if !ok || !t.s.has.voicemail || !slices.ContainsFunc(t.s.voicemail.servers, func(o phone.MailServer) bool { return o.ID == box }) {
		return phone.Refuse(phone.ReasonNoMailbox, box)
	}
	return nil
}

func (t *turn) playVoicemail(cmd phone.PlayVoicemail) error {
	if err := t.box(cmd.ID); err != nil {
		return err
	}
	return t.playSound(sound{message: cmd.ID}, cmd.From, cmd.Speed)
}

func (t *turn) markVoicemail(cmd phone.MarkVoicemail) error {
	if err := t.box(cmd.ID); err != nil {
		return err
	}
	t.do(fxMessage{id: cmd.ID, mark: true, played: cmd.Played})
	return nil
}

func (t *turn) deleteVoicemail(cmd phone.DeleteVoicemail) error {
	if err := t.box(cmd.ID); err != nil {
		return err
	}
	if t.s.playing.message == cmd.ID {
		t.stopPlaying(phone.StopPlaying{})
	}
	t.do(fxMessage{id: cmd.ID})
	return nil
}

// messagePlays: it has begun, so it has been heard.
func (t *turn) messagePlays(id string) { t.do(fxMessage{id: id, mark: true, played: true}) }
