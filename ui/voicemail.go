package ui

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/view"
)

// still makes what is asked be answered before the question returns: for pictures that nobody looks at while they are made.
func (a *App) still(d view.Deps) view.Deps {
	d.Query, d.Contacts = a.queryNow, a.contactsNow()
	if a.opts.Inbox != nil {
		d.Recordings = func(q phone.RecordingQuery, answer func([]phone.Recording, error)) {
			answer(a.opts.Inbox.Recordings(a.group.ctx, q))
		}
	}
	if a.opts.Voicemail != nil {
		d.Voicemail = func(q phone.VoiceMessageQuery, answer func([]phone.VoiceMessage, error)) {
			answer(a.opts.Voicemail.VoiceMessages(a.group.ctx, q))
		}
	}
	if a.opts.GroupLog != nil {
		d.GroupLog = func(q phone.GroupLogQuery, answer func(phone.GroupLogPage, error)) {
			answer(a.opts.GroupLog.GroupLog(a.group.ctx, q))
		}
	}
	if a.opts.GroupMessages != nil {
		d.GroupMessages = func(q phone.GroupMessageQuery, answer func(phone.GroupMessagePage, error)) {
			answer(a.opts.GroupMessages.GroupMessages(a.group.ctx, q))
		}
	}
	if a.opts.Texts != nil {
		d.Texts = func(q phone.TextQuery, answer func([]phone.Text, error)) { answer(a.opts.Texts.Texts(a.group.ctx, q)) }
		d.Threads = func(answer func([]phone.TextThread, error)) { answer(a.opts.Texts.TextThreads(a.group.ctx)) }
	}
	return d
}

// voiceMessages asks the mailboxes off the UI goroutine.
func (a *App) voiceMessages(q phone.VoiceMessageQuery, answer func([]phone.VoiceMessage, error)) {
	off(a, func(ctx context.Context) ([]phone.VoiceMessage, error) { return a.opts.Voicemail.VoiceMessages(ctx, q) }, answer)
}

// saveVoiceMessage writes a message's sound into the folder for downloads.
func (a *App) saveVoiceMessage(id string, done func(path string, err error)) {
	off(a, func(ctx context.Context) (string, error) {
		return a.opts.Voicemail.SaveVoiceMessage(ctx, id, downloads(os.Getenv, os.UserHomeDir))
	}, done)
}

// mailed tells how the mailing of a recording went.
func (a *App) mailed(e phone.Event) {
	switch {
	case e.State == "sent":
		a.say(text.T("recordings.mailed"))
	case e.State == "failed" && e.Reason != nil:
		a.say(text.Reason(*e.Reason))
	}
}

// downloads is the user's folder for downloads, which desktops name in the user's language; the home folder when there is
// none.
func downloads(env func(string) string, homeDir func() (string, error)) string {
	home, err := homeDir()
	if err != nil {
		return os.TempDir()
	}
	config := env("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	for _, folder := range []string{env("XDG_DOWNLOAD_DIR"), userDir(filepath.Join(config, "user-dirs.dirs"), home), filepath.Join(home, "Downloads")} {
		if info, err := os.Stat(folder); folder != "" && err == nil && info.IsDir() {
			return folder
		}
	}
	return home
}

// userDir is XDG_DOWNLOAD_DIR of a user-dirs.dirs file (lines NAME="$HOME/folder"), empty when it names none.
func userDir(path, home string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "XDG_DOWNLOAD_DIR="); ok {
			return strings.Replace(strings.Trim(value, `"`), "$HOME", home, 1)
		}
	}
	return ""
}
