package deadletter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

const suffix = ".ndjson"

// maxLineBytes bounds one letter's line: a payload of 10 MiB, the largest
// record that Kinesis takes, or the rows made of it, in base64.
const maxLineBytes = 64 << 20

// Read yields the letters of a folder, oldest file first, until yield answers
// false. It may run beside a writer. Lines that are no letter, a torn last one
// for instance, are passed over and counted in bad. A letter may be there
// twice, under one position.
func Read(dir string, yield func(messages.Letter) bool) (bad int, err error) {
	return walk(dir, func(_ Where, line []byte) (valid, more bool) {
		var letter messages.Letter
		if json.Unmarshal(line, &letter) != nil {
			return false, true
		}
		return true, yield(letter)
	})
}

// Where is where a letter lies.
type Where struct {
	File   string // in the folder
	Offset int64
	Length int
}

// Walk is Read for those who look at many letters: it says where each lies, and
// leaves the payload out, which At reads. The letter is yield's.
func Walk(dir string, yield func(Where, *messages.Letter) bool) (bad int, err error) {
	return walk(dir, func(at Where, line []byte) (valid, more bool) {
		var head struct {
			messages.Letter
			Payload passedOver `json:"payload"`
		}
		if json.Unmarshal(line, &head) != nil {
			return false, true
		}
		return true, yield(at, &head.Letter)
	})
}

// passedOver is a payload that is not kept. It is held to be one, though: At would
// fail for it, and with it whoever goes through all letters.
type passedOver struct{}

var errNoPayload = errors.New("the payload is not base64")

// UnmarshalJSON implements json.Unmarshaler.
func (*passedOver) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte{'"'}), []byte{'"'})
	digits := bytes.TrimRight(text, "=")
	if len(text)%4 != 0 || len(text)-len(digits) > 2 {
		return errNoPayload
	}
	for _, c := range digits {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/':
		default:
			return errNoPayload
		}
	}
	return nil
}

// walk yields the lines of a folder, which are yield's until it returns; valid
// says whether one is a letter.
func walk(dir string, yield func(Where, []byte) (valid, more bool)) (bad int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("deadletter: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasPrefix(e.Name(), "letters-") && strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for _, name := range names {
		n, more, err := readFile(dir, name, yield)
		bad += n
		if err != nil || !more {
			return bad, err
		}
	}
	return bad, nil
}

// At reads the letter that lies somewhere.
func At(dir string, w Where) (*messages.Letter, error) {
	file, err := os.Open(filepath.Join(dir, w.File))
	if err != nil {
		return nil, fmt.Errorf("deadletter: %w", err)
	}
	defer file.Close()
	line := make([]byte, w.Length)
	letter := &messages.Letter{}
	if _, err = file.ReadAt(line, w.Offset); err == nil {
		err = json.Unmarshal(line, letter)
	}
	if err != nil {
		return nil, fmt.Errorf("deadletter: %s at %d: %w", file.Name(), w.Offset, err)
	}
	return letter, nil
}

func readFile(dir, name string, yield func(Where, []byte) (valid, more bool)) (bad int, more bool, err error) {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return 0, true, fmt.Errorf("deadletter: %w", err)
	}
	defer file.Close()
	in := &lines{Reader: bufio.NewReaderSize(file, 64<<10)}
	for {
		at := in.read
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return bad, true, nil
		}
		if err != nil && !errors.Is(err, errBadLine) {
			return bad, false, fmt.Errorf("deadletter: %s: %w", file.Name(), err)
		}
		if err != nil {
			bad++
			continue
		}
		valid, more := yield(Where{name, at, len(line)}, line)
		if !valid {
			bad++
		}
		if !more {
			return bad, false, nil
		}
	}
}

// errBadLine says that a line is too long, or the last one and torn.
var errBadLine = errors.New("bad line")

// lines reads a file line by line.
type lines struct {
	*bufio.Reader
	read int64 // bytes
}

// next reads one line, and to the end of one that is too long.
func (in *lines) next() ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := in.ReadSlice('\n')
		in.read += int64(len(part))
		if tooLong = tooLong || len(line)+len(part) > maxLineBytes; !tooLong {
			line = append(line, part...)
		}
		switch {
		case err == nil && !tooLong:
			return line, nil
		case err == nil || errors.Is(err, io.EOF) && (tooLong || len(line) > 0):
			return nil, errBadLine
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
