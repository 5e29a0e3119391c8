package command

import "svara/phone"

// Way is a way to reach somebody that exchanges have beside a plain call: the command that does it to the one who is
// typed or highlighted, and the service it asks for.
type Way struct {
	ID      ID
	Feature phone.Feature
}

// ViaMobile is the way by our own other telephone: the phone does it, no service of the exchange.
const ViaMobile phone.Feature = "via.mobile"

// Ways is every way, in the order menus list them.
var Ways = []Way{
	{DialBypass, phone.FeatureBypass},
	{DialIntrude, phone.FeatureIntrude},
	{DialVoicemail, phone.FeatureVoicemail},
	{DialWithheld, phone.FeatureWithheld},
	{DialPickup, phone.FeaturePickup},
	{DialMobile, ViaMobile},
}

// Reach is what the phone is told to reach a target in a way.
func Reach(f phone.Feature, target string) phone.Command {
	switch f {
	case phone.FeaturePickup:
		return phone.Pickup{Target: target}
	case ViaMobile:
		return phone.Dial{Target: target, Via: "mobile"}
	}
	return phone.Dial{Target: target, How: f}
}

// canReach asks the account that calls go out on: the exchange of another does not help.
func canReach(f phone.Feature) func(*phone.Snapshot) (bool, string) {
	return func(s *phone.Snapshot) (bool, string) {
		if a := s.DefaultAccount(); a != nil && !a.Can(f) {
			return false, whyNotSupported
		}
		return canDial(s)
	}
}

// canDialMobile asks for a telephone to call through: the mobile of the account that calls go out on.
func canDialMobile(s *phone.Snapshot) (bool, string) {
	if a := s.DefaultAccount(); a != nil && a.Mobile == "" {
		return false, whyNoMobile
	}
	return canDial(s)
}

func reach(f phone.Feature) func(Invocation) { return func(v Invocation) { v.Host.Reach(f) } }
