package record

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/codec/opus"
)

// What is damaged in the middle is passed over, and what comes after is where it was.
func TestDamageIsPassedOver(t *testing.T) {
	r, path := start(t, "a", true, true)
	r.feed(t, seconds(20), make([]int16, 20*audio.Rate))
	stop(t, r)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(data) / 20 { // the tenth second
		data[len(data)/2+i] ^= 0x55
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := Repair(path)
	if err != nil || result.Duration != 20*time.Second || result.Bytes != int64(len(data)) {
		t.Errorf("%+v, %v", result, err)
	}
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	near(t, "the length", p.Duration(), 20*time.Second)
	pcm := playOn(t, p)
	if d := length(pcm); d < 18*time.Second || d > 19500*time.Millisecond {
		t.Errorf("played %v", d)
	}
	p.Seek(14100 * time.Millisecond)
	if a := audiotest.Amplitude(next(t, p, 800)[480:], 1800); math.Abs(decibels(a, 8000)) > 1.5 {
		t.Errorf("behind the damage it is %.0f", a)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if _, err := Open(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not there: %v", err)
	}
	pipe := filepath.Join(dir, "pipe")
	if runtime.GOOS != "windows" {
		if err := mkfifo(pipe); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(pipe); !errors.Is(err, ErrFormat) {
			t.Errorf("a pipe: %v", err)
		}
	}
	head := func(packet []byte) []byte {
		return appendPage(nil, pageFirst, 0, 1, 0, appendLacing(nil, len(packet)), packet)
	}
	tags := appendPage(nil, 0, 0, 1, 1, appendLacing(nil, len(opusTags())), opusTags())
	sound := func(sequence uint32, place int64) []byte {
		return appendPage(nil, 0, place, 1, sequence, []byte{2}, []byte{0x78, 0})
	}
	good := opusHead(1)
	changed := func(at int, v byte) []byte {
		b := bytes.Clone(good)
		b[at] = v
		return b
	}
	for name, data := range map[string][]byte{
		"empty": nil, "three bytes": []byte("Ogg"), "text": []byte("hello there"), "mp3": []byte("ID3\x03 and so on"),
		"no pages":        []byte("OggS and nothing that fits"),
		"head only":       head(good),
		"vorbis":          append(head([]byte("\x01vorbis                      ")), tags...),
		"later version":   append(head(changed(8, 16)), tags...),
		"no channels":     append(head(changed(9, 0)), tags...),
		"eight channels":  append(head(changed(9, 8)), tags...),
		"surround":        append(head(changed(18, 1)), tags...),
		"tags missing":    append(head(good), appendPage(nil, 0, 960, 1, 1, []byte{1}, []byte{0x78})...),
		"longer than can": join(head(good), tags, sound(2, 960), sound(3, 1<<62)),
		"ends before":     join(head(good), tags, sound(2, 1<<40), sound(3, 5)),
		"riff":            []byte("RIFF\xff\xff\xff\xffWAVE"),
		"riff endless":    []byte("RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff"),
		"riff of chunks":  append([]byte("RIFF\xff\xff\xff\xffWAVE"), bytes.Repeat([]byte("abcd\x00\x00\x00\x00"), 100000)...),
	} {
		p, err := Open(file("a", data))
		if !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			p.Close()
		}
	}
	// One that tells a lie that does no harm plays what is there.
	p, err := Open(file("b", wavFile(2, audio.Rate, 0xfffffff0, make([]int16, 2*audio.Rate))))
	if err != nil || p.Duration() != time.Second {
		t.Fatal(err, p)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// A file that is made shorter while it plays ends.
func TestFileShrinks(t *testing.T) {
	for _, f := range formats {
		r, path := start(t, "a", f.opus, f.stereo)
		r.feed(t, seconds(5), seconds(5))
		result := stop(t, r)
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, result.Bytes/2); err != nil {
			t.Fatal(err)
		}
		p.Seek(4 * time.Second)
		playOn(t, p)
		p.Seek(0)
		if d := length(playOn(t, p)); d > 3*time.Second && !f.opus { // so short an Opus file has been read already
			t.Errorf("%s: played %v of half of it", f.name, d)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// broken disks give errors, not sound.
type brokenDisk struct {
	*bytes.Reader
	after int64
}

func (b brokenDisk) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.after {
		return 0, syscall.EIO
	}
	return b.Reader.ReadAt(p, at)
}

func TestDiskError(t *testing.T) {
	data := wavFile(1, audio.Rate, 0, make([]int16, 3*audio.Rate))
	d, err := newDecoder(brokenDisk{bytes.NewReader(data), audio.Rate}, int64(len(data)), "RIFF")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(file, d)
	playOn(t, p)
	if !errors.Is(p.Err(), syscall.EIO) || p.Position() > time.Second {
		t.Errorf("ended with %v at %v", p.Err(), p.Position())
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// Whatever it is: the decoders read all of whatever it is, and mends it.
func FuzzOpen(f *testing.F) {
	for _, format := range formats {
		r, path := start(f, "a", format.opus, format.stereo)
		r.feed(f, seconds(1), seconds(1))
		stop(f, r)
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 3000)], uint16(0))
	}
	long := bytes.Repeat([]byte{255}, 255)
	f.Add(join(
		appendPage(nil, pageFirst, 0, 1, 0, []byte{19}, opusHead(2)),
		appendPage(nil, 0, 0, 1, 1, []byte{21}, opusTags()),
		appendPage(nil, 0, noPlace, 1, 2, long, make([]byte, 255*255)),
		appendPage(nil, pageContinued, 960, 1, 3, append(long[:200:200], 9), make([]byte, 200*255+9)),
	), uint16(7))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, seed uint16) {
		reseal(data)
		if len(data) < 4 {
			return
		}
		d, err := newDecoder(bytes.NewReader(data), int64(len(data)), string(data[:4]))
		if err == nil {
			total := d.length()
			if total < 0 || total/opus.MaxPacket > int64(len(data)) {
				t.Errorf("%d bytes are %d samples", len(data), total)
			}
			pcm := make([]int16, 480)
			for _, at := range []int64{-1, 0, total, total / 2, int64(seed)} {
				if at >= 0 {
					if err := d.seek(min(at, total)); err != nil {
						t.Error(err)
					}
				}
				for blocks := 0; ; blocks++ {
					n, _, err := d.read(pcm)
					if err == io.EOF {
						break
					}
					if err != nil || n < 1 || n > len(pcm) || blocks > 100+len(data)*opus.MaxPacket/480 {
						t.Fatalf("%d samples after %d blocks, %v", n, blocks, err)
					}
				}
			}
		} else if !errors.Is(err, ErrFormat) {
			t.Error(err)
		}
		path := filepath.Join(dir, "a")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Repair(path); err == nil {
			p, err := Open(path)
			if err != nil {
				t.Fatal("mended, but not to be opened: ", err)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		} else if !errors.Is(err, ErrFormat) {
			t.Error(err)
		}
	})
}

// reseal puts right the checksums of what looks like pages, so that the fuzzer comes further.
func reseal(data []byte) {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(magic))
		if i < 0 {
			return
		}
		at += i
		if len(data)-at < pageHead || len(data)-at < pageHead+int(data[at+26]) {
			return
		}
		length := pageLength(data[at:])
		if length > len(data)-at {
			return
		}
		seal(data[at : at+length])
		at += length
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// A file of many beginnings of pages must not keep us busy for ever, nor make us big.
func TestBusywork(t *testing.T) {
	trap := append(append([]byte("OggS\x00\x00"), make([]byte, 20)...), 255)
	trap = append(trap, bytes.Repeat([]byte{255}, 255)...)
	data := join(
		appendPage(nil, pageFirst, 0, 1, 0, []byte{19}, opusHead(2)),
		appendPage(nil, 0, 0, 1, 1, []byte{21}, opusTags()),
		bytes.Repeat(trap, 1<<14), // 4 MB, a gigabyte of checksums
	)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := newOggDecoder(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{0, d.length(), d.length() / 2} {
		if err := d.seek(at); err != nil {
			t.Error(err)
		}
		for err == nil {
			_, _, err = d.read(make([]int16, 480))
		}
		if err != io.EOF {
			t.Error(err)
		}
	}
	if most := maxWaste + maxPage; d.pages.waste > most {
		t.Errorf("%d bytes were looked at in vain, %d are enough", d.pages.waste, most)
	}
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if result, err := Repair(path); err != nil || result.Duration != 0 {
		t.Errorf("mended: %+v, %v", result, err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("it takes %d bytes", n)
	}
}
