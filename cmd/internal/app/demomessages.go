package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"svara/assets"
	"svara/audio/record"
	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/phone/team/spool"
	"svara/ui/text"
)

// practiceBox is the mailbox of the practice exchange's service group.
const practiceBox = "9010@default"

// practiceSender is a name that the service group's texts can be sent as.
const practiceSender = "SvaraOvning"

// practiceVoices makes a mailbox with two messages, as an exchange keeps them.
func practiceVoices(folder string, now time.Time) error {
	inbox := filepath.Join(folder, "default", "9010", "INBOX")
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(inbox, 0o700)); err != nil {
		return err
	}
	for i, m := range []struct {
		caller string
		sound  string
		ago    time.Duration
	}{{`"Maria Ekdal" <+46701740694>`, "2110", 19 * time.Hour}, {`"" <+46701740641>`, "2126", 35 * time.Minute}} {
		sound := assets.Sound(text.Language(), m.sound)
		p, err := record.OpenBytes(sound)
		if err != nil {
			return err
		}
		length := int(p.Duration() / time.Second)
		at := now.Add(-m.ago).Unix()
		about := fmt.Sprintf("[message]\ncallerid=%s\norigtime=%d\nduration=%d\nmsg_id=%d-%08d\n", m.caller, at, length, at, i)
		name := filepath.Join(inbox, fmt.Sprintf("msg%04d", i))
		if err := errors.Join(p.Close(), os.WriteFile(name+".ogg", sound, 0o600), os.WriteFile(name+".txt", []byte(about), 0o600)); err != nil {
			return err
		}
	}
	return nil
}

// openPracticeVoices is that mailbox.
func openPracticeVoices(folder string, t *practiceTeam) (err error) {
	folder = filepath.Join(folder, "practice-voicemail")
	if err := practiceVoices(folder, time.Now()); err != nil {
		return err
	}
	t.voices, err = spool.Open(folder, t.log)
	return err
}

// leaveMessages is what people outside have left for the groups: numbers to call back and texts.
func (t *practiceTeam) leaveMessages(ctx context.Context, admin *team.Client) error {
	if err := admin.Do(ctx, http.MethodPut, "groups/service/inbox", team.NewInbox{Boxes: []string{practiceBox}, Senders: []string{practiceSender}}, nil); err != nil {
		return err
	}
	var in team.Versioned[team.Inbox]
	if err := admin.Do(ctx, http.MethodGet, "groups/service/inbox", nil, &in); err != nil {
		return err
	}
	templates := team.NewTemplates{Seq: in.Seq, Templates: []team.TextTemplate{{Name: text.T("practice.template_name"), Text: text.T("practice.template")}}}
	if err := admin.Do(ctx, http.MethodPut, "groups/service/templates", templates, nil); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Second)
	_, err := t.db.Update(ctx, func(tx kept.Tx) error {
		for i, m := range []team.Message{
			{Kind: phone.GroupText, Group: "service", Direction: phone.Incoming, From: phone.Party{Number: "+46701740696", Name: "Oskar Wiik"}, At: now.Add(-26 * time.Hour), Text: text.T("practice.text_first"), Handled: true, HandledAt: now.Add(-25 * time.Hour), HandledBy: "2101", Pinned: "2101"},
			{Kind: phone.GroupText, Group: "service", Direction: phone.Outgoing, From: phone.Party{Number: "+46701740696", Name: "Oskar Wiik"}, At: now.Add(-25 * time.Hour), Text: text.T("practice.text_answer"), By: "2101", Sender: "+46846500420", State: phone.TextSent},
			{Kind: phone.GroupCallback, Group: "reception", Direction: phone.Incoming, From: phone.Party{Number: "+46846500431", Name: "Lindö Maskin"}, At: now.Add(-2 * time.Hour), Text: text.T("practice.callback")},
			{Kind: phone.GroupText, Group: "service", Direction: phone.Incoming, From: phone.Party{Number: "+46701740696", Name: "Oskar Wiik"}, At: now.Add(-12 * time.Minute), Text: text.T("practice.text_next")},
		} {
			m.ID = fmt.Sprintf("practice-%d", i+1)
			if _, err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
