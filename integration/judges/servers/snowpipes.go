package servers

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
)

// pipeServer is a Snowpipe Streaming that our client is held against: somebody
// else's, or the local one, which has to answer what the service would.
type pipeServer interface {
	url() string
	// makeTable makes a table with columns N NUMBER, KEY TEXT and DOC VARIANT,
	// which may grow.
	makeTable(ctx context.Context, table string) error
	// read reads rows as {"N":..,"KEY":..,"DOC":..} in the order of their
	// commits, from where the default pipe of the table has put them.
	read(ctx context.Context, table string, columns ...string) ([]string, error)
	// holder names the table into which the default pipe has put rows, "" while
	// there is none.
	holder(ctx context.Context, table string) (string, error)
	// bridge puts up, or takes down, what keeps known differences away from the
	// expectations that are about something else.
	bridge(up bool)
	tokens() snowpipe.TokenSource
}

// pipeCase is our client at such a server, with a table of its own.
type pipeCase struct {
	server pipeServer
	table  string
	client *snowpipe.Client
	sent   int // rows
}

// newPipeCase makes a table and a client of its default pipe.
func newPipeCase(ctx context.Context, server pipeServer, change func(*snowpipe.Config)) (*pipeCase, error) {
	return namedPipeCase(ctx, server, "T"+strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")), change)
}

func namedPipeCase(ctx context.Context, server pipeServer, table string, change func(*snowpipe.Config)) (*pipeCase, error) {
	c := &pipeCase{server: server, table: table}
	if err := server.makeTable(ctx, c.table); err != nil {
		return nil, err
	}
	return c, c.connect(change)
}

func (c *pipeCase) connect(change func(*snowpipe.Config)) (err error) {
	config := snowpipe.Config{
		Account: localcloud.Account, User: localcloud.User, Role: localcloud.Role, Host: c.server.url(),
		Database: localcloud.Database, Schema: localcloud.Schema, Pipe: snowpipe.DefaultPipe(c.table), Tokens: c.server.tokens(),
	}
	if change != nil {
		change(&config)
	}
	c.client, err = snowpipe.New(config)
	return err
}

// batch seals rows. Their offset tokens are their numbers, from 1.
func (c *pipeCase) batch(rows ...string) (*messages.SealedBatch, error) {
	text := []byte(strings.Join(rows, "\n") + "\n")
	body, length, encoding, err := c.client.Seal([][]byte{text})
	if err != nil {
		return nil, err
	}
	start := c.sent + 1
	c.sent += len(rows)
	return &messages.SealedBatch{
		Body: body, Length: length, Encoding: encoding, Raw: int64(len(text)), RequestID: uuid.NewString(),
		Start: fmt.Sprint(start), End: fmt.Sprint(c.sent),
	}, nil
}

// append seals and sends rows.
func (c *pipeCase) append(ctx context.Context, channel, continuation string, rows ...string) (string, error) {
	b, err := c.batch(rows...)
	if err != nil {
		return "", err
	}
	return c.client.Append(ctx, channel, continuation, b)
}

// opened opens a channel and appends rows to it.
func (c *pipeCase) opened(ctx context.Context, channel string, rows ...string) (*messages.Opening, string, error) {
	opening, err := c.client.Open(ctx, channel, true)
	if err != nil {
		return nil, "", err
	}
	next, err := c.append(ctx, channel, opening.Continuation, rows...)
	return opening, next, err
}

// status waits until so many rows were parsed, for commits may lag.
func (c *pipeCase) status(ctx context.Context, channel string, parsed int64) (*messages.ChannelStatus, error) {
	var found *messages.ChannelStatus
	err := eventually(ctx, fmt.Sprintf("%d rows parsed", parsed), func() (string, error) {
		all, err := c.client.Status(ctx, []string{channel})
		if err != nil {
			return "", err
		}
		if found = all[channel]; found == nil || found.RowsParsed < parsed {
			return fmt.Sprintf("%+v", found), nil
		}
		return "", nil
	})
	return found, err
}

// three are rows with values that are easily bent.
var three = []string{
	`{"N":1,"KEY":"naïve \"✓\"","DOC":{"a":[1,2.5,null,true],"b":""}}`,
	`{"N":9007199254740993,"KEY":"","DOC":[]}`,
	`{"N":-3,"KEY":"\\ \t","DOC":{"N":{"KEY":"x"}}}`,
}

// reads tells whether a table holds rows, in their order and with their values.
func (c *pipeCase) reads(ctx context.Context, want ...string) (string, error) {
	got, err := c.server.read(ctx, c.table, "N", "KEY", "DOC")
	if err != nil {
		return "", err
	}
	if g, w := strings.Join(got, " "), strings.Join(want, " "); g != w {
		return fmt.Sprintf("%d rows: %s", len(got), g), nil
	}
	return fmt.Sprintf("%d rows as sent", len(want)), nil
}

// plainJSON writes a row of texts as they are read, where DOC is JSON: without
// spaces and in the order of the columns.
func plainJSON(columns []string, values []*string) (string, error) {
	var b bytes.Buffer
	for i, column := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", column)
		switch v := values[i]; {
		case v == nil:
			b.WriteString("null")
		case column == "DOC":
			if err := json.Compact(&b, []byte(*v)); err != nil {
				return "", fmt.Errorf("%s is no JSON: %s", column, *v)
			}
		case column == "KEY":
			var text bytes.Buffer
			e := json.NewEncoder(&text)
			e.SetEscapeHTML(false)
			if err := e.Encode(*v); err != nil {
				return "", err
			}
			b.Write(bytes.TrimSpace(text.Bytes()))
		default:
			b.WriteString(*v)
		}
	}
	return "{" + b.String() + "}", nil
}

// someKey is a key pair that nobody has registered.
var someKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// strangerTokens are the credentials of that key.
func strangerTokens() (snowpipe.TokenSource, error) {
	key, err := someKey()
	if err != nil {
		return nil, err
	}
	return snowpipe.NewKeyPair(localcloud.Account, localcloud.User, localcloud.Role, key)
}
