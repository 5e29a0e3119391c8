package phonetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	kamailioModules = "/usr/lib/*/kamailio/modules" // of Debian's packages
	kamailioTables  = "/usr/share/kamailio/dbtext/kamailio"
)

// StartKamailioPresence starts the registrar with a presence server (RFC 3856, RFC 3903) and, for the subscribers named
// in lists, a resource list each (RFC 4662): the address is "list-" and the subscriber's name, the value who is on it.
// The exchange knows people without its port, so they are on the list as sip:NAME@127.0.0.1.
func StartKamailioPresence(t testing.TB, lists map[string][]string) *Kamailio {
	t.Helper()
	k := newKamailio(t)
	for _, module := range []string{"presence.so", "presence_xml.so", "rls.so"} {
		if found, err := filepath.Glob(filepath.Join(kamailioModules, module)); err != nil || len(found) == 0 {
			Missing(t, "kamailio-presence-modules is not installed (make test-deps)")
		}
	}
	db := filepath.Join(k.dir, "db")
	if err := os.Mkdir(db, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"version", "presentity", "active_watchers", "watchers", "xcap", "pua", "rls_presentity", "rls_watchers"} {
		text, err := os.ReadFile(filepath.Join(kamailioTables, table))
		if err != nil {
			t.Fatal(err)
		}
		if table == "xcap" {
			text = append(text, k.lists(lists)...)
		}
		if err := os.WriteFile(filepath.Join(db, table), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.modules = fmt.Sprintf(kamailioPresenceModules, k.Port, k.dir)
	k.routes = fmt.Sprintf(kamailioPresenceRoutes, k.Port)
	k.start(t)
	return k
}

// lists are the rows of the xcap table: an RLS services document (RFC 4826 section 4) for each subscriber.
func (k *Kamailio) lists(lists map[string][]string) []byte {
	var rows strings.Builder
	for user, members := range lists {
		var doc strings.Builder
		fmt.Fprintf(&doc, `<?xml version="1.0"?><rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">`+
			`<service uri="sip:list-%[1]s@%[2]s"><list name="list-%[1]s">`, user, k.Addr())
		for _, m := range members {
			fmt.Fprintf(&doc, `<rl:entry uri="sip:%s@127.0.0.1"/>`, m)
		}
		doc.WriteString(`</list><packages><package>presence</package></packages></service></rls-services>`)
		const servicesType = 8
		fmt.Fprintf(&rows, "%d:%s:127.0.0.1:%s:%d:etag:0:%s:0\n", strings.Count(rows.String(), "\n")+1, user, strings.ReplaceAll(doc.String(), ":", `\:`), servicesType, "services")
	}
	return []byte(rows.String())
}

// kamailioPresenceModules takes the port and the folder. Publications and lists are in tables of text: kept in memory only
// (publ_cache 2), a publication of 5.6 loses its body at the first refresh.
const kamailioPresenceModules = `
loadmodule "db_text.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
loadmodule "pua.so"
loadmodule "rls.so"
modparam("presence|presence_xml|pua|rls", "db_url", "text://%[2]s/db")
modparam("rls", "xcap_db_url", "text://%[2]s/db")
modparam("rls", "rlpres_db_url", "text://%[2]s/db")
modparam("presence", "server_address", "sip:127.0.0.1:%[1]d")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 0)
modparam("presence", "min_expires", 5)
modparam("presence", "clean_period", 1)
modparam("presence_xml", "force_active", 1)
modparam("presence_xml", "integrated_xcap_server", 1)
modparam("rls", "server_address", "sip:rls@127.0.0.1:%[1]d")
modparam("rls", "integrated_xcap_server", 1)
modparam("rls", "db_mode", 0)
modparam("rls", "waitn_time", 1)
modparam("rls", "to_presence_code", 5)
modparam("rls", "outbound_proxy", "sip:127.0.0.1:%[1]d")
`

// kamailioPresenceRoutes takes the port: what the resource list server asks its own presence server needs no password. Of
// the user "locked" no password is right for a PUBLISH.
const kamailioPresenceRoutes = `
	if (is_method("PUBLISH|SUBSCRIBE") && !($si == "127.0.0.1" && $sp == %[1]d)) {
		if (!pv_www_authenticate("127.0.0.1", "pw-$au", "0")) { www_challenge("127.0.0.1", "1"); exit; }
	}
	if (is_method("PUBLISH")) {
		if ($au == "locked") { www_challenge("127.0.0.1", "1"); exit; }
		if ($au != $rU) { sl_send_reply("403", "Forbidden"); exit; }
		handle_publish();
		exit;
	}
	if (is_method("SUBSCRIBE")) {
		$var(r) = rls_handle_subscribe();
		if ($var(r) == 5) handle_subscribe();
		exit;
	}
	if (is_method("NOTIFY") && $si == "127.0.0.1" && $sp == %[1]d && has_totag()) { rls_handle_notify(); exit; }
`
