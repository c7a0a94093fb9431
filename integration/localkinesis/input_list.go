package localkinesis

import "fmt"

// Members that hold a map or a list of texts.

// texts returns a list of strings, each under the rule, nil when absent.
func (in *input) texts(name string, r rule, most int) []string {
	raw, ok := in.values[name]
	if !ok {
		in.checkPresence(name, r)
		return nil
	}
	if raw[0] != '[' {
		in.refuse(serialization("Expected list or null"))
		return nil
	}
	list := []string{}
	err := elements(raw, func(value []byte) error {
		item := in.element(fmt.Sprintf("%s.%d.", lowerFirst(name), len(list)+1), "member", value)
		list = append(list, item.text("member", r))
		return nil
	})
	if err != nil {
		in.refuse(serialization("%v", err))
	}
	in.checkCount(name, "list", len(list), most)
	return list
}

// textMap returns a map of strings, nil when absent. key and value constrain
// its sides.
func (in *input) textMap(name string, key, value rule, most int) map[string]string {
	raw, ok := in.values[name]
	if !ok {
		in.checkPresence(name, key)
		return nil
	}
	if raw[0] != '{' {
		in.refuse(serialization("Expected null"))
		return nil
	}
	pairs := map[string]string{}
	err := members(raw, func(k, v []byte) error {
		quoted := append(append([]byte{'"'}, jsonContent(string(k))...), '"')
		text := in.element(lowerFirst(name)+".", "key", quoted).text("key", key)
		pairs[text] = in.element(lowerFirst(name)+"."+text+".", "member", v).text("member", value)
		return nil
	})
	if err != nil {
		in.refuse(serialization("%v", err))
	}
	in.checkCount(name, "map", len(pairs), most)
	return pairs
}

// element makes one element look like a member, so that rules can be applied.
func (in *input) element(path, name string, raw []byte) *input {
	return &input{path: in.path + path, values: map[string][]byte{name: raw}, violations: in.violations, mistyped: in.mistyped}
}

func (in *input) checkCount(name, kind string, n, most int) {
	switch {
	case n == 0:
		in.violate(name, "an empty "+kind, "Member must have length greater than or equal to 1")
	case n > most:
		in.violate(name, fmt.Sprintf("a %s of %d", kind, n), fmt.Sprint("Member must have length less than or equal to ", most))
	}
}
