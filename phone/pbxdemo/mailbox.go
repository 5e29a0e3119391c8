package pbxdemo

import (
	"slices"
	"time"

	"svara/phone/mwi"
)

// mailbox is somebody's messages, the oldest first. The loop owns it.
type mailbox struct{ messages []message }

// message is one of them. Its sound is what was said, or a clip of ours when somebody simulated left it.
type message struct {
	sound *recording // nil: clip
	clip  string
	old   bool // it has been played
}

// maxMessages is how many a mailbox holds; the oldest make room.
const maxMessages = 20

// count is how many messages are new and old.
func (b *mailbox) count() (fresh, old int) {
	for _, m := range b.messages {
		if m.old {
			old++
		} else {
			fresh++
		}
	}
	return fresh, old
}

func (b *mailbox) put(m message) {
	if b.messages = append(b.messages, m); len(b.messages) > maxMessages {
		b.messages = slices.Delete(b.messages, 0, 1)
	}
}

// voicemail is somebody's mailbox: a greeting, a beep, and a minute to speak.
func (p *PBX) voicemail(t *try, number string) {
	l := p.lines[number]
	if l == nil {
		t.fail(404, "")
		return
	}
	e := p.simulated(Entry{Number: "*59*" + number, Name: "Voicemail", sv: "Röstbrevlåda"})
	tape := newRecording()
	spoken := t.caller.leg != ""
	e.script.up = func() {
		e.sound.voice.play(pause(lead), p.sound(e.language, "voicemail", 0, 0), beep(recordHz, 500*time.Millisecond), tape)
	}
	e.script.idle = e.hangup
	e.script.bye = func() {
		switch {
		case !e.begun:
		case !spoken || !p.login(number): // nobody listens to what a simulated person is told
			l.box.put(message{clip: "called"})
		case tape.heard > 0:
			l.box.put(message{sound: tape})
		}
	}
	t.ringSomebody(e, short)
}

// mailbox is the caller's own: what is new is played, else what is old, with a beep before each.
func (p *PBX) mailbox(t *try, _ string) {
	l := p.owner(t)
	if l == nil {
		return
	}
	e := p.simulated(Entry{Number: "*98", Name: "Voicemail", sv: "Röstbrevlåda"})
	e.script.idle = e.hangup
	if len(l.box.messages) == 0 {
		e.script.up = p.announce(e, "mailbox")
	} else {
		e.script.up = func() { p.playMessages(e, &l.box) }
	}
	t.ringSomebody(e, short)
}

// playMessages plays what is new and marks it old; when nothing is, all.
func (p *PBX) playMessages(e *end, b *mailbox) {
	fresh, _ := b.count()
	for i := range b.messages {
		m := &b.messages[i]
		if m.old && fresh > 0 {
			continue
		}
		m.old = true
		e.sound.voice.play(pause(lead), beep(confirmHz, 200*time.Millisecond), pause(lead))
		if m.sound != nil {
			e.sound.voice.play(m.sound.source())
		} else {
			e.sound.voice.play(p.sound(e.language, m.clip, 0, 0))
		}
	}
	e.sound.voice.play(pause(time.Second))
}

// summary is what a mailbox's owner is told of it (RFC 3842).
func (p *PBX) summary(l *line) mwi.Summary {
	fresh, old := l.box.count()
	return mwi.Summary{Waiting: fresh > 0, Account: p.identity("*98", "").URI, New: fresh, Old: old, Counted: true}
}
