package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/store/teamdb"
)

// moveLog takes a log from SQLite to PostgreSQL, as a backup that is restored.
func moveLog(b *testing.B, file, dsn string) {
	db, err := openTeam(dsn)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(db.Restore(context.Background(), file, slog.New(slog.DiscardHandler)), db.Close()); err != nil {
		b.Fatal(err)
	}
}

// fillLog makes a log of a million calls: 20 queues, 200 people, a fifth missed, a hundredth of those open.
func fillLog(b *testing.B, file string) {
	db, err := openTeam(file)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rng := rand.New(rand.NewPCG(7, 7))
	at := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	names := []string{"Anna", "Örjan", "Åsa", "Karl", "Eva", "Lars", "Ingrid", "Nils", "Siv", "Otto"}
	const together = 20000
	for n := 0; n < teamRows; n += together {
		_, err := db.Update(context.Background(), func(tx kept.Tx) error {
			for i := n; i < n+together; i++ {
				at = at.Add(time.Duration(rng.IntN(40)) * time.Second)
				q := rng.IntN(teamQueues)
				e := team.LogEntry{ID: strconv.Itoa(i), Queue: queueName(q), Group: team.GroupID(fmt.Sprintf("g%d", q)), Began: at, WaitS: rng.IntN(60), Outcome: team.OutcomeAnswered,
					From: phone.Party{Number: fmt.Sprintf("07%08d", rng.IntN(50_000_000)), Name: fmt.Sprintf("%s %s%d", names[rng.IntN(10)], names[rng.IntN(10)], rng.IntN(5000))}}
				switch rng.IntN(10) {
				case 0, 1:
					e.Outcome = team.OutcomeMissed
					if rng.IntN(100) > 0 {
						e.Handled, e.Handler, e.Note = true, team.PersonID(fmt.Sprintf("p%d", rng.IntN(200))), "Ringde upp, ärende "+strconv.Itoa(rng.IntN(1_000_000))
					}
				case 2:
					e.Outcome, e.To = team.OutcomeRedirected, "2100"
				default:
					e.Answered, e.TalkS = team.PersonID(fmt.Sprintf("p%d", rng.IntN(200))), rng.IntN(600)
				}
				if _, err := tx.PutCall(e); err != nil {
					return err
				}
				if !e.Handled { // an exchange tells nothing of that
					continue
				}
				if _, err := tx.PutCare(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// teamLog asks the log for first pages, each filter fifty times with other values, and some pages on.
func teamLog(b *testing.B, t *table, name, dsn string) {
	db, err := openTeam(dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	person := func() team.PersonID { return team.PersonID(fmt.Sprintf("p%d", rng.IntN(200))) }
	queue := func() phone.QueueID { return queueName(rng.IntN(teamQueues)) }
	all := []team.GroupID(nil)
	few := []team.GroupID{"g1", "g2", "g3"}
	filters := map[string]func() (team.LogQuery, []team.GroupID){
		"first page": func() (team.LogQuery, []team.GroupID) { return team.LogQuery{}, all },
		"own groups": func() (team.LogQuery, []team.GroupID) { return team.LogQuery{}, few },
		"open first": func() (team.LogQuery, []team.GroupID) { return team.LogQuery{OpenFirst: true}, few },
		"open":       func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Open: true}, all },
		"nobody's":   func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Open: true, Nobody: true}, few },
		"queue":      func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Queues: []phone.QueueID{queue()}}, few },
		"queues": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Queues: []phone.QueueID{queue(), queue(), queue()}}, all
		},
		"outcome": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed}}, few
		},
		"outcome waiting": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Outcomes: []team.Outcome{team.OutcomeWaiting}}, all
		},
		"queue, outcomes": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Queues: []phone.QueueID{queue()}, Outcomes: []team.Outcome{team.OutcomeMissed, team.OutcomeRedirected}}, all
		},
		"handler":          func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Handlers: []team.PersonID{person()}}, all },
		"handler in group": func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Handlers: []team.PersonID{person()}}, few },
		"answered by":      func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Answered: []team.PersonID{person()}}, few },
		"number": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Number: fmt.Sprintf("+467%08d", rng.IntN(50_000_000))}, all
		},
		"name": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Text: fmt.Sprintf("åsa karl%d", rng.IntN(5000))}, all
		},
		"common name":   func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Text: "anna"}, all },
		"name in group": func() (team.LogQuery, []team.GroupID) { return team.LogQuery{Text: "ingrid"}, few },
		"note": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Text: fmt.Sprintf("ärende %d", rng.IntN(1_000_000))}, all
		},
		"own with a word": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Text: "anna", Handlers: []team.PersonID{person()}}, all
		},
		"open with a word": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Text: "anna", OpenFirst: true}, few
		},
		"a queue's notes": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Text: "ringde", Queues: []phone.QueueID{queue()}}, few
		},
		"part of a number": func() (team.LogQuery, []team.GroupID) {
			return team.LogQuery{Text: fmt.Sprintf("%05d", rng.IntN(100_000))}, all
		},
		"a day": func() (team.LogQuery, []team.GroupID) {
			from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(200))
			return team.LogQuery{From: from, To: from.AddDate(0, 0, 1)}, few
		},
		"a queue's day": func() (team.LogQuery, []team.GroupID) {
			from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(200))
			return team.LogQuery{From: from, To: from.AddDate(0, 0, 1), Queues: []phone.QueueID{queue()}, Outcomes: []team.Outcome{team.OutcomeMissed}}, all
		},
	}
	worst, slowest := time.Duration(0), ""
	var whole []time.Duration
	for filter, make := range filters {
		var took []time.Duration
		for range 50 {
			q, groups := make()
			for range 2 { // the first page and the one after
				begun := time.Now()
				page, err := db.Log(context.Background(), q, groups)
				took = append(took, time.Since(begun))
				if err != nil {
					b.Fatal(errors.Join(err, fmt.Errorf("filter %s", filter)))
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
		}
		whole = append(whole, took...)
		p := percentile(took, .99)
		b.Logf("%s, %s: p50 %s, p99 %s", name, filter, ms(percentile(took, .5)), ms(p))
		if p > worst {
			worst, slowest = p, filter
		}
	}
	together, full := teamLogTogether(b, db, rng)
	p := percentile(together, .99)
	t.add(name+": log of 1,000,000 rows, filters together", fmt.Sprintf("p50 %s p99 %s a page; until the first 50 are there p99 %s", ms(percentile(together, .5)), ms(p), ms(percentile(full, .99))), "-", "p99 ≤ 50 ms", p <= 50*time.Millisecond)
	t.add(name+": log of 1,000,000 rows, any filter", fmt.Sprintf("p99 %s of all; slowest filter %s: p99 %s", ms(percentile(whole, .99)), slowest, ms(worst)), "-", "p99 ≤ 50 ms", worst <= 50*time.Millisecond)
}

// teamLogTogether asks for what the window can ask for at once: some of queue, handler, circles, time, open ones and words. It
// returns how long each page took, and how long until there was nothing left or a whole page had come.
func teamLogTogether(b *testing.B, db *teamdb.DB, rng *rand.Rand) (pages, full []time.Duration) {
	words := []func() string{
		func() string { return "" }, func() string { return "" }, func() string { return "anna" }, func() string { return "ringde" }, func() string { return "ingrid örjan" },
		func() string { return fmt.Sprintf("åsa karl%d", rng.IntN(5000)) }, func() string { return fmt.Sprintf("ärende %d", rng.IntN(1_000_000)) },
		func() string { return fmt.Sprintf("%05d", rng.IntN(100_000)) }, func() string { return "finns inte" }, func() string { return "zz qq" }, func() string { return "an ka" },
	}
	circles := [][]team.Outcome{nil, nil, {team.OutcomeMissed}, {team.OutcomeRedirected}, {team.OutcomeAnswered}, {team.OutcomeMissed, team.OutcomeRedirected}}
	for range 1000 {
		q := team.LogQuery{OpenFirst: true, Open: rng.IntN(3) == 0, Text: words[rng.IntN(len(words))](), Outcomes: circles[rng.IntN(len(circles))]}
		if rng.IntN(2) == 0 {
			q.Queues = []phone.QueueID{queueName(1 + rng.IntN(3))}
		}
		switch rng.IntN(4) {
		case 0:
			q.Handlers = []team.PersonID{team.PersonID(fmt.Sprintf("p%d", rng.IntN(200)))}
		case 1:
			q.Nobody = true
		}
		if days := []int{0, 0, 1, 30}[rng.IntN(4)]; days > 0 {
			q.From = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(200))
			q.To = q.From.AddDate(0, 0, days)
		}
		groups := [][]team.GroupID{nil, {"g1", "g2", "g3"}}[rng.IntN(2)]
		begun := time.Now()
		for found := 0; found < 50; {
			asked := time.Now()
			page, err := db.Log(context.Background(), q, groups)
			pages = append(pages, time.Since(asked))
			if err != nil {
				b.Fatal(errors.Join(err, fmt.Errorf("query %+v", q)))
			}
			found += len(page.Entries)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		full = append(full, time.Since(begun))
	}
	return pages, full
}
