package localdynamo

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of indexes: Amazon DynamoDB Developer Guide, "Quotas".
const (
	maxLocalIndexes  = 5
	maxGlobalIndexes = 20
	maxProjected     = 100 // NonKeyAttributes over all indexes of a table
)

// indexDefinition is an index as requests and answers name it.
type indexDefinition struct {
	IndexName             string
	KeySchema             []keyElement
	Projection            *indexProjection
	ProvisionedThroughput *throughput `json:",omitempty"` // of a global index
}

// indexProjection names the attributes an index holds besides the keys.
type indexProjection struct {
	ProjectionType   string
	NonKeyAttributes []string `json:",omitempty"`
}

// checkForm checks what is wrong with an index whatever the table is. member
// is its place in the request.
func (x indexDefinition) checkForm(member string) error {
	errs := []error{checkIndexName(member+".indexName", x.IndexName), checkKeyElements(member+".keySchema", x.KeySchema), present(member+".projection", x.Projection != nil)}
	if x.Projection != nil {
		errs = append(errs, oneOf(member+".projection.projectionType", x.Projection.ProjectionType, "ALL", "INCLUDE", "KEYS_ONLY"))
		if x.Projection.NonKeyAttributes != nil && len(x.Projection.NonKeyAttributes) == 0 {
			errs = append(errs, violated("Value '[]' at '%s.projection.nonKeyAttributes' failed to satisfy constraint: Member must have length greater than or equal to 1", member))
		}
	}
	return constraints(append(errs, x.ProvisionedThroughput.check(member+".provisionedThroughput"))...)
}

func checkIndexName(member, name string) error {
	switch {
	case name == "":
		return required(member)
	case len(name) < 3:
		return violated("Value '%s' at '%s' failed to satisfy constraint: Member must have length greater than or equal to 3", name, member)
	case len(name) > 255:
		return violated("Value '%s' at '%s' failed to satisfy constraint: Member must have length less than or equal to 255", name, member)
	case !tableName.MatchString(name):
		return violated("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", name, member)
	}
	return nil
}

// checkProjection checks what an index holds.
func (x indexDefinition) checkProjection() error {
	switch kind, extra := x.Projection.ProjectionType, x.Projection.NonKeyAttributes; {
	case kind == "":
		return invalid("One or more parameter values were invalid: Unknown ProjectionType: null")
	case kind != "INCLUDE" && len(extra) > 0:
		return invalid("One or more parameter values were invalid: ProjectionType is %s, but NonKeyAttributes is specified", kind)
	case kind == "INCLUDE" && len(extra) == 0:
		return invalid("One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	}
	seen := map[string]bool{}
	for _, name := range x.Projection.NonKeyAttributes {
		if seen[name] {
			return invalid("One or more parameter values were invalid: Duplicate element in NonKeyAttributes: %s", name)
		}
		seen[name] = true
	}
	return nil
}

// checkIndexForms checks the form of the indexes of a new table.
func (d definition) checkIndexForms() error {
	var errs []error
	for i, x := range d.LocalIndexes {
		errs = append(errs, x.checkForm(fmt.Sprintf("localSecondaryIndexes.%d.member", i+1)))
	}
	for i, x := range d.GlobalIndexes {
		errs = append(errs, x.checkForm(fmt.Sprintf("globalSecondaryIndexes.%d.member", i+1)))
	}
	return constraints(errs...)
}

// checkPrimaryKey checks the table's own key against the definitions.
func (d definition) checkPrimaryKey() error {
	if len(d.KeySchema) > len(d.AttributeDefinitions) {
		return invalid("Invalid KeySchema: Some index key attribute have no definition")
	}
	seen := map[string]bool{}
	for _, a := range d.AttributeDefinitions {
		if seen[a.AttributeName] {
			return invalid("Attribute Name is duplicated: %s", a.AttributeName)
		}
		seen[a.AttributeName] = true
	}
	return d.checkKeySchema(d.KeySchema)
}

// checkIndexes checks the indexes of a new table together.
func (d definition) checkIndexes() error {
	switch {
	case d.LocalIndexes != nil && len(d.LocalIndexes) == 0:
		return invalid("One or more parameter values were invalid: List of LocalSecondaryIndexes is empty")
	case d.GlobalIndexes != nil && len(d.GlobalIndexes) == 0:
		return invalid("One or more parameter values were invalid: List of GlobalSecondaryIndexes is empty")
	case len(d.LocalIndexes) > 0 && len(d.KeySchema) < 2:
		return invalid("One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
	case len(d.LocalIndexes) > maxLocalIndexes:
		return invalid("One or more parameter values were invalid: Number of LocalSecondaryIndexes exceeds per-table limit of %d", maxLocalIndexes)
	case len(d.GlobalIndexes) > maxGlobalIndexes:
		return invalid("One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	}
	seen := map[string]bool{}
	for i, x := range d.indexes() {
		if err := d.checkIndex(x, i >= len(d.LocalIndexes)); err != nil {
			return err
		}
		if seen[x.IndexName] {
			return invalid("One or more parameter values were invalid: Duplicate index name: %s", x.IndexName)
		}
		seen[x.IndexName] = true
	}
	return d.checkProjected()
}

// checkProjected bounds what all indexes of a table project by name.
func (d definition) checkProjected() error {
	n := 0
	for _, x := range d.indexes() {
		n += len(x.Projection.NonKeyAttributes)
	}
	if n > maxProjected {
		return invalid("One or more parameter values were invalid: Number of NonKeyAttributes over all indexes exceeds the per-table limit of %d", maxProjected)
	}
	return nil
}

// checkIndex checks one index against its table.
func (d definition) checkIndex(x indexDefinition, global bool) error {
	if err := d.checkKeySchema(x.KeySchema); err != nil {
		return err
	}
	if !global {
		if err := d.checkLocal(x); err != nil {
			return err
		}
	}
	if err := x.checkProjection(); err != nil {
		return err
	}
	switch {
	case !global:
	case d.BillingMode == "PAY_PER_REQUEST" && x.ProvisionedThroughput != nil:
		return invalid("One or more parameter values were invalid: ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", x.IndexName)
	case d.BillingMode != "PAY_PER_REQUEST" && x.ProvisionedThroughput == nil:
		return invalid("One or more parameter values were invalid: ProvisionedThroughput is not specified for index: %s", x.IndexName)
	}
	return nil
}

func (d definition) checkLocal(x indexDefinition) error {
	switch {
	case len(x.KeySchema) < 2:
		return invalid("One or more parameter values were invalid: Index KeySchema does not have a range key for index: %s", x.IndexName)
	case x.KeySchema[0].AttributeName != d.KeySchema[0].AttributeName:
		return invalid("One or more parameter values were invalid: Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, table hash key: %s",
			x.IndexName, x.KeySchema[0].AttributeName, d.KeySchema[0].AttributeName)
	}
	return nil
}

// checkKeySchema checks the key of the table or of an index against the definitions.
func (d definition) checkKeySchema(keys []keyElement) error {
	names := make([]string, len(keys))
	for i, element := range keys {
		names[i] = element.AttributeName
	}
	for _, name := range names {
		if !slices.ContainsFunc(d.AttributeDefinitions, func(a attributeDefinition) bool { return a.AttributeName == name }) {
			return invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]",
				strings.Join(names, ", "), strings.Join(d.attributeNames(), ", "))
		}
	}
	switch {
	case len(keys) == 2 && names[0] == names[1]:
		return invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	case keys[0].KeyType != "HASH":
		return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	case len(keys) == 2 && keys[1].KeyType != "RANGE":
		return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	}
	return nil
}

func (d definition) attributeNames() []string {
	names := make([]string, len(d.AttributeDefinitions))
	for i, a := range d.AttributeDefinitions {
		names[i] = a.AttributeName
	}
	return names
}

// checkAttributesUsed refuses definitions of attributes that are no keys.
func (d definition) checkAttributesUsed() error {
	used := map[string]bool{}
	for _, element := range d.KeySchema {
		used[element.AttributeName] = true
	}
	for _, x := range d.indexes() {
		for _, element := range x.KeySchema {
			used[element.AttributeName] = true
		}
	}
	switch {
	case len(used) == len(d.AttributeDefinitions):
		return nil
	case len(d.indexes()) == 0:
		return invalid("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	var all []string
	for name := range used {
		all = append(all, name)
	}
	slices.Sort(all)
	return invalid("One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]",
		strings.Join(d.attributeNames(), ", "), strings.Join(all, ", "))
}
