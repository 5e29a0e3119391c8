package present

import (
	"slices"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Act is a button and what the phone is told when it is pressed.
type Act struct {
	Button
	Do []phone.Command
}

// Conference is the calls that hear each other, as their view shows them.
type Conference struct {
	Title     string
	Lock      LockSign // the weakest of its members'
	Count     string   // "4 people and you"
	Timer     string
	Front     bool   // it has the place of the large card; else another call is in front, and the conference is a small card
	Away      string // we are away: the sentence; empty while we take part
	Back      Act    // Away: to the others again
	Recording string // "Recording 04:05"; empty while nothing is recorded
	Stop      Act    // Recording: stops it
	You       Member
	Members   []Member
	Waiting   []Member // calls that are not in it and can be let in
	Full      string   // why nobody can be added, or empty
	MuteMe    Act
	MuteAll   Act
	Step      Act // away from it: the others talk on
	Record    Act
	Leave     Act
	End       Act
	Ask       string // the question before End
}

// Member is somebody in the conference, being called to it, or waiting outside.
type Member struct {
	ID     phone.CallID
	Who    Who
	State  string
	Tone   Tone
	Detail string // after State: number, level
	Lock   LockSign
	Level  int  // percent 0..200
	Live   bool // in the conference now: heard and hearing
	Mute   Act  // nobody hears them
	Hangup Act
	Out    Act // held, outside the conference
	In     Act // into the conference
}

// ConferenceOf is the conference, or nil when there is none.
func ConferenceOf(s Scene) *Conference {
	conf := s.Snap.Conference
	if conf == nil {
		return nil
	}
	out := &Conference{Title: text.T("conference.title"), Front: true}
	if !conf.Started.IsZero() {
		out.Timer = text.Timer(s.Now.Sub(conf.Started))
	}
	var members []phone.Call
	var locks []LockSign
	present := 0
	for _, c := range s.Snap.Calls {
		switch {
		case c.Conference || slices.Contains(conf.Calls, c.ID) || onTheWay(conf, c):
			members = append(members, c)
			m := memberOf(s, c)
			out.Members = append(out.Members, m)
			locks = append(locks, m.Lock)
			if m.Live {
				present++
			}
		case c.State == phone.StateConnected:
			out.Waiting = append(out.Waiting, waitingOf(s, c))
		}
	}
	out.Lock = weakest(locks)
	out.Count = text.T("conference.people", "n", present)
	if conf.Aside {
		out.Count = text.T("conference.people_away", "n", present)
		out.Away = text.T("conference.away")
		out.Back = Act{Button: Button{Icon: "undo-2", Text: text.T("conference.back"), Enabled: present > 0}, Do: back(members)}
		active := s.Snap.Call(s.Snap.Active)
		out.Front = active == nil || active.Conference || slices.Contains(conf.Calls, active.ID)
	}
	if live(members) >= phone.MaxConference {
		out.Full = text.Reason(phone.Reason{ID: phone.ReasonConferenceFull})
		for i := range out.Waiting {
			out.Waiting[i].In.Enabled, out.Waiting[i].In.Reason = false, out.Full
		}
	} else if ok, why := CanDial(s); !ok {
		out.Full = why
	}
	out.addActions(s, members, present)
	return out
}

// onTheWay reports whether somebody is being called to the conference, or was in vain a moment ago. A call to anybody
// else takes us away from it.
func onTheWay(conf *phone.Conference, c phone.Call) bool {
	if conf.Aside || c.Direction != phone.Outgoing || c.Consults != 0 || !c.Started.IsZero() {
		return false
	}
	return c.State != phone.StateConnected
}

func live(calls []phone.Call) int {
	n := 0
	for _, c := range calls {
		if c.State.Live() {
			n++
		}
	}
	return n
}

// back is what takes us back to a conference that we left for another call: any of its members resumed.
func back(members []phone.Call) []phone.Command {
	for _, c := range members {
		if c.State == phone.StateConnected {
			return []phone.Command{phone.SetHold{Call: c.ID}}
		}
	}
	return nil
}

func memberOf(s Scene, c phone.Call) Member {
	m := Member{ID: c.ID, Who: s.whoOfCall(c), Level: c.Level}
	name := m.Who.Name
	hangup := text.T("conference.hangup", "name", name)
	switch c.State {
	case phone.StateConnected:
		m.Live = true
		m.State, m.Tone = text.T("conference.in"), ToneGreen
		switch {
		case c.Silenced:
			m.State, m.Tone = text.T("conference.silenced"), ToneAmber
		case c.Hold.Remote():
			m.State, m.Tone = text.T("conference.held_by_them"), ToneAmber
		}
		switch x := c.Transfer; {
		case x == nil:
		case x.State.Pending():
			m.State, m.Tone = text.T("conference.joining_others"), ToneAccent
		case x.State == phone.TransferFailed && x.Reason != nil:
			m.State, m.Tone = text.ReasonTitle(*x.Reason), ToneRed
		}
	case phone.StateDialing, phone.StateProceeding:
		m.State, m.Tone = text.T("conference.calling"), ToneAccent
		hangup = text.T("conference.cancel", "name", name)
	case phone.StateRinging, phone.StateEarly:
		m.State, m.Tone = text.T("conference.ringing", "clock", text.Timer(s.Now.Sub(c.Created))), ToneAccent
		hangup = text.T("conference.cancel", "name", name)
	case phone.StateEnding:
		m.State, m.Tone = text.T("conference.leaving"), ToneSlate
	case phone.StateEnded:
		m.State, m.Tone = endWords(c), ToneSlate
	default:
		m.State, m.Tone = text.T("call.answering"), ToneAccent
	}
	if m.Live {
		m.Lock = lockOf(c)
	}
	m.Detail = memberDetail(m, c)
	notYet := ""
	if !m.Live {
		notYet = text.T("conference.not_yet")
	}
	silence := text.T("conference.silence", "name", name)
	icon := "mic"
	if c.Silenced {
		silence, icon = text.T("conference.unsilence", "name", name), "mic-off"
	}
	m.Mute = Act{Button{Icon: icon, Text: silence, On: c.Silenced, Enabled: m.Live, Reason: notYet}, []phone.Command{phone.Silence{Call: c.ID, On: !c.Silenced}}}
	m.Out = Act{Button{Icon: "log-out", Text: text.T("conference.take_out"), Enabled: m.Live, Reason: notYet}, []phone.Command{phone.Split{Call: c.ID}}}
	m.Hangup = Act{Button{Icon: "phone-off", Text: hangup, Enabled: c.State.Live() && c.State != phone.StateEnding}, []phone.Command{phone.Hangup{Call: c.ID}}}
	return m
}

func memberDetail(m Member, c phone.Call) string {
	detail := ""
	if m.Who.Known {
		detail = m.Who.Number
	}
	if m.Live && c.Level != 100 {
		if detail != "" {
			detail += " · "
		}
		detail += text.T("conference.level_is", "percent", text.Percent(float64(c.Level)))
	}
	return detail
}

// waitingOf is a call that is not in the conference: held, or the one that we talk in while we are away.
func waitingOf(s Scene, c phone.Call) Member {
	m := Member{ID: c.ID, Who: s.whoOfCall(c), Lock: lockOf(c), State: text.T("conference.not_in"), Tone: ToneAmber}
	if c.Hold.Local() {
		since := c.HeldSince
		if since.IsZero() {
			since = c.Started
		}
		m.State = text.T("conference.waiting", "clock", text.Timer(s.Now.Sub(since)))
	}
	m.In = Act{Button{Icon: "plus", Text: text.T("conference.let_in"), Enabled: true}, []phone.Command{phone.Merge{Calls: []phone.CallID{c.ID}}}}
	m.Hangup = Act{Button{Icon: "phone-off", Text: text.T("conference.hangup", "name", m.Who.Name), Enabled: true}, []phone.Command{phone.Hangup{Call: c.ID}}}
	return m
}

// addActions makes what is done with all of them.
func (out *Conference) addActions(s Scene, members []phone.Call, present int) {
	nobody := ""
	if present == 0 {
		nobody = text.T("conference.not_yet")
	}
	muted, silenced := present > 0, present > 0
	var recorded time.Time
	var mute, silence, stop, record, step []phone.Command
	for _, c := range members {
		if c.State != phone.StateConnected {
			continue
		}
		muted, silenced = muted && c.Muted, silenced && c.Silenced
		if record == nil {
			record = []phone.Command{phone.Record{Call: c.ID, On: true}}
			step = []phone.Command{phone.SetHold{Call: c.ID, On: true}}
		}
		if c.Recording.On {
			stop = append(stop, phone.Record{Call: c.ID})
			if recorded.IsZero() || c.Recording.Since.Before(recorded) {
				recorded = c.Recording.Since
			}
		}
	}
	for _, c := range members {
		if c.State == phone.StateConnected {
			mute = append(mute, phone.SetMute{Call: c.ID, On: !muted})
			silence = append(silence, phone.Silence{Call: c.ID, On: !silenced})
		}
	}
	out.MuteMe = Act{Button{Icon: "mic-off", Text: text.T("conference.mute_me"), On: muted, Enabled: present > 0, Reason: nobody}, mute}
	out.You = own(s)
	out.You.Live = out.Away == ""
	switch {
	case out.Away != "":
		out.You.State, out.You.Tone = text.T("conference.outside"), ToneSlate
	case muted:
		out.MuteMe.Text = text.T("conference.muted_me")
		out.You.State, out.You.Tone = text.T("conference.muted_me"), ToneAmber
	}
	out.MuteAll = Act{Button{Icon: "volume-x", Text: text.T("conference.mute_others"), On: silenced, Enabled: present > 0, Reason: nobody}, silence}
	if silenced {
		out.MuteAll.Text = text.T("conference.muted_others")
	}
	out.Step = Act{Button{Icon: "pause", Text: text.T("conference.step_away"), Enabled: present > 0, Reason: nobody}, step}
	out.Record = Act{Button{Icon: "circle-dot", Text: text.T("conference.record"), Enabled: present > 0 && stop == nil, Reason: nobody}, record}
	if stop != nil {
		out.Recording = text.T("conference.recording", "clock", text.Timer(s.Now.Sub(recorded)))
		out.Stop = Act{Button{Icon: "square", Text: text.T("conference.record_stop"), Enabled: true}, stop}
	}
	leave, why := canLeave(s, members, present)
	out.Leave = Act{Button{Icon: "log-out", Text: text.T("conference.leave"), Enabled: leave, Reason: why}, []phone.Command{phone.LeaveConference{}}}
	out.End = Act{Button{Icon: "phone-off", Text: text.T("conference.end"), Enabled: true}, []phone.Command{phone.EndConference{}}}
	out.Ask = text.T("conference.end_ask", "n", live(members))
}

// own is the user: by name, with the microphone that is in use.
func own(s Scene) Member {
	m := Member{Tone: ToneGreen}
	if a := s.Snap.DefaultAccount(); a != nil {
		m.Who = Who{Name: AccountName(a.Account)}
		m.Who.Known = Clean(a.DisplayName, nameLimit) != ""
	}
	for _, d := range s.Snap.Audio.Devices {
		if d.ID == s.Snap.Audio.Input {
			m.Detail = Clean(d.Name, nameLimit)
		}
	}
	if w := micTrouble(s); w != nil {
		m.State, m.Tone = text.ReasonTitle(*w), ToneAmber
	}
	if m.Detail == "" && m.State == "" {
		m.State = text.T("conference.in")
	}
	return m
}

// canLeave reports whether the others can go on without us: two of them where the exchange joins calls, more where it
// has conference rooms.
func canLeave(s Scene, members []phone.Call, present int) (bool, string) {
	joins, rooms := true, present > 0
	for _, c := range members {
		if c.State != phone.StateConnected {
			continue
		}
		for _, a := range s.Snap.Accounts {
			if a.ID == c.Account {
				joins = joins && a.Can(phone.FeatureTransferComplete)
				rooms = rooms && a.Can(phone.FeatureBridge)
			}
		}
	}
	switch {
	case present == 2 && (joins || rooms), present > 2 && rooms:
		return true, ""
	case present == 2:
		return false, text.Reason(phone.Reason{ID: phone.ReasonNotSupported, Text: string(phone.FeatureTransferComplete)})
	}
	return false, text.Reason(phone.Reason{ID: phone.ReasonCannotLeave})
}

// AddTarget is whom to call for what was typed to add somebody: a number or address as it is, else the one person of that
// name. The second value says why there is nobody to call, or is empty.
func AddTarget(typed string, namesakes func(string) []phone.Party) (target, wrong string) {
	if Dialable(typed) {
		return DialText(typed), ""
	}
	hits := namesakes(typed)
	switch len(hits) {
	case 0:
		return "", text.T("dial.not_a_number")
	case 1:
		return dialTarget(hits[0]), ""
	}
	return "", text.T("conference.several", "n", len(hits), "name", Clean(hits[0].Name, nameLimit))
}
