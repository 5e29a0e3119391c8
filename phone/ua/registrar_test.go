package ua

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

func TestReadBindings(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		want    wanted
		code    int
	}{
		{"one", []string{"Contact: <sip:a@h:5062>;expires=60"}, wanted{contacts: []wantedContact{{"sip:a@h:5062", 60}}}, 0},
		{"Expires header", []string{"Contact: <sip:a@h>", "Expires: 90"}, wanted{contacts: []wantedContact{{"sip:a@h", 90}}}, 0},
		{"parameter before header", []string{"Contact: <sip:a@h>;expires=70", "Expires: 90"}, wanted{contacts: []wantedContact{{"sip:a@h", 70}}}, 0},
		{"several", []string{`Contact: "A, B" <sip:a@h;transport=tcp>;q=0.5, <sip:b@h>;expires=0`, "Expires: 80"},
			wanted{contacts: []wantedContact{{"sip:a@h;transport=tcp", 80}, {"sip:b@h", 0}}}, 0},
		{"too long is shortened", []string{"Contact: <sip:a@h>;expires=99999"}, wanted{contacts: []wantedContact{{"sip:a@h", 1000}}}, 0},
		{"malformed expires parameter", []string{"Contact: <sip:a@h>;expires=soon"}, wanted{contacts: []wantedContact{{"sip:a@h", 1000}}}, 0},
		{"none named", []string{"Contact: <sip:a@h>"}, wanted{contacts: []wantedContact{{"sip:a@h", 1000}}}, 0},
		{"query", nil, wanted{}, 0},
		{"all", []string{"Contact: *", "Expires: 0"}, wanted{all: true}, 0},
		{"too brief", []string{"Contact: <sip:a@h>;expires=5"}, wanted{}, 423},
		{"all without Expires", []string{"Contact: *"}, wanted{}, 400},
		{"all for a while", []string{"Contact: *", "Expires: 60"}, wanted{}, 400},
		{"all and one", []string{"Contact: *, <sip:a@h>", "Expires: 0"}, wanted{}, 400},
		{"malformed Expires", []string{"Contact: <sip:a@h>", "Expires: -1"}, wanted{}, 400},
		{"malformed Contact", []string{"Contact: <sip:a@h"}, wanted{}, 400},
		{"telephone number as Contact", []string{"Contact: <tel:+46>"}, wanted{}, 400},
		{"too many", []string{"Contact: " + strings.Repeat("<sip:a@h>, ", 17) + "<sip:b@h>"}, wanted{}, 400},
	} {
		req := sip.NewRequest(sip.REGISTER, sip.Uri{Scheme: "sip", Host: "h"})
		id := sip.CallIDHeader("x")
		req.AppendHeader(&id)
		req.AppendHeader(&sip.CSeqHeader{SeqNo: 7, MethodName: sip.REGISTER})
		for _, h := range c.headers {
			name, value, _ := strings.Cut(h, ": ")
			req.AppendHeader(sip.NewHeader(name, value))
		}
		got, code := readBindings(req, 10, 1000)
		c.want.callID, c.want.cseq = "x", 7
		if code != c.code || code == 0 && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %d; want %+v, %d", c.name, got, code, c.want, c.code)
		}
	}
}

// location is a registrar with a hand-cranked clock and what it told.
type location struct {
	*registrar
	time time.Time
	told []string
}

func newLocation(t *testing.T) *location {
	l := &location{time: time.Unix(1_800_000_000, 0)}
	l.registrar = newRegistrar(func() time.Time { return l.time }, func(v Value) {
		switch v := v.(type) {
		case Bound:
			l.told = append(l.told, fmt.Sprintf("+%s %s new=%t", v.User, v.Contact, v.New))
		case Unbound:
			l.told = append(l.told, fmt.Sprintf("-%s %s expired=%t", v.User, v.Contact, v.Expired))
		}
	})
	t.Cleanup(l.close)
	return l
}

func (l *location) set(callID string, cseq uint32, contacts ...wantedContact) bool {
	return l.update("anna", wanted{contacts: contacts, callID: callID, cseq: cseq}, "UDP", netip.MustParseAddrPort("192.0.2.1:5060"))
}

func (l *location) list() (out []string) {
	for _, b := range l.bindings("anna") {
		out = append(out, b.Contact)
	}
	return out
}

func TestRegistrar(t *testing.T) {
	l := newLocation(t)
	expect := func(told []string, list ...string) {
		t.Helper()
		if !reflect.DeepEqual(l.told, told) || !reflect.DeepEqual(l.list(), list) {
			t.Errorf("told %q, bound %q; want %q, %q", l.told, l.list(), told, list)
		}
		l.told = nil
	}
	if !l.set("x", 1, wantedContact{"sip:a@h1:5062", 60}) || !l.set("y", 1, wantedContact{"sip:a@h2", 120}) {
		t.Fatal("refused")
	}
	expect([]string{"+anna sip:a@h1:5062 new=true", "+anna sip:a@h2 new=true"}, "sip:a@h2", "sip:a@h1:5062")

	// Renewing moves it to the front, however its URI is written.
	l.time = l.time.Add(30 * time.Second)
	l.set("x", 2, wantedContact{"sip:%61@H1:5062", 60})
	expect([]string{"+anna sip:%61@H1:5062 new=false"}, "sip:%61@H1:5062", "sip:a@h2")
	if _, ok := l.find("sip:a@h1:5062"); !ok {
		t.Error("the binding is not found by its contact")
	}
	if _, ok := l.find("sip:a@h1:5062;transport=tcp"); ok {
		t.Error("another transport is the same contact")
	}

	// An overtaken REGISTER changes nothing, not even what else it asks for.
	if l.set("x", 2, wantedContact{"sip:a@h3", 60}, wantedContact{"sip:a@h1:5062", 0}) {
		t.Error("an old REGISTER was taken")
	}
	expect(nil, "sip:%61@H1:5062", "sip:a@h2")

	l.time = l.time.Add(61 * time.Second)
	expect(nil, "sip:a@h2")
	if want := []string(nil); !reflect.DeepEqual(l.told, want) {
		t.Errorf("told %q", l.told)
	}
	l.set("y", 2, wantedContact{"sip:a@h2", 0})
	l.told = nil
	expect(nil)

	l.set("x", 3, wantedContact{"sip:a@h1", 60}, wantedContact{"sip:a@h2", 60})
	l.told = nil
	if l.update("anna", wanted{all: true, callID: "x", cseq: 3}, "UDP", netip.AddrPort{}) {
		t.Error("an old REGISTER dropped everything")
	}
	if !l.update("anna", wanted{all: true, callID: "x", cseq: 4}, "UDP", netip.AddrPort{}) {
		t.Error("refused to drop everything")
	}
	expect([]string{"-anna sip:a@h2 expired=false", "-anna sip:a@h1 expired=false"})

	for i := range maxBindings + 3 {
		l.set(fmt.Sprint("z", i), 1, wantedContact{fmt.Sprintf("sip:a@z%d", i), 60})
	}
	if list := l.list(); len(list) != maxBindings || list[0] != fmt.Sprintf("sip:a@z%d", maxBindings+2) {
		t.Errorf("%d bindings, newest %q", len(list), list[0])
	}
}

// A binding that lapses is told without anybody asking.
func TestBindingExpires(t *testing.T) {
	told := make(chan Value, 10)
	r := newRegistrar(time.Now, func(v Value) { told <- v })
	defer r.close()
	if !r.update("anna", wanted{contacts: []wantedContact{{"sip:a@h", 1}}, callID: "x", cseq: 1}, "UDP", netip.AddrPort{}) {
		t.Fatal("refused")
	}
	<-told
	select {
	case v := <-told:
		if u, ok := v.(Unbound); !ok || !u.Expired || u.Contact != "sip:a@h" {
			t.Errorf("%+v", v)
		}
	case <-time.After(patience):
		t.Fatal("nothing told")
	}
	if b := r.bindings("anna"); len(b) != 0 {
		t.Errorf("still bound: %+v", b)
	}
}
