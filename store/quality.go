package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"svara/phone"
)

// qualityJSON is how a call's quality is kept.
func qualityJSON(q *phone.CallQuality) string {
	if q == nil {
		return ""
	}
	b, err := json.Marshal(q)
	if err != nil { // a figure that is no number
		return ""
	}
	return string(b)
}

// qualityOf reads it; what cannot be read was never known.
func qualityOf(kept string) *phone.CallQuality {
	var q phone.CallQuality
	if kept == "" || json.Unmarshal([]byte(kept), &q) != nil {
		return nil
	}
	return &q
}

// mostMeasured is how many calls averages go back at most.
const mostMeasured = 20_000

// Qualities is how calls have sounded, taken together as the query says, the worst first.
func (s *Store) Qualities(ctx context.Context, q phone.QualityQuery) ([]phone.QualityAverage, error) {
	by, ok := map[phone.QualityBy]func(phone.HistoryEntry) string{
		phone.QualityByContact: func(e phone.HistoryEntry) string { return s.contactKey(e.Remote) },
		phone.QualityByDevice:  func(e phone.HistoryEntry) string { return e.Quality.Device },
		phone.QualityByNetwork: func(e phone.HistoryEntry) string { return e.Quality.Network },
	}[q.By]
	if !ok {
		return nil, phone.Refuse(phone.ReasonBadCommand, "by "+string(q.By))
	}
	where, args, err := s.historyConditions(ctx, phone.HistoryQuery{Number: q.Number, Since: q.Since})
	if err != nil {
		return nil, fail("read qualities", err)
	}
	query, args := newestFirst(selectHistory, append(where, "quality <> ''"), args, mostMeasured)
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fail("read qualities", err)
	}
	defer func() { _ = rows.Close() }()
	groups := map[string]*qualitySum{}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, fail("read qualities", err)
		}
		if e.Quality == nil {
			continue
		}
		key := by(e)
		g := groups[key]
		if g == nil {
			g = &qualitySum{QualityAverage: phone.QualityAverage{Key: key, Last: e.Begun}}
			if q.By == phone.QualityByContact {
				g.Key, g.Label = cmp.Or(e.Remote.Number, e.Remote.URI), e.Remote.Name
			}
			groups[key] = g
		}
		g.add(e)
	}
	if err := rows.Err(); err != nil {
		return nil, fail("read qualities", err)
	}
	out := make([]phone.QualityAverage, 0, len(groups))
	for _, g := range groups {
		out = append(out, g.average())
	}
	slices.SortFunc(out, func(a, b phone.QualityAverage) int {
		return cmp.Or(cmp.Compare(lower(a), lower(b)), b.Last.Compare(a.Last), strings.Compare(a.Key, b.Key))
	})
	return out[:min(len(out), cmp.Or(max(q.Limit, 0), 50))], nil
}

// contactKey tells contacts apart, however their numbers are written.
func (s *Store) contactKey(p phone.Party) string {
	if number, ok := s.numberPlan().E164(p.Number); ok {
		return number
	}
	return strings.ToLower(cmp.Or(p.Number, p.URI))
}

// lower is the lower of the two directions; what is not known comes last.
func lower(a phone.QualityAverage) float64 {
	return min(cmp.Or(a.MOS, 9), cmp.Or(a.MOSOut, 9))
}

// qualitySum is averages in the making: figures times seconds, and the seconds in which they were known.
type qualitySum struct {
	phone.QualityAverage
	seconds, trip, in, out float64
}

func (g *qualitySum) add(e phone.HistoryEntry) {
	q, weight := e.Quality, max(1, e.Duration.Seconds())
	g.Calls++
	g.Duration += max(0, e.Duration)
	g.seconds += weight
	g.LossIn += weight * q.LossIn
	g.LossOut += weight * q.LossOut
	g.JitterMS += weight * q.JitterMS
	g.Concealed += weight * q.Concealed
	for _, known := range []struct {
		value      float64
		sum, times *float64
	}{{q.RTTMS, &g.RTTMS, &g.trip}, {q.MOS, &g.MOS, &g.in}, {q.MOSOut, &g.MOSOut, &g.out}} {
		if known.value > 0 {
			*known.sum += weight * known.value
			*known.times += weight
		}
	}
	for _, mos := range []float64{q.MOS, q.MOSOut} {
		if mos > 0 && (g.Worst == 0 || mos < g.Worst) {
			g.Worst = mos
		}
	}
}

func (g *qualitySum) average() phone.QualityAverage {
	a := g.QualityAverage
	for _, f := range []struct {
		value *float64
		by    float64
	}{
		{&a.LossIn, g.seconds}, {&a.LossOut, g.seconds}, {&a.JitterMS, g.seconds}, {&a.Concealed, g.seconds},
		{&a.RTTMS, g.trip}, {&a.MOS, g.in}, {&a.MOSOut, g.out},
	} {
		if f.by > 0 {
			*f.value /= f.by
		}
	}
	return a
}

var _ phone.Qualities = (*Store)(nil)
