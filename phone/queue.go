package phone

import "time"

// QueueID names a queue: its number at the exchange.
type QueueID string

// Queue is a queue or response group the user answers in.
type Queue struct {
	ID      QueueID   `json:"id"`
	Name    string    `json:"name"`
	Account AccountID `json:"account,omitempty"` // empty for the default account
	Place   int       `json:"place"`
}

// QueueStatus is a queue and how it stands, as far as the exchange tells (features.md G1).
type QueueStatus struct {
	Queue
	Login     ConfirmState `json:"login"`            // On: logged in
	Asked     bool         `json:"asked,omitempty"`  // Asking, Refused: what was asked for
	Reason    *Reason      `json:"reason,omitempty"` // Refused: why; else why nothing is told
	Counted   bool         `json:"counted"`          // the numbers below are told
	Waiting   int          `json:"waiting"`
	Available int          `json:"available"`
	LoggedIn  int          `json:"logged_in"`
	Longest   time.Time    `json:"longest,omitzero"` // since when the first one waits
	Night     bool         `json:"night,omitempty"`
	Told      time.Time    `json:"told,omitzero"` // when the exchange last said something
}
