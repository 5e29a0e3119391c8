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
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		runes := make([]rune, len(data))
		for i, c := range data {
			runes[i] = rune(c)
		}
		data = []byte(string(runes))
	}
	d := decoder(data)
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
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
	}
	return decoder(data).Decode(into)
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
