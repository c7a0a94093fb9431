package localkinesis

// action reads a request's body and returns what to do. It has no effect
// itself, so that a fault hook can come in between.
type action func(s *Server, body []byte) call

// actions are the operations served, each in the file of its name.
var actions = map[string]action{
	"CreateStream":                  reading((*Server).createStream),
	"DecreaseStreamRetentionPeriod": reading((*Server).decreaseStreamRetentionPeriod),
	"DeleteStream":                  reading((*Server).deleteStream),
	"DescribeLimits":                reading((*Server).describeLimits),
	"DescribeStream":                reading((*Server).describeStream),
	"DescribeStreamSummary":         reading((*Server).describeStreamSummary),
	"GetRecords":                    reading((*Server).getRecords),
	"GetShardIterator":              reading((*Server).getShardIterator),
	"IncreaseStreamRetentionPeriod": reading((*Server).increaseStreamRetentionPeriod),
	"ListShards":                    reading((*Server).listShards),
	"ListStreams":                   reading((*Server).listStreams),
	"MergeShards":                   reading((*Server).mergeShards),
	"PutRecord":                     reading((*Server).putRecord),
	"PutRecords":                    reading((*Server).putRecords),
	"SplitShard":                    reading((*Server).splitShard),
	"UpdateShardCount":              reading((*Server).updateShardCount),
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
			c.serve = refusing(err)
		}
		return c
	}
}

func refusing(err *Error) func() (answer, error) {
	return func() (answer, error) { return answer{}, err }
}

// done answers an operation that returns nothing: an empty body.
func done(err error) (answer, error) { return answer{}, err }
