package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// may is who may use each operation on what is support's, or another person's: the least rights in support.
// "open": without a token; "signed": anybody; "root": administrators of everything. It is written here a second time so that
// a slip in the table is seen.
var may = map[string]string{
	"about": "open", "openapi": "open", "signIn": "open", "redeem": "open",
	"feed": "signed", "me": "signed", "signOut": "signed", "changePassword": "signed", "devices": "signed", "deleteDevice": "signed",
	"people": "signed", "groups": "signed", "queues": "signed", "log": "signed",
	"putPerson": "root", "deletePerson": "root", "linkPerson": "root", "personDevices": "root", "deletePersonDevice": "root", "newToken": "root",
	"putGroup": "root", "deleteGroup": "root", "placeQueue": "root", "audit": "root",
	"putPresence": "sup", "routing": "sup", "putRouting": "sup", "putPlan": "sup", "deletePlan": "sup", "putMemberRights": "adm", "queue": "us", "putQueue": "sup", "putMember": "sup",
	"logEntry": "us", "changeLog": "ag", "call": "in a group", "putCamp": "ag", "deleteCamp": "ag",
	"forgot": "open", "newCode": "open", "activate": "open", "setup": "signed", "putSetup": "root", "line": "root", "putLine": "root",
	"meetings": "signed", "putMeeting": "in a group", "cancelMeeting": "in a group",
	"messages": "signed", "countMessages": "signed", "message": "us", "messageSound": "us", "changeMessage": "ag", "deleteMessage": "ag", "sendTexts": "ag",
	"inbox": "us", "putInbox": "root", "putTemplates": "sup", "groupGreetings": "sup", "groupGreetingSound": "sup", "putGroupGreeting": "sup", "deleteGroupGreeting": "sup", "putKeep": "adm", "mailbox": "signed", "voiceSound": "signed", "changeVoice": "signed", "deleteVoice": "signed", "greetingSound": "signed", "putGreeting": "signed", "deleteGreeting": "signed", "leaveCallback": "door", "takeText": "door",
}

var order = []team.PersonID{"none", "us", "ag", "sup", "adm", "root"}

func allowed(need string, who team.PersonID) bool {
	switch {
	case need == "door":
		return false
	case need == "open" || need == "signed" || who == "root":
		return true
	case need == "root":
		return false
	case need == "in a group":
		return who != "none"
	case who == "out":
		return false
	}
	at := func(p team.PersonID) int {
		for i, o := range order {
			if o == p {
				return i
			}
		}
		return -1
	}
	return at(who) >= at(team.PersonID(need))
}

func path(r route, entry string) string {
	p := strings.TrimPrefix(r.Path, "/api/v1/")
	return strings.NewReplacer("{person}", "victim", "{group}", "support", "{queue}", "80", "{entry}", url.PathEscape(entry), "{camp}", "c1", "{meeting}", "m1",
		"{message}", map[bool]string{true: "v1", false: "cb1"}[r.Sound], "{device}", "nosuchdevice", "{plan}", "p1", "{voice}", "v0").Replace(p)
}

// Every operation is refused to everybody who may not, and reached by everybody who may.
func TestWhoMay(t *testing.T) {
	d := newDesk(t)
	entry := d.entry()
	d.victim()
	d.message(team.Message{ID: "v1", Kind: phone.GroupVoice, Group: "support", Direction: phone.Incoming})
	readOnly := read[team.Token](t, d.do("root", "POST", "people/root/tokens", team.NewToken{Name: "wall", Scope: team.ScopeRead, Days: 1})).Token
	expired := read[team.Token](t, d.do("root", "POST", "people/root/tokens", team.NewToken{Name: "old", Scope: team.ScopeAll, Days: 1})).Token
	forged := d.tokens["root"][:len(d.tokens["root"])-1] + "!"
	d.clock.pass(25 * time.Hour)
	d.clock.pass(-time.Hour) // sessions of desks last 90 days; the expired one is over
	seen := map[string]bool{}
	for _, r := range d.s.routes() {
		need, known := may[r.Op]
		if !known || seen[r.Op] {
			t.Errorf("%s: not in the test's table, or twice", r.Op)
			continue
		}
		seen[r.Op] = true
		if r.Feed {
			continue // TestFeed*
		}
		var body any
		if r.In != nil {
			body = "{}"
		}
		p := path(r, entry)
		if need != "open" {
			for name, token := range map[string]string{"no token": "", "a forged token": forged, "an expired token": expired, "nonsense": "svt__", "half": "svt_abc", "long": "svt_" + strings.Repeat("a", 5000) + "_b"} {
				if a := d.with(token, r.Method, p, body); a.status != http.StatusUnauthorized || a.code() != team.CodeNotSignedIn {
					t.Errorf("%s with %s: %d %s", r.Op, name, a.status, a.body)
				}
			}
		}
		for _, who := range append(order[:len(order)-1:len(order)-1], "out") {
			if r.Op == "signOut" {
				continue
			}
			d.message(team.Message{ID: "cb1", Kind: phone.GroupCallback, Group: "support", Direction: phone.Incoming})
			if r.Op == "deletePlan" {
				read[team.Done](t, d.do("root", "PUT", p, phone.Plan{ID: "p1", Kind: phone.ActivityLunch, From: "2026-03-28T11:30", To: "2026-03-28T12:00"}))
			}
			a := d.do(who, r.Method, p, body)
			refused := a.status == http.StatusUnauthorized && a.code() == team.CodeNotSignedIn || a.status == http.StatusForbidden && a.code() == team.CodeForbidden ||
				a.status == http.StatusNotFound && r.Op != "deleteDevice" && r.Op != "deleteCamp" && r.Op != "cancelMeeting" && !strings.Contains(r.Path, "{voice}")
			if a.status == http.StatusServiceUnavailable {
				t.Errorf("%s as %s: %d %s", r.Op, who, a.status, a.body)
			}
			if r.Op == "putCamp" || r.Op == "deleteCamp" {
				refused = a.status == http.StatusForbidden
			}
			if need != "open" && refused == allowed(need, who) {
				t.Errorf("%s as %s: %d %s", r.Op, who, a.status, a.body)
			}
		}
		if r.Write {
			if a := d.with(readOnly, r.Method, p, body); a.status != http.StatusForbidden && a.status != http.StatusUnauthorized {
				t.Errorf("%s with a token for reading: %d", r.Op, a.status)
			}
		}
	}
	if len(seen) != len(may) {
		t.Errorf("%d operations, %d in the test's table", len(seen), len(may))
	}
	// As root, who may all: destructive ones work, on what is there.
	for _, r := range d.s.routes() {
		if r.Feed || r.Open || r.Door != "" || r.Op == "signOut" {
			continue
		}
		var body any
		if r.In != nil {
			body = "{}"
		}
		if a := d.do("root", r.Method, path(r, entry), body); a.status == 401 || a.code() == team.CodeForbidden || a.status >= 500 {
			t.Errorf("%s as root: %d %s", r.Op, a.status, a.body)
		}
		if r.Op == "deletePerson" {
			d.victim()
		}
		if r.Op == "deleteGroup" {
			if _, err := d.s.PutGroup(t.Context(), "support", team.NewGroup{Group: team.Group{Name: "Support"}}); err != nil {
				t.Fatal(err)
			}
			d.until("the group is back", func() bool { _, ok := d.s.board.get(team.KindGroup, "support"); return ok })
		}
	}
}

// What is another group's is not there at all: the answer is as for what does not exist.
func TestNothingLeaks(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"queues/80", "queues/nosuch"} {
		if a := d.do("out", "GET", path, nil); a.status != 404 || a.code() != team.CodeNotFound {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	d.missed("c-1", "0701234567")
	d.until("it is in the log", func() bool {
		return len(read[team.LogPage](t, d.do("us", "POST", "log", team.LogQuery{})).Entries) == 1
	})
	for _, who := range []team.PersonID{"out", "none"} {
		if page := read[team.LogPage](t, d.do(who, "POST", "log", team.LogQuery{Queues: []phone.QueueID{"80"}})); len(page.Entries) != 0 {
			t.Errorf("%s sees %+v", who, page.Entries)
		}
	}
	if q := read[[]team.Versioned[team.Queue]](t, d.do("out", "GET", "queues", nil)); len(q) != 1 || q[0].Value.ID != "81" {
		t.Errorf("%+v", q)
	}
	if q := read[[]team.Versioned[team.Queue]](t, d.do("none", "GET", "queues", nil)); len(q) != 0 {
		t.Errorf("%+v", q)
	}
	// Another's device can neither be seen nor signed out.
	mine := read[[]team.SignedIn](t, d.do("ag", "GET", "devices", nil))
	if len(mine) != 1 || !mine[0].This || mine[0].Person != "ag" {
		t.Fatalf("%+v", mine)
	}
	if a := d.do("us", "DELETE", "devices/"+mine[0].ID, nil); a.status != 404 {
		t.Errorf("another's device: %d", a.status)
	}
	if a := d.do("root", "DELETE", "people/us/devices/"+mine[0].ID, nil); a.status != 404 {
		t.Errorf("a device under another name: %d", a.status)
	}
	if a := d.do("ag", "GET", "me", nil); a.status != 200 {
		t.Errorf("%d", a.status)
	}
}

func TestBadRequests(t *testing.T) {
	d := newDesk(t)
	deep := strings.Repeat(`{"person":`, 30) + "1" + strings.Repeat("}", 30)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		field              string
	}{
		"not JSON":           {"PUT", "people/x", "hello", 400, "body"},
		"nothing":            {"PUT", "people/x", "", 400, "body"},
		"two values":         {"PUT", "people/x", "{}{}", 400, "body"},
		"unknown field":      {"PUT", "people/x", `{"persona":{}}`, 400, "persona"},
		"unknown below":      {"PUT", "people/x", `{"person":{"admin":true}}`, 400, "admin"},
		"wrong type":         {"PUT", "people/x", `{"person":{"name":7}}`, 400, "person.name"},
		"too deep":           {"PUT", "people/x", deep, 400, "body"},
		"deep arrays":        {"PUT", "people/x", strings.Repeat("[", 100000), 413, ""},
		"bad UTF-8":          {"PUT", "people/x", "{\"person\":{\"name\":\"\xff\"}}", 400, "body"},
		"too large":          {"PUT", "people/x", `{"person":{"name":"` + strings.Repeat("a", maxBody) + `"}}`, 413, ""},
		"other id":           {"PUT", "people/x", `{"person":{"id":"y","user":"x","name":"X"}}`, 400, "id"},
		"own groups":         {"PUT", "people/x", `{"person":{"user":"x","name":"X","groups":{"all":"administrator"}}}`, 400, "groups"},
		"user of another":    {"PUT", "people/x", `{"person":{"user":"ROOT","name":"X"}}`, 400, "user"},
		"user with a line":   {"PUT", "people/x", `{"person":{"user":"x\r\nSet-Cookie: a","name":"X"}}`, 400, "user"},
		"name with a line":   {"PUT", "people/x", `{"person":{"user":"x","name":"X\r\nBcc: y"}}`, 400, "name"},
		"NUL":                {"PUT", "people/x", `{"person":{"user":"x","name":"X\u0000"}}`, 400, "name"},
		"no name":            {"PUT", "people/x", `{"person":{"user":"x","name":" "}}`, 400, "name"},
		"number of words":    {"PUT", "people/x", `{"person":{"user":"x","name":"X","extension":"2101;rm"}}`, 400, "extension"},
		"AMI injection":      {"PUT", "queues/80/members/ag", `{"logged_in":true,"paused":true,"why":"a\r\nAction: Command"}`, 400, "why"},
		"skill":              {"PUT", "queues/80/members/ag", `{"skill":11}`, 400, "skill"},
		"nothing to do":      {"PUT", "queues/80/members/ag", `{}`, 400, "logged_in"},
		"night to nowhere":   {"PUT", "queues/80/settings", `{"was":{},"settings":{"night":true}}`, 400, "settings.night_number"},
		"distribution":       {"PUT", "queues/80/settings", `{"was":{},"settings":{"distribution":"magic"}}`, 400, "settings.distribution"},
		"overflow too soon":  {"PUT", "queues/80/settings", `{"was":{},"settings":{"overflow":"1","overflow_s":1}}`, 400, "settings.overflow_s"},
		"rights":             {"PUT", "groups/support/members/ag", `{"rights":"god"}`, 400, "rights"},
		"no group":           {"PUT", "groups/nosuch/members/ag", `{"rights":"user"}`, 404, ""},
		"path trick":         {"PUT", "people/..%2f..%2fetc", `{"person":{"user":"x","name":"X"}}`, 400, "id"},
		"page":               {"POST", "log", `{"after":"' OR 1=1"}`, 400, "after"},
		"one letter":         {"POST", "log", `{"text":"a"}`, 400, "text"},
		"limit":              {"POST", "log", `{"limit":1000000}`, 400, "limit"},
		"outcome":            {"POST", "log", `{"outcomes":["eaten"]}`, 400, "outcomes"},
		"time":               {"POST", "log", `{"from":"yesterday"}`, 400, "body"},
		"activity":           {"PUT", "people/ag/presence", `{"activity":{"kind":"<script>"}}`, 400, "activity.kind"},
		"past":               {"PUT", "people/ag/presence", `{"activity":{"kind":"lunch","until":"2020-01-01T00:00:00Z"}}`, 400, "activity.until"},
		"long note":          {"PUT", "people/ag/presence", `{"activity":{"kind":"lunch"},"note":"` + strings.Repeat("å", 501) + `"}`, 400, "note"},
		"token for long":     {"POST", "people/ag/tokens", `{"name":"x","scope":"all","days":100000}`, 400, "days"},
		"scope":              {"POST", "people/ag/tokens", `{"name":"x","scope":"link","days":1}`, 400, "scope"},
		"the last root":      {"DELETE", "people/root", "", 409, "administrator"},
		"root disabled":      {"PUT", "groups/all/members/root", `{"rights":"user"}`, 409, "administrator"},
		"Everyone":           {"DELETE", "groups/all", "", 403, ""},
		"audit page":         {"GET", "audit?before=x", "", 400, "before"},
		"no such operation":  {"GET", "nosuch", "", 404, ""},
		"no such method":     {"PATCH", "people", "", 405, ""},
		"somebody's number":  {"POST", "calls", `{"phone":"9999","number":"112"}`, 403, ""},
		"number as a header": {"POST", "calls", `{"phone":"2101","number":"1\r\nAsync: true"}`, 400, "number"},
	} {
		var body any
		if c.body != "" || c.status == 400 && c.method != "GET" {
			body = c.body
		}
		if a := d.do("root", c.method, c.path, body); a.status != c.status || a.fault().Field != c.field {
			t.Errorf("%s: %d %s, want %d %s", name, a.status, clip(string(a.body), 200), c.status, c.field)
		}
	}
	q, _ := http.NewRequest("PUT", d.web.URL+"/api/v1/people/x", strings.NewReader("person=1"))
	q.Header.Set("Authorization", "Bearer "+d.tokens["root"])
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := d.send(q); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("a form: %d", a.status)
	}
	// As user names and passwords, all kinds of things are just wrong.
	for _, user := range []string{"' OR '1'='1", "root'--", "\x00", strings.Repeat("a", 9999), "{{.}}"} {
		d.s.gate = gate{}
		body, _ := json.Marshal(team.SignIn{User: user, Password: user})
		if a := d.with("", "POST", "sign-in", string(body)); a.code() != team.CodeWrongPassword {
			t.Errorf("user %q: %d %s", clip(user, 20), a.status, a.body)
		}
	}
}

// Whatever a body is, it is taken whole or refused, quickly.
func FuzzBody(f *testing.F) {
	for _, s := range []string{`{}`, `{"person":{"name":"x"}}`, `[[[[`, `{"a":"\\\""}`, `{"from":"2026-11-23T09:00:00Z"}`, "\xff", `{"limit":1e99}`, `{"queues":null}`} {
		f.Add([]byte(s))
	}
	var s Server
	var kinds []reflect.Type
	for _, r := range s.routes() {
		if r.In != nil {
			kinds = append(kinds, reflect.TypeOf(r.In))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, k := range kinds {
			v := reflect.New(k)
			if err := unmarshal(body, v.Interface()); err != nil {
				continue
			}
			// What was taken can be written, and read again as the same.
			data, err := json.Marshal(v.Interface())
			if err != nil {
				if strings.Contains(err.Error(), "year outside of range") || strings.Contains(err.Error(), "timezone hour outside of range") {
					continue
				}
				t.Fatalf("%s: %v", k, err)
			}
			again := reflect.New(k)
			if err := unmarshal(data, again.Interface()); err != nil {
				t.Fatalf("%s: %s: %v", k, data, err)
			}
			if twice, err := json.Marshal(again.Interface()); err != nil || string(twice) != string(data) {
				t.Fatalf("%s became %s (%v)", data, twice, err)
			}
		}
	})
}
