package eventlist_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"svara/phone/eventlist"
)

type (
	list     = eventlist.List
	resource = eventlist.Resource
)

// kamailio is a notification as Kamailio's rls module writes it, spaces in its Content-Type included.
const (
	kamailioType = `multipart/related;type="application/rlmi+xml";start= "<1616161616.sip:list@example.com.1234>";boundary=50UBfW7LSCVLtggUPe5z`
	kamailio     = "--50UBfW7LSCVLtggUPe5z\r\n" +
		"Content-Transfer-Encoding: binary\r\nContent-ID: <1616161616.sip:list@example.com.1234>\r\nContent-Type: application/rlmi+xml;charset=\"UTF-8\"\r\n\r\n" +
		`<?xml version="1.0"?>` + "\n" +
		`<list uri="sip:list@example.com" xmlns="urn:ietf:params:xml:ns:rlmi" version="1" fullState="true">
  <resource uri="sip:bob@example.com"><instance id="juwigmtboe" state="active" cid="1616.bob.77"/></resource>
  <resource uri="sip:carol@example.com"><name xml:lang="sv">Carol &amp; Co</name><instance id="x" state="terminated" reason="noresource"/></resource>
  <resource uri="sip:dave@example.com"/>
</list>` + "\r\n" +
		"--50UBfW7LSCVLtggUPe5z\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <1616.bob.77>\r\nContent-Type: application/pidf+xml;charset=\"UTF-8\"\r\n\r\n" +
		"<presence/>\r\n--50UBfW7LSCVLtggUPe5z--\r\n"
)

func check(t *testing.T, contentType, body string, want list) {
	t.Helper()
	got, err := eventlist.Parse(contentType, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	ct, text := got.Build()
	if again, err := eventlist.Parse(ct, text); err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("written and read again: %+v, %v\n%s\n%s", again, err, ct, text)
	}
}

func TestRealWorld(t *testing.T) {
	t.Run("Kamailio", func(t *testing.T) {
		check(t, kamailioType, kamailio, list{URI: "sip:list@example.com", Version: 1, Full: true, Resources: []resource{
			{URI: "sip:bob@example.com", State: "active", ContentType: `application/pidf+xml;charset="UTF-8"`, Body: []byte("<presence/>")},
			{URI: "sip:carol@example.com", Name: "Carol & Co", State: "terminated", Reason: "noresource"},
			{URI: "sip:dave@example.com"},
		}})
	})
	t.Run("line feeds only, no start, a prefixed namespace", func(t *testing.T) {
		check(t, "Multipart/Related; boundary=b", "--b\nContent-Type: text/plain\nContent-ID: <1>\n\none\n--b\nContent-Type: Application/RLMI+xml\n\n"+
			`<r:list xmlns:r="urn:ietf:params:xml:ns:rlmi" uri="sip:l@x" version="000007" fullState="0"><r:resource uri="sip:a@x"><r:instance id="1" state="Pending"/>`+
			`<r:instance id="2" state="active" cid="1"/></r:resource></r:list>`+"\n--b--\n",
			list{URI: "sip:l@x", Version: 7, Resources: []resource{{URI: "sip:a@x", State: "active", ContentType: "text/plain", Body: []byte("one")}}})
	})
	t.Run("RLMI alone, Latin-1, a part that is missing", func(t *testing.T) {
		check(t, "application/rlmi+xml; charset=x", "<list uri='sip:l@x' fullState='true'><resource uri='sip:a@x'><name>K\xe4llan</name><instance state='active' cid='gone'/></resource></list>",
			list{URI: "sip:l@x", Full: true, Resources: []resource{{URI: "sip:a@x", Name: "Källan", State: "active"}}})
	})
	t.Run("a list in a list", func(t *testing.T) {
		inner := list{URI: "sip:in@x", Full: true, Resources: []resource{{URI: "sip:b@x", State: "active", ContentType: "text/plain", Body: []byte("two")}}}
		innerType, innerBody := inner.Build()
		outer := list{URI: "sip:out@x", Full: true, Resources: []resource{{URI: "sip:in@x", State: "active", ContentType: innerType, Body: innerBody}, {URI: "sip:c@x"}}}
		ct, body := outer.Build()
		check(t, ct, string(body), list{URI: "sip:out@x", Full: true, Resources: []resource{inner.Resources[0], {URI: "sip:c@x"}}})
	})
}

func TestBoundaryIsNotInABody(t *testing.T) {
	l := list{URI: "sip:l@x", Full: true, Resources: []resource{{URI: "sip:a@x", State: "active", ContentType: "text/plain", Body: []byte("--svara-list-0\r\nsvara-list-1--")}}}
	ct, body := l.Build()
	check(t, ct, string(body), l)
}

func TestRefused(t *testing.T) {
	nest := list{URI: "sip:l@x", Resources: []resource{{URI: "sip:a@x", State: "active", ContentType: "text/plain", Body: []byte("x")}}}
	ct, body := nest.Build()
	for range 3 {
		ct, body = list{Resources: []resource{{URI: "sip:l@x", State: "active", ContentType: ct, Body: body}}}.Build()
	}
	rlmi := func(s string) string { return `<list uri="sip:l@x" fullState="true">` + s + "</list>" }
	for _, c := range []struct{ name, ct, body, msg string }{
		{"another type", "application/pidf+xml", "<presence/>", "unexpected type"},
		{"no boundary", "multipart/related", "--b", "no boundary"},
		{"no part", "multipart/related;boundary=b", "--b--", "no RLMI part"},
		{"cut off", "multipart/related;boundary=b", "--b\r\nContent-Type: application/rlmi+xml\r\n\r\n" + rlmi(""), "parts: "},
		{"nothing", eventlist.RLMI, "", "EOF"},
		{"another element", eventlist.RLMI, "<presence/>", `unexpected element "presence"`},
		{"cut off XML", eventlist.RLMI, "<list><resource uri='a'>", "unexpected EOF"},
		{"document type", eventlist.RLMI, `<!DOCTYPE l [<!ENTITY a "b">]>` + rlmi("&a;"), "a document type is not allowed"},
		{"too deep", eventlist.RLMI, rlmi(strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)), "too deep"},
		{"too many", eventlist.RLMI, rlmi(strings.Repeat("<resource uri='sip:a@x'/>", 1001)), "too many resources"},
		{"too large", eventlist.RLMI, rlmi(strings.Repeat(" ", 64<<10)), "more than 65536"},
		{"lists too deep", ct, string(body), "nested too deep"},
		{"UTF-16", eventlist.RLMI, `<?xml version="1.0" encoding="UTF-16"?>` + rlmi(""), "unknown encoding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := eventlist.Parse(c.ct, []byte(c.body))
			if err == nil || !strings.HasPrefix(err.Error(), "read event list: ") || !strings.Contains(err.Error(), c.msg) {
				t.Errorf("%+v, %v; want %q", got, err, c.msg)
			}
			if !reflect.DeepEqual(got, list{}) {
				t.Errorf("half a list: %+v", got)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(kamailioType, []byte(kamailio))
	f.Add(eventlist.RLMI, []byte(`<list uri="sip:l@x" version="3"><resource uri="a"><name>b</name><instance state="active" cid="c"/></resource></list>`))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		got, err := eventlist.Parse(contentType, body)
		if err != nil {
			return
		}
		ct, text := got.Build()
		again, err := eventlist.Parse(ct, text)
		if len(text) > 64<<10 {
			return
		}
		if err != nil || len(again.Resources) != len(got.Resources) || again.URI != got.URI {
			t.Errorf("%q %q\nread %+v\nagain %+v, %v", contentType, body, got, again, err)
		}
	})
}

// BenchmarkParse reads a list of a hundred people.
func BenchmarkParse(b *testing.B) {
	var l list
	for i := range 100 {
		l.Resources = append(l.Resources, resource{URI: fmt.Sprintf("sip:%d@x", i), State: "active", ContentType: "application/pidf+xml", Body: []byte(strings.Repeat("x", 400))})
	}
	ct, body := l.Build()
	for b.Loop() {
		if _, err := eventlist.Parse(ct, body); err != nil {
			b.Fatal(err)
		}
	}
}
