package localdynamo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// journalName is the file in the directory: one change a line, as JSON.
const journalName = "localdynamo.journal"

// minBloat is how far, in bytes, a journal grows before it is rewritten at all.
const minBloat = 16 << 20

// journal is the append-only file that outlives the process, killed or not. A
// line is in the file before its change is visible or answered. What a crash
// of the whole machine may lose is not its concern: lines are not synced.
type journal struct {
	path  string
	file  *os.File
	bytes int64 // up to the end of the last whole line
	torn  error // why the end of the file is not the end of a line
}

// openJournal replays the directory's journal through apply. A last line that
// was cut off by a kill was never answered, and is cut.
func openJournal(dir string, apply func(change) error) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	j := &journal{path: filepath.Join(dir, journalName)}
	whole, err := replay(j.path, apply)
	if err != nil {
		return nil, err
	}
	j.bytes = whole
	if j.file, err = os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := j.cutTail(); err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// replay applies each whole line and returns where the last one ends.
func replay(path string, apply func(change) error) (whole int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	lines := bufio.NewReaderSize(file, 1<<20)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return 0, err
		}
		var c change
		if err = json.Unmarshal(line, &c); err == nil {
			err = apply(c)
		}
		if err != nil {
			return 0, fmt.Errorf("%s line %d: %w; move the file away to start with no tables", path, number, err)
		}
		whole += int64(len(line))
	}
}

// append writes one line. On an error the file still ends with a whole line,
// or every later append fails.
func (j *journal) append(c change) error {
	if j.torn != nil {
		return j.torn
	}
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		if cut := j.cutTail(); cut != nil {
			j.torn = fmt.Errorf("%s ends in half a line: %w", j.path, errors.Join(err, cut))
		}
		return err
	}
	j.bytes += int64(len(line)) + 1
	return nil
}

// cutTail drops what follows the last whole line.
func (j *journal) cutTail() error {
	if err := j.file.Truncate(j.bytes); err != nil {
		return err
	}
	_, err := j.file.Seek(j.bytes, io.SeekStart)
	return err
}

// isBloated tells whether the journal is mostly history, given the size of
// the items alive.
func (j *journal) isBloated(live int64) bool { return j.bytes > minBloat+8*live }

// compact replaces the journal by one that holds just the given changes. The
// old file stays in force until the new one is complete.
func (j *journal) compact(changes []change) error {
	var content bytes.Buffer
	for _, c := range changes {
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		content.Write(append(line, '\n'))
	}
	next := j.path + ".next"
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	size := int64(content.Len())
	if _, err = content.WriteTo(file); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(next, j.path)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	old := j.file
	j.file, j.bytes, j.torn = file, size, nil
	return old.Close()
}

func (j *journal) close() error { return j.file.Close() }
