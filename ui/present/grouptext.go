package present

import (
	"slices"
	"strings"
	"unicode/utf8"

	"svara/phone"
	"svara/ui/text"
)

// GroupThread is whom a group writes with.
type GroupThread struct {
	Group phone.TeamGroupID
	Peer  string
	Name  string
}

// ThreadOf is the thread that a message is in.
func ThreadOf(r GroupMessageRow) GroupThread {
	return GroupThread{Group: r.Message.Group, Peer: r.Message.Peer, Name: r.Who.Name}
}

// GroupBubbles is a thread's messages of all kinds, the oldest first, of messages that come newest first.
func GroupBubbles(s Scene, messages []phone.GroupMessage) []Bubble {
	l := bubbles{s: s}
	for _, m := range slices.Backward(messages) {
		b := l.add(m.ID, m.Text, m.At, m.Direction, m.State, m.Reason)
		switch m.Kind {
		case phone.GroupVoice:
			b.Text = text.T("groupmessage.voice")
		case phone.GroupCallback:
			b.Text = strings.TrimSuffix(text.T("groupmessage.callback")+": "+b.Text, ": ")
		}
		if by := Clean(m.By.Name, nameLimit); by != "" {
			b.When += " · " + by
		}
		if m.Sender != "" {
			b.When += " · " + s.NumberText(m.Sender)
		}
	}
	return l.out
}

// GroupSenders are what a group's texts can be sent as; with no group those of all, with the group's name.
func GroupSenders(s Scene, group phone.TeamGroupID) []Choice {
	var out []Choice
	for _, v := range s.Snap.Team.Messages.Senders {
		if group != "" && v.Group != group {
			continue
		}
		words := s.NumberText(v.As)
		if group == "" {
			words = groupName(s, v.Group) + ": " + words
		}
		if v.OneWay {
			words = text.T("groupmessage.one_way", "name", words)
		}
		out = append(out, option(string(v.Group)+"|"+v.As, words))
	}
	return out
}

// GroupTemplates are a group's texts to begin from.
func GroupTemplates(s Scene, group phone.TeamGroupID) []phone.GroupTemplate {
	var out []phone.GroupTemplate
	for _, t := range s.Snap.Team.Messages.Templates {
		if t.Group == group {
			out = append(out, t)
		}
	}
	return out
}

// GroupText is the command that sends a text as one of the senders.
func GroupText(sender string, to []string, words string) phone.Command {
	group, as, _ := strings.Cut(sender, "|")
	return phone.SendGroupText{Group: phone.TeamGroupID(group), To: to, Sender: as, Text: Written(words)}
}

// CannotGroupText is why no text can be sent for a group, empty when one can.
func CannotGroupText(s Scene) string {
	switch {
	case s.Snap.Team.Link != phone.TeamLive:
		return text.T("team.away")
	case len(GroupSenders(s, "")) == 0:
		return text.T("groupmessage.no_sender")
	}
	return ""
}

// GroupTextFault is why what is written cannot be sent for a group, empty when it can.
func GroupTextFault(s Scene, senders []Choice, words string) string {
	switch words = Written(words); {
	case s.Snap.Team.Link != phone.TeamLive:
		return text.T("team.away")
	case len(senders) == 0:
		return text.T("groupmessage.no_sender")
	case words == "":
		return text.T("message.empty")
	case utf8.RuneCountInString(words) > phone.MaxGroupText:
		return text.T("form.too_long")
	}
	return ""
}

// manyNumbers is the numbers in a field, one a line or with commas or semicolons between.
func manyNumbers(typed string) []string {
	var out []string
	for _, n := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// GroupTextForm is a text to one or many. It begins with the mobile numbers of people, and tells how many have none.
func GroupTextForm(to []phone.Hit) Editor {
	numbers, without := phone.MobilesOf(to)
	for i, n := range numbers {
		numbers[i] = Clean(n, numberLimit)
	}
	help := text.T("groupmessage.new_help")
	if without > 0 {
		help += " " + text.T("groupmessage.no_mobile", "n", without)
	}
	words := func(s Scene, v Values) string {
		for _, t := range s.Snap.Team.Messages.Templates {
			if v["template"] == string(t.Group)+"|"+t.Name {
				return t.Text
			}
		}
		return v["text"]
	}
	return Editor{
		Title: text.T("groupmessage.new"), Help: help, Save: text.T("message.send"),
		Start: func(s Scene, _ string) Values {
			v := Values{"to": strings.Join(numbers, "\n"), "text": ""}
			if senders := GroupSenders(s, ""); len(senders) > 0 {
				v["from"] = senders[0].Value
			}
			return v
		},
		Form: func(s Scene, _ string, v Values) Form {
			senders := GroupSenders(s, "")
			from := FormField{ID: "from", Kind: FieldSelect, Label: text.T("groupmessage.from"), Options: senders}
			if len(senders) == 0 {
				from.Wrong = text.T("groupmessage.no_sender")
			}
			whom := FormField{ID: "to", Kind: FieldLong, Label: text.T("groupmessage.to"), Help: text.T("groupmessage.to_help")}
			all := manyNumbers(v["to"])
			switch bad := slices.IndexFunc(all, func(n string) bool { return !Dialable(n) || strings.ContainsAny(n, "*#@:") }); {
			case len(all) == 0:
				whom.Wrong = text.T("groupmessage.to_empty")
			case len(all) > phone.MaxGroupSend:
				whom.Wrong = text.T("groupmessage.to_many", "n", phone.MaxGroupSend)
			case bad >= 0:
				whom.Wrong = text.T("groupmessage.to_wrong", "number", Clean(all[bad], numberLimit))
			}
			fields := []FormField{from, whom}
			group, _, _ := strings.Cut(v["from"], "|")
			ready := []Choice{option("", text.T("groupmessage.no_template"))}
			for _, t := range GroupTemplates(s, phone.TeamGroupID(group)) {
				ready = append(ready, option(group+"|"+t.Name, Clean(t.Name, nameLimit)))
			}
			if len(ready) > 1 {
				fields = append(fields, FormField{ID: "template", Kind: FieldSelect, Label: text.T("groupmessage.template"), Options: ready})
			}
			f := Form{Fields: fields}
			if written := words(s, v); v["template"] != "" && written != v["text"] {
				f.Summary = written
			} else {
				f.Fields = append(f.Fields, FormField{ID: "text", Kind: FieldLong, Label: text.T("message.text"), Wrong: GroupTextFault(s, senders, v["text"])})
			}
			return f
		},
		Commands: func(s Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{GroupText(v["from"], manyNumbers(v["to"]), words(s, v))}
		},
	}
}
