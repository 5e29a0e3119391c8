package dialect

import (
	"slices"

	"svara/phone"
)

// rule is what may be written for a feature.
type rule struct {
	kinds []Kind        // steps that make sense for it
	args  []placeholder // values it has; {extension} it always has
	needs placeholder   // what a code for it must mention, or it would always do the same thing
}

var (
	inCall  = []Kind{DTMF, Wait, Hangup, Team}                // done with the digits of the call at hand
	over    = []Kind{Refer, DTMF, Wait, Hangup, Team}         // the call at hand goes away
	newCall = []Kind{Dial, DTMF, Wait, Team}                  // a call to a code
	fetch   = []Kind{Dial, InviteReplaces, DTMF, Wait, Team}  // somebody else's call comes here
	service = []Kind{Dial, DTMF, Wait, Hangup, Team}          // a call that only switches something
	joined  = []Kind{ReferReplaces, DTMF, Wait, Hangup, Team} // the call at hand and the consultation become one
	early   = append([]Kind{Supervised}, joined...)           // likewise, before the answer
	room    = []Kind{Refer, Dial, DTMF, Wait, Team}           // calls meet in the exchange
)

var rules = map[phone.Feature]rule{
	phone.FeatureTransferDirect:    {kinds: over, args: []placeholder{argNumber}},
	phone.FeatureTransferAnnounced: {kinds: newCall, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureTransferComplete:  {kinds: joined},
	phone.FeatureTransferRinging:   {kinds: early},
	phone.FeatureTransferTakeBack:  {kinds: inCall},
	phone.FeatureTransferEnd:       {kinds: inCall},
	phone.FeatureTransferSwap:      {kinds: inCall},
	phone.FeatureTransferUndo:      {kinds: fetch, args: []placeholder{argNumber}},
	phone.FeatureTransferVoicemail: {kinds: over, args: []placeholder{argNumber}},

	phone.FeaturePark:      {kinds: over},
	phone.FeatureParkSlot:  {kinds: over, args: []placeholder{argSlot}, needs: argSlot},
	phone.FeatureRetrieve:  {kinds: fetch, args: []placeholder{argSlot}, needs: argSlot},
	phone.FeaturePickup:    {kinds: fetch, args: []placeholder{argNumber}},
	phone.FeatureIntrude:   {kinds: newCall, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureBypass:    {kinds: newCall, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureVoicemail: {kinds: newCall, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureMailbox:   {kinds: newCall},
	phone.FeatureWithheld:  {kinds: newCall, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureBridge:    {kinds: room},

	phone.FeatureWaitingOn:  {kinds: service},
	phone.FeatureWaitingOff: {kinds: service},

	phone.FeatureForwardAllOn:       {kinds: service, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureForwardAllOff:      {kinds: service},
	phone.FeatureForwardNoAnswerOn:  {kinds: service, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureForwardNoAnswerOff: {kinds: service},
	phone.FeatureForwardBusyOn:      {kinds: service, args: []placeholder{argNumber}, needs: argNumber},
	phone.FeatureForwardBusyOff:     {kinds: service},
	phone.FeatureProfileOn:          {kinds: service, args: []placeholder{argProfile, argTime}, needs: argProfile},
	phone.FeatureProfileOff:         {kinds: service},
	phone.FeatureQueueLogin:         {kinds: service, args: []placeholder{argQueue}},
	phone.FeatureQueueLogout:        {kinds: service, args: []placeholder{argQueue}},
}

func (r rule) allows(k Kind) bool { return slices.Contains(r.kinds, k) }

func (r rule) has(p placeholder) bool { return p == argExtension || slices.Contains(r.args, p) }
