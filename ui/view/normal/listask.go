package normal

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// What the list asks for, and what it says where there is nothing to show.

// ask asks the people, the history, or both.
func (l *list) ask(q question, turn int) {
	var found []phone.Hit
	var more, failed bool
	history := func() {
		limit := historyLimit
		if q.recent {
			limit = recentLook
		}
		l.deps.Query(phone.HistoryQuery{Text: searchText(q.text), Limit: limit}, func(entries []phone.HistoryEntry, err error) {
			if turn == l.turn { // else something else was asked meanwhile
				l.show(q, found, false, entries, err)
			}
		})
	}
	if l.deps.Contacts == nil {
		history()
		return
	}
	search := phone.SearchQuery{Text: searchText(q.text), History: q.text != "", Limit: q.limit}
	if q.recent {
		search = phone.SearchQuery{Mark: phone.MarkFavourite, Limit: favourites}
	}
	l.deps.Contacts.Search(search, q.text != "" && l.answered.text != q.text, func(r phone.SearchResult, err error) {
		if turn != l.turn {
			return
		}
		found, more, failed = r.Hits, r.More, err != nil
		if q.recent {
			history()
			return
		}
		if failed {
			l.show(q, nil, false, nil, err)
			return
		}
		l.show(q, found, more, nil, nil)
	})
}

// searchText is what the history is asked for: a number without what people put between its digits.
func searchText(typed string) string {
	if present.Dialable(typed) {
		return present.DialText(typed)
	}
	return typed
}

// drawEmpty says in place of the rows why there are none.
func (l *list) drawEmpty(q question, err error) {
	empty := present.HistoryEmpty(present.HistoryChoice{}, q.text)
	first := q.recent && l.deps.Contacts != nil
	switch {
	case err != nil && l.deps.Contacts != nil && !q.recent:
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("people.failed")}
	case err != nil:
		empty = present.Empty{Icon: "triangle-alert", Title: text.T("history.failed")}
	case first:
		empty = present.FavouritesEmpty()
	case q.recent:
		empty = present.CallsEmpty()
	case q.text == "":
		empty = present.PeopleEmpty()
	case q.text != "" && present.Dialable(q.text):
		empty = present.Empty{Icon: "phone", Title: text.T("dial.press_enter", "number", present.Clean(q.text, 40))}
		if l.view.question() == command.AskTransfer {
			empty = present.Empty{Icon: "arrow-right-left", Title: text.T("transfer.to", "number", present.Clean(q.text, 40))}
		}
	}
	l.icon.Set(empty.Icon, theme.BorderStrong)
	l.head.Set(empty.Title)
	l.help.Set(empty.Text)
	widget.SetVisible(l.help, empty.Text != "")
	widget.SetVisible(l.goOn, first && err == nil)
	widget.SetVisible(l.empty, len(l.models) == 0)
	widget.SetVisible(l.rows, len(l.models) > 0)
	lay.Again(l.object)
}
