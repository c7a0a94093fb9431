package setup

import (
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Occasion is something that a role is used for beside running.
type Occasion string

// The occasions.
const (
	Migration     Occasion = "migration"      // kinesnow migrate on a KCL's table
	ExistingTable Occasion = "existing-table" // the lease table is made by somebody else
	Removal       Occasion = "removal"        // kinesnow remove
)

// PolicyVersion is the version of IAM's policy language.
const PolicyVersion = "2012-10-17"

// Policy is an IAM policy document.
type Policy struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement allows actions on resources.
type Statement struct {
	Sid      string   `json:"Sid"`
	Effect   string   `json:"Effect"`
	Action   []string `json:"Action"`
	Resource []string `json:"Resource"`
}

// What is called, and when. The lists are held against the code by a test that
// runs a connector with exactly them, and with each action taken away.
var (
	knowStream = []string{"kinesis:DescribeStream", "kinesis:ListShards"}
	poll       = []string{"kinesis:GetRecords", "kinesis:GetShardIterator"}
	register   = []string{"kinesis:DescribeStreamConsumer", "kinesis:RegisterStreamConsumer"}
	subscribe  = []string{"kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"}
	deregister = []string{"kinesis:DeregisterStreamConsumer"}

	useTable  = []string{"dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"}
	makeTable = []string{"dynamodb:CreateTable"}
	replace   = []string{"dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"}
)

// IAM returns the least policy under which a connector runs, and does what the
// occasions name. account is the AWS account id of the lease table, and of the
// stream where that has no ARN, "" = any. (A policy variable would not do: AWS
// allows none in this part of an ARN.)
func IAM(cfg supervisor.Config, account string, occasions ...Occasion) Policy {
	on := func(o Occasion) bool { return slices.Contains(occasions, o) }
	stream := StreamARN(cfg, account)
	if account == "" {
		account = "*" // the stream may be another account's; the table never is
	}
	table := strings.Join([]string{"arn", partition(cfg.AWS.Region), "dynamodb", cfg.AWS.Region, account, "table/" + cfg.Application}, ":")
	p := Policy{Version: PolicyVersion}
	allow := func(sid, resource string, actions ...[]string) {
		all := slices.Concat(actions...)
		slices.Sort(all)
		p.Statement = append(p.Statement, Statement{Sid: sid, Effect: "Allow", Action: slices.Compact(all), Resource: []string{resource}})
	}
	fanOut := cfg.Kinesis.ConsumerType == config.EnhancedFanOut
	onStream, onConsumer := [][]string{knowStream}, [][]string{}
	if !fanOut {
		onStream = append(onStream, poll)
	} else {
		onStream, onConsumer = append(onStream, register), append(onConsumer, subscribe)
	}
	if on(Removal) {
		onStream, onConsumer = append(onStream, register[:1]), append(onConsumer, deregister)
	}
	allow("ReadStream", stream, onStream...)
	if fanOut { // what a crash left uncounted is read again by polling, and on_efo_unavailable: poll wants it
		allow("CountAgainAfterACrash", stream, poll)
	}
	if len(onConsumer) > 0 {
		allow("FanOut", stream+"/consumer/"+cfg.Application+":*", onConsumer...)
	}
	onTable := [][]string{useTable}
	if !on(ExistingTable) {
		onTable = append(onTable, makeTable)
	}
	if on(Migration) {
		onTable = append(onTable, replace)
	}
	allow("Leases", table, onTable...)
	if on(Migration) {
		allow("MigrationCopy", table+"_migration", replace)
	}
	return p
}

// StreamARN is the configured stream's.
func StreamARN(cfg supervisor.Config, account string) string {
	if arn := cfg.Kinesis.StreamARN(); arn != "" {
		return arn
	}
	if account == "" {
		account = "*"
	}
	return strings.Join([]string{"arn", partition(cfg.AWS.Region), "kinesis", cfg.AWS.Region, account, "stream/" + cfg.Kinesis.StreamName()}, ":")
}

// partition is AWS's own name of the part of the world that a region is in.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
