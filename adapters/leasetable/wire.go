package leasetable

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// plainText is an attribute's value in DynamoDB's own JSON. Sets come in order,
// so that equal values have equal texts.
func plainText(v types.AttributeValue) string {
	text, err := json.Marshal(wireValue(v))
	if err != nil {
		return "" // no value of an attribute is one that JSON lacks
	}
	return string(text)
}

// wireItem is an item in DynamoDB's own JSON form: what aws dynamodb put-item
// --item takes.
func wireItem(it item) map[string]any {
	fields := make(map[string]any, len(it))
	for name, v := range it {
		fields[name] = wireValue(v)
	}
	return fields
}

func wireValue(v types.AttributeValue) map[string]any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": v.Value}
	case *types.AttributeValueMemberB:
		return map[string]any{"B": base64.StdEncoding.EncodeToString(v.Value)}
	case *types.AttributeValueMemberSS:
		return map[string]any{"SS": slices.Sorted(slices.Values(v.Value))}
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": slices.Sorted(slices.Values(v.Value))}
	case *types.AttributeValueMemberBS:
		texts := make([]string, len(v.Value))
		for i, b := range v.Value {
			texts[i] = base64.StdEncoding.EncodeToString(b)
		}
		slices.Sort(texts)
		return map[string]any{"BS": texts}
	case *types.AttributeValueMemberM:
		return map[string]any{"M": wireItem(v.Value)}
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, e := range v.Value {
			list[i] = wireValue(e)
		}
		return map[string]any{"L": list}
	}
	return nil
}
