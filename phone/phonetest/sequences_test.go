package phonetest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// Random sequences of everything a switchboard does, against a model that says who talks with whom. After each step the
// snapshot, the PBX's own list of lines and the sound in every speaker must agree with it.

const (
	sequences     = 50 // SVARA_SEQUENCES runs another number, SVARA_SEED another seed
	sequenceSteps = 4
	offices       = 2 // at the same time
	enough        = 4 * time.Minute
)

// Of a call that both sides have held, Asterisk forgets one when the other is taken back, and sends its music and the
// other side's silence in turns, or plays nothing any more: the model leaves that alone, nobody resumes who is held.

// link is a call between the operator and a colleague.
type link struct {
	x           *desk
	ours        string // its ID at the operator's phone
	theirs      string // and at the colleague's
	held        bool   // by the operator
	heldBy      bool   // by the colleague
	since       int    // when it was held, in steps
	together    bool   // in the conference
	consultsFor *link
}

// model is what should be so.
type model struct {
	o     *office
	links []*link
	pairs [][2]*desk // colleagues who talk with each other
	aside bool       // the operator has left the conference alone
	step  int
	did   []string
}

func (m *model) operator() *desk { return m.o.all[0] }

// free is the colleagues who have no call.
func (m *model) free() []*desk {
	return slices.DeleteFunc(slices.Clone(m.o.all[1:]), func(d *desk) bool {
		return slices.ContainsFunc(m.links, func(l *link) bool { return l.x == d }) ||
			slices.ContainsFunc(m.pairs, func(p [2]*desk) bool { return p[0] == d || p[1] == d })
	})
}

func (m *model) which(ok func(*link) bool) []*link {
	var out []*link
	for _, l := range m.links {
		if ok(l) {
			out = append(out, l)
		}
	}
	return out
}

func (m *model) members() []*link { return m.which(func(l *link) bool { return l.together }) }

// active is the one call the operator is in, when it is no conference.
func (m *model) active() *link {
	for _, l := range m.links {
		if !l.held && !l.together {
			return l
		}
	}
	return nil
}

// consultation is the call that consults for another, or nil.
func (m *model) consultation() *link {
	for _, l := range m.links {
		if l.consultsFor != nil {
			return l
		}
	}
	return nil
}

// plain is a call that is neither in a conference nor part of a consultation, nor held by the other side.
func (m *model) plain(l *link) bool {
	k := m.consultation()
	return !l.together && !l.heldBy && (k == nil || k != l && k.consultsFor != l)
}

// others are held when the operator goes to a call, and the conference is left alone. nil is going to the conference.
func (m *model) goTo(to *link) {
	for _, l := range m.links {
		if l != to && !l.together && !l.held {
			l.held, l.since = true, m.step
		}
	}
	m.aside = to != nil && len(m.members()) > 0
	if to != nil {
		to.held = false
	}
}

// gone forgets a call that has ended.
func (m *model) gone(l *link) {
	m.links = slices.DeleteFunc(m.links, func(x *link) bool { return x == l })
	for _, k := range m.links {
		if k.consultsFor == l {
			k.consultsFor = nil
		}
	}
	if rest := m.members(); len(rest) == 1 {
		rest[0].together = false
		rest[0].held, rest[0].since = m.aside, m.step
	}
	if len(m.members()) == 0 {
		m.aside = false
	}
}

// action is one thing that can happen. It returns what it did, for the report, or "" when it cannot happen now.
type action func(t *testing.T, m *model, r *rand.Rand) string

func pick[T any](r *rand.Rand, from []T) (one T, ok bool) {
	if len(from) == 0 {
		return one, false
	}
	return from[r.IntN(len(from))], true
}

var actions = []struct {
	weight int
	do     action
}{
	{4, doDial}, {4, doCalled}, {2, doHold}, {2, doResume}, {2, doSwap}, {5, doConsult}, {4, doComplete}, {2, doTakeBack},
	{4, doTransfer}, {2, doUndo}, {4, doMerge}, {2, doHangUp}, {2, doHungUp}, {1, doHeldBy},
}

func doDial(t *testing.T, m *model, r *rand.Rand) string {
	x, ok := pick(r, m.free())
	if !ok {
		return ""
	}
	l := &link{x: x}
	l.ours, l.theirs = talk(t, m.operator(), x)
	m.links = append(m.links, l)
	m.goTo(l)
	return "dial " + x.user
}

func doCalled(t *testing.T, m *model, r *rand.Rand) string {
	x, ok := pick(r, m.free())
	if !ok {
		return ""
	}
	l := &link{x: x}
	l.theirs, l.ours = talk(t, x, m.operator())
	m.links = append(m.links, l)
	m.goTo(l)
	return "called by " + x.user
}

func doHold(_ *testing.T, m *model, _ *rand.Rand) string {
	l := m.active()
	if l == nil {
		return ""
	}
	m.operator().Hold(l.ours)
	l.held, l.since = true, m.step
	return "hold " + l.x.user
}

func doResume(_ *testing.T, m *model, r *rand.Rand) string {
	l, ok := pick(r, m.which(func(l *link) bool { return l.held && !l.heldBy || l.together && m.aside }))
	if !ok {
		return ""
	}
	m.operator().Resume(l.ours)
	if l.together {
		m.goTo(nil)
		return "back to the conference by " + l.x.user
	}
	m.goTo(l)
	return "resume " + l.x.user
}

func doSwap(_ *testing.T, m *model, _ *rand.Rand) string {
	held := m.which(func(l *link) bool { return l.held })
	if m.active() == nil || len(held) == 0 || len(m.members()) > 0 {
		return ""
	}
	to := slices.MinFunc(held, func(a, b *link) int { return a.since - b.since })
	// A consultation swaps with the call it is about, whoever else has been held for longer.
	a := m.active()
	if a.consultsFor != nil && a.consultsFor.held {
		to = a.consultsFor
	} else if k := m.consultation(); k != nil && k.consultsFor == a && k.held {
		to = k
	}
	if to.heldBy {
		return ""
	}
	m.operator().Swap()
	m.goTo(to)
	return "swap to " + to.x.user
}

func doConsult(t *testing.T, m *model, r *rand.Rand) string {
	l, ok := pick(r, m.which(m.plain))
	y, there := pick(r, m.free())
	if !ok || !there || m.consultation() != nil {
		return ""
	}
	k := &link{x: y, consultsFor: l}
	k.ours = m.operator().Consult(l.ours, y.user)
	k.theirs = y.AnswerNext()
	m.operator().Wait(k.ours, phone.StateConnected)
	m.links = append(m.links, k)
	m.goTo(k)
	return "consult " + y.user + " for " + l.x.user
}

func doComplete(_ *testing.T, m *model, r *rand.Rand) string {
	k := m.consultation()
	if k == nil || k.heldBy || k.consultsFor.heldBy {
		return ""
	}
	c := k.consultsFor
	m.operator().Complete([]string{k.ours, c.ours}[r.IntN(2)])
	m.operator().Wait(c.ours, phone.StateEnded)
	m.operator().Wait(k.ours, phone.StateEnded)
	m.gone(k)
	m.gone(c)
	m.pairs = append(m.pairs, [2]*desk{c.x, k.x})
	return "connect " + c.x.user + " with " + k.x.user
}

func doTakeBack(_ *testing.T, m *model, _ *rand.Rand) string {
	k := m.consultation()
	if k == nil || k.consultsFor.heldBy {
		return ""
	}
	c := k.consultsFor
	m.operator().TakeBack(c.ours)
	m.operator().Wait(k.ours, phone.StateEnded)
	m.gone(k)
	m.goTo(c)
	return "take " + c.x.user + " back from " + k.x.user
}

func doTransfer(_ *testing.T, m *model, r *rand.Rand) string {
	l, ok := pick(r, m.which(m.plain))
	y, there := pick(r, m.free())
	if !ok || !there {
		return ""
	}
	m.operator().Transfer(l.ours, y.user)
	y.AnswerNext()
	m.operator().Wait(l.ours, phone.StateEnded)
	m.gone(l)
	m.pairs = append(m.pairs, [2]*desk{l.x, y})
	return "transfer " + l.x.user + " to " + y.user
}

func doUndo(_ *testing.T, m *model, r *rand.Rand) string {
	l, ok := pick(r, m.which(m.plain))
	y, there := pick(r, m.free())
	if !ok || !there {
		return ""
	}
	m.operator().Transfer(l.ours, y.user)
	ringing := y.Wait("any", phone.StateIncoming)
	m.operator().TakeBack(l.ours)
	y.Wait(ringing, phone.StateEnded)
	m.goTo(l)
	return "transfer " + l.x.user + " to " + y.user + " and take back"
}

func doMerge(_ *testing.T, m *model, _ *rand.Rand) string {
	if len(m.links) < 2 || len(m.members()) == len(m.links) || slices.ContainsFunc(m.links, func(l *link) bool { return l.heldBy }) {
		return ""
	}
	m.operator().Merge()
	for _, l := range m.links {
		l.together, l.held, l.consultsFor = true, false, nil
	}
	m.aside = false
	return "merge"
}

func doHangUp(_ *testing.T, m *model, r *rand.Rand) string {
	l, ok := pick(r, m.links)
	if !ok {
		return ""
	}
	m.operator().Must("hangup", l.ours)
	m.operator().Wait(l.ours, phone.StateEnded)
	m.gone(l)
	return "hang " + l.x.user + " up"
}

// doHungUp has a colleague hang up, on the operator or on another colleague.
func doHungUp(_ *testing.T, m *model, r *rand.Rand) string {
	if len(m.pairs) > 0 && r.IntN(2) == 0 {
		i := r.IntN(len(m.pairs))
		p := m.pairs[i]
		p[0].Must("hangup", "all")
		m.pairs = slices.Delete(m.pairs, i, i+1)
		return p[0].user + " hangs up on " + p[1].user
	}
	l, ok := pick(r, m.links)
	if !ok {
		return ""
	}
	l.x.Must("hangup", l.theirs)
	m.operator().Wait(l.ours, phone.StateEnded)
	m.gone(l)
	return l.x.user + " hangs up"
}

// doHeldBy has a colleague hold the operator, or talk again.
func doHeldBy(_ *testing.T, m *model, r *rand.Rand) string {
	l, ok := pick(r, m.which(func(l *link) bool { return !l.together }))
	if !ok || l.held && l.heldBy {
		return ""
	}
	if l.heldBy = !l.heldBy; l.heldBy {
		l.x.Hold(l.theirs)
		return l.x.user + " holds us"
	}
	l.x.Resume(l.theirs)
	return l.x.user + " talks again"
}

// expected is who hears whom.
func (m *model) expected() hear {
	out := hear{}
	for _, d := range m.o.all {
		out[d] = nil
	}
	operator := m.operator()
	hears := func(who *desk, what any) { out[who] = append(out[who], what) }
	for _, l := range m.links {
		switch {
		case l.together:
			if !m.aside {
				hears(operator, l.x)
				hears(l.x, operator)
			}
			for _, k := range m.members() {
				if k != l {
					hears(l.x, k.x)
				}
			}
		case l.held && !l.heldBy:
			hears(l.x, phonetest.HoldHz)
		case l.heldBy && !l.held:
			hears(operator, phonetest.HoldHz)
		case !l.held:
			hears(operator, l.x)
			hears(l.x, operator)
		}
	}
	for _, p := range m.pairs {
		hears(p[0], p[1])
		hears(p[1], p[0])
	}
	return out
}

// agree checks the sound, the PBX's lines and the operator's snapshot.
func (m *model) agree(t *testing.T) {
	t.Helper()
	step := strings.Join(m.did, ", ")
	sounds(t, step, m.expected())
	lines := map[*desk]int{m.operator(): len(m.links)}
	for _, l := range m.links {
		lines[l.x] = 1
	}
	for _, p := range m.pairs {
		lines[p[0]], lines[p[1]] = 1, 1
	}
	m.o.lines(t, step, lines)
	snap := m.operator().Snapshot()
	for _, l := range m.links {
		id, _ := strconv.ParseUint(l.ours, 10, 64)
		c := snap.Call(phone.CallID(id))
		if c == nil || c.State != phone.StateConnected || c.Conference != l.together || !l.together && c.Hold.Local() != l.held {
			t.Fatalf("%s: the call with %s is shown as %+v, should be held %v, in the conference %v", step, l.x.user, c, l.held, l.together)
		}
	}
	if in := snap.Conference; (in != nil) != (len(m.members()) > 0) || in != nil && (len(in.Calls) != len(m.members()) || in.Aside != m.aside) {
		t.Fatalf("%s: the conference is shown as %+v, should have %d, aside %v", step, in, len(m.members()), m.aside)
	}
}

func (m *model) next(t *testing.T, r *rand.Rand) {
	t.Helper()
	total := 0
	for _, a := range actions {
		total += a.weight
	}
	for range 200 {
		n := r.IntN(total)
		i := slices.IndexFunc(actions, func(a struct {
			weight int
			do     action
		}) bool {
			n -= a.weight
			return n < 0
		})
		m.step++
		if did := actions[i].do(t, m, r); did != "" {
			m.did = append(m.did, did)
			return
		}
	}
	t.Fatal("nothing can happen: the model is stuck")
}

func envInt(t *testing.T, name string, fallback uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRandomSequences(t *testing.T) {
	t.Parallel()
	count, seed := envInt(t, "SVARA_SEQUENCES", sequences), envInt(t, "SVARA_SEED", uint64(time.Now().Unix()))
	t.Logf("SVARA_SEED=%d", seed)
	for n := range uint64(offices) {
		t.Run(fmt.Sprintf("office %d of seed %d", n, seed), func(t *testing.T) {
			t.Parallel()
			begun, done := time.Now(), 0
			o := startOffice(t, 4, phonetest.AsteriskConfig{})
			for i := n; i < count; i += offices {
				if count <= sequences && time.Since(begun) > enough {
					break
				}
				r := rand.New(rand.NewPCG(seed, i))
				m := &model{o: o, did: []string{fmt.Sprintf("sequence %d", i)}}
				for range 1 + sequenceSteps {
					m.next(t, r)
					m.agree(t)
				}
				o.goHome(t)
				done++
			}
			t.Logf("%d sequences in %v", done, time.Since(begun).Round(time.Second))
		})
	}
}
