package voicemail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// keepIn puts n bytes into a cache.
func keepIn(t *testing.T, c *cache, name string, n int) string {
	t.Helper()
	f, err := c.create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	path, err := c.put(name, ".wav", f.Name(), int64(n))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func there(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestCacheIsBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	log := slog.New(slog.DiscardHandler)
	c := openCache(dir, 1000, log)
	old := keepIn(t, c, cacheName("a", 1, 1), 400)
	keepIn(t, c, cacheName("a", 1, 2), 400)
	used := time.Now().Add(-time.Hour)
	c.files[cacheName("a", 1, 2)].used = used
	keepIn(t, c, cacheName("b", 1, 1), 400)
	if _, ok := c.have(cacheName("a", 1, 2)); ok || there(t, dir) != 2 {
		t.Error("what is longest not used stays")
	}
	if path, ok := c.have(cacheName("a", 1, 1)); !ok || path != old {
		t.Errorf("what was used goes: %s", path)
	}
	keepIn(t, c, cacheName("b", 1, 9), 5000) // alone it is too much, and is being played
	if _, ok := c.have(cacheName("b", 1, 9)); !ok || there(t, dir) != 1 {
		t.Error("the newest goes")
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// What an earlier run left: finished sounds are used, the rest goes.
func TestCacheIsFoundAgain(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	c := openCache(dir, 1000, log)
	path := keepIn(t, c, cacheName("a", 1, 1), 10)
	keepIn(t, c, cacheName("b", 1, 1), 10)
	if _, err := c.create(); err != nil { // and then it is killed
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "note.txt"), nil, 0o600); err != nil { // not ours
		t.Fatal(err)
	}
	c = openCache(dir, 1000, log)
	c.keepBoxes([]string{"a"})
	if got, ok := c.have(cacheName("a", 1, 1)); !ok || got != path {
		t.Errorf("%q %v", got, ok)
	}
	if _, ok := c.have(cacheName("b", 1, 1)); ok || there(t, dir) != 2 {
		t.Errorf("%d files", there(t, dir))
	}
	c.keep("a", map[string]bool{cacheName("a", 2, 1): true})
	if _, ok := c.have(cacheName("a", 1, 1)); ok {
		t.Error("the sound of a message that has gone is kept")
	}
	if err := os.Remove(filepath.Join(dir, "note.txt")); err != nil {
		t.Error(err)
	}
	keepIn(t, c, cacheName("a", 1, 2), 10)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.have(cacheName("a", 1, 2)); ok {
		t.Error("a file that was taken away is there")
	}
	keepIn(t, c, cacheName("a", 1, 3), 10)
}

func TestNothingIsWrittenOver(t *testing.T) {
	dir := t.TempDir()
	to := filepath.Join(dir, "to.wav")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), to); err != nil {
		t.Fatal(err)
	}
	got, err := copyNew(strings.NewReader("new"), to)
	if err != nil || got != filepath.Join(dir, "to (2).wav") {
		t.Errorf("%s %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "elsewhere")); !errors.Is(err, os.ErrNotExist) {
		t.Error("it went through a link")
	}
	if _, err := copyNew(strings.NewReader("new"), filepath.Join(dir, "no such folder", "a.wav")); phone.ReasonOf(err).ID != phone.ReasonBadFile {
		t.Errorf("%v", err)
	}
	for name, want := range map[string]string{"../../x": "_.._x 2026-11-22 14.05", "": "2026-11-22 14.05", "Åsa/Ö": "Åsa_Ö 2026-11-22 14.05"} {
		m := phone.VoiceMessage{From: phone.Party{Name: name}, Received: time.Date(2026, 11, 22, 14, 5, 59, 0, time.Local)}
		if got := saveName(m); got != want || filepath.Base(got) != got {
			t.Errorf("%q is saved as %q", name, got)
		}
	}
}

// wavHead is the beginning of a WAV file that tells of itself what one likes.
func wavHead(tag, channels uint16, rate uint32, bits uint16, told uint32, n int) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVELIST\x03\x00\x00\x00abc\x00fmt "), 16, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, tag)
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, 1625)
	b = binary.LittleEndian.AppendUint16(b, channels*bits/8)
	b = binary.LittleEndian.AppendUint16(b, bits)
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), told)
	return append(b, make([]byte, n)...)
}

func TestSoundIsTold(t *testing.T) {
	for what, c := range map[string]struct {
		data   []byte
		plays  bool
		ending string
		kind   string
		length time.Duration
	}{
		"pcm":             {wavHead(1, 1, 8000, 16, 16000, 16000), true, ".wav", "wav", time.Second},
		"alaw":            {wavHead(6, 1, 8000, 8, 16000, 16000), true, ".wav", "wav", 2 * time.Second},
		"ulaw, 16 bit":    {wavHead(7, 1, 8000, 16, 0, 8000), true, ".wav", "wav", time.Second},
		"lies, endless":   {wavHead(1, 2, 8000, 16, 0xffffffff, 32000), true, ".wav", "wav", time.Second},
		"gsm in wav":      {wavHead(0x31, 1, 8000, 0, 1625, 1625), false, ".wav", "gsm", time.Second},
		"no channels":     {wavHead(1, 0, 8000, 16, 10, 10), false, ".wav", "wav", 0},
		"no rate":         {wavHead(1, 1, 0, 16, 10, 10), false, ".wav", "wav", 0},
		"12 bits":         {wavHead(1, 1, 8000, 12, 10, 10), false, ".wav", "wav", 0},
		"no sound":        {wavHead(1, 1, 8000, 16, 0, 0)[:44], false, ".wav", "wav", 0},
		"cut in its head": {wavHead(1, 1, 8000, 16, 0, 0)[:20], false, ".wav", "wav", 0},
		"chunks, chunks":  {append([]byte("RIFF\xff\xff\xff\xffWAVE"), bytes.Repeat([]byte("abcd\x00\x00\x00\x00"), 9000)...), false, ".wav", "wav", 0},
		"vorbis":          {append([]byte("OggS\x00\x02"), "                      \x01vorbis        "...), false, ".ogg", "ogg", 0},
		"mp3":             {[]byte("ID3\x03          "), false, ".mp3", "mp3", 0},
		"mp3 without tag": {[]byte("\xff\xfb\x90\x00      "), false, ".mp3", "mp3", 0},
		"gsm":             {bytes.Repeat(append([]byte{0xd2}, make([]byte, 32)...), 10), false, ".gsm", "gsm", 0},
		"m4a":             {[]byte("\x00\x00\x00\x20ftypM4A "), false, ".m4a", "m4a", 0},
		"nothing":         {nil, false, ".bin", "", 0},
		"text":            {[]byte("hello"), false, ".bin", "", 0},
	} {
		got := look(bytes.NewReader(c.data), int64(len(c.data)))
		if got.plays != c.plays || got.ending != c.ending || got.kind != c.kind && !got.plays || got.length != c.length {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func FuzzSound(f *testing.F) {
	f.Add(wavHead(1, 1, 8000, 16, 100, 100))
	f.Add([]byte("OggS\x00\x02                      \x01\x13OpusHead\x01\x01\x38\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s := look(bytes.NewReader(data), int64(len(data))); s.length < 0 || s.ending == "" {
			t.Errorf("%+v", s)
		}
	})
}
