package present

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// MailServerState is how the mailbox on a mail server stands, in words. Wrong is what is to be done, empty when all is well.
func MailServerState(s Scene, id string) (state, wrong string) {
	for _, b := range s.Snap.Voicemail.Boxes {
		if b.ID != id {
			continue
		}
		switch {
		case b.Reason != nil:
			return text.ReasonTitle(*b.Reason), text.Reason(*b.Reason)
		case b.Known:
			return text.T("mailserver.connected", "new", b.New, "old", b.Old), ""
		}
	}
	return text.T("mailserver.connecting"), ""
}

// MailServerEditor is the mailboxes with voice messages that are read over IMAP (features.md H2).
func MailServerEditor() Editor {
	find := func(s Scene, id string) phone.MailServer {
		for _, m := range s.Snap.Voicemail.Servers {
			if m.ID == id {
				return m
			}
		}
		m := phone.MailServer{}
		if a := s.Snap.DefaultAccount(); a != nil {
			m.Account = a.ID
		}
		return m
	}
	return Editor{
		Title: text.T("mailserver.title"), Help: text.T("mailserver.help"), Empty: text.T("mailserver.none"), New: text.T("mailserver.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, m := range s.Snap.Voicemail.Servers {
				state, wrong := MailServerState(s, m.ID)
				out = append(out, FormRow{ID: m.ID, Icon: "voicemail", Title: mailServerName(m), Detail: state + " · " + Clean(m.User+" · "+m.Address, 200), Warn: wrong})
			}
			return out
		},
		Start: func(s Scene, id string) Values { return mailValues(find(s, id)) },
		Form:  mailFields,
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			m := mailFrom(v)
			if m.ID = id; id == "" {
				m.ID = fresh
			}
			return []phone.Command{phone.PutMailServer{Server: m, Password: phone.Secret(v["password"])}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveMailServer{ID: id} },
	}
}

func mailServerName(m phone.MailServer) string {
	if name := Clean(m.Name, nameLimit); name != "" {
		return name
	}
	return Clean(m.Address, nameLimit)
}

func mailValues(m phone.MailServer) Values {
	return Values{"name": m.Name, "address": m.Address, "user": m.User, "password": "", "folder": m.Folder, "tls": string(m.TLS), "ca": m.CAFile, "account": string(m.Account)}
}

func mailFields(s Scene, id string, v Values) Form {
	line := func(field, icon string, half bool) FormField {
		return FormField{ID: field, Label: text.T("mailserver." + field), Icon: icon, Half: half}
	}
	address := line("address", "server", true)
	address.Holder = "imap.example.com"
	address.Wrong = mailAddressWrong(v["address"])
	user := line("user", "user", true)
	if strings.TrimSpace(v["user"]) == "" {
		user.Wrong = text.T("mailserver.user_missing")
	}
	password := FormField{ID: "password", Kind: FieldSecret, Label: text.T("signin.password"), Icon: "key-round", Half: true}
	if id != "" {
		password.Holder = text.T("signin.password_kept")
	} else if v["password"] == "" {
		password.Wrong = text.T("mailserver.password_missing")
	}
	folder := line("folder", "folder-open", true)
	folder.Holder = "INBOX"
	way := FormField{ID: "tls", Kind: FieldSelect, Label: text.T("mailserver.tls"), Icon: "shield-check", Half: true, Options: []Choice{
		option(string(phone.MailTLSDirect), text.T("mailserver.tls_direct")), option(string(phone.MailTLSStart), text.T("mailserver.tls_start")), option(string(phone.MailTLSNone), text.T("mailserver.tls_none")),
	}}
	accounts := []Choice{option("", text.T("mailserver.account_none"))}
	for _, a := range s.Snap.Accounts {
		accounts = append(accounts, option(string(a.ID), AccountName(a.Account)))
	}
	of := FormField{ID: "account", Kind: FieldSelect, Label: text.T("mailserver.account"), Icon: "id-card", Options: accounts, Half: true}
	ca := line("ca", "file-text", false)
	ca.Kind = FieldFile
	ca.Help = text.T("mailserver.ca_help")
	if typed := strings.TrimSpace(v["ca"]); typed != "" && !filepath.IsAbs(typed) {
		ca.Wrong = text.T("book.path_relative")
	}
	name := line("name", "pencil", true)
	name.Holder = mailServerName(mailFrom(v))
	f := Form{Fields: []FormField{address, name, user, password, way, folder, of, ca}}
	if v["tls"] == string(phone.MailTLSNone) {
		f.Warn = text.T("mailserver.tls_none_help")
	}
	return f
}

// mailAddressWrong is what is wrong with host[:port].
func mailAddressWrong(typed string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return text.T("mailserver.address_missing")
	}
	host := typed
	if h, port, err := net.SplitHostPort(typed); err == nil {
		host = h
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return text.T("mailserver.port_wrong")
		}
	} else if strings.Count(typed, ":") == 1 {
		return text.T("mailserver.port_wrong")
	}
	if host == "" || strings.ContainsAny(host, "/@ ") {
		return text.T("mailserver.address_wrong")
	}
	return ""
}

func mailFrom(v Values) phone.MailServer {
	trim := func(f string) string { return strings.TrimSpace(v[f]) }
	return phone.MailServer{
		Name: trim("name"), Address: trim("address"), User: trim("user"), Folder: trim("folder"), TLS: phone.MailTLS(v["tls"]), CAFile: trim("ca"), Account: phone.AccountID(v["account"]),
	}
}
