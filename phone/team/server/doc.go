// Package server is the team server: it keeps what a group shares in a database, takes changes over HTTP, and tells
// everybody who may know by one feed.
//
//	desktop, page, program                                     exchange (phone/team/ami, the practice PBX)
//	   |  HTTP + JSON        ^ server-sent events                  | SourceEvent        ^ SourceAction
//	   v                     |                                     v                    |
//	routes (who may)      feeds (one goroutine a reader)        keeper (one a Source, the one that has the lease)
//	   |                     ^                                     |  <-> team.Tally (pure: queues, members, log, figures)
//	   | Update              | newest forms, filtered by rights    | Update, what has come within 50 ms as one
//	   v                     |                                     v
//	kept.Shelf (store/teamdb: SQLite or PostgreSQL; sequences in order of commit)
//	   |  Wake, then Since(last)
//	   v
//	board (everything that is there, in memory) -> feeds, reads of the API
//
// Nothing is shown that is not committed: changes reach the board by way of the database only, those of this server as
// those of another. The routes with the rights that each asks for are one table (routes.go).
//
// A Source plugs in as [Exchange]: the Source and how to make its Tally. Several servers on one database all know the
// Source; the one that has its lease runs it, and does what the others are asked to do: they ask by an item of the
// database that nobody else is shown.
package server
