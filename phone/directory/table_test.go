package directory

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"svara/phone"
)

func table(t *testing.T, text string) (all []person, bad []string, err error) {
	t.Helper()
	err = readTable(open8(strings.NewReader(text)), func(p person) error {
		all = append(all, p)
		return nil
	}, func(line int, why string) { bad = append(bad, fmt.Sprintf("%d %s", line, why)) })
	return all, bad, err
}

func TestSeparatorsAndEncodings(t *testing.T) {
	rows := [][]string{
		{"Förnamn", "Efternamn", "Företag", "Mobiltelefon", "E-postadress", "Anteckningar"},
		{"Åsa", "Öberg", "Bygg, Inc; AB", "070-123 45 67", "asa@example.se", "Ring \"först\"\nsen mejla|ja\t"},
		{"Örjan", "Ek", "", "+46 70 765 43 21", "", ""},
	}
	utf16 := func(s string) string {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	unmarked := func(s string) string {
		out, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	latin := func(s string) string {
		out, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	plain := func(s string) string { return s }
	encodings := map[string]func(string) string{
		"UTF-8": plain, "UTF-8 with mark": func(s string) string { return "\ufeff" + s }, "UTF-16": utf16, "UTF-16BE without mark": unmarked, "Windows-1252": latin,
	}
	for _, comma := range separators {
		for name, encode := range encodings {
			for _, end := range []string{"\n", "\r\n"} {
				var b strings.Builder
				for _, row := range rows {
					for i, cell := range row {
						if i > 0 {
							b.WriteRune(comma)
						}
						b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
					}
					b.WriteString(end)
				}
				all, bad, err := table(t, encode(b.String()))
				if err != nil || len(all) != 2 || len(bad) != 0 {
					t.Errorf("%c %s: %d people, %v, %v", comma, name, len(all), bad, err)
					continue
				}
				want := phone.Person{
					Name: "Åsa Öberg", Given: "Åsa", Family: "Öberg", Company: "Bygg, Inc; AB", Note: "Ring \"först\"\nsen mejla|ja",
					Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-123 45 67"}}, Emails: []string{"asa@example.se"},
				}
				if !reflect.DeepEqual(all[0].Person, want) || all[0].line != 2 || all[1].line != 4 {
					t.Errorf("%c %s: line %d, %d, %+v", comma, name, all[0].line, all[1].line, all[0].Person)
				}
			}
		}
	}
}

func TestColumnsOfOthersExports(t *testing.T) {
	for name, c := range map[string]struct{ head, row, numbers, rest string }{
		"Outlook, English": {
			"First Name,Middle Name,Last Name,Title,Company,Department,Job Title,Business Street,Business Fax,Business Phone,Business Phone 2,Home Phone,Mobile Phone,Other Phone,Pager,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Categories,Notes",
			"Anna,Maria,Berg,Dr,Bergs,Sales,Chief,Street 1,08-11,08-222222,08-333333,08-444444,070-555555,08-666666,,a@x.se,SMTP,Anna (a@x.se),b@x.se,Kund;Nord,Hi",
			"work 08-222222 work 08-333333 mobile 070-555555 other 08-666666 home 08-444444 fax 08-11", "Anna Maria Berg|Bergs|Chief|Sales|a@x.se b@x.se|Kund Nord|Hi",
		},
		"Outlook, Swedish": {
			"Förnamn;Efternamn;Företag;Avdelning;Befattning;Gatuadress, arbete;Postnummer, arbete;Fax, arbete;Telefon, arbete;Telefon, arbete 2;Telefon, hem;Mobiltelefon;Växeltelefon (företag);E-postadress;E-posttyp;Visningsnamn, e-post;Kategorier;Anteckningar",
			"Anna;Berg;Bergs;Sälj;Chef;Gatan 1;12345;08-11;08-222222;08-333333;08-444444;070-555555;08-777777;a@x.se;SMTP;Anna B;Kund;Hej",
			"work 08-222222 work 08-333333 work 08-777777 mobile 070-555555 home 08-444444 fax 08-11", "Anna Berg|Bergs|Chef|Sälj|a@x.se|Kund|Hej",
		},
		"Google": {
			"First Name,Middle Name,Last Name,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Phone 3 - Label,Phone 3 - Value",
			"Anna,,Berg,,,Bergs,Chief,Sales,,Hi,https://x/p,Kund ::: * myContacts,* Work,a@x.se ::: b@x.se,Mobile,070-555555,Work,08-222222 ::: 4711,Home Fax,08-11",
			"extension 4711 work 08-222222 mobile 070-555555 fax 08-11", "Anna Berg|Bergs|Chief|Sales|a@x.se b@x.se|Kund * myContacts|Hi",
		},
		"Google, older": {
			"Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name,Organization 1 - Title",
			"Anna Berg,Anna,Berg,Kund,Work,a@x.se,Home,08-444444,Bergs,Chief",
			"home 08-444444", "Anna Berg|Bergs|Chief||a@x.se|Kund|",
		},
		"a short list": {"Namn;Anknytning;Mobil;Nummer;Personnummer;Kundnummer", "Anna Berg;4711;070-555555;08-1234567;19800101-1234;99887766", "extension 4711 mobile 070-555555 other 08-1234567", "Anna Berg||||||"},
	} {
		all, bad, err := table(t, c.head+"\n"+c.row+"\n")
		if err != nil || len(all) != 1 {
			t.Errorf("%s: %d people, %v, %v", name, len(all), bad, err)
			continue
		}
		p := all[0].Person
		var numbers []string
		for _, n := range p.Numbers {
			numbers = append(numbers, string(n.Kind)+" "+n.Number)
		}
		if got := strings.Join(numbers, " "); got != c.numbers {
			t.Errorf("%s:\n got  %s\n want %s", name, got, c.numbers)
		}
		rest := strings.Join([]string{p.Name, p.Company, p.Title, p.Department, strings.Join(p.Emails, " "), strings.Join(p.Keywords, " "), p.Note}, "|")
		if rest != c.rest {
			t.Errorf("%s:\n got  %s\n want %s", name, rest, c.rest)
		}
	}
}

func TestTableWithoutNames(t *testing.T) {
	for text, want := range map[string]string{
		"Anna Berg;070-123 45 67\nBo Ek;08-123 45\n":                 "Anna Berg||070-123 45 67",
		"Anna,Berg,a@x.se,+46701234567\nBo,Ek,b@x.se,+46701234568\n": "Anna Berg||+46701234567",
		"4711\tAnna Berg\tBergs AB\n4712\tBo Ek\tEks AB\n":           "Anna Berg|Bergs AB|4711",
		"sep=|\nAnna Berg|0701234567\n":                              "Anna Berg||0701234567",
		"0701234567\n0701234568\n":                                   "||0701234567",
	} {
		all, bad, err := table(t, text)
		if err != nil || len(all) == 0 {
			t.Errorf("%q: %v %v", text, bad, err)
			continue
		}
		p := all[0].Person
		if got := p.Name + "|" + p.Company + "|" + p.Numbers[0].Number; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNoTable(t *testing.T) {
	for _, text := range []string{"", "\n\n", "Dear all,\nthe weather is fine.\n", "\x00\x01\x02\x00garbage", "%PDF-1.4 ...\nxref 0 1\n"} {
		if all, _, err := table(t, text); err == nil {
			t.Errorf("%q: %d people", text, len(all))
		}
	}
	all, bad, err := table(t, "Namn;Telefon\nAnna;08-123 456\n;\n\"Bo \"Kula\" Ek\";08-123 457\n;;;;x\nCia;08-123 458;extra;cells\n")
	if err != nil || len(all) != 3 || len(bad) != 1 || !strings.HasPrefix(bad[0], "5 ") {
		t.Errorf("%d people, %v, %v", len(all), bad, err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add("Namn;Telefon\nAnna;08\n")
	f.Add("sep=\t\n\"a\"\"\tb\n")
	f.Fuzz(func(_ *testing.T, text string) {
		_ = readTable(open8(strings.NewReader(text)), func(person) error { return nil }, func(int, string) {})
	})
}
