package mix

import "svara/audio"

// Party is one of those we talk with, as the audio loop sees it.
type Party struct {
	Stream audio.Stream // who; the same Stream in the next Graph is the same party
	Gain   float64      // how loud it is, for us and for its group, 0..2
	MicOff bool         // our microphone is not sent to it (muted, held)
	Listen bool         // we hear it
	Silent bool         // nobody hears it, neither we nor its group
	Beep   bool         // it hears the beep that tells of a recording, every 15 s, also while MicOff
	Group  int          // parties of one group hear each other (a conference); 0: only us
	Tap    Tap          // listens in on both directions; nil: nobody does
	Key    any          // the caller's own mark, that PartyLevels gives back
}

// Tap is handed both directions of one party, a block of each of the same instant, also when nothing is said. sent is
// what the party is sent, without the recording's beep; heard is what it says, before any gain. It is called by the audio
// loop under the rules of audio.Source, keeps neither block, and may be called once more after it has left the graph.
type Tap interface {
	Tap(sent, heard []int16)
}

// Graph says who hears whom. It is immutable once given to a Console. The order of parties means nothing.
type Graph struct {
	Parties []Party
}

// Volumes are how loud things are, 0..2, 1 as they come.
type Volumes struct {
	Speaker, Microphone, Ring float64
}

// Selection is which devices to use, by audio.Device.ID; empty means the system's choice.
type Selection struct {
	Input, Output, Ring string
}

// Counters count what went wrong with the flow of sound since the Console was made.
type Counters struct {
	Underruns  uint64 // times the speaker had nothing to play
	Overruns   uint64 // times microphone or speaker samples had to be thrown away
	LateBlocks uint64 // times the loop came more than a block too late
	Blocks     uint64 // blocks mixed
}
