package record

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/codec/opus"
)

// seconds is a recording that tells where one is: the n-th second is a tone of 400 + 100n Hz.
func seconds(n int) []int16 {
	var pcm []int16
	for i := range n {
		pcm = append(pcm, audiotest.Sine(audio.Rate, audio.Rate, 400+100*float64(i), 8000)...)
	}
	return pcm
}

// next reads ms of a player.
func next(t *testing.T, p *Player, ms int) []int16 {
	t.Helper()
	pcm := make([]int16, ms/10*audio.BlockSize)
	for at := 0; at < len(pcm); at += audio.BlockSize {
		ready(t, p)
		p.Read(pcm[at : at+audio.BlockSize])
	}
	return pcm
}

func TestOpenBytes(t *testing.T) {
	r, path := start(t, "a", false, false)
	r.feed(t, seconds(2), make([]int16, 2*audio.Rate))
	stop(t, r)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := OpenBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	p.Seek(1100 * time.Millisecond)
	if p.Duration() != 2*time.Second || audiotest.RMS(next(t, p, 100)) < 1000 {
		t.Errorf("%v long", p.Duration())
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "RI", "gsm sound", "RIFF", "OggS"} {
		if _, err := OpenBytes([]byte(bad)); err == nil {
			t.Errorf("%q is played", bad)
		}
	}
}

func TestSeek(t *testing.T) {
	pcm, silence := seconds(30), make([]int16, 30*audio.Rate)
	for _, f := range formats {
		r, path := start(t, "a", f.opus, f.stereo)
		r.feed(t, pcm, silence)
		stop(t, r)
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if p.Duration() != 30*time.Second || p.Position() != 0 || p.Done() {
			t.Errorf("%s: %v of %v, done %v", f.name, p.Position(), p.Duration(), p.Done())
		}
		at := []int{0, 29, 0, 1, 15, 14, 28}
		for range 8 {
			at = append(at, rand.IntN(29))
		}
		for _, second := range at {
			// Half a second before the change, then over it: it must come when it should.
			to := time.Duration(second)*time.Second + 600*time.Millisecond
			p.Seek(to)
			if p.Position() != to || p.Done() {
				t.Errorf("%s: at %v just after going to %v", f.name, p.Position(), to)
			}
			got := next(t, p, 390)
			if d := p.Position() - to; d != 390*time.Millisecond {
				t.Errorf("%s: 390 ms took %v", f.name, d)
			}
			for i, freq := range []float64{400 + 100*float64(second), 500 + 100*float64(second)} {
				// The window of the second tone must not have it yet.
				a := audiotest.Amplitude(got[audio.Rate/50:], freq)
				if own := i == 0; own && math.Abs(decibels(a, 8000)) > 1.5 || !own && a > 400 {
					t.Errorf("%s: at %v, %.0f Hz is %.0f", f.name, to, freq, a)
				}
			}
			if second == 29 {
				continue
			}
			next(t, p, 10)
			got = next(t, p, 390)
			if a := audiotest.Amplitude(got[audio.Rate/50:], 500+100*float64(second)); math.Abs(decibels(a, 8000)) > 1.5 {
				t.Errorf("%s: after %v the next second is %.0f", f.name, to, a)
			}
		}
		p.Seek(29700 * time.Millisecond)
		if rest := playOn(t, p); len(rest) != 3*audio.Rate/10 || p.Position() != p.Duration() {
			t.Errorf("%s: %d samples to the end, at %v", f.name, len(rest), p.Position())
		}
		if block := make([]int16, 480); p.Read(block) || !p.Done() {
			t.Errorf("%s: sound after the end", f.name)
		}
		p.Seek(-time.Second)
		if p.Position() != 0 || p.Done() {
			t.Errorf("%s: at %v after going to before the beginning", f.name, p.Position())
		}
		if a := audiotest.Amplitude(next(t, p, 200)[960:], 400); a < 6700 {
			t.Errorf("%s: from the beginning again, %.0f", f.name, a)
		}
		p.Seek(time.Hour)
		if rest := playOn(t, p); len(rest) != 0 || !p.Done() {
			t.Errorf("%s: %d samples behind the end", f.name, len(rest))
		}
		if p.Err() != nil || p.Close() != nil || p.Close() != nil {
			t.Errorf("%s: error %v", f.name, p.Err())
		}
		block := make([]int16, 480)
		block[7] = 7
		if p.Read(block) || block[7] != 0 {
			t.Errorf("%s: sound after Close", f.name)
		}
	}
}

// After going to a place, a codec must sound as if it had played up to there: it is given the time to (RFC 7845 section
// 4.6), also where a page has just begun.
func TestSeekSoundsAsPlayed(t *testing.T) {
	r, ours := start(t, "a", true, false)
	pcm := audiotest.Speech(10 * audio.Rate)
	r.feed(t, pcm, make([]int16, len(pcm)))
	stop(t, r)
	theirs := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(theirs, onePacketAPage(t, ours), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"ours": ours, "a packet on each page": theirs} {
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		played := playOn(t, p)
		for pages := 1; pages < 20; pages++ {
			at := pages*packetsPerPage*opus.FileFrame - opus.PreSkip + 10
			p.Seek(span(int64(at)) + 10*time.Microsecond)
			got := next(t, p, 20)
			var power, rest float64
			for i, v := range got {
				power += float64(v) * float64(v)
				rest += math.Pow(float64(v)-float64(played[at+i]), 2)
			}
			if db := 10 * math.Log10(power/max(rest, 1)); db < 30 {
				t.Errorf("%s: page %d is only %.1f dB the same when one goes to it", name, pages, db)
			}
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// onePacketAPage cuts a file into as many pages as it has packets.
func onePacketAPage(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := newPages(bytes.NewReader(data), int64(len(data)))
	var d oggDecoder
	var out []byte
	place, sequence := int64(0), uint32(0)
	for {
		p, err := pages.next()
		if err != nil {
			return out
		}
		d.split(p)
		for i, packet := range d.packets {
			place += int64(opus.Duration(packet))
			flags := p.flags
			if i == len(d.packets)-1 {
				place = p.granule
			} else {
				flags &^= pageLast
			}
			out = appendPage(out, flags, place, p.serial, sequence, appendLacing(nil, len(packet)), packet)
			sequence++
		}
	}
}

// The audio loop reads while somebody else seeks and looks where it is.
func TestSeekWhilePlaying(t *testing.T) {
	r, path := start(t, "a", true, true)
	r.feed(t, seconds(10), seconds(10))
	stop(t, r)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		for i := range 300 {
			to := time.Duration(rand.IntN(10000)) * time.Millisecond
			p.Seek(to)
			if at := p.Position(); at < to-time.Microsecond*21 {
				t.Errorf("at %v after going to %v", at, to)
			}
			if i%10 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	block := make([]int16, audio.BlockSize)
	for playing := true; playing; {
		p.Read(block)
		p.Done()
		select {
		case <-over:
			playing = false
		default:
		}
	}
	p.Seek(5 * time.Second)
	if got := audiotest.Amplitude(next(t, p, 200)[960:], 900); got < 13000 { // both sides say it
		t.Errorf("in the end, %.0f", got)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	r, path := start(t, "a", false, true)
	r.feed(t, seconds(2), seconds(2))
	stop(t, r)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	block := make([]int16, audio.BlockSize)
	ready(t, p)
	if n := testing.AllocsPerRun(100, func() { p.Read(block) }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// wavFile makes a WAV file of 16 bit sound by hand.
func wavFile(channels, rate int, told uint32, pcm []int16) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), 36+uint32(2*len(pcm)))
	b = binary.LittleEndian.AppendUint32(append(b, "WAVEfmt "...), 16)
	for _, v := range []uint16{1, uint16(channels)} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*channels*2))
	for _, v := range []uint16{uint16(2 * channels), 16} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), told)
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func TestOtherRates(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		path := filepath.Join(t.TempDir(), "a.wav")
		pcm := audiotest.Sine(2*rate, rate, 1000, 8000)
		if err := os.WriteFile(path, wavFile(1, rate, uint32(2*len(pcm)), pcm), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if p.Duration() != 2*time.Second {
			t.Errorf("%d Hz: %v long", rate, p.Duration())
		}
		p.Seek(500 * time.Millisecond)
		got := playOn(t, p)
		near(t, "what is left", length(got), 1500*time.Millisecond)
		if a := audiotest.Amplitude(got[960:len(got)-960], 1000); math.Abs(decibels(a, 8000)) > 0.5 {
			t.Errorf("%d Hz: the tone is %.0f", rate, a)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Files that other programs make: packets that go over pages, tags with pictures, other packet lengths.
func TestFilesOfOthers(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "a.wav")
	pcm := seconds(10)
	if err := os.WriteFile(source, wavFile(1, audio.Rate, uint32(2*len(pcm)), pcm), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(dir, "p.png")
	if err := os.WriteFile(picture, append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"), bytes.Repeat([]byte("OggS\x00"), 40000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("opusenc"); err != nil {
		t.Fatal("opus-tools are needed: ", err)
	}
	for name, options := range map[string][]string{
		"plain":   nil,
		"60ms":    {"--framesize", "60", "--bitrate", "200", "--hard-cbr", "--max-delay", "1000"},
		"2.5ms":   {"--framesize", "2.5", "--bitrate", "64"},
		"picture": {"--picture", picture},
		"gain":    {"--bitrate", "48"},
	} {
		path := filepath.Join(dir, name+".opus")
		if text, err := exec.Command("opusenc", append(append([]string{"--quiet"}, options...), source, path)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if name == "gain" { // made louder by 6 dB in the head
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			binary.LittleEndian.PutUint16(data[28+16:], 6<<8)
			head := pageLength(data)
			seal(data[:head])
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want := 8000.0
		if name == "gain" {
			want *= math.Pow(10, 6.0/20)
		}
		p, err := Open(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near(t, name, p.Duration(), 10*time.Second)
		for _, second := range []int{7, 2, 9} {
			p.Seek(time.Duration(second)*time.Second + 100*time.Millisecond)
			if a := audiotest.Amplitude(next(t, p, 800)[480:], 400+100*float64(second)); math.Abs(decibels(a, want)) > 1.5 {
				t.Errorf("%s: second %d is %.0f, should be %.0f", name, second, a, want)
			}
		}
		p.Seek(0)
		near(t, name+" played", length(playOn(t, p)), 10*time.Second)
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// pageLength is the length of a page, whether its checksum fits or not.
func pageLength(b []byte) int {
	length := pageHead + int(b[26])
	for _, n := range b[pageHead:length] {
		length += int(n)
	}
	return length
}
