package localkinesis

import (
	"encoding/json"
	"fmt"
	"net/http"
	glob "path"
	"slices"
	"strings"
)

// Policy lists what callers may do: the actions allowed on the resources that
// match a pattern (as in path.Match). A resource is named as in its ARN,
// "stream/NAME" or "stream/NAME/consumer/NAME:CREATED"; the pattern "*" stands
// for everything. Everything else is AccessDeniedException. The nil Policy
// allows everything.
//
// Actions are IAM's without the prefix: "GetRecords", not "kinesis:GetRecords".
// A request is about the consumer whose ARN it has, else about its stream.
type Policy map[string][]string

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
func (p Policy) permit(s *Server, action string, body []byte) *Error {
	var members map[string]json.RawMessage
	if p == nil || json.Unmarshal(body, &members) != nil {
		return nil
	}
	resource := s.subject(members)
	for pattern, actions := range p {
		matches, err := glob.Match(pattern, resource)
		if (err == nil && matches && resource != "" || pattern == "*") && slices.Contains(actions, action) {
			return nil
		}
	}
	arn := "*"
	if resource != "" {
		arn = strings.TrimSuffix(s.arn(""), "stream/") + resource
	}
	return &Error{Status: http.StatusBadRequest, Code: "AccessDeniedException", Message: fmt.Sprintf(
		"User: arn:aws:iam::%s:user/local is not authorized to perform: kinesis:%s on resource: %s because no identity-based policy allows the kinesis:%s action",
		s.options.AccountID, action, arn, action)}
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

// check refuses a policy that could never be evaluated.
func (p Policy) check() error {
	for pattern := range p {
		if _, err := glob.Match(pattern, ""); err != nil {
			return fmt.Errorf("localkinesis: Policy: pattern %q: %w", pattern, err)
		}
	}
	return nil
}
