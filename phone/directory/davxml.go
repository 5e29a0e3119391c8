package directory

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// davResponse is one part of a multistatus answer (RFC 4918 14.24).
type davResponse struct {
	path       string // decoded
	status     int    // 200, or what is wrong with it
	etag       string
	data       string // the vCard
	collection bool
	book       bool // an address book
}

type xmlResponse struct {
	Href     string `xml:"DAV: href"`
	Status   string `xml:"DAV: status"`
	Propstat []struct {
		Status string `xml:"DAV: status"`
		Prop   struct {
			ETag string `xml:"DAV: getetag"`
			Data string `xml:"urn:ietf:params:xml:ns:carddav address-data"`
			Type struct {
				Collection *struct{} `xml:"DAV: collection"`
				Book       *struct{} `xml:"urn:ietf:params:xml:ns:carddav addressbook"`
			} `xml:"DAV: resourcetype"`
		} `xml:"DAV: prop"`
	} `xml:"DAV: propstat"`
}

const (
	xmlHead      = `<?xml version="1.0" encoding="utf-8"?>` + "\n"
	propfindBody = xmlHead + `<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:getetag/></D:prop></D:propfind>`
)

// syncQuery is the body of RFC 6578 6.1. The types are asked for to tell collections from entries.
func syncQuery(token string) string {
	return xmlHead + `<D:sync-collection xmlns:D="DAV:"><D:sync-token>` + xmlText(token) +
		`</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/><D:resourcetype/></D:prop></D:sync-collection>`
}

// multigetQuery is the body of RFC 6352 10.7.
func multigetQuery(paths []string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<C:addressbook-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/><C:address-data/></D:prop>`)
	for _, p := range paths {
		b.WriteString("<D:href>" + xmlText((&url.URL{Path: p}).EscapedPath()) + "</D:href>")
	}
	b.WriteString("</C:addressbook-multiget>")
	return b.String()
}

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

// bookAt is the path of the address book at a path, as the server calls it: there may be a redirect between. It is empty
// when there is none.
func (d *dav) bookAt(ctx context.Context, at string) (book string, err error) {
	_, err = d.propfind(ctx, at, "0", func(m davResponse) error {
		if m.book {
			book = m.path
		}
		return nil
	})
	return book, err
}

func (d *dav) propfind(ctx context.Context, at, depth string, each func(davResponse) error) (string, error) {
	return d.multistatus(ctx, "PROPFIND", at, depth, propfindBody, each)
}

func (d *dav) report(ctx context.Context, at, depth, body string, each func(davResponse) error) (string, error) {
	return d.multistatus(ctx, "REPORT", at, depth, body, each)
}

// multistatus asks and hands the parts of the answer over one by one, so that an address book of any size needs the
// memory of one entry. An answer that stops in the middle is given up. It returns the sync token, where there is one.
func (d *dav) multistatus(ctx context.Context, method, at, depth, body string, each func(davResponse) error) (string, error) {
	to := *d.endpoint
	to.Path, to.RawPath = at, ""
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(d.patience, func() { cancel(context.DeadlineExceeded) })
	defer stalled.Stop()
	req, err := http.NewRequestWithContext(ctx, method, to.String(), strings.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("ask %s: %w", to.Host, err)
	}
	req.Header.Set("Content-Type", `application/xml; charset="utf-8"`)
	req.Header.Set("Depth", depth)
	answer, err := d.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask %s: %w", to.Host, errors.Join(err, context.Cause(ctx)))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusMultiStatus {
		return "", &statusError{code: answer.StatusCode, text: at}
	}
	token, err := parseMultistatus(answer.Body, func(m davResponse) error {
		stalled.Reset(d.patience)
		return each(m)
	})
	if err != nil && context.Cause(ctx) != nil {
		err = context.Cause(ctx) // what was cut off had nothing wrong with it
	}
	return token, err
}

func parseMultistatus(body io.Reader, each func(davResponse) error) (token string, err error) {
	part, _ := body.(interface{ again() })
	dec := xml.NewDecoder(body)
	inside := false
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return "", io.ErrUnexpectedEOF // the end of the element is the end of the answer
		}
		if err != nil {
			return "", fmt.Errorf("read the answer: %w", err)
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch {
			case e.Name.Local == "multistatus" && e.Name.Space == "DAV:":
				inside = true
			case inside && e.Name.Local == "response":
				var r xmlResponse
				if err := dec.DecodeElement(&r, &e); err != nil {
					return "", fmt.Errorf("read the answer: %w", err)
				}
				m, err := r.response()
				if err == nil {
					err = each(m)
				}
				if err != nil {
					return "", err
				}
				if part != nil {
					part.again()
				}
			case inside && e.Name.Local == "sync-token":
				if err := dec.DecodeElement(&token, &e); err != nil {
					return "", fmt.Errorf("read the answer: %w", err)
				}
			}
		case xml.EndElement:
			if e.Name.Local == "multistatus" {
				return strings.TrimSpace(token), nil
			}
		}
	}
}

func (r xmlResponse) response() (davResponse, error) {
	u, err := url.Parse(strings.TrimSpace(r.Href))
	if err != nil || u.Path == "" {
		return davResponse{}, &statusError{code: http.StatusMultiStatus, text: "an entry without an address"}
	}
	m := davResponse{path: u.Path, status: http.StatusOK}
	if r.Status != "" {
		m.status = davStatus(r.Status)
	}
	for _, p := range r.Propstat {
		if p.Status != "" && davStatus(p.Status) != http.StatusOK {
			continue // that property is not there
		}
		if p.Prop.ETag != "" {
			m.etag = p.Prop.ETag
		}
		if p.Prop.Data != "" {
			m.data = p.Prop.Data
		}
		m.collection = m.collection || p.Prop.Type.Collection != nil || p.Prop.Type.Book != nil
		m.book = m.book || p.Prop.Type.Book != nil
	}
	return m, nil
}

// davStatus is the code in "HTTP/1.1 404 Not Found".
func davStatus(line string) int {
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return 0
	}
	code, _ := strconv.Atoi(fields[1]) // 0 is no status a server sends
	return code
}
