package localkinesis

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Tags of streams and consumers: at most 50 on each, keys of 1 to 128 and
// values of up to 256 characters (TagResource reference).

const maxTags = 50

var (
	tagPattern   = regexp.MustCompile(`^(?:[\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`)
	tagKeyRule   = rule{min: 1, max: 128}
	tagValueRule = rule{max: 256}
	resourceRule = rule{min: 1, max: 2048, pattern: regexp.MustCompile(`^(?:arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+)$`)}
)

// tag is one in a listing.
type tag struct{ Key, Value string }

// tags reads a map of tags, which an operation may do without.
func (in *input) tags(name string) map[string]string {
	given := in.textMap(name, tagKeyRule, tagValueRule, maxTags)
	for key, value := range given {
		if !tagPattern.MatchString(key) || !tagPattern.MatchString(value) || strings.HasPrefix(strings.ToLower(key), "aws:") {
			in.refuse(invalidArgument("Tag %q: give letters, digits, white space and _ . : / = + - @, and no key that begins with aws:", key))
		}
	}
	return given
}

// mustTags reads a map of tags that has to be there.
func (in *input) mustTags(name string) map[string]string {
	if !in.has(name) {
		in.checkPresence(name, rule{required: true})
	}
	return in.tags(name)
}

// withTags adds tags to others. An error leaves them as they were.
func withTags(old, added map[string]string) (map[string]string, error) {
	all := maps.Clone(old)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, added)
	if len(all) > maxTags {
		return old, invalidArgument("Failed to add tags to the resource: it would have %d, and at most %d are allowed.", len(all), maxTags)
	}
	return all, nil
}

func withoutTags(old map[string]string, keys []string) map[string]string {
	rest := maps.Clone(old)
	for _, key := range keys {
		delete(rest, key)
	}
	return rest
}

// sortedTags lists tags by key.
func sortedTags(tags map[string]string) []tag {
	list := make([]tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{key, tags[key]})
	}
	return list
}

// tagged is what a request on tags means: a stream, or one of its consumers.
type tagged struct {
	stream   string
	consumer *consumerQuery // nil: the stream itself
}

// resource reads the ResourceARN of the operations that take streams and consumers.
func (s *Server) resource(in *input) (t tagged) {
	arn := in.text("ResourceARN", must(resourceRule))
	if arn == "" || in.err() != nil {
		return t
	}
	if stream, name, ok := s.splitConsumerARN(arn); ok {
		return tagged{stream, &consumerQuery{stream, name, arn}}
	}
	stream, ok := strings.CutPrefix(arn, s.arn(""))
	if !ok {
		in.refuse(refusal("ResourceNotFoundException", "Resource %s not found.", arn))
	}
	return tagged{stream: stream}
}

// tags lets change see and replace the tags of a resource. The new ones are
// kept when it returns no error.
func (s *Server) tags(t tagged, change func(old map[string]string) (map[string]string, error)) error {
	apply := func(st *stream, tags *map[string]string) error {
		changed, err := change(*tags)
		if err != nil {
			return err
		}
		if maps.Equal(changed, *tags) {
			return nil
		}
		*tags = changed
		if err := st.save(); err != nil {
			return err
		}
		return nil
	}
	if t.consumer != nil {
		return s.withConsumer(*t.consumer, func(st *stream, c *consumer, _ int64) error { return apply(st, &c.tags) })
	}
	st, err := s.stream(t.stream)
	if err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return apply(st, &st.tags)
}
