// Package mwi is what an exchange tells of a mailbox: application/simple-message-summary (RFC 3842), read tolerantly and
// written strictly.
package mwi

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ContentType is the documents' MIME type, Event the event package they come in (RFC 3842 sections 3.1 and 3.5).
const (
	ContentType = "application/simple-message-summary"
	Event       = "message-summary"
)

// Summary is one notification. The counts are of voice messages and at most 999 999.
type Summary struct {
	Waiting              bool   // there is something new
	Account              string // what to call to hear it, a URI; empty where it is not told
	New, Old             int
	UrgentNew, UrgentOld int  // contained in New and Old
	Counted              bool // the counts were told; else Waiting is all that is known
}

// Bounds of a document: a summary is a few lines; what follows it tells of single messages and is not read.
const (
	maxBytes = 64 << 10
	maxLines = 64
	maxCount = 999_999
	maxURI   = 512 // bytes
)

// Parse reads a summary. It takes any case and line end, missing spaces, lines in any order and other kinds of messages
// beside voice; it refuses what says neither whether something waits nor how much.
func Parse(data []byte) (Summary, error) {
	var s Summary
	if len(data) > maxBytes {
		return s, fmt.Errorf("read message summary: %d bytes are more than %d", len(data), maxBytes)
	}
	said := false
	lines := 0
	for line := range strings.Lines(strings.TrimPrefix(strings.ToValidUTF8(string(data), "\uFFFD"), "\uFEFF")) {
		line = strings.TrimSpace(line)
		if line == "" && lines > 0 || lines == maxLines { // what follows are the messages' own headers (RFC 3842 section 5.2)
			break
		}
		if line == "" {
			continue
		}
		lines++
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "messages-waiting":
			said, s.Waiting = true, strings.EqualFold(value, "yes")
		case "message-account":
			if uri := strings.Trim(value, "<> \t"); len(uri) <= maxURI && !strings.ContainsAny(uri, " \t<>\"") {
				s.Account = uri
			}
		case "voice-message":
			if counts, ok := parseCounts(value); ok {
				s.New, s.Old, s.UrgentNew, s.UrgentOld, s.Counted = counts[0], counts[1], counts[2], counts[3], true
			}
		}
	}
	if !said {
		if !s.Counted {
			return Summary{}, errors.New("read message summary: neither Messages-Waiting nor Voice-Message")
		}
		s.Waiting = s.New > 0
	}
	return s, nil
}

// parseCounts reads "new/old (urgent-new/urgent-old)"; the part in brackets may be missing.
func parseCounts(text string) (counts [4]int, ok bool) {
	all, urgent, _ := strings.Cut(text, "(")
	if counts[0], counts[1], ok = pair(all); !ok {
		return [4]int{}, false
	}
	urgent, _, _ = strings.Cut(urgent, ")")
	if a, b, ok := pair(urgent); ok {
		counts[2], counts[3] = min(a, counts[0]), min(b, counts[1])
	}
	return counts, true
}

func pair(text string) (a, b int, ok bool) {
	before, after, _ := strings.Cut(text, "/")
	x, errA := strconv.ParseUint(strings.TrimSpace(before), 10, 64)
	y, errB := strconv.ParseUint(strings.TrimSpace(after), 10, 64)
	if errA != nil || errB != nil {
		return 0, 0, false
	}
	return int(min(x, maxCount)), int(min(y, maxCount)), true
}

// Bytes is the summary as a body (RFC 3842 section 5.2). An account that would break its line is left out.
func (s Summary) Bytes() []byte {
	var b strings.Builder
	waiting := "no"
	if s.Waiting {
		waiting = "yes"
	}
	b.WriteString("Messages-Waiting: " + waiting + "\r\n")
	if s.Account != "" && !strings.ContainsFunc(s.Account, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		b.WriteString("Message-Account: " + s.Account + "\r\n")
	}
	if s.Counted {
		fmt.Fprintf(&b, "Voice-Message: %d/%d (%d/%d)\r\n", s.New, s.Old, s.UrgentNew, s.UrgentOld)
	}
	return []byte(b.String())
}
