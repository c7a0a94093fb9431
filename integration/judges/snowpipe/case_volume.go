package snowpipe

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// volumeCases are more rows than one append takes.
var volumeCases = []trialCase{
	{operation: "large batches, by files on the stage", fresh: true, run: files},
	{operation: "large batches, by appends", with: map[string]string{"ignore_switch_to_file_mode": "true"}, run: appends},
	{operation: "one large row", run: largeRow},
}

func files(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	const rows, size = 4000, 10000
	began := time.Now()
	if err := t.tellAll(ctx, generate("c", channel, 0, rows, 100, size), wait("c", channel, rows-1)); err != nil {
		return "", err
	}
	took := time.Since(began)
	if err := t.each(rows); err != nil {
		return "", err
	}
	puts, registered := 0, t.seen.to("**/channels/"+channel+"/filebuffer")
	for _, x := range t.seen.to("/localsnowflake-stage/*/*") {
		if x.Method == "PUT" && x.Status == 200 {
			puts++
		}
	}
	if puts == 0 || len(registered) == 0 {
		return "", fmt.Errorf("%d files on the stage, %d registrations, %d appends", puts, len(registered), len(t.seen.rows(channel)))
	}
	return fmt.Sprintf("%d rows of %d kB once and in order, by %d encrypted files and %d appends, in %.1f s",
		rows, size/1000, puts, len(t.seen.rows(channel)), took.Seconds()), nil
}

// appends sends so slowly that nothing needs a file.
func appends(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	const parts, each = 8, 100
	for part := range parts {
		if err := t.tellAll(ctx, generate("c", channel, part*each, each, 10, 10000), command{"do": "flush", "client": "c", "channel": channel, "timeout": 30}); err != nil {
			return "", err
		}
	}
	if _, err := t.tell(ctx, "wait", wait("c", channel, parts*each-1)); err != nil {
		return "", err
	}
	largest := 0
	for _, x := range t.seen.rows(channel) {
		if x.Header.Get("Content-Encoding") != "zstd" {
			return "", fmt.Errorf("an append came in %q", x.Header.Get("Content-Encoding"))
		}
		largest = max(largest, len(x.Body))
	}
	if largest == 0 || largest > 4<<20 {
		return "", fmt.Errorf("the largest of %d appends has %d bytes", len(t.seen.rows(channel)), largest)
	}
	return fmt.Sprintf("%d rows in %d appends of at most %d kB packed", parts*each, len(t.seen.rows(channel)), largest/1000), t.each(parts * each)
}

func largeRow(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	text := strings.Repeat("kinesnow ", 100_000) // 0.9 MB that packs well
	c := command{"do": "append", "client": "c", "channel": channel, "rows": []any{map[string]any{"N": 0, "V": text}}, "start": "0", "end": "0"}
	if err := t.tellAll(ctx, c, wait("c", channel, 0)); err != nil {
		return "", err
	}
	got, err := t.ask(ctx, `SELECT LENGTH(V::VARCHAR) FROM T`)
	if err != nil {
		return "", err
	}
	if got != fmt.Sprint(len(text)) {
		return "", fmt.Errorf("the text has %s characters of %d", got, len(text))
	}
	return "a text of 900,000 characters", nil
}
