// Package directory reads other people's address books and hands the people in them over: vCard and CSV files, CardDAV,
// LDAP, Microsoft 365 and Google. It also imports and exports the user's own contacts.
//
// One [Service] owns everything that runs. A book has one goroutine, which reads it when it is put, when the user asks,
// when its file changes and every so many minutes. A reading streams: entries go to the store in batches as they
// arrive, what is gone goes last and only when the reading came to its end. So whatever happens on the way (half an
// answer, a wrong password, a server that is down) never takes anything away.
package directory
