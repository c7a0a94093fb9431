package supervisor

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// point is a place between two steps of a run: just before or just after an
// actor handles its so-manieth message of a type, or a call takes effect.
type point struct {
	where string // such as p1/channel@1: node, actor, shard; or p1/snowflake@1 for calls
	what  string // the message's type or the call
	n     int    // counted from 1 for this where and what
	after bool
}

func (p point) String() string {
	side := "before"
	if p.after {
		side = "after"
	}
	return side + " " + p.where + " " + p.what + " " + strconv.Itoa(p.n)
}

// call reports whether it is a boundary of a call, not of a message.
func (p point) call() bool {
	_, service, _ := strings.Cut(p.where, "/")
	service, _, _ = strings.Cut(service, "@")
	return slices.Contains([]string{"kinesis", dynamodb, "snowflake", "sql", "journal", "deadletter"}, service)
}

// blow is what happens at a point: panic, kill (others take over), or restart
// (the same node is back a while after it was killed).
type blow struct {
	kind string
	at   point
}

var blowKinds = []string{"panic", "kill", "restart"}

func (b blow) String() string { return b.kind + " " + b.at.String() }

// parseBlow reads what String writes.
func parseBlow(text string) (b blow, err error) {
	f := strings.Fields(text)
	if len(f) != 5 || f[1] != "before" && f[1] != "after" {
		return b, fmt.Errorf("blow %q: want KIND before|after WHERE WHAT N", text)
	}
	b = blow{f[0], point{where: f[2], what: f[3], after: f[1] == "after"}}
	b.at.n, err = strconv.Atoi(f[4])
	return b, err
}

// placeOf names an actor without its generation: p1/channel@1.
func placeOf(node string, pid *actor.PID) string {
	parts := strings.Split(pid.Id, "/")[1:]
	place, shard := "connector", ""
	for _, part := range parts {
		switch kind, rest, cut := strings.Cut(part, "-"); {
		case kind == "shardId":
			place, shard = "unit", "@"+strings.TrimLeft(rest[:len(rest)-1], "0")+rest[len(rest)-1:]
		case cut:
			place = kind
		default:
			place = part
		}
	}
	return node + "/" + place + shard
}

// typeName is a message's type without its package.
func typeName(message any) string {
	name := reflect.TypeOf(message).String()
	return name[strings.LastIndexByte(name, '.')+1:]
}
