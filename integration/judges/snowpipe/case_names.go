package snowpipe

import (
	"context"
	"fmt"
	"strings"
)

func manyChannels(ctx context.Context, t *trial) (string, error) {
	const n, each = 60, 20
	if _, err := t.tell(ctx, "client", client("c")); err != nil {
		return "", err
	}
	for i := range n {
		name := fmt.Sprint("C", i)
		if err := t.tellAll(ctx, open("c", name), generate("c", name, 0, each, each, 50)); err != nil {
			return "", err
		}
	}
	for i := range n {
		if _, err := t.tell(ctx, "wait", wait("c", fmt.Sprint("C", i), each-1)); err != nil {
			return "", err
		}
	}
	got, err := t.numbers(table)
	if err != nil {
		return "", err
	}
	times := make([]int, each)
	for _, number := range got {
		if number < 0 || number >= each {
			return "", fmt.Errorf("there is a row %d, which nobody sent", number)
		}
		times[number]++
	}
	for number, count := range times {
		if count != n {
			return "", fmt.Errorf("row %d came %d times from %d channels", number, count, n)
		}
	}
	most := 0
	for _, x := range t.seen.to("**:bulk-channel-status") {
		most = max(most, strings.Count(string(x.Body), `"C`))
	}
	return fmt.Sprintf("%d channels of %d rows; up to %d channels in one status request", n, each, most), nil
}

func oddNames(ctx context.Context, t *trial) (string, error) {
	const name = `a table, Größe 1`
	channel := t.sdk.oddChannel
	err := t.tellAll(ctx, clientOf("c", `"`+name+`-STREAMING"`), open("c", channel), generate("c", channel, 0, 30, 10, 20), wait("c", channel, 29))
	if err != nil {
		return "", err
	}
	got, err := t.numbers(name)
	if err != nil {
		return "", err
	}
	if len(got) != 30 {
		return "", fmt.Errorf("%d rows of 30", len(got))
	}
	c, err := t.only()
	if err != nil {
		return "", err
	}
	if c.Name != channel || c.Pipe != name+"-STREAMING" {
		return "", fmt.Errorf("channel %q of pipe %q", c.Name, c.Pipe)
	}
	sent := t.seen.to("**/rows")
	escaped := ""
	if len(sent) > 0 {
		escaped = sent[0].URL.EscapedPath()
	}
	return "30 rows; the path was " + escaped, nil
}
