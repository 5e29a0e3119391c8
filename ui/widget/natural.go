package widget

// Natural is the width the whole text needs, for layouts that give a cut text no more than that.
func (t *Text) Natural() float32 { return t.width() }
