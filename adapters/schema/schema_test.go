package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/schema"
	"github.com/kinesnow/kinesnow/messages"
)

const path = `"DB"."S"."T"`

func table(kind schema.Kind, nested bool, columns ...messages.Column) schema.Table {
	columns = append(columns, messages.Column{Name: schema.Metadata, Type: "OBJECT"})
	return schema.Table{Path: path, Kind: kind, Columns: messages.NewColumns(columns, nested)}
}

func seen(name string, kinds messages.ValueKinds) *messages.Unmatched {
	return &messages.Unmatched{Keys: []messages.KeySeen{{Name: name, Kinds: kinds, Count: 1}}}
}

func statements(list []messages.Alteration) (texts []string) {
	for _, a := range list {
		texts = append(texts, a.Statement)
	}
	return texts
}

// TestATypeHoldsEveryValueOfItsKinds is the table in doc.go.
func TestATypeHoldsEveryValueOfItsKinds(t *testing.T) {
	const null, integer, long, fraction, boolean, text, nested = messages.NullValue, messages.IntegerValue, messages.LongValue,
		messages.FractionValue, messages.BooleanValue, messages.TextValue, messages.NestedValue
	for _, c := range []struct {
		kinds                messages.ValueKinds
		standard, lake, flat string
	}{
		{null, "", "", ""},
		{integer, "NUMBER(38, 0)", "NUMBER(38, 0)", "NUMBER(38, 0)"},
		{integer | long | null, "NUMBER(38, 0)", "NUMBER(38, 0)", "NUMBER(38, 0)"},
		{fraction, "FLOAT", "DOUBLE", "DOUBLE"},
		{integer | fraction | null, "FLOAT", "DOUBLE", "DOUBLE"},
		{long | fraction, "VARIANT", "VARIANT", "VARCHAR"},
		{boolean | null, "BOOLEAN", "BOOLEAN", "BOOLEAN"},
		{text, "VARCHAR", "VARCHAR", "VARCHAR"},
		{nested, "VARIANT", "VARIANT", "VARCHAR"},
		{boolean | integer, "VARIANT", "VARIANT", "VARCHAR"},
		{text | fraction, "VARIANT", "VARIANT", "VARCHAR"},
		{text | nested | null, "VARIANT", "VARIANT", "VARCHAR"},
	} {
		got := []string{schema.Type(c.kinds, schema.Standard, true), schema.Type(c.kinds, schema.Iceberg, true), schema.Type(c.kinds, schema.Iceberg, false)}
		if want := []string{c.standard, c.lake, c.flat}; !slices.Equal(got, want) {
			t.Errorf("kinds %b: %q, want %q", c.kinds, got, want)
		}
	}
}

// TestAKeyBecomesAColumnInUpperCase writes names as DDL has to have them, and
// refuses those that can be none.
func TestAKeyBecomesAColumnInUpperCase(t *testing.T) {
	for key, want := range map[string]string{
		"amount":            `"AMOUNT"`,
		"Amount per unit":   `"AMOUNT PER UNIT"`,
		`a"b`:               `"A""B"`,
		`x"; DROP TABLE t`:  `"X""; DROP TABLE T"`,
		"größe":             `"GRÖSSE"`,
		"":                  "",
		"nul\x00":           "",
		"line\nbreak":       "",
		longName(255):       `"` + strings.ToUpper(longName(255)) + `"`,
		longName(256):       "",
		"kinesismetadata":   "",
		"\xff is not UTF-8": "",
	} {
		want = strings.ReplaceAll(want, "GRÖSSE", messages.FoldName("größe"))
		got := schema.Diff(table(schema.Standard, true), seen(key, messages.TextValue))
		if want == "" {
			if got != nil {
				t.Errorf("key %q: %q, want nothing", key, got[0].Statement)
			}
			continue
		}
		if text := "ALTER TABLE " + path + " ADD COLUMN IF NOT EXISTS " + want + " VARCHAR"; len(got) != 1 || got[0].Statement != text {
			t.Errorf("key %q: %q, want %s", key, statements(got), text)
		}
	}
}

func longName(n int) string { return strings.Repeat("n", n) }

// TestADiffIsTheStatementsInTheirOrder: columns in the order in which their
// keys were seen, then what is required no more, then what is widened.
func TestADiffIsTheStatementsInTheirOrder(t *testing.T) {
	target := table(schema.Iceberg, false,
		messages.Column{Name: "MUST", Type: "NUMBER(38,0)", Required: true}, messages.Column{Name: "Also", Type: "BOOLEAN", Required: true},
		messages.Column{Name: "SMALL", Type: "NUMBER(9,0)"}, messages.Column{Name: "SHORT", Type: "VARCHAR(4)"}, messages.Column{Name: "CENTS", Type: "NUMBER(12,2)"},
		messages.Column{Name: "lower", Type: "NUMBER(38,0)"})
	got := statements(schema.Diff(target, &messages.Unmatched{
		Keys: []messages.KeySeen{
			{Name: "b", Kinds: messages.IntegerValue}, {Name: "a", Kinds: messages.FractionValue}, {Name: "B", Kinds: messages.TextValue}, {Name: "later", Kinds: messages.NullValue},
			{Name: "small", Kinds: messages.LongValue, Digits: 20}, {Name: "short", Kinds: messages.TextValue, Length: 5}, {Name: "cents", Kinds: messages.IntegerValue, Digits: 10},
			{Name: "LOWER", Kinds: messages.TextValue, Length: 99},
		},
		Lacking: []string{"MUST", "Also", "GONE"},
	}))
	want := []string{
		`ALTER ICEBERG TABLE "DB"."S"."T" ADD COLUMN IF NOT EXISTS "B" VARCHAR, IF NOT EXISTS "A" DOUBLE`,
		`ALTER ICEBERG TABLE "DB"."S"."T" ALTER COLUMN "MUST" DROP NOT NULL, COLUMN "Also" DROP NOT NULL`,
		`ALTER ICEBERG TABLE "DB"."S"."T" ALTER COLUMN "SMALL" SET DATA TYPE NUMBER(38, 0)`,
		`ALTER ICEBERG TABLE "DB"."S"."T" ALTER COLUMN "SHORT" SET DATA TYPE VARCHAR`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if again := schema.Diff(table(schema.Iceberg, false, messages.Column{Name: "B", Type: "VARCHAR(134217728)"}), seen("b", messages.TextValue)); again != nil {
		t.Errorf("what is there already: %q", statements(again))
	}
}

// TestManyKeysAreAddedInSteps: a statement adds MaxAdded columns at most.
func TestManyKeysAreAddedInSteps(t *testing.T) {
	many := &messages.Unmatched{}
	for i := range 2*schema.MaxAdded + 1 {
		many.Keys = append(many.Keys, messages.KeySeen{Name: fmt.Sprint("k", i), Kinds: messages.BooleanValue})
	}
	var sizes []int
	for _, a := range schema.Diff(table(schema.Standard, true), many) {
		sizes = append(sizes, len(a.Columns))
	}
	if !slices.Equal(sizes, []int{schema.MaxAdded, schema.MaxAdded, 1}) {
		t.Errorf("statements of %v columns", sizes)
	}
}

// TestTheMetadataHasAColumnOfItsOwn where a table was made without one.
func TestTheMetadataHasAColumnOfItsOwn(t *testing.T) {
	bare := schema.Table{Path: path, Kind: schema.Iceberg, Columns: messages.NewColumns(nil, false)}
	if got := statements(schema.Diff(bare, seen(schema.Metadata, messages.NestedValue))); len(got) != 1 || !strings.Contains(got[0], `"KINESISMETADATA" OBJECT(stream STRING, shardId STRING,`) {
		t.Errorf("Iceberg v2: %q", got)
	}
	bare = schema.Table{Path: path, Kind: schema.Standard, Columns: messages.NewColumns(nil, true)}
	if got := statements(schema.Diff(bare, seen(schema.Metadata, messages.NestedValue))); len(got) != 1 || !strings.HasSuffix(got[0], `"KINESISMETADATA" VARIANT`) {
		t.Errorf("standard: %q", got)
	}
}
