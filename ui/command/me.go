package command

import (
	"slices"

	"svara/phone"
)

// What the user says of themselves: activity, number shown, queues.

const (
	whyNoQueues   = "disabled.no-queues"
	whyNoShortcut = "disabled.no-shortcut"
	whyNoTeam     = "disabled.no-team"
	whyTeamAway   = "team.away"
	whyNoSender   = "groupmessage.no_sender"
)

// The commands.
const (
	ActivityMenu  ID = "me.activity"
	UseShortcut   ID = "me.shortcut"
	Custom        ID = "me.custom"
	Schedule      ID = "me.schedule"
	EditShortcuts ID = "me.shortcuts"
	Forwarding    ID = "me.forwarding"
	RoleMenu      ID = "me.role"
	GoQueues      ID = "go.queues"
	ToggleQueue   ID = "queue.toggle"
	QueuesIn      ID = "queue.all_in"
	QueuesOut     ID = "queue.all_out"
)

func aboutMe() []Command {
	return []Command{
		{ID: ActivityMenu, Icon: "users", When: in(Global), Run: show(ViewActivity)},
		{ID: UseShortcut, Icon: "clock", When: in(Global), Nth: true, Enabled: hasShortcut, Run: runShortcut},
		{ID: Custom, Icon: "sliders-horizontal", When: in(Global), Run: show(ViewCustom)},
		{ID: Schedule, Icon: "calendar-clock", When: in(Global), Run: show(ViewSchedule)},
		{ID: EditShortcuts, Icon: "pencil", When: in(Global), Run: show(ViewQuick)},
		{ID: Forwarding, Icon: "phone-forwarded", When: in(Global), Enabled: hasAccount, Run: show(ViewForwarding)},
		{ID: RoleMenu, Icon: "id-card", When: in(Global), Run: show(ViewRole)},
		{ID: GoQueues, Icon: "headset", When: in(Global), Enabled: hasQueues, Run: show(ViewQueues)},
		{ID: ToggleQueue, Icon: "headset", When: in(Global), Nth: true, Enabled: hasQueues, Run: runToggleQueue},
		{ID: QueuesIn, Icon: "log-in", When: in(Global), Enabled: hasQueues, Run: func(v Invocation) { v.Host.Do(phone.LogIn{On: true}) }},
		{ID: QueuesOut, Icon: "log-out", When: in(Global), Enabled: hasQueues, Run: func(v Invocation) { v.Host.Do(phone.LogIn{}) }},
	}
}

// nth is the number of the digit that was pressed, 1 for none.
func nth(v Invocation) int {
	if k := v.Chord.Key; len(k) == 1 && k[0] >= '1' && k[0] <= '9' {
		return int(k[0] - '0')
	}
	return 1
}

func hasShortcut(s *phone.Snapshot) (bool, string) { return len(s.Me.Shortcuts) > 0, whyNoShortcut }

// runShortcut uses the shortcut with the number of the key.
func runShortcut(v Invocation) {
	if n := nth(v); n <= len(v.Snapshot.Me.Shortcuts) {
		v.Host.Do(phone.UseShortcut{ID: v.Snapshot.Me.Shortcuts[n-1].ID})
	}
}

func hasTeam(s *phone.Snapshot) (bool, string) { return s.Team.Link != phone.TeamOff, whyNoTeam }

// canTextHits reports whether a text can be sent for a group.
func canTextHits(s *phone.Snapshot) (bool, string) {
	switch {
	case s.Team.Link == phone.TeamOff:
		return false, whyNoTeam
	case s.Team.Link != phone.TeamLive:
		return false, whyTeamAway
	}
	return len(s.Team.Messages.Senders) > 0, whyNoSender
}

func hasQueues(s *phone.Snapshot) (bool, string) { return len(s.Queues) > 0, whyNoQueues }

// runToggleQueue logs in to the queue with the number of the key, or out of it. While an answer is awaited it does
// nothing.
func runToggleQueue(v Invocation) {
	n := nth(v)
	if n > len(v.Snapshot.Queues) {
		return
	}
	q := v.Snapshot.Queues[n-1]
	if q.Login == phone.ConfirmAsking {
		return
	}
	v.Host.Do(phone.LogIn{Queues: []phone.QueueID{q.ID}, On: !LoggedIn(q)})
}

// LoggedIn reports whether we are logged in to a queue, as far as its exchange has said: a refused logout leaves us in.
func LoggedIn(q phone.QueueStatus) bool {
	unsettled := []phone.ConfirmState{phone.ConfirmAsking, phone.ConfirmRefused}
	return q.Login == phone.ConfirmOn || slices.Contains(unsettled, q.Login) && !q.Asked
}
