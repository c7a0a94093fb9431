package localkinesis

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/integration/iam"
)

// Policy lists what callers may do. A resource is named as in its ARN,
// "stream/NAME" or "stream/NAME/consumer/NAME:CREATED". A request is about the
// consumer whose ARN it has, else about its stream. What is not listed is
// AccessDeniedException.
type Policy = iam.Policy

// SetPolicy changes what callers may do from now on, as an administrator does
// who grants or revokes a right while a program runs: iam.Changing.
func (s *Server) SetPolicy(p Policy) error { return s.policy.Set(p) }

// OpenflowPolicy is the Kinesis part of the policy that the documentation of
// Openflow's Kinesis connector asks for. What it allows on consumers is asked
// for by their ARN.
func OpenflowPolicy(stream string) Policy {
	return Policy{
		"stream/" + stream:                 {"DescribeStream", "DescribeStreamConsumer", "GetRecords", "GetShardIterator", "ListShards", "RegisterStreamConsumer"},
		"stream/" + stream + "/consumer/*": {"DeregisterStreamConsumer", "DescribeStreamConsumer", "SubscribeToShard"},
	}
}

// OpenflowPolicyWithoutDeregister is the reduced form the documentation
// allows: the consumer is then deregistered by hand.
func OpenflowPolicyWithoutDeregister(stream string) Policy {
	p := OpenflowPolicy(stream)
	for resource, allowed := range p {
		p[resource] = slices.DeleteFunc(allowed, func(action string) bool { return action == "DeregisterStreamConsumer" })
	}
	return p
}

// permit refuses a call that the policy does not allow, nil for a call that it
// does. body is the request as JSON; one that is none is refused elsewhere.
func (s *Server) permit(action string, body []byte) *Error {
	var members map[string]json.RawMessage
	policy := s.policy.Or(s.options.Policy)
	if policy == nil || json.Unmarshal(body, &members) != nil {
		return nil
	}
	resource := s.subject(members)
	if policy.Allows(action, resource) {
		return nil
	}
	arn := "*"
	if resource != "" {
		arn = strings.TrimSuffix(s.arn(""), "stream/") + resource
	}
	return &Error{Status: http.StatusBadRequest, Code: "AccessDeniedException", Message: iam.Denied(s.options.AccountID, "kinesis:"+action, arn)}
}

// subject is the resource that a request is about, "" for nothing in particular.
func (s *Server) subject(members map[string]json.RawMessage) string {
	text := func(name string) (member string) {
		_ = json.Unmarshal(members[name], &member) // another type is refused elsewhere
		return member
	}
	for _, name := range []string{"ConsumerARN", "StreamARN", "ResourceARN"} {
		if _, resource, ok := strings.Cut(text(name), ":stream/"); ok {
			return "stream/" + resource
		}
	}
	if name := text("StreamName"); name != "" {
		return "stream/" + name
	}
	if it, ok := parseIterator(text("ShardIterator")); ok {
		return "stream/" + it.stream
	}
	var q shardQuery
	if content, ok := unseal(sealShards, text("NextToken")); ok && json.Unmarshal(content, &q) == nil {
		return "stream/" + q.Stream
	}
	return ""
}
