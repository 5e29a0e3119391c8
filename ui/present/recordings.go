package present

import (
	"time"

	"svara/phone"
	"svara/ui/text"
)

// RecordingRow is a recorded call as the list shows it.
type RecordingRow struct {
	ID      int64
	Who     Who
	Day     string // over the first recording of a day; else empty
	Name    []Span // the name in pieces, what was searched for marked
	Number  []Span // likewise; nil when the name is the number
	Way     string // incoming, outgoing
	Length  string
	Clock   string // when it began
	Format  string // "WAV, stereo"
	Path    string
	Dial    string // what calling back dials, empty when it cannot be done
	Unseen  bool
	Running string // still being recorded: for how long, in words
	Ended   string // it ended before the call did: the sentence
	Notice  string // Ended in a word or two
}

// RecordingRows makes rows of recordings, newest first. query is what was typed. Those in gone are left out.
func RecordingRows(s Scene, recordings []phone.Recording, query string, gone map[int64]bool) []RecordingRow {
	rows := make([]RecordingRow, 0, len(recordings))
	day := ""
	for _, r := range recordings {
		if gone[r.ID] {
			continue
		}
		row := recordingRow(s, r)
		row.Name = Mark(row.Who.Name, query)
		if row.Who.Known {
			row.Number = Mark(row.Who.Number, query)
		}
		if d := text.Day(r.Begun, s.Now); d != day {
			row.Day, day = d, d
		}
		rows = append(rows, row)
	}
	return rows
}

func recordingRow(s Scene, r phone.Recording) RecordingRow {
	row := RecordingRow{
		ID: r.ID, Who: s.who(r.Remote), Clock: text.Clock(r.Begun.In(s.Now.Location())), Way: text.T("recordings.incoming"),
		Length: text.Timer(r.Duration.Round(time.Second)), Path: r.Path, Dial: dialTarget(r.Remote), Unseen: !r.Seen && !r.Open,
	}
	if r.Direction == phone.Outgoing {
		row.Way = text.T("recordings.outgoing")
	}
	row.Format = text.T("recordings.format_wav")
	if r.Format == phone.FormatOpus {
		row.Format = text.T("recordings.format_opus")
	}
	if r.Stereo {
		row.Format += ", " + text.T("recordings.stereo")
	} else {
		row.Format += ", " + text.T("recordings.mono")
	}
	switch {
	case r.Open:
		row.Running = text.T("recordings.running", "clock", text.Timer(s.Now.Sub(r.Begun)))
		row.Length = ""
	case r.Reason != nil:
		row.Ended, row.Notice = text.T("recordings.ended", "why", text.ReasonTitle(*r.Reason)), text.ReasonTitle(*r.Reason)
	}
	return row
}

// RecordingsEmpty is the empty list's words.
func RecordingsEmpty(query string) Empty {
	if query != "" {
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30)), Text: text.T("list.no_hits_less")}
	}
	return Empty{Icon: "circle-dot", Title: text.T("recordings.empty"), Text: text.T("recordings.empty_text")}
}

// CannotMail is why no recording can be mailed to the user, empty when it can.
func CannotMail(s Scene) string {
	if len(s.Snap.Voicemail.Servers) == 0 {
		return text.T("reason.no-mail-server")
	}
	return ""
}
