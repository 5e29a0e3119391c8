package ua

import (
	"bytes"
	"mime"
	"net/textproto"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

const (
	maxText        = 20 << 10 // bytes of a text message; RFC 3428 8 has 1300 where nothing controls congestion
	maxTextsAsked  = 50       // texts that wait for an AnswerText
	maxTextsSeen   = 64       // texts remembered, since one may come by two ways (RFC 3261 8.2.2.2)
	maxCPIMHeaders = 50
)

// texts is the incoming text messages that wait for an answer.
type texts struct {
	last  uint64
	asked map[string]textAsked // by TextReceived.ID
	seen  []inviteKey          // the newest last
}

type textAsked struct {
	req *sip.Request
	tx  *sip.ServerTx
}

// receiveMessage answers a MESSAGE outside any dialog: on a server by authentication, on a phone only when it comes by
// the way calls of an account do (quality.md, hostile input 18).
func (u *UA) receiveMessage(req *sip.Request, tx *sip.ServerTx) {
	if s, ok := u.server.(*server); ok {
		s.receiveMessage(req, tx)
		return
	}
	req.To().Params.Add("tag", newTag())
	via := u.net.cameBy(req)
	acct := u.accountFor(req, via)
	if acct == nil {
		u.log.Info("MESSAGE from a stranger refused", "from", via.addr)
		u.refuse(tx, req, 403, "")
		return
	}
	u.receiveText(acct.id, req, tx)
}

// receiveText tells of a text message to a phone (RFC 3428 7); it is answered once the engine has it safe.
func (u *UA) receiveText(acct phone.AccountID, req *sip.Request, tx *sip.ServerTx) {
	if len(req.Body()) > maxText {
		u.refuse(tx, req, 413, "")
		return
	}
	text, known := "", headerValue(req, "Content-Encoding") == ""
	if known && len(req.Body()) > 0 {
		text, known = textOf(headerValue(req, "Content-Type"), req.Body(), true)
	}
	switch {
	case !known:
		u.respondTagged(tx, req, 415, "", sip.NewHeader("Accept", "text/plain, message/cpim"))
		return
	case strings.TrimSpace(text) == "": // that it was delivered, that somebody types: nobody is to be shown that
		u.respondTagged(tx, req, 200, "")
		return
	}
	v := TextReceived{Account: acct, Text: text}
	v.From, v.Asserted = whoCalls(req, true)
	tag, _ := req.From().Params.Get("tag")
	key := inviteKey{callID: req.CallID().Value(), fromTag: tag, cseq: req.CSeq().SeqNo}
	u.mu.Lock()
	code := u.texts.take(key, textAsked{req, tx}, &v)
	if u.closing {
		code = 480
	}
	u.mu.Unlock()
	if code != 0 {
		u.refuse(tx, req, code, "")
		return
	}
	u.emit(v)
}

// take remembers a text that waits for an answer and gives it its ID, unless it is to be refused with a code.
func (t *texts) take(key inviteKey, asked textAsked, v *TextReceived) (code int) {
	for _, k := range t.seen {
		if k == key {
			return 482
		}
	}
	if len(t.asked) >= maxTextsAsked {
		return 503
	}
	if t.seen = append(t.seen, key); len(t.seen) > maxTextsSeen {
		t.seen = t.seen[1:]
	}
	if t.asked == nil {
		t.asked = map[string]textAsked{}
	}
	t.last++
	v.ID = strconv.FormatUint(t.last, 10)
	t.asked[v.ID] = asked
	return 0
}

// answerText answers a text message with 200, or says why not. u.mu is held.
func (u *UA) answerText(a AnswerText) {
	asked, ok := u.texts.asked[a.ID]
	if !ok {
		return
	}
	delete(u.texts.asked, a.ID)
	code := a.Code
	if code < 200 || code > 699 {
		code = 200
	}
	u.respondTagged(asked.tx, asked.req, code, "")
}

// textOf is the text of a body, empty for what is to be answered and not shown; known is false for what is no text. An
// envelope (RFC 3862) is opened once.
func textOf(kind string, body []byte, envelopes bool) (text string, known bool) {
	base, params, err := mime.ParseMediaType(kind)
	if err != nil && base == "" {
		return "", false
	}
	switch {
	case base == "text/plain":
		return decodedText(params["charset"], body)
	case base == "message/imdn+xml", base == "application/im-iscomposing+xml": // RFC 5438, RFC 3994
		return "", true
	case base == "message/cpim" && envelopes:
		return openEnvelope(body)
	}
	return "", false
}

// decodedText is text in UTF-8, without what could be no letter, and with line feeds only.
func decodedText(charset string, body []byte) (string, bool) {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii":
	case "iso-8859-1", "latin1":
		runes := make([]rune, len(body))
		for i, b := range body {
			runes[i] = rune(b)
		}
		body = []byte(string(runes))
	default:
		return "", false
	}
	text := strings.ToValidUTF8(string(body), string(utf8.RuneError))
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text), true
}

// openEnvelope is the text in a message/cpim (RFC 3862 2): headers of the message, an empty line, headers of the body, an
// empty line, the body. Who sent it is told by the exchange, not by the envelope.
func openEnvelope(body []byte) (string, bool) {
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	rest, ok := skipHeaders(body, nil)
	if !ok {
		return "", false
	}
	kind := "text/plain"
	content, ok := skipHeaders(rest, func(name, value string) {
		if name == "Content-Type" {
			kind = value
		}
	})
	if !ok {
		return "", false
	}
	return textOf(kind, content, false)
}

// skipHeaders is what follows a block of headers and its empty line.
func skipHeaders(text []byte, got func(name, value string)) (rest []byte, ok bool) {
	for range maxCPIMHeaders {
		line, after, found := bytes.Cut(text, []byte("\n"))
		if len(line) == 0 && found {
			return after, true
		}
		name, value, colon := strings.Cut(string(line), ":")
		if !found || !colon {
			return nil, false
		}
		if got != nil {
			got(textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value))
		}
		text = after
	}
	return nil, false
}
