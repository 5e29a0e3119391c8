package present

import (
	"svara/ui/command"
	"svara/ui/text"
)

// Way is a line of a menu that reaches somebody in a way of the exchange.
type Way struct {
	Button
	command.Way
}

// Ways is every way, those that cannot be taken now with the reason. Where the exchange has none the reason is short: it
// may stand five times in the menu.
func Ways(s Scene) []Way {
	out := make([]Way, 0, len(command.Ways))
	for _, w := range command.Ways {
		c := commands()[w.ID]
		b := s.button(w.ID, c.Icon, text.T(c.Title))
		if a := s.Snap.DefaultAccount(); a != nil && w.Feature != command.ViaMobile && !a.Can(w.Feature) {
			b.Reason = text.T("reason.not-supported.title")
		}
		out = append(out, Way{b, w})
	}
	return out
}
