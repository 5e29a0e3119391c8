// Package voicemail makes mailboxes on IMAP servers (RFC 3501, 9051) into visual voicemail: messages with a sound in them
// are listed, fetched when they are wanted, marked as played (\Seen), and deleted.
//
//	Service - box, one for each server: a goroutine that owns the connection
//	            dial     TCP, TLS or STARTTLS, login
//	            sync     flags of all messages, structure and header lines of the new ones; no bodies
//	            idle     until the server, the user or the clock has something (RFC 2177; NOOP without it)
//	          cache      sounds that were fetched
//
// Nothing that a server says is believed further than needed: lengths, depths and times are bounded, a message that
// cannot be read is left out, and one that is cut short is no message.
package voicemail
