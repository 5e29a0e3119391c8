package present

import (
	"net/url"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// LinkButton opens a page of the organisation's.
type LinkButton struct {
	Icon string
	Text string
	URL  string
}

// LinkButtons are the pages that have been set, in the order of the settings (features.md A7).
func LinkButtons(s Scene) []LinkButton {
	var out []LinkButton
	for _, l := range []struct{ key, icon string }{
		{phone.KeyLinkPage, "user"}, {phone.KeyLinkProfile, "settings"}, {phone.KeyLinkHelp, "circle-help"}, {phone.KeyLinkPrivacy, "shield-check"}, {phone.KeyLinkAgreement, "file-text"},
	} {
		if at := s.Snap.Settings.Get(l.key); at != "" {
			out = append(out, LinkButton{Icon: l.icon, Text: text.T("setting." + l.key), URL: at})
		}
	}
	return out
}

// SupportCard is the customer service.
type SupportCard struct {
	Phone, Mail, Hours string
	Message            string // a mailto: address with what the customer service needs to know; empty without Mail
}

// Any reports whether there is anything to show.
func (c SupportCard) Any() bool { return c.Phone != "" || c.Mail != "" || c.Hours != "" }

// SupportOf is the customer service as set. A message to it begins with what it will ask for: the version and how the
// phone stands, nothing secret.
func SupportOf(s Scene, version string) SupportCard {
	set := s.Snap.Settings
	c := SupportCard{Phone: Clean(set.Get(phone.KeySupportPhone), numberLimit), Mail: set.Get(phone.KeySupportMail), Hours: Clean(set.Get(phone.KeySupportHours), 200)}
	if c.Mail != "" {
		subject := text.T("about.message_subject", "version", version)
		body := "\r\n\r\n-- \r\n" + strings.ReplaceAll(DiagnosticText(Diagnostics(s, version, "")), "\n", "\r\n")
		c.Message = "mailto:" + url.PathEscape(c.Mail) + "?subject=" + url.PathEscape(subject) + "&body=" + url.PathEscape(body)
	}
	return c
}

// Licence is something that Svara is made of and its terms.
type Licence struct{ Name, For, Terms string }

// Licences are what the program contains of others' work. Names and terms are the same in all languages.
func Licences() []Licence {
	part := func(name, what, terms string) Licence { return Licence{name, text.T("licence." + what), terms} }
	return []Licence{
		part("Inter", "typeface", "SIL Open Font License 1.1"),
		part("Lucide", "icons", "ISC"),
		part("Fyne", "window", "BSD 3-Clause"),
		part("sipgo", "sip", "BSD 2-Clause"),
		part("Pion RTP, RTCP, SDP", "media", "MIT"),
		part("Opus, libopusfile", "codec", "BSD 3-Clause"),
		part("PortAudio, pulse", "devices", "MIT"),
		part("SQLite", "store", "Public Domain"),
		part("modernc.org/sqlite", "store", "BSD 3-Clause"),
		part("go-imap, go-message, go-vcard, go-webdav", "books", "MIT"),
		part("go-ldap", "books", "MIT"),
		part("phonenumbers", "numbers", "Apache License 2.0"),
		part("miekg/dns", "network", "BSD 3-Clause"),
		part("Go", "language", "BSD 3-Clause"),
	}
}
