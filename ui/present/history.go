package present

import (
	"net/url"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// HistoryRow is a finished call, or one somebody called often, as a list shows it.
type HistoryRow struct {
	ID         int64
	Who        Who
	Icon       string
	Tone       Tone
	Outcome    string // in words: missed, answered, no reply
	When       string // 12:14, yesterday 12:14, 18 Nov
	Length     string // talking time, empty when there was none
	Account    phone.AccountID
	Unseen     bool    // a missed call the user has not looked at
	Dial       string  // what calling back dials, empty when it cannot be done
	Name       []Span  // the name in pieces, what was searched for marked
	Number     []Span  // likewise
	Queue      string  // the queue it came through
	Sought     string  // whom a diverted call was meant for
	Note       string  // what the user wrote about it
	Recordings []int64 // of the call, oldest first

	Person *phone.Person // who it is, of a book; nil for a call or a number
	Detail []Span        // Person: title, department, company
	Found  bool          // Person: Number is what was searched for
	More   bool          // no row but a way to the next ones
}

// Span is a piece of text; a marked one matches what was searched for.
type Span struct {
	Text string
	Mark bool
}

// HistoryRows makes rows of history entries, newest first. query is what was typed.
func HistoryRows(s Scene, entries []phone.HistoryEntry, query string) []HistoryRow {
	rows := make([]HistoryRow, 0, len(entries))
	for _, e := range entries {
		r := historyRow(s, e)
		r.Name, r.Number = Mark(r.Who.Name, query), Mark(r.Who.Number, query)
		rows = append(rows, r)
	}
	return rows
}

// RecentRows is who was last spoken with or tried: one row each, newest first, at most limit.
func RecentRows(s Scene, entries []phone.HistoryEntry, limit int) []HistoryRow {
	var rows []HistoryRow
	seen := map[string]bool{}
	for _, e := range entries {
		r := historyRow(s, e)
		if r.Dial == "" || seen[r.Who.Number] || len(rows) == limit {
			continue
		}
		seen[r.Who.Number] = true
		r.Name, r.Number = Mark(r.Who.Name, ""), Mark(r.Who.Number, "")
		rows = append(rows, r)
	}
	return rows
}

func historyRow(s Scene, e phone.HistoryEntry) HistoryRow {
	r := HistoryRow{
		ID: e.ID, Who: s.who(e.Remote), Account: e.Account, When: text.When(e.Begun, s.Now), Unseen: e.Outcome == phone.OutcomeMissed && !e.Seen,
	}
	r.Dial = dialTarget(e.Remote)
	switch {
	case e.Outcome == phone.OutcomeMissed:
		r.Icon, r.Tone, r.Outcome = "phone-missed", ToneRed, text.T("history.missed")
	case e.Outcome == phone.OutcomeElsewhere:
		r.Icon, r.Tone, r.Outcome = "phone-incoming", ToneSlate, text.T("history.elsewhere")
	case e.Outcome == phone.OutcomeDeclined:
		r.Icon, r.Tone, r.Outcome = "phone-off", ToneSlate, text.T("history.declined")
	case e.Outcome == phone.OutcomeDeflected:
		r.Icon, r.Tone, r.Outcome = "arrow-right-left", ToneAmber, text.T("history.deflected", "name", e.Reason.Text)
	case e.Outcome == phone.OutcomeFailed:
		r.Icon, r.Tone, r.Outcome = "phone-outgoing", ToneAmber, text.ReasonTitle(e.Reason)
	case e.Direction == phone.Outgoing:
		r.Icon, r.Tone, r.Outcome = "phone-outgoing", ToneGreen, text.T("history.outgoing")
	default:
		r.Icon, r.Tone, r.Outcome = "phone-incoming", ToneGreen, text.T("history.answered")
	}
	r.Note, r.Recordings = Clean(e.Note, 500), e.Recordings
	for _, q := range s.Snap.Queues {
		if q.ID == e.Queue && e.Queue != "" {
			r.Queue = queueName(q.Queue)
		}
	}
	if e.Sought != "" {
		r.Sought = s.WhoOf(phone.Party{Number: e.Sought}).Name
	}
	if e.Duration > 0 {
		r.Length = text.Timer(e.Duration.Round(time.Second))
	}
	return r
}

// dialTarget is what calls a party back, as the network gave it; nothing when the number was withheld.
func dialTarget(p phone.Party) string {
	switch {
	case hiddenNumber(p) != "" || strings.Contains(strings.ToLower(p.URI), "anonymous"):
		return ""
	case p.Number != "":
		return p.Number
	}
	return p.URI
}

// Empty is what a list says when it has nothing to show.
type Empty struct {
	Icon  string
	Title string
	Text  string
}

// HistoryEmpty is the empty history's words.
func HistoryEmpty(c HistoryChoice, query string) Empty {
	switch {
	case Dialable(query):
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30)), Text: text.T("list.no_hits_text")}
	case query != "":
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30)), Text: text.T("list.no_hits_less")}
	case c.Only(phone.HistoryMissed):
		return Empty{Icon: "phone-missed", Title: text.T("history.empty_missed")}
	case !c.All():
		return Empty{Icon: "filter", Title: text.T("history.empty_filter")}
	}
	return Empty{Icon: "history", Title: text.T("history.empty"), Text: text.T("history.empty_text")}
}

// CallsEmpty is the empty calls tab's words.
func CallsEmpty() Empty {
	return Empty{Icon: "phone", Title: text.T("calls.empty"), Text: text.T("calls.empty_text")}
}

// Mark splits text into pieces so that every word of the query that is found, wherever, is marked. Case is ignored, and how
// figures stand in groups.
func Mark(text, query string) []Span {
	words := strings.Fields(strings.ToLower(query))
	low := strings.ToLower(text)
	if len(words) == 0 || len(low) != len(text) || text == "" {
		return []Span{{Text: text}} // lower case that changes the length would mark the wrong bytes
	}
	marked := make([]bool, len(text))
	for _, w := range words {
		for from := 0; ; {
			i, n := find(low[from:], w)
			if i < 0 {
				break
			}
			for j := range n {
				marked[from+i+j] = true
			}
			from += i + n
		}
	}
	var spans []Span
	start := 0
	for i := 1; i <= len(text); i++ {
		if i == len(text) || marked[i] != marked[start] {
			spans = append(spans, Span{Text: text[start:i], Mark: marked[start]})
			start = i
		}
	}
	return spans
}

// find is where a word is in a text, and how long it is there: figures also where others stand in groups. -1 is nowhere.
func find(text, word string) (at, length int) {
	if strings.Trim(word, "0123456789") != "" {
		return strings.Index(text, word), len(word)
	}
	for at := range len(text) {
		typed, n := 0, 0
		for ; typed < len(word) && at+n < len(text); n++ {
			if text[at+n] == word[typed] {
				typed++
			} else if typed == 0 || text[at+n] != ' ' && text[at+n] != '-' {
				break
			}
		}
		if typed == len(word) {
			return at, n
		}
	}
	return -1, 0
}

// Dialable reports whether what was typed is a number or an address and not the name of somebody: it has no letters,
// or it is a sip:, tel: or callto: URI or user@host.
func Dialable(typed string) bool {
	typed = strings.TrimSpace(typed)
	if scheme, rest, ok := strings.Cut(typed, ":"); ok {
		switch strings.ToLower(scheme) {
		case "sip", "sips", "tel", "callto":
			return rest != ""
		}
	}
	if at := strings.IndexByte(typed, '@'); at > 0 && at < len(typed)-1 && !strings.ContainsRune(typed, ' ') {
		return true
	}
	digit := false
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#':
			digit = true
		case r == ',' && digit: // what comes after is for when it is answered
		case strings.ContainsRune("+-()./ \u00a0", r):
		default:
			return false
		}
	}
	return digit
}

// DialText makes what was typed or pasted fit to dial: number separators go, a tel: or callto: link becomes its number (RFC
// 3966), a SIP address stays as it is.
func DialText(typed string) string {
	typed = Clean(typed, 200)
	if scheme, rest, ok := strings.Cut(typed, ":"); ok && (strings.EqualFold(scheme, "tel") || strings.EqualFold(scheme, "callto")) {
		typed, _, _ = strings.Cut(strings.TrimPrefix(rest, "//"), ";")
		if plain, err := url.PathUnescape(typed); err == nil && Dialable(plain) { // pages write spaces, and browsers escape them
			typed = plain
		}
	}
	if strings.ContainsAny(typed, "@:") || !Dialable(typed) {
		return strings.ReplaceAll(typed, " ", "")
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '*' || r == '#' || r == '+' || r == ',' {
			return r
		}
		return -1
	}, strings.ReplaceAll(typed, "(0)", ""))
}
