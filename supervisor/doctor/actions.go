package doctor

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// trial is what became of trying one action.
type trial struct {
	action string
	err    error
	why    string // it was not tried, and why
}

// checkActions tries each action that setup iam lists, statement by statement.
func (d *Doctor) checkActions(ctx context.Context, fs *findings) {
	down := map[string]bool{}
	for _, s := range d.services(ctx) {
		down[s.name] = closed(s.err)
	}
	policy := d.policy(ctx)
	tried := make([][]trial, len(policy.Statement))
	var all sync.WaitGroup
	for i, s := range policy.Statement {
		for _, action := range s.Action {
			tried[i] = append(tried[i], trial{action: action})
		}
		for j := range tried[i] {
			all.Go(func() { d.try(ctx, &tried[i][j], s, down) })
		}
	}
	all.Wait()
	for i, s := range policy.Statement {
		d.tell(fs, s, tried[i])
	}
}

// try makes the harmless call of an action.
func (d *Doctor) try(ctx context.Context, t *trial, s setup.Statement, down map[string]bool) {
	service, action, _ := strings.Cut(t.action, ":")
	switch {
	case down[service]:
		t.why = "not asked, for " + service + " was of no use above"
	case service == "dynamodb":
		d.tryTable(ctx, t, action)
	case strings.Contains(resource(s), "/consumer/"):
		d.tryConsumer(ctx, t, action)
	default:
		d.tryStream(ctx, t, action)
	}
}

// anyShard need not exist: a call is authorised before the shard is looked for.
const anyShard messages.ShardID = "shardId-000000000000"

func (d *Doctor) tryStream(ctx context.Context, t *trial, action string) {
	switch action {
	case "DescribeStream":
		_, t.err = d.described.of(ctx)
	case "ListShards":
		_, t.err = d.shards.of(ctx)
	case "GetShardIterator":
		t.err = d.stream.TryIterator(ctx, anyShard)
	case "GetRecords":
		d.tryRecords(ctx, t)
	case "DescribeStreamConsumer":
		_, t.err = d.stream.TryConsumer(ctx, d.streamARN(ctx))
	case "RegisterStreamConsumer":
		d.tryRegister(ctx, t)
	default:
		t.why = "no harmless call is known"
	}
	if judge(t.err) == absent {
		t.err = nil // authorised, and there is none: checkStream says so
	}
}

// tryRecords reads a record of a shard that is there. Encrypted streams show here
// whether their key may be used.
func (d *Doctor) tryRecords(ctx context.Context, t *trial) {
	shards, err := d.shards.of(ctx)
	open := openOf(shards)
	if err != nil || len(open) == 0 {
		t.why = "it takes a shard, and none could be listed"
		return
	}
	t.err = d.stream.TryRecords(ctx, open[0].ID)
	if f := messages.AsFault("", t.err); t.err != nil && f.Op == "kinesis.GetShardIterator" {
		t.err, t.why = nil, "it takes a shard iterator, and none was had"
	}
}

func (d *Doctor) tryRegister(ctx context.Context, t *trial) {
	switch there, err := d.stream.TryConsumer(ctx, d.streamARN(ctx)); {
	case err != nil:
		t.why = "whether consumer " + d.cfg.Application + " is registered could not be asked"
	case !there:
		t.why = "consumer " + d.cfg.Application + " is not registered yet, and a call would register it"
	default:
		t.err = d.stream.TryRegister(ctx, d.streamARN(ctx))
	}
}

func (d *Doctor) tryConsumer(ctx context.Context, t *trial, action string) {
	switch action {
	case "DescribeStreamConsumer":
		t.err = d.stream.TryNoConsumer(ctx, d.streamARN(ctx))
	case "SubscribeToShard":
		t.err = d.stream.TrySubscribe(ctx, d.streamARN(ctx), anyShard)
	default:
		t.why = "no harmless call is known"
	}
}

func (d *Doctor) tryTable(ctx context.Context, t *trial, action string) {
	switch action {
	case "DescribeTable":
		_, t.err = d.leases.of(ctx)
	case "GetItem":
		t.err = d.table.TryGet(ctx)
	case "Query":
		t.err = d.table.TryQuery(ctx)
	case "UpdateItem":
		t.err = d.table.TryUpdate(ctx)
	case "CreateTable":
		d.tryCreate(ctx, t)
	default:
		t.why = "no harmless call is known"
	}
}

func (d *Doctor) tryCreate(ctx context.Context, t *trial) {
	switch facts, err := d.leases.of(ctx); {
	case err != nil:
		t.why = "whether table " + d.cfg.Application + " is there could not be asked"
	case facts.Shape == leasetable.ShapeAbsent:
		t.why = "table " + d.cfg.Application + " is not there yet, and a call would create it"
	default:
		t.err = d.table.TryCreate(ctx)
	}
}

// streamARN is the stream's, put together where it could not be asked for.
func (d *Doctor) streamARN(ctx context.Context) string {
	if arn := d.cfg.Kinesis.StreamARN(); arn != "" {
		return arn
	}
	if s, err := d.described.of(ctx); err == nil {
		return s.ARN
	}
	account := d.account(ctx)
	if account == "" {
		account = "000000000000"
	}
	return setup.StreamARN(d.cfg, account)
}

// tell says what was found of one statement: what is allowed in one line, what is
// denied in one for each reason, what was not tried likewise.
func (d *Doctor) tell(fs *findings, s setup.Statement, tried []trial) {
	about := resource(s)
	denials, skips := map[string][]string{}, map[string][]string{}
	var good []string
	for _, t := range tried {
		switch v := judge(t.err); {
		case t.why != "":
			skips[t.why] = append(skips[t.why], t.action)
		case v == allowed:
			good = append(good, t.action)
		case v == denied:
			why := whyDenied(t.err)
			denials[why] = append(denials[why], t.action)
		case v == encrypted:
			key := "its key"
			if facts, err := d.described.of(context.Background()); err == nil && facts.KeyID != "" {
				key = facts.KeyID
			}
			f := fs.add(Missing, "%s on %s: the stream is encrypted, and its records cannot be decrypted: %s", t.action, about, words(bare(t.err)))
			f.todo("allow kms:Decrypt on %s, and look that the key is enabled", key).Actions = []string{"kms:Decrypt"}
			f.iam = append(f.iam, setup.Statement{Sid: "DecryptStream", Effect: "Allow", Action: []string{"kms:Decrypt"}, Resource: []string{keyARN(key)}})
		default:
			why := words(bare(t.err))
			skips[why] = append(skips[why], t.action)
		}
	}
	if len(good) > 0 {
		fs.add(OK, "%s on %s", list(good), about).Actions = good
	}
	for _, why := range sorted(denials) {
		actions := denials[why]
		f := fs.add(Missing, "%s on %s: %s", list(actions), about, why)
		f.Actions = actions
		if strings.Contains(why, "no identity-based policy") || why == "AccessDeniedException" {
			f.todo("the IAM policy below")
			f.iam = append(f.iam, s)
		} else {
			f.todo("whoever wrote that policy has to change it: one that allows is not enough")
		}
	}
	for _, why := range sorted(skips) {
		f := fs.add(Untested, "%s on %s: %s", list(skips[why]), about, why)
		f.Actions = skips[why]
	}
}

// keyARN is what a policy calls a key.
func keyARN(key string) string {
	if strings.HasPrefix(key, "arn:") {
		return key
	}
	return "*"
}

// list names actions of one service: kinesis:A, B.
func list(actions []string) string {
	service := ""
	var b strings.Builder
	for i, a := range actions {
		of, name, _ := strings.Cut(a, ":")
		if i > 0 {
			b.WriteString(", ")
		}
		if of != service {
			b.WriteString(of + ":")
			service = of
		}
		b.WriteString(name)
	}
	return b.String()
}

// resource is what a statement is about, short.
func resource(s setup.Statement) string { return arnPart(s.Resource[0], arnRest) }

func sorted(of map[string][]string) []string {
	var keys []string
	for k := range of {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// checkOccasions names what only other verbs need.
func (d *Doctor) checkOccasions(ctx context.Context, fs *findings) {
	base := d.policy(ctx)
	for _, o := range []struct {
		occasion setup.Occasion
		verb     string
	}{{setup.Migration, "migrate"}, {setup.Removal, "remove"}} {
		var extra []string
		for _, s := range setup.IAM(d.cfg, d.account(ctx), o.occasion).Statement {
			for _, action := range s.Action {
				if !slices.ContainsFunc(base.Statement, func(b setup.Statement) bool { return slices.Contains(b.Action, action) }) && !slices.Contains(extra, action) {
					extra = append(extra, action)
				}
			}
		}
		if len(extra) > 0 {
			f := fs.add(Untested, "%s: only kinesnow %s uses %s", list(extra), o.verb, them(len(extra)))
			f.Actions = extra
		}
	}
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
