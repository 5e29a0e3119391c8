package directory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
)

// cloud is a server that speaks RFC 8628, Graph delta queries and people.connections.list as Microsoft and Google
// document them.
type cloud struct {
	*script
	t  *testing.T
	mu sync.Mutex

	allowed  bool // the user has typed the code
	denied   bool
	access   string // the token that is valid
	refresh  string
	expires  int            // seconds an access token lives
	form     url.Values     // of the last question to the token endpoint
	pages    map[string]any // API answers by request URI
	busy     int            // how often to say 429 yet
	device   int            // codes given out
	scope    string
	interval int
}

func startCloud(t *testing.T) *cloud {
	c := &cloud{t: t, access: "access-1", refresh: "refresh-1", expires: 3600, pages: map[string]any{}, interval: 1}
	c.script = startScript(t, false, c.serve)
	return c
}

func (c *cloud) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/devicecode"), r.URL.Path == "/device/code":
		c.device++
		_ = r.ParseForm()
		c.scope = r.Form.Get("scope")
		uri := "verification_uri"
		if r.URL.Path == "/device/code" {
			uri = "verification_url" // Google's name for it, older than the RFC
		}
		c.say(w, 200, map[string]any{"device_code": "dev-" + strconv.Itoa(c.device), "user_code": "ABCD-EFGH", uri: c.URL + "/device", "expires_in": 900, "interval": c.interval})
	case strings.HasSuffix(r.URL.Path, "/token"):
		_ = r.ParseForm()
		c.form = r.Form
		c.grant(w, r.Form)
	case r.Header.Get("Authorization") != "Bearer "+c.access:
		c.say(w, 401, map[string]any{"error": map[string]any{"code": "InvalidAuthenticationToken", "message": "no"}})
	case c.busy > 0:
		c.busy--
		w.Header().Set("Retry-After", "1")
		c.say(w, 429, map[string]any{"error": map[string]any{"code": "TooManyRequests"}})
	default:
		page, ok := c.pages[r.URL.RequestURI()]
		if !ok { // without the selection, which is the same everywhere
			for uri, p := range c.pages {
				if strings.HasPrefix(r.URL.RequestURI(), uri+"?$select=") {
					page = p
				}
			}
		}
		switch p := page.(type) {
		case nil:
			c.t.Logf("asked for %s", r.URL.RequestURI())
			c.say(w, 404, map[string]any{"error": map[string]any{"code": "NotFound", "message": r.URL.RequestURI()}})
		case int:
			c.say(w, p, map[string]any{"error": map[string]any{"code": "syncStateNotFound", "message": "too old"}})
		case string:
			_, _ = w.Write([]byte(p))
		default:
			c.say(w, 200, p)
		}
	}
}

func (c *cloud) grant(w http.ResponseWriter, form url.Values) {
	token := map[string]any{"access_token": c.access, "refresh_token": c.refresh, "expires_in": c.expires, "token_type": "Bearer"}
	switch form.Get("grant_type") {
	case "urn:ietf:params:oauth:grant-type:device_code":
		switch {
		case c.denied:
			c.say(w, 400, map[string]any{"error": "access_denied", "error_description": "secret words"})
		case !c.allowed:
			c.say(w, 400, map[string]any{"error": "authorization_pending"})
		default:
			c.say(w, 200, token)
		}
	case "refresh_token":
		if form.Get("refresh_token") != c.refresh {
			c.say(w, 400, map[string]any{"error": "invalid_grant"})
			return
		}
		c.say(w, 200, token)
	}
}

func (c *cloud) say(w http.ResponseWriter, code int, what any) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(what)
}

type object = map[string]any

func graphUserOf(id, name, number string) object {
	o := object{"id": id, "displayName": name, "businessPhones": []string{number}}
	for _, f := range graphUser {
		if _, ok := o[f]; !ok {
			o[f] = nil
		}
	}
	o["accountEnabled"] = true
	return o
}

func consented(t *testing.T, c *cloud, b phone.Book, secret phone.Secret) *desk {
	t.Helper()
	d := open(t, newShelf())
	d.put(b, secret)
	st := d.until(b.ID, "asking for consent", func(st phone.BookStatus) bool { return st.State == phone.BookConsent })
	if st.Code == nil || st.Code.Code != "ABCD-EFGH" || st.Code.URL != c.URL+"/device" || time.Until(st.Code.Until) < 10*time.Minute {
		t.Errorf("code %+v", st.Code)
	}
	c.set(func() { c.allowed = true })
	if st := d.until(b.ID, "read", fresh); st.Code != nil {
		t.Error("the code is still shown")
	}
	return d
}

func TestMicrosoftColleagues(t *testing.T) {
	c := startCloud(t)
	next := c.URL + "/v1.0/users/delta?$skiptoken=two"
	delta := c.URL + "/v1.0/users/delta?$deltatoken=d1"
	off := graphUserOf("off", "Gone Already", "08-1")
	off["accountEnabled"] = false
	c.pages["/v1.0/users/delta"] = object{"value": []any{graphUserOf("a", "Anna", "08-123 456"), off}, "@odata.nextLink": next}
	c.pages["/v1.0/users/delta?$skiptoken=two"] = object{"value": []any{graphUserOf("b", "Bo", "4711")}, "@odata.deltaLink": delta}
	b := phone.Book{ID: "m", Kind: phone.BookMicrosoft, Address: c.URL + "/v1.0", ClientID: "client", Tenant: "example.com", Colleagues: true}
	d := consented(t, c, b, "")
	if d.names("m") != "Anna Bo" || c.scope != c.URL+"/User.Read.All offline_access" || c.form.Get("client_id") != "client" {
		t.Errorf("%q, scope %q", d.names("m"), c.scope)
	}
	if p := d.entries["m"]["b"].Person; p.Line() != "4711" || !p.Colleague {
		t.Errorf("Bo is %+v", p)
	}
	// The next reading asks for what has changed. A changed user may come with nothing but what has changed.
	full := graphUserOf("b", "Bo Ek", "4711")
	full["jobTitle"] = "Chef"
	c.set(func() {
		c.pages = map[string]any{
			"/v1.0/users/delta?$deltatoken=d1": object{"value": []any{
				object{"id": "b", "jobTitle": "Chef"}, object{"id": "a", "@removed": object{"reason": "changed"}}, graphUserOf("c", "Cia", "08-9"),
			}, "@odata.deltaLink": c.URL + "/v1.0/users/delta?$deltatoken=d2"},
			"/v1.0/users/b": full,
		}
		c.busy = 1
	})
	if st := d.reads("m"); st.State != phone.BookFresh || st.Count != 2 || d.names("m") != "Bo Ek Cia" {
		t.Errorf("%+v, %q", st.Reason, d.names("m"))
	}
	// An old link makes everything be read again.
	c.set(func() {
		c.pages = map[string]any{
			"/v1.0/users/delta?$deltatoken=d2": 410,
			"/v1.0/users/delta":                object{"value": []any{graphUserOf("c", "Cia", "08-9")}, "@odata.deltaLink": delta},
		}
	})
	if st := d.reads("m"); st.Count != 1 || d.names("m") != "Cia" {
		t.Errorf("%+v, %q", st.Reason, d.names("m"))
	}
	if strings.Contains(d.log.String(), "access-1") || strings.Contains(d.log.String(), "refresh-1") {
		t.Error("a token is in the log")
	}
}

func TestMicrosoftContacts(t *testing.T) {
	c := startCloud(t)
	c.pages["/v1.0/me/contacts/delta"] = object{"value": []any{object{
		"id": "a", "displayName": "Anna Berg", "givenName": "Anna", "surname": "Berg", "companyName": "Bergs", "jobTitle": "Chef",
		"businessPhones": []string{"08-1"}, "homePhones": []string{"08-2"}, "mobilePhone": "070-3", "emailAddresses": []any{object{"name": "Anna", "address": "a@x.se"}},
		"personalNotes": "Hej", "categories": []string{"Kund"},
	}}, "@odata.deltaLink": c.URL + "/v1.0/me/contacts/delta?$deltatoken=x"}
	d := consented(t, c, phone.Book{ID: "m", Kind: phone.BookMicrosoft, Address: c.URL + "/v1.0", ClientID: "client"}, "")
	p := d.entries["m"]["a"].Person
	if got := fmt.Sprintf("%v %v %v %s %s", p.Numbers, p.Emails, p.Keywords, p.Note, p.Company); got != "[{work 08-1 } {mobile 070-3 } {home 08-2 }] [a@x.se] [Kund] Hej Bergs" {
		t.Errorf("got %+v", p)
	}
	if c.scope != c.URL+"/Contacts.Read offline_access" {
		t.Errorf("scope %q", c.scope)
	}
}

func TestCloudFaultsTakeNothingAway(t *testing.T) {
	c := startCloud(t)
	first := "/v1.0/users/delta"
	link := c.URL + first + "?$deltatoken=d1"
	c.pages[first] = object{"value": []any{graphUserOf("a", "Anna", "08-1"), graphUserOf("b", "Bo", "08-2")}, "@odata.deltaLink": link}
	d := consented(t, c, phone.Book{ID: "m", Kind: phone.BookMicrosoft, Address: c.URL + "/v1.0", ClientID: "client", Colleagues: true}, "")
	other := startScript(t, false, func(http.ResponseWriter, *http.Request) {})
	removed := func(id string) object { return object{"id": id, "@removed": object{"reason": "deleted"}} }
	for name, c2 := range map[string]struct {
		page   any
		reason phone.ReasonID
	}{
		"broken JSON":      {`{"value":[{"id":"a","displayName":`, phone.ReasonBookFailed},
		"another type":     {`{"value":"none"}`, phone.ReasonBookFailed},
		"no end":           {object{"value": []any{}}, phone.ReasonBookFailed},
		"a page elsewhere": {object{"value": []any{}, "@odata.nextLink": other.URL + "/v1.0/users/delta"}, phone.ReasonBookFailed},
		"pages in circles": {object{"value": []any{}, "@odata.nextLink": link}, phone.ReasonBookFailed},
		"refused":          {403, phone.ReasonBookFailed},
		"all removed":      {object{"value": []any{removed("a"), removed("b")}, "@odata.deltaLink": link}, phone.ReasonBookEmpty},
	} {
		c.set(func() { c.pages[first+"?$deltatoken=d1"] = c2.page })
		st := d.reads("m")
		if st.State != phone.BookFailed || st.Reason.ID != c2.reason || st.Count != 2 || d.names("m") != "Anna Bo" {
			t.Errorf("%s: %+v, %q", name, st.Reason, d.names("m"))
		}
		c.set(func() { c.pages[first+"?$deltatoken=d1"] = object{"value": []any{}, "@odata.deltaLink": link} })
		if st := d.reads("m"); st.State != phone.BookFresh || st.Count != 2 {
			t.Errorf("after %s: %+v", name, st.Reason)
		}
	}
	if len(other.questions()) != 0 {
		t.Error("another server was asked")
	}
}

func TestTokensAreRefreshedKeptAndAskedForAgain(t *testing.T) {
	c := startCloud(t)
	c.expires = 1 // is over before it is used
	const list = "/v1/people/me/connections?pageSize=500&personFields=names%2CphoneNumbers%2CemailAddresses%2Corganizations%2Cbiographies%2Cmetadata&requestSyncToken=true"
	c.pages[list] = object{"connections": []any{object{
		"resourceName": "people/1", "names": []any{object{"displayName": "Anna Berg", "givenName": "Anna", "familyName": "Berg"}},
		"phoneNumbers": []any{object{"value": "08-1", "type": "homeFax"}, object{"value": "070-1", "type": "mobile"}}, "organizations": []any{object{"name": "Bergs", "title": "Chef"}},
	}}, "nextPageToken": "p2"}
	c.pages[strings.Replace(list, "&personFields", "&pageToken=p2&personFields", 1)] = object{"connections": []any{object{"resourceName": "people/2", "names": []any{object{"displayName": "Bo"}}}}, "nextSyncToken": "s1"}
	d := consented(t, c, phone.Book{ID: "g", Kind: phone.BookGoogle, Address: c.URL + "/v1", ClientID: "client"}, "client-secret")
	if d.names("g") != "Anna Berg Bo" || c.form.Get("client_secret") != "client-secret" {
		t.Fatalf("%q, %v", d.names("g"), c.form)
	}
	if kept, _ := d.Get("book/g"); !strings.Contains(kept.Reveal(), "refresh-1") {
		t.Error("the token is not kept")
	}
	c.set(func() {
		c.access, c.expires = "access-2", 3600
		c.pages = map[string]any{list + "&syncToken=s1": object{"connections": []any{object{"resourceName": "people/1", "metadata": object{"deleted": true}}}, "nextSyncToken": "s2"}}
	})
	if st := d.reads("g"); st.State != phone.BookFresh || d.names("g") != "Bo" || c.form.Get("grant_type") != "refresh_token" {
		t.Errorf("%+v, %q", st.Reason, d.names("g"))
	}
	if kept, _ := d.Get("book/g"); !strings.Contains(kept.Reveal(), "access-2") || !strings.Contains(kept.Reveal(), "client-secret") {
		t.Error("the new token is not kept, or the client's secret is lost")
	}
	// The user takes the consent back: the code is shown again, and what was read stays.
	c.set(func() { c.access, c.refresh, c.allowed, c.denied = "access-3", "refresh-3", false, true })
	if err := d.shelf.Put("book/g", phone.Secret(strings.ReplaceAll(mustGet(t, d), `"expiry":"2`, `"expiry":"1`))); err != nil {
		t.Fatal(err)
	}
	st := d.reads("g")
	if st.Reason == nil || st.Reason.ID != phone.ReasonConsent || st.Code != nil || !st.Next.IsZero() || d.names("g") != "Bo" || c.device != 2 {
		t.Errorf("%+v, next %v, %q, %d codes", st.Reason, st.Next, d.names("g"), c.device)
	}
	if strings.Contains(d.log.String(), "secret") {
		t.Error("a secret, or words of the provider about it, are in the log")
	}
}

func mustGet(t *testing.T, d *desk) string {
	t.Helper()
	secret, err := d.Get("book/g")
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

func TestTokenThatIsRefused(t *testing.T) {
	c := startCloud(t)
	c.pages["/v1.0/me/contacts/delta"] = object{"value": []any{object{"id": "a", "displayName": "Anna"}}, "@odata.deltaLink": c.URL + "/v1.0/me/contacts/delta?$deltatoken=x"}
	c.pages["/v1.0/me/contacts/delta?$deltatoken=x"] = object{"value": []any{}, "@odata.deltaLink": c.URL + "/v1.0/me/contacts/delta?$deltatoken=x"}
	d := consented(t, c, phone.Book{ID: "m", Kind: phone.BookMicrosoft, Address: c.URL + "/v1.0", ClientID: "client"}, "")
	c.set(func() { c.access = "access-2" })
	if st := d.reads("m"); st.Reason == nil || st.Reason.ID != phone.ReasonConsent || !st.Next.IsZero() || d.names("m") != "Anna" {
		t.Errorf("%+v, next %v, %q", st.Reason, st.Next, d.names("m"))
	}
	if st := d.reads("m"); st.State != phone.BookFresh || c.device != 2 {
		t.Errorf("after a new consent: %+v, %d codes", st.Reason, c.device)
	}
}

func TestScopeGoogleDoesNotGive(t *testing.T) {
	s := startScript(t, false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_scope","error_description":"Invalid device flow scope"}`))
	})
	d := open(t, newShelf())
	d.put(phone.Book{ID: "g", Kind: phone.BookGoogle, Address: s.URL + "/v1", ClientID: "x"}, "")
	if st := d.until("g", "refused", failed); st.Reason.ID != phone.ReasonBookFailed || st.Reason.Text != "invalid_scope: Invalid device flow scope" {
		t.Errorf("%+v", st.Reason)
	}
}

func TestWhereProvidersAre(t *testing.T) {
	for _, c := range []struct {
		book   phone.Book
		token  string
		scopes string
	}{
		{phone.Book{Kind: phone.BookMicrosoft}, "https://login.microsoftonline.com/organizations/oauth2/v2.0/token", "https://graph.microsoft.com/Contacts.Read offline_access"},
		{phone.Book{Kind: phone.BookMicrosoft, Address: "https://graph.microsoft.us/v1.0/", Tenant: "a b"}, "https://login.microsoftonline.us/a%20b/oauth2/v2.0/token", "https://graph.microsoft.us/Contacts.Read offline_access"},
		{phone.Book{Kind: phone.BookGoogle}, "https://oauth2.googleapis.com/token", "https://www.googleapis.com/auth/contacts.readonly"},
	} {
		p, err := providerOf(c.book)
		if err != nil || p.token != c.token || strings.Join(p.scopes, " ") != c.scopes {
			t.Errorf("%+v: %+v, %v", c.book, p, err)
		}
	}
}
