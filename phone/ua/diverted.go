package ua

import (
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

const (
	// maxDiversions is how many steps of a call's way are told, maxDiversionValues how many are looked at.
	maxDiversions      = 20
	maxDiversionValues = 60
)

// diverted is a call's way here, first diversion first: as Diversion tells it, else as History-Info does.
func diverted(req *sip.Request) []phone.Diversion {
	if out := diversions(bounded(headerValues(req, "Diversion"))); len(out) > 0 {
		return out
	}
	return history(bounded(headerValues(req, "History-Info")))
}

func bounded(values []string) []string { return values[:min(len(values), maxDiversionValues)] }

// diversions reads Diversion values (RFC 5806 4, 5): the topmost is the newest.
func diversions(values []string) []phone.Diversion {
	var out []phone.Diversion
	for _, v := range slices.Backward(values) {
		a, err := parseNameAddr(v)
		if err != nil {
			continue
		}
		by := cleanParty(a.party())
		switch strings.ToLower(a.params.GetOr("privacy", "")) {
		case "full", "uri": // who it was is not for us
			continue
		case "name":
			by.Name = ""
		}
		if by.Number == "" || anonymous(a.uri) {
			continue
		}
		if out = append(out, phone.Diversion{By: by, Reason: diversionReason(a.params.GetOr("reason", ""))}); len(out) == maxDiversions {
			break
		}
	}
	return out
}

// diversionReasons are the reasons of RFC 5806 5, and what exchanges say instead.
var diversionReasons = map[string]string{
	"unknown": "unknown", "user-busy": "user-busy", "no-answer": "no-answer", "unavailable": "unavailable", "unconditional": "unconditional",
	"time-of-day": "time-of-day", "do-not-disturb": "do-not-disturb", "deflection": "deflection", "follow-me": "follow-me",
	"out-of-service": "out-of-service", "away": "away",
	"busy": "user-busy", "cfb": "user-busy", "noanswer": "no-answer", "no_answer": "no-answer", "noreply": "no-answer", "no-reply": "no-answer",
	"cfnr": "no-answer", "cfna": "no-answer", "cfu": "unconditional", "cfim": "unconditional", "dnd": "do-not-disturb",
	"not-reachable": "unavailable", "cfnrc": "unavailable", "time_of_day": "time-of-day", "follow_me": "follow-me", "out_of_service": "out-of-service",
}

// diversionReason is a reason in the words of RFC 5806: some quote it, some have words of their own.
func diversionReason(text string) string {
	if r, ok := diversionReasons[strings.ToLower(strings.Trim(text, "\" \t"))]; ok {
		return r
	}
	return "unknown"
}

// historyEntry is one hi-entry (RFC 7044 5).
type historyEntry struct {
	by     phone.Party
	index  []int  // "1.1.2"
	reason string // why the call did not stay there, from the Reason in its URI; empty for none
	cause  string // why it came there, from the cause parameter of its URI (RFC 4458); empty for none
	mapped bool   // mp: it is somebody else than the one before
	hidden bool   // who it is is not for us
}

// history reads History-Info values (RFC 7044, RFC 4244): all the targets the call has had, the last of them us. Those
// that it left for a reason, or for somebody else, are diversions; the rest is routing.
func history(values []string) []phone.Diversion {
	var all []historyEntry
	for _, v := range values {
		if e, ok := historyEntryOf(v); ok {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b historyEntry) int { return slices.Compare(a.index, b.index) })
	var out []phone.Diversion
	for i, e := range all {
		if i == len(all)-1 || len(out) == maxDiversions {
			break
		}
		next := all[i+1]
		reason := e.reason
		if reason == "" {
			reason = next.cause
		}
		if reason == "" && next.mapped && next.by.Number != e.by.Number {
			reason = "unknown"
		}
		if reason == "" || e.hidden {
			continue
		}
		// Without a reason of its own a target that follows is the same one by another address.
		if n := len(out); n > 0 && out[n-1].By.Number == e.by.Number {
			out[n-1].Reason = reason
			continue
		}
		out = append(out, phone.Diversion{By: e.by, Reason: reason})
	}
	return out
}

func historyEntryOf(value string) (historyEntry, bool) {
	a, err := parseNameAddr(value)
	if err != nil {
		return historyEntry{}, false
	}
	uri, headers, _ := strings.Cut(a.uri, "?")
	a.uri = uri
	e := historyEntry{by: cleanParty(a.party()), mapped: a.params.Has("mp")}
	for part := range strings.SplitSeq(a.params.GetOr("index", ""), ".") {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil || len(e.index) == 32 {
			break
		}
		e.index = append(e.index, int(n))
	}
	_, params, _ := strings.Cut(uri, ";")
	if cause, ok := parseParams(";" + params).Get("cause"); ok {
		e.cause = uriCause(cause)
	}
	for h := range strings.SplitSeq(headers, "&") {
		name, text, _ := strings.Cut(h, "=")
		text = unescapeURI(text)
		switch strings.ToLower(name) {
		case "reason":
			if r := reasonCause(text); r != "" {
				e.reason = r
			}
		case "privacy":
			e.hidden = !strings.EqualFold(text, "none")
		}
	}
	e.hidden = e.hidden || anonymous(uri) || e.by.Number == ""
	return e, true
}

// reasonCause is a Reason header (RFC 3326) in the words of RFC 5806.
func reasonCause(value string) string {
	for _, v := range splitList(value) {
		protocol, params, _ := strings.Cut(v, ";")
		cause, err := strconv.Atoi(parseParams(";"+params).GetOr("cause", ""))
		if err != nil {
			continue
		}
		switch strings.ToUpper(strings.TrimSpace(protocol)) {
		case "SIP":
			switch cause {
			case 302, 301, 300:
				return "unconditional"
			case 486, 600:
				return "user-busy"
			case 408, 480, 487:
				return "no-answer"
			case 603:
				return "deflection"
			case 404, 410, 503, 604:
				return "unavailable"
			}
			return "unknown"
		case "Q.850":
			switch cause {
			case 17:
				return "user-busy"
			case 18, 19:
				return "no-answer"
			case 20:
				return "unavailable"
			case 27:
				return "out-of-service"
			}
			return "unknown"
		}
	}
	return ""
}

// uriCause is a cause parameter (RFC 4458 2) in the words of RFC 5806.
func uriCause(cause string) string {
	switch cause {
	case "302":
		return "unconditional"
	case "486":
		return "user-busy"
	case "408":
		return "no-answer"
	case "480", "487":
		return "deflection"
	case "503":
		return "unavailable"
	}
	return "unknown"
}

// anonymous reports whether an address is the one that stands for nobody (RFC 3323 4.1.1.3).
func anonymous(uri string) bool {
	return strings.Contains(strings.ToLower(uri), "anonymous.invalid") || strings.HasPrefix(strings.ToLower(uri), "sip:anonymous@")
}

// cleanParty is a party whose texts are safe for a log line and a snapshot.
func cleanParty(p phone.Party) phone.Party {
	return phone.Party{Name: cleanText(p.Name), Number: cleanText(p.Number), URI: cleanText(p.URI)}
}
