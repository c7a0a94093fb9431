package localdynamo

// describeEndpoints is DescribeEndpoints, which clients with endpoint
// discovery ask first: the server names itself. No policy can forbid it.
type describeEndpoints struct{}

func (*describeEndpoints) access() []access  { return nil }
func (*describeEndpoints) key(*store) string { return "" }
func (*describeEndpoints) check() error      { return nil }

func (*describeEndpoints) serve(s *Server) (any, error) {
	type endpoint struct {
		Address              string
		CachePeriodInMinutes int64
	}
	return struct{ Endpoints []endpoint }{[]endpoint{{s.listener.Addr().String(), 1440}}}, nil
}
