package command

import (
	"fmt"

	"svara/phone"
)

// The commands there are.
const (
	Answer        ID = "call.answer"
	Decline       ID = "call.decline"
	Hangup        ID = "call.hangup"
	Hold          ID = "call.hold"
	Mute          ID = "call.mute"
	Swap          ID = "call.swap"
	DTMF          ID = "call.dtmf"
	CallBack      ID = "call.again"
	Keypad        ID = "call.keypad"
	Quality       ID = "call.quality"
	SoundReport   ID = "call.report"
	DialTyped     ID = "dial.typed"
	DialBypass    ID = "dial.bypass"
	DialIntrude   ID = "dial.intrude"
	DialVoicemail ID = "dial.voicemail"
	DialWithheld  ID = "dial.withheld"
	DialPickup    ID = "dial.pickup"
	DialMobile    ID = "dial.mobile"
	Deflect       ID = "call.deflect"
	Help          ID = "call.help"
	Transferring  ID = "call.transfer"
	Complete      ID = "call.complete"
	TakeBack      ID = "call.takeback"
	Join          ID = "call.join"
	Merge         ID = "call.merge"
	AddPerson     ID = "call.add"
	Record        ID = "call.record"
	Park          ID = "call.park"
	Move          ID = "call.move"
	PutBack       ID = "call.putback"
	NextCall      ID = "call.next"
	FetchCall     ID = "call.fetch"
	Allow         ID = "call.allow"
	Refuse        ID = "call.refuse"
	Retrieve      ID = "park.retrieve"
	Pickup        ID = "call.pickup"
	Pull          ID = "call.pull"
	HandOver      ID = "transfer.standard"
	Direct        ID = "transfer.direct"
	Announced     ID = "transfer.announced"
	Voicemail     ID = "transfer.voicemail"
	CampOn        ID = "transfer.camp"
	ParkSlot      ID = "transfer.park"
	Alternative   ID = "transfer.alternative"
	Message       ID = "transfer.message"
	SaveForm      ID = "form.save"
	GoRecordings  ID = "go.recordings"
	GoMessages    ID = "go.messages"
	GoGroupLog    ID = "go.grouplog"
	GoMeetings    ID = "go.meetings"
	GoGroupMail   ID = "go.group_messages"
	TextHits      ID = "message.hits"
	MailHits      ID = "mail.hits"
	TeamPassword  ID = "team.password"
	GoQueueStats  ID = "go.queue_stats"
	GoSearch      ID = "go.search"
	GoCalls       ID = "go.calls"
	GoHistory     ID = "go.history"
	GoContacts    ID = "go.contacts"
	GoSettings    ID = "go.settings"
	GoShortcuts   ID = "go.shortcuts"
	RegisterNow   ID = "account.register"
	SeeMissed     ID = "history.seen"
	VolumeUp      ID = "sound.louder"
	VolumeDown    ID = "sound.quieter"
	SwitchLang    ID = "look.language"
	SwitchTheme   ID = "look.theme"
	TextLarger    ID = "look.larger"
	TextSmaller   ID = "look.smaller"
	TextNormal    ID = "look.normal"
	CursorUp      ID = "list.up"
	CursorDown    ID = "list.down"
	CursorPageUp  ID = "list.pageup"
	CursorPageDn  ID = "list.pagedown"
	CursorMenu    ID = "list.menu"
	CursorLeft    ID = "list.left"
	CursorRight   ID = "list.right"
	Palette       ID = "palette"
	NormalView    ID = "view.normal"
	AttendantView ID = "view.attendant"
	ACDView       ID = "view.acd"
	GoVoicemail   ID = "go.voicemail"
	Back          ID = "back"
	Quit          ID = "quit"
)

// Registry is every command, in the order menus and the help page list them. keys are the default bindings, from
// assets/keys.json; a binding for an unknown command is an error.
func Registry(keys Rebinding) ([]Command, error) {
	commands := append(all(), aboutMe()...)
	at := map[ID]int{}
	for i := range commands {
		c := &commands[i]
		c.Title = "command." + string(c.ID)
		at[c.ID] = i
	}
	for id, chords := range keys {
		i, ok := at[id]
		if !ok {
			return nil, fmt.Errorf("keys.json binds %q, which is no command", id)
		}
		commands[i].Default = chords
	}
	return commands, nil
}

func all() []Command {
	return []Command{
		{ID: Answer, Icon: "phone", When: in(Ringing), Enabled: canAnswer, Run: func(v Invocation) {
			v.Host.Do(phone.Answer{Call: v.Call})
		}},
		{ID: Decline, Icon: "phone-off", When: in(Ringing), Enabled: canAnswer, Run: func(v Invocation) {
			v.Host.Do(phone.Decline{Call: v.Call})
		}},
		{ID: Deflect, Icon: "arrow-right-left", When: in(Ringing), Enabled: canAnswer, Run: func(v Invocation) {
			v.Host.Ask(AskDeflect, longestRing(v).ID)
		}},
		{ID: Hangup, Icon: "phone-off", When: in(Call), Enabled: hasCall, Run: runHangup},
		{ID: Hold, Icon: "pause", When: in(Call), Enabled: canHold, Run: runHold},
		{ID: Mute, Icon: "mic-off", When: in(Call), Enabled: hasCall, Run: runMute},
		{ID: Swap, Icon: "arrow-up-down", When: in(Call), Enabled: canSwap, Run: runSwap},
		{ID: Transferring, Icon: "arrow-right-left", When: in(Call), Enabled: canTransfer, Run: runTransfer},
		{ID: HandOver, Icon: "arrow-right-left", When: in(Transfer), Run: hand(HandStandard)},
		{ID: Direct, Icon: "arrow-right", When: in(Transfer), Run: hand(HandDirect)},
		{ID: Announced, Icon: "messages-square", When: in(Transfer), Run: hand(HandAnnounced)},
		{ID: CampOn, Icon: "hourglass", When: in(Transfer), Run: hand(HandCamp)},
		{ID: Voicemail, Icon: "voicemail", When: in(Transfer), Run: hand(HandVoicemail)},
		{ID: ParkSlot, Icon: "square-parking", When: in(Transfer), Run: hand(HandPark)},
		{ID: Alternative, Icon: "users", When: in(Transfer), Nth: true, Enabled: onAttendant, Run: func(v Invocation) {
			v.Host.HandOver(HandAlternative(nth(v)))
		}},
		{ID: Message, Icon: "message-square", When: in(Transfer), Enabled: onAttendant, Run: hand(HandMessage)},
		{ID: Complete, Icon: "arrow-right-left", When: in(Call), Field: true, Enabled: canComplete, Run: runComplete},
		{ID: TakeBack, Icon: "undo-2", When: in(Call), Enabled: canTakeBack, Run: runTakeBack},
		{ID: PutBack, Icon: "hourglass", When: in(Call), Field: true, Enabled: canPutBack, Run: runPutBack},
		{ID: NextCall, Icon: "play", When: in(Call), Enabled: canNext, Run: runNext},
		{ID: FetchCall, Icon: "list-checks", When: in(Call, Ringing, Global), Nth: true, Enabled: canFetch, Run: runFetch},
		{ID: Join, Icon: "merge", When: in(Call), Enabled: canJoin, Run: runJoin},
		{ID: Merge, Icon: "users", When: in(Call), Enabled: canMerge, Run: runMerge},
		{ID: AddPerson, Icon: "user-plus", When: in(Call), Enabled: canAdd, Run: ask(AskAdd)},
		{ID: Record, Icon: "circle-dot", When: in(Call), Enabled: canRecord, Run: runRecord},
		{ID: Park, Icon: "square-parking", When: in(Call), Enabled: canPark, Run: runPark},
		{ID: Retrieve, Icon: "square-parking", When: in(Global), Enabled: canRetrieve, Run: runRetrieve},
		{ID: Pickup, Icon: "phone-incoming", When: in(Global), Enabled: canPickup, Run: runPickup},
		{ID: Move, Icon: "smartphone", When: in(Call), Enabled: canMove, Run: runMove},
		{ID: Pull, Icon: "monitor", When: in(Global), Enabled: canPull, Run: runPull},
		{ID: Allow, Icon: "check", When: in(Call), Enabled: isAsked, Run: runAllow(true)},
		{ID: Refuse, Icon: "x", When: in(Call), Enabled: isAsked, Run: runAllow(false)},
		{ID: Help, Icon: "life-buoy", When: in(Global), Enabled: canHelp, Run: runHelp},
		{ID: Keypad, Icon: "grip", When: in(Global), Run: func(v Invocation) { v.Host.ToggleKeypad() }},
		{ID: Quality, Icon: "activity", When: in(Call), Enabled: canHold, Run: show(ViewQuality)},
		{ID: SoundReport, Icon: "copy", When: in(Call), Enabled: canHold, Run: func(v Invocation) { v.Host.ReportSound(v.Call) }},
		{ID: DTMF, Icon: "grip", When: in(Call), Enabled: canHold, Hidden: true, Fixed: true, Run: func(v Invocation) {
			v.Host.Do(phone.SendDTMF{Call: v.Call, Digits: v.Chord.Key})
		}},
		{ID: DialTyped, Icon: "phone", When: in(List), Enabled: canDial, Run: func(v Invocation) { v.Host.DialTyped() }},
		{ID: DialBypass, Icon: "route", When: in(List), Enabled: canReach(phone.FeatureBypass), Run: reach(phone.FeatureBypass)},
		{ID: DialIntrude, Icon: "ear", When: in(List), Enabled: canReach(phone.FeatureIntrude), Run: reach(phone.FeatureIntrude)},
		{ID: DialVoicemail, Icon: "voicemail", When: in(List), Enabled: canReach(phone.FeatureVoicemail), Run: reach(phone.FeatureVoicemail)},
		{ID: DialWithheld, Icon: "eye-off", When: in(List), Enabled: canReach(phone.FeatureWithheld), Run: reach(phone.FeatureWithheld)},
		{ID: DialMobile, Icon: "smartphone", When: in(List), Enabled: canDialMobile, Run: reach(ViaMobile)},
		{ID: DialPickup, Icon: "phone-incoming", When: in(List), Enabled: canReach(phone.FeaturePickup), Run: reach(phone.FeaturePickup)},
		{ID: CallBack, Icon: "phone", When: in(Global), Enabled: canRedial, Run: func(v Invocation) {
			v.Host.Do(phone.Dial{Target: v.Snapshot.History.Last})
		}},
		{ID: GoSearch, Icon: "search", When: in(Global), Run: func(v Invocation) { v.Host.FocusSearch() }},
		{ID: GoCalls, Icon: "phone", When: in(Call, Global), Run: show(ViewCall)},
		{ID: GoHistory, Icon: "history", When: in(Global), Run: show(ViewHistory)},
		{ID: GoContacts, Icon: "book-user", When: in(Global), Run: show(ViewContacts)},
		{ID: GoVoicemail, Icon: "voicemail", When: in(Global), Run: show(ViewVoicemail)},
		{ID: GoRecordings, Icon: "circle-dot", When: in(Global), Run: show(ViewRecordings)},
		{ID: GoMessages, Icon: "message-square", When: in(Global), Run: show(ViewMessages)},
		{ID: GoGroupLog, Icon: "list-checks", When: in(Global), Enabled: hasTeam, Run: show(ViewGroupLog)},
		{ID: GoGroupMail, Icon: "messages-square", When: in(Global), Enabled: hasTeam, Run: show(ViewGroupMessages)},
		{ID: TextHits, Icon: "send", When: in(Global), Enabled: canTextHits, Run: func(v Invocation) { v.Host.TextHits() }},
		{ID: MailHits, Icon: "mail", When: in(Global), Run: func(v Invocation) { v.Host.MailHits() }},
		{ID: GoMeetings, Icon: "calendar", When: in(Global), Enabled: hasTeam, Run: show(ViewMeetings)},
		{ID: TeamPassword, Icon: "key-round", When: in(Global), Enabled: hasTeam, Run: show(ViewPassword)},
		{ID: GoQueueStats, Icon: "chart-no-axes-column", When: in(Global), Enabled: hasTeam, Run: show(ViewQueueStats)},
		{ID: SeeMissed, Icon: "phone-missed", When: in(Global), Enabled: hasMissed, Run: func(v Invocation) {
			v.Host.Do(phone.SeeMissed{})
		}},
		{ID: RegisterNow, Icon: "refresh-cw", When: in(Global), Enabled: hasAccount, Run: func(v Invocation) {
			v.Host.Do(phone.Register{})
		}},
		{ID: VolumeUp, Icon: "volume-2", When: in(Global), Run: runVolume(+10)},
		{ID: VolumeDown, Icon: "volume-1", When: in(Global), Run: runVolume(-10)},
		{ID: SwitchLang, Icon: "globe", When: in(Global), Run: func(v Invocation) {
			v.Host.Do(phone.Set{Key: phone.KeyLanguage, Value: next(v.Snapshot, phone.KeyLanguage, "sv", "en")})
		}},
		{ID: SwitchTheme, Icon: "contrast", When: in(Global), Run: func(v Invocation) {
			v.Host.Do(phone.Set{Key: phone.KeyTheme, Value: next(v.Snapshot, phone.KeyTheme, "auto", "light", "dark", "contrast")})
		}},
		{ID: TextLarger, Icon: "plus", When: in(Global), Run: runTextSize(+10)},
		{ID: TextSmaller, Icon: "minus", When: in(Global), Run: runTextSize(-10)},
		{ID: TextNormal, Icon: "search", When: in(Global), Run: runTextSize(0)},
		{ID: GoSettings, Icon: "settings", When: in(Global), Run: show(ViewSettings)},
		{ID: GoShortcuts, Icon: "keyboard", When: in(Global), Run: show(ViewShortcuts)},
		{ID: CursorUp, Icon: "chevron-up", When: in(List), Hidden: true, Fixed: true, Run: move(-1)},
		{ID: CursorDown, Icon: "chevron-down", When: in(List), Hidden: true, Fixed: true, Run: move(+1)},
		{ID: CursorPageUp, Icon: "chevron-up", When: in(List), Hidden: true, Fixed: true, Run: move(-8)},
		{ID: CursorPageDn, Icon: "chevron-down", When: in(List), Hidden: true, Fixed: true, Run: move(+8)},
		{ID: CursorLeft, Icon: "chevron-left", When: in(List), Hidden: true, Fixed: true, Run: func(v Invocation) { v.Host.MoveAcross(-1) }},
		{ID: CursorRight, Icon: "chevron-right", When: in(List), Hidden: true, Fixed: true, Run: func(v Invocation) { v.Host.MoveAcross(+1) }},
		{ID: Palette, Icon: "search", When: in(Global), Hidden: true, Run: show(ViewPalette)},
		{ID: NormalView, Icon: "smartphone", When: in(Global), Run: face(FaceNormal)},
		{ID: AttendantView, Icon: "layout-dashboard", When: in(Global), Run: face(FaceAttendant)},
		{ID: ACDView, Icon: "headset", When: in(Global), Run: face(FaceACD)},
		{ID: CursorMenu, Icon: "ellipsis", When: in(List), Hidden: true, Run: func(v Invocation) { v.Host.OpenMenu() }},
		{ID: SaveForm, Icon: "check", When: in(Dialog), Hidden: true, Run: func(v Invocation) { v.Host.Save() }},
		{ID: Back, Icon: "undo-2", When: in(Dialog, Global), Hidden: true, Fixed: true, Run: func(v Invocation) { v.Host.Back() }},
		{ID: Quit, Icon: "log-out", When: in(Global), Run: func(v Invocation) { v.Host.Quit() }},
	}
}

func in(c ...Context) []Context { return c }

func show(view View) func(Invocation) { return func(v Invocation) { v.Host.Show(view) } }

// face changes what the main window is; the calls go on.
func face(f Face) func(Invocation) {
	return func(v Invocation) { v.Host.Do(phone.Set{Key: phone.KeyView, Value: string(f)}) }
}

// onAttendant reports whether the main window is the attendant's, which offers others to take a call.
func onAttendant(s *phone.Snapshot) (bool, string) {
	return Face(s.Settings.Get(phone.KeyView)) == FaceAttendant, whyNoAlternative
}

func move(rows int) func(Invocation) { return func(v Invocation) { v.Host.MoveCursor(rows) } }
