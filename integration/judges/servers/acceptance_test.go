package servers

import (
	"os"
	"sync"
	"testing"
	"time"
)

// The trials that judges run on other people's servers, on the local ones.

func onLocalServers(t *testing.T, number int) {
	t.Helper()
	t.Parallel() // most of a trial's time is waiting
	if err := sharedHall(); err != nil {
		t.Fatal(err)
	}
	for _, trial := range of(number) {
		t.Run(trial.name, func(t *testing.T) {
			compared, err := trial.try(t.Context(), place{hall: hall, keep: func(_, log string) { t.Log(log) }, pace: quickly, lease: 4 * time.Second, renew: 400 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(compared)
		})
	}
}

var (
	hall       *world // of all trials, until the process ends
	sharedHall = sync.OnceValue(func() (err error) { hall, err = newHall(); return err })
)

func TestMain(m *testing.M) {
	code := m.Run()
	if hall != nil {
		hall.close()
	}
	os.Exit(code)
}

func TestA02ThreeNodesOutliveOneOfThem(t *testing.T)                { onLocalServers(t, 2) }
func TestA03AWrongClockMovesNoLease(t *testing.T)                   { onLocalServers(t, 3) }
func TestA04NothingIsLostWhereShardsChange(t *testing.T)            { onLocalServers(t, 4) }
func TestA05IteratorsThatExpireLoseNothing(t *testing.T)            { onLocalServers(t, 5) }
func TestA06WritesThatAreAnsweredByErrorsLoseNoLease(t *testing.T)  { onLocalServers(t, 6) }
func TestA08AShardIsAskedFiveTimesASecondAtMost(t *testing.T)       { onLocalServers(t, 8) }
func TestA09WhileSnowflakeTakesNothingShardsStay(t *testing.T)      { onLocalServers(t, 9) }
func TestA11AWholeLifeIsLivedUnderTheDocumentedPolicy(t *testing.T) { onLocalServers(t, 11) }
