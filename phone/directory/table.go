package directory

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"svara/phone"
)

var errNoTable = errors.New("there are neither vCards nor a table in it")

// sniffed is how much of a table is looked at to tell its separator and columns.
const sniffed = 32 << 10

// readTable reads a table: any separator, any of the encodings open8 and utf8Of know, with or without a line of names.
func readTable(r *bufio.Reader, each func(person) error, bad func(line int, why string)) error {
	in := bufio.NewReaderSize(&utf8Reader{lines: lines{b: r}}, sniffed)
	head, err := in.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return errNoTable
	}
	skipped := 0
	comma, told := toldSeparator(head)
	if told {
		if _, err := in.ReadString('\n'); err != nil {
			return errNoTable
		}
		head = head[bytes.IndexByte(head, '\n')+1:]
		skipped = 1
	} else if comma = separator(head); comma == 0 {
		return errNoTable
	}
	sample := rows(head, comma)
	if len(sample) == 0 {
		return errNoTable
	}
	columns, named := header(sample[0])
	if !named {
		columns = guess(sample)
	}
	if columns == nil {
		return errNoTable
	}
	table := newTable(in, comma)
	for first := true; ; first = false {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			bad(broken.StartLine+skipped, broken.Err.Error())
			continue
		}
		if err != nil {
			return err
		}
		if first && named || blank(row) {
			continue
		}
		at, _ := table.FieldPos(0)
		p := personOfRow(row, columns)
		p.line = at + skipped
		if p.Label() == "" {
			bad(p.line, "nobody's name, company or number")
			continue
		}
		if err := each(p); err != nil {
			return err
		}
	}
}

func newTable(r io.Reader, comma rune) *csv.Reader {
	t := csv.NewReader(r)
	t.Comma, t.LazyQuotes, t.FieldsPerRecord, t.ReuseRecord = comma, true, -1, true
	return t
}

// toldSeparator is the separator in the line "sep=;" that Excel reads and writes.
func toldSeparator(head []byte) (rune, bool) {
	first, _, _ := bytes.Cut(head, []byte("\n"))
	s := strings.Trim(strings.ToLower(string(first)), `"`)
	if len(s) == 5 && strings.HasPrefix(s, "sep=") {
		return rune(s[4]), true
	}
	return 0, false
}

// separators are tried in this order; the first of equals is taken.
var separators = []rune{';', ',', '\t', '|'}

// separator is the one that parts the most lines into the same number of fields; 0 when the text is no table. A text of
// a single column is one, with a comma.
func separator(head []byte) rune {
	best, most := rune(0), 0
	for _, c := range separators {
		counts := map[int]int{}
		for _, row := range rows(head, c) {
			counts[len(row)]++
		}
		for fields, lines := range counts {
			// A column more weighs less than a line that has as many as the others.
			if score := lines*100 + min(fields, 99); fields > 1 && score > most {
				best, most = c, score
			}
		}
	}
	if best == 0 && len(bytes.TrimSpace(head)) > 0 {
		return ','
	}
	return best
}

// rows is the whole rows in a beginning of a table, at most 100.
func rows(head []byte, comma rune) (all [][]string) {
	if len(head) >= sniffed { // the last line may be half
		if i := bytes.LastIndexByte(head, '\n'); i > 0 {
			head = head[:i]
		}
	}
	t := newTable(bytes.NewReader(head), comma)
	t.ReuseRecord = false
	for len(all) < 100 {
		row, err := t.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && !blank(row) {
			all = append(all, row)
		}
	}
	return all
}

func blank(row []string) bool {
	for _, s := range row {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// personOfRow takes a row's cells to where their columns say.
func personOfRow(row []string, columns []column) person {
	var p person
	labels := map[string]string{} // of "Phone 1 - Label"
	for i, c := range columns {
		if i < len(row) && c.part == partLabel {
			labels[c.of] = row[i]
		}
	}
	middle := ""
	for i, c := range columns {
		if i >= len(row) {
			break
		}
		cell := unguard(strings.TrimSpace(row[i]))
		if cell == "" {
			continue
		}
		switch c.part {
		case partName:
			p.Name = cell
		case partGiven:
			p.Given = cell
		case partMiddle:
			middle = cell
		case partFamily:
			p.Family = cell
		case partCompany:
			p.Company = cell
		case partTitle:
			p.Title = cell
		case partDepartment:
			p.Department = cell
		case partNote:
			p.Note = cell
		case partEmail:
			for _, m := range several(cell) {
				addEmail(&p.Person, m)
			}
		case partKeywords:
			addWords(&p.Keywords, words(cell)...)
		case partSkills:
			addWords(&p.Skills, words(cell)...)
		case partStandIn:
			p.StandIn = cell
		case partNumber:
			kind := c.kind
			if label, ok := labels[c.of]; ok && c.of != "" {
				kind = labelKind(label)
			}
			for _, n := range several(cell) {
				addNumber(&p.Person, kind, n)
			}
		case partMark:
			p.Mark = markOf(cell)
		case partSpeedDial:
			p.SpeedDial = speedDial(cell)
		case partID:
			p.uid = cell
		}
	}
	if p.Name == "" && middle != "" {
		p.Name = strings.Join(strings.Fields(p.Given+" "+middle+" "+p.Family), " ")
	}
	p.Person = tidy(p.Person)
	return p
}

// several is the values of a cell that holds more than one: Google parts them with " ::: ".
func several(cell string) []string { return strings.Split(cell, " ::: ") }

// words is the words of a list in one cell.
func words(cell string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(cell, " ::: ", ";"), func(r rune) bool { return r == ';' || r == ',' })
}

// labelKind reads a label such as "Mobile", "Work Fax" or "* Hem".
func labelKind(label string) phone.NumberKind {
	if c, ok := numberColumn(fold(label), true); ok {
		return c.kind
	}
	return phone.NumberOther
}
