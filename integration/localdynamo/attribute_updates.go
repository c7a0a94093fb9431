package localdynamo

import (
	"maps"
	"slices"
)

// attributeUpdate is the legacy form of one action of an update. AWS API
// reference, "AttributeValueUpdate"; PUT is its default.
type attributeUpdate struct {
	Action *string
	Value  *value
}

// legacyUpdate turns AttributeUpdates into the update they mean.
func legacyUpdate(updates map[string]attributeUpdate) (*update, error) {
	u := &update{}
	for _, name := range slices.Sorted(maps.Keys(updates)) {
		a, err := updates[name].action(name)
		if err != nil {
			return nil, err
		}
		u.actions = append(u.actions, a)
	}
	return u, nil
}

func (a attributeUpdate) action(name string) (updateAction, error) {
	act := updateAction{path: path{{name: name}}, legacy: true}
	action := "PUT"
	if a.Action != nil {
		action = *a.Action
	}
	if err := oneOf("attributeUpdates."+name+".member.action", action, "ADD", "DELETE", "PUT"); err != nil {
		return act, err
	}
	if a.Value == nil {
		if act.section = "REMOVE"; action != "DELETE" {
			return act, invalid("One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified")
		}
		return act, nil
	}
	act.value = literal(*a.Value)
	switch k := a.Value.kind; action {
	case "PUT":
		act.section = "SET"
	case "DELETE":
		if act.section = "DELETE"; !k.isSet() {
			return act, invalid("One or more parameter values were invalid: DELETE action with value is not supported for the type %s", longNames[k])
		}
	case "ADD":
		if act.section = "ADD"; k != kindNumber && k != kindList && !k.isSet() {
			return act, invalid("One or more parameter values were invalid: ADD action is not supported for the type %s", longNames[k])
		}
	}
	return act, nil
}
