package ui

import (
	"context"
	"errors"
	"time"

	"svara/phone"
	"svara/ui/loop"
)

// pump brings snapshots to the UI goroutine. It is the only way state reaches the window. When the window is slower than
// the phone the newest snapshot replaces those it has not drawn.
func (a *App) pump(ctx context.Context) {
	sub := a.opts.Phone.Subscribe(ctx)
	for {
		up, err := sub.Next(ctx)
		if err != nil {
			if errors.Is(err, phone.ErrClosed) {
				loop.Do(a.quit)
			}
			return
		}
		for _, e := range up.Events {
			switch e.Kind {
			case phone.EventMessage:
				loop.Do(func() { a.notices.event(e) })
			case phone.EventGroup:
				loop.Do(func() { a.notices.groupMessage(e) })
			case phone.EventMeeting:
				loop.Do(func() { a.notices.meeting(e) })
			case phone.EventTeam:
				loop.Do(func() { a.notices.team(e) })
			case phone.EventLookup: // a page that is to open by itself when somebody rings
				loop.Do(func() { a.open(e.Value) })
			case phone.EventMailed:
				loop.Do(func() { a.mailed(e) })
			}
		}
		if up.Snapshot == nil {
			continue
		}
		if a.waiting.Swap(up.Snapshot) == nil {
			loop.Do(func() {
				if s := a.waiting.Swap(nil); s != nil {
					a.render(s)
				}
			})
		}
	}
}

// Frames is how quickly the windows have been drawn. It may be called from any goroutine.
func (a *App) Frames() phone.Frames { return loop.Frames() }

// catchUp draws the newest snapshot at once: what is typed right after a command belongs to what the command has made,
// also where the next frame has not come yet.
func (a *App) catchUp() {
	if s := a.opts.Phone.Snapshot(); !a.quitting && s.Seq > a.snap.Seq {
		a.render(s)
	}
}

// tick repaints what counts seconds, all together, once a second.
func (a *App) tick(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			loop.Do(a.second)
		}
	}
}

// meterInterval is how often level meters are drawn while one is on screen.
const meterInterval = 100 * time.Millisecond

// meter reads levels and draws the meters that are on screen. It sleeps until one is.
func (a *App) meter(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.metering:
		}
		t := time.NewTicker(meterInterval)
		for drawn := true; drawn; {
			select {
			case <-ctx.Done():
				t.Stop()
				return
			case <-t.C:
				levels := a.opts.Meter.Levels()
				answer := make(chan bool, 1)
				loop.Do(func() { answer <- a.drawLevels(levels) })
				select {
				case drawn = <-answer:
				case <-ctx.Done(): // the window closes and waits for this goroutine
					t.Stop()
					return
				}
			}
		}
		t.Stop()
	}
}
