package localdynamo

import (
	"encoding/json"
	"math"
)

// throughput is a provisioned capacity, in units a second.
type throughput struct {
	ReadCapacityUnits  int64
	WriteCapacityUnits int64
}

// absentUnits stands for a member that a request leaves out.
const absentUnits = math.MinInt64

// UnmarshalJSON notes which members are there.
func (t *throughput) UnmarshalJSON(raw []byte) error {
	var members struct{ ReadCapacityUnits, WriteCapacityUnits *int64 }
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	*t = throughput{absentUnits, absentUnits}
	if members.ReadCapacityUnits != nil {
		t.ReadCapacityUnits = *members.ReadCapacityUnits
	}
	if members.WriteCapacityUnits != nil {
		t.WriteCapacityUnits = *members.WriteCapacityUnits
	}
	return nil
}

// check refuses units that are absent or below one; nil is absent as a whole.
func (t *throughput) check(member string) error {
	if t == nil {
		return nil
	}
	return constraints(checkUnits(member+".writeCapacityUnits", t.WriteCapacityUnits), checkUnits(member+".readCapacityUnits", t.ReadCapacityUnits))
}

func checkUnits(member string, units int64) error {
	if units == absentUnits {
		return required(member)
	}
	return atLeast(member, &units, 1)
}
