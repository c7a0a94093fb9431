package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestWhatIsBuriedIsPassedBeforeMoreIsAppended: S, written beside the counters,
// says that a dead letter made no row before any token covers it. Whoever has
// to count the stretch again, without this process's ledger, would else take it
// for committed rows (P13, P26).
func TestWhatIsBuriedIsPassedBeforeMoreIsAppended(t *testing.T) {
	for name, bad := range map[string]func(*actorstest.Cloud){
		"refused": func(cloud *actorstest.Cloud) {
			cloud.Stream.Put(shard0, 1) // 98
			poisoned := poison("98")
			cloud.Sink.Refuse = func(rows []string) error {
				if poisoned(rows) {
					return actorstest.Refusal(messages.Transient, messages.ReasonRefused, "")
				}
				return nil
			}
		},
		"too large": func(cloud *actorstest.Cloud) {
			cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 5, Bytes: 1 << 20})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(3) // 95 to 97
				bad(cloud)
				cloud.Stream.Put(shard0, 3) // 99 to 101
				covered := false
				cloud.Sink.Rejects = func(row string) bool { // told of every row that is committed
					if row == "99/0/0" {
						skipped, err := messages.ParseToken(cloud.Table.Peek(shard0).Skipped, shard0)
						covered = err == nil && skipped.Position == whole("98")
					}
					return false
				}
				w := start(t, cloud, plan{})
				time.Sleep(time.Minute)
				w.stop()
				w.innocent(7, "98")
				if !covered {
					t.Errorf("99 was committed while the row was at %+v", cloud.Table.Row(shard0))
				}
			})
		})
	}
}
