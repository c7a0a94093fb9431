package localdynamo

import (
	"maps"
	"slices"
	"strings"
)

// Limits of tags: AWS API reference, "Tag", and Amazon DynamoDB Developer
// Guide, "Tagging restrictions".
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	tagPage     = 10 // tags in one answer of ListTagsOfResource
)

type tag struct{ Key, Value string }

func checkTags(tags []tag) error {
	seen := map[string]bool{}
	for _, t := range tags {
		switch {
		case t.Key == "" || len([]rune(t.Key)) > maxTagKey:
			return invalid("The Tag Key provided is invalid, Key: %s", t.Key)
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			return invalid("Tag Key cannot be prefixed with aws:, Key: %s", t.Key)
		case len([]rune(t.Value)) > maxTagValue:
			return invalid("The Tag Value provided is invalid, Value: %s", t.Value)
		case seen[t.Key]:
			return invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found %s", t.Key)
		}
		seen[t.Key] = true
	}
	if len(tags) > maxTags {
		return tooManyTags()
	}
	return nil
}

func tooManyTags() error {
	return invalid("Number of Tags exceed the current limit for the provided ResourceArn")
}

// withTags adds tags to some, in a new map; nil when there are none at all.
func withTags(old map[string]string, more []tag) map[string]string {
	if len(old)+len(more) == 0 {
		return nil
	}
	all := map[string]string{}
	maps.Copy(all, old)
	for _, t := range more {
		all[t.Key] = t.Value
	}
	return all
}

// resource is the request member that names a table by its ARN.
type resource struct{ ResourceArn *string }

func (r resource) name() string {
	if r.ResourceArn == nil {
		return ""
	}
	return bareName(*r.ResourceArn)
}

func (r resource) key(*store) string { return r.name() }

func (r resource) checkResource() error {
	switch {
	case r.ResourceArn == nil:
		return invalid("Invalid TableArn")
	case !strings.HasPrefix(*r.ResourceArn, "arn:"):
		return invalid("One or more parameter values were invalid: ARNs must start with 'arn:': %s", *r.ResourceArn)
	case !strings.HasPrefix(*r.ResourceArn, "arn:aws:dynamodb:"):
		return invalid("One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: %s", *r.ResourceArn)
	case !tableName.MatchString(r.name()):
		return invalid("Invalid TableArn: Invalid ResourceArn provided as input %s", *r.ResourceArn)
	}
	return nil
}

// table finds the resource. The caller holds the lock for writing.
func (r resource) table(s *Server) (*table, error) {
	t := s.store.find(r.name())
	if t == nil || s.arn(r.name()) != *r.ResourceArn {
		return nil, fail("ResourceNotFoundException", "Requested resource not found: ResourcArn: %s not found", *r.ResourceArn)
	}
	if status := t.status(s.options.Now()); status == "DELETING" || status == "CREATING" {
		return nil, inUse("Table is not ready: " + r.name())
	}
	return t, nil
}

// tagResource is TagResource.
type tagResource struct {
	resource
	Tags *[]tag
}

func (c *tagResource) access() []access { return []access{{action: "TagResource", table: c.name()}} }

func (c *tagResource) check() error {
	switch err := c.checkResource(); {
	case err != nil:
		return err
	case c.Tags == nil:
		return required("tags")
	case len(*c.Tags) == 0:
		return invalid("Atleast one Tag needs to be provided as Input.")
	}
	return checkTags(*c.Tags)
}

func (c *tagResource) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t, err := c.table(s)
	if err != nil {
		return nil, err
	}
	d := t.definition
	if d.Tags = withTags(d.Tags, *c.Tags); len(d.Tags) > maxTags {
		return nil, tooManyTags()
	}
	return nothing{}, s.store.commit(change{Alter: &d})
}

// untagResource is UntagResource.
type untagResource struct {
	resource
	TagKeys *[]string
}

func (c *untagResource) access() []access {
	return []access{{action: "UntagResource", table: c.name()}}
}

func (c *untagResource) check() error {
	switch err := c.checkResource(); {
	case err != nil:
		return err
	case c.TagKeys == nil:
		return required("tagKeys")
	case len(*c.TagKeys) == 0:
		return invalid("Atleast one Tag Key needs to be provided as Input.")
	}
	return nil
}

func (c *untagResource) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t, err := c.table(s)
	if err != nil {
		return nil, err
	}
	d := t.definition
	d.Tags = withTags(d.Tags, nil)
	for _, key := range *c.TagKeys {
		delete(d.Tags, key)
	}
	return nothing{}, s.store.commit(change{Alter: &d})
}

// listTagsOfResource is ListTagsOfResource: ten tags a page, by key.
type listTagsOfResource struct {
	resource
	NextToken string // the last key of the page before
}

func (c *listTagsOfResource) access() []access {
	return []access{{action: "ListTagsOfResource", table: c.name()}}
}

func (c *listTagsOfResource) check() error { return c.checkResource() }

func (c *listTagsOfResource) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t, err := c.table(s)
	if err != nil {
		return nil, err
	}
	list := struct {
		Tags      []tag
		NextToken string `json:",omitempty"`
	}{Tags: []tag{}}
	for _, key := range slices.Sorted(maps.Keys(t.definition.Tags)) {
		if key <= c.NextToken {
			continue
		}
		if len(list.Tags) == tagPage {
			list.NextToken = list.Tags[tagPage-1].Key
			break
		}
		list.Tags = append(list.Tags, tag{key, t.definition.Tags[key]})
	}
	return list, nil
}

// nothing is the answer of an operation whose body is empty.
type nothing struct{}
