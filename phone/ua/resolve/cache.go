package resolve

import (
	"context"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// question is a name (fully qualified, lower case) and a record type.
type question struct {
	name string
	kind uint16
}

// entry is an answer: records, or an alias under which to ask on, or neither when there is none.
type entry struct {
	records []dns.RR
	alias   string
	expires time.Time
}

const (
	maxEntries  = 512
	minNegative = 5 * time.Second  // a name that is not there is asked for again after
	maxNegative = 60 * time.Second // at least and at most this
	maxTTL      = 24 * time.Hour
	maxStale    = 24 * time.Hour // RFC 8767 section 5 suggests one to three days
)

// cache keeps answers past their time, for when nobody can be asked.
type cache struct {
	mu      sync.Mutex
	entries map[question]entry // guarded by mu
}

// get is the entry for q. It may be expired.
func (c *cache) get(q question) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[q]
	return e, ok
}

// put stores an answer. A full cache drops what expires first.
func (c *cache) put(q question, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.entries[q]; !there && len(c.entries) >= maxEntries {
		var oldest question
		for k, v := range c.entries {
			if o, ok := c.entries[oldest]; !ok || v.expires.Before(o.expires) {
				oldest = k
			}
		}
		delete(c.entries, oldest)
	}
	c.entries[q] = e
}

// ask answers from the cache, else from the nameservers, else from the cache although expired.
func (r *Resolver) ask(ctx context.Context, q question) (entry, error) {
	now := r.config.now()
	old, known := r.cache.get(q)
	if known && now.Before(old.expires) {
		return old, nil
	}
	// Only an expired answer that says something is worth keeping: that a name was missing helps nobody.
	stale := known && (len(old.records) > 0 || old.alias != "") && now.Sub(old.expires) < maxStale
	if stale {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, staleAfter)
		defer cancel()
	}
	fresh, err := r.exchange(ctx, q)
	switch {
	case err == nil:
		r.cache.put(q, fresh)
		return fresh, nil
	case stale:
		r.config.Log.Info("DNS does not answer, going by what it said before", "name", q.name, "type", dns.TypeToString[q.kind], "err", err)
		return old, nil
	}
	return entry{}, err
}
