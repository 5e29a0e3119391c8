package directory

import (
	"context"
	"net/url"
	"strings"

	"svara/phone"
)

// googlePage is an answer of people.connections.list.
type googlePage struct {
	Connections []googlePerson `json:"connections"`
	Next        string         `json:"nextPageToken"`
	Sync        string         `json:"nextSyncToken"`
}

type googlePerson struct {
	ResourceName string `json:"resourceName"`
	Metadata     struct {
		Deleted bool `json:"deleted"`
	} `json:"metadata"`
	Names []struct {
		DisplayName string `json:"displayName"`
		GivenName   string `json:"givenName"`
		FamilyName  string `json:"familyName"`
	} `json:"names"`
	PhoneNumbers []struct {
		Value string `json:"value"`
		Type  string `json:"type"`
	} `json:"phoneNumbers"`
	EmailAddresses []struct {
		Value string `json:"value"`
	} `json:"emailAddresses"`
	Organizations []struct {
		Name       string `json:"name"`
		Title      string `json:"title"`
		Department string `json:"department"`
	} `json:"organizations"`
	Biographies []struct {
		Value string `json:"value"`
	} `json:"biographies"`
}

// readGoogle reads the user's connections: the first reading brings everybody and a sync token, the next ones what has
// changed since. A token lives seven days.
func readGoogle(ctx context.Context, r *reading) error {
	p, err := providerOf(r.book)
	if err != nil {
		return err
	}
	if r.token != "" {
		err := googlePages(ctx, r, p.api, r.token)
		if !tooOld(err) {
			return err
		}
		r.note("the address book cannot tell what has changed since the last reading; it is read anew")
	}
	r.whole = true
	return googlePages(ctx, r, p.api, "")
}

func googlePages(ctx context.Context, r *reading, api *url.URL, token string) error {
	q := url.Values{
		"personFields":     {"names,phoneNumbers,emailAddresses,organizations,biographies,metadata"},
		"pageSize":         {"500"},
		"requestSyncToken": {"true"},
	}
	if token != "" {
		q.Set("syncToken", token)
	}
	u := api.JoinPath("people/me/connections")
	asked := map[string]bool{}
	for {
		u.RawQuery = q.Encode()
		var page googlePage
		if err := getJSON(ctx, r, u, &page); err != nil {
			return err
		}
		for _, g := range page.Connections {
			if g.Metadata.Deleted {
				r.gone(g.ResourceName)
				continue
			}
			if err := r.put(ctx, phone.BookEntry{Key: g.ResourceName, Person: g.person()}); err != nil {
				return err
			}
		}
		if page.Next == "" {
			if page.Sync == "" {
				return phone.Refuse(phone.ReasonBookFailed, "half an answer")
			}
			r.next = page.Sync
			return nil
		}
		if asked[page.Next] {
			return phone.Refuse(phone.ReasonBookFailed, "the pages go round in circles")
		}
		asked[page.Next] = true
		q.Set("pageToken", page.Next)
	}
}

func (g googlePerson) person() phone.Person {
	var p phone.Person
	if len(g.Names) > 0 {
		p.Name, p.Given, p.Family = g.Names[0].DisplayName, g.Names[0].GivenName, g.Names[0].FamilyName
	}
	if len(g.Organizations) > 0 {
		o := g.Organizations[0]
		p.Company, p.Title, p.Department = o.Name, o.Title, o.Department
	}
	for _, n := range g.PhoneNumbers {
		addNumber(&p, googleKind(n.Type), n.Value)
	}
	for _, m := range g.EmailAddresses {
		addEmail(&p, m.Value)
	}
	if len(g.Biographies) > 0 {
		p.Note = g.Biographies[0].Value
	}
	return tidy(p)
}

// googleKind reads types such as workMobile and homeFax; others are the user's own words.
func googleKind(t string) phone.NumberKind {
	t = strings.ToLower(t)
	switch {
	case strings.HasSuffix(t, "fax"):
		return phone.NumberFax
	case strings.HasSuffix(t, "mobile"):
		return phone.NumberMobile
	case t == "work" || t == "main":
		return phone.NumberWork
	case t == "home":
		return phone.NumberHome
	}
	return phone.NumberOther
}
