package supervisor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// receivers are the actors, by the name that a point has, and where the table
// of what each takes is.
var receivers = map[string]string{
	"connector": "connector.go", "shards": "manager.go", "unit": "unit.go",
	"leases": "../actors/lease.go", "commits": "../actors/commits.go", "ledger": "../actors/ledger.go", "drops": "../actors/drops.go", "schema": "../actors/schema.go",
	"reader": "../actors/reader.go", "channel": "../actors/channel.go", "checkpoint": "../actors/checkpoint.go",
}

// services are what a node calls.
var services = map[string][]reflect.Type{
	"kinesis":    {reflect.TypeFor[actors.StreamCatalog](), reflect.TypeFor[actors.BlockSource]()},
	dynamodb:     {reflect.TypeFor[shardTable]()},
	"snowflake":  {reflect.TypeFor[rowService]()},
	"sql":        {reflect.TypeFor[actors.TargetTable]()},
	"journal":    {reflect.TypeFor[messages.Journal]()},
	"deadletter": {reflect.TypeFor[messages.DeadLetter]()},
}

// elsewhere are the kinds that no workload comes by, and why not.
var elsewhere = map[string]string{
	"channel crashed":          "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"checkpoint crashed":       "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"commits crashed":          "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"leases crashed":           "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"drops crashed":            "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"ledger crashed":           "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"reader crashed":           "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"schema crashed":           "what a goroutine's panic becomes: the blows of its calls make it, after the run without a blow",
	"channel ColumnsRefused":   "a table that may not be altered: the scenarios of evolution make it",
	"connector SchemaTrouble":  "as ColumnsRefused",
	"connector TableShrunk":    "a column that somebody drops: the scenarios of evolution make it",
	"schema lookNow":           "a minute without a description: the actor's own tests make it",
	"connector KeysCounted":    "keys that nobody makes columns for: the scenarios of evolution make it",
	"connector respawn":        "what a child's end becomes: the blows make it",
	"connector Restarting":     "what its own panic becomes under a host that restarts",
	"unit LeaseConfirmed":      "an answer after a fence: the blows of a takeover make it",
	"unit repeatNow":           "a question that was lost with a panic: the blows make it",
	"channel LeaseLost":        "a lease that is lost between open and re-check: the blows of a takeover make it",
	"checkpoint recounted":     "a stretch that only a dead node's journal has: the kills make it",
	"checkpoint endNow":        "a last write that takes 5 s: the simulation's slow tables make it",
	"leases prepareNow":        "a table that cannot be prepared: the simulation makes it",
	"connector drainLate":      "a drain that takes longer than it may: the simulation makes it",
	"connector recordLate":     "as drainLate",
	"unit lateEnd":             "as drainLate",
	"unit windLate":            "as drainLate",
	"channel GapNotice":        "records that expire: the simulation and the start scenarios make it",
	"connector Resolve":        "a stop that waits for a human: the start scenarios make it",
	"shards resolveShard":      "as Resolve",
	"unit resolveShard":        "as Resolve",
	"unit credentialLook":      "a credential that Snowflake refused: the scenario of a mended key file makes it",
	"unit resolved":            "as Resolve",
	"dynamodb Stop":            "as Resolve",
	"dynamodb ResolvePosition": "as Resolve",
	"dynamodb ForgetDrained":   "a table of another product: the start scenarios make it",
	"dynamodb ResetStream":     "a stream that is created anew: actors' own tests make it",
}

// TestTheWorkloadsComeByEveryKind of message that an actor takes and of call
// that a node makes: what is new has its boundaries tried, or a reason here why
// not. A reason that does not hold any more fails, too.
func TestTheWorkloadsComeByEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"split", "hours", "columns"} { // those of make crash
		for _, at := range crashPoints(t, workloads[name]) {
			_, place, _ := strings.Cut(at.where, "/")
			place, _, _ = strings.Cut(place, "@")
			seen[place+" "+at.what] = true
		}
	}
	kinds := callKinds()
	for place, file := range receivers {
		for _, what := range takenIn(t, file) {
			kinds = append(kinds, place+" "+what)
		}
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		why, known := elsewhere[kind]
		switch {
		case !seen[kind] && !known:
			t.Errorf("no workload comes by %s", kind)
		case seen[kind] && known:
			t.Errorf("a workload does come by %s, which is said to be left out: %s", kind, why)
		}
	}
	for kind := range elsewhere {
		if !slices.Contains(kinds, kind) {
			t.Errorf("there is no %s", kind)
		}
	}
}

// callKinds are the methods of what a node calls. Those without an effect
// elsewhere are none.
func callKinds() (kinds []string) {
	for service, types := range services {
		for _, s := range types {
			for i := range s.NumMethod() {
				switch name := s.Method(i).Name; name {
				case "Close", "Seal", "Recycle", "Plan":
				default:
					kinds = append(kinds, service+" "+name)
				}
			}
		}
	}
	return kinds
}

// takenIn are the message types that a file's Receive names.
func takenIn(t *testing.T, file string) (kinds []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name != "Receive" {
			return false
		}
		clause, ok := n.(*ast.CaseClause)
		if !ok {
			return true
		}
		for _, e := range clause.List {
			star, ok := e.(*ast.StarExpr)
			if !ok {
				continue
			}
			switch name := star.X.(type) {
			case *ast.Ident:
				kinds = append(kinds, name.Name)
			case *ast.SelectorExpr:
				kinds = append(kinds, name.Sel.Name)
			}
		}
		return true
	})
	if len(kinds) == 0 {
		t.Errorf("%s has no Receive", file)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
