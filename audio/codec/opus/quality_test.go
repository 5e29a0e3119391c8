package opus

import (
	"testing"

	libopus "github.com/hraban/opus"

	"svara/audio"
	"svara/audio/audiotest"
)

// Speech is as like what was said as with what libopus does by itself, which corrects nothing; where frames are lost, more.
func TestSpeechSoundsAsByDefault(t *testing.T) {
	lib, err := libopus.NewEncoder(audio.Rate, 1, libopus.AppVoIP)
	if err != nil {
		t.Fatal(err)
	}
	ours, _ := coders(t)
	speech := audiotest.Mixed(audiotest.Scaled(audiotest.Talk(8*audio.Rate, 8), -22), audiotest.Noise(8*audio.Rate, 8, 5))
	type likeness struct{ stoi, snr float64 }
	heard := func(code func(dst []byte, pcm []int16) (int, error), every int) likeness {
		_, d := coders(t)
		var packets [][]byte
		for at := 0; at < len(speech); at += frame {
			buf := make([]byte, 1500)
			n, err := code(buf, speech[at:at+frame])
			if err != nil {
				t.Fatal(err)
			}
			packets = append(packets, buf[:n])
		}
		var out []int16
		pcm := make([]int16, frame)
		for i, p := range packets {
			switch {
			case every == 0 || i%every != every/2:
				mustDecode(t, d, pcm, p)
			case i+1 == len(packets) || !d.(*decoder).Recover(pcm, packets[i+1]):
				d.(*decoder).Conceal(pcm)
			}
			out = append(out, pcm...)
		}
		was, is, _ := audiotest.Aligned(speech, out)
		return likeness{audiotest.STOI(was, is), audiotest.SegmentalSNR(was, is)}
	}
	byDefault := func(dst []byte, pcm []int16) (int, error) { return lib.Encode(pcm, dst) }
	for _, every := range []int{0, 20} {
		us, them := heard(ours.Encode, every), heard(byDefault, every)
		t.Logf("one lost of %d: STOI %.4f and %.1f dB, by default %.4f and %.1f dB", every, us.stoi, us.snr, them.stoi, them.snr)
		if us.stoi < them.stoi-0.001 || us.snr < them.snr-0.5 {
			t.Errorf("one lost of %d: STOI %.4f and %.1f dB, by default %.4f and %.1f dB", every, us.stoi, us.snr, them.stoi, them.snr)
		}
	}
}
