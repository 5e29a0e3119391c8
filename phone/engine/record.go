package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"svara/audio"
	"svara/audio/mix"
	"svara/audio/record"
	"svara/phone"
)

// recorder is the recording of a call that is under way. The call's lane owns it; the loop hands its tap to the mix.
type recorder struct {
	*record.Recorder
	entry phone.Recording
}

func (c *callLane) setRecorder(r *recorder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recorder = r
}

// tap is what the mix feeds, or nil.
func (c *callLane) tap(on bool) mix.Tap {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !on || c.recorder == nil {
		return nil
	}
	return c.recorder
}

// record opens a recording's file and puts it into the inbox, so that it is there whatever happens next.
func (r *runner) record(fx fxRecord) {
	l := r.lane(fx.call)
	l.post(r.group, fmt.Sprintf("call %d", fx.call), func() {
		entry := fx.entry
		folder := fx.folder
		if folder == "" {
			folder = r.opt.Folder
		}
		var err error
		if entry.Path, err = freeName(folder, entry); err == nil {
			var rec *record.Recorder
			rec, err = record.Start(record.Config{
				Path: entry.Path, Opus: entry.Format == phone.FormatOpus, Stereo: entry.Stereo, Log: r.opt.Log.With("call", fx.call),
				Failed: func(err error) { r.input(inRecordingFailed{fx.call, err}) },
			})
			if err == nil {
				if entry.ID, err = r.addRecording(entry); err != nil {
					_, _ = rec.Stop()
				} else {
					l.setRecorder(&recorder{rec, entry})
				}
			}
		}
		r.input(inRecording{fx.call, entry.ID, err})
		r.inbox()
	})
}

func (r *runner) addRecording(entry phone.Recording) (int64, error) {
	ctx, cancel := r.writing()
	defer cancel()
	return r.opt.Store.AddRecording(ctx, entry)
}

// writing bounds a write that goes on while the phone is closing.
func (r *runner) writing() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.ctx), goodbye)
}

// freeName is a file of a recording's own in a folder: when and with whom.
func freeName(folder string, entry phone.Recording) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make folder for recordings: %w", err)
	}
	who := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '+' || r == '-' {
			return r
		}
		return '_'
	}, entry.Remote.Number)
	if len(who) > 40 {
		who = who[:40]
	}
	base := entry.Begun.Format("2006-01-02 15.04.05") + " " + who
	for n := 1; n < 1000; n++ {
		name := base
		if n > 1 {
			name += fmt.Sprintf(" %d", n)
		}
		path := filepath.Join(folder, name+"."+string(entry.Format))
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", fmt.Errorf("look into folder for recordings: %w", err)
		}
	}
	return "", fmt.Errorf("name recording in %s: %w", folder, os.ErrExist)
}

// recordReason is why a recording failed, for people.
func recordReason(err error) phone.Reason {
	if errors.Is(err, syscall.ENOSPC) {
		return phone.Reason{ID: phone.ReasonDiskFull}
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return phone.Reason{ID: phone.ReasonRecordFailed, Text: path.Path + ": " + path.Err.Error()}
	}
	return phone.Reason{ID: phone.ReasonRecordFailed, Text: err.Error()}
}

func (r *runner) stopRecording(fx fxStopRecording) {
	l := r.lane(fx.call)
	l.post(r.group, fmt.Sprintf("call %d", fx.call), func() { r.endRecording(l, fx.why) })
}

// endRecording closes the file and notes its length. It runs in the call's lane.
func (r *runner) endRecording(l *callLane, why *phone.Reason) {
	l.mu.Lock()
	rec := l.recorder
	l.recorder = nil
	l.mu.Unlock()
	if rec == nil {
		return
	}
	result, err := rec.Stop()
	entry := rec.entry
	entry.Duration, entry.Open, entry.Reason = result.Duration, false, why
	if err != nil && why == nil {
		failed := recordReason(err)
		entry.Reason = &failed
		r.input(inFault{failed})
	}
	r.updateRecording(entry)
}

func (r *runner) updateRecording(entry phone.Recording) {
	ctx, cancel := r.writing()
	defer cancel()
	if err := r.opt.Store.UpdateRecording(ctx, entry); err != nil {
		r.wrote(err)
		r.input(inFault{phone.ReasonOf(err)})
	}
	r.inbox()
}

// inbox tells how the inbox stands now.
func (r *runner) inbox() {
	ctx, cancel := r.writing()
	defer cancel()
	st, err := r.opt.Store.InboxState(ctx)
	r.input(inInbox{st, err})
}

// mendRecordings puts in order what a crash has left open.
func (r *runner) mendRecordings() {
	r.store.post(r.group, "store", func() {
		ctx, cancel := r.writing()
		defer cancel()
		open, err := r.opt.Store.OpenRecordings(ctx)
		if err != nil {
			r.opt.Log.Warn("look for open recordings", "err", err)
			return
		}
		for _, entry := range open {
			result, err := record.Repair(entry.Path)
			if err != nil {
				r.opt.Log.Warn("mend recording", "err", err)
				failed := phone.Reason{ID: phone.ReasonNoRecording}
				entry.Reason = &failed
			}
			entry.Duration, entry.Open = result.Duration, false
			r.updateRecording(entry)
		}
	})
}

// play opens a sound and plays it, in the ear or on the ring device.
func (r *runner) play(fx fxPlay) {
	r.player.post(r.group, "player", func() {
		p, err := r.openSound(fx.sound)
		if err != nil {
			r.setPlayer(nil, false)
			r.input(inPlaying{sound: fx.sound, from: fx.from, err: err})
			return
		}
		p.SetSpeed(fx.speed)
		p.Seek(fx.from)
		r.setPlayer(p, fx.ring)
		r.input(inPlaying{sound: fx.sound, from: fx.from, length: p.Duration()})
	})
}

// setPlayer puts a player into the speaker, or the ring device, in place of the one before. The player's lane runs it.
func (r *runner) setPlayer(p *record.Player, ring bool) {
	var ear, bell audio.Source
	switch {
	case p != nil && ring:
		bell = p
	case p != nil:
		ear = p
	}
	r.opt.Console.Play(ear)
	if bell != nil || r.playingRings {
		r.opt.Console.Ring(bell)
	}
	if old := r.playing; old != nil {
		_ = old.Close() // it was only read
	}
	r.playing, r.playingRings = p, bell != nil
}

func (r *runner) stopPlaying() {
	r.player.post(r.group, "player", func() { r.setPlayer(nil, false) })
}

func (r *runner) deleteRecording(id int64) {
	r.player.post(r.group, "player", func() {
		ctx, cancel := r.writing()
		defer cancel()
		entry, err := r.opt.Store.Recording(ctx, id)
		if err == nil {
			if err = os.Remove(entry.Path); errors.Is(err, os.ErrNotExist) {
				err = nil
			}
			if err == nil {
				err = r.opt.Store.RemoveRecording(ctx, id)
			}
		}
		if err != nil {
			r.input(inFault{phone.Reason{ID: phone.ReasonRecordFailed, Text: err.Error()}})
		}
		r.inbox()
	})
}
