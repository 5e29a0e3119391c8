package sdp

import (
	"strings"
	"testing"
)

func TestExtendedReports(t *testing.T) {
	local := ours(pcma)
	local.XR = XR{VoIPMetrics: true, ReceiverTime: true}
	offer := Offer(local)
	if body := string(offer.Bytes()); !strings.Contains(body, "a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n") {
		t.Errorf("offered:\n%s", body)
	}
	for name, c := range map[string]struct {
		theirs string // lines of the peer's stream, and of its session after a bar
		want   XR
	}{
		"nothing":        {"", XR{}},
		"both":           {"a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup voip-metrics\r\n", local.XR},
		"one":            {"a=RTCP-XR: VoIP-Metrics \r\n", XR{VoIPMetrics: true}},
		"in two lines":   {"a=rtcp-xr:voip-metrics\r\na=rtcp-xr:rcvr-rtt=sender\r\n", local.XR},
		"of the session": {"|a=rtcp-xr:voip-metrics\r\n", XR{VoIPMetrics: true}},
		"none wanted":    {"a=rtcp-xr\r\n", XR{}},
		"unknown":        {"a=rtcp-xr:" + strings.Repeat("x=", 500) + " pkt-loss-rle=400\r\n", XR{}},
	} {
		stream, session, _ := strings.Cut(c.theirs, "|")
		theirs, err := Parse([]byte(head(conn) + session + "m=audio 4000 RTP/AVP 8\r\n" + stream))
		if err != nil {
			t.Fatal(err)
		}
		answer, agreed, err := Answer(theirs, local)
		if err != nil {
			t.Fatal(err)
		}
		if agreed.XR != c.want {
			t.Errorf("%s: %+v", name, agreed.XR)
		}
		if told := strings.Contains(string(answer.Bytes()), "rtcp-xr"); told != (c.want != XR{}) {
			t.Errorf("%s: answered: %t", name, told)
		}
		if agreed, err = Accept(offer, theirs); err != nil || agreed.XR != c.want {
			t.Errorf("%s, as an answer: %+v %v", name, agreed.XR, err)
		}
	}
}
