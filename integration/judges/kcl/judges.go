package kcl

import (
	_ "embed"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

var (
	//go:embed sdk.xml
	sdkPOM string
	//go:embed kcl.xml
	kclPOM string
	//go:embed kpl.xml
	kplPOM string
	//go:embed npm/package.json
	packageJSON string
	//go:embed npm/package-lock.json
	packageLock string

	//go:embed AwsSdk.java
	awsSdk string
	//go:embed KclWorker.java
	kclWorker string
	//go:embed KplProducer.java
	kplProducer string
	//go:embed deaggregate.mjs
	deaggregateScript string

	sdk = judge.Maven{POM: sdkPOM}
	kcl = judge.Maven{POM: kclPOM}
	kpl = judge.Maven{POM: kplPOM}
	agg = judge.Npm{Package: packageJSON, Lock: packageLock}
)

// Judges are the Java clients of Kinesis. Versions are those of the pom files.
func Judges() []judge.Judge {
	consumer := func(mode string, atLeast int) judge.Judge {
		return judge.Judge{
			Name: "amazon-kinesis-client, " + mode, Version: "3.5.1", Of: "localkinesis, localdynamo",
			Tools: []judge.Tool{kcl}, AtLeast: atLeast, Within: 4 * time.Minute, Hear: hearConsumer(mode),
		}
	}
	return []judge.Judge{
		{Name: "aws-sdk-java-v2 kinesis", Version: "2.52.0", Of: "localkinesis", Tools: []judge.Tool{sdk}, AtLeast: 41, Hear: hearSDK},
		consumer(polling, 11),
		consumer(fanOut, 12),
		{
			Name: "amazon-kinesis-client, taken over", Version: "3.5.1", Of: "connector",
			Tools: []judge.Tool{kcl}, AtLeast: 5, Within: 4 * time.Minute, Hear: hearMigration,
		},
		{
			Name: "amazon-kinesis-producer, aws-kinesis-agg", Version: "1.1.1, 4.2.8", Of: "localkinesis",
			Tools: []judge.Tool{kpl, agg}, AtLeast: 7, Hear: hearProducer,
		},
		{
			Name: "amazon-kinesis-aggregator, aws_kinesis_agg, aws-kinesis-agg", Version: "1.0.3, 1.2.3, 4.2.8", Of: "adapters/stream",
			Tools: []judge.Tool{aggregator, pythonAggregator, agg}, AtLeast: 5, Hear: hearAggregators,
		},
	}
}

// Ways of reading.
const (
	polling = "polling"
	fanOut  = "fan-out"
)
