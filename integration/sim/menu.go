package sim

import (
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// course is one kind of call fault.
type course struct {
	kind    string
	service string   // "" = each
	actions []string // none = each
	weight  int
	serve   func(w *World, d dice, f *fate)
}

// fate is what happens to one call.
type fate struct {
	kind       string
	out, back  time.Duration
	loseBefore bool
	loseAfter  bool
	cut        bool
	late       time.Duration // the connection breaks, and the request arrives so much later
	twice      time.Duration // it arrives again after so long
	before     func(*Call)   // happens at the service just before
	answer     func(*Call) *http.Response
	blow       *Blow // told once the caller knows
	giveUp     bool  // it only matters if the caller gave up
}

// missed: the caller gave up waiting.
func (f *fate) missed(w *World) {
	if f.giveUp && f.blow != nil {
		w.ledger.strike(f.blow)
	}
}

// Menu has something for every call.
type Menu struct {
	world   *World
	courses []course // of this seed
	calm    atomic.Bool
}

// writes are the calls that change something.
var writes = []string{"UpdateItem", "PutItem", "TransactWriteItems", "AppendRows", "OpenChannel", "DropChannel"}

// courses are all kinds of call faults.
func courses() []course {
	return []course{
		{"kinesis throttled", "kinesis", nil, 10, refuse(awsThrottles("ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException", "KMSThrottlingException", "TooManyRequestsException"))},
		{"dynamodb throttled", "dynamodb", nil, 10, refuse(awsThrottles("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"))},
		{"snowflake throttled", "snowflake", nil, 10, refuse(snowflakeThrottles)},
		{"kinesis 5xx", "kinesis", nil, 10, refuse(aws5xx)},
		{"dynamodb 5xx", "dynamodb", nil, 10, refuse(aws5xx)},
		{"snowflake 5xx", "snowflake", nil, 10, refuse(snowflake5xx)},
		{"kinesis connection reset before", "kinesis", nil, 8, func(_ *World, _ dice, f *fate) { f.loseBefore = true }},
		{"dynamodb connection reset before", "dynamodb", nil, 8, func(_ *World, _ dice, f *fate) { f.loseBefore = true }},
		{"snowflake connection reset before", "snowflake", nil, 8, func(_ *World, _ dice, f *fate) { f.loseBefore = true }},
		{"kinesis answer lost", "kinesis", nil, 5, func(_ *World, _ dice, f *fate) { f.loseAfter = true }},
		{"conditional write, answer lost", "dynamodb", []string{"UpdateItem"}, 14, func(_ *World, _ dice, f *fate) { f.loseAfter = true }},
		{"append or open, answer lost", "snowflake", []string{"AppendRows", "OpenChannel", "DropChannel"}, 14, func(_ *World, _ dice, f *fate) { f.loseAfter = true }},
		{"answer cut off", "", nil, 8, func(_ *World, _ dice, f *fate) { f.cut = true }},
		{"too slow", "", nil, 1, func(_ *World, d dice, f *fate) {
			f.out += d.between(10*time.Second, 100*time.Second)
			f.giveUp = true
		}},
		{"late delivery", "", writes, 8, func(_ *World, d dice, f *fate) { f.late = d.between(time.Millisecond, 40*time.Second) }},
		{"second delivery", "", writes, 10, func(_ *World, d dice, f *fate) { f.twice = d.between(time.Millisecond, 20*time.Second) }},
		{"expired iterator", "kinesis", []string{"GetRecords"}, 8, refuse(expiredIterator)},
		{"empty page", "kinesis", []string{"GetRecords"}, 10, refuse(emptyPage)},
		{"expired credentials", "kinesis", nil, 4, refuse(expiredCredentials)},
		{"expired credentials", "dynamodb", nil, 4, refuse(expiredCredentials)},
		{"expired scoped token", "snowflake", []string{"AppendRows", "OpenChannel", "DropChannel", "Status"}, 4, refuse(expiredToken)},
		{"409 uncommitted data", "snowflake", []string{"OpenChannel", "DropChannel"}, 12, refuse(snowflakeError(http.StatusConflict, "ERR_CHANNEL_HAS_UNCOMMITTED_DATA"))},
		{"409 open in progress", "snowflake", []string{"OpenChannel"}, 12, refuse(snowflakeError(http.StatusConflict, "ERR_OPEN_CHANNEL_IN_PROGRESS"))},
		{"channel must be reopened", "snowflake", []string{"AppendRows"}, 8, func(w *World, d dice, f *fate) {
			code := pick(d, "ERR_CHANNEL_MUST_BE_REOPENED", "ERR_CHANNEL_MUST_BE_REOPENED_DUE_TO_ROW_SEQ_GAP")
			f.before = func(c *Call) { _ = w.cloud.Snowflake.InvalidateChannel(c.object, code) }
		}},
		{"ingest host failed over", "snowflake", []string{"AppendRows", "OpenChannel", "DropChannel", "Status"}, 2, func(w *World, _ dice, f *fate) {
			f.before = func(*Call) { w.cloud.Snowflake.FailOver() }
		}},
	}
}

// refuse has a call answered in the service's place.
func refuse(answer func(d dice, c *Call) *http.Response) func(*World, dice, *fate) {
	return func(_ *World, d dice, f *fate) {
		f.answer = func(c *Call) *http.Response { return answer(d, c) }
	}
}

// newMenu leaves some courses out, for what never fails at the same time as
// everything else shows other weaknesses.
func newMenu(w *World) *Menu {
	m := &Menu{world: w}
	d := throw(w.plan.Seed, "menu")
	for _, c := range courses() {
		if d.chance(750) {
			m.courses = append(m.courses, c)
		}
	}
	return m
}

// fate decides what happens to a call: a function of the seed and the call.
func (m *Menu) fate(c *Call) *fate {
	d := throw(m.world.plan.Seed, c.node.name, c.name, statusText[c.n%600], statusText[c.n/600%600])
	f := &fate{out: d.between(2*time.Millisecond, 20*time.Millisecond), back: d.between(time.Millisecond, 15*time.Millisecond)}
	if m.calm.Load() || !d.chance(m.world.plan.Calls) || c.action == "Token" && d.chance(500) {
		return f
	}
	total := 0
	for i := range m.courses {
		if m.courses[i].fits(c) {
			total += m.courses[i].weight
		}
	}
	if total == 0 {
		return f
	}
	at := d.IntN(total)
	for i := range m.courses {
		if !m.courses[i].fits(c) {
			continue
		}
		if at -= m.courses[i].weight; at < 0 {
			m.courses[i].serve(m.world, d, f)
			f.kind = m.courses[i].kind
			m.strike(c, f)
			return f
		}
	}
	return f
}

// strike notes the blow. One whose caller hears of it matters when the call is
// made again; a second delivery matters only if it ends a generation.
func (m *Menu) strike(c *Call, f *fate) {
	f.blow = &Blow{kind: f.kind, node: c.node.name, shard: c.shard, call: c.again()}
	switch {
	case f.twice > 0: // once it has been delivered
		f.blow.call, f.blow.within = "", doubleWithin
	case f.giveUp: // once the caller has given up
	default:
		m.world.ledger.strike(f.blow)
	}
}

// doubleWithin is how soon a second delivery must end a generation to have done
// it.
const doubleWithin = 5 * time.Second

func (c *course) fits(call *Call) bool {
	return (c.service == "" || c.service == call.service) && (len(c.actions) == 0 || slices.Contains(c.actions, call.action))
}
