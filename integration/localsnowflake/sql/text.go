package sql

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// asText is what TO_VARCHAR makes of a value; nil stays nil, and so does a
// JSON null.
func asText(v Value, from catalog.Type, zone *time.Location) Value {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return v
	case *apd.Decimal:
		return numberText(v)
	case float64:
		return floatText(v)
	case bool:
		if v {
			return "true"
		}
		return "false"
	case Bytes:
		return upper(hex.EncodeToString([]byte(v)))
	case Day:
		return v.time().Format("2006-01-02")
	case Clock:
		return clockText(v)
	case time.Time:
		return momentText(v, from, zone)
	case JSON:
		if v.shape() == shapeNull {
			return nil
		}
		return v.text()
	}
	return nil
}

// asJSON is what TO_VARIANT makes of a value other than NULL.
func asJSON(v Value, from catalog.Type, zone *time.Location) JSON {
	switch v := v.(type) {
	case JSON:
		return v
	case *apd.Decimal:
		return JSON(numberText(v))
	case bool:
		if v {
			return "true"
		}
		return "false"
	case float64:
		if text := floatText(v); !strings.ContainsAny(text, "Nif") {
			return JSON(text)
		}
	case nil:
		return jsonNull
	}
	text, _ := asText(v, from, zone).(string)
	return quoteJSON(text)
}
