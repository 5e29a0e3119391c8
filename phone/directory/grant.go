package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"svara/phone"
)

// grant is the secret of a Microsoft or Google book: what the provider gave for the user's consent.
type grant struct {
	ClientSecret string        `json:"client_secret,omitempty"` // Google wants one even of programs that cannot keep one
	For          string        `json:"for,omitempty"`           // what was consented to; anything else needs a new consent
	Token        *oauth2.Token `json:"token,omitempty"`
}

// provider is where a book's API and its authorization server are.
type provider struct {
	api    *url.URL // without a slash at the end
	device string
	token  string
	scopes []string
}

// password is a book's stored password; none is no error, since there are books anybody may read.
func password(s Secrets, b phone.Book) (string, error) {
	if b.User == "" {
		return "", nil
	}
	secret, err := s.Get(secretOf(b.ID))
	if err != nil {
		return "", phone.Refuse(phone.ReasonWrongPassword, "")
	}
	return secret.Reveal(), nil
}

// putPassword keeps what the user typed: a password, or the client secret of Microsoft or Google.
func putPassword(s Secrets, b phone.Book, secret phone.Secret) error {
	if b.Kind == phone.BookMicrosoft || b.Kind == phone.BookGoogle {
		return putGrant(s, b.ID, grant{ClientSecret: secret.Reveal()})
	}
	return s.Put(secretOf(b.ID), secret)
}

func putGrant(s Secrets, id phone.BookID, g grant) error {
	raw, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("write the token of %s: %w", id, err)
	}
	return s.Put(secretOf(id), phone.Secret(raw))
}

// getGrant is the stored grant. A lost or foreign one is as good as none: the user is asked again.
func getGrant(s Secrets, id phone.BookID) grant {
	var g grant
	secret, err := s.Get(secretOf(id))
	if err != nil || json.Unmarshal([]byte(secret.Reveal()), &g) != nil {
		return grant{}
	}
	return g
}

// permit gives the reading a client that may read the book, after asking the user when that is needed (RFC 8628).
func (w *worker) permit(ctx context.Context, r *reading) error {
	p, err := providerOf(w.book)
	if err != nil {
		return err
	}
	g := getGrant(w.s.o.Secrets, w.book.ID)
	if wanted := strings.Join(append([]string{w.book.ClientID, p.token}, p.scopes...), " "); g.For != wanted {
		g.For, g.Token = wanted, nil
	}
	conf := &oauth2.Config{
		ClientID: w.book.ClientID, ClientSecret: g.ClientSecret, Scopes: p.scopes,
		Endpoint: oauth2.Endpoint{DeviceAuthURL: p.device, TokenURL: p.token, AuthStyle: oauth2.AuthStyleInParams},
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: r.client.Transport, CheckRedirect: sameServer, Timeout: answerPatience})
	token := g.Token
	if token != nil {
		var fault *oauth2.RetrieveError
		token, err = conf.TokenSource(ctx, token).Token()
		switch {
		case errors.As(err, &fault) && grantReason(fault).ID == phone.ReasonConsent:
			token = nil // taken back, or too old
		case err != nil:
			return fmt.Errorf("refresh the token of %s: %w", w.book.ID, err)
		}
	}
	if token == nil {
		if token, err = w.ask(ctx, conf); err != nil {
			return err
		}
	}
	keep := func(t *oauth2.Token) error {
		g.Token = t
		return putGrant(w.s.o.Secrets, w.book.ID, g)
	}
	if g.Token == nil || token.AccessToken != g.Token.AccessToken {
		if err := keep(token); err != nil {
			return fmt.Errorf("keep the token of %s: %w", w.book.ID, err)
		}
	}
	r.client.Transport = &bearer{base: r.client.Transport, api: p.api, source: conf.TokenSource(ctx, token), last: token, keep: keep}
	return nil
}

// ask shows the user a code and waits until it has been typed at the provider's page.
func (w *worker) ask(ctx context.Context, conf *oauth2.Config) (*oauth2.Token, error) {
	code, err := conf.DeviceAuth(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a code for %s: %w", w.book.ID, err)
	}
	page, err := url.Parse(code.VerificationURI)
	if err != nil || !safe(page) {
		return nil, phone.Refuse(phone.ReasonBookFailed, "the page for the code is no https: address")
	}
	w.set(func(st *phone.BookStatus) {
		st.State, st.Reason = phone.BookConsent, nil
		st.Code = &phone.DeviceCode{URL: page.String(), Code: plain(code.UserCode), Until: code.Expiry}
	})
	token, err := conf.DeviceAccessToken(ctx, code)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, phone.Refuse(phone.ReasonConsent, "") // the code has run out
	}
	if err != nil {
		return nil, fmt.Errorf("wait for consent for %s: %w", w.book.ID, err)
	}
	return token, nil
}

// refused forgets a token that the API does not take any more: the user took the consent back, and is asked again when
// they ask for the book. Other errors are what they are.
func (w *worker) refused(err error) error {
	var status *statusError
	if w.book.Kind != phone.BookMicrosoft && w.book.Kind != phone.BookGoogle || !errors.As(err, &status) || status.code != http.StatusUnauthorized {
		return err
	}
	g := getGrant(w.s.o.Secrets, w.book.ID)
	g.Token = nil
	if err := putGrant(w.s.o.Secrets, w.book.ID, g); err != nil {
		return fmt.Errorf("forget the token of %s: %w", w.book.ID, err)
	}
	return phone.Refuse(phone.ReasonConsent, "")
}

// bearer adds the token to requests to the API and to no others.
type bearer struct {
	base   http.RoundTripper
	api    *url.URL
	source oauth2.TokenSource
	last   *oauth2.Token // kept; touched by one reading only, which asks one thing at a time
	keep   func(*oauth2.Token) error
}

func (b *bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != b.api.Host || req.URL.Scheme != b.api.Scheme {
		return b.base.RoundTrip(req)
	}
	token, err := b.source.Token()
	if err != nil {
		return nil, err
	}
	if token.AccessToken != b.last.AccessToken {
		if err := b.keep(token); err != nil {
			return nil, err
		}
		b.last = token
	}
	req = req.Clone(req.Context())
	token.SetAuthHeader(req)
	return b.base.RoundTrip(req)
}

// CloseIdleConnections lets the client's method of that name through.
func (b *bearer) CloseIdleConnections() {
	if c, ok := b.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// safe reports whether a token may travel to an address: https, or this machine.
func safe(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()))
}

// microsoftLogin is the authorization server of each national Graph.
var microsoftLogin = map[string]string{
	"graph.microsoft.com":             "https://login.microsoftonline.com",
	"graph.microsoft.us":              "https://login.microsoftonline.us",
	"dod-graph.microsoft.us":          "https://login.microsoftonline.us",
	"microsoftgraph.chinacloudapi.cn": "https://login.partner.microsoftonline.cn",
}

// providerOf is where a book is read. Another address than the provider's own has its authorization server on the same
// host, at the same paths.
func providerOf(b phone.Book) (provider, error) {
	address := b.Address
	if address == "" {
		address = map[phone.BookKind]string{phone.BookMicrosoft: "https://graph.microsoft.com/v1.0", phone.BookGoogle: "https://people.googleapis.com/v1"}[b.Kind]
	}
	api, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || !safe(api) || api.User != nil {
		return provider{}, phone.Refuse(phone.ReasonBadBook, "address")
	}
	origin := api.Scheme + "://" + api.Host
	if b.Kind == phone.BookGoogle {
		if api.Host == "people.googleapis.com" {
			origin = "https://oauth2.googleapis.com"
		}
		return provider{api: api, device: origin + "/device/code", token: origin + "/token", scopes: []string{"https://www.googleapis.com/auth/contacts.readonly"}}, nil
	}
	login := microsoftLogin[api.Host]
	if login == "" {
		login = origin
	}
	tenant := b.Tenant
	if tenant == "" {
		tenant = "organizations"
	}
	login += "/" + url.PathEscape(tenant) + "/oauth2/v2.0"
	scope := origin + "/Contacts.Read"
	if b.Colleagues {
		scope = origin + "/User.Read.All"
	}
	return provider{api: api, device: login + "/devicecode", token: login + "/token", scopes: []string{scope, "offline_access"}}, nil
}
