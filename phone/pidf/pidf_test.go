package pidf_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/pidf"
)

type presence = phone.Presence

var (
	now   = time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	until = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	since = time.Date(2026, 11, 23, 8, 15, 7, 0, time.UTC)
)

// TestWrittenAndRead: everything we tell of ourselves and of a queue arrives as it was.
func TestWrittenAndRead(t *testing.T) {
	all := []presence{
		{},
		{Open: true, Activity: phone.ActivityAvailable},
		{Activity: phone.ActivityAvailable, Since: since},
		{Open: true, Activity: phone.ActivityOther, Name: "Matar ankor <3 & \"kråkor\"", Note: "tillbaka\nsnart"},
		{Open: true, Activity: phone.ActivityAvailable, Agents: []phone.AgentState{{ID: "2101", Open: true}, {ID: "anna åberg@home;x", Open: false}}},
		{Activity: phone.ActivityMeeting, Divert: "0701740605"},
		{Note: "bara en rad"},
	}
	for _, k := range phone.ActivityKinds {
		all = append(all, presence{Activity: k, Open: k.Rings(), Name: "Eget", Note: "Åter kl 12", Until: until, Since: since})
	}
	for _, p := range all {
		text := pidf.Build("sip:2100@pbx.example.com:5070;x=y", p, now)
		got, err := pidf.Parse(text)
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%+v, %v\nwant %+v\n%s", got, err, p, text)
		}
	}
	// A time of another zone and with nanoseconds is the same second.
	p := presence{Activity: phone.ActivityLunch, Until: until.In(time.FixedZone("", 3600)).Add(5)}
	if got, err := pidf.Parse(pidf.Build("sip:a@b", p, now)); err != nil || !got.Until.Equal(until) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestStrangersUnderstand: phones that know the RFCs only see the activity, the note and the end.
func TestStrangersUnderstand(t *testing.T) {
	text := pidf.Build("sip:a@b", presence{Activity: phone.ActivityMeeting, Note: "A & B", Until: until}, now)
	for _, want := range []string{
		`entity="sip:a@b"`, `<basic>closed</basic>`, "<note>A &amp; B</note>", "<timestamp>2026-11-23T10:30:00Z</timestamp>",
		`<rpid:activities until="2026-11-23T12:00:00Z">`, "<rpid:meeting/>", "<dm:note>A &amp; B</dm:note>",
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	own := withoutOurs(text)
	got, err := pidf.Parse(own)
	if want := (presence{Activity: phone.ActivityMeeting, Note: "A & B", Until: until}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, k := range phone.ActivityKinds {
		got, err := pidf.Parse(withoutOurs(pidf.Build("sip:a@b", presence{Activity: k}, now)))
		if err != nil || k != phone.ActivityAvailable && (got.Activity == "" || got.Activity == phone.ActivityOther) {
			t.Errorf("%s is told as %+v, %v", k, got, err)
		}
	}
}

// withoutOurs leaves out what only we understand.
func withoutOurs(text []byte) []byte {
	from, to := bytes.Index(text, []byte("<sv:")), bytes.Index(text, []byte("</sv:activity>"))
	return append(append([]byte{}, text[:from]...), text[to+len("</sv:activity>"):]...)
}

// TestRealWorld reads documents as exchanges and phones write them.
func TestRealWorld(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       presence
	}{
		{"Asterisk, idle", `<?xml version="1.0" encoding="UTF-8"?>
<presence entity="sip:2101@192.0.2.1" xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid">
 <note>Ready</note>
 <tuple id="2101"><status><basic>open</basic></status><contact priority="1">sip:2101@192.0.2.1</contact></tuple>
 <dm:person><rpid:activities /></dm:person>
</presence>`, presence{Open: true, Activity: phone.ActivityAvailable}},
		{"Asterisk, in a call", `<presence entity="sip:2101@192.0.2.1" xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid">
 <note>On the phone</note><tuple id="2101"><status><basic>closed</basic></status><contact priority="1">sip:2101@192.0.2.1</contact></tuple>
 <dm:person><rpid:activities><rpid:on-the-phone /></rpid:activities></dm:person></presence>`, presence{Activity: phone.ActivityBusy}},
		{"Asterisk, the old channel: the activity in a status", `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:pp="urn:ietf:params:xml:ns:pidf:person" xmlns:es="urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status" xmlns:ep="urn:ietf:params:xml:ns:pidf:rpid:rpid-person" entity="sip:2100@x">
<pp:person><status>
<ep:activities><ep:away/></ep:activities>
</status></pp:person>
<note>Unavailable</note>
<tuple id="2101"><contact priority="1">sip:2101@x</contact><status><basic>closed</basic></status></tuple></presence>`,
			presence{Activity: phone.ActivityBreak, Agents: []phone.AgentState{{ID: "2101"}}}},
		{"FreeSWITCH", `<?xml version='1.0' encoding='UTF-8'?>
<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' xmlns:c='urn:ietf:params:xml:ns:pidf:cipid' entity='sip:1001@x'>
 <tuple id='t6a5ed77e'><status><basic>open</basic></status></tuple>
 <dm:person id='p06360c4a'><rpid:activities><rpid:away/></rpid:activities><dm:note>Away</dm:note></dm:person></presence>`,
			presence{Open: true, Activity: phone.ActivityBreak}},
		{"Linphone: activity and note, a contact that is the device", `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<p1:presence xmlns:p1="urn:ietf:params:xml:ns:pidf" xmlns:ns2="urn:ietf:params:xml:ns:pidf:data-model" xmlns:ns3="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:anna@x.se">
<p1:tuple id="nqi3ld"><p1:status><p1:basic>open</p1:basic></p1:status><p1:contact priority="0.8">sip:anna@198.51.100.4:5060;transport=tls</p1:contact><p1:timestamp>2026-11-23T10:00:00Z</p1:timestamp></p1:tuple>
<ns2:person id="v8ckpt"><ns3:activities><ns3:unknown/><ns3:shopping/><ns3:vacation/></ns3:activities><ns2:note xml:lang="sv">Ses i januari</ns2:note></ns2:person></p1:presence>`,
			presence{Open: true, Activity: phone.ActivityVacation, Note: "Ses i januari"}},
		{"Kamailio: two devices, two persons, the later counts", `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:anna@x">
<tuple id="a"><status><basic>closed</basic></status></tuple><tuple id="b"><status><basic>open</basic></status><note>tuple</note></tuple>
<person xmlns="urn:ietf:params:xml:ns:pidf:data-model" id="1"><activities xmlns="urn:ietf:params:xml:ns:pidf:rpid"><lunch/></activities><timestamp>2026-11-23T11:00:00+01:00</timestamp></person>
<person xmlns="urn:ietf:params:xml:ns:pidf:data-model" id="2"><activities xmlns="urn:ietf:params:xml:ns:pidf:rpid" from="2026-11-23T08:15:07" until="2026-11-23T13:00:00.5+01:00"><other> Tandläkaren </other></activities><timestamp>2026-11-23T10:30:00Z</timestamp></person>
</presence>`, presence{Open: true, Activity: phone.ActivityOther, Name: "Tandläkaren", Note: "tuple", Since: since, Until: until}},
		{"activities in the tuple, an unknown one by its name", `<presence entity="pres:a@x"><tuple id="1"><status><basic> OPEN </basic></status><activities><sleeping/></activities></tuple></presence>`,
			presence{Open: true, Activity: phone.ActivityOther, Name: "sleeping"}},
		{"a queue with agents only", `<presence entity="sip:600@x"><tuple id="1"><status><basic>open</basic></status><contact>tel:+46812345</contact></tuple><tuple id="2"><status><basic>closed</basic></status><contact>sip:2102@x</contact></tuple></presence>`,
			presence{Open: true, Activity: phone.ActivityAvailable, Agents: []phone.AgentState{{ID: "+46812345", Open: true}, {ID: "2102"}}}},
		{"nothing told", `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@x"/>`, presence{}},
		{"a later version's kind, times that are none", `<presence entity="sip:a@x"><person><activities from="yesterday" until="0001-01-01T00:00:00Z"><x:activity xmlns:x="urn:x-svara:activity" kind="siesta">Siesta</x:activity></activities></person></presence>`,
			presence{Activity: phone.ActivityOther, Name: "Siesta"}},
		{"Latin-1, an entity that nobody knows", "\ufeff<presence entity=\"sip:a@x\"><note>K\xe4llan&nbsp;&amp;</note></presence>", presence{Note: "Källan&nbsp;&"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := []byte(c.text)
			if strings.Contains(c.name, "Latin-1") {
				text = bytes.TrimPrefix(text, []byte("\ufeff"))
			}
			got, err := pidf.Parse(text)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	const open, end = `<presence entity="sip:a@x">`, `</presence>`
	for _, c := range []struct{ name, text, msg string }{
		{"nothing", "", "EOF"},
		{"no XML", "busy", "EOF"},
		{"something else", "<dialog-info/>", `unexpected element "dialog-info"`},
		{"cut off", open + "<tuple><status><basic>op", "unexpected EOF"},
		{"document type", `<!DOCTYPE p [<!ENTITY a "b">]>` + open + "&a;" + end, "a document type is not allowed"},
		{"a thousand million laughs", `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>` + open + "<note>&b;</note>" + end, "a document type is not allowed"},
		{"a file", `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + open + "<note>&x;</note>" + end, "a document type is not allowed"},
		{"too deep", open + strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40) + end, "too deep"},
		{"too large", open + strings.Repeat(" ", 64<<10) + end, "more than 65536"},
		{"too many", open + strings.Repeat("<tuple/>", 513) + end, "too many tuples"},
		{"UTF-16", `<?xml version="1.0" encoding="UTF-16"?>` + open + end, "unknown encoding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := pidf.Parse([]byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), "read presence: ") || !strings.Contains(err.Error(), c.msg) {
				t.Errorf("%+v, %v; want %q", got, err, c.msg)
			}
			if !reflect.DeepEqual(got, presence{}) {
				t.Errorf("half a document: %+v", got)
			}
		})
	}
	long, err := pidf.Parse([]byte(open + "<note>" + strings.Repeat("å", 20000) + "</note>" + end))
	if err != nil || len([]rune(long.Note)) != 1000 {
		t.Errorf("a long note: %d, %v", len(long.Note), err)
	}
}

// FuzzParse: what is read can be written and read again, the same.
func FuzzParse(f *testing.F) {
	f.Add(pidf.Build("sip:a@b", presence{Activity: phone.ActivityLunch, Name: "x", Note: "y", Until: until, Since: since, Agents: []phone.AgentState{{ID: "1", Open: true}}}, now))
	f.Add([]byte(`<p:presence xmlns:p="q" entity="sip:a@x"><p:tuple><p:status><p:basic>open</p:basic></p:status><p:contact>sip:b@x</p:contact></p:tuple><person><activities until="2026-01-01T00:00:00Z"><busy/></activities></person></p:presence>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := pidf.Parse(data)
		if err != nil {
			return
		}
		text := pidf.Build("pres:entity", got, now)
		again, err := pidf.Parse(text)
		if err != nil && len(text) > 64<<10 {
			return
		}
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q\nread   %+v\nwrites %q\nread   %+v, %v", data, got, text, again, err)
		}
	})
}
