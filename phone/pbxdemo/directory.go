package pbxdemo

import "time"

// Entry is one number of the practice PBX.
type Entry struct {
	Number string
	ID     string // stable word for texts and tests: "colleague", "echo", "busy", …
	Name   string // a person's name; of services the English name
	sv     string // a service's Swedish name
}

// Title is the name to show in a language ("sv", "en").
func (e Entry) Title(language string) string {
	if language == "sv" && e.sv != "" {
		return e.sv
	}
	return e.Name
}

// Directory is whom one can call, in the order to show: colleagues, services, and a number that does not exist.
func Directory() []Entry {
	var out []Entry
	for _, c := range colleagues {
		out = append(out, c.Entry)
	}
	for _, s := range services {
		out = append(out, s.Entry)
	}
	return append(out, Entry{Number: "9999", ID: "unknown", Name: "Number that does not exist", sv: "Nummer som inte finns"})
}

// colleague is a simulated person.
type colleague struct {
	Entry
	ring time.Duration // until the answer
}

var colleagues = []colleague{
	{person("2101", "Anna Berg"), 2500 * time.Millisecond},
	{person("2114", "Johan Lindqvist"), 4 * time.Second},
	{person("2126", "Kalle Brodin"), 3 * time.Second},
	{person("2133", "Lena Östlund"), 1500 * time.Millisecond},
	{person("2110", "Mats Holmér"), 6 * time.Second},
	{person("2142", "Salma Haddad"), 3500 * time.Millisecond},
}

func person(number, name string) Entry { return Entry{Number: number, ID: "colleague", Name: name} }

// service is a number that does something.
type service struct {
	Entry
	run func(*PBX, call)
}

var services = []service{
	{Entry{"9001", "echo", "Echo", "Eko"}, (*PBX).echo},
	{Entry{"9002", "busy", "Busy", "Upptaget"}, (*PBX).busy},
	{Entry{"9003", "no-answer", "No answer", "Svarar inte"}, (*PBX).noAnswer},
	{Entry{"9004", "declines", "Declines", "Avböjer"}, (*PBX).declines},
	{Entry{"9005", "callback", "Calls you back", "Ringer upp dig"}, (*PBX).callMe},
	{Entry{"9006", "keys", "Reads your digits back", "Läser upp dina siffror"}, (*PBX).keys},
	{Entry{"9007", "tone", "Test tone", "Mätton"}, (*PBX).milliwatt},
}

// entryOf finds a number of the directory.
func entryOf(number string) (Entry, bool) {
	for _, e := range Directory() {
		if e.Number == number {
			return e, true
		}
	}
	return Entry{}, false
}
