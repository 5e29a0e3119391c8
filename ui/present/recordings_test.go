package present

import (
	"testing"
	"time"

	"svara/phone"
)

func taped(id int64, ago time.Duration, change ...func(*phone.Recording)) phone.Recording {
	r := phone.Recording{ID: id, Remote: phone.Party{Name: "Maria Ekdal", Number: "2101"}, Begun: noon.Add(-ago), Duration: 61 * time.Second, Format: phone.FormatWAV, Seen: true}
	for _, f := range change {
		f(&r)
	}
	return r
}

func TestRecordingsByDay(t *testing.T) {
	rows := RecordingRows(scene(), []phone.Recording{taped(5, time.Hour), taped(4, 2*time.Hour), taped(3, 25*time.Hour), taped(2, 26*time.Hour), taped(1, 500*time.Hour)}, "mar", map[int64]bool{3: true})
	var days []string
	for _, r := range rows {
		days = append(days, r.Day)
	}
	if len(rows) != 4 || days[0] != "Today" || days[1] != "" || days[2] != "Yesterday" || days[3] == "" {
		t.Errorf("%q", days)
	}
	if n := rows[0].Name; len(n) != 2 || n[0].Text != "Mar" || !n[0].Mark {
		t.Errorf("marked %+v", n)
	}
}

func TestRecordingRow(t *testing.T) {
	row := func(change func(*phone.Recording)) RecordingRow {
		return RecordingRows(scene(), []phone.Recording{taped(1, 42*time.Second, change)}, "", nil)[0]
	}
	if r := row(func(r *phone.Recording) { r.Open, r.Seen = true, false }); r.Running != "Recording 00:42" || r.Length != "" || r.Unseen {
		t.Errorf("running: %+v", r)
	}
	if r := row(func(r *phone.Recording) { r.Reason, r.Seen = &phone.Reason{ID: phone.ReasonDiskFull}, false }); r.Notice != "Disk full" || r.Ended == "" || !r.Unseen || r.Length != "01:01" {
		t.Errorf("ended early: %+v", r)
	}
	if r := row(func(r *phone.Recording) { r.Format, r.Stereo, r.Direction = phone.FormatOpus, true, phone.Outgoing }); r.Format != "Opus, stereo" || r.Way != "Outgoing" {
		t.Errorf("opus: %+v", r)
	}
	if r := row(func(r *phone.Recording) { r.Remote = phone.Party{Number: "anonymous"} }); r.Dial != "" || r.Number != nil {
		t.Errorf("withheld: %+v", r)
	}
}

func TestPlayer(t *testing.T) {
	at := func(id int64, p *phone.Playing, later time.Duration) Player {
		s := scene(func(s *phone.Snapshot) { s.Playing = p })
		s.Now = noon.Add(later)
		return PlayerOf(s, Sound{Recording: id, Length: time.Minute}, 0)
	}
	on := &phone.Playing{ID: 1, Position: 10 * time.Second, Since: noon, Length: time.Minute}
	paused := &phone.Playing{ID: 1, Position: 10 * time.Second, Since: noon, Length: time.Minute, Paused: true}
	for _, c := range []struct {
		name  string
		got   Player
		at    string
		runs  bool
		press phone.Command
		on    phone.Command
	}{
		{"stopped", at(1, nil, 0), "00:00", false, phone.PlayRecording{ID: 1}, phone.PlayRecording{ID: 1, From: 5 * time.Second}},
		{"another", at(2, on, 0), "00:00", false, phone.PlayRecording{ID: 2}, phone.PlayRecording{ID: 2, From: 5 * time.Second}},
		{"playing", at(1, on, 3*time.Second), "00:13", true, phone.StopPlaying{Pause: true}, phone.PlayRecording{ID: 1, From: 18 * time.Second}},
		{"paused", at(1, paused, 3*time.Second), "00:10", false, phone.PlayRecording{ID: 1}, phone.PlayRecording{ID: 1, From: 15 * time.Second}},
		{"past its end", at(1, on, time.Hour), "01:00", true, phone.StopPlaying{Pause: true}, phone.PlayRecording{ID: 1, From: time.Minute}},
		{"before it began", at(1, on, -time.Hour), "00:10", true, phone.StopPlaying{Pause: true}, phone.PlayRecording{ID: 1, From: 15 * time.Second}},
	} {
		if c.got.At != c.at || c.got.Running != c.runs || c.got.Press() != c.press || c.got.Step(1) != c.on {
			t.Errorf("%s: %+v, press %+v, step %+v", c.name, c.got, c.got.Press(), c.got.Step(1))
		}
	}
	if got := at(1, on, 0).SeekTo(-time.Second); got != (phone.PlayRecording{ID: 1, From: time.Millisecond}) {
		t.Errorf("before the beginning: %+v", got)
	}
}

func TestPlayerSpeed(t *testing.T) {
	of := func(chosen float64, p *phone.Playing) Player {
		s := scene(func(s *phone.Snapshot) { s.Playing = p })
		s.Now = noon.Add(10 * time.Second)
		return PlayerOf(s, Sound{Message: "box/1/7", Length: time.Minute}, chosen)
	}
	fast := func(change ...func(*phone.Playing)) *phone.Playing {
		p := &phone.Playing{Message: "box/1/7", Speed: 1.5, Position: 10 * time.Second, Since: noon, Length: time.Minute}
		for _, f := range change {
			f(p)
		}
		return p
	}
	paused := func(p *phone.Playing) { p.Paused = true }
	loading := func(p *phone.Playing) { p.Loading = true }
	for _, c := range []struct {
		name    string
		got     Player
		at      string
		rate    string
		press   phone.Command
		atSpeed phone.Command
	}{
		{"not begun", of(0, nil), "00:00", "1×", phone.PlayVoicemail{ID: "box/1/7"}, nil},
		{"not begun, chosen", of(1.25, nil), "00:00", "1.25×", phone.PlayVoicemail{ID: "box/1/7", Speed: 1.25}, nil},
		{"runs faster", of(0, fast()), "00:25", "1.5×", phone.StopPlaying{Pause: true}, phone.PlayVoicemail{ID: "box/1/7", From: 25 * time.Second, Speed: 2}},
		{"runs, another chosen", of(1, fast()), "00:25", "1.5×", phone.StopPlaying{Pause: true}, phone.PlayVoicemail{ID: "box/1/7", From: 25 * time.Second, Speed: 2}},
		{"paused", of(0, fast(paused)), "00:10", "1.5×", phone.PlayVoicemail{ID: "box/1/7", Speed: 1.5}, nil},
		{"paused, another chosen", of(2, fast(paused)), "00:10", "2×", phone.PlayVoicemail{ID: "box/1/7", Speed: 2}, nil},
		{"fetched", of(0, fast(loading)), "00:10", "1.5×", phone.StopPlaying{Pause: true}, phone.PlayVoicemail{ID: "box/1/7", From: 10 * time.Second, Speed: 2}},
		{"a recording plays", of(0, &phone.Playing{ID: 3, Position: time.Second, Since: noon}), "00:00", "1×", phone.PlayVoicemail{ID: "box/1/7"}, nil},
	} {
		if c.got.At != c.at || c.got.Rate != c.rate || c.got.Press() != c.press || c.got.AtSpeed(2) != c.atSpeed {
			t.Errorf("%s: at %s, %s, press %+v, twice as fast %+v", c.name, c.got.At, c.got.Rate, c.got.Press(), c.got.AtSpeed(2))
		}
	}
}
