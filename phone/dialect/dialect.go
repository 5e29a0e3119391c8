// Package dialect knows how exchanges differ: what each wants to be asked, and with which codes. The differences are
// data, one TOML file an exchange; the package plans steps and others do them.
//
// A file names the features of [phone.Feature] as sections and keys. What it does not name, the exchange cannot do. A
// feature's value is a step, or a list of steps on the line of the call at hand, done in order:
//
//	dial:CODE        call the code, or with dial:{number} the target itself
//	dtmf:CODE        send the digits in the call at hand
//	refer            transfer the call at hand to the target (RFC 3515); refer:CODE transfers it to the code
//	refer-replaces   connect the call at hand with the consultation (RFC 3891)
//	supervised       keep both calls until the target has answered, then refer-replaces
//	invite-replaces  take the call that the exchange's dialog event tells of (RFC 4235, RFC 3891)
//	hangup           hang the call at hand up
//	wait:2s          do nothing for a while
//	team             ask the team server
//	watch:CODE       subscribe to the code's events: what the lamps of queues and mailboxes are
//
// All but dtmf, wait and hangup stand alone. A file's section identity says how a call shows another number than our own,
// or none; see [Identity]. Placeholders in a CODE are {number}, {slot}, {queue}, {profile}, {extension}
// (our own number) and {*time}, which is "*" and the time when one is given and nothing otherwise.
package dialect

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"svara/phone"
)

// Kind is what a step does; see the package's comment. It is the word that begins the step in a file.
type Kind string

// The kinds.
const (
	Dial           Kind = "dial"
	DTMF           Kind = "dtmf"
	Refer          Kind = "refer" // Text empty: to the target itself
	ReferReplaces  Kind = "refer-replaces"
	Supervised     Kind = "supervised"
	Hangup         Kind = "hangup"
	Wait           Kind = "wait"
	InviteReplaces Kind = "invite-replaces"
	Team           Kind = "team"
	Watch          Kind = "watch"
)

// Step is one thing to do. Text is the code with its placeholders filled, for Dial, DTMF, Refer and Watch; Wait is how long, for
// Wait.
type Step struct {
	Kind Kind
	Text string
	Wait time.Duration
}

// String is the step as a file has it.
func (s Step) String() string {
	switch {
	case s.Kind == Wait:
		return string(Wait) + ":" + s.Wait.String()
	case s.Text != "":
		return string(s.Kind) + ":" + s.Text
	}
	return string(s.Kind)
}

// Args is what a feature is wanted for. Number is the other party's, Extension our own; Time is digits as the exchange
// understands them.
type Args struct{ Number, Slot, Queue, Profile, Time, Extension string }

// Identity is how an exchange is told which number those called may see.
type Identity string

// The ways.
const (
	Preferred Identity = "preferred" // P-Preferred-Identity (RFC 3325); From stays our own address
	Privacy   Identity = "privacy"   // Privacy: id (RFC 3323, RFC 3325)
	From      Identity = "from"      // the number in From, or an anonymous one; not where the exchange knows us by From
	ByCode    Identity = "dial"      // the steps of phone.FeatureWithheld
)

// Dialect is an exchange. It is immutable and may be used by many goroutines.
type Dialect struct {
	ID   string // the file's name without .toml
	Name string // a product name, the same in all languages

	// OnlyIncoming: the exchange transfers calls that came in, not those that we placed.
	OnlyIncoming bool

	// Refuses: an answered code has been taken; what the exchange will not do it refuses by SIP. Else it may have answered
	// to say no in words, which nobody here understands.
	Refuses bool

	Shown    Identity // how a call shows a role's number: Preferred or From; empty means Preferred
	Withheld Identity // how a call hides our number: Privacy, From or ByCode; empty means Privacy

	international string // what is dialled instead of "+"; empty leaves it
	group         *regexp.Regexp
	plans         map[phone.Feature][]template
}

// Plan is the steps for a feature. The error is a *phone.Error: ReasonNotSupported when the exchange has no way for it,
// ReasonBadTarget when an argument is missing or cannot be part of a code.
func (d *Dialect) Plan(f phone.Feature, a Args) ([]Step, error) {
	templates, ok := d.plans[f]
	if !ok {
		return nil, phone.Refuse(phone.ReasonNotSupported, string(f))
	}
	steps := make([]Step, 0, len(templates))
	for _, t := range templates {
		text, err := d.fill(t, a)
		if err != nil {
			return nil, err
		}
		steps = append(steps, Step{Kind: t.kind, Text: text, Wait: t.wait})
	}
	return steps, nil
}

// Features is what the exchange can be asked for, sorted.
func (d *Dialect) Features() []phone.Feature {
	features := make([]phone.Feature, 0, len(d.plans))
	for f := range d.plans {
		features = append(features, f)
	}
	slices.Sort(features)
	return features
}

// Group is the id of the group that a call came through, which some exchanges put after the caller's number.
func (d *Dialect) Group(number string) (group string, ok bool) {
	if d.group == nil {
		return "", false
	}
	m := d.group.FindStringSubmatch(number)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Outgoing is how the exchange wants a number to be dialled: "+46…" becomes "0046…" where its file says so. What is not a
// number stays as it is.
func (d *Dialect) Outgoing(number string) string {
	if rest, ok := strings.CutPrefix(number, "+"); ok && d.international != "" && digits(rest) {
		return d.international + rest
	}
	return number
}
