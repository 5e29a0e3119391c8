package directory

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"svara/phone"
)

func cards(t *testing.T, text string) (all []person, bad []string) {
	t.Helper()
	err := readCards(open8(strings.NewReader(text)), func(p person) error {
		all = append(all, p)
		return nil
	}, func(line int, why string) { bad = append(bad, fmt.Sprintf("%d %s", line, why)) })
	if err != nil {
		t.Fatal(err)
	}
	return all, bad
}

func one(t *testing.T, text string) person {
	t.Helper()
	all, bad := cards(t, text)
	if len(all) != 1 || len(bad) != 0 {
		t.Fatalf("%d cards, %v", len(all), bad)
	}
	return all[0]
}

func TestCardOfEachVersion(t *testing.T) {
	want := phone.Person{
		Name: "Åsa Öberg", Given: "Åsa", Family: "Öberg", Company: "Bygg; & Co", Department: "Inköp", Title: "Chef",
		Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "4711"}, {Kind: phone.NumberWork, Number: "08-123 45 67"}, {Kind: phone.NumberMobile, Number: "+46 70 123 45 67"}},
		Emails:  []string{"asa@example.se"}, Note: "Rad ett\nRad två",
	}
	for name, text := range map[string]string{
		"4.0": "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:77\r\nFN:Åsa Öberg\r\nN:Öberg;Åsa;;;\r\nORG:Bygg\\; & Co;Inköp\r\nTITLE:Chef\r\n" +
			"TEL;TYPE=work:4711\r\nTEL;VALUE=uri;TYPE=\"cell,voice\":tel:+46 70 123 45 67\r\nTEL;TYPE=work:08-123 45 67\r\nEMAIL:asa@example.se\r\n" +
			"NOTE:Rad ett\\nRad \r\n två\r\nEND:VCARD\r\n",
		"3.0": "BEGIN:VCARD\nVERSION:3.0\nUID:77\nitem1.FN:Åsa Öberg\nN:Öberg;Åsa\nORG:Bygg\\; & Co;Inköp\nTITLE:Chef\n" +
			"TEL;TYPE=WORK,VOICE:4711\nTEL;TYPE=CELL;TYPE=VOICE:+46 70 123 45 67\nTEL;TYPE=WORK:08-123 45 67\nEMAIL;TYPE=INTERNET:asa@example.se\n" +
			"NOTE:Rad ett\\NRad två\nEND:VCARD\n",
		"2.1": "BEGIN:VCARD\r\nVERSION:2.1\r\nUID:77\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85sa =\r\n=C3=96berg\r\n" +
			"N;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:=D6berg;=C5sa\r\nORG;CHARSET=UTF-8:Bygg\\; & Co;Ink\xc3\xb6p\r\nTITLE:Chef\r\n" +
			"TEL;WORK;VOICE:4711\r\nTEL;CELL:+46 70 123 45 67\r\nTEL;WORK:08-123 45 67\r\nEMAIL;INTERNET:asa@example.se\r\n" +
			"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1252:Rad ett=0D=0ARad tv=E5\r\nEND:VCARD\r\n",
		"3.0 in Windows-1252": "BEGIN:VCARD\nVERSION:3.0\nUID:77\nFN:\xc5sa \xd6berg\nN:\xd6berg;\xc5sa\nORG:Bygg\\; & Co;Ink\xf6p\nTITLE:Chef\n" +
			"TEL;TYPE=WORK:4711\nTEL;TYPE=CELL:+46 70 123 45 67\nTEL;TYPE=WORK:08-123 45 67\nEMAIL:asa@example.se\nNOTE:Rad ett\\nRad tv\xe5\nEND:VCARD",
		"ended with CR": strings.ReplaceAll("BEGIN:VCARD\nVERSION:3.0\nUID:77\nFN:Åsa Öberg\nN:Öberg;Åsa\nORG:Bygg\\; & Co;Inköp\nTITLE:Chef\n"+
			"TEL;TYPE=WORK:4711\nTEL;TYPE=CELL:+46 70 123 45 67\nTEL;TYPE=WORK:08-123 45 67\nEMAIL:asa@example.se\nNOTE:Rad ett\\nRad två\nEND:VCARD\n", "\n", "\r"),
	} {
		t.Run(name, func(t *testing.T) {
			got := one(t, text)
			if !reflect.DeepEqual(got.Person, want) {
				t.Errorf("got  %+v\nwant %+v", got.Person, want)
			}
			if got.uid != "77" || got.line != 1 {
				t.Errorf("UID %q, line %d", got.uid, got.line)
			}
		})
	}
}

func TestFoldInTheMiddleOfALetter(t *testing.T) {
	if got := one(t, "BEGIN:VCARD\nVERSION:3.0\nFN:G\xc3\n \xb6te\nEND:VCARD\n"); got.Name != "Göte" {
		t.Errorf("got %q", got.Name)
	}
}

func TestPhotos(t *testing.T) {
	jpeg := append([]byte{0xff, 0xd8, 0xff, 0xe0}, bytes.Repeat([]byte("picture"), 100)...)
	b64 := base64.StdEncoding.EncodeToString(jpeg)
	folded := b64[:70]
	for i := 70; i < len(b64); i += 70 {
		folded += "\r\n " + b64[i:min(i+70, len(b64))]
	}
	loose := strings.ReplaceAll(folded, "\r\n ", "\r\n")
	for name, line := range map[string]string{
		"3.0":              "PHOTO;ENCODING=b;TYPE=JPEG:" + folded,
		"4.0":              "PHOTO:data:image/jpeg;base64," + folded,
		"2.1":              "PHOTO;JPEG;ENCODING=BASE64:\r\n " + folded + "\r\n",
		"2.1 not indented": "PHOTO;BASE64;JPEG:" + loose + "\r\n",
		"without padding":  "PHOTO;ENCODING=b:" + strings.TrimRight(folded, "="),
	} {
		got := one(t, "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\n"+line+"\r\nTEL:12345678\r\nEND:VCARD\r\n")
		if !bytes.Equal(got.photo, jpeg) || len(got.Numbers) != 1 {
			t.Errorf("%s: %d bytes of %d, numbers %v", name, len(got.photo), len(jpeg), got.Numbers)
		}
	}
}

// A picture of 10 MB in lines of 75 letters: unfolding must not copy what it has for each of them.
func TestLargePhotos(t *testing.T) {
	card := func(size int) string {
		var b strings.Builder
		b.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Big\r\nPHOTO;ENCODING=b;TYPE=JPEG:")
		b64 := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, size))
		for i := 0; i < len(b64); i += 74 {
			b.WriteString("\r\n " + b64[i:min(i+74, len(b64))])
		}
		b.WriteString("\r\nTEL:08123456\r\nEND:VCARD\r\n")
		return b.String()
	}
	all, bad := cards(t, card(photoLimit)+card(photoLimit+1)+"BEGIN:VCARD\nFN:Next\nEND:VCARD\n")
	if len(all) != 3 || len(all[0].photo) != photoLimit || all[1].photo != nil || len(all[1].Numbers) != 1 || all[2].Name != "Next" {
		t.Errorf("%d cards, the first with %d bytes", len(all), len(all[0].photo))
	}
	if len(bad) != 1 || !strings.Contains(bad[0], "10 MB") {
		t.Errorf("told %v", bad)
	}
}

func TestBrokenCards(t *testing.T) {
	all, bad := cards(t, "junk\nBEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n"+
		"BEGIN:VCARD\nFN:Group\nX-ADDRESSBOOKSERVER-KIND:group\nEND:VCARD\n"+
		"BEGIN:VCARD\nVERSION:2.1\nFN:Outer\nAGENT:\nBEGIN:VCARD\nFN:Inner\nEND:VCARD\nTEL:0812345678\nEND:VCARD\n"+
		"BEGIN:VCARD\nno colon here\n;;;:\nFN:Well\nTEL;:\nTEL;TYPE=\"unclosed:123\nEND:VCARD\n"+
		"BEGIN:VCARD\nFN:Cut off\nTEL:0812")
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "Outer Well" {
		t.Errorf("got %q", got)
	}
	if len(bad) != 2 || !strings.HasPrefix(bad[0], "2 ") || !strings.HasPrefix(bad[1], "26 ") {
		t.Errorf("told %q", bad)
	}
}

func TestPreferredNumberIsDialledFirst(t *testing.T) {
	for _, pref := range []string{"TEL;TYPE=HOME,PREF:", "TEL;TYPE=HOME;PREF=1:", "TEL;HOME;PREF:"} {
		p := one(t, "BEGIN:VCARD\nFN:A\nTEL;TYPE=WORK:081111111\n"+pref+"082222222\nEND:VCARD\n")
		if p.Numbers[0].Number != "082222222" || p.Numbers[0].Kind != phone.NumberHome {
			t.Errorf("%s %+v", pref, p.Numbers)
		}
	}
}

func FuzzCards(f *testing.F) {
	f.Add("BEGIN:VCARD\nFN;QUOTED-PRINTABLE:=C3=85=\n=\nPHOTO;BASE64:AAAA\n\nTEL;WORK:1\nEND:VCARD\n")
	f.Add("BEGIN:VCARD\r\nN:a\\;b;c\\,d\\\\;e\r\nCATEGORIES:x\\,y,z\r\nEND:VCARD")
	f.Fuzz(func(_ *testing.T, text string) {
		_ = readCards(bufio.NewReader(&newlines{r: strings.NewReader(text)}), func(person) error { return nil }, func(int, string) {})
	})
}
