package ami

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// How long an answer is waited for when the asker does not say.
const (
	doLimit       = 10 * time.Second
	originateWait = 30 * time.Second
)

// Do implements [team.Source].
func (s *Source) Do(ctx context.Context, a team.SourceAction) error {
	ss, err := s.session()
	if err != nil {
		return err
	}
	if err := ss.settled(ctx); err != nil {
		return refuse(err)
	}
	if o, ok := a.(team.Originate); ok {
		return refuse(ss.ring(ctx, o))
	}
	ctx, cancel := context.WithTimeout(ctx, doLimit)
	defer cancel()
	switch a := a.(type) {
	case team.LogMember:
		err = ss.logMember(ctx, a)
	case team.PauseMember:
		err = ss.pause(ctx, a)
	case team.SetSkill:
		err = ss.skill(ctx, a)
	case team.SetQueue:
		err = ss.setQueue(ctx, a)
	case team.SetForward:
		err = ss.forward(ctx, a)
	case team.SetShown:
		err = ss.shown(ctx, a)
	case team.RefreshMailbox:
		err = ss.refreshMailbox(ctx, a)
	case team.SendText:
		err = ss.sendText(ctx, a)
	case team.TextTaken:
		err = ss.textTaken(ctx, a)
	default:
		err = phone.Refuse(phone.ReasonNotSupported, "")
	}
	return refuse(err)
}

// settled waits until the session knows what there is: telephones are named by it.
func (ss *session) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, doLimit)
	defer cancel()
	select {
	case <-ss.whole:
		return nil
	case <-ss.conn.done:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// plain reports whether a name or number has nothing in it that means something to a dial plan or a list.
func plain(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("+*#._-", r))
	}) < 0
}

// telephone is what Asterisk calls a telephone that others know by its extension.
func (ss *session) telephone(name string) (string, error) {
	if tech, rest, ok := strings.Cut(name, "/"); ok {
		for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '/' || r == '@' }) {
			if !plain(part) {
				return "", phone.Refuse(phone.ReasonBadTarget, name)
			}
		}
		if !plain(tech) || rest == "" {
			return "", phone.Refuse(phone.ReasonBadTarget, name)
		}
		return name, nil
	}
	if !plain(name) {
		return "", phone.Refuse(phone.ReasonBadTarget, name)
	}
	own := ss.s.cfg.Technology + "/" + name
	ss.mu.Lock()
	known := ss.devices[own]
	ss.mu.Unlock()
	if known {
		return own, nil
	}
	return "Local/" + name + "@" + ss.s.cfg.Context + "/n", nil
}

func (ss *session) do(ctx context.Context, a action) error {
	_, err := ss.conn.do(ctx, a)
	return err
}

func (ss *session) logMember(ctx context.Context, a team.LogMember) error {
	iface, err := ss.telephone(a.Phone)
	if err != nil {
		return err
	}
	if !a.In {
		return ss.do(ctx, ask("QueueRemove", "Queue", string(a.Queue), "Interface", iface))
	}
	ss.mu.Lock()
	penalty := ss.penalties[string(a.Queue)+"/"+iface]
	ss.mu.Unlock()
	if a.Skill != 0 {
		penalty = penaltyOf(a.Skill)
	}
	state := ""
	if rest, ok := strings.CutPrefix(iface, "Local/"); ok {
		state = "hint:" + strings.TrimSuffix(rest, "/n")
	}
	return ss.do(ctx, ask("QueueAdd", "Queue", string(a.Queue), "Interface", iface, "Penalty", strconv.Itoa(penalty), "MemberName", a.Name, "StateInterface", state))
}

func (ss *session) pause(ctx context.Context, a team.PauseMember) error {
	iface, err := ss.telephone(a.Phone)
	if err != nil {
		return err
	}
	return ss.do(ctx, ask("QueuePause", "Queue", string(a.Queue), "Interface", iface, "Paused", strconv.FormatBool(a.On), "Reason", a.Why))
}

func (ss *session) skill(ctx context.Context, a team.SetSkill) error {
	iface, err := ss.telephone(a.Phone)
	if err != nil {
		return err
	}
	return ss.do(ctx, ask("QueuePenalty", "Queue", string(a.Queue), "Interface", iface, "Penalty", strconv.Itoa(penaltyOf(a.Skill))))
}

// ring rings a telephone and, when it answers, a number. Asked for, it goes on also when who asked waits no longer: that is no
// fault.
func (ss *session) ring(ctx context.Context, a team.Originate) error {
	channel, err := ss.telephone(a.Phone)
	if err != nil {
		return err
	}
	if !plain(a.Number) {
		return phone.Refuse(phone.ReasonBadTarget, a.Number)
	}
	if a.Shown != "" && !plain(a.Shown) {
		return phone.Refuse(phone.ReasonBadTarget, a.Shown)
	}
	wait := a.Wait
	if wait <= 0 {
		wait = originateWait
	}
	asks := ctx
	ctx, cancel := context.WithTimeout(ctx, wait+doLimit)
	defer cancel()
	told := make(chan message, 1)
	var id string
	_, err = ss.conn.doAs(ctx, ask("Originate", "Channel", channel, "Context", ss.s.cfg.Context, "Exten", a.Number, "Priority", "1",
		"Timeout", strconv.FormatInt(wait.Milliseconds(), 10), "CallerID", a.Shown, "Async", "true"), func(own string) {
		id = own
		ss.mu.Lock()
		ss.originate[id] = told
		ss.mu.Unlock()
	})
	defer func() {
		ss.mu.Lock()
		delete(ss.originate, id)
		ss.mu.Unlock()
	}()
	if err != nil {
		return err
	}
	select {
	case m := <-told:
		return originateReason(m)
	case <-ss.conn.done:
		return phone.Refuse(phone.ReasonLost, "")
	case <-ctx.Done():
		if errors.Is(asks.Err(), context.DeadlineExceeded) {
			return nil
		}
		return fmt.Errorf("originate: %w", ctx.Err())
	}
}

// originated gives an OriginateResponse to who waits for it.
func (ss *session) originated(m message) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if told := ss.originate[m.get("ActionID")]; told != nil {
		told <- m // has room for it
		delete(ss.originate, m.get("ActionID"))
	}
}

// originateReason is what became of a call (AST_CONTROL_* in Reason).
func originateReason(m message) error {
	if strings.EqualFold(m.get("Response"), "Success") {
		return nil
	}
	switch m.number("Reason") {
	case 3: // it rang
		return phone.Refuse(phone.ReasonNoAnswer, "")
	case 1: // it was hung up
		return phone.Refuse(phone.ReasonRemoteDeclined, "")
	case 5:
		return phone.Refuse(phone.ReasonBusy, "")
	case 8:
		return phone.Refuse(phone.ReasonUnavailable, "")
	}
	return phone.Refuse(phone.ReasonUnknownNumber, "")
}

// forward writes a forwarding where the dial plan looks for it.
func (ss *session) forward(ctx context.Context, a team.SetForward) error {
	if !plain(a.Extension) || !plain(string(a.Kind)) || a.Number != "" && !plain(a.Number) {
		return phone.Refuse(phone.ReasonBadTarget, a.Number)
	}
	if err := ss.needDialplan(); err != nil {
		return err
	}
	return ss.dbSet(ctx, "svara/forward/"+a.Extension, string(a.Kind), a.Number)
}

// shown writes the number to be shown, and those that a call may ask for, where the dial plan looks for them.
func (ss *session) shown(ctx context.Context, a team.SetShown) error {
	for _, n := range append([]string{a.Extension, a.Number}, a.May...) {
		if n != "" && !plain(n) {
			return phone.Refuse(phone.ReasonBadTarget, n)
		}
	}
	ss.mu.Lock()
	shows := ss.shows
	ss.mu.Unlock()
	if !shows {
		return phone.Refuse(phone.ReasonNotSupported, TextDialplan)
	}
	if err := ss.dbSet(ctx, "svara/may-show", a.Extension, strings.Join(a.May, ",")); err != nil {
		return err
	}
	return ss.dbSet(ctx, "svara/shown", a.Extension, a.Number)
}

// refreshMailbox makes Asterisk count a box anew: "2101@default".
func (ss *session) refreshMailbox(ctx context.Context, a team.RefreshMailbox) error {
	box, where, _ := strings.Cut(a.Box, "@")
	if !plain(box) || where != "" && !plain(where) {
		return phone.Refuse(phone.ReasonNoMailbox, a.Box)
	}
	if where == "" {
		where = "default"
	}
	return ss.do(ctx, ask("VoicemailRefresh", "Mailbox", box, "Context", where))
}
