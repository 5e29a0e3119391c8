package present

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

func TestMailboxLines(t *testing.T) {
	told := phone.Mailbox{ID: "mwi:a", Account: "a", New: 2, Old: 5, Known: true}
	visual := phone.Mailbox{ID: "vm", Account: "a", New: 2, Old: 5, Known: true, Visual: true}
	other := phone.Mailbox{ID: "vm2", New: 0, Old: 1, Known: true, Visual: true}
	wrong := visual
	wrong.Reason = &phone.Reason{ID: phone.ReasonMailPassword}
	away := visual
	away.Reason = &phone.Reason{ID: phone.ReasonUnknownHost}
	for name, c := range map[string]struct {
		boxes  []phone.Mailbox
		counts []string
		fault  string // of the first
	}{
		"none":                      {nil, nil, ""},
		"only the exchange tells":   {[]phone.Mailbox{told}, []string{"2 new, 5 old"}, ""},
		"one that is listed":        {[]phone.Mailbox{told, visual}, nil, ""},
		"two that are listed":       {[]phone.Mailbox{told, visual, other}, []string{"2 new, 5 old", "0 new, 1 old"}, ""},
		"some, not how many":        {[]phone.Mailbox{{ID: "mwi:a", Account: "a", New: 1}}, []string{"new messages"}, ""},
		"nothing told":              {[]phone.Mailbox{{ID: "mwi:a", Account: "a"}}, nil, ""},
		"wrong password":            {[]phone.Mailbox{wrong}, []string{"2 new, 5 old"}, text.Reason(*wrong.Reason)},
		"no server of that address": {[]phone.Mailbox{away}, []string{"2 new, 5 old"}, text.T("voicemail.unreachable", "why", text.ReasonTitle(*away.Reason))},
	} {
		lines := MailboxLines(scene(func(s *phone.Snapshot) { s.Voicemail.Boxes = c.boxes }))
		var counts []string
		for _, l := range lines {
			counts = append(counts, l.Counts)
		}
		if !slices.Equal(counts, c.counts) {
			t.Errorf("%s: %q", name, counts)
		}
		if len(lines) > 0 && lines[0].Fault != c.fault {
			t.Errorf("%s: fault %q", name, lines[0].Fault)
		}
	}
}

func TestVoiceRow(t *testing.T) {
	row := func(change func(*phone.VoiceMessage)) VoiceRow {
		m := phone.VoiceMessage{ID: "vm/1/7", Box: "vm", From: phone.Party{Name: "Maria Ekdal", Number: "0701740612"}, Received: noon.Add(-time.Hour), Duration: 41 * time.Second}
		change(&m)
		return VoiceRows(scene(), []phone.VoiceMessage{m}, "mar", nil)[0]
	}
	if r := row(func(*phone.VoiceMessage) {}); !r.New || r.Length != "00:41" || r.Dial != "0701740612" || len(r.Name) != 2 || r.Locked != "" {
		t.Errorf("new: %+v", r)
	}
	if r := row(func(m *phone.VoiceMessage) { m.Played, m.Duration = true, 0 }); r.New || r.Length != "" {
		t.Errorf("heard: %+v", r)
	}
	if r := row(func(m *phone.VoiceMessage) { m.From = phone.Party{Number: "anonymous"} }); r.Dial != "" {
		t.Errorf("withheld: %+v", r)
	}
	if r := row(func(m *phone.VoiceMessage) { m.Reason = &phone.Reason{ID: phone.ReasonBadSound, Text: "audio/amr"} }); r.Locked == "" || r.Notice == "" {
		t.Errorf("strange sound: %+v", r)
	}
	if rows := VoiceRows(scene(), []phone.VoiceMessage{{ID: "a"}, {ID: "b"}}, "", map[string]bool{"a": true}); len(rows) != 1 || rows[0].ID != "b" {
		t.Errorf("deleted: %+v", rows)
	}
}

func TestVoicemailEmpty(t *testing.T) {
	server := func(s *phone.Snapshot) { s.Voicemail.Servers = []phone.MailServer{{ID: "vm"}} }
	waiting := func(s *phone.Snapshot) { s.Voicemail.Boxes = []phone.Mailbox{{ID: "mwi:a", New: 2, Known: true}} }
	if e := VoicemailEmpty(scene(server), ""); e.Title != "No messages" || e.Text != "" {
		t.Errorf("a mailbox without messages: %+v", e)
	}
	if e := VoicemailEmpty(scene(waiting), ""); e.Title != "2 messages to hear" || e.Text == "" {
		t.Errorf("only told: %+v", e)
	}
	if e := VoicemailEmpty(scene(server), "xyz"); e.Icon != "search" {
		t.Errorf("no hits: %+v", e)
	}
}

func TestHistoryChoice(t *testing.T) {
	c := HistoryChoice{}.Toggle(phone.HistoryOutgoing).Toggle(phone.HistoryMissed)
	if c.Kinds != "missed,outgoing" || c.All() || c.Only(phone.HistoryMissed) {
		t.Errorf("two kinds: %+v", c)
	}
	c.Queue, c.Period, c.Noted = "700", Yesterday, true
	q := c.Query(noon, "anna", 500)
	if !slices.Equal(q.Any, []phone.HistoryFilter{phone.HistoryMissed, phone.HistoryOutgoing}) || q.Queue != "700" || q.Filter != phone.HistoryNoted || q.Text != "anna" {
		t.Errorf("asks %+v", q)
	}
	if y, m, d := noon.Date(); !q.Until.Equal(time.Date(y, m, d, 0, 0, 0, 0, noon.Location())) || q.Until.Sub(q.Since) != 24*time.Hour {
		t.Errorf("yesterday is %v to %v", q.Since, q.Until)
	}
	s := scene(func(s *phone.Snapshot) {
		s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "700", Name: "Sales"}}}
	})
	if words := c.Words(s); words != "Missed, Outgoing · Sales · Yesterday · With a note" {
		t.Errorf("%q", words)
	}
	if c = c.Toggle(phone.HistoryMissed).Toggle(phone.HistoryOutgoing); c.Kinds != "" {
		t.Errorf("off again: %+v", c)
	}
}

// TestWeekOverChangedClock: seven days are seven dates, also when one of them has 25 hours.
func TestWeekOverChangedClock(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	since, until := Week.between(time.Date(2026, 10, 28, 9, 0, 0, 0, stockholm))
	if want := time.Date(2026, 10, 22, 0, 0, 0, 0, stockholm); !since.Equal(want) || !until.IsZero() {
		t.Errorf("%v to %v", since, until)
	}
}
