package sdp

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

var (
	us   = netip.MustParseAddr("192.0.2.7")
	opus = Codec{PT: 96, Name: "opus", Clock: 48000, Channels: 2, Fmtp: "useinbandfec=1"}
	pcma = Codec{PT: 8, Name: "PCMA", Clock: 8000, Channels: 1}
	pcmu = Codec{PT: 0, Name: "PCMU", Clock: 8000, Channels: 1}
)

func ours(codecs ...Codec) Capabilities {
	return Capabilities{
		Origin: Origin{ID: "1", Version: "1"}, Addr: us, Port: 40000, Mux: true, Codecs: codecs,
		Events: []Codec{Event(101, 8000), Event(102, 48000)}, Ptime: 20, Direction: SendRecv,
	}
}

// RFC 3264 6.1 and 8.4: every offered direction against every wish.
func TestDirectionOfAnAnswer(t *testing.T) {
	want := map[Direction]map[Direction]Direction{ // offered, wished, answered
		SendRecv: {SendRecv: SendRecv, SendOnly: SendOnly, RecvOnly: RecvOnly, Inactive: Inactive},
		SendOnly: {SendRecv: RecvOnly, SendOnly: Inactive, RecvOnly: RecvOnly, Inactive: Inactive},
		RecvOnly: {SendRecv: SendOnly, SendOnly: SendOnly, RecvOnly: Inactive, Inactive: Inactive},
		Inactive: {SendRecv: Inactive, SendOnly: Inactive, RecvOnly: Inactive, Inactive: Inactive},
	}
	for offered, row := range want {
		for wish, answered := range row {
			offer := Offer(Capabilities{Addr: us, Port: 5000, Codecs: []Codec{pcma}, Direction: offered})
			local := ours(pcma)
			local.Direction = wish
			answer, agreed, err := Answer(offer, local)
			if err != nil {
				t.Fatal(err)
			}
			if got := answer.Media[0].Direction; got != answered || agreed.Direction != answered {
				t.Errorf("%s offered, %s wished: answered %s, agreed %s, want %s", offered, wish, got, agreed.Direction, answered)
			}
			// The offerer comes to the same flow, seen from its side.
			back, err := Accept(offer, answer)
			if err != nil {
				t.Fatal(err)
			}
			if back.Direction != answered.Reverse() {
				t.Errorf("%s offered, %s answered: offerer does %s", offered, answered, back.Direction)
			}
			if agreed.RemoteHold() == offered.Receives() {
				t.Errorf("%s offered: hold %v", offered, agreed.RemoteHold())
			}
		}
	}
}

// exchange is an offer in text and what the answer must hold.
type exchange struct {
	name    string
	offer   string
	local   Capabilities
	err     error
	streams []string // m-lines of the answer
	want    []string // other lines it must have
	not     []string // what must not be in it
	codecs  []string // agreed, "name/send/recv"
	remote  string
	rtcp    string
	holds   bool
}

const video = "m=video 51372 RTP/AVP 31 32\r\na=rtpmap:31 H261/90000\r\na=rtpmap:32 MPV/90000\r\n"

func head(conn string) string {
	return "v=0\r\no=alice 2890844526 2890844526 IN IP4 192.0.2.101\r\ns=\r\n" + conn + "t=0 0\r\n"
}

const conn = "c=IN IP4 192.0.2.101\r\n"

// The flows of RFC 4317 with addresses for its host names, as far as they are about sound, and what PBXs send.
func TestAnswers(t *testing.T) {
	audio := "m=audio 49170 RTP/AVP 0 8 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:97 iLBC/8000\r\n"
	for _, x := range []exchange{
		{name: "RFC 4317 2.1 audio and video", offer: head(conn) + audio + video, local: ours(pcmu),
			streams: []string{"m=audio 40000 RTP/AVP 0", "m=video 0 RTP/AVP 31 32"}, codecs: []string{"PCMU/0/0"},
			remote: "192.0.2.101:49170", rtcp: "192.0.2.101:49171", want: []string{"t=0 0", "a=sendrecv"}},
		{name: "RFC 4317 2.2 several codecs, our order", offer: head(conn) + audio, local: ours(pcma, pcmu),
			streams: []string{"m=audio 40000 RTP/AVP 8 0"}, codecs: []string{"PCMA/8/8", "PCMU/0/0"}},
		{name: "RFC 4317 2.3 nothing in common", offer: head(conn) + "m=audio 49170 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n",
			local: ours(pcma), err: ErrNoCodec},
		{name: "RFC 4317 2.4 two audio streams, the first refused for its codec",
			offer: head(conn) + "m=audio 49170 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\nm=audio 49172 RTP/AVP 0 98\r\na=rtpmap:98 telephone-event/8000\r\n",
			local: ours(pcmu), streams: []string{"m=audio 0 RTP/AVP 97", "m=audio 40000 RTP/AVP 0 98"},
			want: []string{"a=rtpmap:98 telephone-event/8000"}, remote: "192.0.2.101:49172"},
		{name: "RFC 4317 2.4 two usable ones, the first taken",
			offer: head(conn) + "m=audio 49170 RTP/AVP 0\r\nm=audio 49172 RTP/AVP 8\r\na=recvonly\r\n",
			local: ours(pcmu, pcma), streams: []string{"m=audio 40000 RTP/AVP 0", "m=audio 0 RTP/AVP 8"}},
		{name: "RFC 4317 3.1 hold", offer: head(conn) + "m=audio 49170 RTP/AVP 0\r\na=sendonly\r\n", local: ours(pcmu),
			want: []string{"a=recvonly"}, holds: true, remote: "192.0.2.101:49170"},
		{name: "RFC 4317 3.1 hold, session-level", offer: head(conn+"a=inactive\r\n") + "m=audio 49170 RTP/AVP 0\r\n",
			local: ours(pcmu), want: []string{"a=inactive"}, holds: true},
		{name: "media-level direction wins", offer: head(conn+"a=inactive\r\n") + "m=audio 49170 RTP/AVP 0\r\na=sendrecv\r\n",
			local: ours(pcmu), want: []string{"a=sendrecv"}},
		{name: "RFC 4317 4 added stream later refused", offer: head(conn) + "m=audio 49170 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n",
			local: ours(pcmu), streams: []string{"m=audio 40000 RTP/AVP 0", "m=video 0 RTP/AVP 31"}},
		{name: "RFC 4317 5 old hold", offer: head("c=IN IP4 0.0.0.0\r\n") + "m=audio 49170 RTP/AVP 0\r\n", local: ours(pcmu),
			want: []string{"a=recvonly"}, holds: true, remote: "invalid AddrPort", rtcp: "invalid AddrPort"},
		{name: "old hold, sendonly and IPv6", offer: head("c=IN IP6 ::\r\n") + "m=audio 49170 RTP/AVP 0\r\na=sendonly\r\n",
			local: ours(pcmu), want: []string{"a=recvonly"}, holds: true},
		{name: "stream off", offer: head(conn) + "m=audio 0 RTP/AVP 0\r\n", local: ours(pcmu), err: ErrNoAudio},
		{name: "no streams", offer: head(conn), local: ours(pcmu), err: ErrNoAudio},
		{name: "no address", offer: head("") + "m=audio 49170 RTP/AVP 0\r\n", local: ours(pcmu), err: ErrNoAddress},
		{name: "encrypted only", offer: head(conn) + "m=audio 49170 RTP/SAVP 0\r\n", local: ours(pcmu), err: ErrNoAudio},
		{name: "encrypted refused, clear taken", offer: head(conn) + "m=audio 49170 RTP/SAVP 0\r\nm=audio 49172 RTP/AVP 0\r\n",
			local: ours(pcmu), streams: []string{"m=audio 0 RTP/SAVP 0", "m=audio 40000 RTP/AVP 0"}},
		{name: "offerer's numbers", offer: head(conn) + "m=audio 4 RTP/AVP 111 8 126 110\r\na=rtpmap:111 OPUS/48000/2\r\na=fmtp:111 minptime=10\r\n" +
			"a=rtpmap:126 telephone-event/8000\r\na=rtpmap:110 telephone-event/48000\r\n", local: ours(opus, pcma),
			streams: []string{"m=audio 40000 RTP/AVP 111 8 110 126"}, codecs: []string{"opus/111/111", "PCMA/8/8"},
			want: []string{"a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1", "a=rtpmap:110 telephone-event/48000"}},
		{name: "opus as one channel", offer: head(conn) + "m=audio 4 RTP/AVP 111\r\na=rtpmap:111 opus/48000\r\n", local: ours(opus),
			codecs: []string{"opus/111/111"}},
		{name: "opus at a clock it has not", offer: head(conn) + "m=audio 4 RTP/AVP 111\r\na=rtpmap:111 opus/8000\r\n", local: ours(opus),
			err: ErrNoCodec},
		{name: "clock 0", offer: head(conn) + "m=audio 4 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/0\r\n", local: ours(pcmu, pcma),
			codecs: []string{"PCMA/8/8"}},
		{name: "mux", offer: head(conn) + "m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n", local: ours(pcmu),
			want: []string{"a=rtcp-mux"}, rtcp: "192.0.2.101:4000"},
		{name: "no mux unless offered", offer: head(conn) + "m=audio 4000 RTP/AVP 0\r\n", local: ours(pcmu), not: []string{"rtcp-mux"}},
		{name: "RTCP elsewhere", offer: head(conn) + "m=audio 4000 RTP/AVP 0\r\na=rtcp:53020 IN IP4 192.0.2.9\r\n", local: ours(pcmu),
			rtcp: "192.0.2.9:53020"},
		{name: "RTCP port", offer: head(conn) + "m=audio 4000 RTP/AVP 0\r\na=rtcp:53020\r\n", local: ours(pcmu), rtcp: "192.0.2.101:53020"},
		{name: "port 65535 has none above it", offer: head(conn) + "m=audio 65535 RTP/AVP 0\r\n", local: ours(pcmu), rtcp: "invalid AddrPort"},
		{name: "media-level address", offer: head(conn) + "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n", local: ours(pcmu),
			remote: "[2001:db8::1]:4000"},
		{name: "no header at all", offer: "m=audio 4000 RTP/AVP 8\nc=IN IP4 192.0.2.1", local: ours(pcma), remote: "192.0.2.1:4000"},
		{name: "odd time is not repeated", offer: "v=0\nt=0 0 <x>\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 8\n", local: ours(pcma),
			want: []string{"t=0 0"}, not: []string{"<x>"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			offer, err := Parse([]byte(x.offer))
			if err != nil {
				t.Fatal(err)
			}
			answer, agreed, err := Answer(offer, x.local)
			if !errors.Is(err, x.err) || (err != nil) != (x.err != nil) {
				t.Fatalf("error %v, want %v", err, x.err)
			}
			if err != nil {
				return
			}
			text := string(answer.Bytes())
			lines := strings.Split(text, "\r\n")
			if x.streams != nil {
				got := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.HasPrefix(l, "m=") })
				want := slices.Clone(x.streams)
				for i := range want { // events follow the codecs when they were offered
					if !slices.Equal(got, want) && i < len(got) && strings.HasPrefix(got[i], want[i]) && strings.Contains(x.offer, "telephone-event") {
						want[i] = got[i]
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("streams %q, want %q", got, want)
				}
			}
			for _, w := range x.want {
				if !slices.Contains(lines, w) {
					t.Errorf("lacks %q:\n%s", w, text)
				}
			}
			for _, w := range x.not {
				if strings.Contains(text, w) {
					t.Errorf("has %q:\n%s", w, text)
				}
			}
			var codecs []string
			for _, f := range agreed.Formats {
				codecs = append(codecs, f.Name+"/"+decimal(f.Send)+"/"+decimal(f.Recv))
			}
			if x.codecs != nil && !slices.Equal(codecs, x.codecs) {
				t.Errorf("agreed %q, want %q", codecs, x.codecs)
			}
			if x.remote != "" && agreed.Remote.String() != x.remote {
				t.Errorf("remote %s, want %s", agreed.Remote, x.remote)
			}
			if x.rtcp != "" && agreed.RemoteRTCP.String() != x.rtcp {
				t.Errorf("RTCP %s, want %s", agreed.RemoteRTCP, x.rtcp)
			}
			if agreed.RemoteHold() != x.holds {
				t.Errorf("hold %v, want %v", agreed.RemoteHold(), x.holds)
			}
		})
	}
}

func decimal(n uint8) string {
	return strings.TrimLeft(string([]byte{'0' + n/100, '0' + n/10%10, '0' + n%10}), "0") + map[bool]string{true: "0"}[n == 0]
}

func TestAccept(t *testing.T) {
	offer := Offer(ours(opus, pcma, pcmu))
	for _, x := range []struct {
		name, answer string
		err          error
		codecs       string
		events       int // clock of the first telephone-event, 0 none
		mux          bool
	}{
		{"answerer's order", head(conn) + "m=audio 9 RTP/AVP 0 8\r\n", nil, "PCMU/0/0 PCMA/8/8", 0, false},
		{"other numbers than ours", head(conn) + "m=audio 9 RTP/AVP 120 99\r\na=rtpmap:120 opus/48000/2\r\na=rtpmap:99 telephone-event/8000\r\n", nil, "opus/120/96", 8000, false},
		{"events in both clocks", head(conn) + "m=audio 9 RTP/AVP 8 101 102\r\na=rtpmap:102 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n", nil, "PCMA/8/8", 8000, false},
		{"events in the sound's clock", head(conn) + "m=audio 9 RTP/AVP 96 101 102\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:102 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n", nil, "opus/96/96", 48000, false},
		{"mux", head(conn) + "m=audio 9 RTP/AVP 8\r\na=rtcp-mux\r\n", nil, "PCMA/8/8", 0, true},
		{"refused", head(conn) + "m=audio 0 RTP/AVP 8\r\n", ErrNoAudio, "", 0, false},
		{"a codec we did not offer", head(conn) + "m=audio 9 RTP/AVP 18\r\n", ErrNoCodec, "", 0, false},
		{"streams out of order", head(conn) + "m=video 0 RTP/AVP 31\r\nm=audio 9 RTP/AVP 8\r\n", nil, "PCMA/8/8", 0, false},
		{"nothing", head(conn), ErrNoAudio, "", 0, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			answer, err := Parse([]byte(x.answer))
			if err != nil {
				t.Fatal(err)
			}
			agreed, err := Accept(offer, answer)
			if !errors.Is(err, x.err) || (err != nil) != (x.err != nil) {
				t.Fatalf("error %v, want %v", err, x.err)
			}
			if err != nil {
				return
			}
			var codecs []string
			for _, f := range agreed.Formats {
				codecs = append(codecs, f.Name+"/"+decimal(f.Send)+"/"+decimal(f.Recv))
			}
			if got := strings.Join(codecs, " "); got != x.codecs {
				t.Errorf("agreed %s, want %s", got, x.codecs)
			}
			clock := 0
			if len(agreed.Events) > 0 {
				clock = agreed.Events[0].Clock
			}
			if clock != x.events || agreed.Mux != x.mux {
				t.Errorf("events %d, mux %v", clock, agreed.Mux)
			}
		})
	}
}

// RFC 7587 section 6.1, and what is no such number.
func TestTheMostThatAPeerTakes(t *testing.T) {
	for fmtp, most := range map[string]int{
		"":                        0,
		"useinbandfec=1":          0,
		"maxaveragebitrate=20000": 20000,
		"minptime=10; MaxAverageBitRate = 32000 ;useinbandfec=1": 32000,
		"maxaveragebitrate=0":                    0,
		"maxaveragebitrate=-5":                   0,
		"maxaveragebitrate=99999999999999999999": 0,
		"maxaveragebitrate":                      0,
		"xmaxaveragebitrate=8000":                0,
	} {
		theirs := opus
		theirs.Fmtp = fmtp
		_, agreed, err := Answer(Offer(Capabilities{Addr: us, Port: 5000, Codecs: []Codec{theirs}, Direction: SendRecv}), ours(opus))
		if err != nil {
			t.Fatal(err)
		}
		if got := agreed.Formats[0].Most; got != most {
			t.Errorf("%q: %d, want %d", fmtp, got, most)
		}
	}
}
