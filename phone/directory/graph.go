package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"svara/phone"
)

// graphPage is one page of a delta query. The last has a delta link, the others a next link.
type graphPage struct {
	Value []json.RawMessage `json:"value"`
	Next  string            `json:"@odata.nextLink"`
	Delta string            `json:"@odata.deltaLink"`
}

// graphPerson is a contact (of the user) or a user (of the organisation); a field that only one of them has stays empty.
type graphPerson struct {
	ID             string          `json:"id"`
	Removed        json.RawMessage `json:"@removed"`
	DisplayName    string          `json:"displayName"`
	GivenName      string          `json:"givenName"`
	Surname        string          `json:"surname"`
	CompanyName    string          `json:"companyName"`
	JobTitle       string          `json:"jobTitle"`
	Department     string          `json:"department"`
	BusinessPhones []string        `json:"businessPhones"`
	MobilePhone    string          `json:"mobilePhone"`
	HomePhones     []string        `json:"homePhones"`
	FaxNumber      string          `json:"faxNumber"`
	EmailAddresses []struct {
		Address string `json:"address"`
	} `json:"emailAddresses"`
	Mail          string   `json:"mail"`
	PersonalNotes string   `json:"personalNotes"`
	Categories    []string `json:"categories"`
	Enabled       *bool    `json:"accountEnabled"`
}

var (
	graphContact = strings.Split("displayName,givenName,surname,companyName,jobTitle,department,businessPhones,mobilePhone,homePhones,emailAddresses,personalNotes,categories", ",")
	graphUser    = strings.Split("displayName,givenName,surname,companyName,jobTitle,department,businessPhones,mobilePhone,faxNumber,mail,accountEnabled", ",")
)

// readMicrosoft reads the contacts of the user, or for a book of colleagues the users of the organisation, by delta
// query: the first reading brings everybody, the next ones what has changed.
func readMicrosoft(ctx context.Context, r *reading) error {
	p, err := providerOf(r.book)
	if err != nil {
		return err
	}
	fields, list, single := graphContact, "/me/contacts/delta", "/me/contacts/"
	if r.book.Colleagues {
		fields, list, single = graphUser, "/users/delta", "/users/"
	}
	start := func() *url.URL {
		u := p.api.JoinPath(list)
		u.RawQuery = "$select=" + strings.Join(fields, ",")
		return u
	}
	g := &graphReader{reading: r, api: p.api, fields: fields, single: single}
	if r.token != "" {
		u, err := g.link(r.token)
		if err == nil {
			err = g.pages(ctx, u)
		}
		if !tooOld(err) {
			return err
		}
		r.note("the address book cannot tell what has changed since the last reading; it is read anew")
	}
	r.whole, g.whole = true, true
	return g.pages(ctx, start())
}

// tooOld reports whether a link or token has run out, so that everything has to be read again.
func tooOld(err error) bool {
	var s *statusError
	if !errors.As(err, &s) {
		return false
	}
	text := strings.ToLower(s.text)
	return s.code == http.StatusGone || s.code == http.StatusBadRequest &&
		(strings.Contains(text, "syncstate") || strings.Contains(text, "resync") || strings.Contains(text, "expired_sync_token") || strings.Contains(text, "sync token"))
}

type graphReader struct {
	*reading
	api    *url.URL
	fields []string
	single string
	whole  bool
}

// link takes a link the server gave, which carries the token, only when it leads back to the server.
func (g *graphReader) link(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host != g.api.Host || u.Scheme != g.api.Scheme {
		return nil, phone.Refuse(phone.ReasonBookFailed, "a link of the answer leads to another server")
	}
	return u, nil
}

func (g *graphReader) pages(ctx context.Context, u *url.URL) error {
	asked := map[string]bool{}
	for {
		if asked[u.String()] {
			return phone.Refuse(phone.ReasonBookFailed, "the pages go round in circles")
		}
		asked[u.String()] = true
		var page graphPage
		if err := getJSON(ctx, g.reading, u, &page); err != nil {
			return err
		}
		for _, raw := range page.Value {
			if err := g.person(ctx, raw); err != nil {
				return err
			}
		}
		switch {
		case page.Delta != "":
			g.reading.next = page.Delta
			return nil
		case page.Next == "":
			return phone.Refuse(phone.ReasonBookFailed, "half an answer")
		}
		var err error
		if u, err = g.link(page.Next); err != nil {
			return err
		}
	}
}

// person takes one entry. A changed one may come with no more than what has changed; then the whole is asked for.
func (g *graphReader) person(ctx context.Context, raw json.RawMessage) error {
	var p graphPerson
	if err := json.Unmarshal(raw, &p); err != nil {
		return brokenJSON(err)
	}
	if p.ID == "" {
		return nil
	}
	if p.Removed == nil && !g.whole && !complete(raw, g.fields) {
		u := g.api.JoinPath(g.single, p.ID)
		u.RawQuery = "$select=" + strings.Join(g.fields, ",")
		id := p.ID
		p = graphPerson{}
		var missing *statusError
		err := getJSON(ctx, g.reading, u, &p)
		switch {
		case errors.As(err, &missing) && missing.code == http.StatusNotFound:
			p.Removed = json.RawMessage("{}") // gone since the page was made
		case err != nil:
			return fmt.Errorf("read a changed entry: %w", err)
		}
		p.ID = id
	}
	if p.Removed != nil || p.Enabled != nil && !*p.Enabled {
		g.gone(p.ID)
		return nil
	}
	return g.put(ctx, phone.BookEntry{Key: p.ID, Person: p.person()})
}

// complete reports whether an entry has all the fields asked for, if only as null.
func complete(raw json.RawMessage, fields []string) bool {
	var has map[string]json.RawMessage
	if json.Unmarshal(raw, &has) != nil {
		return false
	}
	for _, f := range fields {
		if _, ok := has[f]; !ok {
			return false
		}
	}
	return true
}

func (g graphPerson) person() phone.Person {
	p := phone.Person{
		Name: g.DisplayName, Given: g.GivenName, Family: g.Surname, Company: g.CompanyName, Title: g.JobTitle, Department: g.Department,
		Note: g.PersonalNotes, Keywords: g.Categories,
	}
	for _, n := range g.BusinessPhones {
		addNumber(&p, phone.NumberWork, n)
	}
	addNumber(&p, phone.NumberMobile, g.MobilePhone)
	for _, n := range g.HomePhones {
		addNumber(&p, phone.NumberHome, n)
	}
	addNumber(&p, phone.NumberFax, g.FaxNumber)
	for _, m := range g.EmailAddresses {
		addEmail(&p, m.Address)
	}
	addEmail(&p, g.Mail)
	return tidy(p)
}
