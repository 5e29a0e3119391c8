package main

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
)

// books is phone.People, phone.Voicemail and phone.AddressBooks with Anna in them.
type books struct {
	mu      sync.Mutex
	queries []any // mu
}

func (b *books) note(q any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queries = append(b.queries, q)
}

func (b *books) last() any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.queries[len(b.queries)-1]
}

var anna = phone.Person{ID: "own:anna", Name: "Anna B\x1b[31merg", Title: "Säljare", Company: "Berg AB", Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-123 45 67", E164: "+46701234567"}, {Kind: phone.NumberExtension, Number: "2101"}},
	Emails: []string{"anna@berg.se"}, Keywords: []string{"faktura"}, Mark: phone.MarkVIP, Note: "ring efter tre"}

func (b *books) Search(_ context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	b.note(q)
	if q.Text == "nobody" {
		return phone.SearchResult{}, nil
	}
	return phone.SearchResult{More: q.Limit == 1, Took: 2500 * time.Microsecond, Hits: []phone.Hit{
		{Person: anna, Spans: []phone.Span{{Field: "number.0", From: 4, To: 7}, {Field: phone.FieldName, From: 0, To: 2}, {Field: "keyword.0", From: 0, To: 3},
			{Field: phone.FieldName, From: 5, To: 6}, {Field: phone.FieldTitle, From: 5, To: 99}}, Typo: true},
		{Person: phone.Person{Numbers: []phone.Number{{Number: "08123"}}}, Recent: true},
	}}, nil
}

func (b *books) Person(_ context.Context, id phone.PersonID) (phone.Person, error) {
	if id != anna.ID {
		return phone.Person{}, phone.Refuse(phone.ReasonNoPerson, string(id))
	}
	return anna, nil
}

func (b *books) Match(context.Context, string) ([]phone.Person, error) { return nil, nil }
func (b *books) Photo(context.Context, phone.PersonID) ([]byte, error) { return nil, nil }
func (b *books) Import(_ context.Context, path string) (phone.ImportResult, error) {
	b.note(path)
	return phone.ImportResult{Added: 2, Same: 1, Skipped: []string{"line 3: \x1bx"}}, nil
}

func (b *books) Export(_ context.Context, path string) (int, error) {
	b.note(path)
	return 4, nil
}

func (b *books) VoiceMessages(_ context.Context, q phone.VoiceMessageQuery) ([]phone.VoiceMessage, error) {
	b.note(q)
	return []phone.VoiceMessage{{ID: "box/1/5", From: phone.Party{Number: "2101", Name: "Anna"}, Received: time.Now(), Duration: 65 * time.Second}}, nil
}

func (b *books) SaveVoiceMessage(_ context.Context, id, path string) (string, error) {
	b.note(id + " " + path)
	return filepath.Join(path, "x.wav"), nil
}

func startOffice(t *testing.T) (*bench, *books) {
	who := &books{}
	return start(t, func(b *bench) { b.server.People, b.server.Voicemail, b.server.Books = who, who, who }), who
}

func TestOfficeCommands(t *testing.T) {
	b, _ := startOffice(t)
	yes, no := true, false
	minutes := func(n int) phone.Length { return phone.Length{Kind: phone.LengthMinutes, Minutes: n} }
	item := func(i phone.Item) phone.Command { return phone.PutItem{Item: i} }
	for _, c := range []struct {
		args string // words; _ stands for a blank
		want phone.Command
	}{
		{"dial 2101 --as withheld", phone.Dial{Target: "2101", As: phone.RoleWithheld}},
		{"dial 2101 --as vx", phone.Dial{Target: "2101", As: "vx"}},
		{"contacts remove own:anna", phone.RemovePerson{ID: "own:anna"}},
		{"contacts mark company:7 favourite", phone.MarkPerson{ID: "company:7", Mark: phone.MarkFavourite}},
		{"contacts mark company:7 none", phone.MarkPerson{ID: "company:7"}},
		{"contacts photo own:anna --remove", phone.SetPhoto{ID: "own:anna"}},
		{"book remove company", phone.RemoveBook{ID: "company"}},
		{"book read", phone.ReadBook{}},
		{"book read company --json", phone.ReadBook{ID: "company"}},
		{"activity lunch", phone.SetActivity{Kind: phone.ActivityLunch}},
		{"activity busy --for 45m --silent", phone.SetActivity{Kind: phone.ActivityBusy, Length: minutes(45), Rings: &no}},
		{"activity meeting --for 1h30m --rings --name Styrelsen --divert 2102", phone.SetActivity{Kind: phone.ActivityMeeting, Name: "Styrelsen", Length: minutes(90), Rings: &yes, Divert: phone.DivertNumber, Number: "2102"}},
		{"activity gone --next-working-day --divert ignore", phone.SetActivity{Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}, Divert: phone.DivertIgnore}},
		{"activity --rest-of-day sick", phone.SetActivity{Kind: phone.ActivitySick, Length: phone.Length{Kind: phone.LengthRestOfDay}}},
		{"activity shortcut s1", phone.UseShortcut{ID: "s1"}},
		{"note i_stugan till fredag", phone.SetNote{Text: "i stugan till fredag"}},
		{"note _", phone.SetNote{Text: " "}},
		{"shortcut put s1 lunch --name Mat --for 1h --silent --divert 2102 --icon fork --place 2", item(phone.Shortcut{ID: "s1", Kind: phone.ActivityLunch, Name: "Mat", Length: minutes(60), Rings: &no, Divert: phone.DivertNumber, Number: "2102", Icon: "fork", Place: 2})},
		{"shortcut remove s1", phone.RemoveItem{Kind: phone.ItemShortcut, Key: "s1"}},
		{"plan add lunch --id p1 --from 2026-11-23T11:30 --to 2026-11-23_12:30 --name Lunch --note äter --role vx --zone Europe/Stockholm --repeat weekly --days mon-wed,fri --end 2026-12-31 --rings --divert 2102",
			item(phone.Plan{ID: "p1", Kind: phone.ActivityLunch, From: "2026-11-23T11:30", To: "2026-11-23T12:30", Name: "Lunch", Note: "äter", Role: "vx", Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly,
				Days: []time.Weekday{1, 2, 3, 5}, Until: "2026-12-31", Rings: &yes, Divert: phone.DivertNumber, Number: "2102"})},
		{"plan remove p1", phone.RemoveItem{Kind: phone.ItemPlan, Key: "p1"}},
		{"hours set mon-fri_08:00-12:00_13:00-17:00 sat,sun_22:00-24:00 --zone Europe/Stockholm", item(phone.WorkingHours{Zone: "Europe/Stockholm", Days: map[time.Weekday][]phone.HourSpan{
			1: {{From: 480, To: 720}, {From: 780, To: 1020}}, 2: {{From: 480, To: 720}, {From: 780, To: 1020}}, 3: {{From: 480, To: 720}, {From: 780, To: 1020}},
			4: {{From: 480, To: 720}, {From: 780, To: 1020}}, 5: {{From: 480, To: 720}, {From: 780, To: 1020}}, 6: {{From: 1320, To: 1440}}, 0: {{From: 1320, To: 1440}}}})},
		{"hours set sat-mon 9:00-10:00", item(phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{6: {{From: 540, To: 600}}, 0: {{From: 540, To: 600}}, 1: {{From: 540, To: 600}}}})},
		{"hours clear", phone.RemoveItem{Kind: phone.ItemHours}},
		{"link set lunch +46701234567", item(phone.Link{Kind: phone.ActivityLunch, Number: "+46701234567"})},
		{"link remove lunch", phone.RemoveItem{Kind: phone.ItemLink, Key: "lunch"}},
		{"forward all 2102", phone.SetForward{Kind: phone.ForwardAll, Number: "2102"}},
		{"forward noanswer off --account a", phone.SetForward{Kind: phone.ForwardNoAnswer, Account: "a"}},
		{"forward busy +468123", phone.SetForward{Kind: phone.ForwardBusy, Number: "+468123"}},
		{"profile add 3 Lunch", item(phone.Profile{Number: "3", Name: "Lunch"})},
		{"profile remove 3", phone.RemoveItem{Kind: phone.ItemProfile, Key: "3"}},
		{"profile on 3", phone.SetProfile{Number: "3"}},
		{"profile on 3 0730 --account a", phone.SetProfile{Number: "3", Time: "0730", Account: "a"}},
		{"profile off", phone.SetProfile{}},
		{"role add vx Växeln +468123 --account a --place 1", item(phone.Role{ID: "vx", Name: "Växeln", Number: "+468123", Account: "a", Place: 1})},
		{"role add h Hemlig --withheld", item(phone.Role{ID: "h", Name: "Hemlig", Withheld: true})},
		{"role remove vx", phone.RemoveItem{Kind: phone.ItemRole, Key: "vx"}},
		{"role use vx", phone.SetRole{Role: "vx"}},
		{"role next withheld", phone.SetRole{Role: phone.RoleWithheld, Next: true}},
		{"role none", phone.SetRole{}},
		{"queue add 640 Support --account a --place 3", item(phone.Queue{ID: "640", Name: "Support", Account: "a", Place: 3})},
		{"queue remove 640", phone.RemoveItem{Kind: phone.ItemQueue, Key: "640"}},
		{"queue login", phone.LogIn{On: true}},
		{"queue login 640 641", phone.LogIn{On: true, Queues: []phone.QueueID{"640", "641"}}},
		{"queue logout 640", phone.LogIn{Queues: []phone.QueueID{"640"}}},
		{"lookup add crm CRM https://crm.example/?t={number} --on-ring --place 1", item(phone.Lookup{ID: "crm", Name: "CRM", URL: "https://crm.example/?t={number}", OnRing: true, Place: 1})},
		{"lookup remove crm", phone.RemoveItem{Kind: phone.ItemLookup, Key: "crm"}},
		{"template add t1 Sökt Hej,_{name}_har_sökt_dig", item(phone.Template{ID: "t1", Name: "Sökt", Kind: phone.MessageSMS, Text: "Hej, {name} har sökt dig"})},
		{"template add t2 Post {note} --kind email --subject {name}", item(phone.Template{ID: "t2", Name: "Post", Kind: phone.MessageEmail, Subject: "{name}", Text: "{note}"})},
		{"template remove t1", phone.RemoveItem{Kind: phone.ItemTemplate, Key: "t1"}},
		{"text 2101 Hej_på dig --account a", phone.SendText{Target: "2101", Text: "Hej på dig", Account: "a"}},
		{"voicemail play box/1/5 --from 10s --speed 1.5", phone.PlayVoicemail{ID: "box/1/5", From: 10 * time.Second, Speed: 1.5}},
		{"voicemail pause", phone.StopPlaying{Pause: true}},
		{"voicemail stop", phone.StopPlaying{}},
		{"voicemail mark box/1/5 played", phone.MarkVoicemail{ID: "box/1/5", Played: true}},
		{"voicemail mark box/1/5 new", phone.MarkVoicemail{ID: "box/1/5"}},
		{"voicemail delete box/1/5", phone.DeleteVoicemail{ID: "box/1/5"}},
		{"voicemail check", phone.CheckVoicemail{}},
		{"recording play 4 --speed 0.5", phone.PlayRecording{ID: 4, Speed: 0.5}},
		{"mail remove m", phone.RemoveMailServer{ID: "m"}},
		{"history note 7 ring_upp i_morgon", phone.SetHistoryNote{ID: 7, Text: "ring upp i morgon"}},
		{"history delete 7 --json", phone.DeleteHistory{ID: 7}},
		{"call note ring upp", phone.SetCallNote{Text: "ring upp"}},
		{"call note 3 ring upp", phone.SetCallNote{Call: 3, Text: "ring upp"}},
		{"call note 3", phone.SetCallNote{Text: "3"}},
	} {
		args := strings.Fields(c.args)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "_", " ")
		}
		b.must(args...)
		did := b.Did()
		if got := did[len(did)-1]; !reflect.DeepEqual(got, c.want) {
			t.Errorf("svaractl %s: %+v, want %+v", c.args, got, c.want)
		}
	}
	b.must("note", "")
	if got := b.Did()[len(b.Did())-1]; got != (phone.SetNote{}) {
		t.Errorf("%+v", got)
	}
	n := len(b.Did())
	b.must("activity", "vacation", "--until", "2027-01-07", "--note", "åter den 7:e")
	did := b.Did()[n:]
	want := phone.SetActivity{Kind: phone.ActivityVacation, Until: time.Date(2027, 1, 7, 0, 0, 0, 0, time.Local)}
	if len(did) != 2 || did[1] != (phone.SetNote{Text: "åter den 7:e"}) {
		t.Fatalf("%+v", did)
	}
	if got := did[0].(phone.SetActivity); !got.Until.Equal(want.Until) || got.Kind != want.Kind {
		t.Errorf("%+v, want %+v", got, want)
	}
	before := time.Now()
	b.must("activity", "lunch", "--until", "13:00")
	at := b.Did()[n+2].(phone.SetActivity).Until
	if at.Format("15:04") != "13:00" || !at.After(before) || at.After(before.Add(25*time.Hour)) {
		t.Errorf("until %s", at)
	}
	if out := b.must("plan", "add", "lunch", "--from", "2026-11-23T11:30", "--to", "2026-11-23T12:30"); !strings.HasPrefix(out, "plan ") || len(out) != len("plan \n")+8 {
		t.Errorf("%q", out)
	}
}

func TestOfficeUsage(t *testing.T) {
	b, _ := startOffice(t)
	for _, line := range []string{
		"search", "search x --limit -1", "contacts", "contacts fly", "contacts list x", "contacts list --mark friend", "contacts list --limit 0", "contacts show", "contacts add", "contacts add A --name B",
		"contacts add A B", "contacts add A --mark friend", "contacts set", "contacts remove", "contacts mark own:a", "contacts mark own:a friend", "contacts import", "contacts export a b",
		"contacts photo own:a", "contacts photo own:a x --remove", "book", "book list x", "book add --id x", "book add --kind ldap", "book add --id x --kind ldap --attribute x", "book add x", "book read a b",
		"activity fly", "activity lunch --for 30s", "activity lunch --for 0s", "activity lunch --for 90s", "activity lunch --for 1h --rest-of-day", "activity lunch --until 13:00 --for 1h", "activity lunch --until soon",
		"activity lunch --rings --silent", "activity lunch now", "activity --for 1h", "activity shortcut", "note", "shortcut", "shortcut put s1", "shortcut put s1 fly", "shortcut remove",
		"plan", "plan add", "plan add fly", "plan add lunch --days someday", "plan add lunch --rings --silent", "plan set", "plan set p1 fly", "plan remove", "hours", "hours set", "hours set mon", "hours set 08:00-12:00",
		"hours set mon 8-12", "hours set mon 08:00", "hours set mon 08:00-25:00", "hours show x", "hours clear all", "link", "link set lunch", "link set fly 2", "link remove",
		"forward", "forward all", "forward always 2", "forward list x", "profile", "profile on", "profile on 1 2 3", "profile off 3", "profile add 3", "role", "role add x", "role use", "role none x",
		"queue", "queue add 640", "queue remove", "lookup", "lookup add x y", "lookup url", "lookup url crm x", "template", "template add x y", "template add x y z --kind fax", "template fill", "text 2101",
		"voicemail", "voicemail list --limit -1", "voicemail play", "voicemail play x --speed 3", "voicemail play x --speed NaN", "voicemail play x --from -1s", "voicemail mark x", "voicemail mark x read", "voicemail save x", "voicemail check x",
		"recording play 4 --speed 0.4", "mail", "mail add --id m", "mail add --id m --address a --user u", "mail add --id m --address a --user u --tls sometimes --password-stdin", "mail remove",
		"history now", "history --filter odd", "history --since soon", "history note 7", "history note x y", "history note 0 y", "history delete", "history delete 7 8", "call note", "call notes",
		"wait queue:640", "wait profile:on",
	} {
		r := b.run(strings.Fields(line)...)
		if r.code != exitUsage || !strings.HasPrefix(r.errs, "usage: svaractl") || r.out != "" {
			t.Errorf("svaractl %s: %+v", line, r)
		}
	}
	for line, want := range map[string]string{
		"lookup add crm CRM javascript:x":                                                    "bad-template: ",
		"lookup add crm CRM https://x.example/{x}":                                           "bad-template: {x}",
		"template add t1 T {namn}":                                                           "bad-template: {namn}",
		"plan add lunch --from x --to y":                                                     "bad-item: from",
		"plan add lunch --from 2026-11-23T12:30 --to 2026-11-23T11:30":                       "bad-item: to",
		"plan add lunch --from 2026-11-23T11:30 --to 2026-11-23T12:30 --repeat weekly":       "bad-item: days",
		"plan add lunch --from 2026-11-23T11:30 --to 2026-11-23T12:30 --zone Europe/Nowhere": "bad-item: zone",
		"hours set mon 13:00-14:00 08:00-12:00":                                              "bad-item: days",
		"profile add x Lunch":                                                                "bad-item: number",
		"role add withheld Dold --withheld":                                                  "bad-item: id",
		"plan set p1 --name x":                                                               "no-item: p1",
		"lookup url crm":                                                                     "no-item: crm",
		"template fill t1":                                                                   "no-item: t1",
		"contacts show own:bo":                                                               "no-person: own:bo",
		"contacts set own:bo --name Bo":                                                      "no-person: own:bo",
	} {
		b.wantCode(exitRefused, want, strings.Fields(line)...)
	}
	if did := b.Did(); len(did) != 0 {
		t.Errorf("something was sent: %+v", did)
	}
}

func TestSearchShowsMarks(t *testing.T) {
	b, who := startOffice(t)
	b.wantLines("search an b --limit 1 --colleagues --history --book company",
		"own:anna  *An*na *B*[31merg  Säljare, Berg AB  070-*123* 45 67, 2101  vip, spelt otherwise, *fak*tura\n", "08123", "from the history", "there are more\n")
	if want := (phone.SearchQuery{Text: "an b", Limit: 1, Colleagues: true, History: true, Book: "company"}); who.last() != want {
		t.Errorf("%+v, want %+v", who.last(), want)
	}
	if out := b.must("search", "--json", "an b"); !strings.Contains(out, `"took_ms":2.5`) || !strings.Contains(out, `"spans":[{"field":"number.0","from":4,"to":7}`) {
		t.Errorf("%s", out)
	}
	b.must("search", "--favourites")
	if want := (phone.SearchQuery{Mark: phone.MarkFavourite}); who.last() != want {
		t.Errorf("%+v", who.last())
	}
	if out := b.must("search", "nobody"); out != "" {
		t.Errorf("%q", out)
	}
	b.must("contacts", "list")
	if want := (phone.SearchQuery{Book: phone.OwnBook, Limit: 1000}); who.last() != want {
		t.Errorf("%+v", who.last())
	}
	b.must("contacts", "list", "--mark", "blocked", "--limit", "5")
	if want := (phone.SearchQuery{Mark: phone.MarkBlocked, Limit: 5}); who.last() != want {
		t.Errorf("%+v", who.last())
	}
	out := b.must("contacts", "show", "own:anna")
	for _, want := range []string{"name       Anna B[31merg", "mobile     070-123 45 67 (+46701234567)", "extension  2101", "mark       vip", "note       ring efter tre"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q:\n%s", want, out)
		}
	}
}

func TestContacts(t *testing.T) {
	b, who := startOffice(t)
	last := func() phone.Person { return b.Did()[len(b.Did())-1].(phone.PutPerson).Person }
	out := b.must("contacts", "add", "Bo Ek", "--number", "mobile:+46701234567", "--number", "08-123", "--number", "sip:bo@example.com", "--email", "bo@example.com",
		"--keyword", "order", "--keyword", "lager", "--skill", "tyska", "--company", "Ek AB", "--mark", "favourite", "--speed-dial", "7")
	got := last()
	if out != "contact "+string(got.ID)+"\n" || got.ID.Book() != phone.OwnBook {
		t.Errorf("%q, %q", out, got.ID)
	}
	got.ID = ""
	want := phone.Person{Name: "Bo Ek", Company: "Ek AB", Emails: []string{"bo@example.com"}, Keywords: []string{"order", "lager"}, Skills: []string{"tyska"}, Mark: phone.MarkFavourite, SpeedDial: "7",
		Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "+46701234567"}, {Kind: phone.NumberWork, Number: "08-123"}, {Kind: phone.NumberWork, Number: "sip:bo@example.com"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	b.must("contacts", "set", "own:anna", "--title", "VD", "--email", "", "--number", "work:08-9", "--mark", "none")
	changed := anna
	changed.Title, changed.Emails, changed.Numbers, changed.Mark = "VD", []string{}, []phone.Number{{Kind: phone.NumberWork, Number: "08-9"}}, ""
	if got := last(); got.Title != "VD" || len(got.Emails) != 0 || len(got.Numbers) != 1 || got.Mark != "" || got.Note != anna.Note || got.Name != anna.Name || got.ID != anna.ID {
		t.Errorf("%+v, want %+v", got, changed)
	}
	b.must("contacts", "photo", "own:anna", "anna.jpg") // relative to where svaractl runs
	if got := b.Did()[len(b.Did())-1]; got != (phone.SetPhoto{ID: "own:anna", Path: filepath.Join(b.dir, "anna.jpg")}) {
		t.Errorf("%+v", got)
	}
	b.wantLines("contacts import people.vcf", "2 added, 0 updated, 1 already there\n", "skipped: line 3: x\n")
	if who.last() != filepath.Join(b.dir, "people.vcf") {
		t.Errorf("%v", who.last())
	}
	b.wantLines("contacts export out.csv", "4 written\n")
	if who.last() != filepath.Join(b.dir, "out.csv") {
		t.Errorf("%v", who.last())
	}
}

func TestBooksAndMail(t *testing.T) {
	b, _ := startOffice(t)
	r := b.with("hem ligt\n", "book", "add", "--id", "company", "--name", "Bolaget", "--kind", "ldap", "--address", "ldap://x", "--user", "cn=x", "--base", "dc=x", "--filter", "(o=x)",
		"--attribute", "extension=ipPhone", "--starttls", "--ca-file", "ca.pem", "--colleagues", "--minutes", "5", "--password-stdin")
	want := phone.PutBook{Password: "hem ligt", Book: phone.Book{ID: "company", Name: "Bolaget", Kind: phone.BookLDAP, Address: "ldap://x", User: "cn=x", Base: "dc=x", Filter: "(o=x)",
		Attributes: map[string]string{"extension": "ipPhone"}, StartTLS: true, CAFile: filepath.Join(b.dir, "ca.pem"), Colleagues: true, Minutes: 5}}
	if r != (result{out: "book company\n"}) || !reflect.DeepEqual(b.Did()[0], want) {
		t.Errorf("%+v, %+v", r, b.Did())
	}
	b.must("book", "add", "--id", "file", "--kind", "file", "--address", "people.csv")
	if got := b.Did()[1]; !reflect.DeepEqual(got, phone.PutBook{Book: phone.Book{ID: "file", Name: "file", Kind: phone.BookFile, Address: filepath.Join(b.dir, "people.csv")}}) {
		t.Errorf("%+v", got)
	}
	r = b.with("pw", "mail", "add", "--id", "m", "--address", "imap.example:993", "--user", "u", "--folder", "Röst", "--tls", "starttls", "--account", "a", "--password-stdin", "--json")
	mail := phone.PutMailServer{Password: "pw", Server: phone.MailServer{ID: "m", Name: "m", Address: "imap.example:993", User: "u", Folder: "Röst", TLS: phone.MailTLSStart, Account: "a"}}
	if r != (result{out: "{\"id\":\"m\"}\n"}) || b.Did()[2] != mail {
		t.Errorf("%+v, %+v", r, b.Did()[2])
	}
}

func TestPlanSet(t *testing.T) {
	b, _ := startOffice(t)
	no := false
	old := phone.Plan{ID: "p1", Kind: phone.ActivityLunch, From: "2026-11-23T11:30", To: "2026-11-23T12:30", Repeat: phone.RepeatWeekly, Days: []time.Weekday{1}, Rings: &no, Note: "x"}
	b.Change(func(s *phone.Snapshot) { s.Me.Plans = []phone.Planned{{Plan: old}} })
	for args, edit := range map[string]func(*phone.Plan){
		"p1 --off":                         func(p *phone.Plan) { p.Off = true },
		"p1 meeting --to 2026-11-23T13:00": func(p *phone.Plan) { p.Kind, p.To = phone.ActivityMeeting, "2026-11-23T13:00" },
		"p1 --repeat never --days=":        func(p *phone.Plan) { p.Repeat, p.Days = "", nil },
		"p1 --divert ignore --note=":       func(p *phone.Plan) { p.Divert, p.Note = phone.DivertIgnore, "" },
		"p1 --end 2026-12-24 --rings":      func(p *phone.Plan) { p.Until, *p.Rings = "2026-12-24", true },
	} {
		want := old
		rings := no
		want.Rings = &rings
		edit(&want)
		b.must(append([]string{"plan", "set"}, strings.Fields(args)...)...)
		if got := b.Did()[len(b.Did())-1]; !reflect.DeepEqual(got, phone.PutItem{Item: want}) {
			t.Errorf("%s: %+v, want %+v", args, got, want)
		}
	}
}

func TestOfficeForPeople(t *testing.T) {
	b, who := startOffice(t)
	for _, empty := range []string{"book list", "shortcut list", "plan list", "link list", "forward list", "profile list", "role list", "queue list", "lookup list", "template list", "mail list"} {
		b.wantLines(empty)
	}
	b.wantLines("hours show", "no working hours\n")
	b.wantLines("activity", "activity  unknown\n")
	now := time.Now()
	later := now.AddDate(0, 0, 2)
	stamp := later.Format("2006-01-02 15:04")
	no := false
	refused := &phone.Reason{ID: phone.ReasonNotMember, Code: 403, Text: "Service not active"}
	b.Change(func(s *phone.Snapshot) {
		s.People.Books = []phone.BookStatus{
			{Book: phone.Book{ID: "company", Name: "Bolaget", Kind: phone.BookLDAP}, State: phone.BookFailed, Count: 12, Read: later, Reason: &phone.Reason{ID: phone.ReasonBookFailed, Text: "down"}},
			{Book: phone.Book{ID: "ms", Kind: phone.BookMicrosoft}, State: phone.BookConsent, Code: &phone.DeviceCode{URL: "https://x.example", Code: "AB-12"}},
		}
		s.Me = phone.Me{
			Activity:  phone.Activity{Kind: phone.ActivityLunch, Name: "Mat", Rings: true, Divert: "2102", Until: later, From: "plan:p1"},
			Note:      "i stugan",
			Shortcuts: []phone.Shortcut{{ID: "s1", Kind: phone.ActivityBusy, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 45}, Rings: &no, Divert: phone.DivertIgnore}, {ID: "s2", Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}}},
			Plans: []phone.Planned{{Plan: phone.Plan{ID: "p1", Name: "Semester", Kind: phone.ActivityVacation, Repeat: phone.RepeatWeekly, Days: []time.Weekday{1, 5}, Off: true, Role: "vx", Number: "2102", Divert: phone.DivertNumber}, Next: later, Ends: later, Clash: "p2"},
				{Plan: phone.Plan{ID: "p2", Kind: phone.ActivityLunch}}},
			Hours:     phone.WorkingHours{Zone: "Europe/Stockholm", Days: map[time.Weekday][]phone.HourSpan{1: {{From: 480, To: 720}, {From: 780, To: 1440}}}},
			Links:     []phone.Link{{Kind: phone.ActivityLunch, Number: "2103"}},
			Published: []phone.Published{{Account: "alice", State: phone.ConfirmRefused, Reason: &phone.Reason{ID: phone.ReasonNotSupported, Code: 489}}},
		}
		s.Forwards = []phone.Forward{{Account: "alice", Kind: phone.ForwardAll, State: phone.ConfirmOn, Number: "2102"}, {Account: "alice", Kind: phone.ForwardBusy, State: phone.ConfirmRefused, Asked: "2103", Reason: refused}}
		s.Profiles = []phone.Profile{{Number: "3", Name: "Lunch"}}
		s.Profile = []phone.ProfileStatus{{Account: "alice", State: phone.ConfirmOn, Number: "3", Until: later}}
		s.Roles = phone.Roles{All: []phone.Role{{ID: "vx", Name: "Växeln", Number: "+468123"}, {ID: "withheld", Name: "Dolt", Withheld: true}}, Now: "vx", Next: "withheld", Shared: true}
		s.Queues = []phone.QueueStatus{
			{Queue: phone.Queue{ID: "640", Name: "Support"}, Login: phone.ConfirmOn, Counted: true, Waiting: 3, Available: 1, LoggedIn: 4, Longest: now.Add(-65 * time.Minute), Night: true},
			{Queue: phone.Queue{ID: "641"}, Login: phone.ConfirmRefused, Asked: true, Reason: refused},
		}
		s.Lookups = []phone.Lookup{{ID: "crm", Name: "CRM", URL: "https://crm.example/?n={name}&t={e164}", OnRing: true}}
		s.Templates = []phone.Template{{ID: "t1", Kind: phone.MessageSMS, Name: "Sökt", Text: "{name} sökte dig {time}"}, {ID: "t2", Kind: phone.MessageEmail, Name: "Post", Subject: "{name}", Text: "Hej {sought},\n{note}"}}
		s.Voicemail = phone.VoicemailState{Boxes: []phone.Mailbox{{ID: "m", New: 2, Old: 1, Urgent: 1, Known: true, Visual: true, Dial: "*98"}}, Servers: []phone.MailServer{{ID: "m", Name: "Brev", User: "u", Address: "imap.example"}}}
		s.Lines = []phone.Line{{Number: "2101", State: phone.LineIdle, Since: now, Stale: true, Presence: &phone.Presence{Activity: phone.ActivityMeeting, Until: later, Note: "hos kund", Divert: "2100"}},
			{Number: "640", State: phone.LineIdle, Since: now, Presence: &phone.Presence{Agents: []phone.AgentState{{ID: "2101"}}}}}
		s.Playing = &phone.Playing{Message: "m/1/5", Speed: 2, Paused: true, Position: 5 * time.Second, Length: 9 * time.Second}
		s.Calls = []phone.Call{{ID: 4, State: phone.StateIncoming, Direction: phone.Incoming, Created: now, Note: "ring upp", Role: "vx", Remote: phone.Party{Number: "08-123 45 67", Name: "ANNA"},
			Caller: phone.Caller{Name: "Anna & Co", Company: "Berg AB", Mark: phone.MarkVIP},
			Origin: &phone.Origin{Queue: "640", Name: "Support", Sought: &phone.Sought{Party: phone.Party{Number: "2102", Name: "Bo"}, Reason: "no-answer", Mobile: "+4670", Emails: []string{"bo@x.se", "b@y.se"}, Presence: &phone.Presence{Activity: phone.ActivityLunch, Until: later}}}}}
	})
	for args, want := range map[string][]string{
		"book list":              {"company  Bolaget  ldap       failed   12 people  read " + stamp + "  book-failed: down\n", "allow it at https://x.example with the code AB-12\n"},
		"activity":               {"activity       Mat (lunch), until " + stamp + ", rings, calls go to 2102, by plan p1\n", "note           i stugan\n", "told to alice  refused (not-supported)\n", "planned        Semester (vacation), " + stamp},
		"activity show":          {"i stugan"},
		"contacts show own:anna": {"name       Anna", "line 2101  idle", "meeting, until " + stamp + ", calls go to 2100, ", "logged in to 640 Support\n"},
		"shortcut list":          {"s1  busy  45 min", "does not ring, calls go nowhere else\n", "s2  gone  until the next working day\n"},
		"plan list":              {"p1  Semester (vacation)  " + stamp + " to " + stamp + "  weekly mon,fri  calls go to 2102, off, shows vx, clashes with p2\n", "p2  lunch", "not again\n"},
		"hours show":             {"mon   08:00-12:00 13:00-24:00\n", "tue   free\n", "zone  Europe/Stockholm\n"},
		"link list":              {"lunch  2103\n"},
		"forward list":           {"all   on", "to 2102  alice\n", "busy  refused for 2103 (not-member: Service not active)"},
		"profile list":           {"account alice  on  profile 3, until " + stamp + "\n", "profile 3      Lunch\n"},
		"role list":              {"holds for all your telephones\n", "vx        Växeln  +468123", "shown\n", "withheld  Dolt    withheld", "next call\n"},
		"queue list":             {"queue 640  Support  logged in", "(3) 1/4    closed, longest wait 1:05:0", "queue 641", "login refused", "not-member: Service not active\n"},
		"lookup list":            {"crm  CRM  https://crm.example/?n={name}&t={e164}  by itself when it rings\n"},
		"lookup url crm 4":       {"https://crm.example/?n=Anna%20%26%20Co&t=%2B4681234567\n"},
		"template list":          {"t1  sms    Sökt", "{name} sökte dig {time}\n"},
		"template fill t1":       {"to +4670\nAnna & Co sökte dig " + now.Format("15:04") + "\n"},
		"template fill t2":       {"to bo@x.se, b@y.se\nHej Bo,\nring upp\n"},
		"mail list":              {"mailbox m  2 new, 1 old, 1 urgent", "can be listed, call *98\n", "server m   Brev", "imap.example\n"},
		"lines":                  {"meeting, until " + stamp + ", calls go to 2100, “hos kund”, not confirmed of late\n"},
		"calls":                  {"Berg AB; Anna & Co; vip; through Support 640; for Bo <2102>, lunch, until " + stamp + " (no-answer); shows vx; note: ring upp\n"},
		"status":                 {"new voice messages: 2\n", "activity: Mat (lunch), until", "voice message m/1/5 paused: 0:05 of 0:09\n"},
		"voicemail list --new --box m --search anna --limit 3": {"box/1/5  ", "1:05  Anna <2101>  new\n"},
	} {
		b.wantLines(args, want...)
	}
	if want := (phone.VoiceMessageQuery{Box: "m", New: true, Text: "anna", Limit: 3}); who.last() != want {
		t.Errorf("%+v", who.last())
	}
	if out := b.must("template", "fill", "t2", "4", "--json"); !strings.Contains(out, `"mailto":"mailto:bo@x.se;b@y.se?subject=Anna%20%26%20Co\u0026body=Hej%20Bo%2C%0D%0Aring%20upp"`) {
		t.Errorf("%s", out)
	}
	b.wantLines("voicemail save box/1/5 out", filepath.Join(b.dir, "out", "x.wav")+"\n")
	if who.last() != "box/1/5 "+filepath.Join(b.dir, "out") {
		t.Errorf("%v", who.last())
	}
	b.must("wait", "queue:640=on")
	b.wantCode(exitRefused, "not-member: Service not active\n", "wait", "queue:641=on")
}

func TestHistoryQuestions(t *testing.T) {
	questions := make(chan phone.HistoryQuery, 1)
	b := start(t, func(b *bench) {
		b.OnHistory = func(q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
			questions <- q
			return []phone.HistoryEntry{{ID: 5, Begun: time.Now(), Direction: phone.Incoming, Outcome: phone.OutcomeMissed, Remote: phone.Party{Number: "2101"}, Queue: "640", Sought: "2102", Note: "ring upp", Role: "vx"}}, nil
		}
	})
	out := b.must("history", "--filter", "noted", "--number", "2101", "--queue", "640", "--since", "2026-11-01", "--until", "2026-11-02T13:00", "--limit", "4")
	if !strings.Contains(out, "new; queue 640; for 2102; as vx; ring upp\n") {
		t.Errorf("%q", out)
	}
	want := phone.HistoryQuery{Filter: phone.HistoryNoted, Number: "2101", Queue: "640", Limit: 4}
	asked := <-questions
	since, until := asked.Since, asked.Until
	asked.Since, asked.Until = time.Time{}, time.Time{}
	if !reflect.DeepEqual(asked, want) || !since.Equal(time.Date(2026, 11, 1, 0, 0, 0, 0, time.Local)) || !until.Equal(time.Date(2026, 11, 2, 13, 0, 0, 0, time.Local)) {
		t.Errorf("%+v since %s until %s", asked, since, until)
	}
	before := time.Now()
	b.must("history", "--since", "48h")
	if ago := before.Sub((<-questions).Since); ago < 47*time.Hour || ago > 49*time.Hour {
		t.Errorf("%s ago", ago)
	}
}
