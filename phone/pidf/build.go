package pidf

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// Build is a document about entity (a sip: or pres: URI). Agents become a tuple each, with the agent as its contact. now
// is the time of the statement.
func Build(entity string, p phone.Presence, now time.Time) []byte {
	stamp := now.UTC().Format(time.RFC3339)
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b.WriteString(`<presence xmlns="` + nsPIDF + `" xmlns:dm="` + nsModel + `" xmlns:rpid="` + nsRPID + `" xmlns:sv="` + nsActivity + `"`)
	attr(&b, "entity", entity)
	b.WriteString(">\n")
	note := cut(p.Note, maxNote)
	tuple(&b, "self", p.Open, "", note, stamp)
	host := hostOf(entity)
	for i, a := range p.Agents {
		if i == maxTuples-1 {
			break
		}
		tuple(&b, "agent-"+strconv.Itoa(i+1), a.Open, "sip:"+escapeUser(a.ID)+"@"+host, "", stamp)
	}
	if p.Activity != "" || note != "" {
		b.WriteString(`<dm:person id="person">` + "\n")
		activity(&b, p)
		if note != "" {
			element(&b, "dm:note", note)
		}
		element(&b, "dm:timestamp", stamp)
		b.WriteString("</dm:person>\n")
	}
	b.WriteString("</presence>\n")
	return b.Bytes()
}

// tuple writes a tuple in the order of RFC 3863 section 4.4.
func tuple(b *bytes.Buffer, id string, open bool, contact, note, stamp string) {
	basic := "closed"
	if open {
		basic = "open"
	}
	b.WriteString(`<tuple id="` + id + `"><status><basic>` + basic + "</basic></status>\n")
	if contact != "" {
		element(b, "contact", contact)
	}
	if note != "" {
		element(b, "note", note)
	}
	element(b, "timestamp", stamp)
	b.WriteString("</tuple>\n")
}

// activity writes what somebody does, for everybody in the words of RFC 4480, and in ours.
func activity(b *bytes.Buffer, p phone.Presence) {
	if p.Activity == "" {
		return
	}
	name := cut(p.Name, maxName)
	b.WriteString("<rpid:activities")
	if !p.Since.IsZero() {
		attr(b, "from", p.Since.UTC().Format(time.RFC3339))
	}
	if !p.Until.IsZero() {
		attr(b, "until", p.Until.UTC().Format(time.RFC3339))
	}
	b.WriteString(">\n")
	switch e, known := elements[p.Activity]; {
	case known:
		b.WriteString("<rpid:" + e + "/>")
	case p.Activity != phone.ActivityAvailable:
		element(b, "rpid:other", name)
	}
	b.WriteString("<sv:activity")
	attr(b, "kind", string(p.Activity))
	if p.Divert != "" {
		attr(b, "divert", cut(p.Divert, maxName))
	}
	b.WriteByte('>')
	escape(b, name)
	b.WriteString("</sv:activity>\n</rpid:activities>\n")
}

func attr(b *bytes.Buffer, name, value string) {
	b.WriteString(" " + name + `="`)
	escape(b, value)
	b.WriteByte('"')
}

func element(b *bytes.Buffer, name, text string) {
	b.WriteString("<" + name + ">")
	escape(b, text)
	b.WriteString("</" + name + ">\n")
}

// escape writes text that may hold anything; what XML cannot hold becomes U+FFFD. A bytes.Buffer does not fail.
func escape(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) }

// cut trims text and shortens it to a number of characters.
func cut(text string, most int) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	n := 0
	for i := range text {
		if n == most {
			return strings.TrimSpace(text[:i])
		}
		n++
	}
	return text
}

// hostOf is the host of a sip: or pres: URI, with its port.
func hostOf(uri string) string {
	_, host, ok := strings.Cut(uri, "@")
	if !ok {
		_, host, _ = strings.Cut(uri, ":")
	}
	host, _, _ = strings.Cut(host, ";")
	host, _, _ = strings.Cut(host, "?")
	if host == "" {
		return "invalid"
	}
	return host
}

// escapeUser writes the user part of a URI (RFC 3261 section 25.1).
func escapeUser(user string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(user) {
		c := user[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*'()+", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
