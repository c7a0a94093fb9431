package localsnowflake_test

import (
	"fmt"
	"net/http"
	"testing"
)

type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
	err    error
	json   map[string]any
}

// expect checks status and code; "" is any code.
func (r *answer) expect(status int, code string) *answer {
	r.t.Helper()
	if r.err != nil || r.status != status || code != "" && r.code() != code {
		r.t.Fatalf("answer %d %s, error %v; want %d %s", r.status, r.body, r.err, status, code)
	}
	return r
}

func (r *answer) code() string {
	for _, field := range []string{"code", "error"} {
		if code, ok := r.json[field].(string); ok {
			return code
		}
	}
	return ""
}

func (r *answer) lost() {
	r.t.Helper()
	if r.err == nil {
		r.t.Fatalf("answer %d %s, want a broken connection", r.status, r.body)
	}
}

// next is the continuation token of an answer.
func (r *answer) next() string {
	r.t.Helper()
	token, ok := r.json["next_continuation_token"].(string)
	if r.status != 200 || !ok {
		r.t.Fatalf("answer %d %s has no continuation token", r.status, r.body)
	}
	return token
}

// number reads an integer field of a status.
func number(status map[string]any, field string) int64 {
	f, ok := status[field].(float64)
	if !ok {
		panic(fmt.Sprintf("%s is %v", field, status[field]))
	}
	return int64(f)
}
