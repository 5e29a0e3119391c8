package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/phone/team/spool"
)

// smsGateway is a Texter that answers as a test wants.
type smsGateway struct {
	mu     sync.Mutex
	sent   []string // "sender>to:text"
	answer func(to string) error
}

func (g *smsGateway) Send(_ context.Context, sender, to, text string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent = append(g.sent, sender+">"+to+":"+text)
	if g.answer == nil {
		return nil
	}
	return g.answer(to)
}

func (g *smsGateway) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.sent)
}

// texting gives the desk a server that sends texts, beside the one it has.
func (d *desk) texting(g *smsGateway) *Server {
	d.t.Helper()
	s, err := New(context.Background(), Config{Shelf: open(d.t, d.file), Log: quiet(), Now: d.clock.Now, Zone: time.UTC, Lease: time.Second, SMS: g})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(s.Close)
	d.s.SMS = g // whose routes the tests ask; it sends nothing itself
	return s
}

func (d *desk) sending(who team.PersonID, id string) (v team.Sending) {
	i, _ := d.s.board.get(team.KindSending, id)
	if i.Person != who {
		return team.Sending{}
	}
	v, _ = value[team.Sending](i)
	return v
}

const sendID = "abcdefghijklmnopqrst"

func TestATextToMany(t *testing.T) {
	d := newDesk(t)
	g := &smsGateway{answer: func(to string) error {
		if strings.HasSuffix(to, "7") {
			return phone.Refuse(phone.ReasonTextRefused, "400")
		}
		return nil
	}}
	d.texting(g)
	var to []string
	for i := range team.MaxSendTo {
		to = append(to, fmt.Sprintf("+4670174%04d", i))
	}
	in := team.NewTexts{ID: sendID, To: append(to, "0046 70-174 0001"), Text: "Stängt i dag; {to}"}
	if a := d.do("ag", "POST", "groups/support/texts", in); a.fault().Field != "to" {
		t.Fatalf("501: %d %s", a.status, a.body)
	}
	in.To = append(to[:499:499], "0046 70-174 0001") // the same one again
	if v := read[team.Sending](t, d.do("ag", "POST", "groups/support/texts", in)); v.Total != 499 || v.Sender != "0801" {
		t.Fatalf("%+v", v)
	}
	for range 3 { // asked again: an answer was lost
		read[team.Sending](t, d.do("ag", "POST", "groups/support/texts", in))
	}
	d.until("all are sent or failed", func() bool { return d.sending("ag", sendID).Over() && d.sending("ag", sendID).Total > 0 })
	if v := d.sending("ag", sendID); v.Sent != 449 || len(v.Failed) != 50 || v.Failed[0].Reason.ID != phone.ReasonTextRefused || g.count() != 499 {
		t.Errorf("%d sent, %d failed, the gateway was asked %d times", v.Sent, len(v.Failed), g.count())
	}
	if a := d.do("sup", "POST", "groups/support/texts", in); a.fault().Field != "id" {
		t.Errorf("another's sending: %d %s", a.status, a.body)
	}
	page := read[team.MessagePage](t, d.do("us", "POST", "messages", team.MessageQuery{Peer: "070-174 00 01"}))
	if len(page.Messages) != 1 || page.Messages[0].Value.State != phone.TextSent || page.Messages[0].Value.By != "ag" {
		t.Errorf("%+v", page)
	}
}

// A server that was killed while it sent: what it had tried is not sent again, what it had not is sent once.
func TestAKillSendsNothingTwice(t *testing.T) {
	d := newDesk(t)
	text := team.Message{Kind: phone.GroupText, Group: "support", Direction: phone.Outgoing, State: phone.TextSending, Sending: sendID, Sender: "0801", Text: "x"}
	tried, fresh := text, text
	tried.ID, tried.Tried, tried.From.Number = "a", true, "+46701740601"
	fresh.ID, fresh.From.Number = "b", "+46701740602"
	_, err := d.shelf.Update(t.Context(), func(tx kept.Tx) error {
		return put(tx, team.Item{Kind: team.KindSending, ID: sendID, Group: "support", Person: "ag"}, team.Sending{ID: sendID, By: "ag", Total: 2})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.message(tried)
	d.message(fresh)
	g := &smsGateway{}
	d.texting(g)
	d.texting(g) // two servers of one database
	d.until("it is over", func() bool { v := d.sending("ag", sendID); return v.Total == 2 && v.Over() })
	v := d.sending("ag", sendID)
	if v.Sent != 1 || len(v.Failed) != 1 || v.Failed[0].Number != tried.From.Number || v.Failed[0].Reason.ID != phone.ReasonNotConfirmed {
		t.Errorf("%+v", v)
	}
	if g.count() != 1 || !strings.Contains(g.sent[0], fresh.From.Number) {
		t.Errorf("sent %v", g.sent)
	}
}

func TestABusyGatewayIsAskedAgain(t *testing.T) {
	d := newDesk(t)
	n := 0
	g := &smsGateway{answer: func(string) error {
		if n++; n < 3 {
			return &Busy{After: 10 * time.Millisecond}
		}
		return nil
	}}
	d.texting(g)
	read[team.Sending](t, d.do("ag", "POST", "groups/support/texts", team.NewTexts{ID: sendID, To: []string{"+46701740601"}, Text: "x"}))
	d.until("it is sent", func() bool { return d.sending("ag", sendID).Sent == 1 })
	if g.count() != 3 {
		t.Errorf("asked %d times", g.count())
	}
}

func TestSendersAndTemplates(t *testing.T) {
	d := newDesk(t)
	d.s.SMS = &smsGateway{}
	texts := func(sender string) said {
		return d.do("ag", "POST", "groups/support/texts", team.NewTexts{ID: sendID, To: []string{"+46701740601"}, Text: "x", Sender: sender})
	}
	for _, sender := range []string{"Ekdal", "0802", "Ekdal\r\nX-Evil: 1", "+46701740601"} {
		if a := texts(sender); a.fault().Field != "sender" {
			t.Errorf("as %q: %d %s", sender, a.status, a.body)
		}
	}
	for _, name := range []string{"", "Ekdal Bygg AB", "Ek\ndal", "12345", "Åke"} {
		if a := d.do("root", "PUT", "groups/support/inbox", team.NewInbox{Senders: []string{name}}); a.fault().Field != "senders" {
			t.Errorf("%q: %d %s", name, a.status, a.body)
		}
	}
	done := read[team.Done](t, d.do("root", "PUT", "groups/support/inbox", team.NewInbox{Senders: []string{"Ekdal"}, Boxes: []string{"80@default"}}))
	if a := texts("Ekdal"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := d.do("root", "PUT", "groups/sales/inbox", team.NewInbox{Boxes: []string{"80@default"}}); a.fault().Field != "boxes" {
		t.Errorf("another group's mailbox: %d %s", a.status, a.body)
	}
	for _, b := range []string{"../../etc@default", "80", "80@../x", "80@a/b"} {
		if a := d.do("root", "PUT", "groups/sales/inbox", team.NewInbox{Boxes: []string{b}}); a.fault().Field != "boxes" {
			t.Errorf("%q: %d %s", b, a.status, a.body)
		}
	}
	templates := team.NewTemplates{Seq: done.Seq, Templates: []team.TextTemplate{{Name: "Stängt", Text: "Vi har stängt."}}}
	read[team.Done](t, d.do("sup", "PUT", "groups/support/templates", templates))
	if a := d.do("sup", "PUT", "groups/support/templates", templates); a.status != 409 {
		t.Errorf("as it was not seen: %d", a.status)
	}
	in := read[team.Versioned[team.Inbox]](t, d.do("us", "GET", "groups/support/inbox", nil))
	if len(in.Value.Templates) != 1 || len(in.Value.Senders) != 1 {
		t.Errorf("%+v", in)
	}
}

// post is a request to a door, as a form.
func (d *desk) post(token, path string, form url.Values) said {
	d.t.Helper()
	q, err := http.NewRequest("POST", d.web.URL+"/api/v1/"+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	q.SetBasicAuth("form", token)
	return d.send(q)
}

func (d *desk) key(scope team.Scope, g team.GroupID) string {
	d.t.Helper()
	return read[team.Token](d.t, d.do("root", "POST", "people/root/tokens", team.NewToken{Name: "door", Scope: scope, Group: g, Days: 1})).Token
}

func (d *desk) messages(who team.PersonID, q team.MessageQuery) []team.Versioned[team.Message] {
	d.t.Helper()
	return read[team.MessagePage](d.t, d.do(who, "POST", "messages", q)).Messages
}

func TestNumbersAreLeft(t *testing.T) {
	d := newDesk(t)
	key := d.key(team.ScopeCallback, "support")
	wants := url.Values{"number": {"070-174 06 05"}, "name": {"Åsa <b>'; DROP TABLE messages; --"}, "text": {"Ring mig\r\nefter tre"}, "utm": {"x"}}
	if a := d.post(key, "callback", wants); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if done := read[team.Done](t, d.post(key, "callback", wants)); done.Seq != 0 {
		t.Error("the same form twice is two")
	}
	got := d.messages("us", team.MessageQuery{Kinds: []phone.GroupMessageKind{phone.GroupCallback}, Text: "drop table"})
	if len(got) != 1 || got[0].Value.From.Number != "0701740605" || got[0].Value.From.Name != wants.Get("name") || got[0].Value.Text != "Ring mig\nefter tre" || !got[0].Value.Open() {
		t.Fatalf("%+v", got)
	}
	if out := d.messages("out", team.MessageQuery{}); len(out) != 0 {
		t.Errorf("another group sees %+v", out)
	}
	for name, form := range map[string]url.Values{
		"no number": {}, "words": {"number": {"ring mig"}}, "a header": {"number": {"0701\r\nX: 1"}}, "a code": {"number": {"*21*0900123456#"}},
		"too long": {"number": {strings.Repeat("1", 30)}}, "a long text": {"number": {"0701740605"}, "text": {strings.Repeat("a", 2001)}},
		"NUL": {"number": {"0701740605"}, "name": {"a\x00b"}}, "another script": {"number": {"٠٧٠١٧٤٠٦٠٥"}},
	} {
		if a := d.post(key, "callback", form); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := d.post(key, "callback", url.Values{"text": {strings.Repeat("a", maxBody+1)}}); a.status != 413 {
		t.Errorf("large: %d", a.status)
	}
	d.clock.pass(time.Minute)
	// The key opens this door and nothing else, and nothing else opens it.
	for _, path := range []string{"me", "people", "messages/x", "queues"} {
		if a := d.with(key, "GET", path, nil); a.status != 403 {
			t.Errorf("%s with a form's key: %d %s", path, a.status, a.body)
		}
	}
	if a := d.with(key, "POST", "text", team.TextIn{From: "+46701740605", Text: "x"}); a.status != 403 {
		t.Errorf("another door: %d", a.status)
	}
	for _, who := range []team.PersonID{"root", "ag"} {
		if a := d.do(who, "POST", "callback", team.NewCallback{Number: "0701740605"}); a.status != 403 {
			t.Errorf("%s at the door: %d", who, a.status)
		}
	}
	if a := d.post(key+"x", "callback", wants); a.status != 401 {
		t.Errorf("a wrong key: %d", a.status)
	}
	// As a cookie of the pages it is nobody.
	q, _ := http.NewRequest("GET", d.web.URL+"/admin", nil)
	for _, c := range []string{"svara", "session", "token", "svara_team"} {
		q.AddCookie(&http.Cookie{Name: c, Value: key})
	}
	client := *d.web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if resp, err := client.Do(q); err != nil || resp.StatusCode == 200 {
		t.Errorf("the pages: %v %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}
	last := said{}
	for i := range 30 {
		last = d.post(key, "callback", url.Values{"number": {fmt.Sprintf("07017406%02d", i)}})
	}
	if last.code() != team.CodeTooMany || last.head.Get("Retry-After") == "" {
		t.Errorf("thirty at once: %d %s", last.status, last.body)
	}
}

func TestAThread(t *testing.T) {
	d := newDesk(t)
	key := d.key(team.ScopeTexts, "support")
	in := func(id, text string) {
		t.Helper()
		if a := d.with(key, "POST", "text", team.TextIn{ID: id, From: "+46701740605", To: "0802", Text: text}); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		d.clock.pass(time.Second)
	}
	in("1", "Hej")
	in("1", "Hej") // handed over twice
	in("2", "Är ni där?")
	thread := d.messages("ag", team.MessageQuery{Peer: "0701740605", Open: true})
	if len(thread) != 2 || thread[0].Value.Text != "Är ni där?" || thread[0].Value.Group != "support" {
		t.Fatalf("%+v", thread)
	}
	newest := thread[0]
	me, yes := team.PersonID("ag"), true
	read[team.Done](t, d.do("ag", "PATCH", "messages/"+newest.Value.ID, team.MessageChange{Seq: newest.Seq, Pinned: &me}))
	// Somebody who saw it before is told who was faster.
	other := team.PersonID("sup")
	a := d.do("sup", "PATCH", "messages/"+newest.Value.ID, team.MessageChange{Seq: newest.Seq, Pinned: &other})
	if f := a.fault(); a.status != 409 || f.Item == nil || !strings.Contains(string(f.Item.Data), `"pinned":"ag"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	in("3", "Hallå?")
	thread = d.messages("us", team.MessageQuery{Peer: "0701740605", Pinned: "ag"})
	if len(thread) != 3 {
		t.Fatalf("who has the thread does not have what comes to it: %+v", thread)
	}
	if c := read[team.MessageCount](t, d.do("ag", "GET", "message-count", nil)); c != (team.MessageCount{Open: 3, Mine: 3}) {
		t.Errorf("%+v", c)
	}
	read[team.Done](t, d.do("ag", "PATCH", "messages/"+thread[0].Value.ID, team.MessageChange{Seq: thread[0].Seq, Handled: &yes}))
	if left := d.messages("us", team.MessageQuery{Open: true}); len(left) != 0 {
		t.Errorf("still open: %+v", left)
	}
	for _, q := range []string{`{"after":"' OR 1=1"}`, `{"kinds":["eaten"]}`, `{"limit":1000}`} {
		if a := d.do("ag", "POST", "messages", q); a.status != 400 {
			t.Errorf("%s: %d", q, a.status)
		}
	}
	if got := d.messages("ag", team.MessageQuery{Text: `%_\' OR 1=1`}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if a := d.do("out", "PATCH", "messages/"+thread[0].Value.ID, team.MessageChange{Seq: thread[0].Seq, Handled: &yes}); a.status != 404 {
		t.Errorf("another group's: %d", a.status)
	}
}

// Two people pin a message at once, at two servers of one database: one has it, the other is told who.
func TestTwoPinAtOnce(t *testing.T) {
	d := newDesk(t)
	_, web2 := d.server(open(t, d.file), newSource())
	client, err := team.NewClient(team.ClientConfig{URL: web2.URL, Token: d.tokens["sup"]})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for i := range 10 {
		id := fmt.Sprintf("cb%d", i)
		d.message(team.Message{ID: id, Kind: phone.GroupCallback, Group: "support", Direction: phone.Incoming, From: phone.Party{Number: fmt.Sprintf("070174060%d", i)}})
		seen := read[team.Versioned[team.Message]](t, d.do("us", "GET", "messages/"+id, nil)).Seq
		me, other := team.PersonID("ag"), team.PersonID("sup")
		var group sync.WaitGroup
		var theirs error
		group.Go(func() {
			theirs = client.Do(context.Background(), "PATCH", "messages/"+id, team.MessageChange{Seq: seen, Pinned: &other}, nil)
		})
		mine := d.do("ag", "PATCH", "messages/"+id, team.MessageChange{Seq: seen, Pinned: &me})
		group.Wait()
		has := read[team.Versioned[team.Message]](t, d.do("us", "GET", "messages/"+id, nil)).Value.Pinned
		won, lost := me, mine.fault()
		if mine.status == 200 {
			f := &team.Fault{}
			if !errors.As(theirs, &f) {
				t.Fatalf("both have it: %v", theirs)
			}
			lost = *f
		} else if won = other; theirs != nil {
			t.Fatalf("neither has it: %d %s, %v", mine.status, mine.body, theirs)
		}
		if has != won || lost.Code != team.CodeConflict || lost.Item == nil || !strings.Contains(string(lost.Item.Data), `"pinned":"`+string(won)+`"`) {
			t.Errorf("%s has it, %s was confirmed, the other was told %+v", has, won, lost)
		}
	}
}

func TestVoicesOfAGroup(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	inbox := filepath.Join(dir, "default", "80", "INBOX")
	record := func(n int) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(inbox, 0o700), os.WriteFile(filepath.Join(inbox, fmt.Sprintf("msg%04d.wav", n)), []byte("RIFF the sound"), 0o600),
			os.WriteFile(filepath.Join(inbox, fmt.Sprintf("msg%04d.txt", n)), fmt.Appendf(nil, "callerid=\"Maria\" <0701740605>\norigtime=1795000000\nduration=7\nmsg_id=1795000000-%d\n", n), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	record(0)
	box, err := spool.Open(dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	d.s.Voices = box
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { d.s.followVoices(ctx) })
	t.Cleanup(func() { cancel(); group.Wait(); _ = box.Close() })
	if got := d.messages("root", team.MessageQuery{}); len(got) != 0 {
		t.Errorf("a mailbox of no group: %+v", got)
	}
	read[team.Done](t, d.do("root", "PUT", "groups/support/inbox", team.NewInbox{Boxes: []string{"80@default"}}))
	var got []team.Versioned[team.Message]
	d.until("the message is the group's", func() bool { got = d.messages("us", team.MessageQuery{}); return len(got) == 1 })
	m := got[0]
	if v := m.Value; v.From.Number != "0701740605" || v.LengthS != 7 || v.Kind != phone.GroupVoice || !v.Open() {
		t.Errorf("%+v", v)
	}
	at := "messages/" + m.Value.ID
	if a := d.do("us", "GET", at+"/sound", nil); a.status != 200 || string(a.body) != "RIFF the sound" || a.head.Get("Content-Type") != "audio/wav" {
		t.Errorf("%d %v %q", a.status, a.head, a.body)
	}
	for _, id := range []string{"..%2f..%2fdefault%2f80%2fINBOX%2fmsg0000", "msg0000", "%2e%2e", "v00", m.Value.ID + "%00"} {
		if a := d.do("root", "GET", "messages/"+id+"/sound", nil); a.status != 404 && a.status != 400 {
			t.Errorf("%s: %d %s", id, a.status, a.body)
		}
	}
	if a := d.do("out", "GET", at+"/sound", nil); a.status != 404 {
		t.Errorf("another group's: %d", a.status)
	}
	d.source.did()
	yes := true
	read[team.Done](t, d.do("ag", "PATCH", at, team.MessageChange{Seq: m.Seq, Handled: &yes}))
	d.until("it is among the heard ones", func() bool {
		_, err := os.Stat(filepath.Join(dir, "default", "80", "Old", "msg0000.wav"))
		return err == nil
	})
	if a := d.source.did(); len(a) != 1 || a[0] != (team.RefreshMailbox{Box: "80@default"}) {
		t.Errorf("the exchange was asked for %+v", a)
	}
	for _, who := range []team.PersonID{"us", "ag", "sup"} {
		if a := d.do(who, "DELETE", at, nil); a.status != 403 {
			t.Errorf("%s deletes a voice message: %d", who, a.status)
		}
	}
	read[team.Done](t, d.do("adm", "DELETE", at, nil))
	if _, err := os.Stat(filepath.Join(dir, "default", "80", "Old", "msg0000.wav")); err == nil {
		t.Error("the sound is still there")
	}
	record(1)
	d.until("the next one is there", func() bool {
		got := d.messages("us", team.MessageQuery{})
		return len(got) == 1 && got[0].Value.ID != m.Value.ID
	})
	if err := errors.Join(os.Remove(filepath.Join(inbox, "msg0001.txt")), os.Remove(filepath.Join(inbox, "msg0001.wav"))); err != nil {
		t.Fatal(err)
	}
	d.until("what is deleted at a telephone is gone", func() bool { return len(d.messages("us", team.MessageQuery{})) == 0 })
}

func TestOldMessagesAreForgotten(t *testing.T) {
	d := newDesk(t)
	d.message(team.Message{ID: "open", Kind: phone.GroupCallback, Group: "support", Direction: phone.Incoming})
	d.message(team.Message{ID: "handled", Kind: phone.GroupCallback, Group: "support", Direction: phone.Incoming, Handled: true})
	d.clock.pass(400*24*time.Hour + time.Hour)
	d.s.keepHouse(t.Context())
	page, err := d.shelf.Messages(t.Context(), team.MessageQuery{}, nil)
	if err != nil || len(page.Messages) != 1 || page.Messages[0].Value.ID != "open" {
		t.Errorf("%+v %v", page, err)
	}
}
