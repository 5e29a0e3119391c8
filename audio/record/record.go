// Package record writes calls to files while they are going on, so that a kill or a full disk loses a second at most, and
// plays the files.
//
//	the audio loop > Tap > queue, 2 s > writer goroutine > WAV: wav.Writer     > file
//	                                           |           Opus: Ogg pages     >
//	                                           +----------> syncer goroutine   > disk, every half second
//
//	file > WAV or Ogg Opus > reader goroutine > queue, 0.5 s > Player.Read > the audio loop
//
// A file begins with the recording and is whole after every write: a WAV header that counts what is there (see
// wav.Writer), or whole Ogg pages of 0.4 s (RFC 3533, RFC 7845).
package record

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"svara/audio"
)

const (
	room       = 2 * time.Second        // how long the disk may keep the writer waiting before sound is lost
	writeEvery = 100 * time.Millisecond // what a kill loses of a WAV file; of an Ogg file it loses a page more
	syncEvery  = 500 * time.Millisecond // what a power cut loses
)

// ErrFormat is what a file that cannot be played or mended wraps.
var ErrFormat = errors.New("not a recording that can be played")

// Config is what to record and where.
type Config struct {
	Path   string // of a file that is not there yet; folders are made
	Opus   bool   // Ogg Opus, else 16 bit WAV
	Stereo bool   // left what was sent, right what was heard; else both in one channel
	Log    *slog.Logger

	// Failed is called once, from the writer's goroutine, when the file cannot be written any more. What was written is
	// in order by then. errors.Is(err, syscall.ENOSPC) tells a full disk or a used up quota. It may not call Stop.
	Failed func(error)
}

// Result is a file as it is now.
type Result struct {
	Duration time.Duration
	Bytes    int64
	Lost     time.Duration // how much of it is silence because the disk was too slow; unknown to Repair
}

// block is a moment of a call.
type block struct {
	number      int64 // since the start; one that is missing had no room
	sent, heard [audio.BlockSize]int16
}

// sink is a file of one format being written. After an error only finish is called.
type sink interface {
	add(sent, heard *[audio.BlockSize]int16) error // may keep it in memory
	commit() error                                 // writes what must not stay in memory
	finish() error                                 // brings the file in order, whatever happened; it stays open
	samples() int64                                // of house sound in the file, once finished
}

// Recorder records one call.
type Recorder struct {
	queue   *queue[block]
	taken   atomic.Int64  // blocks that have come, with those that had no room; stored by Tap
	stopped atomic.Bool   // set by Stop, read by Tap
	wake    chan struct{} // the queue is half full

	log    *slog.Logger
	failed func(error)
	stop   chan struct{} // closed by Stop
	once   sync.Once
	group  sync.WaitGroup

	// Of the writer's goroutine only.
	file    *os.File
	sink    sink
	written int64 // blocks given to sink
	lost    int64 // of these, blocks of silence for what had no room
	dirty   bool  // something has been written since the last sync

	syncing chan struct{} // to the syncer: now; closed by the writer
	unsync  chan error    // from the syncer: it could not; closed by it

	// Set by the writer's goroutine before it ends.
	result Result
	err    error
}

// Start begins a recording. An error wraps its cause: fs.ErrExist, fs.ErrPermission, syscall.EROFS, syscall.ENOSPC, ...
func Start(c Config) (*Recorder, error) {
	r := newRecorder(c)
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, fmt.Errorf("record: %w", full(err))
	}
	var err error
	if r.file, err = os.OpenFile(c.Path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("record: %w", full(err))
	}
	if c.Opus {
		r.sink, err = newOggSink(r.file, c.Stereo)
	} else {
		r.sink, err = newWavSink(r.file, c.Stereo)
	}
	if err != nil {
		err = errors.Join(err, r.file.Close(), os.Remove(c.Path))
		return nil, fmt.Errorf("record to %s: %w", c.Path, full(err))
	}
	r.run()
	return r, nil
}

func newRecorder(c Config) *Recorder {
	r := &Recorder{
		queue:   newQueue[block](int(room / audio.BlockTime)),
		wake:    make(chan struct{}, 1),
		log:     c.Log,
		failed:  c.Failed,
		stop:    make(chan struct{}),
		syncing: make(chan struct{}, 1),
		unsync:  make(chan error, 1),
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	return r
}

func (r *Recorder) run() {
	r.group.Go(r.write)
	r.group.Go(r.sync)
}

// Tap takes the next 10 ms of both directions. It is called by one goroutine at a time, waits for nothing and allocates
// nothing, also when the file cannot be written any more or the recording has been stopped.
func (r *Recorder) Tap(sent, heard []int16) {
	if r.stopped.Load() {
		return
	}
	number := r.taken.Load()
	if b := r.queue.back(); b != nil { // otherwise the writer sees that the number is missing
		b.number = number
		clear(b.sent[copy(b.sent[:], sent):])
		clear(b.heard[copy(b.heard[:], heard):])
		r.queue.push()
	}
	r.taken.Store(number + 1)
	if r.queue.len() >= r.queue.cap()/2 {
		signal(r.wake)
	}
}

// Stop ends the recording and returns when the file is whole and on the disk, so it may take as long as the disk does.
// The error is the one that Failed was told; the result is right nevertheless. Further calls return the same.
func (r *Recorder) Stop() (Result, error) {
	r.once.Do(func() {
		r.stopped.Store(true)
		close(r.stop)
	})
	r.group.Wait()
	return r.result, r.err
}

// write is the writer's goroutine.
func (r *Recorder) write() {
	err := r.pump()
	if err == nil {
		err = r.fill(r.taken.Load()) // what had no room at the very end
	}
	close(r.syncing)
	err = errors.Join(err, r.sink.finish())
	if err == nil {
		err = r.settled()
	}
	if info, e := r.file.Stat(); e == nil {
		r.result.Bytes = info.Size()
	}
	err = errors.Join(err, r.file.Close())
	r.result.Duration = span(r.sink.samples())
	r.result.Lost = time.Duration(r.lost) * audio.BlockTime
	if r.lost > 0 {
		r.log.Warn("recording has gaps: the disk was too slow", "file", r.file.Name(), "lost", r.result.Lost)
	}
	if err == nil {
		return
	}
	r.err = fmt.Errorf("record to %s: %w", r.file.Name(), full(err))
	r.stopped.Store(true)
	r.log.Error("recording ended early", "err", r.err)
	if r.failed != nil {
		r.failed(r.err)
	}
}

// pump moves sound from the queue to the sink until Stop, and then what is left.
func (r *Recorder) pump() error {
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	synced := time.Now()
	for last := false; !last; {
		select {
		case <-tick.C:
		case <-r.wake:
		case err := <-r.unsync:
			return err
		case <-r.stop:
			last = true
		}
		if err := r.drain(); err != nil {
			return err
		}
		if r.dirty && time.Since(synced) >= syncEvery-writeEvery/2 {
			synced, r.dirty = time.Now(), false
			signal(r.syncing)
		}
	}
	return nil
}

// drain gives the sink what is in the queue.
func (r *Recorder) drain() error {
	for {
		b := r.queue.front()
		if b == nil {
			return r.sink.commit()
		}
		if err := r.fill(b.number); err != nil {
			return err
		}
		if err := r.sink.add(&b.sent, &b.heard); err != nil {
			return err
		}
		r.written++
		r.dirty = true
		r.queue.pop()
	}
}

// fill puts silence where blocks are missing, up to a number.
func (r *Recorder) fill(number int64) error {
	var silence [audio.BlockSize]int16
	for ; r.written < number; r.written++ {
		if err := r.sink.add(&silence, &silence); err != nil {
			return err
		}
		r.lost++
	}
	return nil
}

// settled brings everything to the disk when nothing more is written.
func (r *Recorder) settled() error {
	for err := range r.unsync { // a system tells an error once only
		return err
	}
	return settle(r.file)
}

// sync is the syncer's goroutine: a disk that takes its time must not keep the writer from the queue.
func (r *Recorder) sync() {
	defer close(r.unsync)
	for range r.syncing {
		if err := settle(r.file); err != nil {
			select {
			case r.unsync <- err:
			default:
			}
		}
	}
}

// settle brings a file to the disk, where the file system knows how.
func settle(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) || errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}

// full gives the several ways to say that there is no room one name.
func full(err error) error {
	var no syscall.Errno
	windows := runtime.GOOS == "windows" && errors.As(err, &no) && (no == 39 || no == 112) // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	if windows || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", syscall.ENOSPC, err)
	}
	return err
}

// signal wakes who waits on a channel of one place, without waiting.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// span is how long so many samples of house sound are.
func span(samples int64) time.Duration {
	whole, part := samples/audio.Rate, samples%audio.Rate
	return time.Duration(whole)*time.Second + time.Duration(part)*time.Second/audio.Rate
}
