package store

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"sync"

	"svara/phone"
)

const (
	// textsMost is how large the texts in memory may be, in bytes: some 400,000 calls. Of more, the table is read.
	textsMost = 32 << 20
	// namedMost is how many calls a query names by their IDs. What more are found by, the table's newest rows have too.
	namedMost = 1000
)

// historyTexts is what the history is searched in, in memory from the first search on: reading the table for it takes a
// tenth of a second for every 100,000 calls, this takes a hundredth.
type historyTexts struct {
	mu    sync.Mutex
	ids   []int64          // mu: rising
	ends  []int            // mu: of each text in blob
	blob  []byte           // mu: see entryText
	later map[int64][]byte // mu: texts that have changed since
	off   bool             // mu: there are too many
}

// find is the newest calls before an ID (0 for all) whose text has it all, or false when there are too many to name.
func (h *historyTexts) find(ctx context.Context, db *sql.DB, w wanted, before int64) (ids []int64, few bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.load(ctx, db); err != nil || h.off {
		return nil, false, err
	}
	for i := len(h.ids) - 1; i >= 0; i-- {
		id := h.ids[i]
		if before > 0 && id >= before {
			continue
		}
		from := 0
		if i > 0 {
			from = h.ends[i-1]
		}
		text := h.blob[from:h.ends[i]]
		if now, changed := h.later[id]; changed {
			text = now
		}
		if !w.in(text) {
			continue
		}
		if ids = append(ids, id); len(ids) > namedMost {
			return nil, false, nil
		}
	}
	return ids, true, nil
}

// load reads the calls that have come since. Those that are gone are found by nobody: the table does not have them.
func (h *historyTexts) load(ctx context.Context, db *sql.DB) error {
	if h.off {
		return nil
	}
	last := int64(0)
	if n := len(h.ids); n > 0 {
		last = h.ids[n-1]
	}
	rows, err := db.QueryContext(ctx, "SELECT id, words, digits, queue FROM history WHERE id > ? ORDER BY id", last)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		var words, digits, queue sql.RawBytes
		if err := rows.Scan(&id, &words, &digits, &queue); err != nil {
			return err
		}
		h.blob = append(append(append(append(append(h.blob, words...), 0), digits...), 0), queue...)
		h.ids, h.ends = append(h.ids, id), append(h.ends, len(h.blob))
		if len(h.blob) > textsMost {
			h.ids, h.ends, h.blob, h.later, h.off = nil, nil, nil, nil, true
			return nil
		}
	}
	return rows.Err()
}

// change takes the text of a call that has another now.
func (h *historyTexts) change(id int64, text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := slices.BinarySearch(h.ids, id); !there {
		return // it will be read
	}
	if h.later == nil {
		h.later = map[int64][]byte{}
	}
	h.later[id] = text
}

// entryText is what a call is searched in.
func entryText(words, digits string, queue phone.QueueID) []byte {
	return []byte(words + "\x00" + digits + "\x00" + string(queue))
}

// in reports whether a call's text has what is wanted.
func (w wanted) in(text []byte) bool {
	words, rest, _ := bytes.Cut(text, []byte{0})
	digits, queue, _ := bytes.Cut(rest, []byte{0})
	has := func(n needle) bool {
		switch n.in {
		case inWords:
			return bytes.Contains(words, []byte(n.text))
		case inDigits:
			return bytes.Contains(digits, []byte(n.text))
		}
		return string(queue) == n.text
	}
	return slices.ContainsFunc(w, func(all [][]needle) bool {
		for _, ways := range all {
			if !slices.ContainsFunc(ways, has) {
				return false
			}
		}
		return true
	})
}
