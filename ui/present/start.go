package present

import (
	"errors"
	"net"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// SignIn is what the sign-in form holds.
type SignIn struct {
	User     string
	Password string
	Domain   string
	// Advanced.
	Name        string // what the account is called here and shown to those called
	AuthUser    string
	Proxy       string
	Transport   phone.Transport
	CAFile      string          // of authorities trusted for TLS beside the system's
	Pin         string          // the server's key
	ID          phone.AccountID // of an account that is changed; empty makes one
	KeepSecret  bool            // an account that is changed may keep its password
	MakeDefault bool
}

// Field names a field of the form.
type Field string

// The fields of the form.
const (
	FieldNone     Field = ""
	FieldUser     Field = "user"
	FieldPassword Field = "password"
	FieldDomain   Field = "domain"
	FieldProxy    Field = "proxy"
	FieldAuthUser Field = "auth_user"
	FieldCAFile   Field = "ca_file"
	FieldPin      Field = "pin"
)

// SignInError is what is wrong and with which field.
type SignInError struct {
	Field Field
	Text  string
}

// Check makes an account of the form, or says which field is wrong. A whole address (elin@example.com or a sip: URI) in
// the user field fills the domain.
func (f SignIn) Check(s Scene) (phone.Account, *SignInError) {
	user := strings.TrimSpace(f.User)
	domain := strings.TrimSpace(f.Domain)
	if rest, ok := strings.CutPrefix(strings.ToLower(user), "sip:"); ok {
		user = user[len(user)-len(rest):]
	}
	if u, d, ok := strings.Cut(user, "@"); ok {
		user = u
		if domain == "" {
			domain = d
		}
	}
	domain = strings.TrimPrefix(strings.TrimPrefix(domain, "sip:"), "//")
	a := phone.Account{
		ID: f.ID, User: user, Domain: domain, AuthUser: strings.TrimSpace(f.AuthUser), DisplayName: strings.TrimSpace(f.Name),
		Proxy: strings.TrimSpace(f.Proxy), Transport: f.Transport, Default: f.MakeDefault, CAFile: f.CAFile,
	}
	if a.ID == "" {
		a.ID = accountID(s.Snap, user, domain)
	}
	switch {
	case user == "":
		return a, &SignInError{FieldUser, text.T("signin.need_user")}
	case f.Password == "" && !f.KeepSecret:
		return a, &SignInError{FieldPassword, text.T("signin.need_password")}
	case domain == "":
		return a, &SignInError{FieldDomain, text.T("signin.need_domain")}
	}
	if _, port, err := net.SplitHostPort(domain); err == nil && !validPort(port) {
		return a, &SignInError{FieldDomain, text.T("signin.bad_domain")}
	}
	var wrong string
	if a.Pin, wrong = Pin(f.Pin); wrong != "" {
		return a, &SignInError{FieldPin, wrong}
	}
	var refused *phone.Error
	if err := a.Validate(); errors.As(err, &refused) {
		switch refused.Reason.Text {
		case "user", "id":
			return a, &SignInError{FieldUser, text.T("signin.bad_user")}
		case "domain":
			return a, &SignInError{FieldDomain, text.T("signin.bad_domain")}
		case "ca_file":
			return a, &SignInError{FieldCAFile, text.T("account.wrong_ca")}
		}
		return a, &SignInError{FieldNone, text.Reason(refused.Reason)}
	}
	return a, nil
}

func validPort(p string) bool {
	n := 0
	for _, r := range p {
		if r < '0' || r > '9' || n > 65535 {
			return false
		}
		n = n*10 + int(r-'0')
	}
	return n > 0 && n <= 65535
}

// accountID makes a short name for a new account that no other has.
func accountID(snap *phone.Snapshot, user, domain string) phone.AccountID {
	simple := func(s string) string {
		return strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
				return r
			case r >= 'A' && r <= 'Z':
				return r + 'a' - 'A'
			}
			return '-'
		}, s)
	}
	base := simple(user)
	taken := func(id string) bool {
		for _, a := range snap.Accounts {
			if string(a.ID) == id && (a.User != user || a.Domain != domain) {
				return true
			}
		}
		return false
	}
	if base == "" || !taken(base) {
		return phone.AccountID(base)
	}
	host := simple(phone.Account{Domain: domain}.Host())
	return phone.AccountID(base + "-" + host)
}

// SignInFailed says why signing in failed and which field to look at.
func SignInFailed(s Scene, a phone.AccountStatus) SignInError {
	r := phone.Reason{ID: phone.ReasonNoReply}
	if a.Reason != nil {
		r = *a.Reason
	}
	host := a.Host()
	if a.Proxy != "" {
		host = a.Proxy
	}
	host = Clean(host, nameLimit)
	switch r.ID {
	case phone.ReasonWrongPassword:
		return SignInError{FieldPassword, text.T("signin.wrong_password")}
	case phone.ReasonSecretLost:
		return SignInError{FieldPassword, text.T("signin.need_password")}
	case phone.ReasonNoSuchAccount:
		return SignInError{FieldUser, text.T("signin.no_such_account")}
	case phone.ReasonUnknownHost:
		return SignInError{FieldDomain, text.T("signin.unknown_host", "host", host)}
	case phone.ReasonNoReply:
		return SignInError{FieldDomain, text.T("signin.no_reply", "host", host)}
	case phone.ReasonRefused:
		return SignInError{FieldDomain, text.T("signin.refused", "host", host)}
	case phone.ReasonNoNetwork:
		return SignInError{FieldNone, text.T("signin.no_network")}
	case phone.ReasonCertificate:
		field := FieldDomain
		switch r.Text {
		case "authority":
			field = FieldCAFile
		case "pin":
			field = FieldPin
		}
		return SignInError{field, text.Reason(r)}
	}
	return SignInError{FieldNone, text.Reason(r)}
}
