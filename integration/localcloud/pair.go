package localcloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Pair is one stream and the table it goes into: one connector.
type Pair struct {
	Stream Stream `json:"stream"`
	Table  string `json:"table"`
}

// kept is cloud.json.
type kept struct {
	Pairs []Pair `json:"pairs"`
}

func (c *Cloud) pairsFile() string { return filepath.Join(c.dir, "cloud.json") }

// Pairs lists the streams with their tables, those of an earlier start first.
func (c *Cloud) Pairs() []Pair { return slices.Clone(c.pairs) }

// loadPairs joins what the folder remembers with what the options add.
func (c *Cloud) loadPairs() error {
	text, err := os.ReadFile(c.pairsFile())
	var earlier kept
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(text, &earlier); err != nil {
			return fmt.Errorf("%s: %w", c.pairsFile(), err)
		}
	}
	c.pairs = join(earlier.Pairs, c.options.Streams, c.options.Tables)
	return nil
}

// join pairs streams with tables in order. A stream that is known keeps its
// table unless another is given.
func join(earlier []Pair, streams []Stream, tables []string) []Pair {
	pairs := slices.Clone(earlier)
	if len(streams) == 0 && len(pairs) == 0 {
		streams = []Stream{{Name: "orders", Shards: 2}}
	}
	for i, s := range streams {
		table := ""
		if i < len(tables) {
			table = tables[i]
		}
		known := slices.IndexFunc(pairs, func(p Pair) bool { return p.Stream.Name == s.Name })
		if known < 0 {
			pairs = append(pairs, Pair{Stream: s, Table: tableOf(s.Name)})
			known = len(pairs) - 1
		}
		if table != "" {
			pairs[known].Table = table
		}
	}
	return pairs
}

// tableOf names the table of a stream for which none was given, so that it
// can be written in SQL without quotes.
func tableOf(stream string) string {
	name := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return '_'
		}
		return r
	}, strings.ToUpper(stream))
	if name[0] >= '0' && name[0] <= '9' {
		name = "S" + name
	}
	return name
}

func (c *Cloud) savePairs() error {
	text, err := json.MarshalIndent(kept{Pairs: c.pairs}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.pairsFile(), append(text, '\n'), 0o600)
}

// makePairs creates the streams and tables that are missing.
func (c *Cloud) makePairs() error {
	streams := map[string]bool{}
	for _, s := range c.Kinesis.Streams() {
		streams[s.Name] = true
	}
	for _, p := range c.pairs {
		if streams[p.Stream.Name] {
			continue
		}
		if err := c.Kinesis.CreateStream(p.Stream.Name, p.Stream.Shards); err != nil {
			return err
		}
	}
	for _, p := range c.pairs {
		if err := c.makeTable(p.Table); err != nil {
			return err
		}
	}
	for _, name := range c.options.Tables[min(len(c.options.Streams), len(c.options.Tables)):] {
		if err := c.makeTable(name); err != nil {
			return err
		}
	}
	return nil
}
