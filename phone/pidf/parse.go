package pidf

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/xmldoc"
)

// Parse reads a document. It takes any namespace, activities wherever exchanges put them and text that is not quite XML;
// it refuses document types, what is too large or too deep, and what is something else or cut off. Notes that exchanges
// write by themselves ("Ready") are nobody's words and are left out.
//
// Agents are the tuples whose contact is somebody else than the document's entity; of those that are the entity's own, one
// that is open is enough. Of several persons, told by several devices, the latest counts.
func Parse(data []byte) (phone.Presence, error) {
	p, err := parse(data)
	if err != nil {
		return phone.Presence{}, fmt.Errorf("read presence: %w", err)
	}
	return p, nil
}

// document is RFC 3863 section 4.4 with the persons of RFC 4479. Elements are found by their local names.
type document struct {
	XMLName xml.Name
	Entity  string         `xml:"entity,attr"`
	Tuples  []tupleElement `xml:"tuple"`
	Persons []person       `xml:"person"`
	Notes   []string       `xml:"note"`
}

type tupleElement struct {
	Basic   []string     `xml:"status>basic"`
	Inside  []activities `xml:"status>activities"` // drafts of RPID put them here
	Beside  []activities `xml:"activities"`
	Contact string       `xml:"contact"`
	Notes   []string     `xml:"note"`
}

type person struct {
	Activities []activities `xml:"activities"`
	Inside     []activities `xml:"status>activities"`
	Notes      []string     `xml:"note"`
	Timestamp  string       `xml:"timestamp"`
}

type activities struct {
	From  string   `xml:"from,attr"`
	Until string   `xml:"until,attr"`
	Notes []string `xml:"note"`
	All   []struct {
		XMLName xml.Name
		Kind    string `xml:"kind,attr"`
		Divert  string `xml:"divert,attr"`
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

func parse(data []byte) (phone.Presence, error) {
	var doc document
	if len(data) > maxBytes {
		return phone.Presence{}, fmt.Errorf("%d bytes are more than %d", len(data), maxBytes)
	}
	if err := xmldoc.Decode(data, maxDepth, &doc); err != nil {
		return phone.Presence{}, err
	}
	if doc.XMLName.Local != "presence" {
		return phone.Presence{}, fmt.Errorf("unexpected element %q", doc.XMLName.Local)
	}
	if len(doc.Tuples) > maxTuples {
		return phone.Presence{}, errors.New("too many tuples")
	}
	var p phone.Presence
	var all []activities
	var notes []string
	if latest := doc.latestPerson(); latest != nil {
		all = append(append(all, latest.Activities...), latest.Inside...)
		notes = append(notes, latest.Notes...)
	}
	own, anyOpen := false, false
	for _, t := range doc.Tuples {
		open := len(t.Basic) == 0 || strings.EqualFold(strings.TrimSpace(t.Basic[0]), "open")
		anyOpen = anyOpen || open
		if agent := agentOf(t.Contact, doc.Entity); agent != "" {
			p.Agents = append(p.Agents, phone.AgentState{ID: agent, Open: open})
			continue
		}
		own = true
		p.Open = p.Open || open
		all = append(append(all, t.Inside...), t.Beside...)
		notes = append(notes, t.Notes...)
	}
	if !own {
		p.Open = anyOpen
	}
	for _, a := range all {
		if a.read(&p) {
			break
		}
	}
	if p.Activity == "" && p.Open {
		p.Activity = phone.ActivityAvailable
	}
	for _, n := range append(notes, doc.Notes...) {
		if n = cut(n, maxNote); n != "" && !machineNotes[strings.ToLower(n)] {
			p.Note = n
			break
		}
	}
	return p, nil
}

// latestPerson is the person that was told last, or nil.
func (d *document) latestPerson() *person {
	if len(d.Persons) == 0 {
		return nil
	}
	latest := slices.MaxFunc(d.Persons, func(a, b person) int { return when(a.Timestamp).Compare(when(b.Timestamp)) })
	return &latest
}

// read takes the activity that tells most, and reports whether there was one.
func (a activities) read(p *phone.Presence) bool {
	var kind phone.ActivityKind
	var name string
	for _, e := range a.All {
		text := cut(e.Text, maxName)
		switch k, known := kinds[e.XMLName.Local]; {
		case e.XMLName.Space == nsActivity && e.XMLName.Local == "activity":
			k = phone.ActivityKind(strings.TrimSpace(e.Kind))
			if k != phone.ActivityOther && !slices.Contains(phone.ActivityKinds, k) { // of a later version
				k = phone.ActivityOther
			}
			p.Activity, p.Name, p.Divert = k, text, cut(e.Divert, maxName)
			p.Since, p.Until = when(a.From), when(a.Until)
			return true
		case known && (kind == "" || kind == phone.ActivityOther):
			kind, name = k, ""
		case known, e.XMLName.Local == "unknown", kind != "":
		case e.XMLName.Local == "other":
			kind, name = phone.ActivityOther, text
		default:
			kind, name = phone.ActivityOther, cut(e.XMLName.Local, maxName)
		}
	}
	if kind == "" {
		return false
	}
	p.Activity, p.Name = kind, name
	p.Since, p.Until = when(a.From), when(a.Until)
	return true
}

// when reads a time (RFC 3339, also without its zone); what is none, or beyond belief, is zero.
func when(text string) time.Time {
	text = strings.TrimSpace(text)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", text)
	}
	if err != nil || t.Year() < 1970 || t.Year() > 9000 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// machineNotes are what Asterisk, FreeSWITCH and others write about a line.
var machineNotes = map[string]bool{
	"ready": true, "available": true, "unavailable": true, "not online": true, "online": true, "offline": true, "closed": true, "open": true,
	"on the phone": true, "on hold": true, "ringing": true, "busy": true, "idle": true, "away": true, "unknown": true, "not in use": true, "in use": true,
	"registered": true, "unregistered": true, "reachable": true, "talk": true, "early": true, "confirmed": true, "terminated": true,
}

// agentOf is whom a tuple's contact names when it is somebody else than the entity, else empty.
func agentOf(contact, entity string) string {
	who := userOf(contact)
	if who == "" || who == userOf(entity) {
		return ""
	}
	return who
}

// userOf is the user part of a URI, or the number of a tel: URI.
func userOf(uri string) string {
	_, rest, _ := strings.Cut(strings.TrimSpace(uri), ":")
	user, _, ok := strings.Cut(rest, "@")
	if !ok && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(uri)), "tel:") {
		return ""
	}
	user, _, _ = strings.Cut(user, ";")
	if plain, err := url.PathUnescape(user); err == nil {
		user = plain
	}
	return cut(user, maxName)
}
