// Package control is the door for other programs of the same user: svaractl, a second start of the phone, scripts. It
// also sees to it that one phone runs per profile.
//
// The phone listens on a Unix socket (on Windows 10 and later likewise) that only its user can open: the socket is 0600
// in a folder that is 0700, so the file system is the check of who asks. A lock file, released by the system when the
// process ends in whatever way, tells a running phone from a socket left behind by a killed one.
//
// # Protocol
//
// One JSON object a line, UTF-8, at most MaxLine bytes. Requests are answered in order:
//
//	-> {"id":1,"verb":"dial","args":{"target":"2101"}}
//	<- {"id":1,"ok":true,"result":{"call":7}}
//	-> {"id":2,"verb":"hold"}
//	<- {"id":2,"ok":false,"error":{"id":"no-call","words":"There is no call to hold"}}
//
// Verbs are those of phone.DecodeCommand, with its arguments, and the queries:
//
//	status accounts calls devices snapshot settings version    no arguments
//	conference-list lines parked elsewhere dialects            likewise
//	me forwards profiles roles queues lookups templates        likewise
//	books mailboxes                                            likewise
//	call stats    {"call":7}; left out, the active or only call
//	history       phone.HistoryQuery
//	recordings    phone.RecordingQuery
//	recording     {"id":5}
//	search        phone.SearchQuery
//	person        {"id":"own:7fq2"}
//	match         {"number":"+4681234567"}: who it belongs to
//	voicemail     phone.VoiceMessageQuery
//	voicemail-save {"id":"box/1/5","path":"/absolute"}: a file, or a folder to put one in
//	group-log     phone.GroupLogQuery
//	group-messages phone.GroupMessageQuery
//	colleague-plans {"person":"salma"}: what a colleague plans, where the user may set it
//	group-sound   {"id":"v1","path":"/absolute.wav"}: a file that is not there yet
//	import export {"path":"/absolute.vcf"}: the user's own contacts
//	get           {"key":"audio.volume"}
//	wait          {"condition":"7:connected","timeout_ms":10000}, see Condition
//	events        answered, then a snapshot line and events as they happen, until the connection closes
//	screenshot    {"path":"/absolute.png","view":""}
//	diagnostics   {"do":"start|stop|save","path":"/absolute.zip"}; left out, only how the collection stands
//	raise         {"args":["tel:+4681234567"]}: a second start hands over to the first
//	do            {"command":"call.transfer","nth":0}: a command of the window, as its key does it
//	quit          answered, then the phone says goodbye and ends
//
// Closing the sending half of a connection ends wait and events; other requests are still answered.
package control
