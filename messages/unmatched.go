package messages

// ValueKinds is which kinds of value a key had, as they are sent.
type ValueKinds uint8

// The kinds. A number that fits none of the three is sent as text.
const (
	NullValue     ValueKinds = 1 << iota
	IntegerValue             // at most 38 digits, and a double holds it exactly
	LongValue                // an integer of at most 38 digits that no double holds
	FractionValue            // with fraction or exponent, and a double is written with the same digits
	BooleanValue
	TextValue
	NestedValue // object or array
)

// KeySeen is one key of rows and what its values were.
type KeySeen struct {
	Name   string     // as the rows have it, without escapes
	Kinds  ValueKinds // 0 where values are counted alone
	Digits int        // of its longest integer
	Length int        // bytes of its longest text, which has no more characters than that
	Count  int64
}

// Add merges what was seen of the same key elsewhere.
func (k *KeySeen) Add(more KeySeen) {
	k.Kinds |= more.Kinds
	k.Digits, k.Length, k.Count = max(k.Digits, more.Digits), max(k.Length, more.Length), k.Count+more.Count
}

// Unmatched is what rows have that a table has no column for, and which of its
// columns they lack. It is made only where somebody wants to know.
type Unmatched struct {
	Keys    []KeySeen // in the order in which they were first seen
	Lacking []string  // columns, by exact name, that are required and that some row lacks
	Values  int64     // without a column, those of keys that are not listed included
}

// Merge returns what either has, as new memory. Either may be nil.
func (u *Unmatched) Merge(more *Unmatched) *Unmatched {
	out, at := &Unmatched{}, map[string]int{}
	lacking := map[string]bool{}
	for _, from := range []*Unmatched{u, more} {
		if from == nil {
			continue
		}
		out.Values += from.Values
		for _, k := range from.Keys {
			if i, ok := at[k.Name]; ok {
				out.Keys[i].Add(k)
				continue
			}
			at[k.Name] = len(out.Keys)
			out.Keys = append(out.Keys, k)
		}
		for _, name := range from.Lacking {
			if !lacking[name] {
				lacking[name] = true
				out.Lacking = append(out.Lacking, name)
			}
		}
	}
	return out
}
