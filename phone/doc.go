// Package phone is Svara's vocabulary: the words every room of the house shares and nothing that acts.
//
// One goroutine (package phone/engine) owns all truth. Commands enter by [Phone.Do], immutable [Snapshot] values and
// ordered [Event] values leave by [Phone.Subscribe]. The window, svaractl and the tests are equal guests of that
// interface. The core never speaks Swedish or English: what went wrong is a [Reason], the words are chosen at the edge.
package phone
