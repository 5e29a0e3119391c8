package opus

import (
	"math"
	"testing"

	libopus "github.com/hraban/opus"

	"errors"
	"math/rand/v2"
	"svara/audio"
	"svara/audio/audiotest"
)

const frame = audio.Rate / 50 // 20 ms

func coders(t testing.TB) (audio.Encoder, audio.Decoder) {
	t.Helper()
	e, err := Codec().NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	d, err := Codec().NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	return e, d
}

// encode codes pcm in frames.
func encode(t testing.TB, e audio.Encoder, pcm []int16, size int) [][]byte {
	t.Helper()
	var packets [][]byte
	for len(pcm) >= size {
		buf := make([]byte, 1500)
		n, err := e.Encode(buf, pcm[:size])
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, buf[:n])
		pcm = pcm[size:]
	}
	return packets
}

func TestToneComesThrough(t *testing.T) {
	for _, ms := range []int{10, 20, 40, 60} {
		e, d := coders(t)
		size := ms * audio.Rate / 1000
		var heard []int16
		for _, p := range encode(t, e, audiotest.Tone(audio.Rate, 1000), size) {
			out := make([]int16, size)
			n, err := d.Decode(out, p)
			if err != nil || n != size {
				t.Fatalf("%d ms: decoded %d, %v", ms, n, err)
			}
			heard = append(heard, out...)
		}
		heard = heard[audio.Rate/2:]
		if a := audiotest.Amplitude(heard, 1000); a < 14000 || a > 19000 {
			t.Errorf("%d ms: tone of 16384 came back as %.0f", ms, a)
		}
		if snr := audiotest.SNR(heard, audio.Rate, 1000); snr < 15 {
			t.Errorf("%d ms: tone came back %.1f dB above the rest", ms, snr)
		}
	}
}

func TestStereoPayloadIsMixedDown(t *testing.T) {
	e, err := libopus.NewEncoder(audio.Rate, 2, libopus.AppAudio)
	if err != nil {
		t.Fatal(err)
	}
	_, d := coders(t)
	left, right := audiotest.Sine(audio.Rate, audio.Rate, 700, 8000), audiotest.Sine(audio.Rate, audio.Rate, 1900, 8000)
	both := make([]int16, 2*frame)
	var heard []int16
	for at := 0; at+frame <= len(left); at += frame {
		for i := range frame {
			both[2*i], both[2*i+1] = left[at+i], right[at+i]
		}
		buf := make([]byte, 1500)
		n, err := e.Encode(both, buf)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]int16, frame)
		if n, err := d.Decode(out, buf[:n]); err != nil || n != frame {
			t.Fatal(n, err)
		}
		heard = append(heard, out...)
	}
	heard = heard[audio.Rate/2:]
	for _, f := range []float64{700, 1900} {
		if a := audiotest.Amplitude(heard, f); a < 3000 || a > 5000 { // half of each: their mean
			t.Errorf("%.0f Hz of one channel came through as %.0f of 8000", f, a)
		}
	}
}

// difference is how far a is from b, in dB below b.
func difference(a, b []int16) float64 {
	var d, p float64
	for i := range a {
		d += math.Pow(float64(a[i])-float64(b[i]), 2)
		p += math.Pow(float64(b[i]), 2)
	}
	return 10 * math.Log10(p/max(d, 1))
}

func TestLostFrameIsRecovered(t *testing.T) {
	e, whole := coders(t)
	_, recovering := coders(t)
	_, guessing := coders(t)
	packets := encode(t, e, audiotest.Speech(4*audio.Rate), frame)
	want, fec, plc := make([]int16, frame), make([]int16, frame), make([]int16, frame)
	lost, recovered := 0, 0
	var fecDB, plcDB float64
	for i, p := range packets {
		mustDecode(t, whole, want, p)
		if i < 25 || i%10 != 0 || i == len(packets)-1 {
			mustDecode(t, recovering, fec, p)
			mustDecode(t, guessing, plc, p)
			continue
		}
		lost++
		if recovering.Recover(fec, packets[i+1]) {
			recovered++
		} else {
			recovering.Conceal(fec)
		}
		guessing.Conceal(plc)
		fecDB += difference(fec, want)
		plcDB += difference(plc, want)
	}
	if recovered < lost*8/10 {
		t.Errorf("%d of %d lost frames had a copy in the next one", recovered, lost)
	}
	fecDB, plcDB = fecDB/float64(lost), plcDB/float64(lost)
	t.Logf("recovered %.1f dB, concealed %.1f dB like the lost frame", fecDB, plcDB)
	if fecDB < plcDB+2 {
		t.Errorf("recovery (%.1f dB) is hardly better than a guess (%.1f dB)", fecDB, plcDB)
	}
}

func mustDecode(t testing.TB, d audio.Decoder, pcm []int16, p []byte) {
	t.Helper()
	if n, err := d.Decode(pcm, p); err != nil || n != len(pcm) {
		t.Fatal(n, err)
	}
}

func TestRecoverNeedsRedundancy(t *testing.T) {
	_, d := coders(t)
	pcm := make([]int16, frame)
	e, err := libopus.NewEncoder(audio.Rate, 1, libopus.AppRestrictedLowdelay) // CELT only
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1500)
	n, err := e.Encode(audiotest.Speech(frame), buf)
	if err != nil {
		t.Fatal(err)
	}
	for name, next := range map[string][]byte{"CELT": buf[:n], "nothing": nil, "one byte": {0x78}, "code 3 of 0 frames": {3, 0}, "lying padding": {3, 0x41, 255, 255}} {
		if d.Recover(pcm, next) {
			t.Errorf("%s: recovered from a payload without redundancy", name)
		}
	}
}

func TestConcealmentFadesAndReturns(t *testing.T) {
	e, d := coders(t)
	packets := encode(t, e, audiotest.Tone(audio.Rate, 500), frame)
	pcm := make([]int16, frame)
	for _, p := range packets[:20] {
		mustDecode(t, d, pcm, p)
	}
	var guess []int16
	for range 4 {
		d.Conceal(pcm)
		guess = append(guess, pcm...)
	}
	ms := audio.Rate / 1000
	if r := audiotest.RMS(guess[:10*ms]); r < 5000 {
		t.Errorf("the first 10 ms are %.0f: no concealment", r)
	}
	if r := audiotest.RMS(guess[61*ms:]); r > 1 {
		t.Errorf("after 60 ms there is still %.0f", r)
	}
	mustDecode(t, d, pcm, packets[24])
	if j := audiotest.Jump(append(guess[len(guess)-1:], pcm...)); j > 6000 {
		t.Errorf("sound returns with a click of %d", j)
	}
}

// A sender with discontinuous transmission says that it is silent; until it speaks there is the noise of its room.
func TestComfortInASilence(t *testing.T) {
	lib, err := libopus.NewEncoder(audio.Rate, 1, libopus.AppVoIP)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(lib.SetBitrate(24000), lib.SetDTX(true)); err != nil {
		t.Fatal(err)
	}
	_, d := coders(t)
	c := d.(*decoder)
	dice := rand.New(rand.NewPCG(1, 2))
	room := func(n int) []int16 {
		pcm := make([]int16, n)
		for i := range pcm {
			pcm[i] = int16(dice.NormFloat64() * 60)
		}
		return pcm
	}
	in, pcm := append(audiotest.Speech(audio.Rate), room(4*audio.Rate)...), make([]int16, frame)
	rested := false
	for at := 0; at+frame <= len(in) && !rested; at += frame {
		buf := make([]byte, 1500)
		n, err := lib.Encode(in[at:at+frame], buf)
		if err != nil {
			t.Fatal(err)
		}
		if c.Comfort(pcm, nil) {
			t.Fatal("comfort noise before there was a silence")
		}
		mustDecode(t, d, pcm, buf[:n])
		rested = n <= resting
	}
	if !rested {
		t.Fatal("the encoder never rested")
	}
	var noise []int16
	for range 50 {
		if !c.Comfort(pcm, nil) {
			t.Fatal("no noise in a silence")
		}
		noise = append(noise, pcm...)
	}
	late := audiotest.RMS(noise[len(noise)-10*frame:])
	t.Logf("noise of 60 comes as %.0f, a second later as %.0f", audiotest.RMS(noise[:5*frame]), late)
	if late < 5 || late > 120 {
		t.Errorf("a second into a silence the noise is %.0f, of 60", late)
	}
	e, _ := coders(t)
	mustDecode(t, d, pcm, encode(t, e, audiotest.Speech(frame), frame)[0])
	if c.Comfort(pcm, nil) {
		t.Error("comfort noise in speech")
	}
}

// The more is lost, the less is sent, and the error correction stays; a loss that wavers does not make the rate waver.
func TestRateFollowsLoss(t *testing.T) {
	rate := bitrate
	for _, c := range []struct{ loss, want int }{
		{0, bitrate}, {14, bitrate}, {15, thin}, {10, thin}, {9, bitrate}, {40, thinner}, {20, thinner}, {19, thin}, {11, thin}, {29, thin}, {30, thinner}, {0, bitrate},
	} {
		if rate = rateAt(c.loss, rate); rate != c.want {
			t.Errorf("at %d %%: %d bit/s, want %d", c.loss, rate, c.want)
		}
	}
	speech := audiotest.Speech(4 * audio.Rate)
	size := map[int]int{}
	for _, loss := range []int{0, 15, 30} {
		e, _ := coders(t)
		e.SetLoss(loss)
		guarded := 0
		packets := encode(t, e, speech, frame)
		for _, p := range packets {
			size[loss] += len(p)
			if hasRedundancy(p) {
				guarded++
			}
		}
		t.Logf("at %d %%: %d bit/s, %d of %d guarded", loss, size[loss]*2, guarded, len(packets))
		if guarded < len(packets)*8/10 {
			t.Errorf("at %d %%: %d of %d packets have error correction", loss, guarded, len(packets))
		}
	}
	if size[15] >= size[0] || size[30] >= size[15] {
		t.Errorf("bytes at 0, 15 and 30 %%: %v", size)
	}
}

// The peer's limit holds whatever the loss asks for, also one that no encoder can keep to.
func TestRateKeepsToTheLimit(t *testing.T) {
	speech := audiotest.Speech(4 * audio.Rate)
	rate := func(limit, loss int) int {
		e, _ := coders(t)
		e.SetLoss(loss)
		e.(audio.Limiter).Limit(limit)
		bytes := 0
		for _, p := range encode(t, e, speech, frame) {
			bytes += len(p)
		}
		return bytes * 2
	}
	for _, c := range []struct{ limit, loss, most int }{{0, 0, bitrate}, {20000, 0, 20000}, {20000, 40, 20000}, {1, 0, leastRate}, {1 << 40, 0, bitrate}} {
		if got := rate(c.limit, c.loss); got > c.most*13/10 || got < c.most/2 {
			t.Errorf("limit %d, %d %% lost: %d bit/s, want up to %d", c.limit, c.loss, got, c.most)
		}
	}
	e, _ := coders(t)
	enc := e.(*encoder)
	enc.Limit(20000)
	enc.SetLoss(40)
	enc.SetLoss(0)
	if enc.Limit(0); enc.sent(enc.rate) != bitrate {
		t.Errorf("%d bit/s without a limit", enc.sent(enc.rate))
	}
}

func TestHostilePayloads(t *testing.T) {
	_, d := coders(t)
	pcm := make([]int16, frame)
	for _, p := range [][]byte{nil, {}, {0xff}, {0xff, 0xff, 0xff}, make([]byte, 1500)} {
		if n, err := d.Decode(pcm, p); err == nil && n > len(pcm) {
			t.Errorf("%x: %d samples in a block of %d", p[:min(len(p), 4)], n, len(pcm))
		}
		d.Recover(pcm, p)
	}
}

func FuzzRedundancy(f *testing.F) {
	f.Add([]byte{0x78, 0x40, 1, 2, 3})
	f.Add([]byte{0x7b, 0xc3, 2, 1, 1, 1, 0, 0})
	f.Fuzz(func(t *testing.T, p []byte) {
		hasRedundancy(p)
	})
}

func TestNoAllocation(t *testing.T) {
	e, d := coders(t)
	pcm, out, buf := audiotest.Speech(frame), make([]int16, frame), make([]byte, 1500)
	n, _ := e.Encode(buf, pcm)
	for name, f := range map[string]func(){
		"Encode":  func() { _, _ = e.Encode(buf, pcm) },
		"Decode":  func() { _, _ = d.Decode(out, buf[:n]) },
		"Recover": func() { d.Recover(out, buf[:n]) },
		"Conceal": func() { d.Conceal(out) },
		"SetLoss": func() { e.SetLoss(7); e.SetLoss(9) },
	} {
		if a := testing.AllocsPerRun(100, f); a != 0 {
			t.Errorf("%s allocates %.0f times", name, a)
		}
	}
}

func BenchmarkEncode20ms(b *testing.B) {
	e, _ := coders(b)
	pcm, buf := audiotest.Speech(audio.Rate), make([]byte, 1500)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := i % 49 * frame
		if _, err := e.Encode(buf, pcm[at:at+frame]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode20ms(b *testing.B) {
	e, d := coders(b)
	packets := encode(b, e, audiotest.Speech(audio.Rate), frame)
	pcm := make([]int16, frame)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := d.Decode(pcm, packets[i%len(packets)]); err != nil {
			b.Fatal(err)
		}
	}
}

// Less is spent on silence, and what is said after it sounds as if all had been spent all the time.
func TestLessIsSpentOnSilence(t *testing.T) {
	quiet := make([]int16, audio.Rate)
	speech := audiotest.Mixed(audiotest.Talk(2*audio.Rate, 8), audiotest.Noise(2*audio.Rate, 20, 4)) // a room is never silent
	pcm := append(append(append([]int16(nil), speech...), quiet...), speech...)
	saving, _ := coders(t)
	spending, _ := coders(t)
	var heard [2][]int16
	for i, code := range []func(dst []byte, pcm []int16) (int, error){saving.Encode, func(dst []byte, pcm []int16) (int, error) {
		return spending.(*encoder).lib.encode(dst, pcm)
	}} {
		_, d := coders(t)
		buf, out := make([]byte, 1500), make([]int16, frame)
		for at := 0; at < len(pcm); at += frame {
			n, err := code(buf, pcm[at:at+frame])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Decode(out, buf[:n]); err != nil {
				t.Fatal(err)
			}
			heard[i] = append(heard[i], out...)
			if i > 0 {
				continue
			}
			want, into := complexity, at-len(speech)
			if into >= frame && into < len(quiet) {
				want = complexitySilent
			}
			if into >= 2*frame && into < len(quiet) && n > 8 {
				t.Errorf("%d bytes for silence, %d ms into it", n, into*1000/audio.Rate)
			}
			if into == len(quiet)+frame && !hasRedundancy(buf[:n]) {
				t.Error("the first frame of speech after a silence cannot be recovered")
			}
			if is := saving.(*encoder).effort; is != want {
				t.Fatalf("an effort of %d at %d ms, want %d", is, at*1000/audio.Rate, want)
			}
		}
	}
	from := len(speech) + len(quiet) - frame
	first := func(i, n int) float64 { return audiotest.SegmentalSNR(pcm[from:from+n], heard[i][from+PreSkip:][:n]) }
	for _, n := range []int{audio.Rate / 5, 2*audio.Rate - PreSkip} { // the beginning, and all of it
		saved, spent := first(0, n), first(1, n)
		t.Logf("%d ms after the silence: %.1f dB, %.1f dB where all was spent", n*1000/audio.Rate, saved, spent)
		if saved < spent-0.2 {
			t.Errorf("%d ms after the silence: %.1f dB, %.1f dB where all was spent", n*1000/audio.Rate, saved, spent)
		}
	}
	still := func(i int) float64 { return audiotest.RMS(heard[i][len(speech)+5*frame : from]) }
	if still(0) > still(1)+1 {
		t.Errorf("silence comes out at an RMS of %.1f, %.1f where all was spent", still(0), still(1))
	}
}
