package device

import (
	"sync"

	"svara/audio"
	"svara/audio/wav"
)

// Files is a backend whose microphone says what is in the WAV file in, in real time and over again, from its beginning
// each time it is opened, and whose speaker writes to the WAV file out, one opening after the other. Either may be empty:
// silence, or nothing written. What rings is not written. The files are opened with the first stream.
func Files(in, out string) Backend {
	return &files{in: in, out: out, changes: make(chan struct{})}
}

// Room is Files in which the microphone is taken for one that stands in a room with the speaker, so that all that is done
// to a real one is done to it.
func Room(in, out string) Backend {
	return &files{in: in, out: out, room: true, changes: make(chan struct{})}
}

type files struct {
	in, out string
	room    bool
	changes chan struct{}

	mu     sync.Mutex
	sound  []int16     // of in, once loaded
	writer *wav.Writer // of out, once created
	closed bool
}

var (
	fileInput  = audio.Device{ID: "file-in", Name: "File (microphone)", Input: true, Default: true}
	fileOutput = audio.Device{ID: "file-out", Name: "File (speaker)", Output: true, Default: true}
)

func (f *files) Devices() []audio.Device  { return []audio.Device{fileInput, fileOutput} }
func (f *files) Changes() <-chan struct{} { return f.changes }
func (f *files) InRoom() bool             { return f.room }

func (f *files) Input(id string) (Input, error) {
	if id != "" && id != fileInput.ID {
		return nil, ErrMissing
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.in != "" && f.sound == nil {
		sound, err := wav.Load(f.in)
		if err != nil {
			return nil, err
		}
		f.sound = sound
	}
	sound, at := f.sound, 0
	return newClockedInput(fileInput, func(pcm []int16) {
		if len(sound) == 0 {
			clear(pcm)
			return
		}
		for len(pcm) > 0 {
			n := copy(pcm, sound[at:])
			pcm, at = pcm[n:], (at+n)%len(sound)
		}
	}), nil
}

func (f *files) Output(id string, patient bool) (Output, error) {
	if id != "" && id != fileOutput.ID {
		return nil, ErrMissing
	}
	if patient || f.out == "" {
		return newClockedOutput(fileOutput, func([]int16) error { return nil }), nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writer == nil {
		w, err := wav.Create(f.out)
		if err != nil {
			return nil, err
		}
		f.writer = w
	}
	return newClockedOutput(fileOutput, f.write), nil
}

func (f *files) write(pcm []int16) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil // a stream that would not end in time
	}
	return f.writer.Write(pcm)
}

func (f *files) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	close(f.changes)
	if f.writer != nil {
		return f.writer.Close()
	}
	return nil
}
