package server

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/spool"
	"svara/ui/text"
)

// Each group's messages are kept for as long as its administrator says: handled ones, all, or for ever.
func TestMessagesAreKeptAsAGroupWants(t *testing.T) {
	for name, c := range map[string]struct {
		keep team.Keep
		left string // after 40 days, of those that came then and those of the last day
	}{
		"as usual": {team.Keep{}, "[new old old-handled old-sent]"},
		"handled":  {team.Keep{Rule: team.KeepHandled, Days: 30}, "[new old]"},
		"all":      {team.Keep{Rule: team.KeepAll, Days: 30}, "[new]"},
		"longer":   {team.Keep{Rule: team.KeepAll, Days: 41}, "[new old old-handled old-sent]"},
		"never":    {team.Keep{Rule: team.KeepNever}, "[new old old-handled old-sent]"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			in := read[team.Versioned[team.Inbox]](t, d.do("us", "GET", "groups/support/inbox", nil))
			read[team.Done](t, d.do("adm", "PUT", "groups/support/keep", team.NewKeep{Seq: in.Seq, Keep: c.keep}))
			for _, g := range []team.GroupID{"support", "sales"} {
				for _, m := range []team.Message{{ID: "old", Direction: phone.Incoming}, {ID: "old-handled", Direction: phone.Incoming, Handled: true}, {ID: "old-sent", Direction: phone.Outgoing, State: phone.TextSent}} {
					m.ID, m.Group, m.Kind = string(g)+"/"+m.ID, g, phone.GroupText
					d.message(m)
				}
			}
			d.clock.pass(40 * 24 * time.Hour)
			d.message(team.Message{ID: "support/new", Group: "support", Kind: phone.GroupText, Direction: phone.Incoming, Handled: true})
			d.s.keepHouse(t.Context())
			var left []string
			others := 0
			page, err := d.shelf.Messages(t.Context(), team.MessageQuery{}, nil)
			for _, m := range page.Messages {
				if id, ours := strings.CutPrefix(m.Value.ID, "support/"); ours {
					left = append(left, id)
				} else {
					others++
				}
				until, gone := c.keep.Until(m.Value), false
				if m.Value.Group == "support" {
					gone = !until.IsZero() && until.Before(d.clock.Now())
				}
				if gone {
					t.Errorf("%s is told to be gone since %v", m.Value.ID, until)
				}
			}
			if slices.Sort(left); fmt.Sprint(left) != c.left || others != 3 || err != nil {
				t.Errorf("%v left, want %s; %d of the other group; %v", left, c.left, others, err)
			}
		})
	}
}

func TestWhoSaysForHowLong(t *testing.T) {
	d := newDesk(t)
	for _, k := range []team.Keep{{Rule: team.KeepAll}, {Rule: team.KeepHandled, Days: 3651}, {Rule: team.KeepNever, Days: 3}, {Rule: "sometimes", Days: 3}, {Days: 3}, {Rule: team.KeepAll, Days: -1}} {
		if a := d.do("root", "PUT", "groups/support/keep", team.NewKeep{Keep: k}); a.status != 400 || !strings.HasPrefix(a.fault().Field, "keep.") {
			t.Errorf("%+v: %d %s", k, a.status, a.body)
		}
	}
	root := d.browser()
	root.signIn("root")
	const at = "/admin/groups/support/inbox"
	if status, html := root.press(at, "/admin/groups/support/keep", url.Values{"seq": {"0"}, "rule": {"all"}, "days": {"0"}}); status != 400 || !strings.Contains(html, `<option value="all" selected>`) {
		t.Errorf("%d %s", status, html)
	}
	if status, html := root.press(at, "/admin/groups/support/keep", url.Values{"seq": {"0"}, "rule": {"all"}, "days": {"30"}}); status != 200 || !strings.Contains(html, text.In("sv", "team.page.saved")) || !strings.Contains(html, `value="30"`) {
		t.Errorf("%d %s", status, html)
	}
	k, err := d.s.Keep("support")
	if err != nil || k.Value != (team.Keep{Rule: team.KeepAll, Days: 30}) {
		t.Fatalf("%+v %v", k, err)
	}
	// The other forms of the page leave it as it is, and it leaves them.
	if status, _ := root.press(at, at, url.Values{"seq": {strconv.FormatInt(int64(k.Seq), 10)}, "senders": {"Ekdal"}}); status != 200 {
		t.Error(status)
	}
	if k, err = d.s.Keep("support"); err != nil || k.Value.Days != 30 {
		t.Errorf("%+v %v", k, err)
	}
	if status, _ := root.press(at, "/admin/groups/support/keep", url.Values{"seq": {"1"}, "rule": {"never"}, "days": {"30"}}); status != 409 {
		t.Errorf("as it is not any more: %d", status)
	}
	if status, _ := root.press(at, "/admin/groups/support/keep", url.Values{"seq": {strconv.FormatInt(int64(k.Seq), 10)}, "rule": {"never"}, "days": {"30"}}); status != 200 {
		t.Errorf("never: %d", status)
	}
}

// Voice messages that are past their time go with their sounds, and only where a group wants it.
func TestOldVoicesGoWithTheirSounds(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	sounds := map[string]string{}
	for _, b := range []string{"80", "81"} {
		at := filepath.Join(dir, "default", b, "INBOX")
		sounds[b] = filepath.Join(at, "msg0000.wav")
		if err := errors.Join(os.MkdirAll(at, 0o700), os.WriteFile(sounds[b], []byte("RIFF"), 0o600),
			os.WriteFile(filepath.Join(at, "msg0000.txt"), []byte("callerid=0701740605\norigtime=1795000000\nduration=7\nmsg_id=1795000000-"+b+"\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	box, err := spool.Open(dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	d.s.Voices = box
	for b, g := range map[string]team.GroupID{"80": "support", "81": "sales"} {
		read[team.Done](t, d.do("root", "PUT", "groups/"+string(g)+"/inbox", team.NewInbox{Boxes: []string{b + "@default"}}))
		if err := d.s.lookInto(t.Context(), b+"@default", g); err != nil {
			t.Fatal(err)
		}
	}
	k, err := d.s.Keep("support")
	if err != nil {
		t.Fatal(err)
	}
	read[team.Done](t, d.do("adm", "PUT", "groups/support/keep", team.NewKeep{Seq: k.Seq, Keep: team.Keep{Rule: team.KeepAll, Days: 30}}))
	d.clock.set(time.Unix(1795000000, 0).AddDate(0, 0, 29))
	d.s.forgetVoices(t.Context())
	if got := d.messages("root", team.MessageQuery{}); len(got) != 2 {
		t.Fatalf("before its time: %+v", got)
	}
	d.source.did()
	d.clock.pass(48 * time.Hour)
	d.s.forgetVoices(t.Context())
	if got := d.messages("root", team.MessageQuery{}); len(got) != 1 || got[0].Value.Group != "sales" {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(sounds["80"]); err == nil {
		t.Error("the sound is still there")
	}
	if _, err := os.Stat(sounds["81"]); err != nil {
		t.Error("another group's sound is gone")
	}
	if a := d.source.did(); len(a) != 1 || a[0] != (team.RefreshMailbox{Box: "80@default"}) {
		t.Errorf("the exchange was asked for %+v", a)
	}
}
