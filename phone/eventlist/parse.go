package eventlist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strconv"
	"strings"

	"svara/phone/xmldoc"
)

// Parse reads a notification of the type that its Content-Type names: the parts of a list, or its RLMI document alone. It
// takes parts that are missing and lists in lists, whose resources it puts in the place of the inner list; it refuses
// document types, what is too large or too deep, and what is something else or cut off.
func Parse(contentType string, body []byte) (List, error) {
	if len(body) > maxBytes {
		return List{}, fmt.Errorf("read event list: %d bytes are more than %d", len(body), maxBytes)
	}
	list, err := parse(contentType, body, maxNesting)
	if err != nil {
		return List{}, fmt.Errorf("read event list: %w", err)
	}
	return list, nil
}

func parse(contentType string, body []byte, nesting int) (List, error) {
	kind, params := mediaType(contentType)
	switch {
	case kind == RLMI:
		return resolve(body, nil, nesting)
	case kind != Multipart:
		return List{}, fmt.Errorf("unexpected type %q", kind)
	case params["boundary"] == "":
		return List{}, errors.New("no boundary")
	}
	parts, err := split(body, params["boundary"])
	if err != nil {
		return List{}, err
	}
	start := params["start"]
	for _, p := range parts {
		kind, _ := mediaType(p.contentType)
		if start == "" && kind == RLMI || start != "" && p.id == trimID(start) {
			return resolve(p.body, parts, nesting)
		}
	}
	for _, p := range parts { // some name a part that is not there
		if kind, _ := mediaType(p.contentType); kind == RLMI {
			return resolve(p.body, parts, nesting)
		}
	}
	return List{}, errors.New("no RLMI part")
}

// part is a part of a multipart body.
type part struct {
	id, contentType string
	body            []byte
}

func split(body []byte, boundary string) ([]part, error) {
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	var parts []part
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("parts: %w", err)
		}
		if len(parts) > maxResources {
			return nil, errors.New("too many parts")
		}
		text, err := io.ReadAll(p)
		if err != nil {
			return nil, fmt.Errorf("parts: %w", err)
		}
		parts = append(parts, part{trimID(p.Header.Get("Content-ID")), p.Header.Get("Content-Type"), text})
	}
}

func trimID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }

// mediaType takes a Content-Type apart. Exchanges write it with spaces where none may be.
func mediaType(text string) (kind string, params map[string]string) {
	params = map[string]string{}
	kind, rest, _ := strings.Cut(text, ";")
	for rest != "" {
		name, value, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		value = strings.TrimLeft(value, " \t")
		if strings.HasPrefix(value, `"`) {
			value, rest, _ = strings.Cut(value[1:], `"`)
			_, rest, _ = strings.Cut(rest, ";")
		} else {
			value, rest, _ = strings.Cut(value, ";")
			value = strings.TrimSpace(value)
		}
		params[strings.ToLower(strings.TrimSpace(name))] = value
	}
	return strings.ToLower(strings.TrimSpace(kind)), params
}

// rlmi is the document of RFC 4662 section 5.1, in any namespace.
type rlmi struct {
	XMLName   xml.Name
	URI       string `xml:"uri,attr"`
	Version   string `xml:"version,attr"`
	Full      string `xml:"fullState,attr"`
	Resources []struct {
		URI       string   `xml:"uri,attr"`
		Names     []string `xml:"name"`
		Instances []struct {
			State  string `xml:"state,attr"`
			Reason string `xml:"reason,attr"`
			CID    string `xml:"cid,attr"`
		} `xml:"instance"`
	} `xml:"resource"`
}

// resolve reads an RLMI document and gives each resource the part its instance points at.
func resolve(text []byte, parts []part, nesting int) (List, error) {
	var doc rlmi
	if err := xmldoc.Decode(text, maxXMLDepth, &doc); err != nil {
		return List{}, err
	}
	if doc.XMLName.Local != "list" {
		return List{}, fmt.Errorf("unexpected element %q", doc.XMLName.Local)
	}
	list := List{URI: strings.TrimSpace(doc.URI), Full: isTrue(doc.Full)}
	if n, err := strconv.ParseUint(strings.TrimSpace(doc.Version), 10, 32); err == nil {
		list.Version = uint32(n)
	}
	byID := make(map[string]part, len(parts))
	for _, p := range parts {
		byID[p.id] = p
	}
	for _, r := range doc.Resources {
		res := Resource{URI: strings.TrimSpace(r.URI)}
		if len(r.Names) > 0 {
			res.Name = strings.TrimSpace(r.Names[0])
		}
		// Of the instances of a resource, which a fork may have made, an active one tells most.
		var cid string
		for i, in := range r.Instances {
			state := strings.ToLower(strings.TrimSpace(in.State))
			if i == 0 || state == "active" && res.State != "active" {
				res.State, res.Reason, cid = state, strings.ToLower(strings.TrimSpace(in.Reason)), trimID(in.CID)
			}
		}
		p, ok := byID[cid]
		if kind, _ := mediaType(p.contentType); ok && cid != "" && kind == Multipart {
			if nesting <= 1 {
				return List{}, errors.New("lists nested too deep")
			}
			inner, err := parse(p.contentType, p.body, nesting-1)
			if err != nil {
				return List{}, err
			}
			list.Resources = append(list.Resources, inner.Resources...)
		} else {
			if ok && cid != "" && len(p.body) > 0 {
				res.ContentType, res.Body = strings.TrimSpace(p.contentType), p.body
			}
			list.Resources = append(list.Resources, res)
		}
		if len(list.Resources) > maxResources {
			return List{}, errors.New("too many resources")
		}
	}
	return list, nil
}

func isTrue(text string) bool {
	text = strings.TrimSpace(text)
	return strings.EqualFold(text, "true") || text == "1"
}
