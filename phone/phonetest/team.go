package phonetest

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"svara/phone/team"
)

// TeamConfig says how a team server is started.
type TeamConfig struct {
	Postgres string   // DSN; empty is SQLite in Data
	Data     string   // folder of an earlier one; empty is a new one
	Listen   string   // empty: a free port of 127.0.0.1
	Args     []string // more of serve's flags
}

// Team is a running team server of ours, as its own program.
type Team struct {
	*Process
	URL   string // http://127.0.0.1:port
	Admin string // the administrator's link, at the first start
	Data  string

	t      testing.TB
	config TeamConfig
}

var (
	teamServer = regexp.MustCompile(`(?m)^team server on (https?://\S+)$`)
	adminLink  = regexp.MustCompile(`(?m)^administrator: (https?://\S+) `)
)

// StartTeam starts a team server and waits until it answers.
func StartTeam(t testing.TB, c TeamConfig) *Team {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Data == "" {
		c.Data = filepath.Join(t.TempDir(), "team")
	}
	s := &Team{t: t, config: c, Data: c.Data}
	s.start()
	return s
}

// where names the database for the other commands.
func (s *Team) where() []string {
	if s.config.Postgres != "" {
		return []string{"--postgres", s.config.Postgres}
	}
	return []string{"--data", s.Data}
}

func (s *Team) start() {
	s.t.Helper()
	args := append([]string{"serve", "--listen", s.config.Listen}, s.where()...)
	s.Process = Start(s.t, StartOptions{}, Binary(s.t, "svara-team"), append(args, s.config.Args...)...)
	s.Ready(30*time.Second, "listening", func() bool { return teamServer.MatchString(s.Output()) })
	s.URL = teamServer.FindStringSubmatch(s.Output())[1]
	if m := adminLink.FindStringSubmatch(s.Output()); m != nil {
		s.Admin = m[1]
	}
	s.config.Listen = s.URL[strings.LastIndex(s.URL, "/")+1:]
}

// Restart starts it again at the same address, after it has been ended.
func (s *Team) Restart() {
	s.t.Helper()
	s.start()
}

// Run runs another command of the program on the same database and returns what it prints.
func (s *Team) Run(args ...string) string {
	s.t.Helper()
	out, err := Run(StartOptions{}, Binary(s.t, "svara-team"), append(args, s.where()...)...)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// TeamPassword is what Join chooses.
const TeamPassword = "Hemligt1"

// Join opens a link as a desktop does and chooses TeamPassword. The client is signed in and closed with the test.
func (s *Team) Join(link string) *team.Client {
	s.t.Helper()
	c, err := team.NewClient(team.ClientConfig{URL: s.URL, Agent: "test"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	var token team.Token
	_, code, _ := strings.Cut(link, "/welcome/")
	if err := c.Do(context.Background(), "POST", "redeem", team.Redeem{Code: code, Password: TeamPassword, Device: "Test PC"}, &token); err != nil {
		s.t.Fatal(err)
	}
	c.SetToken(token.Token)
	return c
}

// Browser is a real Chromium without a window, with a profile of its own that lasts over its runs.
type Browser struct {
	t       testing.TB
	profile string
}

// NewBrowser needs Chromium.
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	Need(t, "chromium")
	return &Browser{t: t, profile: t.TempDir()}
}

func (b *Browser) run(args ...string) string {
	b.t.Helper()
	ctx := append([]string{"60", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--user-data-dir=" + b.profile, "--virtual-time-budget=4000"}, args...)
	out, err := Run(StartOptions{Env: []string{"HOME=" + b.profile}}, "timeout", ctx...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// Page is what a page's address leads to in the end, as HTML.
func (b *Browser) Page(language, url string) string {
	return b.run("--accept-lang="+language, "--dump-dom", url)
}

// Picture takes a picture of a page, so many pixels wide and high, into the test's artifacts.
func (b *Browser) Picture(language, url, name, size string, dark bool) string {
	b.t.Helper()
	file := filepath.Join(b.t.ArtifactDir(), name+".png")
	args := []string{"--accept-lang=" + language, "--hide-scrollbars", "--window-size=" + size, "--screenshot=" + file}
	if dark {
		args = append(args, "--force-dark-mode", "--blink-settings=preferredColorScheme=0")
	}
	b.run(append(args, url)...)
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		b.t.Fatal("no picture was taken")
	}
	return file
}
