package phonetest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"svara/phone/phonetest/certs"
)

// Kamailio is a plain registrar and proxy: digest for everything, bindings in memory, no sound of its own. Anybody may
// register with the password "pw-" + user name.
type Kamailio struct {
	*Process
	Port int // UDP and TCP
	TLS  int // the port of TLS; 0 is none
	dir  string

	modules, routes string // of the configuration, besides the plain ones
}

// Addr is host:port for SIP.
func (k *Kamailio) Addr() string { return fmt.Sprintf("127.0.0.1:%d", k.Port) }

// AddrTLS is host:port for SIP over TLS.
func (k *Kamailio) AddrTLS() string { return fmt.Sprintf("127.0.0.1:%d", k.TLS) }

// StartKamailioTLS starts a registrar that speaks TLS as well.
func StartKamailioTLS(t testing.TB, c *certs.Certificate) *Kamailio {
	t.Helper()
	k := newKamailio(t)
	k.TLS = FreePort(t)
	k.modules = fmt.Sprintf(`enable_tls=yes
listen=tls:127.0.0.1:%d
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "%s")
modparam("tls", "private_key", "%s")
`, k.TLS, c.CertFile, c.KeyFile)
	k.start(t)
	return k
}

// StartKamailio starts the registrar and waits until it answers.
func StartKamailio(t testing.TB) *Kamailio {
	t.Helper()
	k := newKamailio(t)
	k.start(t)
	return k
}

func newKamailio(t testing.TB) *Kamailio {
	t.Helper()
	Need(t, "kamailio", "kamcmd")
	return &Kamailio{Port: FreePort(t), dir: t.TempDir()}
}

func (k *Kamailio) start(t testing.TB) {
	t.Helper()
	file := filepath.Join(k.dir, "kamailio.cfg")
	if err := os.WriteFile(file, []byte(fmt.Sprintf(kamailioConfig, k.Port, k.dir, k.modules, k.routes)), 0o600); err != nil {
		t.Fatal(err)
	}
	k.Process = Start(t, StartOptions{Group: true, Dir: k.dir}, "kamailio", "-f", file, "-DD", "-E", "-m", "64", "-M", "8", "-w", k.dir, "-Y", k.dir)
	k.Ready(20*time.Second, "answering", func() bool {
		_, err := Run(StartOptions{}, "kamcmd", "-s", "unix:"+k.dir+"/ctl", "core.uptime")
		return err == nil
	})
}

// Contacts is what the registrar knows about its users, as text.
func (k *Kamailio) Contacts() string {
	k.t.Helper()
	out, err := Run(StartOptions{}, "kamcmd", "-s", "unix:"+k.dir+"/ctl", "ul.dump")
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

// kamailioConfig takes the port, the folder, further modules and further routes. RFC 3261 16.3-16.6 in their shortest form;
// who is behind a translator is reached by the connection its messages came by.
const kamailioConfig = `#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
socket_workers=1
auto_aliases=no
listen=udp:127.0.0.1:%[1]d
listen=tcp:127.0.0.1:%[1]d
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "sanity.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "nathelper.so"
loadmodule "ctl.so"
modparam("ctl", "binrpc", "unix:%[2]s/ctl")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", 3600)
modparam("registrar", "min_expires", 30)
modparam("registrar", "received_avp", "$avp(RECEIVED)")
modparam("nathelper", "received_avp", "$avp(RECEIVED)")
modparam("rr", "enable_full_lr", 1)
modparam("auth", "nonce_expire", 60)
%[3]srequest_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (!sanity_check("1511", "7")) exit;
	if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
%[4]s	if (is_method("INVITE|UPDATE")) add_contact_alias();
	if (has_totag()) {
		if (loose_route()) { handle_ruri_alias(); t_relay(); exit; }
		if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
		sl_send_reply("404", "Not here");
		exit;
	}
	t_check_trans();
	if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("127.0.0.1", "pw-$au", "0")) { www_challenge("127.0.0.1", "1"); exit; }
		if ($au != $tU) { sl_send_reply("403", "Forbidden"); exit; }
		fix_nated_register();
		if (!save("location")) sl_reply_error();
		exit;
	}
	if (!pv_proxy_authenticate("127.0.0.1", "pw-$au", "0")) { proxy_challenge("127.0.0.1", "1"); exit; }
	consume_credentials();
	record_route();
	if (!lookup("location")) {
		switch ($retcode) {
			case -1: case -3: sl_send_reply("404", "Not Found"); exit;
			case -2: sl_send_reply("405", "Method Not Allowed"); exit;
		}
	}
	if (!t_relay()) sl_reply_error();
}
onreply_route { add_contact_alias(); }
`
