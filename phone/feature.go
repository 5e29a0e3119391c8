package phone

// Feature is something exchanges do in different ways or not at all. Its name is the dialect's section and key.
type Feature string

// The features. What a dialect does not name, its exchange cannot do, or nobody knows how.
const (
	FeatureTransferDirect    Feature = "transfer.direct"
	FeatureTransferAnnounced Feature = "transfer.announced" // begins the consultation
	FeatureTransferComplete  Feature = "transfer.complete"  // connects after the consultation was answered
	FeatureTransferRinging   Feature = "transfer.ringing"   // connects while the consultation rings
	FeatureTransferTakeBack  Feature = "transfer.takeback"  // back to the caller before the target has answered
	FeatureTransferEnd       Feature = "transfer.end"       // ends the consultation after it was answered: back to the caller
	FeatureTransferSwap      Feature = "transfer.swap"
	FeatureTransferUndo      Feature = "transfer.undo"      // takes a direct transfer back until it is answered
	FeatureTransferVoicemail Feature = "transfer.voicemail" // a call to somebody's mailbox

	FeaturePark      Feature = "call.park"      // anywhere
	FeatureParkSlot  Feature = "call.park_slot" // in a slot of our choice
	FeatureRetrieve  Feature = "call.retrieve"  // from a slot
	FeaturePickup    Feature = "call.pickup"    // a call ringing at somebody
	FeatureIntrude   Feature = "call.intrude"
	FeatureBypass    Feature = "call.bypass"
	FeatureVoicemail Feature = "call.voicemail" // dial somebody's mailbox
	FeatureMailbox   Feature = "call.mailbox"   // dial our own mailbox
	FeatureWithheld  Feature = "call.withheld"
	FeatureBridge    Feature = "call.bridge" // the exchange's own conference room

	FeatureWaitingOn  Feature = "waiting.on" // call waiting in the exchange
	FeatureWaitingOff Feature = "waiting.off"

	FeatureForwardAllOn       Feature = "forward.all.on"
	FeatureForwardAllOff      Feature = "forward.all.off"
	FeatureForwardNoAnswerOn  Feature = "forward.noanswer.on"
	FeatureForwardNoAnswerOff Feature = "forward.noanswer.off"
	FeatureForwardBusyOn      Feature = "forward.busy.on"
	FeatureForwardBusyOff     Feature = "forward.busy.off"
	FeatureProfileOn          Feature = "profile.on"
	FeatureProfileOff         Feature = "profile.off"
	FeatureQueueLogin         Feature = "queue.login"
	FeatureQueueLogout        Feature = "queue.logout"

	// What to subscribe to (a step "watch:CODE").
	FeatureQueueHint      Feature = "queue.hint"       // the queue's own state: dialogs are waiting callers, presence tuples its agents
	FeatureQueueLoginHint Feature = "queue.login_hint" // a line that is busy while we are logged in
	FeatureQueueNightHint Feature = "queue.night_hint" // a line that is busy while the queue is closed
	FeatureLampList       Feature = "lamps.list"       // the list of all colleagues (RFC 4662)
	FeatureMailboxHint    Feature = "mailbox.hint"     // whose message-summary; without it, our own address
)

// DefaultDialect is the dialect of an account that names none: plain SIP, no codes.
const DefaultDialect = "generic"
