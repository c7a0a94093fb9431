package doctor

import (
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// watch looks at AWS's answers as they come: which hosts answered, and what
// time it is there.
type watch struct {
	next aws.HTTPClient
	now  func() time.Time

	mu   sync.Mutex
	off  time.Duration // ours minus theirs, as the first answer told
	told bool
	urls map[string]string // service's host -> its base URL, for those that answered
}

func newWatch(next aws.HTTPClient, now func() time.Time) *watch {
	return &watch{next: next, now: now, urls: map[string]string{}}
}

// Do implements aws.HTTPClient.
func (w *watch) Do(r *http.Request) (*http.Response, error) {
	began := w.now()
	res, err := w.next.Do(r)
	if err == nil {
		w.note(r.URL, res.Header.Get("Date"), began)
	}
	return res, err
}

func (w *watch) note(from *url.URL, date string, began time.Time) {
	off, ok := offBy(date, began, w.now())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.urls[from.Host] = from.Scheme + "://" + from.Host
	if ok && !w.told {
		w.off, w.told = off, true
	}
}

// skew is how far this machine's clock is ahead of AWS's; false where no answer
// told.
func (w *watch) skew() (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.off, w.told
}

// offBy compares a Date header, which has whole seconds and was written between
// began and ended, with our clock. What a second or the way may explain is zero.
func offBy(date string, began, ended time.Time) (time.Duration, bool) {
	at, err := http.ParseTime(date)
	if err != nil {
		return 0, false
	}
	if at.Add(time.Second).Before(began) || at.After(ended) {
		return began.Add(ended.Sub(began) / 2).Sub(at.Add(time.Second / 2)), true
	}
	return 0, true
}
