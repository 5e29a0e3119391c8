package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"svara/ui/text"
)

// fyneWords are the words of Fyne's own menus that can be seen: those of a text field.
var fyneWords = map[string]string{
	"Cut": "fyne.cut", "Copy": "fyne.copy", "Paste": "fyne.paste", "Select all": "fyne.select_all", "Undo": "fyne.undo", "Redo": "fyne.redo",
}

// setFyneWords gives Fyne's own words our language. Fyne follows the system's locale and cannot be told another, so
// ours are registered under the system's.
func setFyneWords() {
	words := map[string]string{}
	for theirs, ours := range fyneWords {
		words[theirs] = text.T(ours)
	}
	data, err := json.Marshal(words)
	if err != nil { // strings only: cannot happen
		return
	}
	if err := lang.AddTranslationsForLocale(data, lang.SystemLocale()); err != nil {
		fyne.LogError("language of text fields", err)
	}
}
