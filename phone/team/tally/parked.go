package tally

import (
	"encoding/json"
	"time"

	"svara/phone/team"
)

// parked is a call in a slot of the exchange.
type parked struct {
	p      team.Parked
	synced int
	gone   bool
	mark   bool
}

func (p *parked) change(t *Tally) team.Change {
	p.mark = false
	c := team.Change{Kind: team.KindParked, ID: t.status.ID + "/" + p.p.Slot, Gone: p.gone}
	if !p.gone {
		c.Value = p.p
	}
	return c
}

func (t *Tally) parkedTold(e team.ParkedTold) {
	since := e.Since
	if since.IsZero() || since.After(e.At) {
		since = e.At
	}
	now := team.Parked{Source: t.status.ID, Slot: e.Slot, From: e.From, Since: since.UTC().Truncate(time.Second)}
	if e.By != "" {
		now.By = t.who(e.By)
	}
	p := t.parked[e.Slot]
	if p != nil && p.p.From == now.From {
		// Told again: since when is what was told first, as the exchange counts whole seconds.
		p.synced = t.sync
		if now.Since = p.p.Since; now.By == "" {
			now.By = p.p.By
		}
		if p.p == now {
			return
		}
	}
	if p == nil {
		p = &parked{}
		t.parked[e.Slot] = p
	}
	p.p, p.synced = now, t.sync
	t.mark(&p.mark, p)
}

func (t *Tally) parkedGone(slot string) {
	p := t.parked[slot]
	if p == nil {
		return
	}
	delete(t.parked, slot)
	p.gone = true
	t.mark(&p.mark, p)
}

func (t *Tally) loadParked(i team.Item) {
	var v team.Parked
	if json.Unmarshal(i.Data, &v) == nil {
		t.parked[v.Slot] = &parked{p: v}
	}
}
