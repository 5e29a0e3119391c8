package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// calls lets a call come in, found in the books as given.
func (s *script) calls(leg ua.LegID, v ua.Incoming, who phone.Caller) phone.CallID {
	s.t.Helper()
	v.Leg, v.Account, v.SDP = leg, "work", []byte("offer")
	if v.From.Number == "" {
		v.From = phone.Party{URI: "sip:2101@pbx.test", Number: "2101"}
	}
	s.sip(v)
	id := one(s, effects[fxOpen](s)).call
	one(s, effects[fxLookUp](s))
	s.in(inOpened{call: id, sdp: []byte("answer"), agreed: &opus})
	if len(sent[ua.Ring](s)) != 0 {
		s.t.Fatal("it rings before anybody knows who it is")
	}
	s.in(inFound{id, found{caller: who}})
	return id
}

func TestWhoIsLetThrough(t *testing.T) {
	s := newDesk(t)
	id := s.calls("in-1", ua.Incoming{}, phone.Caller{Name: "Anna"})
	one(s, sent[ua.Ring](s))
	if c := s.snapshot().Call(id); c == nil || c.Caller.Name != "Anna" {
		t.Fatalf("%+v", c)
	}
	s.do(phone.Decline{Call: id})

	s.calls("in-2", ua.Incoming{}, phone.Caller{Mark: phone.MarkBlocked})
	if r := one(s, sent[ua.Reject](s)); r.Code != 486 {
		t.Fatalf("%+v", r)
	}
	if e := one(s, effects[fxHistory](s)).entry; e.Reason.ID != phone.ReasonBlocked {
		t.Fatalf("%+v", e)
	}
	s.do(phone.SetActivity{Kind: phone.ActivityDND})
	s.calls("in-3", ua.Incoming{}, phone.Caller{})
	if r := one(s, sent[ua.Reject](s)); r.Code != 486 {
		t.Fatalf("%+v", r)
	}
	s.calls("in-4", ua.Incoming{}, phone.Caller{Mark: phone.MarkVIP})
	one(s, sent[ua.Ring](s))

	// Books that do not answer hold nobody up.
	s.do(phone.SetActivity{Kind: phone.ActivityAvailable})
	s.sip(ua.Incoming{Leg: "in-5", Account: "work", From: phone.Party{Number: "2102"}, SDP: []byte("offer")})
	late := one(s, effects[fxOpen](s)).call
	s.in(inOpened{call: late, sdp: []byte("answer"), agreed: &opus})
	s.now = s.now.Add(callerPatience)
	s.in(inClock{})
	one(s, sent[ua.Ring](s))
	s.in(inFound{late, found{caller: phone.Caller{Name: "Late"}}})
	if c := s.snapshot().Call(late); c.Caller.Name != "Late" || len(sent[ua.Ring](s)) != 0 {
		t.Fatalf("%+v", c)
	}
}

func TestOrigin(t *testing.T) {
	s := newDesk(t)
	s.do(phone.PutItem{Item: phone.Queue{ID: "9000", Name: "Växeln"}})
	id := s.calls("in-1", ua.Incoming{Own: true, Target: "2100", Headers: []ua.Header{{Name: "X-Queue", Value: `9000; name="PBX"; waited=17`}}}, phone.Caller{})
	o := s.snapshot().Call(id).Origin
	if o == nil || o.Queue != "9000" || o.Name != "Växeln" || !o.Waited.Equal(s.now.Add(-17*time.Second)) {
		t.Fatalf("%+v", o)
	}
	s.do(phone.Decline{Call: id})
	if e := one(s, effects[fxHistory](s)).entry; e.Queue != "9000" {
		t.Fatalf("%+v", e)
	}
	s.tellPresence("9000", phone.Presence{}) // the exchange has such a thing
	id = s.calls("in-2", ua.Incoming{Own: true, Diverted: []phone.Diversion{{By: phone.Party{Number: "2118"}, Reason: "away"}, {By: phone.Party{Number: "9000"}}}}, phone.Caller{})
	s.tellPresence("2118", phone.Presence{Activity: phone.ActivityLunch, Until: epoch.Add(time.Hour)})
	x := s.snapshot().Call(id).Origin.Sought
	if x == nil || x.Number != "2118" || x.Reason != "away" || x.Presence == nil || x.Presence.Activity != phone.ActivityLunch {
		t.Fatalf("%+v", x)
	}
	s.do(phone.Decline{Call: id})
	// A stranger may say what they like.
	s.sip(ua.Incoming{Leg: "in-3", From: phone.Party{Number: "1"}, SDP: []byte("offer"), Headers: []ua.Header{{Name: "X-Queue", Value: "9000"}}})
	if c := s.s.callByLeg("in-3"); c.Origin != nil {
		t.Fatalf("%+v", c.Origin)
	}
}

func TestRoles(t *testing.T) {
	s := newDesk(t)
	s.do(phone.PutItem{Item: phone.Role{ID: "switch", Name: "Switchboard", Number: "08465004"}})
	dialled := func(cmd phone.Dial) ua.Invite {
		id := s.do(cmd)
		s.in(inOpened{call: id, sdp: []byte("offer")})
		i := one(s, sent[ua.Invite](s))
		s.do(phone.Hangup{Call: id})
		return i
	}
	if i := dialled(phone.Dial{Target: "0701234567"}); i.Identity != nil || i.Private {
		t.Fatalf("%+v", i)
	}
	s.do(phone.SetRole{Role: "switch", Next: true})
	if i := dialled(phone.Dial{Target: "0701234567"}); i.Identity == nil || i.Identity.Number != "08465004" || i.FromIdentity {
		t.Fatalf("%+v", i)
	}
	if i := dialled(phone.Dial{Target: "0701234567"}); i.Identity != nil {
		t.Fatalf("the role for one call is still worn: %+v", i)
	}
	s.do(phone.SetRole{Role: "switch"})
	one(s, effects[fxRemember](s))
	if i := dialled(phone.Dial{Target: "0701234567"}); i.Identity == nil {
		t.Fatalf("%+v", i)
	}
	if i := dialled(phone.Dial{Target: "0701234567", As: phone.RoleWithheld}); !i.Private || i.Identity != nil {
		t.Fatalf("%+v", i)
	}
	// An emergency call wears nothing, whatever was chosen.
	s.do(phone.SetRole{Role: phone.RoleWithheld})
	if i := dialled(phone.Dial{Target: "112"}); i.Private || i.Identity != nil || i.Target != "112" {
		t.Fatalf("%+v", i)
	}
	s.refused(phone.SetRole{Role: "nobody"}, phone.ReasonNoItem)
	s.do(phone.RemoveItem{Kind: phone.ItemRole, Key: "switch"})
	s.exchange("[identity]\nwithheld = \"dial:*31*{number}#\"\n")
	if i := dialled(phone.Dial{Target: "0701234567"}); i.Target != "*31*0701234567#" || i.Private {
		t.Fatalf("%+v", i)
	}
}

// An emergency call goes out on whatever there is, as it is.
func TestEmergency(t *testing.T) {
	s := newDesk(t)
	s.exchange("[numbers]\ninternational = \"00\"\n")
	s.s.accounts[0].State = phone.RegistrationFailed
	s.refused(phone.Dial{Target: "2101"}, phone.ReasonNotRegistered)
	for _, number := range []string{"112", "1 1 2", "tel:112"} {
		id := s.do(phone.Dial{Target: number, How: phone.FeatureBypass, Via: "mobile"})
		if open := one(s, effects[fxOpen](s)); open.target != "112" {
			t.Fatalf("%q went to %q", number, open.target)
		}
		s.do(phone.Hangup{Call: id})
	}
}

func TestContactsAreChecked(t *testing.T) {
	s := newDesk(t)
	s.do(phone.PutPerson{Person: phone.Person{ID: "own:a", Name: "Anna Öberg", Numbers: []phone.Number{{Number: "070-123 45 67"}}}})
	if p := one(s, effects[fxPerson](s)).put; p.Numbers[0].Kind != phone.NumberOther {
		t.Fatalf("%+v", p)
	}
	for id, p := range map[phone.ReasonID]phone.Person{
		phone.ReasonNotOwn:    {ID: "company:a", Name: "x"},
		phone.ReasonBadPerson: {ID: "own:a"},
	} {
		s.refused(phone.PutPerson{Person: p}, id)
	}
	s.refused(phone.PutPerson{Person: phone.Person{ID: "own:a", Name: "x", Numbers: []phone.Number{{Number: "<x>"}}}}, phone.ReasonBadPerson)
	s.refused(phone.PutBook{Book: phone.Book{ID: "own", Kind: phone.BookLDAP, Address: "ldap://x"}}, phone.ReasonBadBook)
	s.refused(phone.ReadBook{ID: "x"}, phone.ReasonNoBook)
	s.refused(phone.PutItem{Item: phone.Lookup{ID: "x", Name: "x", URL: "javascript:alert({number})"}}, phone.ReasonBadTemplate)
}

func TestNotes(t *testing.T) {
	s := newDesk(t)
	id := s.connected("2101")
	s.do(phone.SetCallNote{Text: "Ring åter"})
	s.do(phone.Hangup{Call: id})
	s.sip(ua.Ended{Leg: s.s.call(id).leg})
	if e := one(s, effects[fxHistory](s)); e.entry.Note != "Ring åter" {
		t.Fatalf("%+v", e)
	}
	s.in(inHistory{id, 17})
	s.do(phone.SetCallNote{Call: id, Text: "Klart"})
	if n := one(s, effects[fxHistoryNote](s)); n.id != 17 || n.text != "Klart" {
		t.Fatalf("%+v", n)
	}
}

// TestDialByName: the name a call is placed with stays with its number, however the other side writes that, and gives way to
// one that the other side tells or to another number.
func TestDialByName(t *testing.T) {
	for told, want := range map[phone.Party]string{
		{Number: "+46701740612"}: "Lindö Maskin", {Number: "0701740612"}: "Lindö Maskin", {Number: "0701740612", Name: "Maria Ekdal"}: "Maria Ekdal", {Number: "2101"}: "",
	} {
		s := newScript(t)
		id := s.do(phone.Dial{Target: "0701740612", Name: "Lindö Maskin"})
		s.in(inOpened{call: id, sdp: []byte("offer")})
		s.sip(ua.Progress{Leg: s.s.call(id).leg, Code: 180, Remote: told})
		if got := s.s.call(id).Remote; got.Name != want || got.Number != told.Number {
			t.Errorf("told %+v: %+v", told, got)
		}
		s.sip(ua.Answered{Leg: s.s.call(id).leg, SDP: []byte("answer"), Remote: told})
		if got := s.s.call(id).Remote.Name; got != want {
			t.Errorf("answered by %+v: %q", told, got)
		}
	}
}
