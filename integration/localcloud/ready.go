package localcloud

// Ready is the line that `kinesnow dev -o json` prints when the servers serve.
// Stream and table are those of the first pair. Field names are a promise.
type Ready struct {
	Kinesis        string `json:"kinesis"`
	DynamoDB       string `json:"dynamodb"`
	Snowflake      string `json:"snowflake"`
	Account        string `json:"account"`
	User           string `json:"user"`
	Role           string `json:"role"`
	Database       string `json:"database"`
	Schema         string `json:"schema"`
	Table          string `json:"table"`
	Stream         string `json:"stream"`
	Region         string `json:"region"`
	PrivateKeyFile string `json:"private_key_file"`
	Config         string `json:"config"`

	// For Snowflake's streaming SDKs, some of which speak TLS alone.
	SnowflakeTLS string `json:"snowflake_tls"`
	SnowflakeCA  string `json:"snowflake_ca"`  // the certificate to trust, for SSL_CERT_FILE
	SDKProfile   string `json:"snowflake_sdk"` // their properties as a JSON file
}

// Ready tells where everything is.
func (c *Cloud) Ready() Ready {
	return Ready{
		Kinesis: c.Kinesis.URL(), DynamoDB: c.Dynamo.URL(), Snowflake: c.Snowflake.URL(),
		Account: Account, User: User, Role: Role, Database: Database, Schema: Schema,
		Table: c.pairs[0].Table, Stream: c.pairs[0].Stream.Name, Region: c.options.Owner.Region,
		PrivateKeyFile: c.keyFile(), Config: c.ConfigFile(),
		SnowflakeTLS: c.Snowflake.SecureURL(), SnowflakeCA: c.authorityFile(), SDKProfile: c.profileFile(),
	}
}
