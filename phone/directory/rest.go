package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"svara/phone"
)

const (
	busyTries    = 5               // how often a server may say that it is busy
	busyPatience = 2 * time.Minute // the longest wait it may ask for
)

// getJSON asks an API and reads the answer into out, patiently while the server says that it is too busy.
func getJSON(ctx context.Context, r *reading, address *url.URL, out any) error {
	for try := 0; ; try++ {
		wait, err := getOnce(ctx, r, address, out)
		if err == nil || wait == 0 || try == busyTries {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// getOnce asks once. With an error, wait is how long the server wants to be left alone; 0 is that asking again is no use.
func getOnce(ctx context.Context, r *reading, address *url.URL, out any) (wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return 0, fmt.Errorf("ask %s: %w", address.Host, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Prefer", "odata.maxpagesize=500")
	answer, err := r.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask %s: %w", address.Host, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		err := &statusError{code: answer.StatusCode, text: faultText(answer.Body)}
		if answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable {
			seconds, bad := strconv.Atoi(answer.Header.Get("Retry-After"))
			if wait = time.Duration(seconds) * time.Second; bad == nil && wait > 0 && wait <= busyPatience {
				return wait, err
			}
		}
		return 0, err
	}
	if err := json.NewDecoder(limit(answer.Body)).Decode(out); err != nil {
		return 0, brokenJSON(err)
	}
	return 0, nil
}

// brokenJSON tells a broken answer from one that stopped coming.
func brokenJSON(err error) error {
	var (
		syntax *json.SyntaxError
		other  *json.UnmarshalTypeError
	)
	if errors.As(err, &syntax) || errors.As(err, &other) {
		return phone.Refuse(phone.ReasonBookFailed, "broken JSON: "+plain(err.Error()))
	}
	return fmt.Errorf("read the answer: %w", err)
}

// faultText is what Microsoft and Google say about a fault: its code and words.
func faultText(body io.Reader) string {
	var fault struct {
		Error struct {
			Code    any    `json:"code"`
			Status  string `json:"status"`
			Message string `json:"message"`
			Details []struct {
				Reason string `json:"reason"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.NewDecoder(io.LimitReader(body, 64<<10)).Decode(&fault) != nil {
		return ""
	}
	text := fault.Error.Message
	if code, ok := fault.Error.Code.(string); ok {
		text = code + ": " + text
	}
	if fault.Error.Status != "" {
		text = fault.Error.Status + ": " + text
	}
	for _, d := range fault.Error.Details {
		if d.Reason != "" {
			text = d.Reason + ": " + text
		}
	}
	return text
}
