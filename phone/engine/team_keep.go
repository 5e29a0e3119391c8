package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"svara/phone/team"
)

// TeamKey is where the store keeps what the team server told last, for a start without it.
const TeamKey = "team"

// keepEvery is how often it is written at most while the server tells things, at first at once: a kill may lose that much, and what is written
// is written whole.
const keepEvery = time.Minute

// keptOf is how many things of each kind are kept, those that changed last. Callers that waited are of no use later.
var keptOf = map[team.Kind]int{
	team.KindPerson: 2000, team.KindGroup: 200, team.KindSource: 50, team.KindPresence: 2000, team.KindQueue: 200, team.KindMember: 2000, team.KindLog: 200,
	team.KindMessage: 200, team.KindInbox: 200, team.KindMailbox: 1,
}

// teamMemory is what the team server told last, as it is kept.
type teamMemory struct {
	URL   string      `json:"url"` // whose it is
	At    time.Time   `json:"at"`
	Me    team.Person `json:"me"`
	About team.About  `json:"about"`
	Items []team.Item `json:"items"`
}

// teamKeeper gathers what is to be kept. One goroutine at a time uses it.
type teamKeeper struct {
	r       *runner
	about   inTeamMe
	items   map[team.Kind]map[string]team.Item
	changed bool
	wrote   time.Time
}

func (r *runner) newTeamKeeper(about inTeamMe) *teamKeeper {
	return &teamKeeper{r: r, about: about, items: map[team.Kind]map[string]team.Item{}}
}

// take takes in what was told, and writes when it is time to: also when the server is gone, which may be for long.
func (k *teamKeeper) take(told []team.FeedEvent, now time.Time) {
	down := false
	for _, e := range told {
		switch {
		case e.Reset:
			clear(k.items)
		case e.Down != nil:
			down = true
		case e.Item != nil && keptOf[e.Item.Kind] > 0:
			k.changed = true
			of := k.items[e.Item.Kind]
			if of == nil {
				of = map[string]team.Item{}
				k.items[e.Item.Kind] = of
			}
			if of[e.Item.ID] = *e.Item; e.Item.Gone {
				delete(of, e.Item.ID)
			}
			if limit := keptOf[e.Item.Kind]; len(of) > limit+limit/4 {
				k.items[e.Item.Kind] = newest(of, limit)
			}
		}
	}
	if down || now.Sub(k.wrote) >= keepEvery {
		k.write(now)
	}
}

// newest is the items that changed last.
func newest(of map[string]team.Item, limit int) map[string]team.Item {
	all := slices.Collect(maps.Values(of))
	slices.SortFunc(all, func(a, b team.Item) int { return cmp.Compare(b.Seq, a.Seq) })
	out := make(map[string]team.Item, limit)
	for _, i := range all[:min(limit, len(all))] {
		out[i.ID] = i
	}
	return out
}

// write keeps what was told, unless nothing has changed since. What belongs to an account that is not written down is not either.
func (k *teamKeeper) write(now time.Time) {
	if !k.changed || k.about.at.session {
		return
	}
	k.changed, k.wrote = false, now
	m := teamMemory{URL: k.about.at.url, At: now, Me: k.about.me, About: k.about.about}
	for _, kind := range slices.Sorted(maps.Keys(k.items)) {
		of := k.items[kind]
		if len(of) > keptOf[kind] {
			of = newest(of, keptOf[kind])
		}
		m.Items = slices.AppendSeq(m.Items, maps.Values(of))
	}
	body, err := json.Marshal(m)
	if err != nil {
		return // values that were read as JSON
	}
	k.r.save(savedItem, func(ctx context.Context) error { return k.r.opt.Store.PutState(ctx, TeamKey, string(body)) })
}

// recallTeam tells what was kept of a server, once: the link that is made later is no start.
func (r *runner) recallTeam(at teamAt) {
	text := r.team.kept.Swap(nil)
	var m teamMemory
	if text == nil || json.Unmarshal([]byte(*text), &m) != nil || m.URL != at.url || at.session {
		return
	}
	told := make([]team.FeedEvent, len(m.Items))
	for i := range m.Items {
		told[i].Item = &m.Items[i]
		switch m.Items[i].Kind {
		case team.KindLog:
			sawItem(&r.team.seen, m.At, m.Items[i])
		case team.KindMessage:
			sawItem(&r.team.messages, m.At, m.Items[i])
		}
	}
	r.input(inTeamMe{at: at, me: m.Me, about: m.About})
	r.input(inTeamTold{at: at, told: told, kept: m.At})
}

// sawItem keeps what was told at a time, to be looked in.
func sawItem[T pagedThing](s *seen[T], at time.Time, i team.Item) {
	v := team.Versioned[T]{Seq: i.Seq}
	if decodeItem(i, &v.Value) == nil {
		s.see(at, v)
	}
}

// forgetKept forgets what was kept: nobody is signed in.
func (r *runner) forgetKept() {
	r.save(savedItem, func(ctx context.Context) error { return r.opt.Store.PutState(ctx, TeamKey, "") })
}
