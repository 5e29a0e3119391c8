// Command svara is the softphone with its window.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"svara/cmd/internal/app"
	"svara/phone"
	"svara/phone/control"
	"svara/ui"
	"svara/ui/text"
)

var processStart = time.Now()

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "svara:", err)
		os.Exit(1)
	}
}

func run() error {
	var opt app.Options
	flag.StringVar(&opt.Profile, "profile", "", "folder of settings, history and passwords")
	flag.BoolVar(&opt.Demo, "demo", false, "start a practice exchange with simulated colleagues and sign in to it")
	flag.StringVar(&opt.Audio, "audio", "portaudio", "portaudio, null, file:IN.wav,OUT.wav, or room:IN.wav,OUT.wav (the same, with the microphone cleaned as a real one)")
	flag.StringVar(&opt.LogFile, "log", "", "write a log to this file")
	bind := flag.String("bind", "", "use only this local address for SIP and sound")
	version := flag.Bool("version", false, "print the version and exit")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: svara [flags] [tel:NUMBER | sip:USER@HOST]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *version {
		fmt.Println("svara", app.Version)
		return nil
	}
	if *bind != "" {
		var err error
		if opt.Bind, err = netip.ParseAddr(*bind); err != nil {
			return fmt.Errorf("bind: %w", err)
		}
	}
	return window(opt, flag.Args())
}

// window runs the phone behind its window until the window is closed, somebody quits it, or a signal comes.
func window(opt app.Options, args []string) error {
	debug.SetGCPercent(collectAt)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := app.Start(ctx, opt, processStart)
	if errors.Is(err, app.ErrRunning) {
		return handOver(opt, args)
	}
	if err != nil {
		return err
	}
	if dir, err := os.UserCacheDir(); err == nil { // a new user has none, and Fyne makes its own folder in it only
		if err := os.MkdirAll(dir, 0o700); err != nil {
			p.Log.Warn("no folder for caches", "error", err)
		}
	}
	var memory collecting
	w := ui.New(ui.Options{
		Phone: p, History: p.Store, Inbox: p.Store, Folder: filepath.Join(p.Profile, "recordings"), Meter: p, Version: app.Version, Log: p.Log, LogFile: opt.LogFile, Args: args,
		FirstFrame: p.Ready, Demo: p.StartDemo, Voicemail: p.Voicemail(), Texts: p.Store, GroupLog: p.Engine, GroupMessages: p.Engine, TeamDevices: p.Engine, Colleagues: p.Engine, People: p.Store, Books: p.Books(), Collector: p.Collect, Released: p.Released, Typed: memory.typed,
	})
	p.Screenshot, p.Raise, p.Command, p.Frames = w.Screenshot, w.Raise, w.Command, w.Frames
	p.Serve()
	over := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-p.Quitting():
		case <-over:
			return
		}
		w.Quit()
	}()
	tidying, tidy := context.WithCancel(ctx)
	tidied := make(chan struct{})
	go func() {
		defer close(tidied)
		p.Tidy(tidying)
	}()
	w.Run()
	close(over)
	tidy()
	<-tidied
	closing, cancel := context.WithTimeout(context.Background(), 6*time.Second)
	defer cancel()
	return p.Close(closing)
}

// handOver gives this start's arguments to the phone that runs already, whose window comes forward.
func handOver(opt app.Options, args []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := control.HandOver(ctx, opt.ProfileDir(), args); err != nil {
		return fmt.Errorf("%s (%w)", text.Reason(phone.Reason{ID: phone.ReasonAlreadyRunning}), err)
	}
	return nil
}
