package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"svara/audio"
	"svara/audio/dsp"
	"svara/audio/wav"
	"svara/phone"
	"svara/phone/team"
)

func greetingPath(kind phone.Greeting) string { return "me/greetings/" + url.PathEscape(string(kind)) }

// greetings is how the greetings of the user's mailbox are now.
func (x *teaming) greetings() []phone.OwnGreeting {
	out := make([]phone.OwnGreeting, 0, len(phone.Greetings))
	for _, kind := range phone.Greetings {
		g := phone.OwnGreeting{Kind: kind}
		for _, told := range x.mailbox.Greetings {
			if string(told.Kind) == string(kind) {
				g.Own, g.Length = true, time.Duration(told.LengthS)*time.Second
			}
		}
		out = append(out, g)
	}
	return out
}

// greetable refuses a greeting of no mailbox of the user's.
func (t *turn) greetable(kind phone.Greeting) error {
	x, err := t.liveTeam()
	switch {
	case err != nil:
		return err
	case x.mailbox.Box == "":
		return phone.Refuse(phone.ReasonNoMailbox, "")
	case !slices.Contains(phone.Greetings, kind):
		return phone.Refuse(phone.ReasonBadCommand, "kind")
	}
	return nil
}

// hasGreeting refuses one that is the exchange's own.
func (t *turn) hasGreeting(kind phone.Greeting) error {
	if err := t.greetable(kind); err != nil {
		return err
	}
	if !slices.ContainsFunc(t.s.team.greetings(), func(g phone.OwnGreeting) bool { return g.Kind == kind && g.Own }) {
		return phone.Refuse(phone.ReasonNoMessage, string(kind))
	}
	return nil
}

func (t *turn) playGreeting(cmd phone.PlayGreeting) error {
	if err := t.hasGreeting(cmd.Kind); err != nil {
		return err
	}
	return t.playSound(sound{greeting: cmd.Kind}, 0, 1)
}

func (t *turn) setGreeting(cmd phone.SetGreeting) error {
	if err := t.greetable(cmd.Kind); err != nil {
		return err
	}
	if !filepath.IsAbs(cmd.Path) {
		return phone.Refuse(phone.ReasonBadCommand, "path")
	}
	t.askTeam(cmd.Verb(), string(cmd.Kind), filepath.Base(cmd.Path), http.MethodPut, greetingPath(cmd.Kind), greetingFile(cmd.Path))
	return nil
}

func (t *turn) deleteGreeting(cmd phone.DeleteGreeting) error {
	if err := t.hasGreeting(cmd.Kind); err != nil {
		return err
	}
	if t.s.playing.greeting == cmd.Kind {
		t.stopPlaying(phone.StopPlaying{})
	}
	t.askTeam(cmd.Verb(), string(cmd.Kind), "", http.MethodDelete, greetingPath(cmd.Kind), nil)
	return nil
}

// greetingFile is a sound file that becomes a greeting.
type greetingFile string

// greetingRate is what exchanges keep greetings at, in Hz.
const greetingRate = 8000

// putGreeting sends a sound file as a greeting.
func putGreeting(ctx context.Context, client *team.Client, path, file string) error {
	pcm, err := wav.Load(file)
	switch {
	case errors.Is(err, wav.ErrFormat):
		return phone.Refuse(phone.ReasonBadSound, filepath.Ext(file))
	case err != nil:
		return phone.Refuse(phone.ReasonBadFile, err.Error())
	case len(pcm) == 0:
		return phone.Refuse(phone.ReasonBadSound, filepath.Ext(file))
	case time.Duration(len(pcm))*time.Second/audio.Rate > phone.MaxGreeting:
		return phone.Refuse(phone.ReasonTooLarge, "")
	}
	data, err := narrow(pcm)
	if err != nil {
		return err
	}
	return client.PutSound(ctx, path, data)
}

// narrow is house sound as a WAV file of 8 kHz mono 16 bit, what exchanges keep.
func narrow(pcm []int16) ([]byte, error) {
	r, err := dsp.NewResampler(audio.Rate, greetingRate)
	if err != nil {
		return nil, err
	}
	out := make([]int16, r.Bound(len(pcm)))
	out = out[:r.Process(out, pcm)]
	size := uint32(2 * len(out))
	var b bytes.Buffer
	for _, v := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(greetingRate), uint32(2 * greetingRate), uint16(2), uint16(16), []byte("data"), size, out,
	} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
