package localdynamo

// capacity is ConsumedCapacity in an answer.
type capacity struct {
	TableName     string
	CapacityUnits float64
	Table         *capacityUnits `json:",omitempty"`
}

type capacityUnits struct{ CapacityUnits float64 }

// meter is the request member that asks for consumed capacity.
type meter struct{ ReturnConsumedCapacity string }

func (m meter) checkMeter() error {
	return oneOf("returnConsumedCapacity", m.ReturnConsumedCapacity, "INDEXES", "TOTAL", "NONE")
}

// consumed is what the answer reports, nil unless it was asked for.
func (m meter) consumed(table string, units float64) *capacity {
	switch m.ReturnConsumedCapacity {
	case "TOTAL":
		return &capacity{TableName: table, CapacityUnits: units}
	case "INDEXES":
		return &capacity{TableName: table, CapacityUnits: units, Table: &capacityUnits{units}}
	}
	return nil
}

// readUnits is the price of reading so many bytes: half when eventually consistent.
func readUnits(bytes int, consistent bool) float64 {
	units := float64(max(1, (bytes+readUnit-1)/readUnit))
	if !consistent {
		units /= 2
	}
	return units
}

// writeUnits is the price of a write: the larger of the item before and after.
func writeUnits(before, after item) float64 {
	bytes := max(before.bytes(), after.bytes())
	return float64(max(1, (bytes+writeUnit-1)/writeUnit))
}
