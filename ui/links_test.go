package ui

import "testing"

// A link that the program is handed stands in the field and dials nothing, and a flag is no command (quality.md, hostile input
// 22). What is handed over first and can be dialled counts.
func TestLinksDialNothing(t *testing.T) {
	a, p := open(t, registered())
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"tel:08-465"}, "08465"}, {[]string{"callto:2101"}, "2101"}, {[]string{"sip:a@b?Replaces=x"}, "sip:a@b?Replaces=x"},
		{[]string{"--quit", "tel:1%00; rm"}, "1%00"}, {[]string{"\u202etel:", "tel:112"}, "112"}, {[]string{"--answer", "/etc/passwd"}, "112"}, {nil, "112"},
	} {
		a.handOver(c.args)
		if got := a.face().Field(); got != c.want {
			t.Errorf("%q: %q stands there, not %q", c.args, got, c.want)
		}
	}
	if len(p.told) > 0 {
		t.Errorf("told the phone %+v", p.told)
	}
}
