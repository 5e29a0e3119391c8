package ami

import (
	"context"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/team"
)

// Texts is where Asterisk sends texts (MessageSend): {to} stands for the number. Empty is nowhere.
type Texts struct {
	Inside  string // to its telephones: "pjsip:{to}"
	Outside string // by a trunk that takes SIP MESSAGE: "pjsip:trunk/sip:{to}@provider.example.com"
}

// Check reports whether a destination can be said to Asterisk.
func (t Texts) Check() error {
	for _, to := range []string{t.Inside, t.Outside} {
		tech, rest, _ := strings.Cut(to, ":")
		if to != "" && (!plain(tech) || !strings.Contains(rest, "{to}") || strings.ContainsAny(to, "\r\n\x00 ,;") || len(to) > maxValue/2) {
			return errValue
		}
	}
	return nil
}

// textFamily is where the dial plan keeps texts in Asterisk's database until they are taken (docs/team-asterisk.md).
const textFamily = "svara/text"

// maxPart is the bytes of one MESSAGE: in Base64 it fits into a line of the Manager Interface.
const maxPart = maxValue * 3 / 4

// sendText sends a text, a long one in parts.
func (ss *session) sendText(ctx context.Context, a team.SendText) error {
	where := ss.s.cfg.Texts.Inside
	if team.OutsideNumber(a.To) {
		where = ss.s.cfg.Texts.Outside
	}
	switch {
	case !plain(a.To), a.Sender != "" && !plain(a.Sender):
		return phone.Refuse(phone.ReasonBadTarget, a.To)
	case where == "":
		return phone.Refuse(phone.ReasonNotSupported, "")
	}
	for i, part := range parts(a.Text) {
		err := ss.do(ctx, ask("MessageSend", "Destination", strings.ReplaceAll(where, "{to}", a.To), "From", a.Sender, "Base64Body", base64.StdEncoding.EncodeToString([]byte(part))))
		if err != nil && i > 0 {
			return phone.Refuse(phone.ReasonNotConfirmed, "") // the beginning has been sent
		} else if err != nil {
			return err
		}
	}
	return nil
}

// parts is a text in parts that fit, divided between words where that is possible.
func parts(s string) (out []string) {
	for len(s) > maxPart {
		end := maxPart
		for !utf8.RuneStart(s[end]) {
			end--
		}
		if blank := strings.LastIndexAny(s[:end], " \n"); blank > maxPart/2 {
			end = blank + 1
		}
		out, s = append(out, s[:end]), s[end:]
	}
	return append(out, s)
}

// text takes in a text that the dial plan keeps: from, to and body in Base64, with dots between.
func (ss *session) text(id, kept string) {
	words := strings.Split(kept, ".")
	if !plain(id) || len(words) != 3 {
		return
	}
	for i, w := range words {
		b, err := base64.StdEncoding.DecodeString(w)
		if err != nil || !utf8.Valid(b) {
			ss.s.log.Warn("a text that came cannot be read", "id", id)
			return
		}
		words[i] = string(b)
	}
	ss.sink(team.TextTold{At: ss.now(), ID: id, From: user(words[0]), To: user(words[1]), Text: words[2]})
}

// user is the number of a SIP address, with a name or without (RFC 3261 20.10), or what else it is.
func user(address string) string {
	if rest, ok := strings.CutPrefix(address, `"`); ok { // a name, which may have anything in it
		for i := 0; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '"' {
				address = rest[i+1:]
				break
			}
		}
	}
	if _, after, ok := strings.Cut(address, "<"); ok {
		address, _, _ = strings.Cut(after, ">")
	}
	scheme, rest, ok := strings.Cut(address, ":")
	if !ok {
		return address
	}
	if scheme = strings.ToLower(scheme); scheme == "sip" || scheme == "sips" || scheme == "tel" || scheme == "pjsip" {
		address = rest
	}
	address, _, _ = strings.Cut(address, "@")
	address, _, _ = strings.Cut(address, ";")
	return address
}

// textTaken lets Asterisk forget a text.
func (ss *session) textTaken(ctx context.Context, a team.TextTaken) error {
	if !plain(a.ID) {
		return phone.Refuse(phone.ReasonNoMessage, a.ID)
	}
	return ss.dbSet(ctx, textFamily, a.ID, "")
}
