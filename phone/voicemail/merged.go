package voicemail

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"svara/phone"
)

// Team is the user's mailbox at the exchange, as a team server tells of it.
type Team interface {
	OwnVoices() []phone.VoiceMessage // newest first
	OwnVoice(ctx context.Context, id string) ([]byte, error)
}

// With is the messages of mail servers and those of a team server's mailbox as one.
func With(mail phone.Voicemail, team Team) phone.Voicemail { return &merged{mail, team} }

type merged struct {
	mail phone.Voicemail
	team Team
}

// ofTeam is the messages of a box of the team's; all of them when no box is named.
func (m *merged) ofTeam(box string) []phone.VoiceMessage {
	all := m.team.OwnVoices()
	if box == "" || len(all) > 0 && all[0].Box == box {
		return all
	}
	return nil
}

// VoiceMessages implements phone.Voicemail.
func (m *merged) VoiceMessages(ctx context.Context, q phone.VoiceMessageQuery) (found []phone.VoiceMessage, err error) {
	own := m.ofTeam(q.Box)
	if q.Box == "" || len(own) == 0 {
		if found, err = m.mail.VoiceMessages(ctx, q); err != nil {
			return nil, err
		}
	}
	words := strings.Fields(strings.ToLower(q.Text))
	for _, v := range own {
		if (!q.New || !v.Played) && hasWords(v.From, words) {
			found = append(found, v)
		}
	}
	slices.SortStableFunc(found, func(a, b phone.VoiceMessage) int { return b.Received.Compare(a.Received) })
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	return found[:min(len(found), limit)], nil
}

// SaveVoiceMessage implements phone.Voicemail.
func (m *merged) SaveVoiceMessage(ctx context.Context, id, path string) (string, error) {
	own := m.team.OwnVoices()
	i := slices.IndexFunc(own, func(v phone.VoiceMessage) bool { return v.ID == id })
	if i < 0 {
		return m.mail.SaveVoiceMessage(ctx, id, path)
	}
	data, err := m.team.OwnVoice(ctx, id)
	if err != nil {
		return "", err
	}
	return save(own[i], bytes.NewReader(data), ".wav", path)
}
