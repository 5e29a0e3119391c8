package dialoginfo

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"time"
)

// namespace is of RFC 4235 section 4.4.
const namespace = "urn:ietf:params:xml:ns:dialog-info"

// Bytes is the document as XML, in the order of the schema (RFC 4235 section 4.4).
func (d Document) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	state := "partial"
	if d.Full {
		state = "full"
	}
	open(&b, "dialog-info", "xmlns", namespace, "version", strconv.FormatUint(uint64(d.Version), 10), "state", state, "entity", d.Entity)
	b.WriteString(">\n")
	for _, dialog := range d.Dialogs {
		dialog.write(&b)
	}
	b.WriteString("</dialog-info>\n")
	return b.Bytes()
}

func (d Dialog) write(b *bytes.Buffer) {
	open(b, "dialog", "id", d.ID, "call-id", d.CallID, "local-tag", d.LocalTag, "remote-tag", d.RemoteTag, "direction", string(d.Direction))
	b.WriteString(">\n")
	element(b, "state", string(d.State))
	if d.Duration >= time.Second {
		element(b, "duration", strconv.FormatInt(int64(d.Duration/time.Second), 10))
	}
	d.Local.write(b, "local")
	d.Remote.write(b, "remote")
	b.WriteString("</dialog>\n")
}

func (p Participant) write(b *bytes.Buffer, name string) {
	if p == (Participant{}) {
		return
	}
	b.WriteString("<" + name + ">\n")
	if p.URI != "" || p.Name != "" {
		open(b, "identity", "display", p.Name)
		b.WriteByte('>')
		escape(b, p.URI)
		b.WriteString("</identity>\n")
	}
	if p.Target != "" {
		open(b, "target", "uri", p.Target)
		b.WriteString("/>\n")
	}
	b.WriteString("</" + name + ">\n")
}

// open begins an element with those of the attributes that have a value; the ">" is left to the caller. Entity and id are
// required by the schema and are written empty too.
func open(b *bytes.Buffer, name string, attrs ...string) {
	b.WriteString("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		if attrs[i+1] == "" && attrs[i] != "entity" && attrs[i] != "id" {
			continue
		}
		b.WriteString(" " + attrs[i] + `="`)
		escape(b, attrs[i+1])
		b.WriteByte('"')
	}
}

func element(b *bytes.Buffer, name, text string) {
	b.WriteString("<" + name + ">")
	escape(b, text)
	b.WriteString("</" + name + ">\n")
}

// escape writes text that may hold anything; what XML cannot hold becomes U+FFFD. A bytes.Buffer does not fail.
func escape(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) }
