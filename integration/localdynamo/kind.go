package localdynamo

// kind is the type of an attribute value, as the wire names it. The zero kind
// belongs to an absent value.
type kind string

const (
	kindString    kind = "S"
	kindNumber    kind = "N"
	kindBinary    kind = "B"
	kindBool      kind = "BOOL"
	kindNull      kind = "NULL"
	kindMap       kind = "M"
	kindList      kind = "L"
	kindStringSet kind = "SS"
	kindNumberSet kind = "NS"
	kindBinarySet kind = "BS"
)

// longNames are the names DynamoDB uses in errors about ADD and DELETE.
var longNames = map[kind]string{
	kindString: "STRING", kindNumber: "NUMBER", kindBinary: "BINARY", kindBool: "BOOLEAN", kindNull: "NULL",
	kindMap: "MAP", kindList: "LIST", kindStringSet: "STRING_SET", kindNumberSet: "NUMBER_SET", kindBinarySet: "BINARY_SET",
}

// known tells whether the wire has such a type.
func (k kind) known() bool { return longNames[k] != "" }

// isSet tells whether values of the kind are sets.
func (k kind) isSet() bool { return k == kindStringSet || k == kindNumberSet || k == kindBinarySet }

// isOrdered tells whether < and its relatives apply to the kind.
func (k kind) isOrdered() bool { return k == kindString || k == kindNumber || k == kindBinary }

// element is the kind of a set's elements, and "" for what is no set.
func (k kind) element() kind {
	if k.isSet() {
		return k[:1]
	}
	return ""
}
