package eventlist

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Build is the list as the body of a NOTIFY and its Content-Type (RFC 4662 section 5.5). The order of the resources is
// kept.
func (l List) Build() (contentType string, body []byte) {
	var doc bytes.Buffer
	doc.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	doc.WriteString(`<list xmlns="urn:ietf:params:xml:ns:rlmi"`)
	attr(&doc, "uri", l.URI)
	attr(&doc, "version", strconv.FormatUint(uint64(l.Version), 10))
	attr(&doc, "fullState", strconv.FormatBool(l.Full))
	doc.WriteString(">\n")
	for i, r := range l.Resources {
		r.write(&doc, i)
	}
	doc.WriteString("</list>\n")

	boundary := l.boundary()
	var b bytes.Buffer
	writePart(&b, boundary, "list@svara.invalid", RLMI+";charset=UTF-8", doc.Bytes())
	for i, r := range l.Resources {
		if len(r.Body) > 0 {
			writePart(&b, boundary, partID(i), r.ContentType, r.Body)
		}
	}
	b.WriteString("--" + boundary + "--\r\n")
	return fmt.Sprintf(`%s;type="%s";start="<list@svara.invalid>";boundary="%s"`, Multipart, RLMI, boundary), b.Bytes()
}

func (r Resource) write(b *bytes.Buffer, i int) {
	b.WriteString("<resource")
	attr(b, "uri", r.URI)
	b.WriteString(">")
	if r.Name != "" {
		b.WriteString("<name>")
		_ = xml.EscapeText(b, []byte(r.Name)) // a bytes.Buffer does not fail
		b.WriteString("</name>")
	}
	if r.State != "" {
		b.WriteString("<instance")
		attr(b, "id", strconv.Itoa(i+1))
		attr(b, "state", r.State)
		if r.Reason != "" {
			attr(b, "reason", r.Reason)
		}
		if len(r.Body) > 0 {
			attr(b, "cid", partID(i))
		}
		b.WriteString("/>")
	}
	b.WriteString("</resource>\n")
}

func attr(b *bytes.Buffer, name, value string) {
	b.WriteString(" " + name + `="`)
	_ = xml.EscapeText(b, []byte(value))
	b.WriteByte('"')
}

func partID(i int) string { return strconv.Itoa(i+1) + "@svara.invalid" }

// boundary is one that no body contains.
func (l List) boundary() string {
	for n := 0; ; n++ {
		b := "svara-list-" + strconv.Itoa(n)
		used := false
		for _, r := range l.Resources {
			used = used || bytes.Contains(r.Body, []byte(b))
		}
		if !used {
			return b
		}
	}
}

func writePart(b *bytes.Buffer, boundary, id, contentType string, body []byte) {
	contentType = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, contentType)
	fmt.Fprintf(b, "--%s\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <%s>\r\nContent-Type: %s\r\n\r\n", boundary, id, contentType)
	b.Write(body)
	b.WriteString("\r\n")
}
