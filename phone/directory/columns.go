package directory

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"svara/phone"
)

// part is what a column of a table holds.
type part int

const (
	partNone part = iota
	partName
	partGiven
	partMiddle
	partFamily
	partCompany
	partTitle
	partDepartment
	partNumber
	partEmail
	partKeywords
	partSkills
	partStandIn
	partNote
	partMark
	partSpeedDial
	partID
	partLabel // says what kind the column of the same name is: "Phone 1 - Label"
)

// column is one column of a table.
type column struct {
	part part
	kind phone.NumberKind // of partNumber
	of   string           // "phone 1", for a label and what it labels
}

// columnNames are the names we know, folded: ours, Outlook's and Google's, in English and Swedish.
var columnNames = map[string]part{
	"name": partName, "full name": partName, "display name": partName, "namn": partName, "fullständigt namn": partName, "visningsnamn": partName,
	"contact": partName, "kontakt": partName, "file as": partName,
	"first name": partGiven, "given name": partGiven, "firstname": partGiven, "förnamn": partGiven, "tilltalsnamn": partGiven, "givenname": partGiven,
	"middle name": partMiddle, "additional name": partMiddle, "mellannamn": partMiddle, "andra förnamn": partMiddle,
	"last name": partFamily, "family name": partFamily, "surname": partFamily, "lastname": partFamily, "efternamn": partFamily, "sn": partFamily,
	"company": partCompany, "organization": partCompany, "organisation": partCompany, "organization name": partCompany, "organization 1 name": partCompany,
	"company name": partCompany, "företag": partCompany, "firma": partCompany, "bolag": partCompany, "kund": partCompany, "företagsnamn": partCompany,
	"organisationsnamn": partCompany,
	"title":             partTitle, "job title": partTitle, "jobtitle": partTitle, "organization title": partTitle, "organization 1 title": partTitle, "position": partTitle,
	"titel": partTitle, "befattning": partTitle, "yrkestitel": partTitle, "roll": partTitle, "role": partTitle,
	"department": partDepartment, "organization department": partDepartment, "organization 1 department": partDepartment, "avdelning": partDepartment,
	"enhet": partDepartment, "grupp": partDepartment,
	"keywords": partKeywords, "nyckelord": partKeywords, "sökord": partKeywords, "categories": partKeywords, "kategorier": partKeywords, "labels": partKeywords,
	"etiketter": partKeywords, "group membership": partKeywords, "taggar": partKeywords, "tags": partKeywords, "category": partKeywords, "kategori": partKeywords,
	"skills": partSkills, "kompetens": partSkills, "kompetenser": partSkills, "kunskaper": partSkills, "färdigheter": partSkills,
	"stand in": partStandIn, "standin": partStandIn, "deputy": partStandIn, "assistant": partStandIn, "assistant name": partStandIn, "ställföreträdare": partStandIn,
	"ersättare": partStandIn, "vikarie": partStandIn, "assistent": partStandIn, "sekreterare": partStandIn, "secretary": partStandIn,
	"note": partNote, "notes": partNote, "anteckning": partNote, "anteckningar": partNote, "kommentar": partNote, "comment": partNote, "comments": partNote,
	"beskrivning": partNote, "description": partNote, "info": partNote,
	"mark": partMark, "märkning": partMark, "speed dial": partSpeedDial, "kortnummer": partSpeedDial, "snabbval": partSpeedDial, "id": partID, "uid": partID,
}

// numbered is a column of several alike: "Phone 1 - Value", "E-mail 2 - Label".
var numbered = regexp.MustCompile(`^(.*\b\d+)\s+(value|label|type|värde|etikett|typ)$`)

// fold is a column's name in small letters with single spaces and no signs.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// header reads a row as the names of columns. ok is false when it looks like people instead.
func header(row []string) (columns []column, ok bool) {
	known := false
	for _, cell := range row {
		if telephone(cell) || strings.Contains(cell, "@") {
			return nil, false
		}
		c := columnOf(cell)
		known = known || c.part != partNone
		columns = append(columns, c)
	}
	return columns, known
}

// columnOf is what a column of that name holds.
func columnOf(name string) column {
	f := fold(name)
	if m := numbered.FindStringSubmatch(f); m != nil {
		if m[2] != "value" && m[2] != "värde" {
			return column{part: partLabel, of: m[1]}
		}
		c := columnOf(m[1])
		c.of = m[1]
		return c
	}
	if p, ok := columnNames[f]; ok {
		return column{part: p}
	}
	if c, ok := emailColumn(f); ok {
		return c
	}
	c, _ := numberColumn(f, false)
	return c
}

// emailColumn knows "E-mail 2 Address" and "E-postadress", not "E-mail Type" and "E-mail Display Name".
func emailColumn(f string) (column, bool) {
	is := f == "mail" || strings.Contains(f, "e mail") || strings.Contains(f, "email") || strings.Contains(f, "e post") || strings.Contains(f, "epost")
	if !is || hasWord(f, "type", "typ", "display", "label", "visningsnamn", "etikett") || strings.Contains(f, "namn") {
		return column{}, false
	}
	return column{part: partEmail}, true
}

// numberColumn knows what telephones are called: "Mobiltelefon", "Business Phone 2", "Tfn hem", "Fax, arbete". bare is for
// labels, where "Work" alone is one.
func numberColumn(f string, bare bool) (column, bool) {
	is := func(kind phone.NumberKind) (column, bool) { return column{part: partNumber, kind: kind}, true }
	if hasWord(f, "type", "typ", "label", "etikett", "isdn", "telex", "tty", "tdd") {
		return column{}, false
	}
	telephone := bare || strings.Contains(f, "phone") || strings.Contains(f, "telefon") || strings.Contains(f, "telnr") ||
		hasWord(f, "tfn", "tel", "tele", "nummer", "number", "nr", "växel", "switchboard", "direktnummer") && !hasWord(f, "kund", "post", "person", "organisations", "account", "id", "org")
	switch {
	case strings.Contains(f, "fax"):
		return is(phone.NumberFax)
	case strings.Contains(f, "mobil") || hasWord(f, "cell", "cellphone"):
		return is(phone.NumberMobile)
	case strings.Contains(f, "anknytning") || hasWord(f, "extension", "ext", "ankn", "intern", "internnummer", "internal"):
		return is(phone.NumberExtension)
	case !telephone:
		return column{}, false
	case hasWord(f, "home", "hem", "privat", "bostad", "private", "hemma") || strings.Contains(f, "hemtelefon"):
		return is(phone.NumberHome)
	case hasWord(f, "work", "business", "company", "arbete", "arbetet", "jobb", "office", "kontor", "direkt", "direct", "main", "växel", "switchboard", "direktnummer", "företag") ||
		strings.Contains(f, "arbetstelefon") || strings.Contains(f, "växeltelefon") || strings.Contains(f, "jobbtelefon"):
		return is(phone.NumberWork)
	}
	return is(phone.NumberOther)
}

func hasWord(f string, words ...string) bool {
	return slices.ContainsFunc(strings.Fields(f), func(w string) bool { return slices.Contains(words, w) })
}

// written is a telephone number as people write it.
var written = regexp.MustCompile(`^\+?[0-9 ()/.\-\x{a0}\x{2011}\x{2013}]+$`)

// telephone reports whether a cell looks like a telephone number: nothing but digits and what stands between them, with
// 3 to 15 digits.
func telephone(cell string) bool {
	cell = strings.TrimSpace(unguard(cell))
	if !written.MatchString(cell) {
		return false
	}
	digits := 0
	for _, r := range cell {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 3 && digits <= 15
}

// guess finds the columns of a table without names by what is in them: e-mail addresses, telephone numbers, and of the
// texts the first as name and the second as company; two texts of one word each are given and family name. It is nil
// when there is nothing to call or nobody to name.
func guess(sample [][]string) []column {
	width := 0
	for _, row := range sample {
		width = max(width, len(row))
	}
	columns := make([]column, width)
	var texts []int
	found := false
	for i := range columns {
		filled, mails, numbers := 0, 0, 0
		for _, row := range sample {
			if i >= len(row) || strings.TrimSpace(row[i]) == "" {
				continue
			}
			filled++
			if strings.Contains(row[i], "@") {
				mails++
			} else if telephone(row[i]) {
				numbers++
			}
		}
		switch {
		case filled == 0:
		case mails*2 > filled:
			columns[i] = column{part: partEmail}
			found = true
		case numbers*2 > filled:
			columns[i] = column{part: partNumber, kind: phone.NumberOther}
			found = true
		default:
			texts = append(texts, i)
		}
	}
	if !found {
		return nil
	}
	if len(texts) > 1 && singleWords(sample, texts[0]) && singleWords(sample, texts[1]) {
		columns[texts[0]].part, columns[texts[1]].part = partGiven, partFamily
		texts = texts[2:]
	} else if len(texts) > 0 {
		columns[texts[0]].part = partName
		texts = texts[1:]
	}
	if len(texts) > 0 {
		columns[texts[0]].part = partCompany
	}
	return columns
}

// singleWords reports whether a column's cells are one word each.
func singleWords(sample [][]string, i int) bool {
	for _, row := range sample {
		if i < len(row) && len(strings.Fields(row[i])) > 1 {
			return false
		}
	}
	return true
}
