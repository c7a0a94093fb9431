package snowpipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// envelope is what the body of a refusal says, in any of its four shapes:
//
//	{"code":"ERR_...","message":"..."}    documented
//	{"status_code":87,"message":"..."}    codes of the classic API
//	{"error":"ERR_...",...}               an open against a pipe of the wrong kind
//	text, or nothing                      gateways
type envelope struct {
	code    string // code or error; "" where there is none
	number  int64  // status_code; 0 where there is none
	message string
	formed  bool // it is one of the first three: the service itself refused
}

func parseEnvelope(body []byte) envelope {
	var fields struct {
		Code       flexText `json:"code"`
		Error      flexText `json:"error"`
		StatusCode flexInt  `json:"status_code"`
		Message    flexText `json:"message"`
	}
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '{' && json.Unmarshal(body, &fields) == nil {
		e := envelope{code: string(fields.Code), number: int64(fields.StatusCode), message: string(fields.Message)}
		if e.code == "" {
			e.code = string(fields.Error)
		}
		e.formed = e.code != "" || e.number != 0
		return e
	}
	if len(body) > 0 && body[0] != '<' && body[0] != '{' { // a gateway's page says nothing
		return envelope{message: string(body)}
	}
	return envelope{}
}

// answerError words a refusal. Nothing of secret is repeated.
func answerError(channel string, status int, e envelope, secret string) error {
	text := strconv.Itoa(status)
	if name := http.StatusText(status); name != "" {
		text += " " + name
	}
	if channel != "" {
		text = "channel " + channel + ": " + text
	}
	if e.code != "" {
		text += " " + clip(e.code, 80)
	}
	if e.number != 0 {
		text += " status_code " + strconv.FormatInt(e.number, 10)
	}
	if e.message != "" {
		text += ": " + clip(e.message, 300)
	}
	if secret != "" {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return errors.New(text)
}

// maxRetryAfter bounds what a service may ask for.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads Retry-After, in seconds or as a date. 0 where there is none.
func retryAfter(got *answer) time.Duration {
	text := got.header.Get("Retry-After")
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return min(max(0, time.Duration(seconds)*time.Second), maxRetryAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, time.Until(at)), maxRetryAfter)
	}
	return 0
}

// clip keeps a foreign text short, on one line and printable.
func clip(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text[:min(len(text), 4*most)])
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
