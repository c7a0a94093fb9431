package localdynamo

import (
	"encoding/json"
	"fmt"
	"slices"
)

// updateTable is UpdateTable: billing mode, throughput, deletion protection,
// table class and global indexes. Replicas and streams are refused.
type updateTable struct {
	tableRef
	AttributeDefinitions        []attributeDefinition
	BillingMode                 string
	ProvisionedThroughput       *throughput
	GlobalSecondaryIndexUpdates []indexUpdate
	DeletionProtectionEnabled   *bool
	TableClass                  string

	ReplicaUpdates, MultiRegionConsistency, OnDemandThroughput, WarmThroughput, GlobalTableWitnessUpdates json.RawMessage
	SSESpecification                                                                                      *struct{ Enabled json.RawMessage }
	StreamSpecification                                                                                   *struct{ StreamEnabled json.RawMessage }

	deleted indexDefinition // the index that goes, found by serve
}

// indexUpdate has exactly one of its members.
type indexUpdate struct {
	Create *indexDefinition
	Update *struct {
		IndexName             string
		ProvisionedThroughput *throughput
	}
	Delete *struct{ IndexName string }
}

func (u indexUpdate) name() string {
	switch {
	case u.Create != nil:
		return u.Create.IndexName
	case u.Update != nil:
		return u.Update.IndexName
	case u.Delete != nil:
		return u.Delete.IndexName
	}
	return ""
}

func (u *updateTable) access() []access  { return []access{{action: "UpdateTable", table: u.name()}} }
func (u *updateTable) key(*store) string { return u.name() }

func (u *updateTable) check() error {
	if err := u.checkOwnTable(); err != nil {
		return err
	}
	if err := u.checkUnserved(); err != nil {
		return err
	}
	if err := constraints(oneOf("billingMode", u.BillingMode, "PROVISIONED", "PAY_PER_REQUEST"), u.ProvisionedThroughput.check("provisionedThroughput"),
		u.checkIndexForms()); err != nil {
		return err
	}
	if err := checkTableClass(u.TableClass); err != nil {
		return err
	}
	if err := u.checkIndexUpdates(); err != nil {
		return err
	}
	switch {
	case !u.alters() && u.GlobalSecondaryIndexUpdates == nil && u.DeletionProtectionEnabled == nil && u.TableClass == "":
		return invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required")
	case u.GlobalSecondaryIndexUpdates != nil && len(u.GlobalSecondaryIndexUpdates) == 0:
		return invalid("One or more parameter values were invalid: List of GlobalSecondaryIndexUpdates is empty")
	case u.TableClass != "" && (u.alters() || u.GlobalSecondaryIndexUpdates != nil || u.DeletionProtectionEnabled != nil):
		return invalid("One or more parameter values were invalid: TableClass modification must be the only operation in the request")
	case u.DeletionProtectionEnabled != nil && (u.alters() || u.GlobalSecondaryIndexUpdates != nil):
		return invalid("One or more parameter values were invalid: DeletionProtection modification must be the only operation in the request")
	case u.BillingMode == "PROVISIONED" && u.ProvisionedThroughput == nil:
		return invalid("One or more parameter values were invalid: ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
	case u.BillingMode == "PAY_PER_REQUEST" && u.ProvisionedThroughput != nil:
		return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	return nil
}

// alters tells whether the request changes the table's own throughput.
func (u *updateTable) alters() bool { return u.BillingMode != "" || u.ProvisionedThroughput != nil }

func (u *updateTable) checkUnserved() error {
	var stream, encryption json.RawMessage
	if u.StreamSpecification != nil {
		stream = u.StreamSpecification.StreamEnabled
	}
	if u.SSESpecification != nil {
		encryption = u.SSESpecification.Enabled
	}
	return refuseUnserved(
		unserved{member: "StreamSpecification", content: stream},
		unserved{member: "SSESpecification", content: encryption},
		unserved{member: "ReplicaUpdates", content: u.ReplicaUpdates},
		unserved{member: "MultiRegionConsistency", content: u.MultiRegionConsistency},
		unserved{member: "GlobalTableWitnessUpdates", content: u.GlobalTableWitnessUpdates},
		unserved{member: "OnDemandThroughput", content: u.OnDemandThroughput},
		unserved{member: "WarmThroughput", content: u.WarmThroughput},
	)
}

func (u *updateTable) checkIndexForms() error {
	var errs []error
	for i, one := range u.GlobalSecondaryIndexUpdates {
		member := fmt.Sprintf("globalSecondaryIndexUpdates.%d.member", i+1)
		switch {
		case one.Create != nil:
			errs = append(errs, one.Create.checkForm(member+".create"))
		case one.Update != nil:
			errs = append(errs, checkIndexName(member+".update.indexName", one.Update.IndexName),
				present(member+".update.provisionedThroughput", one.Update.ProvisionedThroughput != nil), one.Update.ProvisionedThroughput.check(member+".update.provisionedThroughput"))
		case one.Delete != nil:
			errs = append(errs, checkIndexName(member+".delete.indexName", one.Delete.IndexName))
		}
	}
	return constraints(errs...)
}

func (u *updateTable) checkIndexUpdates() error {
	seen := map[string]bool{}
	for _, one := range u.GlobalSecondaryIndexUpdates {
		switch {
		case one.Create == nil && one.Update == nil && one.Delete == nil:
			return invalid("One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		case seen[one.name()]:
			return invalid("One or more parameter values were invalid: Only one global secondary index update per index is allowed simultaneously. Index: %s", one.name())
		}
		seen[one.name()] = true
	}
	return nil
}

func (u *updateTable) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	name, now := u.name(), s.options.Now()
	t := s.store.find(name)
	if t == nil {
		return nil, noTableNamed(name)
	}
	switch t.status(now) {
	case "CREATING":
		return nil, inUse("Table is being created: " + name)
	case "DELETING":
		return nil, inUse("Table is being deleted: " + name)
	case "UPDATING":
		return nil, inUse("Table is being updated: " + name)
	}
	next, err := u.definition(t, now)
	if err != nil {
		return nil, err
	}
	if err := s.store.commit(change{Alter: &next}); err != nil {
		return nil, err
	}
	t.updated = now.Add(s.options.UpdateDelay)
	for _, one := range u.GlobalSecondaryIndexUpdates {
		switch {
		case one.Create != nil:
			t.building[one.name()] = now.Add(s.options.IndexDelay)
		case one.Delete != nil && s.options.IndexDelay > 0:
			t.leaving[one.name()] = leaving{u.deleted, now.Add(s.options.IndexDelay)}
		}
	}
	answer := s.describe(t)
	answer.TableStatus = "UPDATING"
	u.showProgress(&answer)
	return struct{ TableDescription description }{answer}, nil
}

// showProgress makes the answer say what has just begun, as DynamoDB's does.
func (u *updateTable) showProgress(answer *description) {
	for i := range answer.GlobalSecondaryIndexes {
		x := &answer.GlobalSecondaryIndexes[i]
		at := slices.IndexFunc(u.GlobalSecondaryIndexUpdates, func(one indexUpdate) bool { return one.name() == x.IndexName })
		switch {
		case at < 0:
		case u.GlobalSecondaryIndexUpdates[at].Create != nil:
			backfilling := false // it starts once resources are there
			x.IndexStatus, x.Backfilling = "CREATING", &backfilling
		case u.GlobalSecondaryIndexUpdates[at].Update != nil:
			x.IndexStatus = "UPDATING"
		}
	}
}
