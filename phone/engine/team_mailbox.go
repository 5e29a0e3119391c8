package engine

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// teamBox is the ID of the user's mailbox at the exchange where the team server tells of it (features.md H2). No mail server
// can have it.
const teamBox = "mwi.team"

// teamVoice is a message's name at the team server; false: it is in another mailbox.
func teamVoice(id string) (string, bool) { return strings.CutPrefix(id, teamBox+"/") }

// teamMailbox takes in the user's mailbox as it is now.
func (t *turn) teamMailbox(i team.Item) error {
	x := &t.s.team
	if i.ID != string(x.me) {
		return nil
	}
	var now team.Mailbox
	if !i.Gone {
		if err := decodeItem(i, &now); err != nil {
			return err
		}
	}
	was := x.mailbox
	x.mailbox = now
	if p := t.s.playing.message; p != "" {
		if id, ours := teamVoice(p); ours && !slices.ContainsFunc(now.Messages, func(m team.VoiceMessage) bool { return m.ID == id }) {
			t.stopPlaying(phone.StopPlaying{})
		}
	}
	t.tellMailbox(teamBox, x.link == phone.TeamLive && was.Box == now.Box && now.New > was.New)
	return nil
}

// voices are the messages of the user's mailbox as guests see them, newest first.
func (x *teaming) voices() []phone.VoiceMessage {
	out := make([]phone.VoiceMessage, 0, len(x.mailbox.Messages))
	for _, m := range x.mailbox.Messages {
		out = append(out, phone.VoiceMessage{ID: teamBox + "/" + m.ID, Box: teamBox, From: m.From, Received: m.Received, Duration: m.Duration, Played: m.Old, Size: int(m.Size), Type: m.Type})
	}
	return out
}

// mailboxView is how the user's mailbox stands; false: the team server tells of none.
func (x *teaming) mailboxView() (phone.Mailbox, bool) {
	b := phone.Mailbox{ID: teamBox, Account: x.at.account, New: x.mailbox.New, Old: x.mailbox.Old, Known: true, Visual: true}
	return b, x.mailbox.Box != ""
}

// OwnVoices is the messages of the user's mailbox at the team server, newest first, as they were told last.
func (e *Engine) OwnVoices() []phone.VoiceMessage {
	if now := e.runner.team.now.Load(); now != nil {
		return now.eyes.voices
	}
	return nil
}

// OwnVoice is the sound of one of them.
func (e *Engine) OwnVoice(ctx context.Context, id string) ([]byte, error) {
	return e.runner.ownSound(ctx, id)
}

// liveClient is the team server's client while it can be asked.
func (r *runner) liveClient() (*team.Client, error) {
	switch now := r.team.now.Load(); {
	case now == nil:
		return nil, phone.Refuse(phone.ReasonNoTeam, "")
	case !now.live || now.client == nil:
		return nil, phone.Refuse(phone.ReasonTeamAway, "")
	default:
		return now.client, nil
	}
}

func voicePath(id string) string {
	name, _ := teamVoice(id)
	return "me/voicemail/" + url.PathEscape(name)
}

// ownSound is the sound of a message in the user's mailbox.
func (r *runner) ownSound(ctx context.Context, id string) ([]byte, error) {
	return r.teamSound(ctx, voicePath(id))
}

// teamSound is the sound of something of the team server's.
func (r *runner) teamSound(ctx context.Context, path string) ([]byte, error) {
	client, err := r.liveClient()
	if err != nil {
		return nil, err
	}
	data, err := client.Sound(ctx, path+"/sound")
	if err != nil {
		return nil, &phone.Error{Reason: teamReason(err)}
	}
	return data, nil
}

// ownMessage marks a message in the user's mailbox, or deletes it.
func (r *runner) ownMessage(ctx context.Context, fx fxMessage) error {
	client, err := r.liveClient()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if fx.mark {
		err = client.Do(ctx, http.MethodPatch, voicePath(fx.id), team.VoiceChange{Old: fx.played}, nil)
	} else {
		err = client.Do(ctx, http.MethodDelete, voicePath(fx.id), nil, nil)
	}
	if err != nil && ctx.Err() == nil {
		err = &phone.Error{Reason: teamReason(err)}
	}
	return err
}
