package latency

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
)

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	indent := strings.Repeat(" ", len(r.Connector)+2)
	window := time.Duration(r.WindowSeconds * float64(time.Second))
	fmt.Fprintf(&b, "%s  %s   arrival to commit, rows committed within %s\n", r.Connector, r.Target, short(window))
	switch {
	case r.Refused != "":
		fmt.Fprintf(&b, "%sno figures: %s\n", indent, r.Refused)
		if r.Fix != "" {
			fmt.Fprintf(&b, "%srun as the table's owner: %s;\n", indent, r.Fix)
		}
	case r.Rows.Rows == 0:
		fmt.Fprintf(&b, "%sno rows\n", indent)
	default:
		fmt.Fprintf(&b, "%sall    %s\n", indent, r.Rows.text())
		for _, s := range r.Worst {
			fmt.Fprintf(&b, "%sworst  %s   %s\n", indent, s.Figures.text(), s.Shard)
		}
		fmt.Fprintf(&b, "%sthe connector's part: reading, linger %s, the append; from there to the commit it is Snowflake's\n", indent, time.Duration(r.LingerSeconds*float64(time.Second)))
	}
	if p := r.Process; p != nil && p.Commits > 0 {
		fmt.Fprintf(&b, "%sthe process, since it started: p50 %s   p99 %s   until it read of the commit   %s\n",
			indent, atMost(p.P50AtMostSeconds), atMost(p.P99AtMostSeconds), english.Plural(int(p.Commits), "commit", ""))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// short writes 15m instead of 15m0s.
func short(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return d.String()
}

func (f Figures) text() string {
	return fmt.Sprintf("p50 %s   p90 %s   p99 %s   max %s   %s rows", seconds(f.P50Seconds), seconds(f.P90Seconds), seconds(f.P99Seconds), seconds(f.MaxSeconds), humanize.Comma(f.Rows))
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 2, 64) + " s" }

func atMost(s float64) string {
	if s == 0 {
		return "off the scale"
	}
	return "<= " + strconv.FormatFloat(s, 'g', -1, 64) + " s"
}
