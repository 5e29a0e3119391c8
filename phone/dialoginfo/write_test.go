package dialoginfo_test

import (
	"encoding/xml"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"svara/phone/dialoginfo"
)

func TestBytes(t *testing.T) {
	d := doc{Entity: "sip:2101@pbx", Version: 7, Full: true, Dialogs: []dialog{
		{
			ID: "1", CallID: "c@h", LocalTag: "l", RemoteTag: "r", Direction: dialoginfo.Recipient, State: dialoginfo.Confirmed,
			Local: party{URI: "sip:2101@pbx"}, Remote: party{URI: "sip:5@x;a=b&c", Name: `"A" <B> & 'C'`, Target: "sip:5@192.0.2.9:5062"},
			Duration: 90*time.Second + 400*time.Millisecond,
		},
		{ID: "2", State: dialoginfo.Terminated},
	}}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="7" state="full" entity="sip:2101@pbx">
<dialog id="1" call-id="c@h" local-tag="l" remote-tag="r" direction="recipient">
<state>confirmed</state>
<duration>90</duration>
<local>
<identity>sip:2101@pbx</identity>
</local>
<remote>
<identity display="&#34;A&#34; &lt;B&gt; &amp; &#39;C&#39;">sip:5@x;a=b&amp;c</identity>
<target uri="sip:5@192.0.2.9:5062"/>
</remote>
</dialog>
<dialog id="2">
<state>terminated</state>
</dialog>
</dialog-info>
`
	if got := string(d.Bytes()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := string(doc{}.Bytes()); !strings.Contains(got, `version="0" state="partial" entity=""`) {
		t.Errorf("the attributes that the schema requires are not all there: %s", got)
	}
}

// TestRoundTrip writes documents of any words; a strict parser takes them, and ours gives the same back.
func TestRoundTrip(t *testing.T) {
	word := rapid.Custom(func(t *rapid.T) string {
		return strings.TrimSpace(rapid.StringOfN(rapid.RuneFrom([]rune("aå\"'&]>\t\n\rZ5;:@. ☎")), 0, 12, -1).Draw(t, "word"))
	})
	uri := rapid.StringMatching(`(sips?:|tel:)[a-z0-9+*#&'".;=]{0,9}(@[a-z0-9.:]{1,9})?`)
	someone := rapid.Custom(func(t *rapid.T) party {
		return party{URI: uri.Draw(t, "uri"), Name: word.Draw(t, "name"), Target: uri.Draw(t, "target")}
	})
	states := rapid.SampledFrom([]dialoginfo.State{dialoginfo.Trying, dialoginfo.Proceeding, dialoginfo.Early, dialoginfo.Confirmed, dialoginfo.Terminated})
	directions := rapid.SampledFrom([]dialoginfo.Direction{"", dialoginfo.Initiator, dialoginfo.Recipient})
	rapid.Check(t, func(t *rapid.T) {
		d := doc{Entity: word.Draw(t, "entity"), Version: rapid.Uint32().Draw(t, "version"), Full: rapid.Bool().Draw(t, "full")}
		for _, id := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z0-9@]{1,8}`), 0, 4, rapid.ID).Draw(t, "ids") {
			d.Dialogs = append(d.Dialogs, dialog{
				ID: id, CallID: word.Draw(t, "call-id"), LocalTag: word.Draw(t, "local-tag"), RemoteTag: word.Draw(t, "remote-tag"),
				Direction: directions.Draw(t, "direction"), State: states.Draw(t, "state"), Local: someone.Draw(t, "local"), Remote: someone.Draw(t, "remote"),
				Duration: time.Duration(rapid.IntRange(0, 1<<30).Draw(t, "duration")) * time.Second,
			})
		}
		text := d.Bytes()
		var any struct{ XMLName xml.Name }
		if err := xml.Unmarshal(text, &any); err != nil || any.XMLName.Space != "urn:ietf:params:xml:ns:dialog-info" {
			t.Fatalf("a strict parser: %v, %v", any.XMLName, err)
		}
		got, err := dialoginfo.Parse(text)
		if err != nil || !reflect.DeepEqual(got, d) {
			t.Fatalf("%+v, %v\nwant %+v\n%s", got, err, d, text)
		}
	})
}
