// Package xmldoc reads the XML documents that exchanges send in NOTIFYs: tolerant of what they write, and of nothing that
// could make a small document large.
package xmldoc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Decode reads XML without document types, at most so deep, and Latin-1 that does not say so. Entities other than XML's own
// stay as they are: nothing is ever fetched or expanded. How long a document may be is the caller's to say.
func Decode(data []byte, maxDepth int, into any) error {
	data = clean(data)
	if err := walk(data, maxDepth, func(xml.Token) error { return nil }); err != nil {
		return err
	}
	return decoder(data).Decode(into)
}

// Walk is Decode for who takes a document as it comes: each token goes to visit, until that returns an error. A token is
// good until visit returns.
func Walk(data []byte, maxDepth int, visit func(xml.Token) error) error {
	return walk(clean(data), maxDepth, visit)
}

func walk(data []byte, maxDepth int, visit func(xml.Token) error) error {
	d := decoder(data)
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.Directive:
			return errors.New("a document type is not allowed")
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errors.New("too deep")
			}
		case xml.EndElement:
			depth--
		}
		if err := visit(token); err != nil {
			return err
		}
	}
}

// clean makes UTF-8 of what is none.
func clean(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return data
	}
	runes := make([]rune, len(data))
	for i, c := range data {
		runes[i] = rune(c)
	}
	return []byte(string(runes))
}

func decoder(data []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252":
			return in, nil
		}
		return nil, fmt.Errorf("unknown encoding %q", charset)
	}
	return d
}
