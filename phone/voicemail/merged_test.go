package voicemail

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"svara/phone"
)

type someMail struct{ all []phone.VoiceMessage }

func (m someMail) VoiceMessages(_ context.Context, q phone.VoiceMessageQuery) ([]phone.VoiceMessage, error) {
	if q.Box != "" && q.Box != "imap" {
		return nil, phone.Refuse(phone.ReasonNoMailbox, q.Box)
	}
	return append([]phone.VoiceMessage(nil), m.all...), nil
}

func (someMail) SaveVoiceMessage(_ context.Context, id, _ string) (string, error) {
	return "mail " + id, nil
}

type someTeam []phone.VoiceMessage

func (t someTeam) OwnVoices() []phone.VoiceMessage { return t }

func (someTeam) OwnVoice(context.Context, string) ([]byte, error) { return []byte("RIFF own"), nil }

func TestTeamsMailboxAmongTheOthers(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	voice := func(id, box, name string, minutes int, played bool) phone.VoiceMessage {
		return phone.VoiceMessage{ID: box + "/" + id, Box: box, From: phone.Party{Name: name, Number: "0701740605"}, Received: at.Add(time.Duration(minutes) * time.Minute), Played: played}
	}
	v := With(someMail{[]phone.VoiceMessage{voice("2", "imap", "Bo", 2, false)}}, someTeam{voice("3", "team", "Åsa", 3, false), voice("1", "team", "Eva", 1, true)})
	for name, c := range map[string]struct {
		q    phone.VoiceMessageQuery
		want string
	}{
		"all":       {phone.VoiceMessageQuery{}, "[team/3 imap/2 team/1]"},
		"two":       {phone.VoiceMessageQuery{Limit: 2}, "[team/3 imap/2]"},
		"the new":   {phone.VoiceMessageQuery{New: true}, "[team/3 imap/2]"},
		"the box":   {phone.VoiceMessageQuery{Box: "team"}, "[team/3 team/1]"},
		"the other": {phone.VoiceMessageQuery{Box: "imap"}, "[imap/2]"},
		"words":     {phone.VoiceMessageQuery{Box: "team", Text: "åsa"}, "[team/3]"},
	} {
		found, err := v.VoiceMessages(t.Context(), c.q)
		ids := []string{}
		for _, m := range found {
			ids = append(ids, m.ID)
		}
		if fmt.Sprint(ids) != c.want || err != nil {
			t.Errorf("%s: %v %v, want %s", name, ids, err, c.want)
		}
	}
	if _, err := v.VoiceMessages(t.Context(), phone.VoiceMessageQuery{Box: "none"}); phone.ReasonOf(err).ID != phone.ReasonNoMailbox {
		t.Errorf("%v", err)
	}
	path, err := v.SaveVoiceMessage(t.Context(), "team/3", t.TempDir())
	if data, and := os.ReadFile(path); err != nil || and != nil || string(data) != "RIFF own" {
		t.Errorf("%s %q %v %v", path, data, err, and)
	}
	if path, err := v.SaveVoiceMessage(t.Context(), "imap/2", "x"); path != "mail imap/2" || err != nil {
		t.Errorf("%s %v", path, err)
	}
}
