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
// All books are one table, the user's own contacts among them. Its rowids rise with the names (place.go), and so does the
// full-text index over it, which therefore meets the first names first and can be left when there are enough. What an
// index of words cannot find, parts of words and typing errors, is looked up in the vocabulary, every word there is in one
// piece of memory (vocabulary.go), and the words found there are asked for. Those who rank before others, since they are
// marked, called or colleagues whose lines are watched, are few: they are kept in memory (standing.go) and matched there.
package store
