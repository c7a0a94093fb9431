package snowpipe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/messages"
)

// MaxNamesPerStatus is how many channels one bulk status call asks for. The
// service's own limit is not documented.
const MaxNamesPerStatus = 500

// Status asks for channels' statuses, in calls of up to MaxNamesPerStatus
// names. A channel that the service does not know has no key in the map. A
// status whose Healthy is false is no error here: StatusFault says what it
// means.
//
// Errors are *messages.Fault: Transient, or Rejected when access was refused.
// None of the statuses is returned then.
func (c *Client) Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error) {
	found := make(map[string]*messages.ChannelStatus, len(channels))
	for names := range slices.Chunk(channels, MaxNamesPerStatus) {
		if err := c.status(ctx, names, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (c *Client) status(ctx context.Context, names []string, found map[string]*messages.ChannelStatus) error {
	text, err := json.Marshal(struct {
		Names []string `json:"channel_names"`
	}{names})
	if err != nil {
		return misuse(opStatus, err)
	}
	got, err := c.send(ctx, &request{
		op: opStatus, method: http.MethodPost,
		path:   c.controlPath(":bulk-channel-status?requestId=" + uuid.NewString()),
		header: jsonHeader(), body: textPayload(text),
	})
	if err != nil {
		return err
	}
	var body struct {
		Statuses map[string]*wireStatus `json:"channel_statuses"`
	}
	if err := json.Unmarshal(got.body, &body); err != nil || body.Statuses == nil {
		return unanswered(opStatus, "", fmt.Errorf("answer 200 holds no channel_statuses: %w", orMissing(err)))
	}
	for name, s := range body.Statuses {
		if s != nil {
			found[name] = s.status(name)
		}
	}
	return nil
}

// StatusFault is what an unhealthy status means for its channel, nil where it
// is healthy. Unknown codes mean that the channel must be opened again.
func StatusFault(s *messages.ChannelStatus) *messages.Fault {
	if s.Healthy {
		return nil
	}
	e := envelope{code: s.Code, message: s.LastError, formed: true}
	if number, err := strconv.ParseInt(s.Code, 10, 64); err == nil {
		e.code, e.number = "", number
	}
	v, known := e.verdict()
	switch {
	case e.limited():
		v = channelLimit
	case !known, v == targetMissing: // the next open says in full what is missing
		v = invalidated
	}
	text := "channel " + s.Channel + ": status " + clip(s.Code, 80)
	if s.LastError != "" {
		text += ": " + clip(s.LastError, 300)
	}
	return v.fault(opStatus, errors.New(text))
}

// wireStatus is a channel's status as it is sent, in every spelling seen.
type wireStatus struct {
	Channel       flexText `json:"channel_name"`
	Code          flexText `json:"channel_status_code"`
	Token         flexText `json:"last_committed_offset_token"`
	Created       flexInt  `json:"created_on_ms"`
	Inserted      flexInt  `json:"rows_inserted"`
	Parsed        flexInt  `json:"rows_parsed"`
	ErrorCount    *flexInt `json:"rows_error_count"`
	Errors        flexInt  `json:"rows_errors"` // the documentation's name for rows_error_count
	LastError     flexText `json:"last_error_message"`
	ErrorUpTo     flexText `json:"last_error_offset_upper_bound"`
	ErrorAt       flexTime `json:"last_error_timestamp"`
	ErrorAtMS     flexTime `json:"last_error_timestamp_ms"` // what Snowflake's own SDKs read
	StatusCode    flexInt  `json:"status_code"`             // of the classic API; says something where there is no channel_status_code
	StatusMessage flexText `json:"message"`
}

func (w *wireStatus) status(asked string) *messages.ChannelStatus {
	code := string(w.Code)
	if code == "" && w.StatusCode != 0 {
		code = strconv.FormatInt(int64(w.StatusCode), 10)
	}
	s := &messages.ChannelStatus{
		Channel: string(w.Channel), Code: code, Healthy: healthy(code),
		Token: string(w.Token), CreatedMS: int64(w.Created),
		RowsInserted: int64(w.Inserted), RowsParsed: int64(w.Parsed), RowsErrors: int64(w.Errors),
		LastError: string(w.LastError), ErrorUpTo: string(w.ErrorUpTo), ErrorAt: time.Time(w.ErrorAt),
	}
	if s.ErrorAt.IsZero() {
		s.ErrorAt = time.Time(w.ErrorAtMS)
	}
	if w.ErrorCount != nil {
		s.RowsErrors = int64(*w.ErrorCount)
	}
	if s.Channel == "" {
		s.Channel = asked
	}
	if !s.Healthy && w.StatusMessage != "" && w.StatusMessage != w.LastError { // why it is unhealthy goes before older row errors
		s.LastError = strings.TrimSuffix(string(w.StatusMessage)+"; "+s.LastError, "; ")
	}
	if f := StatusFault(s); f != nil {
		s.Reason = f.Reason
	}
	return s
}

// healthy reports whether a channel_status_code means a working channel.
// SUCCESS is what the service sends; the others are what documentation and
// clients know besides.
func healthy(code string) bool {
	switch code {
	case "SUCCESS", "ACTIVE", "OPEN", "0", "":
		return true
	}
	return false
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

var errMissing = errors.New("the field is not there")

// orMissing is the parser's error, or that the field is missing.
func orMissing(err error) error {
	if err != nil {
		return err
	}
	return errMissing
}
