package ami

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/team"
)

// TextDialplan is the text of a phone.ReasonNotSupported: the dial plan has not the lines that do it
// (docs/team-asterisk.md).
const TextDialplan = "dialplan"

func (ss *session) needDialplan() error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if !ss.dialplan {
		return phone.Refuse(phone.ReasonNotSupported, TextDialplan)
	}
	return nil
}

// checkSettings refuses settings that mean nothing, or something else to a dial plan.
func checkSettings(v team.QueueSettings) error {
	for _, n := range []string{v.NightNumber, v.Overflow} {
		if n != "" && !plain(n) {
			return phone.Refuse(phone.ReasonBadTarget, n)
		}
	}
	switch {
	case v.OverflowS != 0 && (v.OverflowS < 5 || v.OverflowS > 3600):
		return phone.Refuse(phone.ReasonBadItem, keyOverflowS)
	case v.ServiceS < 0 || v.ServiceS > 3600:
		return phone.Refuse(phone.ReasonBadItem, keyServiceS)
	case v.Night && v.NightNumber == "":
		return phone.Refuse(phone.ReasonBadItem, keyNightNumber)
	case v.Overflow != "" && v.OverflowS == 0:
		return phone.Refuse(phone.ReasonBadItem, keyOverflowS)
	}
	return nil
}

// setQueue changes a queue's settings as one: what is refused is refused before anything is changed, and when a write
// fails those before it are put back.
func (ss *session) setQueue(ctx context.Context, a team.SetQueue) error {
	name, v := string(a.Queue), a.Settings
	ss.mu.Lock()
	strategy, there := ss.strategies[name]
	settings := maps.Clone(ss.settings)
	ss.mu.Unlock()
	if !there || !plain(name) {
		return phone.Refuse(phone.ReasonNoItem, name)
	}
	if err := checkSettings(v); err != nil {
		return err
	}
	if v.Night || v.NightNumber != "" || v.Overflow != "" {
		if err := ss.needDialplan(); err != nil {
			return err
		}
	}
	if v.Distribution != "" && v.Distribution != distribution(strategy) {
		if err := ss.setStrategy(ctx, name, v.Distribution); err != nil {
			return err
		}
	}
	night := ""
	if v.Night {
		night = "1"
	}
	family := "svara/queue/" + name
	// The numbers before night: nobody is sent to the one before.
	keys := [][2]string{{keyNightNumber, v.NightNumber}, {keyOverflow, v.Overflow}, {keyOverflowS, positive(v.OverflowS)}, {keyServiceS, positive(v.ServiceS)}, {keyNight, night}}
	for i, k := range keys {
		if err := ss.dbSet(ctx, family, k[0], k[1]); err != nil {
			for _, k := range keys[:i] {
				err = errors.Join(err, ss.dbSet(ctx, family, k[0], settings["queue/"+name+"/"+k[0]]))
			}
			return err
		}
	}
	// A lamp for it. What holds is in the database, so it does not matter when there can be none.
	state := "NOT_INUSE"
	if v.Night {
		state = "INUSE"
	}
	if err := ss.do(ctx, ask("Setvar", "Variable", "DEVICE_STATE("+nightDevice+name+")", "Value", state)); err != nil {
		ss.s.log.Warn("no lamp for a queue's night", "queue", name, "err", err)
	}
	select {
	case ss.refresh <- name:
	default: // it is asked for already
	}
	return nil
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// setStrategy changes queues.conf and has the queue read it again. Asterisk changes to "linear" only when it starts.
func (ss *session) setStrategy(ctx context.Context, name string, to team.Distribution) error {
	strategy := ""
	for _, s := range strategies {
		if s.is == to {
			strategy = s.name
			break
		}
	}
	switch to {
	case "":
	case team.DistributionInOrder:
		return phone.Refuse(phone.ReasonNotSupported, "distribution "+string(to))
	}
	if strategy == "" {
		return phone.Refuse(phone.ReasonBadItem, "distribution")
	}
	edit := func(verb string) error {
		return ss.do(ctx, ask("UpdateConfig", "SrcFilename", "queues.conf", "DstFilename", "queues.conf",
			"Action-000000", verb, "Cat-000000", name, "Var-000000", "strategy", "Value-000000", strategy))
	}
	err := edit("Update")
	if r := (*refusal)(nil); errors.As(err, &r) && strings.Contains(strings.ToLower(r.said), "update did not complete") {
		err = edit("Append") // it has no such line yet
	}
	if err != nil {
		return err
	}
	return ss.do(ctx, ask("QueueReload", "Queue", name, "Members", "no", "Rules", "no", "Parameters", "yes"))
}

// dbSet writes a value of the exchange's database, or takes it away.
func (ss *session) dbSet(ctx context.Context, family, key, value string) error {
	if value != "" {
		return ss.do(ctx, ask("DBPut", "Family", family, "Key", key, "Val", value))
	}
	err := ss.do(ctx, ask("DBDel", "Family", family, "Key", key))
	var r *refusal
	if !errors.As(err, &r) {
		return err
	}
	// It does not say whether it was not there.
	if e := ss.do(ctx, ask("DBGet", "Family", family, "Key", key)); errors.As(e, &r) && strings.Contains(strings.ToLower(r.said), "not found") {
		return nil
	}
	return err
}
