package localdynamo

// actions are the operations served, each in a file of its own.
var actions = map[string]func() request{
	"BatchGetItem":              func() request { return new(batchGetItem) },
	"BatchWriteItem":            func() request { return new(batchWriteItem) },
	"CreateTable":               func() request { return new(createTable) },
	"DeleteItem":                func() request { return new(deleteItem) },
	"DeleteTable":               func() request { return new(deleteTable) },
	"DescribeContinuousBackups": func() request { return new(describeContinuousBackups) },
	"DescribeEndpoints":         func() request { return new(describeEndpoints) },
	"DescribeLimits":            func() request { return new(describeLimits) },
	"DescribeTable":             func() request { return new(describeTable) },
	"DescribeTimeToLive":        func() request { return new(describeTimeToLive) },
	"GetItem":                   func() request { return new(getItem) },
	"ListTables":                func() request { return new(listTables) },
	"ListTagsOfResource":        func() request { return new(listTagsOfResource) },
	"PutItem":                   func() request { return new(putItem) },
	"Query":                     func() request { return new(query) },
	"Scan":                      func() request { return new(scanTable) },
	"TagResource":               func() request { return new(tagResource) },
	"TransactGetItems":          func() request { return new(transactGetItems) },
	"TransactWriteItems":        func() request { return new(transactWriteItems) },
	"UntagResource":             func() request { return new(untagResource) },
	"UpdateContinuousBackups":   func() request { return new(updateContinuousBackups) },
	"UpdateItem":                func() request { return new(updateItem) },
	"UpdateTable":               func() request { return new(updateTable) },
	"UpdateTimeToLive":          func() request { return new(updateTimeToLive) },
}

// unservedOperations are DynamoDB's other operations, as of aws-sdk-go-v2's
// dynamodb v1.73.1.
var unservedOperations = []string{
	"BatchExecuteStatement", "CancelBulkOperation", "CreateBackup", "CreateGlobalTable",
	"DeleteBackup", "DeleteResourcePolicy", "DescribeBackup", "DescribeBulkOperation",
	"DescribeContributorInsights", "DescribeExport", "DescribeGlobalTable", "DescribeGlobalTableSettings",
	"DescribeImport", "DescribeKinesisStreamingDestination", "DescribeTableReplicaAutoScaling",
	"DisableKinesisStreamingDestination", "EnableKinesisStreamingDestination", "ExecuteStatement",
	"ExecuteTransaction", "ExportTableToPointInTime", "GetResourcePolicy", "ImportTable", "ListBackups", "ListBulkOperations",
	"ListContributorInsights", "ListExports", "ListGlobalTables", "ListImports", "PutResourcePolicy",
	"RestoreTableFromBackup", "RestoreTableToPointInTime", "SearchVectors", "StartBulkPutItems",
	"UpdateContributorInsights", "UpdateGlobalTable",
	"UpdateGlobalTableSettings", "UpdateKinesisStreamingDestination", "UpdateTableReplicaAutoScaling",
}

// unservedOperation refuses an operation that DynamoDB has and this server
// has not. A policy is asked first, so that what it forbids is denied here, too.
type unservedOperation struct {
	tableRef
	operation string
}

func (u *unservedOperation) access() []access {
	return []access{{action: u.operation, table: u.name()}}
}
func (u *unservedOperation) key(*store) string { return u.name() }
func (u *unservedOperation) check() error {
	return invalid("The operation %s is not served here", u.operation)
}
func (u *unservedOperation) serve(*Server) (any, error) { return nil, u.check() }
