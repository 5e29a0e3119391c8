package record

import (
	"errors"
	"fmt"
	"io"
	"os"

	"svara/audio/wav"
)

type readWriterAt interface {
	io.ReaderAt
	io.WriterAt
}

// Repair mends a file that a crash left behind, and tells what is in it. A WAV header is made to count all the sound
// there is; of an Ogg file what was torn off is cut, and its last page is marked as such. A file that is in order is not
// touched. What never came to hold a header is ErrFormat.
func Repair(path string) (Result, error) {
	f, size, kind, err := open(path, os.O_RDWR)
	if err != nil {
		return Result{}, err
	}
	result, err := repair(f, size, kind)
	if err == nil {
		err = settle(f)
	}
	if info, e := f.Stat(); e == nil {
		result.Bytes = info.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return Result{}, fmt.Errorf("repair recording %s: %w", path, err)
	}
	return result, nil
}

func repair(f *os.File, size int64, kind string) (Result, error) {
	if kind == magic {
		length, err := repairOgg(f, size)
		return Result{Duration: span(length)}, err
	}
	if _, err := wav.Repair(f); err != nil {
		return Result{}, unplayable(err)
	}
	info, err := f.Stat()
	if err != nil {
		return Result{}, err
	}
	d, err := newWavDecoder(f, info.Size())
	if err != nil {
		return Result{}, err
	}
	return Result{Duration: span(d.length())}, nil
}

// repairOgg returns the samples of sound.
func repairOgg(f *os.File, size int64) (int64, error) {
	d, err := newOggDecoder(f, size)
	if err != nil {
		return 0, err
	}
	last, ok, err := newPages(f, size).last(d.serial)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, nil
	}
	if end := last.at + int64(last.length); end < size && !d.more(end) {
		if err := f.Truncate(end); err != nil {
			return 0, err
		}
	}
	if last.flags&pageLast == 0 {
		if err := markLast(f, last.at, last.length); err != nil {
			return 0, err
		}
	}
	return d.length(), nil
}

// open opens a file and says what it begins with, "RIFF" or "OggS".
func open(path string, how int) (f *os.File, size int64, kind string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, "", fmt.Errorf("open recording: %w", err)
	}
	if !info.Mode().IsRegular() { // a pipe would keep us waiting for ever
		return nil, 0, "", fmt.Errorf("open recording %s: %w", path, ErrFormat)
	}
	if f, err = os.OpenFile(path, how, 0); err != nil {
		return nil, 0, "", fmt.Errorf("open recording: %w", err)
	}
	var head [4]byte
	if _, err = f.ReadAt(head[:], 0); errors.Is(err, io.EOF) || err == nil && !known(string(head[:])) {
		err = ErrFormat
	}
	if err != nil {
		f.Close()
		return nil, 0, "", fmt.Errorf("open recording %s: %w", path, err)
	}
	return f, info.Size(), string(head[:]), nil
}

// known reports whether that is how a file begins that can be played.
func known(head string) bool { return head == "RIFF" || head == magic }

// unplayable gives what the WAV room cannot read the name it has here.
func unplayable(err error) error {
	if errors.Is(err, wav.ErrFormat) {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return err
}
