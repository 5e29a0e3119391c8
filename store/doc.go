// Package store keeps what must outlive the phone: accounts, settings, call history, the list of
// recordings, and, apart from them, passwords.
//
//	<profile>/svara.db                   accounts, settings, history, recordings (SQLite, WAL)
//	<profile>/svara.db.damaged-<time>    a database that could not be trusted, kept as it was found
//	<profile>/svara.db.version-<n>-<time> the copy made before an older database was brought up to date
//	OS keyring, service "svara"          passwords; where there is no keyring:
//	<profile>/secrets.json, secrets.key  passwords, encrypted
//
// A call that returns nil has saved: the entry survives kill -9 and, since every commit is synced, a power cut. The
// phone never waits for this package to be usable: when the folder cannot be written the Store works in memory and says
// so, and nothing here is ever called by the engine's loop.
package store
