package sdp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	pion "github.com/pion/sdp/v3"
)

// What is sent in practice and is against the grammar.
func TestTolerance(t *testing.T) {
	for name, text := range map[string]string{
		"as it should be":         "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n",
		"no s=":                   "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n",
		"no t=":                   "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\n",
		"line feeds":              "v=0\no=a 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 8\n",
		"carriage returns":        "v=0\ro=a 1 1 IN IP4 192.0.2.1\rs=-\rc=IN IP4 192.0.2.1\rt=0 0\rm=audio 4000 RTP/AVP 8\r",
		"no last line end":        "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8",
		"c= after t=":             "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\n",
		"c= after the attributes": "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\nc=IN IP4 192.0.2.1\r\n",
		"c= first":                "c=IN IP4 192.0.2.1\r\nv=0\r\no=a 1 1 IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\n",
		"spaces in the o= user":   "v=0\r\no=a b c 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n",
		"junk":                    "hello\r\nv=0\r\n\r\n\x00\xff=\r\n=\r\nx\r\no=short\r\nc=IN IP4 192.0.2.1\r\nc=\r\nm=audio 4000 RTP/AVP 8\r\nc=IN IP4 192.0.2.1/127\r\na\r\na=\r\na=:\r\n",
		"spaces everywhere":       " v=0 \r\n o=a 1 1 IN IP4 192.0.2.1\r\nc= IN  IP4  192.0.2.1 \r\nm= audio  4000  RTP/AVP  8 \r\n",
		"byte order mark":         "\ufeffv=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000/1 RTP/AVP 8\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			_, agreed, err := Answer(s, ours(pcma))
			if err != nil || agreed.Remote.String() != "192.0.2.1:4000" {
				t.Errorf("%v, %v", agreed.Remote, err)
			}
		})
	}
}

func TestImpossibleNumbers(t *testing.T) {
	for _, ptime := range []string{"0", "65535", "-20", "x", "99999999999999999999", ""} {
		s, err := Parse([]byte("m=audio 4000 RTP/AVP 8\na=ptime:" + ptime + "\na=maxptime:" + ptime))
		if err != nil || s.Media[0].Ptime != 0 || s.Media[0].MaxPtime != 0 {
			t.Errorf("ptime %q: %+v, %v", ptime, s.Media[0], err)
		}
	}
	for _, m := range []string{"audio 65536 RTP/AVP 8", "audio -1 RTP/AVP 8", "audio x RTP/AVP 8", "audio", ""} {
		s, err := Parse([]byte("m=" + m))
		if err != nil || len(s.Media) != 1 || s.Media[0].Port != 0 {
			t.Errorf("m=%s: %+v, %v", m, s, err)
		}
	}
	for _, rtpmap := range []string{"8 PCMA/0", "8 PCMA/-8000", "8 PCMA", "8 PCMA/99999999999", "300 PCMA/8000", "8", ""} {
		s, err := Parse([]byte("m=audio 4000 RTP/AVP 300 8 128 x\na=rtpmap:" + rtpmap + "\na=fmtp:999 x\na=rtcp:99999"))
		if err != nil || s.Media[0].RTCPPort != 0 {
			t.Fatal(err)
		}
		for _, c := range s.Media[0].Codecs {
			if c.Clock <= 0 || c.PT > 127 || c.Channels < 1 {
				t.Errorf("rtpmap %q: %+v", rtpmap, c)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	many := func(n int) []byte {
		return []byte("c=IN IP4 192.0.2.1\n" + strings.Repeat("m=audio 4000 RTP/AVP 8\n", n))
	}
	s, err := Parse(many(MaxMedia))
	if err != nil || len(s.Media) != MaxMedia {
		t.Fatalf("%d streams: %v", MaxMedia, err)
	}
	answer, _, err := Answer(s, ours(pcma))
	if err != nil || len(answer.Media) != MaxMedia || answer.Media[0].Port == 0 || answer.Media[1].Port != 0 {
		t.Errorf("answer to %d streams: %v", MaxMedia, err)
	}
	if _, err := Parse(many(MaxMedia + 1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d streams: %v", MaxMedia+1, err)
	}
	if _, err := Parse(bytes.Repeat([]byte("a=x\n"), MaxSize/4+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("large: %v", err)
	}
	s, err = Parse([]byte("m=audio 4000 RTP/AVP" + strings.Repeat(" 8", 20000) + "\n" + strings.Repeat("a=x\n", 4000)))
	if err != nil || len(s.Media[0].Formats) > maxFormats || len(s.Media[0].Codecs) != 1 || len(s.Media[0].Attributes) > maxAttributes {
		t.Errorf("many formats and attributes: %v", err)
	}
	for _, text := range []string{"", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", strings.Repeat("\x00", 1000)} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestForeignTextStartsNoLine(t *testing.T) {
	s := Offer(ours(opus))
	s.Name, s.Origin.User = "x\r\na=evil", "a b\nm=evil"
	s.Media[0].Attributes = []Attribute{{"k", "v\r\na=evil"}}
	for line := range strings.SplitSeq(string(s.Bytes()), "\r\n") {
		if line == "a=evil" || line == "m=evil" {
			t.Errorf("injected %q", line)
		}
	}
}

// agreesWithPion checks a description of ours against another reader.
func agreesWithPion(t *testing.T, s *Session) {
	t.Helper()
	text := s.Bytes()
	var p pion.SessionDescription
	if err := p.Unmarshal(text); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if len(p.MediaDescriptions) != len(s.Media) {
		t.Fatalf("%d streams, pion sees %d", len(s.Media), len(p.MediaDescriptions))
	}
	for i, m := range p.MediaDescriptions {
		if m.MediaName.Port.Value != s.Media[i].Port || m.MediaName.Media != s.Media[i].Kind {
			t.Errorf("stream %d is %+v, pion sees %+v", i, s.Media[i], m.MediaName)
		}
		for _, c := range s.Media[i].Codecs {
			got, err := p.GetCodecForPayloadType(c.PT)
			if err != nil || !strings.EqualFold(got.Name, c.Name) || int(got.ClockRate) != c.Clock || got.Fmtp != c.Fmtp {
				t.Errorf("%+v, pion sees %+v, %v", c, got, err)
			}
		}
	}
}

func TestWriterAgainstPion(t *testing.T) {
	offer := Offer(ours(opus, pcma, pcmu))
	agreesWithPion(t, offer)
	text, err := Parse([]byte(head(conn) + video + "m=audio 4000 RTP/AVP 8 111 101\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtcp:4001\r\na=ptime:20\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	answer, _, err := Answer(text, ours(opus, pcma))
	if err != nil {
		t.Fatal(err)
	}
	agreesWithPion(t, answer)
	agreesWithPion(t, text)
}

// What was read and is written again reads the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(head(conn) + video + "m=audio 49170 RTP/AVP 0 8 97\r\na=rtpmap:97 opus/48000/2\r\na=fmtp:97 useinbandfec=1\r\na=rtcp:5 IN IP4 192.0.2.1\r\na=ptime:20\r\n"))
	f.Add(Offer(ours(opus, pcma)).Bytes())
	f.Add([]byte(audioOffer("c=IN IP4 192.0.2.3\r\n", iceOffer+"a=remote-candidates:1 192.0.2.9 7\r\na=ice-options:ice2\r\na=ice-mismatch\r\n")))
	f.Add([]byte(head(conn) + "a=fingerprint:sha-256 00\r\na=setup:actpass\r\nm=audio 9 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" +
		key30 + "|2^20|1:4 WSH=64\r\n" + fingerprintLine + "a=setup:active\r\na=tls-id:1\r\n"))
	f.Add([]byte("m=\na=rtpmap:0\na=rtcp: \nc=\no=a b c d e f g\na=:::\nm=audio 1 RTP/AVP 0 0 0\nc=IN IP6 ::/1/2"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		// The first writing puts right what the grammar asks for; after that nothing changes any more.
		s, err = Parse(s.Bytes())
		if errors.Is(err, ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		once := s.Bytes()
		again, err := Parse(once)
		if errors.Is(err, ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatalf("%v in\n%q", err, once)
		}
		if twice := again.Bytes(); !bytes.Equal(once, twice) {
			t.Fatalf("%q then %q", once, twice)
		}
		if answer, agreed, err := Answer(s, ours(opus, pcma, pcmu)); err == nil {
			if len(answer.Media) != len(s.Media) || len(agreed.Formats) == 0 {
				t.Fatal("an answer that is none")
			}
			if _, err := Parse(answer.Bytes()); err != nil && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			_ = fmt.Sprint(agreed)
		}
		if _, err := Accept(Offer(ours(opus, pcma)), s); err != nil {
			return
		}
	})
}
