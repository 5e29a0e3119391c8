package dialoginfo

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"svara/phone/xmldoc"
)

// Bounds of a document. A notification over UDP has at most 64 KiB; a shared line has a few dozen dialogs.
const (
	maxBytes   = 256 << 10
	maxDepth   = 16
	maxDialogs = 512
)

// Parse reads a document. It takes any namespace, missing versions and states, names inside identities and text that is
// not quite XML; it refuses document types, what is too large or too deep, and what is something else or cut off. A
// dialog whose state is missing or unknown is left out: nothing can be said of it.
func Parse(data []byte) (Document, error) {
	doc, err := parse(data)
	if err != nil {
		return Document{}, fmt.Errorf("read dialog-info: %w", err)
	}
	return doc, nil
}

func parse(data []byte) (Document, error) {
	if len(data) > maxBytes {
		return Document{}, fmt.Errorf("%d bytes are more than %d", len(data), maxBytes)
	}
	r := &reader{ids: map[string]bool{}}
	if err := xmldoc.Walk(data, maxDepth, r.token); err != nil {
		return Document{}, err
	}
	if !r.found {
		return Document{}, errors.New("no dialog-info element")
	}
	return r.doc, nil
}

// reader keeps where in the document it is: the path of the elements of the document's own namespace.
type reader struct {
	doc    Document
	found  bool
	closed bool
	space  string
	path   []string
	strays int // open elements that are of no interest
	dialog *Dialog
	text   strings.Builder
	ids    map[string]bool
}

func (r *reader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		r.end()
	case xml.CharData:
		if r.strays == 0 {
			r.text.Write(t)
		}
	}
	return nil
}

func (r *reader) start(e xml.StartElement) error {
	if len(r.path) == 0 && r.strays == 0 {
		if e.Name.Local != "dialog-info" || r.closed {
			return fmt.Errorf("unexpected element %q", e.Name.Local)
		}
		r.found, r.space = true, e.Name.Space
	}
	if r.strays > 0 || e.Name.Space != r.space {
		r.strays++
		return nil
	}
	r.text.Reset()
	r.path = append(r.path, e.Name.Local)
	switch strings.Join(r.path, "/") {
	case "dialog-info":
		r.doc.Entity = attr(e, "entity")
		r.doc.Version = version(attr(e, "version"))
		r.doc.Full = !strings.EqualFold(attr(e, "state"), "partial")
	case "dialog-info/dialog":
		if len(r.doc.Dialogs) >= maxDialogs {
			return errors.New("too many dialogs")
		}
		r.dialog = &Dialog{ID: attr(e, "id"), CallID: attr(e, "call-id"), LocalTag: attr(e, "local-tag"), RemoteTag: attr(e, "remote-tag")}
		switch d := Direction(strings.ToLower(attr(e, "direction"))); d {
		case Initiator, Recipient:
			r.dialog.Direction = d
		}
	case "dialog-info/dialog/local/identity", "dialog-info/dialog/remote/identity":
		if p := r.participant(); p.Name == "" && p.URI == "" {
			p.Name = attr(e, "display")
		}
	case "dialog-info/dialog/local/target", "dialog-info/dialog/remote/target":
		if p := r.participant(); p.Target == "" {
			_, p.Target = nameAddr(attr(e, "uri"))
		}
	}
	return nil
}

func (r *reader) end() {
	if r.strays > 0 {
		r.strays--
		return
	}
	text := strings.TrimSpace(r.text.String())
	r.text.Reset()
	switch strings.Join(r.path, "/") {
	case "dialog-info":
		r.closed = true
	case "dialog-info/dialog":
		if r.dialog.State != "" {
			r.dialog.ID = r.id()
			r.doc.Dialogs = append(r.doc.Dialogs, *r.dialog)
		}
		r.dialog = nil
	case "dialog-info/dialog/state":
		switch s := State(strings.ToLower(text)); s {
		case Trying, Proceeding, Early, Confirmed, Terminated:
			r.dialog.State = s
		}
	case "dialog-info/dialog/duration":
		if n, err := strconv.ParseUint(text, 10, 31); err == nil {
			r.dialog.Duration = time.Duration(n) * time.Second
		}
	case "dialog-info/dialog/local/identity", "dialog-info/dialog/remote/identity":
		if p := r.participant(); p.URI == "" {
			name, uri := nameAddr(text)
			p.URI = uri
			if p.Name == "" {
				p.Name = name
			}
		}
	}
	r.path = r.path[:len(r.path)-1]
}

// participant is the one that the path is in.
func (r *reader) participant() *Participant {
	if r.path[2] == "local" {
		return &r.dialog.Local
	}
	return &r.dialog.Remote
}

// id is the dialog's ID, made up where it is missing and made unique where an exchange gives the same one to several
// dialogs (some use the extension's number).
func (r *reader) id() string {
	id := r.dialog.ID
	if id == "" {
		id = r.dialog.CallID
	}
	for n := 1; id == "" || r.ids[id]; n++ {
		id += ";" + r.dialog.CallID
		if n > 1 || r.dialog.CallID == "" {
			id += strconv.Itoa(n)
		}
	}
	r.ids[id] = true
	return id
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// version is a number that may have leading zeros; what is none counts as not told.
func version(text string) uint32 {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// nameAddr takes apart what should be a URI and is sometimes a name and a URI in angle brackets (RFC 3261 section 20.10).
func nameAddr(text string) (name, uri string) {
	uri = text
	if i := strings.LastIndexByte(text, '<'); i >= 0 {
		name, uri = text[:i], text[i+1:]
	}
	uri, _, _ = strings.Cut(uri, ">")
	name = strings.TrimSpace(name)
	if len(name) >= 2 && name[0] == '"' && name[len(name)-1] == '"' {
		name = strings.TrimSpace(strings.ReplaceAll(name[1:len(name)-1], `\"`, `"`))
	}
	return name, strings.TrimSpace(uri)
}
