package servers

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// ours is the local Snowflake, read through its driver.
type ours struct {
	cloud *localcloud.Cloud
	db    *sql.DB
	keys  snowpipe.TokenSource
}

func (o *ours) url() string                  { return o.cloud.Snowflake.URL() }
func (o *ours) tokens() snowpipe.TokenSource { return o.keys }
func (o *ours) bridge(bool)                  {}

func (o *ours) makeTable(ctx context.Context, table string) error {
	_, err := o.db.ExecContext(ctx, `CREATE TABLE "`+table+`" (N NUMBER, KEY TEXT, DOC VARIANT) ENABLE_SCHEMA_EVOLUTION = TRUE`)
	return err
}

func (o *ours) holder(_ context.Context, table string) (string, error) { return table, nil }

func (o *ours) read(ctx context.Context, table string, columns ...string) ([]string, error) {
	rows, err := o.db.QueryContext(ctx, `SELECT "`+strings.Join(columns, `"::text, "`)+`"::text FROM "`+table+`"`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		values := make([]*string, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		text, err := plainJSON(columns, values)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

// TestTheLocalServerDoesWhatSnowduckIsHeldAgainst asks it for every
// expectation: where snowduck differs, ours is the one that does as the service.
func TestTheLocalServerDoesWhatSnowduckIsHeldAgainst(t *testing.T) {
	cloud, err := localcloud.Start(localcloud.Options{Streams: []localcloud.Stream{{Name: streamName, Shards: 1}}, CommitDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	db, err := localcloud.Open(cloud.Login())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := snowpipe.NewKeyPair(localcloud.Account, localcloud.User, localcloud.Role, cloud.Login().Key)
	if err != nil {
		t.Fatal(err)
	}
	server := &ours{cloud, db, keys}
	for _, e := range expectations() {
		t.Run(e.operation, func(t *testing.T) {
			did, err := e.ask(t.Context(), server)
			if err != nil {
				t.Fatal(err)
			}
			if did != e.want {
				t.Errorf("%s; want %s", did, e.want)
			}
		})
	}
}

// TestEveryKnownDifferenceIsLookedFor keeps the list from growing stale.
func TestEveryKnownDifferenceIsLookedFor(t *testing.T) {
	var asked []string
	for _, e := range expectations() {
		asked = append(asked, e.operation)
	}
	for operation, known := range snowduckDiffers {
		if !slices.Contains(asked, operation) || known.does == "" || known.why == "" {
			t.Errorf("%s: %+v is no difference that is looked for", operation, known)
		}
	}
}
