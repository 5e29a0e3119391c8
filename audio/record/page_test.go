package record

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/codec/opus"
)

// checkOgg reads a file the strict way: pages without anything between them, their checksums worked out bit by bit, in
// sequence, none longer than half a second, the head and the tags alone on theirs, and the last one marked if it is to be.
func checkOgg(t testing.TB, data []byte, ended bool) {
	t.Helper()
	serial, place := uint32(0), uint64(0)
	for sequence := uint32(0); len(data) > 0; sequence++ {
		if len(data) < 27 || string(data[:4]) != "OggS" || data[4] != 0 {
			t.Fatalf("page %d: no page begins with % x", sequence, data[:min(len(data), 8)])
		}
		segments := int(data[26])
		length, packets := 27+segments, 0
		samples := 0
		for i, at := 0, length; i < segments; i++ {
			if i == 0 || data[27+i-1] < 255 {
				samples += opus.Duration(data[at:])
			}
			at += int(data[27+i])
			length += int(data[27+i])
			if data[27+i] < 255 {
				packets++
			}
		}
		p := bytes.Clone(data[:length])
		told := binary.LittleEndian.Uint32(p[22:])
		copy(p[22:], []byte{0, 0, 0, 0})
		sum := uint32(0)
		for _, b := range p {
			for bit := 7; bit >= 0; bit-- {
				top := sum>>31 ^ uint32(b)>>bit&1
				sum = sum<<1 ^ top*0x04c11db7
			}
		}
		if sum != told {
			t.Errorf("page %d: checksum %08x, should be %08x", sequence, told, sum)
		}
		if got := binary.LittleEndian.Uint32(p[18:]); got != sequence {
			t.Errorf("page %d is numbered %d", sequence, got)
		}
		if sequence == 0 {
			serial = binary.LittleEndian.Uint32(p[14:])
		} else if got := binary.LittleEndian.Uint32(p[14:]); got != serial {
			t.Errorf("page %d is of stream %x, not %x", sequence, got, serial)
		}
		data = data[length:]
		flags := byte(0)
		if sequence == 0 {
			flags |= 2
		}
		if ended && len(data) == 0 {
			flags |= 4
		}
		if p[5] != flags {
			t.Errorf("page %d has flags %d, should have %d", sequence, p[5], flags)
		}
		now := binary.LittleEndian.Uint64(p[6:])
		switch {
		case sequence < 2 && (now != 0 || packets != 1 || string(p[28:36]) != []string{"OpusHead", "OpusTags"}[sequence]):
			t.Errorf("page %d is %q with %d packets at %d", sequence, p[28:36], packets, now)
		case sequence >= 2 && len(data) > 0 && now != place+uint64(samples):
			t.Errorf("page %d ends at %d, begins at %d and has %d samples", sequence, now, place, samples)
		case sequence >= 2 && (now <= place || now > place+uint64(samples)):
			t.Errorf("the last page ends at %d, begins at %d and has %d samples", now, place, samples)
		case sequence >= 2 && samples > audio.Rate/2:
			t.Errorf("page %d has %d samples", sequence, samples)
		}
		place = now
	}
}

// Somebody else's reader finds nothing to complain of.
func TestOthersReadIt(t *testing.T) {
	for _, f := range formats {
		for _, blocks := range []int{1, 2, 3, 39, 40, 41, 250} {
			name := "a.wav"
			if f.opus {
				name = "a.opus"
			}
			r, path := start(t, name, f.opus, f.stereo)
			pcm := audiotest.Speech(blocks * audio.BlockSize)
			r.feed(t, pcm, pcm)
			stop(t, r)
			left, _ := sides(t, path)
			if len(left) != len(pcm) {
				t.Errorf("%s: %d samples of %d", f.name, len(left), len(pcm))
			}
			if played := play(t, path); len(played) != len(pcm) {
				t.Errorf("%s: played %d samples of %d", f.name, len(played), len(pcm))
			}
			tool, want := []string{"soxi", path}, "48000"
			if f.opus {
				tool, want = []string{"opusinfo", path}, "Playback length"
			}
			text, err := exec.Command(tool[0], tool[1:]...).CombinedOutput()
			if err != nil || !strings.Contains(string(text), want) || strings.Contains(strings.ToUpper(string(text)), "WARNING") {
				t.Errorf("%s, %d blocks: %v\n%s", f.name, blocks, err, text)
			}
		}
	}
}

// A file must be in order at any time, not only when it is finished.
func TestPagesAreWholeAtAnyTime(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s, err := newOggSink(file, true)
	if err != nil {
		t.Fatal(err)
	}
	var block [audio.BlockSize]int16
	for n := range 200 {
		if err := s.add(&block, &block); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		checkOgg(t, data, false)
		d, err := newOggDecoder(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if in := int64(n+1) * audio.BlockSize; d.length() > in || d.length() < in-audio.Rate/2 {
			t.Errorf("%d samples in the file, %d were said", d.length(), in)
		}
	}
}
