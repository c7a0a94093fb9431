package localkinesis

// action reads a request's body and returns what to do. It has no effect
// itself, so that a fault hook can come in between.
type action func(s *Server, body []byte) call

// actions are the operations served, each in the file of its name.
var actions = map[string]action{
	"AddTagsToStream":               reading((*Server).addTagsToStream),
	"CreateStream":                  reading((*Server).createStream),
	"DecreaseStreamRetentionPeriod": reading((*Server).decreaseStreamRetentionPeriod),
	"DeleteStream":                  reading((*Server).deleteStream),
	"DeregisterStreamConsumer":      reading((*Server).deregisterStreamConsumer),
	"DescribeLimits":                reading((*Server).describeLimits),
	"DescribeStream":                reading((*Server).describeStream),
	"DescribeStreamConsumer":        reading((*Server).describeStreamConsumer),
	"DescribeStreamSummary":         reading((*Server).describeStreamSummary),
	"DisableEnhancedMonitoring":     reading((*Server).disableEnhancedMonitoring),
	"EnableEnhancedMonitoring":      reading((*Server).enableEnhancedMonitoring),
	"GetRecords":                    reading((*Server).getRecords),
	"GetShardIterator":              reading((*Server).getShardIterator),
	"IncreaseStreamRetentionPeriod": reading((*Server).increaseStreamRetentionPeriod),
	"ListShards":                    reading((*Server).listShards),
	"ListStreamConsumers":           reading((*Server).listStreamConsumers),
	"ListStreams":                   reading((*Server).listStreams),
	"ListTagsForResource":           reading((*Server).listTagsForResource),
	"ListTagsForStream":             reading((*Server).listTagsForStream),
	"MergeShards":                   reading((*Server).mergeShards),
	"PutRecord":                     reading((*Server).putRecord),
	"PutRecords":                    reading((*Server).putRecords),
	"RegisterStreamConsumer":        reading((*Server).registerStreamConsumer),
	"RemoveTagsFromStream":          reading((*Server).removeTagsFromStream),
	"SplitShard":                    reading((*Server).splitShard),
	"StartStreamEncryption":         reading((*Server).startStreamEncryption),
	"StopStreamEncryption":          reading((*Server).stopStreamEncryption),
	"SubscribeToShard":              reading((*Server).subscribeToShard),
	"TagResource":                   reading((*Server).tagResource),
	"UntagResource":                 reading((*Server).untagResource),
	"UpdateMaxRecordSize":           reading((*Server).updateMaxRecordSize),
	"UpdateShardCount":              reading((*Server).updateShardCount),
	"UpdateStreamMode":              reading((*Server).updateStreamMode),
}

// reading turns an action on a request's members into one on its body. What is
// wrong with the members is answered in the action's place.
func reading(read func(*Server, *input) call) action {
	return func(s *Server, body []byte) call {
		in, err := newInput(body)
		if err != nil {
			return call{serve: refusing(err)}
		}
		c := read(s, in)
		if err := in.err(); err != nil {
			c.serve, c.push = refusing(err), nil
		}
		return c
	}
}

func refusing(err *Error) func() (answer, error) {
	return func() (answer, error) { return answer{}, err }
}

// done answers an operation that returns nothing: an empty body.
func done(err error) (answer, error) { return answer{}, err }
