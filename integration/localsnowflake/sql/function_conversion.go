package sql

import (
	"encoding/base64"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var conversionFunctions = map[string]function{
	"TO_VARCHAR":           {1, 2, toVarchar},
	"TO_CHAR":              {1, 2, toVarchar},
	"TO_NUMBER":            {1, 4, decimals},
	"TO_NUMERIC":           {1, 4, decimals},
	"TO_DECIMAL":           {1, 4, decimals},
	"TRY_TO_NUMBER":        {1, 4, try(decimals)},
	"TRY_TO_NUMERIC":       {1, 4, try(decimals)},
	"TRY_TO_DECIMAL":       {1, 4, try(decimals)},
	"TO_DOUBLE":            {1, 1, converter(floatType)},
	"TRY_TO_DOUBLE":        {1, 1, try(converter(floatType))},
	"TO_BOOLEAN":           {1, 1, converter(booleanType)},
	"TRY_TO_BOOLEAN":       {1, 1, try(converter(booleanType))},
	"TO_BINARY":            {1, 2, toBinary},
	"TRY_TO_BINARY":        {1, 2, try(toBinary)},
	"TO_DATE":              {1, 2, moments(catalog.Date)},
	"DATE":                 {1, 2, moments(catalog.Date)},
	"TRY_TO_DATE":          {1, 2, try(moments(catalog.Date))},
	"TO_TIME":              {1, 2, moments(catalog.Time)},
	"TIME":                 {1, 2, moments(catalog.Time)},
	"TRY_TO_TIME":          {1, 2, try(moments(catalog.Time))},
	"TO_TIMESTAMP":         {1, 2, moments(catalog.TimestampNTZ)},
	"TO_TIMESTAMP_NTZ":     {1, 2, moments(catalog.TimestampNTZ)},
	"TO_TIMESTAMP_LTZ":     {1, 2, moments(catalog.TimestampLTZ)},
	"TO_TIMESTAMP_TZ":      {1, 2, moments(catalog.TimestampTZ)},
	"TRY_TO_TIMESTAMP":     {1, 2, try(moments(catalog.TimestampNTZ))},
	"TRY_TO_TIMESTAMP_NTZ": {1, 2, try(moments(catalog.TimestampNTZ))},
	"TRY_TO_TIMESTAMP_LTZ": {1, 2, try(moments(catalog.TimestampLTZ))},
	"TRY_TO_TIMESTAMP_TZ":  {1, 2, try(moments(catalog.TimestampTZ))},
}

type builder func(*scope, []compiled) (compiled, error)

func converter(to catalog.Type) builder {
	return func(s *scope, args []compiled) (compiled, error) { return s.as(args[0], to) }
}

// try is the TRY_ form: what fails at run time is NULL.
func try(build builder) builder {
	return func(s *scope, args []compiled) (compiled, error) {
		c, err := build(s, args)
		return attempt(c), err
	}
}

// toVarchar takes a format for dates and times, and HEX, BASE64 or UTF-8 for
// BINARY.
func toVarchar(s *scope, args []compiled) (compiled, error) {
	from := args[0].typ
	if len(args) == 1 {
		return s.as(args[0], textType)
	}
	model, err := s.as(args[1], textType)
	if err != nil {
		return compiled{}, err
	}
	switch {
	case from.Name == catalog.Binary:
		return strict(textType, func(v []Value) (Value, error) { return encodeBinary(v[0].(Bytes), v[1].(string)) }, args[0], model), nil
	case from.Name != catalog.Date && from.Name != catalog.Time && !isTimestamp(from):
		return compiled{}, unsupported("TO_VARCHAR of %s with a format", from.Name)
	}
	return strict(textType, func(v []Value) (Value, error) {
		layout := goLayout(v[1].(string))
		switch x := v[0].(type) {
		case Day:
			return x.time().Format(layout), nil
		case Clock:
			return epoch.Add(time.Duration(x)).Format(layout), nil
		case time.Time:
			if from.Name == catalog.TimestampLTZ {
				x = x.In(s.env.zone)
			}
			return x.Format(layout), nil
		}
		return nil, nil
	}, args[0], model), nil
}

func encodeBinary(b Bytes, format string) (Value, error) {
	switch upper(format) {
	case "HEX":
		return asText(b, catalog.Type{}, time.UTC), nil
	case "BASE64":
		return base64.StdEncoding.EncodeToString([]byte(b)), nil
	case "UTF-8", "UTF8":
		return string(b), nil
	}
	return nil, runtimeError(100116, "22000", "Invalid binary format '%s'", shorten(format))
}

func toBinary(s *scope, args []compiled) (compiled, error) {
	to := catalog.Type{Name: catalog.Binary, Length: catalog.DefaultBytes}
	if len(args) == 1 {
		return s.as(args[0], to)
	}
	converted, err := s.convertAll(args, textType)
	if err != nil {
		return compiled{}, err
	}
	hexadecimal, cerr := convert(textType, to, s.env.zone)
	if cerr != nil {
		return compiled{}, cerr
	}
	return strict(to, func(v []Value) (Value, error) {
		switch upper(v[1].(string)) {
		case "HEX":
			return hexadecimal(v[0])
		case "BASE64":
			b, err := base64.StdEncoding.DecodeString(v[0].(string))
			if err != nil {
				return nil, runtimeError(100115, "22000", "The following string is not a legal base64-encoded value: '%s'", shorten(v[0].(string)))
			}
			return Bytes(b), nil
		case "UTF-8", "UTF8":
			return Bytes(v[0].(string)), nil
		}
		return nil, runtimeError(100116, "22000", "Invalid binary format '%s'", shorten(v[1].(string)))
	}, converted...), nil
}

// decimals is TO_NUMBER(x [, precision [, scale]]); formats are refused.
func decimals(s *scope, args []compiled) (compiled, error) {
	sizes := []int{catalog.MaxPrecision, 0}
	for i, a := range args[1:] {
		n, ok := a.constant.(*apd.Decimal)
		if !ok || i > 1 {
			return compiled{}, unsupported("TO_NUMBER with a format")
		}
		size, _ := asInt(n)
		sizes[i] = int(size)
	}
	to, err := typeFrom("NUMBER", sizes)
	if err != nil {
		return compiled{}, err
	}
	return s.as(args[0], to)
}

// moments is TO_DATE and the like. The second argument is a format, or for
// numbers the decimal places of the epoch.
func moments(name string) builder {
	to := catalog.Type{Name: name, Precision: catalog.MaxFraction}
	if name == catalog.Date {
		to.Precision = 0
	}
	return func(s *scope, args []compiled) (compiled, error) {
		from := args[0].typ
		switch {
		case len(args) == 1:
			return s.as(args[0], to)
		case isNumeric(from):
			x, err := s.as(args[0], catalog.Type{Name: catalog.Number, Precision: 38, Scale: 9})
			if err != nil {
				return compiled{}, err
			}
			scale, err := s.as(args[1], integerType)
			if err != nil {
				return compiled{}, err
			}
			return strict(to, func(v []Value) (Value, error) {
				n, _ := asInt(v[1])
				return epochNumber(v[0].(*apd.Decimal), int(min(max(n, 0), 9)), to, s.env.zone)
			}, x, scale), nil
		}
		converted, err := s.convertAll(args, textType)
		if err != nil {
			return compiled{}, err
		}
		return strict(to, func(v []Value) (Value, error) {
			return momentByFormat(v[0].(string), v[1].(string), to, s.env.zone)
		}, converted...), nil
	}
}

func momentByFormat(text, model string, to catalog.Type, zone *time.Location) (Value, error) {
	if upper(model) == "AUTO" {
		return momentFromText(text, to, zone)
	}
	t, err := time.ParseInLocation(goLayout(model), text, zoneFor(to, zone))
	if err != nil {
		return nil, runtimeError(100096, "22007", "Can't parse '%s' as %s with format '%s'", shorten(text), lower(to.Name), shorten(model))
	}
	switch to.Name {
	case catalog.Date:
		return dayOf(t), nil
	case catalog.Time:
		return clockOf(t), nil
	}
	return flavour(t, true, to, zone), nil
}
