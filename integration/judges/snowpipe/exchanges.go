package snowpipe

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// exchanges are the requests that a server was sent, in the order in which
// they were answered.
type exchanges struct {
	mu   sync.Mutex
	list []localsnowflake.Exchange
}

func (e *exchanges) add(x localsnowflake.Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, x)
}

// to lists the requests whose path matches a pattern of path.Match, where **
// at its begin stands for any beginning.
func (e *exchanges) to(pattern string) (found []localsnowflake.Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, x := range e.list {
		got := x.URL.Path
		if tail, any := strings.CutPrefix(pattern, "**"); any {
			if !strings.HasSuffix(got, tail) {
				continue
			}
		} else if ok, err := path.Match(pattern, got); !ok || err != nil {
			continue
		}
		found = append(found, x)
	}
	return found
}

// rows lists the appends to a channel.
func (e *exchanges) rows(channel string) []localsnowflake.Exchange {
	return e.to("**/channels/" + channel + "/rows")
}

// String lists them, for a log.
func (e *exchanges) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var b strings.Builder
	for _, x := range e.list {
		fmt.Fprintf(&b, "%s %s %s -> %d in %v, %d bytes, answer %.300q\n",
			x.At.Format("15:04:05.000"), x.Method, x.URL.RequestURI(), x.Status, x.Took, len(x.Body), x.Answer)
	}
	return b.String()
}
