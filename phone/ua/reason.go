package ua

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// statusTexts are the usual reason phrases (RFC 3261 21).
var statusTexts = map[int]string{
	100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress", 200: "OK", 202: "Accepted",
	300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily",
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
	407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone", 412: "Conditional Request Failed", 413: "Request Entity Too Large",
	415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 422: "Session Interval Too Small", 423: "Interval Too Brief",
	480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
	484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending",
	489: "Bad Event", 500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable", 504: "Server Time-out",
	505: "Version Not Supported", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}

func statusText(code int) string {
	if t, ok := statusTexts[code]; ok {
		return t
	}
	return "Unknown"
}

// registerReason is why a REGISTER was refused.
func registerReason(res *sip.Response) phone.Reason {
	r := phone.Reason{ID: phone.ReasonSIP, Code: res.StatusCode, Text: cleanText(res.Reason)}
	switch c := res.StatusCode; {
	case c == 401 || c == 407 || c == 403:
		r.ID = phone.ReasonWrongPassword
	case c == 404 || c == 410 || c == 604:
		r.ID = phone.ReasonNoSuchAccount
	case c == 423:
		r.ID = phone.ReasonTooBrief
	case c >= 500 && c < 600:
		r.ID = phone.ReasonServerError
	}
	return r
}

// callReason is why a call did not come to be (RFC 3261 21). rang tells that the other side had rung.
func callReason(res *sip.Response, rang bool) phone.Reason {
	return ReasonOf(res.StatusCode, cleanText(res.Reason), rang)
}

// ReasonOf is why a call with a final code above 299 did not come to be, also one that is told of by message/sipfrag.
func ReasonOf(c int, text string, rang bool) phone.Reason {
	r := phone.Reason{ID: phone.ReasonSIP, Code: c, Text: text}
	switch {
	case c == 486 || c == 600:
		r.ID = phone.ReasonBusy
	case c == 603 || c == 403: // Asterisk and others make a 403 of a 603
		r.ID = phone.ReasonRemoteDeclined
	case c == 405 || c == 606:
		r.ID = phone.ReasonNotPermitted
	case c == 401 || c == 407:
		r.ID = phone.ReasonWrongPassword
	case c == 408 || c == 487 || c == 480 && rang:
		r.ID = phone.ReasonNoAnswer
	case c == 480:
		r.ID = phone.ReasonUnavailable
	case c == 404 || c == 410 || c == 484 || c == 604 || c == 416:
		r.ID = phone.ReasonUnknownNumber
	case c == 415 || c == 488:
		r.ID = phone.ReasonNoCodec
	case c >= 500 && c < 600:
		r.ID = phone.ReasonServerError
	}
	return r
}

// reasonHeader reads the Reason header (RFC 3326): the SIP cause, or 0, with its text, and the Q.850 cause, or 0.
func reasonHeader(m sip.Message) (sipCause int, text string, q850 int) {
	for _, v := range headerValues(m, "Reason") {
		protocol, params, _ := strings.Cut(v, ";")
		p := parseParams(";" + params)
		cause, err := strconv.Atoi(p.GetOr("cause", ""))
		if err != nil {
			continue
		}
		switch strings.ToUpper(strings.TrimSpace(protocol)) {
		case "SIP":
			sipCause, text = cause, unescape(p.GetOr("text", ""))
		case "Q.850":
			q850 = cause
		}
	}
	return sipCause, text, q850
}

// elsewhereBy is how exchanges say who has answered a call instead of us. The plain words of RFC 3326 name nobody.
var elsewhereBy = regexp.MustCompile(`(?i)^(?:call )?(?:completed elsewhere|answered|answered elsewhere|picked up|taken) by:? *(\S.*)$`)

// completedElsewhere are the words of RFC 3326 section 3.1.
const completedElsewhere = "Call completed elsewhere"

// causeHeader is the Reason header (RFC 3326) of a Q.850 cause, and of who has answered instead; nothing when there is
// neither.
func causeHeader(cause int, by string) []sip.Header {
	var out []sip.Header
	if by = cleanText(by); by != "" {
		text := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(completedElsewhere + " by " + by)
		out = append(out, sip.NewHeader("Reason", `SIP;cause=200;text="`+text+`"`))
	}
	if cause > 0 && cause <= 127 {
		out = append(out, sip.NewHeader("Reason", "Q.850;cause="+strconv.Itoa(cause)))
	}
	return out
}

// cleanText makes a peer's words safe for a log line and a snapshot.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "")
	}
	return s
}
