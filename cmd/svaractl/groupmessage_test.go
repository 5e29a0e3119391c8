package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
)

// GroupMessages is a page of three messages, or the one that is asked for.
func (l *log) GroupMessages(_ context.Context, q phone.GroupMessageQuery) (phone.GroupMessagePage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages = q
	all := []phone.GroupMessage{
		{ID: "v1", Seq: 7, Kind: phone.GroupVoice, Group: "sales", Direction: phone.Incoming, Remote: phone.Party{Name: "Maria\x1b Ekdal", Number: "0701740612"}, At: time.Now(), LengthS: 65, Pinned: phone.TeamName{ID: "salma", Name: "Salma Haddad"}},
		{ID: "c1", Seq: 8, Kind: phone.GroupCallback, Group: "sales", Direction: phone.Incoming, Remote: phone.Party{Number: "0701740613"}, At: time.Now(), Text: "Ring efter tre", Handled: true, Mine: true},
		{ID: "t1", Seq: 9, Kind: phone.GroupText, Group: "sales", Direction: phone.Outgoing, Remote: phone.Party{Number: "0701740614"}, At: time.Now(), Text: "Hej", Sender: "Ekdal", State: phone.TextFailed, Reason: &phone.Reason{ID: phone.ReasonTextRefused}},
	}
	switch q.ID {
	case "":
		return phone.GroupMessagePage{Messages: all, Next: "n1", Told: time.Now().Add(-2 * time.Minute)}, nil
	case "gone":
		return phone.GroupMessagePage{}, nil
	}
	return phone.GroupMessagePage{Messages: all[:1]}, nil
}

func (l *log) GroupSound(_ context.Context, id string) ([]byte, error) {
	if id != "v1" {
		return nil, phone.Refuse(phone.ReasonTeamGone, id)
	}
	return []byte("RIFF"), nil
}

func (l *log) lastMessages() phone.GroupMessageQuery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.messages
}

func TestGroupMessageCommands(t *testing.T) {
	b, _ := startTeam(t)
	yes, no := true, false
	me, nobody := phone.TeamPersonID("elin"), phone.TeamPersonID("")
	for line, want := range map[string]phone.Command{
		"group message pin v1":                                             phone.CareForMessage{ID: "v1", Seq: 7, Pinned: &me},
		"group message unpin v1":                                           phone.CareForMessage{ID: "v1", Seq: 7, Pinned: &nobody},
		"group message handle v1":                                          phone.CareForMessage{ID: "v1", Seq: 7, Handled: &yes},
		"group message handle v1 --undo":                                   phone.CareForMessage{ID: "v1", Seq: 7, Handled: &no},
		"group message delete v1":                                          phone.DeleteGroupMessage{ID: "v1", Seq: 7},
		"group message play v1 --from 5s --speed 1.5":                      phone.PlayGroupMessage{ID: "v1", From: 5 * time.Second, Speed: 1.5},
		"group message stop":                                               phone.StopPlaying{},
		"group message send 0701740612,0701740613 Hej där":                 phone.SendGroupText{Group: "sales", To: []string{"0701740612", "0701740613"}, Text: "Hej där"},
		"group message send 0701740612 Hej --sender Ekdal --group support": phone.SendGroupText{Group: "support", To: []string{"0701740612"}, Sender: "Ekdal", Text: "Hej"},
		"group message send 0701740612 --template stängt":                  phone.SendGroupText{Group: "sales", To: []string{"0701740612"}, Text: "Vi har stängt."},
	} {
		b.must(strings.Fields(line)...)
		did := b.Did()
		if got := did[len(did)-1]; !reflect.DeepEqual(got, want) {
			t.Errorf("svaractl %s: %+v, want %+v", line, got, want)
		}
	}
	for _, line := range []string{
		"group message", "group message pin", "group message send 0701", "group message send 0701 Hej --template Stängt", "group message list --kind fax", "group message list --limit 201",
		"group message play v1 --speed 9", "group message sound v1", "wait group-message:x",
	} {
		if r := b.run(strings.Fields(line)...); r.code != exitUsage {
			t.Errorf("svaractl %s: %+v", line, r)
		}
	}
	b.wantCode(exitRefused, "team-gone: gone", "group", "message", "pin", "gone")
	b.wantCode(exitRefused, "no-item: Ingen", "group", "message", "send", "0701740612", "--template", "Ingen")
	b.Change(func(s *phone.Snapshot) {
		s.Team.Messages.Senders = append(s.Team.Messages.Senders, phone.GroupSender{Group: "support", As: "0802"})
	})
	b.wantCode(exitUsage, "--group is needed: sales, support", "group", "message", "send", "0701740612", "Hej")
	// What the server refuses is told, once: the change stays, and the next is another.
	refused := phone.TeamChange{ID: "c1", Verb: phone.CareForMessage{}.Verb(), About: "v1", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamConflict}}
	b.refuse(refused)
	b.wantCode(exitRefused, "team-conflict", "group", "message", "pin", "v1")
	b.OnDo = nil
	b.Change(func(*phone.Snapshot) {})
	b.must("group", "message", "pin", "v1")
	refused.ID, refused.State = "c2", phone.TeamChangeWaits
	b.refuse(refused)
	if out := b.must("group", "message", "pin", "v1"); out != "waits for the team server: c2\n" {
		t.Errorf("%q", out)
	}
}

func TestAGroupsTextToAllHits(t *testing.T) {
	mobile := func(n string) phone.Hit {
		return phone.Hit{Person: phone.Person{Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2101"}, {Kind: phone.NumberMobile, Number: n}}}}
	}
	who := &found{hits: []phone.Hit{mobile("070-174 06 12"), {Person: phone.Person{Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}}}, mobile("0701740613"), mobile("0701740612")}}
	b, _ := startTeamAmong(t, who)
	if out := b.must("group", "message", "send", "--search", "växeln luleå", "Vi", "har", "öppet", "--sender", "Ekdal"); !strings.Contains(out, "to 2, left out 1 without") {
		t.Errorf("%q", out)
	}
	want := phone.SendGroupText{Group: "sales", To: []string{"070-174 06 12", "0701740613"}, Sender: "Ekdal", Text: "Vi har öppet"}
	if did := b.Did(); !reflect.DeepEqual(did[len(did)-1], want) || who.last().Text != "växeln luleå" {
		t.Errorf("asked %+v, told %+v", who.last(), did)
	}
	b.must("group", "message", "send", "--favourites", "--template", "stängt")
	if asked := who.last(); asked.Mark != phone.MarkFavourite {
		t.Errorf("asked %+v", asked)
	}
	who.only(1)
	b.wantCode(exitRefused, "no-item: xyz", "group", "message", "send", "--search", "xyz", "Hej")
	b.wantCode(exitUsage, "to whom", "group", "message", "send")
	b.wantCode(exitUsage, "a text or", "group", "message", "send", "--favourites")
}

func TestATemplateForAllHits(t *testing.T) {
	who := &found{hits: []phone.Hit{
		{Person: phone.Person{Emails: []string{"anna@x.se", "anna@hem.se"}, Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "0701740612"}}}},
		{Person: phone.Person{Name: "Bo"}}, {Person: phone.Person{Emails: []string{"cia@x.se"}}}, {Person: phone.Person{Emails: []string{"Anna@x.se"}}},
	}}
	b, _ := startTeamAmong(t, who)
	b.Change(func(s *phone.Snapshot) {
		s.Templates = []phone.Template{{ID: "brev", Kind: phone.MessageEmail, Name: "Stängt", Subject: "Vi har stängt", Text: "Hej!"}, {ID: "sms", Kind: phone.MessageSMS, Name: "Stängt", Text: "Stängt"}}
	})
	if out := b.must("template", "fill", "brev", "--search", "luleå", "--json"); !strings.Contains(out, `"mailto":"mailto:anna@x.se;cia@x.se?subject=Vi%20har%20st%C3%A4ngt`) ||
		!strings.Contains(out, `"without":1`) || who.last().Text != "luleå" {
		t.Errorf("asked %+v, printed %s", who.last(), out)
	}
	if out := b.must("template", "fill", "sms", "--favourites"); !strings.Contains(out, "to 0701740612\nleft out 3 ") || who.last().Mark != phone.MarkFavourite {
		t.Errorf("asked %+v, printed %s", who.last(), out)
	}
	who.only(1)
	b.wantCode(exitRefused, "no-item: xyz", "template", "fill", "brev", "--search", "xyz")
	b.wantCode(exitUsage, "either a call", "template", "fill", "brev", "4", "--favourites")
}

// found is people of whom always the same are found.
type found struct {
	phone.People
	mu    sync.Mutex
	hits  []phone.Hit
	asked phone.SearchQuery
}

func (f *found) Search(_ context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = q
	return phone.SearchResult{Hits: f.hits}, nil
}

// last is what was looked for last.
func (f *found) last() phone.SearchQuery {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// only leaves one of those who are found.
func (f *found) only(hit int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hits = f.hits[hit : hit+1]
}

func TestGroupMessageQuestions(t *testing.T) {
	b, l := startTeam(t)
	out := b.must("group", "message", "list", "--group", "sales", "--kind", "voice", "--kind", "text", "--open", "--mine", "--with", "0701", "--search", "tre", "--limit", "9", "--after", "n0")
	want := phone.GroupMessageQuery{
		OpenFirst: true, Groups: []phone.TeamGroupID{"sales"}, Kinds: []phone.GroupMessageKind{phone.GroupVoice, phone.GroupText}, Open: true, Mine: true, Peer: "0701", Text: "tre", Limit: 9, After: "n0",
	}
	if got := l.lastMessages(); !reflect.DeepEqual(got, want) {
		t.Errorf("asked %+v", got)
	}
	for _, words := range []string{"as it was 2:0", "Maria Ekdal <0701740612>", "1:05; pinned by Salma Haddad", "handled", "pinned by you; Ring efter tre", "failed: text-refused", "as Ekdal; Hej", "more: --after n1"} {
		if !strings.Contains(out, words) {
			t.Errorf("no %q in %q", words, out)
		}
	}
	for args, words := range map[string]string{
		"group message show v1":   "pinned by Salma Haddad",
		"group message sendings":  "2 of 3 sent, 1 failed",
		"group message senders":   "cannot be answered",
		"group message templates": "Vi har stängt.",
	} {
		if out := b.must(strings.Fields(args)...); !strings.Contains(out, words) {
			t.Errorf("svaractl %s: %q", args, out)
		}
	}
	path := filepath.Join(t.TempDir(), "v1.wav")
	b.must("group", "message", "sound", "v1", path)
	if data, err := os.ReadFile(path); err != nil || string(data) != "RIFF" {
		t.Errorf("%q %v", data, err)
	}
	b.wantCode(exitRefused, "bad-file", "group", "message", "sound", "v1", path)
	b.wantCode(exitRefused, "team-gone", "group", "message", "sound", "v2", path+"2")
	if did := b.Did(); len(did) != 0 {
		t.Errorf("something was sent: %+v", did)
	}
}
