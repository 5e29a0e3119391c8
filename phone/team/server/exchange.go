package server

import "svara/phone/team"

// Exchange is a Source and its Tally, to be given to New.
type Exchange struct {
	Source team.Source
	Name   string // shown
	// Tally makes a new one that goes on from what was shown before.
	Tally func(team.Before) team.Tally
	// Texts and TextsOutside say that it sends text messages: to its telephones, to the numbers of others.
	Texts, TextsOutside bool
}
