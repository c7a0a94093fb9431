package localdynamo

// describeEndpoints is DescribeEndpoints, which clients with endpoint
// discovery ask first: the server names itself. No policy can forbid it. One
// that listens nowhere is reached by any name.
type describeEndpoints struct{}

func (*describeEndpoints) access() []access  { return nil }
func (*describeEndpoints) key(*store) string { return "" }
func (*describeEndpoints) check() error      { return nil }

func (*describeEndpoints) serve(s *Server) (any, error) {
	type endpoint struct {
		Address              string
		CachePeriodInMinutes int64
	}
	address := "localhost"
	if s.listener != nil {
		address = s.listener.Addr().String()
	}
	return struct{ Endpoints []endpoint }{[]endpoint{{address, 1440}}}, nil
}
