package servers

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// Judges are the servers under the connector.
func Judges() []judge.Judge {
	return []judge.Judge{
		{Name: "kinesis-local", Version: emulators.KinesisLocalVersion, Of: "connector", Tools: emulators.Node, AtLeast: 10, Hear: kinesisLocal.hear},
		{Name: "kinesalite", Version: emulators.KinesaliteVersion, Of: "connector", Tools: emulators.Node, AtLeast: 10, Hear: kinesalite.hear},
		{Name: "DynamoDB Local", Version: emulators.DynamoDBLocalVersion, Of: "connector", Tools: emulators.Java, AtLeast: 37, Within: 8 * time.Minute, Hear: hearDynamo(emulators.DynamoDBLocal)},
		{Name: "dynalite", Version: emulators.DynaliteVersion, Of: "connector", Tools: emulators.Node, AtLeast: 37, Within: 8 * time.Minute, Hear: hearDynamo(emulators.Dynalite)},
		{
			Name: "kinesalite + DynamoDB Local, acceptance", Version: emulators.KinesaliteVersion + " + " + emulators.DynamoDBLocalVersion, Of: "connector",
			Tools: emulators.Java, AtLeast: len(trials()), Within: 8 * time.Minute, Hear: hearTrials(kinesalite, emulators.DynamoDBLocal),
		},
		{
			Name: "kinesis-local + dynalite, acceptance", Version: emulators.KinesisLocalVersion + " + " + emulators.DynaliteVersion, Of: "connector",
			Tools: emulators.Node, AtLeast: len(trials()), Within: 8 * time.Minute, Hear: hearTrials(kinesisLocal, emulators.Dynalite),
		},
		{Name: "snowduck", Version: "0.3.0", Of: "connector", Tools: []judge.Tool{python}, AtLeast: len(expectations()) + 6, Hear: hearSnowduck},
	}
}
