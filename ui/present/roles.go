package present

import (
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// RoleName is what a role is called.
func RoleName(r phone.Role) string {
	if name := Clean(r.Name, nameLimit); name != "" {
		return name
	}
	if r.Withheld || r.ID == phone.RoleWithheld {
		return text.T("role.withheld")
	}
	return Clean(r.Number, numberLimit)
}

func findRole(s Scene, id phone.RoleID) (phone.Role, bool) {
	for _, r := range s.Snap.Roles.All {
		if r.ID == id {
			return r, true
		}
	}
	return phone.Role{ID: id}, id == phone.RoleWithheld
}

// ShownRole is which number will be shown to the one who is called next.
type ShownRole struct {
	Text string // on the button
	Tip  string // the whole of it
	Icon string
	Next bool // for the next call only
}

// ShownRoleOf makes the footer's role.
func ShownRoleOf(s Scene) ShownRole {
	roles := s.Snap.Roles
	out := ShownRole{Icon: "id-card", Text: text.T("role.own")}
	if a := s.Snap.DefaultAccount(); a != nil {
		out.Text = ownNumber(a.Account)
	}
	id := roles.Shown()
	if id != "" {
		r, _ := findRole(s, id)
		out.Text = RoleName(r)
		if r.Withheld || id == phone.RoleWithheld {
			out.Icon = "eye-off"
		}
		if r.Number != "" && !r.Withheld && r.Number != out.Text {
			out.Tip = out.Text + ", " + s.NumberText(r.Number)
		}
	}
	shown := out.Tip
	if shown == "" {
		shown = out.Text
	}
	switch {
	case roles.Next != "":
		out.Next = true
		out.Tip = text.T("role.tip_next", "name", shown)
	case roles.Plan != "":
		out.Tip = text.T("role.tip_plan", "name", shown)
	default:
		out.Tip = text.T("role.tip", "name", shown)
	}
	return out
}

func ownNumber(a phone.Account) string {
	if n := Clean(a.User, numberLimit); n != "" {
		return n
	}
	return text.T("role.own")
}

// RoleChoice is a line of the menu of roles. Without words it is a line between groups.
type RoleChoice struct {
	Text    string
	Detail  string
	Icon    string
	Chosen  bool
	Command phone.Command // nil goes to the settings
	Wrong   string        // why it cannot be chosen
}

// RoleMenu is the menu of roles: the number until changed, then the one for the next call, and what a plan says.
func RoleMenu(s Scene) []RoleChoice {
	roles := s.Snap.Roles
	own := text.T("role.own")
	detail := ""
	if a := s.Snap.DefaultAccount(); a != nil {
		detail = ownNumber(a.Account)
	}
	var out []RoleChoice
	if roles.Plan != "" {
		r, _ := findRole(s, roles.Plan)
		out = append(out, RoleChoice{Text: text.T("role.by_plan", "name", RoleName(r)), Detail: text.T("role.by_plan_help"), Icon: "calendar-clock", Wrong: text.T("role.by_plan_help")}, RoleChoice{})
	}
	out = append(out, RoleChoice{Text: own, Detail: detail, Icon: "id-card", Chosen: roles.Now == "", Command: phone.SetRole{}})
	all := withWithheld(roles.All)
	for _, r := range all {
		out = append(out, RoleChoice{Text: RoleName(r), Detail: roleDetail(s, r), Icon: roleIcon(r), Chosen: roles.Now == r.ID, Command: phone.SetRole{Role: r.ID}})
	}
	out = append(out, RoleChoice{})
	for _, r := range all {
		out = append(out, RoleChoice{Text: text.T("role.next", "name", RoleName(r)), Icon: "phone-outgoing", Chosen: roles.Next == r.ID, Command: phone.SetRole{Role: r.ID, Next: true}})
	}
	if roles.Next != "" {
		out = append(out, RoleChoice{Text: text.T("role.next_none"), Icon: "x", Command: phone.SetRole{Next: true}})
	}
	out = append(out, RoleChoice{})
	if words, help, icon := roleReach(roles); words != "" {
		out = append(out, RoleChoice{Text: words, Detail: help, Icon: icon, Wrong: help})
	}
	return append(out, RoleChoice{Text: text.T("role.edit"), Icon: "pencil"})
}

// roleReach is whether the user's other telephones show the chosen number too, and why not; empty where nobody tells.
func roleReach(r phone.Roles) (words, help, icon string) {
	switch {
	case r.Refused != nil && r.Refused.ID == phone.ReasonNotPermitted:
		return text.T("role.only_here"), text.T("role.only_here_right"), "triangle-alert"
	case r.Refused != nil:
		return text.T("role.only_here"), text.T("role.only_here_help", "why", text.Reason(*r.Refused)), "triangle-alert"
	case r.Shared:
		return text.T("role.everywhere"), text.T("role.everywhere_help"), "smartphone"
	}
	return "", "", ""
}

func withWithheld(all []phone.Role) []phone.Role {
	for _, r := range all {
		if r.ID == phone.RoleWithheld {
			return all
		}
	}
	return append(append([]phone.Role(nil), all...), phone.Role{ID: phone.RoleWithheld, Withheld: true})
}

func roleDetail(s Scene, r phone.Role) string {
	if r.Withheld || r.ID == phone.RoleWithheld {
		return text.T("role.withheld_help")
	}
	return s.NumberText(r.Number)
}

func roleIcon(r phone.Role) string {
	if r.Withheld || r.ID == phone.RoleWithheld {
		return "eye-off"
	}
	return "id-card"
}

// RoleEditor is the roles of the user (features.md B4).
func RoleEditor() Editor {
	return Editor{
		Title: text.T("settings.roles"), Help: text.T("role.help"), Empty: text.T("role.none"), New: text.T("role.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, r := range s.Snap.Roles.All {
				if r.ID != phone.RoleWithheld {
					out = append(out, FormRow{ID: string(r.ID), Icon: roleIcon(r), Title: RoleName(r), Detail: roleDetail(s, r)})
				}
			}
			return out
		},
		Start: func(s Scene, id string) Values {
			r, _ := findRole(s, phone.RoleID(id))
			v := Values{"name": r.Name, "number": r.Number, "account": string(r.Account)}
			if r.Withheld {
				v["withheld"] = "true"
			}
			return v
		},
		Form: roleForm,
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			r, ok := findRole(s, phone.RoleID(id))
			if !ok {
				r = phone.Role{ID: phone.RoleID(fresh), Place: len(s.Snap.Roles.All)}
			}
			r.Name, r.Number, r.Account, r.Withheld = strings.TrimSpace(v["name"]), DialText(strings.TrimSpace(v["number"])), phone.AccountID(v["account"]), v.On("withheld")
			return []phone.Command{phone.PutItem{Item: r}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemRole, Key: id} },
		Move: func(s Scene, id string, by int) []phone.Command {
			return moved(s.Snap.Roles.All, func(r phone.Role) bool { return string(r.ID) == id }, by, func(r phone.Role, place int) (phone.Item, bool) {
				changed := r.Place != place && r.ID != phone.RoleWithheld
				r.Place = place
				return r, changed
			})
		},
	}
}

func roleForm(s Scene, _ string, v Values) Form {
	name := FormField{ID: "name", Label: text.T("form.name"), Holder: text.T("role.holder"), Half: true}
	if strings.TrimSpace(v["name"]) == "" {
		name.Wrong = text.T("form.name_missing")
	}
	n := FormField{ID: "number", Label: text.T("role.number"), Icon: "phone", Half: true}
	if !v.On("withheld") {
		n.Wrong = numberWrong(v["number"])
	}
	fields := []FormField{name, n}
	if len(s.Snap.Accounts) > 1 {
		fields = append(fields, accountField(s, text.T("role.any_account")))
	}
	return Form{Fields: append(fields, FormField{ID: "withheld", Kind: FieldSwitch, Label: text.T("role.is_withheld")})}
}

// accountField chooses an account; none is what the words say.
func accountField(s Scene, none string) FormField {
	f := FormField{ID: "account", Kind: FieldSelect, Label: text.T("form.account"), Icon: "user", Half: true, Options: []Choice{option("", none)}}
	for _, a := range s.Snap.Accounts {
		f.Options = append(f.Options, option(string(a.ID), AccountName(a.Account)))
	}
	return f
}

// moved gives the things of a list their places with one of them moved; put tells the thing at its place and whether
// that is another than before.
func moved[T any](all []T, is func(T) bool, by int, put func(T, int) (phone.Item, bool)) []phone.Command {
	all = append([]T(nil), all...)
	for i, t := range all {
		if !is(t) {
			continue
		}
		if j := i + by; j >= 0 && j < len(all) {
			all[i], all[j] = all[j], all[i]
		}
		break
	}
	var out []phone.Command
	for place, t := range all {
		if item, changed := put(t, place); changed {
			out = append(out, phone.PutItem{Item: item})
		}
	}
	return out
}
