package store

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"svara/phone"
)

var (
	crowdGiven  = strings.Fields(`Anna Maria Eva Karin Elisabeth Kristina Lena Kerstin Margareta Ingrid Sara Emma Åsa Malin Jenny Linda Birgitta Ulla Susanne Hanna Johanna Elin Ida Sofia Josefin Agneta Annika Camilla Helena Monica Örjan Lars Mikael Anders Johan Erik Per Karl Peter Thomas Jan Daniel Fredrik Andreas Hans Stefan Mats Marcus Bengt Mattias Magnus Bo Jonas Niklas Björn Göran Håkan Åke Östen Sven Leif Nils Alexander Martin Ulf Patrik Henrik Christer Kjell Joakim Robert Emil Viktor Oskar Simon Ali Mohammed Ahmed Fatima Amira Zeynep Jürgen François Søren Zoë Xavier Quentin`)
	crowdFamily = strings.Fields(`Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Olofsson Lindström Lindqvist Lindgren Axelsson Berg Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg Henriksson Forsberg Sjöberg Wallin Engström Eklund Danielsson Lundin Håkansson Björk Bergman Gunnarsson Holm Wikström Samuelsson Isaksson Fransson Bergqvist Nyström Holmberg Arvidsson Löfgren Söderberg Nyberg Blomqvist Claesson Nordström Mårtensson Lundström Viklund Eliasson Pålsson Björklund Berggren Sandström Lund Nordin Ström Åberg Ekström Hermansson Holmgren Hedlund Dahlberg Sundberg Sjögren Ek Öberg Åström Öhman Ali Mohamed Hassan Nguyen Müller Kjær O'Brien Zetterqvist Ahlqvist Quist`)
	crowdTitle  = []string{"Säljare", "Ekonom", "Växeltelefonist", "Undersköterska", "Rektor", "Handläggare", "Systemutvecklare", "Chef", "Lärare", "Tekniker", "Projektledare", "Jurist", "Socialsekreterare", "Brandingenjör"}
	crowdUnit   = []string{"Försäljning", "Ekonomi", "Växel", "Akuten", "Skola Öst", "Bygglov", "IT-drift", "Ledning", "Räddningstjänst", "Personal", "Inköp", "Kundtjänst Norr", "Park och gata", "Äldreomsorg"}
	crowdSkill  = []string{"engelska", "finska", "arabiska", "faktura", "avtal", "nätverk", "löner", "bygglov", "teckenspråk", "skatt"}
	crowdFirm   = []string{"Norrköpings kommun", "Region Östergötland", "Älvstaden Bygg AB", "Telebolaget", "Nordpolen Data", "Kvarnens Kafé"}
)

// crowd is n people as a directory of a large town has them, the same at every run.
func crowd(n int) []phone.BookEntry {
	random := rand.New(rand.NewPCG(4, uint64(n))) //nolint:gosec // the same every time
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	common := func(list []string) string { // the first ones more often, as names are
		x := random.Float64()
		return list[int(x*x*float64(len(list)))]
	}
	out := make([]phone.BookEntry, n)
	for i := range out {
		given, family := common(crowdGiven), common(crowdFamily)
		switch random.IntN(8) {
		case 0:
			family += "-" + pick(crowdFamily)
		case 1:
			given += " " + pick(crowdGiven)
		case 2: // a rare one
			family = pick([]string{"Berg", "Lind", "Sjö", "Ek", "Hav", "Sten", "Ljung", "Gran", "Kvist", "Nord"}) + pick([]string{"ström", "gren", "dahl", "feldt", "sköld", "hjelm", "lund", "vall", "mark", "beck"}) + fmt.Sprintf("%c", 'a'+random.IntN(26))
		}
		firm := pick(crowdFirm)
		if random.IntN(4) == 0 {
			firm = fmt.Sprintf("%s %s & %s HB", pick(crowdFamily), pick(crowdFamily), pick(crowdGiven))
		}
		user := fold(strings.ReplaceAll(given, " ", ".") + "." + family)
		out[i] = phone.BookEntry{Key: fmt.Sprintf("uid=p%d", i), Tag: fmt.Sprintf("v%d", i), Person: phone.Person{
			Name: given + " " + family, Given: given, Family: family, Company: firm, Title: pick(crowdTitle), Department: pick(crowdUnit),
			Numbers: []phone.Number{
				{Kind: phone.NumberExtension, Number: fmt.Sprintf("%d", 20000+i)},
				{Kind: phone.NumberWork, Number: fmt.Sprintf("011-%03d %02d %02d", 150+random.IntN(800), random.IntN(100), random.IntN(100))},
				{Kind: phone.NumberMobile, Number: fmt.Sprintf("+46 7%d %03d %02d %02d", []int{0, 2, 3, 6, 9}[random.IntN(5)], random.IntN(1000), random.IntN(100), random.IntN(100))},
			},
			Emails: []string{fmt.Sprintf("%s%d@norrkoping.example.se", user, random.IntN(30))},
			Skills: []string{pick(crowdSkill)}, Keywords: []string{pick(crowdSkill), fmt.Sprintf("rum %d", random.IntN(3000))},
		}}
	}
	return out
}
