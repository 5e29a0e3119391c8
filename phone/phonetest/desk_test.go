package phonetest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// People, lamps, activities, queues and message waiting, against Asterisk. What has no standard is in its dial plan here,
// and in a dialect file as a site would write it.

const deskPlan = `
exten => _*75*X.,1,GotoIf($["${EXTEN:4}" = "640"]?in)
 same => n,Hangup(21)
 same => n(in),AddQueueMember(svara,PJSIP/${CALLERID(num)})
 same => n,Set(DEVICE_STATE(Custom:in640-${CALLERID(num)})=INUSE)
 same => n,Answer()
 same => n,Wait(0.3)
 same => n,Hangup()
exten => _#75*X.,1,RemoveQueueMember(svara,PJSIP/${CALLERID(num)})
 same => n,Set(DEVICE_STATE(Custom:in640-${CALLERID(num)})=NOT_INUSE)
 same => n,Answer()
 same => n,Wait(0.3)
 same => n,Hangup()
exten => in640-1001,hint,Custom:in640-1001
exten => in640-1002,hint,Custom:in640-1002
exten => night640,hint,Custom:night640
exten => *76,1,Set(DEVICE_STATE(Custom:night640)=INUSE)
 same => n,Answer()
 same => n,Hangup()
exten => _*21*X.,1,Answer()
 same => n,Set(DB(forward/${CALLERID(num)})=${EXTEN:4})
 same => n,Hangup()
exten => #21,1,Answer()
 same => n,Set(GONE=${DB_DELETE(forward/${CALLERID(num)})})
 same => n,Hangup()
exten => *67,1,Hangup(21)
exten => _*59*X.,1,VoiceMail(${EXTEN:4}@default)
 same => n,Hangup()
`

const deskDialect = `id = "asterisk-desk"
name = "Test PBX with codes"
[transfer]
direct = "supervised"
[forward.all]
on = "dial:*21*{number}"
off = "dial:#21"
[forward.busy]
on = "dial:*67{number}"
off = "dial:*67"
[queue]
login = "dial:*75*{queue}"
logout = "dial:#75*{queue}"
login_hint = "watch:in640-{extension}"
night_hint = "watch:night640"
`

func startDesks(t *testing.T, phones int) *office {
	t.Helper()
	o := &office{pbx: phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Extra: deskPlan, Voicemail: true})}
	for i := range phones {
		d := startDeskWith(t, i, o.pbx.Addr(), map[string]string{"asterisk-desk.toml": deskDialect}, "--dialect", "asterisk-desk")
		o.all = append(o.all, d)
	}
	return o
}

// line waits until a number's lamp is as wanted.
func (d *desk) line(t testing.TB, number, what string, ok func(phone.Line) bool) phone.Line {
	t.Helper()
	var last phone.Line
	defer func() {
		if t.Failed() {
			t.Logf("%s's lamp at %s: %+v %+v", number, d.user, last, last.Presence)
		}
	}()
	phonetest.Until(t, 20*time.Second, number+"'s lamp: "+what, func() bool {
		snap := d.Snapshot()
		l := snap.LineOf(number)
		if l != nil {
			last = *l
		}
		return l != nil && ok(last)
	})
	return last
}

func TestLampsOfColleagues(t *testing.T) {
	t.Parallel()
	o := startDesks(t, 3)
	me, other, third := o.all[0], o.all[1], o.all[2]
	book := filepath.Join(t.TempDir(), "colleagues.csv")
	if err := os.WriteFile(book, []byte("Namn;Anknytning;Titel\nÅsa Öberg;1002;Ekonom\nBo Ek;1003;Säljare\nIngen Alls;1077;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	me.Must("book", "add", "--id", "col", "--kind", "file", "--address", book, "--colleagues")
	me.Must("wait", "book:col=fresh", "--timeout", "20s")
	idle := func(l phone.Line) bool { return l.State == phone.LineIdle }
	me.line(t, "1002", "idle", idle)
	call := other.Dial(third.user)
	third.Wait("any", phone.StateIncoming)
	me.line(t, "1003", "rings", func(l phone.Line) bool { return l.State == phone.LineRinging })
	answered := third.AnswerNext()
	other.Wait(call, phone.StateConnected)
	l := me.line(t, "1002", "in a call", func(l phone.Line) bool { return l.State == phone.LineBusy })
	if time.Since(l.Since) > 20*time.Second || l.Since.IsZero() {
		t.Errorf("in a call since %v", l.Since)
	}
	third.HangUp(answered)
	me.line(t, "1002", "idle again", idle)
	// The search ranks by it: who is free goes before who is not there.
	var found struct {
		Hits []phone.Hit `json:"hits"`
		Took float64     `json:"took_ms"`
	}
	me.Ask(&found, "search", "e")
	if len(found.Hits) < 2 || found.Took <= 0 {
		t.Errorf("found %+v", found)
	}
	// The exchange goes away: the last word stays a while, and all is well again when it is back.
	third.Quit()
	me.line(t, "1003", "not signed in, or unknown", func(l phone.Line) bool { return l.State != phone.LineBusy })
	o.pbx.Restart()
	me.Must("wait", "registered", "--timeout", "60s")
	me.line(t, "1002", "idle after the restart", func(l phone.Line) bool { return idle(l) && !l.Stale && l.Reason == nil })
	// Asterisk takes no PUBLISH of presence: that is said, and nothing else suffers.
	phonetest.Until(t, 20*time.Second, "the refusal is shown", func() bool {
		p := me.Snapshot().Me.Published
		return len(p) == 1 && p[0].State == phone.ConfirmRefused && p[0].Reason != nil
	})
}

func TestQueueCodes(t *testing.T) {
	t.Parallel()
	o := startDesks(t, 2)
	me, caller := o.all[0], o.all[1]
	me.Must("queue", "add", "640", "Växeln")
	me.Must("queue", "add", "641", "Annan")
	members := func() string { return o.pbx.CLI("queue show svara") }
	me.Must("queue", "login", "640")
	me.Must("wait", "queue:640=on", "--timeout", "20s")
	if !strings.Contains(members(), "PJSIP/1001") {
		t.Fatalf("the phone says logged in, the PBX:\n%s", members())
	}
	call := caller.Dial("640")
	ours := me.AnswerNext()
	caller.Wait(call, phone.StateConnected)
	sounds(t, "through the queue", hear{caller: {me}, me: {caller}})
	me.HangUp(ours)
	caller.Ended(call)
	me.Must("queue", "login", "641")
	me.Must("wait", "queue:641=refused", "--timeout", "20s")
	q := queueOf(me, "641")
	if q.Reason == nil || q.Reason.ID != phone.ReasonNotMember || q.Reason.Code < 400 {
		t.Errorf("refused with %+v", q.Reason)
	}
	if words := plainly(t, me.Svara, "queue", "list"); !strings.Contains(words, "641") {
		t.Errorf("svaractl queue list:\n%s", words)
	}
	// Somebody else takes us out: the hint tells.
	o.pbx.CLI("queue remove member PJSIP/1001 from svara")
	o.pbx.CLI("devstate change Custom:in640-1001 NOT_INUSE")
	me.Must("wait", "queue:640=off", "--timeout", "20s")
	me.Must("queue", "login", "640")
	me.Must("wait", "queue:640=on", "--timeout", "20s")
	me.Must("queue", "logout", "640")
	me.Must("wait", "queue:640=off", "--timeout", "20s")
	if strings.Contains(members(), "PJSIP/1001") {
		t.Errorf("the phone says logged out, the PBX:\n%s", members())
	}
	o.pbx.CLI("devstate change Custom:night640 INUSE")
	phonetest.Until(t, 20*time.Second, "closed for the night", func() bool { return queueOf(me, "640").Night })
}

func queueOf(d *desk, id phone.QueueID) phone.QueueStatus {
	queues := d.Snapshot().Queues
	if i := slices.IndexFunc(queues, func(q phone.QueueStatus) bool { return q.ID == id }); i >= 0 {
		return queues[i]
	}
	return phone.QueueStatus{}
}

func TestForwardingCodes(t *testing.T) {
	t.Parallel()
	o := startDesks(t, 1)
	me := o.all[0]
	forward := func(kind phone.ForwardKind) phone.Forward {
		for _, f := range me.Snapshot().Forwards {
			if f.Kind == kind {
				return f
			}
		}
		return phone.Forward{}
	}
	stored := func() string { return o.pbx.CLI("database show forward") }
	me.Must("forward", "all", "070-174 06 05")
	me.Must("wait", "forward:all=on", "--timeout", "20s")
	if f := forward(phone.ForwardAll); f.Number != "0701740605" || !strings.Contains(stored(), "0701740605") {
		t.Errorf("%+v; the PBX has\n%s", f, stored())
	}
	me.Must("forward", "all", "off")
	me.Must("wait", "forward:all=off", "--timeout", "20s")
	if strings.Contains(stored(), "0701740605") {
		t.Errorf("off, and the PBX has\n%s", stored())
	}
	me.Must("forward", "busy", "1003")
	me.Must("wait", "forward:busy=refused", "--timeout", "20s")
	refused(t, me, []phone.ReasonID{phone.ReasonNotSupported}, "forward", "noanswer", "1003")
	if h := me.History(); len(h) != 0 {
		t.Errorf("codes are in the history: %+v", h)
	}
}

// How a call came here, and who is let through.
func TestWhoCalls(t *testing.T) {
	t.Parallel()
	o := startDesks(t, 3)
	me, caller, third := o.all[0], o.all[1], o.all[2]
	me.Must("contacts", "add", "--name", "Anna Öberg", "--company", "Ekdal Bygg", "--number", "work:1002")
	// 1003 is away, and its phone sends callers on by itself, since its dialect has no code for that (302, RFC 3261 21.3.3;
	// Diversion, RFC 5806).
	third.Must("account", "set", third.user, "dialect", "generic")
	third.Must("wait", "registered", "--timeout", "20s")
	third.Must("activity", "lunch", "--divert", me.user)
	call := caller.Dial(third.user)
	ours := me.Wait("any", phone.StateIncoming)
	c := me.Is(ours, "known", func(c phone.Call) bool { return c.Caller.Name == "Anna Öberg" })
	if c.Caller.Company != "Ekdal Bygg" || c.Origin == nil || c.Origin.Sought == nil || c.Origin.Sought.Number != "1003" || c.Origin.Sought.Reason != "away" {
		t.Fatalf("%+v %+v", c.Caller, c.Origin)
	}
	me.Must("answer", ours)
	caller.Wait(call, phone.StateConnected)
	sounds(t, "sent on", hear{caller: {me}, me: {caller}, third: {}})
	me.Must("call", "note", ours, "Vill ha offert")
	me.HangUp(ours)
	caller.Ended(call)
	// The next time, the last call and its note are there.
	call = caller.Dial(me.user)
	ours = me.Wait("any", phone.StateIncoming)
	c = me.Is(ours, "remembered", func(c phone.Call) bool { return len(c.Caller.Last) == 1 })
	if last := c.Caller.Last[0]; last.Note != "Vill ha offert" || last.Sought != "1003" {
		t.Errorf("%+v", last)
	}
	caller.HangUp(call)
	me.Ended(ours)

	var people struct {
		Hits []phone.Hit `json:"hits"`
	}
	me.Ask(&people, "search", "öberg")
	if len(people.Hits) != 1 {
		t.Fatalf("%+v", people)
	}
	id := string(people.Hits[0].Person.ID)
	mark := func(m string) {
		me.Must("contacts", "mark", id, m)
		phonetest.Until(t, 10*time.Second, "marked", func() bool {
			var p phone.Person
			me.Ask(&p, "contacts", "show", id)
			return string(p.Mark) == strings.TrimSuffix(m, "none")
		})
	}
	mark("blocked")
	if why := caller.Ended(caller.Dial(me.user)); why.ID != phone.ReasonBusy {
		t.Errorf("a blocked caller heard %+v", why)
	}
	mark("none")
	me.Must("activity", "dnd")
	if why := caller.Ended(caller.Dial(me.user)); why.ID != phone.ReasonBusy {
		t.Errorf("who disturbs heard %+v", why)
	}
	mark("vip")
	call = caller.Dial(me.user)
	ours = me.Wait("any", phone.StateIncoming)
	caller.HangUp(call)
	me.Ended(ours)
	mark("none")
	me.Must("activity", "available")
	call = caller.Dial(me.user)
	me.HangUp(me.AnswerNext())
	caller.Ended(call)
}

func TestMessageWaiting(t *testing.T) {
	t.Parallel()
	o := startDesks(t, 2)
	me, caller := o.all[0], o.all[1]
	box := func() phone.Mailbox {
		if b := me.Snapshot().Voicemail.Boxes; len(b) > 0 {
			return b[0]
		}
		return phone.Mailbox{}
	}
	phonetest.Until(t, 20*time.Second, "the PBX tells of the mailbox", func() bool { return box().Known })
	if b := box(); b.New != 0 {
		t.Fatalf("%+v", b)
	}
	call := caller.Talk("*59*1001")
	caller.Listen(9 * time.Second) // the greeting, the beep, and then our tone is the message
	caller.HangUp(call)
	phonetest.Until(t, 30*time.Second, "a message waits", func() bool { return box().New == 1 })
	if words := plainly(t, me.Svara, "mail", "list"); !strings.Contains(words, "1 new") {
		t.Errorf("svaractl mail list:\n%s", words)
	}
}
