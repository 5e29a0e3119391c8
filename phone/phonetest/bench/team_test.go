package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/phone/team/server"
	"svara/phone/team/tally"
	"svara/store/teamdb"
)

// The team server's figures: quality.md, "team server".
const (
	teamDesks  = 1000
	teamQueues = 20  // with fifty agents each
	teamEvents = 200 // a second
	teamTime   = 20 * time.Second
	teamRows   = 1_000_000
)

// teamChild makes this test program a team server with a pretended exchange: its value is the database.
const teamChild = "SVARA_TEAM_BENCH"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(teamChild); dsn != "" {
		if err := teamServer(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func openTeam(dsn string) (*teamdb.DB, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if strings.HasPrefix(dsn, "postgres://") {
		return teamdb.OpenPostgres(context.Background(), dsn, log)
	}
	return teamdb.Open(context.Background(), dsn, log)
}

// pretended is an exchange whose queues have as many events a second as it is told on standard input.
type pretended struct{ rate atomic.Int64 }

func (*pretended) ID() string                                  { return "pretended" }
func (*pretended) Do(context.Context, team.SourceAction) error { return nil }

// Run tells calls: each joins, rings, is answered and ends, or gives up. The caller's name is when it was told, in
// nanoseconds: all of it runs on one machine.
func (p *pretended) Run(ctx context.Context, sink func(team.SourceEvent)) error {
	now := time.Now()
	sink(team.SourceUp{At: now})
	for q := range teamQueues {
		sink(team.QueueTold{At: now, Queue: queueName(q), Name: "Queue"})
		for a := range teamDesks / teamQueues {
			sink(team.MemberTold{At: now, Member: team.Member{Queue: queueName(q), Phone: fmt.Sprintf("PJSIP/%d", 10000+q*teamDesks/teamQueues+a), LoggedIn: true, State: team.MemberIdle, Skill: 10}})
		}
	}
	sink(team.SourceSynced{At: now})
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	begun, told := time.Now(), 0
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		rate := int(p.rate.Load())
		if rate == 0 {
			begun, told = time.Now(), 0
			continue
		}
		for due := int(time.Since(begun).Seconds() * float64(rate)); told < due; told++ {
			call, step := told/4, told%4
			q := queueName(call % teamQueues)
			id, at := fmt.Sprintf("%d-%d", begun.UnixNano(), call), time.Now()
			desk := fmt.Sprintf("PJSIP/%d", 10000+(call%teamQueues)*teamDesks/teamQueues+call/teamQueues%(teamDesks/teamQueues))
			switch step {
			case 0:
				sink(team.CallJoined{At: at, Since: at, Queue: q, Call: id, From: phone.Party{Number: "0701234567", Name: strconv.FormatInt(at.UnixNano(), 10)}, Place: 1})
			case 1:
				sink(team.CallRings{At: at, Queue: q, Call: id, Phone: desk})
			case 2:
				sink(team.CallAnswered{At: at, Queue: q, Call: id, Phone: desk, WaitS: 1})
			case 3:
				sink(team.CallEnded{At: at, Queue: q, Call: id, Phone: desk, TalkS: 1})
			}
		}
	}
}

func queueName(n int) phone.QueueID { return phone.QueueID(strconv.Itoa(800 + n)) }

// teamServer is the child: it serves until its standard input ends, and reads rates from it.
func teamServer(dsn string) error {
	db, err := openTeam(dsn)
	if err != nil {
		return err
	}
	p := &pretended{}
	s, err := server.New(context.Background(), server.Config{Shelf: db, Exchanges: []server.Exchange{{Source: p, Name: "PBX", Tally: func(b team.Before) team.Tally { return tally.New(b) }}}, Lease: time.Second})
	if err != nil {
		return err
	}
	address := os.Getenv(teamChild + "_LISTEN")
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	web := &http.Server{Handler: s}
	go func() { _ = web.Serve(l) }()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		rate, _ := strconv.Atoi(lines.Text())
		p.rate.Store(int64(rate))
	}
	return nil
}

// teamProcess is a running child.
type teamProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	url string
}

func startTeam(b *testing.B, dsn, listen string) *teamProcess {
	b.Helper()
	p := &teamProcess{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), teamChild+"="+dsn, teamChild+"_LISTEN="+listen)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.in, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.kill)
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		b.Fatal("the team server does not start")
	}
	p.url = lines.Text()
	return p
}

func (p *teamProcess) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// memory is what the child has of the machine's, in MB, at most so far (VmHWM).
func (p *teamProcess) memory(b *testing.B) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// cpu is the processor time the child has used.
func (p *teamProcess) cpu(b *testing.B) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	f := strings.Fields(rest)
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// BenchmarkTeamFigures prints the team server's table, for both databases. Run it once: -benchtime 1x.
func BenchmarkTeamFigures(b *testing.B) {
	for range b.N {
		var t table
		b.Run("feeds", func(b *testing.B) {
			b.Run("sqlite", func(b *testing.B) { teamFeeds(b, &t, "SQLite", filepath.Join(b.TempDir(), "team.db")) })
			b.Run("postgres", func(b *testing.B) { teamFeeds(b, &t, "PostgreSQL", phonetest.StartPostgres(b).Database()) })
		})
		b.Run("log", func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "log.db")
			fillLog(b, file)
			teamLog(b, &t, "SQLite", file)
			p := phonetest.StartPostgres(b)
			dsn := p.Database()
			moveLog(b, file, dsn)
			p.SQL(dsn, "VACUUM ANALYZE log")
			teamLog(b, &t, "PostgreSQL", dsn)
		})
		t.print()
	}
}

// peopleOf makes the team: fifty agents in each of twenty groups with a queue each.
func peopleOf(b *testing.B, dsn string) []string {
	db, err := openTeam(dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	s, err := server.New(ctx, server.Config{Shelf: db})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	check := func(seq team.Seq, err error) {
		if err != nil {
			b.Fatal(err)
		}
		s.Settle(ctx, seq)
	}
	var tokens []string
	for g := range teamQueues {
		group := team.GroupID(fmt.Sprintf("g%d", g))
		check(s.PutGroup(ctx, group, team.NewGroup{Group: team.Group{Name: string(group)}}))
		check(db.Update(ctx, func(tx kept.Tx) error {
			_, err := tx.Put(team.Item{Kind: "placed", ID: string(queueName(g)), Group: group, Data: []byte("{}")})
			return err
		}))
		for a := range teamDesks / teamQueues {
			n := 10000 + g*teamDesks/teamQueues + a
			id := team.PersonID(fmt.Sprintf("p%d", n))
			data, _ := json.Marshal(team.Person{ID: id, User: string(id), Name: "Person " + string(id), Extension: strconv.Itoa(n), Groups: map[team.GroupID]team.Rights{group: team.RightsAgent}})
			check(db.Update(ctx, func(tx kept.Tx) error {
				_, err := tx.Put(team.Item{Kind: team.KindPerson, ID: string(id), Data: data})
				return err
			}))
			token, err := s.NewToken(ctx, id, team.NewToken{Name: "desk", Scope: team.ScopeAll, Days: 1})
			if err != nil {
				b.Fatal(err)
			}
			tokens = append(tokens, token.Token)
		}
	}
	return tokens
}

// teamFeeds connects a thousand desktops, has events told, kills the server and sees them all come back.
func teamFeeds(b *testing.B, t *table, name, dsn string) {
	tokens := peopleOf(b, dsn)
	p := startTeam(b, dsn, "127.0.0.1:0")
	ctx, stop := context.WithCancel(context.Background())
	var (
		group  sync.WaitGroup
		synced atomic.Int64 // desktops that have read everything of this connection
		items  atomic.Int64
		mu     sync.Mutex
		delays []time.Duration
		resets atomic.Int64
	)
	for _, token := range tokens {
		c, err := team.NewClient(team.ClientConfig{URL: p.url, Token: token})
		if err != nil {
			b.Fatal(err)
		}
		group.Go(func() {
			defer c.Close()
			live, seen := false, map[string]bool{}
			_ = c.Follow(ctx, "", func(e team.FeedEvent) {
				switch {
				case e.Synced:
					live = true
					synced.Add(1)
				case e.Down != nil:
					if live {
						live = false
						synced.Add(-1)
					}
				case e.Reset:
					resets.Add(1)
				case e.Item != nil && live:
					items.Add(1)
					if e.Item.Kind != team.KindLog || seen[e.Item.ID] {
						return
					}
					seen[e.Item.ID] = true
					var l team.LogEntry
					if json.Unmarshal(e.Item.Data, &l) != nil {
						return
					}
					if at, err := strconv.ParseInt(l.From.Name, 10, 64); err == nil {
						mu.Lock()
						delays = append(delays, time.Since(time.Unix(0, at)))
						mu.Unlock()
					}
				}
			})
		})
	}
	defer func() { stop(); group.Wait() }()
	phonetest.Until(b, 2*time.Minute, "all desktops are connected", func() bool { return synced.Load() == teamDesks })
	from := p.cpu(b)
	fmt.Fprintln(p.in, teamEvents)
	<-time.After(teamTime) // that long it is measured
	fmt.Fprintln(p.in, 0)
	used := p.cpu(b) - from
	mu.Lock()
	got := delays
	delays = nil
	mu.Unlock()
	if len(got) == 0 {
		b.Fatal("nothing was told")
	}
	wanted := teamEvents / 4 * int(teamTime.Seconds()) * teamDesks / teamQueues
	p99 := percentile(got, .99)
	t.add(name+": event to desktop, 1,000 connected, 200/s", fmt.Sprintf("p50 %s p99 %s (%d of %d calls told, %d items, %.0f%% of a core)", ms(percentile(got, .5)), ms(p99), len(got), wanted, items.Load(), 100*used.Seconds()/teamTime.Seconds()),
		"-", "p99 ≤ 250 ms", p99 <= 250*time.Millisecond && len(got) >= wanted*98/100)
	memory := p.memory(b)
	t.add(name+": team server's memory at most", fmt.Sprintf("%.0f MB", memory), "-", "≤ 200 MB", memory <= 200)

	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	p.kill()
	phonetest.Until(b, time.Minute, "all have noticed", func() bool { return synced.Load() == 0 })
	<-time.After(10 * time.Second) // away for so long that pauses are at their longest
	resets.Store(0)
	begun := time.Now()
	startTeam(b, dsn, "127.0.0.1:"+port)
	up := time.Since(begun)
	phonetest.Until(b, time.Minute, "all desktops are back", func() bool { return synced.Load() == teamDesks })
	back := time.Since(begun)
	t.add(name+": restart, 1,000 come back", fmt.Sprintf("%s (%s until it listens; %d read all anew)", ms(back), ms(up), resets.Load()), "-", "≤ 5 s", back <= 5*time.Second)
}
