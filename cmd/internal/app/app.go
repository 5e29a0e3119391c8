// Package app wires the rooms together into a phone, for the window (cmd/svara) and for the headless one
// (svaractl run). It is the only place that knows all of them.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // plans have time zones, and not every computer knows them

	"svara/assets"
	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/g722"
	"svara/audio/codec/opus"
	"svara/audio/device"
	"svara/audio/mix"
	"svara/phone"
	"svara/phone/control"
	"svara/phone/diagnostics"
	"svara/phone/dialect"
	"svara/phone/directory"
	"svara/phone/engine"
	"svara/phone/media"
	"svara/phone/numbers"
	"svara/phone/ua"
	"svara/phone/voicemail"
	"svara/store"
	"svara/ui/text"
)

// Version is set by the build.
var Version = "dev"

// Options is what the command line says.
type Options struct {
	Profile string     // folder; empty: the user's own
	Audio   string     // portaudio, null, file:IN.wav,OUT.wav or room:IN.wav,OUT.wav
	Demo    bool       // start the practice PBX and sign in to it
	LogFile string     // empty: standard error
	Bind    netip.Addr // SIP and RTP only on this address; zero: all
}

// Phone is a running phone and what it is made of.
type Phone struct {
	*engine.Engine
	Store   *store.Store
	Log     *slog.Logger
	Collect *diagnostics.Collector
	Profile string
	Started time.Time

	// What a window adds before Serve.
	Screenshot func(path, view string) error
	Raise      func(args []string)
	Frames     func() phone.Frames
	Command    func(ctx context.Context, id string, nth int) error

	listener *control.Listener
	console  *mix.Console
	secrets  *lazySecrets
	logFile  io.Closer
	ready    atomic.Int64 // milliseconds from process start to ready
	memory   tidier
	quit     chan struct{}
	quitOnce sync.Once
	demo     demo
	books    *directory.Service
	mail     *voicemail.Service

	stopServing func() error // set by Serve
	background  sync.WaitGroup
}

// ErrRunning says that another phone runs with the profile; its window has been asked to come forward.
var ErrRunning = control.ErrRunning

// Start opens the profile and starts the phone. processStart is when the process began.
func Start(ctx context.Context, opt Options, processStart time.Time) (*Phone, error) {
	keepLittle()
	p := &Phone{Started: processStart, Profile: opt.ProfileDir(), quit: make(chan struct{})}
	var err error
	if p.listener, err = control.Listen(p.Profile); err != nil {
		return nil, fmt.Errorf("open profile %s: %w", p.Profile, err)
	}
	if err := p.start(ctx, opt); err != nil {
		return nil, errors.Join(err, p.listener.Close())
	}
	return p, nil
}

// ProfileDir is the folder of the profile that the options name.
func (opt Options) ProfileDir() string {
	if opt.Profile != "" {
		return opt.Profile
	}
	return control.DefaultProfile()
}

func (p *Phone) start(ctx context.Context, opt Options) error {
	if err := p.openLog(opt.LogFile); err != nil {
		return err
	}
	backend, err := backend(opt.Audio, p.Log)
	if err != nil {
		return err
	}
	var faults []phone.Reason
	if p.Store, faults, err = store.Open(ctx, p.Profile, p.Log); err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	read, err := p.read(ctx)
	if err != nil {
		return err
	}
	settings := read.settings
	text.SetLanguage(settings.Get(phone.KeyLanguage))
	if p.console, err = mix.NewConsole(mix.Options{Backend: backend, Log: p.Log}); err != nil {
		return fmt.Errorf("start sound: %w", err)
	}
	sip, err := ua.New(ua.Config{UserAgent: "Svara/" + Version, Log: p.Log, Bind: opt.Bind, Trace: p.Collect.SIP})
	if err != nil {
		return fmt.Errorf("start sip: %w", err)
	}
	dialects, mistakes := dialect.Load(assets.Dialects(), filepath.Join(p.Profile, "dialects"))
	for _, err := range mistakes {
		faults = append(faults, phone.Reason{ID: phone.ReasonBadDialect, Text: err.Error()})
	}
	p.secrets = &lazySecrets{dir: p.Profile, log: p.Log}
	p.Store.SetNumberPlan(numberPlan(settings))
	if err := p.Store.RemoveBook(ctx, practiceBook); err != nil { // of a demo that has ended
		p.Log.Warn("forget the practice exchange's people", "err", err)
	}
	if !slices.ContainsFunc(read.accounts, func(a phone.Account) bool { return a.Team != "" }) {
		if err := p.Store.PutColleagues(ctx, nil); err != nil { // of a team server that was the demo's
			p.Log.Warn("forget the team's people", "err", err)
		}
	}
	p.books = directory.New(directory.Options{Store: p.Store, Secrets: p.secrets, Log: p.Log, Plan: p.numberPlan})
	p.mail = voicemail.New(voicemail.Options{
		Folder: filepath.Join(p.Profile, "voicemail"), Servers: read.servers, Secrets: p.secrets, Log: p.Log,
	})
	p.Engine = engine.New(engine.Options{
		SIP: sip, Console: p.console, Codecs: []audio.Codec{opus.Codec(), g722.Codec(), g711.PCMA(), g711.PCMU()},
		OpenStream: func(c media.Config) (engine.Stream, error) { return media.Open(c) },
		Store:      p.Store, Secrets: p.secrets, Log: p.Log, People: p.Store, Books: p.books, Mail: p.mail, Texts: p.Store, Team: true, Colleagues: p.Store,
		Accounts: read.accounts, Settings: settings, History: read.history, Faults: faults, Inbox: read.inbox,
		Items: read.items, Servers: read.servers, Memory: read.memory, TeamKept: read.team,
		Dialects: dialects, Folder: filepath.Join(p.Profile, "recordings"),
	})
	p.Collect.Watch(p.Engine)
	p.Store.RankBy(p.Engine.Reach)
	p.background.Go(p.findPasswords)
	if opt.Demo {
		if err := p.StartDemo(); err != nil {
			return errors.Join(err, p.Engine.Close(ctx))
		}
	}
	return nil
}

// stored is everything the engine starts with.
type stored struct {
	accounts []phone.Account
	settings phone.Settings
	history  phone.HistoryState
	inbox    phone.InboxState
	items    []phone.Item
	servers  []phone.MailServer
	memory   string
	team     string
}

func (p *Phone) read(ctx context.Context) (r stored, err error) {
	for _, part := range []struct {
		name string
		read func() error
	}{
		{"accounts", func() error { r.accounts, err = p.Store.Accounts(ctx); return err }},
		{"settings", func() error { r.settings, err = p.Store.Settings(ctx); return err }},
		{"history", func() error { r.history, err = p.Store.HistoryState(ctx); return err }},
		{"inbox", func() error { r.inbox, err = p.Store.InboxState(ctx); return err }},
		{"what is set up", func() error { r.items, err = p.Store.Items(ctx); return err }},
		{"mail servers", func() error { r.servers, err = p.Store.MailServers(ctx); return err }},
		{"what the team told", func() error { r.team, err = p.Store.State(ctx, engine.TeamKey); return err }},
		{"what was remembered", func() error { r.memory, err = p.Store.State(ctx, engine.StateKey); return err }},
	} {
		if err := part.read(); err != nil {
			return r, fmt.Errorf("read %s: %w", part.name, err)
		}
	}
	return r, nil
}

// numberPlan is where national numbers are meant.
func numberPlan(s phone.Settings) numbers.Plan {
	return numbers.Plan{Region: s.Get(phone.KeyRegion), Area: s.Get(phone.KeyAreaCode)}
}

func (p *Phone) numberPlan() numbers.Plan { return numberPlan(p.Snapshot().Settings) }

func (p *Phone) openLog(path string) error {
	out := io.Writer(os.Stderr)
	level := slog.LevelWarn
	if path != "" {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("open log: %w", err)
		}
		out, level, p.logFile = f, slog.LevelInfo, f
	}
	p.Collect = diagnostics.New(Version)
	p.Log = slog.New(p.Collect.Handler(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level})))
	return nil
}

// backend is the world of sound devices the command line names.
func backend(spec string, log *slog.Logger) (device.Backend, error) {
	switch {
	case spec == "" || spec == "portaudio":
		return device.System(device.Options{Log: log}), nil
	case spec == "null":
		return device.Null(), nil
	case strings.HasPrefix(spec, "file:"):
		in, out, _ := strings.Cut(strings.TrimPrefix(spec, "file:"), ",")
		return device.Files(in, out), nil
	case strings.HasPrefix(spec, "room:"):
		in, out, _ := strings.Cut(strings.TrimPrefix(spec, "room:"), ",")
		return device.Room(in, out), nil
	}
	return nil, fmt.Errorf("unknown sound %q: portaudio, null, file:IN.wav,OUT.wav or room:IN.wav,OUT.wav", spec)
}

// findPasswords finds out where passwords are kept, beside the start: a key store may be slow.
func (p *Phone) findPasswords() {
	p.secrets.get()
	p.PasswordsKeptIn(p.secrets.place)
}

// Books is the address books, for importing and exporting.
func (p *Phone) Books() phone.AddressBooks { return p.books }

// Voicemail is the voice messages.
func (p *Phone) Voicemail() phone.Voicemail { return voicemail.With(p.mail, p.Engine) }

// Ready notes that a person can use the phone now: the first frame is drawn, or there is no window to draw.
func (p *Phone) Ready() { p.ready.CompareAndSwap(0, max(1, time.Since(p.Started).Milliseconds())) }

// Serve answers svaractl from now until Close.
func (p *Phone) Serve() {
	server := &control.Server{
		Phone: p.Engine, History: p.Store, Qualities: p.Store, Inbox: p.Store, People: p.Store, Texts: p.Store, GroupLog: p.Engine, GroupMessages: p.Engine, Meetings: p.Engine, TeamDevices: p.Engine, Colleagues: p.Engine, Voicemail: p.Voicemail(), Books: p.books, Meter: p.Engine, Version: Version, Started: p.Started,
		StartupMS: p.ready.Load, Words: text.Reason, Screenshot: p.Screenshot, Raise: p.Raise, Frames: p.Frames, Command: p.Command, Quit: p.Quit, Saved: p.Saved, Log: p.Log, Collector: p.Collect,
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, p.listener) }()
	p.stopServing = func() error {
		cancel()
		return <-done
	}
}

// Quit asks whoever runs the phone to end it.
func (p *Phone) Quit() { p.quitOnce.Do(func() { close(p.quit) }) }

// Quitting is closed when somebody asked for the end.
func (p *Phone) Quitting() <-chan struct{} { return p.quit }

// Close ends the phone in order: the calls and registrations, the sound, the files, and last the guests' door, so that
// who waits for the door to close knows that the phone is gone.
func (p *Phone) Close(ctx context.Context) error {
	p.background.Wait()
	p.Collect.StopCollecting()
	errs := []error{p.Engine.Close(ctx), p.demo.close(), p.console.Close(), p.books.Close(ctx), p.mail.Close(ctx), p.Store.Close()}
	if p.stopServing != nil {
		errs = append(errs, p.stopServing())
	} else {
		errs = append(errs, p.listener.Close())
	}
	if p.logFile != nil {
		errs = append(errs, p.logFile.Close())
	}
	return errors.Join(errs...)
}
