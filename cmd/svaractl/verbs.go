package main

import (
	"context"
	"maps"
	"slices"
)

// verb is one word of the command line.
type verb struct {
	usage string // its arguments
	about string
	run   runner
}

// verbs is every verb. It is a function since help, one of them, lists them all.
func verbs() map[string]verb {
	return map[string]verb{
		"run":         {"[--audio portaudio|null|file:IN.wav,OUT.wav|room:IN.wav,OUT.wav] [--demo] [--log FILE]", "the phone without a window, until SIGTERM", (*cli).phone},
		"account":     {"add …|list|remove ID|set ID KEY VALUE", "accounts", (*cli).account},
		"status":      {"", "version, accounts, calls, faults", (*cli).status},
		"accounts":    {"", "accounts and how they stand", (*cli).accounts},
		"calls":       {"", "calls in progress", (*cli).calls},
		"call":        {"[CALL]|note [CALL] TEXT", "one call; write a note on it", (*cli).call},
		"devices":     {"", "microphones, speakers and which are in use", (*cli).devices},
		"stats":       {"[CALL] [--doctor]", "how a call sounds; what is wrong with its sound", (*cli).stats},
		"quality":     {"[--by contact|device|network] …", "how calls have sounded, the worst first", (*cli).quality},
		"snapshot":    {"", "everything that is true now, as JSON", (*cli).snapshot},
		"history":     {"[--missed] …|note ID TEXT|delete ID", "finished calls, newest first", (*cli).history},
		"search":      {"TEXT [--limit N] [--favourites] [--colleagues]", "people, best first; what was hit is between asterisks", (*cli).search},
		"contacts":    {"list|show ID|add …|set ID …|remove ID|…", "people", contacts},
		"book":        {"list|add …|remove ID|read [ID]", "connected address books", book},
		"activity":    {"[show|KIND …|shortcut ID]", "what you do now", (*cli).activity},
		"note":        {"TEXT", "the note that colleagues see; an empty one takes it away", (*cli).note},
		"shortcut":    {"list|put ID KIND …|remove ID", "activities ready to be chosen", shortcut},
		"plan":        {"list|add KIND …|set ID …|remove ID", "future activities", plan},
		"hours":       {"show|set HOURS [--zone Z]|clear", "working hours", hours},
		"link":        {"list|set KIND NUMBER|remove KIND", "where calls go during an activity", link},
		"forward":     {"list|all|noanswer|busy NUMBER|off [--account ID]", "forwardings in the exchange", forward},
		"profile":     {"list|add NUMBER NAME|remove NUMBER|on NUMBER [TIME]|off", "profiles of the exchange", profile},
		"role":        {"list|add ID NAME [NUMBER]|remove ID|use ID|next ID|none", "the number that is shown", role},
		"queue":       {"list|add ID NAME|remove ID|login [ID…]|logout [ID…]|members ID|…", "queues you answer in", queue},
		"group":       {"log list|take|assign|handle|note …|message list|send|…", "calls to your groups’ queues and messages to your groups, at the team server", groups},
		"rules":       {"", "what happens to a call to you now", (*cli).rules},
		"team":        {"signin USER …|code MOBILE|redeem MOBILE CODE|password|devices|…", "the team server", teams},
		"meeting":     {"list|add TITLE …|change ID …|cancel ID|join ID", "scheduled conference calls, at the team server", meetings},
		"lookup":      {"list|add ID NAME URL|remove ID|url ID [CALL]", "outside programs that are asked about a caller", lookup},
		"template":    {"list|add ID NAME TEXT …|remove ID|fill ID [CALL|--search WORDS|--favourites]", "ready texts", templates},
		"text":        {"TARGET TEXT [--account ID]", "send a text message", (*cli).text},
		"message":     {"send NUMBER TEXT|list …|read …|delete NUMBER", "text messages", message},
		"voicemail":   {"list|play ID|pause|stop|mark ID played|new|…", "voice messages", voicemail},
		"mail":        {"list|add …|remove ID", "mailboxes with voice messages", mail},
		"events":      {"", "what happens, as JSON lines, until stopped", (*cli).events},
		"dial":        {"TARGET …", "call a number or address", (*cli).dial},
		"answer":      {"[CALL]", "answer a ringing call", (*cli).answer},
		"decline":     {"[CALL]", "decline a ringing call", (*cli).decline},
		"deflect":     {"CALL TARGET", "send a ringing call on to another number, unanswered", deflect},
		"hangup":      {"[CALL|all]", "end a call", (*cli).hangup},
		"hold":        {"[CALL]", "hold a call", hold(true)},
		"resume":      {"[CALL]", "resume a held call", hold(false)},
		"swap":        {"", "go to the call held longest and hold the active one", (*cli).swap},
		"mute":        {"[CALL]", "microphone off", mute(true)},
		"unmute":      {"[CALL]", "microphone on", mute(false)},
		"dtmf":        {"[CALL] DIGITS", "send digits 0-9 * # A-D; a comma pauses", (*cli).dtmf},
		"transfer":    {"CALL TARGET [--kind direct|voicemail]", "hand a call over without asking first", (*cli).transfer},
		"consult":     {"CALL TARGET", "hold a call and call the one it may go to", consult},
		"complete":    {"[CALL]", "connect a held call with its consultation, also while that rings", complete},
		"takeback":    {"[CALL]", "back to the caller, from any stage of a transfer", takeBack},
		"allow":       {"[CALL]", "call whom the other side asks you to call instead", allow},
		"refuse":      {"[CALL]", "do not call whom the other side asks you to call", refuse},
		"conference":  {"[CALL…]|start TARGET…|leave|end|list", "calls that hear each other", (*cli).conference},
		"kick":        {"CALL", "end one call, such as a conference member's", kick},
		"split":       {"CALL", "take a call out of the conference; it is held", split},
		"level":       {"CALL PERCENT", "how loud a party is, 0 to 200", (*cli).level},
		"silence":     {"CALL", "nobody hears this party", silence(true)},
		"unsilence":   {"CALL", "everybody hears this party again", silence(false)},
		"record":      {"start|stop [CALL]", "record a call", (*cli).record},
		"recording":   {"list|play ID|pause|stop|delete ID|mail ID|path ID", "recordings", (*cli).recording},
		"park":        {"[CALL [SLOT]]", "park a call in a slot of the exchange", (*cli).park},
		"camped":      {"", "calls that colleagues have camped on somebody", (*cli).camped},
		"parked":      {"", "calls you parked", (*cli).parked},
		"retrieve":    {"SLOT [--account ID]", "fetch a parked call", retrieve},
		"pickup":      {"TARGET [--account ID]", "answer a call that rings at somebody else", pickup},
		"campon":      {"CALL TARGET", "let a call wait until a busy target is free", campOn},
		"putback":     {"[CALL]", "return a fetched call to its place in the line", putBack},
		"move":        {"CALL DEVICE", "hand a call to your other telephone: its number, or mobile", move},
		"pull":        {"[ID]", "move your call from another device here", (*cli).pull},
		"elsewhere":   {"", "your calls on other devices", (*cli).elsewhere},
		"watch":       {"NUMBER [--account ID]", "have the exchange tell how a line stands", watch(true)},
		"unwatch":     {"NUMBER [--account ID]", "stop watching a line", watch(false)},
		"lines":       {"", "the lines that are watched", (*cli).lines},
		"dialect":     {"list|check FILE", "exchanges an account can have; what is wrong with a file of your own", (*cli).dialect},
		"register":    {"[ACCOUNT]", "register at once instead of at the next try", (*cli).register},
		"set":         {"KEY VALUE", "change a setting", (*cli).set},
		"get":         {"KEY", "a setting's value", (*cli).get},
		"settings":    {"", "every setting", (*cli).settings},
		"seen":        {"", "mark missed calls as looked at", (*cli).seen},
		"keys":        {"list|bind ID KEY…|unbind ID [KEY…]|reset [ID…]", "which keys of the window do what", keys},
		"do":          {"COMMAND [1-9]", "a command of the window, as its key does it; see keys list", (*cli).windowCommand},
		"dismiss":     {"CALL|FAULT|--slot SLOT", "remove an ended call's card, a fault or a parked call's note", (*cli).dismiss},
		"wait":        {"CONDITION [--timeout 10s]", "wait until it is so", (*cli).wait},
		"screenshot":  {"FILE [--view NAME]", "picture of the window, as PNG", (*cli).screenshot},
		"diagnostics": {"[start|stop|save FILE]", "collect log, SIP and how calls sound, without secrets; save it as a zip file", (*cli).diagnostics},
		"raise":       {"[LINK…]", "show the window and hand it tel: or sip: links", (*cli).raise},
		"quit":        {"", "end the phone and wait until it is gone", (*cli).quit},
		"version":     {"", "version of the running phone", (*cli).version},
		"help":        {"[VERB]", "this list", (*cli).helpVerb},
	}
}

// usages are those that need more than a line.
var usages = map[string]string{
	"account": `account add --user U --domain HOST[:PORT] [--auth-user A] [--display N] [--transport udp|tcp|tls]
                    [--proxy URI] [--dtmf rtp|info|inband] [--expires SECONDS] [--dialect ID] [--mobile NUMBER] [--id ID] [--default]
                    [--ca FILE] [--pin SHA256]                    who is trusted for TLS: a file of authorities, one key
                    [--srtp off|optional|required] [--keying sdes|dtls]   encryption of the sound
                    [--ice] [--stun HOST] [--turn HOST] [--turn-user U]   ways through firewalls
                    [--codecs NAME,…] [--team URL] [--session-only] --password-stdin
       svaractl account list
       svaractl account remove ID
       svaractl account set ID user|domain|auth-user|display|transport|proxy|dtmf|expires|dialect|mobile|default|
                    ca|pin|srtp|keying|ice|stun|turn|turn-user|codecs|team VALUE
       svaractl account set ID password|turn-password --password-stdin`,
	"dial": `dial TARGET [--account ID] [--wait [--timeout 60s]]
                     [--how bypass|voicemail|intrude|withheld]   a service of the exchange
                     [--as ROLE|withheld]                        the number that is shown, for this call
                     [--digits DIGITS]                           sent when it is answered
                     [--via NUMBER|mobile]                       your other telephone is called first
                     [--join]                                    into the conference when it is answered
                     [--name NAME]                               who it is, where no book has the number`,
	"conference": `conference [CALL…]                          the calls hear each other, all connected ones if none is named
       svaractl conference start TARGET… [--account ID]
       svaractl conference leave                            the others go on without you
       svaractl conference end
       svaractl conference list`,
	"quality": `quality [--by contact|device|network] [--number NUMBER] [--since TIME] [--limit N]
                     TIME is as in 2026-11-01, 2026-11-01T13:00 or 48h`,
	"recording": `recording list [--search TEXT] [--limit N] [--before ID]
       svaractl recording play ID [--from 1m30s] [--speed 1.5]   goes on where it was paused
       svaractl recording pause|stop
       svaractl recording delete ID
       svaractl recording mail ID [--server ID] [--wait [--timeout 10m]]   into the inbox of your mail server, the first one
       svaractl recording path ID                            where its file is`,
	"wait": `wait CONDITION [--timeout 10s], where CONDITION is
         registered[:ACCOUNT]
         CALL:STATE                dialing|proceeding|ringing|early|incoming|answering|connected|ending|ended
         CALL:transfer=STATE       consulting|requested|trying|ringing|unknown|done|failed|returning
         CALL:hold=HOLD            none|local|remote|both
         CALL:camp=STATE           waiting|offering|fetched|over
         CALL:recording=on|off
         any:…                     the same of some call
         conference:N              so many calls are in it
         line:NUMBER=STATE         unknown|idle|ringing|busy|offline
         elsewhere:N               so many calls are on your other devices
         queue:ID=STATE            your login: on|off|asking|refused|unknown
         forward:KIND=STATE        all, noanswer or busy: on|off|asking|refused|unknown
         profile=STATE             likewise
         published=STATE           the exchange has taken your activity: likewise
         activity:KIND             it is yours now
         book:ID=STATE             never|reading|fresh|failed|consent
         voicemail:N               so many voice messages are new
         messages:N                so many text messages are not read
         group:N                   so many calls of the group log are missed and not handled
         group-message:N           so many messages of the groups are not handled`,
	"search": `search TEXT [--limit N] [--favourites] [--colleagues] [--history] [--book ID]
         words in any order: parts of names, initials, numbers, titles, skills, keywords`,
	"history": `history [--missed] [--filter all|missed|incoming|outgoing|noted] [--number N] [--queue ID] [--search TEXT]
                        [--since TIME] [--until TIME] [--limit N] [--before ID]
         TIME is as in 2026-11-01, 2026-11-01T13:00 or 48h (ago)
       svaractl history note ID TEXT
       svaractl history delete ID`,
	"contacts": `contacts list [--mark favourite|vip|blocked] [--limit N]
       svaractl contacts show ID
       svaractl contacts add [NAME] [--name N] [--given N] [--family N] [--company C] [--title T] [--department D]
                    [--number [extension|work|mobile|home|fax|other:]NUMBER]… [--email A]… [--keyword W]… [--skill S]… [--stand-in WHO]
                    [--note TEXT] [--mark favourite|vip|blocked|none] [--speed-dial 1..99]
       svaractl contacts set ID …                            the same flags; "" takes away
       svaractl contacts remove ID
       svaractl contacts mark ID favourite|vip|blocked|none
       svaractl contacts import FILE                         vCard or CSV
       svaractl contacts export FILE                         .vcf or .csv
       svaractl contacts photo ID FILE|--remove`,
	"book": `book list
       svaractl book add --id ID --kind file|carddav|ldap|microsoft|google [--name N] [--address FILE|URL] [--user U]
                    [--base DN] [--filter F] [--attribute OURS=THEIRS]… [--starttls] [--ca-file FILE] [--client-id ID]
                    [--tenant T] [--colleagues] [--minutes N] [--password-stdin]
       svaractl book remove ID
       svaractl book read [ID]                               now; all when none is named`,
	"activity": `activity [show]
       svaractl activity KIND [--for 45m|--until 13:00|--rest-of-day|--next-working-day] [--name N] [--note TEXT]
                    [--rings|--silent] [--divert NUMBER|ignore]
         available|busy|dnd|meeting|training|lunch|break|travel|vacation|gone|sick|parental|other
       svaractl activity shortcut ID`,
	"shortcut": `shortcut list
       svaractl shortcut put ID KIND [--name N] [--for 45m|--rest-of-day|--next-working-day] [--rings|--silent]
                    [--divert NUMBER|ignore] [--icon I] [--place N]
       svaractl shortcut remove ID`,
	"plan": `plan list
       svaractl plan add KIND --from 2026-11-23T11:30 --to 2026-11-23T12:30 [--name N] [--note TEXT] [--role ROLE]
                    [--zone Europe/Stockholm] [--repeat never|daily|weekly|monthly|yearly] [--days mon-fri] [--end 2026-12-31]
                    [--rings|--silent] [--divert NUMBER|ignore] [--id ID]
       svaractl plan set ID [KIND] …                         the same flags, and --on|--off
       svaractl plan remove ID`,
	"hours": `hours show
       svaractl hours set "mon-fri 08:00-12:00 13:00-17:00" ["sat 10:00-14:00"…] [--zone Europe/Stockholm]
       svaractl hours clear`,
	"profile": `profile list
       svaractl profile add NUMBER NAME
       svaractl profile remove NUMBER
       svaractl profile on NUMBER [TIME] [--account ID]
         TIME: 1 digit days (0 until changed), 2 hours, 3 minutes, 4 clock time, 6 date (yymmdd)
       svaractl profile off [--account ID]`,
	"role": `role list
       svaractl role add ID NAME [NUMBER] [--withheld] [--account ID] [--place N]
       svaractl role remove ID
       svaractl role use ID|withheld                         until changed
       svaractl role next ID|withheld                        the next call only
       svaractl role none                                    the account's own number`,
	"queue": `queue list
       svaractl queue add ID NAME [--account ID] [--place N]   ID is its number at the exchange
       svaractl queue remove ID
       svaractl queue login [ID…]                            all when none is named
       svaractl queue logout [ID…]
       Of a team server's queue:
       svaractl queue members|callers|today ID               who answers, who waits, how it went today
       svaractl queue agents                                 everybody who answers, their queues and what they did today
       svaractl queue member ID WHO login|logout|resume      WHO is a telephone, a name or a person's id
       svaractl queue member ID WHO pause [WHY]
       svaractl queue member ID WHO skill 1-10
       svaractl queue settings ID [--night on|off] [--night-number N] [--overflow N] [--overflow-seconds 5-3600]
                                  [--distribution all|longest-idle|fewest|in-order|turns|random] [--service-seconds N]
       svaractl queue log …                                  as group log list`,
	"group": `group log list [--queue ID] [--outcome missed|redirected|answered|waiting] [--handler PERSON|nobody] [--open]
                              [--number N] [--search TEXT] [--since TIME] [--until TIME] [--limit 1-200] [--after NEXT]
         what nobody has taken care of first; --queue, --outcome and --handler may be given more than once
       svaractl group log take ID                            you take care of it
       svaractl group log assign ID PERSON|nobody
       svaractl group log handle ID [--undo]                 something has been done about it
       svaractl group log note ID [TEXT…]                    for all in the group; an empty one takes it away
       svaractl group message list [--group ID] [--kind voice|callback|text] [--open] [--mine] [--with NUMBER]
                              [--search TEXT] [--limit 1-200] [--after NEXT]
         what nobody has handled first; --group and --kind may be given more than once
       svaractl group message show ID
       svaractl group message play ID [--from 1m30s] [--speed 1.5]
       svaractl group message stop
       svaractl group message sound ID FILE                  the sound of a voice message, into a new file
       svaractl group message pin|unpin ID                   you have it as yours; its thread's earlier texts go along
       svaractl group message handle ID [--undo]
       svaractl group message delete ID                      a voice message only by an administrator
       svaractl group message send NUMBER[,NUMBER…] TEXT… [--group ID] [--sender S]
       svaractl group message send NUMBER[,NUMBER…] --template NAME [--group ID] [--sender S]
       svaractl group message send --search WORDS|--favourites TEXT…|--template NAME [--group ID] [--sender S]
         to the mobile numbers of all who are found
       svaractl group message sendings                       your own that are not over or have failed
       svaractl group message senders|templates              what can be sent as, and texts to begin from`,
	"keys": `keys list [--changed]
       svaractl keys bind ID KEY… [--replace]                as in F7, Ctrl+Shift+k, NumEnter; --replace takes them from others
       svaractl keys unbind ID [KEY…]                        all its keys when none is named
       svaractl keys reset [ID…]                             the default keys, of all commands when none is named`,
	"lookup": `lookup list
       svaractl lookup add ID NAME URL [--on-ring] [--place N]
         {number} {e164} {name} {company} {uuid} {direction} {queue} {sought} {activity} {until} {time} {note}
       svaractl lookup remove ID
       svaractl lookup url ID [CALL]                         the address that would be opened`,
	"template": `template list
       svaractl template add ID NAME TEXT [--kind sms|email] [--subject S] [--place N]
         placeholders as lookup has
       svaractl template remove ID
       svaractl template fill ID [CALL]                      the message that would be sent
       svaractl template fill ID --search WORDS|--favourites the same, to all who are found`,
	"message": `message send NUMBER TEXT [--account ID]
       svaractl message list                                 the threads, the one with the newest message first
       svaractl message list --with NUMBER [--limit N] [--before ID]
       svaractl message read NUMBER|--all
       svaractl message delete NUMBER                        the whole thread`,
	"voicemail": `voicemail list [--box ID] [--new] [--search TEXT] [--limit N]
       svaractl voicemail play ID [--from 1m30s] [--speed 1.5]
       svaractl voicemail pause|stop
       svaractl voicemail mark ID played|new
       svaractl voicemail delete ID
       svaractl voicemail save ID FILE|FOLDER
       svaractl voicemail check
       svaractl voicemail greetings                          what callers of your own mailbox hear
       svaractl voicemail greeting play|delete KIND          unavailable, busy, name or temporary
       svaractl voicemail greeting set KIND FILE.wav         3 minutes at most`,
	"meeting": `meeting list
       svaractl meeting add TITLE… --at TIME|now --length MINUTES|--until TIME [--zone ZONE] [--info TEXT] [--remind MINUTES]
                        [--repeat never|daily|weekly|every-other-week|monthly] [--invite PERSON|ADDRESS|NUMBER]…
       svaractl meeting change ID [--title TITLE] [--uninvite WHO]…   and the same flags
       svaractl meeting cancel ID
       svaractl meeting join ID [--via DEVICE]     on another telephone you dial the id yourself`,
	"team": `team signin USER [--account ID] --password-stdin
       svaractl team signout [--account ID]
       svaractl team status
       svaractl team activity PERSON KIND [--until TIME] [--note TEXT]   of a colleague, where you may
       svaractl team plan list PERSON                                    what they plan
       svaractl team plan add PERSON KIND --from TIME --to TIME [...]    likewise; the rest as "plan add"
       svaractl team plan remove PERSON ID
       svaractl team code MOBILE [--url URL]       asks for an activation code, in a text message
       svaractl team redeem MOBILE CODE [--url URL]   makes the account that it is for, and signs in
       svaractl team password [--password-stdin]   its rule; or the old one and the new one, a line each
       svaractl team devices                       what you are signed in with
       svaractl team revoke ID                     signs one of them out
       svaractl team dismiss CHANGE                a change that was refused and has been seen`,
	"mail": `mail list
       svaractl mail add --id ID --address HOST[:PORT] --user U [--name N] [--folder F] [--tls direct|starttls|none]
                    [--ca-file FILE] [--account ID] --password-stdin
       svaractl mail remove ID`,
}

// usageOf is how a verb, or with "" the program, is called.
func usageOf(name string) string {
	v, ok := verbs()[name]
	switch {
	case usages[name] != "":
		return "svaractl " + usages[name]
	case !ok:
		return "svaractl [--profile DIR] [--json] VERB …; svaractl help lists the verbs"
	case v.usage == "":
		return "svaractl " + name
	}
	return "svaractl " + name + " " + v.usage
}

func (c *cli) helpVerb(_ context.Context, args []string) error {
	names, err := words(c.flags("help"), args, 0, 1)
	if err != nil {
		return err
	}
	name := ""
	if len(names) == 1 {
		if _, ok := verbs()[names[0]]; !ok {
			return &usageError{why: "no such verb: " + names[0]}
		}
		name = names[0]
	}
	c.help(name)
	return nil
}

func (c *cli) help(name string) {
	all := verbs()
	if v, ok := all[name]; ok {
		c.printf(c.out, "usage: %s\n%s\n", usageOf(name), v.about)
		return
	}
	c.printf(c.out, "svaractl [--profile DIR] [--json] VERB …\n\n")
	t := c.table()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		about := all[name].about
		if usages[name] != "" {
			about += "; see help " + name
		}
		t.row("  "+name, about, all[name].usage)
	}
	t.flush()
	c.printf(c.out, "\n[CALL] left out means the only or the active one.\n"+
		"Exit: 0 done, 1 refused, 2 wrong usage, 3 no phone runs, 4 timed out.\n")
}
