package control

import (
	"encoding/json"
	"time"

	"svara/phone"
)

// MaxLine is the longest request line in bytes. Answers can be longer.
const MaxLine = 256 << 10

// Reasons that only this door gives.
const (
	ReasonTimedOut       phone.ReasonID = "timed-out"        // wait: the condition did not come true; Text tells how it stands
	ReasonNoWindow       phone.ReasonID = "no-window"        // the phone runs without a window
	ReasonTooManyClients phone.ReasonID = "too-many-clients" // the limit of simultaneous connections
)

// Request is a line from a client.
type Request struct {
	ID   uint64          `json:"id,omitempty"` // given back in the answer
	Verb string          `json:"verb"`
	Args json.RawMessage `json:"args,omitempty"`
}

// Response is the answer to a Request.
type Response struct {
	ID     uint64          `json:"id,omitempty"`
	OK     bool            `json:"ok"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *Fault          `json:"error,omitempty"`
}

// Fault is why a request was refused.
type Fault struct {
	phone.Reason
	Words string `json:"words,omitempty"` // in the phone's language
}

// Done is the result of a command.
type Done struct {
	Call phone.CallID `json:"call,omitempty"` // the call it made or acted on
}

// putAccount is phone.PutAccount with a password that is really sent: phone.Secret marshals as a placeholder.
type putAccount struct {
	Account     phone.Account `json:"account"`
	Password    string        `json:"password,omitempty"`
	TURNSecret  string        `json:"turn_secret,omitempty"`
	SessionOnly bool          `json:"session_only,omitempty"`
}

// putBook is phone.PutBook, likewise.
type putBook struct {
	Book     phone.Book `json:"book"`
	Password string     `json:"password,omitempty"`
}

// putMailServer is phone.PutMailServer, likewise.
type putMailServer struct {
	Server   phone.MailServer `json:"server"`
	Password string           `json:"password,omitempty"`
}

// Call is phone.Call with a start that is always there, null until it is answered.
type Call struct {
	phone.Call
	Started *time.Time `json:"started"`
}

// Status is the answer to the verb status.
type Status struct {
	Version   string                `json:"version"`
	PID       int                   `json:"pid"`
	UptimeMS  int64                 `json:"uptime_ms"`
	StartupMS int64                 `json:"startup_ms"` // process start to first drawn frame, or to ready without a window; 0 until then
	Accounts  []phone.AccountStatus `json:"accounts"`
	Calls     []Call                `json:"calls"`
	Active    phone.CallID          `json:"active,omitempty"`
	Missed    int                   `json:"missed"`
	Unseen    int                   `json:"unseen"`            // recordings not looked at
	Voicemail int                   `json:"voicemail"`         // voice messages not heard
	Texts     int                   `json:"texts"`             // text messages not read
	Activity  phone.Activity        `json:"activity"`          // what the user does now
	Playing   *phone.Playing        `json:"playing,omitempty"` // the recording or voice message being played
	Input     string                `json:"input"`             // device in use, empty while none is open
	Output    string                `json:"output"`            // likewise
	Faults    []phone.Reason        `json:"faults"`

	Frames *phone.Frames `json:"frames,omitempty"` // what the window has drawn; absent without one

	Goroutines int     `json:"goroutines"`
	HeapMB     float64 `json:"heap_mb"` // Go's live objects and those not collected yet; what C allocates is beside it
}

// Conference is the answer to the verb conference-list: phone.Conference, or one without calls when there is none.
type Conference struct {
	Calls   []phone.CallID `json:"calls"`
	Started *time.Time     `json:"started"`
	Aside   bool           `json:"aside"`
}

// Stats is the answer to the verb stats.
type Stats struct {
	Call       phone.CallID    `json:"call"`
	State      phone.CallState `json:"state"`
	DurationMS int64           `json:"duration_ms"`
	phone.Quality
	Diagnosis *phone.Diagnosis `json:"diagnosis,omitempty"` // while it is not heard as it should be
	Levels    *phone.Levels    `json:"levels,omitempty"`    // dBFS, of the microphone and the speaker
}

// Version is the answer to the verb version.
type Version struct {
	Version string `json:"version"`
	PID     int    `json:"pid"`
}

// SearchResult is the answer to the verb search.
type SearchResult struct {
	phone.SearchResult
	TookMS float64 `json:"took_ms"` // inside the phone, from query to ranked, marked hits
}

// Profiles is the answer to the verb profiles.
type Profiles struct {
	Profiles []phone.Profile       `json:"profiles"`
	Status   []phone.ProfileStatus `json:"status"` // by account
}

// File is the answer to the verb voicemail-save.
type File struct {
	Path string `json:"path"`
}

// Exported is the answer to the verb export.
type Exported struct {
	Count int `json:"count"` // contacts written
}

// Setting is the answer to the verb get.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Waited is the answer to the verb wait.
type Waited struct {
	Condition string          `json:"condition"`
	Call      phone.CallID    `json:"call,omitempty"`
	Account   phone.AccountID `json:"account,omitempty"`
}

type (
	callArgs struct {
		Call phone.CallID `json:"call,omitempty"`
	}
	getArgs struct {
		Key string `json:"key"`
	}
	recordingArgs struct {
		ID int64 `json:"id"`
	}
	personArgs struct {
		ID phone.PersonID `json:"id"`
	}
	matchArgs struct {
		Number string `json:"number"`
	}
	saveArgs struct {
		ID   string `json:"id"`
		Path string `json:"path"`
	}
	fileArgs struct {
		Path string `json:"path"`
	}
	waitArgs struct {
		Condition string `json:"condition"`
		TimeoutMS int64  `json:"timeout_ms"`
	}
	screenshotArgs struct {
		Path string `json:"path"`
		View string `json:"view,omitempty"`
	}
	diagnosticsArgs struct {
		Do   string `json:"do,omitempty"`
		Path string `json:"path,omitempty"`
	}
	windowArgs struct {
		Command string `json:"command"`
		Nth     int    `json:"nth"`
	}
	raiseArgs struct {
		Args []string `json:"args,omitempty"`
	}
)

// snapshotLine is the first line of events, and again after events were lost.
type snapshotLine struct {
	Event string `json:"event"` // "snapshot"
	*phone.Snapshot
}

// lostLine says that this client was too slow for Count events.
type lostLine struct {
	Event string `json:"event"` // "lost"
	Count int    `json:"count"`
}
