package team

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"svara/phone"
)

// ClientConfig says how a team server is reached. URL is required.
type ClientConfig struct {
	URL    string // "https://team.example.com"; http only on this computer, or with Plain
	Token  string
	CAFile string // PEM of an authority trusted besides the system's
	Pin    string // SHA-256 of the server's SubjectPublicKeyInfo, 64 hex digits: this certificate and no other
	Plain  bool   // http to other computers too
	Agent  string // the program, shown among the signed-in devices
}

// Client speaks with a team server. It has no goroutines of its own: what is begun ends with its context. Errors are *Fault
// when the server said no, *phone.Error when it cannot be reached.
type Client struct {
	base  *url.URL
	agent string
	token atomic.Pointer[string]
	http  *http.Client
	wire  *http.Transport
}

// answerTime is how long an answer may take; the server gives exchanges less.
const answerTime = 20 * time.Second

// maxAnswer is how large an answer may be: 200 entries of the log with the longest notes, and room.
const maxAnswer = 8 << 20

// maxSound is how large a sound may be: half an hour at 16 kHz.
const maxSound = 64 << 20

// NewClient makes a client; nothing is sent yet.
func NewClient(c ClientConfig) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(c.URL, "/"))
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, phone.Refuse(phone.ReasonBadTarget, c.URL)
	}
	switch base.Scheme {
	case "https":
	case "http":
		if !c.Plain && !loopback(base.Hostname()) {
			return nil, phone.Refuse(phone.ReasonNotEncrypted, c.URL)
		}
	default:
		return nil, phone.Refuse(phone.ReasonBadTarget, c.URL)
	}
	config, err := trust(c)
	if err != nil {
		return nil, err
	}
	out := &Client{base: base, agent: c.Agent}
	out.SetToken(c.Token)
	out.wire = &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 2,
		IdleConnTimeout: time.Minute, DialContext: (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	}
	out.http = &http.Client{Transport: out.wire, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return out, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// trust is which servers are believed.
func trust(c ClientConfig) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, phone.Refuse(phone.ReasonBadFile, c.CAFile)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, phone.Refuse(phone.ReasonBadFile, c.CAFile)
		}
	}
	if c.Pin != "" {
		pin, err := hex.DecodeString(c.Pin)
		if err != nil || len(pin) != sha256.Size {
			return nil, phone.Refuse(phone.ReasonCertificate, "pin")
		}
		// The pin says who it is: names, dates and authorities add nothing to it.
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(s tls.ConnectionState) error {
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if !bytes.Equal(sum[:], pin) {
				return phone.Refuse(phone.ReasonCertificate, "pin")
			}
			return nil
		}
	}
	return config, nil
}

// SetToken is whose requests they are from now on.
func (c *Client) SetToken(token string) { c.token.Store(&token) }

// Close lets go of connections that are not in use. What is under way ends with its own context.
func (c *Client) Close() { c.wire.CloseIdleConnections() }

// request makes a request of the API. in is its body, nil for none.
func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	kind := "application/json"
	if sound, ok := in.(wave); ok {
		body, kind = bytes.NewReader(sound), WaveType
	} else if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base.String()+"/api/v1/"+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		r.Header.Set("Content-Type", kind)
	}
	if token := *c.token.Load(); token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("User-Agent", c.agent)
	return r, nil
}

// Do is one operation of the API, described in assets/team/openapi.json: path without "/api/v1/", its parts escaped with
// [url.PathEscape]; in and out may be nil.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	data, err := c.answer(ctx, method, path, in, maxAnswer)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil || len(data) > maxAnswer {
		return fmt.Errorf("the team server's answer to %s %s: %w", method, path, errors.Join(err, phone.Refuse(phone.ReasonBookFailed, "")))
	}
	return nil
}

// Sound is the sound that a path of the API answers with, as it was recorded.
func (c *Client) Sound(ctx context.Context, path string) ([]byte, error) {
	data, err := c.answer(ctx, http.MethodGet, path, nil, maxSound)
	if err == nil && len(data) > maxSound {
		return nil, phone.Refuse(phone.ReasonBadSound, "")
	}
	return data, err
}

// WaveType is the media type of sounds that are sent to the server.
const WaveType = "audio/wav"

// PutSound sends a WAV file to a path of the API.
func (c *Client) PutSound(ctx context.Context, path string, sound []byte) error {
	_, err := c.answer(ctx, http.MethodPut, path, wave(sound), maxAnswer)
	return err
}

// wave is a body that is a sound.
type wave []byte

// answer is the body of an answer, cut off after limit and one byte.
func (c *Client) answer(ctx context.Context, method, path string, in any, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	r, err := c.request(ctx, method, path, in)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, unreachable(err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fault(resp, data)
	}
	return data, nil
}

// fault is an answer that is not 200. What is no team server's is one that is away.
func fault(resp *http.Response, data []byte) error {
	f := &Fault{}
	if err := json.Unmarshal(data, f); err != nil || f.Code == "" {
		f = &Fault{Code: CodeUnavailable}
	}
	f.Status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && f.RetryS == 0 {
		f.RetryS = max(0, min(s, 3600))
	}
	return f
}

// unreachable says why a server cannot be reached.
func unreachable(err error) error {
	var (
		refusal   *phone.Error
		unknown   x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		nameless  *net.DNSError
		record    tls.RecordHeaderError
		operation *net.OpError
	)
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &unknown):
		return phone.Refuse(phone.ReasonCertificate, "authority")
	case errors.As(err, &name):
		return phone.Refuse(phone.ReasonCertificate, "name")
	case errors.As(err, &invalid):
		return phone.Refuse(phone.ReasonCertificate, map[bool]string{true: "expired", false: "authority"}[invalid.Reason == x509.Expired])
	case errors.As(err, &record):
		return phone.Refuse(phone.ReasonCertificate, "protocol")
	case errors.As(err, &nameless):
		return phone.Refuse(phone.ReasonUnknownHost, nameless.Name)
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &operation) && operation.Op == "dial" && !operation.Timeout():
		return phone.Refuse(phone.ReasonRefused, "")
	}
	return phone.Refuse(phone.ReasonNoReply, "")
}

// SignIn gets a token for this device and uses it from now on.
func (c *Client) SignIn(ctx context.Context, user, password, device string) (Token, error) {
	var t Token
	err := c.Do(ctx, http.MethodPost, "sign-in", SignIn{User: user, Password: password, Device: device}, &t)
	if err == nil {
		c.SetToken(t.Token)
	}
	return t, err
}

// SignOut gives the token back.
func (c *Client) SignOut(ctx context.Context) error {
	err := c.Do(ctx, http.MethodPost, "sign-out", nil, nil)
	if err == nil {
		c.SetToken("")
	}
	return err
}
