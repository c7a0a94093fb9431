package localkinesis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A shard's records lie in segment files named SHARD-FIRST.log, FIRST being the
// number of the first record in it. A segment is a series of blocks, one per
// put, all numbers little-endian:
//
//	magic u32 | records u32 | fragment bytes u32 | CRC-32C of the rest u32
//	per record: arrival ms i64 | size u32 | fragment length u32
//	the fragments
//
// A block is written before its put is answered, without fsync: it survives the
// process but not the machine. What a crash left unfinished at the end of the
// newest segment fails its checksum and is cut off.
const (
	blockMagic   = 0x3153444b // "KDS1"
	blockHead    = 16
	blockMark    = 16
	segmentLimit = 64 << 20 // bytes; a new segment is begun beyond it
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type segments struct {
	dir    string
	number uint32  // of the shard
	firsts []int64 // first record of each segment, ascending
	file   *os.File
	size   int64 // of the newest segment
	broken error // a failed write left bytes that could not be removed
	head   []byte
}

func (g *segments) path(first int64) string {
	return filepath.Join(g.dir, fmt.Sprintf("%012d-%020d.log", g.number, first))
}

// append writes one block. After an error the segment ends where it did before.
func (g *segments) append(first int64, marks []mark, fragments [][]byte) error {
	if g.broken != nil {
		return g.broken
	}
	if g.file == nil || g.size > segmentLimit {
		if err := g.begin(first); err != nil {
			return err
		}
	}
	written, err := g.writeBlock(marks, fragments)
	if err != nil {
		if cut := g.file.Truncate(g.size); cut != nil {
			g.broken = errors.Join(err, cut)
		}
		return err
	}
	g.size += written
	return nil
}

func (g *segments) writeBlock(marks []mark, fragments [][]byte) (written int64, err error) {
	le, length := binary.LittleEndian, 0
	for _, f := range fragments {
		length += len(f)
	}
	b := slices.Grow(g.head[:0], blockHead+blockMark*len(marks))[:blockHead]
	for _, m := range marks {
		b = le.AppendUint64(b, uint64(m.arrival))
		b = le.AppendUint32(b, m.size)
		b = le.AppendUint32(b, m.end-m.start)
	}
	sum := crc32.Checksum(b[blockHead:], castagnoli)
	for _, f := range fragments {
		sum = crc32.Update(sum, castagnoli, f)
	}
	le.PutUint32(b, blockMagic)
	le.PutUint32(b[4:], uint32(len(marks)))
	le.PutUint32(b[8:], uint32(length))
	le.PutUint32(b[12:], sum)
	g.head = b
	if _, err := g.file.Write(b); err != nil {
		return 0, err
	}
	for _, f := range fragments {
		if _, err := g.file.Write(f); err != nil {
			return 0, err
		}
	}
	return int64(len(b) + length), nil
}

// begin starts a segment, or goes on with the newest one after a restart.
func (g *segments) begin(first int64) error {
	if g.file != nil {
		if err := g.file.Close(); err != nil {
			return err
		}
		g.file = nil
	} else if n := len(g.firsts); n > 0 && g.size <= segmentLimit {
		return g.reopen(g.firsts[n-1])
	}
	file, err := os.OpenFile(g.path(first), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	g.file, g.size, g.firsts = file, 0, append(g.firsts, first)
	return nil
}

func (g *segments) reopen(first int64) (err error) {
	g.file, err = os.OpenFile(g.path(first), os.O_WRONLY|os.O_APPEND, 0o600)
	return err
}

// trim removes the segments that end before the given record. The newest one
// stays, because its name and content carry the count of records.
func (g *segments) trim(first int64) error {
	for len(g.firsts) > 1 && g.firsts[1] <= first {
		if err := os.Remove(g.path(g.firsts[0])); err != nil {
			return err
		}
		g.firsts = g.firsts[1:]
	}
	return nil
}

func (g *segments) empty() bool { return len(g.firsts) == 0 }

// remove deletes all segments of a shard that nobody can write or read again.
func (g *segments) remove() error {
	err := g.close()
	for _, first := range g.firsts {
		err = errors.Join(err, os.Remove(g.path(first)))
	}
	g.firsts = nil
	return err
}

func (g *segments) close() error {
	g.broken = os.ErrClosed
	if g.file == nil {
		return nil
	}
	err := g.file.Close()
	g.file = nil
	return err
}

// load gives a shard the records of its segments, in order.
func (g *segments) load(sh *shard) error {
	prefix := fmt.Sprintf("%012d-", g.number)
	names, err := filepath.Glob(filepath.Join(g.dir, prefix+"*.log"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for i, name := range names {
		text := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), prefix), ".log")
		first, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%s: no segment name: %w", name, err)
		}
		if i == 0 {
			sh.first = first
		}
		if first != sh.next() {
			return fmt.Errorf("%s: begins with record %d, want %d", name, first, sh.next())
		}
		if err := g.loadSegment(sh, name, i == len(names)-1); err != nil {
			return err
		}
		g.firsts = append(g.firsts, first)
	}
	return nil
}

// loadSegment reads one file. Only the newest may have a torn end, which is cut off.
func (g *segments) loadSegment(sh *shard, name string, newest bool) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	good := 0
	for good < len(b) {
		n := restoreBlock(sh, b[good:])
		if n == 0 {
			break
		}
		good += n
	}
	g.size = int64(good)
	switch {
	case good == len(b):
		return nil
	case newest:
		return os.Truncate(name, g.size)
	}
	return fmt.Errorf("%s: damaged at byte %d of %d", name, good, len(b))
}

// restoreBlock reads the block that b begins with and returns its length, or 0
// when it is not whole.
func restoreBlock(sh *shard, b []byte) int {
	le := binary.LittleEndian
	if len(b) < blockHead || le.Uint32(b) != blockMagic {
		return 0
	}
	records, length := int(le.Uint32(b[4:])), int(le.Uint32(b[8:]))
	start := blockHead + records*blockMark
	end := start + length
	if end > len(b) || crc32.Checksum(b[blockHead:end], castagnoli) != le.Uint32(b[12:]) {
		return 0
	}
	fragments := b[start:end]
	for m := b[blockHead:start]; len(m) > 0; m = m[blockMark:] {
		n := int(le.Uint32(m[12:]))
		sh.restore(fragments[:n], int64(le.Uint64(m)), int(le.Uint32(m[8:])))
		fragments = fragments[n:]
	}
	return end
}
