package sql

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// fromJSON converts VARIANT, OBJECT and ARRAY values. A JSON null becomes
// NULL for every type but VARIANT.
func fromJSON(to catalog.Type, zone *time.Location) (conversion, *Error) {
	if to.Name == catalog.Variant {
		return func(v Value) (Value, error) { return v, nil }, nil
	}
	fit, err := shapeConversion(to, zone)
	if err != nil {
		return nil, err
	}
	return func(v Value) (Value, error) {
		j, ok := v.(JSON)
		if !ok {
			return v, nil
		}
		if j.shape() == shapeNull {
			return nil, nil
		}
		out, err := fit(j)
		if err != nil && AsError(err).Code != 100078 { // too long keeps its own message
			return nil, runtimeError(100071, "22000", "Failed to cast variant value %s to %s", shorten(string(j)), castName(to))
		}
		return out, err
	}, nil
}

// mismatch is turned into the service's message by fromJSON.
var mismatch = runtimeError(100071, "22000", "shape mismatch")

func shapeConversion(to catalog.Type, zone *time.Location) (func(JSON) (Value, error), *Error) {
	var text, flag conversion
	switch to.Name {
	case catalog.Object, catalog.Map:
		return func(j JSON) (Value, error) {
			if j.shape() == shapeText {
				if parsed, ok := parseJSON(j.text()); ok {
					j = parsed
				}
			}
			if j.shape() != shapeObject {
				return nil, mismatch
			}
			return j, nil
		}, nil
	case catalog.Array:
		return func(j JSON) (Value, error) {
			if j.shape() != shapeArray {
				return "[" + j + "]", nil
			}
			return j, nil
		}, nil
	case catalog.Varchar:
		return func(j JSON) (Value, error) { return fitText(j.text(), to) }, nil
	}
	var err *Error
	if text, err = convert(textType, to, zone); err != nil {
		return nil, err
	}
	if flag, err = convert(booleanType, to, zone); err != nil {
		flag = nil
	}
	return func(j JSON) (Value, error) {
		switch j.shape() {
		case shapeText:
			return text(j.text())
		case shapeTrue, shapeFalse:
			if flag == nil {
				return nil, mismatch
			}
			return flag(j.shape() == shapeTrue)
		case shapeNumber:
			return numberShape(j, to, zone)
		}
		return nil, mismatch
	}, nil
}

// numberShape converts a JSON number without a detour over a float.
func numberShape(j JSON, to catalog.Type, zone *time.Location) (Value, error) {
	if to.Name == catalog.Float {
		f, _ := j.float()
		return f, nil
	}
	d, ok := j.decimal()
	if !ok {
		return nil, mismatch
	}
	c, err := convert(catalog.Type{Name: catalog.Number}, to, zone)
	if err != nil {
		return nil, mismatch
	}
	return c(d)
}

// plain turns a JSON scalar into the value it stands for, for comparisons.
func plain(v Value) Value {
	j, ok := v.(JSON)
	if !ok {
		return v
	}
	switch j.shape() {
	case shapeNull:
		return nil
	case shapeText:
		return j.text()
	case shapeTrue, shapeFalse:
		return j.shape() == shapeTrue
	case shapeNumber:
		if d, ok := j.decimal(); ok {
			return d
		}
		f, _ := j.float()
		return f
	}
	return j
}
