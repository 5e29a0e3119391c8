// Package store keeps what must outlive the phone: accounts, settings, call history, the list of recordings, people and
// what the user has set up, and, apart from them, passwords.
//
//	<profile>/svara.db                   everything but passwords (SQLite, WAL)
//	<profile>/svara.db.damaged-<time>    a database that could not be trusted, kept as it was found
//	<profile>/svara.db.version-<n>-<time> the copy made before an older database was brought up to date
//	OS keyring, service "svara"          passwords; where there is no keyring:
//	<profile>/secrets.json, secrets.key  passwords, encrypted
//
// A call that returns nil has saved: the entry survives kill -9 and, since every commit is synced, a power cut. The
// phone never waits for this package to be usable: when the folder cannot be written the Store works in memory and says
// so, and nothing here is ever called by the engine's loop.
//
// # People
//
// All books are one table, the user's own contacts among them. Its rowids rise with the names (place.go), so that who is
// found is read in the order of names, and no more than are shown.
//
//	change ──> people, numbers ──────────┐
//	       ──> segment ── merged ──> segments, in the same transaction
//	                                     └─ after it: the list of segments in memory (index.go)
//	search ──> who stands out, in memory (standing.go)
//	       ──> bitsets of each segment: words and their beginnings, then parts of words and halves of names, then typing
//	           errors (query.go, segment.go) ──> first rows ──> people, some of them known (known.go) ──> ranked, marked
//
// The index is a few immutable segments, at most some 12 MB for 100,000 people, kept in the database as they lie in memory. A
// search looks at the list there is and waits for no writer. An index that is damaged, or of an older version, is made again
// beside everything else. Those who rank before others, since they are marked, called, have a speed dial or are colleagues
// whose lines are watched, are few: they are kept in memory and matched there.
//
// The history is searched in memory too (historytext.go), from the first search on.
package store
