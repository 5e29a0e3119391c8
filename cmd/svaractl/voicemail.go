package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/control"
)

var voicemail = group("voicemail", map[string]runner{
	"list":   (*cli).voicemailList,
	"play":   (*cli).voicemailPlay,
	"pause":  alone("voicemail", phone.StopPlaying{Pause: true}),
	"stop":   alone("voicemail", phone.StopPlaying{}),
	"mark":   (*cli).voicemailMark,
	"delete": withWord("voicemail", func(id string) phone.Command { return phone.DeleteVoicemail{ID: id} }),
	"save":   (*cli).voicemailSave,
	"check":  alone("voicemail", phone.CheckVoicemail{}),

	"greetings": shows("voicemail", "snapshot", (*cli).showGreetings),
	"greeting":  (*cli).greeting,
})

func (c *cli) voicemailList(ctx context.Context, args []string) error {
	fs := c.flags("voicemail")
	var q phone.VoiceMessageQuery
	fs.StringVar(&q.Box, "box", "", "")
	fs.BoolVar(&q.New, "new", false, "")
	fs.StringVar(&q.Text, "search", "", "")
	fs.IntVar(&q.Limit, "limit", 0, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if q.Limit < 0 {
		return &usageError{verb: "voicemail", why: "--limit cannot be negative"}
	}
	return ask(ctx, c, "voicemail", q, c.showVoiceMessages)
}

func (c *cli) voicemailPlay(ctx context.Context, args []string) error {
	fs := c.flags("voicemail")
	var command phone.PlayVoicemail
	playFlags(fs, &command.From, &command.Speed)
	id, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if err := checkPlay("voicemail", command.From, command.Speed); err != nil {
		return err
	}
	command.ID = id[0]
	return c.do(ctx, command)
}

func (c *cli) voicemailMark(ctx context.Context, args []string) error {
	given, err := words(c.flags("voicemail"), args, 2, 2)
	if err != nil {
		return err
	}
	if given[1] != "played" && given[1] != "new" {
		return &usageError{verb: "voicemail", why: "played or new, not " + given[1]}
	}
	return c.do(ctx, phone.MarkVoicemail{ID: given[0], Played: given[1] == "played"})
}

func (c *cli) voicemailSave(ctx context.Context, args []string) error {
	given, err := words(c.flags("voicemail"), args, 2, 2)
	if err != nil {
		return err
	}
	path, err := file(given[1])
	if err != nil {
		return err
	}
	return askFor(ctx, c, filePatience, "voicemail-save", map[string]string{"id": given[0], "path": path}, func(f control.File) {
		c.printf(c.out, "%s\n", clean(f.Path))
	})
}

func (c *cli) showVoiceMessages(messages []phone.VoiceMessage) {
	t := c.table()
	for _, m := range messages {
		var notes []string
		if !m.Played {
			notes = append(notes, "new")
		}
		if m.Reason != nil {
			notes = append(notes, reasonText(m.Reason))
		}
		length := ""
		if m.Duration > 0 {
			length = clock(m.Duration)
		}
		t.row(m.ID, m.Received.Local().Format("2006-01-02 15:04"), length, who(m.From), strings.Join(notes, ", "))
	}
	t.flush()
}

// greeting plays, changes and deletes greetings: "play KIND", "set KIND FILE", "delete KIND".
func (c *cli) greeting(ctx context.Context, args []string) error {
	given, err := words(c.flags("voicemail"), args, 2, 3)
	if err != nil {
		return err
	}
	kind := phone.Greeting(given[1])
	switch {
	case !slices.Contains(phone.Greetings, kind):
		return &usageError{verb: "voicemail", why: "unavailable, busy, name or temporary, not " + given[1]}
	case given[0] == "set" && len(given) == 3:
		path, err := file(given[2])
		if err != nil {
			return err
		}
		return c.change(ctx, phone.SetGreeting{Kind: kind, Path: path})
	case given[0] == "play" && len(given) == 2:
		return c.do(ctx, phone.PlayGreeting{Kind: kind})
	case given[0] == "delete" && len(given) == 2:
		return c.change(ctx, phone.DeleteGreeting{Kind: kind})
	}
	return &usageError{verb: "voicemail", why: "greeting play KIND, greeting set KIND FILE or greeting delete KIND"}
}

func (c *cli) showGreetings(s phone.Snapshot) {
	t := c.table()
	for _, g := range s.Voicemail.Greetings {
		whose, length := "the exchange's", ""
		if g.Own {
			whose = "own"
		}
		if g.Length > 0 {
			length = clock(g.Length)
		}
		t.row(string(g.Kind), whose, length)
	}
	t.flush()
}

var mail = group("mail", map[string]runner{
	"list":   shows("mail", "mailboxes", (*cli).showMailboxes),
	"add":    (*cli).mailAdd,
	"remove": withWord("mail", func(id string) phone.Command { return phone.RemoveMailServer{ID: id} }),
})

func (c *cli) mailAdd(ctx context.Context, args []string) error {
	fs := c.flags("mail")
	var m phone.MailServer
	fs.StringVar(&m.ID, "id", "", "")
	fs.StringVar(&m.Name, "name", "", "")
	fs.StringVar(&m.Address, "address", "", "")
	fs.StringVar(&m.User, "user", "", "")
	fs.StringVar(&m.Folder, "folder", "", "")
	fs.StringVar(&m.CAFile, "ca-file", "", "")
	tls, account, stdin := fs.String("tls", "direct", ""), fs.String("account", "", ""), fs.Bool("password-stdin", false, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	m.Account = phone.AccountID(*account)
	known := false
	m.TLS, known = map[string]phone.MailTLS{"direct": phone.MailTLSDirect, "starttls": phone.MailTLSStart, "none": phone.MailTLSNone}[*tls]
	switch {
	case !known:
		return &usageError{verb: "mail", why: "--tls is direct, starttls or none, not " + *tls}
	case m.ID == "" || m.Address == "" || m.User == "":
		return &usageError{verb: "mail", why: "--id, --address and --user are needed"}
	case !*stdin:
		return &usageError{verb: "mail", why: "--password-stdin is needed: the password is read from standard input"}
	}
	if m.Name == "" {
		m.Name = m.ID
	}
	var err error
	if m.CAFile != "" {
		if m.CAFile, err = file(m.CAFile); err != nil {
			return err
		}
	}
	password, err := c.readPassword("mail")
	if err != nil {
		return err
	}
	return c.doThenPrint(ctx, phone.PutMailServer{Server: m, Password: password}, "mailbox", m.ID)
}

func (c *cli) showMailboxes(v phone.VoicemailState) {
	t := c.table()
	for _, b := range v.Boxes {
		counts := "not told"
		if b.Known {
			counts = fmt.Sprintf("%d new, %d old", b.New, b.Old)
			if b.Urgent > 0 {
				counts += fmt.Sprintf(", %d urgent", b.Urgent)
			}
		}
		var notes []string
		if b.Visual {
			notes = append(notes, "can be listed")
		}
		if b.Dial != "" {
			notes = append(notes, "call "+b.Dial)
		}
		if b.Reason != nil {
			notes = append(notes, reasonText(b.Reason))
		}
		t.row("mailbox "+b.ID, counts, string(b.Account), strings.Join(notes, ", "))
	}
	for _, m := range v.Servers {
		t.row("server "+m.ID, m.Name, m.User, m.Address)
	}
	t.flush()
}
