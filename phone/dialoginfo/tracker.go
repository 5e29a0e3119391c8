package dialoginfo

import "slices"

// maxRows bounds what a Tracker remembers, for an exchange that begins dialogs and never ends them.
const maxRows = 1024

// Tracker puts documents together (RFC 4235 section 4.3). The zero value has seen none. One goroutine may
// use it. A copy goes its own way from then on.
type Tracker struct {
	version uint32
	started bool
	gap     bool
	rows    []Dialog // by first appearance, none terminated
}

// Apply takes a document and reports whether Dialogs has changed. One that is older than the last is ignored. Equal
// versions are taken: some exchanges count nothing.
func (t *Tracker) Apply(d Document) (changed bool) {
	if t.started && d.Version < t.version {
		return false
	}
	missed := !t.started || d.Version-t.version > 1
	t.started, t.version = true, d.Version
	before := t.rows // a copy of the Tracker keeps what it had
	t.rows = slices.Clone(before)
	switch {
	case d.Full:
		t.rows, t.gap = nil, false
	case missed:
		t.gap = true
	}
	for _, dialog := range d.Dialogs {
		t.put(dialog)
	}
	return !slices.Equal(before, t.rows)
}

func (t *Tracker) put(d Dialog) {
	i := slices.IndexFunc(t.rows, func(row Dialog) bool { return row.ID == d.ID })
	switch {
	case i >= 0 && d.State == Terminated:
		t.rows = slices.Delete(t.rows, i, i+1)
	case i >= 0:
		t.rows[i] = d
	case d.State == Terminated:
	case len(t.rows) >= maxRows:
		t.gap = true
	default:
		t.rows = append(t.rows, d)
	}
}

// Dialogs is the entity's dialogs as far as told, by first appearance, without those that have ended.
func (t *Tracker) Dialogs() []Dialog { return slices.Clone(t.rows) }

// Gap reports that a partial document was missed, so that Dialogs may be wrong: the subscription should be refreshed,
// which makes the exchange send a full one. It stays until that has come; ask once each time it becomes true, since some
// exchanges never send one.
func (t *Tracker) Gap() bool { return t.gap }
