package dialect

import (
	"strings"

	"github.com/BurntSushi/toml"

	"svara/phone"
)

// identity reads a key of the section that says how a call shows another number, or none.
func (p *parser) identity(key string, value toml.Primitive) {
	switch key {
	case "shown":
		if way := Identity(p.text("identity.shown", value)); way == Preferred || way == From {
			p.d.Shown = way
		} else if way != "" {
			p.bad(p.lines.of(value), "identity.shown is %q; allowed: preferred, from", way)
		}
	case "withheld":
		switch text := p.text("identity.withheld", value); {
		case text == "":
		case text == string(Privacy) || text == string(From):
			p.d.Withheld = Identity(text)
		case strings.HasPrefix(text, string(Dial)+":"):
			p.d.Withheld = ByCode
			p.withheld = &value
		default:
			p.bad(p.lines.of(value), "identity.withheld is %q; allowed: privacy, from, dial:CODE", text)
		}
	default:
		p.bad(p.lines.of(value), "unknown key identity.%s; allowed: shown, withheld", key)
	}
}

// withheldCode makes the code of identity.withheld that of the feature. It is done last: the sections come in any order.
func (p *parser) withheldCode() {
	if p.withheld == nil {
		return
	}
	if _, twice := p.d.plans[phone.FeatureWithheld]; twice {
		p.bad(p.lines.of(*p.withheld), "identity.withheld and %s both have a code; write it once", phone.FeatureWithheld)
		return
	}
	p.feature(phone.FeatureWithheld, rules[phone.FeatureWithheld], *p.withheld)
}
