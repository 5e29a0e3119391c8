package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// RefusedFor is how long a refusal stands on its queue's button (features.md G2).
const RefusedFor = 6 * time.Second

// QueueButton is a queue as a button (ui.md 5.4).
type QueueButton struct {
	ID      phone.QueueID
	Name    string
	Detail  string // Longest 00:48, Logged out, Nobody free, Night mode, why it was refused
	Count   string // (2) 3/5, where the exchange counts
	Icon    string
	In      bool
	Night   bool
	Asking  bool // an answer is awaited
	Nobody  bool // callers wait and nobody can take them
	Refused bool
	Tip     string
	Command phone.Command // what a press does
	Wrong   string        // why it can do nothing

	Team       bool   // a team server tells of it: it has a page
	NoSettings string // why its settings cannot be changed, empty when they can
}

// QueueButtons makes the buttons. refused is since when a queue's refusal is shown; the zero time is not.
func QueueButtons(s Scene, refused func(phone.QueueID) time.Time) []QueueButton {
	var out []QueueButton
	for i, q := range s.Snap.Queues {
		b := queueButton(s, q, refused(q.ID))
		if key := s.key(string(command.ToggleQueue)); i < 9 && strings.HasSuffix(key, "1") {
			b.Tip += " (" + strings.TrimSuffix(key, "1") + strconv.Itoa(i+1) + ")"
		}
		out = append(out, b)
	}
	return out
}

func queueName(q phone.Queue) string {
	if n := Clean(q.Name, nameLimit); n != "" {
		return n
	}
	return Clean(string(q.ID), numberLimit)
}

func queueButton(s Scene, q phone.QueueStatus, refused time.Time) QueueButton {
	if a := accountOf(s, q.Account); q.Team == nil && a != nil && !s.connected(a.ID) { // who waits and who is free is not known
		q.Counted = false
	}
	in := command.LoggedIn(q)
	b := QueueButton{
		ID: q.ID, Name: queueName(q.Queue), In: in, Night: q.Night, Asking: q.Login == phone.ConfirmAsking,
		Command: phone.LogIn{Queues: []phone.QueueID{q.ID}, On: !in}, Icon: "log-in",
	}
	if q.Counted {
		b.Count = text.T("queue.count", "waiting", strconv.Itoa(q.Waiting), "free", strconv.Itoa(q.Available), "in", strconv.Itoa(q.LoggedIn))
		b.Nobody = q.Waiting > 0 && q.Available == 0 && !q.Night
	}
	switch {
	case b.Asking:
		b.Icon, b.Command = "loader", nil
		b.Detail = text.T("queue.logging_out")
		if q.Asked {
			b.Detail = text.T("queue.logging_in")
		}
	case q.Login == phone.ConfirmRefused && !refused.IsZero() && s.Now.Sub(refused) < RefusedFor:
		b.Refused, b.Icon = true, "triangle-alert"
		r := phone.Reason{ID: phone.ReasonNotConfirmed}
		if q.Reason != nil {
			r = *q.Reason
		}
		b.Detail, b.Tip = text.ReasonTitle(r), text.Reason(r)
	case q.Night:
		b.Icon, b.Detail = "lock", text.T("queue.night")
	case b.Nobody:
		b.Detail = text.T("queue.nobody")
	case q.Counted && !q.Longest.IsZero():
		b.Detail = text.T("queue.longest", "time", text.Timer(s.Now.Sub(q.Longest)))
	case q.Unconfirmed && in:
		b.Detail = text.T("queue.in_unconfirmed")
	case q.Unconfirmed:
		b.Detail = text.T("queue.out_unconfirmed")
	case in:
		b.Detail = text.T("queue.in")
	case q.Login == phone.ConfirmUnknown:
		b.Detail = text.T("queue.unknown")
	default:
		b.Detail = text.T("queue.out")
	}
	if in && !b.Asking && !b.Refused && !q.Night {
		b.Icon = "headset"
	}
	if q.Team != nil {
		b.Team, b.NoSettings = true, settingsLocked(s, q.Team)
		if stale := queueStale(s, q.Team); stale != "" {
			b.Tip = strings.TrimSpace(queueTip(q, in) + " " + stale)
		}
	}
	if a := accountOf(s, q.Account); !teamLogs(s, q) && (a == nil || !a.Can(phone.FeatureQueueLogin)) {
		b.Wrong = text.T("disabled.no-queue-login")
	}
	if b.Tip == "" {
		b.Tip = queueTip(q, in)
	}
	return b
}

// teamLogs reports whether the team server logs us in to a queue: else its exchange does, by a code.
func teamLogs(s Scene, q phone.QueueStatus) bool {
	return q.Team != nil && s.Snap.Team.Link == phone.TeamLive
}

func queueTip(q phone.QueueStatus, in bool) string {
	tip := text.T("queue.tip_in", "name", queueName(q.Queue))
	if in {
		tip = text.T("queue.tip_out", "name", queueName(q.Queue))
	}
	if q.Unconfirmed {
		tip += " " + text.T("confirm.unconfirmed")
	}
	if q.Counted {
		tip += " " + text.T("queue.counted", "waiting", strconv.Itoa(q.Waiting), "free", strconv.Itoa(q.Available), "in", strconv.Itoa(q.LoggedIn))
	} else if q.Reason != nil && q.Login != phone.ConfirmRefused {
		tip += " " + text.Reason(*q.Reason)
	}
	return tip
}

func accountOf(s Scene, id phone.AccountID) *phone.AccountStatus {
	for i := range s.Snap.Accounts {
		if s.Snap.Accounts[i].ID == id {
			return &s.Snap.Accounts[i]
		}
	}
	if id != "" {
		return nil
	}
	return s.Snap.DefaultAccount()
}

// QueuesShown reports whether the queues have a place in the normal view.
func QueuesShown(s Scene) bool {
	return len(s.Snap.Queues) > 0 && s.Snap.Settings.Bool(phone.KeyQueueButtons)
}

// QueuesTicking reports whether a waiting time on screen changes with the second.
func QueuesTicking(s Scene) bool {
	return slices.ContainsFunc(s.Snap.Queues, func(q phone.QueueStatus) bool { return q.Counted && !q.Longest.IsZero() })
}

// QueueEditor is the queues of the user.
func QueueEditor() Editor {
	return Editor{
		Title: text.T("settings.queues"), Help: text.T("queue.help"), Empty: text.T("queue.none"), New: text.T("queue.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, q := range s.Snap.Queues {
				out = append(out, FormRow{ID: string(q.ID), Icon: "headset", Title: queueName(q.Queue), Detail: Clean(string(q.ID), numberLimit)})
			}
			return out
		},
		Start: func(s Scene, id string) Values {
			q, _ := findQueue(s, id)
			return Values{"number": string(q.ID), "name": q.Name, "account": string(q.Account)}
		},
		Form: queueForm,
		Commands: func(s Scene, id, _ string, v Values) []phone.Command {
			q, ok := findQueue(s, id)
			if !ok {
				q.Place = len(s.Snap.Queues)
			}
			q.ID, q.Name, q.Account = phone.QueueID(DialText(strings.TrimSpace(v["number"]))), strings.TrimSpace(v["name"]), phone.AccountID(v["account"])
			return renamed(phone.ItemQueue, id, string(q.ID), phone.PutItem{Item: q})
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemQueue, Key: id} },
		Move: func(s Scene, id string, by int) []phone.Command {
			return moved(s.Snap.Queues, func(q phone.QueueStatus) bool { return string(q.ID) == id }, by, func(q phone.QueueStatus, place int) (phone.Item, bool) {
				changed := q.Place != place
				q.Place = place
				return q.Queue, changed
			})
		},
	}
}

func findQueue(s Scene, id string) (phone.Queue, bool) {
	for _, q := range s.Snap.Queues {
		if string(q.ID) == id {
			return q.Queue, true
		}
	}
	return phone.Queue{}, false
}

func queueForm(s Scene, id string, v Values) Form {
	n := FormField{ID: "number", Label: text.T("queue.number"), Icon: "phone", Wrong: numberWrong(v["number"]), Half: true}
	if key := DialText(strings.TrimSpace(v["number"])); n.Wrong == "" && key != id {
		if _, twice := findQueue(s, key); twice {
			n.Wrong = text.T("form.number_twice")
		}
	}
	fields := []FormField{n, {ID: "name", Label: text.T("form.name"), Half: true}}
	if len(s.Snap.Accounts) > 1 {
		fields = append(fields, accountField(s, text.T("queue.default_account")))
	}
	f := Form{Fields: fields}
	if a := accountOf(s, phone.AccountID(v["account"])); a != nil && !a.Can(phone.FeatureQueueLogin) {
		f.Warn = text.T("disabled.no-queue-login")
	}
	return f
}
