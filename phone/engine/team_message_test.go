package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
	"svara/phone/team/server"
	"svara/phone/team/spool"
)

// hear tells a live link of one item; nil is one that is gone.
func hear(t *testing.T, s state, at teamAt, kind team.Kind, id string, seq team.Seq, v any) (state, *turn) {
	t.Helper()
	return tell(t, s, at, teamItem(t, kind, id, seq, v))
}

func came(turn *turn) (out string) {
	for _, e := range turn.events {
		if e.Kind == phone.EventGroup {
			out += e.Key + " " + e.State + " " + e.Value + ";"
		}
	}
	return out
}

// A message that comes is counted and told of once; handled or deleted it is counted no more.
func TestGroupMessagesAreCounted(t *testing.T) {
	s, at := live(t)
	m := team.Message{ID: "m1", Kind: phone.GroupCallback, Group: "sales", Direction: phone.Incoming, From: phone.Party{Number: "+46701740612", Name: "Maria Ekdal"}, At: teamTime, Text: "Ring"}
	s, turn := hear(t, s, at, team.KindMessage, "m1", 20, m)
	if got := came(turn); got != "m1 message sales;" {
		t.Error(got)
	}
	before := s.snapshot(1, teamTime).Team.Messages
	if before.Open != 1 || before.Mine != 0 || before.Newest == nil || !before.Newest.MayCare || !before.Newest.MayDelete || before.Newest.Peer != "+46701740612" || !before.Newest.Open() {
		t.Fatalf("%+v", before)
	}
	m.Pinned = "elin"
	s, turn = hear(t, s, at, team.KindMessage, "m1", 21, m)
	if got := came(turn); got != "" {
		t.Errorf("told again: %s", got)
	}
	v := m
	v.ID, v.Kind, v.Pinned, v.At = "v1", phone.GroupVoice, "salma", teamTime.Add(time.Minute)
	s, _ = hear(t, s, at, team.KindMessage, "v1", 22, v)
	now := s.snapshot(1, teamTime).Team.Messages
	if now.Open != 2 || now.Mine != 1 || now.Newest.ID != "v1" || now.Newest.MayDelete || now.Newest.Mine || now.Newest.Pinned.Name != "Salma Haddad" || now.Revision == before.Revision {
		t.Errorf("%+v %+v", now, now.Newest)
	}
	out := team.Message{ID: "o1", Kind: phone.GroupText, Group: "sales", Direction: phone.Outgoing, By: "salma", State: phone.TextSending, At: teamTime}
	if s, turn = hear(t, s, at, team.KindMessage, "o1", 23, out); came(turn) != "" || s.snapshot(1, teamTime).Team.Messages.Open != 2 {
		t.Errorf("what is sent is open: %s", came(turn))
	}
	m.Handled = true
	s, _ = hear(t, s, at, team.KindMessage, "m1", 24, m)
	s, turn = hear(t, s, at, team.KindMessage, "v1", 25, nil)
	if now = s.snapshot(1, teamTime).Team.Messages; now.Open != 0 || now.Mine != 0 || now.Newest != nil {
		t.Errorf("%+v", now)
	}
	if seen := find[fxTeamSeen](turn.fx); len(seen) == 0 || strings.Join(seen[0].gone, "") != "v1" {
		t.Errorf("%+v", seen)
	}
	// What a question found: what the feed has told since is newer.
	m.Handled, m.Pinned = false, ""
	s, _ = hear(t, s, at, team.KindMessage, "m1", 30, m)
	old := m
	old.Pinned = "elin"
	s, _ = reduce(s, teamTime, inTeamOpen{at: at, messages: []team.Versioned[team.Message]{{Seq: 21, Value: old}, {Seq: 22, Value: v}}, err: errors.New("no log")})
	if now = s.snapshot(1, teamTime).Team.Messages; now.Open != 2 || now.Mine != 0 {
		t.Errorf("%+v", now)
	}
	i := team.FeedEvent{Reset: true}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{i}})
	if now = s.snapshot(1, teamTime).Team.Messages; now.Open != 0 {
		t.Errorf("%+v", now)
	}
}

// A message is shown with when the server deletes it, by its group's rule.
func TestWhenAMessageGoes(t *testing.T) {
	s, at := live(t)
	came := teamTime.Add(-24 * time.Hour)
	s, _ = hear(t, s, at, team.KindMessage, "m1", 20, team.Message{ID: "m1", Group: "sales", Kind: phone.GroupVoice, Direction: phone.Incoming, At: came})
	goes := func() time.Time { return s.snapshot(1, teamTime).Team.Messages.Newest.Goes }
	if !goes().IsZero() {
		t.Error("without a rule a voice message goes at", goes())
	}
	s, _ = hear(t, s, at, team.KindInbox, "sales", 21, team.Inbox{Group: "sales", Keep: team.Keep{Rule: team.KeepAll, Days: 30}})
	if !goes().Equal(came.AddDate(0, 0, 30)) {
		t.Error("all after 30 days:", goes())
	}
	s, _ = hear(t, s, at, team.KindInbox, "sales", 22, team.Inbox{Group: "sales", Keep: team.Keep{Rule: team.KeepHandled, Days: 30}})
	if !goes().IsZero() {
		t.Error("one that nobody has handled goes at", goes())
	}
}

func TestGroupMessageCommands(t *testing.T) {
	s, at := live(t)
	s, _ = hear(t, s, at, team.KindInbox, "sales", 20, team.Inbox{Group: "sales", Senders: []string{"Ekdal"}, Templates: []team.TextTemplate{{Name: "Stängt", Text: "Vi har stängt."}}})
	s, _ = hear(t, s, at, team.KindInbox, "other", 21, team.Inbox{Group: "other", Senders: []string{"Hemlig"}})
	m := s.snapshot(1, teamTime).Team.Messages
	if len(m.Senders) != 2 || m.Senders[0] != (phone.GroupSender{Group: "sales", As: "0801"}) || m.Senders[1] != (phone.GroupSender{Group: "sales", As: "Ekdal", OneWay: true}) || len(m.Templates) != 1 {
		t.Fatalf("%+v", m)
	}
	me, yes := phone.TeamPersonID("elin"), true
	s, turn := reduce(s, teamTime, inCommand{phone.CareForMessage{ID: "m/1", Seq: 7, Pinned: &me, Handled: &yes}})
	asks := find[fxTeamAsk](turn.fx)
	if turn.reply.err != nil || len(asks) != 1 || asks[0].method != "PATCH" || asks[0].path != "messages/m%2F1" {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	if in := asks[0].in.(team.MessageChange); in.Seq != 7 || *in.Pinned != "elin" || !*in.Handled {
		t.Errorf("%+v", in)
	}
	// Somebody was faster: who.
	newer := teamItem(t, team.KindMessage, "m/1", 9, team.Message{ID: "m/1", Pinned: "salma"})
	s, _ = reduce(s, teamTime, inTeamDone{at, asks[0].change, &team.Fault{Status: 409, Code: team.CodeConflict, Item: &newer}})
	if c := s.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].Reason.ID != phone.ReasonTeamConflict || c[0].Who != "Salma Haddad" {
		t.Errorf("%+v", c)
	}
	_, turn = reduce(s, teamTime, inCommand{phone.DeleteGroupMessage{ID: "m1", Seq: 7}})
	if asks = find[fxTeamAsk](turn.fx); len(asks) != 1 || asks[0].method != "DELETE" || asks[0].path != "messages/m1" {
		t.Errorf("%+v", turn.fx)
	}
	s, turn = reduce(s, teamTime, inCommand{phone.SendGroupText{Group: "sales", To: []string{"070-174 06 12", "+46 70 174 06 12", "tel:0701740613"}, Sender: "Ekdal", Text: "Hej"}})
	asks = find[fxTeamAsk](turn.fx)
	if turn.reply.err != nil || len(asks) != 1 || asks[0].path != "groups/sales/texts" {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	in := asks[0].in.(team.NewTexts)
	if len(in.ID) < 20 || len(in.ID) > 60 || strings.Join(in.To, " ") != "+46701740612 +46701740613" || in.Sender != "Ekdal" || in.Text != "Hej" {
		t.Errorf("%+v", in)
	}
	if _, again := reduce(s, teamTime, inCommand{phone.SendGroupText{Group: "sales", To: []string{"0701740612"}, Text: "Hej"}}); find[fxTeamAsk](again.fx)[0].in.(team.NewTexts).ID == in.ID {
		t.Error("two sendings have one name")
	}
	// How it goes: while it is under way and when some have failed.
	sending := team.Sending{ID: in.ID, Group: "sales", By: "elin", Sender: "Ekdal", Text: "Hej", At: teamTime, Total: 2, Sent: 1}
	s, _ = hear(t, s, at, team.KindSending, in.ID, 30, sending)
	if m = s.snapshot(1, teamTime).Team.Messages; len(m.Sendings) != 1 || m.Sendings[0].Sent != 1 || m.Sendings[0].Over() {
		t.Errorf("%+v", m.Sendings)
	}
	failed := sending
	failed.Failed = []team.SendFail{{Number: "+46701740613", Reason: phone.Reason{ID: phone.ReasonTextRefused}}}
	s, _ = hear(t, s, at, team.KindSending, in.ID, 31, failed)
	if m = s.snapshot(1, teamTime).Team.Messages; len(m.Sendings) != 1 || !m.Sendings[0].Over() || m.Sendings[0].Failed[0].Number != "+46701740613" {
		t.Errorf("%+v", m.Sendings)
	}
	sending.Sent = 2
	s, _ = hear(t, s, at, team.KindSending, in.ID, 32, sending)
	if m = s.snapshot(1, teamTime).Team.Messages; len(m.Sendings) != 0 {
		t.Errorf("all are sent: %+v", m.Sendings)
	}
	many := make([]string, phone.MaxGroupSend+1)
	for i := range many {
		many[i] = "+4670" + strings.Repeat("1", 1+i%7) + string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i/100))
	}
	text := func(c phone.SendGroupText) phone.SendGroupText {
		if c.Group == "" {
			c.Group = "sales"
		}
		if c.To == nil {
			c.To = []string{"0701740612"}
		}
		return c
	}
	for name, c := range map[string]struct {
		cmd  phone.Command
		want phone.ReasonID
	}{
		"no text":             {text(phone.SendGroupText{Text: " \n"}), phone.ReasonBadCommand},
		"a long text":         {text(phone.SendGroupText{Text: strings.Repeat("å", phone.MaxGroupText+1)}), phone.ReasonBadCommand},
		"another's name":      {text(phone.SendGroupText{Text: "x", Sender: "Hemlig"}), phone.ReasonTeamNoSender},
		"to nobody":           {text(phone.SendGroupText{Text: "x", To: []string{}}), phone.ReasonBadCommand},
		"to too many":         {text(phone.SendGroupText{Text: "x", To: many}), phone.ReasonBadCommand},
		"to an address":       {text(phone.SendGroupText{Text: "x", To: []string{"elin@example.com"}}), phone.ReasonBadTarget},
		"to a code":           {text(phone.SendGroupText{Text: "x", To: []string{"*21*0701#"}}), phone.ReasonBadTarget},
		"a group not there":   {text(phone.SendGroupText{Text: "x", Group: "none"}), phone.ReasonTeamGone},
		"a group not ours":    {text(phone.SendGroupText{Text: "x", Group: "other"}), phone.ReasonTeamNoRight},
		"care for nothing":    {phone.CareForMessage{}, phone.ReasonBadCommand},
		"delete nothing":      {phone.DeleteGroupMessage{}, phone.ReasonBadCommand},
		"play nothing":        {phone.PlayGroupMessage{}, phone.ReasonBadCommand},
		"play at a bad speed": {phone.PlayGroupMessage{ID: "v1", Speed: 9}, phone.ReasonBadCommand},
	} {
		if _, turn := reduce(s, teamTime, inCommand{c.cmd}); phone.ReasonOf(turn.reply.err).ID != c.want {
			t.Errorf("%s: %v", name, turn.reply.err)
		}
	}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	for _, cmd := range []phone.Command{phone.CareForMessage{ID: "m1"}, phone.DeleteGroupMessage{ID: "m1"}, phone.PlayGroupMessage{ID: "m1"}, text(phone.SendGroupText{Text: "x"})} {
		if _, turn := reduce(s, teamTime, inCommand{cmd}); phone.ReasonOf(turn.reply.err).ID != phone.ReasonTeamAway {
			t.Errorf("away: %+v: %v", cmd, turn.reply.err)
		}
	}
}

// A deleted message is played no more.
func TestGroupMessageIsPlayed(t *testing.T) {
	s, at := live(t)
	v := team.Message{ID: "v1", Kind: phone.GroupVoice, Group: "sales", Direction: phone.Incoming, At: teamTime, LengthS: 7}
	s, _ = hear(t, s, at, team.KindMessage, "v1", 20, v)
	s, turn := reduce(s, teamTime, inCommand{phone.PlayGroupMessage{ID: "v1", From: time.Second}})
	if fx := find[fxPlay](turn.fx); len(fx) != 1 || fx[0].sound != (sound{group: "v1"}) || fx[0].from != time.Second {
		t.Fatalf("%+v", turn.fx)
	}
	s, turn = reduce(s, teamTime, inPlaying{sound: sound{group: "v1"}, from: time.Second, length: 7 * time.Second})
	if p := s.snapshot(1, teamTime).Playing; p == nil || p.Group != "v1" || p.Loading || p.Length != 7*time.Second || len(find[fxMessage](turn.fx)) != 0 {
		t.Fatalf("%+v", p)
	}
	s, turn = hear(t, s, at, team.KindMessage, "v1", 21, nil)
	if len(find[fxStopPlaying](turn.fx)) != 1 || s.snapshot(1, teamTime).Playing != nil {
		t.Errorf("%+v", turn.fx)
	}
}

func TestMessageQueries(t *testing.T) {
	plan := numbers.Plan{Region: "SE"}
	s := &seen[team.Message]{}
	put := func(id string, ago time.Duration, change func(*team.Message)) {
		m := team.Message{ID: id, Kind: phone.GroupText, Group: "sales", Direction: phone.Incoming, From: phone.Party{Number: "+46701740612", Name: "Maria Ekdal"}, At: teamTime.Add(-ago), Text: "Offert tack"}
		change(&m)
		s.see(teamTime, team.Versioned[team.Message]{Seq: 1, Value: m})
	}
	put("a", 4*time.Hour, func(*team.Message) {})
	put("b", 3*time.Hour, func(m *team.Message) { m.Handled = true })
	put("c", 2*time.Hour, func(m *team.Message) { m.Kind, m.Group, m.Pinned = phone.GroupVoice, "service", "elin" })
	put("d", time.Hour, func(m *team.Message) { m.Direction, m.From.Number, m.From.Name = phone.Outgoing, "+46701740613", "" })
	for name, c := range map[string]struct {
		q    phone.GroupMessageQuery
		want string
	}{
		"all":        {phone.GroupMessageQuery{}, "dcba"},
		"open first": {phone.GroupMessageQuery{OpenFirst: true}, "cadb"},
		"open":       {phone.GroupMessageQuery{Open: true}, "ca"},
		"mine":       {phone.GroupMessageQuery{Mine: true}, "c"},
		"a kind":     {phone.GroupMessageQuery{Kinds: []phone.GroupMessageKind{phone.GroupVoice}}, "c"},
		"a group":    {phone.GroupMessageQuery{Groups: []phone.TeamGroupID{"service"}}, "c"},
		"a thread":   {phone.GroupMessageQuery{Peer: "070-174 06 13"}, "d"},
		"words":      {phone.GroupMessageQuery{Text: "TACK maria"}, "cba"},
	} {
		q := messageQuery(c.q, "elin", plan)
		got := ""
		for after := ""; ; {
			page, next, _ := s.pages(func(m team.Message) bool { return selectsMessage(q, m, plan) }, q.OpenFirst, after, 1)
			for _, v := range page {
				got += v.Value.ID
			}
			if after = next; after == "" {
				break
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// gateway sends texts to all but one number.
type gateway struct {
	mu   sync.Mutex
	sent []string
}

func (g *gateway) Send(_ context.Context, sender, to, text string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent = append(g.sent, sender+">"+to+":"+text)
	if to == "+46701740613" {
		return phone.Refuse(phone.ReasonTextRefused, "400")
	}
	return nil
}

// second is a second of WAV, 8 kHz.
func second() []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x80\x3e\x00\x00")
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)+16000-8))
	return append(b, make([]byte, 16000)...)
}

// Two at a real team server: messages are read by the page, played, pinned by both at once, answered to many, and looked in
// while the server is away.
func TestGroupMessagesAtTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inbox := filepath.Join(dir, "default", "80", "INBOX")
	sound := second()
	if err := errors.Join(os.MkdirAll(inbox, 0o700), os.WriteFile(filepath.Join(inbox, "msg0000.wav"), sound, 0o600),
		os.WriteFile(filepath.Join(inbox, "msg0000.txt"), []byte("callerid=\"Maria\" <0701740605>\norigtime=1795000000\nduration=1\nmsg_id=1795000000-1\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	box, err := spool.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	sms := &gateway{}
	o := newOffice(t, func(c *server.Config) { c.Voices, c.SMS, c.Lease = box, sms, time.Second })
	t.Cleanup(func() { _ = box.Close() })
	seq, err := o.SetRights(t.Context(), "salma", team.Everyone, team.RightsAdmin)
	if err != nil {
		t.Fatal(err)
	}
	o.Settle(t.Context(), seq)
	salma, _ := o.client(t, "salma")
	if err := salma.Do(t.Context(), http.MethodPut, "groups/sales/inbox", team.NewInbox{Boxes: []string{"80@default"}, Senders: []string{"Ekdal"}}, nil); err != nil {
		t.Fatal(err)
	}
	_, token := o.client(t, "elin")
	k := &keeping{memory: &memory{}, state: map[string]string{}, wrote: make(chan struct{}, 1), secrets: map[phone.AccountID]phone.Secret{teamKey("work"): tokenOf(o.web.URL, token)}}
	r := o.desk(t, k, "")
	s := r.until(t, "the message", func(s *phone.Snapshot) bool { return s.Team.Link == phone.TeamLive && s.Team.Messages.Open == 1 })
	m := s.Team.Messages.Newest
	if m.Kind != phone.GroupVoice || m.LengthS != 1 || m.MayDelete || !m.MayCare || len(s.Team.Messages.Senders) != 1 {
		t.Fatalf("%+v %+v", m, s.Team.Messages)
	}
	page, err := r.GroupMessages(t.Context(), phone.GroupMessageQuery{OpenFirst: true})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].ID != m.ID || !page.Told.IsZero() {
		t.Fatalf("%+v %v", page, err)
	}
	if got, err := r.GroupSound(t.Context(), m.ID); err != nil || !bytes.Equal(got, sound) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	do := func(cmd phone.Command) error { _, err := r.Do(cmd); return err }
	if err := do(phone.PlayGroupMessage{ID: m.ID}); err != nil {
		t.Fatal(err)
	}
	r.until(t, "it is played", func(s *phone.Snapshot) bool {
		return s.Playing != nil && s.Playing.Group == m.ID && !s.Playing.Loading && s.Playing.Length == time.Second
	})
	// Salma pins it before we do, as we saw it.
	her, me := team.PersonID("salma"), phone.TeamPersonID("elin")
	if err := salma.Do(t.Context(), http.MethodPatch, messagePath(m.ID), team.MessageChange{Seq: team.Seq(m.Seq), Pinned: &her}, nil); err != nil {
		t.Fatal(err)
	}
	if err := do(phone.CareForMessage{ID: m.ID, Seq: m.Seq, Pinned: &me}); err != nil {
		t.Fatal(err)
	}
	s = r.until(t, "who was faster", func(s *phone.Snapshot) bool { return len(s.Team.Changes) == 1 && s.Team.Changes[0].Who != "" })
	if c := s.Team.Changes[0]; c.Who != "Salma Haddad" || c.Reason.ID != phone.ReasonTeamConflict || c.Name != "Maria" {
		t.Errorf("%+v", c)
	}
	if page, err = r.GroupMessages(t.Context(), phone.GroupMessageQuery{ID: m.ID}); err != nil || page.Messages[0].Pinned.Name != "Salma Haddad" {
		t.Fatalf("%+v %v", page, err)
	}
	yes := true
	if err := do(phone.CareForMessage{ID: m.ID, Seq: page.Messages[0].Seq, Handled: &yes}); err != nil {
		t.Fatal(err)
	}
	r.until(t, "it is handled", func(s *phone.Snapshot) bool { return s.Team.Messages.Open == 0 && len(s.Team.Changes) == 0 })
	if err := do(phone.SendGroupText{Group: "sales", To: []string{"0701740612", "0701740613"}, Sender: "Ekdal", Text: "Hej"}); err != nil {
		t.Fatal(err)
	}
	s = r.until(t, "the text is sent", func(s *phone.Snapshot) bool {
		return len(s.Team.Messages.Sendings) == 1 && s.Team.Messages.Sendings[0].Over()
	})
	if v := s.Team.Messages.Sendings[0]; v.Sent != 1 || len(v.Failed) != 1 || v.Failed[0].Reason.ID != phone.ReasonTextRefused {
		t.Errorf("%+v", v)
	}
	page, err = r.GroupMessages(t.Context(), phone.GroupMessageQuery{Kinds: []phone.GroupMessageKind{phone.GroupText}, Peer: "070-174 06 12"})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].By.Name != "Elin Strandh" || page.Messages[0].Sender != "Ekdal" || page.Messages[0].State != phone.TextSent {
		t.Fatalf("%+v %v", page, err)
	}
	o.leave(true)
	r.until(t, "away", func(s *phone.Snapshot) bool { return s.Team.Link == phone.TeamAway })
	if page, err = r.GroupMessages(t.Context(), phone.GroupMessageQuery{Peer: "0701740612"}); err != nil || len(page.Messages) != 1 || page.Told.IsZero() {
		t.Errorf("%+v %v", page, err)
	}
	for what, err := range map[string]error{
		"sound": func() error { _, err := r.GroupSound(t.Context(), m.ID); return err }(),
		"one":   func() error { _, err := r.GroupMessages(t.Context(), phone.GroupMessageQuery{ID: m.ID}); return err }(),
		"send":  do(phone.SendGroupText{Group: "sales", To: []string{"0701740612"}, Text: "Hej"}),
	} {
		if phone.ReasonOf(err).ID != phone.ReasonTeamAway {
			t.Errorf("%s while away: %v", what, err)
		}
	}
	// A start without the server: what was told before.
	for patience := time.After(time.Minute); !strings.Contains(k.kept(TeamKey), `"+46701740612"`); {
		select {
		case <-k.wrote:
		case <-patience:
			t.Fatal("no message is kept")
		}
	}
	again := o.desk(t, k, k.kept(TeamKey))
	again.until(t, "what was told before", func(s *phone.Snapshot) bool {
		return s.Team.Link == phone.TeamAway && len(s.Team.Messages.Senders) > 0
	})
	if page, err = again.GroupMessages(t.Context(), phone.GroupMessageQuery{Peer: "0701740612"}); err != nil || len(page.Messages) != 1 || page.Messages[0].Text != "Hej" || page.Told.IsZero() {
		t.Errorf("%+v %v", page, err)
	}
}
