package evolution_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/evolution"
)

// TestALookSaysWhatWouldRunAndRunsNothing on a local Snowflake.
func TestALookSaysWhatWouldRunAndRunsNothing(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Tables: []string{"ORDERS"}, Columns: []string{"ID NUMBER NOT NULL", "AT VARCHAR"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	file, err := config.Load(cloud.ConfigFile(), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	cfg := file.Connectors["orders"]
	for range 2 { // it is the same the second time
		got, err := evolution.Look(t.Context(), cfg, [][]byte{
			[]byte(`{"id":1,"amount":2}`), []byte(`{"at":"now","amount":2.5,"Items":[1]}`), []byte(`not JSON`), []byte(`{"id":1,"":2}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		var would []string
		for _, a := range got.Would {
			would = append(would, a.Statement)
		}
		want := []string{
			`ALTER TABLE "RAW"."EVENTS"."ORDERS" ADD COLUMN IF NOT EXISTS "AMOUNT" FLOAT, IF NOT EXISTS "ITEMS" VARIANT`,
			`ALTER TABLE "RAW"."EVENTS"."ORDERS" ALTER COLUMN "ID" DROP NOT NULL`,
		}
		if !slices.Equal(would, want) || !slices.Equal(got.Ignored, []string{"amount", "Items"}) || got.Columns != 3 || got.Samples != 2 || !got.Evolves || got.Kind != "TABLE" {
			t.Errorf("looked and saw %+v", got)
		}
		if len(got.Unusable) != 2 || !strings.Contains(got.Unusable[1], "can be no column") {
			t.Errorf("unusable: %q", got.Unusable)
		}
	}
	cfg.Snowflake.Table = "MISSING"
	if _, err := evolution.Look(t.Context(), cfg, nil); err == nil {
		t.Error("a table that is not there was looked at")
	}
}
