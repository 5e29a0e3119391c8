package pbxdemo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
)

// Further simulated people have the numbers from 3000 on.
const (
	firstPerson = 3000
	maxPeople   = 5000
)

// sim is one of them.
type sim struct {
	number string
	name   string
}

// Words that people are made of. All combinations are invented.
var (
	givenNames = []string{
		"Agnes", "Albin", "Alma", "Amir", "Arvid", "Astrid", "Axel", "Britta", "Cecilia", "Daniel", "Ebba", "Edvin", "Elsa", "Emil",
		"Fatima", "Filip", "Frida", "Greta", "Gustav", "Hanna", "Hugo", "Ida", "Isak", "Josefin", "Karin", "Leila", "Liam", "Linnéa",
		"Lovisa", "Malin", "Märta", "Nora", "Oskar", "Otto", "Pontus", "Rasmus", "Saga", "Samir", "Signe", "Sixten", "Stina", "Tage",
		"Tilda", "Ture", "Vera", "Viggo", "Ylva", "Zahra", "Åke", "Örjan",
	}
	familyNames = []string{
		"Ahlgren", "Almström", "Backman", "Björk", "Boström", "Bylund", "Dahlin", "Edlund", "Ekdahl", "Engberg", "Fagerlund", "Forsell",
		"Granath", "Grönvall", "Hallgren", "Hedin", "Hjelm", "Holmgren", "Idström", "Jansdotter", "Kjellin", "Lagerlund", "Lindgård",
		"Lundell", "Malmros", "Mellgren", "Norell", "Nyqvist", "Palmér", "Rosell", "Rydell", "Sandin", "Selander", "Sjögård", "Stenmark",
		"Söderlind", "Thorell", "Tornberg", "Vikander", "Wallentin", "Westin", "Ågren", "Åström", "Ängquist", "Öberg", "Östman",
	}
)

// What they do and where they belong, in Swedish and English.
var (
	titles = [][2]string{
		{"Säljare", "Sales"}, {"Kundtjänst", "Customer service"}, {"Tekniker", "Technician"}, {"Projektledare", "Project manager"}, {"Ekonom", "Accountant"},
		{"Utvecklare", "Developer"}, {"Inköpare", "Buyer"}, {"Chef", "Manager"}, {"Jurist", "Lawyer"}, {"Koordinator", "Coordinator"}, {"Assistent", "Assistant"},
	}
	departments = [][2]string{
		{"Försäljning", "Sales"}, {"Kundtjänst", "Customer service"}, {"Teknik", "Technology"}, {"Ekonomi", "Finance"}, {"Utveckling", "Development"},
		{"Inköp", "Purchasing"}, {"Lager", "Warehouse"}, {"Juridik", "Legal"}, {"Personal", "Human resources"}, {"Ledning", "Management"},
	}
)

// personName is the name of the i:th further person. No two of the first 2300 are the same.
func personName(i int) (given, family string) {
	return givenNames[i%len(givenNames)], familyNames[(i+i/len(givenNames))%len(familyNames)]
}

// mobile is the mobile number of the i:th person: of a series kept free for films and books, so that several share one,
// but nobody has that of a caller from outside.
func mobile(i int) string {
	for {
		number := fmt.Sprintf("07017406%02d", 5+i%95)
		if !slices.ContainsFunc(callers, func(c Entry) bool { return c.Number == number }) {
			return number
		}
		i++
	}
}

// People is everybody who can be called, for an address book: the simulated colleagues and n further people, always the
// same, with titles and departments in a language ("sv", "en").
func People(n int, language string) []phone.Person {
	var out []phone.Person
	tongue := 0
	if language == "en" {
		tongue = 1
	}
	add := func(number, given, family string, i int) {
		out = append(out, phone.Person{
			Name: given + " " + family, Given: given, Family: family, Company: "Svara Övning AB",
			Title: titles[i%len(titles)][tongue], Department: departments[i%len(departments)][tongue], Colleague: true,
			Numbers: []phone.Number{
				{Kind: phone.NumberExtension, Number: number},
				{Kind: phone.NumberMobile, Number: mobile(i)},
			},
			Emails: []string{plain(given) + "." + plain(family) + "@ovning.example"},
		})
	}
	for i, c := range colleagues {
		given, family, _ := strings.Cut(c.Name, " ")
		add(c.Number, given, family, i)
		out[i].StandIn = colleagues[(i+1)%len(colleagues)].Number
	}
	for i := range min(n, maxPeople) {
		given, family := personName(i)
		add(strconv.Itoa(firstPerson+i), given, family, i)
	}
	return out
}

// plain is a name as e-mail addresses have it.
func plain(name string) string {
	return strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e").Replace(strings.ToLower(name))
}

// addPeople makes n further people.
func (p *PBX) addPeople(n int) {
	for i := range min(n, maxPeople) {
		given, family := personName(i)
		who := &sim{number: strconv.Itoa(firstPerson + i), name: given + " " + family}
		p.people[who.number] = who
		p.crowd = append(p.crowd, who)
		p.addLine(who.number, who.name)
	}
}

// stir changes somebody among the further people: a call of theirs goes on, or they do something else, or they begin one.
func (p *PBX) stir() {
	if len(p.crowd) == 0 {
		return
	}
	who := p.crowd[p.random.IntN(len(p.crowd))]
	switch c := p.own[who.number]; {
	case c != nil:
		p.goOn(who.number, c)
	case p.random.IntN(4) == 0:
		p.occupy(who.number)
	default:
		p.dialSomebody(who)
	}
}

// goOn answers a ringing call, or ends one that goes on, at both ends.
func (p *PBX) goOn(number string, c *ownTalk) {
	rang, far := c.state == dialoginfo.Early, c.far
	for _, n := range []string{number, far} {
		if other := p.own[n]; other != nil && rang {
			other.state, other.since = dialoginfo.Confirmed, time.Now()
		} else {
			delete(p.own, n)
		}
	}
}

// dialSomebody lets one of the further people call another, or somebody outside.
func (p *PBX) dialSomebody(who *sim) {
	far := p.crowd[p.random.IntN(len(p.crowd))]
	if far == who || p.own[far.number] != nil {
		out := p.caller()
		p.begin(who.number, ownTalk{state: dialoginfo.Early, calls: p.random.IntN(2) == 0, with: p.participant(out.Number, out.Name)})
		return
	}
	p.begin(who.number, ownTalk{state: dialoginfo.Early, calls: true, with: p.participant(far.number, far.name), far: far.number})
	p.begin(far.number, ownTalk{state: dialoginfo.Early, with: p.participant(who.number, who.name), far: who.number})
}

// Burst changes what all further people do, at once: all of them into calls, or out of them.
func (p *PBX) Burst() {
	p.post(func() {
		busy := slices.ContainsFunc(p.crowd, func(s *sim) bool { return p.own[s.number] != nil })
		for _, s := range p.crowd {
			if delete(p.own, s.number); !busy {
				out := p.caller()
				p.begin(s.number, ownTalk{state: dialoginfo.Confirmed, with: p.participant(out.Number, out.Name)})
			}
		}
	})
}
