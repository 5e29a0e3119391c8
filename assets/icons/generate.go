//go:build ignore

// Generate rewrites the wanted Lucide icons for the program. It moves the stroke from the root to every shape, since
// Fyne's SVG reader loses what stands on the root; it turns lines, polylines and polygons into paths; and it writes every
// path with absolute coordinates and arcs as cubic curves, since that reader draws chains of arcs wrongly.
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
	"math"
	"os"
	"path/filepath"
	"strconv"
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
			d, err := absolute(attr["d"])
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, `<path d=%q`, d)
		case "line":
			fmt.Fprintf(&b, `<path d="M%s %sL%s %s"`, attr["x1"], attr["y1"], attr["x2"], attr["y2"])
		case "polyline":
			fmt.Fprintf(&b, `<path d="%s"`, points(attr["points"]))
		case "polygon":
			fmt.Fprintf(&b, `<path d="%sZ"`, points(attr["points"]))
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

// points is the path through a list of pairs, however they are set apart.
func points(list string) string {
	n := strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' })
	var b strings.Builder
	for i := 0; i+1 < len(n); i += 2 {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		b.WriteString(letter + n[i] + " " + n[i+1])
	}
	return b.String()
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// scanner reads the numbers and letters of path data (SVG 1.1 section 8.3).
type scanner struct {
	s string
	i int
}

func (p *scanner) space() {
	for p.i < len(p.s) && strings.ContainsRune(" ,\n\t", rune(p.s[p.i])) {
		p.i++
	}
}

// command is the next letter, or 0 when a number follows, or -1 at the end.
func (p *scanner) command() int {
	p.space()
	if p.i >= len(p.s) {
		return -1
	}
	if c := p.s[p.i]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
		p.i++
		return int(c)
	}
	return 0
}

func (p *scanner) number() (float64, error) {
	p.space()
	start, dot := p.i, false
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c >= '0' && c <= '9':
		case (c == '-' || c == '+') && p.i == start:
		case c == '.' && !dot:
			dot = true
		default:
			return strconv.ParseFloat(p.s[start:p.i], 64)
		}
		p.i++
	}
	return strconv.ParseFloat(p.s[start:p.i], 64)
}

// flag is one digit that may stand without a space after it.
func (p *scanner) flag() (bool, error) {
	p.space()
	if p.i >= len(p.s) || p.s[p.i] != '0' && p.s[p.i] != '1' {
		return false, fmt.Errorf("no flag at %d of %q", p.i, p.s)
	}
	p.i++
	return p.s[p.i-1] == '1', nil
}

// counts is how many numbers each command takes.
var counts = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'A': 7, 'Z': 0}

// absolute rewrites path data with the commands M L C Z only.
func absolute(d string) (string, error) {
	var b strings.Builder
	p := &scanner{s: d}
	var x, y, x0, y0, cx, cy float64 // current point, start of the subpath, last control point
	var last byte
	letter := byte(0)
	for {
		switch c := p.command(); {
		case c < 0:
			return b.String(), nil
		case c > 0:
			letter = byte(c)
		case letter == 'm':
			letter = 'l' // further pairs after a move are lines
		case letter == 'M':
			letter = 'L'
		}
		upper := letter &^ 0x20
		relative := letter != upper
		n, ok := counts[upper]
		if !ok {
			return "", fmt.Errorf("unknown path command %q in %q", letter, d)
		}
		var v [7]float64
		for i := range n {
			var err error
			if upper == 'A' && (i == 3 || i == 4) {
				var f bool
				if f, err = p.flag(); f {
					v[i] = 1
				}
			} else {
				v[i], err = p.number()
			}
			if err != nil {
				return "", err
			}
		}
		if relative {
			switch upper {
			case 'H':
				v[0] += x
			case 'V':
				v[0] += y
			case 'A':
				v[5], v[6] = v[5]+x, v[6]+y
			default:
				for i := 0; i+1 < n; i += 2 {
					v[i], v[i+1] = v[i]+x, v[i+1]+y
				}
			}
		}
		switch upper {
		case 'M':
			x, y, x0, y0 = v[0], v[1], v[0], v[1]
			fmt.Fprintf(&b, "M%s", point(x, y))
		case 'L':
			x, y = v[0], v[1]
			fmt.Fprintf(&b, "L%s", point(x, y))
		case 'H':
			x = v[0]
			fmt.Fprintf(&b, "L%s", point(x, y))
		case 'V':
			y = v[0]
			fmt.Fprintf(&b, "L%s", point(x, y))
		case 'C':
			curve(&b, v[0], v[1], v[2], v[3], v[4], v[5])
			cx, cy, x, y = v[2], v[3], v[4], v[5]
		case 'S':
			ax, ay := x, y
			if last == 'C' || last == 'S' {
				ax, ay = 2*x-cx, 2*y-cy
			}
			curve(&b, ax, ay, v[0], v[1], v[2], v[3])
			cx, cy, x, y = v[0], v[1], v[2], v[3]
		case 'Q':
			curve(&b, x+2*(v[0]-x)/3, y+2*(v[1]-y)/3, v[2]+2*(v[0]-v[2])/3, v[3]+2*(v[1]-v[3])/3, v[2], v[3])
			x, y = v[2], v[3]
		case 'A':
			arc(&b, x, y, v)
			x, y = v[5], v[6]
		case 'Z':
			b.WriteString("Z")
			x, y = x0, y0
		}
		last = upper
	}
}

func point(x, y float64) string { return round(x) + " " + round(y) }

func round(v float64) string { return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64) }

func curve(b *strings.Builder, ax, ay, bx, by, x, y float64) {
	fmt.Fprintf(b, "C%s %s %s", point(ax, ay), point(bx, by), point(x, y))
}

// arc writes an elliptical arc as cubic curves of a quarter turn at most (SVG 1.1 appendix F.6.5 and F.6.6).
func arc(b *strings.Builder, x1, y1 float64, v [7]float64) {
	rx, ry, phi, x2, y2 := math.Abs(v[0]), math.Abs(v[1]), v[2]*math.Pi/180, v[5], v[6]
	if rx == 0 || ry == 0 {
		fmt.Fprintf(b, "L%s", point(x2, y2))
		return
	}
	sin, cos := math.Sincos(phi)
	dx, dy := (x1-x2)/2, (y1-y2)/2
	px, py := cos*dx+sin*dy, -sin*dx+cos*dy
	if l := px*px/(rx*rx) + py*py/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*py*py-ry*ry*px*px)/(rx*rx*py*py+ry*ry*px*px)))
	if v[3] == v[4] {
		k = -k
	}
	qx, qy := k*rx*py/ry, -k*ry*px/rx
	cx, cy := cos*qx-sin*qy+(x1+x2)/2, sin*qx+cos*qy+(y1+y2)/2
	from := math.Atan2((py-qy)/ry, (px-qx)/rx)
	sweep := math.Atan2((-py-qy)/ry, (-px-qx)/rx) - from
	if v[4] == 1 && sweep < 0 {
		sweep += 2 * math.Pi
	}
	if v[4] == 0 && sweep > 0 {
		sweep -= 2 * math.Pi
	}
	n := int(math.Ceil(math.Abs(sweep)/(math.Pi/2) - 1e-9))
	step := sweep / float64(n)
	t := 4.0 / 3 * math.Tan(step/4)
	on := func(a, tangent float64) (float64, float64) {
		s, c := math.Sincos(a)
		ex, ey := rx*(c-tangent*s), ry*(s+tangent*c)
		return cos*ex - sin*ey + cx, sin*ex + cos*ey + cy
	}
	for i := range n {
		a := from + float64(i)*step
		ax, ay := on(a, t)
		bx, by := on(a+step, -t)
		ex, ey := on(a+step, 0)
		if i == n-1 {
			ex, ey = x2, y2
		}
		curve(b, ax, ay, bx, by, ex, ey)
	}
}
