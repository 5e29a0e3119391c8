package present

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// Tray is the icon among those of the system and its menu (features.md K7). The menu's parts stand in this order; what
// has no text or lines is left out.
type Tray struct {
	Icon     TrayIcon
	Tip      string
	Show     TrayItem
	Calls    []TrayItem // those that ring first; at most TrayCalls
	Missed   TrayItem
	Messages TrayItem
	Activity TrayItem // with lines of its own
	Queues   TrayItem // likewise
	Settings TrayItem
	Quit     TrayItem
}

// TrayCalls is how many lines about calls the menu has room for.
const TrayCalls = 6

// TrayIcon is the program's icon with what is to be seen of the phone at a glance: a sign with a shape of its own, and how
// many calls were missed.
type TrayIcon struct {
	Sign   string // Lucide name of the sign; empty for none: all is well
	Tone   Tone
	Square bool // the sign's ground: on a call; else a disc
	Count  int  // missed calls
	Grey   bool // calls cannot come in
}

// TrayItem is a line of the menu. One of Command, Do, View, Raise and Items is what it does.
type TrayItem struct {
	Text    string
	Command command.ID
	Call    phone.CallID
	Do      phone.Command
	View    command.View
	Raise   bool // shows the window
	Items   []TrayItem
	Checked bool
	Locked  bool // it can do nothing now
}

// TrayOf makes the tray's icon and menu. Nothing in it counts seconds.
func TrayOf(s Scene) Tray {
	t := Tray{
		Icon: trayIcon(s), Tip: WindowTitle(s), Calls: trayCalls(s),
		Show:     TrayItem{Text: text.T("tray.show"), Raise: true},
		Activity: TrayItem{Text: text.T("me.activity"), Items: trayActivities(s)},
		Queues:   TrayItem{Text: text.T("tab.queues"), Items: trayQueues(s)},
		Settings: TrayItem{Text: text.T("menu.settings"), Command: command.GoSettings},
		Quit:     TrayItem{Text: text.T("menu.quit"), Command: command.Quit},
	}
	if n := s.Snap.History.Missed; n > 0 {
		t.Missed = TrayItem{Text: text.T("window.missed", "n", n), View: command.ViewHistory}
	}
	if n := s.Snap.Voicemail.New(); n > 0 {
		t.Messages = TrayItem{Text: text.T("notify.voicemail", "n", n), View: command.ViewVoicemail}
	}
	return t
}

func trayIcon(s Scene) TrayIcon {
	i := TrayIcon{Count: s.Snap.History.Missed, Grey: lostWords(s) != ""}
	h := HeaderOf(s)
	switch {
	case len(s.Snap.Ringing()) > 0:
		i.Sign, i.Tone = "bell", ToneAccent
	case h.Status == StatusInCall && micTrouble(s) != nil:
		i.Sign, i.Tone, i.Square = micIcons[micTrouble(s).ID], ToneAmber, true
	case h.Status == StatusInCall:
		i.Sign, i.Tone, i.Square = "phone", ToneRed, true
	case i.Grey:
		i.Sign, i.Tone = "x", ToneSlate
	case nowActivity(s).Kind != phone.ActivityAvailable:
		i.Sign, i.Tone = ActivityIcon(nowActivity(s).Kind), ActivityTone(nowActivity(s).Kind)
	}
	return i
}

// trayCalls is what can be done with the calls: answer and decline those that ring, hang up the others.
func trayCalls(s Scene) []TrayItem {
	var rings, others []TrayItem
	for _, c := range s.Snap.Calls {
		name := s.whoOfCall(c).Name
		switch {
		case c.State == phone.StateIncoming:
			rings = append(rings, TrayItem{Text: text.T("tray.answer", "name", name), Command: command.Answer, Call: c.ID},
				TrayItem{Text: text.T("tray.decline", "name", name), Command: command.Decline, Call: c.ID})
		case c.State.Live() && c.State != phone.StateEnding && !command.Errand(s.Snap, c):
			others = append(others, TrayItem{Text: text.T("tray.hangup", "name", name), Command: command.Hangup, Call: c.ID})
		}
	}
	all := append(rings, others...)
	return all[:min(len(all), TrayCalls)]
}

func trayActivities(s Scene) []TrayItem {
	now := nowActivity(s)
	var out []TrayItem
	found := false
	for _, sc := range s.Snap.Me.Shortcuts {
		item := TrayItem{Text: ShortcutName(sc), Do: phone.UseShortcut{ID: sc.ID}}
		item.Checked = now.From == "shortcut:"+sc.ID || now.From == "" && now.Kind == sc.Kind && now.Until.IsZero() && endless(sc) && sc.Name == ""
		item.Locked = needsHours(sc.Length) && !s.Snap.Me.Hours.Set()
		found = found || item.Checked
		out = append(out, item)
	}
	if len(out) == 0 {
		return nil
	}
	if !found { // what the user does now is no shortcut
		out = append([]TrayItem{{Text: ActivityWord(now.Kind, now.Name), Do: phone.SetActivity{Kind: now.Kind}, Checked: true, Locked: true}}, out...)
	}
	return append(out, TrayItem{Text: text.T("command.me.custom"), Command: command.Custom})
}

// endless reports whether a shortcut is on until changed.
func endless(sc phone.Shortcut) bool {
	return sc.Length.Kind == phone.LengthUntilChanged || sc.Length.Kind == ""
}

func trayQueues(s Scene) []TrayItem {
	var out []TrayItem
	for _, q := range s.Snap.Queues {
		in := command.LoggedIn(q)
		item := TrayItem{Text: queueName(q.Queue), Checked: in, Do: phone.LogIn{Queues: []phone.QueueID{q.ID}, On: !in}}
		a := accountOf(s, q.Account)
		item.Locked = q.Login == phone.ConfirmAsking || a == nil || !a.Can(phone.FeatureQueueLogin)
		if q.Night {
			item.Text += " – " + text.T("queue.night")
		}
		out = append(out, item)
	}
	if len(out) > 1 {
		out = append(out, TrayItem{Text: text.T("queue.all_in"), Command: command.QueuesIn}, TrayItem{Text: text.T("queue.all_out"), Command: command.QueuesOut})
	}
	return out
}
