package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
)

func TestBubbles(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	s := Scene{Now: now, Snap: &phone.Snapshot{}}
	message := func(mine bool, ago time.Duration, body string, state phone.TextState) phone.Text {
		m := phone.Text{Direction: phone.Incoming, At: now.Add(-ago), Body: body, State: state, Remote: phone.Party{Number: "2101"}}
		if mine {
			m.Direction = phone.Outgoing
		}
		return m
	}
	failed := message(true, time.Minute, "c", phone.TextFailed)
	failed.Reason = &phone.Reason{ID: phone.ReasonUnavailable}
	got := Bubbles(s, []phone.Text{
		message(true, 0, "d", phone.TextSending), failed,
		message(false, time.Hour, " b\u202e\u200b\x00 2 \n\n\tny  rad\n", phone.TextReceived),
		message(false, 25*time.Hour, strings.Repeat("x\n", 1000)+"end", phone.TextReceived),
	})
	if len(got) != 4 || got[0].Day == "" || got[1].Day == "" || got[2].Day != "" || got[3].Day != "" {
		t.Fatalf("%+v", got)
	}
	if lines := strings.Split(got[0].Text, "\n"); len(lines) != bodyLines+1 || lines[bodyLines] != "…" {
		t.Errorf("%d lines, %q", len(lines), lines[len(lines)-1])
	}
	if got[1].Text != "b 2\n\nny rad" || got[1].Mine || got[1].State != "" {
		t.Errorf("%+v", got[1])
	}
	if b := got[2]; !b.Mine || !b.Failed || !strings.Contains(b.State, "cannot be reached") {
		t.Errorf("%+v", b)
	}
	if b := got[3]; b.Failed || b.State == "" || b.When != "12:00" {
		t.Errorf("%+v", b)
	}
}

func TestTextRowsAndFaults(t *testing.T) {
	s := Scene{Now: time.Now(), Snap: &phone.Snapshot{Texts: phone.TextsState{Unread: 2}}}
	last := phone.Text{Direction: phone.Outgoing, Body: "Hej\ndå", State: phone.TextSent, At: time.Now(), Remote: phone.Party{URI: "sip:anna@x", Name: "x\u202ey"}}
	rows := TextRows(s, []phone.TextThread{{Name: "Anna\u202e Berg", Last: last, Unread: 2}})
	if len(rows) != 1 || rows[0].Name != "Anna Berg" || rows[0].To != "sip:anna@x" || rows[0].Last != "You: Hej då" || rows[0].Unread != 2 {
		t.Errorf("%+v", rows)
	}
	if n, words := UnreadTexts(s); n != "2" || !strings.Contains(words, "2 unread") {
		t.Errorf("%q %q", n, words)
	}
	s.Snap.Texts.Unread = 0
	if n, words := UnreadTexts(s); n+words != "" {
		t.Errorf("%q %q", n, words)
	}
	for words, wrong := range map[string]bool{" \n": true, "x": false, strings.Repeat("x", phone.MaxText): false, strings.Repeat("x", phone.MaxText+1): true} {
		if (MessageFault(words) != "") != wrong {
			t.Errorf("%.10q: %q", words, MessageFault(words))
		}
	}
	note, ok := MessageNote(s, phone.Event{Kind: phone.EventMessage, State: "received", Value: "2101", Remote: &phone.Party{Number: "2101", Name: "Anna"}})
	if !ok || !strings.Contains(note.Title, "Anna") || note.Text != "" {
		t.Errorf("%+v", note)
	}
}
