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

// What is done where: the engine places one call for a feature, or works through steps on the line of the call at hand.
var (
	call    = []Kind{Dial, Team}
	fetch   = []Kind{Dial, InviteReplaces, Team}                     // somebody else's call comes here
	consult = []Kind{Dial, DTMF, Wait, Team}                         // a call of its own, or inside the call at hand
	inCall  = []Kind{DTMF, Wait, Team}                               // we stay in it
	away    = []Kind{Refer, DTMF, Wait, Hangup, Team}                // it leaves us
	direct  = []Kind{Refer, Supervised, DTMF, Wait, Hangup, Team}    // likewise, after an answer if wanted
	joined  = []Kind{ReferReplaces, Refer, DTMF, Wait, Hangup, Team} // it and the consultation become one
	early   = []Kind{Supervised, Refer, DTMF, Wait, Hangup, Team}    // likewise: nothing that needs an answer can be replaced yet
	room    = []Kind{Refer, Team}                                    // calls meet in the exchange
	hint    = []Kind{Watch, Team}                                    // it is subscribed to

	target = []placeholder{argNumber}
)

var rules = map[phone.Feature]rule{
	phone.FeatureTransferDirect:    {kinds: direct, args: target},
	phone.FeatureTransferAnnounced: {kinds: consult, args: target, needs: argNumber},
	phone.FeatureTransferComplete:  {kinds: joined, args: target},
	phone.FeatureTransferRinging:   {kinds: early, args: target},
	phone.FeatureTransferTakeBack:  {kinds: inCall, args: target},
	phone.FeatureTransferEnd:       {kinds: inCall, args: target},
	phone.FeatureTransferSwap:      {kinds: inCall, args: target},
	phone.FeatureTransferUndo:      {kinds: call, args: target},
	phone.FeatureTransferVoicemail: {kinds: away, args: target, needs: argNumber},

	phone.FeaturePark:      {kinds: away},
	phone.FeatureParkSlot:  {kinds: away, args: []placeholder{argSlot}, needs: argSlot},
	phone.FeatureRetrieve:  {kinds: call, args: []placeholder{argSlot}, needs: argSlot},
	phone.FeaturePickup:    {kinds: fetch, args: target},
	phone.FeatureIntrude:   {kinds: call, args: target, needs: argNumber},
	phone.FeatureBypass:    {kinds: call, args: target, needs: argNumber},
	phone.FeatureVoicemail: {kinds: call, args: target, needs: argNumber},
	phone.FeatureMailbox:   {kinds: call},
	phone.FeatureWithheld:  {kinds: call, args: target, needs: argNumber},
	phone.FeatureBridge:    {kinds: room},

	phone.FeatureWaitingOn:  {kinds: call},
	phone.FeatureWaitingOff: {kinds: call},

	phone.FeatureForwardAllOn:       {kinds: call, args: target, needs: argNumber},
	phone.FeatureForwardAllOff:      {kinds: call},
	phone.FeatureForwardNoAnswerOn:  {kinds: call, args: target, needs: argNumber},
	phone.FeatureForwardNoAnswerOff: {kinds: call},
	phone.FeatureForwardBusyOn:      {kinds: call, args: target, needs: argNumber},
	phone.FeatureForwardBusyOff:     {kinds: call},
	phone.FeatureProfileOn:          {kinds: call, args: []placeholder{argProfile, argTime}, needs: argProfile},
	phone.FeatureProfileOff:         {kinds: call},
	phone.FeatureQueueLogin:         {kinds: call, args: []placeholder{argQueue}},
	phone.FeatureQueueLogout:        {kinds: call, args: []placeholder{argQueue}},

	phone.FeatureQueueHint:      {kinds: hint, args: []placeholder{argQueue}},
	phone.FeatureQueueLoginHint: {kinds: hint, args: []placeholder{argQueue}},
	phone.FeatureQueueNightHint: {kinds: hint, args: []placeholder{argQueue}},
	phone.FeatureMailboxHint:    {kinds: hint},
	phone.FeatureLampList:       {kinds: hint},
}

func (r rule) allows(k Kind) bool { return slices.Contains(r.kinds, k) }

func (r rule) has(p placeholder) bool { return p == argExtension || slices.Contains(r.args, p) }
