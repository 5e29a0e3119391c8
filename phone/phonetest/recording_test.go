package phonetest_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// channel is one channel of a recording, 1 left, 2 right, as another program reads it.
func channel(t *testing.T, file string, n int) []int16 {
	t.Helper()
	phonetest.Need(t, "sox", "opusdec")
	dir := t.TempDir()
	if filepath.Ext(file) == ".opus" {
		decoded := filepath.Join(dir, "decoded.wav")
		if _, err := phonetest.Run(phonetest.StartOptions{}, "opusdec", "--quiet", file, decoded); err != nil {
			t.Fatal(err)
		}
		file = decoded
	}
	out := filepath.Join(dir, "channel.raw")
	if _, err := phonetest.Run(phonetest.StartOptions{}, "sox", file, "-t", "raw", "-r", "48000", "-b", "16", "-e", "signed-integer", "-L", out, "remix", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return sound.Samples16(raw)
}

// recordings is the inbox, newest first.
func recordings(t *testing.T, d *desk) []phone.Recording {
	t.Helper()
	var all []phone.Recording
	d.Ask(&all, "recording", "list")
	return all
}

// says asserts which tones a piece of sound has: the one given, and no other microphone's.
func says(t *testing.T, what string, heard []int16, hz float64) {
	t.Helper()
	for _, other := range phonetest.Microphones {
		level := sound.Presence(heard, float64(other))
		if is, should := level > -30, float64(other) == hz; is != should {
			t.Errorf("%s: %d Hz at %.1f dBFS, want only %.0f Hz", what, other, level, hz)
		}
	}
}

func TestCallIsRecorded(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 2, phonetest.AsteriskConfig{})
	caller, operator := o.all[0], o.all[1]
	for _, format := range []phone.RecordingFormat{phone.FormatWAV, phone.FormatOpus} {
		operator.Must("set", phone.KeyRecordFormat, string(format))
		_, ours := talk(t, caller, operator)
		operator.Must("record", "start", ours)
		operator.Is(ours, "being recorded", func(c phone.Call) bool { return c.Recording.On })
		operator.Listen(3 * time.Second)
		operator.Must("record", "stop", ours)
		operator.Is(ours, "not recorded any more", func(c phone.Call) bool { return !c.Recording.On })
		sounds(t, "the call goes on", hear{caller: {operator}, operator: {caller}})
		var made phone.Recording
		phonetest.Until(t, 10*time.Second, "the recording is in the inbox", func() bool {
			all := recordings(t, operator)
			if len(all) > 0 && !all[0].Open && all[0].Format == format {
				made = all[0]
			}
			return made.ID != 0
		})
		if made.Duration < 2800*time.Millisecond || made.Duration > 6*time.Second || !made.Stereo || made.Remote.Number != caller.user || made.Direction != phone.Incoming {
			t.Errorf("%s: %+v", format, made)
		}
		for n, d := range map[int]*desk{1: operator, 2: caller} {
			heard := channel(t, made.Path, n)
			if diff := (sound.Duration(len(heard)) - made.Duration).Abs(); diff > 200*time.Millisecond {
				t.Errorf("%s has %v of sound, %v told", format, sound.Duration(len(heard)), made.Duration)
			}
			says(t, string(format)+" channel "+strconv.Itoa(n), heard, d.hz)
		}
		operator.HangUp(ours)
		o.goHome(t)
	}
	// Played to the end on the speaker: both sides are heard.
	last := recordings(t, operator)[0]
	operator.Must("recording", "play", strconv.FormatInt(last.ID, 10))
	sounds(t, "played", hear{operator: {caller, operator}})
	operator.Must("recording", "stop")
	operator.Must("recording", "delete", strconv.FormatInt(last.ID, 10))
	phonetest.Until(t, 5*time.Second, "the file is gone", func() bool { _, err := os.Stat(last.Path); return os.IsNotExist(err) })
}

func TestRecordingSurvivesKill(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 2, phonetest.AsteriskConfig{Contacts: 1}) // the next call goes to the phone that was started again
	caller, operator := o.all[0], o.all[1]
	for _, format := range []phone.RecordingFormat{phone.FormatWAV, phone.FormatOpus} {
		operator.Must("set", phone.KeyRecordFormat, string(format))
		_, ours := talk(t, caller, operator)
		operator.Must("record", "start", ours)
		operator.Is(ours, "being recorded", func(c phone.Call) bool { return c.Recording.On })
		begun := time.Now()
		operator.Listen(4 * time.Second)
		ran := time.Since(begun)
		operator.Kill()
		operator.Svara = phonetest.StartSvara(t, phonetest.SvaraConfig{
			Called: operator.user, Profile: operator.Profile, Env: operator.Home(), Microphone: sound.Steady(int(operator.hz), phonetest.MicrophoneLevel),
		})
		operator.Must("wait", "registered", "--timeout", "20s")
		var made phone.Recording
		phonetest.Until(t, 10*time.Second, "the recording is mended", func() bool {
			all := recordings(t, operator)
			if len(all) > 0 && !all[0].Open && all[0].Format == format {
				made = all[0]
			}
			return made.ID != 0
		})
		heard := channel(t, made.Path, 2)
		if d := sound.Duration(len(heard)); d < ran-time.Second {
			t.Errorf("%s: %v of %v are left", format, d, ran)
		}
		if d := made.Duration; d < ran-time.Second {
			t.Errorf("%s: told to be %v of %v", format, d, ran)
		}
		says(t, string(format), heard, caller.hz)
		o.goHome(t)
	}
}

// A recording that cannot be written is said at once, and the call does not suffer.
func TestRecordingFolderIsUnusable(t *testing.T) {
	t.Parallel()
	o := startOffice(t, 2, phonetest.AsteriskConfig{})
	caller, operator := o.all[0], o.all[1]
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, ours := talk(t, caller, operator)
	for _, folder := range []string{filepath.Join(file, "folder"), "/proc/nothing"} {
		operator.Must("set", phone.KeyRecordFolder, folder)
		out, code := operator.Ctl("record", "start", ours)
		told := code == 1 && (strings.Contains(out, string(phone.ReasonRecordFailed)) || strings.Contains(out, string(phone.ReasonDiskFull)))
		if !told { // it may be taken and fail a moment later
			told = eventually(8*time.Second, func() bool {
				c := operator.Call(ours)
				return !c.Recording.On && c.Warning != nil && (c.Warning.ID == phone.ReasonRecordFailed || c.Warning.ID == phone.ReasonDiskFull) ||
					!c.Recording.On && len(operator.Snapshot().Faults) > 0
			})
		}
		if !told {
			t.Errorf("recording to %s is not said to fail: %d, %s", folder, code, out)
		}
	}
	sounds(t, "the call goes on", hear{caller: {operator}, operator: {caller}})
	o.goHome(t)
}
