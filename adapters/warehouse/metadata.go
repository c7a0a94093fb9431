package warehouse

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/schema"
)

// Fate of the metadata that each row carries.
type Fate string

// The fates.
const (
	Kept        Fate = "kept"    // the table says of each row which record it is: audit goes by position
	Coming      Fate = "coming"  // as Kept, once evolution has added the column
	Dropped     Fate = "dropped" // it does not: audit goes by counts only
	Undecidable Fate = "unknown" // what Snowflake shows does not tell
)

// Metadata is what becomes of KINESISMETADATA on its way into the table.
type Metadata struct {
	Fate       Fate
	Expression string // SQL that yields it for a row of the table; "" where it is not kept
	Why        string // where it is not Kept: the reason, in a sentence
}

// Readable reports whether a query can ask a row which record it is. A column
// that is still to come cannot be asked.
func (m *Metadata) Readable() bool { return m.Expression != "" }

// metadataFields are what a row's metadata holds, with the types that
// Openflow's page gives them.
var metadataFields = []struct{ name, base string }{
	{"stream", "VARCHAR"}, {"shardId", "VARCHAR"}, {"approximateArrival", "VARCHAR"}, {"partitionKey", "VARCHAR"},
	{"sequenceNumber", "VARCHAR"}, {"subSequenceNumber", "NUMBER"}, {"shardedSequenceNumber", "VARCHAR"},
}

// structured is the column's type in an Iceberg table of version 2.
const structured = schema.MetadataObject

func (j *judgement) metadata() {
	switch j.transforms() {
	case No:
		j.byName()
	case Yes:
		j.bySelect()
	default:
		j.Metadata = Metadata{Fate: Undecidable, Why: "what becomes of $1:" + MetadataKey + " on its way into table " + j.Table.Name + " is not shown"}
	}
}

// drop notes that the metadata is lost, and why.
func (j *judgement) drop(code Code, weight Weight, fix, format string, args ...any) {
	why := fmt.Sprintf(format, args...)
	j.find(code, weight, fix, "%s; audit can go by counts only", why)
	j.Metadata = Metadata{Fate: Dropped, Why: why}
}

func (j *judgement) missing() {
	typ := "OBJECT"
	if j.Table.Kind == Iceberg {
		typ = structured
	}
	j.drop(MetadataMissing, Warns, j.alter()+" ADD COLUMN "+MetadataKey+" "+typ+";",
		"table %s has no column %s, so it does not say which record a row is", j.Table.Name, MetadataKey)
}

// byName judges a pipe that matches keys and columns.
func (j *judgement) byName() {
	c := j.Table.Matching(MetadataKey)
	switch {
	case c == nil && j.Table.SchemaEvolution && j.Table.Kind != Iceberg:
		j.Metadata = Metadata{Fate: Coming, Why: "table " + j.Table.Name + " has no column " + MetadataKey + " yet: evolution adds it with the first row, if the role owns the table or has EVOLVE SCHEMA on it"}
		return
	case c == nil:
		j.missing()
		return
	}
	j.holds(c)
	if c.Name != MetadataKey && j.Metadata.Fate == Kept {
		j.find(MetadataCase, Notes, j.alter()+" RENAME COLUMN "+quoted(c.Name)+" TO "+MetadataKey+";",
			"the metadata goes into column %q, which queries have to quote", c.Name)
	}
}

// holds judges whether a column's type can hold the metadata.
func (j *judgement) holds(c *Column) {
	base, _, _ := strings.Cut(strings.ToUpper(c.Type), "(")
	switch base {
	case "VARIANT":
	case "OBJECT":
		if wrong := strayFields(c.Type); wrong != "" {
			j.drop(MetadataFields, Warns, "", "column %s is a structured OBJECT that %s: expect every row to be rejected; it has to be %s", c.Name, wrong, structured)
			return
		}
	case "VARCHAR":
		j.drop(MetadataType, Warns, "", "column %s is %s: metadata in it is a text at best, and at worst every row is rejected; it has to be OBJECT or VARIANT", c.Name, c.Type)
		return
	default:
		j.drop(MetadataType, Stops, "", "column %s is %s, which cannot hold metadata: Snowflake rejects every row; it has to be OBJECT or VARIANT", c.Name, c.Type)
		return
	}
	j.Metadata = Metadata{Fate: Kept, Expression: columnExpression(c.Name)}
}

// strayFields says how a structured OBJECT differs from what is sent; "" where
// it does not, or where the type is a plain OBJECT.
func strayFields(typ string) string {
	fields := objectFields(typ)
	if fields == nil {
		return ""
	}
	for _, f := range metadataFields {
		base, there := fields[strings.ToUpper(f.name)]
		switch {
		case !there:
			return "lacks " + f.name
		case base != f.base && (base != "NUMBER" || f.base != "VARCHAR"):
			return "has " + f.name + " as " + base
		case base != f.base:
			return "has " + f.name + " as a number, though it can have more digits than one holds"
		}
		delete(fields, strings.ToUpper(f.name))
	}
	for _, name := range sortedKeys(fields) {
		return "has a field " + strconv.Quote(name) + " besides the seven"
	}
	return ""
}

// bySelect judges a pipe that makes columns itself.
func (j *judgement) bySelect() {
	c := &j.Pipe.Copy
	columns := c.Columns
	if columns == nil {
		for i := range j.Table.Columns {
			columns = append(columns, j.Table.Columns[i].Name)
		}
	}
	if c.Items == nil || len(c.Items) > len(columns) {
		j.Metadata = Metadata{Fate: Undecidable, Why: "the SELECT of pipe " + j.Pipe.Name + " could not be read"}
		return
	}
	for i, item := range c.Items {
		if item.Row {
			j.whole(columns[i])
		} else if len(item.Path) == 1 && item.Path[0] == MetadataKey {
			j.member(columns[i])
		}
		if j.Metadata.Fate != "" {
			return
		}
	}
	for _, item := range c.Items {
		if len(item.Path) > 0 && item.Path[0] != MetadataKey && strings.EqualFold(item.Path[0], MetadataKey) {
			j.drop(MetadataPath, Warns, "", "pipe %s reads %s, which is NULL: the key is %s, and members are told apart by case", j.Pipe.Name, item.Text, MetadataKey)
			return
		}
	}
	j.drop(MetadataPipe, Warns, "", "pipe %s writes $1:%s into no column: the table does not say which record a row is", j.Pipe.Name, MetadataKey)
}

// member judges a column that is filled with the metadata.
func (j *judgement) member(column string) {
	if c := j.Table.Column(column); c != nil {
		j.holds(c)
	}
}

// whole judges a column that is filled with the whole row.
func (j *judgement) whole(column string) {
	c := j.Table.Column(column)
	if c == nil {
		return
	}
	if base, _, _ := strings.Cut(strings.ToUpper(c.Type), "("); base == "VARIANT" || strings.EqualFold(c.Type, "OBJECT") {
		j.Metadata = Metadata{Fate: Kept, Expression: columnExpression(c.Name) + ":" + MetadataKey}
	}
}

// columnExpression is a column in a query: bare where that means the same.
func columnExpression(name string) string {
	if name == MetadataKey {
		return name
	}
	return quoted(name)
}

// quoted is Quote of a name that Snowflake itself gave.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
