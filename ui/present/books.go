package present

import (
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/numbers"
	"svara/ui/text"
)

// bookKinds are the kinds of address books in the order of menus.
var bookKinds = []phone.BookKind{phone.BookFile, phone.BookCardDAV, phone.BookLDAP, phone.BookMicrosoft, phone.BookGoogle}

func bookKindWord(k phone.BookKind) string {
	switch k {
	case phone.BookCardDAV:
		return text.T("book.carddav")
	case phone.BookLDAP:
		return text.T("book.ldap")
	case phone.BookMicrosoft:
		return text.T("book.microsoft")
	case phone.BookGoogle:
		return text.T("book.google")
	}
	return text.T("book.file")
}

func bookKindIcon(k phone.BookKind) string {
	if k == phone.BookFile {
		return "book-user"
	}
	return "server"
}

// Book is an address book and how it stands.
type Book struct {
	ID     phone.BookID
	Name   string
	Icon   string
	Kind   string
	State  string
	Tone   Tone
	Code   string // what is to be typed at URL
	URL    string
	Reads  bool // it is being read
	Wrong  string
	Detail string
}

// BooksOf is the connected address books.
func BooksOf(s Scene) []Book {
	out := make([]Book, 0, len(s.Snap.People.Books))
	for _, b := range s.Snap.People.Books {
		out = append(out, bookOf(s, b))
	}
	return out
}

func bookOf(s Scene, b phone.BookStatus) Book {
	out := Book{ID: b.ID, Name: Clean(b.Name, nameLimit), Icon: bookKindIcon(b.Kind), Kind: bookKindWord(b.Kind)}
	if out.Name == "" {
		out.Name = string(b.ID)
	}
	count := text.T("book.count", "n", b.Count)
	read := ""
	if !b.Read.IsZero() {
		read = text.T("book.read", "when", text.WhenWithin(b.Read, s.Now))
	}
	switch b.State {
	case phone.BookReading:
		out.State, out.Tone, out.Reads = text.T("book.reading"), ToneAccent, true
	case phone.BookFresh:
		out.State, out.Tone = text.T("book.fresh"), ToneGreen
	case phone.BookFailed:
		out.State, out.Tone = text.T("book.failed"), ToneRed
		if b.Reason != nil {
			out.State, out.Wrong = text.ReasonTitle(*b.Reason), text.Reason(*b.Reason)
			if b.Reason.ID == phone.ReasonWrongPassword {
				out.Wrong = text.T("book.wrong_password") // the reason's own words are about an exchange
			}
		}
	case phone.BookConsent:
		out.State, out.Tone = text.T("book.consent"), ToneAmber
		if b.Code != nil {
			out.Code, out.URL = b.Code.Code, b.Code.URL
		}
	default:
		out.State, out.Tone = text.T("book.never"), ToneSlate
	}
	parts := []string{out.Kind}
	if b.Count > 0 || !b.Read.IsZero() {
		parts = append(parts, count)
	}
	if read != "" {
		parts = append(parts, read)
	}
	out.Detail = strings.Join(parts, " · ")
	return out
}

// BookEditor is the connected address books (features.md I5).
func BookEditor() Editor {
	find := func(s Scene, id string) phone.Book {
		for _, b := range s.Snap.People.Books {
			if string(b.ID) == id {
				return b.Book
			}
		}
		return phone.Book{Kind: phone.BookFile}
	}
	return Editor{
		Title: text.T("book.title"), Help: text.T("book.help"), Empty: text.T("book.none"), New: text.T("book.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, b := range BooksOf(s) {
				out = append(out, FormRow{ID: string(b.ID), Icon: b.Icon, Title: b.Name, Detail: b.State + " · " + b.Detail, Warn: b.Wrong})
			}
			return out
		},
		Start: func(s Scene, id string) Values { return bookValues(find(s, id)) },
		Form:  func(_ Scene, id string, v Values) Form { return bookFields(v, id) },
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			b := bookFrom(find(s, id), v)
			if id == "" {
				b.ID = phone.BookID(fresh)
			}
			return []phone.Command{phone.PutBook{Book: b, Password: phone.Secret(v["password"])}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveBook{ID: phone.BookID(id)} },
	}
}

// ldapFields are the fields of ours that an LDAP attribute can be named for.
var ldapFields = []string{"name", "extension", "mobile", "department", "title"}

func bookValues(b phone.Book) Values {
	v := Values{"kind": string(b.Kind), "name": b.Name, "address": b.Address, "user": b.User, "base": b.Base, "filter": b.Filter, "ca": b.CAFile,
		"client": b.ClientID, "tenant": b.Tenant, "minutes": "30", "colleagues": "false", "starttls": "false"}
	if b.Minutes > 0 {
		v["minutes"] = strconv.Itoa(b.Minutes)
	}
	if b.Colleagues {
		v["colleagues"] = "true"
	}
	if b.StartTLS {
		v["starttls"] = "true"
	}
	for _, f := range ldapFields {
		v["attr."+f] = b.Attributes[f]
	}
	return v
}

func bookFields(v Values, id string) Form {
	kind := phone.BookKind(v["kind"])
	var kinds []Choice
	for _, k := range bookKinds {
		kinds = append(kinds, option(string(k), bookKindWord(k)))
	}
	fields := []FormField{{ID: "kind", Kind: FieldSelect, Label: text.T("book.kind"), Icon: bookKindIcon(kind), Options: kinds, Half: true}, nameField(v, bookKindWord(kind))}
	line := func(field, label, icon, holder string, half bool) FormField {
		return FormField{ID: field, Label: label, Icon: icon, Holder: holder, Half: half}
	}
	need := func(f FormField, words string) FormField {
		if strings.TrimSpace(v[f.ID]) == "" {
			f.Wrong = words
		}
		return f
	}
	password := line("password", text.T("signin.password"), "key-round", "", true)
	password.Kind = FieldSecret
	if id != "" {
		password.Holder = text.T("signin.password_kept")
	}
	switch kind {
	case phone.BookCardDAV:
		fields = append(fields, addressField(v, text.T("book.url"), "https://dav.example.com/", "https", "http"),
			line("user", text.T("book.user"), "user", "", true), password, line("ca", text.T("book.ca"), "shield-check", "", false))
	case phone.BookLDAP:
		fields = append(fields, addressField(v, text.T("book.server"), "ldaps://katalog.example.com", "ldaps", "ldap"),
			need(line("base", text.T("book.base"), "list-checks", "ou=people,dc=example,dc=com", false), text.T("book.base_missing")),
			line("user", text.T("book.bind"), "user", "", true), password, line("filter", text.T("book.filter"), "search", "(objectClass=person)", false))
		for _, f := range ldapFields {
			fields = append(fields, line("attr."+f, text.T("book.attribute", "field", text.T("book.attr_"+f)), "", "", true))
		}
		fields = append(fields, FormField{ID: "starttls", Kind: FieldSwitch, Label: text.T("book.starttls")}, line("ca", text.T("book.ca"), "shield-check", "", false))
	case phone.BookMicrosoft, phone.BookGoogle:
		client := need(line("client", text.T("book.client"), "key-round", "", kind == phone.BookMicrosoft), text.T("book.client_missing"))
		client.Help = text.T("book.client_help")
		fields = append(fields, client)
		if kind == phone.BookMicrosoft {
			tenant := line("tenant", text.T("book.tenant"), "briefcase", "", true)
			tenant.Help = text.T("book.tenant_help")
			fields = append(fields, tenant)
		}
	default:
		path := need(line("address", text.T("book.path"), "folder-open", "", false), text.T("book.path_missing"))
		path.Kind, path.Types = FieldFile, []string{".vcf", ".vcard", ".csv"}
		path.Help = text.T("book.path_help")
		if typed := strings.TrimSpace(v["address"]); typed != "" && !filepath.IsAbs(typed) {
			path.Wrong = text.T("book.path_relative")
		}
		fields = append(fields, path)
	}
	minutes := line("minutes", text.T("book.minutes"), "refresh-cw", "30", true)
	if n, err := strconv.Atoi(strings.TrimSpace(v["minutes"])); err != nil || n < 1 || n > 10080 {
		minutes.Wrong = text.T("form.minutes_wrong")
	}
	return Form{Fields: append(fields, minutes, FormField{ID: "colleagues", Kind: FieldSwitch, Label: text.T("book.colleagues"), Help: text.T("book.colleagues_help")})}
}

func addressField(v Values, label, holder string, schemes ...string) FormField {
	f := FormField{ID: "address", Label: label, Icon: "server", Holder: holder}
	typed := strings.TrimSpace(v["address"])
	u, err := url.Parse(typed)
	good := err == nil && u.Host != ""
	if good {
		good = false
		for _, s := range schemes {
			good = good || u.Scheme == s
		}
	}
	switch {
	case typed == "":
		f.Wrong = text.T("book.address_missing")
	case !good:
		f.Wrong = text.T("book.address_wrong", "example", holder)
	}
	return f
}

// bookFrom is a book as filled in. What another kind of book has is left out.
func bookFrom(b phone.Book, v Values) phone.Book {
	trim := func(f string) string { return strings.TrimSpace(v[f]) }
	out := phone.Book{ID: b.ID, Kind: phone.BookKind(v["kind"]), Name: trim("name"), Colleagues: v.On("colleagues")}
	out.Minutes, _ = strconv.Atoi(trim("minutes"))
	switch out.Kind {
	case phone.BookCardDAV:
		out.Address, out.User, out.CAFile = trim("address"), trim("user"), trim("ca")
	case phone.BookLDAP:
		out.Address, out.User, out.CAFile, out.Base, out.Filter, out.StartTLS = trim("address"), trim("user"), trim("ca"), trim("base"), trim("filter"), v.On("starttls")
		for _, f := range ldapFields {
			if a := trim("attr." + f); a != "" {
				if out.Attributes == nil {
					out.Attributes = map[string]string{}
				}
				out.Attributes[f] = a
			}
		}
	case phone.BookMicrosoft, phone.BookGoogle:
		out.ClientID, out.Tenant = trim("client"), trim("tenant")
		if b.Kind == out.Kind {
			out.Address = b.Address // another endpoint, set by a file
		}
	default:
		out.Address = trim("address")
	}
	return out
}

// WatchChoices are whose lamps are shown.
func WatchChoices(s Scene) []Choice {
	return choices(s, phone.KeyWatchPeople, "watch.", "colleagues", "favourites", "none")
}

// RegionChoices are the countries whose national numbers are meant.
func RegionChoices(s Scene) []Choice {
	now := s.Snap.Settings.Get(phone.KeyRegion)
	var out []Choice
	for _, r := range numbers.Regions() {
		words := r
		if key := "country." + strings.ToLower(r); text.Has(key) {
			words = text.T(key)
		}
		out = append(out, Choice{Value: r, Text: words, Chosen: r == now})
	}
	return out
}

// SearchDelay is milliseconds as typed, or what is wrong.
func SearchDelay(typed string) (value, wrong string) {
	typed = strings.TrimSpace(typed)
	if phone.CheckSetting(phone.KeySearchDelay, typed) != nil {
		return "", text.T("people.delay_wrong")
	}
	return typed, ""
}

// AreaCode is an area code as typed, or what is wrong.
func AreaCode(typed string) (value, wrong string) {
	typed = strings.Trim(strings.TrimSpace(typed), "-")
	if phone.CheckSetting(phone.KeyAreaCode, typed) != nil {
		return "", text.T("people.area_wrong")
	}
	return typed, ""
}

// EmergencyNumbers is a list of numbers as typed, or what is wrong.
func EmergencyNumbers(typed string) (value, wrong string) {
	value = strings.Join(splitList(strings.ReplaceAll(typed, " ", ",")), ",")
	if value == "" || phone.CheckSetting(phone.KeyEmergency, value) != nil {
		return "", text.T("people.emergency_wrong")
	}
	return value, ""
}
