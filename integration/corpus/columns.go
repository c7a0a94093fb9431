package corpus

// Column is one column of the table that the corpus goes into.
type Column struct {
	Name    string // exact
	Type    string // as declared
	Default string // what a row without the key has, as text; "" is NULL
}

// Columns are the table's, beside KINESISMETADATA: each type of Snowflake's that
// a row can be sent to, and the cases of names.
func Columns() []Column {
	return []Column{
		{Name: "NUM", Type: "NUMBER"},
		{Name: "NUM_5_2", Type: "NUMBER(5,2)"},
		{Name: "FLT", Type: "FLOAT"},
		{Name: "TXT", Type: "VARCHAR"},
		{Name: "TXT_3", Type: "VARCHAR(3)"},
		{Name: "BOOL", Type: "BOOLEAN"},
		{Name: "BIN", Type: "BINARY"},
		{Name: "BIN_3", Type: "BINARY(3)"},
		{Name: "DAY", Type: "DATE"},
		{Name: "CLOCK", Type: "TIME"},
		{Name: "NTZ", Type: "TIMESTAMP_NTZ"},
		{Name: "LTZ", Type: "TIMESTAMP_LTZ"},
		{Name: "TZ", Type: "TIMESTAMP_TZ"},
		{Name: "VAR", Type: "VARIANT"},
		{Name: "OBJ", Type: "OBJECT"},
		{Name: "ARR", Type: "ARRAY"},
		{Name: "OBJ_S", Type: `OBJECT("a" NUMBER NOT NULL, "b" VARCHAR(10))`},
		{Name: "ARR_S", Type: "ARRAY(NUMBER)"},
		{Name: "MAP_S", Type: "MAP(VARCHAR, NUMBER)"},
		{Name: "VEC", Type: "VECTOR(FLOAT, 2)"},
		{Name: "GEO", Type: "GEOGRAPHY"},
		{Name: "GEOM", Type: "GEOMETRY"},
		{Name: "CITY", Type: "VARCHAR"},
		{Name: "city", Type: "VARCHAR"},
		{Name: "Mixed", Type: "VARCHAR"},
		{Name: "two words", Type: "VARCHAR"},
		{Name: `a"b`, Type: "VARCHAR"},
		{Name: "FILLED", Type: "NUMBER DEFAULT 7", Default: "7"},
		{Name: "FILLED_NN", Type: "NUMBER DEFAULT 8 NOT NULL", Default: "8"},
	}
}
