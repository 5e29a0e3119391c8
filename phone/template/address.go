package template

import (
	"slices"
	"strings"

	"svara/phone"
)

// never are schemes by which an address is run or reads the computer's own files, wherever it is opened.
var never = []string{
	"about", "applescript", "blob", "chrome", "data", "file", "help", "hcp", "jar", "javascript", "livescript", "mhtml",
	"mocha", "ms-cxh", "ms-cxh-full", "ms-msdt", "ms-officecmd", "ms-search", "res", "resource", "search", "search-ms", "shell", "vbscript",
	"view-source", "x-man-page",
}

// Expand fills the address of an outside program or page. Its scheme is http, https, mailto, tel, sms or one of a program
// that the user has written at its beginning; never one that runs what follows or reads files. Every value is
// percent-encoded (RFC 3986). ReasonBadTemplate names what is wrong.
func Expand(address string, f Fields) (string, error) {
	parts, err := readAddress(address)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range parts {
		if p.name == "" {
			encode(&b, p.text, literal)
			continue
		}
		value := oneLine(f.get(p.name))
		// A step up in a path is the one thing that can be written with unreserved characters alone.
		if strings.Trim(value, ".") != "" {
			encode(&b, value, unreserved)
		}
	}
	return b.String(), nil
}

// CheckAddress is Check for an address, whose scheme and host have to be written out.
func CheckAddress(address string) error {
	_, err := readAddress(address)
	return err
}

func readAddress(address string) ([]part, error) {
	parts, err := parse(address)
	if err != nil {
		return nil, err
	}
	refuse := func(what string) ([]part, error) { return nil, phone.Refuse(phone.ReasonBadTemplate, what) }
	if len(parts) == 0 || parts[0].name != "" {
		return refuse(address)
	}
	first := parts[0].text
	scheme, rest, ok := strings.Cut(first, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case !ok || !goodScheme(scheme):
		return refuse(first)
	case slices.Contains(never, scheme):
		return refuse(scheme + ":")
	case strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return refuse(scheme + ":")
	}
	host, authority := strings.CutPrefix(rest, "//")
	if scheme == "http" || scheme == "https" {
		if !authority || host == "" || strings.ContainsAny(host[:1], "/?#") {
			return refuse(first)
		}
	}
	if authority && len(parts) > 1 && !strings.ContainsAny(host, "/?#") {
		return refuse("{" + parts[1].name + "}")
	}
	return parts, nil
}

// goodScheme is RFC 3986 section 3.1, of at least two letters: one would be a drive.
func goodScheme(s string) bool {
	return len(s) > 1 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, letters+"0123456789+.-") == ""
}

// Characters that need no encoding: in a value (RFC 3986 section 2.3), and in what the user wrote (sections 2.1 to 2.3).
const (
	letters    = "abcdefghijklmnopqrstuvwxyz"
	unreserved = letters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	literal    = unreserved + "%:/?#[]@!$&'()*+,;="
)

func encode(b *strings.Builder, s, keep string) {
	const hexDigits = "0123456789ABCDEF"
	for _, c := range []byte(s) {
		if strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
}

// Mailto is an e-mail to be written in the user's own program (RFC 6068). Separator is what that program wants between
// several addresses, "," as the RFC has it or ";". What is no address, or would be more than one, is left out.
func Mailto(to []string, separator, subject, body string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	if separator != ";" {
		separator = ","
	}
	between := ""
	for _, address := range to {
		address = strings.TrimSpace(address)
		if !oneAddress(address) {
			continue
		}
		b.WriteString(between)
		encode(&b, address, unreserved+"@")
		between = separator
	}
	query := "?"
	for _, field := range []struct{ name, value string }{
		{"subject", oneLine(subject)},
		{"body", strings.ReplaceAll(clean(strings.ReplaceAll(body, "\r\n", "\n"), true), "\n", "\r\n")},
	} {
		if field.value != "" {
			b.WriteString(query + field.name + "=")
			encode(&b, field.value, unreserved)
			query = "&"
		}
	}
	return b.String()
}

func oneAddress(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && host != "" && !strings.Contains(host, "@") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`,;:<>()[]"\`, r) })
}
