package present

import (
	"svara/phone"
	"svara/ui/text"
)

// Collection is how a collection for who helps stands, and what can be done with it.
type Collection struct {
	Words string
	Begin Button
	End   Button
	Save  Button
}

// CollectionOf makes it. Nothing can be saved before there is something.
func CollectionOf(c phone.Collecting) Collection {
	out := Collection{
		Words: text.T("diagnostics.nothing"),
		Begin: Button{Icon: "circle-dot", Text: text.T("diagnostics.begin"), Enabled: true},
		End:   Button{Icon: "square", Text: text.T("diagnostics.end"), Enabled: c.On},
		Save:  Button{Icon: "file-archive", Text: text.T("diagnostics.save"), Enabled: !c.Since.IsZero(), Reason: text.T("diagnostics.nothing")},
	}
	if c.Since.IsZero() {
		return out
	}
	figures := []any{"time", text.Clock(c.Since.Local()), "until", text.Clock(c.Until.Local()), "lines", text.Number(int64(c.Lines)), "messages", text.Number(int64(c.Messages)), "samples", text.Number(int64(c.Samples))}
	out.Begin.Text, out.Words = text.T("diagnostics.begin_anew"), text.T("diagnostics.done", figures...)
	if c.On {
		out.Words = text.T("diagnostics.now", figures...)
	}
	if c.Dropped > 0 {
		out.Words += " " + text.T("diagnostics.dropped")
	}
	return out
}
