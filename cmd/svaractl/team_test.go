package main

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
)

// log is a group log with one entry.
type log struct {
	mu       sync.Mutex
	asked    phone.GroupLogQuery     // mu
	messages phone.GroupMessageQuery // mu
}

func (l *log) GroupLog(_ context.Context, q phone.GroupLogQuery) (phone.GroupLogPage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = q
	if q.ID == "gone" {
		return phone.GroupLogPage{}, nil
	}
	return phone.GroupLogPage{Next: "e1", Told: time.Now().Add(-2 * time.Minute), Calls: []phone.GroupCall{{
		ID: "e1", Seq: 41, Queue: "710", Name: "Kundtjänst", From: phone.Party{Name: "Lindö\x1b Maskin", Number: "08-46500431"}, Began: time.Now(), WaitS: 200, Outcome: phone.GroupMissed,
		Handler: phone.TeamName{ID: "salma", Name: "Salma Haddad"}, Note: "ring efter tre",
	}}}, nil
}

func (l *log) last() phone.GroupLogQuery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

func startTeam(t *testing.T) (*bench, *log) { return startTeamAmong(t, nil) }

// startTeamAmong is startTeam with people who can be found.
func startTeamAmong(t *testing.T, people phone.People) (*bench, *log) {
	l := &log{}
	b := start(t, func(b *bench) { b.server.GroupLog, b.server.GroupMessages, b.server.People = l, l, people })
	b.Change(func(s *phone.Snapshot) {
		s.Team = phone.TeamState{Link: phone.TeamLive, Me: "elin", Log: phone.GroupLogState{Open: 3}, Messages: phone.GroupMessageState{
			Open: 1, Senders: []phone.GroupSender{{Group: "sales", As: "0801"}, {Group: "sales", As: "Ekdal", OneWay: true}}, Templates: []phone.GroupTemplate{{Group: "sales", Name: "Stängt", Text: "Vi har stängt."}},
			Sendings: []phone.GroupSending{{ID: "s1", Group: "sales", Sender: "Ekdal", Text: "Hej", Total: 3, Sent: 2, Failed: []phone.GroupSendFail{{Number: "+46701740613", Reason: phone.Reason{ID: phone.ReasonTextRefused}}}}},
		}}
		s.Queues = []phone.QueueStatus{
			{Queue: phone.Queue{ID: "710", Name: "Kundtjänst"}, Team: &phone.QueueTeam{
				Settings: phone.QueueSettings{NightNumber: "2100", Overflow: "700", OverflowS: 60},
				Today:    phone.QueueDay{Answered: 63, AverageWaitS: 27, ServiceLevel: 84},
				Members:  []phone.QueueMember{{Phone: "PJSIP/2101", Person: phone.TeamName{ID: "salma"}, Name: "Salma Haddad", LoggedIn: true, Paused: true, Why: "Lunch", Skill: 8, Today: 19}},
				Callers:  []phone.QueueCaller{{ID: "c1", Place: 1, From: phone.Party{Number: "0701"}, Since: time.Now(), Before: 2, Rings: []string{"Elin"}}},
			}},
			{Queue: phone.Queue{ID: "720"}},
		}
	})
	return b, l
}

func TestTeamCommands(t *testing.T) {
	b, _ := startTeam(t)
	yes, no, five := true, false, 5
	me, salma, nobody, note := phone.TeamPersonID("elin"), phone.TeamPersonID("salma"), phone.TeamPersonID(""), "uppringd 11:52"
	was := phone.QueueSettings{NightNumber: "2100", Overflow: "700", OverflowS: 60}
	for line, want := range map[string]phone.Command{
		"queue member 710 salma login":        phone.SetQueueMember{Queue: "710", Phone: "PJSIP/2101", LoggedIn: &yes},
		"queue member 710 PJSIP/2101 logout":  phone.SetQueueMember{Queue: "710", Phone: "PJSIP/2101", LoggedIn: &no},
		"queue member 710 salma_haddad pause": phone.SetQueueMember{Queue: "710", Phone: "PJSIP/2101", Paused: &yes},
		"queue member 710 salma pause Lunch":  phone.SetQueueMember{Queue: "710", Phone: "PJSIP/2101", Paused: &yes, Why: "Lunch"},
		"queue member 710 salma resume":       phone.SetQueueMember{Queue: "710", Phone: "PJSIP/2101", Paused: &no},
		"queue member 710 salma skill 5":      phone.SetQueueMember{Queue: "710", Phone: "PJSIP/2101", Skill: &five},
		"queue settings 710 --night on":       phone.SetQueue{Queue: "710", Was: was, New: phone.QueueSettings{Night: true, NightNumber: "2100", Overflow: "700", OverflowS: 60}},
		"queue settings --overflow= 710":      phone.SetQueue{Queue: "710", Was: was, New: phone.QueueSettings{NightNumber: "2100"}},
		"group log take e1":                   phone.CareForCall{ID: "e1", Seq: 41, Handler: &me},
		"group log assign e1 salma":           phone.CareForCall{ID: "e1", Seq: 41, Handler: &salma},
		"group log assign e1 nobody":          phone.CareForCall{ID: "e1", Seq: 41, Handler: &nobody},
		"group log handle e1":                 phone.CareForCall{ID: "e1", Seq: 41, Handled: &yes},
		"group log handle e1 --undo --json":   phone.CareForCall{ID: "e1", Seq: 41, Handled: &no},
		"group log note e1 uppringd 11:52":    phone.CareForCall{ID: "e1", Seq: 41, Note: &note},
	} {
		args := strings.Fields(line)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "_", " ")
		}
		b.must(args...)
		did := b.Did()
		if got := did[len(did)-1]; !reflect.DeepEqual(got, want) {
			t.Errorf("svaractl %s: %+v, want %+v", line, got, want)
		}
	}
}

func TestTeamQuestions(t *testing.T) {
	b, l := startTeam(t)
	out := b.must("group", "log", "list", "--queue", "710", "--queue", "700", "--outcome", "missed", "--handler", "nobody", "--handler", "salma", "--open", "--search", "lind", "--limit", "9", "--after", "e0")
	want := phone.GroupLogQuery{OpenFirst: true, Queues: []phone.QueueID{"710", "700"}, Outcomes: []phone.GroupOutcome{phone.GroupMissed}, Nobody: true, Handlers: []phone.TeamPersonID{"salma"}, Open: true, Text: "lind", Limit: 9, After: "e0"}
	if got := l.last(); !reflect.DeepEqual(got, want) {
		t.Errorf("asked %+v", got)
	}
	for _, words := range []string{"as it was 2:0", "Kundtjänst", "missed, open", "3:20", "Lindö Maskin <08-46500431>", "handler Salma Haddad; ring efter tre", "more: --after e1"} {
		if !strings.Contains(out, words) {
			t.Errorf("no %q in %q", words, out)
		}
	}
	var page phone.GroupLogPage
	if err := json.Unmarshal([]byte(b.must("queue", "log", "--json")), &page); err != nil || len(page.Calls) != 1 {
		t.Errorf("%v %+v", err, page)
	}
	for args, words := range map[string]string{
		"queue members 710":    "paused: Lunch",
		"queue agents":         "710 paused: Lunch",
		"queue callers 710":    "2 earlier not handled; rings at Elin",
		"queue today 710":      "84 %",
		"queue settings 710":   "night-number",
		"wait group:3":         "",
		"wait group-message:1": "",
	} {
		if out := b.must(strings.Fields(args)...); !strings.Contains(out, words) {
			t.Errorf("svaractl %s: %q", args, out)
		}
	}
	for _, line := range []string{
		"queue members", "queue member 710 salma", "queue member 710 salma skill 11", "queue member 710 salma login now", "queue member 710 salma fly", "queue settings 710 --night maybe",
		"queue settings 710 --distribution odd", "group", "group log", "group log take", "group log assign e1", "group log list --outcome lost", "group log list --limit 201", "wait group:x",
	} {
		if r := b.run(strings.Fields(line)...); r.code != exitUsage {
			t.Errorf("svaractl %s: %+v", line, r)
		}
	}
	b.wantCode(exitRefused, "team-gone: gone", "group", "log", "take", "gone")
	b.wantCode(exitRefused, "no-team: 720", "queue", "members", "720")
	b.wantCode(exitRefused, "no-item: nina", "queue", "member", "710", "nina", "login")
	if did := b.Did(); len(did) != 0 {
		t.Errorf("something was sent: %+v", did)
	}
}

// refuse lets the team server answer the next command so.
func (b *bench) refuse(change phone.TeamChange) {
	b.OnDo = func(phone.Command) (phone.CallID, error) {
		b.Change(func(s *phone.Snapshot) { s.Team.Changes = append(slices.Clone(s.Team.Changes), change) })
		return 0, nil
	}
	b.Change(func(*phone.Snapshot) {}) // the phone reads OnDo after this
}

// Who is in two queues is one agent, with what they did in both.
func TestAgentsOfQueues(t *testing.T) {
	status := func(id phone.QueueID, m ...phone.QueueMember) phone.QueueStatus {
		return phone.QueueStatus{Queue: phone.Queue{ID: id}, Team: &phone.QueueTeam{Members: m}}
	}
	got := agentsOf([]phone.QueueStatus{
		status("1", phone.QueueMember{Phone: "PJSIP/2", Name: "Salma", Number: "2102", Today: 2, TalkS: 60}), {Queue: phone.Queue{ID: "3"}},
		status("2", phone.QueueMember{Phone: "PJSIP/9", Name: "Axel", Today: 4}, phone.QueueMember{Phone: "Local/2102", Name: "Salma", Number: "2102", Today: 3, TalkS: 30}),
	})
	if len(got) != 2 || got[0].Name != "Axel" || got[0].Today != 4 || got[1].Today != 5 || got[1].TalkS != 90 || len(got[1].Queues) != 2 || got[1].Queues[1].ID != "2" {
		t.Errorf("%+v", got)
	}
	if all := agentsOf(nil); all == nil || len(all) != 0 {
		t.Errorf("%#v", all)
	}
}
