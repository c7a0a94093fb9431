package sql

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// typeFrom gives a type name as written its type
// (docs.snowflake.com/sql-reference/intro-summary-data-types).
func typeFrom(name string, args []int) (catalog.Type, *Error) {
	arg := func(i, otherwise int) int {
		if i < len(args) {
			return args[i]
		}
		return otherwise
	}
	switch name {
	case "NUMBER", "DECIMAL", "DEC", "NUMERIC":
		t := catalog.Type{Name: catalog.Number, Precision: arg(0, catalog.MaxPrecision), Scale: arg(1, 0)}
		if t.Precision < 1 || t.Precision > catalog.MaxPrecision || t.Scale > t.Precision || t.Scale > 37 {
			return t, compileError(3002, "42601", "Invalid precision and scale %d,%d of NUMBER: at most (%d,37).", t.Precision, t.Scale, catalog.MaxPrecision)
		}
		return t, nil
	case "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT":
		return integerType, nil
	case "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "REAL":
		return floatType, nil
	case "VARCHAR", "STRING", "TEXT", "NVARCHAR", "NVARCHAR2":
		t := catalog.Type{Name: catalog.Varchar, Length: arg(0, catalog.DefaultLength)}
		if t.Length < 1 || t.Length > catalog.MaxVarcharLength {
			return t, compileError(3002, "42601", "Invalid length %d of VARCHAR: 1 to %d.", t.Length, catalog.MaxVarcharLength)
		}
		return t, nil
	case "CHAR", "CHARACTER", "NCHAR":
		return catalog.Type{Name: catalog.Varchar, Length: max(1, arg(0, 1))}, nil
	case "BOOLEAN", "BOOL":
		return booleanType, nil
	case "BINARY", "VARBINARY":
		t := catalog.Type{Name: catalog.Binary, Length: arg(0, catalog.DefaultBytes)}
		if t.Length < 1 || t.Length > catalog.MaxBinaryLength {
			return t, compileError(3002, "42601", "Invalid length %d of BINARY: 1 to %d.", t.Length, catalog.MaxBinaryLength)
		}
		return t, nil
	case "DATE":
		return dateType, nil
	case "VARIANT":
		return variantType, nil
	case "GEOGRAPHY", "GEOMETRY":
		return catalog.Type{Name: name}, nil
	}
	timed := map[string]string{
		"TIME": catalog.Time, "TIMESTAMP": catalog.TimestampNTZ, "DATETIME": catalog.TimestampNTZ,
		"TIMESTAMP_NTZ": catalog.TimestampNTZ, "TIMESTAMPNTZ": catalog.TimestampNTZ,
		"TIMESTAMP_LTZ": catalog.TimestampLTZ, "TIMESTAMPLTZ": catalog.TimestampLTZ,
		"TIMESTAMP_TZ": catalog.TimestampTZ, "TIMESTAMPTZ": catalog.TimestampTZ,
	}
	if base, ok := timed[name]; ok {
		t := catalog.Type{Name: base, Precision: arg(0, catalog.MaxFraction)}
		if t.Precision > catalog.MaxFraction {
			return t, compileError(3002, "42601", "Invalid precision %d of %s: 0 to %d.", t.Precision, base, catalog.MaxFraction)
		}
		return t, nil
	}
	return catalog.Type{}, compileError(2040, "42601", "Unsupported data type '%s'.", name)
}

func isTimestamp(t catalog.Type) bool {
	return t.Name == catalog.TimestampNTZ || t.Name == catalog.TimestampLTZ || t.Name == catalog.TimestampTZ
}

func isNumeric(t catalog.Type) bool { return t.Name == catalog.Number || t.Name == catalog.Float }

// rank orders types for unify: the higher one wins.
var rank = map[string]int{"NULL": 0, catalog.Varchar: 1, catalog.Boolean: 2, catalog.Number: 3, catalog.Float: 4, catalog.Binary: 5, catalog.Date: 6,
	catalog.Time: 6, catalog.TimestampNTZ: 7, catalog.TimestampLTZ: 8, catalog.TimestampTZ: 9, catalog.Variant: 20}

// unify is the type that values of both types are brought to, e.g. in CASE,
// COALESCE, IN and UNION.
func unify(a, b catalog.Type) (catalog.Type, *Error) {
	switch {
	case a.Name == "NULL":
		return b, nil
	case b.Name == "NULL":
		return a, nil
	case a.Name == catalog.Number && b.Name == catalog.Number:
		scale := max(a.Scale, b.Scale)
		whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
		return catalog.Type{Name: catalog.Number, Precision: min(catalog.MaxPrecision, whole+scale), Scale: scale}, nil
	case a.Name == b.Name && (a.Name == catalog.Varchar || a.Name == catalog.Binary):
		a.Length = max(a.Length, b.Length)
		return a, nil
	case a.Name == b.Name:
		a.Precision = max(a.Precision, b.Precision)
		if a.String() != b.String() {
			a.Fields, a.Element, a.Key = nil, nil, nil
		}
		return a, nil
	case a.Semistructured() || b.Semistructured():
		return variantType, nil
	}
	if rank[a.Name] < rank[b.Name] {
		a, b = b, a
	}
	if a.Name == catalog.Time && b.Name != catalog.Varchar || rank[a.Name] >= 5 && rank[b.Name] > 1 && rank[b.Name] < 6 || rank[a.Name] == 0 {
		return a, compileError(1044, "42P13", "Can not convert type '%s' to type '%s'", b, a)
	}
	return a, nil
}

// wireType is a type's name in rowtype (spec 4.3).
func wireType(t catalog.Type) string {
	switch t.Name {
	case catalog.Number:
		return "fixed"
	case catalog.Float:
		return "real"
	case catalog.Varchar, "NULL":
		return "text"
	case catalog.Geography, catalog.Geometry:
		return "object"
	case catalog.Vector:
		return "array"
	}
	return lower(t.Name)
}

// castName is how error messages call a type.
func castName(t catalog.Type) string {
	switch t.Name {
	case catalog.Number:
		return "FIXED"
	case catalog.Float:
		return "REAL"
	case catalog.Varchar:
		return "TEXT"
	}
	return t.Name
}

// signatureOf lists argument types as the service's messages do.
func signatureOf(types ...catalog.Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return "(" + strings.Join(names, ", ") + ")"
}

func parseFloat(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64) // ±Inf when out of range
	return f
}
