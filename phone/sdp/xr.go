package sdp

import "strings"

// XR is which extended reports (RFC 3611) one side of a stream would like to be sent.
type XR struct {
	VoIPMetrics  bool // how the stream sounds there (4.7)
	ReceiverTime bool // who only listens can measure the round trip too (4.4, 4.5)
}

const xrAttribute = "rtcp-xr"

// attribute is its a= line (RFC 3611 5.1).
func (x XR) attribute() (Attribute, bool) {
	var words []string
	if x.ReceiverTime {
		words = append(words, "rcvr-rtt=all")
	}
	if x.VoIPMetrics {
		words = append(words, "voip-metrics")
	}
	return Attribute{Key: xrAttribute, Value: strings.Join(words, " ")}, len(words) > 0
}

// xr reads what the peer would like; of a stream, or else of the whole session. What is not understood is not wanted.
func (s *Session) xr(m *Media) XR {
	var out XR
	for _, list := range [][]Attribute{m.Attributes, s.Attributes} {
		for _, a := range list {
			if !strings.EqualFold(a.Key, xrAttribute) {
				continue
			}
			for word := range strings.FieldsSeq(strings.ToLower(a.Value)) {
				name, _, _ := strings.Cut(word, "=")
				switch name {
				case "voip-metrics":
					out.VoIPMetrics = true
				case "rcvr-rtt":
					out.ReceiverTime = true
				}
			}
		}
		if out != (XR{}) {
			break
		}
	}
	return out
}
