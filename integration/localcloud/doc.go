// Package localcloud is Kinesis, DynamoDB and Snowflake in one process on
// loopback, ready for `kinesnow run`: streams, tables, a user with a key pair,
// and a configuration file that names them all.
//
//	cloud, err := localcloud.Start(localcloud.Options{
//		Streams: []localcloud.Stream{{Name: "quakes", Shards: 4}},
//		Tables:  []string{"QUAKES"},
//	})
//	...
//	defer cloud.Close()
//	// kinesnow run -c <cloud.Ready().Config>
//
// With Options.Dir everything outlives the process: records, leases, rows and
// the key. Only the ports may change, so the configuration is written anew at
// every start.
//
//	DIR/kinesis/  DIR/dynamodb/  DIR/snowflake/    what the servers keep
//	DIR/snowflake.p8                               the user's private key, mode 0600
//	DIR/kinesnow.yaml                              for run, validate, status and sql
//	DIR/data/                                      data_dir of that configuration
//	DIR/cloud.json                                 which stream goes into which table
package localcloud
