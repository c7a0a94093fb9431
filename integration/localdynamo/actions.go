package localdynamo

// actions are the operations served, each in a file of its own.
var actions = map[string]func() request{
	"CreateTable":        func() request { return new(createTable) },
	"DeleteItem":         func() request { return new(deleteItem) },
	"DeleteTable":        func() request { return new(deleteTable) },
	"DescribeTable":      func() request { return new(describeTable) },
	"GetItem":            func() request { return new(getItem) },
	"ListTables":         func() request { return new(listTables) },
	"PutItem":            func() request { return new(putItem) },
	"Query":              func() request { return new(query) },
	"Scan":               func() request { return new(scanTable) },
	"TransactWriteItems": func() request { return new(transactWriteItems) },
	"UpdateItem":         func() request { return new(updateItem) },
}

// unservedOperations are DynamoDB's other operations, as of aws-sdk-go-v2's
// dynamodb v1.73.1.
var unservedOperations = []string{
	"BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "CancelBulkOperation", "CreateBackup", "CreateGlobalTable",
	"DeleteBackup", "DeleteResourcePolicy", "DescribeBackup", "DescribeBulkOperation", "DescribeContinuousBackups",
	"DescribeContributorInsights", "DescribeEndpoints", "DescribeExport", "DescribeGlobalTable", "DescribeGlobalTableSettings",
	"DescribeImport", "DescribeKinesisStreamingDestination", "DescribeLimits", "DescribeTableReplicaAutoScaling",
	"DescribeTimeToLive", "DisableKinesisStreamingDestination", "EnableKinesisStreamingDestination", "ExecuteStatement",
	"ExecuteTransaction", "ExportTableToPointInTime", "GetResourcePolicy", "ImportTable", "ListBackups", "ListBulkOperations",
	"ListContributorInsights", "ListExports", "ListGlobalTables", "ListImports", "ListTagsOfResource", "PutResourcePolicy",
	"RestoreTableFromBackup", "RestoreTableToPointInTime", "SearchVectors", "StartBulkPutItems", "TagResource",
	"TransactGetItems", "UntagResource", "UpdateContinuousBackups", "UpdateContributorInsights", "UpdateGlobalTable",
	"UpdateGlobalTableSettings", "UpdateKinesisStreamingDestination", "UpdateTable", "UpdateTableReplicaAutoScaling",
	"UpdateTimeToLive",
}

// unservedOperation refuses an operation that DynamoDB has and this server
// has not. A policy is asked first, so that what it forbids is denied here, too.
type unservedOperation struct {
	tableRef
	operation string
}

func (u *unservedOperation) access() []access  { return []access{{u.operation, u.name()}} }
func (u *unservedOperation) key(*store) string { return u.name() }
func (u *unservedOperation) check() error {
	return invalid("The operation %s is not served here", u.operation)
}
func (u *unservedOperation) serve(*Server) (any, error) { return nil, u.check() }
