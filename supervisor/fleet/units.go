package fleet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// span writes a duration with two digits that matter: 7.2 s, 41 s, 12m, 23h18m,
// 6d4h.
func span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < 0:
		return "-" + span(-seconds)
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 2*time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m"
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%dh", int(d.Hours())/24, int(d.Hours())%24)
}

// perSecond writes a rate of rows: 7 rows/s, 42.1k rows/s.
func perSecond(n float64) string {
	value, prefix := humanize.ComputeSI(n)
	if prefix == "" {
		return strconv.FormatFloat(n, 'f', 0, 64) + " rows/s"
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + prefix + " rows/s"
}

// bytesPerSecond writes 38 MB/s.
func bytesPerSecond(n float64) string { return humanize.Bytes(uint64(max(0, n))) + "/s" }

// count writes 84,112,007.
func count(n int64) string { return humanize.Comma(n) }

// plural writes 1 shard, 16 shards.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// shardNumber is how a shard is named on a command line: 3 for
// shardId-000000000003.
func shardNumber(id string) string {
	digits, ok := strings.CutPrefix(id, "shardId-")
	if !ok || len(digits) != 12 {
		return id
	}
	if n, err := strconv.ParseUint(digits, 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return id
}

// join leaves out what is empty.
func join(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "   ")
}
