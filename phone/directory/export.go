package directory

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"svara/phone"
)

// Export writes the user's own contacts to a file: vCard 4.0 when its name ends in .vcf, a table when it ends in .csv.
// There is the old file or the whole new one, never a part. It returns how many contacts are in it.
func (s *Service) Export(ctx context.Context, path string) (int, error) {
	own, err := s.o.Store.OwnPeople(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the contacts: %w", err)
	}
	var write func(io.Writer) error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".vcf", ".vcard":
		write = func(w io.Writer) error {
			for _, p := range own {
				var photo []byte
				if p.Photo {
					if photo, err = s.o.Store.Photo(ctx, p.ID); err != nil {
						return fmt.Errorf("read a picture: %w", err)
					}
				}
				if err := writeCard(w, p, photo); err != nil {
					return err
				}
			}
			return nil
		}
	case ".csv":
		write = func(w io.Writer) error { return writeTable(w, own) }
	default:
		return 0, phone.Refuse(phone.ReasonBadFile, "its name has to end in .vcf or .csv")
	}
	if err := writeWhole(path, write); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return len(own), nil
}

// escape writes a text value (RFC 6350 3.4). Semicolons are escaped in all of them, which readers of both kinds of
// values understand.
var escape = strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, ",", `\,`, ";", `\;`).Replace

// cardWriter writes content lines, folded at 75 bytes and never inside a letter (RFC 6350 3.2).
type cardWriter struct {
	w   *bufio.Writer
	err error
}

func (c *cardWriter) line(s string) {
	for limit := 75; len(s) > limit; limit = 74 { // the space counts
		at := limit
		for !utf8.RuneStart(s[at]) {
			at--
		}
		c.put(s[:at] + "\r\n ")
		s = s[at:]
	}
	c.put(s + "\r\n")
}

func (c *cardWriter) put(s string) {
	if c.err == nil {
		_, c.err = c.w.WriteString(s)
	}
}

// text writes a property unless its value is empty.
func (c *cardWriter) text(name, value string) {
	if value != "" {
		c.line(name + ":" + escape(value))
	}
}

// cardTypes is how a kind of number is called in a card.
var cardTypes = map[phone.NumberKind]string{
	phone.NumberExtension: "work,x-extension", phone.NumberWork: "work,voice", phone.NumberMobile: "cell", phone.NumberHome: "home,voice",
	phone.NumberFax: "fax", phone.NumberOther: "voice",
}

// writeCard writes a vCard 4.0.
func writeCard(w io.Writer, p phone.Person, photo []byte) error {
	c := &cardWriter{w: bufio.NewWriter(w)}
	c.line("BEGIN:VCARD")
	c.line("VERSION:4.0")
	c.text("UID", string(p.ID))
	c.line("FN:" + escape(p.Label()))
	if p.Given != "" || p.Family != "" {
		c.line("N:" + escape(p.Family) + ";" + escape(p.Given) + ";;;")
	}
	if p.Company != "" || p.Department != "" {
		org := "ORG:" + escape(p.Company)
		if p.Department != "" {
			org += ";" + escape(p.Department)
		}
		c.line(org)
	}
	c.text("TITLE", p.Title)
	for i, n := range p.Numbers {
		head := `TEL;TYPE="` + cardTypes[n.Kind] + `"`
		if !strings.Contains(cardTypes[n.Kind], ",") {
			head = "TEL;TYPE=" + cardTypes[n.Kind]
		}
		if strings.Contains(n.Number, ":") { // an address
			head = "IMPP"
		}
		if i == 0 {
			head += ";PREF=1"
		}
		c.line(head + ":" + escape(n.Number))
	}
	for _, m := range p.Emails {
		c.text("EMAIL", m)
	}
	c.list("CATEGORIES", p.Keywords)
	for _, s := range p.Skills {
		c.text(fieldExpertise, s)
	}
	if p.StandIn != "" {
		c.line("RELATED;TYPE=agent;VALUE=text:" + escape(p.StandIn))
	}
	c.text("NOTE", p.Note)
	c.text(fieldMark, string(p.Mark))
	c.text(fieldSpeedDial, p.SpeedDial)
	if len(photo) > 0 {
		c.line("PHOTO:data:" + http.DetectContentType(photo) + ";base64," + base64.StdEncoding.EncodeToString(photo))
	}
	c.line("END:VCARD")
	if c.err != nil {
		return c.err
	}
	return c.w.Flush()
}

// list writes the values of a list with commas between them, which are not escaped.
func (c *cardWriter) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = escape(v)
	}
	c.line(name + ":" + strings.Join(escaped, ","))
}

// tableNumbers are the columns of numbers in the order they are written.
var tableNumbers = []struct {
	kind phone.NumberKind
	name string
}{
	{phone.NumberExtension, "Extension"}, {phone.NumberWork, "Work phone"}, {phone.NumberMobile, "Mobile phone"}, {phone.NumberHome, "Home phone"},
	{phone.NumberOther, "Other phone"}, {phone.NumberFax, "Fax"},
}

// writeTable writes UTF-8 with a byte order mark and semicolons, which is what Excel opens as a table where numbers have
// a decimal comma.
func writeTable(w io.Writer, people []phone.Person) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	t := csv.NewWriter(w)
	t.Comma, t.UseCRLF = ';', true
	most := map[phone.NumberKind]int{} // numbers of a kind that one person has
	mails := 1
	for _, p := range people {
		for kind, list := range byKind(p) {
			most[kind] = max(most[kind], len(list))
		}
		mails = max(mails, len(p.Emails))
	}
	row := []string{"ID", "Name", "Given name", "Family name", "Company", "Title", "Department"}
	for _, c := range tableNumbers {
		row = append(row, alike(c.name, max(1, most[c.kind]))...)
	}
	row = append(append(row, alike("E-mail", mails)...), "Keywords", "Skills", "Stand-in", "Note", "Mark", "Speed dial")
	if err := t.Write(row); err != nil {
		return err
	}
	for _, p := range people {
		row = append(row[:0], string(p.ID), p.Name, p.Given, p.Family, p.Company, p.Title, p.Department)
		lists := byKind(p)
		for _, c := range tableNumbers {
			row = append(row, padded(lists[c.kind], max(1, most[c.kind]))...)
		}
		row = append(append(row, padded(p.Emails, mails)...), strings.Join(p.Keywords, "; "), strings.Join(p.Skills, "; "), p.StandIn, p.Note, string(p.Mark), p.SpeedDial)
		for i := range row {
			row[i] = guard(row[i])
		}
		if err := t.Write(row); err != nil {
			return err
		}
	}
	t.Flush()
	return t.Error()
}

func byKind(p phone.Person) map[phone.NumberKind][]string {
	lists := map[phone.NumberKind][]string{}
	for _, n := range p.Numbers {
		lists[n.Kind] = append(lists[n.Kind], n.Number)
	}
	return lists
}

// alike is the names of n columns alike: "Fax", "Fax 2", "Fax 3".
func alike(name string, n int) []string {
	names := []string{name}
	for i := 2; i <= n; i++ {
		names = append(names, fmt.Sprintf("%s %d", name, i))
	}
	return names
}

func padded(list []string, n int) []string {
	return append(list[:len(list):len(list)], make([]string, n-len(list))...)
}

// guard keeps a cell from being run as a formula when a table is opened: an apostrophe makes it text. Telephone numbers
// may begin with a plus and stay.
func guard(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t'", rune(cell[0])) && !written.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// unguard is the reverse.
func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
