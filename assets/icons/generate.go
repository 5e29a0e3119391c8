//go:build ignore

// Generate rewrites the wanted Lucide icons for the program: it moves the stroke from the root to every shape, since
// Fyne's SVG reader loses what stands on the root, and turns lines, polylines and polygons into paths.
//
//	npm pack lucide-static@0.471.0 && tar xzf lucide-static-0.471.0.tgz
//	go run generate.go package/icons
//
// The names wanted are in wanted.txt, one or more a line. Files that are no longer wanted are removed, except our own
// (own-*.svg).
package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run generate.go DIRECTORY-OF-LUCIDE-SVGS")
	}
	wanted, err := os.ReadFile("wanted.txt")
	if err != nil {
		log.Fatal(err)
	}
	old, err := filepath.Glob("*.svg")
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range old {
		if !strings.HasPrefix(f, "own-") {
			if err := os.Remove(f); err != nil {
				log.Fatal(err)
			}
		}
	}
	for _, name := range strings.Fields(string(wanted)) {
		src, err := os.Open(filepath.Join(os.Args[1], name+".svg"))
		if err != nil {
			log.Fatal(err)
		}
		out, err := rewrite(src)
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		if err := errors.Join(src.Close(), os.WriteFile(name+".svg", []byte(out), 0o644)); err != nil {
			log.Fatal(err)
		}
	}
}

const stroke = ` fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`

func rewrite(r io.Reader) (string, error) {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`)
	d := xml.NewDecoder(r)
	for {
		tok, err := d.Token()
		if err == io.EOF {
			b.WriteString("</svg>\n")
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		start, ok := tok.(xml.StartElement)
		if !ok || start.Name.Local == "svg" {
			continue
		}
		attr := map[string]string{}
		for _, a := range start.Attr {
			attr[a.Name.Local] = a.Value
		}
		switch start.Name.Local {
		case "path":
			fmt.Fprintf(&b, `<path d=%q`, attr["d"])
		case "line":
			fmt.Fprintf(&b, `<path d="M%s %sL%s %s"`, attr["x1"], attr["y1"], attr["x2"], attr["y2"])
		case "polyline":
			fmt.Fprintf(&b, `<path d="M%s"`, attr["points"])
		case "polygon":
			fmt.Fprintf(&b, `<path d="M%sZ"`, attr["points"])
		case "circle":
			fmt.Fprintf(&b, `<circle cx=%q cy=%q r=%q`, attr["cx"], attr["cy"], attr["r"])
		case "ellipse":
			fmt.Fprintf(&b, `<ellipse cx=%q cy=%q rx=%q ry=%q`, attr["cx"], attr["cy"], attr["rx"], attr["ry"])
		case "rect":
			rx := attr["rx"]
			if rx == "" {
				rx = "0"
			}
			ry := attr["ry"]
			if ry == "" {
				ry = rx
			}
			fmt.Fprintf(&b, `<rect x=%q y=%q width=%q height=%q rx=%q ry=%q`,
				orZero(attr["x"]), orZero(attr["y"]), attr["width"], attr["height"], rx, ry)
		default:
			return "", fmt.Errorf("unknown shape %s", start.Name.Local)
		}
		b.WriteString(stroke)
	}
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}
