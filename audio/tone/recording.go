package tone

import "svara/audio"

// Recording is the beep that tells the other side of a recording, 200 ms of house sound: 1400 Hz, as telephone recorders
// have long told of themselves, half as loud as the other tones because it comes into a conversation.
func Recording() []int16 {
	pcm := make([]int16, audio.Rate/5)
	newPlayer(false, on(200, 1400)).Read(pcm)
	for i, v := range pcm {
		pcm[i] = v / 2
	}
	return pcm
}
