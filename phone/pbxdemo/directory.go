package pbxdemo

// Entry is one number of the practice PBX.
type Entry struct {
	Number string
	ID     string // stable word for texts and tests: "colleague", "echo", "busy", …
	Name   string // a person's name; of services the English name
	sv     string // a service's Swedish name
	about  about
}

// about is what a person is good for, for who practises.
type about struct{ en, sv string }

// Title is the name to show in a language ("sv", "en").
func (e Entry) Title(language string) string {
	if language == "sv" && e.sv != "" {
		return e.sv
	}
	return e.Name
}

// About is what one can practise with a person, in a language; empty of those who just answer.
func (e Entry) About(language string) string {
	if language == "sv" {
		return e.about.sv
	}
	return e.about.en
}

// Directory is whom one can call, in the order to show: colleagues, services, queues, and a number that does not exist.
func Directory() []Entry {
	var out []Entry
	for _, c := range colleagues {
		out = append(out, c.Entry)
	}
	for _, s := range services() {
		out = append(out, s.Entry)
	}
	for _, q := range newQueues("") {
		out = append(out, Entry{Number: q.number, ID: "queue", Name: "Queue: " + q.name, sv: "Kö: " + q.sv}.with(q.en, q.about))
	}
	return append(out, Entry{Number: "9999", ID: "unknown", Name: "Number that does not exist", sv: "Nummer som inte finns"})
}

// service is a number that does something.
type service struct {
	Entry
	run func(*PBX, *try, Entry)
}

// services is every number that does something, in the order to show.
func services() []service {
	return []service{
		{Entry{Number: "9001", ID: "echo", Name: "Echo", sv: "Eko"}, (*PBX).echo},
		{Entry{Number: "9002", ID: "busy", Name: "Busy", sv: "Upptaget"}, (*PBX).busy},
		{Entry{Number: "9003", ID: "no-answer", Name: "No answer", sv: "Svarar inte"}, (*PBX).noAnswer},
		{Entry{Number: "9004", ID: "declines", Name: "Declines", sv: "Avböjer"}, (*PBX).declines},
		{Entry{Number: "9005", ID: "callback", Name: "Calls you back", sv: "Ringer upp dig"}, (*PBX).callMe},
		{Entry{Number: "9006", ID: "keys", Name: "Reads your digits back", sv: "Läser upp dina siffror"}, (*PBX).keys},
		{Entry{Number: "9007", ID: "tone", Name: "Test tone", sv: "Mätton"}, (*PBX).milliwatt},
		{Entry{Number: "8000", ID: "room", Name: "Conference room", sv: "Konferensrum"}, (*PBX).enter},
	}
}
