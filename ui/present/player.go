package present

import (
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Sound is what can be played: a recording, with Message a voice message, or with Group one of a group's.
type Sound struct {
	Recording int64
	Message   string
	Group     string
	Length    time.Duration // 0 while unknown
}

// plays reports whether it is what is being played.
func (d Sound) plays(p *phone.Playing) bool {
	return p != nil && p.Message == d.Message && p.Group == d.Group && p.ID == d.Recording
}

// Player is how a sound is being played.
type Player struct {
	Sound
	On       bool // playing or paused; else at its beginning
	Running  bool // the position moves
	Loading  bool // the mail server is asked for it
	Position time.Duration
	At       string  // Position as a clock
	Of       string  // Length as a clock; empty while unknown
	Speed    float64 // 1 is as recorded
	Rate     string  // Speed in words
	Toggle   Button  // play or pause
}

// Speeds are the speeds to choose from.
var Speeds = []float64{1, 1.25, 1.5, 2}

// RateWords is a speed in words.
func RateWords(speed float64) string {
	decimals := 0
	for _, more := range []float64{1, 10} {
		if n := speed * more; n != float64(int(n)) {
			decimals++
		}
	}
	return text.Decimal(speed, decimals) + "×"
}

// PlayerOf is the player of a sound. speed is what the user chose for what does not run now; 0 is no choice.
func PlayerOf(s Scene, sound Sound, speed float64) Player {
	p := Player{Sound: sound, Speed: speed, Toggle: Button{Icon: "play", Text: text.T("recordings.play"), Enabled: true}}
	if on := s.Snap.Playing; sound.plays(on) {
		p.On, p.Running, p.Loading, p.Position = true, !on.Paused, on.Loading, on.Position
		if on.Length > 0 {
			p.Length = on.Length
		}
		if on.Speed > 0 && (p.Running || speed == 0) {
			p.Speed = on.Speed
		}
		if p.Running {
			p.Toggle.Icon, p.Toggle.Text = "pause", text.T("recordings.pause")
		}
		if p.Speed == 0 {
			p.Speed = 1
		}
		if p.Running && !p.Loading {
			p.Position += time.Duration(float64(max(0, s.Now.Sub(on.Since))) * p.Speed)
		}
		if p.Length > 0 {
			p.Position = min(p.Position, p.Length)
		}
	}
	if p.Speed == 0 {
		p.Speed = 1
	}
	p.At, p.Rate = text.Timer(p.Position), RateWords(p.Speed)
	if p.Length > 0 {
		p.Of = text.Timer(p.Length.Round(time.Second))
	}
	return p
}

// seekStep is how far the arrows go.
const seekStep = 5 * time.Second

// play is what plays the sound from a position; none goes on where it was paused.
func (p Player) play(from time.Duration, speed float64) phone.Command {
	if speed == 1 {
		speed = 0 // as recorded
	}
	switch {
	case p.Message != "":
		return phone.PlayVoicemail{ID: p.Message, From: from, Speed: speed}
	case p.Group != "":
		return phone.PlayGroupMessage{ID: p.Group, From: from, Speed: speed}
	}
	return phone.PlayRecording{ID: p.Recording, From: from, Speed: speed}
}

// Press is what a press on the player's button tells the phone.
func (p Player) Press() phone.Command {
	if p.Running {
		return phone.StopPlaying{Pause: true}
	}
	return p.play(0, p.Speed)
}

// SeekTo plays from a position. The very beginning is a millisecond in: no position at all would go on where it was
// paused.
func (p Player) SeekTo(to time.Duration) phone.Command {
	to = max(to, time.Millisecond)
	if p.Length > 0 {
		to = min(to, p.Length)
	}
	return p.play(to, p.Speed)
}

// Step goes so many steps forward, or backward when negative.
func (p Player) Step(steps int) phone.Command {
	return p.SeekTo(p.Position + time.Duration(steps)*seekStep)
}

// AtSpeed is what makes what runs go at another speed, nil when nothing runs: it is then played at that speed when it is
// begun or goes on.
func (p Player) AtSpeed(speed float64) phone.Command {
	if !p.Running {
		return nil
	}
	return p.play(max(p.Position, time.Millisecond), speed)
}
