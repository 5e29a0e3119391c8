package ami

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// strategies are Asterisk's names for distributions; the first is the one that is set.
var strategies = []struct {
	name string
	is   team.Distribution
}{
	{"ringall", team.DistributionAll}, {"leastrecent", team.DistributionLongestIdle}, {"fewestcalls", team.DistributionFewest}, {"linear", team.DistributionInOrder},
	{"rrmemory", team.DistributionTurns}, {"rrordered", team.DistributionTurns}, {"random", team.DistributionRandom}, {"wrandom", team.DistributionRandom},
}

func distribution(strategy string) team.Distribution {
	for _, s := range strategies {
		if s.name == strategy {
			return s.is
		}
	}
	return ""
}

func (ss *session) queueParams(m message) {
	name := m.get("Queue")
	ss.mu.Lock()
	ss.strategies[name] = m.get("Strategy")
	ss.mu.Unlock()
	ss.tellQueue(name)
}

// The keys of a queue's settings in the exchange's database, below svara/queue/NAME/.
const (
	keyName        = "name"
	keyNumber      = "number"
	keyNight       = "night"
	keyNightNumber = "night_number"
	keyOverflow    = "overflow"
	keyOverflowS   = "overflow_s"
	keyServiceS    = "service_level_s"
)

// nightDevice begins the name of the device that is in use while a queue is closed: a lamp for telephones.
const nightDevice = "Custom:night_"

// setting takes in a line of the exchange's database: "/svara/queue/support/night".
func (ss *session) setting(into map[string]string, m message) {
	if key, ok := strings.CutPrefix(m.get("Key"), "/svara/"); ok {
		into[key] = m.get("Val")
	}
}

// settingsRead takes over what was read of the database.
func (ss *session) settingsRead(id string) {
	r := ss.readings[id]
	if r == nil {
		return
	}
	delete(ss.readings, id)
	ss.mu.Lock()
	ss.settings = r
	ss.mu.Unlock()
	for name := range ss.strategies {
		ss.tellQueue(name)
	}
}

// readSettings asks for the database again; what comes is told.
func (ss *session) readSettings() {
	id, err := ss.conn.send(ask("DBGetTree", "Family", "svara"))
	if err != nil {
		ss.conn.close(err)
		return
	}
	ss.readings[id] = map[string]string{}
}

func (ss *session) tellQueue(name string) {
	value := func(key string) string { return ss.settings["queue/"+name+"/"+key] }
	number := func(key string, low, high int) int {
		n, err := strconv.Atoi(value(key))
		if err != nil || n < low || n > high {
			return 0
		}
		return n
	}
	ss.sink(team.QueueTold{At: ss.now(), Queue: phone.QueueID(name), Name: cmp.Or(value(keyName), name), Number: value(keyNumber), Settings: team.QueueSettings{
		Night: value(keyNight) == "1", NightNumber: value(keyNightNumber), Overflow: value(keyOverflow), OverflowS: number(keyOverflowS, 5, 3600),
		Distribution: distribution(ss.strategies[name]), ServiceS: number(keyServiceS, 1, 3600),
	}})
}

// member takes in a queue's member. The list names its telephone and name otherwise than the events.
func (ss *session) member(m message) {
	iface := cmp.Or(m.get("Interface"), m.get("Location"))
	if iface == "" {
		return
	}
	ss.members[iface] = true
	penalty := m.number("Penalty")
	ss.mu.Lock()
	ss.penalties[m.get("Queue")+"/"+iface] = penalty
	ss.mu.Unlock()
	name := cmp.Or(m.get("MemberName"), m.get("Name"))
	if name == iface {
		name = ""
	}
	told := team.Member{
		Queue: phone.QueueID(m.get("Queue")), Phone: iface, Name: name, LoggedIn: true, Paused: m.get("Paused") == "1", Why: m.get("PausedReason"),
		State: memberState(m.get("Status")), Skill: skillOf(penalty),
	}
	if last := m.number("LastCall"); last > 0 {
		told.LastCall = time.Unix(int64(last), 0).UTC()
	}
	ss.sink(team.MemberTold{At: ss.now(), Member: told})
}

// memberState is a device state by its number (AST_DEVICE_*).
func memberState(status string) team.MemberState {
	switch status {
	case "1":
		return team.MemberIdle
	case "2", "3":
		return team.MemberInCall
	case "4", "5":
		return team.MemberOffline
	case "6", "7":
		return team.MemberRinging
	case "8":
		return team.MemberOnHold
	}
	return team.MemberUnknown
}

// Skill 10 is asked first: penalty 0. Penalties beyond ours are skill 1.
func skillOf(penalty int) int { return min(max(10-penalty, 1), 10) }
func penaltyOf(skill int) int { return 10 - min(max(skill, 1), 10) }
