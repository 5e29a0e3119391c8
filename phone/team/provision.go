package team

import "svara/phone"

// NewCode asks for an activation code (features.md A2). The answer is the same whether there is somebody with the number.
type NewCode struct {
	Mobile string `json:"mobile"` // as people write it: +46 70 123 45 67, 070-123 45 67
}

// Activate redeems an activation code. Each works once, for ten minutes.
type Activate struct {
	Mobile string `json:"mobile"`
	Code   string `json:"code"`
	Device string `json:"device"` // what the desktop calls itself
}

// Activation is all that a telephone is given: who it is of, a token, and the account at the exchange.
type Activation struct {
	Token  Token  `json:"token"`
	Person Person `json:"person"`
	Line   Line   `json:"line"`
	Setup  Setup  `json:"setup"`
}

// Forgot asks for a mail with a link to choose a new password. The answer is the same whether there is such a user.
type Forgot struct {
	User string `json:"user"` // user name or e-mail address
}

// Setup is what telephones are given when they are activated, the same for everybody, and what they show of the company.
// What is empty is as the telephone has it. It holds no secrets.
type Setup struct {
	Domain    string           `json:"domain,omitempty"`    // HOST[:PORT] of the exchange; empty: there are no accounts to be given
	Transport phone.Transport  `json:"transport,omitempty"` // udp, tcp, tls
	Proxy     string           `json:"proxy,omitempty"`     // outbound proxy
	Dialect   string           `json:"dialect,omitempty"`   // assets/dialects
	DTMF      phone.DTMFMethod `json:"dtmf,omitempty"`
	SRTP      phone.SRTPMode   `json:"srtp,omitempty"`
	Keying    phone.Keying     `json:"keying,omitempty"`
	ICE       bool             `json:"ice,omitempty"`
	STUN      string           `json:"stun,omitempty"` // HOST[:PORT]
	Emergency []string         `json:"emergency,omitempty"`

	// features.md A7: http and https addresses
	Page      string `json:"page,omitempty"` // "my page"
	Profile   string `json:"profile,omitempty"`
	Help      string `json:"help,omitempty"`
	Privacy   string `json:"privacy,omitempty"`
	Agreement string `json:"agreement,omitempty"`
	// The customer service card.
	SupportNumber string `json:"support_number,omitempty"`
	SupportMail   string `json:"support_mail,omitempty"`
	SupportHours  string `json:"support_hours,omitempty"`
}

// NewSetup is a setup to be written. Seq is the one that was seen; 0 when there was none.
type NewSetup struct {
	Seq   Seq   `json:"seq,omitempty"`
	Setup Setup `json:"setup"`
}

// Line is a person's account at the exchange. Password is told once a device is activated and never else.
type Line struct {
	User     string `json:"user,omitempty"` // empty: their extension
	AuthUser string `json:"auth_user,omitempty"`
	Password string `json:"password,omitempty"`
}

// Account is the account that an activation makes; Password is not part of it. ok is false when the exchange gives none.
func (a Activation) Account(id phone.AccountID, server string) (out phone.Account, ok bool) {
	s := a.Setup
	out = phone.Account{
		ID: id, User: a.Line.User, Domain: s.Domain, AuthUser: a.Line.AuthUser, DisplayName: a.Person.Name, Transport: s.Transport, Proxy: s.Proxy, DTMF: s.DTMF, Dialect: s.Dialect,
		SRTP: s.SRTP, Keying: s.Keying, ICE: s.ICE, STUN: s.STUN, Mobile: a.Person.Mobile, Team: server,
	}
	return out, out.Validate() == nil
}
