package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// childLog keeps what one place's processes say, and looks at it: nothing may
// panic, no secret, key or payload may be there, and it must not be a flood.
type childLog struct {
	mu      sync.Mutex
	name    string
	file    *os.File
	line    []byte // not ended yet
	secrets []string
	trouble []string
	lines   int64
	said    int64 // lines of the process that runs
	second  int64 // unix
	inIt    int
	busiest int            // lines in one second
	errors  map[string]int // messages at level error and above
}

// busyLines is how many lines a process may write in one second. Its shards
// change hands all the time here, and each change is worth a line or two.
const busyLines = 100

func newChildLog(path, name string, secrets []string) (*childLog, error) {
	file, err := os.Create(path)
	return &childLog{name: name, file: file, secrets: secrets, errors: map[string]int{}}, err
}

// Write takes what a process says.
func (l *childLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = append(l.line, p...)
	for {
		at := bytes.IndexByte(l.line, '\n')
		if at < 0 {
			break
		}
		l.look(l.line[:at])
		l.line = l.line[at+1:]
	}
	return l.file.Write(p)
}

// begin forgets half a line that a process before this one was killed in.
func (l *childLog) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line, l.said = nil, 0
}

// silent reports whether the last process has not ended a line yet.
func (l *childLog) silent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said == 0
}

// crashes begin lines that only a dying Go program writes.
var crashes = []string{"panic: ", "fatal error: ", "goroutine ", "runtime error", "SIGSEGV", "unexpected fault address"}

// look examines one line. Called with mu held.
func (l *childLog) look(line []byte) {
	l.lines, l.said = l.lines+1, l.said+1
	if now := time.Now().Unix(); now != l.second {
		l.second, l.inIt = now, 0
	}
	if l.inIt++; l.inIt > l.busiest {
		l.busiest = l.inIt
	}
	var entry struct {
		Level   string `json:"level"`
		Message string `json:"msg"`
	}
	if json.Unmarshal(line, &entry) != nil {
		for _, c := range crashes {
			if bytes.HasPrefix(line, []byte(c)) {
				l.tell("says %.160s", line)
			}
		}
	}
	if entry.Level == "error" || entry.Level == "fatal" || entry.Level == "panic" {
		l.errors[entry.Message]++
	}
	for _, c := range []string{"runtime error", "nil pointer", "index out of range"} {
		if bytes.Contains(line, []byte(c)) {
			l.tell("says %.300s", line)
		}
	}
	for _, s := range l.secrets {
		if bytes.Contains(line, []byte(s)) {
			l.tell("shows what no log may show (%.12s...): %.300s", s, line)
		}
	}
}

func (l *childLog) tell(format string, args ...any) {
	if len(l.trouble) < maxDetails {
		l.trouble = append(l.trouble, l.name+" "+fmt.Sprintf(format, args...))
	}
}

// close ends the file and returns what was wrong.
func (l *childLog) close() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.file.Close()
	if l.busiest > busyLines {
		l.tell("wrote %d lines in one second; %d are a flood", l.busiest, busyLines)
	}
	return l.trouble
}

// secretsOf are texts that must not be logged: parts of the private key, how
// every token begins, and the marks in each key and value.
func secretsOf(keyFile string) ([]string, error) {
	secrets := []string{"eyJ", valueMark, keyMark + "-"}
	pem, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(pem)) {
		if line = strings.TrimSpace(line); len(line) > 20 && !strings.HasPrefix(line, "-----") {
			secrets = append(secrets, line)
		}
	}
	return secrets, nil
}
