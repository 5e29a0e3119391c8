package directory

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"svara/phone"
)

const (
	connectPatience = 10 * time.Second
	answerPatience  = 60 * time.Second // until an answer begins, or goes on
	pageLimit       = 32 << 20         // bytes of one page of JSON, or of one entry of XML
	hops            = 5                // redirects followed
)

// newClient makes the client one reading uses. Credentials are not in it.
func newClient(b phone.Book) (*http.Client, error) {
	conf, err := tlsConfig(b)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: connectPatience}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSClientConfig: conf, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: connectPatience, ResponseHeaderTimeout: answerPatience, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: 1 << 20, MaxIdleConnsPerHost: 2,
		},
		CheckRedirect: sameServer,
	}, nil
}

// tlsConfig trusts what the machine trusts, or only the book's own authority.
func tlsConfig(b phone.Book) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if b.CAFile == "" {
		return conf, nil
	}
	pem, err := os.ReadFile(b.CAFile)
	if err != nil {
		return nil, phone.Refuse(phone.ReasonBadBook, "ca_file: "+plain(err.Error()))
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(pem) {
		return nil, phone.Refuse(phone.ReasonBadBook, "ca_file: no certificate in it")
	}
	return conf, nil
}

var errElsewhere = errors.New("the server sends us to another server")

// sameServer follows redirects that stay where the password belongs: same host and port, never from https to http.
func sameServer(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > hops {
		return errors.New("the server sends us round in circles")
	}
	if req.URL.Host != first.Host && !(req.URL.Hostname() == first.Hostname() && req.URL.Scheme == "https" && first.Scheme == "http") ||
		first.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("%w (%s)", errElsewhere, req.URL.Host)
	}
	return nil
}

// statusError is an answer that is none of the good ones.
type statusError struct {
	code int
	text string // what the server says about it; may be empty
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%d %s %s", e.code, http.StatusText(e.code), e.text)
}

func (e *statusError) reason() phone.Reason {
	switch e.code {
	case http.StatusUnauthorized:
		return phone.Reason{ID: phone.ReasonWrongPassword, Code: e.code}
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return phone.Reason{ID: phone.ReasonNoReply, Code: e.code}
	}
	return phone.Reason{ID: phone.ReasonBookFailed, Code: e.code, Text: plain(e.Error())}
}

// limited is a body of which each part may have so many bytes: an endless answer ends in an error, not in memory.
type limited struct {
	r          io.Reader
	most, left int64
}

var errTooLong = errors.New("the answer is too long")

func limit(r io.Reader) *limited { return &limited{r: r, most: pageLimit, left: pageLimit} }

// again begins the next part.
func (l *limited) again() { l.left = l.most }

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}
