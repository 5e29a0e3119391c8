// Package team is what a group shares, as words: people and their rights, queues as they stand, the log of queue calls,
// messages, meetings. The team server (package phone/team/server) keeps it, a desktop reads and changes it over HTTP
// with JSON bodies, described in assets/team/openapi.json.
//
// Everything that is shown is an [Item]: a value with a number, the sequence of the last change. A desktop that says up
// to where it has read gets what changed since, each thing once and in its newest form: after a moment without network
// nothing is lost and nothing is doubled, and one that is slow skips what is out of date. Who changes something says
// which sequence they saw: when somebody was faster the change is refused with the newer value ([CodeConflict]).
package team
