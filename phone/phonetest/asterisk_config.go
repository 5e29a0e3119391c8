package phonetest

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// unwanted are Asterisk modules that need servers of their own, open ports or cost time at start.
var unwanted = []string{
	"*odbc*", "*pgsql*", "*ldap*", "*mysql*", "*radius*", "cdr_*", "cel_*", "chan_iax2*", "chan_unistim*", "chan_ooh323*", "chan_motif*",
	"chan_console*", "chan_mobile*", "chan_websocket*", "chan_audiosocket*", "*_jack*", "pbx_dundi*", "pbx_ael*", "pbx_lua*", "pbx_realtime*", "res_snmp*",
	"res_ari*", "res_calendar*", "res_xmpp*", "res_phoneprov*", "res_hep*", "res_prometheus*", "res_statsd*", "res_smdi*", "res_config_*",
	"res_stun_monitor*", "res_pjsip_phoneprov*", "res_pjsip_transport_websocket*", "res_http_websocket*", "res_websocket_client*", "app_voicemail_*",
	"app_minivm*", "app_adsiprog*", "res_adsi*", "res_fax*", "res_aeap*", "res_speech*", "app_festival*", "res_stir_shaken*", "res_pjsip_stir_shaken*",
	"res_geolocation*", "res_pjsip_geolocation*", "res_corosync*", "res_resolver_unbound*", "app_speech*", "app_stasis*", "res_stasis*", "app_agent_pool*",
	"app_alarmreceiver*", "app_amd*", "app_followme*", "app_getcpeid*", "res_agi*", "res_http_media_cache*", "res_pjsip_config_wizard*", "res_audiosocket*",
	"app_audiosocket*", "app_externalivr*", "res_resolver*", "res_pjsip_notify*", "app_sla*", "app_mp3*", "res_pjsip_aoc*",
}

// configure makes Asterisk's files.
func (a *Asterisk) configure(c AsteriskConfig) map[string]string {
	rtp := 20000 + a.Port%200*100
	numbers, contexts := a.queuePlan(c)
	files := map[string]string{
		"asterisk.conf": fmt.Sprintf(`[directories]
astetcdir => %[1]s
astmoddir => %[2]s
astvarlibdir => %[1]s/lib
astdbdir => %[1]s/lib
astkeydir => %[1]s/keys
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => %[1]s/spool
astrundir => %[1]s/run
astlogdir => %[1]s/log
astsbindir => /usr/sbin
[options]
verbose = 3
systemname = svara-test
[files]
astctlpermissions = 0600
`, a.dir, a.moduleDir()),
		"modules.conf": a.modules(c),
		"logger.conf":  "[general]\ndateformat = %T.%3q\n[logfiles]\nfull => notice,warning,error,verbose,security\n",
		"rtp.conf":     fmt.Sprintf("[general]\nrtpstart = %d\nrtpend = %d\nstrictrtp = yes\n", rtp, rtp+98),
		"pjsip.conf":   a.pjsip(c),
		"extensions.conf": `[general]
static = yes
writeprotect = yes
` + dialplan(a.dir) + c.switchboard() + c.Extra + "\n" + numbers + contexts,
		"indications.conf": "[general]\ncountry = se\n[se]\ndescription = Sweden\nringcadence = 1000,5000\ndial = 425\nbusy = 425/250,0/250\nring = 425/1000,0/5000\ncongestion = 425/250,0/750\n",
		"manager.conf":     a.managerConf(c),
		"http.conf":        "[general]\nenabled = no\n",
		"codecs.conf":      "[opus]\ntype = opus\n",
	}
	for _, name := range []string{
		"acl", "ccss", "cdr", "cel", "cli_aliases", "cli_permissions", "dsp", "pjproject", "stasis", "udptl",
	} {
		files[name+".conf"] = "; empty on purpose\n"
	}
	if c.TLS != nil {
		for name, from := range map[string]string{"server.pem": c.TLS.CertFile, "server.key": c.TLS.KeyFile} {
			text, err := os.ReadFile(from)
			if err != nil {
				a.t.Fatal(err)
			}
			files[name] = string(text)
		}
	}
	maps.Copy(files, a.services(c))
	return files
}

func (a *Asterisk) moduleDir() string {
	found, err := filepath.Glob(filepath.Join(a.root, "usr/lib/*/asterisk/modules"))
	if err != nil || len(found) == 0 {
		a.t.Fatalf("%s has no Asterisk modules", a.root)
	}
	return strings.TrimPrefix(found[0], a.root)
}

func (a *Asterisk) modules(c AsteriskConfig) string {
	var b strings.Builder
	b.WriteString("[modules]\nautoload = yes\n")
	if !c.Voicemail {
		b.WriteString("noload = app_voicemail.so\n")
	}
	entries, err := os.ReadDir(filepath.Join(a.root, a.moduleDir()))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range entries {
		for _, pattern := range unwanted {
			if ok, _ := filepath.Match(pattern, e.Name()); ok {
				fmt.Fprintf(&b, "noload = %s\n", e.Name())
				break
			}
		}
	}
	return b.String()
}

func (a *Asterisk) pjsip(c AsteriskConfig) string {
	expires := c.MaxExpires
	if expires == 0 {
		expires = 3600
	}
	var b strings.Builder
	b.WriteString("[global]\ntype = global\nuser_agent = Asterisk\n")
	if os.Getenv("SVARA_TRACE") != "" { // all SIP in the log that a failed test shows
		b.WriteString("debug = yes\n")
	}
	if a.Major >= 22 {
		b.WriteString("default_auth_algorithms_uas = MD5\n")
	}
	for _, network := range []string{"udp", "tcp"} {
		fmt.Fprintf(&b, "[transport-%[1]s]\ntype = transport\nprotocol = %[1]s\nbind = %[2]s\n", network, a.Addr())
	}
	if c.TLS != nil {
		fmt.Fprintf(&b, "[transport-tls]\ntype = transport\nprotocol = tls\nbind = %s\ncert_file = %[2]s/server.pem\npriv_key_file = %[2]s/server.key\nmethod = tlsv1_2\n", a.AddrTLS(), a.dir)
	}
	for _, u := range c.Users {
		auth, codecs, dtmf := u.AuthUser, strings.Join(u.Codecs, ","), u.DTMF
		if auth == "" {
			auth = u.User
		}
		if codecs == "" {
			codecs = "opus,alaw,ulaw"
		}
		if dtmf == "" {
			dtmf = "rfc4733"
		}
		fmt.Fprintf(&b, `[%[1]s]
type = endpoint
context = svara
message_context = texts
disallow = all
allow = %[2]s
auth = %[1]s
aors = %[1]s
dtmf_mode = %[3]s
direct_media = no
rtp_symmetric = %[9]s
force_rport = yes
rewrite_contact = yes
callerid = "User %[1]s" <%[1]s>
send_pai = yes
call_group = 1
pickup_group = 1
notify_early_inuse_ringing = yes
allow_transfer = %[6]s
refer_blind_progress = %[7]s
%[8]s[%[1]s]
type = auth
username = %[4]s
password = %[5]s
`, u.User, codecs, dtmf, auth, u.Password, yes(!u.NoTransfer), yes(!u.NoProgress), u.encryption()+u.candidates()+u.media(a.net)+u.extensions(), yes(!u.Believes))
		if a.Major >= 22 {
			algorithms := "MD5"
			if u.SHA256 {
				algorithms = "SHA-256,MD5"
			}
			fmt.Fprintf(&b, "auth_type = digest\nsupported_algorithms_uas = %s\n", algorithms)
		} else {
			b.WriteString("auth_type = userpass\n")
		}
		fmt.Fprintf(&b, `[%s]
type = aor
max_contacts = %d
remove_existing = yes
minimum_expiration = 20
default_expiration = 60
maximum_expiration = %d
`, u.User, cmp.Or(c.Contacts, 2), expires)
		if u.Contact != "" {
			fmt.Fprintf(&b, "contact = sip:%s@%s\n", u.User, u.Contact)
		}
		if c.Voicemail {
			fmt.Fprintf(&b, "mailboxes = %s@default\n", u.User)
		}
	}
	if len(c.Queues) > 0 {
		b.WriteString(trunk)
	}
	return b.String()
}

// encryption is the endpoint's lines about SRTP.
func (u PBXUser) encryption() string {
	if u.Encryption == "" {
		return ""
	}
	lines := fmt.Sprintf("media_encryption = %s\nmedia_encryption_optimistic = %s\n", u.Encryption, yes(u.Optimistic))
	if u.Encryption == "dtls" {
		lines += "dtls_auto_generate_cert = yes\ndtls_verify = fingerprint\ndtls_setup = actpass\n"
	}
	return lines
}

// candidates is the endpoint's lines about ICE.
func (u PBXUser) candidates() string {
	lines := ""
	if u.ICE {
		lines += "ice_support = yes\n"
	}
	if u.Mux || u.Encryption == "dtls" && !u.Apart {
		lines += "rtcp_mux = yes\n"
	}
	return lines
}

// extensions is the endpoint's lines about what requests may or must support.
func (u PBXUser) extensions() string {
	lines := ""
	if u.Timers != "" {
		lines += "timers = " + u.Timers + "\ntimers_min_se = 90\ntimers_sess_expires = 90\n"
	}
	if u.Reliable != "" {
		lines += "100rel = " + u.Reliable + "\n"
	}
	return lines
}

// media is the address told for sound, where it is another than the real one.
func (u PBXUser) media(net *Internet) string {
	if u.Media == "" && net != nil { // it has several: sound must leave from the one that was told
		return "media_address = " + net.IP + "\nbind_rtp_to_media_address = yes\n"
	}
	if u.Media == "" {
		return ""
	}
	return "media_address = " + u.Media + "\n"
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// dialplan is the numbers of the const block above. Hang-up causes are ITU-T Q.850's; Asterisk makes SIP codes of them.
func dialplan(dir string) string {
	return strings.ReplaceAll(`[texts]
exten => _.,1,MessageSend(pjsip:${EXTEN},${MESSAGE(from)})
[svara]
exten => 600,1,Answer()
 same => n,Echo()
exten => 601,1,Answer()
 same => n,Milliwatt()
exten => 602,1,Answer()
 same => n,Read(DIGITS,,32,,,20)
 same => n,System(echo '${FILTER(0-9*#A-D,${DIGITS})}' > DIR/part && mv DIR/part 'DIR/digits-${FILTER(0-9a-zA-Z,${CALLERID(num)})}')
 same => n,Hangup()
exten => 603,1,Busy(1)
exten => 604,1,Ringing()
 same => n,Wait(2)
 same => n,Hangup(19)
exten => 605,1,Congestion(1)
exten => 606,1,Hangup(21)
exten => 607,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => 608,1,Answer()
 same => n,Playback(demo-congrats)
 same => n,Hangup()
exten => 609,1,Ringing()
 same => n,Wait(60)
exten => 610,1,Progress()
 same => n,Playtones(1004)
 same => n,Wait(60)
exten => _1XXX,1,Dial(PJSIP/${EXTEN},30)
 same => n,Hangup(${HANGUPCAUSE})
exten => _[a-z].,1,Dial(PJSIP/${EXTEN},30)
 same => n,Hangup(${HANGUPCAUSE})
`, "DIR", dir)
}
