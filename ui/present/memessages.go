package present

import (
	"strings"

	"svara/phone"
	"svara/phone/template"
	"svara/ui/text"
)

// placeholders names what can stand in braces.
func placeholders() string {
	var out []string
	for _, p := range template.Placeholders {
		out = append(out, "{"+p+"}")
	}
	return text.T("template.placeholders", "list", strings.Join(out, " "))
}

func nameField(v Values, holder string) FormField {
	f := FormField{ID: "name", Label: text.T("form.name"), Holder: holder, Half: true}
	if strings.TrimSpace(v["name"]) == "" {
		f.Wrong = text.T("form.name_missing")
	}
	return f
}

// LookupEditor is the outside programs and pages that are asked about callers (features.md C8).
func LookupEditor() Editor {
	find := func(s Scene, id string) (phone.Lookup, bool) {
		for _, l := range s.Snap.Lookups {
			if l.ID == id {
				return l, true
			}
		}
		return phone.Lookup{}, false
	}
	build := func(s Scene, id, fresh string, v Values) phone.Lookup {
		l, ok := find(s, id)
		if !ok {
			l = phone.Lookup{ID: fresh, Place: len(s.Snap.Lookups)}
		}
		l.Name, l.URL, l.OnRing = strings.TrimSpace(v["name"]), strings.TrimSpace(v["url"]), v.On("on_ring")
		return l
	}
	return Editor{
		Title: text.T("lookup.title"), Help: text.T("lookup.help"), Empty: text.T("lookup.none"), New: text.T("lookup.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, l := range s.Snap.Lookups {
				out = append(out, FormRow{ID: l.ID, Icon: "globe", Title: Clean(l.Name, nameLimit), Detail: Clean(l.URL, 200)})
			}
			return out
		},
		Start: func(s Scene, id string) Values {
			l, _ := find(s, id)
			v := Values{"name": l.Name, "url": l.URL}
			if l.OnRing {
				v["on_ring"] = "true"
			}
			return v
		},
		Form: func(_ Scene, _ string, v Values) Form {
			url := FormField{ID: "url", Label: text.T("lookup.url"), Icon: "link", Holder: "https://crm.example.com/?q={e164}", Help: placeholders()}
			if typed := strings.TrimSpace(v["url"]); typed == "" {
				url.Wrong = text.T("lookup.url_missing")
			} else if err := template.CheckAddress(typed); err != nil {
				url.Wrong = text.Refusal(err)
			}
			return Form{Fields: []FormField{nameField(v, text.T("lookup.holder")), url, {ID: "on_ring", Kind: FieldSwitch, Label: text.T("lookup.on_ring")}}}
		},
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			return []phone.Command{phone.PutItem{Item: build(s, id, fresh, v)}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemLookup, Key: id} },
		Move: func(s Scene, id string, by int) []phone.Command {
			return moved(s.Snap.Lookups, func(l phone.Lookup) bool { return l.ID == id }, by, func(l phone.Lookup, place int) (phone.Item, bool) {
				changed := l.Place != place
				l.Place = place
				return l, changed
			})
		},
	}
}

// TemplateEditor is the ready texts of messages (features.md C3, H5).
func TemplateEditor() Editor {
	find := func(s Scene, id string) (phone.Template, bool) {
		for _, t := range s.Snap.Templates {
			if t.ID == id {
				return t, true
			}
		}
		return phone.Template{Kind: phone.MessageSMS}, false
	}
	build := func(s Scene, id, fresh string, v Values) phone.Template {
		t, ok := find(s, id)
		if !ok {
			t.ID, t.Place = fresh, len(s.Snap.Templates)
		}
		t.Name, t.Kind, t.Subject, t.Text = strings.TrimSpace(v["name"]), phone.MessageKind(v["kind"]), strings.TrimSpace(v["subject"]), v["text"]
		if t.Kind == phone.MessageSMS {
			t.Subject = ""
		}
		return t
	}
	icons := map[phone.MessageKind]string{phone.MessageSMS: "message-square", phone.MessageEmail: "mail"}
	return Editor{
		Title: text.T("template.title"), Help: text.T("template.help"), Empty: text.T("template.none"), New: text.T("template.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, t := range s.Snap.Templates {
				out = append(out, FormRow{ID: t.ID, Icon: icons[t.Kind], Title: Clean(t.Name, nameLimit), Detail: Clean(t.Text, 120)})
			}
			return out
		},
		Start: func(s Scene, id string) Values {
			t, _ := find(s, id)
			return Values{"name": t.Name, "kind": string(t.Kind), "subject": t.Subject, "text": t.Text}
		},
		Form: func(_ Scene, _ string, v Values) Form {
			checked := func(f FormField) FormField {
				if err := template.Check(v[f.ID]); err != nil {
					f.Wrong = text.Refusal(err)
				}
				return f
			}
			fields := []FormField{nameField(v, text.T("template.holder")), {ID: "kind", Kind: FieldParts, Label: text.T("template.kind"), Half: true,
				Options: []Choice{option(string(phone.MessageSMS), text.T("template.sms")), option(string(phone.MessageEmail), text.T("template.email"))}}}
			if v["kind"] == string(phone.MessageEmail) {
				fields = append(fields, checked(FormField{ID: "subject", Label: text.T("template.subject"), Icon: "mail"}))
			}
			body := checked(FormField{ID: "text", Kind: FieldLong, Label: text.T("template.text"), Help: placeholders()})
			if strings.TrimSpace(v["text"]) == "" {
				body.Wrong = text.T("template.text_missing")
			}
			return Form{Fields: append(fields, body)}
		},
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			return []phone.Command{phone.PutItem{Item: build(s, id, fresh, v)}}
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemTemplate, Key: id} },
		Move: func(s Scene, id string, by int) []phone.Command {
			return moved(s.Snap.Templates, func(t phone.Template) bool { return t.ID == id }, by, func(t phone.Template, place int) (phone.Item, bool) {
				changed := t.Place != place
				t.Place = place
				return t, changed
			})
		},
	}
}
