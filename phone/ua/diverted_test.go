package ua

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// wayText is a call's way as text: number/name(reason).
func wayText(list []phone.Diversion) string {
	var out []string
	for _, d := range list {
		out = append(out, fmt.Sprintf("%s/%s(%s)", d.By.Number, d.By.Name, d.Reason))
	}
	return strings.Join(out, " ")
}

func requestWith(headers ...string) *sip.Request {
	req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "2100", Host: "x"})
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.AppendHeader(sip.NewHeader(name, value))
	}
	return req
}

func TestDiverted(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"none", nil, ""},
		{"Asterisk", []string{`Diversion: "Anna \"A\" Berg" <sip:2101@192.0.2.1>;reason=no-answer`}, `2101/Anna "A" Berg(no-answer)`},
		{"several, the newest first", []string{
			"Diversion: <sip:2103@x>;reason=user-busy;counter=1, <sip:2102@x>;reason=unconditional", `Diversion: "Bo, Växel" <tel:+4681234567>;reason="no-answer";privacy=off;screen=no`,
		}, "+4681234567/Bo, Växel(no-answer) 2102/(unconditional) 2103/(user-busy)"},
		{"odd quoting, case and words", []string{`Diversion: sip:2101@x;Reason=CFB`, `Diversion: <sip:2102@x> ;reason= "Follow-Me"`, "Diversion: <sip:2103@x>;reason=cfim"},
			"2103/(unconditional) 2102/(follow-me) 2101/(user-busy)"},
		{"a reason nobody knows, none", []string{"Diversion: <sip:2101@x>;reason=send_to_vm, <sip:2102@x>"}, "2102/(unknown) 2101/(unknown)"},
		{"who does not want to be known", []string{"Diversion: <sip:2101@x>;reason=away;privacy=full", `Diversion: "Anna" <sip:2102@x>;privacy="name";reason=away`, "Diversion: <sip:anonymous@anonymous.invalid>;reason=away"}, "2102/(away)"},
		{"half of it broken", []string{`Diversion: "unbalanced <sip:1@x>`, "Diversion: <sip:2101@x", "Diversion: ;;;,,", "Diversion: <sip:2102@x>;reason=deflection"}, "2102/(deflection)"},

		{"RFC 7044: busy, then on", []string{
			"History-Info: <sip:bob@biloxi.example.com?Reason=SIP%3Bcause%3D486>;index=1", "History-Info: <sip:carol@example.com>;index=1.1;mp=1",
		}, "bob/(user-busy)"},
		{"out of order, no answer, routing in between", []string{
			`History-Info: <sip:office@example.com;cause=302>;index=1.2;mp=1, <sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D408%3Btext%3D%22Request%20Timeout%22>;index=1.1;rc=1`,
			`History-Info: "Bob" <sip:bob@biloxi.example.com>;index=1`, "History-Info: <sip:2100@192.0.2.9>;index=1.2.1;rc=1.2",
		}, "bob/(no-answer)"},
		{"two diversions", []string{
			"History-Info: <sip:2101@x?Reason=SIP%3Bcause%3D302>;index=1,<sip:2102@x?Reason=SIP%3bcause%3d480&Privacy=none>;index=1.1,<sip:2100@x>;index=1.1.1",
		}, "2101/(unconditional) 2102/(no-answer)"},
		{"the cause in the next address (RFC 4458)", []string{"History-Info: <sip:2101@x>;index=1", "History-Info: <sip:2100@x;cause=408>;index=1.1"}, "2101/(no-answer)"},
		{"somebody else without a word why", []string{"History-Info: <sip:2101@x>;index=1, <sip:2100@x>;index=1.1;mp=1"}, "2101/(unknown)"},
		{"routing only", []string{"History-Info: <sip:+4681234@x>;index=1, <sip:2100@x>;index=1.1, <sip:2100@192.0.2.1:5060>;index=1.1.1;rc=1.1"}, ""},
		{"Q.850", []string{"History-Info: <sip:2101@x?Reason=Q.850%3Bcause%3D17>;index=1, <sip:2100@x>;index=2"}, "2101/(user-busy)"},
		{"hidden", []string{"History-Info: <sip:2101@x?Privacy=history&Reason=SIP%3Bcause%3D302>;index=1, <sip:2102@x?Reason=SIP%3Bcause%3D486>;index=1.1, <sip:2100@x>;index=1.1.1"}, "2102/(user-busy)"},
		{"indexes that are none", []string{"History-Info: <sip:2101@x?Reason=SIP;cause=302>;index=x, <sip:2100@x>;index=1.-1"}, "2101/(unconditional)"},
		{"ten comes after nine", []string{"History-Info: <sip:2100@x>;index=1.10, <sip:2101@x?Reason=SIP%3Bcause%3D302>;index=1.9"}, "2101/(unconditional)"},
		{"Diversion counts before History-Info", []string{"History-Info: <sip:1@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:2@x>;index=1.1", "Diversion: <sip:3@x>;reason=away"}, "3/(away)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := wayText(diverted(requestWith(c.headers...))); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	long := strings.Repeat("<sip:2101@x>;reason=away, ", 500)
	if n := len(diverted(requestWith("Diversion: " + long))); n != maxDiversions {
		t.Errorf("%d told", n)
	}
}

// Only what the account's own proxy says counts.
func TestDivertedByOwnProxyOnly(t *testing.T) {
	pbx, stranger := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", pbx.port())))
	pbx.respond(pbx.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	for _, p := range []*peer{stranger, pbx} {
		p.invite(u, "alice", sdpA, `Diversion: "Bo" <sip:2101@x>;reason=away`)
		v := next[Incoming](t, r, nil)
		var want []phone.Diversion
		if p == pbx {
			want = []phone.Diversion{{By: phone.Party{URI: "sip:2101@x", Number: "2101", Name: "Bo"}, Reason: "away"}}
		}
		if !reflect.DeepEqual(v.Diverted, want) {
			t.Errorf("%+v, want %+v", v.Diverted, want)
		}
		u.Do(Reject{Leg: v.Leg, Code: 486})
		p.response(sip.INVITE, 486)
	}
}

func FuzzDiverted(f *testing.F) {
	f.Add("Diversion", `"A \"B\"" <sip:1@x>;reason="no-answer";counter=2, <tel:2>;reason=away`)
	f.Add("History-Info", "<sip:1@x?Reason=SIP%3Bcause%3D302&Privacy=none>;index=1;mp=1, <sip:2@x;cause=486>;index=1.1")
	f.Fuzz(func(t *testing.T, name, value string) {
		if name != "History-Info" {
			name = "Diversion"
		}
		out := diverted(requestWith(name + ": " + value))
		if len(out) > maxDiversions {
			t.Errorf("%d told", len(out))
		}
		for _, d := range out {
			if d.By.Number == "" || len(d.By.Number) > 210 || diversionReasons[d.Reason] == "" || strings.ContainsAny(d.By.Number+d.By.Name+d.By.URI, "\r\n\x00") {
				t.Errorf("%+v", d)
			}
		}
	})
}
