package localdynamo

import (
	"maps"
	"slices"
)

// listTables is ListTables: names in order, up to 100 a page.
type listTables struct {
	ExclusiveStartTableName string
	Limit                   *int64
}

type tableList struct {
	TableNames             []string
	LastEvaluatedTableName string `json:",omitempty"`
}

func (l *listTables) access() []access  { return []access{{action: "ListTables"}} }
func (l *listTables) key(*store) string { return "" }

func (l *listTables) check() error {
	if err := atLeast("limit", l.Limit, 1); err != nil {
		return err
	}
	return atMost("limit", l.Limit, 100)
}

func (l *listTables) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	list := tableList{TableNames: []string{}}
	limit := 100
	if l.Limit != nil {
		limit = int(*l.Limit)
	}
	for _, name := range slices.Sorted(maps.Keys(s.store.tables)) {
		if s.store.find(name) == nil || name <= l.ExclusiveStartTableName {
			continue
		}
		if len(list.TableNames) == limit {
			list.LastEvaluatedTableName = list.TableNames[limit-1]
			break
		}
		list.TableNames = append(list.TableNames, name)
	}
	return list, nil
}
