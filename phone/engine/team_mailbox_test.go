package engine

import (
	"testing"

	"svara/phone"
	"svara/phone/team"
)

// The user's mailbox at the exchange, as the team server tells of it: counted, listed, told of when something comes.
func TestMailboxOfTheTeamServer(t *testing.T) {
	s, at := live(t)
	box := func(seq team.Seq, who string, fresh int, ids ...string) (phone.VoicemailState, []phone.Event) {
		t.Helper()
		m := team.Mailbox{Person: team.PersonID(who), Box: "2100@default", New: fresh, Old: len(ids) - fresh}
		for i, id := range ids {
			m.Messages = append(m.Messages, team.VoiceMessage{ID: id, From: phone.Party{Number: "0701740605"}, Old: i >= fresh})
		}
		i := teamItem(t, team.KindMailbox, who, seq, m)
		var turn *turn
		s, turn = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &i}}})
		return s.snapshot(1, teamTime).Voicemail, turn.events
	}
	if v, _ := box(19, "salma", 1, "v9"); v.Visual() {
		t.Errorf("another's: %+v", v)
	}
	v, _ := box(20, "elin", 1, "v1", "v0")
	if !v.Visual() || v.New() != 1 || v.Boxes[len(v.Boxes)-1] != (phone.Mailbox{ID: teamBox, Account: "a", New: 1, Old: 1, Known: true, Visual: true}) {
		t.Fatalf("%+v", v)
	}
	v, told := box(21, "elin", 2, "v2", "v1", "v0")
	if len(told) != 1 || told[0].Kind != phone.EventVoicemail || told[0].State != "new" || v.New() != 2 {
		t.Errorf("%+v %+v", told, v)
	}
	if got := s.team.seenBy.voices; len(got) != 3 || got[0].ID != teamBox+"/v2" || got[0].Played || !got[2].Played {
		t.Errorf("%+v", got)
	}
	s, turn := reduce(s, teamTime, inCommand{phone.DeleteVoicemail{ID: teamBox + "/v2"}})
	if fx := find[fxMessage](turn.fx); turn.reply.err != nil || len(fx) != 1 || fx[0].id != teamBox+"/v2" || fx[0].mark {
		t.Errorf("%v %+v", turn.reply.err, turn.fx)
	}
	s, turn = reduce(s, teamTime, inCommand{phone.MarkVoicemail{ID: teamBox + "/v1", Played: true}})
	if fx := find[fxMessage](turn.fx); turn.reply.err != nil || len(fx) != 1 || !fx[0].mark || !fx[0].played {
		t.Errorf("%v %+v", turn.reply.err, turn.fx)
	}
	if _, turn = reduce(s, teamTime, inCommand{phone.DeleteVoicemail{ID: teamBox + "/v7"}}); phone.ReasonOf(turn.reply.err).ID != phone.ReasonNoMailbox {
		t.Errorf("%v", turn.reply.err)
	}
	gone := team.Item{Kind: team.KindMailbox, ID: "elin", Seq: 30, Gone: true}
	if s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &gone}}}); s.snapshot(1, teamTime).Voicemail.Visual() {
		t.Error("it is gone and still shown")
	}
}
