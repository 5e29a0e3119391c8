package sound

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestToneIsMeasuredAsWhatItIs(t *testing.T) {
	s := Tone(1004, -12, time.Second)
	if l := ToneLevel(s, 1004); math.Abs(l+12) > .3 {
		t.Errorf("level of the tone %.2f dBFS, want -12", l)
	}
	if l := Level(s); math.Abs(l+12) > .3 {
		t.Errorf("level of all %.2f dBFS, want -12", l)
	}
	if l := ToneLevel(s, 900); l > -45 {
		t.Errorf("900 Hz is heard at %.2f dBFS in a tone of 1004 Hz", l)
	}
	if !Pure(s, 1004) || Pure(s, 900) || Pure(Silence(time.Second), 1004) {
		t.Error("Pure does not tell the tone from another or from silence")
	}
	if d := Heard(Join(Silence(time.Second), s, Silence(time.Second)), 1004); d < 900*time.Millisecond || d > 1040*time.Millisecond {
		t.Errorf("one second of tone heard for %v", d)
	}
}

func TestBrokenToneIsToldFromAnUnbrokenOne(t *testing.T) {
	part := Tone(500, -12, 480*time.Millisecond)
	for _, c := range []struct {
		name string
		s    []int16
		want time.Duration
	}{
		{"unbroken", part, 480 * time.Millisecond},
		{"broken by 40 ms", Join(part[:Samples(200*time.Millisecond)], Silence(40*time.Millisecond), part), 480 * time.Millisecond},
		{"broken each 100 ms", slices.Repeat(Join(part[:Samples(100*time.Millisecond)], Silence(40*time.Millisecond)), 5), 80 * time.Millisecond},
		{"of another level", Tone(500, -20, time.Second), 0},
		{"another", Tone(900, -12, time.Second), 0},
		{"nothing", Silence(time.Second), 0},
	} {
		if got := Unbroken(c.s, 500, -15, -9); got > c.want || got < c.want-80*time.Millisecond {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestGapsAreFound(t *testing.T) {
	s := Join(Silence(time.Second), Tone(500, -12, time.Second), Silence(60*time.Millisecond), Tone(500, -12, time.Second), Silence(time.Second))
	gaps := Gaps(s, -50, 40*time.Millisecond)
	if len(gaps) != 1 || (gaps[0].At-2*time.Second).Abs() > 10*time.Millisecond || (gaps[0].Length-60*time.Millisecond).Abs() > 15*time.Millisecond {
		t.Errorf("gaps %v, want one of 60 ms at 2 s", gaps)
	}
}

func TestFindFindsQuietSoundInNoise(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	s := make([]int16, 2*Rate)
	for i := range s {
		s[i] = int16(noise.NormFloat64() * 300)
	}
	const at = 31234
	for i, v := range Chirp() {
		s[at+i] += v / 10
	}
	if offset, like := Find(s, Chirp()); offset < at-2 || offset > at+2 || like < .5 {
		t.Errorf("found at %d with likeness %.2f, want %d", offset, like, at)
	}
	if _, like := Find(s[:at-6000], Chirp()); like > .3 {
		t.Errorf("found in noise with likeness %.2f", like)
	}
}

func TestWAVComesBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.wav")
	want := Tone(440, -6, 30*time.Millisecond)
	if err := WriteWAV(file, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadWAV(file)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d samples came back of %d, %v", len(got), len(want), err)
	}
}

func TestPresenceTellsTonesApart(t *testing.T) {
	two := Tone(510, -18, time.Second)
	for i, v := range Tone(640, -24, time.Second) {
		two[i] += v
	}
	for _, c := range []struct{ hz, want float64 }{{510, -18}, {640, -24}} {
		if l := Presence(two, c.hz); math.Abs(l-c.want) > .5 {
			t.Errorf("%.0f Hz at %.1f dBFS, sent at %.0f", c.hz, l, c.want)
		}
	}
	for _, hz := range []float64{425, 580, 830, 1090} {
		if l := Presence(two, hz); l > -60 {
			t.Errorf("%.0f Hz at %.1f dBFS, not sent", hz, l)
		}
	}
}

func TestWAVIsReadInParts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.wav")
	s := Tone(300, -6, 100*time.Millisecond)
	if err := WriteWAV(file, s); err != nil {
		t.Fatal(err)
	}
	if n, err := Length(file); err != nil || n != len(s) {
		t.Fatalf("length %d, %v; want %d", n, err, len(s))
	}
	if part, err := ReadPart(file, 1000, 2000); err != nil || !slices.Equal(part, s[1000:2000]) {
		t.Errorf("part differs, %v", err)
	}
	if _, err := ReadPart(file, 1000, len(s)+1); err == nil {
		t.Error("read past the end")
	}
}
