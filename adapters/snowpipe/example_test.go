package snowpipe_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
)

// Open a channel, append two rows, wait until they are durable. The service
// is a local one here; leave out Host to use the account's own.
func Example() {
	service := exampleService()
	defer service.Close()

	tokens, err := snowpipe.NewKeyPair("LOCAL", "LOADER", "", rsakey.Key(0))
	if err != nil {
		log.Fatal(err)
	}
	client, err := snowpipe.New(snowpipe.Config{
		Account: "LOCAL", Host: service.URL(),
		Database: "RAW", Schema: "EVENTS", Pipe: snowpipe.DefaultPipe("ORDERS"),
		Application: "example", Tokens: tokens,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	// Opening fences whoever wrote to this channel before, and says where to
	// resume: after opening.Token.
	opening, err := client.Open(ctx, "orders-0", true)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("opened, committed so far: %q\n", opening.Token)

	rows := []byte("{\"ID\":1}\n{\"ID\":2}\n")
	body, length, encoding, err := client.Seal([][]byte{rows})
	if err != nil {
		log.Fatal(err)
	}
	batch := &messages.SealedBatch{
		Body: body, Length: length, Encoding: encoding, Raw: int64(len(rows)),
		RequestID: "8c7be4a6-5f5e-4a39-9a0c-0d7a3e0b8a11", Start: "1", End: "2",
	}
	// After an error whose Fault is not Complete: the same batch, the same
	// token, again. After success: the next batch with the next token.
	next, err := client.Append(ctx, "orders-0", opening.Continuation, batch)
	if err != nil {
		log.Fatal(err)
	}
	client.Recycle(batch)
	fmt.Println("accepted, next token given:", next != "")

	// Accepted is not durable yet.
	for {
		statuses, err := client.Status(ctx, []string{"orders-0"})
		if err != nil {
			log.Fatal(err)
		}
		if status := statuses["orders-0"]; status.Token == "2" {
			fmt.Printf("committed up to %s: %d rows, %d rejected\n", status.Token, status.RowsInserted, status.RowsErrors)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	// Output:
	// opened, committed so far: ""
	// accepted, next token given: true
	// committed up to 2: 2 rows, 0 rejected
}

// A default pipe travels quoted where its table must be.
func ExamplePipePathName() {
	fmt.Println(snowpipe.PipePathName(snowpipe.DefaultPipe("ORDERS")))
	fmt.Println(snowpipe.PipePathName(snowpipe.DefaultPipe("my_table")))
	// Output:
	// ORDERS-STREAMING
	// "my_table-STREAMING"
}

// What a client does by itself ends at one more attempt after a 401. This is
// the shape of the rest.
func ExampleClient_Append() {
	appendUntilKnown := func(ctx context.Context, client *snowpipe.Client, token string, batch *messages.SealedBatch) (string, error) {
		for {
			next, err := client.Append(ctx, "orders-0", token, batch)
			fault := messages.AsFault("append", err)
			if err == nil || fault.Class != messages.Transient || fault.Complete {
				return next, err
			}
			select {
			case <-time.After(max(fault.After, 200*time.Millisecond)):
			case <-ctx.Done():
				return "", err
			}
		}
	}
	service := exampleService()
	defer service.Close()
	tokens, err := snowpipe.NewKeyPair("LOCAL", "LOADER", "", rsakey.Key(0))
	if err != nil {
		log.Fatal(err)
	}
	client, err := snowpipe.New(snowpipe.Config{Account: "LOCAL", Host: service.URL(), Database: "RAW", Schema: "EVENTS",
		Pipe: snowpipe.DefaultPipe("ORDERS"), Compression: snowpipe.None, Tokens: tokens})
	if err != nil {
		log.Fatal(err)
	}
	opening, err := client.Open(context.Background(), "orders-0", true)
	if err != nil {
		log.Fatal(err)
	}
	row := []byte("{\"ID\":1}\n")
	body, length, encoding, err := client.Seal([][]byte{row})
	if err != nil {
		log.Fatal(err)
	}
	_, err = appendUntilKnown(context.Background(), client, opening.Continuation,
		&messages.SealedBatch{Body: body, Length: length, Encoding: encoding, Raw: length, End: "1"})
	fmt.Println(err)
	// Output: <nil>
}

// exampleService is a local Snowflake with the table RAW.EVENTS.ORDERS.
func exampleService() *localsnowflake.Server {
	service, err := localsnowflake.Start(localsnowflake.Options{CommitDelay: 20 * time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	known := service.Catalog()
	if err := service.RegisterUser("LOADER", catalog.AccountAdmin, &rsakey.Key(0).PublicKey); err != nil {
		log.Fatal(err)
	}
	if _, err := known.CreateDatabase("RAW", catalog.AccountAdmin, catalog.Keep); err != nil {
		log.Fatal(err)
	}
	if _, err := known.CreateSchema("RAW", "EVENTS", catalog.AccountAdmin, catalog.Keep); err != nil {
		log.Fatal(err)
	}
	table := catalog.Table{Database: "RAW", Schema: "EVENTS", Name: "ORDERS", Owner: catalog.AccountAdmin,
		Columns: []catalog.Column{{Name: "ID", Type: catalog.Type{Name: catalog.Variant}, Nullable: true}}}
	if _, _, err := known.CreateTable(table, catalog.Keep); err != nil {
		log.Fatal(err)
	}
	return service
}
