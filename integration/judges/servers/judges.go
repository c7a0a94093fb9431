package servers

import (
	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// Judges are the servers under the connector.
func Judges() []judge.Judge {
	return []judge.Judge{
		{Name: "kinesis-local", Version: emulators.KinesisLocalVersion, Of: "connector", Tools: emulators.Node, AtLeast: 10, Hear: kinesisLocal.hear},
		{Name: "kinesalite", Version: emulators.KinesaliteVersion, Of: "connector", Tools: emulators.Node, AtLeast: 10, Hear: kinesalite.hear},
		{Name: "DynamoDB Local", Version: emulators.DynamoDBLocalVersion, Of: "connector", Tools: emulators.Java, AtLeast: 29, Hear: hearDynamo(emulators.DynamoDBLocal)},
		{Name: "dynalite", Version: emulators.DynaliteVersion, Of: "connector", Tools: emulators.Node, AtLeast: 29, Hear: hearDynamo(emulators.Dynalite)},
		{Name: "snowduck", Version: "0.3.0", Of: "connector", Tools: []judge.Tool{python}, AtLeast: len(expectations()) + 6, Hear: hearSnowduck},
	}
}
