package engine

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// The phone's link to a team server.
//
//	account with a Team ──fxTeam──> runner: token, "me", feed ──inTeamMe, inTeamTold──> teaming ──> Snapshot.Team, .Queues
//	command ──fxTeamAsk──> one operation of the API ──inTeamDone──> TeamChange gone or refused
//	GroupLog, GroupMessages ──> teamNow, what the runner was last shown of names and rights ──> the server, or what was read before
//
// The feed tells everything that is shared as items. One of a kind that is not in apply is left alone: to take in another
// kind, add its state to teaming, its case to apply, and what guests see of it to teamView.

// teamAt is a team server and whose account it is.
type teamAt struct {
	account    phone.AccountID
	url        string
	caFile     string
	pin        string
	session    bool   // the account is not written down, and so its token is not either
	generation uint64 // of the link: what another one tells is dropped
}

// teaming is the team server's part of the state. Maps are replaced, never changed in place.
type teaming struct {
	at      teamAt
	link    phone.TeamLink
	since   time.Time
	asOf    time.Time // of what was told before the start, while nothing else has come
	retry   time.Time // when the server is asked again
	reason  *phone.Reason
	name    string
	me      team.PersonID
	changes []phone.TeamChange
	last    uint64 // number of the last change

	people   map[team.PersonID]team.Person
	groups   map[team.GroupID]team.Group
	sources  map[string]team.SourceStatus
	presence map[team.PersonID]teamPresence
	numbers  map[string]team.PersonID // whose extension it is
	calls    []teamCall               // asked for; never changed in place
	noCalls  bool                     // its exchange places none for us
	queues   teamQueues
	open     openCalls
	revision uint64 // of the log
	inbox    teamInbox
	mine     teamMine
	said     teamSaid
	parked   map[string]team.Parked
	camps    teamCamps
	mailbox  team.Mailbox // the user's own
	meet     teamMeetings
	rule     phone.TeamPasswordRule
	forgot   string

	dirty  bool // what guests see is to be made anew
	seenBy teamEyes
	view   phone.TeamState
}

type (
	// fxTeam links to a team server, or with an empty URL to none.
	fxTeam struct{ at teamAt }
	// fxTeamSignIn asks for a token; what comes back is inTeamSigned.
	fxTeamSignIn struct {
		at       teamAt
		user     string
		password phone.Secret
	}
	// fxTeamSignOut gives the token back and forgets it; what comes back is inTeamOut.
	fxTeamSignOut struct{ at teamAt }
	// fxTeamAsk is one operation; what comes back is inTeamDone.
	fxTeamAsk struct {
		at           teamAt
		change       string
		method, path string
		in           any
	}
	// fxTeamOpen asks which calls and messages are open; what comes back is inTeamOpen.
	fxTeamOpen struct{ at teamAt }
	// fxTeamSeen is who looks, for questions that are asked beside the loop.
	fxTeamSeen struct {
		at   teamAt
		live bool
		eyes teamEyes
		gone []string // entries of the log and messages that are there no more
	}

	// inTeamMe is who the token is for.
	inTeamMe struct {
		at    teamAt
		me    team.Person
		about team.About
		run   string // of this program; empty: nobody has been asked yet, it is what was kept
	}
	// inTeamTold is what the feed told.
	inTeamTold struct {
		at   teamAt
		told []team.FeedEvent
		kept time.Time // it is what was told before the start, until then; zero: it is told now
	}
	// inTeamOut: there is no token, or it is not accepted, or no longer.
	inTeamOut struct {
		at     teamAt
		reason *phone.Reason // nil: the user has signed out
	}
	// inTeamSigned is the result of signing in.
	inTeamSigned struct {
		at  teamAt
		err error
	}
	// inTeamDone is the result of an operation.
	inTeamDone struct {
		at     teamAt
		change string
		err    error
	}
	// inTeamOpen is the calls and the messages that are open.
	inTeamOpen struct {
		at          teamAt
		found       []team.Versioned[team.LogEntry]
		err         error
		messages    []team.Versioned[team.Message]
		messagesErr error
	}
)

func (fxTeam) isEffect()        {}
func (fxTeamSignIn) isEffect()  {}
func (fxTeamSignOut) isEffect() {}
func (fxTeamAsk) isEffect()     {}
func (fxTeamOpen) isEffect()    {}
func (fxTeamSeen) isEffect()    {}
func (inTeamMe) isInput()       {}
func (inTeamTold) isInput()     {}
func (inTeamOut) isInput()      {}
func (inTeamSigned) isInput()   {}
func (inTeamDone) isInput()     {}
func (inTeamOpen) isInput()     {}

// onTeam takes in what comes from the link. It reports whether the input was one of these.
func (t *turn) onTeam(in input) bool {
	x := &t.s.team
	var at teamAt
	switch in := in.(type) {
	case inTeamMe:
		if at = in.at; at == x.at {
			x.me, x.dirty = in.me.ID, true
			x.camps.run = in.run
			x.about(in.about)
			x.people = maps.Clone(x.people)
			if x.people == nil {
				x.people = map[team.PersonID]team.Person{}
			}
			x.people[in.me.ID] = in.me
		}
	case inTeamAbout:
		if at = in.at; at == x.at {
			x.about(in.about)
		}
	case inTeamActivated:
		if at = in.at; at == x.at {
			t.teamActivated(in)
		}
	case inTeamTold:
		if at = in.at; at == x.at {
			t.teamTold(in.told)
			if !in.kept.IsZero() {
				x.asOf, x.dirty = in.kept, true
			}
		}
	case inTeamOut:
		if at = in.at; at == x.at {
			now := teaming{at: x.at, last: x.last, name: x.name, rule: x.rule, forgot: x.forgot, meet: x.meet.again()}
			t.s.team = now
			t.teamLink(phone.TeamSignedOut, in.reason)
		}
	case inTeamSigned:
		if at = in.at; at == x.at {
			if in.err != nil {
				why := teamReason(in.err)
				x.reason, x.dirty = &why, true
				t.tell(phone.Event{Kind: phone.EventTeam, Account: x.at.account, State: string(x.link), Reason: &why})
				break
			}
			t.linkTeam(x.at)
		}
	case inTeamDone:
		if at = in.at; at == x.at {
			t.teamDone(in)
		}
	case inTeamOpen:
		if at = in.at; at == x.at && in.err == nil {
			x.open, x.dirty = withOpen(x.open, in.found), true
			x.revision++
		}
		if at == x.at && in.messagesErr == nil {
			x.inbox.open, x.dirty = withOpen(x.inbox.open, in.messages), true
			x.inbox.revision++
		}
	default:
		return false
	}
	return true
}

// followTeam links to the team server of the default account, else of the first that has one.
func (t *turn) followTeam() {
	if !t.s.has.team || t.s.closing {
		return
	}
	var want teamAt
	for i := range t.s.accounts {
		if a := &t.s.accounts[i]; a.Team != "" && (want.url == "" || a.Default) {
			want = teamAt{account: a.ID, url: a.Team, caFile: a.CAFile, pin: a.Pin, session: a.sessionOnly}
		}
	}
	now := t.s.team.at
	if now.generation = 0; now != want {
		t.linkTeam(want)
	}
}

// linkTeam begins anew.
func (t *turn) linkTeam(at teamAt) {
	at.generation = t.s.team.at.generation + 1
	t.s.team = teaming{at: at, last: t.s.team.last, meet: t.s.team.meet.again()}
	t.do(fxTeam{at})
	if at.url == "" {
		t.teamLink(phone.TeamOff, nil)
		return
	}
	t.teamLink(phone.TeamConnecting, nil)
}

func (t *turn) teamLink(link phone.TeamLink, why *phone.Reason) {
	x := &t.s.team
	if x.dirty = true; x.link == link && link != phone.TeamSignedOut {
		x.reason = why
		return
	}
	x.link, x.reason, x.since = link, why, t.now
	if link == phone.TeamAway && !x.asOf.IsZero() {
		x.since = x.asOf
	}
	x.queues = x.queues.again() // seen with their age, or no longer
	t.linesChanged = true       // likewise
	if link == phone.TeamSignedOut || link == phone.TeamOff {
		t.do(fxColleagues{})
	}
	t.tell(phone.Event{Kind: phone.EventTeam, Account: x.at.account, State: string(link), Reason: why})
}

// teamTold takes in what the feed told, in order.
func (t *turn) teamTold(told []team.FeedEvent) {
	x := &t.s.team
	var gone []string
	others := false // people, groups or exchanges: all queues are seen otherwise
	folk := false   // people, for searching
	people, groups, sources := maps.Clone(x.people), maps.Clone(x.groups), maps.Clone(x.sources)
	presence, presences := x.presence, false
	for _, e := range told {
		switch {
		case e.Reset:
			me, known := people[x.me]
			people, groups, sources, x.queues, x.open, x.parked = nil, nil, nil, nil, nil, nil
			x.meet.all, x.meet.dirty = nil, true
			x.camps.told, x.mailbox = nil, team.Mailbox{}
			presence, presences, others = nil, true, true
			x.mine, x.inbox = x.mine.again(), x.inbox.again()
			if known {
				people = map[team.PersonID]team.Person{x.me: me}
			}
		case e.Down != nil:
			why := teamReason(e.Down)
			t.teamLink(phone.TeamAway, &why)
			if x.retry = (time.Time{}); e.Again > 0 {
				x.retry = t.now.Add(e.Again)
			}
		case e.Synced:
			x.asOf, x.retry = time.Time{}, time.Time{}
			t.teamLink(phone.TeamLive, nil)
			t.do(fxTeamOpen{x.at})
			x.mine.fresh, folk = true, true
			x.camps.again()
		case e.Item != nil:
			x.dirty = true
			others = others || slices.Contains([]team.Kind{team.KindPerson, team.KindGroup, team.KindSource}, e.Item.Kind)
			var err error
			switch i := *e.Item; i.Kind {
			case team.KindPerson:
				people, err = kept(people, team.PersonID(i.ID), i)
				folk = true
			case team.KindGroup:
				groups, err = kept(groups, team.GroupID(i.ID), i)
			case team.KindSource:
				sources, err = kept(sources, i.ID, i)
			case team.KindPresence:
				if !presences {
					presence, presences = maps.Clone(presence), true
				}
				presence, err = presenceTold(presence, i)
			case team.KindQueue, team.KindMember, team.KindWaiting:
				x.queues, err = x.queues.apply(i)
			case team.KindLog:
				if i.Gone {
					gone = append(gone, i.ID)
				}
				err = t.teamLog(i)
			case team.KindMessage:
				if i.Gone {
					gone = append(gone, i.ID)
				}
				err = t.teamMessage(i)
			case team.KindInbox, team.KindSending:
				x.inbox, err = x.inbox.apply(i)
			case team.KindRouting, team.KindRouted:
				x.mine, err = x.mine.apply(i, x.me)
			case team.KindMeeting:
				err = t.teamMeeting(i)
			case team.KindSetup:
				var v team.Setup
				if err = decodeItem(i, &v); err == nil && !i.Gone {
					t.teamSetup(v)
				}
			case team.KindParked:
				err = t.teamParked(i)
			case team.KindMailbox:
				err = t.teamMailbox(i)
			case team.KindCamp:
				err = x.camps.take(i)
			}
			if err != nil {
				t.fault(phone.Reason{ID: phone.ReasonBookFailed, Text: err.Error()})
			}
		}
	}
	x.people, x.groups, x.sources = people, groups, sources
	if others {
		x.queues, x.numbers = x.queues.again(), lineNumbers(people)
	}
	if before := x.presence; presences || others {
		x.presence = presence
		t.tellPresences(before, presence)
	}
	if folk {
		t.putColleagues()
	}
	t.showTeam(gone)
}

// kept takes an item into a map of its kind, which is a copy already.
func kept[K comparable, V any](m map[K]V, id K, i team.Item) (map[K]V, error) {
	if i.Gone {
		delete(m, id)
		return m, nil
	}
	var v V
	if err := decodeItem(i, &v); err != nil {
		return m, err
	}
	if m == nil {
		m = map[K]V{}
	}
	m[id] = v
	return m, nil
}

// teamLog takes in an entry of the log, and tells of a call that was just missed.
func (t *turn) teamLog(i team.Item) error {
	x := &t.s.team
	before, known := x.open[i.ID]
	open, now, err := x.open.apply(i)
	if err != nil {
		return err
	}
	x.open = open
	x.revision++
	if !i.Gone {
		t.answeredThrough(now.Value)
	}
	if x.link == phone.TeamLive && !i.Gone && missedNow(before.Value, now.Value, known) {
		from := now.Value.From
		t.tell(phone.Event{Kind: phone.EventGroup, Key: i.ID, Value: string(now.Value.Group), State: "missed", Remote: &from})
	}
	return nil
}

// tasks is the earlier calls of a caller that nobody has taken care of (features.md L1).
func (s *state) tasks(c *call) []phone.GroupCall {
	if c.Direction != phone.Incoming || len(s.team.open) == 0 || c.State == phone.StateEnded {
		return nil
	}
	var out []phone.GroupCall
	for _, v := range s.team.open.of(c.Remote.Number, numberPlan(s.settings)) {
		out = append(out, groupCall(v, s.team.seenBy.queues[v.Value.Queue], s.team.seenBy))
	}
	return out
}

// settleTeam makes what guests see of the team server, when it has changed.
func (t *turn) settleTeam() {
	t.followTeam()
	t.settleMine()
	t.settleSaid()
	t.settleMeetings()
	t.settleCamps()
	t.settleOrigins()
	if t.s.team.dirty {
		t.showTeam(nil)
	}
}

func (t *turn) showTeam(gone []string) {
	x := &t.s.team
	x.dirty = false
	eyes := x.eyes()
	x.seenBy = eyes
	x.queues = slices.Clone(x.queues)
	x.queues.look(eyes)
	x.view = x.teamView(eyes)
	t.do(fxTeamSeen{x.at, x.link == phone.TeamLive, eyes, gone})
}

// eyes is who looks. What it closes over is not changed any more.
func (x *teaming) eyes() teamEyes {
	people, sources, me, inboxes := x.people, x.sources, x.people[x.me], x.inbox.inboxes
	e := teamEyes{
		me:     phone.TeamPersonID(x.me),
		rights: func(g team.GroupID) phone.TeamRights { return phone.TeamRights(me.In(g)) },
		name: func(p team.PersonID) phone.TeamName {
			who := people[p]
			return phone.TeamName{ID: phone.TeamPersonID(p), Name: who.Name, Initials: who.Initials}
		},
		number: func(p team.PersonID) string { return people[p].Extension },
		voices: x.voices(),
		keep:   func(g team.GroupID) team.Keep { return inboxes[g].Keep },
		source: func(id string) (phone.TeamSource, bool) {
			s, known := sources[id]
			return teamSource(s), known
		},
		queues: map[phone.QueueID]string{},
	}
	for _, q := range x.queues {
		e.queues[q.id] = q.queue.Name
	}
	if x.link != phone.TeamLive {
		if e.away = x.since; !x.asOf.IsZero() {
			e.away = x.asOf
		}
	}
	return e
}

func teamSource(s team.SourceStatus) phone.TeamSource {
	return phone.TeamSource{ID: s.ID, Name: s.Name, Up: s.Up, Since: s.Since, Reason: s.Reason}
}

func (x *teaming) teamView(e teamEyes) phone.TeamState {
	v := phone.TeamState{
		Account: x.at.account, Link: x.link, Since: x.since, Reason: x.reason, Retry: x.retry, Name: x.name, Me: e.me, Changes: slices.Clone(x.changes),
	}
	for id, g := range x.groups {
		if r := e.rights(id); r != phone.TeamRightsNone {
			v.Groups = append(v.Groups, phone.TeamGroup{ID: phone.TeamGroupID(id), Name: g.Name, Number: g.Number, Rights: r})
		}
	}
	slices.SortFunc(v.Groups, func(a, b phone.TeamGroup) int {
		return cmp.Or(x.groups[team.GroupID(a.ID)].Place-x.groups[team.GroupID(b.ID)].Place, cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, s := range x.sources {
		v.Sources = append(v.Sources, teamSource(s))
	}
	slices.SortFunc(v.Sources, func(a, b phone.TeamSource) int { return cmp.Compare(a.ID, b.ID) })
	v.Permitted, v.Applies = x.permitted(), x.mine.applies
	v.PermittedLines = x.permittedLines(v.Permitted)
	v.Password, v.Forgot, v.Meetings = x.rule, x.forgot, x.meet.state()
	v.Log.Revision = x.revision
	v.Log.Open, v.Log.Mine = x.open.count(e.me)
	v.Messages = x.inbox.state(v.Groups, e)
	return v
}
