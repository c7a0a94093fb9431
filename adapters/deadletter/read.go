package deadletter

import (
	"bufio"
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
		n, more, err := readFile(filepath.Join(dir, name), yield)
		bad += n
		if err != nil || !more {
			return bad, err
		}
	}
	return bad, nil
}

func readFile(path string, yield func(messages.Letter) bool) (bad int, more bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, true, fmt.Errorf("deadletter: %w", err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 64<<10)
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return bad, true, nil
		}
		if err != nil && !errors.Is(err, errBadLine) {
			return bad, false, fmt.Errorf("deadletter: %s: %w", path, err)
		}
		var letter messages.Letter
		if err != nil || json.Unmarshal(line, &letter) != nil {
			bad++
			continue
		}
		if !yield(letter) {
			return bad, false, nil
		}
	}
}

// errBadLine says that a line is too long, or the last one and torn.
var errBadLine = errors.New("bad line")

// readLine reads one line, and to the end of one that is too long.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := in.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > maxLineBytes; !tooLong {
			line = append(line, part...)
		}
		switch {
		case err == nil && !tooLong:
			return line, nil
		case err == nil || err == io.EOF && (tooLong || len(line) > 0):
			return nil, errBadLine
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
