package engine

import (
	"bytes"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/wav"
	"svara/phone"
	"svara/phone/team"
)

func TestGreetings(t *testing.T) {
	s, at := live(t)
	do := func(c phone.Command) *turn {
		t.Helper()
		var turn *turn
		s, turn = reduce(s, teamTime, inCommand{c})
		return turn
	}
	refused := func(c phone.Command, want phone.ReasonID) {
		t.Helper()
		if turn := do(c); turn.reply.err == nil || phone.ReasonOf(turn.reply.err).ID != want {
			t.Errorf("%+v: %v, not %s", c, turn.reply.err, want)
		}
	}
	refused(phone.PlayGreeting{Kind: phone.GreetingBusy}, phone.ReasonNoMailbox)
	if g := s.snapshot(1, teamTime).Voicemail.Greetings; g != nil {
		t.Errorf("of no mailbox: %+v", g)
	}
	i := teamItem(t, team.KindMailbox, "elin", 20, team.Mailbox{Person: "elin", Box: "2100@default", Greetings: []team.GreetingTold{{Kind: team.GreetingBusy, Type: "audio/wav", LengthS: 4}}})
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &i}}})
	if g := s.snapshot(1, teamTime).Voicemail.Greetings; len(g) != 4 || g[0] != (phone.OwnGreeting{Kind: phone.GreetingUnavailable}) || g[1] != (phone.OwnGreeting{Kind: phone.GreetingBusy, Own: true, Length: 4 * time.Second}) {
		t.Fatalf("%+v", g)
	}
	refused(phone.PlayGreeting{Kind: phone.GreetingName}, phone.ReasonNoMessage)
	refused(phone.DeleteGreeting{Kind: phone.GreetingName}, phone.ReasonNoMessage)
	refused(phone.SetGreeting{Kind: "../x", Path: "/a.wav"}, phone.ReasonBadCommand)
	refused(phone.SetGreeting{Kind: phone.GreetingBusy, Path: "a.wav"}, phone.ReasonBadCommand)

	what := sound{greeting: phone.GreetingBusy}
	if fx := find[fxPlay](do(phone.PlayGreeting{Kind: phone.GreetingBusy}).fx); len(fx) != 1 || fx[0].sound != what {
		t.Errorf("%+v", fx)
	}
	var turn *turn
	s, turn = reduce(s, teamTime, inPlaying{sound: what, length: 4 * time.Second})
	if len(find[fxMessage](turn.fx)) != 0 {
		t.Error("a greeting is no message that is heard now")
	}
	more := teamItem(t, team.KindMailbox, "elin", 21, team.Mailbox{Person: "elin", Box: "2100@default", New: 1, Greetings: []team.GreetingTold{{Kind: team.GreetingBusy}}})
	if s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &more}}}); s.snapshot(1, teamTime).Playing == nil {
		t.Error("a message that comes ends the greeting")
	}
	if fx := find[fxTeamAsk](do(phone.SetGreeting{Kind: phone.GreetingName, Path: "/tmp/name.wav"}).fx); len(fx) != 1 || fx[0].method != "PUT" || fx[0].path != "me/greetings/name" || fx[0].in != greetingFile("/tmp/name.wav") {
		t.Errorf("%+v", fx)
	}
	if fx := find[fxTeamAsk](do(phone.DeleteGreeting{Kind: phone.GreetingBusy}).fx); len(fx) != 1 || fx[0].method != "DELETE" || fx[0].path != "me/greetings/busy" || s.snapshot(1, teamTime).Playing != nil {
		t.Errorf("%+v", fx)
	}
}

// Sound of any rate is kept as exchanges keep it.
func TestGreetingsAreNarrow(t *testing.T) {
	pcm := make([]int16, 2*audio.Rate)
	data, err := narrow(pcm)
	if err != nil {
		t.Fatal(err)
	}
	back, err := wav.Read(bytes.NewReader(data))
	if n := len(back) - len(pcm); err != nil || n < -audio.Rate/100 || n > audio.Rate/100 || len(data) < 44+2*2*8000-200 || len(data) > 44+2*2*8000+200 {
		t.Errorf("%d bytes, %d samples for %d, %v", len(data), len(back), len(pcm), err)
	}
}
