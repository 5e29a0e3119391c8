package dialoginfo_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"svara/phone/dialoginfo"
)

type (
	doc    = dialoginfo.Document
	dialog = dialoginfo.Dialog
	party  = dialoginfo.Participant
)

const (
	prolog = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	root   = `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:2101@pbx">`
)

// TestRealWorld reads documents as exchanges write them.
func TestRealWorld(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       doc
	}{
		{"Asterisk, ringing: the extension as id, no Call-ID, targets that are not contacts", prolog +
			`<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="17" state="full" entity="sip:2101@192.0.2.1:5060">
 <dialog id="2101" direction="recipient">
  <remote>
   <identity display="Kaféet">sip:0701234567@192.0.2.1</identity>
   <target uri="sip:0701234567@192.0.2.1" />
  </remote>
  <local>
   <identity display="Anna Berg">sip:2101@192.0.2.1</identity>
   <target uri="sip:2101@192.0.2.1:5060" />
  </local>
  <state>early</state>
 </dialog>
</dialog-info>
`, doc{Entity: "sip:2101@192.0.2.1:5060", Version: 17, Full: true, Dialogs: []dialog{{
			ID: "2101", Direction: dialoginfo.Recipient, State: dialoginfo.Early,
			Local:  party{URI: "sip:2101@192.0.2.1", Name: "Anna Berg", Target: "sip:2101@192.0.2.1:5060"},
			Remote: party{URI: "sip:0701234567@192.0.2.1", Name: "Kaféet", Target: "sip:0701234567@192.0.2.1"},
		}}}},

		{"Asterisk, idle: a terminated dialog", prolog +
			`<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:2101@192.0.2.1"><dialog id="2101"><state>terminated</state></dialog></dialog-info>`,
			doc{Entity: "sip:2101@192.0.2.1", Full: true, Dialogs: []dialog{{ID: "2101", State: dialoginfo.Terminated}}}},

		{"Asterisk, on hold: rendering as a parameter of the target", prolog +
			`<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="3" state="full" entity="sip:2101@pbx">
<dialog id="2101"><state>confirmed</state><local><target uri="sip:2101@pbx"><param pname="+sip.rendering" pvalue="no" /></target></local></dialog></dialog-info>`,
			doc{Entity: "sip:2101@pbx", Version: 3, Full: true, Dialogs: []dialog{{ID: "2101", State: dialoginfo.Confirmed, Local: party{Target: "sip:2101@pbx"}}}}},

		{"FreeSWITCH: partial, a channel's UUID, names that are not escaped", `<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="5" state="partial" entity="sip:1001@pbx.example.com">
<dialog id="6c3b7e0a-5f0e-4f5a-9f0b-3f6a4f0e8a11" direction="initiator">
<state>confirmed</state>
<local>
<identity display="1001">sip:1001@pbx.example.com</identity>
<target uri="sip:1001@pbx.example.com">
<param pname="+sip.rendering" pvalue="yes"/>
</target>
</local>
<remote>
<identity display="Berg & Söner">sip:1002@pbx.example.com</identity>
<target uri="sip:**1001@pbx.example.com"/>
</remote>
</dialog>
</dialog-info>
`, doc{Entity: "sip:1001@pbx.example.com", Version: 5, Dialogs: []dialog{{
			ID: "6c3b7e0a-5f0e-4f5a-9f0b-3f6a4f0e8a11", Direction: dialoginfo.Initiator, State: dialoginfo.Confirmed,
			Local:  party{URI: "sip:1001@pbx.example.com", Name: "1001", Target: "sip:1001@pbx.example.com"},
			Remote: party{URI: "sip:1002@pbx.example.com", Name: "Berg & Söner", Target: "sip:**1001@pbx.example.com"},
		}}}},

		{"FreeSWITCH, idle: no dialog at all", `<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:1001@pbx.example.com">
</dialog-info>
`, doc{Entity: "sip:1001@pbx.example.com", Full: true}},

		{"Kamailio: version with leading zeros, tags for Replaces, a duration", `<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="00000000042" state="full" entity="sip:2101@example.com">
  <dialog id="a84b4c76e66710@198.51.100.7" call-id="a84b4c76e66710@198.51.100.7" local-tag="1928301774" remote-tag="456248" direction="recipient">
    <state>confirmed</state>
    <duration>37</duration>
    <remote><identity>sip:2102@example.com</identity><target uri="sip:2102@198.51.100.7:5062;transport=tcp"/></remote>
    <local><identity>sip:2101@example.com</identity><target uri="sip:2101@198.51.100.8:5060"/></local>
  </dialog>
</dialog-info>`, doc{Entity: "sip:2101@example.com", Version: 42, Full: true, Dialogs: []dialog{{
			ID: "a84b4c76e66710@198.51.100.7", CallID: "a84b4c76e66710@198.51.100.7", LocalTag: "1928301774", RemoteTag: "456248",
			Direction: dialoginfo.Recipient, State: dialoginfo.Confirmed, Duration: 37 * time.Second,
			Local:  party{URI: "sip:2101@example.com", Target: "sip:2101@198.51.100.8:5060"},
			Remote: party{URI: "sip:2102@example.com", Target: "sip:2102@198.51.100.7:5062;transport=tcp"},
		}}}},

		{"a shared line: prefixed namespace, foreign elements, names inside identities, an event of the state", `<?xml version='1.0'?>
<!-- sent by a shared line server -->
<di:dialog-info xmlns:di="urn:ietf:params:xml:ns:dialog-info" xmlns:sa="urn:ietf:params:xml:ns:sa-dialog-info" entity="sip:2000@example.com" state="partial" version="2">
  <di:dialog id="7" call-id="x&amp;y" local-tag="a" remote-tag="b" direction="Initiator">
    <sa:appearance>1</sa:appearance>
    <sa:exclusive>false</sa:exclusive>
    <sa:state>terminated</sa:state>
    <di:state event="remote-bye" code="200"> Early </di:state>
    <sa:duration>9</sa:duration><sa:state>confirmed</sa:state>
    <di:replaces call-id="other" local-tag="x" remote-tag="y"/>
    <di:local><di:identity>&quot;Växeln &lt;1&gt;&quot; &lt;sip:2000@example.com;user=phone&gt;</di:identity><di:cseq>1</di:cseq></di:local>
    <di:remote>
      <di:identity display="  Anna  ">Berg &lt;sip:+46701234567@example.com&gt;;tag=b</di:identity>
      <di:identity>tel:+46701234567</di:identity>
      <di:target uri="&lt;sip:+46701234567@198.51.100.9:5060;ob&gt;"/>
      <di:session-description type="application/sdp">v=0</di:session-description>
    </di:remote>
  </di:dialog>
</di:dialog-info>`, doc{Entity: "sip:2000@example.com", Version: 2, Dialogs: []dialog{{
			ID: "7", CallID: "x&y", LocalTag: "a", RemoteTag: "b", Direction: dialoginfo.Initiator, State: dialoginfo.Early,
			Local:  party{URI: "sip:2000@example.com;user=phone", Name: "Växeln <1>"},
			Remote: party{URI: "sip:+46701234567@example.com", Name: "Anna", Target: "sip:+46701234567@198.51.100.9:5060;ob"},
		}}}},

		{"no namespace, version, state, id or prolog", `<dialog-info entity="sip:5@x"><dialog><state>proceeding</state></dialog><dialog call-id="c1"><state>trying</state></dialog></dialog-info>`,
			doc{Entity: "sip:5@x", Full: true, Dialogs: []dialog{{ID: ";1", State: dialoginfo.Proceeding}, {ID: "c1", CallID: "c1", State: dialoginfo.Trying}}}},

		{"one id for several calls", root + `<dialog id="2101" call-id="c1"><state>early</state></dialog><dialog id="2101" call-id="c2"><state>confirmed</state></dialog>` +
			`<dialog id="2101"><state>early</state></dialog><dialog id="2101"><state>early</state></dialog></dialog-info>`,
			doc{Entity: "sip:2101@pbx", Version: 1, Full: true, Dialogs: []dialog{
				{ID: "2101", CallID: "c1", State: dialoginfo.Early}, {ID: "2101;c2", CallID: "c2", State: dialoginfo.Confirmed},
				{ID: "2101;1", State: dialoginfo.Early}, {ID: "2101;1;2", State: dialoginfo.Early},
			}}},

		{"states and directions that nobody knows", `<dialog-info version="1.5" state="PARTIAL" entity="sip:2101@pbx">` +
			`<dialog id="1"><state>seized</state></dialog><dialog id="2"/><dialog id="3" direction="both"><state/><state>con<!-- -->firmed</state><duration>-4</duration></dialog></dialog-info>`,
			doc{Entity: "sip:2101@pbx", Dialogs: []dialog{{ID: "3", State: dialoginfo.Confirmed}}}},

		{"Latin-1 that says so", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + root + "<dialog id=\"1\"><state>early</state><remote><identity display=\"K\xe4llan\">sip:1@x</identity></remote></dialog></dialog-info>",
			doc{Entity: "sip:2101@pbx", Version: 1, Full: true, Dialogs: []dialog{{ID: "1", State: dialoginfo.Early, Remote: party{URI: "sip:1@x", Name: "Källan"}}}}},
		{"Latin-1 that says it is UTF-8", prolog + root + "<dialog id=\"1\"><state>early</state><remote><identity display=\"K\xe4llan\">sip:1@x</identity></remote></dialog></dialog-info>",
			doc{Entity: "sip:2101@pbx", Version: 1, Full: true, Dialogs: []dialog{{ID: "1", State: dialoginfo.Early, Remote: party{URI: "sip:1@x", Name: "Källan"}}}}},
		{"byte order mark", "\ufeff" + root + "</dialog-info>\r\n\r\n", doc{Entity: "sip:2101@pbx", Version: 1, Full: true}},
		{"unknown entity", root + `<dialog id="1"><state>early</state><remote><identity display="a&nbsp;b">sip:1@x</identity></remote></dialog></dialog-info>`,
			doc{Entity: "sip:2101@pbx", Version: 1, Full: true, Dialogs: []dialog{{ID: "1", State: dialoginfo.Early, Remote: party{URI: "sip:1@x", Name: "a&nbsp;b"}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dialoginfo.Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v\nwant %+v", got, c.want)
			}
			again, err := dialoginfo.Parse(got.Bytes())
			if err != nil || !reflect.DeepEqual(again, got) {
				t.Errorf("written and read again: %+v, %v", again, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, text, msg string }{
		{"nothing", "", "no dialog-info element"},
		{"blank", " \r\n", "no dialog-info element"},
		{"prolog only", prolog, "no dialog-info element"},
		{"no XML", "busy", "no dialog-info element"},
		{"something else", `<presence xmlns="urn:ietf:params:xml:ns:pidf"/>`, `unexpected element "presence"`},
		{"a second one", root + "</dialog-info>" + root + "</dialog-info>", `unexpected element "dialog-info"`},
		{"cut off", root + `<dialog id="1"><state>early</st`, "unexpected EOF"},
		{"cut off in an attribute", `<dialog-info entity="sip:21`, "unexpected EOF"},
		{"cut off before its end", root, "unexpected EOF"},
		{"document type", `<!DOCTYPE dialog-info [<!ENTITY a "b">]>` + root + "</dialog-info>", "a document type is not allowed"},
		{"file by an entity", `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + root + `<dialog id="&x;"/></dialog-info>`, "a document type is not allowed"},
		{"too deep", root + strings.Repeat("<dialog>", 40) + strings.Repeat("</dialog>", 40) + "</dialog-info>", "too deep"},
		{"too deep elsewhere", root + strings.Repeat(`<x xmlns="y">`, 40) + strings.Repeat("</x>", 40) + "</dialog-info>", "too deep"},
		{"too large", root + strings.Repeat(" ", 256<<10) + "</dialog-info>", "more than 262144"},
		{"too many", root + strings.Repeat(`<dialog id="1"><state>early</state></dialog>`, 513) + "</dialog-info>", "too many dialogs"},
		{"wrong end", root + "</dialog-info></dialog>", "unexpected end element"},
		{"characters that XML has not", root + "<dialog id=\"&#0;\"/></dialog-info>", "illegal character"},
		{"UTF-16", `<?xml version="1.0" encoding="UTF-16"?>` + root + "</dialog-info>", `unknown encoding "UTF-16"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dialoginfo.Parse([]byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), "read dialog-info: ") || !strings.Contains(err.Error(), c.msg) {
				t.Errorf("%+v, %v; want %q", got, err, c.msg)
			}
			if !reflect.DeepEqual(got, doc{}) {
				t.Errorf("half a document: %+v", got)
			}
		})
	}
}

// TestLimitsAreReached: the bounds leave room for what is real.
func TestLimitsAreReached(t *testing.T) {
	got, err := dialoginfo.Parse([]byte(root + strings.Repeat(`<dialog id="1"><state>early</state></dialog>`, 512) + "</dialog-info>"))
	if err != nil || len(got.Dialogs) != 512 {
		t.Errorf("%d dialogs, %v", len(got.Dialogs), err)
	}
	if _, err := dialoginfo.Parse([]byte(root + strings.Repeat(" ", 200<<10) + "</dialog-info>")); err != nil {
		t.Error(err)
	}
}

// FuzzParse: what is read can be written and read again, the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(prolog + root + `<dialog id="1" call-id="c" local-tag="l" remote-tag="r" direction="recipient"><state>early</state><duration>7</duration>` +
		`<local><identity display="A &amp; B">sip:1@x</identity><target uri="sip:1@y"/></local><remote><identity>"C" &lt;sip:2@x&gt;</identity></remote></dialog></dialog-info>`))
	f.Add([]byte(`<a:dialog-info xmlns:a="b" version="4" state="partial" entity="x"><a:dialog><a:state>trying</a:state><b><c/></b></a:dialog></a:dialog-info>`))
	f.Add([]byte("<dialog-info entity='\xe4'><dialog><state>trying</state><remote><target uri='<a>'/></remote></dialog><dialog></dialog-info>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := dialoginfo.Parse(data)
		if err != nil {
			return
		}
		ids := map[string]bool{}
		for _, d := range got.Dialogs {
			if d.ID == "" || ids[d.ID] || d.State == "" || d.Duration < 0 {
				t.Errorf("%+v", d)
			}
			ids[d.ID] = true
		}
		text := got.Bytes()
		again, err := dialoginfo.Parse(text)
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q\nread   %+v\nwrites %q\nread   %+v, %v", data, got, text, again, err)
		}
	})
}
