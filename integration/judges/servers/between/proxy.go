package between

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Proxy passes on what it is sent. Its methods may be called at any time.
type Proxy struct {
	target string
	server *http.Server
	url    string
	client http.Client

	mu      sync.Mutex
	calls   map[string]int
	losing  map[string]int
	asking  func(*Request)
	editing func(action string, status int, body []byte) []byte
	skew    time.Duration
}

// Request is what may be changed on its way to the server.
type Request struct {
	*http.Request
	Action string
	Body   []byte

	Refuse *Answer // given without asking the server
	Spoil  *Answer // given in place of the server's, which had its effect
}

// Answer is an error of an AWS service.
type Answer struct {
	Status     int
	Code, Text string
}

// write sends an answer in the shape of AWS JSON.
func (a *Answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(a.Status)
	_, _ = fmt.Fprintf(w, `{"__type":%q,"message":%q}`, a.Code, a.Text) // a client that is gone needs none
}

// Start begins to pass requests on to target (http://HOST:PORT), until Close.
func Start(ctx context.Context, target string) (*Proxy, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{target: target, url: "http://" + listener.Addr().String(), calls: map[string]int{}, losing: map[string]int{}}
	// The servers behind are on this machine, however the user reaches others.
	p.client = http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 2 * time.Second}, Timeout: time.Minute}
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }() // until Close
	return p, nil
}

// Target is the server behind the proxy.
func (p *Proxy) Target() string { return p.target }

// URL is where the proxy listens.
func (p *Proxy) URL() string { return p.url }

// Close ends it.
func (p *Proxy) Close() {
	_ = p.server.Close() // nobody is left to hear of it
	p.client.CloseIdleConnections()
}

// Calls counts the requests of each action so far.
func (p *Proxy) Calls() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.calls)
}

// LoseNext lets the next request of an action have its effect and breaks the
// connection instead of an answer.
func (p *Proxy) LoseNext(action string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.losing[action]++
}

// OnRequest changes every request before it is passed on; nil ends that.
func (p *Proxy) OnRequest(change func(*Request)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asking = change
}

// OnAnswer changes the body of every answer before it is passed back; nil
// ends that.
func (p *Proxy) OnAnswer(change func(action string, status int, body []byte) []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.editing = change
}

// SkewDate moves the Date of every answer, as a client sees it whose clock is off
// the other way.
func (p *Proxy) SkewDate(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skew = by
}

// dated moves an answer's Date.
func (p *Proxy) dated(header http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, err := http.ParseTime(header.Get("Date")); err == nil && p.skew != 0 {
		header.Set("Date", at.Add(p.skew).UTC().Format(http.TimeFormat))
	}
}

// serve passes one request on.
func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	asked := &Request{Request: r, Action: actionOf(r), Body: body}
	asking, editing, lose := p.note(asked.Action)
	if asking != nil {
		asking(asked)
	}
	if asked.Refuse != nil {
		asked.Refuse.write(w)
		return
	}
	status, header, answer, err := p.pass(asked)
	if err != nil || lose {
		panic(http.ErrAbortHandler) // the client sees a broken connection
	}
	if asked.Spoil != nil {
		asked.Spoil.write(w)
		return
	}
	if editing != nil {
		answer = editing(asked.Action, status, answer)
		header.Del("X-Amz-Crc32")
	}
	header.Del("Content-Length")
	p.dated(header)
	maps.Copy(w.Header(), header)
	w.WriteHeader(status)
	_, _ = w.Write(answer) // a client that is gone needs none
}

// note counts a request and says what is to be done with it.
func (p *Proxy) note(action string) (asking func(*Request), editing func(string, int, []byte) []byte, lose bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[action]++
	if lose = p.losing[action] > 0; lose {
		p.losing[action]--
	}
	return p.asking, p.editing, lose
}

func (p *Proxy) pass(asked *Request) (int, http.Header, []byte, error) {
	r, err := http.NewRequestWithContext(asked.Context(), asked.Method, p.target+asked.URL.RequestURI(), bytes.NewReader(asked.Body))
	if err != nil {
		return 0, nil, nil, err
	}
	r.Header = asked.Header.Clone()
	r.Host = asked.Host
	r.Header.Set("Accept-Encoding", "identity") // what is edited must be readable
	res, err := p.client.Do(r)
	if err != nil {
		return 0, nil, nil, fmt.Errorf("pass on %s: %w", asked.Action, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, answer, err
}

// actionOf names what a request asks for: the AWS action, else method and path.
func actionOf(r *http.Request) string {
	if _, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return action
	}
	return r.Method + " " + r.URL.Path
}
