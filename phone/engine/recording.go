package engine

import (
	"time"

	"svara/phone"
)

// recording is how the recording of a call stands.
type recording struct {
	id     int64 // in the inbox; 0 until known
	asked  bool  // a file is being opened
	writes bool  // the file takes sound
}

func (t *turn) record(cmd phone.Record) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool {
		return c.State == phone.StateConnected && !c.auto && !c.Inside && c.Recording.On != cmd.On
	})
	if err != nil {
		return 0, err
	}
	if !cmd.On {
		t.stopRecording(c, nil)
		return c.ID, nil
	}
	c.Recording = phone.Recorder{On: true, Since: t.now}
	c.recording = recording{asked: true}
	t.tellRecording(c, nil)
	t.do(fxRecord{
		call: c.ID, folder: t.s.settings.Get(phone.KeyRecordFolder), entry: phone.Recording{
			Account: c.Account, Direction: c.Direction, Remote: c.Remote, Begun: t.now, Call: c.Created, Open: true,
			Format: phone.RecordingFormat(t.s.settings.Get(phone.KeyRecordFormat)), Stereo: t.s.settings.Bool(phone.KeyRecordStereo),
		},
	})
	return c.ID, nil
}

func (t *turn) tellRecording(c *call, why *phone.Reason) {
	state := "off"
	if c.Recording.On {
		state = "on"
	}
	t.tell(phone.Event{Kind: phone.EventRecording, Call: c.ID, Account: c.Account, State: state, Reason: why})
}

// stopRecording ends the recording, if there is one; why is nil unless it ends before the user wanted.
func (t *turn) stopRecording(c *call, why *phone.Reason) {
	if !c.Recording.On {
		return
	}
	c.Recording = phone.Recorder{}
	c.recording = recording{}
	t.tellRecording(c, why)
	t.do(fxStopRecording{call: c.ID, why: why})
}

// onRecording: the file is open, or cannot be had.
func (t *turn) onRecording(in inRecording) {
	c := t.s.call(in.call)
	if c == nil || !c.Recording.On || !c.recording.asked {
		return // stopped meanwhile: the stop follows the start in the call's lane
	}
	c.recording.asked = false
	if in.err != nil {
		why := recordReason(in.err)
		t.stopRecording(c, &why)
		t.fault(why)
		return
	}
	c.recording.id, c.recording.writes = in.id, true
}

// onRecordingFailed: the file can be written no more. The call goes on.
func (t *turn) onRecordingFailed(in inRecordingFailed) {
	why := recordReason(in.err)
	if c := t.s.call(in.call); c != nil && c.Recording.On {
		t.stopRecording(c, &why)
	}
	t.fault(why)
}

// sound is what is played: a recording of the inbox, or a voice message.
type sound struct {
	id      int64
	message string
	group   string // GroupMessage
	// of the user's own mailbox
	greeting phone.Greeting
}

func (s sound) any() bool { return s != sound{} }

// playing is a sound that is played. Its position is worked out from when it began, in the sound's own time.
type playing struct {
	sound
	from   time.Duration // position at since
	speed  float64
	since  time.Time
	length time.Duration
	ends   time.Time // when it has played all; zero while paused or being opened
	ready  bool
}

func (p playing) view() *phone.Playing {
	if !p.any() {
		return nil
	}
	return &phone.Playing{
		ID: p.id, Message: p.message, Group: p.group, Greeting: p.greeting, Position: p.from, Since: p.since, Length: p.length, Speed: p.speed,
		Paused: p.ready && p.ends.IsZero(), Loading: !p.ready,
	}
}

// at is the position now.
func (p playing) at(now time.Time) time.Duration {
	if p.ends.IsZero() {
		return p.from
	}
	return min(p.length, p.from+time.Duration(float64(now.Sub(p.since))*p.speed))
}

func (t *turn) play(cmd phone.PlayRecording) error {
	if cmd.ID <= 0 {
		return phone.Refuse(phone.ReasonNoRecording, "")
	}
	return t.playSound(sound{id: cmd.ID}, cmd.From, cmd.Speed)
}

// playSound begins to play, or goes on where it was paused.
func (t *turn) playSound(what sound, from time.Duration, speed float64) error {
	if speed == 0 {
		speed = 1
	}
	if speed < 0.5 || speed > 2 {
		return phone.Refuse(phone.ReasonBadCommand, "speed")
	}
	at := max(0, from)
	if p := t.s.playing; p.sound == what && p.ready && p.ends.IsZero() && from == 0 {
		at = p.from
	}
	t.s.playing = playing{sound: what, from: at, speed: speed}
	t.do(fxPlay{sound: what, from: at, speed: speed, ring: t.s.settings.Get(phone.KeyPlayDevice) == "ring"})
	return nil
}

func (t *turn) onPlaying(in inPlaying) {
	p := &t.s.playing
	if p.sound != in.sound || p.from != in.from {
		return
	}
	if in.err != nil {
		*p = playing{}
		t.do(fxStopPlaying{})
		why := phone.ReasonOf(in.err)
		if why.ID == phone.ReasonInternal {
			why = phone.Reason{ID: phone.ReasonNoRecording}
		}
		t.fault(why)
		return
	}
	p.ready, p.since, p.length = true, t.now, in.length
	p.ends = t.now.Add(time.Duration(float64(max(0, in.length-p.from)) / p.speed))
	if p.message != "" {
		t.messagePlays(p.message)
	}
}

func (t *turn) stopPlaying(cmd phone.StopPlaying) {
	p := &t.s.playing
	if !p.any() {
		return
	}
	t.do(fxStopPlaying{})
	if !cmd.Pause || !p.ready {
		*p = playing{}
		return
	}
	p.from, p.since, p.ends = p.at(t.now), t.now, time.Time{}
}

// playClock ends what has played all.
func (t *turn) playClock() {
	if p := t.s.playing; !p.ends.IsZero() && !p.ends.After(t.now) {
		t.stopPlaying(phone.StopPlaying{})
	}
}

func (t *turn) deleteRecording(cmd phone.DeleteRecording) error {
	if cmd.ID != 0 && t.recordingNow(cmd.ID) {
		return phone.Refuse(phone.ReasonWrongState, "recording")
	}
	if t.s.playing.id == cmd.ID {
		t.stopPlaying(phone.StopPlaying{})
	}
	t.do(fxDeleteRecording{cmd.ID})
	return nil
}

func (t *turn) onInbox(in inInbox) {
	if in.err != nil {
		t.fault(phone.ReasonOf(in.err))
		return
	}
	if in.state != t.s.inbox {
		t.s.inbox = in.state
		t.tell(phone.Event{Kind: phone.EventInbox})
	}
}
