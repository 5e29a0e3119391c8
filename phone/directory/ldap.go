package directory

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"svara/phone"
)

const ldapPage = 500 // entries asked for at a time (RFC 2696)

// ldapFields is where a person's fields are found when the book does not say: the attributes of inetOrgPerson (RFC 2798,
// 4519) and of Active Directory. Lists keep all values of all attributes, texts the first.
var ldapFields = map[string][]string{
	"key":        {"entryUUID", "objectGUID", "nsUniqueId"},
	"name":       {"displayName", "cn"},
	"given":      {"givenName"},
	"family":     {"sn"},
	"company":    {"company", "o"},
	"title":      {"title"},
	"department": {"department", "departmentNumber", "ou"},
	"extension":  {"ipPhone", "otherIpPhone"},
	"work":       {"telephoneNumber", "otherTelephone"},
	"mobile":     {"mobile", "otherMobile"},
	"home":       {"homePhone", "otherHomePhone"},
	"fax":        {"facsimileTelephoneNumber"},
	"other":      {},
	"email":      {"mail"},
	"keywords":   {"businessCategory"},
	"skills":     {},
	"standin":    {"assistant", "secretary"},
	"note":       {"info", "description"},
	"photo":      {"thumbnailPhoto", "jpegPhoto"},
}

// The filters for people when the book has none. Active Directory's leaves out computers and accounts that are switched
// off (bit 2 of userAccountControl).
const (
	ldapPeople   = "(objectClass=person)"
	ldapPeopleAD = "(&(objectCategory=person)(|(objectClass=user)(objectClass=contact))(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
	capabilityAD = "1.2.840.113556.1.4.800"
)

// boundPackets limits what one LDAP message may hold: a message names its length first, and the parser believes it.
var boundPackets = sync.OnceFunc(func() { ber.MaxPacketLengthBytes = pageLimit })

// readLDAP reads the whole directory page by page. Entries that have not changed are told from their content.
func readLDAP(ctx context.Context, r *reading) error {
	boundPackets()
	fields, err := ldapMapping(r.book.Attributes)
	if err != nil {
		return err
	}
	conn, err := dialLDAP(ctx, r.book)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends a search that waits
	defer stop()
	conn.SetTimeout(answerPatience)
	if r.book.User != "" {
		if err := conn.Bind(r.book.User, r.secret); err != nil {
			if ldap.IsErrorWithCode(err, ldap.ErrorEmptyPassword) {
				return phone.Refuse(phone.ReasonWrongPassword, "")
			}
			return fmt.Errorf("bind to the directory: %w", err)
		}
	}
	base, filter, err := ldapScope(conn, r.book)
	if err != nil {
		return err
	}
	r.whole = true
	return searchLDAP(ctx, r, conn, fields, base, filter)
}

// ldapMapping is the book's attributes over the usual ones. A field may name several, separated by commas.
func ldapMapping(own map[string]string) (map[string][]string, error) {
	fields := make(map[string][]string, len(ldapFields))
	for f, names := range ldapFields {
		fields[f] = names
	}
	for f, names := range own {
		if _, ok := fields[f]; !ok {
			return nil, phone.Refuse(phone.ReasonBadBook, "attributes: "+plain(f))
		}
		var list []string
		for n := range strings.SplitSeq(names, ",") {
			if n = strings.TrimSpace(n); n != "" {
				list = append(list, n)
			}
		}
		fields[f] = list
	}
	return fields, nil
}

// dialLDAP connects and, where asked for, encrypts (RFC 4511 4.14).
func dialLDAP(ctx context.Context, b phone.Book) (*ldap.Conn, error) {
	address := b.Address
	if !strings.Contains(address, "://") {
		address = "ldap://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" || u.User != nil {
		return nil, phone.Refuse(phone.ReasonBadBook, "address")
	}
	conf, err := tlsConfig(b)
	if err != nil {
		return nil, err
	}
	conf.ServerName = u.Hostname()
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	secure, port := u.Scheme == "ldaps", u.Port()
	if port == "" {
		port = map[bool]string{false: ldap.DefaultLdapPort, true: ldap.DefaultLdapsPort}[secure]
	}
	wire, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", u.Host, err)
	}
	if secure {
		encrypted := tls.Client(wire, conf)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			_ = wire.Close()
			return nil, fmt.Errorf("connect to %s: %w", u.Host, err)
		}
		wire = encrypted
	}
	conn := ldap.NewConn(wire, secure)
	conn.Start()
	if b.StartTLS && !secure {
		conn.SetTimeout(connectPatience)
		if err := conn.StartTLS(conf); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("StartTLS with %s: %w", u.Host, err)
		}
	}
	return conn, nil
}

// ldapScope is where to search and for what. An empty base is asked of the server itself (RFC 4512 5.1).
func ldapScope(conn *ldap.Conn, b phone.Book) (base, filter string, err error) {
	base, filter = b.Base, b.Filter
	if filter != "" {
		if _, err := ldap.CompileFilter(filter); err != nil {
			return "", "", phone.Refuse(phone.ReasonBadBook, "filter")
		}
	}
	if base != "" {
		if _, err := ldap.ParseDN(base); err != nil {
			return "", "", phone.Refuse(phone.ReasonBadBook, "base")
		}
	}
	if base != "" && filter != "" {
		return base, filter, nil
	}
	root, err := conn.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, int(answerPatience/time.Second), false,
		"(objectClass=*)", []string{"namingContexts", "defaultNamingContext", "supportedCapabilities"}, nil))
	if err != nil {
		return "", "", fmt.Errorf("ask the directory what it holds: %w", err)
	}
	var dse ldap.Entry
	if len(root.Entries) > 0 {
		dse = *root.Entries[0]
	}
	if filter == "" {
		filter = ldapPeople
		if slices.Contains(dse.GetEqualFoldAttributeValues("supportedCapabilities"), capabilityAD) {
			filter = ldapPeopleAD
		}
	}
	if base == "" {
		if base = dse.GetEqualFoldAttributeValue("defaultNamingContext"); base == "" {
			base = dse.GetEqualFoldAttributeValue("namingContexts")
		}
		if base == "" {
			return "", "", phone.Refuse(phone.ReasonBadBook, "base")
		}
	}
	return base, filter, nil
}

func searchLDAP(ctx context.Context, r *reading, conn *ldap.Conn, fields map[string][]string, base, filter string) error {
	var wanted []string
	for _, names := range fields {
		wanted = append(wanted, names...)
	}
	slices.Sort(wanted)
	paging := ldap.NewControlPaging(ldapPage)
	for {
		answer, err := conn.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, int(answerPatience/time.Second), false,
			filter, slices.Compact(wanted), []ldap.Control{paging}))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("search the directory: %w", err)
		}
		for _, e := range answer.Entries {
			if err := r.put(ctx, ldapEntry(e, fields)); err != nil {
				return err
			}
		}
		more, _ := ldap.FindControl(answer.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if more == nil || len(more.Cookie) == 0 {
			return nil
		}
		paging.SetCookie(more.Cookie)
	}
}

// ldapEntry makes a person of an entry.
func ldapEntry(e *ldap.Entry, fields map[string][]string) phone.BookEntry {
	all := func(field string) (values []string) {
		for _, name := range fields[field] {
			values = append(values, e.GetEqualFoldAttributeValues(name)...)
		}
		return values
	}
	first := func(field string) string {
		if values := all(field); len(values) > 0 {
			return values[0]
		}
		return ""
	}
	p := phone.Person{
		Name: first("name"), Given: first("given"), Family: first("family"), Company: first("company"), Title: first("title"),
		Department: first("department"), Note: first("note"),
	}
	for _, kind := range numberOrder { // the fields are named like the kinds
		for _, n := range all(string(kind)) {
			addNumber(&p, kind, n)
		}
	}
	for _, m := range all("email") {
		addEmail(&p, m)
	}
	addWords(&p.Keywords, all("keywords")...)
	addWords(&p.Skills, all("skills")...)
	p.StandIn = ldapName(first("standin"))
	entry := phone.BookEntry{Key: ldapKey(e, fields["key"]), Person: tidy(p)}
	for _, name := range fields["photo"] {
		if photo := e.GetEqualFoldRawAttributeValue(name); len(photo) > 0 {
			entry.Photo = photo
			break
		}
	}
	return entry
}

// ldapName is the name in a DN (RFC 4519 2.31 secretary is one), or the value as it is.
func ldapName(value string) string {
	dn, err := ldap.ParseDN(value)
	if err != nil || len(dn.RDNs) < 2 || len(dn.RDNs[0].Attributes) == 0 {
		return value
	}
	return dn.RDNs[0].Attributes[0].Value
}

// ldapKey is what stays the same when an entry is renamed or moved, else its DN.
func ldapKey(e *ldap.Entry, names []string) string {
	for _, name := range names {
		switch raw := e.GetEqualFoldRawAttributeValue(name); {
		case len(raw) == 0:
		case strings.EqualFold(name, "objectGUID"):
			return hex.EncodeToString(raw)
		default:
			return string(raw)
		}
	}
	return e.DN
}
