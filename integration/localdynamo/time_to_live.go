package localdynamo

// describeTimeToLive is DescribeTimeToLive.
type describeTimeToLive struct{ tableRef }

type timeToLive struct {
	TimeToLiveStatus string
	AttributeName    string `json:",omitempty"`
}

func (d *describeTimeToLive) access() []access {
	return []access{{action: "DescribeTimeToLive", table: d.name()}}
}
func (d *describeTimeToLive) key(*store) string { return d.name() }
func (d *describeTimeToLive) check() error      { return d.checkOwnTable() }

func (d *describeTimeToLive) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t := s.store.find(d.name())
	if t == nil {
		return nil, noTableNamed(d.name())
	}
	if status := t.status(s.options.Now()); status == "CREATING" || status == "DELETING" {
		return nil, invalid("Cannot describe time to live while table is in %s state: Current table state is %s", status, status)
	}
	shown := timeToLive{TimeToLiveStatus: "DISABLED", AttributeName: t.definition.TimeToLive}
	if shown.AttributeName != "" {
		shown.TimeToLiveStatus = "ENABLED"
	}
	return struct{ TimeToLiveDescription timeToLive }{shown}, nil
}

// updateTimeToLive is UpdateTimeToLive. Nothing ever expires here: DynamoDB
// deletes expired items some days late, and readers have to filter them anyway.
type updateTimeToLive struct {
	tableRef
	TimeToLiveSpecification *timeToLiveSpecification
}

type timeToLiveSpecification struct {
	AttributeName *string
	Enabled       *bool
}

func (u *updateTimeToLive) access() []access {
	return []access{{action: "UpdateTimeToLive", table: u.name()}}
}
func (u *updateTimeToLive) key(*store) string { return u.name() }

func (u *updateTimeToLive) check() error {
	if err := u.checkOwnTable(); err != nil {
		return err
	}
	spec := u.TimeToLiveSpecification
	switch {
	case spec == nil:
		return required("timeToLiveSpecification")
	case spec.Enabled == nil:
		return required("timeToLiveSpecification.enabled")
	case spec.AttributeName == nil:
		return required("timeToLiveSpecification.attributeName")
	case *spec.AttributeName == "":
		return violated("Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	return nil
}

func (u *updateTimeToLive) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t := s.store.find(u.name())
	if t == nil {
		return nil, noTableNamed(u.name())
	}
	d, name := t.definition, *u.TimeToLiveSpecification.AttributeName
	switch enable := *u.TimeToLiveSpecification.Enabled; {
	case !enable && d.TimeToLive == "":
		return nil, invalid("TimeToLive is already disabled")
	case d.TimeToLive != "" && d.TimeToLive != name:
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", d.TimeToLive)
	case enable && d.TimeToLive == name:
		return nil, invalid("TimeToLive is already enabled")
	case enable:
		d.TimeToLive = name
	default:
		d.TimeToLive = ""
	}
	if err := s.store.commit(change{Alter: &d}); err != nil {
		return nil, err
	}
	return struct{ TimeToLiveSpecification *timeToLiveSpecification }{u.TimeToLiveSpecification}, nil
}
